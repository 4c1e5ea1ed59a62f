/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * One direction of a link, between two threads that sleep: the driver side when there is no room, the device side when
 * there is no frame. Each step is named after the function of the core that does it.
 *
 * Claim: every frame is delivered, and both threads end. A wake-up that is lost leaves someone asleep for ever, which
 * spin reports as an invalid end state.
 */

#include "memory.pml"

#ifndef RING
#define RING 3
#endif
#ifndef FRAMES
#define FRAMES 5
#endif
#define HELD_MAX ((RING + 1) / 2)

byte memory[4];
chan driver_stores = [STORES] of { byte, byte };
chan device_stores = [STORES] of { byte, byte };
bit driver_signal; /* a notification: one bit, that a wait takes */
bit device_signal;
byte delivered;


/* The store buffers drain at any moment. */
proctype drain()
{
    byte variable;
    byte value;
end:
    do
    :: atomic { driver_stores ? variable, value -> memory[variable] = value }
    :: atomic { device_stores ? variable, value -> memory[variable] = value }
    od
}

#ifdef FAULT_NO_FENCE_WHEN_PUBLISHING
#define publish_fence skip
#else
#define publish_fence empty(driver_stores)
#endif
#ifdef FAULT_NO_FENCE_WHEN_DEVICE_LISTENS
#define device_listen_fence skip
#else
#define device_listen_fence empty(device_stores)
#endif
#ifdef FAULT_NO_FENCE_WHEN_DRIVER_LISTENS
#define driver_listen_fence skip
#else
#define driver_listen_fence empty(driver_stores)
#endif
#ifdef FAULT_NO_FENCE_WHEN_GIVING_BACK
#define give_back_fence skip
#else
#define give_back_fence empty(device_stores)
#endif

/* driver_flush, and driver_must_signal with the signal that it asks for */
inline driver_publish()
{
    if
    :: published != next ->
        published = next;
        driver_stores ! AVAILABLE, published
    :: else
    fi;
    if
    :: asked != published ->
        publish_fence;
#ifdef FAULT_ONLY_THE_LAST_FRAME_IS_ASKED_FOR
        asked = behind(published, 1);
#endif
        if
        :: wants(memory[DEVICE_EVENT], published, asked) -> device_signal = 1
        :: else
        fi;
        asked = published
    :: else
    fi
}

/* A short frame needs one of the ring's places, the longest all of them. */
#define room (behind(next, seen) + need <= RING)

proctype driver()
{
    byte next = START;
    byte published = START;
    byte asked = START;
    byte seen = START; /* how far the device has given back, as far as is known */
    byte sent;
    byte need;

    do
    :: sent < FRAMES ->
        if
        :: need = 1
        :: need = RING
        fi;
        do /* driver_reserve */
        :: room -> break
        :: else ->
            driver_publish(); /* the device cannot give back what it has not seen */
            seen = memory[USED]; /* driver_reclaim */
            if
            :: room
            :: else -> /* driver_listen */
                driver_stores ! DRIVER_EVENT, wish(seen);
                driver_listen_fence;
                if
#ifndef FAULT_DRIVER_DOES_NOT_LOOK_AGAIN
#ifdef FAULT_DRIVER_SLEEPS_ALTHOUGH_SOME_CAME
                :: behind(next, memory[USED]) + need <= RING -> seen = memory[USED]
#else
                :: memory[USED] != seen -> seen = memory[USED] /* READY: reserve anew, and listen anew */
#endif
#endif
                :: else ->
                    atomic { driver_signal -> driver_signal = 0 };
                    seen = memory[USED]
                fi;
                driver_stores ! DRIVER_EVENT, no_wish(seen) /* driver_mute */
            fi
        od;
        next = (next + 1) % POSITIONS; /* driver_stage */
        sent++;
        if
        :: driver_publish()
        :: skip /* a batch goes on */
        fi
    :: else -> break
    od;
    driver_publish()
}

/* device_flush */
inline device_give_back()
{
    if
    :: held > 0 ->
        returned = (returned + held) % POSITIONS;
        held = 0;
        device_stores ! USED, returned
    :: else
    fi
}

/* device_must_signal, with the signal that it asks for */
inline device_tell()
{
    if
    :: told != returned ->
        give_back_fence;
        if
        :: wants(memory[DRIVER_EVENT], returned, told) -> driver_signal = 1
        :: else
        fi;
        told = returned
    :: else
    fi
}

proctype device()
{
    byte next = START;
    byte returned = START;
    byte told = START;
    byte held;

    do
    :: memory[AVAILABLE] != next -> /* device_peek: READY */
        assert(behind(memory[AVAILABLE], next) <= RING);
progress:
        delivered++;
        next = (next + 1) % POSITIONS; /* device_commit */
        held++;
        if
        :: held >= HELD_MAX -> device_give_back()
        :: else
        fi;
        if
        :: device_tell() /* the end of a batch */
        :: skip
        fi
    :: else -> /* EMPTY */
#ifndef FAULT_DEVICE_HOLDS_WHEN_IDLE
        device_give_back();
#endif
#ifndef FAULT_GIVEN_BACK_WITHOUT_A_SIGNAL
        device_tell();
#endif
        if
        :: delivered == FRAMES -> break
        :: else
        fi;
        device_stores ! DEVICE_EVENT, wish(next); /* device_listen */
        device_listen_fence;
        if
#ifndef FAULT_DEVICE_DOES_NOT_LOOK_AGAIN
        :: memory[AVAILABLE] != next
#endif
        :: else -> atomic { device_signal -> device_signal = 0 }
        fi;
        device_stores ! DEVICE_EVENT, no_wish(next) /* device_mute */
    od
}

init {
    atomic { /* both ends are initialised before they run */
        memory[AVAILABLE] = START;
        memory[USED] = START;
        memory[DRIVER_EVENT] = no_wish(START);
        memory[DEVICE_EVENT] = no_wish(START);
        run drain();
        run driver();
        run device()
    }
}
