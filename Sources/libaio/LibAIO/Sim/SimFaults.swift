// What goes wrong in a simulated world.

extension Aio {
  /// What goes wrong in a simulated world, and how often: one time in so many; 0 for never.
  ///
  /// A benign fault costs time, and no program may lose anything by it.  A harmful one ends what it
  /// hits, and whoever waits for that must be told.
  public struct SimFaults: Sendable, Equatable {
    // Benign.

    /// A send that takes only a part at first.
    public var shortOneIn = 4
    /// An operation that is held up as if a buffer were missing.
    public var starveOneIn = 0
    /// A call that a signal interrupts (`EINTR`) and that has to be tried again.
    public var interruptOneIn = 0
    /// A cancel that finds its operation with the system: it ends later, or completes before.
    public var lateCancelOneIn = 0
    /// An accept that finds no descriptor (`EMFILE`).
    public var descriptorOneIn = 0
    /// A piece that arrives after seconds instead of milliseconds: a peer that stalls.
    public var stallOneIn = 0

    // Harmful.

    /// A piece that resets its connection as it is sent.
    public var resetOneIn = 0
    /// A connect that is refused.
    public var refuseOneIn = 0
    /// A connect that nobody answers, until it times out after two minutes.
    public var silenceOneIn = 0
    /// A connection, a send or an accept for which there is no memory (`ENOBUFS`, `ENOMEM`).
    public var memoryOneIn = 0
    /// A new socket for which there is no descriptor (`EMFILE`).
    public var socketOneIn = 0
    /// A connection that is gone before it is accepted.
    public var abortOneIn = 0
    /// A datagram that is lost, and one that comes twice.
    public var lossOneIn = 0
    /// A job for which a lane has no room (`EAGAIN`), a name that is not found for now, and a file
    /// or a folder that fails, changing nothing: `EIO`, `EACCES`, `EMFILE`, `ENOSPC`.
    public var failOneIn = 0

    /// A process that cannot be started (`EAGAIN`, `ENOMEM`): `aspawn` throws.
    public var spawnOneIn = 0
    /// A step of a process at which the system kills it.
    public var killOneIn = 0

    /// The longest delay of a piece, in nanoseconds.
    public var delayNsMax: UInt64 = 2_000_000

    /// Sends that are cut, and nothing worse.
    public init() {}

    /// All that costs nothing but time.
    public static var benign: SimFaults {
      var faults = SimFaults()
      faults.starveOneIn = 50
      faults.interruptOneIn = 40
      faults.lateCancelOneIn = 2
      faults.descriptorOneIn = 6
      faults.stallOneIn = 400
      return faults
    }

    /// Everything that can go wrong with what is under way does, now and then.  Not
    /// `socketOneIn`, which makes calls throw.
    public static var all: SimFaults {
      var faults = benign
      faults.resetOneIn = 200
      faults.refuseOneIn = 20
      faults.silenceOneIn = 60
      faults.memoryOneIn = 300
      faults.abortOneIn = 40
      faults.lossOneIn = 20
      faults.failOneIn = 20
      faults.spawnOneIn = 10
      faults.killOneIn = 40
      return faults
    }
  }
}
