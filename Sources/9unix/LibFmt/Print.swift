// The classic calls, under their names.
//
// `sprint(3)` is not here: a buffer whose size nobody knows.  `print(3)` is `fprint(1, ...)`, so
// that Swift's own `print` stays what it is.

public import LibUTF
import Sys9

/// Prints to the descriptor `fd`; the bytes written, or -1 with the error in `errstr`.
///
/// Corresponds to `fprint(3)`.
@discardableResult
public func fprint<each Value: Formattable>(
  _ fd: CInt, _ format: Format, _ values: repeat each Value
) -> Int {
  var sink = DescriptorSink(fd)
  return sink.print(format, repeat each values)
}

/// `fprint` of an array of arguments.  Corresponds to `vfprint(3)`.
@discardableResult
public func vfprint(_ fd: CInt, _ format: Format, _ values: [FmtArg]) -> Int {
  var sink = DescriptorSink(fd)
  return sink.print(format, values: values)
}

/// Prints into `room` and puts a NUL behind; the bytes stored without that.
///
/// What does not fit is left out from the first rune that does not; an empty room stays as it is.
/// Unlike C's `snprintf`, the result is what is there.  Corresponds to `snprint(3)`, and to
/// `seprint(3)` whose result is this one's end.
@discardableResult
public func snprint<each Value: Formattable>(
  _ room: inout MutableSpan<UInt8>, _ format: Format, _ values: repeat each Value,
  verbs: Verbs = .standard
) -> Int {
  unsafe room.withUnsafeMutableBufferPointer { buffer in
    if buffer.isEmpty { return 0 }
    let inner = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<(buffer.count - 1)])
    var f = unsafe Fmt(room: inner, context: nil, sink: nil, verbs: verbs)
    f.print(format, repeat each values)
    unsafe buffer[f.count] = 0
    return f.count
  }
}

/// `snprint` of an array of arguments.  Corresponds to `vsnprint(3)` and `vseprint(3)`.
@discardableResult
public func vsnprint(
  _ room: inout MutableSpan<UInt8>, _ format: Format, _ values: [FmtArg],
  verbs: Verbs = .standard
) -> Int {
  unsafe room.withUnsafeMutableBufferPointer { buffer in
    if buffer.isEmpty { return 0 }
    let inner = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<(buffer.count - 1)])
    var f = unsafe Fmt(room: inner, context: nil, sink: nil, verbs: verbs)
    f.print(format, values: values)
    unsafe buffer[f.count] = 0
    return f.count
  }
}

/// What is printed, as a string.  Corresponds to `smprint(3)`.
public func smprint<each Value: Formattable>(
  _ format: Format, _ values: repeat each Value, verbs: Verbs = .standard
) -> String {
  var bytes: [UInt8] = []
  bytes.print(format, repeat each values, verbs: verbs)
  return String(decoding: bytes, as: UTF8.self)
}

/// `smprint` of an array of arguments.  Corresponds to `vsmprint(3)`.
public func vsmprint(
  _ format: Format, _ values: [FmtArg], verbs: Verbs = .standard
) -> String {
  var bytes: [UInt8] = []
  bytes.print(format, values: values, verbs: verbs)
  return String(decoding: bytes, as: UTF8.self)
}

/// What is printed, as runes.  Corresponds to `runesmprint(3)`.
public func runesmprint<each Value: Formattable>(
  _ format: Format, _ values: repeat each Value
) -> [Rune] {
  UTF.runes(of: smprint(format, repeat each values))
}

/// Prints into `room`, with a rune 0 behind; the runes stored without that.
///
/// Corresponds to `runesnprint(3)` and `runeseprint(3)`.
@discardableResult
public func runesnprint<each Value: Formattable>(
  _ room: inout MutableSpan<Rune>, _ format: Format, _ values: repeat each Value
) -> Int {
  runestrecpy(&room, runesmprint(format, repeat each values).span)
}

/// Makes what is printed the calling thread's error; `%r` in it is the error there was.
///
/// 127 bytes are kept, cut at a whole rune.  Corresponds to `werrstr(3)`.
public func werrstr<First: Formattable, each Value: Formattable>(
  _ format: Format, _ first: First, _ values: repeat each Value
) {
  var text = InlineArray<128, UInt8>(repeating: 0)
  var room = text.mutableSpan
  let count = snprint(&room, format, first, repeat each values)
  ErrorString.set(text.span.extracting(first: count))
}

extension DefaultStringInterpolation {
  /// Prints `value` by `format`, which has one verb: `"\(ratio, fmt: "%8.3f")"`.
  public mutating func appendInterpolation(_ value: some Formattable, fmt format: Format) {
    appendLiteral(smprint(format, value))
  }
}
