import Glibc
import Support
import Sys9
import SystemPackage
import Testing

@Suite("Files") struct FilesTests {
  @Test("reads what was written, whatever the size", arguments: [0, 1, 4095, 4096, 4097, 300_000])
  func readsBack(_ size: Int) throws {
    let scratch = try Scratch()
    let text = String(repeating: "x", count: size)
    try scratch.write("f", text)
    #expect(try scratch.read("f") == text)
    #expect(try Files.status(scratch.path.appending("f"))?.size == size)
  }

  @Test func tellsWhichFileIsMissing() throws {
    let scratch = try Scratch()
    let path = scratch.path.appending("nosuch")
    #expect(try Files.status(path) == nil)
    #expect(throws: SystemError(call: "open", errno: ENOENT, subject: path.description)) {
      try Files.read(path)
    }
  }

  @Test func refusesToReadADirectory() throws {
    let scratch = try Scratch()
    let error = #expect(throws: SystemError.self) { try Files.read(scratch.path) }
    #expect(error?.errno == EISDIR)
  }

  @Test func listsNamesWithSlashesBehindDirectories() throws {
    let scratch = try Scratch()
    try scratch.write("a b", "")
    try scratch.write("d/inside", "")
    let names = try Files.list(scratch.path).map { String(decoding: $0, as: UTF8.self) }
    #expect(names.sorted() == ["a b", "d/"])
  }

  @Test func makesAndRemovesTrees() throws {
    let scratch = try Scratch()
    let deep = scratch.path.appending("a").appending("b").appending("c")
    try Files.makeDirectories(deep)
    try Files.makeDirectories(deep)
    #expect(try Files.status(deep)?.isDirectory == true)
    try Files.removeTree(scratch.path.appending("a"))
    #expect(try Files.status(scratch.path.appending("a")) == nil)
  }

  @Test func doesNotFollowLinksWhenRemoving() throws {
    let scratch = try Scratch()
    try scratch.write("kept/file", "here")
    try Files.makeDirectories(scratch.path.appending("gone"))
    try Files.link(scratch.path.appending("gone").appending("link"), to: "../kept")
    try Files.removeTree(scratch.path.appending("gone"))
    #expect(try scratch.read("kept/file") == "here")
  }

  @Test func refusesAFileInTheWayOfADirectory() throws {
    let scratch = try Scratch()
    try scratch.write("f", "")
    let error = #expect(throws: SystemError.self) {
      try Files.makeDirectories(scratch.path.appending("f"))
    }
    #expect(error?.errno == ENOTDIR)
  }

  @Test func replacesLinks() throws {
    let scratch = try Scratch()
    let link = scratch.path.appending("l")
    try Files.link(link, to: "one")
    try Files.link(link, to: "two")
    #expect(try Files.readLink(link) == "two")
    #expect(try Files.readLink(scratch.path) == nil)
  }

  @Test func setsTimes() throws {
    let scratch = try Scratch()
    try scratch.write("f", "")
    try Files.setModified(scratch.path.appending("f"), ns: 1_234_567_890_123_456_789)
    #expect(try Files.status(scratch.path.appending("f"))?.modifiedNs == 1_234_567_890_123_456_789)
  }

  @Test func locksOnceAtATime() throws {
    let scratch = try Scratch()
    try scratch.write("f", "")
    let one = try Descriptor.open(scratch.path.appending("f"), O_RDWR)
    let two = try Descriptor.open(scratch.path.appending("f"), O_RDWR)
    #expect(try one.lock(waits: false))
    #expect(try !two.lock(waits: false))
    try one.close()
    #expect(try two.lock(waits: false))
  }
}
