// What other threads send to a loop: theory of operation.
//
// Shape.  A stack that anyone pushes to and the loop takes whole, then reverses: one
// compare-and-swap to send, one exchange to receive all.  Whoever pushes wakes the loop if it
// sleeps, and only then.
//
// Invariants.
//   M1  Messages of one sender arrive in their order.
//   M2  A message sent while the loop is parked wakes it: the sender pushes and then looks whether
//       the loop is parked, the loop parks and then looks whether there is a message.

import Synchronization

/// Messages to one loop.
final class Mailbox: @unchecked Sendable {
  /// A message: what the loop runs.
  @safe private final class Message {
    let body: (Aio.Loop) -> Void
    let origin: Origin?
    var next: Unmanaged<Message>?

    init(_ body: @escaping (Aio.Loop) -> Void, _ origin: Origin?) {
      self.body = body
      self.origin = origin
    }
  }

  /// Whose message it is, where it was sent, and by which event.
  struct Origin {
    let place: UInt64
    let event: UInt64
  }

  private let head = Atomic<UInt>(0)
  private let isParked = Atomic<Bool>(false)
  private let wake: @Sendable () -> Void

  /// - Parameter wake: makes a loop that waits return.
  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  deinit {
    var next = unsafe first()
    while let message = unsafe next {
      let taken = unsafe message.takeRetainedValue()
      unsafe next = unsafe taken.next
    }
  }

  /// Sends `body` to be run by the loop.  Any thread.
  ///
  /// - Parameter origin: makes an event of it; nil for what the runtime sends to itself.
  func send(_ origin: Origin? = nil, _ body: sending @escaping (Aio.Loop) -> Void) {
    let message = Message(body, origin)
    let address = UInt(bitPattern: unsafe Unmanaged.passRetained(message).toOpaque())
    var seen = head.load(ordering: .relaxed)
    while true {
      unsafe message.next = unsafe UnsafeRawPointer(bitPattern: seen).map {
        unsafe Unmanaged.fromOpaque($0)
      }
      let (done, found) = head.weakCompareExchange(
        expected: seen, desired: address, ordering: .sequentiallyConsistent)
      if done { break }
      seen = found
    }
    if isParked.load(ordering: .sequentiallyConsistent) { wake() }
  }

  /// Whether there is a message.
  var hasMail: Bool { head.load(ordering: .relaxed) != 0 }

  /// Says that the loop is about to sleep; false if it must not, since there is a message.
  func park() -> Bool {
    isParked.store(true, ordering: .sequentiallyConsistent)
    return head.load(ordering: .sequentiallyConsistent) == 0
  }

  /// Makes a loop that waits return.
  func rouse() { wake() }

  /// Says that the loop is awake.
  func unpark() { isParked.store(false, ordering: .relaxed) }

  private func first() -> Unmanaged<Message>? {
    let address = head.exchange(0, ordering: .acquiring)
    return unsafe UnsafeRawPointer(bitPattern: address).map { unsafe Unmanaged.fromOpaque($0) }
  }

  /// Runs all messages, in their order, and says how many there were.
  func drain(into loop: Aio.Loop) -> UInt64 {
    var next = unsafe first()
    var reversed: Unmanaged<Message>?
    while let message = unsafe next {
      unsafe message._withUnsafeGuaranteedRef {
        unsafe next = unsafe $0.next
        unsafe $0.next = unsafe reversed
      }
      unsafe reversed = unsafe message
    }
    var count: UInt64 = 0
    while let message = unsafe reversed {
      let taken = unsafe message.takeRetainedValue()
      unsafe reversed = unsafe taken.next
      if let origin = taken.origin {
        loop.recorder.begin(
          .message, place: origin.place, parent: origin.event, callback: 0, argument: 0)
        taken.body(loop)
        loop.recorder.finish()
      } else {
        taken.body(loop)
      }
      count += 1
    }
    return count
  }
}

extension Aio.Loop {
  /// The loop as other threads see it: may be kept and used on any of them.
  public struct Remote: Sendable {
    let mailbox: Mailbox

    /// Runs `body` on the loop's thread, in the order of sending.  Never blocks; allocates one
    /// message.
    ///
    /// - Parameter group: whose it is; that of the event under way if the caller is in a loop's
    ///   turn.
    public func send(
      group: Aio.EventGroup? = nil, file: StaticString = #fileID, line: UInt32 = #line,
      function: StaticString = #function, _ body: sending @escaping (Aio.Loop) -> Void
    ) {
      let site = Aio.Site(file, line: line, function: function)
      let (event, own) = Recorder.underWay
      let place = UInt64(site.id) << 32 | UInt64(group?.id ?? UInt32(truncatingIfNeeded: own))
      mailbox.send(Mailbox.Origin(place: place, event: event), body)
    }

    /// Makes the loop's `run` return.
    public func stop() { mailbox.send { $0.stop() } }
  }

  /// The loop as other threads see it.
  public final var remote: Remote { Remote(mailbox: mailbox) }
}
