// From addresses to functions: the symbols of a program, sorted.

/// The functions of a program by their addresses.
public struct AddressMap: Sendable {
  /// Where an address lies.
  public struct Location: Equatable, Sendable {
    /// The symbol, as it stands in the program.
    public let symbol: String
    /// The bytes from the symbol's beginning.
    public let offset: UInt64
  }

  private var starts: [UInt64] = []
  private var ends: [UInt64] = []
  private var names: [String] = []

  /// The functions that `object` defines; O(symbols log symbols).
  ///
  /// Where several symbols name one address, a function's comes before a plain one, a global one
  /// before a local one, and then the shorter name.
  public init(_ object: ObjectFile) {
    let code = object.symbols.filter { $0.isDefined && $0.isFunction && $0.value != 0 }
    let sorted = code.sorted { one, other in
      if one.value != other.value { return one.value < other.value }
      if one.isGlobal != other.isGlobal { return one.isGlobal }
      return (one.name.utf8.count, one.name) < (other.name.utf8.count, other.name)
    }
    for symbol in sorted where starts.last != symbol.value {
      starts.append(symbol.value)
      let size = symbol.size > 0 ? symbol.size : Self.rest(of: object, from: symbol.value)
      let (end, wraps) = symbol.value.addingReportingOverflow(size)
      ends.append(wraps ? UInt64.max : end)
      names.append(symbol.name)
    }
  }

  /// The bytes from `address` to the end of its section; 0 if it lies in none.
  private static func rest(of object: ObjectFile, from address: UInt64) -> UInt64 {
    for section in object.sections where section.address != 0 && address >= section.address {
      let offset = address - section.address
      if offset < UInt64(section.content.count) { return UInt64(section.content.count) - offset }
    }
    return 0
  }

  /// The function that `address` lies in; nil if it lies in none.  O(log symbols).
  ///
  /// A symbol without a size reaches to the next one, or to the end of its section.
  public func location(of address: UInt64) -> Location? {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= address { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return nil }
    let index = low - 1
    if address >= ends[index] { return nil }
    return Location(symbol: names[index], offset: address - starts[index])
  }
}
