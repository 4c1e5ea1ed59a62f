# SPDX-License-Identifier: BSD-2-Clause
/topoc_switch_frame_whole\(/,/^}/ s/length < TOPOC_SWITCH_HEADER \|\| length > max/false/
