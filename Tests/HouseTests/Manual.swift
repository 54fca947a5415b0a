// The rules for what people read: links lead somewhere, and named commands can be run.

extension Rules {
  /// The places within the repository that the Markdown `file` links to, each with its line.
  static func links(_ file: TextFile) -> [(line: Int, path: String)] {
    let folder = file.path.split(separator: "/").dropLast().map(String.init)
    return zip(1..., file.lines).flatMap { number, line in
      line.split(separator: "](").dropFirst().compactMap { rest -> (line: Int, path: String)? in
        let target = rest.prefix { $0 != ")" && $0 != "#" }
        if target.isEmpty || target.contains(":") { return nil }
        var parts = folder
        for part in target.split(separator: "/") where part != "." {
          if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return (number, parts.joined(separator: "/"))
      }
    }
  }

  /// The programs in `bin/` that the text of `file` names, each with its line.
  static func commands(_ file: TextFile) -> [(line: Int, path: String)] {
    zip(1..., file.lines).flatMap { number, line in
      let words = line.split { !($0.isLetter || $0.isNumber || "/._-".contains($0)) }
      return words.filter { $0.hasPrefix("bin/") && $0.count > 4 }.map { word in
        (number, String(word.last == "." ? word.dropLast() : word))
      }
    }
  }

  /// The paths under `Sources/` that a description in `conf/` names, each with its line.
  static func described(_ file: TextFile) -> [(line: Int, path: String)] {
    zip(1..., file.lines).flatMap { number, line in
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\"" }
      return words.filter { $0.hasPrefix("Sources/") }.map { (number, String($0)) }
    }
  }
}
