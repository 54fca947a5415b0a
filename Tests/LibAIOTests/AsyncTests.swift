import Glibc
import Lib9c
import LibAIO
import Servers
import Support
import Sys9
import SystemPackage
import Testing

/// What one loop's thread alone touches, and the test when that is over.
private final class Box<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

extension Aio.Buffer {
  fileprivate borrowing func text() -> String {
    unsafe withBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// Two ends of a connection, and no listener any more.
private nonisolated(nonsending) func pair(
  _ loop: Aio.AsyncLoop
) async throws(SystemError) -> (Aio.AsyncConnection, Aio.AsyncConnection) {
  let listener = try await loop.announce("tcp!127.0.0.1!0")
  let client = try await loop.adial("tcp!127.0.0.1!\(try listener.localAddress().port)")
  let peer = try await listener.accept()
  listener.close()
  return (client, peer)
}

@Suite("Tasks of Swift on loops") struct AsyncTests {
  static let realWorlds: [TestWorld] = TestWorld.real

  @Test("a connection is a function", arguments: TestWorld.allCases)
  func echoes(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let received = Box("")
    loop.run { loop in
      guard let listener = try? await loop.announce("tcp!127.0.0.1!0"),
        let port = try? listener.localAddress().port
      else { return }
      let server = loop.spawn { await AsyncEcho.serve(listener, on: Connections(on: loop)) }
      do throws(SystemError) {
        let client = try await loop.adial("tcp!127.0.0.1!\(port)")
        for round in 0..<100 {
          try await client.send("round \(round);")
          while received.value.count(where: { $0 == ";" }) <= round {
            guard let buffer = try await client.receive() else { break }
            received.value += buffer.text()
          }
        }
        try client.shutdown(CInt(SHUT_WR))
        let end = try await client.receive()
        if end != nil { received.value += "not the end" }
        await client.close()
      } catch {
        received.value = "\(error)"
      }
      server.cancel()
      await server.value
    }
    #expect(received.value == (0..<100).map { "round \($0);" }.joined())
    loop.runUntilIdle()
    #expect(loop.isAtRest, "no operation, buffer or handle is left")
  }

  @Test("a task sleeps, and wakes when it is cancelled", arguments: TestWorld.allCases)
  func sleeps(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let start = loop.now
    let log = Box<[String]>([])
    loop.run { loop in
      let late = loop.spawn {
        do throws(SystemError) {
          try await loop.sleep(for: .seconds(3600))
          log.value.append("slept an hour")
        } catch {
          log.value.append("errno \(error.errno)")
        }
      }
      try? await loop.sleep(for: .milliseconds(5))
      log.value.append("5 ms")
      late.cancel()
      await late.value
    }
    #expect(log.value == ["5 ms", "errno \(ECANCELED)"])
    #expect(loop.now >= start + 5_000_000)
    #expect(loop.timerCount == 0 && loop.isAtRest)
  }

  @Test("a cancelled receive loses no bytes", arguments: TestWorld.allCases)
  func cancelsReceive(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    loop.run { loop in
      do throws(SystemError) {
        let listener = try await loop.announce("tcp!127.0.0.1!0")
        let port = try listener.localAddress().port
        let client = try await loop.adial("tcp!127.0.0.1!\(port)")
        let peer = try await listener.accept()
        let waiting = loop.spawn {
          do throws(SystemError) {
            _ = try await client.receive()
            log.value.append("received")
          } catch {
            log.value.append("errno \(error.errno)")
          }
        }
        try await loop.sleep(for: .milliseconds(1))
        waiting.cancel()
        await waiting.value
        try await peer.send("later")
        var text = ""
        while text.count < 5, let buffer = try await client.receive() { text += buffer.text() }
        log.value.append(text)
        await client.close()
        await peer.close()
        listener.close()
      } catch {
        log.value.append("\(error)")
      }
    }
    #expect(log.value == ["errno \(ECANCELED)", "later"])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("a child that waits is cancelled by itself", arguments: TestWorld.allCases)
  func cancelsChild(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    loop.run { loop in
      guard let (client, peer) = try? await pair(loop) else { return }
      // The group's task is not cancelled: what it left to its children to know must not count.
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do throws(SystemError) {
            _ = try await client.receive()
            log.value.append("received")
          } catch {
            log.value.append("errno \(error.errno)")
          }
        }
        try? await loop.sleep(for: .milliseconds(1))
        group.cancelAll()
      }
      try? await peer.send("for the parent")
      var text = ""
      while text.count < 14, let buffer = try? await client.receive() { text += buffer.text() }
      log.value.append(text)
      await client.close()
      await peer.close()
    }
    #expect(log.value == ["errno \(ECANCELED)", "for the parent"])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("a send that waits is cancelled with its task", arguments: TestWorld.allCases)
  func cancelsSend(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    loop.run { loop in
      guard let (client, peer) = try? await pair(loop) else { return }
      let sender = loop.spawn {
        do throws(SystemError) {
          // The peer does not read: sooner or later the system takes no more.
          while true { try await client.send(Aio.Buffer([UInt8](repeating: 7, count: 1 << 20))) }
        } catch {
          log.value.append("errno \(error.errno)")
        }
      }
      try? await loop.sleep(for: .milliseconds(20))
      sender.cancel()
      await sender.value
      await client.close()
      await peer.close()
    }
    #expect(log.value == ["errno \(ECANCELED)"])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("a task whose sends end at once lets others have their turn", arguments: TestWorld.allCases)
  func sendsInTurn(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    loop.run { loop in
      guard let (client, peer) = try? await pair(loop) else { return }
      let busy = loop.spawn {
        for _ in 0..<200 { try? await client.send("x") }
        log.value.append("busy")
      }
      let other = loop.spawn { log.value.append("other") }
      await busy.value
      await other.value
      await client.close()
      await peer.close()
    }
    #expect(log.value == ["other", "busy"])
    loop.runUntilIdle()
    #expect(loop.isAtRest)
  }

  @Test("files, names and programs are waited for", arguments: realWorlds)
  func everything(_ world: TestWorld) throws {
    let workshop = try Workshop()
    try workshop.write("f", "content")
    let path = workshop.path("f")
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    loop.run { loop in
      do throws(SystemError) {
        let file = try await loop.open(path)
        let bytes = try await loop.read(file.raw, at: 3, count: 100)
        log.value.append(bytes.text())
        try await loop.access(path, R_OK)
        try await loop.fsync(file.raw)
        log.value.append("\(try await loop.dirstat("\(path)").length)")
        log.value.append("\(try await loop.runBlocking { 42 })")
        let ended = try await loop.aspawn("/bin/sh", ["sh", "-c", "exit 9"])
        log.value.append(ended.msg)
      } catch {
        log.value.append("\(error)")
      }
      do throws(SystemError) {
        _ = try await loop.open("/no/such/file")
      } catch {
        log.value.append("errno \(error.errno)")
      }
    }
    #expect(log.value == ["tent", "7", "42", "9", "errno \(ENOENT)"])
  }

  @Test("work of other threads comes back to the loop", arguments: realWorlds)
  func returns(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let isBack = Box(false)
    loop.run { loop in
      // A global actor runs elsewhere; what waits for it goes on here.
      let answer = await Elsewhere.shared.twice(21)
      isBack.value = loop.withLoop { $0.timerCount == 0 } && answer == 42
    }
    #expect(isBack.value)
  }

  private actor Elsewhere {
    static let shared = Elsewhere()
    func twice(_ number: Int) -> Int { number * 2 }
  }

  @Test("a loop ends when its task does, or when its time is over", arguments: TestWorld.allCases)
  func shutsDown(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let log = Box<[String]>([])
    // One that listens to being cancelled.
    let remote = loop.remote
    loop.run { loop in
      remote.shutdown(grace: .seconds(3600))
      do throws(SystemError) { try await loop.sleep(for: .seconds(7200)) } catch {
        log.value.append("cleaned up")
      }
    }
    #expect(log.value == ["cleaned up"] && !loop.wasCutOff)
    #expect(loop.timerCount == 1, "the limit is left, and nobody waits for it")
  }

  @Test("a task that does not end is left behind", arguments: TestWorld.allCases)
  func cutsOff(_ world: TestWorld) throws {
    let loop = try world.makeLoop()
    let remote = loop.remote
    let continuation = unsafe Box<UnsafeContinuation<Void, Never>?>(nil)
    loop.run { _ in
      remote.shutdown(grace: .milliseconds(5))
      await unsafe withUnsafeContinuation { unsafe continuation.value = unsafe $0 }
    }
    #expect(loop.wasCutOff)
    if let waiting = unsafe continuation.value { unsafe waiting.resume() }
    loop.runUntilIdle()
  }
}
