// The language, rule by rule: every case of Cases/*.case is a test.

import Testing

@Suite("The language of config") struct CaseTests {
  @Test("case", arguments: try CaseReader.all()) func passes(_ test: Case) throws {
    let faults = try CaseRun(test).faults()
    #expect(faults.isEmpty, "\(test)\n\(faults.joined(separator: "\n"))")
  }
}
