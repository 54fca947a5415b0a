// echo: sends back what it receives.

import Glibc
import Servers

exit(
  Launch.main(
    "echo", "sends back whatever its connections send",
    async: { listener, _, connections, _ in await AsyncEcho.serve(listener, on: connections) }
  ) { listener, loop, _ in
    EchoServer(on: listener, of: loop)
  })
