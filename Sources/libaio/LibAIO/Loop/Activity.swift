// Operations of several steps: theory of operation.
//
// Problem.  To dial is to ask for addresses and to race connections; to open a file may be a
// submission or a job for a daemon.  To a program each is one operation: a token, one terminal
// completion, advice to cancel.
//
// Shape.  An activity is an object that has a record among the operations and stands in no handle's
// queue.  The record holds it until the terminal completion.  It takes its steps as it likes, by
// operations of its own and by messages, and calls `end` once.
//
// Invariants.
//   A1  Between `begin` and `end` the record is live, and names the activity.
//   A2  What comes after `end` is the activity's to clean up: a descriptor that a daemon opened too
//       late is closed.  So cancelling may end an activity at once, and does where nothing of ours
//       is with the kernel.

import Glibc

/// An operation of several steps.
class Activity {
  /// The name of its record; `.none` before `begin` and after `end`.
  fileprivate(set) final var token = Aio.OpToken.none
  /// The connection that it brings.
  final var connection = Aio.Handle.none

  /// The bytes that it brings.
  final var buffer: Aio.Buffer?
  /// What the result is, if that may be more than 31 bits hold.
  final var count: Int?

  init() {}

  fileprivate final func takeBuffer() -> Aio.Buffer? {
    let taken = buffer.take()
    buffer = nil
    return taken
  }

  /// Asks for the end: sooner or later `end` is called.
  func stop(on loop: Aio.Loop) { loop.end(self, -ECANCELED) }

  /// The activity of a record; nil if that belongs to another kind of operation.
  @safe static func of(_ op: OpRecord) -> Activity? {
    guard op.state.contains(.isActivity), let base = unsafe op.base else { return nil }
    return unsafe Unmanaged<Activity>.fromOpaque(base).takeUnretainedValue()
  }

  /// Gives up the reference of a record that nobody will be told of any more.
  @safe static func forget(_ op: OpRecord) {
    guard op.state.contains(.isActivity), let base = unsafe op.base else { return }
    let activity = unsafe Unmanaged<Activity>.fromOpaque(base).takeRetainedValue()
    activity.token = .none
  }
}

extension Aio.Loop {
  /// Gives `activity` a name; `ENOBUFS` if there are too many operations.
  final func begin(
    _ activity: Activity, _ kind: Aio.OpKind, _ receiver: Aio.Receiver?, _ site: Aio.Site
  ) -> Aio.OpToken {
    guard let index = ops.take() else {
      return receiver.map { refuse(kind, .none, ENOBUFS, $0) } ?? .none
    }
    let op = unsafe ops[index]
    unsafe op.pointee.generation &+= 1
    receiver?.hold()
    unsafe op.pointee.receiver = receiver.map { unsafe Unmanaged.passUnretained($0) }
    unsafe op.pointee.base = Unmanaged.passRetained(activity).toOpaque()
    unsafe op.pointee.home = nil
    unsafe op.pointee.handle = Aio.Handle.none.index
    unsafe op.pointee.handleGeneration = Aio.Handle.none.generation
    unsafe op.pointee.group = group.id
    unsafe op.pointee.site = site.id
    unsafe op.pointee.kind = kind
    unsafe op.pointee.state = [.isLive, .isActivity]
    unsafe op.pointee.result = 0
    recorder.causes(operation: index)
    activity.token = name(ofOp: index)
    return activity.token
  }

  /// Notes the terminal completion of `activity`; what has ended does so once.
  ///
  /// - Parameter result: 0 or more, or an errno negated.
  final func end(_ activity: Activity, _ result: Int32) {
    guard let op = unsafe record(activity.token), unsafe !op.pointee.state.contains(.isDue) else {
      return
    }
    unsafe op.pointee.state.insert(.isDue)
    unsafe op.pointee.result = result
    _ = enqueue(activity.token.index, &due)
  }

  /// Delivers the terminal completion of `activity` within that of one of its parts.
  final func endNow(_ activity: Activity, _ result: Int32) {
    let token = activity.token
    guard let op = unsafe record(token), unsafe !op.pointee.state.contains(.isDue) else { return }
    concludeActivity(token.index, Int(result))
  }

  /// Whether `activity` has still to end.
  final func isUnderWay(_ activity: Activity) -> Bool {
    guard let op = unsafe record(activity.token) else { return false }
    return unsafe !op.pointee.state.contains(.isDue)
  }

  /// Frees the record of an activity and tells its receiver that it is over (A1).
  final func concludeActivity(_ index: UInt32, _ result: Int) {
    let op = unsafe ops[index]
    guard let base = unsafe op.pointee.base else { return }
    let activity = unsafe Unmanaged<Activity>.fromOpaque(base).takeRetainedValue()
    let kind = unsafe op.pointee.kind
    let receiver = unsafe op.pointee.receiver
    let token = activity.token
    activity.token = .none
    unsafe enter(op.pointee, index)
    unsafe op.pointee.generation &+= 1
    unsafe op.pointee.state = []
    ops.give(index)
    stats.completions += 1
    var completion = Aio.Completion(
      token: token, kind: kind, isLast: true, handle: .none, accepted: activity.connection,
      result: result < 0 ? result : activity.count ?? result, buffer: activity.takeBuffer(),
      activity: activity)
    withExtendedLifetime(activity) {
      unsafe receiver?._withUnsafeGuaranteedRef {
        $0.completed(&completion, on: self)
        $0.letGo()
      }
    }
    recorder.finish()
  }

  /// Tells the receiver of `activity` that something has happened, and that more will.
  final func tell(_ activity: Activity, _ result: Int) {
    guard let op = unsafe record(activity.token), unsafe !op.pointee.state.contains(.isDue) else {
      return
    }
    stats.completions += 1
    unsafe enter(op.pointee, activity.token.index)
    var completion = unsafe Aio.Completion(
      token: activity.token, kind: op.pointee.kind, isLast: false, handle: .none,
      accepted: activity.connection, result: result, buffer: nil, activity: activity)
    withExtendedLifetime(activity) {
      unsafe op.pointee.receiver?._withUnsafeGuaranteedRef { $0.completed(&completion, on: self) }
    }
    recorder.finish()
  }
}
