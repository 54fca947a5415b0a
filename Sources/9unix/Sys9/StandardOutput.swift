// What a program prints, and its end where it cannot.
//
// A program that could not write what it had to say has failed, whatever else went well: whoever
// reads the file of a full disk must not take half of an answer for all of it.

import Glibc

/// The standard output of a program, which remembers that it failed.
///
/// Text is collected as by `BufferedWriter` and written by `flush` and `status`.  After a failure
/// nothing more is written: what follows a gap would be taken for what belongs there.  Belongs to
/// one thread.
public final class StandardOutput {
  private let program: String
  private var writer: BufferedWriter
  /// Why it cannot be written to; nil as long as it can.
  public private(set) var failure: SystemError?

  /// - Parameters:
  ///   - program: named where a failure is told.
  ///   - fd: written to, and never closed.
  public init(of program: String, _ fd: CInt = 1) {
    self.program = program
    writer = BufferedWriter(fd)
  }

  /// Appends `text` and `terminator`.
  public func print(_ text: String, terminator: String = "\n") {
    attempt { (writer) throws(SystemError) in try writer.write(text + terminator) }
  }

  /// Writes what has been printed.
  public func flush() {
    attempt { (writer) throws(SystemError) in try writer.flush() }
  }

  /// Writes what has been printed, and says on standard error if any of it was not written.
  ///
  /// - Parameter status: the exit status of a program that has nothing else to complain of.
  /// - Returns: `status`; 1 instead of 0 if something was not written.
  public func status(_ status: CInt = 0) -> CInt {
    flush()
    guard let failure else { return status }
    Self.complain("\(program): write error: \(failure.reason)\n")
    return status == 0 ? 1 : status
  }

  /// Writes `text` to standard error, where a failure has nobody left to be told to.
  public static func complain(_ text: String) {
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBytes { try? unsafe Sys9.write(STDERR_FILENO, all: $0) }
  }

  private func attempt(_ body: (inout BufferedWriter) throws(SystemError) -> Void) {
    if failure != nil { return }
    do throws(SystemError) { try body(&writer) } catch { failure = error }
  }
}
