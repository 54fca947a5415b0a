import Glibc
import LibAIO
import LibHTTP
import Servers
import Support
import Sys9
import SystemPackage
import Testing

/// Sends bytes in pieces, and keeps what comes back until the end.
private final class WebClient: Aio.Receiver {
  private var pieces: ArraySlice<[UInt8]>
  private let whenDone: (Aio.Loop) -> Void
  private(set) var received: [UInt8] = []
  private(set) var hasFailed = false
  private(set) var isClosed = false
  private var isClosing = false

  init(_ pieces: [[UInt8]], whenDone: @escaping (Aio.Loop) -> Void = { _ in }) {
    self.pieces = pieces[...]
    self.whenDone = whenDone
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .connect:
      guard completion.error == nil else { return fail(completion.handle, loop) }
      loop.receive(from: completion.handle, repeating: true, to: self)
      sendNext(completion.handle, loop)
    case .send:
      if completion.error != nil { return fail(completion.handle, loop) }
      sendNext(completion.handle, loop)
    case .receive:
      if completion.error != nil { return fail(completion.handle, loop) }
      if let buffer = completion.takeBuffer() {
        unsafe buffer.withBytes { unsafe received.append(contentsOf: $0) }
      }
      if completion.isEnd { close(completion.handle, loop) }
    case .close:
      isClosed = true
      whenDone(loop)
    default: break
    }
  }

  private func sendNext(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    guard let piece = pieces.popFirst(), !isClosing else { return }
    loop.send(Aio.Buffer(piece), to: handle, self)
  }

  private func fail(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if !isClosing { hasFailed = true }
    close(handle, loop)
  }

  private func close(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    loop.close(handle, self)
  }
}

@Suite("Web server") struct WebServerTests {
  private static let moment: Int64 = 784_111_777
  private static let last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

  /// What `pieces` are answered with by `site`.
  private func exchange(
    _ pieces: [[UInt8]], _ site: WebSite, _ world: TestWorld = .epoll
  ) throws -> String {
    let loop = try world.makeLoop()
    let listener = try loop.announce(SocketAddress.ipv4(0x7F00_0001, port: 0))
    let server = WebServer(site, on: listener, of: loop) { Self.moment }
    let client = WebClient(pieces) { loop in
      loop.close(listener, Aio.Callback { _, loop in loop.stop() })
    }
    _ = try loop.connect(to: try loop.localAddress(of: listener), client)
    loop.run()
    #expect(!client.hasFailed)
    #expect(server.accepted == 1)
    return String(decoding: client.received, as: UTF8.self)
  }

  private func text(
    _ status: String, _ body: String, type: String = "text/plain; charset=utf-8",
    closes: Bool = false
  ) -> String {
    "HTTP/1.1 \(status)\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
      + "Content-Length: \(body.utf8.count)\r\nContent-Type: \(type)\r\n"
      + (closes ? "Connection: close\r\n" : "") + "\r\n"
      + body
  }

  private var hello: String { text("200 OK", "Hello", type: "text/plain") }
  private var goodbye: String { text("200 OK", "Hello", type: "text/plain", closes: true) }

  @Test("answers in the order of the requests", arguments: TestWorld.allCases)
  func pipelined(_ world: TestWorld) throws {
    let one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let post =
      "GET /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    let all = one + post + String(repeating: one, count: 500) + Self.last + one
    let answers = try exchange([Array(all.utf8)], WebSite(text: "Hello"), world)
    #expect(answers == String(repeating: hello, count: 502) + goodbye)
  }

  @Test("takes requests however they are cut", arguments: 1...30 as ClosedRange<UInt64>)
  func cut(seed: UInt64) throws {
    var numbers = SplitMix(seed)
    let body = String(repeating: "x", count: Int.random(in: 0...9000, using: &numbers))
    let all = Array(
      ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        + "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" + Self.last).utf8)
    var pieces: [[UInt8]] = []
    var at = 0
    while at < all.count {
      let count = min(
        Int.random(in: 1...(seed % 3 == 0 ? 5000 : 60), using: &numbers), all.count - at)
      pieces.append(Array(all[at..<at + count]))
      at += count
    }
    let world = TestWorld.allCases[Int(seed % 3)]
    let answers = try exchange(pieces, WebSite(text: "Hello"), world)
    #expect(answers == hello + hello + goodbye, "seed \(seed)")
  }

  @Test("refuses, says why, and understands nothing behind it", arguments: TestWorld.allCases)
  func refuses(_ world: TestWorld) throws {
    let smuggled =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n"
    let answers = try exchange([Array(smuggled.utf8)], WebSite(text: "Hello"), world)
    let reason = "400 Bad Request: both a length and a transfer encoding\n"
    #expect(answers == text("400 Bad Request", reason, closes: true))
  }

  @Test("the answers of a head, of options, of what is not done here")
  func methods() throws {
    let requests =
      "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
      + "DELETE / HTTP/1.1\r\nHost: a\r\n\r\nBREW / HTTP/1.1\r\nHost: a\r\n\r\n"
      + "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"
    let answers = try exchange([Array(requests.utf8)], WebSite(text: "Hello"))
    let parts = answers.components(between: "HTTP/1.1 ")
    #expect(parts.map { String($0.prefix(3)) } == ["200", "204", "405", "501", "200", "200"])
    #expect(parts[0].hasSuffix("\r\n\r\n") && parts[0].contains("Content-Length: 5\r\n"))
    #expect(!parts[1].contains("Content-Length"))
    #expect(parts[2].contains("Allow: GET, HEAD, OPTIONS\r\n"))
    #expect(parts[4].contains("Connection: keep-alive\r\n") && parts[4].hasSuffix("Hello"))
    #expect(parts[5].contains("Connection: close\r\n"))
  }

  // MARK: Files

  @Test("files lie below the root, whatever names and links say")
  func below() throws {
    let shop = try Workshop()
    try shop.write("root/a.txt", "a")
    try shop.write("root/dir/index.html", "<p>")
    try shop.write("root/empty/x", "")
    try shop.write("root/.secret", "no")
    try shop.write("outside", "no")
    for (name, target) in [
      ("inside", "a.txt"), ("out", "../outside"), ("absolute", "/etc/passwd"), ("loop", "loop"),
    ] {
      let made = unsafe symlink(target, shop.path("root/\(name)").string)
      #expect(made == 0)
    }
    let pipe = unsafe mkfifo(shop.path("root/pipe").string, 0o600)
    #expect(pipe == 0)
    let cases = [
      ("/a.txt", "200"), ("/dir/", "200"), ("/dir", "301"), ("/", "404"), ("/none", "404"),
      ("/a.txt/", "404"), ("/a.txt/x", "404"), ("/.secret", "404"), ("/inside", "200"),
      ("/out", "403"), ("/absolute", "403"), ("/loop", "403"), ("/../outside", "400"),
      ("/%2e%2e/outside", "400"), ("/pipe", "403"), ("/empty/x", "200"), ("/%ff", "404"),
    ]
    let all = cases.map { "GET \($0.0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined() + Self.last
    let site = try WebSite(root: shop.path("root").string)
    let found = try exchange([Array(all.utf8)], site).components(between: "HTTP/1.1 ").dropLast()
    #expect(found.map { String($0.prefix(3)) } == cases.map(\.1))
  }

  @Test("a file comes whole and in parts, byte for byte", arguments: TestWorld.allCases)
  func bytes(_ world: TestWorld) throws {
    let shop = try Workshop()
    var numbers = SplitMix(7)
    // No line feeds: the answers are told apart by theirs.
    let content = (0..<300_000).map { _ in UInt8.random(in: 0x61...0x7A, using: &numbers) }
    try shop.write("big.bin", content)
    let site = try WebSite(root: shop.directory.string)
    func get(_ fields: String) -> String { "GET /big.bin HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }
    let all =
      get("") + get("Range: bytes=100000-199999\r\n") + get("Range: bytes=-7\r\n")
      + get("Range: bytes=300000-\r\n") + "HEAD /big.bin HTTP/1.1\r\nHost: a\r\n\r\n" + Self.last
    let answers = try exchange([Array(all.utf8)], site, world).components(between: "HTTP/1.1 ")
    let bodies = answers.map { answer in
      answer.components(between: "\r\n\r\n").dropFirst().joined()
    }
    let text = String(decoding: content, as: UTF8.self)
    #expect(bodies[0] == text)
    #expect(bodies[1] == String(text.dropFirst(100_000).prefix(100_000)))
    #expect(bodies[2] == String(text.suffix(7)) && bodies[4].isEmpty)
    #expect(answers[1].contains("Content-Range: bytes 100000-199999/300000\r\n"))
    #expect(answers[3].hasPrefix("416 ") && answers[3].contains("Content-Range: bytes */300000"))
    #expect(answers[4].contains("Content-Length: 300000\r\n"))
  }

  // MARK: Faults

  @Test("whatever fails, nothing is left", arguments: 1...100 as ClosedRange<UInt64>)
  func faults(seed: UInt64) throws {
    let shop = try Workshop()
    try shop.write("f", [UInt8](repeating: 0x78, count: 100_000))
    let network = Aio.SimNetwork(seed: seed, faults: .all)
    let world = Aio.World.simulated(network)
    let (back, front) = (try world.makeLoop(), try world.makeLoop())
    let listener = try back.announce(.ipv4(0, port: 80))
    let server = WebServer(
      try WebSite(root: shop.directory.string), on: listener, of: back
    ) { Self.moment }
    let request = Array("GET /f HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    let clients = (0..<6).map { index in
      WebClient([request, request, Array((index % 2 == 0 ? Self.last : "G\r\n").utf8)])
    }
    for client in clients { _ = try front.connect(to: .ipv4(0, port: 80), client) }
    #expect(network.run(limit: 1_000_000), "comes to rest, seed \(seed)")
    #expect(clients.allSatisfy { $0.isClosed }, "seed \(seed)")
    #expect(server.open == 0 && back.isAtRest && front.isAtRest, "seed \(seed)")
  }
}

extension String {
  /// The pieces between each `mark` and the next; an empty one at the front is left out.
  fileprivate func components(between mark: String) -> [String] {
    var pieces: [String] = []
    var rest = self[...]
    while let found = rest.firstRange(of: mark) {
      pieces.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    pieces.append(String(rest))
    if pieces[0].isEmpty { pieces.removeFirst() }
    return pieces
  }
}
