// The built program as a language server, over pipes; its completions in a shell; its diagnostics.

import Glibc
import LibJSON
import Support
import Sys9
import SystemPackage
import Testing

@testable import ConfigKit

/// The built program with pipes for its input and output.
private final class ServerProcess {
  private let input: CInt
  private let output: CInt
  private let pid: pid_t
  private var reader = MessageReader()

  /// How long an answer may take: a margin so large that a slow machine does not matter.
  private static let patienceMilliseconds: CInt = 60_000

  init() throws {
    let (mine, its) = try Sockets.pair(.stream)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, its, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, its, 1)
    let words = [try ImportProject.program().string, "lsp", "--stdio"]
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, words[0], &actions, nil, pointers, environ)
    close(its)
    if code != 0 { throw SystemError(call: "posix_spawn", errno: code, subject: words[0]) }
    (input, output, pid) = (mine, mine, child)
  }

  func send(_ message: JSON) throws {
    try unsafe MessageReader.frame(message).withUnsafeBytes {
      try unsafe Sys9.write(input, all: $0)
    }
  }

  /// The next message of the program.
  func receive() throws -> JSON {
    while true {
      if let item = reader.next() {
        guard case .message(let message) = item else {
          throw CaseFault(description: "no message: \(item)")
        }
        return message
      }
      var request = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&request, 1, Self.patienceMilliseconds) != 1 {
        throw CaseFault(description: "the server says nothing")
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = try unsafe buffer.withUnsafeMutableBytes {
        try unsafe Sys9.read(output, into: $0)
      }
      if count == 0 { throw CaseFault(description: "the server has gone") }
      reader.feed(buffer[..<count])
    }
  }

  /// Receives up to the answer of request `id`; the result is that, and what came before.
  func answer(_ id: Int) throws -> (answer: JSON, before: [JSON]) {
    var before: [JSON] = []
    while true {
      let message = try receive()
      if message["id"]?.int == id { return (message, before) }
      before.append(message)
    }
  }

  /// Waits for the end; the result is the status.
  func status() throws -> CInt {
    close(input)
    var status: CInt = 0
    if unsafe waitpid(pid, &status, 0) != pid { throw CaseFault(description: "nobody to wait for") }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
  }
}

@Suite("config lsp", .serialized) struct ServerProgramTests {
  private static func request(_ id: Int, _ method: String, _ params: JSON) -> JSON {
    ["jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": params]
  }

  private static func notification(_ method: String, _ params: JSON) -> JSON {
    ["jsonrpc": "2.0", "method": .string(method), "params": params]
  }

  @Test func servesAnEditor() throws {
    let project = try ImportProject([
      ("conf/HELLO", "option TLS\ninclude files\n"),
      ("conf/files", "program p\n\tsrc/p.c option TSL\n\tmodule nett\nmodule net\n"),
      ("src/p.c", ""),
    ])
    let root = project.workshop.directory.string
    let server = try ServerProcess()
    try server.send(Self.request(1, "initialize", ["capabilities": [:], "processId": .null]))
    let capabilities = try server.answer(1).answer["result"]?["capabilities"]
    #expect(capabilities?["definitionProvider"] == true)
    try server.send(Self.notification("initialized", [:]))
    let uri = JSON.string("file://\(root)/conf/HELLO")
    try server.send(
      Self.notification(
        "textDocument/didOpen",
        [
          "textDocument": [
            "uri": uri, "languageId": "config", "version": 1,
            "text": "option TLS\ninclude files\n",
          ]
        ]))
    // The input is quiet now: the diagnostics come by themselves, for the open file and for the
    // included one.
    var found: [String: [JSON]] = [:]
    while found.count < 2 {
      let message = try server.receive()
      #expect(message["method"] == "textDocument/publishDiagnostics")
      let name = message["params"]?["uri"]?.string?.split(separator: "/").last ?? ""
      found[String(name)] = message["params"]?["diagnostics"]?.array
    }
    #expect(found["HELLO"] == [])
    #expect(
      found["files"]?.first?["message"]?.string == "undefined module 'nett' (did you mean 'net'?)")
    try server.send(
      Self.request(
        2, "textDocument/definition",
        ["textDocument": ["uri": uri], "position": ["line": 1, "character": 9]]))
    #expect(
      try server.answer(2).answer["result"]?[0]?["uri"]?.string == "file://\(root)/conf/files")
    try server.send(Self.request(3, "shutdown", .null))
    #expect(try server.answer(3).answer["result"] == .null)
    try server.send(Self.notification("exit", .null))
    #expect(try server.status() == 0)
  }

  @Test func endsWithItsClient() throws {
    let server = try ServerProcess()
    #expect(try server.status() == 1)
  }
}

@Suite("Completions in bash") struct CompletionProgramTests {
  private let project: ImportProject

  init() throws {
    project = try ImportProject([
      ("conf/HELLO", "option TLS\noption MODE 2\ninclude files\nprobe HAVE_X header x.h\n"),
      ("conf/OTHER", "like HELLO\n"),
      ("conf/files", "program p\n\tsrc/p.c\ntest greets\n\tprogram p\n"),
      ("conf/toolchain/ours", "like gcc\n"), ("src/p.c", ""), ("dir/x", ""),
    ])
  }

  /// What bash offers for a command line, `config` and these words, the last one unfinished.
  private func offers(_ words: [String]) throws -> [String] {
    let program = try ImportProject.program()
    let list = ([program.string] + words).map { "'\($0)'" }.joined(separator: " ")
    let text = try project.run(
      """
      bash --norc -c 'source <("$0" completions bash)
      COMP_WORDS=("$0" "$@"); COMP_CWORD=$#; compopt() { :; }
      _config; printf "%s\\n" "${COMPREPLY[@]}"' \(list)
      """)
    return text.split(separator: "\n").map(String.init).filter { !$0.isEmpty }.sorted()
  }

  @Test(
    "offers",
    .enabled(if: (try? Files.status("/bin/bash")) != nil, "there is no bash"),
    arguments: [
      (["ma"], ["matrix"]), (["conf/"], ["conf/HELLO", "conf/OTHER"]),
      (["--dia"], ["--diagnostics"]), (["--diagnostics", ""], ["json", "sarif", "text"]),
      (["matrix", "conf/H"], ["conf/HELLO"]), (["matrix", "--wi"], ["--with"]),
      (["matrix", "conf/HELLO", "--with", ""], ["MODE=", "TLS="]),
      (["test", "conf/HELLO", "--only", "g"], ["greets"]),
      (["probe", "conf/HELLO", "HA"], ["HAVE_X"]),
      (["--toolchain", "o"], ["ours"]), (["-p", "Linux/arm6"], ["Linux/arm64"]),
      (["fmt", "conf/f"], ["conf/files"]), (["import", "c"], ["cmake", "compdb"]),
      (["init", "d"], ["dir"]), (["completions", "z"], ["zsh"]), (["--make", "b"], ["bsd"]),
    ] as [([String], [String])])
  func offer(_ words: [String], _ expected: [String]) throws {
    #expect(try offers(words) == expected)
  }

  @Test func everySubcommandIsOffered() throws {
    let offered = try offers([""])
    for word in ["fmt", "import", "init", "lsp", "matrix", "completions", "test"] {
      #expect(offered.contains(word))
    }
  }
}

@Suite("Diagnostics for machines") struct FindingTests {
  private static let faulty: [(String, String)] = [
    ("conf/BAD", "ident A B\nparam 'ü' 7; prm X\ninclude files\n"),
    ("conf/files", "library l\n\tsrc/a.c\nlibrary l\n\tsrc/a.c\nprogram p\n\tlibrary m\n"),
    ("src/a.c", ""),
  ]

  @Test func sarifIsWhatTheSchemaWants() throws {
    let project = try ImportProject(Self.faulty)
    let said = try project.shell("config --diagnostics sarif conf/BAD")
    #expect(said.status == 1)
    let log = try JSON.parse(said.text)
    let schemaPath = FilePath(#filePath).removingLastComponent().appending("sarif-essential.json")
    let schema = try JSON.parse(bytes: try Files.read(schemaPath))
    let faults = SchemaCheck(schema).faults(log)
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    let run = log["runs"]?[0]
    let results = run?["results"]?.array ?? []
    #expect(results.count == 5)
    for result in results {
      let index = result["ruleIndex"]?.int ?? -1
      #expect(run?["tool"]?["driver"]?["rules"]?[index]?["id"] == result["ruleId"])
    }
    #expect(run?["invocations"]?[0]?["executionSuccessful"] == false)
    // Columns are characters, and the range is that of the word.
    let unknown = results.first { $0["ruleId"] == "unknown-directive" }
    let place = unknown?["locations"]?[0]?["physicalLocation"]
    #expect(place?["region"]?["startColumn"]?.int == 14)
    #expect(place?["region"]?["endColumn"]?.int == 17)
    #expect(place?["artifactLocation"]?["uri"] == "conf/BAD")
    let second = results.first { $0["ruleId"] == "library-already-defined" }
    #expect(second?["relatedLocations"]?[0]?["message"]?["text"] == "the first is here")
  }

  @Test func jsonHasAllOfTheText() throws {
    let project = try ImportProject(Self.faulty)
    let text = try project.shell("config conf/BAD").text
    let json = try JSON.parse(try project.shell("config --diagnostics json conf/BAD").text)
    var lines: [String] = []
    for item in json["diagnostics"]?.array ?? [] {
      func line(_ item: JSON, _ severity: String) -> String {
        "\(item["file"]?.string ?? ""):\(item["line"]?.int ?? 0):\(item["column"]?.int ?? 0): "
          + "\(severity): \(item["text"]?.string ?? "")"
      }
      lines.append(line(item, item["severity"]?.string ?? ""))
      lines += (item["notes"]?.array ?? []).map { line($0, "note") }
    }
    #expect(text == lines.map { "\($0)\n" }.joined())
  }

  @Test func aRunWithoutFindingsIsALogToo() throws {
    let project = try ImportProject([("conf/A", "program p\n\tp.c\n"), ("p.c", "")])
    let log = try JSON.parse(try project.run("config --diagnostics sarif conf/A"))
    #expect(log["runs"]?[0]?["results"] == [])
    #expect(log["runs"]?[0]?["invocations"]?[0]?["executionSuccessful"] == true)
  }

  @Test(
    "a rule is named after its words",
    arguments: [
      ("unknown library 'libfooo' (did you mean 'libfoo'?)", "unknown-library"),
      ("'ident' is allowed at the top level only", "is-allowed-at-the-top-level"),
      ("no such file: src/a.c", "no-such-file"),
      ("'x' is not a C identifier", "is-not-a-c-identifier"),
      ("config's own", "config-s-own"), ("''", "message"),
    ])
  func rules(_ text: String, _ rule: String) { #expect(Finding.rule(of: text) == rule) }

  @Test(
    "files have URIs",
    arguments: [
      ("/a b/ü#c%", "file:///a%20b/%C3%BC%23c%25"), ("conf/A", "conf/A"),
      ("/x-1_~.c", "file:///x-1_~.c"),
    ])
  func uris(_ path: String, _ uri: String) {
    #expect(URI.reference(path) == uri)
    if path.hasPrefix("/") { #expect(URI.path(uri) == path) }
  }

  @Test(
    "URIs of nothing here",
    arguments: [
      "http://a/b", "file://host/a", "file:a", "file:///a%2", "file:///%zz", "file:///%00",
    ])
  func strange(_ uri: String) { #expect(URI.path(uri) == nil) }
}

@Suite("config fmt") struct FormatProgramTests {
  private static let untidy = "ident  A\nprogram p\n  src/a.c   option X # why\n"
  private static let tidy = "ident\t\tA\nprogram\tp\n\tsrc/a.c\toption X\t# why\n"

  private func project() throws -> ImportProject {
    try ImportProject([
      ("conf/A", Self.untidy), ("conf/tidy", Self.tidy), ("conf/bad", "param \"x\n"),
      ("conf/Makefile.amd64", "all :\n  x\n"),
    ])
  }

  @Test func writesWhatDiffersAlone() throws {
    let project = try project()
    try project.run("chmod 640 conf/A; ln -s A conf/link; touch -d @1000 conf/tidy")
    let said = try project.run("config fmt conf/tidy conf/link conf/Makefile.amd64")
    #expect(
      said == "conf/link\nconfig: note: 'conf/Makefile.amd64' is a makefile: it is left alone\n")
    #expect(try project.workshop.read("conf/A") == Self.tidy)
    #expect(
      try project.run("stat -c %a conf/A; stat -c %Y conf/tidy; readlink conf/link")
        == "640\n1000\nA\n")
    #expect(try project.run("config fmt conf/A conf/tidy") == "")
    #expect(try project.workshop.tree("conf").filter { $0.hasPrefix(".") } == [])
  }

  @Test func checksAndShows() throws {
    let project = try project()
    let check = try project.shell("config fmt --check conf/A conf/tidy")
    #expect(check.status == 1 && check.text == "conf/A\n")
    #expect(try project.shell("config fmt --check conf/tidy").status == 0)
    let diff = try project.run("config fmt --diff conf/A")
    #expect(diff.hasPrefix("--- conf/A\n+++ conf/A (laid out)\n@@ -1,3 +1,3 @@\n-ident  A\n"))
    #expect(try project.workshop.read("conf/A") == Self.untidy)
    #expect(try project.run("config fmt - <conf/A") == Self.tidy)
    #expect(try project.shell("config fmt --check - <conf/A").status == 1)
  }

  @Test func leavesFaultyFilesAlone() throws {
    let project = try project()
    let said = try project.shell("config fmt conf/bad conf/nosuch conf/A")
    #expect(said.status == 1)
    for line in [
      "conf/bad:1:7: error: unterminated string\n",
      "config: error: cannot open 'conf/nosuch': No such file or directory\n",
    ] {
      #expect(said.text.contains(line), "\(said.text)")
    }
    #expect(try project.workshop.read("conf/bad") == "param \"x\n")
    #expect(try project.workshop.read("conf/A") == Self.tidy, "the others are laid out")
    let log = try JSON.parse(try project.shell("config fmt --diagnostics sarif conf/bad").text)
    #expect(log["runs"]?[0]?["results"]?[0]?["ruleId"] == "unterminated-string")
    #expect(try project.shell("config fmt").status == 2)
  }
}
