# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/\(flags & TOPOC_VQ_WRITE\) != 0/false/
