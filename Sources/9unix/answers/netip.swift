// net.jsonl: addresses of hosts and of cards.

import Lib9c
import LibIP
import LibJSON

extension Subject {
  /// The answers about addresses, by the question's tag.
  static func ipAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
    switch question.tag {
    case "eipfmt": return try formats(question)
    case "parseip": return address(try question.string("in"))
    case "parseipmask": return mask(try question.string("in"))
    case "parseether": return ether(try question.string("in"))
    default: throw .tag(question.tag)
    }
  }

  private static func formats(_ question: Question) throws(Unanswered) -> JSONObject {
    guard let address = IPAddress(try question.hex("ip")) else { throw .field("ip") }
    let text = address.text
    let blanks = String(repeating: " ", count: max(0, 40 - text.utf8.count))
    return [
      "I": .string(text), "M": .string(address.maskText),
      "V_first4": .string(v4Text(UInt32(truncatingIfNeeded: address.high >> 32))),
      "I40": .string("\(blanks)\(text)|\(text)\(blanks)|"),
    ]
  }

  /// What parseip(3) returns: the IPv4 address as a number, or 6.
  private static func family(_ text: String, _ address: IPAddress) -> JSON {
    if !text.utf8.contains(UInt8(ascii: ":")), let v4 = address.v4 { return .int(v4) }
    return 6
  }

  private static func address(_ text: String) -> JSONObject {
    do throws(IPError) {
      let address = try IPAddress.parseLegacy(text)
      return [
        "ret": family(text, address), "ip": .string(hex(address.bytes)),
        "fmt_I": .string(address.text),
      ]
    } catch {
      return ["ret": -1, "err": .string(error.description)]
    }
  }

  private static func mask(_ text: String) -> JSONObject {
    // What is no mask has an answer in the data too.
    let mask = (try? parseipmask(text)) ?? Plan9.parseipmask(text)
    let low = JSON.int(UInt32(truncatingIfNeeded: mask.low))
    return [
      "ret": text.hasPrefix("/") ? low : text.contains(":") ? 6 : low,
      "ip": .string(hex(mask.bytes)), "fmt_M": .string(mask.maskText),
    ]
  }

  private static func ether(_ text: String) -> JSONObject {
    let (address, isWhole) = (try? parseether(text)).map { ($0, true) } ?? Plan9.parseether(text)
    return [
      "ret": isWhole ? 0 : -1, "eth": .string(address.text), "fmt_E": .string(address.text),
      "fmt_sharpE": .string(address.withColons),
    ]
  }
}
