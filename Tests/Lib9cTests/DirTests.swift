import Glibc
import Lib9c
import Support
import SystemPackage
import Testing

@Suite("Directories") struct DirTests {
  @Test func entriesSayWhatFilesAre() throws {
    let scratch = try Workshop()
    try scratch.write("file", "12345")
    try scratch.write("folder/x", "")
    try Files.link(scratch.path("link"), to: "folder")
    try Files.link(scratch.path("lost"), to: "nowhere")
    let listener = try Net.announce("unix!\(scratch.path("sock"))")
    _ = listener.directory
    unsafe mkfifo(scratch.path("pipe").string, 0o600)
    var found: [String: Dir] = [:]
    for entry in try Dir.entries(of: scratch.directory) {
      let dir = try entry.get()
      found[dir.name] = dir
    }
    #expect(found.keys.sorted() == ["file", "folder", "link", "lost", "pipe", "sock"])
    #expect(found["file"]?.length == 5)
    #expect(found["file"]?.modeText.hasPrefix("--rw") == true)
    #expect(found["folder"]?.length == 0 && found["folder"]?.isDirectory == true)
    #expect(found["folder"]?.modeText.hasPrefix("d-rwx") == true)
    #expect(found["link"]?.mode.isMultiple(of: 1) == true)
    #expect(found["link"].map { $0.mode & (DMSYMLINK | DMDIR) } == DMSYMLINK | DMDIR)
    #expect(found["link"]?.length == 6)
    #expect(found["lost"].map { $0.mode & DMSYMLINK } == DMSYMLINK)
    #expect(found["pipe"]?.modeText.hasPrefix("-P") == true)
    #expect(found["sock"]?.modeText.hasPrefix("-S") == true)
    #expect(found["file"] == dirstat(scratch.path("file").string))
    #expect(found["link"] == dirstat(scratch.path("link").string))
    #expect(dirstat("/dev/null")?.modeText.hasPrefix("-D") == true)
    #expect(dirstat("/nonexistent") == nil && rerrstr() == "No such file or directory")
  }

  @Test func openFilesHaveEntriesToo() throws {
    let scratch = try Workshop()
    try scratch.write("file", "12345")
    let file = try Descriptor.open(scratch.path("file"), mode: OREAD)
    #expect(dirfstat(file.raw) == dirstat(scratch.path("file").string))
    #expect(dirfstat(-1) == nil && rerrstr() == "Bad file descriptor")
  }

  @Test("dirread goes on where it stopped", arguments: [0, 1, 9, 10, 11, 20, 500])
  func readsInPieces(_ count: Int) throws {
    let scratch = try Workshop()
    let names = (0..<count).map { "file-\($0)" }
    for name in names { try scratch.write(name, "") }
    let folder = try Descriptor.open(scratch.directory, mode: OREAD)
    var found: [String] = []
    while let piece = dirread(folder.raw), !piece.isEmpty {
      #expect(piece.count <= 10)
      found += piece.map(\.name)
    }
    #expect(found.sorted() == names.sorted())
    try Directories.seek(folder.raw, to: 0)
    #expect(dirreadall(folder.raw)?.map(\.name).sorted() == names.sorted())
  }

  @Test func whatIsNoDirectoryIsNotRead() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    let file = try Descriptor.open(scratch.path("f"), mode: OREAD)
    #expect(dirread(file.raw) == nil)
    #expect(rerrstr() == "not a directory")
    #expect(throws: SystemError.self) { _ = try Dir.entries(of: scratch.path("f")) }
  }

  @Test func changesAreMadeTogether() throws {
    let scratch = try Workshop()
    try scratch.write("old", "12345")
    var change = DirChange()
    (change.name, change.mode, change.mtime, change.length) = ("new", 0o600, 1_000_000, 2)
    change.gid = "\(getgid())"
    #expect(dirwstat(scratch.path("old").string, change) == 0)
    let dir = try Dir(scratch.path("new"))
    #expect(dir.mode == 0o600 && dir.mtime == 1_000_000 && dir.length == 2)
    #expect(!scratch.exists("old"))
  }

  @Test func anOpenFileIsChanged() throws {
    let scratch = try Workshop()
    try scratch.write("old", "12345")
    let file = try Descriptor.open(scratch.path("old"), mode: ORDWR)
    var change = DirChange()
    (change.name, change.mode, change.mtime, change.length) = ("new", 0o640, 77, 3)
    #expect(dirfwstat(file.raw, change) == 0)
    #expect(dirfstat(file.raw)?.name == "new")
    #expect(try Dir(scratch.path("new")).mtime == 77)
    #expect(try scratch.read("new") == "123")
  }

  @Test(
    "a change that fails leaves nothing and names its field",
    arguments: [
      DirChange.Field.name, .mode, .length, .gid, .mtime,
    ])
  func nothingIsHalfDone(_ field: DirChange.Field) throws {
    let scratch = try Workshop()
    try scratch.write("f", "12345")
    try scratch.write("taken", "")
    let before = try Dir(scratch.path("f"))
    var change = DirChange()
    (change.name, change.mode, change.mtime, change.length) = ("g", 0o600, 5, 9)
    switch field {
    case .name: change.name = "taken"
    case .mode: change.mode = DMDIR | 0o700
    case .length: change.length = -1
    case .gid: change.gid = "no-such-group-here"
    case .mtime: change.mtime = .max
    }
    let error = #expect(throws: DirChangeError.self) { try change.apply(to: scratch.path("f")) }
    #expect(error?.field == field)
    #expect(error?.left == [])
    let after = try Dir(scratch.path("f"))
    #expect(after.mode == before.mode && after.length == 5 && after.mtime == before.mtime)
    #expect(!scratch.exists("g"))
    #expect(dirwstat(scratch.path("f").string, change) == -1)
    #expect(rerrstr().hasPrefix("\(field.rawValue): "))
  }

  @Test func aNameStaysInItsFolder() throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    for name in ["", ".", "..", "a/b"] {
      var change = DirChange()
      change.name = name
      #expect(throws: DirChangeError.self) { try change.apply(to: scratch.path("f")) }
    }
    #expect(scratch.exists("f"))
    try DirChange().apply(to: scratch.path("f"))
  }
}
