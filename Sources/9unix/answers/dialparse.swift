// dialparse.jsonl: what dial strings mean.

import Lib9c
import LibJSON
import Sys9

extension Subject {
  static let dialparse = Subject(
    "dialparse",
    asked: [
      "*": ["in"]
    ]
  ) { (question) throws(Unanswered) in
    let text = try question.string("in")
    do throws(DialError) {
      // plan9port refuses the mount points of Plan 9, which we drop.
      if text.first == "/" { throw .badNetwork(text) }
      return try meaning(DialString(parsing: text))
    } catch {
      return ["rv": -1, "err": .string(error.description)]
    }
  }

  private static func meaning(_ target: DialString) -> JSONObject {
    if case .unix(let path) = target {
      return ["rv": 0, "net": "unix", "unix": .string(path), "port": 0, "family": "unix"]
    }
    do throws(SystemError) {
      let found = try Net.endpoints(target)
      // It asks for IPv4 first, but for `*`.
      let four =
        if case .service(_, .any, _) = target { found.first } else {
          found.first { if case .ipv4 = $0.address { true } else { false } }
        }
      guard let chosen = four ?? found.first else { return ["rv": -1, "err": "no address"] }
      let bytes: [UInt8]
      let family: JSON
      switch chosen.address {
      case .ipv4(let host, _): (family, bytes) = ("inet", bigEndian(host))
      case .ipv6(let high, let low, _, _):
        (family, bytes) = ("inet6", bigEndian(high) + bigEndian(low))
      case .unix(let path): (family, bytes) = ("unix", path)
      }
      return [
        "rv": 0, "net": chosen.kind == .stream ? "tcp" : "udp", "unix": nil,
        "port": .int(chosen.address.port), "family": family, "addr": .string(hex(bytes)),
      ]
    } catch {
      return ["rv": -1, "err": .string(error.reason)]
    }
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    stride(from: number.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: number >> $0)
    }
  }
}
