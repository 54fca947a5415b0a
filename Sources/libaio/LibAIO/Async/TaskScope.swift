// How a task that waits learns that it is cancelled: theory of operation.
//
// Problem.  Swift's way, a handler around each wait, is a record in the task's list, entered and
// removed under a lock, and its closures are functions of their own that the task enters and
// leaves; to ask whether the task is cancelled counts references.  Together that was half of what
// an echo by a task cost beyond one by a callback.
//
// Shape.  A task of the loop has one handler, around all of its body, and one scope, which knows
// whether the task is cancelled and who has to be woken while it waits.  The handler marks the
// scope and sends it a message.  A task finds its scope by a task-local value, and connections
// remember the scope of their last caller, which nearly always is the next one.
//
// Children of a task inherit that value and not the handler, so a scope knows whose it is, and
// others (children, tasks that somebody else made) have a handler around each wait.
//
// Invariants.
//   S1  `waiting` is set exactly while the scope's task is suspended in a wait that can be
//       cancelled; it belongs to the loop's thread.
//   S2  A cancellation is noticed: whoever looks before the handler's message has come sees
//       `isCancelled`, and whoever waits by then is woken by the message.
//   S3  A scope that is open belongs to the living task of that number; numbers of tasks that have
//       ended are used again, and scopes that are remembered for them are not open.

import Synchronization
import Sys9

/// Who can be woken because the task that waits was cancelled.
protocol CancellableWait: Aio.Receiver {
  /// The task that waits was cancelled; it need not wait any more.  The loop's thread.
  func cancel(_ wait: TaskScope.Wait)
}

/// What a task of the loop waits for.  The loop's thread, but for the handler.
@safe final class TaskScope: @unchecked Sendable {
  /// Which of a receiver's waits it is.
  enum Wait { case reading, writing }

  @TaskLocal private static var inherited: TaskScope?

  private let cancelled = Atomic<Bool>(false)
  private let task: UInt
  // One thread's, changed where nothing else runs: no need to check each access for another.
  @exclusivity(unchecked) private var isOpen = true
  @exclusivity(unchecked) private var waiting: Unmanaged<Aio.Receiver>?
  @exclusivity(unchecked) private var wait = Wait.reading

  private init() {
    task = SystemThread.currentTask
  }

  /// The calling task's own scope; nil for a task that has none, such as a child.
  ///
  /// - Parameter remembered: what the last call gave, which is likely to be it.
  @inline(__always)
  static func current(_ remembered: inout TaskScope?) -> TaskScope? {
    // Asked before: with a call behind it, a look at the scope would count a reference.
    let task = SystemThread.currentTask
    if let remembered, remembered.belongs(to: task) { return remembered }
    guard let scope = inherited, scope.belongs(to: task) else { return nil }
    remembered = scope
    return scope
  }

  /// Whether the calling task is cancelled; `remembered` as in `current`.
  @inline(__always)
  static func isCancelled(_ remembered: inout TaskScope?) -> Bool {
    let task = SystemThread.currentTask
    if let remembered, remembered.belongs(to: task) { return remembered.isCancelled }
    return current(&remembered)?.isCancelled ?? Task.isCancelled
  }

  /// Whether it is the scope of the living task of that number (S3).
  @inline(__always)
  private func belongs(to task: UInt) -> Bool { unsafe self.task == task && isOpen }

  /// Whether the task is cancelled.
  @inline(__always)
  var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// The task waits from now on (S1), and holds `receiver`.
  @inline(__always)
  func begin(_ wait: Wait, of receiver: Aio.Receiver) {
    unsafe waiting = unsafe Unmanaged.passUnretained(receiver)
    unsafe self.wait = wait
  }

  /// The task does not wait any more (S1).
  @inline(__always)
  func end() { unsafe waiting = nil }

  private func wake() {
    guard let receiver = unsafe waiting?.takeUnretainedValue() else { return }
    (receiver as? any CancellableWait)?.cancel(unsafe wait)
  }

  /// Runs the body of a task of the loop, with a scope.
  static func run(_ body: Body, _ mailbox: Mailbox) async {
    let scope = TaskScope()
    await withTaskCancellationHandler {
      await $inherited.withValue(scope) { await body.function() }
    } onCancel: {
      scope.cancelled.store(true, ordering: .relaxed)
      mailbox.send { _ in scope.wake() }
    }
    unsafe scope.isOpen = false
  }

  /// A task's body on its way into the task.
  struct Body: @unchecked Sendable {
    let function: @isolated(any) () async -> Void
  }
}
