# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/device->fault != TOPOC_VQ_SOUND/false/
/_device_peek\(/,/^}/ s/\(flags & \(TOPOC_VQ_NEXT \| TOPOC_VQ_INDIRECT\)\) != 0/false/
/_device_peek\(/,/^}/ s/\(flags & TOPOC_VQ_WRITE\) != 0/false/
/_device_peek\(/,/^}/ s/bytes - 1u >= device->bytes_max/false/
/_device_at\(/,/^}/ s/!topoc_vq_within\(offset, bytes, device->pool.size\)/false/
/_device_commit\(/,/^}/ s/taken == 0/false/
/_driver_reclaim\(/,/^}/ s/id >= length \|\| distance >= outstanding/false/
