# SPDX-License-Identifier: BSD-2-Clause
/_device_at\(/,/^}/ s/!topoc_vq_within\(offset, bytes, device->pool.size\)/false/
