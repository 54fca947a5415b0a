// timers: what a million timers cost.

import Glibc
import LibAIO
import Servers
import Sys9

let usage = """
  usage: timers [-t WORKERS] [--backend \(Launch.backends)] [--async] [COUNT]

  timers arms COUNT timers, a million by default, cancels nine of ten, and arms 256 of them
  again and again.  It prints the processor seconds of each part.

    -t, --workers NUMBER   threads, each with a loop and COUNT timers of its own; 1 is the default
        --backend NAME     auto, the default, is uring where the system allows it
        --async            tasks sleep, one a timer; COUNT is 100,000 by default
        --version          print the version
    -h, --help             print this

  """

exit(
  Launch.program("timers", usage: usage) { arguments, output in
    var arguments = arguments
    var count: Int?
    var workers = 1
    var isAsync = false
    var world = Aio.World.machine
    while let word = try arguments.next() {
      switch word {
      case "-t", "--workers": workers = try arguments.number("threads", 1...256)
      case "--backend": world = try arguments.backend()
      case "--async": isAsync = true
      default: count = try arguments.count(after: count, 1...15_000_000)
      }
    }
    let each = count ?? (isAsync ? 100_000 : 1_000_000)
    let measure = isAsync ? TimerCosts.ofTasks : TimerCosts.ofCallbacks
    let costs = try Launch.onEach(of: workers, world) { _, loop in measure(each, loop) }
    for (part, cost) in TimerCosts.parts {
      output.print(part, ns: costs.reduce(0) { $0 + $1[keyPath: cost] })
    }
    return output.status()
  })
