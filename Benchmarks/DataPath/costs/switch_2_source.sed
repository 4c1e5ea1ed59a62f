# SPDX-License-Identifier: BSD-2-Clause
/bool topoc_switch_route\(/,/^}/ s/sw->config.sources == TOPOC_SOURCES_PINNED \&\& topoc_switch_source\(header\) != sw->config.address/false/
