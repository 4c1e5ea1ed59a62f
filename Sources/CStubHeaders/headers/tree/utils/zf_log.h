/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** Logging, by level. Each takes what printf takes. A fatal line does not end the component. */

void topoc_stub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define ZF_LOGV(...) topoc_stub_log(__VA_ARGS__)
#define ZF_LOGD(...) topoc_stub_log(__VA_ARGS__)
#define ZF_LOGI(...) topoc_stub_log(__VA_ARGS__)
#define ZF_LOGW(...) topoc_stub_log(__VA_ARGS__)
#define ZF_LOGE(...) topoc_stub_log(__VA_ARGS__)
#define ZF_LOGF(...) topoc_stub_log(__VA_ARGS__)
