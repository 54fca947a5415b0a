// wakes: what it costs to wake a loop on another thread.
//
// Two loops send a message to and fro, each on a thread and a processor of its own.  Prints the
// wall seconds of each part, as `bin/bench` reads them:
//
//     parked     COUNT round trips between loops that sleep
//     spinning   COUNT round trips between loops that watch for 50 us before they sleep

import Glibc
import LibAIO
import Servers
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

func wallNs(
  _ world: Aio.World, spin: Duration, rounds: Int
) throws(SystemError) -> UInt64 {
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
  return ended - began
}

let usage = """
  usage: wakes [--backend \(Launch.backends)] [COUNT]

  wakes sends COUNT messages, 20000 by default, from one loop to another and back, and prints the
  wall seconds that all of them took: between loops that sleep, and between loops that spin.

      --backend NAME   auto, the default, is uring where the system allows it
      --version        print the version
  -h, --help           print this

  """

exit(
  Launch.program("wakes", usage: usage) { arguments, output in
    var arguments = arguments
    var count: Int?
    var world = Aio.World.machine
    while let word = try arguments.next() {
      switch word {
      case "--backend": world = try arguments.backend()
      default: count = try arguments.count(after: count, 1...100_000_000)
      }
    }
    let rounds = count ?? 20_000
    output.print("parked", ns: try wallNs(world, spin: .zero, rounds: rounds))
    output.print("spinning", ns: try wallNs(world, spin: .microseconds(50), rounds: rounds))
    return output.status()
  })
