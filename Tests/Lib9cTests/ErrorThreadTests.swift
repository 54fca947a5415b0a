import Glibc
import Lib9c
import Support
import Sys9
import Testing

@Suite("Error strings of threads") struct ErrorThreadTests {
  @Test func eachThreadHasItsOwn() throws {
    werrstr("mine")
    let seen = Guarded<[String]>([])
    Threads.run(4) { number in
      let before = rerrstr()
      for turn in 0..<1000 { werrstr("\(number): \(turn)") }
      seen.withLock { $0.append(before + rerrstr()) }
    }
    #expect(rerrstr() == "mine")
    #expect(seen.withLock { $0 }.sorted() == (0..<4).map { "\($0): 999" })
  }
}
