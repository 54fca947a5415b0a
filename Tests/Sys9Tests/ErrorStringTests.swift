import Glibc
import Support
import Sys9
import SystemPackage
import Testing

/// Each test runs without suspending, so that its thread, and thus its error string, is its own.
@Suite("Error strings") struct ErrorStringTests {
  @Test func aTextIsStoredAndRead() {
    werrstr("no such luck")
    #expect(rerrstr() == "no such luck")
    #expect(rerrstr() == "no such luck")
    #expect(ErrorString.code == EPLAN9)
  }

  @Test func errstrSwaps() {
    werrstr("old")
    var text = "new"
    errstr(&text)
    #expect(text == "old")
    #expect(rerrstr() == "new")
  }

  @Test(
    "texts are cut to 127 bytes at a whole rune",
    arguments: [
      (String(repeating: "a", count: 127), 127), (String(repeating: "a", count: 128), 127),
      (String(repeating: "é", count: 64), 126), (String(repeating: "日", count: 43), 126),
      ("a" + String(repeating: "日", count: 43), 127),
      ("ab" + String(repeating: "日", count: 43), 125),
      ("a" + String(repeating: "😀", count: 40), 125), ("abc\0def", 3), ("", 0),
    ])
  func cuts(_ text: String, _ size: Int) {
    werrstr(text)
    let kept = rerrstr()
    #expect(kept.utf8.count == size)
    #expect(text.hasPrefix(kept))
    #expect(!kept.unicodeScalars.contains("\u{FFFD}"))
  }

  @Test func bytesThatAreNoTextAreCutWhereTheyMustBe() {
    let bytes = [UInt8](repeating: 0x80, count: 200)
    ErrorString.set(bytes.span)
    ErrorString.withText { text in #expect(text.count == 127) }
  }

  @Test func theErrnoIsTheFailingCalls() throws {
    werrstr("before")
    #expect(throws: SystemError.self) { try Files.read("/nonexistent/file") }
    errno = EPERM
    _ = getpid()
    #expect(ErrorString.code == ENOENT)
    #expect(rerrstr() == "No such file or directory")
  }

  @Test func anErrorOfWordsIsTheErrorString() {
    let error = SystemError(call: "dial", text: "malformed address", subject: "x").noted()
    #expect(rerrstr() == "malformed address")
    #expect(error.reason == "malformed address")
    #expect("\(error)" == "x: malformed address")
  }

  @Test(
    "errnos have words",
    arguments: [(EINTR, "interrupted"), (EPERM, "Operation not permitted"), (0, "")])
  func words(_ code: CInt, _ expected: String) {
    ErrorString.set(errno: code)
    #expect(rerrstr() == expected)
  }

  @Test func anOldErrorCanBePartOfTheNewOne() {
    werrstr("inner")
    werrstr("outer: \(rerrstr())")
    #expect(rerrstr() == "outer: inner")
  }
}
