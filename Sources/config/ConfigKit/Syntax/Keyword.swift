// The words of the language, in one table.

/// A word with a meaning: a directive at the head of a statement, or an attachment.
///
/// The order is that of `Names`: the keyword's index there is its place here (N2).
enum Keyword: String, CaseIterable {
  // Directives.
  case ident, arch, like, includeconfig, makeoption, param, option, defoption, include, header
  case probe, root, no, module, library, program, source, test, bench, toolchain
  // Attachments that are not directives as well.
  case noObj = "no-obj"
  case noImplicitRule = "no-implicit-rule"
  case beforeDep = "before-dep"
  case depend
  case compileWith = "compile-with"
  case linkWith = "link-with"
  case clean, nuke, flags, uses, install, soname, exports
  case noStatic = "no-static"
  // BSD's spellings.
  case beforeDepend = "before-depend"
  case dependency, optional, standard
  case objPrefix = "obj-prefix"
  case warning, nowerror, local
  case noDepend = "no-depend"
  // Read only directly after a name.
  case host

  /// The keyword that `name` is, nil for any other word.
  init?(_ name: Name) {
    let index = Int(name.index) - 1
    guard index >= 0 && index < Self.table.count else { return nil }
    self = Self.table[index]
  }

  private static let table = Self.allCases

  /// True for the words that can begin a statement.
  var isDirective: Bool {
    switch self {
    case .ident, .arch, .like, .includeconfig, .makeoption, .param, .option, .defoption,
      .include, .header, .probe, .root, .no, .module, .library, .program, .source, .test, .bench,
      .toolchain:
      return true
    default: return false
    }
  }

  /// True for the words that can follow the items of a clause.
  var isAttachment: Bool {
    switch self {
    case .option, .module, .library, .header, .noObj, .noImplicitRule, .beforeDep, .depend,
      .compileWith, .linkWith, .clean, .nuke, .flags, .uses, .install, .soname, .exports,
      .noStatic, .beforeDepend, .dependency, .optional, .standard, .objPrefix, .warning, .nowerror,
      .local, .noDepend:
      return true
    default: return false
    }
  }

  /// True for what may stand in the root configuration alone, or in one reached by `like`.
  var isTopLevelOnly: Bool {
    switch self {
    case .ident, .arch, .like, .includeconfig, .makeoption, .param, .option, .header, .no,
      .toolchain:
      return true
    default: return false
    }
  }
}
