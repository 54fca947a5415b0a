// Who is told of completions.

extension Aio {
  /// What completes operations: a connection's object, or a `Callback`.
  ///
  /// An operation holds its receiver until the terminal completion.  Subclasses override
  /// `completed`: a call through the class costs 1.4 ns and no reference count.
  open class Receiver {
    /// A receiver that is told nothing yet.
    public init() {}

    /// Called by the loop, on its thread, once for each completion.
    ///
    /// May submit, cancel and close whatever it likes.  The completion is valid during the call;
    /// a buffer in it goes back to its pool unless it is taken.
    open func completed(_ completion: inout Completion, on loop: Loop) {}
  }

  /// A closure as a receiver, with an identity.  Corresponds to `Curry<void>::ptr`.
  ///
  /// Allocates when it is made and not when it is called: make one a connection, not one a message.
  public final class Callback: Receiver {
    private let body: (inout Completion, Loop) -> Void

    /// A receiver that calls `body`.
    public init(_ body: @escaping (inout Completion, Loop) -> Void) { self.body = body }

    /// Calls the closure.
    public override func completed(_ completion: inout Completion, on loop: Loop) {
      body(&completion, loop)
    }
  }

  /// One answer to an operation.
  public struct Completion: ~Copyable {
    /// The operation that this answers.
    public let token: OpToken
    /// What it was.
    public let kind: OpKind
    /// Whether this is the terminal completion: the token names nothing any more.
    public let isLast: Bool
    /// What the operation was submitted on.
    public let handle: Handle
    /// The connection that was accepted; `.none` for other kinds and for errors.
    public let accepted: Handle
    /// Bytes received or sent, or an errno negated.
    public let result: Int
    /// What came in, or what was sent and comes back.
    private var held: Buffer?

    init(
      token: OpToken, kind: OpKind, isLast: Bool, handle: Handle, accepted: Handle, result: Int,
      buffer: consuming Buffer?
    ) {
      self.token = token
      self.kind = kind
      self.isLast = isLast
      self.handle = handle
      self.accepted = accepted
      self.result = result
      held = buffer
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
  }
}
