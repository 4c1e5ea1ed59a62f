/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The filter's parser over any frame, in memory that ends where the frame does. What it says is held against what each
 * kind of frame must have, and against what it says of the same frame with more behind it.
 */

#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include <topoc/filter.h>

static bool has_ports(enum topoc_filter_kind kind)
{
    return kind == TOPOC_FILTER_TCP4 || kind == TOPOC_FILTER_UDP4 || kind == TOPOC_FILTER_TCP6
           || kind == TOPOC_FILTER_UDP6;
}

static bool is_ip4(enum topoc_filter_kind kind)
{
    return kind == TOPOC_FILTER_FRAGMENT4 || (kind >= TOPOC_FILTER_TCP4 && kind <= TOPOC_FILTER_IP4);
}

static bool is_ip6(enum topoc_filter_kind kind)
{
    return kind == TOPOC_FILTER_FRAGMENT6 || (kind >= TOPOC_FILTER_TCP6 && kind <= TOPOC_FILTER_IP6);
}

static void check(const struct topoc_filter_header *header, uint32_t length)
{
    enum topoc_filter_kind kind = header->kind;
    bool ip = is_ip4(kind) || is_ip6(kind);
    FUZZ_REQUIRE(kind <= TOPOC_FILTER_OTHER);
    FUZZ_REQUIRE(length >= 14 || (kind == TOPOC_FILTER_MALFORMED && header->source_mac == 0));
    FUZZ_REQUIRE(has_ports(kind) || (header->source_port == 0 && header->destination_port == 0));
    FUZZ_REQUIRE(ip || (header->source[1] == 0 && header->destination[1] == 0 && header->ip_protocol == 0));
    FUZZ_REQUIRE(is_ip6(kind) || (header->source[0] == 0 && header->destination[0] == 0));
    FUZZ_REQUIRE(!is_ip4(kind) || (header->source[1] <= 0xffffffffu && length >= 34));
    FUZZ_REQUIRE(!is_ip6(kind) || length >= 54);
    FUZZ_REQUIRE(!is_ip4(kind) || header->ether_type == 0x0800);
    FUZZ_REQUIRE(!is_ip6(kind) || header->ether_type == 0x86dd);
    FUZZ_REQUIRE(kind != TOPOC_FILTER_MALFORMED || (header->ether_type == 0 && !header->answer));
    FUZZ_REQUIRE((kind != TOPOC_FILTER_UDP4 && kind != TOPOC_FILTER_UDP6) || header->answer);
}

static bool same(const struct topoc_filter_header *a, const struct topoc_filter_header *b)
{
    return a->kind == b->kind && a->ether_type == b->ether_type && a->ip_protocol == b->ip_protocol
           && a->source_port == b->source_port && a->destination_port == b->destination_port
           && a->answer == b->answer && memcmp(a->source, b->source, sizeof(a->source)) == 0
           && memcmp(a->destination, b->destination, sizeof(a->destination)) == 0;
}

/* Makes the sum of an IPv4 header right, where there is one: a fuzzer does not find it. */
static void mend(unsigned char *frame, size_t length)
{
    uint32_t sum = 0;
    size_t own = length < 34 ? 0 : (size_t)(frame[14] & 15) * 4;
    if (own < 20 || length < 14 + own || frame[12] != 8 || frame[13] != 0) {
        return;
    }
    frame[24] = 0;
    frame[25] = 0;
    for (size_t i = 0; i < own; i += 2) {
        sum += (uint32_t)frame[14 + i] << 8 | frame[15 + i];
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    frame[24] = (unsigned char)(sum >> 8);
    frame[25] = (unsigned char)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct topoc_filter_header header;
    struct topoc_filter_header padded;
    if (size == 0) {
        return 0;
    }
    size_t length = size - 1;
    unsigned char *frame = malloc(length + (length == 0));
    unsigned char *longer = calloc(1, length + 60);
    FUZZ_REQUIRE(frame != NULL && longer != NULL);
    memcpy(frame, data + 1, length);
    if ((data[0] & 2) != 0) {
        mend(frame, length);
    }
    memcpy(longer, frame, length);
    topoc_filter_parse(&header, data[0] & 1, frame, (uint32_t)length);
    FUZZ_REQUIRE(header.from == (data[0] & 1u));
    check(&header, (uint32_t)length);
    topoc_filter_parse(&padded, data[0] & 1, longer, (uint32_t)length + 60);
    /* What pads a sound frame changes nothing. */
    FUZZ_REQUIRE(header.kind == TOPOC_FILTER_MALFORMED || same(&header, &padded));
    free(frame);
    free(longer);
    return 0;
}
