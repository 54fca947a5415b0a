// Names of Swift symbols as people write them.

import CNine
import Glibc

extension Symbol {
  /// `name` as Swift's sources have it; the same if it is no mangled name of Swift.
  ///
  /// Asks the Swift runtime.  `swift_demangle`.
  public static func demangled(_ name: String) -> String {
    let bare = name.hasPrefix("_$s") || name.hasPrefix("_$S") ? String(name.dropFirst()) : name
    guard bare.hasPrefix("$s") || bare.hasPrefix("$S") else { return name }
    guard
      let text = unsafe bare.withCString({
        unsafe swift_demangle($0, bare.utf8.count, nil, nil, 0)
      })
    else { return name }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
