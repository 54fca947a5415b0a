// Our answers beside those of the libraries that we claim to behave like.
//
// The data lies outside the repository: `CONFORMANCE_DATA` names the folder above `plan9`.
// Without it these tests say so, and pass.

import LibJSON
import Sys9
import Testing

@testable import answers

@Suite("Answers") struct AnswersTests {
  /// What is not answered yet, and may be so.
  static let open: Set<String> = [
    "flate"
  ]

  /// Kinds of questions that are not answered yet in a subject that is.
  static let openTags: [String: Set<String>] = [:]

  @Test("are those of the data", arguments: Subject.all.map(\.name))
  func agree(name: String) throws {
    let subject = try #require(Subject.all.first { $0.name == name })
    guard let data = DifferentialData.here else {
      print("answers: CONFORMANCE_DATA is not set, \(name) is not compared")
      return
    }
    if case .open(let reason) = subject.state {
      print("answers: \(name) is not compared: \(reason)")
      #expect(Self.open.contains(name))
      return
    }
    let exempt = try data.exemptions(of: name)
    let objects = try data.objects(of: name)
    var differences: [Difference] = []
    var count = 0
    for object in objects {
      if Self.openTags[name]?.contains(object["tag"]?.string ?? "") ?? false { continue }
      let wanted = data.wanted(object, subject: name, exemptions: exempt)
      guard let wanted else { continue }
      count += 1
      differences += Difference.between(subject.answer(object), wanted: wanted)
    }
    #expect(count > 0, "a subject with nothing to compare proves nothing")
    #expect(differences.isEmpty, "\(differences.count) of \(count):\n\(list(differences))")
    print("answers: \(name): \(count) of \(objects.count) objects compared")
  }

  private func list(_ differences: [Difference]) -> String {
    differences.prefix(20).map(\.description).joined(separator: "\n")
  }

  @Test func aSubjectSeesNoRecordedAnswer() throws {
    let spy = Subject("spy", asked: ["*": ["in"]], notes: ["note"]) { question in
      #expect(question.fields.keys == ["id", "tag", "in"])
      return ["out": 2]
    }
    let object = try #require(
      try JSON.parse(#"{"id":1,"out":1,"tag":"t","in":"x","note":true,"more":0}"#).object)
    #expect(
      JSON.object(spy.answer(object)).text == #"{"id":1,"tag":"t","in":"x","note":true,"out":2}"#)
  }

  @Test func anOperationIsTrimmedToItsArguments() throws {
    let object = try #require(
      try JSON.parse(#"{"tag":"bread","ops":[["rdline","\n",null,0],["getc",-1]]}"#).object)
    let trim = try #require(Subject.bio.trims["ops"])
    #expect(trim(try #require(object["ops"])) == [["rdline", "\n"], ["getc"]])
  }

  @Test func whatCannotBeAnsweredIsSaidOnItsLine() {
    let answer = Subject.flate.answer(["id": 1, "tag": "flate", "level": 1])
    #expect(answer["unanswered"]?.string == "flate is answered when LibFlate is built")
  }

  @Test func aDifferenceNamesTheFieldAndBothValues() {
    let found = Difference.between(
      ["id": 1, "out": "a", "n": 1], wanted: ["id": 1, "out": "b", "n": 1])
    #expect(found.map(\.description) == [#"id 1: out: "a" is not "b""#])
  }
}
