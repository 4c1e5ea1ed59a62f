/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What a filter knows of a frame, and what its rules are. */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The sizes of headers, in bytes. */
#define TOPOC_FILTER_ETHERNET 14u
#define TOPOC_FILTER_TAG 4u
#define TOPOC_FILTER_ARP_LENGTH 28u
#define TOPOC_FILTER_IPV4 20u
#define TOPOC_FILTER_IPV6 40u
#define TOPOC_FILTER_TCP 20u
#define TOPOC_FILTER_UDP 8u
#define TOPOC_FILTER_ICMP 8u
#define TOPOC_FILTER_ICMPV6 4u

/* More tags, or more extension headers of IPv6, are malformed. */
#define TOPOC_FILTER_TAGS_MAX 2u
#define TOPOC_FILTER_EXTENSIONS_MAX 8u

enum topoc_filter_kind {
    TOPOC_FILTER_MALFORMED, /* lengths or fixed fields that do not agree with each other */
    TOPOC_FILTER_FRAGMENT4, /* a piece of a packet, also the first, which alone has ports */
    TOPOC_FILTER_FRAGMENT6,
    TOPOC_FILTER_ARP, /* a request or a reply, of IPv4 over Ethernet */
    TOPOC_FILTER_TCP4,
    TOPOC_FILTER_UDP4,
    TOPOC_FILTER_ICMP4,
    TOPOC_FILTER_IP4, /* another protocol */
    TOPOC_FILTER_TCP6,
    TOPOC_FILTER_UDP6,
    TOPOC_FILTER_ICMP6,
    TOPOC_FILTER_IP6,
    TOPOC_FILTER_OTHER, /* another EtherType, or 802.3 with its length */
};

/*
 * The headers of a frame, behind its tags. What a frame of its kind does not have is 0; of a malformed frame there are
 * the MAC addresses alone, if it is long enough for them.
 */
struct topoc_filter_header {
    enum topoc_filter_kind kind;
    uint32_t from;            /* the end that it came from: 0 or 1 */
    uint64_t source_mac;      /* the first octet is the lowest */
    uint64_t destination_mac;
    uint64_t source[2];       /* address of IP: the high and the low half; of IPv4 the lowest 32 bits of the low one */
    uint64_t destination[2];
    uint16_t ether_type;
    uint16_t source_port;
    uint16_t destination_port;
    uint8_t ip_protocol;
    bool answer;              /* TCP with ACK or RST, any datagram of UDP, echo reply, neighbour advertisement, ARP reply */
};

/* What a rule does with the frames that it decides about. */
struct topoc_filter_rule {
    bool allow;
    uint64_t interval;  /* nanoseconds a frame; 0: as many as come */
    uint64_t tolerance; /* nanoseconds that a frame may come before its time */
};

/* What topoc's compiler makes of the rules of a filter. */
struct topoc_filter_rules {
    /* The number of the first rule that a header fulfils, from 1 on; 0 for none. */
    uint32_t (*judge)(const struct topoc_filter_header *header);
    const struct topoc_filter_rule *rules; /* the first is of number 1 */
    uint32_t count;
};
