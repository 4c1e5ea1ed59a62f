/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device process of a VM of a lab: `topoc-device 3`, started by the supervisor with one end of a socket of messages
 * (lab/control.h) as descriptor 3.
 */

#include <errno.h>
#include <lab/control.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* So far no message is acted upon: each is refused, and says so. */
static int refuse(int socket, const struct lab_head *head)
{
    struct lab_refused answer;
    memset(&answer, 0, sizeof(answer));
    answer.head = lab_head_make(LAB_REFUSED, sizeof(answer), head->serial);
    answer.reason = LAB_REFUSED_MESSAGE;
    answer.where = head->type;
    snprintf(answer.text, sizeof(answer.text), "this device does not carry frames yet");
    return lab_send(socket, &answer, sizeof(answer), NULL, 0);
}

int main(void)
{
    static unsigned char message[LAB_MESSAGE_MAX];
    struct lab_received received;
    int status;
    while ((status = lab_receive(3, message, &received)) > 0) {
        struct lab_head head;
        memcpy(&head, message, sizeof(head));
        for (uint32_t i = 0; i < received.descriptor_count; i++) {
            close(received.descriptors[i]);
        }
        if (refuse(3, &head) != 0) {
            return 1;
        }
    }
    if (status < 0) {
        fprintf(stderr, "topoc-device: descriptor 3: %s\n", strerror(errno));
        return 1;
    }
    return 0;
}
