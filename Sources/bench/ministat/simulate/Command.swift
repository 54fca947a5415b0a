// The command line.

import Glibc
import MiniStatSimulation

/// The modes of the program.
enum Command {
  static func run(_ arguments: [String]) -> CInt {
    var rounds = 20_000
    var seed: UInt64 = 4711
    var count = 0
    var mode = "simulate"
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      switch argument {
      case "--simulate": mode = "simulate"
      case "--dip-table": mode = "dip"
      case "--speed":
        guard let text = rest.popFirst(), let number = Int(text), number >= 2 else {
          return complain("--speed wants the number of values")
        }
        count = number
        mode = "speed"
      case "--rounds":
        guard let text = rest.popFirst(), let count = Int(text), count >= 100 else {
          return complain("--rounds wants a number from 100")
        }
        rounds = count
      case "--seed":
        guard let text = rest.popFirst(), let number = UInt64(text) else {
          return complain("--seed wants a number")
        }
        seed = number
      default: return complain("unknown argument \(argument)")
      }
    }
    switch mode {
    case "speed": Speed.run(count: count) { say($0, to: STDOUT_FILENO) }
    case "dip": DipTableMaker.run(rounds: rounds, seed: 217)
    default:
      return Simulation.run(rounds: rounds, seed: seed) { say($0, to: STDOUT_FILENO) } ? 0 : 1
    }
    return 0
  }

  private static func complain(_ text: String) -> CInt {
    say("simulate: \(text)\n", to: STDERR_FILENO)
    return 2
  }

  private static func say(_ text: String, to descriptor: CInt) {
    let bytes = Array(text.utf8)
    // Nobody is left to tell if this fails.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  }
}
