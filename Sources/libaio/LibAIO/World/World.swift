// What the runtime stands on: theory of operation.
//
// A program touches the outside through a loop, and a loop is made by a world: the machine's, on
// epoll or io_uring (or kqueue, where the build has it), or a simulated one, in which time, order
// and failures come from a seed. Which it is decides itself once, here; nothing asks again on the
// way of an event.

public import Sys9

extension Aio {
  /// The system that loops run on.
  public enum World: Sendable {
    /// The machine, by `epoll(7)`.
    case epoll
    /// The machine, by `io_uring(7)`.
    case uring
    #if AIO_KQUEUE
      /// The machine, by `kqueue(2)`: in builds with the condition AIO_KQUEUE alone.
      case kqueue
    #endif
    /// The machine: io_uring where it may be used and can do what we need, else epoll, unless the
    /// build says otherwise by its option AIO_BACKEND.
    case machine
    /// Nothing real: a network within the process whose time and accidents come from a seed.
    case simulated(SimNetwork)

    /// A loop in this world.
    ///
    /// - Throws: what the system refuses.  `.machine` falls back to epoll only where io_uring is
    ///   not there or not allowed (`ENOSYS`, `EPERM`, `EINVAL`): a lack of memory or descriptors is
    ///   reported, since epoll would lack them too.
    public func makeLoop(_ options: LoopOptions = LoopOptions()) throws(SystemError) -> Loop {
      switch self {
      case .epoll: return try EpollLoop(options: options)
      case .uring: return try UringLoop(options: options)
      #if AIO_KQUEUE
        case .kqueue: return try KqueueLoop(options: options)
      #endif
      case .machine: return try Self.standardLoop(options)
      case .simulated(let network): return try SimLoop(network, options: options)
      }
    }
  }
}
