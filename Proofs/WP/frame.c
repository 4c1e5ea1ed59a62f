/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The frames of the switch, of any number of pieces of any lengths: what is made of them says how long they are together,
 * and that many bytes are copied. Reading and writing a header, which is 14 bytes at the beginning, has a contract and no
 * proof: its words are copied as bytes, of which the memory model knows nothing.
 */

struct topoc_vq_walk;
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/switch_types.h>

/*@ predicate piece(struct topoc_vq_segment *it) = it->length > 0 && \valid_read(it->base + (0 .. it->length - 1));

    logic integer total(struct topoc_vq_segment *pieces, integer count) =
        count <= 0 ? 0 : total(pieces, count - 1) + pieces[count - 1].length;
*/

/* More pieces are no shorter together: by induction, which is the loop. */
/*@ ghost
    /@ requires 0 <= count <= all;
       requires \forall integer i; 0 <= i < all ==> piece((struct topoc_vq_segment *)pieces + i);
       assigns \nothing;
       ensures total(pieces, count) <= total(pieces, all);
    @/
    void proof_grows(const struct topoc_vq_segment *pieces, uint32_t count, uint32_t all)
    {
        /@ loop invariant count <= i <= all && total(pieces, count) <= total(pieces, i);
           loop assigns i;
           loop variant all - i;
        @/
        for (uint32_t i = count; i < all; i++) {
            /@ assert one: total(pieces, i + 1) == total(pieces, i) + pieces[i].length; @/
        }
    }
*/

/*@ requires \valid(header) && \valid_read(bytes + (0 .. 13));
    assigns *header;
*/
static inline void topoc_switch_header_read(struct topoc_switch_header *header, const unsigned char *bytes);

/*@ requires \valid_read(header) && \valid(bytes + (0 .. 13));
    assigns \nothing;
*/
static inline void topoc_switch_header_write(const struct topoc_switch_header *header, unsigned char *bytes);

/*@ requires \valid(frame) && \valid_read(segments + (0 .. count - 1)) && \separated(frame, segments + (0 .. count - 1));
    requires \forall integer i; 0 <= i < count ==> piece((struct topoc_vq_segment *)segments + i);
    assigns *frame;
    ensures some: \result ==> count > 0;
    ensures lengths: \result ==> 14 <= frame->length <= max;
    ensures whole: \result ==> frame->rest == segments + 1 && frame->rest_count == count - 1
            && frame->first.base == segments[0].base && frame->first.length == segments[0].length
            && frame->length == frame->first.length + total((struct topoc_vq_segment *)segments + 1, count - 1);
*/
static inline bool topoc_switch_frame_of(struct topoc_switch_frame *frame, const struct topoc_vq_segment *segments,
                                         uint32_t count, uint32_t max);

/*@ requires \valid_read(frame) && frame->length >= 14 && \valid(to + (0 .. frame->length - 1));
    requires piece(&frame->first) && \valid_read(frame->rest + (0 .. frame->rest_count - 1));
    requires \forall integer i; 0 <= i < frame->rest_count ==> piece((struct topoc_vq_segment *)frame->rest + i);
    requires frame->length == frame->first.length + total((struct topoc_vq_segment *)frame->rest, frame->rest_count);
    assigns \nothing;
*/
TOPOC_VQ_OFTEN void topoc_switch_frame_copy(const struct topoc_switch_frame *frame, unsigned char *to);

#include <topoc/switch_frame.h>
