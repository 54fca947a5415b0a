// The blocks behind received buffers.  The theory is in Buffer.swift.

import Glibc
import Synchronization
import Sys9

/// Equal blocks of memory, lent one at a time.
///
/// `take` is for the owner's thread, `give` for all.
@safe final class BufferPool: @unchecked Sendable {
  /// Bytes of a block: a page holds two, and 2 KiB take an Ethernet frame.
  let blockSize: Int
  /// Blocks in all.
  let blockCount: Int
  let memory: UnsafeMutableRawPointer
  /// The owner's free blocks, linked through their first words.
  private var free: UnsafeMutableRawPointer?
  private(set) var freeCount = 0
  /// Blocks that were never out, from the end of the memory: nobody has touched them.
  private var untouched: Int
  /// What other threads gave back, linked in the same way.
  private let returned = Atomic<UInt>(0)
  private let isOrphan = Atomic<Bool>(false)
  private var owner = pthread_self()
  /// Where free blocks go instead, if the kernel hands them out.
  // The owner's thread alone looks at it, in no access to itself.
  @exclusivity(unchecked) private var ring: BufferRing?

  /// Makes `count` blocks of `size` bytes each; pages come when they are touched.
  init(count: Int, size: Int) throws(SystemError) {
    guard let memory = unsafe Kernel.map(count * size) else {
      throw SystemError(call: "mmap", errno: ENOMEM, subject: "\(count) receive buffers")
    }
    unsafe self.memory = unsafe memory
    blockSize = size
    blockCount = count
    unsafe free = nil
    untouched = count
    freeCount = count
  }

  deinit {
    assert(freeCount == blockCount || (unsafe ring != nil), "B2: all blocks are home")
    unsafe Kernel.unmap(memory, blockCount * blockSize)
  }

  /// The calling thread owns the pool from now on.
  func adopt() { owner = pthread_self() }

  /// A block for use; nil if all are out.  The owner's thread only.
  func take() -> UnsafeMutableRawPointer? {
    if let block = unsafe free {
      unsafe free = unsafe block.load(as: UnsafeMutableRawPointer?.self)
      freeCount -= 1
      return unsafe block
    }
    return unsafe takeAnother()
  }

  /// A block that another thread gave back, or a new one.
  private func takeAnother() -> UnsafeMutableRawPointer? {
    if collect() > 0 { return unsafe take() }
    if untouched == 0 { return nil }
    untouched -= 1
    freeCount -= 1
    return unsafe memory + (blockCount - 1 - untouched) * blockSize
  }

  /// Makes a block free again.  For the owner's thread while its loop lives; then for `reap`, whose
  /// lock lets one thread in.
  @inline(__always)
  func push(_ block: UnsafeMutableRawPointer) {
    if unsafe ring != nil {
      let number = unsafe number(of: block)
      unsafe ring?.add(block, size: blockSize, number: number)
    } else {
      unsafe block.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
      unsafe free = unsafe block
    }
    freeCount += 1
    assert(freeCount <= blockCount, "B1: a block is in one place")
  }

  /// The free blocks, counted one by one: for audits.
  func countFree() -> Int {
    collect()
    var count = untouched
    var next = unsafe free
    while let block = unsafe next, count <= blockCount {
      unsafe next = unsafe block.load(as: UnsafeMutableRawPointer?.self)
      count += 1
    }
    return count
  }

  /// The position of a block.
  func number(of block: UnsafeMutableRawPointer) -> Int { unsafe (block - memory) / blockSize }

  /// Brings what other threads gave back into use, and says how much that was.
  @discardableResult
  func collect() -> Int {
    if returned.load(ordering: .relaxed) == 0 { return 0 }
    var next = unsafe UnsafeMutableRawPointer(
      bitPattern: returned.exchange(0, ordering: .acquiring))
    var count = 0
    while let block = unsafe next {
      unsafe next = unsafe block.load(as: UnsafeMutableRawPointer?.self)
      unsafe push(block)
      count += 1
    }
    return count
  }

  /// Takes a block back, on any thread.
  func give(_ block: UnsafeMutableRawPointer) {
    if owner == pthread_self() && !isOrphan.load(ordering: .relaxed) {
      unsafe push(block)
      return
    }
    // While its block is out the pool lives; after the push it may not.
    withExtendedLifetime(self) {
      var head = returned.load(ordering: .relaxed)
      while true {
        unsafe block.storeBytes(of: head, as: UInt.self)
        let (done, seen) = returned.weakCompareExchange(
          expected: head, desired: UInt(bitPattern: block), ordering: .sequentiallyConsistent)
        if done { break }
        head = seen
      }
      if isOrphan.load(ordering: .sequentiallyConsistent) { reap() }
    }
  }

  // The end.

  private let reaping = Mutex<Bool>(false)

  /// The loop is gone: the pool keeps itself until all blocks are home (B2).
  ///
  /// - Parameter withKernel: blocks that the kernel held and will not write to any more.
  func abandon() {
    if let ring = unsafe ring {
      unsafe self.ring = nil
      ring.leave()
    }
    _ = unsafe Unmanaged.passRetained(self)
    isOrphan.store(true, ordering: .sequentiallyConsistent)
    reap()
  }

  private func reap() {
    let isLast = reaping.withLock { isDone in
      collect()
      if isDone || freeCount < blockCount { return false }
      isDone = true
      return true
    }
    if isLast { unsafe Unmanaged.passUnretained(self).release() }
  }

  // The kernel as a lender.

  /// Gives all free blocks to `ring`, and each one that comes back.
  func lend(through ring: BufferRing) {
    assert(freeCount == blockCount, "B1: a ring is attached before the first block is taken")
    unsafe self.ring = ring
    unsafe free = nil
    untouched = 0
    freeCount = 0
    for index in 0..<blockCount { unsafe push(memory + index * blockSize) }
  }

  /// The kernel has filled the block of this number: it is in use now.
  func claim(_ number: Int) -> UnsafeMutableRawPointer {
    assert(number < blockCount && freeCount > 0, "B1: the kernel fills what it was given")
    freeCount -= 1
    return unsafe memory + number * blockSize
  }
}
