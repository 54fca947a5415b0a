// The shortest name of a path, by its text alone.

/// The shortest path that names what `path` names, by its text alone: no file is looked at.
///
/// `.`, doubled slashes and what `..` takes back are removed; the empty path is `.`, and nothing is
/// above `/`.  A path through symbolic links can mean something else, see `Files.real`.
///
///     cleanname("a/./b//../c/")   == "a/c"
///     cleanname("a/../..")        == ".."
///
/// O(path).  Corresponds to `cleanname(3)`.
public func cleanname(_ path: String) -> String {
  String(decoding: cleanname(Array(path.utf8)), as: UTF8.self)
}

/// As `cleanname(_:)`, for the bytes of a path.
public func cleanname(_ path: [UInt8]) -> [UInt8] {
  let slash = UInt8(ascii: "/")
  let above = [UInt8](repeating: UInt8(ascii: "."), count: 2)
  let isRooted = path.first == slash
  var result: [UInt8] = isRooted ? [slash] : []
  // What `..` may not take back: the root, or the leading `..` of a relative path.
  var kept = result.count
  for part in path.split(separator: slash) where part != above[..<1] {
    if part != above[...] {
      if result.count > (isRooted ? 1 : 0) { result.append(slash) }
      result.append(contentsOf: part)
    } else if result.count > kept {
      let cut = result[kept...].lastIndex(of: slash) ?? kept
      result.removeSubrange(cut...)
    } else if !isRooted {
      if !result.isEmpty { result.append(slash) }
      result.append(contentsOf: above)
      kept = result.count
    }
  }
  return result.isEmpty ? [UInt8(ascii: ".")] : result
}
