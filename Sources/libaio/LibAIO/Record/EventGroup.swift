// Groups of events: what belongs to one request, one connection, one job.

import Synchronization
import Sys9

extension Aio {
  /// Events that belong together, such as all that a connection causes.
  ///
  /// A registration carries a group; what is registered while one of its events runs inherits it.
  /// So a group is named once, where the work begins, and every record of the flight recorder,
  /// every trace and a debugger can say whose event it was.  A number, not an owner: free to copy,
  /// and nothing is to be released.  Corresponds to the event groups of eel.
  public struct EventGroup: Hashable, Sendable {
    /// The number, which records carry; 0 for none.
    public let id: UInt32

    /// What belongs to no group.
    public static var none: EventGroup { EventGroup(id: 0) }

    /// The group with a number that ``id`` gave.
    public init(id: UInt32) { self.id = id }

    /// A new group.  Any thread; one atomic addition.
    ///
    /// - Parameter name: what people will read in traces; kept for the first 65,536 named groups.
    public init(_ name: String? = nil) {
      // The number wraps after four thousand million groups, around none.
      let next = groupCount.add(1, ordering: .relaxed).newValue
      id = next == 0 ? groupCount.add(1, ordering: .relaxed).newValue : next
      guard let name else { return }
      let id = id
      groupNames.withLock { names in
        guard names.count < groupNamesMax || names[id] != nil else { return }
        names[id] = name
        DebugSection.nameGroup(id, name)
      }
    }

    /// The name that the group was made with, if it has one.
    public var name: String? { groupNames.withLock { $0[id] } }
  }
}

extension Aio.EventGroup: CustomStringConvertible {
  /// The name, or the number behind a sign.
  public var description: String { name ?? (id == 0 ? "none" : "#\(id)") }
}

/// Names are for people: a program that names a group a connection must not grow by it.
private let groupNamesMax = 65_536
private let groupCount = Atomic<UInt32>(0)
private let groupNames = Mutex<[UInt32: String]>([:])
