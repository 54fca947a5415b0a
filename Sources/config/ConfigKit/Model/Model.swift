// The model: what a description says, before anything is decided.
//
// Values only: the reader fills it, the resolver reads it.  Conditions are kept, not evaluated.
// Names of sources are those of the description; each source is one record however often it is
// named, and finding it is one array access (`sourceOf`).

/// What a source is, by its suffix.
enum SourceKind: UInt8 {
  case c, cxx, assembler, preprocessedAssembler, objectiveC, swift, lex, yacc
  case header, moduleMap, object, archive, unknown

  /// The kind of a file called `path`.
  init(_ path: ArraySlice<UInt8>) {
    let base = path.lastIndex(of: Byte.slash).map { path[($0 + 1)...] } ?? path
    guard let dot = base.lastIndex(of: Byte.dot) else {
      self = .unknown
      return
    }
    self = Self.bySuffix[String(decoding: base[(dot + 1)...], as: UTF8.self)] ?? .unknown
  }

  private static let bySuffix: [String: SourceKind] = [
    "c": .c, "cc": .cxx, "cpp": .cxx, "cxx": .cxx, "C": .cxx, "s": .assembler,
    "S": .preprocessedAssembler, "m": .objectiveC, "swift": .swift, "l": .lex, "y": .yacc,
    "h": .header, "hh": .header, "hpp": .header, "hxx": .header, "H": .header, "inc": .header,
    "modulemap": .moduleMap, "o": .object, "a": .archive,
  ]

  /// True for what is compiled by a command of its own and gives one object.
  var isCompiled: Bool {
    switch self {
    case .c, .cxx, .assembler, .preprocessedAssembler, .objectiveC, .lex, .yacc: return true
    default: return false
    }
  }

  /// True for what is never compiled and never linked.
  var isHeader: Bool { self == .header || self == .moduleMap }
}

/// A word or string of the description with the place where it stands.
struct Phrase {
  let text: Name
  let place: Place
  /// When it counts.
  var condition = Condition.always
}

/// What is attached to one source: how its object is made.
struct Rule {
  var compileWith: Phrase?
  var depends: [Phrase] = []
  var flags: [Phrase] = []
  var headers: [Phrase] = []
  var clean: [Phrase] = []
  var nuke: [Phrase] = []
  /// Where the file itself is installed.
  var installs: [Phrase] = []
  var warning: Phrase?
  var objPrefix: Phrase?
  var noObj = false
  var noImplicitRule = false
  var beforeDep = false
  var noWarningErrors = false
  var isLocal = false
  var noDepend = false
  /// The sources made by one run of the command, itself among them; -1 for a rule of its own.
  var group: Int32 = -1
}

/// A source: any file that the description names as an item.
struct Source {
  let path: Name
  /// Where it lies: `path`, unless that begins with the name of a `root`.
  var file: Name
  let place: Place
  let kind: SourceKind
  /// The module that it belongs to, or -1.
  var module: Int32 = -1
  var modulePlace = Place.none
  /// What source statements demand of every use.
  var own = Condition.always
  /// Its record in `Model.rules`, or -1.
  var rule: Int32 = -1
}

/// One source named as an item of a module, library or program.
struct Use {
  let source: Int32
  let condition: Condition
  let place: Place
}

/// What an owner refers to.
enum EdgeKind {
  case module, library
}

/// A reference from an owner to a module, a library or a system library.
struct Edge {
  let kind: EdgeKind
  let name: Name
  let condition: Condition
  let place: Place
}

/// What kind of thing holds sources.
enum OwnerKind: String {
  case module, library, program
  case host = "host program"
}

/// A module, library or program.
struct Owner {
  let kind: OwnerKind
  let name: Name
  let place: Place
  var condition = Condition.always
  var uses: [Use] = []
  var edges: [Edge] = []
  var flags: [Phrase] = []
  var headers: [Phrase] = []
  var compileWith: Phrase?
  var linkWith: Phrase?
  var depends: [Phrase] = []
  var clean: [Phrase] = []
  var nuke: [Phrase] = []
  /// The options and params that reach its Swift sources.
  var swiftNames: [Phrase] = []
  /// Where what it makes is installed; for a module its headers.
  var installs: [Phrase] = []
  /// Set for a library that is shared.
  var shared: SharedLibrary?
}

/// What `library L shared` says.
struct SharedLibrary {
  /// The version in its file's name; empty for none.
  var version = Name.empty
  /// The name that programs look for; nil for the usual one.
  var soname: Phrase?
  /// The file of the tree that lists what is exported.
  var exports: Phrase?
  /// False if there is no archive beside it.
  var hasArchive = true
}

/// A directory of sources outside the root: `root NAME PATH`.
struct SourceRoot {
  let path: Name
  let place: Place
}

/// The value of an option or param.
struct Setting {
  var value: Name
  var place: Place
  /// True if it came by `like`: overriding it is then worth a note, not a warning.
  var isInherited: Bool
}

/// A declared option: `defoption`.
struct OptionDeclaration {
  let place: Place
  var type = "bool"
  var defaultValue: Name?
  var values: [Name] = []
  var help: Name?
  var depends: [Phrase] = []
}

/// Names with values, in order of first definition.
struct OrderedTable<Value> {
  private(set) var keys: [Name] = []
  private var values: [Name: Value] = [:]

  subscript(_ name: Name) -> Value? { values[name] }

  var isEmpty: Bool { keys.isEmpty }

  mutating func set(_ name: Name, _ value: Value) {
    if values.updateValue(value, forKey: name) == nil { keys.append(name) }
  }

  mutating func remove(_ name: Name) {
    if values.removeValue(forKey: name) != nil { keys.removeAll { $0 == name } }
  }

  /// The pairs in order.
  var pairs: [(Name, Value)] { keys.compactMap { key in values[key].map { (key, $0) } } }
}

/// A variable that the description gives to make: `makeoption`.
struct MakeOption {
  /// The values in the order of `+=`.
  var values: [[UInt8]]
  /// True if it only appends, to what the defaults say.
  var isAppended: Bool
  var place: Place
  var isInherited: Bool
}

/// All that a description says.
struct Model {
  var ident: Phrase?
  var arch: Phrase?
  /// The toolchain that the configuration asks for.
  var toolchain: Phrase?
  var includesConfiguration = false
  var params = OrderedTable<Setting>()
  var options = OrderedTable<Setting>()
  /// Options that `no option` turned off.
  var optionsOff: Set<Name> = []
  /// Tests and benchmarks.
  var tests = OrderedTable<TestStatement>()
  /// What the compiler is asked.
  var probes = OrderedTable<Probe>()
  var declarations = OrderedTable<OptionDeclaration>()
  var makeOptions = OrderedTable<MakeOption>()
  /// Directories of sources outside the root, by name.
  var roots = OrderedTable<SourceRoot>()
  /// Headers that config.h ends with.
  var headers: [Phrase] = []
  var sources: [Source] = []
  var rules: [Rule] = []
  /// The sources of each grouped rule.
  var groups: [[Int32]] = []
  var owners: [Owner] = []
  var conditions = Conditions()

  /// Modules, and libraries with programs: two namespaces.
  var modules: [Name: Int32] = [:]
  var libraries: [Name: Int32] = [:]

  private var sourceOf: [Int32] = []

  /// The source called `path`, made if it is new.
  mutating func source(_ path: Name, _ place: Place, _ names: Names) -> Int32 {
    let index = Int(path.index)
    if index >= sourceOf.count {
      let missing = max(index + 1, names.count) - sourceOf.count
      sourceOf.append(contentsOf: repeatElement(-1, count: missing))
    }
    if sourceOf[index] < 0 {
      sourceOf[index] = Int32(sources.count)
      sources.append(
        Source(path: path, file: path, place: place, kind: SourceKind(names[path])))
    }
    return sourceOf[index]
  }

  /// The source called `path`, nil if the description names none.
  func knownSource(_ path: Name) -> Int32? {
    let index = Int(path.index)
    return index < sourceOf.count && sourceOf[index] >= 0 ? sourceOf[index] : nil
  }

  /// The rule of source `index`, made if it is new, for `change` to alter.
  mutating func changeRule(of index: Int32, _ change: (inout Rule) -> Void) {
    if sources[Int(index)].rule < 0 {
      sources[Int(index)].rule = Int32(rules.count)
      rules.append(Rule())
    }
    change(&rules[Int(sources[Int(index)].rule)])
  }

  /// The rule of source `index`, nil if nothing is attached to it.
  func rule(of index: Int32) -> Rule? {
    let rule = sources[Int(index)].rule
    return rule < 0 ? nil : rules[Int(rule)]
  }
}
