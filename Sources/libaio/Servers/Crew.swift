// The workers of a program that serves.  The theory is in Launch.swift.

import Glibc
import LibAIO
import Sys9
import SystemPackage

/// One thread's share: made by the first thread, and run by its own.
final class Worker: @unchecked Sendable {
  let number: Int
  let loop: Aio.Loop
  let listener: Aio.Handle
  /// Who serves by receivers; nil where tasks serve.
  var service: Service?
  /// What is served by tasks.
  var connections: Connections?
  var probe: Aio.LatencyProbe?
  /// Why its tasks could not begin.
  var failure: SystemError?
  /// Connections that were cut off.
  var cut = 0

  init(_ number: Int, _ loop: Aio.Loop, _ listener: Aio.Handle) {
    self.number = number
    self.loop = loop
    self.listener = listener
  }

  var open: Int { service?.open ?? connections?.open ?? 0 }
  var accepted: Int { service?.accepted ?? connections?.accepted ?? 0 }

  /// What it says of itself; on its own thread.
  func report() -> String {
    var lines = ["connections \(open), so far \(accepted)"]
    if let summary = service?.summary, !summary.isEmpty { lines.append(summary) }
    lines += loop.report().split(separator: "\n").map(String.init)
    if let probe { lines.append(probe.description) }
    return lines.joined(separator: "\n")
  }
}

/// All workers of a program.
final class Crew: @unchecked Sendable {
  let name: String
  let options: LaunchOptions
  let workers: [Worker]
  /// Where they listen, for people.
  let place: String
  /// The first worker's.
  private var isEnding = false

  init(_ name: String, _ options: LaunchOptions) throws(SystemError) {
    self.name = name
    self.options = options
    var listening = Aio.ListenOptions()
    if options.workers > 1 {
      try Self.checkFree(options)
      listening.sharesPort = true
    }
    var address: SocketAddress?
    var workers: [Worker] = []
    for number in 0..<options.workers {
      let loop = try options.world.makeLoop()
      // The others listen where the first one does, whose port may have been any that is free.
      let listener =
        if let address {
          try loop.announce(address, options: listening)
        } else {
          try loop.announce(options.address, options: listening)
        }
      address = try loop.localAddress(of: listener)
      workers.append(Worker(number, loop, listener))
    }
    self.workers = workers
    let host = address?.host ?? ""
    place =
      switch address {
      case .ipv4(_, let port)?: "\(host):\(port)"
      case .ipv6(_, _, let port, _)?: "[\(host)]:\(port)"
      case .unix?, nil: host
      }
  }

  /// Listeners that share a port share it with anybody who wants to: so somebody who is there
  /// already has to be looked for.
  private static func checkFree(_ options: LaunchOptions) throws(SystemError) {
    let loop = try Aio.World.epoll.makeLoop()
    loop.close(try loop.announce(options.address))
  }

  // Signals.

  func listenForSignals() throws(SystemError) {
    guard let first = workers.first else { return }
    let ends = Aio.Callback { [unowned self] _, _ in end() }
    try first.loop.sigInstall(ends, SIGINT)
    try first.loop.sigInstall(ends, SIGTERM)
    try first.loop.sigInstall(Aio.Callback { [unowned self] _, _ in report() }, SIGUSR1)
  }

  private func end() {
    let isFirst = !isEnding
    isEnding = true
    for worker in workers {
      let grace = options.grace
      worker.loop.remote.send { loop in
        guard isFirst else {
          worker.cut = worker.open
          return loop.stop()
        }
        guard let service = worker.service else { return loop.remote.shutdown(grace: grace) }
        service.end(on: loop) { $0.stop() }
        let late = Aio.Callback { _, loop in
          worker.cut = worker.open
          loop.stop()
        }
        loop.addOneShot(after: grace, to: late)
      }
    }
  }

  private func report() {
    for worker in workers {
      worker.loop.remote.send { [self] _ in
        tell("worker \(worker.number)", worker.report())
        writeTrace(of: worker)
      }
    }
  }

  private func tell(_ who: String, _ text: String) {
    let lines = text.split(separator: "\n").map { "\(name): \(who): \($0)\n" }
    StandardOutput.complain(lines.joined())
  }

  /// The trace of the first worker goes to the file, those of others to files with their numbers.
  ///
  /// - Returns: whether it was written, if it was asked for.
  @discardableResult
  private func writeTrace(of worker: Worker) -> Bool {
    guard let file = options.trace else { return true }
    let path = worker.number == 0 ? file : "\(file).\(worker.number)"
    do throws(SystemError) {
      let out = try Descriptor.open(FilePath(path), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
      try out.write(all: worker.loop.trace())
      return true
    } catch {
      tell("trace", "\(path): \(error.reason)")
      return false
    }
  }

  // Running.

  func run(_ worker: Worker, _ tasks: @escaping Launch.Tasks) {
    if options.isAsync {
      let options = options
      worker.loop.run { loop in
        let connections = Connections(on: loop)
        worker.connections = connections
        do throws(SystemError) {
          try await tasks(
            Aio.AsyncListener(worker.listener, loop), loop, connections, options)
        } catch {
          worker.failure = error
        }
      }
      worker.cut = max(worker.cut, worker.open)
    } else {
      worker.loop.run()
    }
    // The main thread, on which all loops go away, is another one than most of theirs.
    worker.loop.retire()
  }

  /// The exit status (E1), and what is to be said about it.
  func conclude() -> CInt {
    var isTraced = true
    for worker in workers {
      if let failure = worker.failure { tell("worker \(worker.number)", "\(failure)") }
      if !writeTrace(of: worker) { isTraced = false }
    }
    let cut = workers.reduce(0) { $0 + $1.cut }
    if cut > 0 { StandardOutput.complain("\(name): \(cut) connections were cut off\n") }
    return cut > 0 || !isTraced || workers.contains { $0.failure != nil } ? 1 : 0
  }
}
