// treebench: nanoseconds per operation of a search tree, one number a line.

import Glibc

/// Writes all of `text` to `fd`; says what went wrong and returns false if it cannot.
func write(_ fd: CInt, _ text: String) -> Bool {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count < 0 {
      unsafe perror("treebench")
      return false
    }
    rest = rest.dropFirst(count)
  }
  return true
}

exit(TreeBench.run(CommandLine.arguments.dropFirst(), write))
