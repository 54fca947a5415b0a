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
