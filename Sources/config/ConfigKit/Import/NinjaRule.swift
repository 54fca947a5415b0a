// The build.ninja that CMake writes: the commands of add_custom_command, and what links make, which
// the file API does not tell.

import SystemPackage

/// A command of a build.ninja that CMake wrote for add_custom_command.
struct NinjaRule {
  let outputs: [FilePath]
  let inputs: [FilePath]
  /// The command for a shell, without the change to the build directory.
  let command: String
  /// The directory that it runs in.
  let directory: FilePath

  /// True if the command names the file at `path`, and so perhaps runs it.
  func runs(_ path: FilePath) -> Bool {
    let words = CompileCommand.words(command)
    return words.contains { ImportPlace.absolute($0, in: directory) == path }
  }

  /// The custom commands in `text`, which lies in `build`.
  static func custom(_ text: String, build: FilePath) -> [NinjaRule] {
    var rules: [NinjaRule] = []
    let lines = text.replacing("$\n", with: "").split(
      separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.hasPrefix("build ") {
      guard let colon = line.firstRange(of: ": CUSTOM_COMMAND") else { continue }
      var command: String?
      for next in lines[(index + 1)...] {
        guard next.hasPrefix("  ") else { break }
        if next.hasPrefix("  COMMAND = ") { command = String(next.dropFirst(12)) }
      }
      guard var command else { continue }
      command = unescaped(command)
      var directory = build
      if command.hasPrefix("cd "), let end = command.firstRange(of: " && ") {
        let words = CompileCommand.words(String(command[..<end.lowerBound]))
        directory = ImportPlace.absolute(words.count > 1 ? words[1] : ".", in: build)
        command = String(command[end.upperBound...])
      }
      let outputs = paths(line[line.index(line.startIndex, offsetBy: 6)..<colon.lowerBound], build)
      // CMake's own targets, such as edit_cache and install, are commands of this kind, too.
      if outputs.allSatisfy({ $0.components.contains("CMakeFiles") }) { continue }
      let rest = line[colon.upperBound...]
      let inputs = paths(rest[..<(rest.firstRange(of: "||")?.lowerBound ?? rest.endIndex)], build)
      rules.append(
        NinjaRule(outputs: outputs, inputs: inputs, command: command, directory: directory))
    }
    return rules
  }

  /// What the links of shared libraries in `text` make: TARGET_FILE and SONAME, by `libz.so`.
  static func sharedFiles(_ text: String) -> [String: (file: String, soname: String)] {
    var result: [String: (file: String, soname: String)] = [:]
    var soname: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  SONAME = ") {
        soname = String(line.dropFirst(11))
      } else if line.hasPrefix("  TARGET_FILE = "), let name = soname {
        let file = FilePath(unescaped(String(line.dropFirst(16)))).lastComponent?.string ?? ""
        if let end = file.firstRange(of: ".so") {
          result[String(file[..<end.upperBound])] = (file, name)
        }
      } else if line.isEmpty {
        soname = nil
      }
    }
    return result
  }

  /// The paths in a list of Ninja's, each once.
  private static func paths(_ text: Substring, _ build: FilePath) -> [FilePath] {
    var result: [FilePath] = []
    let words = text.replacing("$ ", with: "\u{1}").split(separator: " ")
    for word in words where word != "|" && !word.hasPrefix("${cmake_ninja_workdir}") {
      let plain = unescaped(String(word).replacing("\u{1}", with: " "))
      let path = ImportPlace.absolute(plain, in: build)
      if !result.contains(path) { result.append(path) }
    }
    return result
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("$$", with: "\u{1}").replacing("$:", with: ":").replacing("$ ", with: " ")
      .replacing("\u{1}", with: "$")
  }
}
