// What a run of config is asked to do, and what it may ask of the machine.

public import Sys9
public import SystemPackage

/// Which build files are written.
public enum BackEnd: String, Sendable, CaseIterable {
  /// GNU make: `Makefile`.
  case gnu
  /// BSD make: `Makefile`.
  case bsd
  /// Ninja: `build.ninja`.
  case ninja
  /// Ninja, from the directory of a matrix: `matrix.ninja`.
  case matrix

  /// True for what a make reads.
  var isMake: Bool { self == .gnu || self == .bsd }
}

/// An option that the command line sets, whatever the configuration says.
public struct Override: Sendable, Equatable {
  /// The option.
  public var name: String
  /// Its value, nil to turn it off.
  public var value: String?

  /// The option `name` with `value`.
  public init(_ name: String, _ value: String?) {
    self.name = name
    self.value = value
  }

  /// `NAME-VALUE`, or `NAME-off`: a part of a build directory's name.
  var tag: String {
    String(decoding: Quoting.encoded("\(name)-\(value ?? "off")".utf8), as: UTF8.self)
      .replacing("/", with: "+s")
  }
}

/// One run of config: the command line, parsed.
public struct Request: Sendable, Equatable {
  /// The root configuration, as the user named it.
  public var configuration: FilePath
  /// `-o`: the operating system instead of uname's.
  public var os: String?
  /// `-a`: the architecture instead of uname's and the configuration's.
  public var arch: String?
  /// `-I`: directories searched for included files, in order.
  public var includeDirectories: [FilePath] = []
  /// `-d`: the build directory itself.
  public var buildDirectory: FilePath?
  /// True if `buildDirectory` is where the run takes place, not something the user asked for.
  var isInPlace = false
  /// `-s`: the root of the sources.
  public var sourceRoot: FilePath?
  /// `-g`: generate a debug build.
  public var isDebug = false
  /// `--toolchain`: how programs are made, instead of what the configuration says.
  public var toolchain: String?
  /// `-p`: the platform was asked for as such, so that another than this machine has a toolchain.
  public var wantsPlatform = false
  /// `--with`: options by name, with the values that they get; nil turns one off.
  public var settings: [Override] = []
  /// `--sanitize`: what the compilers check at run time.
  public var sanitizer: String?
  /// The build files to write.
  public var backEnds: [BackEnd] = [.gnu]
  /// `-W error`.
  public var warningsAreErrors = false

  /// What tells the build directory from that of the plain configuration.
  var tag: String {
    let tags = [toolchain].compactMap { $0 } + settings.map(\.tag) + [sanitizer].compactMap { $0 }
    return tags.map { ".\($0)" }.joined()
  }

  /// A request for the root configuration at `configuration`, all else by default.
  public init(configuration: FilePath) { self.configuration = configuration }
}

/// What config asks of the machine; tests and fuzzers bring their own.
public struct Machine {
  /// The content of a file.
  public var read: (FilePath) throws(SystemError) -> [UInt8]
  /// The names in a directory, those of directories with a slash behind; nil if there is none.
  public var list: (FilePath) -> [[UInt8]]?
  /// The value of an environment variable.
  public var environment: ([UInt8]) -> [UInt8]?
  /// Runs a command and returns its output, nil if it fails.
  public var run: ([String]) -> [UInt8]?
  /// `uname -s` and `uname -m`.
  public var system: (os: String, arch: String)
  /// Tells the user something that cannot wait for the end of the run.
  public var tell: (String) -> Void = { _ in }
  /// True if there is a regular file at a path.
  public var isFile: (FilePath) -> Bool = { path in
    ((try? Files.status(path)) ?? nil)?.isRegular ?? false
  }
  /// Where the program itself lies: `../share/config` beside it is searched.
  public var program: FilePath?

  /// A machine made of functions.
  public init(
    read: @escaping (FilePath) throws(SystemError) -> [UInt8],
    list: @escaping (FilePath) -> [[UInt8]]?,
    environment: @escaping ([UInt8]) -> [UInt8]?,
    run: @escaping ([String]) -> [UInt8]?,
    system: (os: String, arch: String),
    tell: @escaping (String) -> Void = { _ in },
    program: FilePath? = nil
  ) {
    self.read = read
    self.list = list
    self.environment = environment
    self.run = run
    self.system = system
    self.tell = tell
    self.program = program
  }
}

/// The names of architectures.
enum Architecture {
  /// What `-a` and `arch` accept without a template of their own.
  static let known = ["386", "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x", "sparc64"]

  /// The name used here for what `uname -m` says.
  static func normalised(_ machine: String) -> String {
    switch machine {
    case "x86_64", "amd64": "amd64"
    case "i386", "i486", "i586", "i686", "i86pc": "386"
    case "aarch64", "arm64": "arm64"
    case "sun4v", "sun4u": "sparc64"
    case _ where machine.hasPrefix("armv6") || machine.hasPrefix("armv7"): "arm"
    default: machine
    }
  }
}
