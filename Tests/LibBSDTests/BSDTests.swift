import Glibc
import LibBSD
import Support
import Sys9
import SystemPackage
import Testing

@Suite("BSD's own") struct BSDTests {
  @Test func numbersLieInARange() throws {
    #expect(try BSD.number(" 42", in: 0...100) == 42)
    #expect(try BSD.number("-9223372036854775808") == .min)
    for (text, reason) in [
      ("101", BSD.NumberError.tooLarge), ("-1", .tooSmall), ("4x", .invalid), ("", .invalid),
      ("1\u{0}", .invalid), ("99999999999999999999", .tooLarge),
    ] {
      #expect(throws: reason) { try BSD.number(text, in: 0...100) }
    }
  }

  @Test func randomNumbersDiffer() {
    let source = BSD.Random()
    #expect(Set((0..<100).map { _ in source.next() }).count == 100)
    #expect((0..<1000).allSatisfy { _ in source.below(7) < 7 })
    #expect(source.below(0) == 0)
    #expect(source.bytes(64).count == 64 && Set(source.bytes(64)).count > 1)
    #expect(source.bytes(0).isEmpty)
  }

  @Test func oneProcessHoldsTheFile() throws {
    let room = try Workshop()
    let path = room.path("only.pid").string
    do {
      let file = try BSD.PIDFile(path)
      try file.write()
      #expect(try room.read("only.pid") == "\(getpid())")
      #expect(throws: BSD.PIDFileError.running(getpid())) {
        _ = try BSD.PIDFile(path)
      }
      _ = consume file
    }
    #expect(!room.exists("only.pid"), "it goes with who held it")
    let next = try BSD.PIDFile(path)
    try next.close()
    #expect(room.exists("only.pid"), "closing leaves it")
    let place = "/nowhere/at/all.pid"
    #expect(
      throws: BSD.PIDFileError.system(
        SystemError(call: "pidfile_open", errno: ENOENT, subject: place))
    ) { _ = try BSD.PIDFile(place) }
  }

  @Test func aPassphraseIsReadFromThePipe() async {
    await #expect(processExitsWith: .success) {
      var ends: [CInt] = [0, 0]
      guard unsafe pipe(&ends) == 0 else { exit(1) }
      let line = Array("sécret words\nmore".utf8)
      guard unsafe write(ends[1], line, line.count) == line.count else { exit(2) }
      close(ends[1])
      dup2(ends[0], 0)
      let read = try BSD.withPassphrase("", .standardInput, sizeMax: 64) { bytes in
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        return String(decoding: copy, as: UTF8.self)
      }
      exit(read == "sécret words" ? 0 : 3)
    }
  }
}
