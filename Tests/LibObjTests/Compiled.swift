// Real objects, made on the spot, and what the system's tools say of them.

import LibObj
import Support
import Sys9
import SystemPackage

/// A folder in which C is compiled.
struct Compiled {
  let shop: Workshop

  init(_ files: [(name: String, text: String)]) throws {
    shop = try Workshop()
    for file in files { try shop.write(file.name, file.text) }
  }

  /// Runs a shell command in the folder; its output, or an error if it fails.
  @discardableResult
  func run(_ command: String) throws -> String {
    let outcome = try Command.run(["sh", "-c", "cd '\(shop.directory)' && \(command)"])
    if outcome.status != 0 {
      throw SystemError(call: "sh", text: "status \(outcome.status)", subject: command)
    }
    return String(decoding: outcome.output, as: UTF8.self)
  }

  func bytes(_ name: String) throws -> [UInt8] { try Files.read(shop.path(name)) }

  func object(_ name: String) throws -> ObjectFile { try ObjectFile(bytes(name)) }

  /// True if the shell finds `program`.
  static func has(_ program: String) -> Bool {
    (try? Command.run(["sh", "-c", "command -v \(program)"], quiet: true))?.status == 0
  }
}

extension String {
  /// The lines, split at blanks.
  var table: [[String]] {
    split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }
}

/// What an object of everything has.
let sampleSource = """
  #include "autolib.h"
  AUTOLIB(bio)
  AUTOLIB(fmt)
  extern int outside(int);
  extern int perhaps(void) __attribute__((weak));
  static int hidden(int x) { return outside(x) + 1; }
  int table[40] = {1};
  int zeros[1000];
  __attribute__((weak)) int weakly(void) { return 3; }
  int visible(int x) { return hidden(x) * 2 + (perhaps ? perhaps() : 0); }
  """

/// The header that defines AUTOLIB, as programs include it.
func autolibHeader() throws -> String {
  var path = FilePath(#filePath)
  for _ in 0..<3 { path.removeLastComponent() }
  let header = path.pushing("Sources/9unix/CNineFace/include/autolib.h")
  return String(decoding: try Files.read(header), as: UTF8.self)
}
