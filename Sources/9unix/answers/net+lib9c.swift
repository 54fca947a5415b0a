// net.jsonl: what Lib9c answers of it, which is netmkaddr.

import Lib9c
import LibJSON

/// An address made whole as plan9port does it; ours knows IPv6, see `Plan9.netmkaddr`.
func netmkaddrAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let text = try question.string("in")
  let network = question["defnet"]?.string
  return ["out": .string(Plan9.netmkaddr(text, network, question["defsrv"]?.string))]
}
