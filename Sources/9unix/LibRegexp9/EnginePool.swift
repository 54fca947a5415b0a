// Engines that nobody uses at the moment.
//
// A caller takes one by exchanging a slot with nothing, and gives it back by putting it into a
// slot that is empty: no lock, and no way to see an engine that another holds.

import Synchronization

/// A few engines, for callers that keep none of their own.
final class EnginePool: Sendable {
  // Slots hold the address of a retained engine, or 0.
  private let first = Atomic<UInt>(0)
  private let second = Atomic<UInt>(0)
  private let third = Atomic<UInt>(0)
  private let fourth = Atomic<UInt>(0)

  init() {}

  deinit {
    for address in [
      first.load(ordering: .acquiring), second.load(ordering: .acquiring),
      third.load(ordering: .acquiring), fourth.load(ordering: .acquiring),
    ] { _ = Self.engine(address) }
  }

  private static func engine(_ address: UInt) -> Engine? {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: address) else { return nil }
    return unsafe Unmanaged<Engine>.fromOpaque(pointer).takeRetainedValue()
  }

  /// Takes an engine out, if there is one.
  func take() -> Engine? {
    var address = first.exchange(0, ordering: .acquiringAndReleasing)
    if address == 0 { address = second.exchange(0, ordering: .acquiringAndReleasing) }
    if address == 0 { address = third.exchange(0, ordering: .acquiringAndReleasing) }
    if address == 0 { address = fourth.exchange(0, ordering: .acquiringAndReleasing) }
    return Self.engine(address)
  }

  /// Puts an engine in; a fifth one is let go.
  func give(_ engine: Engine) {
    let retained = unsafe Unmanaged.passRetained(engine)
    let address = unsafe UInt(bitPattern: retained.toOpaque())
    if first.compareExchange(
      expected: 0, desired: address, ordering: .acquiringAndReleasing
    ).exchanged {
      return
    }
    if second.compareExchange(
      expected: 0, desired: address, ordering: .acquiringAndReleasing
    ).exchanged {
      return
    }
    if third.compareExchange(
      expected: 0, desired: address, ordering: .acquiringAndReleasing
    ).exchanged {
      return
    }
    if fourth.compareExchange(
      expected: 0, desired: address, ordering: .acquiringAndReleasing
    ).exchanged {
      return
    }
    unsafe retained.release()
  }
}
