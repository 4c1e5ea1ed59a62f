# SPDX-License-Identifier: BSD-2-Clause
/_device_peek\(/,/^}/ s/bytes - 1u >= device->bytes_max/false/
