import Support
import Sys9
import SystemPackage
import Testing

@Suite("The manual") struct ManualTests {
  /// A command of the manual and what it is said to print.
  private struct Example {
    var command: String
    var output: String
  }

  private static let root = FilePath(#filePath)
    .removingLastComponent().removingLastComponent().removingLastComponent()

  private func text(_ name: String) throws -> String {
    String(decoding: try Files.read(Self.root.appending("docs/\(name)")), as: UTF8.self)
  }

  /// The examples in the blocks ```console of the page: `$ command`, `> more of it`, output.
  private func examples(_ page: String) -> [Example] {
    var examples: [Example] = []
    var isInBlock = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInBlock = line == "```console"
      } else if isInBlock, line.hasPrefix("$ ") {
        examples.append(Example(command: String(line.dropFirst(2)), output: ""))
      } else if isInBlock, line.hasPrefix("> ") {
        examples[examples.count - 1].command += "\n" + line.dropFirst(2)
      } else if isInBlock {
        examples[examples.count - 1].output += line + "\n"
      }
    }
    return examples
  }

  @Test(
    "every example prints what the page says",
    arguments: [("ministat.md", 20), ("measuring.md", 5), ("reports.md", 5)])
  func page(_ name: String, _ countMin: Int) throws {
    let room = try Workshop()
    let examples = examples(try text(name))
    #expect(examples.count > countMin)
    let hasOriginal = try Files.status("/usr/bin/ministat") != nil
    for example in examples {
      if example.command.contains("/usr/bin/ministat") && !hasOriginal { continue }
      let command = "ministat() { $ministat \"$@\"; }\n{ \(example.command)\n} 2>&1"
      let run = try room.shell(command)
      #expect(run.text == example.output, "\(example.command)")
    }
  }

  @Test(
    "the page and the manual name every option that the help names",
    arguments: [
      "ministat.md", "man/ministat.1",
    ])
  func options(_ name: String) throws {
    let room = try Workshop()
    let page = try text(name)
    let help = try room.shell("$ministat --help").text
    let spellings = help.split(separator: "\n").filter { $0.hasPrefix("  -") }
      .compactMap { $0.split(whereSeparator: { " =".contains($0) }).first }
    #expect(spellings.count == 13)
    for spelling in spellings {
      let mark =
        name.hasSuffix(".1")
        ? ".It Fl " + spelling.dropFirst().replacing("-", with: "\\-") : "`\(spelling)"
      #expect(page.contains(mark), "\(name) does not explain \(spelling)")
    }
  }

  @Test("the completions are those that the program prints", arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let room = try Workshop()
    let printed = try room.shell("$ministat --generate-completion-script=\(shell)").text
    #expect(printed == (try text("completions/ministat.\(shell)")), "print it anew")
    try room.write("script", printed)
    let check = try room.shell("command -v \(shell) >/dev/null || exit 0; \(shell) -n script")
    #expect(check.status == 0, "\(check.errors)")
  }

  @Test("bash completes options, choices and files")
  func bash() throws {
    let room = try Workshop()
    try room.write("data.txt", "")
    let run = try room.shell(
      """
      $ministat --generate-completion-script=bash >script
      bash -c '. ./script; compopt() { :; }
      ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ministat; echo "${COMPREPLY[@]}"; }
      ask ministat --max; ask ministat --compat = de; ask ministat --compat free; ask ministat dat'
      """)
    #expect(run.text == "--max-height=\ndebian\nfreebsd\ndata.txt\n", "\(run.errors)")
  }
}
