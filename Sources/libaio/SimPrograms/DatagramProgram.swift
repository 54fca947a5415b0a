// Datagrams there and back.

import LibAIO
import Sys9

final class DatagramProgram: SimProgram {
  private let back: Aio.Loop
  private let front: Aio.Loop
  private var server: DatagramEcho?
  private var clients: [DatagramClient] = []

  required init(
    _ network: Aio.SimNetwork, _ ledger: Ledger, isHarmless: Bool
  ) throws(SystemError) {
    var options = Aio.LoopOptions()
    options.bufferCount = 4 << network.draw(below: 4)
    options.bufferSize = 1024
    front = try Aio.World.simulated(network).makeLoop(options)
    back = try Aio.World.simulated(network).makeLoop(options)
    try super.init(network, ledger, isHarmless: isHarmless)
    loops = [front, back]
    let socket = try back.announce(.ipv4(0x7F00_0001, port: 53), kind: .datagram)
    let server = DatagramEcho(ledger, socket)
    self.server = server
    server.expect(back.receiveFrom(socket, repeating: true, to: server))
  }

  override func addCrowd() throws(SystemError) {
    clients = []
    for number in 0..<1 + draw(4) {
      let socket = try front.announce(.ipv4(0x7F00_0001, port: 0), kind: .datagram)
      let client = DatagramClient(network, ledger, socket, salt: UInt8(number))
      client.start(front)
      clients.append(client)
    }
  }

  override func check() -> [String] {
    clients.compactMap { client in
      if !client.isClosed { return "Z3: a client waits for ever" }
      if !client.isIdle { return "Z2: an operation has not ended" }
      let isComplete = client.distinct == client.total
      return isHarmless && !isComplete
        ? "\(client.distinct) of \(client.total) datagrams came back" : nil
    }
  }

  override func end() {
    clients = []
    if let server {
      server.expect(back.close(server.socket, server))
      self.server = nil
    }
  }
}

/// Sends back what it receives.
private final class DatagramEcho: Tracked {
  let socket: Aio.Handle

  init(_ ledger: Ledger, _ socket: Aio.Handle) {
    self.socket = socket
    super.init(ledger)
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    guard completion.kind == .receiveFrom, completion.error == nil else { return }
    guard let sender = completion.sender, let buffer = completion.takeBuffer() else {
      return ledger.fault("a datagram has no sender")
    }
    expect(loop.send(buffer, to: sender, through: socket, self))
  }
}

/// Sends numbered datagrams, a few at a time, and sees which come back.
private final class DatagramClient: Tracked {
  let socket: Aio.Handle
  let total: Int
  private let salt: UInt8
  private let network: Aio.SimNetwork
  private var sent = 0
  private var counts: [Int]
  private(set) var isClosed = false
  private static let server = SocketAddress.ipv4(0x7F00_0001, port: 53)

  init(_ network: Aio.SimNetwork, _ ledger: Ledger, _ socket: Aio.Handle, salt: UInt8) {
    self.socket = socket
    self.network = network
    self.salt = salt
    total = 1 + network.draw(below: 40)
    counts = [Int](repeating: 0, count: total)
    super.init(ledger)
  }

  var distinct: Int { counts.count { $0 > 0 } }

  func start(_ loop: Aio.Loop) {
    expect(loop.receiveFrom(socket, repeating: true, to: self))
    // What is lost is not waited for.
    loop.addOneShot(after: .seconds(30), to: self)
    sendMore(loop)
  }

  private func sendMore(_ loop: Aio.Loop) {
    for _ in 0..<1 + network.draw(below: 3) where sent < total {
      let bytes = [salt, UInt8(sent)] + [UInt8](repeating: UInt8(sent) ^ salt, count: sent % 50)
      sent += 1
      expect(loop.send(Aio.Buffer(bytes), to: Self.server, through: socket, self))
    }
  }

  override func told(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    switch completion.kind {
    case .sendTo: sendMore(loop)
    case .receiveFrom:
      guard completion.error == nil else { return }
      let sender = completion.sender
      if sender != Self.server { ledger.fault("a datagram comes from \(sender as Any)") }
      guard let buffer = completion.takeBuffer(), buffer.count >= 2 else {
        return ledger.fault("a datagram is cut off")
      }
      let number = Int(buffer[1])
      var isRight = buffer[0] == salt && number < sent && buffer.count == 2 + number % 50
      for index in 2..<max(buffer.count, 2) where isRight {
        isRight = buffer[index] == UInt8(number) ^ salt
      }
      if !isRight { return ledger.fault("a datagram has changed on its way") }
      counts[number] += 1
      // There and back: each may come twice on each way.
      if counts[number] > 4 { ledger.fault("a datagram comes for the fifth time") }
    case .timer: expect(loop.close(socket, self))
    case .close: isClosed = true
    default: break
    }
  }
}
