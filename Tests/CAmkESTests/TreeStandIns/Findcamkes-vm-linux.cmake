#
# Copyright the topoc developers
#
# SPDX-License-Identifier: BSD-2-Clause
#

set(camkes-vm-linux_FOUND TRUE)
