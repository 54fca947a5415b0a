// What 9l is asked, and the files that it may look at.

/// A word of the command line, by what it means to the link.
public enum LinkInput: Equatable, Sendable {
  /// An object, an archive or a shared library.
  case file(String)
  /// `-lNAME`.
  case library(String)
  /// Words for the compiler that links, in their place among the files.
  case flags([String])
}

/// What is to be linked, and how.
public struct LinkRequest: Sendable {
  /// What kind of file comes of it.
  public enum Product: Sendable { case program, shared }
  /// Which libraries are taken as archives.
  public enum Archives: Sendable { case none, ours, all }

  /// The file to make.
  public var output = "a.out"
  /// Whether it is a program.
  public var product = Product.program
  /// Whether libraries are copied into it.
  public var archives = Archives.none
  /// Files, libraries and flags, in the order of the command line.
  public var inputs: [LinkInput] = []
  /// Where libraries are looked for, first to last.
  public var directories: [String] = []
  /// Where a program looks for shared libraries; nil for the directories where they were found.
  public var runPaths: [String]?
  /// The name by which others are to need a shared library; nil for the file's.
  public var soname: String?
  /// The compilers that link, by language, each with its first flags.
  public var compilers: (c: [String], cxx: [String], swift: [String]) = (
    ["cc"], ["c++"], ["swiftc"]
  )
  /// The system that is linked for.
  public var platform = LinkPlatform(os: "Linux")

  /// An empty request.
  public init() {}
}

/// The files that a link looks at.
public struct LinkFiles {
  let read: (String) throws -> [UInt8]
  let list: (String) -> [String]

  /// - Parameters:
  ///   - read: the content of a file.
  ///   - list: the names in a directory; none if there is no such directory.
  public init(
    read: @escaping (String) throws -> [UInt8], list: @escaping (String) -> [String]
  ) {
    self.read = read
    self.list = list
  }
}

/// Why there is no link.
public struct LinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What it is about: a file.
  public let subject: String
  /// What is wrong with it, and what helps.
  public let reason: String

  /// `SUBJECT: REASON`.
  public var description: String { "\(subject): \(reason)" }
}

/// What is to be done: a command, and why it says what it says.
public struct LinkPlan: Equatable, Sendable {
  /// The command that links.
  public internal(set) var command: [String] = []
  /// The libraries that were found, in the order of the link; those that need one another are
  /// one group.
  public internal(set) var groups: [[String]] = []
  /// A line for each library: who asked for it, and by what.
  public internal(set) var reasons: [String] = []
}
