// modules: ConfigKit
//
// Fuzzing `config -x`: any bytes as a program, and a configuration at any place in it.
//
// The first byte chooses how the rest is divided in three: what comes before the configuration,
// the configuration, and what follows.

import ConfigKit

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private let mark = Array("\u{1}@(#)config9\u{2}".utf8)

private func sized(_ content: ArraySlice<UInt8>) -> [UInt8] {
  mark + (0..<8).map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) } + content
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let choice = bytes.first else { return 0 }
  if let found = configuration(in: bytes) { promise(found.count <= size, "it lies inside") }
  let rest = bytes.dropFirst()
  let first = rest.startIndex + rest.count * Int(choice >> 4) / 16
  let last = first + (rest.endIndex - first) * Int(choice & 15) / 16
  let before = Array(rest[..<first])
  let program = before + sized(rest[first..<last]) + rest[last...]
  let found = configuration(in: program)
  promise(found != nil, "a configuration is found")
  // What precedes may hold a mark of its own; it comes first then.
  if !before.contains(mark[0]) { promise(found == Array(rest[first..<last]), "and it is exact") }
  return 0
}
