# SPDX-License-Identifier: BSD-2-Clause
/_driver_reclaim\(/,/^}/ s/id >= length \|\| distance >= outstanding/false/
