// echobench: what an echo costs the server's thread, on what the runtime stands on in this build.
//
// The server of Servers.EchoServer runs on a loop of the build's kind (the option AIO_BACKEND), the
// clients on one of epoll in a thread of their own.  Prints the processor time of the server's
// thread for a message, in nanoseconds; what the clients use is not counted.

import Glibc
import LibAIO
import Servers
import Sys9

func threadSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func complain(_ text: String) {
  var output = BufferedWriter(2)
  // Where nobody can be told, the status remains.
  try? output.write(Array(text.utf8))
  try? output.flush()
}

func measure(connections: Int, size: Int, messages: Int) throws(SystemError) -> Double {
  let loop = try Aio.World.machine.makeLoop()
  let listener = try loop.announce(.ipv4(0x7F00_0001, port: 0))
  let address = try loop.localAddress(of: listener)
  let server = EchoServer(on: listener, of: loop)
  let remote = loop.remote
  let clients = try SystemThread.start {
    do throws(SystemError) {
      try EchoLoad.run(connections, size: size, messages: messages, to: address)
    } catch {
      complain("echobench: \(error)\n")
      exit(1)
    }
    remote.stop()
  }
  let began = threadSeconds()
  withExtendedLifetime(server) { loop.run() }
  let spent = threadSeconds() - began
  SystemThread.join(clients)
  return spent / Double(messages) * 1e9
}

let arguments = CommandLine.arguments.dropFirst().map { Int($0) ?? -1 }
guard arguments.count <= 3, arguments.allSatisfy({ $0 > 0 }) else {
  complain("usage: echobench [CONNECTIONS [BYTES [MESSAGES]]]   (100 64 200000)\n")
  exit(2)
}
let numbers = arguments + [100, 64, 200_000].dropFirst(arguments.count)
do {
  let cost = try measure(connections: numbers[0], size: numbers[1], messages: numbers[2])
  print("server \(cost)")
} catch {
  complain("echobench: \(error)\n")
  exit(1)
}
