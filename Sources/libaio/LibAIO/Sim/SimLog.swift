// The last events of a simulated world, for whoever has to find out why.
//
// Kept as numbers, and made words only when somebody asks: a run of ten thousand seeds that finds
// nothing pays 40 bytes and a store an event.

/// What was injected.
enum SimFault: UInt8, CaseIterable {
  case short, starve, interrupt, lateCancel, descriptor, stall
  case reset, refuse, silence, memory, socket, abort, loss, double, fail, spawn, kill
}

/// A line of the log.
struct SimNote {
  enum What {
    case fault(SimFault)
    case event(UInt8, socket: Int, size: Int)
    /// A loop told somebody: the kind of record, of operation, and its handle.
    case told(loop: Int, kind: UInt8, op: UInt8, argument: UInt64)
    case text(String)
  }

  let time: UInt64
  let what: What

  private static let events = [
    "", "bytes arrive", "the end arrives", "a reset arrives", "a connection asks", "an answer",
    "room", "plenty", "a job is done", "a cancel arrives", "a datagram arrives",
    "takes bytes to send", "gives bytes that were received", "is closed",
    "a task that has left its loop runs",
  ]
  static let sends: UInt8 = 11
  static let reads: UInt8 = 12
  static let closes: UInt8 = 13

  var text: String {
    let moment = "\(time / 1000) us"
    switch what {
    case .fault(let fault): return "\(moment)  fault: \(fault)"
    case .event(let kind, let socket, let size):
      return "\(moment)  socket \(socket): \(Self.events[Int(kind)])\(size != 0 ? ", \(size)" : "")"
    case .told(let loop, let kind, let op, let argument):
      let name = Aio.OpKind(rawValue: op).map { "\($0)" } ?? "\(op)"
      if kind == EventKind.completion.rawValue {
        return "\(moment)  loop \(loop): \(name) completes, handle \(argument)"
      }
      let event = EventKind(rawValue: kind).map { "\($0)" } ?? "\(kind)"
      return "\(moment)  loop \(loop): \(event) \(argument)"
    case .text(let words): return "\(moment)  \(words)"
    }
  }
}

/// The last notes, and whoever wants to see all.
struct SimLog {
  static let size = 64
  private var notes: [SimNote] = []
  private var next = 0
  /// Called with each line.
  var listener: ((String) -> Void)?

  mutating func append(_ note: SimNote) {
    if let listener { listener(note.text) }
    if notes.count < Self.size {
      notes.append(note)
    } else {
      notes[next] = note
      next = (next + 1) % Self.size
    }
  }

  var lines: [String] { (notes[next...] + notes[..<next]).map(\.text) }
}

extension Aio.SimNetwork {
  /// The last 64 events, faults and completions, oldest first.
  public var trace: [String] { log.lines }

  /// Calls `listener` with a line for all that happens from now on.
  public func listen(_ listener: @escaping (String) -> Void) { log.listener = listener }

  /// Adds a line to the trace.
  public func remark(_ text: @autoclosure () -> String) {
    if log.listener != nil { note(.text(text())) }
  }

  func note(_ what: SimNote.What) { log.append(SimNote(time: now, what: what)) }
}
