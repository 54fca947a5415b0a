// ministat: reads the command line and the files, prints the report, and says what went wrong.

import Glibc
import LibBSD
import MiniStat
import MiniStatRun
import Sys9
import SystemPackage

/// Why there is no report: what to say, and the exit status.
struct Failure: Error {
  let text: String
  var status: CInt = 2

  /// Something is wrong with what a file holds.
  init(_ text: String, status: CInt = 2) {
    self.text = text
    self.status = status
  }
}

@main
struct Program {
  static func main() {
    do throws(Failure) {
      let arguments = arguments()
      // A file of such a name is reached as ./compare.
      if let first = arguments.first,
        let subcommand = Subcommand(rawValue: String(decoding: first, as: UTF8.self))
      {
        exit(try Commands.run(subcommand, arguments.dropFirst()))
      }
      try run(arguments)
    } catch {
      // Names and data are other people's bytes: they must not drive the terminal.
      var output = BufferedWriter(2)
      // If the error cannot be told there is nobody to tell; the status remains.
      try? output.write(BSD.visible(Array("ministat: \(error.text)\n".utf8)))
      try? output.flush()
      exit(error.status)
    }
  }

  static func run(_ arguments: [[UInt8]]) throws(Failure) {
    var parser = CommandLineParser(
      arguments, mayPermute: Environment["POSIXLY_CORRECT"] == nil)
    let intent: Intent
    do {
      intent = try parser.parse()
    } catch {
      throw Failure("\(error.text)\n\(Help.usage)Try 'ministat --help' for an example.")
    }
    switch intent {
    case .help: try Output.print { (output) throws(SystemError) in try output.write(Help.text) }
    case .completions(let shell):
      try Output.print { (output) throws(SystemError) in try output.write(shell.completions) }
    case .version:
      try Output.print { (output) throws(SystemError) in try output.write(Help.version) }
    case .report(let request):
      let sets = try Input.read(request)
      var options = request.report
      options.plotColumns = request.hasPlot ? request.width ?? standardWidth() : nil
      let report = ClassicReport(sets, options)
      try Output.print { (output) throws(SystemError) in try report.write(to: &output) }
    }
  }

  /// The columns of a plot when nobody says: what fits the terminal, or what the original takes.
  private static func standardWidth() -> Int {
    let usual = 74
    guard Terminal.isTerminal(1) else { return usual }
    let possible = Request.widthMin...Request.widthMax
    if let columns = Environment["COLUMNS"].flatMap({ Int($0) }), possible.contains(columns) {
      return columns
    }
    // Two less: the plot has edges.
    if let columns = Terminal.columns(1), possible.contains(columns - 2) { return columns - 2 }
    return usual
  }

  /// The arguments behind the program's name, as the bytes they are.
  private static func arguments() -> [[UInt8]] {
    var arguments: [[UInt8]] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let text = unsafe CommandLine.unsafeArgv[index] else { break }
      unsafe arguments.append(
        Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
    }
    return arguments
  }
}
