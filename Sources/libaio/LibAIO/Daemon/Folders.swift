// Folders without waiting: made, read and taken away by daemons of the files' lane.

import Glibc
public import Lib9c
public import Sys9
public import SystemPackage

extension Aio.Completion {
  /// The entries that `dirread` found; nil for other operations and for errors.
  public var dirs: [Dir]? {
    guard let job = activity as? DaemonJob<Result<[Dir], SystemError>>,
      case .success(let found) = job.answer
    else { return nil }
    return found
  }
}

extension Aio.Loop {
  /// Makes a directory.  `mkdir(2)`.
  @discardableResult
  public final func makeDirectory(
    _ path: FilePath, mode: UInt32 = 0o777, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let files = files
    return askFile(receiver, Aio.Site(file, line: line, function: function)) {
      () throws(SystemError) in
      if let files { return files.makeFolder("\(path)", mode) }
      try FileChanges.makeDirectory(path, mode)
      return 0
    }
  }

  /// Takes a file or an empty directory away.  `remove(3)`.
  @discardableResult
  public final func remove(
    _ path: FilePath, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let files = files
    return askFile(receiver, Aio.Site(file, line: line, function: function)) {
      () throws(SystemError) in
      if let files { return files.remove("\(path)") }
      return unsafe path.withPlatformString { unsafe Glibc.remove($0) == 0 ? 0 : -errno }
    }
  }

  /// Asks for all entries of a directory but `.` and `..`, in no order; the completion's `dirs` has
  /// them.  What has gone meanwhile is left out.  `dirreadall` of Plan 9.
  @discardableResult
  public final func dirread(
    _ path: FilePath, to receiver: Aio.Receiver,
    file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function
  ) -> Aio.OpToken {
    let site = Aio.Site(file, line: line, function: function)
    let files = files
    return ask(.files, .file, receiver, site) { () -> Result<[Dir], SystemError> in
      if let files { return files.list("\(path)") }
      return Result { () throws(SystemError) in
        var reader = try DirReader(path)
        var found: [Dir] = []
        while let dir = try reader.next() { found.append(dir) }
        return found
      }
    } deliver: { (answer: Result<[Dir], SystemError>, _) in
      switch answer {
      case .success: 0
      case .failure(let error): error.errno == 0 ? -EINVAL : -error.errno
      }
    }
  }

  /// Has a daemon do `work`, whose answer is the completion's result.
  final func askFile(
    _ receiver: Aio.Receiver, _ site: Aio.Site,
    _ work: @escaping @Sendable () throws(SystemError) -> Int32
  ) -> Aio.OpToken {
    ask(.files, .file, receiver, site) {
      do throws(SystemError) { return try work() } catch { return -error.errno }
    } deliver: { (answer: Int32, _) in
      answer
    }
  }
}

extension Aio.AsyncLoop {
  /// Writes a part of a file, and says how much of it: see `Loop.write`.
  public nonisolated(nonsending) func write(
    _ fd: CInt, at offset: Int64, _ bytes: [UInt8]
  ) async throws(SystemError) -> Int {
    try await perform("write") { loop, waiter in
      loop.write(fd, at: offset, bytes, to: waiter)
    }.result
  }

  /// Makes a directory: see `Loop.makeDirectory`.
  public nonisolated(nonsending) func makeDirectory(
    _ path: FilePath, mode: UInt32 = 0o777
  ) async throws(SystemError) {
    _ = try await perform("mkdir") { loop, waiter in
      loop.makeDirectory(path, mode: mode, to: waiter)
    }
  }

  /// Takes a file or an empty directory away: see `Loop.remove`.
  public nonisolated(nonsending) func remove(_ path: FilePath) async throws(SystemError) {
    _ = try await perform("remove") { loop, waiter in loop.remove(path, to: waiter) }
  }

  /// All entries of a directory: see `Loop.dirread`.
  public nonisolated(nonsending) func dirread(_ path: FilePath) async throws(SystemError) -> [Dir] {
    let found = try await perform("dirread") { loop, waiter in loop.dirread(path, to: waiter) }
    guard let job = found.activity as? DaemonJob<Result<[Dir], SystemError>>,
      case .success(let dirs) = job.answer
    else { throw SystemError(call: "dirread", errno: ENOENT) }
    return dirs
  }
}
