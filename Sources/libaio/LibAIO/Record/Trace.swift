// Records as a trace that people look at: theory of operation.
//
// The trace is JSON in the format that Chrome's viewer, Perfetto and speedscope read: an array of
// events, each with its thread, its time and its length in microseconds.  A worker is a thread;
// what ran is a slice, named by the place where it was registered; a cause is an arrow from the
// slice that registered something to the slice in which it ran.  The group is an argument of each
// slice, so that the viewer can search for one request.

import LibJSON
import Sys9

extension Aio.Runtime {
  /// The records of all workers as a trace in Chrome's JSON format, as UTF-8.
  ///
  /// Exact while the runtime rests; while it runs, the last records of other workers may be
  /// half-written.  Empty of events unless `recordsEvents` was set.
  public func trace() -> [UInt8] {
    var writer = TraceWriter(
      origin: birth.cycles, usPerCycle: nsPerCycle / 1000)
    for (number, loop) in loops.enumerated() {
      writer.nameThread(number)
      for record in loop.recorder.records() { writer.add(record, thread: number) }
    }
    writer.addArrows()
    return writer.bytes
  }
}

/// Turns records into a trace.
struct TraceWriter {
  private let origin: UInt64
  private let usPerCycle: Double
  private var events: [JSON] = []
  /// Where and when each event ran.
  private var places: [UInt64: (thread: Int, time: Double)] = [:]
  private var causes: [(parent: UInt64, event: UInt64)] = []

  init(origin: UInt64, usPerCycle: Double) {
    self.origin = origin
    self.usPerCycle = usPerCycle
  }

  mutating func nameThread(_ number: Int) {
    events.append([
      "name": "thread_name", "ph": "M", "pid": 1, "tid": .int(number),
      "args": ["name": .string("worker \(number)")],
    ])
  }

  private func microseconds(_ cycles: UInt64) -> Double {
    // Three digits: a nanosecond.
    (Double(cycles &- origin) * usPerCycle * 1000).rounded() / 1000
  }

  mutating func add(_ record: EventRecord, thread: Int) {
    guard let kind = EventKind(rawValue: record.kind), kind != .none else { return }
    let time = microseconds(record.time)
    let group = Aio.EventGroup(id: record.group)
    let isSend = kind == .send
    var event: JSONObject = [
      "name": .string(Aio.Site(id: record.site).description), "cat": .string("\(kind)"),
      "ph": .string(isSend ? "i" : "X"), "pid": 1, "tid": .int(thread), "ts": .double(time),
    ]
    if isSend {
      event.append("s", "t")
    } else {
      let length = (Double(record.cycles) * usPerCycle * 1000).rounded() / 1000
      event.append("dur", .double(length))
      places[record.event] = (thread, time)
      if record.parent != 0 { causes.append((record.parent, record.event)) }
    }
    event.append(
      "args",
      [
        "group": .string(group.description), "event": .string("\(record.event)"),
        "parent": .string("\(record.parent)"),
        "callback": .string("0x" + String(record.callback, radix: 16)),
        "argument": .string("0x" + String(record.argument, radix: 16)),
      ])
    events.append(.object(event))
  }

  /// Adds an arrow for each cause whose two ends are there.
  mutating func addArrows() {
    for (number, cause) in causes.enumerated() {
      guard let from = places[cause.parent], let to = places[cause.event] else { continue }
      for (phase, end) in [("s", from), ("f", to)] {
        events.append([
          "name": "cause", "cat": "cause", "ph": .string(phase), "bp": "e", "pid": 1,
          "id": .int(number), "tid": .int(end.thread), "ts": .double(end.time),
        ])
      }
    }
  }

  /// The trace, as UTF-8.
  var bytes: [UInt8] { Array(JSON.array(events).text.utf8) }
}
