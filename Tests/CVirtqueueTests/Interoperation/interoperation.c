/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Plays the scenario that the command line names; ends with 0, or says what went wrong. */

#include "interoperation.h"

static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"upstream-to-ours", upstream_to_ours},
    {"ours-to-upstream", ours_to_upstream},
    {"full-rings", full_rings},
    {"unfinished", unfinished},
    {"untold", untold},
    {"exhausted", exhausted},
    {"upstream-to-ours-threads", upstream_to_ours_threads},
    {"ours-to-upstream-threads", ours_to_upstream_threads},
    {"upstream-alone-threads", upstream_alone_threads},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        if (strcmp(arguments[1], scenarios[i].name) == 0) {
            scenarios[i].run();
            if (fault != NULL) {
                printf("%s\n", fault);
            }
            return fault == NULL ? 0 : 1;
        }
    }
    printf("usage: interoperation SCENARIO\n");
    return 2;
}
