// The flight recorder: theory of operation.
//
// Problem.  When an event program goes wrong there is no stack to look at: the call that caused the
// trouble returned long ago.  What is wanted is who registered what, on whose behalf, and what ran
// in which order, of the program as it runs in production, and from a core file alone.
//
// Shape.  Each loop has a block of 128 bytes that says what it is doing, and, when recording is on,
// a ring of 64-byte records of the last events that it dispatched.  A section of the program,
// `eel_dbg`, holds the addresses of all blocks: a debugger finds it by its name in a program
// without symbols, and reads everything from memory (CNineThreads.h has the layout).
//
//     section eel_dbg -> block of loop 0 { event, group, site, ring, head, ... } -> ring of records
//                     -> block of loop 1 ...
//                     -> names of the places and groups that there are numbers for
//
// An event has a number: the worker's in the upper 16 bits, a count in the rest.  Its parent is the
// event that registered it, so that the records of all loops together are a forest of causes.
//
// Invariants.
//   R1  A block is written by its loop's thread alone, and by a debugger (`flags`).  Other threads
//       may look at its event and place: two words that are atomic, without any order.
//   R2  `event` is 0 exactly while the loop runs nobody's code.
//   R3  Record n lies at ring[n & mask], and is whole when head > n.
//
// Probes (USDT) for perf, bpftrace and gdb say the same: a loop looks in each turn, before it waits
// and after, whether anybody has raised their counter, and sets a flag.
//
// Cost.  Off: a load and a branch that is always the same, at an event and at a registration; the
// block's event and group are kept nevertheless, three stores, since registrations inherit them.
// On: 16 to 20 ns a task, of which the counter is 10 (on a virtual machine); so it is read once a
// task, whose end is the next one's beginning.  It was 30 with two looks.
//
// Rejected.  Strings in records (they cost more than the event), a lock, one ring for all loops (a
// cache line that all fight for), the clock's nanoseconds (20 ns a look; cycles are converted when
// a trace is written).

public import Synchronization
import Sys9

/// What kind of event a record is about.
public enum EventKind: UInt8, Sendable {
  /// Nothing was recorded here yet.
  case none
  /// A task ran.
  case task
  /// A task was sent to another worker, where it will run.
  case send
  /// A completion was delivered.
  case completion
  /// A timer fired.
  case timer
  /// A message of another thread was run.
  case message
}

/// What a loop is doing: `struct cnine_debug_loop`.
@safe
@usableFromInline struct LoopBlock: ~Copyable {
  /// Flags: records are kept; a debugger watches a group; run times are measured.
  @usableFromInline static let records: UInt32 = 1
  @usableFromInline static let watches: UInt32 = 2
  @usableFromInline static let measures: UInt32 = 4
  /// Somebody looks at the probes.
  static let probes: UInt32 = 8

  var ring: UInt64 = 0
  var mask: UInt64 = 0
  var head: UInt64 = 0
  @usableFromInline let eventWord = Atomic<UInt64>(0)
  @usableFromInline let placeWord = Atomic<UInt64>(0)
  @usableFromInline var sequence: UInt64 = 0
  @usableFromInline var parent: UInt64 = 0
  var worker: UInt32 = 0
  @usableFromInline var flags: UInt32 = 0
  var reserved: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
    (0, 0, 0, 0, 0, 0, 0, 0)

  /// The event under way.
  @inlinable
  var event: UInt64 {
    @inline(__always) get { eventWord.load(ordering: .relaxed) }
    @inline(__always) nonmutating set { eventWord.store(newValue, ordering: .relaxed) }
  }

  /// The group in the lower half, the site in the upper one.
  @inlinable
  var place: UInt64 {
    @inline(__always) get { placeWord.load(ordering: .relaxed) }
    @inline(__always) nonmutating set { placeWord.store(newValue, ordering: .relaxed) }
  }
}

/// An event that began: `struct cnine_debug_record`.
struct EventRecord: Equatable {
  /// In cycles.
  var time: UInt64 = 0
  var event: UInt64 = 0
  var parent: UInt64 = 0
  var callback: UInt64 = 0
  var argument: UInt64 = 0
  var group: UInt32 = 0
  var site: UInt32 = 0
  /// How long it took; 0 while it runs.
  var cycles: UInt32 = 0
  var fd: Int32 = -1
  var kind: UInt8 = 0
  var op: UInt8 = 0
  var worker: UInt16 = 0
  var reserved: UInt32 = 0
}

/// The recorder of one loop: one word, so that an event passes nothing else on.  Its calls belong
/// to the loop's thread.
@safe
@usableFromInline struct Recorder: @unchecked Sendable {
  @usableFromInline let block: UnsafeMutablePointer<LoopBlock>

  /// What lies behind the block, of no interest to debuggers.
  private struct Rest {
    var causes = Causes()
    /// Where the block is entered.
    let slot: Int?
  }

  private var rest: UnsafeMutablePointer<Rest> {
    unsafe (UnsafeMutableRawPointer(block) + DebugSection.blockSize)
      .assumingMemoryBound(to: Rest.self)
  }

  /// A recorder that keeps no records yet, entered where debuggers look.
  init() {
    assert(MemoryLayout<LoopBlock>.size == DebugSection.blockSize)
    assert(MemoryLayout<EventRecord>.size == DebugSection.recordSize)
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<LoopBlock>.size + MemoryLayout<Rest>.size, alignment: 128)
    unsafe block = memory.bindMemory(to: LoopBlock.self, capacity: 1)
    unsafe block.initialize(to: LoopBlock())
    let slot = unsafe DebugSection.enter(block)
    unsafe block.pointee.worker = UInt32(slot ?? 0)
    unsafe block.pointee.sequence = UInt64((slot ?? -1) + 1) << 48
    unsafe (memory + DebugSection.blockSize).initializeMemory(as: Rest.self, to: Rest(slot: slot))
  }

  /// Gives everything back; the recorder is not used any more.
  func end() {
    if let slot = unsafe rest.pointee.slot { DebugSection.leave(slot) }
    stop()
    unsafe rest.deinitialize(count: 1)
    unsafe block.deallocate()
  }

  /// Keeps records of the last `count` events from now on; a power of two.
  func record(last count: Int) {
    precondition(count > 0 && count & (count - 1) == 0, "a ring's size is a power of two")
    stop()
    let ring = UnsafeMutablePointer<EventRecord>.allocate(capacity: count)
    unsafe ring.initialize(repeating: EventRecord(), count: count)
    unsafe block.pointee.ring = UInt64(UInt(bitPattern: ring))
    unsafe block.pointee.mask = UInt64(count - 1)
    unsafe block.pointee.head = 0
    unsafe block.pointee.flags |= LoopBlock.records
  }

  /// Keeps no records any more, and forgets those that there are.
  func stop() {
    unsafe block.pointee.flags &= ~LoopBlock.records
    unsafe ring?.deallocate()
    unsafe block.pointee.ring = 0
    unsafe block.pointee.mask = 0
    unsafe block.pointee.head = 0
    unsafe rest.pointee.causes.clear()
  }

  /// Looks whether somebody looks at the probes: before a wait, and after it.
  @inline(__always)
  func lookForProbes() {
    let flags = unsafe block.pointee.flags
    let wanted = DebugSection.probesAreOn ? flags | LoopBlock.probes : flags & ~LoopBlock.probes
    if flags != wanted { unsafe block.pointee.flags = wanted }
  }

  /// Whether anything but the block is to be written at an event.
  @inline(__always)
  var isOn: Bool { unsafe block.pointee.flags != 0 }

  /// The calling thread runs a turn of this loop; what it ran before, to be given to `leave`.
  func enter() -> UnsafeMutableRawPointer? {
    let outer = unsafe SystemThread.loop
    unsafe SystemThread.loop = UnsafeMutableRawPointer(block)
    return unsafe outer
  }

  /// The turn is over: nobody finds a block that may go away.
  func leave(_ outer: UnsafeMutableRawPointer?) { unsafe SystemThread.loop = unsafe outer }

  /// The event under way on the calling thread, and its place; 0 and 0 if there is none.
  static var underWay: (event: UInt64, place: UInt64) {
    guard let block = unsafe SystemThread.loop?.assumingMemoryBound(to: LoopBlock.self) else {
      return (0, 0)
    }
    return unsafe (block.pointee.event, block.pointee.place)
  }

  /// What registers from here on is at `site`, and does it for `group`.
  func place(_ site: Aio.Site, _ group: Aio.EventGroup) {
    unsafe block.pointee.place = UInt64(site.id) << 32 | UInt64(group.id)
  }

  /// What runs from here on belongs to an event that began before; to none, if that is (0, 0).
  @inline(__always)
  func resume(_ origin: (event: UInt64, place: UInt64)) {
    unsafe block.pointee.event = origin.event
    unsafe block.pointee.place = origin.place
  }

  /// What registrations made now inherit, and belong to.
  @inline(__always)
  var group: Aio.EventGroup {
    Aio.EventGroup(id: UInt32(truncatingIfNeeded: unsafe block.pointee.place))
  }

  /// The number of the event under way; 0 if there is none.
  @inline(__always)
  var event: UInt64 { unsafe block.pointee.event }

  private var ring: UnsafeMutablePointer<EventRecord>? {
    unsafe UnsafeMutablePointer(bitPattern: UInt(block.pointee.ring))
  }

  /// Says that an event begins: from here on registrations inherit its group.
  ///
  /// To be called by whoever dispatches, and followed by `finish` when the callback has returned.
  @inline(__always)
  func begin(
    _ kind: EventKind, place: UInt64, parent: @autoclosure () -> UInt64, callback: UInt,
    argument: UInt, fd: Int32 = -1, op: UInt8 = 0
  ) {
    let number = unsafe block.pointee.sequence &+ 1
    unsafe block.pointee.sequence = number
    unsafe block.pointee.event = number
    unsafe block.pointee.place = place
    if unsafe block.pointee.flags != 0 {
      note(kind, parent(), callback, argument, fd, op, at: SystemThread.cycles())
    }
  }

  /// Says that the callback has returned (R2).
  @inline(__always)
  func finish() {
    if unsafe block.pointee.flags != 0 { noteEnd() }
    unsafe block.pointee.event = 0
    unsafe block.pointee.place = 0
  }

  /// Writes the record of the event that begins, and stops if a debugger waits for its group.
  @inline(never)
  func note(
    _ kind: EventKind, _ parent: UInt64, _ callback: UInt, _ argument: UInt, _ fd: Int32,
    _ op: UInt8, at time: UInt64
  ) {
    let place = unsafe block.pointee.place
    let group = UInt32(truncatingIfNeeded: place)
    unsafe block.pointee.parent = parent
    let record = unsafe EventRecord(
      time: time, event: block.pointee.event, parent: parent, callback: UInt64(callback),
      argument: UInt64(argument), group: group, site: UInt32(place >> 32), fd: fd,
      kind: kind.rawValue, op: op, worker: UInt16(truncatingIfNeeded: block.pointee.worker))
    if let ring = unsafe ring {
      let head = unsafe block.pointee.head
      unsafe ring[Int(head & block.pointee.mask)] = record
      unsafe block.pointee.head = head &+ 1  // R3
    }
    if unsafe block.pointee.flags & LoopBlock.probes != 0 {
      unsafe withUnsafeBytes(of: record) {
        if let base = $0.baseAddress { unsafe DebugSection.probeBegin(base) }
      }
    }
    if unsafe block.pointee.flags & LoopBlock.watches != 0, group == DebugSection.watchedGroup {
      unsafe DebugSection.stop(
        group: group, event: block.pointee.event, kind: UInt32(kind.rawValue),
        callback: UInt64(callback), argument: UInt64(argument), fd: fd)
    }
  }

  // Who registered what; nothing is kept of it while no records are.

  /// The event under way registers an operation.
  @inline(__always)
  func causes(operation index: UInt32) {
    if unsafe block.pointee.flags != 0 { noteCause(ofOperation: index) }
  }

  /// The event under way arms a timer.
  @inline(__always)
  func causes(timer index: UInt32) {
    if unsafe block.pointee.flags != 0 { noteCause(ofTimer: index) }
  }

  @inline(never)
  private func noteCause(ofOperation index: UInt32) {
    unsafe rest.pointee.causes.note(event, ofOperation: index)
  }

  @inline(never)
  private func noteCause(ofTimer index: UInt32) {
    unsafe rest.pointee.causes.note(event, ofTimer: index)
  }

  /// The event that registered an operation; 0 if none did, or records were not kept.
  func cause(ofOperation index: UInt32) -> UInt64 { unsafe rest.pointee.causes.operation(index) }

  /// The event that armed a timer, likewise.
  func cause(ofTimer index: UInt32) -> UInt64 { unsafe rest.pointee.causes.timer(index) }

  /// Writes how long the event under way took.
  @inline(never)
  private func noteEnd() {
    close(event, cycles: nil)
  }

  /// Writes how long an event took, if its record is still among the last ones.
  ///
  /// - Parameter cycles: since the record's time if nil.
  @inline(__always)
  func close(_ event: UInt64, cycles: UInt64?) {
    if unsafe block.pointee.flags & LoopBlock.probes != 0 { DebugSection.probeEnd(event) }
    guard let ring = unsafe ring else { return }
    let mask = unsafe block.pointee.mask
    var index = unsafe block.pointee.head
    // What the callback recorded itself (tasks that it sent) stands behind its own record.
    for _ in 0..<16 {
      index &-= 1
      let record = unsafe ring + Int(index & mask)
      if unsafe record.pointee.event == event && record.pointee.kind != EventKind.send.rawValue {
        let took = cycles ?? SystemThread.cycles() &- (unsafe record.pointee.time)
        unsafe record.pointee.cycles = UInt32(clamping: max(took, 1))
        return
      }
    }
  }

  /// Records that the event under way sends a task to another worker.
  func noteSend(_ task: UInt, _ place: UInt64, to worker: Int) {
    let kept = unsafe (block.pointee.place, block.pointee.parent)
    unsafe block.pointee.place = place
    note(
      .send, unsafe block.pointee.event, 0, task, Int32(truncatingIfNeeded: worker), 0,
      at: SystemThread.cycles())
    unsafe (block.pointee.place, block.pointee.parent) = kept
  }

  /// Calls `body` with the records that were written since `head`, and moves that on.
  @inline(__always)
  func forEach(from head: inout UInt64, _ body: (EventRecord) -> Void) {
    guard let ring = unsafe ring else { return }
    let end = unsafe block.pointee.head
    let mask = unsafe block.pointee.mask
    head = max(head, end > mask ? end - mask - 1 : 0)
    while head < end {
      body(unsafe ring[Int(head & mask)])
      head += 1
    }
  }

  /// The records, oldest first.  Exact on the loop's thread or while it rests; another thread may
  /// find the last ones half-written.
  func records() -> [EventRecord] {
    guard let ring = unsafe ring else { return [] }
    let head = unsafe block.pointee.head
    let count = unsafe min(head, block.pointee.mask + 1)
    return (head - count..<head).map { unsafe ring[Int($0 & block.pointee.mask)] }
  }
}
