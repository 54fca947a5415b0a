// Which locks there are, and how often somebody had to wait for them.

import Synchronization

extension Aio {
  /// What is known of a lock.
  public struct LockUsage: Sendable {
    /// What kind of lock a report is about.
    public enum Kind: String, Sendable {
      /// A `Lock`.
      case lock
      /// A `QLock`.
      case qlock
      /// An `RWLock`.
      case rwlock
    }

    /// What kind it is.
    public let kind: Kind
    /// Its name, or where it was made.
    public let name: String
    /// How often it was asked for and taken.
    public let taken: UInt64
    /// How often somebody had to wait.
    public let waited: UInt64
  }

  /// All locks that live, those that most was waited for first.  Corresponds to the lock statistics
  /// of the performance monitoring subsystem.
  public static func lockUsage() -> [LockUsage] {
    LockProfile.shared.usage().sorted { ($0.waited, $0.taken) > ($1.waited, $1.taken) }
  }
}

/// A lock that lives.
final class LockEntry: @unchecked Sendable {
  let kind: Aio.LockUsage.Kind
  private let name: String?
  private let site: Aio.Site
  weak var lock: Aio.Lock?
  weak var qlock: Aio.QLock?
  weak var rwlock: Aio.RWLock?

  init(_ kind: Aio.LockUsage.Kind, _ name: String?, _ site: Aio.Site) {
    self.kind = kind
    self.name = name
    self.site = site
  }

  /// What is known of the lock; nil if it ends just now.
  var usage: Aio.LockUsage? {
    let counts = lock?.counts ?? qlock?.counts ?? rwlock?.counts
    return counts.map {
      Aio.LockUsage(
        kind: kind, name: name ?? site.description, taken: $0.taken, waited: $0.waited)
    }
  }
}

/// The locks of the program.
final class LockProfile: Sendable {
  static let shared = LockProfile()

  private let entries = Mutex<[ObjectIdentifier: LockEntry]>([:])

  func add(_ entry: LockEntry) { entries.withLock { $0[ObjectIdentifier(entry)] = entry } }

  func remove(_ entry: LockEntry) {
    entries.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(entry)) }
  }

  func usage() -> [Aio.LockUsage] {
    // Outside of the lock: the last reference to a lock may go here, and remove it.
    let all = entries.withLock { Array($0.values) }
    return all.compactMap(\.usage)
  }
}
