// Which toolchain a run uses, and whether it is all there.

import Sys9
import SystemPackage

extension Generator {
  /// The toolchain that the request or the configuration names, or that the platform wants; nil
  /// if that is the compiler of the machine.
  func loadToolchain(_ location: Location, _ reader: Reader) -> Toolchain? {
    let isHost = reader.facts["ARCH"] == hostArch && location.os == machine.system.os
    let directive = reader.model.toolchain
    let platform = request.wantsPlatform && !isHost ? "gcc" : nil
    guard let name = request.toolchain ?? directive.map({ names.text($0.text) }) ?? platform else {
      return nil
    }
    let place = request.toolchain == nil ? directive?.place ?? .none : .none
    let os = location.os
    let arch = reader.facts["ARCH"] ?? location.arch
    let candidates = (isHost ? [name] : []) + ["\(name).\(os).\(arch)", "\(name).\(os)"]
    for candidate in candidates {
      guard let file = toolchainFile(candidate, location, reader.inputs) else { continue }
      return reader.readToolchain(name, file) { toolchainFile($0, location, reader.inputs) }
    }
    reportUnknown(name, os, arch, at: place)
    return nil
  }

  private var hostArch: String { Architecture.normalised(machine.system.arch) }

  private func toolchainFile(_ name: String, _ location: Location, _ inputs: Inputs) -> FoundFile? {
    guard FilePath(name).components.count == 1, !FilePath(name).isAbsolute else { return nil }
    for directory in location.searchPath {
      let path = directory.appending("toolchain").appending(name)
      if let found = try? inputs.loadIfPresent(path) { return found }
    }
    guard let text = ShippedToolchains.file(name) else { return nil }
    return FoundFile(
      path: FilePath("toolchain").appending(name), name: "<built in>/toolchain/\(name)",
      bytes: Array(text.utf8))
  }

  private func reportUnknown(_ name: String, _ os: String, _ arch: String, at place: Place) {
    let families = ShippedToolchains.files.map { String($0.name.prefix { $0 != "." }) }
    if families.contains(name) {
      let able = ShippedToolchains.files.map(\.name)
        .filter { $0.hasPrefix("\(name).") && !$0.hasSuffix(".cross") }
        .map { String($0.dropFirst(name.count + 1)).replacing(".", with: "/") }
      let list = able.isEmpty ? "this machine alone" : able.joined(separator: ", ")
      diagnostics.error(
        place,
        "toolchain '\(name)' does not build for \(os)/\(arch): "
          + "there is no conf/toolchain/\(name).\(os).\(arch) (it builds for \(list))")
      return
    }
    let near = suggestion(for: name, among: families)
    diagnostics.error(
      place,
      "unknown toolchain '\(name)'\(near.isEmpty ? ": there is no conf/toolchain/\(name)" : near)")
  }

  /// Reports every program of `toolchain` that is missing for what `purposes` name (T2).
  func checkNeeds(
    of toolchain: Toolchain, _ variables: Variables, _ purposes: Set<Toolchain.Need.Purpose>
  ) {
    var reported: Set<String> = []
    for need in toolchain.needs where purposes.contains(need.purpose) {
      let program = expanded(need.program.text, variables)
      if program.isEmpty || isThere(program) || !reported.insert(program).inserted { continue }
      diagnostics.error(
        need.program.place,
        "toolchain '\(toolchain.name)' needs '\(program)', which is not there; "
          + "install it: apt-get install \(expanded(need.package, variables))")
    }
  }

  private func expanded(_ name: Name, _ variables: Variables) -> String {
    var variables = variables
    guard let text = try? MakeText(parsing: names[name]),
      let bytes = try? variables.expand(text.pieces)
    else { return names.text(name) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// True if `program` is a file, or in PATH.
  private func isThere(_ program: String) -> Bool {
    if program.contains("/") { return machine.isFile(FilePath(program)) }
    let path = machine.environment(Array("PATH".utf8)) ?? Array("/usr/bin:/bin".utf8)
    return path.split(separator: Byte.colon).contains {
      machine.isFile(FilePath(String(decoding: $0, as: UTF8.self)).appending(program))
    }
  }

  /// What `--sanitize` adds: the compilers themselves, since links want it, too.
  func sanitizing(_ toolchain: Toolchain?) -> [Assignment] {
    guard let name = request.sanitizer else { return [] }
    let known = toolchain?.sanitizers ?? ["address", "thread", "undefined"]
    if !known.contains(name) {
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      diagnostics.error(
        .none,
        "toolchain '\(toolchain?.name ?? "cc")' has no sanitizer '\(name)' here (it has: \(list))")
    }
    let c = Array("-fsanitize=\(name) -fno-omit-frame-pointer".utf8)
    var result = ["CC", "CXX"].map { Assignment(Array($0.utf8), .append, c) }
    if name != "undefined" {
      result.append(Assignment(Array("SWIFTC".utf8), .append, Array("-sanitize=\(name)".utf8)))
    }
    return result
  }
}
