// Selection: theory of operation.
//
// Problem.  A median needs one value by rank.  Sorting ten million values for it costs ten times
// what reading them costs.
//
// Shape.  Quickselect.  A pivot splits the window [low, high) into smaller, equal and larger
// values; the part that holds the rank becomes the window.  In a large window the pivot is taken
// by rank from a sample of the window, a little beyond the wanted rank, so that almost all of the
// window falls away at once (Floyd and Rivest, CACM 18:3, 1975): about 1.5 n steps in all.
//
// Invariants.
//   Q1  Everything before the window is <= everything in it <= everything behind it.
//   Q2  The wanted rank lies in the window.
//   Q3  Each round makes the window smaller, since the values equal to the pivot leave it.
//
// Bad luck.  After `roundsMax` rounds the rest is sorted, so no order of the values, however
// malicious, costs more than O(n log n).

/// Finding values by their rank without sorting.
public enum Selection {
  /// The value that would stand at index `rank` if `values` were sorted.
  ///
  /// Reorders `values`: nothing before index `rank` is larger afterwards, nothing behind it
  /// smaller.  O(n) on average, O(n log n) at worst.
  ///
  /// - Precondition: `rank` is an index of `values`, and no value is not-a-number.
  public static func select(_ rank: Int, in values: inout MutableSpan<Double>) -> Double {
    precondition(rank >= 0 && rank < values.count, "the rank is an index of the values")
    return unsafe values.withUnsafeMutableBufferPointer { unsafe select(rank, in: $0) }
  }

  /// What the median of an even number of values is.
  public enum MedianRule: Sendable {
    /// The mean of the middle two.
    case mean
    /// The upper one of the middle two.
    case upper
  }

  /// The median of `values`, which are reordered.  Cost and precondition as ``select(_:in:)``.
  public static func median(
    of values: inout MutableSpan<Double>, rule: MedianRule = .mean
  ) -> Double {
    let middle = values.count / 2
    let upper = select(middle, in: &values)
    if rule == .upper || !values.count.isMultiple(of: 2) { return upper }
    let lower = unsafe values.withUnsafeMutableBufferPointer { all in
      unsafe all[..<middle].max() ?? upper
    }
    let sum = lower + upper
    return sum.isFinite ? sum / 2 : lower / 2 + upper / 2
  }

  /// A window this small is sorted by insertion.
  private static let windowSmall = 24
  /// A window larger than this takes its pivot from a sample.
  private static let windowLarge = 1024
  /// Rounds after which luck is no longer trusted.
  private static let roundsMax = 64

  private static func select(
    _ rank: Int, in values: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var low = 0
    var high = values.count
    for _ in 0..<roundsMax where high - low > windowSmall {
      assert(low <= rank && rank < high, "Q2")
      let window = unsafe UnsafeMutableBufferPointer(rebasing: values[low..<high])
      let pivot = unsafe pivot(near: rank - low, in: window)
      let smaller = unsafe gather(window) { $0 < pivot }
      if rank < low + smaller {
        high = low + smaller
        continue
      }
      low += smaller
      let rest = unsafe UnsafeMutableBufferPointer(rebasing: values[low..<high])
      let equal = unsafe gather(rest) { $0 == pivot }
      assert(equal > 0, "Q3: the pivot is one of the values")
      if rank < low + equal { return pivot }
      low += equal
    }
    var rest = unsafe UnsafeMutableBufferPointer(rebasing: values[low..<high])
    unsafe rest.sort()
    return unsafe values[rank]
  }

  /// One of the values of `window` whose rank is likely to be near `rank`.
  private static func pivot(
    near rank: Int, in window: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let count = window.count
    if count <= windowLarge { return unsafe medianOfThree(window) }
    // The sample's size and the distance aimed beyond the rank are Floyd and Rivest's.
    let size = Int(Double(count).squareRoot()) & ~1
    let stride = count / size
    var sample = [Double](repeating: 0, count: size)
    for index in 0..<size { unsafe sample[index] = window[index * stride] }
    sample.sort()
    let place = Double(rank) / Double(count) * Double(size)
    let margin = Double(size).squareRoot()
    let aimed = rank < count / 2 ? place + margin : place - margin
    return sample[min(max(Int(aimed), 0), size - 1)]
  }

  private static func medianOfThree(_ window: UnsafeMutableBufferPointer<Double>) -> Double {
    let first = unsafe window[0]
    let middle = unsafe window[window.count / 2]
    let last = unsafe window[window.count - 1]
    return max(min(first, middle), min(max(first, middle), last))
  }

  /// Moves the values that `belong` to the front of `window`; how many there are.
  @inline(__always)
  private static func gather(
    _ window: UnsafeMutableBufferPointer<Double>, where belong: (Double) -> Bool
  ) -> Int {
    // Without a branch on the data: each value is swapped to the edge, which moves on or not.
    var edge = 0
    for index in 0..<window.count {
      let value = unsafe window[index]
      unsafe window[index] = window[edge]
      unsafe window[edge] = value
      edge += belong(value) ? 1 : 0
    }
    return edge
  }
}
