/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

_Noreturn void topoc_stub_assertion_failed(const char *condition, const char *file, int line);

#define assert(condition)                                                                                              \
    ((condition) ? (void)0 : topoc_stub_assertion_failed(#condition, __FILE__, __LINE__))
#ifndef static_assert
#define static_assert _Static_assert
#endif
