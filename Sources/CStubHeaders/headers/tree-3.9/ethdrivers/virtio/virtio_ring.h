/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <topoc_stub_vring.h>
