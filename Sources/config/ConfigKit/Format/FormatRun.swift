// Laying out files of the disk: read, compare, and put in place what differs.

import Glibc
public import Sys9
public import SystemPackage

/// A file that was laid out, or could not be.
public struct FormattedFile: Sendable {
  /// The file as it is on the disk.
  public let source: [UInt8]
  /// How it went.
  public let outcome: FormatOutcome

  /// True if the file is not laid out yet.
  public var differs: Bool {
    if case .formatted(let bytes) = outcome { return bytes != source }
    return false
  }

  /// The change, in the unified format; empty without one.
  public func difference(_ name: String) -> [UInt8] {
    guard case .formatted(let bytes) = outcome else { return [] }
    return LineDiff(source, bytes).unified("\(name)", "\(name) (laid out)")
  }
}

extension Formatter {
  /// True for the files of `conf/` that are makefiles and not in this language.
  public static func isMakefile(_ path: FilePath) -> Bool {
    let base = path.lastComponent?.string ?? ""
    return base.hasPrefix("Makefile") || base.hasSuffix(".mk")
  }

  /// Reads and lays out the file at `path`; writes nothing.
  ///
  /// - Throws: what reading it reports.
  public static func format(file path: FilePath) throws(SystemError) -> FormattedFile {
    let source = try Files.read(path)
    return FormattedFile(source: source, outcome: format(source, name: path.description))
  }

  /// Puts `bytes` in the place of the file at `path`: it is the old one or the new one at any
  /// time, keeps its mode, and stays a link if it is one.
  ///
  /// - Throws: what writing reports; the file is then as it was.
  public static func replace(_ path: FilePath, with bytes: [UInt8]) throws(SystemError) {
    let real = try Files.real(path)
    let mode = try FullStatus(real, follows: true).mode & 0o7777
    let output = try OutputFile(real)
    do throws(SystemError) {
      output.put(bytes)
      if try output.finish() {
        try output.keepMode(mode)
        try output.commit()
      }
    } catch {
      output.abandon()
      throw error
    }
  }
}
