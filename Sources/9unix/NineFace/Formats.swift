// print(3) for C, of arguments that nine.c has collected.

public import CNineFace
import Glibc
import LibFmt

/// The arguments that nine.c has collected.
func arguments(_ args: UnsafePointer<p9_arg>, _ count: CInt) -> [FmtArg] {
  unsafe UnsafeBufferPointer(start: args, count: Int(count)).map { arg in
    switch unsafe p9_kind(UInt32(arg.kind)) {
    case P9_NUMBER: return unsafe .double(arg.number)
    case P9_TEXT:
      guard let text = unsafe arg.text else { return .none }
      return unsafe .cString(text.assumingMemoryBound(to: UInt8.self))
    case P9_POINTER:
      return unsafe .integer(
        bits: UInt64(UInt(bitPattern: arg.text)), size: UInt.bitWidth, isSigned: false)
    default: return unsafe .integer(bits: arg.bits, size: Int(arg.size), isSigned: true)
    }
  }
}

/// A format of C, parsed.
func parsed(_ format: UnsafePointer<CChar>) -> Format { unsafe Format(bytes(format).span) }

/// `fprint(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_fprint_args(
  _ fd: CInt, _ format: UnsafePointer<CChar>, _ args: UnsafePointer<p9_arg>, _ count: CInt
) -> CInt {
  CInt(unsafe vfprint(fd, parsed(format), arguments(args, count)))
}

/// `snprint(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_snprint_args(
  _ buf: UnsafeMutablePointer<CChar>, _ size: Int, _ format: UnsafePointer<CChar>,
  _ args: UnsafePointer<p9_arg>, _ count: CInt
) -> CInt {
  unsafe buf.withMemoryRebound(to: UInt8.self, capacity: size) { start in
    var room = unsafe MutableSpan(_unsafeStart: start, count: size)
    return CInt(unsafe vsnprint(&room, parsed(format), arguments(args, count)))
  }
}

/// `smprint(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_smprint_args(
  _ format: UnsafePointer<CChar>, _ args: UnsafePointer<p9_arg>, _ count: CInt
) -> UnsafeMutablePointer<CChar>? {
  var bytes: [UInt8] = []
  bytes.print(unsafe parsed(format), values: unsafe arguments(args, count))
  return unsafe allocated(bytes)
}

/// A copy of `bytes` with a NUL behind that the caller frees (C3); NULL if there is no memory.
func allocated(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
  guard let memory = unsafe malloc(bytes.count + 1) else { return nil }
  let room = unsafe memory.bindMemory(to: CChar.self, capacity: bytes.count + 1)
  for index in bytes.indices { unsafe room[index] = CChar(bitPattern: bytes[index]) }
  unsafe room[bytes.count] = 0
  return unsafe room
}
