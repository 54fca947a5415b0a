// `config import cmake`: theory of operation.
//
// Problem.  What a CMakeLists.txt means is known to CMake alone, and for one set of its options at
// a time.  CMake's file API tells it: targets, their files, flags and libraries.  It does not tell
// how generated files are made, nor what an option would have changed.
//
// Shape.  CMake is run in a scratch directory, with the query written before; its reply is read.
// Commands that make files are read from the build.ninja beside it, and what CMake itself has
// generated (configure_file) is copied.  Then it is run once more for each option of the project,
// with that option the other way round; what differs is under that option.
//
//     cmake -G Ninja -DTLS=ON   -> reply -> CMakeTargets --\
//     cmake -G Ninja -DTLS=OFF  -> reply -> CMakeTargets ---> merged: `src/tls.c option TLS`
//
// Invariants.
//   M1  With the options as they are, each object is compiled with the flags that CMake gives it.
//   M2  The tree is not touched while CMake runs; what is written is said in `Description`.
//   M3  One option at a time is turned round: what depends on two of them is seen as far as one
//       alone changes it.
//
// Rejected.  Reading CMakeLists.txt: its language is CMake's program.

import LibJSON
import Sys9
public import SystemPackage

/// What `config import cmake` is asked.
public struct CMakeRequest: Sendable {
  /// The directory with the CMakeLists.txt.
  public var directory: FilePath
  /// The name of the configuration.
  public var name: String
  /// A build directory that was configured; nil to run CMake in one of our own.
  public var build: FilePath?
  /// `NAME=VALUE` for CMake's cache.
  public var definitions: [String] = []
  /// True to find out what each option of the project changes.
  public var variesOptions = true
  /// Where scratch directories are made.
  public var scratch: FilePath

  /// An import of the project in `directory`, under `name`.
  public init(directory: FilePath, name: String, scratch: FilePath) {
    self.directory = directory
    self.name = name
    self.scratch = scratch
  }
}

/// Imports a project of CMake.
public struct CMakeImport {
  /// Options that are turned round at most: each is a run of CMake.
  static let optionsMax = 32

  private let request: CMakeRequest
  private let tree: FilePath
  private let tell: (String) -> Void

  /// Runs CMake as often as needed, and describes the project.
  ///
  /// - Parameter tell: hears what is being done.
  public static func run(
    _ request: CMakeRequest, tell: @escaping (String) -> Void
  ) throws(ImportFault) -> WrittenDescription {
    let tree: FilePath
    do throws(SystemError) { tree = try Files.real(request.directory) } catch {
      throw ImportFault(error, reading: request.directory)
    }
    let description = try CMakeImport(request: request, tree: tree, tell: tell).description()
    return WrittenDescription(description)
  }

  private func description() throws(ImportFault) -> Description {
    let scratch = request.scratch
    let build = try request.build.map { (path) throws(ImportFault) in try real(path) }
    let base = try configure(build ?? scratch.appending("base"), request.definitions)
    var targets = CMakeTargets(base, name: request.name)
    let cache = base.options
    if request.variesOptions && build == nil {
      for (index, option) in cache.prefix(Self.optionsMax).enumerated() {
        let flipped = "\(option.name)=\(option.isOn ? "OFF" : "ON")"
        tell("cmake -D\(flipped)")
        do throws(ImportFault) {
          let reply = try configure(
            scratch.appending("option\(index)"), request.definitions + [flipped])
          targets.merge(CMakeTargets(reply, name: request.name), option: option)
        } catch {
          targets.remark("option \(option.name): CMake fails with \(flipped), so it is fixed")
        }
      }
      for option in cache.dropFirst(Self.optionsMax) {
        targets.remark(
          "option \(option.name): fixed as it is; \(Self.optionsMax) options are turned round")
      }
    } else {
      for option in cache {
        targets.remark("option \(option.name) is \(option.isOn ? "on" : "off"), and fixed so")
      }
    }
    return targets.description()
  }

  private func real(_ path: FilePath) throws(ImportFault) -> FilePath {
    do throws(SystemError) { return try Files.real(path) } catch {
      throw ImportFault(error, reading: path)
    }
  }

  /// Configures `build` and reads the reply.
  private func configure(
    _ build: FilePath, _ definitions: [String]
  ) throws(ImportFault) -> CMakeReply {
    let query = build.appending(".cmake").appending("api").appending("v1").appending("query")
    var words = ["cmake", "-S", tree.string, "-B", build.string]
    if request.build == nil {
      words += ["-G", Self.hasNinja ? "Ninja" : "Unix Makefiles"]
    }
    words += definitions.map { "-D\($0)" }
    do throws(SystemError) {
      for name in ["codemodel-v2", "cache-v2"] {
        try Files.makeDirectories(query)
        let file = try Descriptor.open(query.appending(name), 0o101)  // O_WRONLY | O_CREAT
        try file.close()
      }
      let outcome = try Command.run(["/bin/sh", "-c", "exec \"$@\" 2>&1", "sh"] + words)
      if outcome.status != 0 {
        let said = String(decoding: outcome.output.suffix(4096), as: UTF8.self)
        throw SystemError(call: "cmake", text: said)
      }
    } catch {
      if error.call == "cmake" { throw ImportFault("cmake failed:\n\(error.reason)") }
      throw ImportFault(
        error.subject == "/bin/sh" ? "cmake cannot be run: \(error.reason)" : "\(error)")
    }
    return try CMakeReply(build: real(build), tree: tree)
  }

  private static let hasNinja: Bool = {
    let path = Environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { directory in
      let file = FilePath(String(directory)).appending("ninja")
      return ((try? Files.status(file)) ?? nil)?.isRegular ?? false
    }
  }()
}

/// A `BOOL` of the project's in CMake's cache.
struct CMakeOption {
  let name: String
  let isOn: Bool
  let help: String
}

/// The reply of CMake's file API in a build directory.
struct CMakeReply {
  let place: ImportPlace
  private(set) var targets: [JSON] = []
  private(set) var options: [CMakeOption] = []
  private(set) var rules: [NinjaRule] = []
  /// The file and the soname of each shared library, by the name of its link without a version.
  private(set) var sharedFiles: [String: (file: String, soname: String)] = [:]

  /// Reads the newest reply in `build`.
  init(build: FilePath, tree: FilePath) throws(ImportFault) {
    place = ImportPlace(tree: tree, build: build)
    let directory = build.appending(".cmake").appending("api").appending("v1").appending("reply")
    let entries = ((try? Files.list(directory)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    guard let index = entries.filter({ $0.hasPrefix("index-") }).max() else {
      throw ImportFault(
        "there is no reply of CMake's file API in '\(build)': CMake 3.14 or newer is needed")
    }
    let objects = try Self.read(directory.appending(index))["objects"]?.array ?? []
    func file(_ kind: String) -> FilePath? {
      let object = objects.last { $0["kind"]?.string == kind }
      return (object?["jsonFile"]?.string).map { directory.appending($0) }
    }
    guard let model = file("codemodel") else {
      throw ImportFault("CMake's reply in '\(build)' has no codemodel")
    }
    let configuration = try Self.read(model)["configurations"]?[0]
    for target in configuration?["targets"]?.array ?? [] {
      guard let name = target["jsonFile"]?.string else { continue }
      targets.append(try Self.read(directory.appending(name)))
    }
    if let cache = file("cache") { options = Self.options(try Self.read(cache)) }
    if let text = try? Files.read(build.appending("build.ninja")) {
      let text = String(decoding: text, as: UTF8.self)
      rules = NinjaRule.custom(text, build: build)
      sharedFiles = NinjaRule.sharedFiles(text)
    }
  }

  private static func read(_ path: FilePath) throws(ImportFault) -> JSON {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Files.read(path) } catch {
      throw ImportFault(error, reading: path)
    }
    do { return try JSON.parse(bytes: bytes) } catch {
      throw ImportFault("\(path):\(error)")
    }
  }

  /// The options of the project: what is a `BOOL`, not advanced, and not CMake's own.
  private static func options(_ cache: JSON) -> [CMakeOption] {
    (cache["entries"]?.array ?? []).compactMap { entry in
      guard entry["type"]?.string == "BOOL", let name = entry["name"]?.string,
        !name.hasPrefix("CMAKE_"), !name.hasPrefix("FETCHCONTENT_"),
        let value = entry["value"]?.string
      else { return nil }
      var help = ""
      for property in entry["properties"]?.array ?? [] {
        let text = property["value"]?.string ?? ""
        if property["name"]?.string == "ADVANCED", text == "1" { return nil }
        if property["name"]?.string == "HELPSTRING" { help = text }
      }
      let isOn = ["1", "ON", "YES", "TRUE", "Y"].contains(value.uppercased())
      return CMakeOption(name: name, isOn: isOn, help: help)
    }
  }
}

/// A command of a build.ninja that CMake wrote for add_custom_command.
struct NinjaRule {
  let outputs: [FilePath]
  let inputs: [FilePath]
  /// The command for a shell, without the change to the build directory.
  let command: String
  /// The directory that it runs in.
  let directory: FilePath

  /// True if the command names the file at `path`, and so perhaps runs it.
  func runs(_ path: FilePath) -> Bool {
    let words = CompileCommand.words(command)
    return words.contains { ImportPlace.absolute($0, in: directory) == path }
  }

  /// The custom commands in `text`, which lies in `build`.
  static func custom(_ text: String, build: FilePath) -> [NinjaRule] {
    var rules: [NinjaRule] = []
    let lines = text.replacing("$\n", with: "").split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.hasPrefix("build ") {
      guard let colon = line.firstRange(of: ": CUSTOM_COMMAND") else { continue }
      var command: String?
      for next in lines[(index + 1)...] {
        guard next.hasPrefix("  ") else { break }
        if next.hasPrefix("  COMMAND = ") { command = String(next.dropFirst(12)) }
      }
      guard var command else { continue }
      command = unescaped(command)
      var directory = build
      if command.hasPrefix("cd "), let end = command.firstRange(of: " && ") {
        let words = CompileCommand.words(String(command[..<end.lowerBound]))
        directory = ImportPlace.absolute(words.count > 1 ? words[1] : ".", in: build)
        command = String(command[end.upperBound...])
      }
      let outputs = paths(line[line.index(line.startIndex, offsetBy: 6)..<colon.lowerBound], build)
      // CMake's own targets, such as edit_cache and install, are commands of this kind, too.
      if outputs.allSatisfy({ $0.components.contains("CMakeFiles") }) { continue }
      let rest = line[colon.upperBound...]
      let inputs = paths(rest[..<(rest.firstRange(of: "||")?.lowerBound ?? rest.endIndex)], build)
      rules.append(
        NinjaRule(outputs: outputs, inputs: inputs, command: command, directory: directory))
    }
    return rules
  }

  /// What the links of shared libraries in `text` make: TARGET_FILE and SONAME, by `libz.so`.
  static func sharedFiles(_ text: String) -> [String: (file: String, soname: String)] {
    var result: [String: (file: String, soname: String)] = [:]
    var soname: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  SONAME = ") {
        soname = String(line.dropFirst(11))
      } else if line.hasPrefix("  TARGET_FILE = "), let name = soname {
        let file = FilePath(unescaped(String(line.dropFirst(16)))).lastComponent?.string ?? ""
        if let end = file.firstRange(of: ".so") {
          result[String(file[..<end.upperBound])] = (file, name)
        }
      } else if line.isEmpty {
        soname = nil
      }
    }
    return result
  }

  /// The paths in a list of Ninja's, each once.
  private static func paths(_ text: Substring, _ build: FilePath) -> [FilePath] {
    var result: [FilePath] = []
    let words = text.replacing("$ ", with: "\u{1}").split(separator: " ")
    for word in words where word != "|" && !word.hasPrefix("${cmake_ninja_workdir}") {
      let plain = unescaped(String(word).replacing("\u{1}", with: " "))
      let path = ImportPlace.absolute(plain, in: build)
      if !result.contains(path) { result.append(path) }
    }
    return result
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("$$", with: "\u{1}").replacing("$:", with: ":").replacing("$ ", with: " ")
      .replacing("\u{1}", with: "$")
  }
}
