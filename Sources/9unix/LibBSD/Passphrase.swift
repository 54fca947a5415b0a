// Secrets that people type.

import CBSD
import Glibc
public import Sys9

extension BSD {
  /// How a passphrase is read.
  public struct PassphraseOptions: OptionSet, Sendable {
    /// The flags of `readpassphrase(3)`.
    public let rawValue: CInt

    /// Options by their flags.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// What is typed is shown.  `RPP_ECHO_ON`.
    public static let echo = PassphraseOptions(rawValue: CInt(RPP_ECHO_ON))
    /// A terminal is wanted; without one it fails.  `RPP_REQUIRE_TTY`.
    public static let requireTerminal = PassphraseOptions(rawValue: CInt(RPP_REQUIRE_TTY))
    /// The standard input is read, not the terminal.  `RPP_STDIN`.
    public static let standardInput = PassphraseOptions(rawValue: CInt(RPP_STDIN))
  }

  /// Shows `prompt`, and hands the line that is typed to `body`; then its memory is cleared.
  ///
  /// The bytes are without the newline; what goes beyond `sizeMax` is lost.  Corresponds to
  /// `readpassphrase(3)`.
  public static func withPassphrase<Result>(
    _ prompt: String, _ options: PassphraseOptions = [], sizeMax: Int = 1024,
    _ body: (Span<UInt8>) -> Result
  ) throws(SystemError) -> Result {
    precondition(sizeMax > 0, "a passphrase has room for a byte")
    let room = UnsafeMutablePointer<CChar>.allocate(capacity: sizeMax + 1)
    unsafe room.initialize(repeating: 0, count: sizeMax + 1)
    defer {
      unsafe explicit_bzero(room, sizeMax + 1)
      unsafe room.deallocate()
    }
    guard unsafe readpassphrase(prompt, room, sizeMax + 1, options.rawValue) != nil else {
      throw SystemError(call: "readpassphrase", errno: errno)
    }
    let count = unsafe strlen(room)
    return unsafe UnsafeRawBufferPointer(start: room, count: count)
      .withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
  }
}
