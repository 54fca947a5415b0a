// `config diff`: two variants, and what differs between them.

import ArgumentParser
import ConfigKit
import LibJSON
import Sys9
import SystemPackage

struct DiffCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config diff",
    abstract: "Say what differs between two variants: options, sources, words of commands.",
    usage: """
      config diff [options] A B
             config diff [options] conf/NAME
      """,
    discussion: """
      A and B are configurations or build directories, which stand for what they were made for.  \
      One configuration is enough where the options say which two variants of it are meant, as for \
      config matrix.  Commands are compared word by word; what many have in common is said once.

      EXAMPLE
        config diff conf/HELLO conf/HELLO-TLS
        config diff conf/HELLO --with TLS=on,off
        config diff conf/HELLO --toolchain gcc --toolchain clang
        config diff compile/HELLO.Linux.amd64 compile/HELLO.Linux.arm64

      EXIT STATUS
        0 if they are the same, 1 if they differ, 2 trouble, as diff(1).
      """)

  @OptionGroup var options: MatrixOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: ArgumentHelp("Two variants.", valueName: "A B"), completion: .file())
  var sides: [String]

  func validate() throws {
    if sides.count > 2 { throw ValidationError("config diff compares two.") }
  }

  func execute() -> CInt {
    var requests: [Request] = []
    for side in sides {
      do {
        if try isBuildDirectory(side) {
          requests.append(try Generator.request(of: FilePath(side), machine: Console.machine()))
        } else {
          requests += options.matrix(side).variants().map { request in
            var request = request
            request.backEnds = [.gnu]
            return request
          }
        }
      } catch {
        Console.write(2, "config: error: cannot read '\(error.subject)': \(error.reason)\n")
        return 2
      }
    }
    if requests.count != 2 {
      let count = requests.count == 1 ? "is one variant" : "are \(requests.count) variants"
      Console.write(
        2,
        "config: error: this \(count), and two are compared: name two, or use --with, -p "
          + "or --toolchain\n")
      return 2
    }
    let shared = SharedReading()
    var surveys: [Survey] = []
    for request in requests {
      let (survey, messages) = Generator(request, machine: Console.machine(), shared: shared)
        .survey(caret: Terminal.isTerminal(2), colour: Terminal.wantsColour(2))
      Console.write(2, messages)
      guard let survey else { return 2 }
      surveys.append(survey)
    }
    let difference = Difference(surveys[0], surveys[1])
    if Console.write(1, json ? difference.json.pretty : difference.text) != 0 { return 2 }
    return difference.isEmpty ? 0 : 1
  }

  private func isBuildDirectory(_ path: String) throws(SystemError) -> Bool {
    guard let status = try Files.status(FilePath(path)), status.isDirectory else { return false }
    return true
  }
}
