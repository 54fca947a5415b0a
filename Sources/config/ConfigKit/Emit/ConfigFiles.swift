// config.h, opt/NAME.h and config.c: what the program learns about its configuration.

import Sys9

/// The version of this program and of what it generates.
public let configVersion = Release.version

/// The marks around the configuration that `includeconfig` puts into a program.
enum EmbeddedConfiguration {
  /// Before the length and the bytes; put together at run time, so that config itself does not
  /// look like a program with a configuration.
  static var magic: [UInt8] { Array("\u{1}@(#)".utf8) + Array("config9".utf8) + [0x02] }

  /// The bytes of the configuration in `program`, nil if it has none.
  ///
  /// Looks for the mark rather than for the section: that works in ELF, Mach-O, PE and archives,
  /// stripped or not.  O(program.count).
  static func find(in program: [UInt8]) -> [UInt8]? {
    let magic = magic
    var index = 0
    while index + magic.count + 8 <= program.count {
      guard let start = program[index...].firstIndex(of: magic[0]) else { return nil }
      index = start + 1
      let rest = program[start...]
      guard rest.count >= magic.count + 8, rest.starts(with: magic) else { continue }
      var size = 0
      for byte in rest.dropFirst(magic.count).prefix(8).reversed() {
        size = size > Int.max >> 9 ? Int.max : size << 8 | Int(byte)
      }
      let content = rest.dropFirst(magic.count + 8)
      if size <= content.count { return Array(content.prefix(size)) }
    }
    return nil
  }
}

/// The configuration in the program whose bytes are `program`, as `includeconfig` put it there.
public func configuration(in program: [UInt8]) -> [UInt8]? {
  EmbeddedConfiguration.find(in: program)
}

/// Prints what the C compiler sees of a configuration.
struct ConfigFiles {
  let names: Names
  let model: Model
  let ident: String
  let os: String
  let arch: String

  /// `config.h`: preprocessor lines and comments only, so that assembler can include it.
  func emitHeader(_ out: OutputFile) throws(SystemError) {
    out.put("/* Made by config from the configuration \(ident); edits here are lost. */\n".utf8)
    out.put("#ifndef CONFIG_H\n#define CONFIG_H\n\n")
    out.put("#define CONFIG_IDENT \"\(ident)\"\n#define CONFIG_OS \"\(os)\"\n".utf8)
    out.put("#define CONFIG_ARCH \"\(arch)\"\n".utf8)
    for table in [model.params, model.options] where !table.isEmpty {
      out.put("\n")
      for (name, setting) in table.pairs {
        define(name, setting, out)
        try out.spill()
      }
    }
    for header in model.headers {
      out.put("\n#include \"")
      out.put(names[header.text])
      out.put("\"\n")
    }
    out.put("\n#endif\n")
  }

  private func define(_ name: Name, _ setting: Setting, _ out: OutputFile) {
    out.put("#define ")
    out.put(names[name])
    out.put(" ")
    out.put(names[setting.value])
    out.put("\n")
  }

  /// Every name defined, tested or used by Swift, in order: each has a header of its own in `opt/`.
  var optionNames: [Name] {
    var seen: Set<Name> = []
    let all =
      model.params.keys + model.options.keys + model.declarations.keys
      + model.probes.keys + model.conditions.terms.map(\.option)
      + model.owners.flatMap { $0.swiftNames.map(\.text).filter(isIdentifier) }
    return all.filter { seen.insert($0).inserted }
  }

  /// True for what can be defined: `uses` in a module that nobody needs is not looked at.
  private func isIdentifier(_ name: Name) -> Bool {
    guard let first = names[name].first, Byte.isLetter(first) else { return false }
    return names[name].allSatisfy(Byte.isIdentifier)
  }

  /// `opt/NAME.h`: the definition if the name is on, nothing if it is off.
  func emitOption(_ name: Name, _ out: OutputFile) {
    out.put("/* Made by config; edits here are lost. */\n")
    if let setting = model.params[name] ?? model.options[name] { define(name, setting, out) }
  }

  /// `config.c`, linked first into every program.
  ///
  /// - Parameter root: the root configuration's bytes where `includeconfig` asks for them.
  func emitSource(_ out: OutputFile, root: [UInt8]?) throws(SystemError) {
    out.put("/* Made by config from the configuration \(ident); edits here are lost. */\n".utf8)
    out.put("const char config_ident[] = \"\(ident)\";\n".utf8)
    out.put("const char config_os[] = \"\(os)\";\n".utf8)
    out.put("const char config_arch[] = \"\(arch)\";\n".utf8)
    out.put("const char config_version[] = \"\(configVersion)\";\n".utf8)
    guard let root else { return }
    out.put(
      """

      /* The root configuration: for strings(1), each line behind ____; then, exactly, for
         config -x.  Kept by the linker though nothing refers to it. */
      #if defined(__APPLE__)
      #define CONFIG9 __attribute__((used, section("__DATA,__config9")))
      #elif defined(__has_attribute) && __has_attribute(retain)
      #define CONFIG9 __attribute__((used, retain, section("config9")))
      #else
      #define CONFIG9 __attribute__((used, section("config9")))
      #endif

      """)
    try array("config_lines", [Byte.newline] + Self.prefixed(root) + [0], out)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: root.count >> ($0 * 8)) }
    try array("config_exact", EmbeddedConfiguration.magic + size + root, out)
  }

  /// Each line of `text` behind `____`, ended by a newline.
  private static func prefixed(_ text: [UInt8]) -> [UInt8] {
    var lines = text.split(separator: Byte.newline, omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.flatMap { "____".utf8 + $0 + [Byte.newline] }
  }

  /// Integers, not a string: C99 promises no more than 4,095 characters, and trigraphs lurk.
  private func array(_ name: String, _ bytes: [UInt8], _ out: OutputFile) throws(SystemError) {
    out.put("static const unsigned char \(name)[] CONFIG9 = {".utf8)
    for (index, byte) in bytes.enumerated() {
      out.put(index % 16 == 0 ? "\n\t" : " ")
      out.put(text: "\(byte),")
      try out.spill()
    }
    out.put("\n};\n")
  }
}
