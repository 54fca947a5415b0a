// The list of writers, which are flushed when the program exits.
//
// A program that ends without closing its writers has still printed what it printed: the first
// writer asks `atexit(3)` to flush them all.  plan9port has twenty places for that; here writers
// are in a list through their own memory, as many as there are.
//
// Threads.  The list has a lock, which is held while it is flushed; the writers have none, so that
// a thread which still prints while another exits may lose or mix what it prints.  `_exit` and a
// signal flush nothing.

import Glibc
import Sys9

/// All writers of the process.
enum Writers {
  @safe private struct Head: @unchecked Sendable {
    var first: UnsafeMutablePointer<BioCore>?
  }

  private static let list: Guarded<Head> = {
    atexit { Writers.flushAll() }
    return Guarded(Head())
  }()

  /// Adds a writer.
  static func add(_ core: UnsafeMutablePointer<BioCore>) {
    list.withLock { head in
      unsafe core.pointee.next = head.first
      unsafe core.pointee.previous = nil
      unsafe head.first?.pointee.previous = core
      unsafe head.first = core
    }
  }

  /// Takes a writer out.
  static func remove(_ core: UnsafeMutablePointer<BioCore>) {
    list.withLock { head in
      let next = unsafe core.pointee.next
      let previous = unsafe core.pointee.previous
      if let previous = unsafe previous {
        unsafe previous.pointee.next = next
      } else {
        assert(unsafe head.first == core, "a writer is in the list once")
        unsafe head.first = next
      }
      unsafe next?.pointee.previous = previous
    }
  }

  /// Flushes all writers.  What fails is lost: nobody is left to be told.
  static func flushAll() {
    list.withLock { head in
      var core = unsafe head.first
      while let writer = unsafe core {
        _ = unsafe writer.pointee.flush()
        unsafe core = writer.pointee.next
      }
    }
  }
}
