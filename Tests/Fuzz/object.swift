// modules: LibObj
//
// Fuzzing object files and archives: any bytes are a value or a fault with a place inside them;
// what is read of them lies in them; and reading ends soon, whatever they say of themselves.

import LibObj

private func promise(_ kept: Bool, _ name: String) {
  if !kept { fatalError("broken promise: \(name)") }
}

private func look(_ object: ObjectFile, _ size: Int) {
  for section in object.sections {
    promise(section.content.count <= size, "O1: sections lie inside")
  }
  let names = object.symbols.reduce(0) { $0 + $1.name.utf8.count }
  promise(names <= 24 * size + 3 * 4096, "O2: names are bounded")
  let needs = Needs(of: object)
  promise(needs.libraries.allSatisfy { !$0.isEmpty }, "a library has a name")
  promise(Set(needs.libraries).count == needs.libraries.count, "and is named once")
  let map = AddressMap(object)
  for symbol in object.symbols.prefix(64) {
    if let found = map.location(of: symbol.value) {
      promise(found.offset <= symbol.value, "an address lies behind its symbol")
    }
  }
}

/// What libFuzzer calls for each input.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  do {
    for object in try ObjectFile.slices(bytes[...]) { look(object, size) }
  } catch {
    promise((0...size).contains(error.offset), "the place is inside")
  }
  do {
    let archive = try Archive(bytes)
    promise(archive.members.count <= size / 60, "members have headers")
    for member in archive.members {
      if let object = try? ObjectFile(member.content) { look(object, size) }
    }
  } catch {
    promise((0...size).contains(error.offset), "the place is inside")
  }
  return 0
}
