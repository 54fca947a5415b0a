// A world that is not there: theory of operation.
//
// Problem.  What breaks servers is rare: a reset in the middle of an answer, a send that takes one
// byte, a cancel that comes as the operation completes, two events in the order that nobody thought
// of.  A real network shows them once a year and never again when asked.
//
// Shape.  A network within the process.  Its time moves only when everybody sleeps, from one event
// to the next; the order of events of equal times, the delay of each byte, how much a send takes
// and what fails are drawn from one generator with a seed.  Loops of the same network run in one
// thread, one turn each, in an order that is drawn too.  So a run is a function of the seed and of
// the program, and can be had again.
//
//     loop A --send--> stream of bytes, cut anywhere, each piece with a time of arrival --> loop B
//
// A loop that has nothing to do sleeps as it does on the machine: it parks its mailbox, and only an
// event of one of its handles, a message, or a deadline wakes it.  A wake-up that is lost is a loop
// that sleeps for ever.
//
// Invariants.
//   V1  Bytes of a stream arrive once, in their order, unless the connection is reset.
//   V2  Nothing happens in the past: an event's time is not before the network's.
//   V3  The generator is asked in an order that the program alone determines: nothing depends on
//       an address, a hash or the real clock.
//   V4  A loop that sleeps has a turn only when something woke it.
//
// What must hold of the loops themselves is looked at by `audit` (SimAudit.swift).
//
// Rejected.  Simulating system calls below the back ends: it would test our use of epoll, which
// the real kernel tests better, and cost the speed that makes ten thousand seeds a matter of
// seconds.

public import Sys9

extension Aio {
  /// A network within the process, whose time and accidents come from a seed.
  ///
  /// All its loops belong to one thread, which calls `run`.
  public final class SimNetwork: @unchecked Sendable {
    /// What all that happens comes from.
    public let seed: UInt64
    /// What goes wrong; may be changed at any time.
    public var faults: SimFaults
    /// Nanoseconds since the network began.
    public private(set) var now: UInt64 = 0
    /// Events that have happened: what arrived, and what loops told their receivers.
    public internal(set) var eventCount = 0
    /// Faults that were injected.
    public internal(set) var faultCount = 0
    /// Turns of loops so far.
    public private(set) var stepCount = 0
    /// A number that two runs share if the same happened in both, in the same order.
    public private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    /// The addresses of hosts, for resolvers that ask the system.
    public var names: [String: [SocketAddress]] = [:]

    /// What becomes of tasks that leave the loops.
    public var escapePolicy = SimEscapePolicy.run
    /// Jobs that went to Swift's pool of threads, and ran here instead.
    public internal(set) var escapeCount = 0
    var mainEscapeCount = 0

    private(set) lazy var escapes = SimEscapes(self)
    private(set) lazy var files = SimFiles(self)
    private(set) lazy var children = SimChildren(self)
    private var random: UInt64
    private var events: [SimEvent] = []
    private var eventOrder = 0
    var sockets: [SimSocket] = []
    /// Listeners and sockets for datagrams, by port.
    var listeners: [UInt16: Int] = [:]
    var datagramPorts: [UInt16: Int] = [:]
    private var nextPort: UInt16 = 40_000
    /// Loops that are there, and those that were: the number of a loop is its place.
    private(set) var members: [SimMember] = []
    private var loops: [SimOwner] = []
    /// The last events: see `trace`.
    var log = SimLog()

    /// A network that has not begun.
    public init(seed: UInt64, faults: SimFaults = SimFaults()) {
      self.seed = seed
      self.faults = faults
      random = seed
    }

    // Chance.

    /// The next word of the generator: SplitMix64 (Steele, Lea, Flood, 2014).
    ///
    /// Also for programs that want their own chances to come from the seed.
    public func draw() -> UInt64 {
      random &+= 0x9E37_79B9_7F4A_7C15
      var word = random
      word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      return word ^ word >> 31
    }

    /// A number below `limit`, or 0.
    public func draw(below limit: Int) -> Int { Int(draw() >> 1) % max(limit, 1) }

    /// Whether something that happens one time in `count` happens now; counted as a fault if so.
    func happens(_ what: SimFault, oneIn count: Int) -> Bool {
      guard count > 0, draw(below: count) == 0 else { return false }
      faultCount += 1
      note(.fault(what))
      return true
    }

    /// Takes `word` into the digest.
    @inline(__always)
    public func fold(_ word: UInt64) {
      digest = (digest ^ word) &* 0x9E37_79B9_7F4A_7C15
      digest ^= digest >> 29
    }

    // Time.

    /// Makes `what` happen to `socket` after a while, not before `earliest`.
    @discardableResult
    func schedule(
      _ what: SimEvent.What, on socket: Int, notBefore earliest: UInt64 = 0, after least: UInt64 = 0
    ) -> UInt64 {
      let delay = least + 1000 + draw() % max(faults.delayNsMax, 1)
      let event = SimEvent(
        time: max(now + delay, earliest + 1), order: eventOrder, socket: socket, what: what)
      eventOrder += 1
      // A heap by time; the order of scheduling decides between equals (V3).
      events.append(event)
      var index = events.count - 1
      while index > 0, events[index] < events[(index - 1) / 2] {
        events.swapAt(index, (index - 1) / 2)
        index = (index - 1) / 2
      }
      return event.time
    }

    /// When the next event happens.
    var nextTime: UInt64? { events.first?.time }

    private func takeEvent() -> SimEvent {
      let last = events.removeLast()
      if events.isEmpty { return last }
      let first = events[0]
      events[0] = last
      var index = 0
      while true {
        let left = 2 * index + 1
        guard left < events.count else { return first }
        let right = left + 1
        let child = right < events.count && events[right] < events[left] ? right : left
        if !(events[child] < events[index]) { return first }
        events.swapAt(index, child)
        index = child
      }
    }

    /// Lets time go on to `time`, and all that happens until then happen.
    func advance(to time: UInt64) {
      while let next = events.first?.time, next <= time {
        precondition(next >= now, "V2: \(next) is past at \(now)")
        now = next
        eventCount += 1
        let event = takeEvent()
        fold(event.time)
        fold(UInt64(UInt(bitPattern: event.socket)) << 8 | UInt64(event.what.number))
        note(.event(event.what.number, socket: event.socket, size: event.what.size))
        happen(event)
      }
      now = max(now, time)
    }

    // Loops.

    func join(_ loop: SimLoop) -> Int {
      loops.append(SimOwner(loop: loop))
      members.append(SimMember(loop: loop))
      return members.count - 1
    }

    func leave(_ loop: SimLoop) {
      loops.removeAll { $0.identity == ObjectIdentifier(loop) }
      members[loop.number].hasLeft = true
    }

    /// A loop that is still there.
    func loop(_ number: Int) -> SimLoop? { members[number].hasLeft ? nil : members[number].loop }

    var present: [SimOwner] { loops }

    /// One turn of each loop that is awake, or the next event; false if there is nothing to do.
    ///
    /// - Parameter passesIntervals: whether time goes on where nothing but interval timers are
    /// left.
    @discardableResult
    public func step(passesIntervals: Bool = true) -> Bool {
      inside { takeStep(passesIntervals) }
    }

    private func takeStep(_ passesIntervals: Bool) -> Bool {
      let count = loops.count
      if count == 0 { return false }
      var isBusy = false
      let first = draw(below: count)
      for offset in 0..<count {
        // A loop may go, and one may come, in a turn of another.
        let index = (first + offset) % count
        guard index < loops.count, loops[index].loop.isAwake(at: now) else { continue }
        isBusy = true
        stepCount += 1
        loops[index].loop.takeTurn()
      }
      if isBusy { return true }
      // Everybody sleeps: on to the next moment at which something happens.
      guard let next = nextMoment(passesIntervals) else { return false }
      advance(to: next)
      return true
    }

    private func nextMoment(_ passesIntervals: Bool) -> UInt64? {
      var next = nextTime ?? .max
      for owner in loops { next = min(next, owner.loop.wakesAt) }
      if next == .max { return nil }
      let isIdle =
        !passesIntervals && events.isEmpty && loops.allSatisfy { !$0.loop.hasOneShots }
      return isIdle ? nil : max(next, now)
    }

    /// Runs all loops of the network until nothing is under way any more, or `limit` events have
    /// happened.
    ///
    /// Timers that fire are events too, so that an interval timer ends a run with a limit; without
    /// one it keeps the network running until it is removed.
    /// - Returns: whether the network came to rest.
    @discardableResult
    public func run(limit: Int = .max) -> Bool {
      wakeAll()
      let end = limit == .max ? Int.max : eventCount + limit
      while eventCount < end { if !step() { return true } }
      return false
    }

    /// Runs all loops until nothing is left to do but to wait for interval timers, and says whether
    /// anything was done.
    @discardableResult
    public func runUntilIdle() -> Bool {
      wakeAll()
      let before = eventCount
      while step(passesIntervals: false) {}
      return eventCount != before
    }

    /// Gives each loop a turn: what was done between two steps is noticed.
    public func wakeAll() { for owner in loops { owner.loop.wake() } }

    /// A port that nobody listens on.
    func freePort() -> UInt16 {
      while listeners[nextPort] != nil || datagramPorts[nextPort] != nil { nextPort &+= 1 }
      defer { nextPort &+= 1 }
      return nextPort
    }

    /// Forgets all that has not happened yet: the end of the world.
    public func abandon() { events.removeAll() }
  }
}

/// Something that happens at a time.
struct SimEvent {
  enum What {
    /// Bytes arrive.
    case data([UInt8])
    /// The peer has ended its direction.
    case end
    /// The connection is gone.
    case reset
    /// A connection asks a listener.
    case request(from: Int)
    /// A connection is made, or refused with an errno.
    case answer(CInt)
    /// There is room to send again.
    case room
    /// What starved is fed.
    case plenty
    /// Blocking work is done.
    case job(() -> Void)
    /// The system ends an operation of a loop that was cancelled.
    case cancel(loop: Int, Aio.OpToken)
    /// A datagram arrives.
    case datagram(SimDatagram)
    /// A task that left its loop goes on.
    case escape(UnownedJob)

    /// What kind it is, for digests and traces.
    var number: UInt8 {
      switch self {
      case .data: 1
      case .end: 2
      case .reset: 3
      case .request: 4
      case .answer: 5
      case .room: 6
      case .plenty: 7
      case .job: 8
      case .cancel: 9
      case .datagram: 10
      case .escape: 14
      }
    }

    /// Bytes that come with it, or an errno.
    var size: Int {
      switch self {
      case .data(let bytes): bytes.count
      case .answer(let errno): Int(errno)
      case .datagram(let datagram): datagram.bytes.count
      case .request(let client): client
      default: 0
      }
    }
  }

  let time: UInt64
  let order: Int
  let socket: Int
  let what: What

  static func < (one: SimEvent, other: SimEvent) -> Bool {
    (one.time, one.order) < (other.time, other.order)
  }
}
