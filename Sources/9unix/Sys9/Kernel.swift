// The calls of an event loop, in the form that a hot path wants.
//
// A loop meets EAGAIN as often as success, and looks at the errno of each: a thrown error would be
// built to be taken apart.  So these calls answer with a count, or with the errno negated, as the
// kernel itself does.  EINTR is retried and faults are injected as everywhere (E1, E2).

public import CNine
public import Glibc

/// System calls whose result is a value when it is not negative, and an errno negated if it is.
///
/// All descriptors that they make are close-on-exec.
public enum Kernel {
  /// Calls `body` until it is not interrupted.
  @inline(__always)
  private static func result(_ call: StaticString, _ body: () -> CInt) -> CInt {
    CInt(truncatingIfNeeded: count(call) { Int(body()) })
  }

  /// Calls `body` until it is not interrupted.
  @inlinable @inline(__always)
  static func count(_ call: StaticString, _ body: () -> Int) -> Int {
    while true {
      var code = Faults.isAny ? Faults.answer(call) : 0
      if code == 0 {
        let result = body()
        if result >= 0 { return result }
        code = Glibc.errno
      }
      if code == EINTR { continue }
      precondition(code != EFAULT, "E2: a bad address is our bug, not the kernel's")
      return -Int(code)
    }
  }

  // Time.

  /// Nanoseconds of a clock that never goes back.  `clock_gettime(CLOCK_MONOTONIC)`, 20 ns.
  public static func monotonicNs() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Nanoseconds of processor time of all threads.  `clock_gettime(CLOCK_PROCESS_CPUTIME_ID)`.
  public static func processCpuNs() -> UInt64 { ns(of: CLOCK_PROCESS_CPUTIME_ID) }

  /// The same of the calling thread.  `clock_gettime(CLOCK_THREAD_CPUTIME_ID)`.
  public static func threadCpuNs() -> UInt64 { ns(of: CLOCK_THREAD_CPUTIME_ID) }

  private static func ns(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Nanoseconds since 1970.  `clock_gettime(CLOCK_REALTIME)`.
  public static func realtimeNs() -> UInt64 { ns(of: CLOCK_REALTIME) }

  // Sockets.

  /// A socket; a ring wants one that blocks, and then never blocks itself.  `socket(2)`.
  public static func socket(_ family: CInt, _ type: CInt, blocks: Bool) -> CInt {
    let flags = blocks ? CInt(bitPattern: SOCK_CLOEXEC.rawValue) : SOCK_NONBLOCK_CLOEXEC
    return result("socket") { Glibc.socket(family, type | flags, 0) }
  }

  /// Makes a descriptor block, or not.  `fcntl(2)`, `O_NONBLOCK`.
  public static func setBlocking(_ fd: CInt, _ blocks: Bool) -> CInt {
    let flags = result("fcntl") { fcntl(fd, F_GETFL) }
    if flags < 0 { return flags }
    return result("fcntl") {
      fcntl(fd, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK)
    }
  }

  private static let SOCK_NONBLOCK_CLOEXEC =
    CInt(bitPattern: SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

  /// Waits for connections, of which the system keeps `backlog`.  `listen(2)`.
  public static func listen(_ fd: CInt, backlog: CInt) -> CInt {
    result("listen") { Glibc.listen(fd, backlog) }
  }

  /// Begins a connection; `EINPROGRESS` is the usual answer.  `connect(2)`.
  public static func connect(_ fd: CInt, _ address: UnsafeRawPointer, _ size: Int) -> CInt {
    result("connect") {
      unsafe Glibc.connect(fd, address.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
    }
  }

  /// The next connection, a non-blocking socket.  `accept4(2)`.
  public static func accept(_ fd: CInt) -> CInt {
    result("accept4") { cnine_accept_now(fd) }
  }

  /// Ends one or both directions.  `shutdown(2)`.
  public static func shutdown(_ fd: CInt, _ how: CInt) -> CInt {
    result("shutdown") { Glibc.shutdown(fd, how) }
  }

  /// Receives up to `size` bytes; 0 is the end of a stream.  `recv(2)`.
  @inlinable @inline(__always)
  public static func receive(_ fd: CInt, _ base: UnsafeMutableRawPointer, _ size: Int) -> Int {
    count("recv") { unsafe recv(fd, base, size, 0) }
  }

  /// Sends what the socket takes, without a signal where nobody listens.  `send(2)`.
  @inlinable @inline(__always)
  public static func send(_ fd: CInt, _ base: UnsafeRawPointer, _ size: Int) -> Int {
    count("send") { unsafe Glibc.send(fd, base, size, CInt(MSG_NOSIGNAL)) }
  }

  /// Reads up to `size` bytes of anything.  `read(2)`.
  public static func read(_ fd: CInt, _ base: UnsafeMutableRawPointer, _ size: Int) -> Int {
    count("read") { unsafe Glibc.read(fd, base, size) }
  }

  /// Writes up to `size` bytes to anything.  `write(2)`.
  public static func write(_ fd: CInt, _ base: UnsafeRawPointer, _ size: Int) -> Int {
    count("write") { unsafe Glibc.write(fd, base, size) }
  }

  /// Closes a descriptor that we own.  Linux frees it even on EINTR: never retried.  `close(2)`.
  public static func close(_ fd: CInt) {
    // Best effort: a socket has nothing to say when it is closed.
    let result = Glibc.close(fd)
    precondition(result == 0 || errno != EBADF, "E2: a descriptor is closed once")
  }

  // Events.

  /// A set of watched descriptors.  `epoll_create1(2)`.
  public static func epollCreate() -> CInt { result("epoll_create1") { cnine_epoll_create() } }

  /// Watches `fd` for `events`, to be reported with `data`.  `epoll_ctl(2)`.
  public static func epollAdd(_ epoll: CInt, _ fd: CInt, _ events: Events, data: UInt64) -> CInt {
    result("epoll_ctl") { cnine_epoll_add(epoll, fd, events.rawValue, data) }
  }

  /// What may happen to a watched descriptor: `EPOLLIN` and so on.
  public struct Events: OptionSet, Sendable {
    /// The bits, as `epoll_ctl(2)` has them.
    public let rawValue: UInt32

    /// These bits.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `EPOLLIN`: there is something to read, or the end of it.
    @inlinable public static var canRead: Events { Events(rawValue: 1) }
    /// `EPOLLOUT`: there is room to write.
    @inlinable public static var canWrite: Events { Events(rawValue: 4) }
    /// `EPOLLERR`: the descriptor has an error to tell.
    @inlinable public static var hasError: Events { Events(rawValue: 8) }
    /// `EPOLLHUP`: both directions have ended.
    @inlinable public static var isOver: Events { Events(rawValue: 16) }
    /// `EPOLLRDHUP`: the peer sends nothing more.
    @inlinable public static var isEnding: Events { Events(rawValue: 1 << 13) }
    /// `EPOLLET`: report changes, not states.
    @inlinable public static var changes: Events { Events(rawValue: 1 << 31) }
  }

  /// Room for what a wait reports.
  @safe public struct EventList: ~Copyable {
    private let events: UnsafeMutablePointer<cnine_event>
    private let capacity: Int

    /// Room for `capacity` events.
    public init(capacity: Int) {
      unsafe events = .allocate(capacity: capacity)
      self.capacity = capacity
    }

    deinit { unsafe events.deallocate() }

    /// Waits for events for at most `timeoutNs`, for ever if that is negative.  `epoll_pwait2(2)`.
    ///
    /// A signal ends the wait without an event: this one call does not retry.
    public borrowing func wait(_ epoll: CInt, timeoutNs: Int64) -> CInt {
      if let fault = Faults.next("epoll_wait") { return fault == EINTR ? 0 : -fault }
      let found = unsafe cnine_epoll_wait(epoll, events, CInt(capacity), timeoutNs)
      if found >= 0 { return found }
      return errno == EINTR ? 0 : -errno
    }

    /// The event at `index` of those that the last wait found.
    public subscript(index: Int) -> (events: Events, data: UInt64) {
      precondition(index >= 0 && index < capacity, "an event that was found")
      let event = unsafe events[index]
      return (Events(rawValue: event.events), event.data)
    }
  }

  /// Whether `fd` can be read (`canRead`) or written (`canWrite`) now, or would say that all is
  /// over; true if the system cannot tell, so that the call itself is tried.  `poll(2)`, without
  /// waiting.
  public static func isReady(_ fd: CInt, _ event: Events) -> Bool {
    let wanted = event == .canRead ? POLLIN : POLLOUT
    var polled = pollfd(fd: fd, events: Int16(truncatingIfNeeded: wanted), revents: 0)
    return count("poll") { unsafe Int(poll(&polled, 1, 0)) } != 0
  }

  /// A counter that can be waited for.  `eventfd(2)`.
  public static func eventCounter() -> CInt { result("eventfd") { cnine_eventfd() } }

  /// Adds one to an event counter; one that is full has been noticed already.  `write(2)`.
  public static func raise(_ counter: CInt) {
    var one: UInt64 = 1
    _ = unsafe write(counter, &one, MemoryLayout<UInt64>.size)
  }

  /// Sets an event counter to zero.  `read(2)`.
  public static func lower(_ counter: CInt) {
    var value: UInt64 = 0
    _ = unsafe read(counter, &value, MemoryLayout<UInt64>.size)
  }

  // Rings.

  /// A ring; `params` is an `io_uring_params`.  `io_uring_setup(2)`.
  public static func ringSetup(_ entries: UInt32, _ params: UnsafeMutableRawPointer) -> CInt {
    result("io_uring_setup") { unsafe cnine_uring_setup(entries, params) }
  }

  /// Submits and waits.  `io_uring_enter(2)`; EINTR comes back, since the caller must look at the
  /// ring first, and so do the `ETIME` and `EBUSY` of a wait that ended without success.
  @inline(__always)
  public static func ringEnter(
    _ ring: CInt, submit: UInt32, wait: UInt32, flags: UInt32, _ argument: UnsafeMutableRawPointer?,
    _ size: Int
  ) -> CInt {
    if let fault = Faults.next("io_uring_enter") { return -fault }
    let taken = unsafe cnine_uring_enter(ring, submit, wait, flags, argument, size)
    return taken >= 0 ? taken : -errno
  }

  /// Registers buffers, files and the like.  `io_uring_register(2)`.
  public static func ringRegister(
    _ ring: CInt, _ opcode: UInt32, _ argument: UnsafeMutableRawPointer?, _ count: UInt32
  ) -> CInt {
    result("io_uring_register") { unsafe cnine_uring_register(ring, opcode, argument, count) }
  }

  // Memory.

  /// Fresh zeroed memory, shared with `fd` from `offset` if that is a descriptor; nil if there is
  /// none.  `mmap(2)`.
  public static func map(
    _ size: Int, sharedWith fd: CInt = -1, offset: Int = 0
  ) -> UnsafeMutableRawPointer? {
    if Faults.next("mmap") != nil { return nil }
    let flags = fd >= 0 ? MAP_SHARED | MAP_POPULATE : MAP_PRIVATE | MAP_ANONYMOUS
    let base = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, flags, fd, offset)
    return unsafe base == MAP_FAILED ? nil : base
  }

  /// Gives mapped memory back.  `munmap(2)`.
  public static func unmap(_ base: UnsafeMutableRawPointer, _ size: Int) {
    let result = unsafe munmap(base, size)
    precondition(result == 0, "what was mapped is unmapped once")
  }

  /// Asks for large pages for mapped memory, all but its first two megabytes: what stays small does
  /// not grow by it.  `madvise(2)`, `MADV_HUGEPAGE`.
  public static func useLargePages(_ base: UnsafeMutableRawPointer, _ size: Int) {
    let large = 1 << 21
    if size <= 2 * large { return }
    _ = unsafe madvise(base + large, size - large, MADV_HUGEPAGE)  // advice: small ones work too
  }

  /// Keeps mapped memory out of children: they must not write to a ring.  `madvise(2)`.
  public static func keepFromChildren(_ base: UnsafeMutableRawPointer, _ size: Int) {
    _ = unsafe madvise(base, size, MADV_DONTFORK)  // advice: an old kernel copies it
  }
}
