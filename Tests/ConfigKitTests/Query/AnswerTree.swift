// Small trees to ask questions about.

import Support
import Sys9
import SystemPackage

@testable import ConfigKit

/// A tree in a directory of its own, written as case files are: `+++ PATH` before each file.
struct AnswerTree {
  let workshop: Workshop

  /// Lays out `text`; several paths behind one `+++` are empty files.
  init(_ text: String) throws {
    workshop = try Workshop()
    var names: [String] = []
    var lines: [Substring] = []
    func write() throws {
      let content = lines.map { "\($0)\n" }.joined()
      for name in names { try workshop.write(name, content) }
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("+++ ") {
        try write()
        names = line.dropFirst(4).split(separator: " ").map(String.init)
        lines = []
      } else {
        lines.append(line)
      }
    }
    if lines.last == "" { lines.removeLast() }
    try write()
  }

  /// Calls `body` with a tree that lives until it returns: surveys read files when they are asked.
  static func with<Result>(
    _ text: String, _ body: (AnswerTree) throws -> Result
  ) throws -> Result {
    let tree = try AnswerTree(text)
    return try withExtendedLifetime(tree.workshop) { try body(tree) }
  }

  /// This machine, as another would have it.
  private var machine: Machine {
    Machine(
      read: Files.read, list: { try? Files.list($0.isEmpty ? "." : $0) },
      environment: {
        String(decoding: $0, as: UTF8.self) == "PATH" ? Array("/usr/bin:/bin".utf8) : nil
      },
      run: { _ in nil }, system: ("Linux", "x86_64"))
  }

  /// A generator for the configuration called `name`.
  func generator(
    _ name: String = "conf/TEST", _ shared: SharedReading? = nil, _ settings: [Override] = []
  ) -> Generator {
    var request = Request(configuration: workshop.path(name))
    request.settings = settings
    return Generator(request, machine: machine, shared: shared)
  }

  /// The configuration called `name`, read and resolved.
  func survey(
    _ name: String = "conf/TEST", _ shared: SharedReading? = nil, _ settings: [Override] = []
  ) throws -> Survey {
    let (survey, messages) = generator(name, shared, settings).survey()
    guard let survey else { throw CaseFault(description: messages) }
    return survey
  }

  /// `text` with paths as seen from the tree.
  func plain(_ text: String) -> String {
    text.replacing("\(workshop.directory)/", with: "").replacing("\(workshop.directory)", with: ".")
  }
}
