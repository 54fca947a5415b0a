// Happy eyeballs: theory of operation.  RFC 8305.
//
// Problem.  A host has an IPv6 and an IPv4 address, and one of them leads nowhere: to try them one
// after the other is to wait for the system's patience, two minutes.
//
// Shape.  A pure machine: events in, actions out.  Addresses of the two families take turns, in the
// resolver's order; an attempt that has not answered after a quarter of a second gets company, one
// that has failed is replaced at once; the first that connects wins, and the others are given up.
//
// Invariants.
//   H1  Each address is tried at most once, and each attempt is given up or succeeds or fails.
//   H2  `done` comes once, and nothing after it.
//   H3  While addresses are left and nothing has won, either a delay is armed or one was just
//       tried.

/// The race of a host's addresses.
struct DialRace: Equatable {
  /// What has happened.
  enum Event: Equatable {
    case begin
    /// The attempt of this number has a connection.
    case connected(Int)
    /// The attempt of this number has failed, with this errno.
    case failed(Int, Int32)
    /// The delay that was armed is over.
    case delayPassed
    /// Whoever dials waits no longer, with this errno.
    case giveUp(Int32)
  }

  /// What is to be done.
  enum Action: Equatable {
    /// Try the address of this number.
    case start(Int)
    /// Tell me when the delay has passed.
    case armDelay
    /// The delay does not matter any more.
    case disarmDelay
    /// Give up the attempt of this number.
    case abandon(Int)
    /// It is over: the attempt that won.
    case won(Int)
    /// It is over: the errno of the last attempt.
    case lost(Int32)
  }

  /// The order in which addresses are tried: indices of what the resolver found.
  let order: [Int]
  private var next = 0
  private var underWay: [Int] = []
  private var isDelayed = false
  private(set) var isOver = false
  private var lastErrno: Int32

  /// A race of addresses whose families are `families`, in the resolver's order.
  ///
  /// - Parameter noAddress: the errno if there are none.
  init(families: [Int32], noAddress: Int32) {
    order = Self.interleaved(families)
    lastErrno = noAddress
  }

  /// The first address's family, then another one, in turns; then what is left.
  private static func interleaved(_ families: [Int32]) -> [Int] {
    let first = families.indices.filter { families[$0] == families[0] }
    let others = families.indices.filter { families[$0] != families[0] }
    var result: [Int] = []
    for index in 0..<max(first.count, others.count) {
      if index < first.count { result.append(first[index]) }
      if index < others.count { result.append(others[index]) }
    }
    return result
  }

  /// What follows from `event`.
  mutating func handle(_ event: Event) -> [Action] {
    if isOver { return [] }
    switch event {
    case .begin: return tryNext()
    case .delayPassed:
      isDelayed = false
      return tryNext()
    case .connected(let winner):
      isOver = true
      return disarm() + underWay.filter { $0 != winner }.map { .abandon($0) } + [.won(winner)]
    case .failed(let attempt, let errno):
      underWay.removeAll { $0 == attempt }
      lastErrno = errno
      return next < order.count ? disarm() + tryNext() : endIfNothingIsLeft()
    case .giveUp(let errno):
      isOver = true
      return disarm() + underWay.map { .abandon($0) } + [.lost(errno)]
    }
  }

  private mutating func tryNext() -> [Action] {
    guard next < order.count else { return endIfNothingIsLeft() }
    let attempt = order[next]
    next += 1
    underWay.append(attempt)
    if next == order.count { return [.start(attempt)] }
    isDelayed = true
    return [.start(attempt), .armDelay]
  }

  private mutating func disarm() -> [Action] {
    defer { isDelayed = false }
    return isDelayed ? [.disarmDelay] : []
  }

  private mutating func endIfNothingIsLeft() -> [Action] {
    if !underWay.isEmpty || next < order.count { return [] }
    isOver = true
    return disarm() + [.lost(lastErrno)]
  }
}
