// Where measurements are kept.

import Glibc

/// Measurements in the order in which they came, in one piece of memory.
///
/// Grows without copying where the system can move pages instead (`mremap(2)` behind
/// `realloc(3)`), so that ten million values cost 80 MB at their peak and not 160.
/// Has one owner at a time; not thread-safe.
@safe public final class Samples {
  /// How many values there are.
  public private(set) var count = 0

  private var storage: UnsafeMutablePointer<Double>
  private var capacity: Int
  private let onGrowth: GrowthHook

  /// Room for this many values is made at first: one page.
  private static let capacityFirst = 512

  /// Is told of memory that has been made, before it is used; may advise the system on it.
  package typealias GrowthHook = (UnsafeMutableRawBufferPointer) -> Void

  /// Creates an empty store.
  public convenience init() {
    unsafe self.init(onGrowth: { _ in })
  }

  /// Creates an empty store that tells `hook` whenever it has grown.
  package init(onGrowth hook: @escaping GrowthHook) {
    unsafe storage = Self.resized(nil, to: Self.capacityFirst)
    capacity = Self.capacityFirst
    unsafe onGrowth = hook
  }

  /// Creates a store that holds `values`.
  public convenience init(_ values: [Double]) {
    self.init()
    for value in values { append(value) }
  }

  deinit { unsafe free(storage) }

  /// Adds `value` at the end.  O(1) on average.
  public func append(_ value: Double) {
    reserve(1)
    unsafe storage[count] = value
    count += 1
  }

  /// Calls `body` with the values, in their present order.
  public func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe Span(_unsafeElements: UnsafeBufferPointer(start: storage, count: count)))
  }

  /// Calls `body` with the values, which it may change or reorder.
  public func withMutableSpan<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let all = unsafe UnsafeMutableBufferPointer(start: storage, count: count)
    var span = unsafe MutableSpan(_unsafeElements: all)
    return try body(&span)
  }

  /// Lets `body` write up to `room` values behind the last one; it returns how many it wrote.
  ///
  /// For parsers, which cannot afford a test of the capacity for each value.
  package func appendUnchecked(
    upTo room: Int, _ body: (UnsafeMutablePointer<Double>) -> Int
  ) {
    reserve(room)
    let added = unsafe body(storage + count)
    precondition(added >= 0 && added <= room, "a parser wrote beyond its room")
    count += added
  }

  private func reserve(_ room: Int) {
    if count + room <= capacity { return }
    capacity = max(2 * capacity, count + room)
    unsafe storage = Self.resized(storage, to: capacity)
    let values = unsafe UnsafeMutableBufferPointer(start: storage, count: capacity)
    unsafe onGrowth(UnsafeMutableRawBufferPointer(values))
  }

  private static func resized(
    _ old: UnsafeMutablePointer<Double>?, to capacity: Int
  ) -> UnsafeMutablePointer<Double> {
    let bytes = capacity * MemoryLayout<Double>.stride
    guard let memory = unsafe realloc(old, bytes) else {
      preconditionFailure("out of memory for \(capacity) values")
    }
    return unsafe memory.assumingMemoryBound(to: Double.self)
  }
}
