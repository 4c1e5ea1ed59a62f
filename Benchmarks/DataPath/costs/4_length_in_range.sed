# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/bytes == 0 \|\| bytes > device->bytes_max/false/
