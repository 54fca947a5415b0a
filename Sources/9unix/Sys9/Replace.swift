// A program that becomes another one.

import Glibc

extension Command {
  /// Makes this process run `arguments[0]`, looked up in `PATH`, and does not return.
  ///
  /// - Throws: what `execvp(3)` reports, with the program as subject.
  public static func replace(with arguments: [String]) throws(SystemError) -> Never {
    precondition(!arguments.isEmpty, "a command needs a program")
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    if let program = unsafe words[0] { _ = unsafe execvp(program, words) }
    throw SystemError(call: "execvp", errno: errno, subject: arguments[0]).noted()
  }
}
