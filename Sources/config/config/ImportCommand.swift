// `config import`: a description from what another build system knows.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct ImportCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config import",
    abstract: "Write a description from CMake, a compilation database, or a BSD's files.",
    usage: """
      config import cmake [--build DIR] [-D NAME=VALUE]... [--fixed] [options] DIR
             config import compdb [options] FILE
             config import files [--config FILE] [options] FILE...
      """,
    discussion: """
      Writes conf/NAME and conf/files.NAME below the root of the sources, laid out, and says what \
      could not be carried over; the same stands in a comment at the head of the files.

      cmake     runs CMake in a scratch directory and reads its file API; then once more for each \
      option of the project, to see what depends on it.  --build reads a build directory instead.
      compdb    reads compile_commands.json; which libraries are linked is not in there.
      files     reads the files of a BSD kernel, or of what is described like one.

      EXAMPLE
        config import cmake ../zlib && config ../zlib/conf/ZLIB

      EXIT STATUS
        0 written, 1 something cannot be read, or is there already, 2 wrong usage.
      """)

  enum Source: String, ExpressibleByArgument, CaseIterable { case cmake, compdb, files }

  @Option(help: ArgumentHelp("The name of the configuration.", valueName: "NAME"))
  var name: String?

  @Option(
    name: [.customShort("s")],
    help: ArgumentHelp("The root of the sources.", valueName: "SRCROOT"), completion: .directory)
  var sourceRoot: String?

  @Option(
    help: ArgumentHelp("A directory that CMake has configured.", valueName: "DIR"),
    completion: .directory)
  var build: String?

  @Option(
    name: [.customShort("D")], parsing: .singleValue,
    help: ArgumentHelp("For CMake's cache; may be repeated.", valueName: "NAME=VALUE"))
  var define: [String] = []

  @Flag(help: "Take the options of the CMake project as they are.")
  var fixed = false

  @Option(
    name: [.customLong("config")],
    help: ArgumentHelp("The BSD configuration, such as GENERIC.", valueName: "FILE"),
    completion: .file())
  var configurationFile: String?

  @Flag(help: "Overwrite what is there.")
  var force = false

  @Argument(help: ArgumentHelp("cmake, compdb or files.", valueName: "FROM"))
  var source: Source

  @Argument(
    help: ArgumentHelp("What is imported.", valueName: "PATH"), completion: .file())
  var paths: [String]

  func validate() throws {
    if source != .files && paths.count != 1 {
      throw ValidationError("import \(source.rawValue) takes one path.")
    }
    if source != .cmake && (build != nil || !define.isEmpty || fixed) {
      throw ValidationError("--build, -D and --fixed are for import cmake.")
    }
    if source != .files && configurationFile != nil {
      throw ValidationError("--config is for import files.")
    }
    for text in define where !text.contains("=") {
      throw ValidationError("-D takes NAME=VALUE, not '\(text)'.")
    }
  }

  func execute() -> CInt {
    let path = FilePath(paths[0])
    let beside = path.removingLastComponent()
    let root = FilePath(
      sourceRoot ?? (source == .cmake ? paths[0] : beside.isEmpty ? "." : beside.string))
    do {
      let written = try read(path, root: root)
      return DescriptionFiles.write(written, in: root, force: force)
    } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
  }

  private func read(_ path: FilePath, root: FilePath) throws -> WrittenDescription {
    let name = try self.name ?? DescriptionFiles.name(of: root)
    switch source {
    case .compdb: return try CompilationDatabase.read(path, tree: root, name: name)
    case .files:
      var request = BSDRequest(files: paths.map { FilePath($0) }, tree: root, name: name)
      request.configuration = configurationFile.map { FilePath($0) }
      return try BSDFiles.read(request)
    case .cmake:
      let scratch = try Scratch()
      defer { scratch.remove() }
      var request = CMakeRequest(directory: path, name: name, scratch: scratch.directory)
      request.build = build.map { FilePath($0) }
      request.definitions = define
      request.variesOptions = !fixed
      return try CMakeImport.run(request) { Console.write(2, "config: \($0)\n") }
    }
  }
}

/// A directory for what is needed only while the command runs.
struct Scratch {
  let directory: FilePath

  /// Makes it below TMPDIR.  `mkdtemp(3)`.
  init() throws(SystemError) {
    let parent = Environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/config-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { room in
      unsafe room.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe String(cString: $0) }
    }
    guard let made else { throw SystemError(call: "mkdtemp", errno: errno, subject: parent) }
    directory = FilePath(made)
  }

  /// Removes it; what cannot be removed lies in TMPDIR and harms nobody.
  func remove() { try? Files.removeTree(directory) }
}

/// Writing what `import` and `init` have found out.
enum DescriptionFiles {
  /// The name of a configuration for the sources in `root`: that of the directory, in capitals.
  static func name(of root: FilePath) throws -> String {
    let base = try Files.real(root).lastComponent?.string ?? "PROJECT"
    let plain = base.uppercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
    }
    return String(plain)
  }

  /// Writes the files, unless some are there; says what they are and what was assumed.
  static func write(_ written: WrittenDescription, in root: FilePath, force: Bool) -> CInt {
    let existing = written.existing(in: root)
    if !existing.isEmpty && !force {
      for path in existing {
        Console.write(
          2,
          "config: error: '\(root.appending(FilePath(path).components))' is there already; "
            + "--force overwrites it\n")
      }
      return 1
    }
    do { try written.write(in: root) } catch {
      Console.write(2, "config: error: \(error)\n")
      return 1
    }
    for remark in written.remarks { Console.write(2, "config: note: \(remark)\n") }
    return Console.write(
      1, written.files.map { "\(root.appending(FilePath($0.path).components))\n" }.joined())
  }
}
