// What a program asks of the terminal and of its environment.

import CNine
import Glibc

/// Facts about the terminal behind a descriptor.
public enum Terminal {
  /// True if `fd` is a terminal.  `isatty(3)`.
  public static func isTerminal(_ fd: CInt) -> Bool { isatty(fd) == 1 }

  /// The terminal's columns; nil if `fd` is none or it does not know.  `TIOCGWINSZ`.
  public static func columns(_ fd: CInt) -> Int? {
    let columns = cnine_columns(fd)
    return columns > 0 ? Int(columns) : nil
  }

  /// True if colour is welcome on `fd`: a terminal, `NO_COLOR` unset, `TERM` not `dumb`.
  public static func wantsColour(_ fd: CInt) -> Bool {
    isTerminal(fd) && (Environment["NO_COLOR"] ?? "").isEmpty && Environment["TERM"] != "dumb"
  }
}

/// The process's environment, read only.
public enum Environment {
  /// The value of the variable `name`, nil if it is not set.  `getenv(3)`.
  public static subscript(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The bytes of the variable named by the bytes `name`, nil if it is not set.
  public static func value(of name: [UInt8]) -> [UInt8]? {
    let terminated = name.map { CChar(bitPattern: $0) } + [0]
    let found = unsafe terminated.withUnsafeBufferPointer { text in
      unsafe text.baseAddress.flatMap { unsafe getenv($0) }
    }
    guard let value = unsafe found else { return nil }
    return unsafe value.withMemoryRebound(to: UInt8.self, capacity: strlen(value)) {
      unsafe [UInt8](UnsafeBufferPointer(start: $0, count: strlen(value)))
    }
  }
}
