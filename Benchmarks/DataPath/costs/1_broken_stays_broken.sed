# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/device->fault != TOPOC_VQ_SOUND/false/
