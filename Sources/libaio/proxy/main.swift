// proxy: passes TCP connections on.

import Glibc
import Servers
import Sys9

/// Says why a client's target could not be reached.
@Sendable func complain(_ error: SystemError) {
  var output = BufferedWriter(2)
  // Where nobody can be told, the client's connection has ended all the same.
  try? output.write(Array("proxy: \(error)\n".utf8))
  try? output.flush()
}

exit(
  Launch.main(
    "proxy", "passes TCP connections on to another place", takes: [.target],
    async: { listener, loop, connections, options in
      await AsyncRelay.serve(
        listener, to: options.target ?? .name(""), loop, on: connections,
        patience: options.patience, complain: complain)
    }
  ) { listener, loop, options in
    // A target is there: Launch has seen to it.
    Relay(
      from: listener, to: options.target ?? .name(""), on: loop, patience: options.patience,
      complain: complain)
  })
