// `probe NAME header H`, and the other questions.

extension Reader {
  private static let probeKinds = ["header", "function", "type", "symbol", "library", "sizeof"]

  /// Reads one probe.
  func readProbe(_ arguments: ArraySlice<Word>, _ parser: Parser, _ place: Place) {
    guard arguments.count >= 3, let first = arguments.first else {
      diagnostics.error(
        place, "probe needs a name and a question, such as: probe HAVE_X header x.h")
      return
    }
    let name = first.name
    let namePlace = parser.place(first)
    guard checkIdentifier(name, namePlace) else { return }
    if let before = model.probes[name]?.place ?? model.params[name]?.place
      ?? model.options[name]?.place
    {
      diagnostics.error(
        namePlace, "'\(names.text(name))' already defined", notes: (before, "the first is here"))
      return
    }
    let words = arguments.dropFirst(2).map { Phrase(text: $0.name, place: parser.place($0)) }
    let kindWord = arguments[arguments.startIndex + 1]
    guard let (kind, rest) = probeKind(kindWord, words, parser) else { return }
    var headers: [Name] = []
    if let head = rest.first {
      guard names[head.text].elementsEqual("header".utf8), rest.count > 1 else {
        diagnostics.error(head.place, "after the question a probe may say: header H...")
        return
      }
      headers = rest.dropFirst().map(\.text)
    }
    if kind == .header { headers = words.map(\.text) }
    for header in headers where !isHeaderName(header) {
      diagnostics.error(kindWord.place(in: parser), "'\(names.text(header))' is no header's name")
    }
    model.probes.set(name, Probe(name: name, place: namePlace, kind: kind, headers: headers))
  }

  /// The question, and the words that are left behind it.
  private func probeKind(
    _ kind: Word, _ words: [Phrase], _ parser: Parser
  ) -> (Probe.Kind, ArraySlice<Phrase>)? {
    let text = names.text(kind.name)
    switch text {
    case "header": return (.header, [])
    case "function":
      return isSymbol(words[0]) ? (.function(words[0].text), words.dropFirst()) : nil
    case "type": return isType(words[0]) ? (.type(words[0].text), words.dropFirst()) : nil
    case "sizeof": return isType(words[0]) ? (.size(words[0].text), words.dropFirst()) : nil
    case "symbol": return isSymbol(words[0]) ? (.symbol(words[0].text), words.dropFirst()) : nil
    case "library":
      guard words.count >= 2, names[words[0].text].starts(with: "-l".utf8),
        Quoting.isPlain(names[words[0].text])
      else {
        diagnostics.error(words[0].place, "probe library takes -lNAME and a function in it")
        return nil
      }
      return isSymbol(words[1])
        ? (.library(words[0].text, function: words[1].text), words.dropFirst(2)) : nil
    default:
      diagnostics.error(
        parser.place(kind),
        "a probe does not know '\(text)'\(suggestion(for: text, among: Self.probeKinds)): "
          + Self.probeKinds.joined(separator: ", "))
      return nil
    }
  }

  private func isSymbol(_ phrase: Phrase) -> Bool { checkIdentifier(phrase.text, phrase.place) }

  /// A type's name: words, stars and brackets, nothing that ends a declaration.
  private func isType(_ phrase: Phrase) -> Bool {
    let isRight = names[phrase.text].allSatisfy {
      Byte.isIdentifier($0) || " *[]".utf8.contains($0)
    }
    if !isRight || phrase.text == .empty {
      diagnostics.error(phrase.place, "'\(names.text(phrase.text))' is no type's name")
    }
    return isRight && phrase.text != .empty
  }

  private func isHeaderName(_ name: Name) -> Bool {
    name != .empty
      && names[name].allSatisfy { Byte.isIdentifier($0) || "./+-".utf8.contains($0) }
  }
}

extension Word {
  fileprivate func place(in parser: Parser) -> Place { parser.place(self) }
}
