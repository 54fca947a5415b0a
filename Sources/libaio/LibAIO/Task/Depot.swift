// Where tasks and chunks come from: theory of operation.
//
// Problem.  Tasks are made on one worker and end on another, a hundred million a second.
//
// Shape.  Each worker has two magazines of 64 free tasks, as arrays of pointers: taking and giving
// is a load or a store, and touches the array and not the task.  A magazine is exchanged for a full
// or an empty one at the depot, under a lock, once in 64 tasks at most: with two of them, a program
// that takes and gives around a border does not go there each time (Bonwick and Adams, 2001).
// Chunks of 60 pointers live the same way.  Memory comes in blocks from a source that a program may
// replace, and goes back when the runtime ends.
//
// Invariants.
//   A1  A task is in at most one magazine.
//   A2  A worker's second magazine is full or empty, never between.
//   A3  The depot grows only when it has nothing left: in the steady state nobody asks for memory.

import Sys9

extension Aio {
  /// Where memory for tasks comes from.  Called rarely, for large blocks, on any thread.
  @safe public struct BlockSource: Sendable {
    let take: @Sendable (_ size: Int) -> UnsafeMutableRawPointer?
    let give: @Sendable (_ base: UnsafeMutableRawPointer, _ size: Int) -> Void

    /// A source.
    ///
    /// - Parameters:
    ///   - take: `size` bytes at an address that is a multiple of 4,096; nil if there is no memory.
    ///   - give: takes back what `take` gave.
    public init(
      take: @escaping @Sendable (_ size: Int) -> UnsafeMutableRawPointer?,
      give: @escaping @Sendable (_ base: UnsafeMutableRawPointer, _ size: Int) -> Void
    ) {
      unsafe self.take = take
      unsafe self.give = give
    }

    /// Pages of the system.  `mmap(2)`.
    public static var system: BlockSource {
      unsafe BlockSource(take: { unsafe Kernel.map($0) }, give: { unsafe Kernel.unmap($0, $1) })
    }
  }
}

/// Magazines and chunks of all workers of a runtime.
@safe final class Depot: Sendable {
  /// A block holds 1,024 tasks, or chunks and magazines.
  private static let blockSize = 64 << 10

  private struct Stock: ~Copyable {
    var full: UInt = 0
    var empty: UInt = 0
    var chunks: UInt = 0
    /// What is left of the last block, for each of the three sizes.
    var rest: (tasks: UInt, magazines: UInt, chunks: UInt) = (0, 0, 0)
    var end: (tasks: UInt, magazines: UInt, chunks: UInt) = (0, 0, 0)
    var blocks: [UInt] = []
  }

  private let source: Aio.BlockSource
  private let stock = Guarded(Stock())

  init(source: Aio.BlockSource) { self.source = source }

  deinit {
    stock.withLock { stock in
      for block in stock.blocks {
        // What the source gave was not at 0.
        unsafe source.give(
          UnsafeMutableRawPointer(bitPattern: block).unsafelyUnwrapped, Self.blockSize)
      }
    }
  }

  /// Bytes that the source has given so far.
  var size: Int { stock.withLock { $0.blocks.count } * Self.blockSize }

  private static func pop(_ list: inout UInt) -> UInt {
    let address = list
    if let block = unsafe Block(bitPattern: address) { list = unsafe block[0] }
    return address
  }

  private static func push(_ address: UInt, _ list: inout UInt) {
    guard let block = unsafe Block(bitPattern: address) else { return }
    unsafe block[0] = list
    list = address
  }

  /// A block of the address that the stock has for one.
  private func block(_ address: UInt) -> Block {
    unsafe Block(bitPattern: address).unsafelyUnwrapped
  }

  private func carve(
    _ size: Int, _ rest: inout UInt, _ end: inout UInt, _ blocks: inout [UInt]
  ) -> UInt {
    if rest + UInt(size) > end {
      guard let memory = unsafe source.take(Self.blockSize) else {
        // There is no way to go on without memory for a task, and none to say so to the many
        // places that schedule one.
        preconditionFailure("out of memory for tasks")
      }
      rest = UInt(bitPattern: memory)
      end = rest + UInt(Self.blockSize)
      blocks.append(rest)
    }
    defer { rest += UInt(size) }
    return rest
  }

  /// A magazine of 64 free tasks; `empty` is given for it.
  func exchange(empty: Block) -> Block {
    let given = UInt(bitPattern: empty)
    return unsafe block(
      stock.withLock { stock in
        let full = Self.pop(&stock.full)
        if full != 0 {
          Self.push(given, &stock.empty)
          return full
        }
        for index in 0..<Magazine.capacity {
          let task = carve(
            MemoryLayout<Aio.TaskRecord>.size, &stock.rest.tasks, &stock.end.tasks, &stock.blocks)
          unsafe block(given)[Magazine.header + index] = task
        }
        return given
      })
  }

  /// An empty magazine; `full` is given for it, if there is one.
  func exchange(full: Block?) -> Block {
    let given = UInt(bitPattern: full)
    return unsafe block(
      stock.withLock { stock in
        Self.push(given, &stock.full)
        let empty = Self.pop(&stock.empty)
        if empty != 0 { return empty }
        return carve(Magazine.size, &stock.rest.magazines, &stock.end.magazines, &stock.blocks)
      })
  }

  /// An empty chunk.
  func takeChunk() -> Block {
    unsafe block(
      stock.withLock { stock in
        let chunk = Self.pop(&stock.chunks)
        if chunk != 0 { return chunk }
        return carve(Chunk.size, &stock.rest.chunks, &stock.end.chunks, &stock.blocks)
      })
  }

  /// Takes a list of chunks back, which begins and ends with these.
  func giveChunks(_ first: Block, _ last: Block) {
    let head = UInt(bitPattern: first), tail = UInt(bitPattern: last)
    stock.withLock { stock in
      unsafe block(tail)[0] = stock.chunks
      stock.chunks = head
    }
  }
}
