// The files of a simulated world: theory of operation.
//
// Problem.  A program that walks, copies or renames is tried where disks are full, files are not to
// be read, and a write takes half of what it was given.
//
// Shape.  A tree of names in memory.  The bytes of a file lie in a nameless file of the machine, so
// that what is opened is a real descriptor: a program may do with it what it likes, and closes it
// as any other.  Names, modes, times, delays, short counts and errors are the world's.
//
//     "/a/b" --names--> node: mode, times, version --descriptor--> bytes
//                         ^------------ inode of the bytes -- a descriptor of the program
//
// Who asks is the owner of everything, and no super-user: the owner's three bits of a mode count.
// There are no links.  A folder has a descriptor too, which nothing can be read from.
//
// Invariants.
//   D1  A name in a folder is one node's, and a node has one name, or none any more.
//   D2  What fails changes nothing: a fault is drawn before anything is done.
//   D3  The order of a folder's entries is drawn: a program must not rely on any.

import Glibc
import Lib9c
import Sys9
import SystemPackage

/// A file or a folder.
final class SimNode {
  let descriptor: Descriptor
  /// What the machine calls the bytes.
  let inode: UInt64
  /// The permissions, and `DMDIR`.
  var mode: UInt32
  var mtime: Int
  var group = "sim"
  var version: UInt32 = 0
  var children: [String: SimNode] = [:]

  init(_ mode: UInt32, _ now: Int) throws(SystemError) {
    descriptor = try Descriptor.inMemory()
    inode = try FullStatus(descriptor.raw).inode
    self.mode = mode
    mtime = now
  }

  var isFolder: Bool { mode & DMDIR != 0 }

  /// Whether the owner may do all of `wanted`: 4 to read, 2 to write, 1 to execute or search.
  func allows(_ wanted: UInt32) -> Bool { mode >> 6 & wanted == wanted }

  func changed(_ now: Int) {
    version &+= 1
    mtime = now
  }
}

/// Files by name.  Owned by one network; asked by its jobs, in its thread.
final class SimFiles: @unchecked Sendable {
  private unowned let network: Aio.SimNetwork
  private var root: SimNode?
  /// Nodes that have a name, by what the machine calls their bytes: for descriptors.
  private var nodes: [UInt64: SimNode] = [:]

  init(_ network: Aio.SimNetwork) { self.network = network }

  private var now: Int { Int(SimLoop.birthday + network.now) / 1_000_000_000 }

  private func makeNode(_ mode: UInt32) throws(SystemError) -> SimNode {
    let node = try SimNode(mode, now)
    nodes[node.inode] = node
    return node
  }

  private func top() throws(SystemError) -> SimNode {
    if let root { return root }
    let node = try makeNode(DMDIR | 0o755)
    root = node
    return node
  }

  // Names.

  /// The names that lead to `path`, from the top.
  private func names(_ path: String, from folder: String) throws(SystemError) -> [String] {
    if path.isEmpty { throw SystemError(call: "open", errno: ENOENT) }
    var names: [String] = []
    let whole = path.hasPrefix("/") ? path : folder + "/" + path
    for name in whole.split(separator: "/") where name != "." {
      if name == ".." { _ = names.popLast() } else { names.append(String(name)) }
      if name.utf8.count > 255 { throw SystemError(call: "open", errno: ENAMETOOLONG) }
    }
    return names
  }

  private func walk(_ names: some Sequence<String>) throws(SystemError) -> SimNode {
    var node = try top()
    for name in names {
      if !node.isFolder { throw SystemError(call: "open", errno: ENOTDIR) }
      if !node.allows(1) { throw SystemError(call: "open", errno: EACCES) }
      guard let next = node.children[name] else { throw SystemError(call: "open", errno: ENOENT) }
      node = next
    }
    return node
  }

  func find(_ path: String, from folder: String = "") throws(SystemError) -> SimNode {
    try walk(names(path, from: folder))
  }

  /// The folder in which the last name of `path` is, and that name.
  private func place(
    _ path: String, from folder: String = ""
  ) throws(SystemError) -> (folder: SimNode, name: String) {
    let names = try names(path, from: folder)
    guard let last = names.last else { throw SystemError(call: "open", errno: EBUSY) }
    let node = try walk(names.dropLast())
    if !node.isFolder { throw SystemError(call: "open", errno: ENOTDIR) }
    return (node, last)
  }

  /// Where a process is that goes to `path`.
  func find(directory path: String, from folder: String) -> Result<String, SystemError> {
    Result { () throws(SystemError) in
      let names = try names(path, from: folder)
      if try !walk(names).isFolder { throw SystemError(call: "chdir", errno: ENOTDIR) }
      return "/" + names.joined(separator: "/")
    }
  }

  // What the world does to it.

  /// A file of this name with these bytes, from now on, and the folders that it is in.
  func put(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
    var folder = try top()
    let names = try names(path, from: "")
    for name in names.dropLast() {
      if let next = folder.children[name] {
        folder = next
      } else {
        let next = try makeNode(DMDIR | 0o755)
        folder.children[name] = next
        folder = next
      }
    }
    guard let name = names.last, folder.isFolder else {
      throw SystemError(call: "open", errno: ENOTDIR, subject: path)
    }
    if let before = folder.children[name] { nodes[before.inode] = nil }
    let file = try makeNode(0o644)
    try file.descriptor.write(all: bytes)
    folder.children[name] = file
  }

  /// The bytes of a file; nil if there is none.
  func content(_ path: String) -> [UInt8]? {
    var node = root
    for name in path.split(separator: "/") { node = node?.children[String(name)] }
    guard let node, !node.isFolder else { return nil }
    return try? node.descriptor.content(from: 0, count: size(node))
  }

  private func size(_ node: SimNode) -> Int {
    node.isFolder ? 0 : Int((try? FullStatus(node.descriptor.raw).size) ?? 0)
  }

  // What programs do.

  /// A fault, or what `body` does: its result, or an errno negated.
  private func attempt(
    _ faults: [CInt], _ body: () throws(SystemError) -> Int32
  ) -> Int32 {
    if network.happens(.fail, oneIn: network.faults.failOneIn) {
      return -faults[network.draw(below: faults.count)]
    }
    do throws(SystemError) { return try body() } catch { return -error.errno }
  }

  /// Whether the owner may do what `mode` says.
  func access(_ path: String, _ mode: CInt) -> Int32 {
    attempt([EIO, EACCES]) { () throws(SystemError) in
      try find(path).allows(UInt32(mode & 7)) ? 0 : -EACCES
    }
  }

  /// A descriptor of its own of a file: that, or an errno negated.
  func open(
    _ path: String, _ flags: CInt, mode: UInt32 = 0o644, from folder: String = ""
  ) -> Int32 {
    let creates = flags & O_CREAT != 0
    return attempt(creates ? [EIO, EMFILE, EACCES, ENOSPC] : [EIO, EMFILE, EACCES]) {
      () throws(SystemError) in
      let (writes, reads) = (flags & O_ACCMODE != O_RDONLY, flags & O_ACCMODE != O_WRONLY)
      if creates {
        let (parent, name) = try place(path, from: folder)
        if parent.children[name] == nil {
          if !parent.allows(3) { return -EACCES }
          let node = try makeNode(mode & 0o777)
          parent.children[name] = node
          parent.changed(now)
          return try reopen(node, flags)
        }
        if flags & O_EXCL != 0 { return -EEXIST }
      }
      let node = try find(path, from: folder)
      if flags & O_DIRECTORY != 0 && !node.isFolder { return -ENOTDIR }
      if node.isFolder && (writes || creates) { return -EISDIR }
      if !node.allows((reads ? 4 : 0) | (writes ? 2 : 0)) { return -EACCES }
      if flags & O_TRUNC != 0 && writes { node.changed(now) }
      return try reopen(node, flags)
    }
  }

  /// A descriptor that reads and writes where it is, and not where others are.
  private func reopen(_ node: SimNode, _ flags: CInt) throws(SystemError) -> Int32 {
    let kept = O_ACCMODE | O_TRUNC | O_APPEND
    let path = FilePath("/proc/self/fd/\(node.descriptor.raw)")
    let file = try Descriptor.open(path, flags & kept)
    return file.release()
  }

  /// Writes a part of a file; as much as was written, or an errno negated.
  func write(_ fd: CInt, _ bytes: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
    attempt([EIO, ENOSPC]) { () throws(SystemError) in
      guard let base = bytes.baseAddress else { return 0 }
      var size = bytes.count
      if network.happens(.short, oneIn: network.faults.shortOneIn) {
        size = 1 + network.draw(below: size)
      }
      let count = unsafe Kernel.write(fd, base, size, at: offset)
      if count > 0 { try node(fd)?.changed(now) }
      return Int32(clamping: count)
    }
  }

  /// A folder of this name.
  func makeFolder(_ path: String, _ mode: UInt32) -> Int32 {
    attempt([EIO, ENOSPC, EACCES]) { () throws(SystemError) in
      let (parent, name) = try place(path)
      if parent.children[name] != nil { return -EEXIST }
      if !parent.allows(3) { return -EACCES }
      parent.children[name] = try makeNode(DMDIR | mode & 0o777)
      parent.changed(now)
      return 0
    }
  }

  /// Takes a file or an empty folder away.
  func remove(_ path: String) -> Int32 {
    attempt([EIO, EACCES]) { () throws(SystemError) in
      let (parent, name) = try place(path)
      guard let node = parent.children[name] else { return -ENOENT }
      if !parent.allows(3) { return -EACCES }
      if !node.children.isEmpty { return -ENOTEMPTY }
      parent.children[name] = nil
      nodes[node.inode] = nil
      parent.changed(now)
      return 0
    }
  }

  private func entry(_ node: SimNode, _ name: String) -> Dir {
    Dir(
      qid: Qid(path: node.inode, vers: node.version, type: UInt8(node.mode >> 24)),
      mode: node.mode, atime: node.mtime, mtime: node.mtime, length: Int64(size(node)), name: name,
      uid: "sim", gid: node.group)
  }

  /// The entries of a folder, in an order that is drawn (D3).
  func list(_ path: String) -> Result<[Dir], SystemError> {
    var found: [Dir] = []
    let result = attempt([EIO, EMFILE, EACCES]) { () throws(SystemError) in
      let node = try find(path)
      if !node.isFolder { return -ENOTDIR }
      if !node.allows(4) { return -EACCES }
      for name in node.children.keys.sorted() {
        guard let child = node.children[name] else { continue }
        found.insert(entry(child, name), at: network.draw(below: found.count + 1))
      }
      return 0
    }
    return result < 0
      ? .failure(SystemError(call: "open", errno: -result, subject: path)) : .success(found)
  }

  /// A file's entry.
  func status(_ path: String) -> Result<Dir, SystemError> {
    status { () throws(SystemError) in
      entry(try find(path), try names(path, from: "").last ?? "/")
    }
  }

  /// The entry of an open file; one without a name has an empty one.
  func status(_ fd: CInt) -> Result<Dir, SystemError> {
    status { () throws(SystemError) in
      if let node = try node(fd) { return entry(node, home(of: node)?.name ?? "") }
      // It has been removed, and is there as long as it is open.
      let left = try FullStatus(fd)
      return Dir(
        qid: Qid(path: left.inode, vers: 0, type: 0), mode: 0, atime: now, mtime: now,
        length: left.size, name: "", uid: "sim", gid: "sim")
    }
  }

  private func status(_ body: () throws(SystemError) -> Dir) -> Result<Dir, SystemError> {
    if network.happens(.fail, oneIn: network.faults.failOneIn) {
      return .failure(SystemError(call: "stat", errno: EIO))
    }
    return Result { () throws(SystemError) in try body() }
  }

  /// What a descriptor leads to; nil if it has no name any more.
  private func node(_ fd: CInt) throws(SystemError) -> SimNode? {
    nodes[try FullStatus(fd).inode]
  }

  /// The folder in which a node is, and its name there; nil if it has been removed.
  private func home(of node: SimNode) -> (folder: SimNode, name: String)? {
    for folder in nodes.values where folder.isFolder {
      // D1: there is one at most, whatever the order.
      if let found = folder.children.first(where: { $0.value === node }) {
        return (folder, found.key)
      }
    }
    return nil
  }

  /// Changes a file's entry, all of it or nothing (D2).
  func change(_ path: String, _ change: DirChange) -> Int32 {
    attempt([EIO, EACCES]) { () throws(SystemError) in
      let node = try find(path)
      return try alter(node, change, try? place(path))
    }
  }

  /// Changes the entry of an open file.
  func change(_ fd: CInt, _ change: DirChange) -> Int32 {
    attempt([EIO, EACCES]) { () throws(SystemError) in
      guard let node = try node(fd) else { return -ENOENT }
      return try alter(node, change, home(of: node))
    }
  }

  private func alter(
    _ node: SimNode, _ change: DirChange, _ home: (folder: SimNode, name: String)?
  ) throws(SystemError) -> Int32 {
    if let name = change.name {
      guard let home, !name.isEmpty, !name.contains("/"), name.utf8.count < 256 else {
        return -EINVAL
      }
      if name != home.name && home.folder.children[name] != nil { return -EEXIST }
      if !home.folder.allows(3) { return -EACCES }
    }
    if let mode = change.mode, (mode ^ node.mode) & 0xFF00_0000 != 0 { return -EINVAL }
    if let length = change.length {
      if node.isFolder { return -EISDIR }
      if length < 0 { return -EINVAL }
      try FileChanges.setSize(.descriptor(node.descriptor.raw), length)
      node.changed(now)
    }
    if let name = change.name, let home {
      home.folder.children[home.name] = nil
      home.folder.children[name] = node
      home.folder.changed(now)
    }
    if let mode = change.mode { node.mode = mode & 0o777 | node.mode & DMDIR }
    if let group = change.gid { node.group = group }
    if let mtime = change.mtime { node.mtime = mtime }
    return 0
  }
}
