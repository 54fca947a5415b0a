// Order: sorting, ranks and counts.

/// Values in order, and how many lie where.
enum Ordering {
  /// Fewer values than this are sorted by comparison.
  private static let radixMin = 4096
  /// Bits of a key that one pass of the radix sort looks at; six passes make 64.
  private static let digitBits = 11

  /// `values` in ascending order; none is not-a-number.
  ///
  /// O(n log n); for many values O(n), six passes at most, and a scratch of their size for the
  /// time of the call.
  static func sorted(_ values: [Double]) -> [Double] {
    if values.count < radixMin { return values.sorted() }
    return radixSorted(values)
  }

  /// Least significant digit first, on the bits of the values, turned so that their order as
  /// whole numbers is that of the values.
  ///
  /// The keys lie in the memory of the result and in a scratch of its size, by turns.
  private static func radixSorted(_ values: [Double]) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: values.count) { sorted, filled in
      let scratch = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: values.count)
      defer { unsafe scratch.deallocate() }
      unsafe LargePages.prefer(UnsafeMutableRawBufferPointer(sorted))
      unsafe LargePages.prefer(UnsafeMutableRawBufferPointer(scratch))
      unsafe sorted.withMemoryRebound(to: UInt64.self) { keys in
        unsafe sort(values.span, keys, scratch)
      }
      filled = values.count
    }
  }

  /// Puts the bits of `values`, in the order of the values, into `result`.
  private static func sort(
    _ values: Span<Double>, _ result: UnsafeMutableBufferPointer<UInt64>,
    _ scratch: UnsafeMutableBufferPointer<UInt64>
  ) {
    let digits = 1 << digitBits
    let passes = (64 + digitBits - 1) / digitBits
    var counts = [Int](repeating: 0, count: passes * digits)
    var (source, target) = unsafe (result, scratch)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      for index in 0..<values.count {
        let bits = values[index].bitPattern
        let key = bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
        unsafe source[index] = key
        for pass in 0..<passes {
          let digit = Int(truncatingIfNeeded: key >> UInt64(pass * digitBits)) & (digits - 1)
          unsafe counts[pass * digits + digit] &+= 1
        }
      }
    }
    for pass in 0..<passes {
      var places = Array(counts[pass * digits..<(pass + 1) * digits])
      if places.contains(values.count) { continue }  // one digit has all: nothing moves
      var place = 0
      for digit in 0..<digits { (places[digit], place) = (place, place + places[digit]) }
      assert(place == values.count, "each key has a place")
      unsafe scatter(
        UnsafeBufferPointer(source), into: target, shift: UInt64(pass * digitBits),
        places: &places)
      unsafe swap(&source, &target)
    }
    for index in 0..<values.count {
      let key = unsafe source[index]
      let mask = UInt64(bitPattern: ~Int64(bitPattern: key) >> 63) | 1 << 63
      unsafe result[index] = key ^ mask
    }
  }

  /// Puts each key where `places` says for its digit.
  private static func scatter(
    _ source: UnsafeBufferPointer<UInt64>, into target: UnsafeMutableBufferPointer<UInt64>,
    shift: UInt64, places: inout [Int]
  ) {
    let mask = UInt64(1 << digitBits) - 1
    unsafe places.withUnsafeMutableBufferPointer { places in
      // `places` has one entry for each digit, and they count to no more than the keys.
      for index in 0..<source.count {
        let key = unsafe source[index]
        let digit = Int(truncatingIfNeeded: key >> shift & mask)
        let place = unsafe places[digit]
        unsafe target[place] = key
        unsafe places[digit] = place &+ 1
      }
    }
  }

  /// How many of `sorted` lie below `bound`.  O(log n).
  static func count(in sorted: [Double], below bound: Double) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many of `sorted` are `bound` or less.  O(log n).
  static func count(in sorted: [Double], upTo bound: Double) -> Int {
    count(in: sorted, below: bound.nextUp)
  }

  /// `count` of `values`, evenly spread over their order; all of them if they are no more.
  static func thinned(_ values: [Double], to count: Int) -> [Double] {
    if values.count <= count { return values }
    // The middle of each of `count` equal pieces: of sorted values, their quantiles.
    return (0..<count).map { values[(2 * $0 + 1) * values.count / (2 * count)] }
  }

  /// The sum of the ranks of each of `sets`, which are in ascending order, among all values, equal
  /// values sharing their mean rank; and the sum of t^3 - t over groups of t equal values.
  ///
  /// O(n k) for n values in k sets.
  static func rankSums(sorted sets: [[Double]]) -> (sums: [Double], ties: Double) {
    var sums = [Double](repeating: 0, count: sets.count)
    var places = [Int](repeating: 0, count: sets.count)
    var taken = [Int](repeating: 0, count: sets.count)
    var before = 0
    var ties = 0.0
    while true {
      var least: Double?
      for (set, place) in zip(sets, places) where place < set.count {
        least = min(least ?? set[place], set[place])
      }
      guard let least else { return (sums, ties) }
      var size = 0
      for index in sets.indices {
        let start = places[index]
        while places[index] < sets[index].count && sets[index][places[index]] == least {
          places[index] += 1
        }
        taken[index] = places[index] - start
        size += taken[index]
      }
      let rank = Double(2 * before + size + 1) / 2
      for index in sets.indices { sums[index] += rank * Double(taken[index]) }
      ties += Double(size) * (Double(size) * Double(size) - 1)
      before += size
    }
  }

  /// The ranks of `values`, from 1, equal values sharing their mean rank; and the sum of
  /// t^3 - t over groups of t equal values.  O(n log n).
  static func ranks(_ values: [Double]) -> (ranks: [Double], ties: Double) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var ties = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for index in start..<end { ranks[order[index]] = rank }
      let size = Double(end - start)
      ties += size * size * size - size
      start = end
    }
    return (ranks, ties)
  }
}
