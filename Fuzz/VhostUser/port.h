/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The device's loop, as the fuzzer has it: a port whose frames go nowhere, or wait until the script says otherwise. */

#pragma once

#include <lab/guest_side.h>

/* The port of the back end, whose listening socket has an abstract name. The first call makes it. */
void fuzz_port_open(const char *name);

/* What is waited for is looked at, whether there is something or not. */
void fuzz_port_look(void);

/* Calls of the back end's that the script chooses. */
void fuzz_port_call(void);

/* Frames that wait are through. */
void fuzz_port_settle(void);

/* What the port was told last. */
enum lab_guest_state fuzz_port_state(void);
