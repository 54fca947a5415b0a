// Running an example: its files in a directory of its own, and config's Generator on them.

import ConfigKit
import Glibc
import Support
import Sys9
import SystemPackage

/// The repository that these tests belong to.
enum Repository {
  static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  /// The text of the file at `path`.
  static func text(_ path: String) throws -> String {
    String(decoding: try Files.read(root.pushing(FilePath(path))), as: UTF8.self)
  }
}

/// Where an example is laid out.
final class Bench {
  private let workshop: Workshop
  var directory: FilePath { workshop.directory }

  init() throws { workshop = try Workshop() }

  /// Writes `text` to the file at `path`, and makes its directories.
  func write(_ path: String, _ text: String) throws { try workshop.write(path, text) }

  /// What a run of config said and wrote.
  struct Outcome {
    let failed: Bool
    let messages: String
    let buildDirectory: FilePath?
    /// Keeps the files until the outcome has been looked at.
    let bench: Bench

    /// The lines of `file` in the build directory; of the messages for an empty name.
    func lines(of file: String) throws -> [String] {
      var bytes = Array(messages.utf8)
      if !file.isEmpty {
        guard let buildDirectory else { throw SystemError(call: "open", errno: ENOENT) }
        bytes = try Files.read(buildDirectory.pushing(FilePath(file)))
      }
      var lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if lines.last == "" { lines.removeLast() }
      return lines
    }
  }

  /// Lays `example` out and runs config on it.
  func run(_ example: Example) throws -> Outcome {
    for source in example.sources { try write(source, "") }
    for file in example.files { try write(file.path, file.text) }
    let root = example.files.first?.path ?? "conf/EXAMPLE"
    var request = Request(configuration: directory.pushing(FilePath(root)))
    request.isDebug = example.words.contains("debug")
    request.warningsAreErrors = example.words.contains("strict")
    request.os = example.value("os")
    request.arch = example.value("arch")
    if let make = example.value("make") { request.backEnds = [BackEnd(rawValue: make) ?? .gnu] }
    let report = Generator(request, machine: Self.machine()).run()
    let messages = report.messages.split(
      separator: "\(directory)/", omittingEmptySubsequences: false)
    return Outcome(
      failed: report.failed, messages: messages.joined(), buildDirectory: report.buildDirectory,
      bench: self)
  }

  /// A machine that is the same wherever the tests run.
  static func machine() -> Machine {
    let environment = ["PATH": "/usr/bin:/bin", "P9UNIX": "/usr/local/9unix"]
    return Machine(
      read: Files.read, list: { try? Files.list($0.isEmpty ? "." : $0) },
      environment: { name in
        environment[String(decoding: name, as: UTF8.self)].map { Array($0.utf8) }
      },
      run: { command in
        let answers = ["openssl": "-I/opt/ssl/include -lssl -lcrypto\n"]
        return command.last.flatMap { answers[$0] }.map { Array($0.utf8) }
      },
      system: ("Linux", "x86_64"), program: nil)
  }
}
