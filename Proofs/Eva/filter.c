/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The filter's parser, over frames of any bytes: it reads nothing outside of the frame, and what it says is as
 * topoc/filter_types.h has it. A run has frames of one length, in memory that ends where they do; the lengths around
 * each header's are runs of their own (PROOF_FRAME), and one is the longest.
 */

#include "harness.h"

#include <topoc/filter.h>

extern volatile unsigned char proof_any_byte;

static unsigned char frame[PROOF_FRAME];
static struct topoc_filter_header header;

void filter_parse(void)
{
    uint32_t from = proof_any(0, 1);
    for (uint32_t i = 0; i < PROOF_FRAME; i++) {
        frame[i] = proof_any_byte;
    }
    topoc_filter_parse(&header, from, frame, PROOF_FRAME);
    //@ assert header.kind <= TOPOC_FILTER_OTHER;
    //@ assert header.from <= 1;
    //@ assert header.source_mac <= 0xffffffffffff && header.destination_mac <= 0xffffffffffff;
}

int main(void)
{
    PROOF_HARNESS();
    return 0;
}
