// Parts of a file.  RFC 9110, 14.

extension HTTP {
  /// What a `Range` field asks for, of something whose size is known.
  public enum ByteRange: Equatable, Sendable {
    /// The whole: no range, one that is not understood, or several at once.
    case whole
    /// So many bytes from an offset on.
    case part(offset: UInt64, count: UInt64)
    /// Nothing that is there: 416.
    case unsatisfiable

    /// What the bytes of the field `value` ask for of `size` bytes.
    ///
    /// A server may answer with the whole whatever is asked; so it does for lists of ranges, which
    /// have been used to ask for a file a thousand times at once.
    public init(_ value: Span<UInt8>, size: UInt64) {
      let unit: StaticString = "bytes="
      let start = unit.utf8CodeUnitCount
      self = .whole
      guard value.count > start, value.extracting(0..<start).isCaseless(unit) else { return }
      var dash = start
      while dash < value.count && value[dash] != UInt8(ascii: "-") { dash += 1 }
      guard dash < value.count else { return }
      let first = value.extracting(start..<dash)
      let last = value.extracting(dash + 1..<value.count)
      if first.isEmpty {
        guard let count = last.digits else { return }
        let taken = min(count, size)
        self = taken == 0 ? .unsatisfiable : .part(offset: size - taken, count: taken)
        return
      }
      guard let offset = first.digits else { return }
      var end = UInt64.max
      if !last.isEmpty {
        guard let named = last.digits, named >= offset else { return }
        end = named
      }
      if offset >= size {
        self = .unsatisfiable
      } else {
        self = .part(offset: offset, count: min(end, size - 1) - offset + 1)
      }
    }
  }
}
