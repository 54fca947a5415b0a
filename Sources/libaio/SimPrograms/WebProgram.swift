// The web server and its clients.

import LibAIO
import Servers
import Sys9

final class WebProgram: SimProgram {
  private let front: Aio.Loop
  private let back: Aio.Loop
  private let listener: Aio.Handle
  private let server: WebServer
  private var clients: [WebClient] = []
  private let text: String

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    var options = Aio.LoopOptions()
    options.bufferCount = 4 << network.draw(below: 4)
    options.bufferSize = 128 << network.draw(below: 6)
    front = try Aio.World.simulated(network).makeLoop()
    back = try Aio.World.simulated(network).makeLoop(options)
    listener = try back.announce(.ipv4(0, port: 80))
    text = String(repeating: "a line of a page\n", count: 1 + network.draw(below: 400))
    server = WebServer(WebSite(text: text), on: listener, of: back) { 1_000_000_000 }
    try super.init(network, ledger, isHarmless: isHarmless)
    loops = [front, back]
  }

  override func addCrowd() throws(SystemError) {
    clients = []
    for _ in 0..<1 + draw(5) {
      let client = WebClient(network, ledger, text)
      client.start(front)
      clients.append(client)
    }
  }

  override func check() -> [String] {
    let left = server.open == 0 ? [] : ["Z3: the server has \(server.open) connections"]
    return left + clients.compactMap { $0.fault(isHarmless: isHarmless) }
  }

  override func end() {
    clients = []
    back.close(listener)
  }
}

/// Asks for a page several times, in pieces cut anywhere, and reads what comes.
private final class WebClient: Tracked {
  private let network: Aio.SimNetwork
  private let body: [UInt8]
  private var request: [UInt8] = []
  private var requested = 0
  private var answered = 0
  private var input: [UInt8] = []
  private var isClosing = false, isClosed = false
  private var failure: CInt?
  private var mismatch: String?

  init(_ network: Aio.SimNetwork, _ ledger: Ledger, _ text: String) {
    self.network = network
    body = Array(text.utf8)
    super.init(ledger)
    requested = 1 + network.draw(below: 12)
    for number in 1...requested {
      let end = number == requested ? "Connection: close\r\n" : ""
      request += Array("GET /page?\(number) HTTP/1.1\r\nHost: a\r\n\(end)\r\n".utf8)
    }
  }

  func start(_ loop: Aio.Loop) {
    expectUnnamed()
    do {
      _ = try loop.connect(to: .ipv4(0x7F00_0001, port: 80), self)
    } catch {
      ledger.fault("a connect throws: \(error)")
    }
  }

  func fault(isHarmless: Bool) -> String? {
    if let mismatch { return mismatch }
    let state = "\(answered) of \(requested) answers, \(input.count) bytes more"
    if !isClosed { return "Z3: a client waits for ever: \(state)" }
    if !isIdle { return "Z2: an operation has not ended" }
    if answered == requested { return nil }
    return isHarmless ? "failed with \(failure ?? -1) where nothing does harm: \(state)" : nil
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    let handle = completion.handle
    if completion.kind == .close {
      isClosed = true
      return
    }
    if let error = completion.error {
      if !isClosing { failure = error }
      return close(handle, loop)
    }
    switch completion.kind {
    case .connect:
      expect(loop.receive(from: handle, repeating: true, to: self))
      sendMore(handle, loop)
    case .send: sendMore(handle, loop)
    case .receive:
      if let buffer = completion.takeBuffer() {
        unsafe buffer.withBytes { unsafe input.append(contentsOf: $0) }
      }
      while takeAnswer() {}
      if completion.isEnd { close(handle, loop) }
    default: break
    }
  }

  private func sendMore(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing || request.isEmpty { return }
    let count = 1 + network.draw(below: request.count)
    expect(loop.send(Aio.Buffer(Array(request[..<count])), to: handle, self))
    request.removeFirst(count)
  }

  /// Takes an answer off the front of the input, if all of it is there.
  private func takeAnswer() -> Bool {
    let mark: [UInt8] = [13, 10, 13, 10]
    guard mismatch == nil, input.count >= mark.count,
      let end = (0...input.count - 4).first(where: { Array(input[$0..<$0 + 4]) == mark })
    else { return false }
    let start = end + mark.count
    if input.count - start < body.count { return false }
    let head = String(decoding: input[..<end], as: UTF8.self)
    if !head.hasPrefix("HTTP/1.1 200 ") || !head.contains("Content-Length: \(body.count)\r\n")
      || Array(input[start..<start + body.count]) != body
    {
      mismatch = "answer \(answered + 1) is another one: \(head.prefix(60))"
    }
    input.removeFirst(start + body.count)
    answered += 1
    return true
  }

  private func close(_ handle: Aio.Handle, _ loop: Aio.Loop) {
    if isClosing { return }
    isClosing = true
    expect(loop.close(handle, self))
  }
}
