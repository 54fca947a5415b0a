// timers: what a million timers cost.
//
// The case of a server: a timeout for each request, few of which ever fire.  Prints the processor
// seconds of each part, as `bin/bench` reads them:
//
//     create   arm COUNT one-shot timers, at random within ten seconds, in fresh memory
//     cancel   remove nine of ten, in the order of arming
//     re-arm   COUNT times, remove one of 256 timers and arm it anew for half a minute

import Glibc
import LibAIO
import Sys9

/// The generator of Marsaglia's that the peers use too, so that all have the same deadlines.
struct XorShift {
  private var word: UInt64 = 88_172_645_463_325_252

  mutating func draw() -> UInt64 {
    word ^= word << 13
    word ^= word >> 7
    word ^= word << 17
    return word
  }
}

func cpuSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func report(_ part: String, _ began: Double, to output: StandardOutput) {
  let micro = Int((cpuSeconds() - began) * 1e6)
  let fraction = String(1_000_000 + micro % 1_000_000).dropFirst()
  output.print("\(part) \(micro / 1_000_000).\(fraction)")
}

func measure(_ count: Int, to output: StandardOutput) throws(SystemError) {
  let loop = try Aio.World.machine.makeLoop()
  let callback = Aio.Callback { _, _ in }
  var random = XorShift()
  let start = loop.now
  let deadlines = (0..<count).map { _ in start + random.draw() % 10_000_000 * 1000 }

  var began = cpuSeconds()
  var tokens = [Aio.TimerToken](repeating: .none, count: count)
  for index in 0..<count { tokens[index] = loop.addOneShot(at: deadlines[index], to: callback) }
  report("create", began, to: output)

  began = cpuSeconds()
  for index in 0..<count where index % 10 != 0 { loop.removeTimer(tokens[index]) }
  report("cancel", began, to: output)

  loop.removeTimers(of: callback)
  began = cpuSeconds()
  for index in 0..<count {
    let hot = index % 256
    loop.removeTimer(tokens[hot])
    tokens[hot] = loop.addOneShot(at: start + 30_000_000_000, to: callback)
  }
  report("re-arm", began, to: output)
}

let usage = """
  usage: timers [COUNT]

  timers arms COUNT timers, a million by default, cancels nine of ten, and arms 256 of them
  again and again.  It prints the processor seconds of each part.
  """

let output = StandardOutput(of: "timers")
let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "-h", "--help": output.print(usage)
case let word:
  guard arguments.count < 2, let count = Int(word ?? "1000000"), (1...15_000_000).contains(count)
  else {
    StandardOutput.complain("timers: wants a count from 1 to 15000000\nTry: timers --help\n")
    exit(2)
  }
  do {
    try measure(count, to: output)
  } catch {
    StandardOutput.complain("timers: \(error)\n")
    exit(output.status(1))
  }
}
exit(output.status())
