// Whether somebody has it already.  RFC 9110, 13.

extension HTTP {
  /// What names a state of a file: its size and the time of its last change.
  public struct Validators: Equatable, Sendable {
    /// When it was last changed.
    public let lastModified: Date
    /// The strong entity tag, with its quotes.
    public let entityTag: [UInt8]

    /// The validators of a file of `size` bytes that was changed at `seconds` and `nanoseconds`.
    public init(size: UInt64, seconds: Int64, nanoseconds: Int64) {
      lastModified = Date(seconds: seconds)
      var tag: [UInt8] = [UInt8(ascii: "\"")]
      for (index, value) in [size, UInt64(bitPattern: seconds), UInt64(bitPattern: nanoseconds)]
        .enumerated()
      {
        if index > 0 { tag.append(UInt8(ascii: "-")) }
        tag += Array(String(value, radix: 16).utf8)
      }
      entityTag = tag + [UInt8(ascii: "\"")]
    }

    /// Whether the sender of `head`, which was parsed from `bytes`, has this state: 304.
    ///
    /// `If-None-Match` is looked at before, and in place of, `If-Modified-Since`.
    public func areKnown(to head: RequestHead, in bytes: Span<UInt8>) -> Bool {
      if let list = head.ifNoneMatch {
        var found = false
        // The elements of a list throw nothing.
        try? bytes.forEachElement(of: list) { element in
          found = found || isTag(element.of(bytes), allowsWeak: true)
        }
        return found
      }
      guard let field = head.ifModifiedSince, let date = Date(field.of(bytes)) else { return false }
      return lastModified <= date
    }

    /// Whether a part may be sent: what `If-Range` names is this state, or nothing is named.
    public func allowRange(of head: RequestHead, in bytes: Span<UInt8>) -> Bool {
      guard let field = head.ifRange else { return true }
      let value = field.of(bytes)
      return isTag(value, allowsWeak: false) || Date(value) == lastModified
    }

    private func isTag(_ tag: Span<UInt8>, allowsWeak: Bool) -> Bool {
      if tag.count == 1 && tag[0] == UInt8(ascii: "*") { return allowsWeak }
      var start = 0
      if tag.count > 2 && tag[0] == UInt8(ascii: "W") && tag[1] == UInt8(ascii: "/") {
        if !allowsWeak { return false }
        start = 2
      }
      guard tag.count - start == entityTag.count else { return false }
      return entityTag.indices.allSatisfy { tag[start + $0] == entityTag[$0] }
    }
  }
}
