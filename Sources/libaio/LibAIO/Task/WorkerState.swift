// What a worker knows: one piece of memory, which its thread alone touches but for the deque, the
// inbox and the sleepers' words.
//
// The first two cache lines are what making and running a task touches; programs in other modules
// read and write them inline.

/// How tasks are put in order and shared out.
extension Aio {
  /// How a runtime's workers share tasks.
  public enum Scheduler: UInt8, Sendable, CaseIterable {
    /// Each worker runs its tasks in the order of their scheduling; one without any takes the
    /// oldest 60 of another.
    case fifo
    /// Each worker runs its newest task first, which has its data in the cache; one without any
    /// takes the oldest 60 of another, which are the roots of the most work.
    case stealing
    /// As `stealing`, but a task with a first hint is sent to the worker that the hint stands for:
    /// tasks of the same hint meet their data in the same cache, unless somebody idles.
    case affine

    /// What a runtime uses that is not told otherwise: `option AIO_SCHED_FIFO` or
    /// `option AIO_SCHED_AFFINE` of a configuration, else work stealing.
    public static var configured: Scheduler {
      #if AIO_SCHED_FIFO
        return .fifo
      #elseif AIO_SCHED_AFFINE
        return .affine
      #else
        return .stealing
      #endif
    }
  }
}

/// Counters of a worker, written by its thread alone.
struct WorkerCounters {
  var tasks: UInt64 = 0
  var stolen: UInt64 = 0
  var published: UInt64 = 0
  var searches: UInt64 = 0
  var parks: UInt64 = 0
  var wakes: UInt64 = 0
  var received: UInt64 = 0
  var turns: UInt64 = 0
}

/// A chunk's or a magazine's memory: a header of words, then numbers of tasks.
typealias Block = UnsafeMutablePointer<UInt>

/// The layout of chunks: the next chunk of a list, how many tasks, where the first one is, and room
/// for 60.
enum Chunk {
  static var size: Int { 512 }
  static var header: Int { 4 }
  static var capacity: Int { 60 }
}

/// The layout of magazines: the next magazine of a list, and 64 tasks.
enum Magazine {
  static var size: Int { 576 }
  static var header: Int { 8 }
  static var capacity: Int { 64 }
}

/// See the head of the file.  Lies at the address of a cache line.
@safe
@usableFromInline struct WorkerState {
  // The private chunk: tasks from `base` up to `top`, the newest last.
  @usableFromInline var top: UnsafeMutablePointer<UInt>
  @usableFromInline var base: UnsafeMutablePointer<UInt>
  @usableFromInline var limit: UnsafeMutablePointer<UInt>
  // The loaded magazine: free tasks below `freeTop`.
  @usableFromInline var freeTop: UnsafeMutablePointer<UInt>
  @usableFromInline var freeBase: UnsafeMutablePointer<UInt>
  @usableFromInline var freeLimit: UnsafeMutablePointer<UInt>
  @usableFromInline let block: UnsafeMutablePointer<LoopBlock>
  /// The sleepers' counting word: 0 while everybody is running.
  @usableFromInline let idle: UnsafeMutablePointer<MachineWord>
  @usableFromInline let siteKeys: UnsafeMutablePointer<SiteTable.Key>

  /// The barrier that was signalled last, and how often: see TaskBarrier.swift.
  @usableFromInline var signalled: UInt = 0
  @usableFromInline var signals: UInt = 0

  /// The chunk of `top`.
  var chunk: Block
  /// The other magazine, which is full or empty.
  var magazine: Block
  var isMagazineFull = false
  let policy: Aio.Scheduler
  /// When half of the private chunk was offered last, and how often that may be, in cycles: 0 in a
  /// simulated world.
  var lastOffer: UInt64 = 0
  let offerCycles: UInt64
  var isSpinning = false
  let number: Int
  var random: UInt64
  /// Where the tasks of the oldest chunk go on, which are run one by one so that none starves; and
  /// for FIFO the chunk at whose head we are.
  var oldest: UnsafeMutablePointer<UInt>
  var oldestEnd: UnsafeMutablePointer<UInt>
  var oldestChunk: Block?
  /// Full chunks that the deque has no room for, linked; the oldest first.
  var spilled: Block?
  var spilledLast: Block?
  /// Empty chunks, linked.
  var spare: Block?
  var spareCount = 0
  /// Tasks that run here and nowhere else, linked, the oldest first.
  var pinned: UInt = 0
  var pinnedLast: UInt = 0
  let deque: ChunkDeque<MachineWord>
  let inbox: Inbox<MachineWord>
  var counters = WorkerCounters()
  let histogram: UnsafeMutablePointer<UInt64>
  /// When the recorded task before this one ended, in cycles; 0 if none did in this slice.
  var recordedUntil: UInt64 = 0
  let recorder: Recorder
  let loop: Unmanaged<Aio.Loop>
  /// The runtime, from `settle` on.
  var owner: Unmanaged<Aio.Runtime>?
}

extension WorkerState {
  @inline(__always)
  var runtime: Unmanaged<Aio.Runtime> { unsafe owner.unsafelyUnwrapped }
}
