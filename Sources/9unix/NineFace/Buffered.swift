// bio(3) for C.  A p9_bio is the address of a Bio that is allocated here.

public import CNineFace
import LibBio
import LibFmt
import Sys9

private func handle(_ bio: consuming Bio) -> OpaquePointer {
  let place = UnsafeMutablePointer<Bio>.allocate(capacity: 1)
  unsafe place.initialize(to: bio)
  return OpaquePointer(place)
}

private func place(_ handle: OpaquePointer) -> UnsafeMutablePointer<Bio> {
  unsafe UnsafeMutablePointer(handle)
}

private func mode(_ mode: CInt) -> BioMode? {
  switch mode {
  case CInt(P9_OREAD): .read
  case CInt(P9_OWRITE): .write
  default: nil
  }
}

/// `Bopen(3)`; see nine.h.
@c @implementation
public func p9_bopen(_ path: UnsafePointer<CChar>, _ mode: CInt) -> OpaquePointer? {
  guard let mode = NineFace.mode(mode) else {
    werrstr("Bopen: unknown mode %d", mode)
    return nil
  }
  do throws(SystemError) {
    return unsafe handle(try Bio.open(text(path), mode))
  } catch {
    note(error)
    return nil
  }
}

/// `Bfdopen(3)`; see nine.h.
@c @implementation
public func p9_bfdopen(_ fd: CInt, _ mode: CInt) -> OpaquePointer? {
  guard let mode = NineFace.mode(mode) else {
    werrstr("Bfdopen: unknown mode %d", mode)
    return nil
  }
  return unsafe handle(Bfdopen(fd, mode))
}

/// `Bterm(3)`; see nine.h.
@c @implementation
public func p9_bterm(_ b: OpaquePointer) -> CInt {
  let place = unsafe place(b)
  let result = unsafe Bterm(place.move())
  unsafe place.deallocate()
  return CInt(result)
}

/// `Bflush(3)`; see nine.h.
@c @implementation
public func p9_bflush(_ b: OpaquePointer) -> CInt { CInt(unsafe Bflush(&place(b).pointee)) }

/// `Bgetc(3)`; see nine.h.
@c @implementation
public func p9_bgetc(_ b: OpaquePointer) -> CInt { CInt(unsafe Bgetc(&place(b).pointee)) }

/// `Bungetc(3)`; see nine.h.
@c @implementation
public func p9_bungetc(_ b: OpaquePointer) -> CInt { CInt(unsafe Bungetc(&place(b).pointee)) }

/// `Bgetrune(3)`; see nine.h.
@c @implementation
public func p9_bgetrune(_ b: OpaquePointer) -> CInt { CInt(unsafe Bgetrune(&place(b).pointee)) }

/// `Bputc(3)`; see nine.h.
@c @implementation
public func p9_bputc(_ b: OpaquePointer, _ c: CInt) -> CInt {
  CInt(unsafe Bputc(&place(b).pointee, UInt8(truncatingIfNeeded: c)))
}

/// `Bread(3)`; see nine.h.
@c @implementation
public func p9_bread(_ b: OpaquePointer, _ buf: UnsafeMutableRawPointer, _ size: Int) -> CLong {
  var room = unsafe MutableSpan(
    _unsafeStart: buf.assumingMemoryBound(to: UInt8.self), count: size)
  return unsafe Bread(&place(b).pointee, &room)
}

/// `Bwrite(3)`; see nine.h.
@c @implementation
public func p9_bwrite(_ b: OpaquePointer, _ bytes: UnsafeRawPointer, _ size: Int) -> CLong {
  let source = unsafe Span(
    _unsafeStart: bytes.assumingMemoryBound(to: UInt8.self), count: size)
  return unsafe Bwrite(&place(b).pointee, source)
}

/// `Brdline(3)`; see nine.h.
@c @implementation
public func p9_brdline(_ b: OpaquePointer, _ delimiter: CInt) -> UnsafePointer<CChar>? {
  let line = unsafe Brdline(&place(b).pointee, UInt8(truncatingIfNeeded: delimiter))
  // The line lies in the buffer, which stays where it is until the next call.
  return unsafe line?.withUnsafeBufferPointer {
    unsafe UnsafeRawPointer($0.baseAddress)?.assumingMemoryBound(to: CChar.self)
  }
}

/// `Blinelen(3)`; see nine.h.
@c @implementation
public func p9_blinelen(_ b: OpaquePointer) -> Int { unsafe Blinelen(place(b).pointee) }

/// `Brdstr(3)`; see nine.h.
@c @implementation
public func p9_brdstr(
  _ b: OpaquePointer, _ delimiter: CInt, _ strip: CInt
) -> UnsafeMutablePointer<CChar>? {
  let line = unsafe Brdstr(&place(b).pointee, UInt8(truncatingIfNeeded: delimiter), strip != 0)
  return unsafe line.flatMap { unsafe allocated($0) }
}

/// `Boffset(3)`; see nine.h.
@c @implementation
public func p9_boffset(_ b: OpaquePointer) -> CLongLong { unsafe Boffset(place(b).pointee) }

/// `Bprint(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_bprint_args(
  _ b: OpaquePointer, _ format: UnsafePointer<CChar>, _ args: UnsafePointer<p9_arg>,
  _ count: CInt
) -> CInt {
  CInt(unsafe Bvprint(&place(b).pointee, parsed(format), arguments(args, count)))
}
