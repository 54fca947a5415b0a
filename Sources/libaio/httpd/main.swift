// httpd: a web server of files, or of one text.

import Glibc
import Servers
import Sys9

exit(
  Launch.main("httpd", "serves the files below a directory, or one short text", takes: .root) {
    listener, loop, options throws(SystemError) in
    let site =
      if let root = options.root {
        try WebSite(root: root)
      } else {
        WebSite(text: "Hello, World!")
      }
    return WebServer(site, on: listener, of: loop)
  })
