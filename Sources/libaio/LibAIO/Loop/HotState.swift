// What changes with every event, behind a pointer that is a constant of the loop.
//
// The compiler checks each access to a variable of an object for another one at the same time, and
// such a check costs more than most of what a loop does.  A loop's state is touched by one thread
// (L5), in phases that do not nest (L3); so it lies in memory of its own, and these names stand for
// its fields.

/// A loop's state of the moment.
struct HotState {
  var due = OpQueue.empty
  var turns = OpQueue.empty
  var starved = OpQueue.empty
  var throttled = OpQueue.empty
  var throttledUntil = UInt64.max
  var starvedSince = UInt64.max
  var refused: [Refusal] = []
  var isStopping = false
  /// Operations that the job under way may still collect.
  var collectionsLeft = 0
  var stats = Aio.Stats()
  var now: UInt64

  init(now: UInt64) { self.now = now }
}

extension Aio.Loop {
  /// The loop's time in nanoseconds, taken once a turn.  Corresponds to `Aio::now`.
  public internal(set) final var now: UInt64 {
    get { unsafe hot.pointee.now }
    set { unsafe hot.pointee.now = newValue }
  }

  /// What happened so far.
  public internal(set) final var stats: Aio.Stats {
    get { unsafe hot.pointee.stats }
    _modify { yield unsafe &hot.pointee.stats }
  }

  /// What the current event belongs to; whatever is registered now inherits it.
  ///
  /// Set it where work begins, such as where a connection is accepted.
  public final var group: Aio.EventGroup {
    get { recorder.group }
    set {
      recorder.place(site, newValue)
    }
  }

  /// Where what the current event answers was registered.
  public final var site: Aio.Site {
    Aio.Site(id: UInt32(unsafe recorder.block.pointee.place >> 32))
  }

  /// Operations whose terminal completion is due, linked through `next`.
  final var due: OpQueue {
    get { unsafe hot.pointee.due }
    set { unsafe hot.pointee.due = newValue }
  }

  /// Handles that wait for their turn, linked through `next`.
  final var turns: OpQueue {
    get { unsafe hot.pointee.turns }
    set { unsafe hot.pointee.turns = newValue }
  }

  /// Handles that wait for a buffer, linked through `next`.
  final var starved: OpQueue {
    get { unsafe hot.pointee.starved }
    set { unsafe hot.pointee.starved = newValue }
  }

  /// Listeners that wait for a descriptor, linked through `next`.
  final var throttled: OpQueue {
    get { unsafe hot.pointee.throttled }
    set { unsafe hot.pointee.throttled = newValue }
  }

  /// When listeners that wait for a descriptor try again.
  final var throttledUntil: UInt64 {
    get { unsafe hot.pointee.throttledUntil }
    set { unsafe hot.pointee.throttledUntil = newValue }
  }

  /// Since when there has been no block for those that wait for one.
  final var starvedSince: UInt64 {
    get { unsafe hot.pointee.starvedSince }
    set { unsafe hot.pointee.starvedSince = newValue }
  }

  /// Completions that found no room in the table.
  final var refused: [Refusal] {
    get { unsafe hot.pointee.refused }
    _modify { yield unsafe &hot.pointee.refused }
  }

  final var isStopping: Bool {
    get { unsafe hot.pointee.isStopping }
    set { unsafe hot.pointee.isStopping = newValue }
  }
}
