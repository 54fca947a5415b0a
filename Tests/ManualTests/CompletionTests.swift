// The completion files are what the program prints today.

import Sys9
import SystemPackage
import Testing

@Suite("docs/completions") struct CompletionTests {
  /// The program as it was built with these tests; nil if it was not.
  static let config: FilePath? = {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? ""
    var beside = FilePath(bundle)
    while let name = beside.lastComponent?.string, beside.removeLastComponent() {
      if name.hasSuffix(".xctest") { break }
    }
    let places = [beside, Repository.root.pushing(".build/debug")]
    return places.map { $0.pushing("config") }.first { path in
      (try? Files.status(path))?.isRegular ?? false
    }
  }()

  @Test(
    "are current", .enabled(if: config != nil, "the program is not built"),
    arguments: [("bash", "config.bash"), ("zsh", "_config"), ("fish", "config.fish")])
  func current(shell: String, file: String) throws {
    let program = try #require(Self.config)
    let outcome = try Command.run(
      [program.description, "--generate-completion-script", shell], quiet: true)
    #expect(outcome.status == 0)
    let isCurrent =
      String(decoding: outcome.output, as: UTF8.self)
      == (try Repository.text("docs/completions/\(file)"))
    #expect(
      isCurrent, "config --generate-completion-script \(shell) > docs/completions/\(file)")
  }

  @Test(
    "can be read by their shells",
    arguments: [("bash", "config.bash"), ("zsh", "_config"), ("fish", "config.fish")])
  func syntax(shell: String, file: String) throws {
    let path = Repository.root.pushing(FilePath("docs/completions/\(file)"))
    let outcome = try Command.run(
      [
        "/bin/sh", "-c", "command -v \(shell) >/dev/null || exit 0; \(shell) -n \"$0\" 2>&1",
        path.description,
      ], quiet: true)
    #expect(outcome.status == 0, "\(String(decoding: outcome.output, as: UTF8.self))")
  }
}
