# SPDX-License-Identifier: BSD-2-Clause
/void topoc_link_fence\(/,/^}/ s/topoc_fence\(\);/__atomic_signal_fence(__ATOMIC_SEQ_CST);/
