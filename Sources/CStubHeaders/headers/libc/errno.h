/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#define ENOENT 2
#define EIO 5
#define ENOMEM 12
#define EINVAL 22
#define ENOSYS 38
