/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "report.h"

#include <inttypes.h>

static double share(const struct figures *figures)
{
    return (double)figures->elapsed / figures->expected;
}

void report_table(FILE *file, const struct figures *one, const struct figures *across, uint32_t vms)
{
    if (across == NULL) {
        fprintf(file, "\n%-28s %10s\n", "", "one VM");
        fprintf(file, "%-28s %10.3f\n", "latency [us]", one->latency);
        fprintf(file, "%-28s %10" PRIu32 "\n", "pipeline elapsed [ms]", one->elapsed);
        fprintf(file, "%-28s %10" PRIu32 "\n", "pipeline expected [ms]", one->expected);
        fprintf(file, "%-28s %10.2f\n", "elapsed / expected", share(one));
        return;
    }
    char title[32];
    snprintf(title, sizeof(title), "across %" PRIu32 " VMs", vms);
    fprintf(file, "\n%-28s %10s %14s %8s\n", "", "one VM", title, "ratio");
    fprintf(file, "%-28s %10.3f %14.3f %8.2f\n", "latency [us]", one->latency, across->latency,
            across->latency / one->latency);
    fprintf(file, "%-28s %10" PRIu32 " %14" PRIu32 "\n", "pipeline elapsed [ms]", one->elapsed, across->elapsed);
    fprintf(file, "%-28s %10" PRIu32 " %14" PRIu32 "\n", "pipeline expected [ms]", one->expected, across->expected);
    fprintf(file, "%-28s %10.2f %14.2f\n", "elapsed / expected", share(one), share(across));
}

static void json_figures(FILE *file, const char *name, const struct figures *figures)
{
    fprintf(file, "\"%s\": {\"latency_us\": %.3f, \"pipeline_elapsed_ms\": %" PRIu32 ", \"pipeline_expected_ms\": %"
            PRIu32 "}", name, figures->latency, figures->elapsed, figures->expected);
}

void report_json(FILE *file, const struct figures *one, const struct figures *across, uint32_t vms)
{
    fprintf(file, "{");
    json_figures(file, "one_vm", one);
    if (across != NULL) {
        fprintf(file, ", ");
        json_figures(file, "across_vms", across);
        fprintf(file, ", \"vms\": %" PRIu32 ", \"latency_ratio\": %.3f", vms, across->latency / one->latency);
    }
    fprintf(file, "}\n");
}
