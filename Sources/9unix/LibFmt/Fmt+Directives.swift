// Pushing arguments through a format: from one directive to the next that needs an argument.

public import LibUTF
import Sys9

extension Fmt {
  /// Prints `values` by `format`.  Corresponds to `fmtprint(3)`.
  ///
  ///     f.print("(%g, %g)", point.x, point.y)
  ///
  /// Within a verb, its own directive is at hand again afterwards.
  @inlinable @inline(__always)
  public mutating func print<each Value: Formattable>(
    _ format: Format, _ values: repeat each Value
  ) {
    let saved = begin(format)
    repeat (each values).format(into: &self)
    end(saved)
  }

  /// Prints `values` by `format`.  Corresponds to `fmtvprint(3)`.
  public mutating func print(_ format: Format, values: [FmtArg]) {
    let saved = begin(format)
    for value in values { value.format(into: &self) }
    end(saved)
  }

  /// Begins a format inside of what is printed; the result is for `end`.
  ///
  /// For printers of other modules: between the two, each argument hands itself on.
  public mutating func begin(_ format: Format) -> SavedPosition {
    let saved = SavedPosition(position: position)
    unsafe position.directive = format.directives
    unsafe position.text = format.text
    prepare()
    return saved
  }

  /// What `begin` left for `end`.
  public struct SavedPosition {
    let position: Position
  }

  /// Ends a format: directives without arguments print as what fits no verb.
  public mutating func end(_ saved: SavedPosition) {
    while position.kind != .end {
      position.stars = 0
      printBad()
      advance()
    }
    position = saved.position
  }

  @inline(__always)
  private mutating func advance() {
    unsafe position.directive = position.directive.unsafelyUnwrapped + 1
    prepare()
  }

  /// Prints the text up to the next directive that takes an argument, and gets that ready.
  private mutating func prepare() {
    while true {
      let next = unsafe position.directive.unsafelyUnwrapped
      let textCount = unsafe Int(next.pointee.textCount)
      if textCount > 0 {
        unsafe put(position.text.unsafelyUnwrapped + Int(next.pointee.textOffset), textCount)
      }
      unsafe position.kind = next.pointee.kind
      if position.kind == .end { return }
      unsafe position.flags = next.pointee.flags
      unsafe position.stars = next.pointee.stars
      unsafe position.width = Int(next.pointee.width)
      unsafe position.precision = Int(next.pointee.precision)
      unsafe position.verb = next.pointee.verb
      position.isInstalled = false
      if unsafe ownVerbs != nil || sharedVerbs != nil, let found = installed(position.verb) {
        position.isInstalled = true
        if found.takesArgument || position.stars > 0 { return }
        found.handler(&self, .none)
      } else {
        switch position.kind {
        case .percent where position.stars == 0: printRune(0x25)
        case .errorString where position.stars == 0: printErrorString()
        case .unknown where position.stars == 0: printBad()
        default: return
        }
      }
      unsafe position.directive = position.directive.unsafelyUnwrapped + 1
    }
  }

  /// The verb that was installed for `rune`: in this printer's own table, or in the process's.
  func installed(_ rune: Rune) -> VerbTable.Entry? {
    if let own = unsafe ownVerbs, let found = unsafe own._withUnsafeGuaranteedRef({ $0[rune] }) {
      return found
    }
    return unsafe sharedVerbs?._withUnsafeGuaranteedRef { $0[rune] }
  }

  /// True if the next argument is not the verb's own, or the verb is not built in.
  @inline(__always)
  private var isSpecial: Bool { position.stars != 0 || position.isInstalled }

  /// An integer whose 64 bits are `bits`, sign-extended, of a type of `size` bits.
  @usableFromInline
  mutating func feed(integer bits: UInt64, size: Int, isSigned: Bool) {
    if position.kind == .end { return }
    if isSpecial {
      return feedSpecially(.integer(bits: bits, size: size, isSigned: isSigned))
    }
    switch position.kind {
    case .integer, .pointer: printInteger(bits, size, isSigned)
    case .rune: printRune(Rune(truncatingIfNeeded: bits))
    case .byteRune: printByte(bits, size)
    case .float:
      printFloat(isSigned ? Double(Int64(bitPattern: bits)) : Double(bits))
    case .mode: printMode(UInt32(truncatingIfNeeded: bits))
    default: printBad()
    }
    advance()
  }

  @usableFromInline
  mutating func feed(double value: Double) {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.double(value)) }
    if position.kind == .float { printFloat(value) } else { printBad() }
    advance()
  }

  /// Text of a Swift string: `bytes` are valid.
  @usableFromInline
  mutating func feed(string: String) {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.string(string)) }
    unsafe string.withUTF8Pointer { bytes in
      if position.kind == .text && flags.isDisjoint(with: .layout) {
        if let start = bytes.baseAddress { unsafe put(start, bytes.count) }
      } else {
        unsafe printText(Text(unsafe bytes, ending: .whole))
      }
    }
    advance()
  }

  /// Bytes, of which nothing is known.
  @usableFromInline
  mutating func feed(bytes: Span<UInt8>) {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.bytes(bytes.indices.map { bytes[$0] })) }
    unsafe bytes.withUnsafeBufferPointer { unsafe printText(Text(unsafe $0, ending: .whole)) }
    advance()
  }

  /// A C string or nil, with Plan 9's behaviour at a rune that is cut.
  @usableFromInline
  mutating func feed(classic bytes: UnsafePointer<UInt8>?) {
    guard let bytes = unsafe bytes else { return feedNil() }
    if position.kind == .end { return }
    if isSpecial { return unsafe feedSpecially(.cString(bytes)) }
    if position.kind == .encode {
      if flags.contains(.precision) {
        unsafe printEncoded(unsafe UnsafeBufferPointer(start: bytes, count: max(0, precision)))
      } else {
        printString("<encodefmt>")
      }
      return advance()
    }
    // Under a precision, C strings need no NUL: no more bytes are looked at than it needs.
    var count = 0
    if position.kind == .text, flags.contains(.precision) {
      var runes = 0
      while runes < precision, unsafe bytes[count] != 0 {
        unsafe count += decodeTerminated(bytes + count).count
        runes += 1
      }
    } else {
      while unsafe bytes[count] != 0 { count += 1 }
    }
    unsafe printText(Text(unsafe UnsafeBufferPointer(start: bytes, count: count), ending: .classic))
    advance()
  }

  /// The rune at `bytes`, which end with a NUL.
  private func decodeTerminated(_ bytes: UnsafePointer<UInt8>) -> (rune: Rune, count: Int) {
    var count = 1
    while count < UTFmax, unsafe bytes[count - 1] != 0 { count += 1 }
    return unsafe UTF.decode(bytes, count)
  }

  @usableFromInline
  mutating func feed(runes: Span<Rune>) {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.runes(runes.indices.map { runes[$0] })) }
    printRunes(runes)
    advance()
  }

  /// No value where one was possible: `<nil>` for text, 0 for an address.
  @usableFromInline
  mutating func feedNil() {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.none) }
    switch position.kind {
    case .text, .runes, .quote: printNil()
    case .encode:
      // Here the precision counts bytes of the value, which there is none of: it cuts no text.
      flags.remove(.precision)
      printNil()
    case .pointer: printInteger(0, UInt.bitWidth, false)
    default: printBad()
    }
    advance()
  }

  /// A value of a type that only installed verbs know; its description for `%s` and `%q`.
  public mutating func take(_ value: any Formattable) {
    if position.kind == .end { return }
    if isSpecial { return feedSpecially(.value(value)) }
    if position.kind == .text || position.kind == .quote,
      let described = value as? any CustomStringConvertible
    {
      return feed(string: described.description)
    }
    printBad()
    advance()
  }

  /// An argument that is a width or a precision, or whose verb is installed.
  private mutating func feedSpecially(_ value: FmtArg) {
    if position.stars > 0 {
      takeStar(value)
      // A verb without an argument of its own waited for its width only.
      guard position.stars == 0 else { return }
      if position.isInstalled, let found = installed(position.verb) {
        if found.takesArgument { return }
        found.handler(&self, .none)
      } else {
        switch position.kind {
        case .percent: printRune(0x25)
        case .errorString: printErrorString()
        case .unknown: printBad()
        default: return
        }
      }
      return advance()
    }
    if let found = installed(position.verb) { found.handler(&self, value) } else { printBad() }
    advance()
  }

  /// A width or a precision from an argument: a negative width fills on the right, a negative
  /// precision is none.
  private mutating func takeStar(_ value: FmtArg) {
    let number = value.int ?? 0
    if position.stars & Directive.widthStar != 0 {
      position.stars &= ~Directive.widthStar
      if number < 0 { position.flags.insert(.left) }
      width = Int(min(number.magnitude, UInt(Int32.max)))
    } else {
      position.stars -= 1
      if number < 0 {
        position.flags.remove(.precision)
        precision = 0
      } else {
        position.flags.insert(.precision)
        precision = min(number, Int(Int32.max))
      }
    }
  }

  /// What fits no verb: the verb between percent signs.
  mutating func printBad() {
    padLeft(3)
    put(byte: 0x25)
    put(rune: position.verb)
    put(byte: 0x25)
    padRight(3)
  }

  private mutating func printErrorString() {
    ErrorString.withText { text in
      unsafe text.withUnsafeBufferPointer {
        unsafe printText(Text(unsafe $0, ending: .whole), as: .text)
      }
    }
  }
}
