// A submission and a completion ring, shared with the kernel.  io_uring(7).
//
// Layouts are those of <linux/io_uring.h>.  The ring's owner fills submissions and reads
// completions in plain memory; what the two sides exchange are the heads and tails, by one load
// and one store each.
//
// Invariants.
//   R1  The owner alone moves the submission tail and the completion head.
//   R2  A submission is complete before the tail passes it; a completion is read before the head
//       passes it.

import Glibc
import Synchronization
import Sys9

/// `struct io_uring_sqe`: 64 bytes.
struct Submission {
  var opcode: UInt8
  var flags: UInt8 = 0
  var priority: UInt16 = 0
  var fd: Int32 = -1
  var offset: UInt64 = 0
  var address: UInt64 = 0
  var length: UInt32 = 0
  var operationFlags: UInt32 = 0
  var data: UInt64
  var group: UInt16 = 0
  var personality: UInt16 = 0
  var fileIndex: UInt32 = 0
  var address3: UInt64 = 0
  var pad: UInt64 = 0
}

/// `struct io_uring_cqe`: 16 bytes.
struct CompletionEntry {
  let data: UInt64
  let result: Int32
  let flags: UInt32

  /// IORING_CQE_F_MORE: the same submission will complete again.
  var hasMore: Bool { flags & 2 != 0 }
  /// IORING_CQE_F_BUFFER: the number of the block that was filled.
  var buffer: Int? { flags & 1 != 0 ? Int(flags >> 16) : nil }
}

/// Numbers of <linux/io_uring.h>.
enum Uring {
  static let pollAdd: UInt8 = 6
  static let fsync: UInt8 = 3
  static let accept: UInt8 = 13
  static let asyncCancel: UInt8 = 14
  static let connect: UInt8 = 16
  static let openat: UInt8 = 18
  static let close: UInt8 = 19
  static let read: UInt8 = 22
  static let write: UInt8 = 23
  static let send: UInt8 = 26
  static let recv: UInt8 = 27

  /// IOSQE_CQE_SKIP_SUCCESS: no completion where nothing went wrong.
  static let skipSuccess: UInt8 = 1 << 6
  /// IOSQE_BUFFER_SELECT.
  static let bufferSelect: UInt8 = 1 << 5
  static let acceptMultishot: UInt16 = 1
  static let recvMultishot: UInt16 = 2
  /// IORING_POLL_ADD_MULTI, in `length`.
  static let pollMulti: UInt32 = 1
  /// IORING_ASYNC_CANCEL_ALL and _ANY.
  static let cancelAll: UInt32 = 1 | 4

  /// CQSIZE, CLAMP, R_DISABLED, SUBMIT_ALL, COOP_TASKRUN, SINGLE_ISSUER, DEFER_TASKRUN.
  static let setup: UInt32 = 1 << 3 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13
  static let enterGetEvents: UInt32 = 1
  static let enterExtArg: UInt32 = 8
  static let registerEnable: UInt32 = 12
  static let registerEventCounter: UInt32 = 4
  static let registerBufferRing: UInt32 = 22
}

/// A ring with its memory.  One thread's, from the first submission on.
@safe struct Ring: ~Copyable {
  /// `struct io_uring_params`.
  private struct Parameters {
    var entries: UInt32 = 0
    var completions: UInt32 = 0
    var flags: UInt32 = 0
    var threadCPU: UInt32 = 0
    var threadIdle: UInt32 = 0
    var features: UInt32 = 0
    var queueFd: UInt32 = 0
    var reserved = InlineArray<3, UInt32>(repeating: 0)
    /// head, tail, mask, entries, flags, dropped, array, reserved
    var submission = InlineArray<8, UInt32>(repeating: 0)
    var submissionAddress: UInt64 = 0
    /// head, tail, mask, entries, overflow, entries' offset, flags, reserved
    var completion = InlineArray<8, UInt32>(repeating: 0)
    var completionAddress: UInt64 = 0
  }

  private typealias Counter = UnsafeMutablePointer<Atomic<UInt32>>

  let fd: CInt
  private let memory: UnsafeMutableRawPointer
  private let memorySize: Int
  private let submissions: UnsafeMutablePointer<Submission>
  private let submissionsSize: Int
  private let sqHead: Counter
  private let sqTail: Counter
  private let sqMask: UInt32
  private let cqHead: Counter
  private let cqTail: Counter
  private let cqMask: UInt32
  private let entries: UnsafePointer<CompletionEntry>
  /// Our copies of the counters, which the kernel never writes; behind a pointer, so that a ring is
  /// a constant of its owner and no access to it is checked for another one.
  private struct State {
    var tail: UInt32 = 0
    var head: UInt32 = 0
    var submitted: UInt32 = 0
    var isEnabled = false
  }
  private let state: UnsafeMutablePointer<State>

  init(entries count: UInt32, completions: UInt32) throws(SystemError) {
    assert(MemoryLayout<Submission>.size == 64 && MemoryLayout<CompletionEntry>.size == 16)
    assert(MemoryLayout<Parameters>.size == 120)
    var parameters = Parameters()
    parameters.flags = Uring.setup
    parameters.completions = completions
    let ring = unsafe Kernel.ringSetup(count, &parameters)
    if ring < 0 { throw SystemError(call: "io_uring_setup", errno: -ring) }
    // IORING_FEAT_SINGLE_MMAP, NODROP, EXT_ARG: what we build on.
    let needed: UInt32 = 1 << 0 | 1 << 1 | 1 << 8
    guard parameters.features & needed == needed else {
      Kernel.close(ring)
      throw SystemError(call: "io_uring_setup", errno: ENOSYS, subject: "an older io_uring")
    }
    let cqEnd = Int(parameters.completion[5]) + Int(parameters.completions) * 16
    let sqEnd = Int(parameters.submission[6]) + Int(parameters.entries) * 4
    let memorySize = max(cqEnd, sqEnd)
    let submissionsSize = Int(parameters.entries) * 64
    guard let memory = unsafe Kernel.map(memorySize, sharedWith: ring, offset: 0),
      let table = unsafe Kernel.map(submissionsSize, sharedWith: ring, offset: 0x1000_0000)
    else {
      Kernel.close(ring)
      throw SystemError(call: "mmap", errno: ENOMEM, subject: "a ring")
    }
    unsafe Kernel.keepFromChildren(memory, memorySize)
    unsafe Kernel.keepFromChildren(table, submissionsSize)
    fd = ring
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: State())
    self.memorySize = memorySize
    self.submissionsSize = submissionsSize
    unsafe self.memory = unsafe memory
    unsafe submissions = unsafe table.bindMemory(
      to: Submission.self, capacity: Int(parameters.entries))
    func counter(_ offset: UInt32) -> Counter {
      unsafe (memory + Int(offset)).assumingMemoryBound(to: Atomic<UInt32>.self)
    }
    unsafe sqHead = counter(parameters.submission[0])
    unsafe sqTail = counter(parameters.submission[1])
    unsafe sqMask = (memory + Int(parameters.submission[2])).load(as: UInt32.self)
    unsafe cqHead = counter(parameters.completion[0])
    unsafe cqTail = counter(parameters.completion[1])
    unsafe cqMask = (memory + Int(parameters.completion[2])).load(as: UInt32.self)
    unsafe entries = UnsafePointer(
      (memory + Int(parameters.completion[5])).assumingMemoryBound(to: CompletionEntry.self))
    // The index array maps each place to itself, for ever.
    let array = unsafe (memory + Int(parameters.submission[6])).assumingMemoryBound(to: UInt32.self)
    for index in 0..<parameters.entries { unsafe array[Int(index)] = index }
  }

  deinit {
    unsafe state.deallocate()
    unsafe Kernel.unmap(submissions, submissionsSize)
    unsafe Kernel.unmap(memory, memorySize)
    Kernel.close(fd)
  }

  /// Adds a submission; the kernel sees it at the next `enter`, or now if the ring is full.
  @inline(__always)
  func push(_ submission: Submission) {
    while unsafe state.pointee.tail &- (unsafe sqHead.pointee.load(ordering: .acquiring)) > sqMask {
      enter(wait: 0, nil)
    }
    unsafe submissions[Int(state.pointee.tail & sqMask)] = submission
    unsafe state.pointee.tail &+= 1
  }

  /// The next completion, if there is one.
  @inline(__always)
  func pop() -> CompletionEntry? {
    let head = unsafe state.pointee.head
    if head == (unsafe cqTail.pointee.load(ordering: .acquiring)) { return nil }
    let entry = unsafe entries[Int(head & cqMask)]
    unsafe state.pointee.head = head &+ 1
    unsafe cqHead.pointee.store(head &+ 1, ordering: .releasing)
    return entry
  }

  /// Whether there is a completion.
  var hasCompletion: Bool {
    unsafe state.pointee.head != cqTail.pointee.load(ordering: .acquiring)
  }

  /// Whether the kernel has been told of all submissions.
  var isFlushed: Bool { unsafe state.pointee.tail == state.pointee.submitted }

  /// Submits what was pushed, and waits for `wait` completions or until `timeoutNs` is over.
  func enter(wait: UInt32, _ timeoutNs: Int64?) {
    if unsafe !state.pointee.isEnabled {
      // From now on the ring is this thread's.
      let result = unsafe Kernel.ringRegister(fd, Uring.registerEnable, nil, 0)
      precondition(result >= 0, "R1: a ring is enabled once, by the thread that runs its loop")
      unsafe state.pointee.isEnabled = true
    }
    let tail = unsafe state.pointee.tail
    unsafe sqTail.pointee.store(tail, ordering: .releasing)
    let count = unsafe tail &- state.pointee.submitted
    let taken: CInt
    if let timeoutNs {
      var time = (Int64(timeoutNs / 1_000_000_000), Int64(timeoutNs % 1_000_000_000))
      taken = unsafe withUnsafeMutablePointer(to: &time) { time in
        // struct io_uring_getevents_arg: no signal mask, a time
        var argument = (UInt64(0), UInt32(8), UInt32(0), UInt64(UInt(bitPattern: time)))
        return unsafe Kernel.ringEnter(
          fd, submit: count, wait: wait, flags: Uring.enterGetEvents | Uring.enterExtArg, &argument,
          24)
      }
    } else {
      taken = unsafe Kernel.ringEnter(
        fd, submit: count, wait: wait, flags: Uring.enterGetEvents, nil, 0)
    }
    // EINTR, ETIME, EBUSY (read completions first), EAGAIN (no memory now): the caller goes on.
    unsafe state.pointee.submitted = sqHead.pointee.load(ordering: .acquiring)
    precondition(taken != -EEXIST, "R1: a ring is its thread's: a loop is retired on its own")
    assert(taken >= 0 || [EINTR, ETIME, EBUSY, EAGAIN].contains(-taken), "io_uring_enter \(taken)")
  }
}

/// A ring through which the kernel takes receive buffers: `struct io_uring_buf_ring`.
@safe struct BufferRing {
  private let memory: UnsafeMutableRawPointer
  private let mask: UInt16
  private var tail: UInt16 = 0

  /// Registers a ring for `count` buffers, a power of two, as group 0 of `ring`.
  init(ring: CInt, count: Int) throws(SystemError) {
    precondition(count & (count - 1) == 0 && (1...32_768).contains(count), "a power of two")
    guard let memory = unsafe Kernel.map(count * 16) else {
      throw SystemError(call: "mmap", errno: ENOMEM, subject: "a ring of buffers")
    }
    unsafe self.memory = unsafe memory
    mask = UInt16(truncatingIfNeeded: count - 1)
    // struct io_uring_buf_reg
    var register = (
      UInt64(UInt(bitPattern: memory)), UInt32(count), UInt16(0), UInt16(0), UInt64(0), UInt64(0),
      UInt64(0)
    )
    let result = unsafe Kernel.ringRegister(ring, Uring.registerBufferRing, &register, 1)
    if result < 0 {
      unsafe Kernel.unmap(memory, count * 16)
      throw SystemError(call: "io_uring_register", errno: -result)
    }
  }

  /// Gives a buffer to the kernel.
  mutating func add(_ block: UnsafeMutableRawPointer, size: Int, number: Int) {
    let entry = unsafe memory + Int(tail & mask) * 16
    unsafe entry.storeBytes(of: UInt64(UInt(bitPattern: block)), as: UInt64.self)
    unsafe entry.storeBytes(of: UInt32(size), toByteOffset: 8, as: UInt32.self)
    unsafe entry.storeBytes(of: UInt16(number), toByteOffset: 12, as: UInt16.self)
    tail &+= 1
    // The tail lies in the reserved half-word of the first entry.
    let shared = unsafe (memory + 14).assumingMemoryBound(to: Atomic<UInt16>.self)
    unsafe shared.pointee.store(tail, ordering: .releasing)
  }

  /// Gives the memory back; the ring must be closed before.
  func leave() { unsafe Kernel.unmap(memory, (Int(mask) + 1) * 16) }
}
