import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Standard output") struct StandardOutputTests {
  @Test func writesWhatIsPrinted() throws {
    let scratch = try Workshop()
    let file = try Descriptor.open(scratch.path("out"), O_WRONLY | O_CREAT)
    let output = StandardOutput(of: "test", file.raw)
    output.print("one")
    output.print("two", terminator: "")
    #expect(try scratch.read("out") == "", "collected")
    #expect(output.status() == 0 && output.status(2) == 2)
    #expect(try scratch.read("out") == "one\ntwo")
  }

  @Test func remembersThatItFailed() throws {
    let file = try Descriptor.open("/dev/full", O_WRONLY)
    let output = StandardOutput(of: "test", file.raw)
    output.print("lost")
    #expect(output.failure == nil)
    output.flush()
    output.print("never written")
    #expect(output.failure?.errno == ENOSPC)
    #expect(output.status() == 1 && output.status(2) == 2)
  }

  @Test func nothingIsWrittenBehindAGap() throws {
    let scratch = try Workshop()
    let file = try Descriptor.open(scratch.path("out"), O_WRONLY | O_CREAT)
    let output = StandardOutput(of: "test", file.raw)
    Faults.inject({ $0 == "write" ? ENOSPC : nil }) {
      output.print("lost")
      output.flush()
    }
    output.print("later")
    #expect(output.status() == 1)
    #expect(try scratch.read("out") == "")
  }
}
