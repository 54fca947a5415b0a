// What a program serves with: theory of operation.
//
// Problem.  A server that is told to end has promised things: answers that it has begun, bytes that
// it has taken and not passed on.  And it must end: not when the last client likes to.
//
// Shape.  A service accepts from one listener on one loop and counts what is open.  Told to end, it
// closes the listener, lets each connection come to its own end, and says when the last one has.
// Whoever told it gives it only so long, and stops the loop then.
//
//     serving --end()--> ending: no listener --last connection closed--> over
//
// How a connection comes to its end is the service's matter.  Where answers follow from what came
// in, the end of the incoming side is enough (`Loop.endReceiving`): what has arrived is answered,
// and then the stream is over, as if the client had said so.
//
// Invariants.
//   S1  `open` counts connections from `began` to `closed`.
//   S2  `over` is called once, after `end`, when nothing is open.

public import LibAIO

/// A server on one loop.  Its calls belong to the loop's thread.
open class Service: Aio.Receiver {
  /// Connections so far.
  public private(set) final var accepted = 0
  /// Connections that are open.
  public private(set) final var open = 0
  /// Whether the service has been told to end.
  public private(set) final var isEnding = false
  private let listener: Aio.Handle
  private var over: ((Aio.Loop) -> Void)?

  /// A service that accepts on `listener` from now on.
  public init(on listener: Aio.Handle, of loop: Aio.Loop) {
    self.listener = listener
    super.init()
    loop.accept(on: listener, repeating: true, to: self)
  }

  /// A connection has begun: `closed` is to follow.
  public final func began() {
    accepted += 1
    open += 1
  }

  /// A connection has been closed.
  public final func closed(on loop: Aio.Loop) {
    open -= 1
    assert(open >= 0, "S1: a connection is closed once")
    if isEnding && open == 0 { conclude(loop) }
  }

  /// Accepts nothing more, and calls `over` when all connections are closed.
  public final func end(on loop: Aio.Loop, over: @escaping (Aio.Loop) -> Void) {
    if isEnding { return }
    isEnding = true
    self.over = over
    loop.close(listener)
    endConnections(on: loop)
    if open == 0 { conclude(loop) }
  }

  private func conclude(_ loop: Aio.Loop) {
    let over = over
    self.over = nil
    over?(loop)
  }

  /// Has the connections come to their ends; by default by that of what they receive.
  open func endConnections(on loop: Aio.Loop) { loop.endReceiving() }

  /// What else the service can say of itself, for its report: one line, or nothing.
  open var summary: String { "" }
}
