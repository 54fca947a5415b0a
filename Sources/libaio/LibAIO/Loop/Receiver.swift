// Who is told of completions: theory of operation.
//
// A loop must keep whoever waits for something, and a reference count that other threads may see
// costs 4.4 ns to raise and as much to lower: more than the rest of a completion.  So a receiver
// counts by itself how many operations and timers wait for it, in a plain field, and the loop's
// one reference is taken when the first begins to wait and given back when none is left.  A
// connection that receives always has one: its sends and timers count for nothing.
//
// Invariants.
//   C1  `holds` is the number of operations and timers that will still tell the receiver, and
//       while it is not 0 the loop has one reference.
//   C2  All that wait for a receiver at one time belong to one loop.

extension Aio {
  /// What completes operations: a connection's object, or a `Callback`.
  ///
  /// A loop holds a receiver while any operation or timer waits for it; they must all be of that
  /// loop.  Subclasses override `completed`: a call through the class costs 1.4 ns and no
  /// reference count.
  open class Receiver {
    // One thread's, changed where nothing else runs: no need to check each access for another.
    @exclusivity(unchecked) private final var holds: Int32 = 0
    /// How many will still tell it: for audits.
    final var holdCount: Int32 { unsafe holds }
    /// The first of its timers, linked through their records.
    @exclusivity(unchecked) final var firstTimer = UInt32.max

    /// A receiver that is told nothing yet.
    public init() {}

    /// Called by the loop, on its thread, once for each completion.
    ///
    /// May submit, cancel and close whatever it likes.  The completion is valid during the call;
    /// a buffer in it goes back to its pool unless it is taken.
    open func completed(_ completion: inout Completion, on loop: Loop) {}

    /// One more will tell it (C1).
    @inline(__always)
    final func hold() {
      if unsafe holds == 0 { _ = unsafe Unmanaged.passRetained(self) }
      unsafe holds += 1
    }

    /// One has told it for the last time (C1); it may be gone afterwards.
    @inline(__always)
    final func letGo() {
      assert(unsafe holds > 0, "C1: let go more often than held")
      unsafe holds -= 1
      if unsafe holds == 0 { unsafe Unmanaged.passUnretained(self).release() }
    }
  }

  /// A closure or a C function as a receiver, with an identity.  Corresponds to
  /// `Curry<void>::ptr`, `FdHandler` and `ErrHandler`.
  ///
  /// Allocates when it is made and not when it is called: make one a connection, not one a message.
  @safe public final class Callback: Receiver {
    private let body: ((inout Completion, Loop) -> Void)?
    private let function: Function?
    private let context: UnsafeMutableRawPointer?
    private let free: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?

    /// A C function that is told the context that it came with, and the completion's result.
    public typealias Function =
      @convention(c) (_ context: UnsafeMutableRawPointer?, _ result: Int) -> Void

    /// A receiver that calls `body`.
    public init(_ body: @escaping (inout Completion, Loop) -> Void) {
      self.body = body
      unsafe function = nil
      unsafe context = nil
      unsafe free = nil
    }

    /// A receiver that calls `function` with `context`, on which `release` is called when nobody
    /// can call the function any more.
    public init(
      _ function: @escaping Function, _ context: UnsafeMutableRawPointer?,
      release: (@convention(c) (UnsafeMutableRawPointer?) -> Void)? = nil
    ) {
      body = nil
      unsafe self.function = unsafe function
      unsafe self.context = unsafe context
      unsafe free = unsafe release
    }

    deinit { if let free = unsafe free { unsafe free(context) } }

    /// Calls the closure, or the function.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      if let body { return body(&completion, loop) }
      unsafe function?(context, completion.result)
    }
  }

  /// One answer to an operation.
  @safe public struct Completion: ~Copyable {
    /// The operation that this answers; for a timer, what names it.
    private let name: OpToken
    /// What it was.
    public let kind: OpKind
    /// Whether this is the terminal completion: the token names nothing any more.
    public let isLast: Bool
    /// What the operation was submitted on.
    public let handle: Handle
    /// The connection that was accepted or dialled; `.none` for other kinds and for errors.
    public let accepted: Handle
    /// Bytes received or sent, or an errno negated.
    public let result: Int
    /// What came in, or what was sent and comes back.
    private var held: Buffer?
    /// Not counted: whoever delivers the completion holds it.
    private let known: Unmanaged<Activity>?

    init(
      token: OpToken, kind: OpKind, isLast: Bool, handle: Handle, accepted: Handle, result: Int,
      buffer: consuming Buffer?, activity: Activity? = nil
    ) {
      name = token
      self.kind = kind
      self.isLast = isLast
      self.handle = handle
      self.accepted = accepted
      self.result = result
      held = buffer
      unsafe known = activity.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// What else there is to tell: addresses, a process's end, a file's status.
    var activity: Activity? { unsafe known?.takeUnretainedValue() }

    /// The operation that this answers; `.none` for a timer.
    public var token: OpToken { kind == .timer ? .none : name }

    /// The timer that has fired; `.none` for operations.
    public var timer: TimerToken {
      kind == .timer ? TimerToken(index: name.index, generation: name.generation) : .none
    }

    /// The errno that the operation failed with; nil if it did not.
    public var error: CInt? { result < 0 ? CInt(-result) : nil }

    /// Whether a stream has ended: nothing more will be received.
    public var isEnd: Bool { kind == .receive && result == 0 }

    /// The buffer of a receive, or of a send that is done; whoever takes it owns it.
    public mutating func takeBuffer() -> Buffer? {
      let taken = held.take()
      held = nil
      return taken
    }

    /// The buffer that nobody has taken.
    @inline(__always)
    consuming func leftBuffer() -> Buffer? { held }

    /// Gives back what was taken only to be looked at.
    mutating func putBack(_ buffer: consuming Buffer) { held = consume buffer }
  }
}
