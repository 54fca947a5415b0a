// What blocks, asked of the daemons by a loop.

import Glibc
import Synchronization
import Sys9

/// An operation that a daemon does.
final class DaemonJob<Answer: Sendable>: Activity {
  private(set) var answer: Answer?
  private let deliver: (Answer, Aio.Loop) -> Int32
  private let discard: @Sendable (Answer) -> Void
  /// Whether nobody waits any more: a job that has not begun need not.
  let isGivenUp: GivenUp

  final class GivenUp: Sendable {
    let flag = Atomic<Bool>(false)
  }

  /// - Parameters:
  ///   - deliver: called on the loop with the answer: the completion's result.
  ///   - discard: called with an answer that came too late.
  init(
    deliver: @escaping (Answer, Aio.Loop) -> Int32,
    discard: @escaping @Sendable (Answer) -> Void
  ) {
    self.deliver = deliver
    self.discard = discard
    isGivenUp = GivenUp()
  }

  override func stop(on loop: Aio.Loop) {
    isGivenUp.flag.store(true, ordering: .relaxed)
    loop.end(self, -ECANCELED)
  }

  func arrived(_ answer: Answer, on loop: Aio.Loop) {
    guard loop.isUnderWay(self) else { return discard(answer) }
    self.answer = answer
    loop.end(self, deliver(answer, loop))
  }
}

/// An answer on its way to a loop, which may be gone before it arrives.
private final class Parcel<Answer: Sendable>: Sendable {
  private let answer: Mutex<Answer?>
  private let discard: @Sendable (Answer) -> Void

  init(_ answer: Answer, discard: @escaping @Sendable (Answer) -> Void) {
    self.answer = Mutex(answer)
    self.discard = discard
  }

  func take() -> Answer? {
    answer.withLock { held in
      defer { held = nil }
      return held
    }
  }

  deinit { if let left = take() { discard(left) } }
}

/// A reference to what one loop's thread alone touches, passed through another thread.
private struct Carried<Value>: @unchecked Sendable {
  let value: Value
}

extension Aio.Loop {
  /// Has a daemon of `lane` call `work`, and answers `receiver` with what `deliver` makes of it.
  ///
  /// - Parameter discard: cleans up after an answer that nobody waits for any more.
  final func ask<Answer: Sendable>(
    _ lane: Aio.Daemons.Lane, _ kind: Aio.OpKind, _ receiver: Aio.Receiver?, _ site: Aio.Site,
    discard: @escaping @Sendable (Answer) -> Void = { _ in },
    _ work: @escaping @Sendable () -> Answer,
    deliver: @escaping (Answer, Aio.Loop) -> Int32
  ) -> Aio.OpToken {
    let job = DaemonJob(deliver: deliver, discard: discard)
    let token = begin(job, kind, receiver, site)
    if token == .none { return token }
    let (mailbox, isGivenUp) = (mailbox, job.isGivenUp)
    // The job's object is this thread's: the daemon only carries it back.
    let carried = Carried(value: job)
    let isTaken = offload(lane) {
      if isGivenUp.flag.load(ordering: .relaxed) { return }
      let parcel = Parcel(work(), discard: discard)
      mailbox.send { loop in
        if let answer = parcel.take() { carried.value.arrived(answer, on: loop) }
      }
    }
    if !isTaken { end(job, -EAGAIN) }
    return token
  }

  /// Runs `work` on a daemon of the user's lane; the completion's result is what it returns, an
  /// errno negated for an error.
  ///
  /// Cancelling does not interrupt `work`: it only is not waited for any more.  `EAGAIN` if too
  /// many wait already.
  @discardableResult
  public final func runBlocking(
    _ receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
    _ work: @escaping @Sendable () -> Int32
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    return ask(.user, .blocking, receiver, site, work) { answer, _ in answer }
  }
}
