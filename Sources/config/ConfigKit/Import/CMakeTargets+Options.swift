// One option of a CMake project turned round: what is only on one side depends on it.

extension CMakeTargets {
  /// The two sides of an option: what must hold for what is here, and for what is there alone.
  private struct Sides {
    let here: String
    let there: String

    init(_ option: CMakeOption) {
      here = option.isOn ? option.name : "!\(option.name)"
      there = option.isOn ? "!\(option.name)" : option.name
    }
  }

  /// Puts what is only here, or only in `other`, under `option`, which is turned round there.
  ///
  /// What depends on an option that was turned round before is left alone: it is not here.
  mutating func merge(_ other: CMakeTargets, option: CMakeOption) {
    guard let first = option.name.first, first.isLetter || first == "_",
      option.name.utf8.allSatisfy(Byte.isIdentifier)
    else {
      result.remark("option \(option.name): no name for an option here, so it is fixed")
      return
    }
    let sides = Sides(option)
    var isUsed = false
    for index in result.owners.indices where result.owners[index].conditions.isEmpty {
      guard let twin = other.result.owners.first(where: { $0.name == result.owners[index].name })
      else {
        result.owners[index].conditions.append(sides.here)
        isUsed = true
        continue
      }
      isUsed = merge(index, twin, sides) || isUsed
    }
    for owner in other.result.owners
    where !result.owners.contains(where: { $0.name == owner.name }) {
      var copy = owner
      copy.conditions.append(sides.there)
      result.owners.append(copy)
      isUsed = true
    }
    for rule in other.result.rules
    where !result.rules.contains(where: { $0.outputs == rule.outputs }) {
      result.rules.append(rule)
    }
    isUsed = mergeCopies(other, option) || isUsed
    if !isUsed {
      result.remark("option \(option.name): CMake does the same with and without it")
      return
    }
    if !option.help.isEmpty { result.settings.append("# \(Description.line(option.help))") }
    result.settings.append(option.isOn ? "option \(option.name)" : "no option \(option.name)")
  }

  private mutating func mergeCopies(_ other: CMakeTargets, _ option: CMakeOption) -> Bool {
    var isChanged = false
    for copy in other.result.copies {
      guard let mine = result.copies.first(where: { $0.path == copy.path }) else {
        result.copies.append(copy)
        continue
      }
      if mine.bytes == copy.bytes { continue }
      let state = option.isOn ? "on" : "off"
      result.remark("\(copy.path) is as it is with \(option.name) \(state): it does not follow")
      isChanged = true
    }
    return isChanged
  }

  /// True if the two differ.
  private mutating func merge(_ index: Int, _ other: DescribedOwner, _ sides: Sides) -> Bool {
    var mine = result.owners[index]
    if mine.modifier != other.modifier {
      let kinds = [mine, other].map { $0.modifier.hasPrefix("shared") ? "shared" : "static" }
      result.remark(
        "\(mine.name): \(kinds[0]), as it is with \(sides.here); with \(sides.there) CMake "
          + "makes it \(kinds[1])")
    }
    // Flags of each item in whole, so that it does not matter which of them were raised.
    Self.lower(&mine)
    var other = other
    Self.lower(&other)
    var isChanged = Self.merge(&mine.libraries, other.libraries, sides)
    isChanged = Self.merge(&mine.modules, other.modules, sides) || isChanged
    isChanged = mergeFlags(&mine, other, sides) || isChanged
    let raised = Set(mine.flags.flatMap(\.value))
    for item in mine.items.indices where mine.items[item].conditions.isEmpty {
      if !other.items.contains(where: { $0.value.path == mine.items[item].value.path }) {
        mine.items[item].conditions.append(sides.here)
        isChanged = true
      }
    }
    for item in other.items
    where !mine.items.contains(where: { $0.value.path == item.value.path }) {
      var copy = item
      copy.conditions.append(sides.there)
      mine.items.append(copy)
      isChanged = true
    }
    // What the owner says under an option is not said again by an item that has it anyway.
    for item in mine.items.indices {
      mine.items[item].value.flags.removeAll { raised.contains($0) }
    }
    CompilationDatabase.raiseFlags(&mine)
    result.owners[index] = mine
    return isChanged
  }

  private static func lower(_ owner: inout DescribedOwner) {
    for flags in owner.flags where flags.conditions.isEmpty {
      for index in owner.items.indices { owner.items[index].value.flags += flags.value }
    }
    owner.flags.removeAll { $0.conditions.isEmpty }
  }

  /// Flags that all items have on one side alone are the owner's, under the option.
  private mutating func mergeFlags(
    _ mine: inout DescribedOwner, _ other: DescribedOwner, _ sides: Sides
  ) -> Bool {
    let conditional = Set(mine.flags.flatMap(\.value))
    var differences: [(index: Int, mine: [String], other: [String])] = []
    for (index, item) in mine.items.enumerated() where item.conditions.isEmpty {
      guard let twin = other.items.first(where: { $0.value.path == item.value.path }) else {
        continue
      }
      let (own, theirs) = (item.value.flags, twin.value.flags)
      differences.append(
        (
          index, own.filter { !theirs.contains($0) },
          theirs.filter { !own.contains($0) && !conditional.contains($0) }
        ))
    }
    guard let first = differences.first,
      differences.contains(where: { !$0.mine.isEmpty || !$0.other.isEmpty })
    else { return false }
    guard differences.allSatisfy({ $0.mine == first.mine && $0.other == first.other }) else {
      for item in differences where !item.mine.isEmpty || !item.other.isEmpty {
        let path = mine.items[item.index].value.path
        result.remark("\(path): its flags depend on \(sides.here), those of its target do not")
      }
      return true
    }
    for item in differences {
      mine.items[item.index].value.flags.removeAll { first.mine.contains($0) }
    }
    for (flags, condition) in [(first.mine, sides.here), (first.other, sides.there)]
    where !flags.isEmpty {
      mine.flags.append(Conditional(value: flags, conditions: [condition]))
    }
    return true
  }

  private static func merge(
    _ mine: inout [Conditional<String>], _ other: [Conditional<String>], _ sides: Sides
  ) -> Bool {
    var isChanged = false
    for index in mine.indices where mine[index].conditions.isEmpty {
      if !other.contains(where: { $0.value == mine[index].value }) {
        mine[index].conditions.append(sides.here)
        isChanged = true
      }
    }
    for item in other where !mine.contains(where: { $0.value == item.value }) {
      mine.append(Conditional(value: item.value, conditions: [sides.there]))
      isChanged = true
    }
    return isChanged
  }
}
