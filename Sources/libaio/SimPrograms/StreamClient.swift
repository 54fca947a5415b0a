// A client of an echo server, by whatever way: it knows what it must get.

import Glibc
import LibAIO
import Sys9

/// Sends bytes, and checks that they come back.
///
/// How it behaves is drawn: sizes, whether it ends its direction and waits for the end, whether it
/// stops reading for a while, receives once at a time, cancels, or goes away in the middle.
final class StreamClient: Tracked {
  private enum Manner: Int, CaseIterable { case plain, halfClose, stall, single, cancel, leave }

  private let total: Int
  private let salt: Int
  private let chunk: Int
  private let manner: Manner
  private let network: Aio.SimNetwork
  private var sent = 0
  private var sending = 0
  private var hasEnded = false
  private var received = 0
  private var receiving = Aio.OpToken.none
  /// An operation that has ended.
  private var stale = Aio.OpToken.none
  private var isClosing = false
  private var isClosed = false
  private var isPaused = false
  /// Why it ended early: an errno, or 0 for an end that came too soon.
  private var failure: CInt?
  /// Whether it went away because it wanted to.
  private var hasLeft = false
  private var mismatchAt: Int?
  private var hasSeenEnd = false

  /// - Parameter isLarge: whether it sends more than sockets and a relay's high-water mark hold.
  init(_ network: Aio.SimNetwork, _ ledger: Ledger, isLarge: Bool) {
    self.network = network
    total = 1 + network.draw(below: isLarge ? 150_000 : 1 << network.draw(below: 15))
    chunk = 1 + network.draw(below: isLarge ? 65_536 : 1 << (4 + network.draw(below: 10)))
    salt = network.draw(below: 256)
    manner = Manner(rawValue: network.draw(below: Manner.allCases.count)) ?? .plain
    super.init(ledger)
  }

  func start(_ address: SocketAddress, _ loop: Aio.Loop) {
    expectUnnamed()
    do {
      _ = try loop.connect(to: address, self)
    } catch {
      ledger.fault("a connect throws: \(error)")
    }
  }

  private func byte(_ index: Int) -> UInt8 {
    let word = UInt64(truncatingIfNeeded: index &* 131 &+ salt) &* 0x9E37_79B9_7F4A_7C15
    return UInt8(truncatingIfNeeded: word >> 32)
  }

  /// What is wrong with how it ended, if anything is.
  func fault(isHarmless: Bool) -> String? {
    if let mismatchAt { return "byte \(mismatchAt) of \(total) is wrong (\(manner))" }
    if !isClosed { return "Z3: waits for ever: \(state)" }
    if !isIdle { return "Z2: an operation has not ended: \(state)" }
    if received > total { return "more came back than was sent: \(state)" }
    if hasLeft || received == total { return nil }
    guard let failure else { return "bytes are missing, and it was not told: \(state)" }
    return isHarmless ? "failed with \(failure) where nothing does harm: \(state)" : nil
  }

  private var state: String {
    "\(manner), \(sent) sent and \(received) received of \(total)"
      + (isClosing ? ", closing" : "") + (isPaused ? ", paused" : "")
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    let handle = completion.handle
    switch completion.kind {
    case .connect:
      if let error = completion.error { return fail(error, handle, loop) }
      receive(handle, loop)
      sendMore(handle, loop)
    case .send:
      sending -= 1
      stale = completion.token
      if let error = completion.error { return fail(error, handle, loop) }
      sendMore(handle, loop)
    case .receive: received(&completion, loop)
    case .timer: wakeUp(loop)
    case .close: isClosed = true
    default: break
    }
  }

  private func receive(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    let repeats = manner != .single
    receiving = expect(loop.receive(from: handle, repeating: repeats, to: self))
  }

  private func received(_ completion: inout Aio.Completion, _ loop: Aio.Loop) {
    let handle = completion.handle
    if let buffer = completion.takeBuffer(), !buffer.isEmpty { check(buffer) }
    if completion.error == ECANCELED && manner == .cancel && !isClosing {
      // As it wanted; what was cancelled lost no bytes.
      return receive(handle, loop)
    }
    if let error = completion.error { return fail(error, handle, loop) }
    if completion.isEnd {
      hasSeenEnd = true
      if received < total { return fail(0, handle, loop) }
      return close(handle, loop)
    }
    if received >= total && (manner != .halfClose || hasSeenEnd) { return close(handle, loop) }
    if isClosing { return }
    if completion.isLast { receive(handle, loop) }
    misbehave(handle, loop)
  }

  private func check(_ buffer: borrowing Aio.Buffer) {
    unsafe buffer.withBytes { bytes in
      for index in bytes.indices where unsafe bytes[index] != byte(received + index) {
        if mismatchAt == nil {
          mismatchAt = received + index
          network.remark("byte \(received + index) is wrong")
        }
      }
    }
    received += buffer.count
  }

  private func misbehave(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    switch manner {
    case .stall where !isPaused && network.draw(below: 3) == 0:
      isPaused = true
      loop.pause(receiving)
      loop.addOneShot(after: .milliseconds(network.draw(below: 5000)), to: self)
    case .cancel where network.draw(below: 4) == 0:
      loop.cancel(receiving)
      // Twice is as good as once, and what names nothing any more is ignored.
      if network.draw(below: 2) == 0 { loop.cancel(receiving) }
      loop.cancel(stale)
    case .leave where network.draw(below: 8) == 0:
      hasLeft = true
      close(handle, loop)
    default: break
    }
  }

  private func wakeUp(_ loop: Aio.Loop) {
    isPaused = false
    loop.resume(receiving)
  }

  private func sendMore(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing { return }
    if sent == total {
      // A shutdown does not wait for what is still to be sent.
      if manner == .halfClose && !hasEnded && sending == 0 {
        hasEnded = true
        // Who is gone already need not be told.
        try? loop.shutdown(handle, CInt(SHUT_WR))
      }
      return
    }
    for _ in 0..<1 + network.draw(below: 3) where sent < total {
      let count = min(1 + network.draw(below: chunk), total - sent)
      let bytes = (sent..<sent + count).map(byte)
      sent += count
      sending += 1
      expect(loop.send(Aio.Buffer(bytes), to: handle, self))
    }
  }

  private func fail(_ errno: CInt, _ handle: Aio.Handle, _ loop: Aio.Loop) {
    // What ends because it closes has not failed.
    if !isClosing && failure == nil { failure = errno }
    close(handle, loop)
  }

  private func close(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    loop.removeTimers(of: self)
    expect(loop.close(handle, self))
  }
}
