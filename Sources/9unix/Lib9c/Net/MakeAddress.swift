// Addresses that people type, made whole.

import SystemPackage

/// The dial string that `text` means where network and service may be left out.
///
///     netmkaddr("example.com", "tcp", "80")   == "tcp!example.com!80"
///     netmkaddr("example.com:443", "tcp")     == "tcp!example.com!443"
///     netmkaddr("[::1]:80", "tcp")            == "tcp!::1!80"
///     netmkaddr("/tmp/socket")                == "unix!/tmp/socket", if there is such a file
///
/// An IPv6 address needs no brackets if no port follows it.  Whether a file exists is the only
/// question asked of the system.  Corresponds to `netmkaddr` of `dial(3)`; see `Plan9.netmkaddr`
/// for one that cuts IPv6 at its first colon.
public func netmkaddr(
  _ text: String, _ network: String? = nil, _ service: String? = nil
) -> String {
  MakeAddress.whole(text, network ?? "net", service, exists: MakeAddress.fileExists)
}

extension Plan9 {
  /// What plan9port's `netmkaddr` answers: whatever has a colon is cut at the first one, so that
  /// `::1` becomes a host without a name.
  public static func netmkaddr(
    _ text: String, _ network: String? = nil, _ service: String? = nil
  ) -> String {
    MakeAddress.whole(
      text, network ?? "net", service, exists: MakeAddress.fileExists, six: { _ in nil })
  }
}

/// The rules, pure: whether a file exists is told.
enum MakeAddress {
  static func whole(
    _ text: String, _ network: String, _ service: String?, exists: (String) -> Bool,
    six: (String) -> (host: Substring, port: Substring?)? = six
  ) -> String {
    let bangs = text.utf8.count { $0 == UInt8(ascii: "!") }
    if bangs > 1 || text.utf8.starts(with: "unix!".utf8) { return text }
    let ending = service.map { "!\($0)" } ?? ""
    if bangs == 1 { return text + ending }
    if exists(text) { return "unix!\(text)" }
    if let (host, port) = six(text) {
      return "\(network)!\(host)" + (port.map { "!\($0)" } ?? ending)
    }
    if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
      return "\(network)!\(text[..<colon])!\(text[text.utf8.index(after: colon)...])"
    }
    return "\(network)!\(text)\(ending)"
  }

  /// The parts of `[v6]`, `[v6]:port` and `v6`; nil if `text` is none of them.
  static func six(_ text: String) -> (host: Substring, port: Substring?)? {
    func isAddress(_ host: Substring.UnicodeScalarView) -> Bool {
      // A zone behind % is the system's matter.
      let plain = host.prefix { $0 != "%" }
      return plain.contains(":") && SocketAddress(literal: String(plain), port: 0) != nil
    }
    let runes = text.unicodeScalars[...]
    guard runes.first == "[" else { return isAddress(runes) ? (text[...], nil) : nil }
    guard let end = runes.firstIndex(of: "]") else { return nil }
    let host = runes[..<end].dropFirst()
    let rest = runes[end...].dropFirst()
    if !isAddress(host) { return nil }
    if rest.isEmpty { return (Substring(host), nil) }
    return rest.first == ":" && rest.count > 1
      ? (Substring(host), Substring(rest.dropFirst())) : nil
  }

  static func fileExists(_ path: String) -> Bool {
    // A file that cannot be asked for is not there; no path has a NUL in it.
    if path.isEmpty || path.utf8.contains(0) { return false }
    return ((try? Files.status(FilePath(path))) ?? nil) != nil
  }
}
