/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Why a connection to a front end ended. */

#pragma once

enum vhost_user_fault {
    VHOST_USER_SOUND,
    VHOST_USER_GONE,               /* the front end closed its end */
    VHOST_USER_FAULT_SOCKET,       /* the socket itself failed */
    VHOST_USER_FAULT_PEER,         /* the front end is another user's */
    VHOST_USER_FAULT_FLAGS,        /* a header of another version, a reply, or unknown flags */
    VHOST_USER_FAULT_REQUEST,      /* a request that is unknown, or of a feature that was not agreed upon */
    VHOST_USER_FAULT_SIZE,         /* a payload of another size than the request has */
    VHOST_USER_FAULT_DESCRIPTORS,  /* more or fewer descriptors than the request has */
    VHOST_USER_FAULT_ORDER,        /* a request before what it stands upon, or while its ring runs */
    VHOST_USER_FAULT_FEATURES,     /* features that were not offered, or no VIRTIO_F_VERSION_1 */
    VHOST_USER_FAULT_REGION,       /* a region that is empty, not on pages, beyond all addresses, or over another */
    VHOST_USER_FAULT_FILE,         /* a region's file is no memory, or shorter than the region */
    VHOST_USER_FAULT_MAPPING,      /* a region cannot be mapped */
    VHOST_USER_FAULT_MEMORY_GONE,  /* the front end shortened a file that was mapped */
    VHOST_USER_FAULT_RING,         /* a ring that there is not */
    VHOST_USER_FAULT_LENGTH,       /* a ring of no power of two, too short or too long */
    VHOST_USER_FAULT_BASE,         /* a ring position that cannot be */
    VHOST_USER_FAULT_POSITION,     /* the first position of a packed ring in which a device before this one came further */
    VHOST_USER_FAULT_ADDRESS,      /* a ring that is not in the front end's memory, or not aligned */
    VHOST_USER_FAULT_EVENT,        /* a descriptor that is not an eventfd, or a ring that is to be polled */
    VHOST_USER_FAULT_VALUE,        /* a value that a request cannot have */
    VHOST_USER_FAULT_REPLIES,      /* the front end does not take its replies */
    VHOST_USER_FAULT_COUNT
};

/* What happened, as a sentence's end: "the front end …". */
const char *vhost_user_fault_text(enum vhost_user_fault fault);
