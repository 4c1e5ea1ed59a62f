# SPDX-License-Identifier: BSD-2-Clause
/void topoc_switch_stage\(/,/^}/ s/link->counters.*;//
