// A world that is not there: theory of operation.
//
// Problem.  What breaks servers is rare: a reset in the middle of an answer, a send that takes one
// byte, a cancel that comes as the operation completes, two events in the order that nobody thought
// of.  A real network shows them once a year and never again when asked.
//
// Shape.  A network within the process.  Its time moves only when everybody waits, from one event
// to the next; the order of events of equal times, the delay of each byte, how much a send takes
// and what fails are drawn from one generator with a seed.  Loops of the same network run in one
// thread, one turn each, in an order that is drawn too.  So a run is a function of the seed and of
// the program, and can be had again.
//
//     loop A --send--> stream of bytes, cut anywhere, each piece with a time of arrival --> loop B
//
// Invariants.
//   V1  Bytes of a stream arrive once, in their order, unless the connection is reset.
//   V2  Nothing happens in the past: an event's time is not before the network's.
//   V3  The generator is asked in an order that the program alone determines: nothing depends on
//       an address, a hash or the real clock.
//
// Rejected.  Simulating system calls below the back ends: it would test our use of epoll, which
// the real kernel tests better, and cost the speed that makes ten thousand seeds a matter of
// seconds.

extension Aio {
  /// What goes wrong in a simulated network, and how often.
  public struct SimFaults: Sendable {
    /// One piece in so many that is sent resets its connection; 0 for never.
    public var resetOneIn = 0
    /// One operation in so many is held up as if a buffer or descriptor were missing; 0 for never.
    public var starveOneIn = 0
    /// One connect in so many is refused; 0 for never.
    public var refuseOneIn = 0
    /// One send in so many takes only a part at first; 0 for never.
    public var shortOneIn = 4
    /// The longest delay of a piece, in nanoseconds.
    public var delayNsMax: UInt64 = 2_000_000

    /// Sends that are cut, and nothing worse.
    public init() {}

    /// Everything that can go wrong does, now and then.
    public static var all: SimFaults {
      var faults = SimFaults()
      faults.resetOneIn = 200
      faults.starveOneIn = 50
      faults.refuseOneIn = 20
      return faults
    }
  }

  /// A network within the process, whose time and accidents come from a seed.
  ///
  /// All its loops belong to one thread, which calls `run`.
  public final class SimNetwork: @unchecked Sendable {
    /// What all that happens comes from.
    public let seed: UInt64
    /// What goes wrong.
    public var faults: SimFaults
    /// Nanoseconds since the network began.
    public private(set) var now: UInt64 = 0
    /// Events that have happened.
    public private(set) var eventCount = 0
    /// Faults that were injected.
    public internal(set) var faultCount = 0

    private var random: UInt64
    private var events: [SimEvent] = []
    private var eventOrder = 0
    var sockets: [SimSocket] = []
    /// Listeners by port.
    var listeners: [UInt16: Int] = [:]
    private var nextPort: UInt16 = 40_000
    private var loops: [SimOwner] = []

    /// A network that has not begun.
    public init(seed: UInt64, faults: SimFaults = SimFaults()) {
      self.seed = seed
      self.faults = faults
      random = seed
    }

    // Chance.

    /// The next word of the generator: SplitMix64 (Steele, Lea, Flood, 2014).
    func draw() -> UInt64 {
      random &+= 0x9E37_79B9_7F4A_7C15
      var word = random
      word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      return word ^ word >> 31
    }

    /// A number below `limit`.
    func draw(below limit: Int) -> Int { Int(draw() >> 1) % max(limit, 1) }

    /// Whether something that happens one time in `count` happens now; counted as a fault if so.
    func happens(oneIn count: Int) -> Bool {
      guard count > 0, draw(below: count) == 0 else { return false }
      faultCount += 1
      return true
    }

    // Time.

    /// Makes `what` happen to `socket` after a while, not before `earliest`.
    @discardableResult
    func schedule(_ what: SimEvent.What, on socket: Int, notBefore earliest: UInt64 = 0) -> UInt64 {
      let delay = 1000 + draw() % max(faults.delayNsMax, 1)
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
      let first = events[0]
      let last = events.removeLast()
      if events.isEmpty { return first }
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
      while let event = events.first, event.time <= time {
        assert(event.time >= now, "V2: \(event.time) is past at \(now)")
        now = event.time
        eventCount += 1
        happen(takeEvent())
      }
      now = max(now, time)
    }

    // Loops.

    func join(_ loop: SimLoop) { loops.append(SimOwner(loop: loop)) }

    func leave(_ loop: SimLoop) {
      loops.removeAll { $0.identity == ObjectIdentifier(loop) }
    }

    /// Runs all loops of the network until nothing is under way any more, or `limit` events have
    /// happened.
    ///
    /// - Returns: whether the network came to rest.
    @discardableResult
    public func run(limit: Int = .max) -> Bool {
      let end = limit == .max ? Int.max : eventCount + limit
      while eventCount < end {
        var isBusy = false
        let first = draw(below: loops.count)
        for index in loops.indices {
          if loops[(first + index) % loops.count].loop.takeTurn() { isBusy = true }
        }
        if isBusy { continue }
        // Everybody waits: on to the next moment at which something happens.
        var next = nextTime
        for loop in loops {
          if let deadline = loop.loop.nextDeadline {
            next = min(next ?? .max, max(deadline, now))
          }
        }
        guard let next else { return true }
        advance(to: next)
      }
      return false
    }

    /// A port that nobody listens on.
    func freePort() -> UInt16 {
      while listeners[nextPort] != nil { nextPort &+= 1 }
      defer { nextPort &+= 1 }
      return nextPort
    }
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
  }

  let time: UInt64
  let order: Int
  let socket: Int
  let what: What

  static func < (one: SimEvent, other: SimEvent) -> Bool {
    (one.time, one.order) < (other.time, other.order)
  }
}
