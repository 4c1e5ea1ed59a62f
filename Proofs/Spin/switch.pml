/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Two VMMs, a link in each direction between them, and their guests. Each VMM is one thread with one notification, which
 * its guest's kicks and its peer's signals set; it sleeps in one place only. A frame that finds no room is parked, up to
 * PARKED of them; what is beyond that stays with the guest. A guest has RECEIVE_BUFFERS buffers for frames, and gives one
 * for each that it was delivered; where there is none, the frame stays in the ring.
 *
 * Claim: when nothing moves any more, every frame that the guests sent has been delivered. (No deadlock, no lost
 * wake-up, no frame forgotten where it waits.)
 */

#include "memory.pml"

#ifndef RING
#define RING 2
#endif
#ifndef FRAMES
#define FRAMES 3 /* that guest 0 sends; guest 1 answers with ANSWERS */
#endif
#ifndef ANSWERS
#define ANSWERS 1
#endif
#define PARKED 1
#define RECEIVE_BUFFERS 1
#define HELD_MAX ((RING + 1) / 2)

byte memory[8];
chan stores0 = [STORES] of { byte, byte };
chan stores1 = [STORES] of { byte, byte };
bit notified[2];
byte sent[2];      /* frames that the guest has made available and the VMM has not taken */
byte buffers[2];   /* receive buffers that the guest has made available */
byte delivered[2]; /* to the guest */

#define peer (1 - me)
#define store(variable, value) if :: me == 0 -> stores0 ! variable, value :: else -> stores1 ! variable, value fi
#ifdef FAULT_NO_FENCE
#define fence skip
#else
#define fence (me == 0 && empty(stores0) || me == 1 && empty(stores1))
#endif

proctype drain()
{
    byte variable;
    byte value;
end:
    do
    :: atomic { stores0 ? variable, value -> memory[variable] = value }
    :: atomic { stores1 ? variable, value -> memory[variable] = value }
    od
}

proctype guest(bit me; byte frames)
{
    byte seen;
end:
    do
    :: atomic { frames > 0 -> frames--; sent[me]++; notified[me] = 1 }
    :: atomic { delivered[me] > seen -> seen++; buffers[me]++; notified[me] = 1 }
    od
}

/* topoc_switch_signal; and topoc_switch_flush, where one fence stands between the stores to all links and the looks */
inline publish()
{
#ifdef FAULT_FENCES_BEFORE_PUBLISHING
    if
    :: published != next -> fence
    :: else
    fi;
#endif
    if
    :: published != next ->
        published = next;
        store(cell(me, AVAILABLE), published)
    :: else
    fi;
    if
    :: asked != published ->
#ifndef FAULT_FENCES_BEFORE_PUBLISHING
        fence;
#endif
        if
        :: wants(memory[cell(me, DEVICE_EVENT)], published, asked) -> notified[peer] = 1
        :: else
        fi;
        asked = published
    :: else
    fi
}

#define room (behind(next, seen) < RING)

/* topoc_switch_reserve_or_listen: afterwards there is room, or the peer will signal when there is. */
inline reserve_or_listen()
{
    publish();
    seen = memory[cell(me, USED)];
    do
    :: room -> break
    :: else ->
#ifdef FAULT_PARKED_AND_NOT_LISTENING
        break
#else
        store(cell(me, DRIVER_EVENT), wish(seen));
        fence;
        if
#ifndef FAULT_DRIVER_DOES_NOT_LOOK_AGAIN
        :: memory[cell(me, USED)] != seen -> seen = memory[cell(me, USED)]
#endif
        :: else -> break
        fi
#endif
    od
}

/* topoc_switch_send, of each frame that the guest has, while one more can be parked */
inline send()
{
    do
    :: sent[me] > 0 && parked < PARKED ->
        sent[me]--;
        if
        :: room
        :: else -> reserve_or_listen()
        fi;
        if
        :: parked == 0 && room -> next = (next + 1) % POSITIONS
        :: else -> parked++
        fi
    :: else -> break
    od;
    publish() /* topoc_switch_flush */
}

/* topoc_switch_resume */
inline resume()
{
    do
    :: parked > 0 ->
        if
        :: room
        :: else -> reserve_or_listen()
        fi;
        if
        :: room -> parked--; next = (next + 1) % POSITIONS
        :: else -> break
        fi
    :: else ->
        store(cell(me, DRIVER_EVENT), no_wish(seen)); /* topoc_link_driver_mute */
        break
    od;
    publish()
}

inline give_back()
{
    if
    :: held > 0 ->
        returned = (returned + held) % POSITIONS;
        held = 0;
        store(cell(peer, USED), returned)
    :: else
    fi
}

/* topoc_switch_receive */
inline receive()
{
    blocked = false;
    do
    :: memory[cell(peer, AVAILABLE)] != taken && buffers[me] > 0 ->
        buffers[me]--;
        delivered[me]++;
        taken = (taken + 1) % POSITIONS;
        held++;
        if
        :: held >= HELD_MAX -> give_back()
        :: else
        fi
    :: memory[cell(peer, AVAILABLE)] != taken && buffers[me] == 0 -> blocked = true; break
    :: memory[cell(peer, AVAILABLE)] == taken -> break
    od;
    give_back();
    /* topoc_switch_signal_room, when each link has had its turn */
#ifndef FAULT_GIVEN_BACK_WITHOUT_A_SIGNAL
    if
    :: told != returned ->
        fence;
        if
        :: wants(memory[cell(peer, DRIVER_EVENT)], returned, told) -> notified[peer] = 1
        :: else
        fi;
        told = returned
    :: else
    fi
#endif
}

proctype vmm(bit me)
{
    byte next = START; /* of the link to the peer */
    byte published = START;
    byte asked = START;
    byte seen = START;
    byte parked;
    byte taken = START; /* of the link from the peer */
    byte returned = START;
    byte told = START;
    byte held;
    bit blocked;
    bit work;

    do
    :: true ->
end:
        atomic { notified[me] == 1 -> notified[me] = 0 };
        work = true;
        do /* the handler of signals, as in switch.h */
        :: work ->
            resume();
            send();
            receive();
            work = false;
#ifdef FAULT_SLEEPS_WITHOUT_LISTENING
            if
            :: true -> skip
#else
            if
            :: !blocked -> /* topoc_switch_listen */
                store(cell(peer, DEVICE_EVENT), wish(taken));
                fence;
#ifndef FAULT_DEVICE_DOES_NOT_LOOK_AGAIN
                work = (memory[cell(peer, AVAILABLE)] != taken);
#endif
                if
                :: work -> store(cell(peer, DEVICE_EVENT), no_wish(taken)) /* the next receive mutes */
                :: else
                fi
#endif
            :: else
            fi
        :: else -> break
        od
    od
}

proctype monitor()
{
    timeout;
    assert(delivered[0] == ANSWERS && delivered[1] == FRAMES)
}

init {
    atomic { /* all ends are initialised before they run */
        byte i;
        for (i : 0 .. 1) {
            memory[cell(i, AVAILABLE)] = START;
            memory[cell(i, USED)] = START;
            memory[cell(i, DRIVER_EVENT)] = no_wish(START);
            memory[cell(i, DEVICE_EVENT)] = no_wish(START);
            buffers[i] = RECEIVE_BUFFERS;
            notified[i] = 1
        }
        run drain();
        run guest(0, FRAMES);
        run guest(1, ANSWERS);
        run vmm(0);
        run vmm(1);
        run monitor()
    }
}
