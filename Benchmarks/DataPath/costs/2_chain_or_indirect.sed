# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/\(flags & \(TOPOC_VQ_NEXT \| TOPOC_VQ_INDIRECT\)\) != 0/false/
