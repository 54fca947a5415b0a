import Glibc

/// What tests ask of descriptors.
enum Descriptors {
  /// Waits until `fd` can be read.
  static func waitReadable(_ fd: CInt) {
    var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&entry, 1, -1)
  }
}
