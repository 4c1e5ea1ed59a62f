/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A caller notifies through a pointer without arguments, vq->notify(), and expects that its chain has been published by
 * then. So a driver's notify is one of these functions, which publishes and then calls the caller's own.
 */

#pragma once

/* A function that publishes this thread's chain and calls `notify`; `notify` itself where there is none left, or NULL. */
void (*topoc_compat_notify(void (*notify)(void)))(void);
