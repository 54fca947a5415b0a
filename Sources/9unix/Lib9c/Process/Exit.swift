// How a program ends: exits, sysfatal, and the name under which it complains.

import Glibc
import Sys9

/// What a program knows of itself.  The one state of this module that all threads share (L1).
enum Program {
  private static let name = Guarded<String?>(nil)
  static let fatalHook = Guarded<(@Sendable (String) -> Void)?>(nil)

  /// The most bytes that a last complaint may have.
  static let complaintMax = 255

  static var argv0: String? {
    get { name.withLock { $0 } }
    set { name.withLock { $0 = newValue } }
  }

  static func nameOnce(_ program: String) {
    name.withLock { if $0 == nil { $0 = program } }
  }

  /// Writes `text` to the standard error.
  static func complain(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      // Nobody is left to be told if the standard error cannot be written.
      try? unsafe Sys9.write(2, all: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Runs what is to be run at the end, and ends.
  static func end(status: CInt) -> Never { Glibc.exit(status) }
}

/// The program's name, for its complaints: the first word of its command line, once an `ArgParser`
/// has seen that, or what somebody sets.  Shared by all threads.  Corresponds to `argv0`.
public var argv0: String? {
  get { Program.argv0 }
  set { Program.argv0 = newValue }
}

/// Ends the program: with status 0 if `message` is nil or empty, else 1.
///
/// What `atexit(3)` was told is done first.  Corresponds to `exits(3)`.
public func exits(_ message: String?) -> Never { Program.end(status: exitcode(message)) }

/// Ends the program at once: nothing that `atexit(3)` was told is done.  Corresponds to `_exits`.
public func _exits(_ message: String?) -> Never { Glibc._exit(exitcode(message)) }

/// The status that stands for a message: 0 for nil and the empty text, else 1.
///
/// Corresponds to `exitcode`.
public func exitcode(_ message: String?) -> CInt { (message ?? "").isEmpty ? 0 : 1 }

/// Prints the program's name and `message` to the standard error, and ends the program as failed.
///
/// At most 255 bytes of the message are printed, cut at a whole rune.  What `onSysfatal` was given
/// runs first.  Corresponds to `sysfatal(3)`.
public func sysfatal(_ message: String) -> Never {
  let text = cut(message, to: Program.complaintMax)
  // Taken out while it runs: a hook that fails fatally itself does not come here again.
  let hook = Program.fatalHook.withLock { hook in
    defer { hook = nil }
    return hook
  }
  hook?(text)
  Program.complain("\(argv0 ?? "<prog>"): \(text)\n")
  exits("fatal")
}

/// Sets what `sysfatal` calls with the message before it ends the program; nil takes it away.
///
/// Shared by all threads.  Corresponds to the hook `_sysfatal`.
public func onSysfatal(_ hook: (@Sendable (_ message: String) -> Void)?) {
  Program.fatalHook.withLock { $0 = hook }
}

/// As much of the front of `text` as `count` bytes hold, in whole runes.
private func cut(_ text: String, to count: Int) -> String {
  if text.utf8.count <= count { return text }
  var end = text.utf8.index(text.startIndex, offsetBy: count)
  while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
  return String(text[..<end])
}
