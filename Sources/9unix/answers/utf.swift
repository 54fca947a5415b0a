// The rows of misc.jsonl on runes.

import LibJSON
import LibUTF

/// The longest prefix of which `fullrune` is asked.
private let fullRuneCountMax = 7

/// What the bytes of a question decode to, and how the classic calls count them.
func utfAnswer(_ question: Question) throws(Unanswered) -> JSONObject {
  let bytes = try question.hex("hex")
  var runes: [JSON] = []
  var offset = 0
  while offset < bytes.count {
    var rune = Runeerror
    let count = chartorune(&rune, bytes.span.extracting(offset...))
    runes.append(.array([.int(Int(rune)), .int(count)]))
    offset += count
  }
  let full = (0...min(bytes.count, fullRuneCountMax)).map { count in
    JSON.int(fullrune(bytes.span.extracting(first: count)) ? 1 : 0)
  }
  return [
    "runes": .array(runes), "utflen": .int(utflen(bytes.span)),
    "utfnlen": .int(utfnlen(bytes.span, bytes.count)), "fullrune": .array(full),
  ]
}
