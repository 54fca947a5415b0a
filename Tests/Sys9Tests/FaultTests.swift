import Glibc
import Support
import Sys9
import SystemPackage
import Testing

/// Each case names one call that fails once or always: what the layer above must make of it.
///
/// Serial: the script answers for every system call of the process that goes through Sys9.
@Suite("Faults", .serialized) struct FaultTests {
  /// A script that lets `call` fail with `code` the first `times` times.
  private static func failing(_ call: String, _ code: CInt, times: Int) -> Faults.Script {
    let left = Guarded(times)
    let me = pthread_self()
    return { name in
      guard name == call, pthread_equal(pthread_self(), me) != 0 else { return nil }
      return left.withLock { count in
        count -= 1
        return count >= 0 ? code : nil
      }
    }
  }

  @Test("EINTR is retried at every call", arguments: ["open", "fstat", "read"])
  func retries(_ call: String) throws {
    let scratch = try Workshop()
    try scratch.write("f", "text")
    let text = try Faults.inject(Self.failing(call, EINTR, times: 3)) { try scratch.read("f") }
    #expect(text == "text")
  }

  @Test(
    "other faults are told with the call and the file",
    arguments: [("open", EMFILE), ("open", EACCES), ("fstat", EIO), ("read", EIO)])
  func reports(_ call: String, _ code: CInt) throws {
    let scratch = try Workshop()
    try scratch.write("f", "text")
    let path = scratch.path("f")
    let error = #expect(throws: SystemError.self) {
      try Faults.inject(Self.failing(call, code, times: 1)) { try Files.read(path) }
    }
    #expect(error == SystemError(call: call, errno: code, subject: path.description))
  }

  @Test("a file system that makes no directory is told as that, and not tried for ever")
  func noDirectories() throws {
    let scratch = try Workshop()
    let path = scratch.path("a").appending("b")
    let error = #expect(throws: SystemError.self) {
      try Faults.inject(Self.failing("mkdir", ENOENT, times: .max)) {
        try Files.makeDirectories(path)
      }
    }
    #expect(error?.call == "mkdir")
    #expect(error?.errno == ENOENT)
  }

  @Test("a full disk is told by write", arguments: [ENOSPC, EIO, EDQUOT])
  func writing(_ code: CInt) throws {
    let scratch = try Workshop()
    try scratch.write("f", "")
    let file = try Descriptor.open(scratch.path("f"), O_WRONLY)
    let error = #expect(throws: SystemError.self) {
      try Faults.inject(Self.failing("write", code, times: 1)) { try file.write("more") }
    }
    #expect(error?.errno == code)
    #expect(try scratch.read("f").isEmpty)
  }

  @Test("a file below a directory is opened, and no other, also where the system cannot tell")
  func beneath() throws {
    let scratch = try Workshop()
    try scratch.write("root/a/f", "text")
    try scratch.write("outside", "no")
    let link = unsafe symlink("../outside", scratch.path("root/out").string)
    #expect(link == 0)
    let root = try Descriptor.open(scratch.path("root"), O_RDONLY | O_DIRECTORY)
    for hasCall in [true, false] {
      let script = Self.failing("openat2", ENOSYS, times: hasCall ? 0 : .max)
      try Faults.inject(script) {
        let file = try root.openBeneath("a/f", O_RDONLY)
        var room = [UInt8](repeating: 0, count: 8)
        let count = try unsafe room.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 1) }
        #expect(count == 3 && room[..<3].elementsEqual("ext".utf8))
        for name in ["out", "../outside", "a/../../outside", "/etc/passwd"] as [FilePath] {
          #expect(throws: SystemError.self) { _ = try root.openBeneath(name, O_RDONLY) }
        }
        #expect(throws: SystemError(call: "pread", errno: EIO)) {
          try Faults.inject(Self.failing("pread", EIO, times: 1)) {
            _ = try unsafe room.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: 0) }
          }
        }
      }
    }
  }

  @Test func removingWhatIsGoneIsNoError() throws {
    let scratch = try Workshop()
    try Files.remove(scratch.path("nosuch"))
    let error = #expect(throws: SystemError.self) {
      try Faults.inject(Self.failing("unlink", EPERM, times: 1)) {
        try Files.remove(scratch.path("nosuch"))
      }
    }
    #expect(error?.errno == EPERM)
  }

  @Test func describesItself() {
    let error = SystemError(call: "open", errno: ENOENT, subject: "conf/X")
    #expect("\(error)" == "conf/X: No such file or directory")
    #expect("\(SystemError(call: "pipe2", errno: EMFILE))" == "pipe2: Too many open files")
  }
}
