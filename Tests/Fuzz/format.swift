// modules: ConfigKit
//
// Fuzzing `config fmt`: any bytes are laid out or have a syntax error; what is laid out stays so,
// and the difference to what it was is shown.

import ConfigKit

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  switch Formatter.format(bytes, name: "f") {
  case .faulty(let messages, let findings):
    promise(messages.contains("error: "), "a fault is said")
    promise(findings.contains { $0.severity == "error" && $0.spot != nil }, "and where it is")
    promise(!messages.contains("change the meaning"), "the meaning is kept")
  case .formatted(let result):
    promise(Formatter.format(result, name: "f") == .formatted(result), "what is laid out stays")
    let difference = LineDiff(bytes, result).unified("a", "b")
    promise(difference.isEmpty == (bytes == result), "a difference is shown")
  }
  return 0
}
