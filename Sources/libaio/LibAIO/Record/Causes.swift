// Which event registered what.
//
// The record of an operation is full, and only those who keep records ask for causes: so the events
// that registered operations and timers stand beside, by the number of the operation or timer, in
// tables that grow while records are kept and are empty otherwise.  What was registered before that
// has no cause.

/// The registering events of one loop's operations and timers.  The loop's thread.
struct Causes {
  private var operations: [UInt64] = []
  private var timers: [UInt64] = []

  /// Forgets all.
  mutating func clear() { self = Causes() }

  /// Notes that `event` registered an operation.
  mutating func note(_ event: UInt64, ofOperation index: UInt32) {
    Self.set(&operations, index, event)
  }

  /// Notes that `event` armed a timer.
  mutating func note(_ event: UInt64, ofTimer index: UInt32) { Self.set(&timers, index, event) }

  /// The event that registered an operation; 0 for none, or none that is known.
  func operation(_ index: UInt32) -> UInt64 {
    index < operations.count ? operations[Int(index)] : 0
  }

  /// The event that armed a timer, likewise.
  func timer(_ index: UInt32) -> UInt64 { index < timers.count ? timers[Int(index)] : 0 }

  private static func set(_ table: inout [UInt64], _ index: UInt32, _ event: UInt64) {
    let missing = Int(index) + 1 - table.count
    if missing > 0 {
      // What is registered by nobody needs no room.
      if event == 0 { return }
      table.append(contentsOf: repeatElement(0, count: max(missing, 64)))
    }
    table[Int(index)] = event
  }
}
