// The statements of a toolchain.

import SystemPackage

extension Reader {
  /// Reads the toolchain called `name` from `file`; `find` gives those that it is `like`.
  func readToolchain(
    _ name: String, _ file: FoundFile, find: (String) -> FoundFile?
  ) -> Toolchain {
    var toolchain = Toolchain(name: name)
    readToolchain(file, from: .none, depth: 0, find: find, into: &toolchain)
    return toolchain
  }

  private func readToolchain(
    _ file: FoundFile, from place: Place, depth: Int, find: (String) -> FoundFile?,
    into toolchain: inout Toolchain
  ) {
    let number = files.add(
      SourceFile(name: file.name, path: file.path, bytes: file.bytes, includedFrom: place))
    var parser = Parser(file.bytes, file: number, names: names, diagnostics: diagnostics)
    var statement = Statement()
    while parser.next(&statement) {
      let head = statement.words[0]
      let arguments = statement.words[1...]
      let place = parser.place(head)
      func wants(_ range: ClosedRange<Int>, _ text: String) -> Bool {
        if range.contains(arguments.count) { return true }
        diagnostics.error(place, text)
        return false
      }
      switch names.text(head.name) {
      case "about":
        if wants(1...1, "about takes one text, in quotes") {
          toolchain.about = names.text(arguments[1].name)
        }
      case "like":
        guard wants(1...1, "like takes one toolchain") else { continue }
        let other = names.text(arguments[1].name)
        if depth >= 8 {
          diagnostics.error(place, "toolchains are like each other, deeper than 8")
        } else if let found = find(other) {
          readToolchain(found, from: place, depth: depth + 1, find: find, into: &toolchain)
        } else {
          diagnostics.error(parser.place(arguments[1]), "there is no conf/toolchain/\(other)")
        }
      case "makeoption":
        if let (option, value) = readMakeOption(arguments, parser, place, isInherited: true) {
          if value.isAppended, var before = toolchain.makeOptions[option] {
            before.values += value.values
            toolchain.makeOptions.set(option, before)
          } else {
            toolchain.makeOptions.set(option, value)
          }
        }
      case "needs": readNeed(arguments, parser, place, into: &toolchain)
      case "sanitizers": toolchain.sanitizers = arguments.map { names.text($0.name) }
      case "no":
        if wants(2...2, "no takes a language and the reason, in quotes") {
          readLack(arguments, parser, into: &toolchain)
        }
      default:
        let text = names.text(head.name)
        let known = ["about", "like", "makeoption", "needs", "sanitizers", "no"]
        diagnostics.error(
          place,
          "a toolchain does not know '\(text)'\(suggestion(for: text, among: known))")
      }
    }
  }

  /// `needs PROGRAM PACKAGE [for c++|swift|run]`.
  private func readNeed(
    _ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place, into toolchain: inout Toolchain
  ) {
    var purpose = Toolchain.Need.Purpose.always
    if arguments.count == 4, names[arguments[3].name].elementsEqual("for".utf8),
      let wanted = Toolchain.Need.Purpose(rawValue: names.text(arguments[4].name))
    {
      purpose = wanted
    } else if arguments.count != 2 {
      diagnostics.error(
        place, "needs takes a program and its Debian package, and perhaps: for c++, swift or run")
      return
    }
    toolchain.needs.append(
      Toolchain.Need(
        program: Phrase(text: arguments[1].name, place: parser.place(arguments[1])),
        package: arguments[2].name, purpose: purpose))
  }

  private func readLack(
    _ arguments: ArraySlice<Word>, _ parser: Parser, into toolchain: inout Toolchain
  ) {
    let what = names.text(arguments[1].name)
    if what != "swift" && what != "c++" {
      diagnostics.error(parser.place(arguments[1]), "no knows the languages swift and c++")
    }
    toolchain.lacks[what] = names.text(arguments[2].name)
  }
}
