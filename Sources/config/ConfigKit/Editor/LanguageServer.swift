// The language server: theory of operation.
//
// Problem.  An editor sends what is typed, and asks what a word means, while the description is
// broken most of the time.  It may send nonsense, and must never be left without an answer.
//
// Shape.  A value with no I/O: bytes in, bytes out, and two questions for whoever drives it.
//
//     receive(bytes) -> messages -> documents, answers        marks the projects stale
//     settle()       -> analyses what is stale -> diagnostics
//     isDirty, exitStatus
//
// The driver waits for input; only when none has come for a while does it call `settle`, so that
// a burst of changes is analysed once.  Waiting is the driver's, and a test settles when it likes.
// A request that needs to know the project settles by itself: its answer is never stale.
//
// Invariants.
//   L1  Each request gets exactly one answer, with its id; a notification gets none.
//   L2  Diagnostics of a file are published when they differ from those published before, and
//       taken back when the file has none any more.
//   L3  Whatever comes in, the server goes on: what is wrong is answered, or ignored as the
//       protocol says.
//   L4  Every position in an answer counts as the client was told at `initialize`.
//
// Rejected.  A thread for the analysis: it takes milliseconds, and threads would need locks.

import LibJSON
import Sys9
import SystemPackage

/// The language server protocol 3.17, for the language of config.
public struct LanguageServer {
  /// The errors of JSON-RPC and the protocol.
  enum ErrorCode: Int {
    case parseError = -32700
    case invalidRequest = -32600
    case methodNotFound = -32601
    case invalidParams = -32602
    case notInitialized = -32002
  }

  enum State { case fresh, running, shutDown }

  private var reader = MessageReader()
  private(set) var state = State.fresh
  var encoding = PositionEncoding.utf16
  private let machine: Machine
  /// Open documents by path.
  var documents: [String: TextDocument] = [:]
  /// The projects of the open documents, by directory.
  var projects: [String: Project] = [:]
  private var uris: [String: String] = [:]
  private var published: [String: JSON] = [:]
  private var output: [UInt8] = []
  /// True if the client tells of files that change when it is asked to.
  private var canWatch = false

  /// True if something changed since the last analysis.
  public private(set) var isDirty = false
  /// The status to exit with, once the client said so; 1 if it did not shut down before.
  public private(set) var exitStatus: Int32?

  /// A server that sees the files of `machine`, and over them the documents that are open.
  public init(machine: Machine) { self.machine = machine }

  // MARK: Driving

  /// Takes bytes of the client; the result is what to send to it.
  public mutating func receive(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    reader.feed(bytes)
    while exitStatus == nil, let item = reader.next() {
      switch item {
      case .message(let message): handle(message)
      case .fault(let text): fail(.null, .parseError, text)
      }
    }
    defer { output = [] }
    return output
  }

  /// Analyses what changed; the result is diagnostics to send.
  public mutating func settle() -> [UInt8] {
    analyse()
    defer { output = [] }
    return output
  }

  private mutating func send(_ message: JSON) { output += MessageReader.frame(message) }

  private mutating func answer(_ id: JSON, _ result: JSON) {
    send(["jsonrpc": "2.0", "id": id, "result": result])
  }

  private mutating func fail(_ id: JSON, _ code: ErrorCode, _ text: String) {
    send([
      "jsonrpc": "2.0", "id": id,
      "error": ["code": .int(code.rawValue), "message": .string(text)],
    ])
  }

  // MARK: Messages

  private mutating func handle(_ message: JSON) {
    guard message.object != nil else {
      fail(.null, .invalidRequest, "a message is an object")
      return
    }
    let id = message["id"]
    guard let method = message["method"]?.string else {
      // An answer to a request of ours, or nothing at all.
      if let id, message["result"] == nil && message["error"] == nil {
        fail(id, .invalidRequest, "a request has a method")
      }
      return
    }
    let params = message["params"] ?? .null
    if let id {
      request(id, method, params)
    } else {
      notification(method, params)
    }
  }

  private mutating func request(_ id: JSON, _ method: String, _ params: JSON) {
    switch (state, method) {
    case (.fresh, "initialize"):
      state = .running
      let offered = params["capabilities"]?["general"]?["positionEncodings"]?.array ?? []
      if offered.contains("utf-8") { encoding = .utf8 }
      let watching = params["capabilities"]?["workspace"]?["didChangeWatchedFiles"]
      canWatch = watching?["dynamicRegistration"]?.bool ?? false
      answer(id, Self.capabilities(encoding))
    case (.fresh, _): fail(id, .notInitialized, "'\(method)' before 'initialize'")
    case (.running, "initialize"): fail(id, .invalidRequest, "'initialize' came before")
    case (.shutDown, _): fail(id, .invalidRequest, "'\(method)' after 'shutdown'")
    case (.running, "shutdown"):
      analyse()
      state = .shutDown
      answer(id, .null)
    case (.running, _):
      guard let query = Query(rawValue: method) else {
        fail(id, .methodNotFound, "'\(method)' is not supported")
        return
      }
      guard let path = params["textDocument"]?["uri"]?.string.flatMap(URI.path) else {
        fail(id, .invalidParams, "'\(method)' wants the uri of a file")
        return
      }
      if query != .formatting { analyse() }
      guard let result = result(query, path, params) else {
        fail(id, .invalidParams, "'\(method)': no such document or position")
        return
      }
      answer(id, result)
    }
  }

  private mutating func notification(_ method: String, _ params: JSON) {
    if method == "exit" {
      exitStatus = state == .shutDown ? 0 : 1
      return
    }
    guard state == .running else { return }
    if method == "initialized" && canWatch { watch() }
    let document = params["textDocument"]
    let path = document?["uri"]?.string.flatMap(URI.path)
    switch method {
    case "textDocument/didOpen":
      guard let path, let text = document?["text"]?.string else { return }
      uris[path] = document?["uri"]?.string
      documents[path] = TextDocument(Array(text.utf8), encoding)
      isDirty = true
    case "textDocument/didChange":
      guard let path, var text = documents[path] else { return }
      for change in params["contentChanges"]?.array ?? [] { Self.apply(change, to: &text) }
      documents[path] = text
      isDirty = true
    case "textDocument/didClose":
      guard let path else { return }
      documents[path] = nil
      isDirty = true
    case "textDocument/didSave", "workspace/didChangeWatchedFiles":
      isDirty = true
    default: return  // $/cancelRequest, $/setTrace, and what is yet to be invented
    }
  }

  /// Asks the client to tell when a file of a description changes that is not open.
  private mutating func watch() {
    send([
      "jsonrpc": "2.0", "id": "watch", "method": "client/registerCapability",
      "params": [
        "registrations": [
          [
            "id": "conf", "method": "workspace/didChangeWatchedFiles",
            "registerOptions": ["watchers": [["globPattern": "**/conf/**"]]],
          ]
        ]
      ],
    ])
  }

  /// One change: a part, or the whole text.  What is no change changes nothing.
  private static func apply(_ change: JSON, to text: inout TextDocument) {
    guard let new = change["text"]?.string else { return }
    guard let range = change["range"] else {
      text = TextDocument(Array(new.utf8), text.encoding)
      return
    }
    guard let start = EditorPosition(range["start"]), let end = EditorPosition(range["end"]) else {
      return
    }
    _ = text.replace(start, end, with: new)
  }

  private static func capabilities(_ encoding: PositionEncoding) -> JSON {
    [
      "capabilities": [
        "positionEncoding": .string(encoding.rawValue),
        "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
        "definitionProvider": true, "referencesProvider": true, "hoverProvider": true,
        "documentSymbolProvider": true, "documentFormattingProvider": true,
        "completionProvider": ["triggerCharacters": ["/", "!"]],
      ],
      "serverInfo": ["name": "config", "version": .string(configVersion)],
    ]
  }

  // MARK: Analysis

  /// The directory of the configurations that the file at `path` belongs to.
  static func projectDirectory(_ path: String) -> FilePath {
    var directory = FilePath(path).removingLastComponent()
    let own = directory
    while let name = directory.lastComponent?.string {
      if name == "conf" { return directory }
      directory.removeLastComponent()
    }
    return own
  }

  /// The project of the file at `path`.
  func project(_ path: String) -> Project? { projects[Self.projectDirectory(path).string] }

  private mutating func analyse() {
    if !isDirty { return }
    isDirty = false
    let texts = documents.mapValues(\.bytes)
    var overlay = machine
    let read = machine.read
    overlay.read = { (path) throws(SystemError) in
      if let text = texts[path.lexicallyNormalized().string] { return text }
      return try read(path)
    }
    let open = documents.keys.sorted()
    projects = [:]
    for path in open {
      let directory = Self.projectDirectory(path)
      if projects[directory.string] != nil { continue }
      let own = open.filter { Self.projectDirectory($0) == directory }.map { FilePath($0) }
      projects[directory.string] = Project(directory, machine: overlay, open: own)
    }
    publish()
  }

  /// Sends the findings of each file that differ from what was sent (L2).
  private mutating func publish() {
    var current: [String: JSON] = [:]
    for path in documents.keys { current[path] = [] }
    for (_, project) in projects.sorted(by: { $0.key < $1.key }) {
      for (path, findings) in project.findings {
        let list = findings.map { diagnostic($0, path, project) }
        current[path] = .array((current[path]?.array ?? []) + list)
      }
    }
    for path in Set(current.keys).union(published.keys).sorted() {
      let new = current[path] ?? []
      let isKnown = published[path] == new
      published[path] = current[path]
      if isKnown { continue }
      send([
        "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics",
        "params": ["uri": .string(uri(path)), "diagnostics": new],
      ])
    }
  }

  /// The URI of `path`, as the client writes it where it did.
  func uri(_ path: String) -> String { uris[path] ?? URI.reference(path) }

  /// The text of the file at `path`: the open document, or the file.
  func text(_ path: String) -> TextDocument? {
    if let document = documents[path] { return document }
    return (try? machine.read(FilePath(path))).map { TextDocument($0, encoding) }
  }

  /// True if there is a file at `path`.
  func isFile(_ path: FilePath) -> Bool { machine.isFile(path) }

  /// What is in the directory at `path`, directories with a slash behind.
  func entries(_ path: FilePath) -> [String] {
    (machine.list(path) ?? []).map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  private func diagnostic(_ finding: Finding, _ path: String, _ project: Project) -> JSON {
    var object: JSONObject = [
      "range": range(finding.spot, in: path),
      "severity": .int(finding.severity == "error" ? 1 : finding.severity == "warning" ? 2 : 3),
      "code": .string(finding.rule), "source": "config",
      "message": .string(shortened(finding.text, project)),
    ]
    let related = finding.notes.compactMap { note -> JSON? in
      guard let spot = note.spot else { return nil }
      return [
        "location": [
          "uri": .string(uri(spot.file)), "range": range(spot, in: spot.file),
        ],
        "message": .string(shortened(note.text, project)),
      ]
    }
    if !related.isEmpty { object.append("relatedInformation", .array(related)) }
    return .object(object)
  }

  /// `text` with paths as people write them, from the root of the sources.
  private func shortened(_ text: String, _ project: Project) -> String {
    text.replacing(project.tree.string + "/", with: "")
  }

  private func range(_ spot: FindingSpot?, in path: String) -> JSON {
    guard let spot, let text = text(path) else {
      let start = EditorPosition(line: 0, character: 0).json
      return ["start": start, "end": start]
    }
    let line = text.offset(EditorPosition(line: spot.line - 1, character: 0))
    return text.range((line + spot.column - 1)..<(line + spot.endColumn - 1))
  }
}
