// pool: tasks that do nothing, to see what a task costs, and to learn how they are written.

import Glibc
import LibAIO
import Servers
import Sys9

let usage = """
  usage: pool [-t WORKERS] [-n TASKS] [-r ROUNDS] [--backend \(Launch.backends)]
              [--scheduler NAME] [--record N] [--async] [flat|tree]...

  pool runs tasks that do nothing, and prints what one costs, in seconds for all of a round: CPU
  time of all workers, and wall time.

    flat               one task makes all the others, and a barrier waits for them
    tree               each task makes two, down to the leaves, and a barrier waits for them

    -t, --workers N    workers; one for each processor by default
    -n, --tasks N      tasks a round; flat has 100,000 by default, tree 16,777,216
    -r, --rounds N     rounds; the fastest is printed; 5 by default
        --backend NAME auto, the default, is uring where the system allows it
        --scheduler S  fifo, stealing or affine
        --record N     keep records of the last N events, a power of two
        --async        by Swift's tasks: each worker makes its share of them on a loop of its own;
                       tree has 1,048,576 by default
    -v, --verbose      print the runtime's counters to standard error
        --version      print the version
    -h, --help         print this

  """

exit(
  Launch.program("pool", usage: usage) { arguments, output in
    let options = try PoolOptions.parse(arguments)
    for work in options.works {
      let figures =
        options.isAsync ? try PoolTasks.run(work, options) : try PoolBench.run(work, options)
      output.print(work.rawValue, ns: figures.cpuNs)
      output.print("\(work.rawValue)-wall", ns: figures.wallNs)
      output.flush()
    }
    return output.status()
  })
