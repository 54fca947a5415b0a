// Dialling and announcing by dial strings, without waiting.
//
// `adial` is a question to a resolver and a `DialRace`; this file drives them.  A socket that lost
// the race is closed, and the winner's handle is the completion's `accepted`.

import Glibc
import Lib9c
public import Sys9

/// A dial string on its way to a connection.
final class DialActivity: Activity {
  private let name: DialString
  private let kindWanted: Sockets.Kind?
  private var found: [Aio.ResolvedAddress] = []
  private var attempts: [Aio.Handle] = []
  private var race = DialRace(families: [], noAddress: ENOENT)
  private var delay = Aio.TimerToken.none
  private var limit = Aio.TimerToken.none
  private var question = Aio.OpToken.none
  private(set) var failure: SystemError?

  /// How long an address is alone in the race.  RFC 8305, section 5.
  private static let attemptDelay: Duration = .milliseconds(250)

  init(_ name: DialString) {
    self.name = name
    kindWanted = name.kind
  }

  func start(
    _ resolver: any Aio.Resolver, timeout: Duration?, on loop: Aio.Loop
  ) {
    if let timeout {
      limit = loop.addOneShot(
        after: timeout,
        to: Aio.Callback { [weak self] _, loop in
          self?.giveUp(ETIMEDOUT, loop)
        })
    }
    let answered = Aio.Callback { [weak self] completion, loop in
      // Whoever gave up has said why.
      guard let self, loop.isUnderWay(self) else { return }
      question = .none
      // One that was given up has its reason already.
      if !loop.isUnderWay(self) { return }
      found = completion.addresses
      failure = completion.failure
      begin(completion.error, loop)
    }
    question = loop.resolve(name, by: resolver, to: answered)
  }

  private func begin(_ error: CInt?, _ loop: Aio.Loop) {
    if !loop.isUnderWay(self) { return }
    attempts = found.map { _ in .none }
    race = DialRace(families: found.map(\.address.family), noAddress: error ?? ENOENT)
    perform(race.handle(.begin), loop)
  }

  private func giveUp(_ errno: Int32, _ loop: Aio.Loop) {
    if question != .none {
      loop.cancel(question)
      end(-errno, loop)
    } else {
      perform(race.handle(.giveUp(errno)), loop)
    }
  }

  override func stop(on loop: Aio.Loop) { giveUp(ECANCELED, loop) }

  private func perform(_ actions: [DialRace.Action], _ loop: Aio.Loop) {
    for action in actions {
      switch action {
      case .start(let attempt): tryAddress(attempt, loop)
      case .armDelay:
        delay = loop.addOneShot(
          after: Self.attemptDelay,
          to: Aio.Callback { [weak self] _, loop in
            guard let self else { return }
            perform(race.handle(.delayPassed), loop)
          })
      case .disarmDelay: loop.removeTimer(delay)
      case .abandon(let attempt): loop.close(attempts[attempt])
      case .won(let attempt):
        connection = attempts[attempt]
        end(0, loop)
      case .lost(let errno): end(-errno, loop)
      }
    }
  }

  private func tryAddress(_ attempt: Int, _ loop: Aio.Loop) {
    let place = found[attempt]
    let told = Aio.Callback { [weak self] completion, loop in
      guard let self else { return loop.close(completion.handle).ignore() }
      if let error = completion.error {
        loop.close(completion.handle)
        failed(attempt, error, loop)
      } else if race.isOver {
        loop.close(completion.handle)  // too late
      } else {
        perform(race.handle(.connected(attempt)), loop)
      }
    }
    do {
      attempts[attempt] = try loop.connect(to: place.address, kind: place.kind, told)
    } catch {
      failed(attempt, error.errno, loop)
    }
  }

  private func failed(_ attempt: Int, _ errno: Int32, _ loop: Aio.Loop) {
    if race.isOver { return }
    failure = SystemError(call: "dial", errno: errno, subject: "\(name)")
    perform(race.handle(.failed(attempt, errno)), loop)
  }

  private func end(_ result: Int32, _ loop: Aio.Loop) {
    loop.removeTimer(limit)
    loop.removeTimer(delay)
    if result >= 0 {
      failure = nil
    } else if result == -ETIMEDOUT || failure == nil {
      failure = SystemError(call: "dial", errno: -result, subject: "\(name)")
    }
    loop.end(self, result)
  }
}

extension Aio.OpToken {
  /// Says that nobody needs the name.
  fileprivate func ignore() {}
}

extension Aio.Loop {
  /// Connects to `address`, such as `tcp!example.com!http`, `udp!::1!53` or `unix!/tmp/socket`.
  ///
  /// Names are asked for without waiting, and a host's addresses race (RFC 8305).  The completion's
  /// `accepted` is the connection; its `failure` says in words why there is none.  What is wrong
  /// with the dial string comes as `EINVAL`.
  /// - Parameter timeout: how long all of it may take; nil for as long as the system is patient.
  ///
  /// Corresponds to `Aio::adial`.
  @discardableResult
  public final func adial(
    _ address: String, by resolver: any Aio.Resolver = Aio.SystemResolver.shared,
    timeout: Duration? = .seconds(60), to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    guard let name = try? DialString(parsing: address), !name.isAnyHost else {
      return refuse(.dial, .none, EINVAL, receiver)
    }
    let activity = DialActivity(name)
    let site = Aio.Site(file, line: line, function: function)
    let token = begin(activity, .dial, receiver, site)
    if token != .none { activity.start(resolver, timeout: timeout, on: self) }
    return token
  }

  /// A listener for `address`, such as `tcp!*!80`, `tcp!127.0.0.1!0` or `unix!/tmp/socket`; of
  /// `udp`, a socket that receives datagrams.
  ///
  /// `*` is IPv6 and IPv4 alike, or IPv4 alone where the system has no IPv6.  A Unix socket that
  /// the last server left behind is replaced, one with a server is not.
  ///
  /// - Throws: what is wrong with the dial string; `EWOULDBLOCK` if somebody would have to be asked
  ///   for a name, see the form with a receiver; what the system refuses.
  ///
  /// Corresponds to `Aio::announce`.
  public final func announce(
    _ address: String, options: Aio.ListenOptions = Aio.ListenOptions()
  ) throws(SystemError) -> Aio.Handle {
    let name: DialString
    do { name = try DialString(parsing: address) } catch {
      throw SystemError(call: "announce", text: error.description, subject: address)
    }
    guard let place = name.literal, let kind = name.kind else {
      throw SystemError(call: "announce", errno: EWOULDBLOCK, subject: address)
    }
    return try announce(place, named: name, address, kind, options)
  }

  private func announce(
    _ place: SocketAddress, named name: DialString, _ address: String, _ kind: Sockets.Kind,
    _ options: Aio.ListenOptions
  ) throws(SystemError) -> Aio.Handle {
    if case .unix = name, !isSimulated {
      // What was left behind is removed, with care: see Net.
      return try adopt(listener: try Net.announce(address).release(), kind, options)
    }
    do {
      return try announce(place, kind: kind, options: options)
    } catch {
      guard name.isAnyHost, error.errno == EAFNOSUPPORT else { throw error }
      return try announce(.ipv4(0, port: place.port), kind: kind, options: options)
    }
  }

  /// As `announce`, for addresses that may have names in them.
  ///
  /// A daemon asks for them; the completion's `accepted` is the listener.
  @discardableResult
  public final func announce(
    _ address: String, options: Aio.ListenOptions = Aio.ListenOptions(),
    by resolver: any Aio.Resolver = Aio.SystemResolver.shared, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    guard let name = try? DialString(parsing: address) else {
      return refuse(.dial, .none, EINVAL, receiver)
    }
    let activity = AnnounceActivity()
    let token = begin(
      activity, .dial, receiver, Aio.Site(file, line: line, function: function))
    if token == .none { return token }
    activity.question = resolve(
      name, by: resolver,
      to: Aio.Callback { completion, loop in
        if !loop.isUnderWay(activity) { return }
        var error = completion.error ?? ENOENT
        for found in completion.addresses {
          do throws(SystemError) {
            activity.connection = try loop.announce(
              found.address, named: name, address, found.kind, options)
            return loop.end(activity, 0)
          } catch let refusal {
            error = refusal.errno
          }
        }
        loop.end(activity, -error)
      })
    return token
  }

  private func adopt(
    listener: consuming Descriptor, _ kind: Sockets.Kind, _ options: Aio.ListenOptions
  ) throws(SystemError) -> Aio.Handle {
    let fd = listener.release()
    let code = Kernel.setBlocking(fd, false)
    if code == 0 && kind == .stream { _ = Kernel.listen(fd, backlog: options.backlog) }
    return try add(fd, kind == .stream ? [.isListener] : [.canWrite, .isDatagram])
  }
}

/// A name on its way to a listener.
private final class AnnounceActivity: Activity {
  var question = Aio.OpToken.none

  override func stop(on loop: Aio.Loop) {
    loop.cancel(question)
    loop.end(self, -ECANCELED)
  }
}

extension DialString {
  /// Whether it means all of this machine's addresses, which nobody can dial.
  var isAnyHost: Bool {
    if case .service(_, .any, _) = self { return true }
    return false
  }
}
