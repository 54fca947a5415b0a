import Glibc
import Lib9c
import Support
import SystemPackage
import Testing

@Suite("Dial strings") struct DialStringTests {
  @Test(
    "are understood",
    arguments: [
      ("tcp!example.com!80", DialString.service(.tcp, .name("example.com"), .port(80))),
      ("udp!*!dns", .service(.udp, .any, .port(53))),
      ("net!h!0x50", .service(.net, .name("h"), .port(80))),
      ("tcp!h!010", .service(.tcp, .name("h"), .port(8))),
      ("tcp!h!0", .service(.tcp, .name("h"), .port(0))),
      ("tcp!h!65535", .service(.tcp, .name("h"), .port(65535))),
      ("tcp!h!venti", .service(.tcp, .name("h"), .port(17034))),
      ("udp!h!venti", .service(.udp, .name("h"), .name("venti"))),
      ("tcp!h!080", .service(.tcp, .name("h"), .name("080"))),
      ("tcp!h! 80", .service(.tcp, .name("h"), .name(" 80"))),
      ("tcp![::1]!80", .service(.tcp, .name("::1"), .port(80))),
      ("tcp!::1!80", .service(.tcp, .name("::1"), .port(80))),
      ("/net/tcp!h!80", .service(.tcp, .name("h"), .port(80))),
      ("/net.alt/udp!h!80", .service(.udp, .name("h"), .port(80))),
      ("unix!/a!b", .unix(path: "/a!b")), ("net!rel", .unix(path: "rel")),
      ("/net/unix!x", .unix(path: "x")),
      // To Swift, `!` and U+031F are one character.
      ("tcp!\u{31F}h!80", .service(.tcp, .name("\u{31F}h"), .port(80))),
    ] as [(String, DialString)])
  func understood(_ text: String, _ meaning: DialString) throws {
    let found = try DialString(parsing: text)
    #expect(found == meaning)
    if case .service(_, _, .name) = found { return }
    #expect(try DialString(parsing: "\(found)") == found)
  }

  @Test(
    "are refused in Plan 9's words",
    arguments: [
      ("", DialError.malformed, "malformed address"), ("tcp", .malformed, "malformed address"),
      ("tcp!h", .malformed, "malformed address"),
      ("tcp!!80", .emptyHost, "malformed address (empty host)"),
      ("tcp![]!80", .emptyHost, "malformed address (empty host)"),
      ("tcp!h!", .emptyPort, "malformed address (empty port)"),
      ("unix!", .emptyPath, "malformed address (empty path)"),
      ("il!1.2.3.4!80", .badNetwork("il!1.2.3.4!80"), "bad network il!1.2.3.4!80"),
      ("TCP!h!80", .badNetwork("TCP!h!80"), "bad network TCP!h!80"),
      ("tcp!h!65536", .badPort("tcp", "65536"), "bad port tcp!*!65536"),
      ("tcp!h!-1", .badPort("tcp", "-1"), "bad port tcp!*!-1"),
      (
        "tcp!h!99999999999999999999", .badPort("tcp", "99999999999999999999"),
        "bad port tcp!*!99999999999999999999"
      ),
    ])
  func refused(_ text: String, _ error: DialError, _ words: String) {
    #expect(throws: error) { try DialString(parsing: text) }
    #expect("\(error)" == words)
  }

  @Test func pathsAreAsLongAsSocketsTake() throws {
    let path = String(repeating: "a", count: 107)
    #expect(try DialString(parsing: "unix!\(path)") == .unix(path: path))
    #expect(throws: DialError.pathTooLong) { try DialString(parsing: "unix!\(path)a") }
    #expect("\(DialError.pathTooLong)" == "unix socket name too long")
  }

  @Test func literalsNeedNobody() throws {
    #expect(
      try DialString(parsing: "tcp!1.2.3.4!80").literal == .ipv4(0x0102_0304, port: 80))
    #expect(try DialString(parsing: "tcp!::1!80").literal == .ipv6(0, 1, port: 80, scope: 0))
    #expect(try DialString(parsing: "tcp!*!80").literal?.isAny == true)
    #expect(try DialString(parsing: "tcp!h!80").literal == nil)
    #expect(try DialString(parsing: "tcp!1.2.3.4!http").literal == nil)
  }

  @Test(
    "addresses are made whole",
    arguments: [
      ("h", "tcp!h!9fs"), ("h:80", "tcp!h!80"), ("[::1]:80", "tcp!::1!80"),
      ("[::1]", "tcp!::1!9fs"), ("::1", "tcp!::1!9fs"), ("fe80::1%eth0", "tcp!fe80::1%eth0!9fs"),
      ("/tmp", "unix!/tmp"), ("net!h", "net!h!9fs"), ("unix!x", "unix!x"), ("a!b!c", "a!b!c"),
      ("[x]:80", "tcp![x]!80"), ("", "tcp!!9fs"), ("[::1", "tcp![!:1"), ("a:b:c", "tcp!a!b:c"),
    ])
  func whole(_ text: String, _ address: String) {
    #expect(netmkaddr(text, "tcp", "9fs") == address)
  }

  @Test func theOldWayCutsAtTheFirstColon() {
    #expect(Plan9.netmkaddr("[::1]:80", "tcp", "9fs") == "tcp![!:1]:80")
    #expect(Plan9.netmkaddr("::1") == "net!!:1")
    #expect(netmkaddr("h") == "net!h" && netmkaddr("h", nil, "x") == "net!h!x")
  }
}

@Suite("Dialling") struct NetTests {
  /// Sends a word through a connection and back.
  static func talk(_ listener: borrowing Listener, _ address: String) throws -> Bool {
    let here = try Net.dial(address)
    let there = try listener.accept()
    try here.descriptor.write("ping")
    let word = try there.descriptor.read(upTo: 4)
    let closes =
      Sockets.closesOnExec(here.descriptor.raw) && Sockets.closesOnExec(there.descriptor.raw)
    return closes && String(decoding: word, as: UTF8.self) == "ping"
  }

  @Test("streams connect", arguments: ["tcp!127.0.0.1!0", "tcp!*!0", "net!127.0.0.1!0"])
  func streams(_ address: String) throws {
    let listener = try Net.announce(address)
    let port = try listener.address.port
    #expect(port != 0)
    #expect(try Self.talk(listener, "tcp!127.0.0.1!\(port)"))
    #expect(Sockets.closesOnExec(listener.descriptor.raw))
    let here = try Net.dial("tcp!127.0.0.1!\(port)", from: "tcp!127.0.0.1!0")
    let info = try here.info
    #expect(info.rserv == "\(port)" && info.rsys == "127.0.0.1" && info.lsys == "127.0.0.1")
    #expect(info.raddr == "tcp!127.0.0.1!\(port)" && info.laddr == "tcp!127.0.0.1!\(info.lserv)")
    #expect(info.dir == "/dev/fd/\(here.descriptor.raw)" && info.root == "/net")
    #expect(getnetconninfo(info.dir, -1) == info)
    #expect(try Sockets.option(here.descriptor.raw, CInt(IPPROTO_TCP), TCP_NODELAY) != 0)
  }

  @Test func datagramsArrive() throws {
    let receiver = try Net.announce("udp!127.0.0.1!0")
    let sender = try Net.dial("udp!127.0.0.1!\(receiver.address.port)")
    try sender.descriptor.write("x")
    #expect(try Sockets.receive(receiver.descriptor.raw, count: 9, room: 0).bytes == [0x78])
    #expect(try sender.info.raddr == receiver.dialString)
  }

  @Test func unixSocketsConnectAndLeaveNothingStale() async {
    // Alone: a process that others are just starting holds copies of what is closed here.
    await #expect(processExitsWith: .success) {
      let scratch = try Workshop()
      let address = "unix!\(scratch.path("s"))"
      do {
        let listener = try Net.announce(address)
        #expect(try NetTests.talk(listener, address))
        #expect(try listener.dialString == address)
        let error = #expect(throws: SystemError.self) { _ = try Net.announce(address) }
        #expect(error?.errno == EADDRINUSE && error?.subject == address)
      }
      #expect(scratch.exists("s"))
      #expect(throws: SystemError.self) { _ = try Net.dial(address) }
      #expect(rerrstr() == "connect \(scratch.path("s")): Connection refused")
      let again = try Net.announce(address)
      #expect(try NetTests.talk(again, address))
      let here = try Net.dial(address)
      let info = try here.info
      #expect(info.raddr == address && info.lsys == "unknown")
    }
  }

  @Test func whatIsNoSocketIsNotRemoved() throws {
    let scratch = try Workshop()
    try scratch.write("f", "text")
    #expect(throws: SystemError.self) { _ = try Net.announce("unix!\(scratch.path("f"))") }
    #expect(try scratch.read("f") == "text")
    // A file is dialled as it is.
    let file = try Net.dial("unix!\(scratch.path("f"))")
    try file.descriptor.write("TE")
    #expect(try scratch.read("f") == "TExt")
  }

  @Test(
    "what cannot be dialled is said",
    arguments: [
      ("tcp!*!80", "invalid dial address 0.0.0.0 (aka *)"), ("tcp!h", "malformed address"),
      ("tcp!127.0.0.1!no-such-service", "unknown service tcp!*!no-such-service"),
      ("tcp!127.0.0.1!080", "unknown service tcp!*!080"),
      ("net!127.0.0.1! 80", "unknown service net!*! 80"),
      ("tcp!no-such-host.invalid!80", ""),
    ])
  func refusals(_ address: String, _ reason: String) {
    let error = #expect(throws: SystemError.self) { _ = try Net.dial(address) }
    #expect(error?.subject == address)
    if !reason.isEmpty { #expect(error?.reason == reason) }
    #expect(dial(address) == -1)
    if !reason.isEmpty { #expect(rerrstr() == reason) }
  }

  @Test func aServiceHasItsPort() throws {
    #expect(try Net.endpoints(DialString(parsing: "net!127.0.0.1!http")).first?.address.port == 80)
    #expect(
      try Net.endpoints(DialString(parsing: "net!127.0.0.1!80")).map(\.kind) == [
        .stream, .datagram,
      ])
  }

  @Test func classicNamesReturnNumbers() throws {
    var dir = ""
    var newdir = ""
    let server = announce("tcp!127.0.0.1!0", &dir)
    #expect(server >= 0 && dir == "/dev/fd/\(server)")
    let address = try #require(getnetconninfo(dir, -1)).laddr
    let client = dial(address)
    let call = listen(dir, &newdir)
    let data = accept(call, newdir)
    #expect(client >= 0 && call >= 0 && data >= 0 && newdir == "/dev/fd/\(call)")
    #expect(Sockets.closesOnExec(data))
    #expect(getnetconninfo(nil, client)?.raddr == address)
    #expect(reject(call, newdir, "busy") == 0 && rerrstr() == "busy")
    for fd in [data, client, server] { close(fd) }
    #expect(listen("/net/tcp/7", &newdir) == -1)
    #expect(rerrstr() == "bad 'directory' in listen: /net/tcp/7")
    #expect(getnetconninfo("x", 0) == nil)
    #expect(accept(-1, "") == -1 && rerrstr() == "Bad file descriptor")
    #expect(announce("tcp!127.0.0.1", &dir) == -1)
  }
}

@Suite("Passing descriptors") struct PassTests {
  @Test func aDescriptorArrives() throws {
    let scratch = try Workshop()
    try scratch.write("f", "passed")
    let (left, right) = try Sockets.pair(.stream)
    let here = Descriptor(adopting: left)
    let there = Descriptor(adopting: right)
    try here.send(Descriptor.open(scratch.path("f"), mode: OREAD))
    let got = try #require(try there.receiveDescriptor()?.release())
    let file = Descriptor(adopting: got)
    #expect(try Files.read(all: file.raw) == Array("passed".utf8))
    #expect(Sockets.closesOnExec(file.raw))
    #expect(sendfd(here.raw, file.raw) == 0)
    let again = recvfd(there.raw)
    #expect(again >= 0)
    close(again)
    try here.close()
    #expect(try there.receiveDescriptor()?.release() == nil)
    #expect(recvfd(there.raw) == -1 && rerrstr() == "unexpected EOF")
  }

  @Test func aMessageWithoutADescriptorIsAnError() throws {
    let (left, right) = try Sockets.pair(.stream)
    let here = Descriptor(adopting: left)
    let there = Descriptor(adopting: right)
    try here.write("x")
    #expect(throws: SystemError.self) { _ = try there.receiveDescriptor() }
    #expect(rerrstr() == "no descriptor came with the message")
  }

  @Test func descriptorsThatNobodyWantsAreClosed() throws {
    let (left, right) = try Sockets.pair(.stream)
    let here = Descriptor(adopting: left)
    let there = Descriptor(adopting: right)
    let (one, two) = try Sockets.pair(.stream)
    let kept = Descriptor(adopting: one)
    _ = try Sockets.send(here.raw, [0], passing: [kept.raw, two])
    close(two)
    let first = try #require(try there.receiveDescriptor()?.release())
    close(first)
    // The copy of `two` was closed by the receiver, so that its other end is alone.
    #expect(try Sockets.receive(kept.raw, count: 1, room: 0).bytes.isEmpty)
  }

  @Test func aBrokenConnectionIsAnErrorNotASignal() async {
    // Alone: a process that others are just starting holds copies of what is closed here.
    await #expect(processExitsWith: .success) {
      let (left, right) = try Sockets.pair(.stream)
      close(right)
      let here = Descriptor(adopting: left)
      let error = #expect(throws: SystemError.self) { try here.send(here) }
      #expect(error?.errno == EPIPE)
      #expect(sendfd(here.raw, 0) == -1 && recvfd(-1) == -1)
    }
  }
}
