import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Files") struct FilesTests {
  @Test("reads what was written, whatever the size", arguments: [0, 1, 4095, 4096, 4097, 300_000])
  func readsBack(_ size: Int) throws {
    let scratch = try Workshop()
    let text = String(repeating: "x", count: size)
    try scratch.write("f", text)
    #expect(try scratch.read("f") == text)
    #expect(try Files.status(scratch.path("f"))?.size == size)
  }

  @Test func tellsWhichFileIsMissing() throws {
    let scratch = try Workshop()
    let path = scratch.path("nosuch")
    #expect(try Files.status(path) == nil)
    #expect(throws: SystemError(call: "open", errno: ENOENT, subject: path.description)) {
      try Files.read(path)
    }
  }

  @Test func refusesToReadADirectory() throws {
    let scratch = try Workshop()
    let error = #expect(throws: SystemError.self) { try Files.read(scratch.directory) }
    #expect(error?.errno == EISDIR)
  }

  @Test func listsNamesWithSlashesBehindDirectories() throws {
    let scratch = try Workshop()
    try scratch.write("a b", "")
    try scratch.write("d/inside", "")
    let names = try Files.list(scratch.directory).map { String(decoding: $0, as: UTF8.self) }
    #expect(names.sorted() == ["a b", "d/"])
  }

  @Test func makesAndRemovesTrees() throws {
    let scratch = try Workshop()
    let deep = scratch.path("a").appending("b").appending("c")
    try Files.makeDirectories(deep)
    try Files.makeDirectories(deep)
    #expect(try Files.status(deep)?.isDirectory == true)
    try Files.removeTree(scratch.path("a"))
    #expect(try Files.status(scratch.path("a")) == nil)
  }

  @Test func doesNotFollowLinksWhenRemoving() throws {
    let scratch = try Workshop()
    try scratch.write("kept/file", "here")
    try Files.makeDirectories(scratch.path("gone"))
    try Files.link(scratch.path("gone").appending("link"), to: "../kept")
    try Files.removeTree(scratch.path("gone"))
    #expect(try scratch.read("kept/file") == "here")
  }

  @Test func refusesAFileInTheWayOfADirectory() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    let error = #expect(throws: SystemError.self) {
      try Files.makeDirectories(scratch.path("f"))
    }
    #expect(error?.errno == ENOTDIR)
  }

  @Test func replacesLinks() throws {
    let scratch = try Workshop()
    let link = scratch.path("l")
    try Files.link(link, to: "one")
    try Files.link(link, to: "two")
    #expect(try Files.readLink(link) == "two")
    #expect(try Files.readLink(scratch.directory) == nil)
  }

  @Test func setsTimes() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    try Files.setModified(scratch.path("f"), ns: 1_234_567_890_123_456_789)
    #expect(try Files.status(scratch.path("f"))?.modifiedNs == 1_234_567_890_123_456_789)
  }

  @Test func locksOnceAtATime() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    let one = try Descriptor.open(scratch.path("f"), O_RDWR)
    let two = try Descriptor.open(scratch.path("f"), O_RDWR)
    #expect(try one.lock(waits: false))
    #expect(try !two.lock(waits: false))
    try one.close()
    #expect(try two.lock(waits: false))
  }
}
