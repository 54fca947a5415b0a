// modules: LibJSON
//
// Fuzzing JSON: any bytes are a value or a fault with a place inside them; a value is written to
// what reads back as the same value, on one line and laid out.

import LibJSON

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  do {
    let value = try JSON.parse(bytes: bytes)
    promise((try? JSON.parse(value.text)) == value, "one line reads back")
    promise((try? JSON.parse(value.pretty)) == value, "the layout reads back")
  } catch {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    promise((1...lines.count).contains(error.line), "the line is there")
    promise((1...lines[error.line - 1].count + 1).contains(error.column), "and the column")
  }
  _ = try? JSON.parseLines(bytes)
  return 0
}
