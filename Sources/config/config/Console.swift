// The edge: what is printed, and the real machine.

import ConfigKit
import Glibc
import LibBSD
import Sys9
import SystemPackage

enum Console {
  /// Writes `text` to the descriptor; 1 if it cannot be written.
  @discardableResult
  static func write(_ descriptor: CInt, _ text: String) -> CInt {
    write(descriptor, Array(text.utf8))
  }

  /// Writes `bytes` to the descriptor; 1, and a word on standard error, if that fails.
  @discardableResult
  static func write(_ descriptor: CInt, _ bytes: [UInt8]) -> CInt {
    var writer = BufferedWriter(descriptor)
    do {
      try writer.write(bytes)
      try writer.flush()
      return 0
    } catch {
      if descriptor != 2 {
        write(2, "config: error: cannot write the output: \(error.reason)\n")
      }
      return 1
    }
  }

  /// Runs `request` and prints what it says; the result is the exit status.
  static func run(_ request: Request, isQuiet: Bool, format: FindingFormat = .text) -> CInt {
    if format != .text {
      let report = Generator(request, machine: machine()).run()
      return write(report.findings, as: format, failed: report.failed)
    }
    let isTerminal = Terminal.isTerminal(2)
    let report = Generator(request, machine: machine())
      .run(caret: isTerminal, colour: Terminal.wantsColour(2))
    let messages = isTerminal ? safe(report.messages) : report.messages
    write(2, messages)
    if report.failed { return 1 }
    guard let directory = report.buildDirectory, !isQuiet else { return 0 }
    let files =
      report.changed.count == 1 ? "1 file changed" : "\(report.changed.count) files changed"
    return write(1, "\(shown(directory)): \(report.changed.isEmpty ? "unchanged" : files)\n")
  }

  /// Writes `findings` to standard output, for machines; the result is the exit status.
  static func write(_ findings: [Finding], as format: FindingFormat, failed: Bool) -> CInt {
    var log = FindingLog()
    log.add(findings)
    let status = write(1, log.text(format))
    return failed ? 1 : status
  }

  /// `directory`, relative to the working directory where it lies below it.
  static func shown(_ directory: FilePath) -> FilePath {
    var path = directory
    guard let here = try? Files.real("."), path.starts(with: here) else { return directory }
    _ = path.removePrefix(here)
    return path.isEmpty ? "." : path
  }

  /// `text` without what would drive the terminal, but for our own colours.
  private static func safe(_ text: String) -> String {
    text.split(separator: "\u{1B}[", omittingEmptySubsequences: false)
      .map { BSD.visible(Array($0.utf8)) }.joined(separator: "\u{1B}[")
  }

  /// The machine that this process runs on.
  static func machine() -> Machine {
    var uts = utsname()
    unsafe uname(&uts)
    func text<Field>(_ field: Field) -> String {
      unsafe withUnsafeBytes(of: field) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    return Machine(
      read: Files.read, list: { try? Files.list($0.isEmpty ? "." : $0) },
      environment: Environment.value(of:),
      run: { command in
        guard let outcome = try? Command.run(command, quiet: true), outcome.status == 0 else {
          return nil
        }
        return outcome.output
      },
      system: (text(uts.sysname), text(uts.machine)), tell: { write(2, $0) },
      program: program())
  }

  private static func program() -> FilePath? {
    (try? Files.real("/proc/self/exe")) ?? (try? Files.real(FilePath(CommandLine.arguments[0])))
  }
}
