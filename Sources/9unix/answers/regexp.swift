// regexp.jsonl: regular expressions, their matches and substitutions.

import LibJSON
import LibRegexp9

extension Subject {
  static let regexp = Subject(
    "regexp",
    asked: [
      "*": ["fn", "re", "in", "subst"],
      "fowler-expected": ["for", "posix"],
    ]
  ) { (question) throws(Unanswered) in
    if question.tag == "fowler-expected" { return [:] }  // what another library says
    let text = try question.bytes("in")
    let pattern = try question.bytes("re")
    let regexp: Regexp
    do throws(RegexpError) {
      regexp = try compile(question["fn"]?.string ?? "", pattern)
    } catch {
      return ["err": .string(error.description)]
    }
    var match = [Resub](repeating: Resub(), count: regexp.groupCount + 1)
    guard regexec(regexp, text, &match) else { return ["rv": 0, "sub": []] }
    while let last = match.last, last.sp == nil { match.removeLast() }
    var answer: JSONObject = ["rv": 1, "sub": .array(match.map(place))]
    if question["subst"] != nil {
      answer["result"] = .bytes(regsub(try question.bytes("subst"), text, match))
    }
    return answer
  }

  private static func compile(
    _ function: String, _ pattern: [UInt8]
  ) throws(RegexpError) -> Regexp {
    switch function {
    case "regcomplit": try regcomplit(String(decoding: pattern, as: UTF8.self))
    case "regcompnl": try regcompnl(String(decoding: pattern, as: UTF8.self))
    default: try Regexp(bytes: pattern)
    }
  }

  private static func place(_ match: Resub) -> JSON {
    guard let start = match.sp, let end = match.ep else { return .null }
    return [.int(start), .int(end)]
  }
}
