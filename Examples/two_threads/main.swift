// SPDX-License-Identifier: BSD-2-Clause

// Two threads and a link between them: one sends frames, one receives them, each sleeps when it has nothing to do.
// swift run two-threads [FRAMES]

import Foundation
import VSwitch

let frames = CommandLine.arguments.count > 1 ? UInt64(CommandLine.arguments[1]) ?? 1_000_000 : 1_000_000
let queueLength = 256
let batch = 32

/// The driver side. Its VM rings `work` where the device asks for it, and waits on `room` when the link is full.
func sendAll(over memory: borrowing SharedMemory, work: borrowing Doorbell, room: borrowing Doorbell) throws(LinkError)
{
    var driver = try DriverSide<PackedLayout>(over: memory, queueLength: queueLength)
    var number: UInt64 = 0
    while number < frames {
        var staged = 0
        while staged < batch, number < frames, let buffer = try driver.reserve(64) {
            buffer.stage { output in
                output.append(number, as: UInt64.self)
                output.append(repeating: 0, count: 56, as: UInt8.self)
            }
            number += 1
            staged += 1
        }
        driver.flush()
        if driver.mustSignal() { work.ring() }
        if staged == 0 {
            if try driver.listen() == .empty { room.wait() }
            driver.mute()
        }
    }
}

/// The device side: the sum of the frames' numbers.
func receiveAll(over memory: borrowing SharedMemory, work: borrowing Doorbell, room: borrowing Doorbell)
    throws(LinkError) -> UInt64
{
    var device = try DeviceSide<PackedLayout>(over: memory, queueLength: queueLength)
    var received: UInt64 = 0
    var sum: UInt64 = 0
    while received < frames {
        while let frame = try device.peek() {
            sum &+= frame.withBytes { bytes in bytes.unsafeLoadUnaligned(as: UInt64.self) }
            frame.commit()
            received += 1
        }
        if device.mustSignal() { room.ring() }
        if received < frames {
            if try device.listen() == .empty { work.wait() }
            device.mute()
        }
    }
    device.flush()
    if device.mustSignal() { room.ring() }
    return sum
}

func run() throws {
    let memory = try SharedMemory(byteCount: 32768)
    let work = try Doorbell()
    let room = try Doorbell()
    let sender = Thread {
        do {
            try sendAll(over: memory, work: work, room: room)
        } catch {
            fatalError("the sender stopped: \(error)")
        }
    }
    let start = ContinuousClock.now
    sender.start()
    let sum = try receiveAll(over: memory, work: work, room: room)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard sum == frames * (frames - 1) / 2 else { fatalError("frames were lost or changed") }
    print("\(frames) frames arrived, each once, in \(seconds.formatted(.number.precision(.fractionLength(2)))) s")
}

try run()
