// The C face of 9unix: theory of operation.
//
// Problem.  A C program in a configured build wants dial, error strings, print and bio, and
// cannot call Swift.
//
// Shape.  nine.h (in CNineFace) declares functions with the prefix p9_; each is implemented here
// with `@c @implementation`, so that the compiler refuses what differs from the header.  What
// takes any number of arguments is C (nine.c): it collects them by the format's verbs into an
// array of `p9_arg`, and calls the function here that takes the array.
//
// Invariants.
//   C1  No symbol of ours without the prefix p9_ is part of the face.
//   C2  No error leaves as a Swift error: it is -1 or NULL and the thread's error string.
//   C3  What the caller is to free came from malloc(3).
//
// Cost.  A format is parsed at each call: an allocation and some 100 ns that Swift's literals,
// which are parsed once, do not pay.

public import CNineFace
import Glibc
import Lib9c
import LibFmt
import LibUTF

/// The bytes of a text of C, without the NUL.
func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
  unsafe UnsafeBufferPointer(
    start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))
}

/// A text of C as a string; what is no UTF-8 is replaced.
func text(_ text: UnsafePointer<CChar>) -> String { unsafe String(cString: text) }

/// Stores `text` with a NUL in `size` bytes, cut at a whole rune.
func store(_ text: String, in room: UnsafeMutablePointer<CChar>, _ size: Int) {
  if size == 0 { return }
  var count = 0
  for scalar in text.unicodeScalars {
    let width = UTF8.width(scalar)
    if count + width >= size { break }
    count += width
  }
  var copy = text
  copy.withUTF8 { source in
    for index in 0..<count { unsafe room[index] = CChar(bitPattern: source[index]) }
  }
  unsafe room[count] = 0
}

/// Makes a thrown error's reason the thread's error string, as whoever threw it has done, or not.
func note(_ error: SystemError) { _ = error.noted() }

/// `argv0`; see nine.h.
@c @implementation
public func p9_setargv0(_ name: UnsafePointer<CChar>) { argv0 = unsafe text(name) }

/// `errstr(3)`; see nine.h.
@c @implementation
public func p9_errstr(_ buf: UnsafeMutablePointer<CChar>, _ size: Int) {
  var current = unsafe text(buf)
  errstr(&current)
  unsafe store(current, in: buf, size)
}

/// `rerrstr(3)`; see nine.h.
@c @implementation
public func p9_rerrstr(_ buf: UnsafeMutablePointer<CChar>, _ size: Int) {
  unsafe store(rerrstr(), in: buf, size)
}

/// `werrstr(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_werrstr_args(
  _ format: UnsafePointer<CChar>, _ args: UnsafePointer<p9_arg>, _ count: CInt
) {
  werrstr(unsafe vsmprint(Format(text(format)), arguments(args, count)))
}

/// `sysfatal(3)` of collected arguments; see nine.h.
@c @implementation
public func p9_sysfatal_args(
  _ format: UnsafePointer<CChar>, _ args: UnsafePointer<p9_arg>, _ count: CInt
) -> Never {
  sysfatal(unsafe vsmprint(Format(text(format)), arguments(args, count)))
}
