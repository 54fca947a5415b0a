// httpd: a web server of files, or of one text.

import Glibc
import Servers
import Sys9

func site(_ options: LaunchOptions) throws(SystemError) -> WebSite {
  if let root = options.root { return try WebSite(root: root) }
  return WebSite(text: "Hello, World!")
}

exit(
  Launch.main(
    "httpd", "serves the files below a directory, or one short text", takes: [.root, .limits],
    check: { (options) throws(SystemError) in _ = try site(options) },
    async: { (listener, loop, connections, options) throws(SystemError) in
      let server = AsyncWebServer(try site(options), on: loop, limits: options.limits)
      await server.serve(listener, on: connections)
    }
  ) { (listener, loop, options) throws(SystemError) in
    WebServer(try site(options), on: listener, of: loop, limits: options.limits)
  })
