import Glibc
import Lib9c
import LibAIO
import Servers
import Support
import Sys9
import Testing

/// Runs a loop until `count` of its answers have come.
private final class Waiting {
  private(set) var kinds: [Aio.OpKind] = []
  private(set) var results: [Int] = []
  private(set) var handles: [Aio.Handle] = []
  private var left: Int

  init(_ count: Int) { left = count }

  /// A receiver whose terminal completions are counted.
  func receiver(_ also: @escaping (inout Aio.Completion, Aio.Loop) -> Void = { _, _ in })
    -> Aio.Callback
  {
    Aio.Callback { [self] completion, loop in
      also(&completion, loop)
      if !completion.isLast { return }
      kinds.append(completion.kind)
      results.append(completion.result)
      handles.append(completion.accepted)
      left -= 1
      if left == 0 { loop.stop() }
    }
  }
}

@Suite("Network") struct NetTests {
  private func dialString(_ loop: Aio.Loop, _ listener: Aio.Handle) throws -> String {
    "tcp!127.0.0.1!\(try loop.localAddress(of: listener).port)"
  }

  @Test("dials what was announced", arguments: TestWorld.allCases)
  func dials(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let server = EchoServer(on: listener, of: loop)
    let waiting = Waiting(1)
    loop.adial(try dialString(loop, listener), to: waiting.receiver())
    loop.run()
    #expect(waiting.kinds == [.dial] && waiting.results == [0])
    #expect(waiting.handles[0] != .none)
    var echoed: [UInt8] = []
    loop.receive(
      from: waiting.handles[0], repeating: true,
      to: Aio.Callback { completion, loop in
        if let buffer = completion.takeBuffer() {
          for index in 0..<buffer.count { echoed.append(buffer[index]) }
        }
        if echoed.count >= 5 { loop.stop() }
      })
    loop.send(Aio.Buffer("hello"), to: waiting.handles[0], Aio.Callback { _, _ in })
    loop.run()
    #expect(String(decoding: echoed, as: UTF8.self) == "hello")
    #expect(server.accepted == 1)
  }

  @Test("says why there is no connection", arguments: TestWorld.allCases)
  func refused(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    // A port that was ours a moment ago, and that nobody listens on.
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let address = try dialString(loop, listener)
    let closing = Waiting(1)
    loop.close(listener, closing.receiver())
    loop.run()
    let waiting = Waiting(1)
    var failure: SystemError?
    loop.adial(
      address, to: waiting.receiver { completion, _ in failure = completion.failure })
    loop.run()
    #expect(waiting.results == [-Int(ECONNREFUSED)])
    #expect(failure == SystemError(call: "dial", errno: ECONNREFUSED, subject: address))
    #expect(waiting.handles == [.none])
    loop.runUntilIdle()
    #expect(loop.isAtRest, "no attempt is left")
  }

  @Test(
    "dial strings that mean nothing are refused", arguments: TestWorld.allCases,
    ["", "tcp!*!80", "nosuch!a!b", "tcp!a"])
  func malformed(_ world: TestWorld, _ text: String) throws {
    let loop = try world.makeLoop()
    let waiting = Waiting(1)
    loop.adial(text, to: waiting.receiver())
    loop.run()
    #expect(waiting.results == [-Int(EINVAL)])
  }

  @Test("the first address that answers wins", arguments: TestWorld.allCases)
  func races(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let port = try loop.localAddress(of: listener).port
    loop.accept(on: listener, repeating: true, to: Aio.Callback { _, _ in })
    // The first two refuse; in the simulation ports alone matter.
    let dead = SocketAddress.ipv6(0, 1, port: 1, scope: 0)
    let resolver = Aio.TableResolver([
      "host": world == .simulation
        ? [.ipv4(0x7F00_0001, port: 0)] : [dead, .ipv4(0x7F00_0001, port: 0)]
    ])
    let waiting = Waiting(1)
    loop.adial("tcp!host!\(port)", by: resolver, to: waiting.receiver())
    loop.run()
    #expect(waiting.results == [0])
    #expect(loop.timerCount == 0, "no delay and no limit is left")
  }

  @Test("an unknown name is an error, in words", arguments: TestWorld.allCases)
  func unknown(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let waiting = Waiting(1)
    var failure: SystemError?
    loop.adial(
      "tcp!nowhere!80", by: Aio.TableResolver([:]),
      to: waiting.receiver { completion, _ in failure = completion.failure })
    loop.run()
    #expect(waiting.results == [-Int(ENOENT)])
    #expect(failure?.text == "unknown name")
  }

  /// Never answers.
  private final class SilentResolver: Aio.Resolver {
    func resolve(
      _ name: DialString, on loop: Aio.Loop,
      answer: @escaping (Result<[Aio.ResolvedAddress], SystemError>) -> Void
    ) {}
  }

  @Test("a dead name server costs its time limit, and no more", arguments: TestWorld.allCases)
  func timesOut(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let waiting = Waiting(2)
    var words: [String] = []
    let told = waiting.receiver { completion, _ in
      words.append(completion.failure?.description ?? "nothing")
    }
    loop.adial("tcp!host!80", by: SilentResolver(), timeout: .milliseconds(20), to: told)
    let name = try DialString(parsing: "tcp!host!80")
    loop.resolve(
      name, by: SilentResolver(), deadline: loop.now + 10_000_000, to: waiting.receiver())
    loop.run()
    #expect(waiting.kinds == [.resolve, .dial])
    #expect(waiting.results == [-Int(ETIMEDOUT), -Int(ETIMEDOUT)])
    #expect(words == ["tcp!host!80: Connection timed out"])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("dialling can be cancelled", arguments: TestWorld.allCases)
  func cancelled(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let waiting = Waiting(1)
    let token = loop.adial("tcp!host!80", by: SilentResolver(), to: waiting.receiver())
    loop.cancel(token)
    loop.cancel(token)
    loop.run()
    #expect(waiting.results == [-Int(ECANCELED)])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("names are asked for by a daemon", arguments: TestWorld.real)
  func resolves(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    var found: [Aio.ResolvedAddress] = []
    let waiting = Waiting(1)
    loop.resolve(
      try DialString(parsing: "tcp!localhost!80"),
      to: waiting.receiver { completion, _ in found = completion.addresses })
    loop.run()
    #expect(waiting.results[0] == found.count)
    #expect(found.contains { $0.address.port == 80 && $0.kind == .stream })
  }

  @Test("announces what has to be asked for", arguments: TestWorld.real)
  func announcesNames(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    #expect(throws: SystemError(call: "announce", errno: EWOULDBLOCK, subject: "tcp!localhost!0")) {
      _ = try loop.announce("tcp!localhost!0")
    }
    let waiting = Waiting(1)
    loop.announce("tcp!localhost!0", to: waiting.receiver())
    loop.run()
    #expect(waiting.results == [0])
    #expect(try loop.localAddress(of: waiting.handles[0]).port != 0)
  }

  @Test("listen leaves the connection for accept", arguments: TestWorld.allCases)
  func listens(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let waiting = Waiting(2)
    loop.listen(
      on: listener,
      to: waiting.receiver { _, loop in loop.accept(on: listener, to: waiting.receiver()) })
    _ = try loop.connect(to: try loop.localAddress(of: listener), Aio.Callback { _, _ in })
    loop.run()
    #expect(waiting.kinds == [.readable, .accept] && waiting.results == [0, 0])
  }

  @Test("a Unix socket that was left behind is replaced", arguments: TestWorld.real)
  func unixSocket(_ world: TestWorld) throws {
    let workshop = try Workshop()
    let path = "unix!\(workshop.path("socket"))"
    do {
      let first = try world.makeLoop()
      _ = try first.announce(path)
    }
    #expect(workshop.exists("socket"), "a loop that ends leaves the file")
    let loop = try world.makeLoop()
    let listener = try loop.announce(path)
    let server = EchoServer(on: listener, of: loop)
    let waiting = Waiting(1)
    loop.adial(path, to: waiting.receiver())
    loop.run()
    #expect(waiting.results == [0])
    loop.runUntilIdle()
    #expect(server.accepted == 1)
  }

  @Test("datagrams are answered from where they came", arguments: TestWorld.real)
  func datagrams(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let server = try loop.announce("udp!127.0.0.1!0")
    let address = try loop.localAddress(of: server)
    var senders: [SocketAddress?] = []
    loop.receiveFrom(
      server, repeating: true,
      to: Aio.Callback { completion, loop in
        let sender = completion.sender
        senders.append(sender)
        if let buffer = completion.takeBuffer(), let sender {
          loop.send(buffer, to: sender, through: server, Aio.Callback { _, _ in })
        }
      })
    var answers: [[UInt8]] = []
    let client = try loop.connect(to: address, kind: .datagram, Aio.Callback { _, _ in })
    loop.receive(
      from: client, repeating: true,
      to: Aio.Callback { completion, loop in
        guard let buffer = completion.takeBuffer() else { return }
        answers.append((0..<buffer.count).map { buffer[$0] })
        if answers.count == 3 { loop.stop() }
      })
    for text in ["one", "two and more", "3"] {
      loop.send(Aio.Buffer(text), to: client, Aio.Callback { _, _ in })
    }
    loop.run()
    #expect(answers.map { String(decoding: $0, as: UTF8.self) } == ["one", "two and more", "3"])
    let mine = try loop.localAddress(of: client)
    #expect(senders == [mine, mine, mine])
  }

  @Test("options are what was set", arguments: TestWorld.real)
  func options(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    let options: [Aio.SocketOption] = [
      .noDelay(false), .keepAlive(true), .keepAliveIdle(seconds: 77),
      .userTimeout(milliseconds: 1234), .receiveBuffer(65_536), .sendBuffer(65_536),
    ]
    for option in options { try loop.setOption(option, on: listener) }
    let fd = try loop.descriptor(of: listener)
    #expect(try Sockets.option(fd, CInt(IPPROTO_TCP), TCP_NODELAY) == 0)
    #expect(try Sockets.option(fd, CInt(IPPROTO_TCP), TCP_KEEPIDLE) == 77)
    #expect(try Sockets.option(fd, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT) == 1234)
    #expect(try Sockets.option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(throws: SystemError(call: "descriptor", errno: EBADF)) {
      try loop.setOption(.keepAlive(true), on: .none)
    }
  }

  @Test("workers share a port", arguments: TestWorld.real)
  func sharesPort(_ world: TestWorld) throws {
    let loops = [try world.makeLoop(), try world.makeLoop()]
    var options = Aio.ListenOptions()
    options.sharesPort = true
    let first = try loops[0].announce("tcp!127.0.0.1!0", options: options)
    let port = try loops[0].localAddress(of: first).port
    let second = try loops[1].announce("tcp!127.0.0.1!\(port)", options: options)
    #expect(try loops[1].localAddress(of: second).port == port)
    #expect(throws: SystemError(call: "bind", errno: EADDRINUSE, subject: "127.0.0.1:\(port)")) {
      _ = try loops[1].announce("tcp!127.0.0.1!\(port)")
    }
  }

  @Test("half of a connection can end before the other", arguments: TestWorld.allCases)
  func halfClose(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce("tcp!127.0.0.1!0")
    // Answers only after the end of what it is asked.
    loop.accept(
      on: listener,
      to: Aio.Callback { completion, loop in
        let peer = completion.accepted
        loop.receive(
          from: peer, repeating: true,
          to: Aio.Callback { completion, loop in
            if completion.isEnd {
              loop.send(Aio.Buffer("bye"), to: peer, Aio.Callback { _, _ in })
            }
          })
      })
    var answer = ""
    let client = try loop.connect(
      to: try loop.localAddress(of: listener),
      Aio.Callback { completion, loop in
        try? loop.shutdown(completion.handle, CInt(SHUT_WR))
      })
    loop.receive(
      from: client, repeating: true,
      to: Aio.Callback { completion, loop in
        if let buffer = completion.takeBuffer() {
          answer += unsafe buffer.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        if answer.count >= 3 { loop.stop() }
      })
    loop.run()
    #expect(answer == "bye")
  }
}
