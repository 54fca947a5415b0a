// The state of a bio, and what moves bytes between its buffer and its device.

import CNine
import Glibc
import LibFmt
import Sys9

/// What a bio is doing.
@usableFromInline enum BioState: UInt8 {
  /// Nothing any more: after an error of the device.
  case inactive
  case reading
  /// Reading, and the last read met the end; the next call reads again.
  case ended
  case writing
}

/// The state of a bio, in memory that does not move.
///
///     reading   memory [4][ base ... data ... cursor ... readEnd ... base + size ]
///               what is before `cursor` down to `data` can be gone back to; the four bytes in
///               front keep the end of what was read before, to be pushed back
///     writing   memory [4][ base ... cursor ... writeEnd = base + size ]
@unsafe @usableFromInline struct BioCore {
  @usableFromInline var cursor: UnsafeMutablePointer<UInt8>
  /// The end of what was read; `base` for a writer, so that nothing is there to be read.
  @usableFromInline var readEnd: UnsafeMutablePointer<UInt8>
  /// The end of the buffer for a writer; `base` for a reader, so that there is no room.
  @usableFromInline var writeEnd: UnsafeMutablePointer<UInt8>
  var data: UnsafeMutablePointer<UInt8>
  var base: UnsafeMutablePointer<UInt8>
  var size: Int
  /// Of the device: at `readEnd` for a reader, at `base` for a writer.
  var offset: Int64 = 0
  @usableFromInline var state: BioState
  /// The bytes of the rune that was read last, until it is pushed back.
  var runeSize: UInt8 = 0
  let isWriter: Bool
  var ownsMemory: Bool
  /// The length of the line that was read last.
  @usableFromInline var lineLength = 0
  /// Which of the 64 bytes from `block` on are `mark`: bit i for the byte i; 0 if that is not known
  /// (B5).
  @usableFromInline var marks: UInt64 = 0
  @usableFromInline var block: UnsafeMutablePointer<UInt8>
  @usableFromInline var mark: UInt8 = 0
  var error: SystemError?
  var verbs = Verbs.standard

  let device: UnsafeMutableRawPointer
  let kind: any (BioDevice & ~Copyable).Type

  /// Its neighbours in the list of writers (see Writers.swift).
  var previous: UnsafeMutablePointer<BioCore>?
  var next: UnsafeMutablePointer<BioCore>?

  /// Bytes in front of the buffer, for pushing back over the start of a buffer.
  static let ungetSize = 4

  /// A core on `device`, whose memory it takes over, with `memory` of at least `ungetSize` more
  /// bytes than the buffer has.
  init(
    device: UnsafeMutableRawPointer, kind: any (BioDevice & ~Copyable).Type, isWriter: Bool,
    memory: UnsafeMutableBufferPointer<UInt8>, ownsMemory: Bool
  ) {
    let first = unsafe memory.baseAddress.unsafelyUnwrapped
    unsafe first.update(repeating: 0, count: Self.ungetSize)
    let start = unsafe first + Self.ungetSize
    unsafe base = start
    unsafe data = start
    unsafe cursor = start
    unsafe block = start
    unsafe readEnd = start
    unsafe size = memory.count - Self.ungetSize
    unsafe writeEnd = isWriter ? start + size : start
    unsafe state = isWriter ? .writing : .reading
    unsafe self.isWriter = isWriter
    unsafe self.ownsMemory = ownsMemory
    unsafe self.device = device
    unsafe self.kind = kind
  }

  var buffered: Int { unsafe isWriter ? cursor - base : readEnd - cursor }

  // MARK: Reading

  /// Notes an error of the device, after which the bio is inactive.
  mutating func fail(_ error: SystemError) {
    unsafe self.error = error
    unsafe state = .inactive
    unsafe writeEnd = base
    unsafe cursor = isWriter ? base : cursor
  }

  /// Reads into the buffer from `start` on; 0 at the end and after errors.
  mutating func fill(from start: UnsafeMutablePointer<UInt8>) -> Int {
    let room = unsafe UnsafeMutableRawBufferPointer(start: start, count: base + size - start)
    unsafe marks = 0
    do {
      let count = try unsafe kind.read(device, into: room)
      unsafe offset += Int64(count)
      return count
    } catch {
      unsafe fail(error)
      return 0
    }
  }

  /// Reads a new buffer when all has been taken from the old one; false at the end.
  @usableFromInline
  mutating func refill() -> Bool {
    guard unsafe state == .reading else {
      if unsafe state == .ended { unsafe state = .reading }
      return false
    }
    assert(unsafe cursor == readEnd)
    // The end of the old buffer can be pushed back.  At the end of the file all of it stays, so
    // that a seek finds it.
    let last = unsafe UnsafeRawPointer(readEnd - Self.ungetSize).loadUnaligned(as: UInt32.self)
    let count = unsafe fill(from: base)
    if count == 0 {
      if unsafe state == .reading { unsafe state = .ended }
      return false
    }
    unsafe UnsafeMutableRawPointer(base - Self.ungetSize).storeBytes(of: last, as: UInt32.self)
    unsafe data = base
    unsafe cursor = base
    unsafe readEnd = base + count
    return true
  }

  /// Pushes back `count` bytes that have just been read; those can be read though the end was met.
  mutating func unread(_ count: Int) {
    if count == 0 { return }
    unsafe cursor -= count
    assert(unsafe cursor >= base - Self.ungetSize, "B1: what is pushed back lies in the buffer")
    if unsafe state == .ended { unsafe state = .reading }
  }

  /// Moves what is left to the front of the buffer, and what can be pushed back before it.
  private mutating func compact() {
    if unsafe cursor == base { return }
    let count = unsafe readEnd - cursor
    unsafe marks = 0
    unsafe (base - Self.ungetSize).update(
      from: cursor - Self.ungetSize, count: count + Self.ungetSize)
    unsafe cursor = base
    unsafe readEnd = base + count
  }

  /// What a search for a delimiter came to.
  @usableFromInline enum Found {
    /// So many bytes, the delimiter being the last one.
    case line(Int)
    /// So many bytes, and then the end.
    case tail(Int)
    /// The buffer is full and holds no delimiter.
    case full
    /// Nothing is read any more, or for once.
    case nothing
  }

  /// The bytes of a line that is known to end in the block, with its delimiter; 0 if none is.
  @inlinable @inline(__always)
  func markedLine(_ delimiter: UInt8) -> Int {
    let gone = unsafe UInt(bitPattern: cursor - block)
    if unsafe gone >= 64 || delimiter != mark { return 0 }
    let rest = unsafe marks &>> UInt64(truncatingIfNeeded: gone)
    if rest == 0 { return 0 }
    return rest.trailingZeroBitCount + 1
  }

  /// The bytes of the next line in the buffer, with its delimiter; 0 if it does not end there.
  ///
  /// Finds the delimiters of 64 bytes at a time, and keeps them: most lines are short, and asking
  /// memchr(3) for each costs more than the lines.  Long ones are left to it.
  @usableFromInline
  mutating func bufferedLine(_ delimiter: UInt8) -> Int {
    var start = unsafe cursor
    if unsafe marks != 0 && mark == delimiter && start >= block && start < block + 64 {
      unsafe start = block + 64
    }
    if unsafe readEnd - start >= 64 {
      let found = unsafe cnine_marks(start, delimiter)
      if found != 0 {
        unsafe block = start
        unsafe marks = found
        unsafe mark = delimiter
        return unsafe start - cursor + found.trailingZeroBitCount + 1
      }
      unsafe start += 64
    }
    // Of a writer, more was written than there is to read.
    let count = unsafe readEnd - start
    guard count > 0, let found = unsafe memchr(start, CInt(delimiter), count) else { return 0 }
    return unsafe found.assumingMemoryBound(to: UInt8.self) + 1 - cursor
  }

  /// Reads on until `delimiter` is in the buffer, which it is not yet from `cursor` to `readEnd`.
  @usableFromInline
  mutating func findDelimiter(_ delimiter: UInt8) -> Found {
    guard unsafe state == .reading else {
      if unsafe state == .ended { unsafe state = .reading }
      return .nothing
    }
    if unsafe cursor == readEnd {
      guard unsafe refill() else {
        // Plan 9's Brdline does not count this as meeting the end: the next call reads again.
        if unsafe state == .ended { unsafe state = .reading }
        return .tail(0)
      }
      let count = unsafe bufferedLine(delimiter)
      if count > 0 { return .line(count) }
    }
    unsafe compact()
    unsafe data = base
    while unsafe readEnd < base + size {
      let piece = unsafe readEnd
      let count = unsafe fill(from: piece)
      if count == 0 { return unsafe .tail(readEnd - cursor) }
      unsafe readEnd += count
      if let found = unsafe memchr(piece, CInt(delimiter), count) {
        let end = unsafe found.assumingMemoryBound(to: UInt8.self) + 1
        return unsafe .line(end - cursor)
      }
    }
    return .full
  }

  /// Doubles the buffer, keeping what is in it.  False if it would grow beyond `sizeMax`.
  mutating func grow(sizeMax: Int) -> Bool {
    let newSize = unsafe min(size * 2, sizeMax)
    if unsafe newSize <= size { return false }
    let memory = unsafe UnsafeMutablePointer<UInt8>.allocate(capacity: newSize + Self.ungetSize)
    let count = unsafe readEnd - base + Self.ungetSize
    unsafe memory.update(from: base - Self.ungetSize, count: count)
    let shift = unsafe memory + Self.ungetSize - base
    unsafe release()
    unsafe base += shift
    unsafe data += shift
    unsafe cursor += shift
    unsafe readEnd += shift
    unsafe writeEnd = base
    unsafe size = newSize
    unsafe ownsMemory = true
    unsafe marks = 0
    return true
  }

  /// Frees the buffer if it is the bio's own.
  func release() {
    if unsafe ownsMemory { unsafe (base - Self.ungetSize).deallocate() }
  }

  /// Copies up to `room.count` bytes, fewer only at the end or after an error.
  mutating func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < room.count {
      if unsafe cursor == readEnd {
        guard unsafe state == .reading, unsafe refill() else { break }
      }
      let piece = unsafe min(room.count - done, readEnd - cursor)
      unsafe (room.baseAddress.unsafelyUnwrapped + done).copyMemory(from: cursor, byteCount: piece)
      unsafe cursor += piece
      done += piece
    }
    return done
  }

  // MARK: Writing

  /// Writes what is in the buffer, over as many calls as it takes.
  mutating func flush() -> Bool {
    guard unsafe isWriter else {
      // Of a reader, what is buffered is dropped.
      unsafe cursor = readEnd
      unsafe data = readEnd
      return unsafe state != .inactive
    }
    guard unsafe state == .writing else { return false }
    var start = unsafe base
    while unsafe start < cursor {
      do {
        let rest = unsafe UnsafeRawBufferPointer(start: start, count: cursor - start)
        let count = try unsafe kind.write(device, rest)
        precondition(count > 0, "a device writes something or throws")
        unsafe start += count
        unsafe offset += Int64(count)
      } catch {
        unsafe fail(error)
        return false
      }
    }
    unsafe cursor = base
    return true
  }

  /// Makes room for at least one byte.
  @usableFromInline
  mutating func makeRoom() -> Bool { unsafe isWriter && flush() }

  /// Takes all of `bytes`.
  mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let source = bytes.baseAddress else { return 0 }
    var done = 0
    while done < bytes.count {
      if unsafe cursor == writeEnd, unsafe !makeRoom() { return -1 }
      let piece = unsafe min(bytes.count - done, writeEnd - cursor)
      unsafe UnsafeMutableRawPointer(cursor).copyMemory(from: source + done, byteCount: piece)
      unsafe cursor += piece
      done += piece
    }
    return done
  }

  // MARK: Places

  /// The offset of the next byte.
  var place: Int64 {
    unsafe isWriter ? offset + Int64(cursor - base) : offset - Int64(readEnd - cursor)
  }

  /// Goes to `target`, within the buffer if what is there is there.
  mutating func seek(to target: Int64, from origin: SeekOrigin) -> Int64 {
    do {
      if unsafe isWriter {
        guard unsafe flush() else { return -1 }
        unsafe offset = try kind.seek(device, to: target, from: origin)
        return unsafe offset
      }
      guard unsafe state != .inactive else { return -1 }
      let isAtEnd = unsafe state == .ended
      unsafe state = .reading
      if isAtEnd {
        unsafe cursor = readEnd
        unsafe data = readEnd
      }
      var absolute = target
      if origin == .current { absolute += unsafe place }
      if origin != .end {
        let distance = unsafe absolute - place
        if unsafe distance >= Int64(data - cursor), unsafe distance <= Int64(readEnd - cursor) {
          unsafe cursor += Int(distance)
          return absolute
        }
      }
      let found = try unsafe kind.seek(
        device, to: absolute, from: origin == .end ? .end : .start)
      unsafe cursor = readEnd
      unsafe data = readEnd
      unsafe offset = found
      return found
    } catch {
      unsafe self.error = error
      return -1
    }
  }
}

/// Prints into the free room of a writer's buffer.
enum BioSink: Sink {
  mutating func write(_ bytes: UnsafeRawBufferPointer) -> Bool { false }

  static func refill(_ context: UnsafeMutableRawPointer, _ f: inout Fmt) -> Bool {
    let core = unsafe context.assumingMemoryBound(to: BioCore.self)
    unsafe core.pointee.cursor = f.cursor
    guard unsafe core.pointee.makeRoom() else { return false }
    let room = unsafe UnsafeMutableBufferPointer(
      start: core.pointee.cursor, count: core.pointee.writeEnd - core.pointee.cursor)
    unsafe f.exchange(room)
    return true
  }
}
