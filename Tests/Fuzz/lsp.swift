// modules: ConfigKit
//
// Fuzzing the language server: any bytes from a client.
//
// The first byte says in how large pieces they come.  The server must go on, and what it sends must
// be frames of JSON; whatever came before, a request behind enough of a gap is answered.

import ConfigKit
import LibJSON
import Sys9
import SystemPackage

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func machine() -> Machine {
  let files = [
    "/conf/A": "program p\n\ta.c option X\ninclude files\n", "/conf/files": "option X\n",
  ]
  return Machine(
    read: { (path) throws(SystemError) in
      guard let text = files[path.string] else {
        throw SystemError(call: "open", errno: 2, subject: path.string)
      }
      return Array(text.utf8)
    },
    list: { path in (path == "/conf" ? ["A", "files"] : ["a.c", "d/"]).map { Array($0.utf8) } },
    environment: { _ in nil }, run: { _ in nil }, system: ("Linux", "x86_64"))
}

/// Takes what the server sent, which must be messages.
private func check(_ bytes: [UInt8], _ reader: inout MessageReader) -> Int {
  reader.feed(bytes)
  var count = 0
  while let item = reader.next() {
    guard case .message(let message) = item else { fatalError("broken promise: messages") }
    promise(message["jsonrpc"] == "2.0", "they are JSON-RPC")
    if message["id"] == "last" { count += 1 }
  }
  return count
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let first = bytes.first else { return 0 }
  var server = LanguageServer(machine: machine())
  var reader = MessageReader()
  let step = Int(first) + 1
  for start in stride(from: 1, to: bytes.count, by: step) {
    _ = check(server.receive(bytes[start..<min(start + step, bytes.count)]), &reader)
  }
  _ = check(server.settle(), &reader)
  promise(!server.isDirty, "what changed is analysed")
  if server.exitStatus != nil { return 0 }
  // A message may be under way: then the first of these is its rest.
  let last = MessageReader.frame(["jsonrpc": "2.0", "id": "last", "method": "initialize"])
  let gap = Array(repeating: UInt8(ascii: "\n"), count: 6000)
  _ = check(server.receive(gap + last), &reader)
  return 0
}
