# SPDX-License-Identifier: BSD-2-Clause
/topoc_switch_frame_copy\(/,/^}/ s/topoc_switch_header_write\(&frame->header, to\);//
