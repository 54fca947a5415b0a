// Every reason for which an answer may differ has a test of what ours is: see Reasons.swift.

import LibIP
import LibJSON
import Sys9
import Testing

@testable import answers

@Suite("Reasons") struct ReasonTests {
  @Test("hold for their examples", arguments: Reason.all)
  func examples(reason: Reason) throws {
    #expect(!reason.examples.isEmpty)
    for example in try reason.examples.map({ try #require($0.object) }) {
      let differences =
        try reason.differences(example, wanted: example)
        + reason.differences(example, wanted: try reason.rule(example))  // R2
      #expect(differences.isEmpty, "\(JSON.object(example).text): \(differences)")
    }
  }

  @Test("hold for the exempted questions", arguments: Reason.all)
  func questions(reason: Reason) throws {
    guard let data = DifferentialData.here else {
      print("reasons: CONFORMANCE_DATA is not set, \(reason.testDescription) is not compared")
      return
    }
    let ids = Set(try data.exempted(in: reason.subject)[reason.text] ?? [])
    #expect(!ids.isEmpty, "the data knows no such reason: \(reason.text)")
    let objects = try data.objects(of: reason.subject)
      .filter { ids.contains($0["id"]?.int ?? -1) }
    for object in objects {
      let found = try reason.differences(object, wanted: try reason.rule(object))
      #expect(found.isEmpty, "\(found)")
    }
    print("reasons: \(reason.testDescription): \(objects.count) of \(ids.count) are in the data")
  }

  @Test func everyExemptedQuestionHasAReasonWithATest() throws {
    guard let data = DifferentialData.here else {
      print("reasons: CONFORMANCE_DATA is not set, the lists are not read")
      return
    }
    let subjects = try data.exemptedSubjects
    #expect(subjects.isSubset(of: Subject.all.map(\.name)))
    for subject in subjects {
      let untested = Self.untested(subject, try data.exempted(in: subject))
      #expect(untested.isEmpty, "\(subject) without a test: \(untested)")  // R1
      let known = Set(try data.exempted(in: subject).values.joined())
      #expect(known == Set(try data.exemptions(of: subject).keys), "others are exempted too")
    }
  }

  /// The reasons that have no test, with the ids of their questions.
  private static func untested(_ subject: String, _ reasons: [String: [Int]]) -> [String: [Int]] {
    reasons.filter { text, _ in
      !Reason.all.contains { $0.subject == subject && $0.text == text }
    }
  }

  @Test func aReasonWithoutATestIsNoticed() throws {
    let known = try #require(Reason.fmt.first).text
    #expect(Self.untested("fmt", [known: [1], "new": [2, 3]]) == ["new": [2, 3]])
    #expect(Self.untested("net", [known: [1]]) == [known: [1]], "a reason is of one subject")
  }

  @Test func aWrongAnswerIsNoticed() throws {
    let reason = try #require(Reason.fmt.first)
    let example = try #require(reason.examples.first?.object)
    var wrong = example
    wrong["out"] = "0"
    #expect(try reason.differences(example, wanted: wrong).map(\.field) == ["out"])
    #expect(try reason.differences(example, wanted: ["out": nil]).map(\.field) == ["out"])
  }

  @Test("a zone is refused by parseip(3), and read where an address may have one") func zone()
    throws
  {
    let zoned = try ZonedAddress.parse("fe80::1%eth0")
    #expect(zoned.zone == "eth0")
    #expect(zoned.address == IPAddress("fe80::1"))
    #expect(throws: IPError.self) { try IPAddress.parseLegacy("fe80::1%eth0") }
  }
}
