// Error strings: theory of operation.
//
// Problem.  Plan 9 says what went wrong in words, one text a process; `%r` prints it.  Whoever
// ports a program wants the same words to work, though here errors are thrown and have types.
//
// Shape.  Each thread has one error of fixed size, in thread-local storage:
//
//     code   the errno of the last call of ours that failed, or EPLAN9: then the text counts
//     text   at most 127 bytes (ERRMAX - 1), cut at a whole rune
//
// A failing call of ours notes its errno before it throws (see `check`); `werrstr` stores a text.
// Reading makes the words of an errno only when somebody asks, so that noting costs two stores.
//
// Invariants.
//   R1  text.count < ERRMAX, and no character that was whole has been cut.
//   R2  The code is the failing call's own: calls of the C library in between do not change it.
//
// Threads.  One error a thread, no locks.  In asynchronous code the thrown error is the truth:
// this one is valid until the next suspension, since another thread may resume.
//
// Rejected.  errno itself as the mark that a text is there, as plan9port has it: any call in
// between takes the text away.  A task-local value: werrstr sets it for its caller, not for
// whom it calls.

import CNine
import Glibc

/// The value of `ErrorString.code` that says: the error is a text, not an errno.
public let EPLAN9: CInt = CNINE_EPLAN9

/// The calling thread's error string.  Per thread, never allocates but for what returns a String.
///
/// Corresponds to `errstr(3)`.
public enum ErrorString {
  /// The size of an error in bytes with the NUL that C wants: texts are at most one shorter.
  public static let sizeMax = Int(CNINE_ERRMAX)

  /// The errno of this thread's last failure; `EPLAN9` if it is a text, 0 if there was none.
  public static var code: CInt { unsafe cnine_error().pointee.code }

  /// Makes `code` this thread's error, whose text is then `strerror(3)`'s.
  @inline(__always)
  public static func set(errno code: CInt) { unsafe cnine_error().pointee.code = code }

  /// Makes the UTF-8 `text` this thread's error, cut at a whole rune if it is too long.
  ///
  /// A NUL ends the text, as in C.  O(text), at most `sizeMax` bytes are read.
  public static func set(_ text: Span<UInt8>) {
    let count = length(of: text)
    assert(count < sizeMax, "R1: the text fits")
    let slot = unsafe cnine_error()
    unsafe slot.pointee.code = EPLAN9
    unsafe slot.pointee.count = UInt8(count)
    unsafe withUnsafeMutableBytes(of: &slot.pointee.text) { room in
      for index in 0..<count { unsafe room[index] = text[index] }
      unsafe room[count] = 0
    }
  }

  /// Calls `body` with the text of this thread's error, without changing it and without copying
  /// it to the heap.
  ///
  /// An interrupted call is `interrupted`; no error at all is empty.  `body` sees the text as it
  /// was when it began, so that it may store a new one.
  public static func withText<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    let copy = unsafe cnine_error().pointee
    switch copy.code {
    case EPLAN9:
      return unsafe withUnsafeBytes(of: copy.text) { bytes in
        let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<Int(copy.count)])
        return body(unsafe Span<UInt8>(_unsafeBytes: text))
      }
    case 0: return body([UInt8]().span)
    default:
      return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: sizeMax) { room in
        let count = unsafe describe(copy.code, into: room)
        return body(unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: room[..<count])))
      }
    }
  }

  /// The text of this thread's error; setting it is `werrstr`.
  public static var text: String {
    get { withText { text in String(decoding: text) } }
    set { werrstr(newValue) }
  }

  /// How much of `text` an error keeps: up to a NUL, less than `sizeMax`, no rune cut in two.
  static func length(of text: Span<UInt8>) -> Int {
    let limit = min(text.count, sizeMax - 1)
    var count = 0
    while count < limit, text[count] != 0 { count += 1 }
    if count < limit || count == text.count { return count }
    if text[count] == 0 { return count }
    // Cut: go back over the continuation bytes, at most three, of the rune that does not fit.
    var start = count
    while start > 0, count - start < 3, text[start] & 0xC0 == 0x80 { start -= 1 }
    return text[start] & 0xC0 == 0xC0 || start == count ? start : count
  }

  /// Writes the system's words for `code` to `room`, and tells how many bytes they are.
  private static func describe(_ code: CInt, into room: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let words = code == EINTR ? "interrupted" : reason(code)
    var count = 0
    for byte in words.utf8.prefix(room.count) {
      unsafe room.initializeElement(at: count, to: byte)
      count += 1
    }
    return count
  }
}

/// The system's text for `code`, such as `No such file or directory`.  Thread-safe.
///
/// Corresponds to `strerror(3)`, by `strerror_r`.
public func reason(_ code: CInt) -> String {
  unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
    unsafe room.initialize(repeating: 0)
    guard let start = room.baseAddress else { return "" }
    let failure = unsafe cnine_strerror(code, start, room.count - 1)
    return failure == 0 ? unsafe String(cString: start) : "Unknown error \(code)"
  }
}

/// Makes `text` the calling thread's error, as it stands; use interpolation, or LibFmt's formats.
///
/// Kept are 127 bytes, cut at a whole rune.  `werrstr("open: \(rerrstr())")` reads the old error
/// before it writes the new.  Corresponds to `werrstr(3)`.
public func werrstr(_ text: String) {
  var text = text
  text.withUTF8 { bytes in ErrorString.set(unsafe Span(_unsafeElements: bytes)) }
}

/// The calling thread's error, which stays what it is; empty if there was none.
///
/// Corresponds to `rerrstr(3)`.
public func rerrstr() -> String { ErrorString.text }

/// Swaps `text` with the calling thread's error: the old error comes back in `text`.
///
/// What does not fit into an error is lost.  Corresponds to `errstr(3)`.
public func errstr(_ text: inout String) {
  let old = rerrstr()
  werrstr(text)
  text = old
}

extension String {
  /// The UTF-8 `bytes` as a string, what is invalid replaced.
  init(decoding bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
