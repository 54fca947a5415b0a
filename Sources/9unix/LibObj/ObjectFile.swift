// Object files: theory of operation.
//
// Problem.  A linker's front end has to know what an object wants before the linker runs: which
// libraries its source named, which modules of Swift it uses, which shared libraries a library
// brings along.  nm, readelf, otool and swift-autolink-extract each know a part, differ from system
// to system, and cost a process and a text format each.
//
// Shape.  One pure reader, bytes in, values out:
//
//     Archive      !<arch>, members by GNU's and by BSD's way of long names
//     ObjectFile   ELF (32, 64, both orders) and Mach-O (32, 64), by their first bytes;
//                  a universal Mach-O file is several of them
//     Needs        what an object asks the linker for; see Needs.swift
//
// Invariants.
//   O1  Every offset and size that a file gives is compared with the file before it is used: any
//       bytes give a value or an ObjectError, never a trap.
//   O2  Time and memory are linear in the file's size, whatever the file says of itself.
//   O3  Tables that overlap, are missing or in an odd order are no fault: what is there is read.
//
// Rejected.  mmap and pointers into the file: a file cut short while it is read would be a signal.
// PE and XCOFF: nothing of ours links there by 9l.

/// What an object file is.
public enum ObjectKind: String, Sendable {
  case relocatable, program, shared, other
}

/// A symbol of an object file.
public struct Symbol: Equatable, Sendable {
  /// As it stands in the table: in Mach-O with C's underscore.
  public let name: String
  /// The address, or the offset in its section.
  public let value: UInt64
  /// The bytes that it names; 0 where the format does not tell, as in Mach-O.
  public let size: UInt64
  /// False if another object is to define it.
  public let isDefined: Bool
  /// False if others cannot see it.
  public let isGlobal: Bool
  /// Weak: others may override it, or nobody need define it.
  public let isWeak: Bool
  /// True for a function, as far as the format tells: in Mach-O every symbol of a code section.
  public let isFunction: Bool
}

/// A section: its name and the bytes that the file has of it.
public struct Section: Sendable {
  /// `.text`; in Mach-O `__TEXT,__text`.
  public let name: String
  /// The address where it is loaded, 0 in an object.
  public let address: UInt64
  /// Its content; empty for `.bss`.
  public let content: ArraySlice<UInt8>
}

/// What there is to know of an object, a program or a shared library before it is linked.
public struct ObjectFile: Sendable {
  /// `elf` or `macho`.
  public enum Format: String, Sendable { case elf, macho }

  /// The format.
  public let format: Format
  /// What the file is.
  public let kind: ObjectKind
  /// The architecture by our names: `amd64`, `386`, `arm64`; `machine-N` for one that has none.
  public let arch: String
  /// All sections, in the file's order.
  public internal(set) var sections: [Section] = []
  /// The symbols of the full table, or of the dynamic one if the file is stripped.
  public internal(set) var symbols: [Symbol] = []
  /// The shared libraries that it needs, by the names that it knows them by.
  public internal(set) var needed: [String] = []
  /// The name by which others need it: the soname, the install name; nil if it has none.
  public internal(set) var soname: String?
  /// Where it looks for what it needs.
  public internal(set) var runPaths: [String] = []
  /// Options for the linker: Mach-O's `LC_LINKER_OPTION`, each with its words.
  public internal(set) var linkerOptions: [[String]] = []

  /// Reads an object file; O(file).
  ///
  /// - Throws: what is wrong with it, or that it is none.
  public init(_ bytes: [UInt8]) throws(ObjectError) { try self.init(bytes[...]) }

  /// Reads an object file that lies in a larger one, such as a member of an archive.
  public init(_ bytes: ArraySlice<UInt8>) throws(ObjectError) {
    let data = ObjectBytes(bytes)
    if data.begins(ELF.magic) {
      self = try ELF.read(data)
    } else if MachO.isObject(data) {
      self = try MachO.read(data)
    } else {
      throw data.fault("neither ELF nor Mach-O", 0)
    }
  }

  init(format: Format, kind: ObjectKind, arch: String) {
    self.format = format
    self.kind = kind
    self.arch = arch
  }

  /// The objects of a universal Mach-O file; of another object file, that file alone.
  public static func slices(_ bytes: ArraySlice<UInt8>) throws(ObjectError) -> [ObjectFile] {
    let data = ObjectBytes(bytes)
    if !MachO.isUniversal(data) { return [try ObjectFile(bytes)] }
    var files: [ObjectFile] = []
    for part in try MachO.parts(data) { files.append(try ObjectFile(part)) }
    return files
  }

  /// True if `bytes` begin as an object file does.
  public static func isObject(_ bytes: ArraySlice<UInt8>) -> Bool {
    let data = ObjectBytes(bytes)
    return data.begins(ELF.magic) || MachO.isObject(data) || MachO.isUniversal(data)
  }
}
