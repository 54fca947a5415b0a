// The clients: connections that send a message, wait for all of it, and send the next.

import LibAIO
import Sys9

/// One connection, which sends its buffer round and round.
final class EchoClient: Aio.Receiver {
  private let size: Int
  private let load: EchoLoad
  private var received = 0

  init(size: Int, load: EchoLoad) {
    self.size = size
    self.load = load
  }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if let error = completion.error { return load.fail(error, loop) }
    switch completion.kind {
    case .connect:
      loop.receive(from: completion.handle, repeating: true, to: self)
      loop.send(Aio.Buffer([UInt8](repeating: 0x78, count: size)), to: completion.handle, self)
    case .receive:
      received += completion.result
      if received < size { return }
      received = 0
      load.round(completion.handle, self, loop)
    default: break
    }
  }
}

/// What the clients have in common.  Belongs to their thread.
final class EchoLoad {
  private let size: Int
  private var left: Int
  private(set) var error: CInt?

  init(size: Int, messages: Int) {
    self.size = size
    left = messages
  }

  /// A message has come back: the next one goes, or it is over.
  func round(_ handle: Aio.Handle, _ client: EchoClient, _ loop: Aio.Loop) {
    left -= 1
    if left <= 0 { return loop.stop() }
    loop.send(Aio.Buffer([UInt8](repeating: 0x78, count: size)), to: handle, client)
  }

  func fail(_ error: CInt, _ loop: Aio.Loop) {
    self.error = error
    loop.stop()
  }

  /// Connects `count` clients to `address`, and runs until all messages have come back.
  static func run(
    _ count: Int, size: Int, messages: Int, to address: SocketAddress
  ) throws(SystemError) {
    let loop = try Aio.World.epoll.makeLoop()
    let load = EchoLoad(size: size, messages: messages)
    let clients = (0..<count).map { _ in EchoClient(size: size, load: load) }
    for client in clients { _ = try loop.connect(to: address, client) }
    loop.run()
    if let error = load.error { throw SystemError(call: "echo", errno: error) }
  }
}
