/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <vhost_user/fault.h>

const char *vhost_user_fault_text(enum vhost_user_fault fault)
{
    static const char *const texts[VHOST_USER_FAULT_COUNT] = {
        [VHOST_USER_SOUND] = "keeps to the protocol",
        [VHOST_USER_GONE] = "closed the connection",
        [VHOST_USER_FAULT_SOCKET] = "cannot be reached: its socket failed",
        [VHOST_USER_FAULT_PEER] = "is another user's",
        [VHOST_USER_FAULT_FLAGS] = "sent a header of another version, or with wrong flags",
        [VHOST_USER_FAULT_REQUEST] = "asked for what was not offered",
        [VHOST_USER_FAULT_SIZE] = "sent a message of a wrong size",
        [VHOST_USER_FAULT_DESCRIPTORS] = "sent a message with a wrong number of descriptors",
        [VHOST_USER_FAULT_ORDER] = "sent a message out of order",
        [VHOST_USER_FAULT_FEATURES] = "chose features that were not offered, or a device older than virtio 1",
        [VHOST_USER_FAULT_REGION] = "sent a memory region that cannot be",
        [VHOST_USER_FAULT_FILE] = "sent a region's file that is no memory, or too short",
        [VHOST_USER_FAULT_MAPPING] = "sent memory that cannot be mapped",
        [VHOST_USER_FAULT_MEMORY_GONE] = "took its memory away while it was in use",
        [VHOST_USER_FAULT_RING] = "named a ring that there is not",
        [VHOST_USER_FAULT_LENGTH] = "chose a ring length that cannot be",
        [VHOST_USER_FAULT_BASE] = "chose a ring position that cannot be",
        [VHOST_USER_FAULT_POSITION] = "does not know how far a dead device came in its packed rings",
        [VHOST_USER_FAULT_ADDRESS] = "placed a ring outside of its memory, or not aligned",
        [VHOST_USER_FAULT_EVENT] = "sent a descriptor that is no eventfd, or none",
        [VHOST_USER_FAULT_VALUE] = "sent a value that cannot be",
        [VHOST_USER_FAULT_REPLIES] = "does not take its replies",
    };
    return (unsigned int)fault < VHOST_USER_FAULT_COUNT ? texts[fault] : "did something that has no name";
}
