/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * How a side tells where the other is, for every length that a queue can have and every position: all that the core makes
 * of a length, but for the mask that makes a slot of a position. In the layout TOPOC_LINK_LAYOUT.
 */

#include <stdio.h>
#include <topoc/link.h>

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED

/*
 * A descriptor at a position's slot carries one of these flags: those of the lap before, when it was available and then
 * used, and of this one. Each side waits for its own and takes none of the others for them.
 */
static uint64_t check(uint16_t position, uint32_t length)
{
    uint16_t before = (uint16_t)(position - length);
    uint16_t available = topoc_packed_available(position, (uint16_t)length);
    uint16_t used = topoc_packed_used(position, (uint16_t)length);
    return available != used && available != topoc_packed_available(before, (uint16_t)length)
           && available != topoc_packed_used(before, (uint16_t)length)
           && used != topoc_packed_used(before, (uint16_t)length);
}

#else

/* Of an index that is `ahead` positions further, a side learns just that, for as many as a queue can hold. */
static uint64_t check(uint16_t position, uint32_t length)
{
    uint32_t right = 0;
    uint32_t most = TOPOC_LINK(capacity)((uint16_t)length);
    for (uint32_t ahead = 0; ahead <= most; ahead++) {
        uint16_t index = TOPOC_LINK(index)((uint16_t)(position + ahead), (uint16_t)length);
        right += TOPOC_LINK(ahead)(index, position, (uint16_t)length) == ahead;
    }
    return right == most + 1u;
}

#endif

int main(void)
{
    uint32_t lengths = 0;
    for (uint32_t length = TOPOC_VQ_LENGTH_MIN; length <= TOPOC_VQ_LENGTH_MAX; length *= 2u) {
        for (uint32_t position = 0; position <= UINT16_MAX; position++) {
            if (!check((uint16_t)position, length)) {
                printf("a queue of %u, at position %u: a side takes the other to be where it is not\n", length, position);
                return 1;
            }
        }
        lengths++;
    }
    printf("%u lengths\n", lengths);
    return 0;
}
