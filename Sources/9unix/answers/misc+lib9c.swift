// misc.jsonl: what Lib9c answers of it, which is times, numbers and encodings.

import Lib9c
import LibJSON

/// Times as Plan 9 writes them; where ours differ on purpose, `Plan9` has the answer.
func timeAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let tm = gmtime(try question.int("t"))
  return [
    "year": .int(tm.year), "mon": .int(tm.mon), "mday": .int(tm.mday), "hour": .int(tm.hour),
    "min": .int(tm.min), "sec": .int(tm.sec), "wday": .int(tm.wday), "yday": .int(tm.yday),
    "zone": .string(tm.zone), "asctime": .string(Plan9.asctime(tm)), "tm2sec": .int(tm2sec(tm)),
  ]
}

/// The number at the front of a text, by its bits.
func strtodAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let (bits, used) = Plan9.strtod(try question.string("in"))
  let digits = String(bits, radix: 16)
  let zeros = String(repeating: "0", count: 16 - digits.count)
  return ["bits": .string(zeros + digits), "used": .int(used)]
}

/// Bytes in base 64, 32 and 16.
func encodeAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let bytes = try question.hex("hex")
  return [
    "enc64": .string(enc64(bytes)), "enc32": .string(Plan9.enc32(bytes)),
    "enc16": .string(enc16(bytes)),
  ]
}

/// Texts in base 64, 32 and 16 back to bytes.
func decodeAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let text = try question.bytes("in")
  var answer: JSONObject = [:]
  for (name, bytes) in [("dec64", dec64(text)), ("dec32", dec32(text)), ("dec16", dec16(text))] {
    answer["\(name)_n"] = .int(bytes?.count ?? -1)
    answer[name] = .string(hex(bytes ?? []))
  }
  return answer
}
