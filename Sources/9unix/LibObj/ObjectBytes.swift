// The bytes of an object file, read by offset.  Nothing is trusted: see O1 and O2 in ObjectFile.

/// What is wrong with an object file or an archive, and where.
public struct ObjectError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, such as `a table ends outside the file`.
  public let reason: String
  /// The byte of the file at which it shows.
  public let offset: Int

  /// `REASON at byte OFFSET`.
  public var description: String { "\(reason), at byte \(offset)" }
}

/// A part of a file, with the order of its bytes; offsets count from the part's start.
struct ObjectBytes {
  let bytes: ArraySlice<UInt8>
  var isBig = false

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// True if the part begins with `magic`.
  func begins(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }

  /// `count` bytes at `offset`.
  func slice(_ offset: UInt64, _ count: UInt64) throws(ObjectError) -> ArraySlice<UInt8> {
    let size = UInt64(bytes.count)
    guard offset <= size, count <= size - offset else {
      throw fault("a table or a section ends outside the file", offset)
    }
    let start = bytes.startIndex + Int(offset)
    return bytes[start..<(start + Int(count))]
  }

  /// The part of `count` bytes at `offset`.
  func part(_ offset: UInt64, _ count: UInt64) throws(ObjectError) -> ObjectBytes {
    var part = ObjectBytes(try slice(offset, count))
    part.isBig = isBig
    return part
  }

  /// The unsigned number of `size` bytes, at most eight, at `offset`.
  func number(_ offset: Int, _ size: Int) throws(ObjectError) -> UInt64 {
    assert(size <= 8)
    guard offset >= 0, offset <= bytes.count, size <= bytes.count - offset else {
      throw fault("the file ends in the middle of a number", UInt64(max(offset, 0)))
    }
    let start = bytes.startIndex + offset
    var value: UInt64 = 0
    for index in 0..<size {
      let byte = UInt64(bytes[start + (isBig ? index : size - 1 - index)])
      value = value << 8 | byte
    }
    return value
  }

  /// The bytes from `offset` up to a NUL, or to the end; none beyond the end.
  func string(_ offset: UInt64) -> ArraySlice<UInt8> {
    guard offset < UInt64(bytes.count) else { return [] }
    return bytes[(bytes.startIndex + Int(offset))...].prefix { $0 != 0 }
  }

  /// An error at `offset` of the part, said with the offset in the file; what lies outside of the
  /// part shows at its end.
  func fault(_ reason: String, _ offset: UInt64) -> ObjectError {
    ObjectError(
      reason: reason, offset: bytes.startIndex + Int(min(offset, UInt64(bytes.count))))
  }
}

/// Counts the bytes of names that are made, so that no file can ask for more than its share (O2).
struct NameBudget {
  private var left: Int

  /// Names of a file overlap at most by common tails: eight times its size is plenty.
  init(fileSize: Int) { left = fileSize.multipliedReportingOverflow(by: 8).partialValue + 4096 }

  /// The text at `offset` of `table`.
  mutating func text(_ table: ObjectBytes, _ offset: UInt64) throws(ObjectError) -> String {
    let bytes = table.string(offset)
    left -= bytes.count
    if left < 0 { throw table.fault("more names than the file has room for", offset) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
