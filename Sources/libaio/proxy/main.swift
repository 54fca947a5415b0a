// proxy: passes TCP connections on.

import Glibc
import Servers
import Sys9

exit(
  Launch.main(
    "proxy", "passes TCP connections on to another port", takes: .target,
    async: { listener, loop, options in
      await AsyncRelay.serve(listener, to: options.target ?? .ipv4(0, port: 0), loop)
    }
  ) { listener, loop, options in
    // A target is there: Launch has seen to it.
    Relay(from: listener, to: options.target ?? .ipv4(0, port: 0), on: loop)
  })
