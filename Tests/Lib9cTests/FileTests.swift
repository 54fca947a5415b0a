import Glibc
import Lib9c
import Support
import SystemPackage
import Testing

@Suite("Files by Plan 9's modes") struct FileTests {
  @Test func createdFilesAreReadBack() throws {
    let scratch = try Workshop()
    let path = scratch.path("f")
    try Descriptor.create(path, mode: OWRITE, permissions: 0o640).write("hello")
    #expect(try Files.read(path) == Array("hello".utf8))
    #expect(try FullStatus(path, follows: true).mode & 0o777 == 0o640)
    try Descriptor.open(path, mode: [OWRITE, OAPPEND]).write("!")
    #expect(try scratch.read("f") == "hello!")
    _ = try Descriptor.open(path, mode: [OWRITE, OTRUNC])
    #expect(try scratch.read("f").isEmpty)
  }

  @Test func everyDescriptorIsCloseOnExec() throws {
    let scratch = try Workshop()
    let made = try Descriptor.create(scratch.path("f"), mode: ORDWR)
    let again = try Descriptor.open(scratch.path("f"), mode: OREAD)
    let other = try again.duplicate()
    let folder = try Descriptor.create(
      scratch.path("d"), mode: OREAD, permissions: DMDIR | 0o755)
    for fd in [made.raw, again.raw, other.raw, folder.raw] {
      #expect(Sockets.closesOnExec(fd))
    }
  }

  @Test func aDirectoryIsMadeAndOpened() throws {
    let scratch = try Workshop()
    let folder = try Descriptor.create(scratch.path("d"), mode: OREAD, permissions: DMDIR | 0o755)
    #expect(try folder.status().isDirectory)
    #expect(throws: SystemError.self) {
      _ = try Descriptor.create(scratch.path("e"), mode: OWRITE, permissions: DMDIR | 0o755)
    }
    #expect(rerrstr() == "unsupported mode in create")
  }

  @Test func modesThatMeanNothingAreRefused() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    let path = scratch.path("f").string
    #expect(Lib9c.open(path, OpenMode(rawValue: 0x8000)) == -1)
    #expect(rerrstr() == "mode 0x8000 not supported")
    #expect(Lib9c.open(path, OEXCL) == -1)
    #expect(Lib9c.create(path, OpenMode(rawValue: 0x200), 0o666) == -1)
    #expect(rerrstr() == "unsupported mode in create")
    #expect(Lib9c.open(path + "x", OREAD) == -1)
    #expect(rerrstr() == "No such file or directory")
  }

  @Test func exclusiveMeansNew() throws {
    let scratch = try Workshop()
    _ = try Descriptor.create(scratch.path("f"), mode: [OWRITE, OEXCL])
    let error = #expect(throws: SystemError.self) {
      _ = try Descriptor.create(scratch.path("f"), mode: [OWRITE, OEXCL])
    }
    #expect(error?.errno == EEXIST)
  }

  @Test func aLockedFileIsNeitherOpenedNorEmptied() async {
    // Alone: a process that others are just starting holds copies of what is closed here.
    await #expect(processExitsWith: .success) {
      let scratch = try Workshop()
      try scratch.write("f", "kept")
      let path = scratch.path("f")
      let holder = try Descriptor.open(path, mode: [ORDWR, OLOCK])
      for mode: OpenMode in [[OREAD, OLOCK], [OWRITE, OLOCK], [OWRITE, OTRUNC, OLOCK]] {
        #expect(throws: SystemError.self) { _ = try Descriptor.open(path, mode: mode) }
        #expect(rerrstr().hasPrefix("lock: "))
      }
      #expect(throws: SystemError.self) { _ = try Descriptor.create(path, mode: [OWRITE, OLOCK]) }
      #expect(try scratch.read("f") == "kept")
      try holder.close()
      let one = try Descriptor.open(path, mode: [OREAD, OLOCK])
      let two = try Descriptor.open(path, mode: [OREAD, OLOCK])
      #expect(throws: SystemError.self) { _ = try Descriptor.open(path, mode: [ORDWR, OLOCK]) }
      try one.close()
      try two.close()
    }
  }

  @Test func removedOnCloseIsGoneAtOnce() throws {
    let scratch = try Workshop()
    let file = try Descriptor.create(scratch.path("f"), mode: [ORDWR, ORCLOSE])
    #expect(!scratch.exists("f"))
    try file.write("still writable")
  }

  @Test func temporaryFilesAreNewAndOnesOwn() throws {
    let scratch = try Workshop()
    var names: Set<String> = []
    for _ in 0..<50 {
      var name = scratch.path("t.XXXXXX").string
      let fd = opentemp(&name, ORDWR)
      #expect(fd >= 0)
      #expect(try FullStatus(fd).mode & 0o777 == 0o600)
      names.insert(name)
      close(fd)
    }
    #expect(names.count == 50)
    #expect(names.allSatisfy { $0.hasPrefix(scratch.path("t.").string) && !$0.hasSuffix("XXXXXX") })
    let gone = try TemporaryFile(scratch.path("u.XXXXXX").string, mode: [ORDWR, ORCLOSE])
    #expect(try Files.status(gone.path) == nil)
    var bad = "/tmp/XXXXX"
    #expect(opentemp(&bad, ORDWR) == -1)
    #expect(bad == "/tmp/XXXXX")
    #expect(rerrstr() == "template does not end in XXXXXX")
  }
}

extension Sockets {
  /// True if the descriptor is close-on-exec.
  static func closesOnExec(_ fd: CInt) -> Bool {
    guard let info = try? Files.read(FilePath("/proc/self/fdinfo/\(fd)")) else { return false }
    let lines = String(decoding: info, as: UTF8.self).split(separator: "\n")
    let flags = lines.first { $0.hasPrefix("flags:") }?.split(whereSeparator: \.isWhitespace).last
    return flags.flatMap { Int($0, radix: 8) }.map { $0 & 0o2000000 != 0 } ?? false
  }
}
