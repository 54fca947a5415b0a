// The loop: one thread's share of the runtime.  The theory is in Aio.swift.
//
// A turn: what other threads sent, completions that are due, handles that wait for their turn,
// timers, and then the kernel, for as long as there is nothing else to do.  Each phase has a
// budget, so that none can starve the others.
//
// This file holds the state and the queues; Loop+Submit.swift is what programs call, Loop+Run.swift
// the turn; what differs by system is in World/.

import Lib9c
import Sys9

extension Aio {
  /// Runs operations, timers and messages on the thread that runs it.
  ///
  /// Made by a `World`.  All calls but those of `remote` belong to the loop's thread.
  @safe public class Loop {
    /// The most operations that may be under way: 64 MB of address space.
    private static let opsMax: UInt32 = 1 << 20
    /// The most handles that may be open: 32 MB of address space.
    private static let handlesMax: UInt32 = 1 << 20

    final let handles: Slab<HandleRecord>
    final let ops: Slab<OpRecord>
    final let timers: TimerWheel
    final let pool: BufferPool
    /// The blocks of datagrams, where those of `pool` are with the kernel.
    final var datagramPool: BufferPool?
    final let mailbox: Mailbox
    /// What changes with every event.
    final let hot: UnsafeMutablePointer<HotState>
    /// Who else runs on this thread: the worker of a runtime.
    final var guest: LoopGuest?
    /// Whether the guest has let the loop sleep.
    final var isParked = false
    /// Where places in the program are looked for first.
    final let siteKeys: UnsafeMutablePointer<SiteTable.Key>
    /// What the loop is doing, for debuggers and traces.
    final let recorder = Recorder()

    /// Where the loop's tasks run.
    public final let executor: LoopTaskExecutor
    /// The task that `run` runs.
    final var mainTask: Swift.Task<Void, Never>?
    /// Whether the last `run` of a task ended before the task did: its time was over.
    public internal(set) final var wasCutOff = false
    /// Signals and children that are waited for.
    final lazy var processes = ProcessTable()

    /// How long to watch for messages before sleeping.
    final let spinNs: UInt64
    /// What the time of day is ahead of the loop's clock.
    final let dayOffset: Int64

    /// - Parameters:
    ///   - now: the time of the world that this loop belongs to.
    ///   - day: the time of day then, in nanoseconds since 1970.
    init(
      now: UInt64, day: UInt64, options: LoopOptions, wake: @escaping @Sendable () -> Void
    ) throws(SystemError) {
      assert(MemoryLayout<HandleRecord>.size == 32 && MemoryLayout<OpRecord>.size == 64)
      assert(MemoryLayout<HandleRecord>.offset(of: \.reads) == HandleRecord.readsOffset)
      assert(MemoryLayout<HandleRecord>.offset(of: \.writes) == HandleRecord.writesOffset)
      do throws(SystemError) {
        handles = try Slab(capacity: Self.handlesMax)
        ops = try Slab(capacity: Self.opsMax)
        timers = try TimerWheel(now: now)
        pool = try BufferPool(count: options.bufferCount, size: options.bufferSize)
      } catch {
        // What is made by hand is not given back by itself.
        recorder.end()
        throw error
      }
      mailbox = Mailbox(wake: wake)
      unsafe siteKeys = SiteTable.shared.keys
      executor = LoopTaskExecutor(mailbox)
      unsafe hot = .allocate(capacity: 1)
      unsafe hot.initialize(to: HotState(now: now))
      spinNs = UInt64(min(max(options.spin.clampedNs, 0), 10_000_000))
      dayOffset = Int64(clamping: day) - Int64(clamping: now)
    }

    deinit {
      pool.abandon()
      datagramPool?.abandon()
      unsafe hot.deinitialize(count: 1)
      unsafe hot.deallocate()
      recorder.end()
    }

    /// Ends everything that is still there, and tells nobody: called as a back end goes away, when
    /// nothing is with the kernel any more.
    final func dismantle() {
      for index in 0..<ops.freshCount where unsafe ops[index].pointee.state.contains(.isLive) {
        unsafe ops[index].pointee.receiver?._withUnsafeGuaranteedRef { $0.letGo() }
        _ = unsafe buffer(of: ops[index].pointee)
        unsafe Activity.forget(ops[index].pointee)
        unsafe FileSending.forget(ops[index].pointee)
      }
      dropTimers()
      for index in 0..<handles.freshCount
      where unsafe handles[index].pointee.state.contains(.isLive) {
        release(index)
      }
    }

    // What differs by system.

    /// The time now.
    func clock() -> UInt64 { missing() }
    /// The time of day now, in nanoseconds since 1970.
    func timeOfDay() -> UInt64 { missing() }
    /// Begins the operation at the head of its handle's queue.
    func start(_ index: UInt32) { missing() }
    /// Ends the operation at the head of its handle's queue, sooner or later.
    func stop(_ index: UInt32) { missing() }
    /// Makes the system hold back what a repeating operation that is paused would bring.
    func hold(_ index: UInt32) {}
    /// Ends a direction of a connection; 0 or an errno negated.
    func shutdown(_ fd: CInt, _ how: CInt) -> CInt { missing() }
    /// Tries what waits on a handle that has its turn.
    func attempt(_ handle: UInt32) { missing() }
    /// Waits for the kernel until `deadline`, for ever if that is nil, not at all if it is 0, and
    /// delivers what it has.
    func wait(until deadline: UInt64?) { missing() }
    /// Gives the system what it has not been given yet: the loop will not wait for a while.
    func flush() {}
    /// Gives up the kernel's side of a handle on which nothing is under way.
    func release(_ handle: UInt32) { missing() }
    /// A new socket for connections to `address`, as a descriptor or what stands for it.
    func makeSocket(
      for address: SocketAddress, _ kind: Sockets.Kind, from local: SocketAddress?
    ) throws(SystemError) -> CInt { missing() }
    /// A new socket that waits for connections, or for datagrams.
    func makeListener(
      at address: SocketAddress, _ kind: Sockets.Kind, _ options: ListenOptions
    ) throws(SystemError) -> CInt { missing() }
    /// Gives up a descriptor that has become no handle.
    func releaseUnused(_ fd: CInt) { missing() }
    /// Gives an operation on a file to the kernel; false if the kernel takes none.
    func submit(_ activity: FileActivity) -> Bool { false }
    /// The pool that datagrams are received into; nil if there is no memory for one.
    func blocksForDatagrams() -> BufferPool? { pool }
    /// Asks the kernel for the end of an operation on a file; false if it does not have it.
    func withdraw(_ activity: FileActivity) -> Bool { false }
    /// Has a daemon of `lane` call `body`; false if too many wait there.
    func offload(_ lane: Daemons.Lane, _ body: sending @escaping () -> Void) -> Bool { missing() }
    /// Where a socket is bound.
    func boundAddress(_ fd: CInt) throws(SystemError) -> SocketAddress { missing() }
    /// Begins to watch a new handle.
    func watch(_ handle: UInt32) throws(SystemError) { missing() }
    /// How long the loop sleeps at most while a handle waits for a buffer: those that are with
    /// other threads come home without a word.
    var foreignBuffersNs: UInt64 { .max }
    /// How long no block may be free before what waits to be sent is moved out of the pool.
    var patienceNs: UInt64 { 0 }
    /// Whether the loop's world is not real: descriptors mean nothing to the system.
    var isSimulated: Bool { false }
    /// What becomes readable when the loop has something to do; -1 if there is no such thing.
    var descriptor: Int32 { -1 }
    /// Takes everything back from the system, on the thread that ran the loop, which is not run any
    /// more.
    ///
    /// For loops that run on threads of their own: io_uring knows the thread, and a loop that goes
    /// away on another one, with operations under way, has to have been retired.
    public func retire() {}
    /// Runs the whole world until it is idle, and says whether there was anything to do; nil where
    /// the world is the machine's and only the loop itself can be run.
    func runWorldUntilIdle() -> Bool? { nil }
    /// Runs `body`, in which the loop runs.
    func inWorld(_ body: () -> Void) { body() }
    /// What the world knows of a dial string; nil where the machine is asked.
    func names(_ name: DialString) -> Result<[ResolvedAddress], SystemError>? { nil }
    /// The files of a world that has its own; nil on the machine.
    var files: SimFiles? { nil }
    /// Whether something may still happen without the program doing anything.
    var hasEvents: Bool { missing() }

    private func missing() -> Never { preconditionFailure("a loop is made by a World") }

    // Names and records.

    /// The record of a live handle; nil if it is closed, or another loop's.
    @inline(__always)
    final func record(_ handle: Handle) -> UnsafeMutablePointer<HandleRecord>? {
      guard handles.has(handle.index) else { return nil }
      let record = unsafe handles[handle.index]
      return unsafe record.pointee.generation == handle.generation ? record : nil
    }

    /// The record of an operation that has not completed for the last time.
    @inline(__always)
    final func record(_ token: OpToken) -> UnsafeMutablePointer<OpRecord>? {
      guard ops.has(token.index) else { return nil }
      let record = unsafe ops[token.index]
      return unsafe record.pointee.generation == token.generation ? record : nil
    }

    final func name(ofHandle index: UInt32) -> Handle {
      unsafe Handle(index: index, generation: handles[index].pointee.generation)
    }

    final func name(ofOp index: UInt32) -> OpToken {
      unsafe OpToken(index: index, generation: ops[index].pointee.generation)
    }

    /// A record for `fd`; nil if there are too many.
    final func addHandle(_ fd: CInt, _ state: HandleState) -> UInt32? {
      guard let index = handles.take() else { return nil }
      let record = unsafe handles[index]
      unsafe record.pointee.generation &+= 1
      unsafe record.pointee.next = .max
      unsafe record.pointee.fd = fd
      unsafe record.pointee.state = state.union(.isLive)
      unsafe record.pointee.reads = .empty
      unsafe record.pointee.writes = .empty
      return index
    }

    /// Forgets a handle: its name means nothing from now on.
    final func dropHandle(_ index: UInt32) {
      let record = unsafe handles[index]
      assert(unsafe record.pointee.reads.isEmpty, "L2: nothing is under way on a closed handle")
      unsafe record.pointee.generation &+= 1
      // One that waits for its turn is linked: it is given back when its turn comes.
      let isQueued = unsafe record.pointee.state.contains(.isQueued)
      unsafe record.pointee.state = isQueued ? .isQueued : []
      if !isQueued { handles.give(index) }
    }

    // Queues.

    /// Puts a handle into the queue of those that wait for their turn.
    @inline(__always)
    final func queueTurn(_ handle: UInt32) {
      let record = unsafe handles[handle]
      if unsafe record.pointee.state.contains(.isQueued) { return }
      unsafe record.pointee.state.insert(.isQueued)
      append(handle, to: &turns)
    }

    /// Remembers that a handle could not go on for want of a buffer.
    final func starve(_ handle: UInt32) {
      stats.starved += 1
      if park(handle, in: &starved) { unsafe handles[handle].pointee.state.insert(.isStarved) }
    }

    /// Remembers that a listener could not go on for want of a descriptor or of memory.
    ///
    /// It tries again when this loop closes something, and after a while: others close too.
    final func throttle(_ listener: UInt32) {
      stats.throttled += 1
      if !park(listener, in: &throttled) { return }
      if throttledUntil == .max { throttledUntil = now &+ Self.throttleNs }
    }

    /// How long a listener waits that found no descriptor: ten tries a second.
    private static let throttleNs: UInt64 = 100_000_000

    private final func park(_ handle: UInt32, in queue: inout OpQueue) -> Bool {
      let record = unsafe handles[handle]
      if unsafe record.pointee.state.contains(.isQueued) { return false }
      unsafe record.pointee.state.insert(.isQueued)
      append(handle, to: &queue)
      return true
    }

    private final func append(_ handle: UInt32, to queue: inout OpQueue) {
      unsafe handles[handle].pointee.next = .max
      if queue.isEmpty {
        queue.head = handle
      } else {
        unsafe handles[queue.tail].pointee.next = handle
      }
      queue.tail = handle
    }

    /// Gives everything that waits for a buffer another turn.
    final func feedStarved() { feed(&starved) }

    /// Gives every listener that waits for a descriptor another turn.
    final func feedThrottled() {
      throttledUntil = .max
      feed(&throttled)
    }

    private final func feed(_ queue: inout OpQueue) {
      var index = queue.head
      queue = .empty
      while index != .max {
        let record = unsafe handles[index]
        let next = unsafe record.pointee.next
        unsafe record.pointee.state.subtract([.isQueued, .isStarved])
        if unsafe record.pointee.state.contains(.isLive) {
          queueTurn(index)
        } else {
          handles.give(index)
        }
        index = next
      }
    }

    /// Appends an operation to its handle's queue; true if it is the head.
    @inline(__always)
    final func enqueue(_ index: UInt32, _ queue: inout OpQueue) -> Bool {
      unsafe ops[index].pointee.next = .max
      if queue.isEmpty {
        queue = OpQueue(head: index, tail: index)
        return true
      }
      unsafe ops[queue.tail].pointee.next = index
      queue.tail = index
      return false
    }

    /// Takes an operation out of its handle's queue, wherever it stands.
    @inline(__always)
    final func dequeue(_ index: UInt32, _ queue: inout OpQueue) {
      let next = unsafe ops[index].pointee.next
      if queue.head == index {
        queue.head = next
        if next == .max { queue.tail = .max }
        return
      }
      var before = queue.head
      while unsafe ops[before].pointee.next != index {
        before = unsafe ops[before].pointee.next
        assert(before != .max, "an operation is in its handle's queue")
      }
      unsafe ops[before].pointee.next = next
      if queue.tail == index { queue.tail = before }
    }
  }

  /// What a loop may use.
  public struct LoopOptions: Sendable {
    /// Receive buffers; a power of two, at most 32,768.  Corresponds to `param AIO_NBUF`.
    public var bufferCount = 1024
    /// Bytes of a receive buffer.
    public var bufferSize = 4096
    /// How long a loop that has nothing to do watches for messages of other threads before it
    /// sleeps, at most 10 ms.  Who wakes a sleeping thread waits tens of microseconds; one that
    /// watches answers in a quarter of one, and keeps its processor busy.
    public var spin = Duration.zero
    /// Who blocks for the loop.
    public var daemons = Daemons.shared

    /// What serves most: 1,024 buffers of 4 KiB.
    public init() {}
  }

  /// Counters of a loop, since it was made.
  public struct Stats: Sendable, Equatable {
    /// Times the kernel was asked for events.  Corresponds to `Aio::ncheckio`.
    public internal(set) var waits: UInt64 = 0
    /// Completions delivered.
    public internal(set) var completions: UInt64 = 0
    /// Timers fired.
    public internal(set) var timers: UInt64 = 0
    /// One-shot timers armed.  Corresponds to `Aio::noneshot`.
    public internal(set) var oneShots: UInt64 = 0
    /// Interval timers armed.  Corresponds to `Aio::ninterval`.
    public internal(set) var intervals: UInt64 = 0
    /// Times the time of day was asked for.  Corresponds to `Aio::ntod`.
    public internal(set) var clockReads: UInt64 = 0
    /// Tasks run.
    public internal(set) var tasks: UInt64 = 0
    /// Messages from other threads.
    public internal(set) var messages: UInt64 = 0
    /// Times a handle waited for a buffer to become free.
    public internal(set) var starved: UInt64 = 0
    /// Sends that were moved out of the pool, for want of blocks.
    public internal(set) var spilled: UInt64 = 0
    /// Times a listener waited for a descriptor to become free.
    public internal(set) var throttled: UInt64 = 0
  }
}
