// wakes: what it costs to wake a loop on another thread.
//
// Two loops send a message to and fro, each on a thread and a processor of its own.  Prints the
// wall seconds of each part, as `bin/bench` reads them:
//
//     parked     COUNT round trips between loops that sleep
//     spinning   COUNT round trips between loops that watch for 50 us before they sleep

import Glibc
import LibAIO
import Sys9

/// One of the two: sends back what it is sent, until there have been enough.
final class Player: @unchecked Sendable {
  let loop: Aio.Loop
  var other: Player?
  var left: Int

  init(_ loop: Aio.Loop, rounds: Int) {
    self.loop = loop
    left = rounds
  }

  /// On the loop's thread.
  func turn() {
    left -= 1
    other?.hit()
    if left == 0 { loop.stop() }
  }

  /// On any thread.
  func hit() { loop.remote.send { [self] _ in turn() } }
}

/// Runs `player`'s loop on processor `number`, if there is one.
func run(_ player: Player, on number: Int) {
  // Without a processor of its own it plays nevertheless.
  _ = SystemThread.pin(to: number)
  player.loop.run()
}

func seconds(
  _ world: Aio.World, spin: Duration, rounds: Int
) throws(SystemError) -> Double {
  var options = Aio.LoopOptions()
  options.spin = spin
  let first = Player(try world.makeLoop(options), rounds: rounds)
  let second = Player(try world.makeLoop(options), rounds: rounds)
  first.other = second
  second.other = first
  let thread = try SystemThread.start { run(second, on: 1) }
  let began = Kernel.monotonicNs()
  first.hit()
  run(first, on: 0)
  SystemThread.join(thread)
  let ended = Kernel.monotonicNs()
  first.other = nil
  return Double(ended - began) / 1e9
}

func report(_ part: String, _ seconds: Double, to output: StandardOutput) {
  let ns = Int(seconds * 1e9)
  output.print(
    "\(part) \(ns / 1_000_000_000).\(String(1_000_000_000 + ns % 1_000_000_000).dropFirst())")
}

let usage = """
  usage: wakes [COUNT [epoll|uring]]

  wakes sends COUNT messages, 20000 by default, from one loop to another and back, and prints the
  wall seconds that all of them took: between loops that sleep, and between loops that spin.
  They are on io_uring where the system allows it, unless told.
  """

let output = StandardOutput(of: "wakes")
let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "-h", "--help": output.print(usage)
case let word:
  let worlds: [String: Aio.World] = ["epoll": .epoll, "uring": .uring]
  guard arguments.count < 3, let world = arguments.count < 2 ? .machine : worlds[arguments[2]],
    let count = Int(word ?? "20000"), (1...100_000_000).contains(count)
  else {
    StandardOutput.complain(
      "wakes: wants a count from 1 to 100000000, and epoll or uring\nTry: wakes --help\n")
    exit(2)
  }
  do {
    report("parked", try seconds(world, spin: .zero, rounds: count), to: output)
    report("spinning", try seconds(world, spin: .microseconds(50), rounds: count), to: output)
  } catch {
    StandardOutput.complain("wakes: \(error)\n")
    exit(output.status(1))
  }
}
exit(output.status())
