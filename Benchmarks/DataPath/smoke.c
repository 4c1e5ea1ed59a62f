/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "smoke.h"

#include <stdio.h>
#include <string.h>

#include "measure.h"

enum verdict { CANNOT, RIGHT, KNOWN, WRONG };

static enum verdict judge(const struct peer *peer, const struct workload *w, struct measured *measured)
{
    const uint64_t count = w->kind == LOOK_UP ? MACS_MAX : 4000;
    const struct tally *tally = &measured->tally;
    if (!measure(peer, w, count, measured)) {
        return measured->run.stopped ? WRONG : CANNOT;
    }
    if (tally->whole == measured->expected && tally->damaged == 0
        && (w->kind != LOOK_UP || tally->sum == measured->expected_sum)) {
        return RIGHT;
    }
    const bool known = peer->truncates && w->kind == TWO_THREADS && tally->whole + tally->damaged == measured->expected;
    return known ? KNOWN : WRONG;
}

int smoke(const struct results *results, const char *only)
{
    int found[WRONG + 1] = {0};
    for (unsigned p = 0; p < results->peer_count; p++) {
        for (unsigned i = 0; i < workload_count; i++) {
            const struct workload *w = &workloads[i];
            struct measured measured;
            if (w->kind == ROUND_TRIP_P99 || (only != NULL && strstr(w->key, only) == NULL)) {
                continue;
            }
            const enum verdict verdict = judge(results->peers[p].peer, w, &measured);
            found[verdict]++;
            if (verdict == KNOWN || verdict == WRONG) {
                printf("%s %s: %s: %llu whole, %llu damaged%s\n", verdict == KNOWN ? "known " : "FAILED",
                       results->peers[p].key, w->key, (unsigned long long)measured.tally.whole,
                       (unsigned long long)measured.tally.damaged,
                       measured.run.stopped ? ", stopped by the watchdog" : "");
            }
        }
    }
    printf("data path: %d of the peers' workloads delivered every frame whole, %d failed\n", found[RIGHT],
           found[WRONG]);
    return found[WRONG] == 0 ? 0 : 1;
}
