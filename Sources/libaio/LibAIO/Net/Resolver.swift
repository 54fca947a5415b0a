// Names to addresses, without waiting.
//
// A protocol, since there will be others than the C library, whose only way is to block: ours, in
// the daemons' lane for names.  Asking is an operation like any other: a token, a deadline, one
// terminal completion whose `addresses` say what was found.

import Glibc
public import Lib9c
public import Sys9

extension Aio {
  /// An address that a name has.
  public struct ResolvedAddress: Equatable, Sendable {
    /// Where.
    public let address: SocketAddress
    /// Streams or messages.
    public let kind: Sockets.Kind
    /// How long the name has it; nil where nobody says, as the C library does not.
    public let timeToLive: Duration?

    /// An address that a resolver has found.
    public init(_ address: SocketAddress, _ kind: Sockets.Kind, timeToLive: Duration? = nil) {
      self.address = address
      self.kind = kind
      self.timeToLive = timeToLive
    }
  }

  /// Who knows the addresses of names.  Corresponds to `Resolver`.
  public protocol Resolver: AnyObject {
    /// Asks for the addresses of a service of a host, best first.
    ///
    /// Calls `answer` once, on the loop's thread and not before this call has returned: with the
    /// addresses, or with why there are none.  The deadline and cancelling are the loop's matter:
    /// an answer that comes too late is dropped.
    func resolve(
      _ name: DialString, on loop: Loop,
      answer: @escaping (Result<[ResolvedAddress], SystemError>) -> Void)
  }

  /// The C library's names, by a daemon.  `getaddrinfo(3)`.
  public final class SystemResolver: Resolver, Sendable {
    /// For all loops.
    public static let shared = SystemResolver()

    /// Has a daemon ask.
    public func resolve(
      _ name: DialString, on loop: Loop,
      answer: @escaping (Result<[ResolvedAddress], SystemError>) -> Void
    ) {
      let callback = Callback { completion, _ in
        guard let found = completion.activity as? DaemonJob<Result<[Endpoint], SystemError>>,
          let result = found.answer
        else {
          let error = SystemError(call: "resolve", errno: completion.error ?? ECANCELED)
          return answer(.failure(error))
        }
        answer(result.map { $0.map { ResolvedAddress($0.address, $0.kind) } })
      }
      let known = loop.names(name)
      _ = loop.ask(.names, .blocking, callback, loop.site) {
        if let known { return known.map { $0.map { Endpoint($0.kind, $0.address) } } }
        return Result { () throws(SystemError) in try Net.endpoints(name) }
      } deliver: { _, _ in
        0
      }
    }
  }

  /// Names from a table: for tests, and for programs that know all they will ever dial.
  public final class TableResolver: Resolver {
    private let table: [String: [SocketAddress]]

    /// A resolver that knows these hosts and no others.
    public init(_ table: [String: [SocketAddress]]) { self.table = table }

    /// Answers in the next turn of the loop.
    public func resolve(
      _ name: DialString, on loop: Loop,
      answer: @escaping (Result<[ResolvedAddress], SystemError>) -> Void
    ) {
      let found: Result<[ResolvedAddress], SystemError>
      if case .service(let network, .name(let host), .port(let port)) = name,
        let addresses = table[host]
      {
        let kind: Sockets.Kind = network == .udp ? .datagram : .stream
        found = .success(addresses.map { ResolvedAddress($0.with(port: port), kind) })
      } else {
        found = .failure(SystemError(call: "resolve", text: "unknown name", subject: "\(name)"))
      }
      loop.addOneShot(at: 0, to: Callback { _, _ in answer(found) })
    }
  }
}

/// A question that a loop waits for.
final class ResolveActivity: Activity {
  var result: Result<[Aio.ResolvedAddress], SystemError>?
  private(set) var deadline = Aio.TimerToken.none

  func start(
    _ name: DialString, _ resolver: any Aio.Resolver, _ deadline: UInt64?, on loop: Aio.Loop
  ) {
    if let deadline {
      let late = Aio.Callback { [weak self] _, loop in
        guard let self else { return }
        result = .failure(SystemError(call: "resolve", errno: ETIMEDOUT, subject: "\(name)"))
        loop.end(self, -ETIMEDOUT)
      }
      self.deadline = loop.addOneShot(at: deadline, to: late)
    }
    // What nobody has to be asked for is answered as late as what somebody has.
    if let address = name.literal, let kind = name.kind {
      let found = [Aio.ResolvedAddress(address, kind)]
      loop.addOneShot(
        at: 0,
        to: Aio.Callback { [weak self] _, loop in
          self?.answered(.success(found), loop)
        })
    } else {
      resolver.resolve(name, on: loop) { [weak self, weak loop] result in
        if let loop { self?.answered(result, loop) }
      }
    }
  }

  private func answered(
    _ answer: Result<[Aio.ResolvedAddress], SystemError>, _ loop: Aio.Loop
  ) {
    if !loop.isUnderWay(self) { return }
    loop.removeTimer(deadline)
    result = answer
    switch answer {
    case .success(let addresses): loop.end(self, Int32(clamping: addresses.count))
    // Where words alone tell the reason: the name has no address.
    case .failure(let error): loop.end(self, error.errno == 0 ? -ENOENT : -error.errno)
    }
  }

  override func stop(on loop: Aio.Loop) {
    loop.removeTimer(deadline)
    loop.end(self, -ECANCELED)
  }
}

extension DialString {
  /// What sockets a dial string wants; nil if that depends on the service.
  var kind: Sockets.Kind? {
    switch self {
    case .unix, .service(.tcp, _, _): .stream
    case .service(.udp, _, _): .datagram
    // A port is of both: streams come first.
    case .service(.net, _, .port): .stream
    case .service(.net, _, .name): nil
    }
  }
}

extension Aio.Completion {
  /// What a name was found to be, best first; empty for other operations and for errors.
  public var addresses: [Aio.ResolvedAddress] {
    guard let activity = activity as? ResolveActivity, case .success(let found) = activity.result
    else { return [] }
    return found
  }

  /// Why an operation of several steps failed, in more words than an errno has; nil if it did not,
  /// or if there are none.
  public var failure: SystemError? {
    switch activity {
    case let resolve as ResolveActivity:
      if case .failure(let error) = resolve.result { return error }
      return nil
    case let dial as DialActivity: return dial.failure
    default: return nil
    }
  }
}

extension Aio.Loop {
  /// Asks for the addresses of a dial string such as `tcp!example.com!http`.
  ///
  /// The completion's `addresses` are the answer, its result their number; `failure` says why there
  /// are none.  An answer that has not come at `deadline`, a moment of the loop's clock, is
  /// `ETIMEDOUT`.
  @discardableResult
  public final func resolve(
    _ name: DialString, by resolver: any Aio.Resolver = Aio.SystemResolver.shared,
    deadline: UInt64? = nil, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let activity = ResolveActivity()
    let site = Aio.Site(file, line: line, function: function)
    let token = begin(activity, .resolve, receiver, site)
    if token != .none { activity.start(name, resolver, deadline, on: self) }
    return token
  }
}
