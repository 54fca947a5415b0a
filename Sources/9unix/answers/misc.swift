// misc.jsonl: times, runes, numbers, encodings.

extension Subject {
  static let misc = Subject(
    "misc",
    asked: [
      "gmtime": ["t"],
      "utf": ["hex"],
      "strtod": ["in"],
      "encode": ["hex"],
      "decode": ["in"],
    ]
  ) { (question) throws(Unanswered) in
    switch question.tag {
    case "gmtime": return try timeAnswer(question)
    case "strtod": return try strtodAnswer(question)
    case "encode": return try encodeAnswer(question)
    case "decode": return try decodeAnswer(question)
    case "utf": return try utfAnswer(question)
    default: throw .tag(question.tag)
    }
  }
}
