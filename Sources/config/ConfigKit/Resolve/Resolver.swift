// The resolver: theory of operation.
//
// Problem.  The model says what there could be; the graph says what is built.  In between lie
// the conditions, the references, and every rule of the language that can be broken.
//
// Shape.  Phases over the whole model, each with its own file:
//
//     settings    options and declarations; conditions get their values
//     references  edges to modules and libraries; cycles, what is disabled
//     existence   every source of the tree is there
//     objects     which sources give which objects, by which commands
//     assembly    archives, programs, Swift modules, generated files -> Graph
//
// A phase that found errors does not stop those after it, unless they would only repeat it.
//
// Invariants.
//   V1  Every condition is evaluated after everything was read.
//   V2  A source has one object per build directory, but for the owners that compile their own.
//   V3  No two steps make one file.

import Sys9
import SystemPackage

/// Turns a model into a graph.
struct Resolver {
  let names: Names
  let diagnostics: Diagnostics
  let machine: Machine
  /// The source tree, for looking at it.
  let sourceRoot: FilePath
  /// What was read, and what more is.
  let inputs: Inputs
  /// The system that is built for, and the one that builds.
  let platform: Platform
  let hostPlatform: Platform
  var model: Model
  var variables: Variables
  var graph = Graph()

  /// Whether each owner's condition holds.
  var isEnabled: [Bool] = []
  /// The enabled edges of each owner, resolved.
  var links: [Links] = []
  /// Sources that a rule makes in the build directory.
  var isGenerated: [Bool] = []
  /// The object of each source, made on first use: an index in `nodes`, or nil.
  var sharedObjects: [Node?] = []
  /// The position-independent object of each source, likewise.
  var picObjects: [Node?] = []
  /// Directories of the tree that were looked at.
  var listedDirectories: [[UInt8]] = []
  /// Answers of pkg-config, by package.
  var packages: [String: [UInt8]?] = [:]
  /// What each owner is put together from, once it was asked.
  var parts: [Parts?] = []
  /// The same for position-independent objects.
  var picParts: [Parts?] = []
  /// What each module gives to Swift, once it was asked.
  var swiftProducts: [Int: SwiftProducts] = [:]
  /// The step that makes each name, or -1.
  var producers: [Int32] = []
  /// Where each installation was described.
  var installPlaces: [Place] = []
  /// Where each step was described.
  var stepPlaces: [Place] = []
  /// The directories that outputs lie in.
  var directories: Set<Name> = []
  var lastDirectory = Name.empty
  /// Directories of generated headers, which join the include path.
  var includeDirectories: [[UInt8]] = []
  /// The one make that is written for, whose own notation is then allowed; nil for several.
  let foreignDialect: Dialect?
  /// What the toolchain cannot build, with the reasons.
  var lacks: [String: String] = [:]
  var toolchainName = ""
  let words: CommandWords

  init(
    model: Model, names: Names, diagnostics: Diagnostics, machine: Machine,
    sourceRoot: FilePath, inputs: Inputs, os: String, variables: Variables,
    foreignDialect: Dialect?
  ) {
    self.model = model
    self.names = names
    self.diagnostics = diagnostics
    self.machine = machine
    self.sourceRoot = sourceRoot
    self.inputs = inputs
    platform = Platform(os: os)
    hostPlatform = Platform(os: machine.system.os)
    self.variables = variables
    self.foreignDialect = foreignDialect
    words = CommandWords()
  }

  /// The graph of the model; its diagnostics tell whether it may be used.
  ///
  /// - Parameter places: writes a place for people.
  mutating func resolve(_ places: (Place) -> String) -> Graph {
    settings()
    references()
    placeSources()
    existence()
    if diagnostics.failed { return graph }
    assemble()
    planTests(places)
    return graph
  }

  /// The text of `name`, for messages.
  func text(_ name: Name) -> String { names.text(name) }

  /// The file called `name` in the build directory.
  func built(_ name: String) -> Node { Node(names.intern(name), isInTree: false) }

  /// The file called `name` in the build directory.
  func built(_ name: [UInt8]) -> Node { Node(names.intern(name), isInTree: false) }
}

/// What an owner refers to, after conditions.
struct Links {
  /// Modules by owner number, in order.
  var modules: [(owner: Int32, place: Place)] = []
  /// Libraries of the tree by owner number, in order.
  var libraries: [(owner: Int32, place: Place)] = []
  /// Those of the libraries that are wanted as archives though they are shared.
  var archives: Set<Int> = []
  /// Libraries of the system, as words for the linker.
  var system: [[UInt8]] = []
}

/// The default commands, parsed once.
struct CommandWords {
  let normalC = MakeText(variable: "NORMAL_C")
  let normalCXX = MakeText(variable: "NORMAL_CXX")
  let normalS = MakeText(variable: "NORMAL_S")
  let normalAS = MakeText(variable: "NORMAL_AS")
  let hostC = MakeText(variable: "HOST_C")
  let normalLink = MakeText(variable: "NORMAL_LINK")
  let hostLink = MakeText(variable: "HOST_LINK")
  let normalShared = MakeText(variable: "NORMAL_SHARED")
  let normalSharedSwift = MakeText(variable: "NORMAL_SHARED_SWIFT")
  let picFlags = MakeText(variable: "PICFLAGS")
  let normalAr = MakeText(variable: "NORMAL_AR")
  /// For objects of one base name: members keep their paths.
  let normalArPaths = MakeText(variable: "NORMAL_AR_PATHS")
  let normalYacc = MakeText(variable: "NORMAL_YACC")
  let normalLex = MakeText(variable: "NORMAL_LEX")

  /// The default command for a source of `kind`, nil where there is none.
  func compile(_ kind: SourceKind, isHost: Bool) -> MakeText? {
    switch kind {
    case .c, .objectiveC, .yacc, .lex: isHost ? hostC : normalC
    case .cxx: normalCXX
    case .preprocessedAssembler: normalS
    case .assembler: normalAS
    default: nil
    }
  }
}

extension MakeText {
  /// A reference to the variable `name`.
  init(variable name: String) {
    self.init(pieces: [.variable([.text(Array(name.utf8))])])
  }

  /// This text with `bytes` appended, literally.
  func appending(_ bytes: [UInt8]) -> MakeText {
    MakeText(pieces: pieces + [.text(bytes)])
  }

  /// This text, a blank, and `other`.
  func appending(_ other: MakeText) -> MakeText {
    MakeText(pieces: pieces + [.text([Byte.space])] + other.pieces)
  }
}
