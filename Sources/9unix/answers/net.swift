// net.jsonl: addresses of networks, of hosts and of cards.

extension Subject {
  static let net = Subject(
    "net",
    asked: [
      "netmkaddr": ["in", "defnet", "defsrv"],
      "eipfmt": ["ip"],
      "parseip": ["in"],
      "parseipmask": ["in"],
      "parseether": ["in"],
    ]
  ) { (question) throws(Unanswered) in
    switch question.tag {
    case "netmkaddr": return try netmkaddrAnswer(question)
    default: return try ipAnswer(question)
    }
  }
}
