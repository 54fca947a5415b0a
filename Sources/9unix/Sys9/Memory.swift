// Advice to the system on memory.

import Glibc

/// Hints on how memory will be used; a system that cannot follow them loses nothing but time.
public enum Memory {
  /// A smaller piece is not worth a large page, of which there are few.
  private static let worthwhileSize = 4 << 20

  /// Asks for large pages behind `memory`, if it is large itself.  `madvise(MADV_HUGEPAGE)`.
  ///
  /// All pages that `memory` touches are meant.  Were the first and the last left out, they would
  /// become mappings apart, and `mremap(2)` could not move the whole any more.
  public static func preferHugePages(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress, memory.count >= worthwhileSize else { return }
    let page = sysconf(CInt(_SC_PAGESIZE))
    let before = Int(bitPattern: start) % page
    let size = (before + memory.count + page - 1) / page * page
    // A hint: where it is not taken there is nothing to do about it.
    _ = try? check("madvise") { unsafe madvise(start - before, size, MADV_HUGEPAGE) }
  }
}
