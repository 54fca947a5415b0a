// The language server: what it knows of a project, and that nothing upsets it.

import LibJSON
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

@Suite("The language server") struct LanguageServerTests {
  private static let conf = """
    ident HELLO
    option TLS
    option MODE 2
    include files

    """
  private static let files = """
    defoption TLS bool help "speak TLS"
    defoption MODE string values 1 2 fast
    module net option TLS
    \tsrc/net.c option !MODE=1
    library libnet
    \tmodule net
    program hello
    \tsrc/main.c
    \tlibrary libnet
    test greets
    \tprogram hello

    """

  private let workshop: Workshop
  private var root: FilePath { workshop.path("conf/HELLO") }
  private var included: FilePath { workshop.path("conf/files") }

  init() throws {
    workshop = try Workshop()
    try workshop.write("conf/HELLO", Self.conf)
    try workshop.write("conf/files", Self.files)
    for name in ["src/main.c", "src/net.c", "src/new.c", "README"] { try workshop.write(name, "") }
  }

  private func opened() -> EditorClient {
    var client = EditorClient()
    client.open(included, Self.files)
    client.open(root, Self.conf)
    return client
  }

  // MARK: Diagnostics

  @Test func faultsAreShownInTheFileThatHasThem() throws {
    var client = opened()
    #expect(client.published.isEmpty, "nothing before the input is quiet")
    client.settle()
    #expect(client.diagnostics(included) == [])
    #expect(client.diagnostics(root) == [])
    // Of an open file that is not saved.
    client.change(included, Self.files.replacing("\tmodule net\n", with: "\tmodule nett\n"))
    client.settle()
    #expect(
      client.diagnostics(included) == ["5:8 1 undefined module 'nett' (did you mean 'net'?)"])
    #expect(client.diagnostics(root) == [])
    client.change(included, Self.files)
    client.settle()
    #expect(client.diagnostics(included) == [])
  }

  @Test func faultsOfFilesThatAreNotOpenAreShownAndTakenBack() throws {
    try workshop.write("conf/files", "program p\n\tsrc/nosuch.c\n")
    var client = EditorClient()
    client.open(root, Self.conf.replacing("option", with: "param"))
    client.settle()
    #expect(client.diagnostics(included)?.first == "1:1 1 no such file: src/nosuch.c")
    try workshop.write("conf/files", "program p\n\tsrc/main.c\n")
    client.notify("workspace/didChangeWatchedFiles", ["changes": []])
    client.settle()
    #expect(client.diagnostics(included) == [])
  }

  @Test func aBurstOfChangesIsAnalysedOnce() throws {
    var client = opened()
    client.settle()
    let before = client.published.count
    for count in 1...20 {
      client.change(root, Self.conf + String(repeating: "x", count: count) + "\n")
    }
    #expect(client.published.count == before)
    #expect(client.server.isDirty)
    client.settle()
    #expect(client.published.count == before + 1)
    #expect(!client.server.isDirty)
    client.settle()
    #expect(client.published.count == before + 1)
  }

  @Test func notesLeadToTheOtherPlace() throws {
    var client = opened()
    client.change(included, Self.files + "library libnet\n\tsrc/new.c\n")
    client.settle()
    let found = client.published.last { $0.uri.hasSuffix("files") }?.diagnostics.first
    #expect(found?["message"]?.string == "library 'libnet' already defined")
    let note = found?["relatedInformation"]?[0]
    #expect(note?["message"]?.string == "the first is here")
    #expect(note?["location"]?["range"]?["start"]?["line"]?.int == 4)
    #expect(found?["code"]?.string == "library-already-defined")
  }

  // MARK: Names

  @Test(
    "jumps to where a name is declared",
    arguments: [
      ("!MODE", 1, "files", 1), ("libnet\ntest", 2, "files", 4), ("net\nprogram", 0, "files", 2),
      ("src/net.c", 3, "src/net.c", 0), ("hello\n", 0, "files", 6),
    ])
  func definition(_ needle: String, _ offset: Int, _ file: String, _ line: Int) throws {
    var client = opened()
    let found = client.ask("definition", included, Self.files, at: needle, offset)["result"]
    let lines = (found?.array ?? []).filter { $0["uri"]?.string?.hasSuffix(file) ?? false }
      .compactMap { $0["range"]?["start"]?["line"]?.int }
    #expect(lines.contains(line), "\(found?.text ?? "nothing")")
  }

  @Test func jumpsIntoIncludedFiles() throws {
    try workshop.write("conf/files.Linux", "param LINUX\n")
    var client = opened()
    let found = client.ask("definition", root, Self.conf, at: "files")["result"]?.array ?? []
    #expect(
      found.compactMap { $0["uri"]?.string.flatMap(URI.path) }
        == [included.string, included.string + ".Linux"])
  }

  @Test func findsAllUses() throws {
    var client = opened()
    let all = client.ask("references", root, Self.conf, at: "TLS")["result"]?.array ?? []
    // Declared twice: in the configuration and by defoption; tested once.
    #expect(all.count == 3)
    let uses = client.ask(
      "references", root, Self.conf, at: "TLS", more: ["context": ["includeDeclaration": false]])
    #expect(uses["result"]?.array?.count == 1)
  }

  @Test(
    "explains words",
    arguments: [
      ("module net option", 1, "A set of sources"), ("option !MODE", 2, "Counts only if"),
      ("!MODE", 2, "- HELLO: `2`"), ("TLS bool", 0, "speak TLS"), ("MODE string", 0, "1, 2, fast"),
      ("program hello\n\n", 0, ""), ("libnet\n\t", 1, "**libnet**: library"),
    ])
  func hover(_ needle: String, _ offset: Int, _ expected: String) throws {
    var client = opened()
    let result = client.ask("hover", included, Self.files, at: needle, offset)["result"]
    let text = result?["contents"]?["value"]?.string ?? ""
    #expect(text.contains(expected), "\(text)")
    #expect(expected.isEmpty || !text.isEmpty)
  }

  // MARK: Completion

  @Test(
    "completes by place",
    arguments: [
      ("mod", ["module"], ["TLS", "flags"]),
      ("program p\n\tsrc/n", ["src/net.c", "src/new.c"], []),
      ("program p\n\tsrc/main.c opt", ["option", "optional"], ["module"]),
      ("program p\n\tsrc/main.c option ", ["TLS", "MODE"], ["net", "option"]),
      ("program p\n\tsrc/main.c option !M", ["MODE"], ["TLS"]),
      ("program p\n\tsrc/main.c option MODE ", ["1", "2", "fast", "flags"], ["TLS"]),
      ("program p\n\tsrc/main.c optional TLS|M", ["MODE"], ["TLS"]),
      ("program p\n\tmodule ", ["net"], ["libnet"]),
      ("program p\n\tlibrary lib", ["libnet"], ["net"]), ("include f", ["files"], ["HELLO"]),
      ("no ", ["option", "param", "makeoption"], ["flags"]), ("no option ", ["TLS"], ["param"]),
      ("toolchain ", ["gcc", "clang"], []), ("test t\n\tout", ["output"], ["option"]),
      ("test t\n\tprogram ", ["hello"], ["net"]), ("arch am", ["amd64"], ["arm64"]),
      ("program p\n\tinstall sh", ["share"], ["bin"]), ("probe X fun", ["function"], ["header"]),
      ("# a comment ", [], ["module"]), ("src/new.c fl", ["flags"], ["flags "]),
    ] as [(String, [String], [String])])
  func completion(_ typed: String, _ wanted: [String], _ unwanted: [String]) throws {
    var client = opened()
    let text = Self.conf + typed
    client.change(root, text)
    let found = client.ask("completion", root, text, at: "\u{0}")["result"]
    let labels = (found?["items"]?.array ?? []).compactMap { $0["label"]?.string }
    #expect(Set(labels).isSuperset(of: wanted), "\(labels)")
    #expect(Set(labels).isDisjoint(with: unwanted), "\(labels)")
  }

  @Test func completionReplacesWhatIsTyped() throws {
    var client = opened()
    let text = Self.conf + "program p\n\tsrc/main.c option !MO"
    client.change(root, text)
    let found = client.ask("completion", root, text, at: "\u{0}")["result"]
    let edit = found?["items"]?[0]?["textEdit"]
    #expect(edit?["newText"]?.string == "MODE")
    #expect(edit?["range"]?["start"] == ["line": 5, "character": 20])
    #expect(edit?["range"]?["end"] == ["line": 5, "character": 22])
  }

  // MARK: The document

  @Test func listsWhatIsDeclared() throws {
    var client = opened()
    let found = client.request(
      "textDocument/documentSymbol",
      ["textDocument": ["uri": .string(URI.reference(included.string))]])
    let names = (found["result"]?.array ?? []).map {
      "\($0["detail"]?.string ?? "") \($0["name"]?.string ?? "")"
    }
    #expect(
      names == [
        "defoption TLS", "defoption MODE", "module net", "library libnet", "program hello",
        "test greets",
      ])
  }

  @Test func laysTheDocumentOut() throws {
    var client = opened()
    let text = "ident  HELLO\n# é\nparam   A\nparam\t\tB\n"
    client.change(root, text)
    let found = client.request(
      "textDocument/formatting",
      [
        "textDocument": ["uri": .string(URI.reference(root.string))],
        "options": ["tabSize": 8, "insertSpaces": false],
      ])
    let edit = found["result"]?[0]
    #expect(edit?["newText"]?.string == "ident\t\tHELLO\n# é\nparam\t\tA\n")
    #expect(edit?["range"]?["start"] == ["line": 0, "character": 0])
    #expect(edit?["range"]?["end"] == ["line": 3, "character": 0])
    client.change(root, laidOut(text))
    let again = client.request(
      "textDocument/formatting",
      ["textDocument": ["uri": .string(URI.reference(root.string))]])
    #expect(again["result"] == [])
  }

  // MARK: Positions

  @Test(
    "positions count as was agreed",
    arguments: [("utf-16", 14), ("utf-8", 17), (nil, 14)] as [(String?, Int)])
  func encodings(_ encoding: String?, _ column: Int) throws {
    var client = EditorClient(encoding: encoding)
    client.open(root, "param X '😀é'; foo\n")
    client.settle()
    let start = client.published.last { $0.uri.hasSuffix("HELLO") }?
      .diagnostics.first?["range"]?["start"]
    #expect(start == ["line": 0, "character": .int(column + 1)])
  }

  @Test func partsOfATextAreReplaced() throws {
    var client = opened()
    func change(_ start: (Int, Int), _ end: (Int, Int), _ text: String) {
      client.notify(
        "textDocument/didChange",
        [
          "textDocument": ["uri": .string(URI.reference(root.string))],
          "contentChanges": [
            [
              "range": [
                "start": ["line": .int(start.0), "character": .int(start.1)],
                "end": ["line": .int(end.0), "character": .int(end.1)],
              ], "text": .string(text),
            ]
          ],
        ])
    }
    change((1, 7), (1, 10), "😀TSL")
    change((1, 7), (1, 9), "")
    change((3, 0), (9, 0), "")
    change((5, 5), (1, 1), "nothing")
    #expect(
      client.server.documents[root.string]?.bytes
        == Array("ident HELLO\noption TSL\noption MODE 2\n".utf8))
  }
}

@Suite("The language server and bad clients") struct BadClientTests {
  private static func frame(_ text: String) -> [UInt8] {
    Array("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8)
  }

  private func codes(_ answers: [JSON]) -> [Int] {
    answers.compactMap { $0["error"]?["code"]?.int }
  }

  @Test(
    "are answered",
    arguments: [
      ("{", -32700), ("[]", -32600), ("{\"id\": 7}", -32600),
      ("{\"id\": 7, \"method\": \"no/such\"}", -32601),
      ("{\"id\": 7, \"method\": \"initialize\"}", -32600),
      ("{\"id\": 7, \"method\": \"textDocument/hover\"}", -32602),
      (
        "{\"id\": 7, \"method\": \"textDocument/hover\", \"params\": "
          + "{\"textDocument\": {\"uri\": \"file:///none\"}}}", -32602
      ),
      (
        "{\"id\": 7, \"method\": \"textDocument/hover\", \"params\": "
          + "{\"textDocument\": {\"uri\": \"http://x/y\"}}}", -32602
      ),
    ])
  func answered(_ text: String, _ code: Int) throws {
    var client = EditorClient()
    #expect(codes(client.send(Self.frame(text))) == [code])
    // And the next one is heard.
    #expect(client.request("shutdown", .null)["result"] == .null)
  }

  @Test(
    "notifications are ignored",
    arguments: [
      "{\"method\": \"$/cancelRequest\", \"params\": {\"id\": 1}}", "{\"method\": \"no/such\"}",
      "{\"method\": \"textDocument/didOpen\"}", "{\"method\": \"textDocument/didChange\"}",
      "{\"method\": \"textDocument/didOpen\", \"params\": {\"textDocument\": {\"uri\": 7}}}",
      "{\"id\": 4, \"result\": null}",
    ])
  func ignored(_ text: String) throws {
    var client = EditorClient()
    #expect(client.send(Self.frame(text)) == [])
  }

  @Test func theirStateIsMinded() throws {
    var server = LanguageServer(machine: EditorClient.disk())
    var reader = MessageReader()
    func code(_ bytes: [UInt8]) -> Int? {
      reader.feed(bytes)
      guard case .message(let message)? = reader.next() else { return nil }
      return message["error"]?["code"]?.int
    }
    #expect(code(server.receive(Self.frame("{\"id\": 1, \"method\": \"shutdown\"}"))) == -32002)
    _ = server.receive(Self.frame("{\"id\": 2, \"method\": \"initialize\"}"))
    _ = server.receive(Self.frame("{\"id\": 3, \"method\": \"shutdown\"}"))
    #expect(code(server.receive(Self.frame("{\"id\": 4, \"method\": \"shutdown\"}"))) == -32600)
    #expect(server.exitStatus == nil)
    _ = server.receive(Self.frame("{\"method\": \"exit\"}"))
    #expect(server.exitStatus == 0)
    var rude = LanguageServer(machine: EditorClient.disk())
    _ = rude.receive(Self.frame("{\"method\": \"exit\"}"))
    #expect(rude.exitStatus == 1)
  }

  @Test func theyAreAskedToWatchFilesIfTheyCan() throws {
    for canWatch in [true, false] {
      var server = LanguageServer(machine: EditorClient.disk())
      _ = server.receive(
        MessageReader.frame([
          "id": 1, "method": "initialize",
          "params": [
            "capabilities": [
              "workspace": ["didChangeWatchedFiles": ["dynamicRegistration": .bool(canWatch)]]
            ]
          ],
        ]))
      var reader = MessageReader()
      reader.feed(server.receive(Self.frame("{\"method\": \"initialized\"}")))
      guard canWatch else {
        #expect(reader.next() == nil)
        continue
      }
      guard case .message(let message)? = reader.next() else {
        Issue.record("no request")
        continue
      }
      #expect(message["method"] == "client/registerCapability")
      #expect(server.receive(Self.frame("{\"id\": \"watch\", \"result\": null}")) == [])
    }
  }

  @Test func framesComeInAnyPieces() throws {
    let body = "{\"jsonrpc\":\"2.0\",\"method\":\"é\"}"
    let text =
      Array("Content-Type: x\r\ncontent-length:  \(body.utf8.count) \r\n\r\n\(body)".utf8)
      + Self.frame("7")
    for size in 1...text.count {
      var reader = MessageReader()
      var items: [MessageReader.Item] = []
      for start in stride(from: 0, to: text.count, by: size) {
        reader.feed(text[start..<min(start + size, text.count)])
        while let item = reader.next() { items.append(item) }
      }
      #expect(items == [.message(["jsonrpc": "2.0", "method": "é"]), .message(7)])
    }
  }

  @Test(
    "rubbish is skipped",
    arguments: [
      "rubbish\r\n\r\n", "Content-Length: x\r\n\r\n", "\r\n\r\n\r\n", "Content-Length: -4\r\n\r\n",
      "Content-Length: 99999999999999999999\r\n\r\n", String(repeating: "x", count: 10_000),
    ])
  func rubbish(_ text: String) throws {
    var reader = MessageReader()
    reader.feed(Array(text.utf8))
    reader.feed(Array("\r\n\r\n".utf8))
    reader.feed(Self.frame("true"))
    var items: [MessageReader.Item] = []
    while let item = reader.next() { items.append(item) }
    #expect(items.last == .message(true))
    #expect(items.count == 2, "one fault for all of it: \(items)")
  }

  /// Whatever is changed in a conversation, the server answers each request that is left whole.
  @Test func noiseDoesNotStopIt() throws {
    var (random, seed) = SplitMix.printed("server", environment: Environment["TEST_SEED"])
    for round in 0..<300 {
      var client = EditorClient()
      client.open("/nowhere/conf/X", "program p\n\tsrc/a.c option X\n")
      var bytes: [UInt8] = []
      for method in ["hover", "completion", "definition", "documentSymbol", "formatting"] {
        bytes += MessageReader.frame([
          "id": .string(method), "method": .string("textDocument/\(method)"),
          "params": [
            "textDocument": ["uri": "file:///nowhere/conf/X"],
            "position": [
              "line": .int(Int.random(in: -1...5, using: &random)),
              "character": .int(Int.random(in: -1...40, using: &random)),
            ],
          ],
        ])
      }
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      _ = client.send(bytes)
      client.settle()
      let padding = Array(repeating: UInt8(ascii: "\n"), count: 6000)
      let last = MessageReader.frame(["id": 99, "method": "shutdown"])
      let answers = client.send(padding + last + last)
      #expect(answers.contains { $0["id"] == 99 }, "seed \(seed), round \(round)")
    }
  }
}
