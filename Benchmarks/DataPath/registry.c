/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The peers that this program is linked with, and those that are not here, as the Makefile found them. */

#include "report.h"

#define PEER(p) extern const struct peer p;
#define ABSENT(why)
#include <peers.h>
#undef PEER
#undef ABSENT

const struct entry registry[] = {
#define PEER(p) { #p, &p },
#define ABSENT(why)
#include <peers.h>
#undef PEER
#undef ABSENT
    { NULL, NULL },
};

const char *const absent[] = {
#define PEER(p)
#define ABSENT(why) why,
#include <peers.h>
#undef PEER
#undef ABSENT
    NULL,
};
