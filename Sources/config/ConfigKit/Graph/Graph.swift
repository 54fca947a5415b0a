// The graph: theory of operation.
//
// Problem.  Three makes, a compile database and a record all want the same thing: which files are
// made from which by which command.  50,000 steps must fit in a few megabytes.
//
// Shape.  Nothing of make or Ninja is in here.  A node is a file, named once; a step makes
// outputs from inputs by a command; lists of nodes are slices of one array; commands are few,
// since steps that differ only in their files share one.
//
// Invariants.
//   G1  A node is the output of at most one step.
//   G2  The first input of a step is what its command calls `$<`.
//   G3  Nothing in the graph depends on where the source tree lies.
//   G4  Output names are plain (`Quoting.isPlain`): only names of the tree can be awkward.

/// A file: in the build directory, or in the source tree.
struct Node: Hashable {
  private let raw: UInt32

  /// The file called `name`, relative to the source tree or to the build directory.
  init(_ name: Name, isInTree: Bool) {
    raw = name.index << 1 | (isInTree ? 1 : 0)
  }

  var name: Name { Name(index: raw >> 1) }
  var isInTree: Bool { raw & 1 == 1 }
}

/// A slice of `Graph.nodes`.
struct NodeList {
  var start: Int32 = 0
  var count: Int32 = 0
}

/// What a step does: how it is shown, and which make idioms it needs.
enum StepKind: UInt8 {
  /// Compiles one source to one object.
  case compile
  /// Runs a command of the description that makes files.
  case generate
  /// Packs objects into a library.
  case archive
  /// Links a program.
  case link
  /// Links a shared library.
  case share
  /// Makes a C module that Swift can import.
  case clangModule
  /// Makes a Swift module's interface; left untouched if its content is the same.
  case swiftInterface
  /// Compiles a Swift module's sources; left untouched if its content is the same.
  case swiftObject

  /// True for steps that have objects, libraries and a linker.
  var isLinked: Bool { self == .link || self == .share }

  /// True for outputs that a run may leave untouched, which make must know.
  var keepsEqualOutput: Bool { self == .swiftInterface || self == .swiftObject }
}

/// One step of a build.
struct Step {
  /// Where objects lie that mirror the tree, and the position-independent ones.
  static let objectFolder = "o/"
  static let picFolder = "o/.pic/"

  let kind: StepKind
  var outputs: NodeList
  var inputs: NodeList
  /// Prerequisites that the command does not name.
  var implicit: NodeList
  /// True if it waits for what `before-dep` names.
  var waits: Bool
  /// Its command, in `Graph.commands`.
  let command: Int32
  /// True for a compilation of the plain `PATH` of the tree to `o/PATH.o`, with nothing else to
  /// wait for: all of those of one command can be one rule.
  var isMirrored = false
  /// The owner whose OBJS and LIBS it means: an index in `Graph.bundles`, or -1.
  var bundle: Int32 = -1
}

/// A command that many steps can share.
struct StepCommand {
  let text: MakeText
  /// True if it writes a depfile (it says `${DEPFLAGS}`, perhaps through other variables).
  var writesDepfile = false
  /// Where a Swift or clang module step writes its depfile; empty otherwise.
  var depfile = ""
}

/// What a library or program is put together from.
struct Bundle {
  let name: Name
  /// The file made.
  let output: Node
  let isProgram: Bool
  let isHost: Bool
  /// Its objects, in link order.
  var objects: NodeList
  /// Its sources, in the order of the description.
  var sources: NodeList
  /// Libraries of the tree, then flags for those of the system.
  var libraries: NodeList
  var systemLibraries: [[UInt8]] = []
  /// The variable that links it: CC, CXX or SWIFTC.
  var linker = "CC"
  /// Where the linked file looks for shared libraries of the tree; empty if it needs none.
  var rpaths: [String] = []
}

/// A Swift or C module for the compile database.
struct SwiftUnit {
  let name: [UInt8]
  let sources: NodeList
  let step: Int32
}

/// A file that `install` puts below PREFIX.
struct Installation {
  /// The file; for a link what it leads to.
  let node: Node
  /// The directory below PREFIX.
  let directory: [UInt8]
  /// The name there.
  let name: [UInt8]
  let isExecutable: Bool
  /// True for another name of `node`, which is installed beside it.
  let isLink: Bool
}

/// All that is to be built.
struct Graph {
  var nodes: [Node] = []
  var steps: [Step] = []
  var commands: [StepCommand] = []
  var bundles: [Bundle] = []
  var swiftUnits: [SwiftUnit] = []
  /// What is built before any compilation.
  var beforeDep: [Node] = []
  /// What `all` builds.
  var goals: [Node] = []
  /// Tests and benchmarks.
  var tests: [PlannedTest] = []
  /// What `install` puts where.
  var installations: [Installation] = []
  /// Words for `clean` and `nuke`, in make's notation.
  var clean: [MakeText] = []
  var nuke: [MakeText] = []
  /// Files that config itself writes for Swift: names and contents.
  var generated: [(path: [UInt8], content: [UInt8])] = []
  /// Directories below the build directory that steps write to.
  var directories: [[UInt8]] = []
  private var commandOf: [MakeText: Int32] = [:]

  /// How many sources are compiled.
  var sourceCount: Int {
    steps.count { $0.kind == .compile } + swiftUnits.reduce(0) { $0 + Int($1.sources.count) }
  }

  /// The nodes of `list`.
  subscript(_ list: NodeList) -> ArraySlice<Node> {
    nodes[Int(list.start)..<Int(list.start + list.count)]
  }

  /// Stores `items` and returns their list.
  mutating func list(_ items: some Sequence<Node>) -> NodeList {
    let start = Int32(nodes.count)
    nodes.append(contentsOf: items)
    return NodeList(start: start, count: Int32(nodes.count) - start)
  }

  /// The number of the command `text`, which equal texts share.
  mutating func command(_ text: MakeText) -> Int32 {
    if let known = commandOf[text] { return known }
    let index = Int32(commands.count)
    commands.append(StepCommand(text: text))
    commandOf[text] = index
    return index
  }
}
