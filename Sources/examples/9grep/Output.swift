// What 9grep prints, collected into large writes.

import Sys9

/// The standard output.  Written when it is full, and by `flush`.
struct Output: ~Copyable {
  private static let size = 64 << 10
  private var buffer: [UInt8] = []

  init() { buffer.reserveCapacity(2 * Self.size) }

  mutating func write(_ text: String) { buffer += text.utf8 }

  mutating func write(_ bytes: Span<UInt8>) throws(SystemError) {
    unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    if buffer.count >= Self.size { try flush() }
  }

  mutating func write(byte: UInt8) { buffer.append(byte) }

  mutating func flush() throws(SystemError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      try unsafe Sys9.write(1, all: UnsafeRawBufferPointer(bytes))
    }
  }
}
