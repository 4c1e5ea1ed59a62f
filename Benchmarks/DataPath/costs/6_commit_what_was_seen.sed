# SPDX-License-Identifier: BSD-2-Clause
/_device_commit\(/,/^}/ s/device->taken == 0/false/
