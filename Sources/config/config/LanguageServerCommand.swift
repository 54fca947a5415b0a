// `config lsp`: the language server, on standard input and output.

import ArgumentParser
import ConfigKit
import Glibc
import Sys9
import SystemPackage

struct LanguageServerCommand: ParsableCommand, Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "config lsp",
    abstract: "Serve editors: diagnostics, jumps, completion, the layout of configurations.",
    discussion: """
      Speaks the Language Server Protocol on standard input and output; editors start it.  How \
      they are told to is in docs/editor.md.

      EXIT STATUS
        0 after shutdown and exit, 1 if the client left without, 2 wrong usage.
      """)

  @Flag(help: "Standard input and output, which is the only way there is.")
  var stdio = false

  @Flag(help: "Print the TextMate grammar of the language, and serve nobody.")
  var textmate = false

  /// How long input must be quiet before what changed is analysed: shorter than a pause in
  /// typing, longer than the gaps in it.
  private static let quietMilliseconds: CInt = 150

  func execute() -> CInt {
    if textmate { return Console.write(1, TextMateGrammar.text) }
    var server = LanguageServer(machine: Console.machine())
    while server.exitStatus == nil {
      guard isReadable(within: server.isDirty ? Self.quietMilliseconds : -1) else {
        if Console.write(1, server.settle()) != 0 { return 1 }
        continue
      }
      guard let bytes = read() else { return 1 }
      if bytes.isEmpty { return 1 }  // the client has gone
      if Console.write(1, server.receive(bytes)) != 0 { return 1 }
    }
    return server.exitStatus ?? 1
  }

  /// Waits for input; false if none came in time.
  private func isReadable(within milliseconds: CInt) -> Bool {
    var request = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    let count = unsafe poll(&request, 1, milliseconds)
    return count != 0  // an error or an interruption shows when it is read
  }

  /// What there is to read, empty at the end; nil if it cannot be read.
  private func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    do throws(SystemError) {
      let count = try unsafe buffer.withUnsafeMutableBufferPointer { (room) throws(SystemError) in
        try unsafe Sys9.read(0, into: UnsafeMutableRawBufferPointer(room))
      }
      return Array(buffer[..<count])
    } catch {
      Console.write(2, "config: error: cannot read standard input: \(error.reason)\n")
      return nil
    }
  }
}
