/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Reads the headers of a frame once, from the front. The frame lies in memory that nobody else writes: what was judged
 * is what is sent. No byte is read that a length was not checked for, and nothing is read twice.
 */

#pragma once

#include <stddef.h>

#include <topoc/filter_types.h>

/* How far a frame is read. */
struct topoc_filter_cursor {
    const unsigned char *frame;
    uint32_t at;     /* the next byte; at most `length` */
    uint32_t length; /* where the frame ends, or what IP says is the end of its packet */
};

/* The longest frame that is looked into: what is longer is malformed. So no sum of lengths overflows. */
#define TOPOC_FILTER_LENGTH_MAX 0x100000u

static inline uint16_t topoc_filter_u16(const unsigned char *at)
{
    return (uint16_t)((uint32_t)at[0] << 8 | at[1]);
}

static inline uint32_t topoc_filter_u32(const unsigned char *at)
{
    return (uint32_t)topoc_filter_u16(at) << 16 | topoc_filter_u16(at + 2);
}

static inline uint64_t topoc_filter_u64(const unsigned char *at)
{
    return (uint64_t)topoc_filter_u32(at) << 32 | topoc_filter_u32(at + 4);
}

static inline uint64_t topoc_filter_mac(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24
           | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40;
}

/* The next `need` bytes, which stay the next; NULL where the frame ends before. */
static inline const unsigned char *topoc_filter_next(const struct topoc_filter_cursor *cursor, uint32_t need)
{
    return cursor->at + need <= cursor->length ? cursor->frame + cursor->at : NULL;
}

/* Goes on behind `length` bytes. False: there are not so many. */
static inline bool topoc_filter_skip(struct topoc_filter_cursor *cursor, uint32_t length)
{
    uint32_t next = cursor->at + length;
    if (next > cursor->length) {
        return false;
    }
    cursor->at = next;
    return true;
}

/* Lets the frame end behind the next `length` bytes. False: there are not so many. */
static inline bool topoc_filter_cut(struct topoc_filter_cursor *cursor, uint32_t length)
{
    uint32_t end = cursor->at + length;
    if (end > cursor->length) {
        return false;
    }
    cursor->length = end;
    return true;
}

/*
 * Whether the next `length` bytes, a header of IPv4 of up to 60, are there and have the right sum (RFC 1071): with its
 * checksum all ones.
 */
static inline bool topoc_filter_sums_up(const struct topoc_filter_cursor *cursor, uint32_t length)
{
    uint32_t end = cursor->at + length;
    uint32_t sum = 0;
    if (end > cursor->length) {
        return false;
    }
    for (uint32_t at = cursor->at; at + 2 <= end; at += 2) {
        sum += topoc_filter_u16(cursor->frame + at);
    }
    sum = (sum & 0xffffu) + (sum >> 16);
    return (sum & 0xffffu) + (sum >> 16) == 0xffffu;
}

/* -- What IP carries: the cursor stands behind the headers of IP, and ends with the packet. -- */

static inline bool topoc_filter_tcp(struct topoc_filter_header *header, const struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_TCP);
    if (at == NULL) {
        return false;
    }
    uint32_t own = (uint32_t)(at[12] >> 4) * 4;
    if (own < TOPOC_FILTER_TCP || cursor->at + own > cursor->length) {
        return false;
    }
    header->source_port = topoc_filter_u16(at);
    header->destination_port = topoc_filter_u16(at + 2);
    /* Without ACK (16) and RST (4) it can only open a connection. */
    header->answer = (at[13] & (16u | 4u)) != 0;
    return true;
}

static inline bool topoc_filter_udp(struct topoc_filter_header *header, const struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_UDP);
    if (at == NULL) {
        return false;
    }
    uint32_t length = topoc_filter_u16(at + 4);
    if (length < TOPOC_FILTER_UDP || cursor->at + length > cursor->length) {
        return false;
    }
    header->source_port = topoc_filter_u16(at);
    header->destination_port = topoc_filter_u16(at + 2);
    header->answer = true;
    return true;
}

static inline enum topoc_filter_kind topoc_filter_carried4(struct topoc_filter_header *header,
                                                           const struct topoc_filter_cursor *cursor)
{
    if (header->ip_protocol == 6) {
        return topoc_filter_tcp(header, cursor) ? TOPOC_FILTER_TCP4 : TOPOC_FILTER_MALFORMED;
    }
    if (header->ip_protocol == 17) {
        return topoc_filter_udp(header, cursor) ? TOPOC_FILTER_UDP4 : TOPOC_FILTER_MALFORMED;
    }
    if (header->ip_protocol != 1) {
        return TOPOC_FILTER_IP4;
    }
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_ICMP);
    if (at == NULL) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->answer = at[0] == 0; /* echo reply */
    return TOPOC_FILTER_ICMP4;
}

static inline enum topoc_filter_kind topoc_filter_carried6(struct topoc_filter_header *header,
                                                           const struct topoc_filter_cursor *cursor)
{
    if (header->ip_protocol == 6) {
        return topoc_filter_tcp(header, cursor) ? TOPOC_FILTER_TCP6 : TOPOC_FILTER_MALFORMED;
    }
    if (header->ip_protocol == 17) {
        return topoc_filter_udp(header, cursor) ? TOPOC_FILTER_UDP6 : TOPOC_FILTER_MALFORMED;
    }
    if (header->ip_protocol != 58) {
        return TOPOC_FILTER_IP6;
    }
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_ICMPV6);
    if (at == NULL) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->answer = at[0] == 129 || at[0] == 136; /* echo reply, neighbour advertisement */
    return TOPOC_FILTER_ICMP6;
}

/* -- What a frame carries: the cursor stands behind the EtherType. -- */

static inline enum topoc_filter_kind topoc_filter_arp(struct topoc_filter_header *header,
                                                      const struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_ARP_LENGTH);
    if (at == NULL) {
        return TOPOC_FILTER_MALFORMED;
    }
    uint16_t operation = topoc_filter_u16(at + 6);
    /* Ethernet and IPv4, with addresses of 6 and 4 octets. */
    if (topoc_filter_u16(at) != 1 || topoc_filter_u16(at + 2) != 0x0800 || at[4] != 6 || at[5] != 4
        || operation < 1 || operation > 2) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->answer = operation == 2;
    return TOPOC_FILTER_ARP;
}

static inline enum topoc_filter_kind topoc_filter_ipv4(struct topoc_filter_header *header,
                                                       struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_IPV4);
    if (at == NULL) {
        return TOPOC_FILTER_MALFORMED;
    }
    uint32_t own = (uint32_t)(at[0] & 15) * 4;
    uint32_t total = topoc_filter_u16(at + 2);
    uint32_t place = topoc_filter_u16(at + 6);
    /* The frame may be padded, so it may be longer. */
    if (at[0] >> 4 != 4 || own < TOPOC_FILTER_IPV4 || own > total || !topoc_filter_cut(cursor, total)
        || !topoc_filter_sums_up(cursor, own)) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->ip_protocol = at[9];
    header->source[1] = topoc_filter_u32(at + 12);
    header->destination[1] = topoc_filter_u32(at + 16);
    /* More fragments (0x2000), or not the first. */
    if ((place & 0x3fffu) != 0) {
        return TOPOC_FILTER_FRAGMENT4;
    }
    return topoc_filter_skip(cursor, own) ? topoc_filter_carried4(header, cursor) : TOPOC_FILTER_MALFORMED;
}

static inline bool topoc_filter_is_extension(uint8_t protocol)
{
    /* Hop-by-hop options, routing, authentication, destination options. */
    return protocol == 0 || protocol == 43 || protocol == 51 || protocol == 60;
}

/* Skips the extension headers of IPv6. False: one of them is malformed, or there are too many. */
static inline bool topoc_filter_extensions(struct topoc_filter_header *header, struct topoc_filter_cursor *cursor,
                                           uint8_t protocol)
{
    for (uint32_t i = 0; topoc_filter_is_extension(protocol); i++) {
        const unsigned char *at = topoc_filter_next(cursor, 8);
        if (i == TOPOC_FILTER_EXTENSIONS_MAX || at == NULL) {
            return false;
        }
        /* In units of 8 octets beyond the first; of authentication, of 4 beyond the first two. */
        uint32_t own = protocol == 51 ? ((uint32_t)at[1] + 2) * 4 : ((uint32_t)at[1] + 1) * 8;
        protocol = at[0];
        if (!topoc_filter_skip(cursor, own)) {
            return false;
        }
    }
    header->ip_protocol = protocol;
    return true;
}

static inline enum topoc_filter_kind topoc_filter_ipv6(struct topoc_filter_header *header,
                                                       struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, TOPOC_FILTER_IPV6);
    if (at == NULL || at[0] >> 4 != 6) {
        return TOPOC_FILTER_MALFORMED;
    }
    uint32_t payload = topoc_filter_u16(at + 4);
    header->source[0] = topoc_filter_u64(at + 8);
    header->source[1] = topoc_filter_u64(at + 16);
    header->destination[0] = topoc_filter_u64(at + 24);
    header->destination[1] = topoc_filter_u64(at + 32);
    if (!topoc_filter_cut(cursor, TOPOC_FILTER_IPV6 + payload) || !topoc_filter_skip(cursor, TOPOC_FILTER_IPV6)
        || !topoc_filter_extensions(header, cursor, at[6])) {
        return TOPOC_FILTER_MALFORMED;
    }
    if (header->ip_protocol != 44) {
        return topoc_filter_carried6(header, cursor);
    }
    at = topoc_filter_next(cursor, 8);
    if (at == NULL) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->ip_protocol = at[0];
    return TOPOC_FILTER_FRAGMENT6;
}

/* A length of 802.3, or a type without a parser. */
static inline enum topoc_filter_kind topoc_filter_other(const struct topoc_filter_cursor *cursor, uint32_t type)
{
    bool malformed = type <= 1500 ? cursor->at + type > cursor->length : type < 1536;
    return malformed ? TOPOC_FILTER_MALFORMED : TOPOC_FILTER_OTHER;
}

static inline enum topoc_filter_kind topoc_filter_kind_of(struct topoc_filter_header *header,
                                                          struct topoc_filter_cursor *cursor)
{
    const unsigned char *at = topoc_filter_next(cursor, 2);
    for (uint32_t tags = 0; at != NULL && (topoc_filter_u16(at) == 0x8100 || topoc_filter_u16(at) == 0x88a8); tags++) {
        if (tags == TOPOC_FILTER_TAGS_MAX || !topoc_filter_skip(cursor, TOPOC_FILTER_TAG)) {
            return TOPOC_FILTER_MALFORMED;
        }
        at = topoc_filter_next(cursor, 2);
    }
    if (at == NULL || !topoc_filter_skip(cursor, 2)) {
        return TOPOC_FILTER_MALFORMED;
    }
    header->ether_type = topoc_filter_u16(at);
    if (header->ether_type == 0x0806) {
        return topoc_filter_arp(header, cursor);
    }
    if (header->ether_type == 0x0800) {
        return topoc_filter_ipv4(header, cursor);
    }
    if (header->ether_type == 0x86dd) {
        return topoc_filter_ipv6(header, cursor);
    }
    return topoc_filter_other(cursor, header->ether_type);
}

/* Reads the headers of a frame of any length, which came from end `from`. */
static inline void topoc_filter_parse(struct topoc_filter_header *header, uint32_t from, const unsigned char *frame,
                                      uint32_t length)
{
    const struct topoc_filter_header empty = { .kind = TOPOC_FILTER_MALFORMED };
    struct topoc_filter_cursor cursor = { .frame = frame, .at = 12, .length = length };
    *header = empty;
    header->from = from;
    if (length < TOPOC_FILTER_ETHERNET || length > TOPOC_FILTER_LENGTH_MAX) {
        return;
    }
    header->destination_mac = topoc_filter_mac(frame);
    header->source_mac = topoc_filter_mac(frame + 6);
    header->kind = topoc_filter_kind_of(header, &cursor);
    if (header->kind == TOPOC_FILTER_MALFORMED) {
        /* What was read before the fault was found says nothing. */
        uint64_t source = header->source_mac;
        uint64_t destination = header->destination_mac;
        *header = empty;
        header->from = from;
        header->source_mac = source;
        header->destination_mac = destination;
    }
}
