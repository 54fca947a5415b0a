// Platforms: what files are called, and how shared libraries are linked, on each of them.
//
// One table for all systems: an object format says nearly everything.  ELF serves whatever is not
// named here.
//
//     ELF      libz.so.1.2.3   libz.so.1 and libz.so lead there    rpath $ORIGIN
//     Mach-O   libz.1.2.3.dylib   libz.1.dylib, libz.dylib         rpath @loader_path
//     PE       libz-1.dll                                          beside the program
//
// Linker flags are given as `-Xlinker FLAG`, which gcc, clang and swiftc all take.

/// The format of objects and programs.
enum ObjectFormat {
  case elf, machO, pe
}

/// The system that is built for, as far as names and links go.
struct Platform {
  let format: ObjectFormat

  /// The platform of the system called `os`, by its `uname -s`.
  init(os: String) {
    switch os {
    case "Darwin": format = .machO
    case "Windows": format = .pe
    default: format = .elf
    }
  }

  /// The file of the program called `name`.
  func program(_ name: String) -> String {
    format == .pe && !name.hasSuffix(".exe") ? "\(name).exe" : name
  }

  /// True if objects for shared libraries are compiled differently from others.
  var compilesShared: Bool { format != .pe }

  /// The files of a shared library: the library itself, the name that programs look for at run
  /// time, and the links that lead to the library.
  func shared(
    _ library: String, version: String, soname: String?
  ) -> (file: String, soname: String, links: [String]) {
    let major = version.split(separator: ".").first.map(String.init) ?? ""
    let file: String
    let names: [String]
    switch format {
    case .elf:
      file = version.isEmpty ? "\(library).so" : "\(library).so.\(version)"
      let wanted = major.isEmpty ? "\(library).so" : "\(library).so.\(major)"
      names = [soname ?? wanted, "\(library).so"]
    case .machO:
      file = version.isEmpty ? "\(library).dylib" : "\(library).\(version).dylib"
      let wanted = major.isEmpty ? "\(library).dylib" : "\(library).\(major).dylib"
      names = [soname ?? wanted, "\(library).dylib"]
    case .pe:
      file = soname ?? (major.isEmpty ? "\(library).dll" : "\(library)-\(major).dll")
      names = []
    }
    var links: [String] = []
    for name in names where name != file && !links.contains(name) { links.append(name) }
    return (file, names.first ?? file, links)
  }

  /// The linker's flags that give a shared library its name.
  func naming(_ soname: String, version: String) -> [String] {
    switch format {
    case .elf: return ["-soname", soname]
    case .machO:
      let numbers = version.isEmpty ? [] : ["-current_version", version]
      return ["-install_name", "@rpath/\(soname)"] + numbers
    case .pe: return []
    }
  }

  /// The linker's flags for a list of exported names in `file`.
  func exporting(_ file: String) -> [String] {
    switch format {
    case .elf: ["--version-script=\(file)"]
    case .machO: ["-exported_symbols_list", file]
    case .pe: [file]
    }
  }

  /// Exported names as this platform's linker reads them.
  func exportList(_ symbols: [String]) -> String {
    switch format {
    case .elf:
      "{\n  global:\n" + symbols.map { "    \($0);\n" }.joined() + "  local:\n    *;\n};\n"
    case .machO: symbols.map { "_\($0)\n" }.joined()
    case .pe: "EXPORTS\n" + symbols.map { "  \($0)\n" }.joined()
    }
  }

  /// Where programs look for shared libraries: beside themselves, and in `../lib`.
  var rpaths: [String] {
    switch format {
    case .elf: ["$ORIGIN:$ORIGIN/../lib"]
    case .machO: ["@loader_path", "@loader_path/../lib"]
    case .pe: []
    }
  }
}
