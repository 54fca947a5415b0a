// The differential program: theory of operation.
//
// Problem.  "Behaves as Plan 9 does" is a claim about thousands of cases that somebody else
// measured: lines of JSON, each with what was asked of a library and what it answered.  Our
// libraries must be asked the same questions, by somebody who cannot see the answers.
//
// Shape.  A file of questions is a subject: fmt.jsonl is the subject `fmt`, answered by the
// file of that name here.  `answer` cuts an object down to the fields that ask (a
// subject says which those are), hands them to the subject, and puts what it answers in place
// of what was recorded:
//
//     object -- asked --> Question -- subject --> answer
//        \-- asked and notes --------------------> object with our answers
//
// Invariants.
//   A1  A subject sees no recorded answer: it is given the fields that ask, and no others.
//   A2  An object comes out with the fields that ask unchanged, and in their order.
//   A3  What cannot be answered is said by name on its line; no other line suffers.
//
// Rejected.  Comparing here: the program writes answers, whoever has the data compares (the
// tests in AnswersTests, or `diff`).

import LibJSON

/// A library's questions: what one file of the differential data asks.
struct Subject: Sendable {
  /// Whether the questions have answers.
  enum State: Equatable, Sendable {
    /// Our library answers.
    case answered
    /// Nobody answers yet, and why.
    case open(String)
  }

  /// The name of the file, without `.jsonl`.
  let name: String
  /// Whether our library answers.
  let state: State
  /// The fields that ask, by the question's tag; those under "*" ask in every question.
  let asked: [String: Set<String>]
  /// Fields that neither ask nor answer: a third party's view, kept as it is.
  let notes: Set<String>
  /// Fields that ask and answer at once, and how to cut the answers out.
  let trims: [String: @Sendable (JSON) -> JSON]
  /// The answer to one question: the fields that it adds to the question.
  let answer: @Sendable (Question) throws(Unanswered) -> JSONObject

  init(
    _ name: String, asked: [String: Set<String>], notes: Set<String> = [],
    trims: [String: @Sendable (JSON) -> JSON] = [:], state: State = .answered,
    answer: @escaping @Sendable (Question) throws(Unanswered) -> JSONObject
  ) {
    self.name = name
    self.asked = asked
    self.notes = notes
    self.trims = trims
    self.state = state
    self.answer = answer
  }

  /// A subject whose library does not answer yet.
  init(
    _ name: String, asked: [String: Set<String>], notes: Set<String> = [],
    trims: [String: @Sendable (JSON) -> JSON] = [:], open: String
  ) {
    self.init(name, asked: asked, notes: notes, trims: trims, state: .open(open)) {
      (question) throws(Unanswered) in throw .open(open)
    }
  }

  /// All of them, by the names of the files.
  static let all: [Subject] = [
    .arg, .bio, .dialparse, .flate, .fmt, .misc, .net, .quote, .regexp,
  ]

  /// The subject of the file at `path`, such as `data/fmt.jsonl`.
  static func of(path: String) -> Subject? {
    let file = path.split(separator: "/").last ?? ""
    let name = file.hasSuffix(".jsonl") ? file.dropLast(6) : file
    return all.first { $0.name == name }
  }

  /// The object with our answers in place of those that it holds.
  func answer(_ object: JSONObject) -> JSONObject {
    let tag = object["tag"]?.string ?? ""
    let asking = asked["*", default: []].union(asked[tag, default: []])
      .union(["id", "tag"])
    var question = JSONObject()
    var result = JSONObject()
    for (key, recorded) in object {
      let value = trims[key]?(recorded) ?? recorded
      if asking.contains(key) { question[key] = value }
      if asking.contains(key) || notes.contains(key) { result[key] = value }
    }
    do throws(Unanswered) {
      for (key, value) in try answer(Question(fields: question)) { result[key] = value }
    } catch {
      result["unanswered"] = .string(error.description)  // A3
    }
    return result
  }
}
