// What linking is called on each system: names of files, flags, and the libraries beside libc.

/// The customs of one system's linker.
public struct LinkPlatform: Equatable, Sendable {
  /// The system's `uname -s`.
  public let os: String

  /// The customs of the system called `os` by `uname -s`; one unknown is taken for an ELF system.
  public init(os: String) { self.os = os }

  var isDarwin: Bool { os == "Darwin" }

  /// What a shared library is called behind its name.
  public var sharedSuffix: String { isDarwin ? ".dylib" : ".so" }

  /// What begins and ends a list of archives that need one another; nothing where the linker
  /// reads archives until they give no more.
  var group: (begin: [String], end: [String]) {
    isDarwin ? ([], []) : (["-Xlinker", "--start-group"], ["-Xlinker", "--end-group"])
  }

  /// The flags by which a program finds shared libraries in `directory`.
  func runPath(_ directory: String) -> [String] {
    os == "SunOS"
      ? ["-Xlinker", "-R", "-Xlinker", directory] : ["-Xlinker", "-rpath", "-Xlinker", directory]
  }

  /// The flags that name a shared library.
  func naming(_ name: String) -> [String] {
    isDarwin
      ? ["-Xlinker", "-install_name", "-Xlinker", "@rpath/\(name)"]
      : ["-Xlinker", "-soname", "-Xlinker", name]
  }

  /// The libraries beside libc that somebody who leaves `undefined` behind has to name here.
  ///
  /// Darwin's libSystem has them all.  Linux has them all since glibc 2.34, but for mathematics.
  func companions(_ undefined: Set<String>) -> [String] {
    if isDarwin { return [] }
    var result: [String] = []
    if !undefined.isDisjoint(with: Self.mathematics) { result.append("m") }
    if undefined.contains(where: { $0.hasPrefix("pthread_") }) { result.append("pthread") }
    if os == "Linux", !undefined.isDisjoint(with: ["dlopen", "dlsym", "dladdr"]) {
      result.append("dl")
    }
    if os == "SunOS" || os == "Linux", undefined.contains("clock_gettime") { result.append("rt") }
    if os == "SunOS", !undefined.isDisjoint(with: ["socket", "bind", "connect", "accept"]) {
      result += ["socket", "nsl"]
    }
    return result
  }

  /// The functions of `<math.h>`, for `double`, `float` and `long double`.
  private static let mathematics: Set<String> = {
    let names = """
      acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 \
      fdim floor fma fmax fmin fmod frexp hypot ilogb j0 j1 jn ldexp lgamma llrint llround log \
      log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow remainder \
      remquo rint round scalbln scalbn sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
      """
    return Set(names.split(separator: " ").flatMap { ["\($0)", "\($0)f", "\($0)l"] })
  }()
}
