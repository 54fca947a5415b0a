import Glibc
import LibAIO
import Servers
import Support
import Sys9
import Testing

/// Sends a message, waits for all of it, and sends the next.
private final class Rounds: Aio.Receiver {
  private let message = [UInt8](repeating: 0x78, count: 500)
  private var left: Int
  private var received = 0
  private(set) var failures = 0
  private let afterRound: (Rounds, Aio.Loop) -> Void
  private(set) var handle = Aio.Handle.none

  init(_ count: Int, afterRound: @escaping (Rounds, Aio.Loop) -> Void) {
    left = count
    self.afterRound = afterRound
  }

  var isDone: Bool { left == 0 }

  override func completed(_ completion: inout Aio.Completion, on loop: Aio.Loop) {
    if completion.error != nil && !isDone { failures += 1 }
    switch completion.kind {
    case .connect:
      handle = completion.handle
      loop.receive(from: handle, repeating: true, to: self)
      loop.send(Aio.Buffer(message), to: handle, self)
    case .receive:
      received += max(completion.result, 0)
      if received < message.count || isDone { return }
      received = 0
      left -= 1
      if isDone { loop.close(handle) } else { loop.send(Aio.Buffer(message), to: handle, self) }
      afterRound(self, loop)
    default: break
    }
  }
}

/// Children that are born while connections live.
@Suite("Forks in the middle", .timeLimit(.minutes(2))) struct ForkTests {
  @Test("lose nothing, and leave nothing behind", arguments: TestWorld.real)
  func forks(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
    let server = EchoServer(on: listener, of: loop)
    // abs(0) is C, and its answer is the child's status.
    let function = unsafe unsafeBitCast(
      dlsym(nil, "abs"), to: (@convention(c) (UnsafeMutableRawPointer?) -> CInt).self)
    var children = 0, ended: [Int] = []
    var clients: [Rounds] = []
    let goOn = { (loop: Aio.Loop) in
      if clients.allSatisfy(\.isDone) && ended.count == children && server.open == 0 {
        loop.stop()
      }
    }
    let child = Aio.Callback { completion, loop in
      ended.append(Int(completion.child?.cause == .exited(0) ? 0 : 1))
      goOn(loop)
    }
    clients = (0..<10).map { _ in
      Rounds(50) { client, loop in
        if children < 40 {
          children += 1
          do {
            if children % 2 == 0 {
              _ = try loop.aspawn("/bin/true", ["true"], child)
            } else {
              _ = try unsafe loop.afork(function, nil, child)
            }
          } catch {
            Issue.record("\(error)")
          }
        }
        goOn(loop)
      }
    }
    for client in clients { _ = try loop.connect(to: try loop.localAddress(of: listener), client) }
    let idle = Aio.Callback { _, loop in goOn(loop) }
    loop.addInterval(.milliseconds(5), to: idle)
    loop.run()
    #expect(children == 40 && ended == Array(repeating: 0, count: 40))
    #expect(clients.allSatisfy { $0.isDone && $0.failures == 0 })
    #expect(server.accepted == 10 && server.open == 0)
    clients = []  // they know of each other
  }
}
