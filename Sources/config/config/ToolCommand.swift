// What makefiles call: services of config for its own build directories.  Not for people.

import ConfigKit
import Glibc
import Sys9
import SystemPackage

enum ToolCommand {
  /// Runs the service that `arguments` name; nil if they name none.
  static func run(_ arguments: [String]) -> CInt? {
    guard let name = arguments.first else { return nil }
    let rest = arguments.dropFirst()
    do {
      switch name {
      case "--regenerate": return try regenerate()
      case "--merge": try BuildTool(Console.machine()).merge()
      case "--depfile":
        for path in rest { try BuildTool(Console.machine()).rewriteDepfile(FilePath(path)) }
      case "--sibling":
        for path in rest.dropFirst() {
          try BuildTool(Console.machine())
            .rewriteDepfile(FilePath(path), sibling: rest.first ?? "")
        }
      case "--hold": try BuildTool.hold(for: getppid(), tell: { Console.write(2, $0) })
      case "--begin": return try begin(rest)
      case "--clean": try BuildTool(Console.machine()).clean()
      case "--nuke": try BuildTool(Console.machine()).nuke()
      default: return nil
      }
      return 0
    } catch let error as SystemError {
      let cure = error.subject == ".config.log" ? "; run config conf/NAME again" : ""
      Console.write(2, "config: error: \(error)\(cure)\n")
    } catch {
      Console.write(2, "config: error: \(error)\n")
    }
    return 1
  }

  private static func regenerate() throws -> CInt {
    let tool = try BuildTool(Console.machine())
    return Console.run(tool.request, isQuiet: true)
  }

  /// BSD make reads the answer's last word: `ok`, or anything else.
  private static func begin(_ arguments: ArraySlice<String>) throws -> CInt {
    if let make = arguments.first.flatMap({ Int32($0) }), Environment["MAKELEVEL"] ?? "0" == "0" {
      try BuildTool.hold(for: make, tell: { Console.write(2, $0) })
    }
    if try regenerate() != 0 { return 1 }
    try BuildTool(Console.machine()).begin(
      overrides: arguments.dropFirst().joined(separator: " "))
    return Console.write(1, "ok\n")
  }
}
