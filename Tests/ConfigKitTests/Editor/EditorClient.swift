// An editor, as far as a language server sees one.

import LibJSON
import Sys9
import SystemPackage

@testable import ConfigKit

/// Speaks the protocol to a server in this process.
struct EditorClient {
  private(set) var server: LanguageServer
  private var reader = MessageReader()
  private var lastID = 0
  /// Diagnostics that were published, newest last.
  private(set) var published: [(uri: String, diagnostics: [JSON])] = []

  /// A client of a server that has been initialized.
  init(_ machine: Machine = EditorClient.disk(), encoding: String? = nil) {
    server = LanguageServer(machine: machine)
    let general: JSON = ["positionEncodings": .array(encoding.map { [.string($0)] } ?? [])]
    _ = request("initialize", ["capabilities": ["general": general]])
    notify("initialized", [:])
  }

  /// This machine's files, and a fixed system.
  static func disk() -> Machine {
    Machine(
      read: Files.read, list: { try? Files.list($0) }, environment: { _ in nil },
      run: { _ in nil }, system: ("Linux", "x86_64"))
  }

  /// Sends `bytes`; the result is what comes back, without published diagnostics.
  mutating func send(_ bytes: [UInt8]) -> [JSON] { take(server.receive(bytes)) }

  /// Lets the input be quiet.
  mutating func settle() { _ = take(server.settle()) }

  private mutating func take(_ bytes: [UInt8]) -> [JSON] {
    reader.feed(bytes)
    var answers: [JSON] = []
    while let item = reader.next() {
      guard case .message(let message) = item else { continue }
      if message["method"]?.string == "textDocument/publishDiagnostics" {
        let params = message["params"]
        published.append(
          (params?["uri"]?.string ?? "", params?["diagnostics"]?.array ?? []))
      } else {
        answers.append(message)
      }
    }
    return answers
  }

  /// Sends a request; the result is the whole answer.
  mutating func request(_ method: String, _ params: JSON) -> JSON {
    lastID += 1
    let answers = send(
      MessageReader.frame([
        "jsonrpc": "2.0", "id": .int(lastID), "method": .string(method), "params": params,
      ]))
    return answers.first { $0["id"]?.int == lastID } ?? .null
  }

  mutating func notify(_ method: String, _ params: JSON) {
    _ = send(
      MessageReader.frame(["jsonrpc": "2.0", "method": .string(method), "params": params]))
  }

  mutating func open(_ path: FilePath, _ text: String) {
    notify(
      "textDocument/didOpen",
      [
        "textDocument": [
          "uri": .string(URI.reference(path.string)), "languageId": "config", "version": 1,
          "text": .string(text),
        ]
      ])
  }

  /// Replaces the whole text.
  mutating func change(_ path: FilePath, _ text: String) {
    notify(
      "textDocument/didChange",
      [
        "textDocument": ["uri": .string(URI.reference(path.string)), "version": 2],
        "contentChanges": [["text": .string(text)]],
      ])
  }

  /// Asks about the place in `path` where `needle` begins, `offset` characters on.
  mutating func ask(
    _ method: String, _ path: FilePath, _ text: String, at needle: String, _ offset: Int = 0,
    more: JSONObject = [:]
  ) -> JSON {
    let before = text[..<(text.range(of: needle) ?? text.endIndex..<text.endIndex).lowerBound]
    let line = before.utf8.count { $0 == 0x0A }
    let column = (before.split(separator: "\n", omittingEmptySubsequences: false).last ?? "")
      .utf16.count
    var params: JSONObject = [
      "textDocument": ["uri": .string(URI.reference(path.string))],
      "position": ["line": .int(line), "character": .int(column + offset)],
    ]
    for (key, value) in more { params.append(key, value) }
    return request("textDocument/\(method)", .object(params))
  }

  /// The newest diagnostics of the file at `path`, as `line:column severity message`.
  func diagnostics(_ path: FilePath) -> [String]? {
    let uri = URI.reference(path.string)
    return published.last { $0.uri == uri }?.diagnostics.map { item in
      let start = item["range"]?["start"]
      return "\(start?["line"]?.int ?? -1):\(start?["character"]?.int ?? -1) "
        + "\(item["severity"]?.int ?? 0) \(item["message"]?.string ?? "")"
    }
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
