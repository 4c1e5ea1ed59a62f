# SPDX-License-Identifier: BSD-2-Clause
/bool topoc_switch_put\(/,/^}/ s/\(\(uint32_t\)link->state \| link->parked\) != 0/false/
