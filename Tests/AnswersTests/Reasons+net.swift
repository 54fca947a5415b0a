// Where our dial strings and addresses mean something else than plan9port's, and what.

import Lib9c
import LibIP
import LibJSON
import Testing

@testable import answers

extension Reason {
  /// A dial string that is none.
  private static func refused(_ text: String, _ why: String) -> JSON {
    ["tag": "dialparse", "in": .string(text), "rv": -1, "err": .string(why), "addr": nil]
  }

  /// A dial string of an address in hexadecimal.
  private static func accepted(_ text: String, _ port: Int, _ bytes: String) -> JSON {
    [
      "tag": "dialparse", "in": .string(text), "rv": 0, "net": "tcp", "port": .int(port),
      "family": bytes.utf8.count == 8 ? "inet" : "inet6", "addr": .string(bytes), "err": nil,
    ]
  }

  /// Refused when it is read, or as a service that nobody knows.
  @Sendable private static func fails(_ object: JSONObject) throws -> JSONObject {
    let text = try object.text("in")
    #expect(throws: (any Error).self) { try Net.endpoints(DialString(parsing: text)) }
    return ["rv": -1, "addr": nil]
  }

  /// The parts of `net!host!service`.
  private static func parts(_ object: JSONObject) throws -> [String] {
    let parts = try object.text("in").split(separator: "!").map(String.init)
    if parts.count != 3 { throw RuleError("three parts", object) }
    return parts
  }

  /// A number is a service of every network: streams are tried first, then messages.
  @Sendable private static func dialsBoth(_ object: JSONObject) throws -> JSONObject {
    let port = try parts(object)[2]
    let found = try Net.endpoints(DialString(parsing: try object.text("in")))
    let streams = found.filter { $0.kind == .stream }
    #expect(!streams.isEmpty)
    #expect(found.prefix(streams.count).allSatisfy { $0.kind == .stream }, "tcp is first")
    #expect(found.dropFirst(streams.count).map(\.address) == streams.map(\.address))
    #expect(found.allSatisfy { String($0.address.port) == port })
    return ["rv": 0, "net": "tcp", "port": try JSON.parse(bytes: Array(port.utf8)), "err": nil]
  }

  /// Brackets are around an address, which is what they say.
  @Sendable private static func hasBrackets(_ object: JSONObject) throws -> JSONObject {
    let parts = try parts(object)
    guard parts[1].hasPrefix("["), parts[1].hasSuffix("]") else {
      throw RuleError("brackets", object)
    }
    let address = try IPAddress.parse(String(parts[1].dropFirst().dropLast()))
    let bytes = address.isV4 ? address.bytes.suffix(4) : address.bytes[...]
    return [
      "rv": 0, "net": .string(parts[0] == "net" ? "tcp" : parts[0]),
      "port": try JSON.parse(bytes: Array(parts[2].utf8)), "addr": .string(hex(bytes)),
      "family": address.isV4 ? "inet" : "inet6", "err": nil,
    ]
  }

  static let dialparse = [
    Reason(
      "dialparse", "port range unchecked (htons truncates); ours must fail",
      examples: [
        refused("tcp!127.0.0.1!65536", "bad port tcp!*!65536"),
        refused("udp!127.0.0.1!-1", "bad port udp!*!-1"),
        refused("tcp!127.0.0.1!0x10000", "bad port tcp!*!0x10000"),
        refused("net!h!99999999999999999999", "bad port net!*!99999999999999999999"),
      ], rule: fails),
    Reason(
      "dialparse",
      "net! with numeric service is refused although netmkaddr() produces it; "
        + "ours must dial tcp then udp",
      examples: [
        accepted("net!127.0.0.1!80", 80, "7f000001"),
        accepted("net!::1!65535", 65535, "00000000000000000000000000000001"),
      ], rule: dialsBoth),
    Reason(
      "dialparse", "strtol accepts leading space; ours must fail",
      examples: [
        refused("tcp!1.2.3.4! 80", "unknown service tcp!*! 80"),
        refused("udp!1.2.3.4!\t80", "unknown service udp!*!\t80"),
      ], rule: fails),
    Reason(
      "dialparse", "empty unix path accepted; ours must fail",
      examples: [
        refused("unix!", "malformed address (empty path)"),
        refused("net!", "malformed address (empty path)"),
      ], rule: fails),
    Reason(
      "dialparse", "brackets not accepted; ours accepts [v6]",
      examples: [
        accepted("tcp![::1]!80", 80, "00000000000000000000000000000001"),
        accepted("tcp![fe80::2:3]!564", 564, "fe800000000000000000000000020003"),
      ], rule: hasBrackets),
  ]
}

extension Reason {
  /// A text that is no address, and where the fault is.
  private static func noAddress(_ text: String, _ why: String) -> JSON {
    ["tag": "parseip", "in": .string(text), "ret": -1, "err": .string(why), "ip": nil]
  }

  /// True for one to three decimal numbers: the shorthand that only `parseLegacy` reads.
  private static func isShorthand(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count < 4 && parts.allSatisfy { UInt8($0)?.description == String($0) }
  }

  /// Strictly no address; what plan9port makes of it is had on request, and only then.
  @Sendable private static func isStrict(_ object: JSONObject) throws -> JSONObject {
    let text = try object.text("in")
    #expect(throws: IPError.self, "\(text)") { try parseip(text) }
    #expect(throws: IPError.self, "\(text)") { try IPAddress.parse(text) }
    #expect(IPAddress(text) == nil, "\(text)")
    if object["ret"]?.int != -1 {
      #expect(hex(Plan9.parseip(text).bytes) == (try object.text("ip")), "\(text)")
    }
    if !isShorthand(text) { return ["ret": -1, "ip": nil] }
    return ["ret": object["ret"] ?? nil, "ip": object["ip"] ?? nil, "err": nil]
  }

  static let net = [
    Reason(
      "net",
      "parseip never fails: garbage accepted silently; ours must return an error (strict), "
        + "legacy class shorthand only on request",
      examples: [
        noAddress("010.0.0.1", "byte 1: a leading zero, which some read as octal"),
        noAddress("1.2.3.256", "byte 7: a part is above 255"),
        noAddress("1.2.3.4.5", "byte 9: an IPv4 address has four parts"),
        noAddress("1::2::3", "byte 6: '::' stands for two gaps"),
        noAddress("12345::", "byte 5: a part has too many digits"),
        noAddress("fe80::1%eth0", "byte 8: something follows the address"),
        noAddress("1.2.3.4 ", "byte 8: something follows the address"),
        [
          "tag": "parseip", "in": "10.1", "ret": 0x0A00_0001, "fmt_I": "10.0.0.1",
          "ip": "00000000000000000000ffff0a000001", "err": nil,
        ],
        [
          "tag": "parseip", "in": "128.1", "ret": 0x8001_0000, "fmt_I": "128.1.0.0",
          "ip": "00000000000000000000ffff80010000", "err": nil,
        ],
      ], rule: isStrict)
  ]
}
