// What an object asks the linker for.
//
// Three ways lead from a source to a library, and none of them is the makefile:
//
//     AUTOLIB(bio) in C or C++     a weak symbol __9l_autolib_bio           -> libbio
//     import in Swift              -lswiftGlibc in .swift1_autolink_entries -> as it says
//                                  (Mach-O: LC_LINKER_OPTION)
//     a use of a Swift module      the undefined symbol $s6LibFmt...        -> the module's library
//
// The third serves modules that were compiled without a link name: a mangled name says which
// module it belongs to, with the length of the module's name before it.  It is a guess, and
// therefore only ever answered from the list of modules that there are libraries of.

/// What an object asks the linker for.
public struct Needs: Equatable, Sendable {
  /// Libraries that its sources name by `AUTOLIB`, such as `bio` for `libbio`.
  public internal(set) var libraries: [String] = []
  /// Options for the linker, such as `-lswiftCore`.
  public internal(set) var options: [[String]] = []
  /// True if a Swift compiler made it: the program wants Swift's runtime.
  public internal(set) var isSwift = false

  /// What `object` asks for.
  public init(of object: ObjectFile) {
    let prefix = "__9l_autolib_"
    for symbol in object.symbols {
      // In Mach-O one underscore more.
      let name = symbol.name.drop { $0 == "_" }
      guard name.hasPrefix("9l_autolib_"), symbol.name.hasSuffix("__\(name)") else { continue }
      let library = String(name.dropFirst(prefix.count - 2))
      if !library.isEmpty, !libraries.contains(library) { libraries.append(library) }
    }
    for option in object.linkerOptions where !options.contains(option) { options.append(option) }
    for section in object.sections {
      if section.name == ".swift1_autolink_entries" { addEntries(section.content) }
      if section.name.hasPrefix("swift5_") || section.name.contains(",__swift5_")
        || section.name == ".swift1_autolink_entries"
      {
        isSwift = true
      }
    }
  }

  /// Entries end in NUL; what aligns them is NULs, too.
  private mutating func addEntries(_ content: ArraySlice<UInt8>) {
    for entry in content.split(separator: 0) {
      let words = String(decoding: entry, as: UTF8.self).split(separator: " ").map(String.init)
      if !words.isEmpty, !options.contains(words) { options.append(words) }
    }
  }

  /// Adds what another object asks for.
  public mutating func merge(_ other: Needs) {
    libraries += other.libraries.filter { !libraries.contains($0) }
    options += other.options.filter { !options.contains($0) }
    isSwift = isSwift || other.isSwift
  }
}

/// Which of the Swift modules that there are libraries of an object uses.
public struct ModuleUses: Sendable {
  private let modules: [(key: [UInt8], name: String)]

  /// - Parameter modules: their names, such as `LibFmt`.
  public init(_ modules: [String]) {
    self.modules = modules.map { (Array("\($0.utf8.count)\($0)".utf8), $0) }
  }

  /// The modules that undefined Swift symbols of `object` belong to, in the order of the list.
  ///
  /// O(symbols x modules x name).
  public func used(by object: ObjectFile) -> [String] {
    var isUsed = [Bool](repeating: false, count: modules.count)
    for symbol in object.symbols where !symbol.isDefined {
      let name = symbol.name.drop { $0 == "_" }
      guard name.hasPrefix("$s") || name.hasPrefix("$S") else { continue }
      let bytes = Array(name.utf8)
      for (index, module) in modules.enumerated() where !isUsed[index] {
        isUsed[index] = Self.contains(bytes, module.key)
      }
    }
    return zip(modules, isUsed).compactMap { $1 ? $0.name : nil }
  }

  /// The module that the mangled Swift `name` begins with; nil if it begins otherwise, as what
  /// belongs to the standard library does.
  public static func module(of name: String) -> String? {
    let bare = name.drop { $0 == "_" }
    guard bare.hasPrefix("$s") || bare.hasPrefix("$S") else { return nil }
    let rest = bare.utf8.dropFirst(2)
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard digits.first != 0x30, let count = Int(String(decoding: digits, as: UTF8.self)) else {
      return nil
    }
    let module = rest.dropFirst(digits.count)
    return module.count >= count ? String(decoding: module.prefix(count), as: UTF8.self) : nil
  }

  /// True if `key`, a length and a name, stands in `name` and is not the tail of a longer number.
  private static func contains(_ name: [UInt8], _ key: [UInt8]) -> Bool {
    if name.count < key.count { return false }
    for start in 0...(name.count - key.count) where name[start...].starts(with: key) {
      let before = start > 0 ? name[start - 1] : 0
      if !(0x30...0x39).contains(before) { return true }
    }
    return false
  }
}
