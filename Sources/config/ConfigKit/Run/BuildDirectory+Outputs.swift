// What stands in a build directory: headers, makefiles, databases, folders and links.

import Sys9
import SystemPackage

extension BuildDirectory {
  func makeFolders(_ plan: Plan) throws(SystemError) {
    for folder in [Array("o/.d".utf8), Array("opt".utf8)] + plan.graph.directories {
      try Files.makeDirectories(
        directory.pushing(FilePath(String(decoding: folder, as: UTF8.self))))
    }
    for file in plan.graph.generated {
      let path = FilePath(String(decoding: file.path, as: UTF8.self)).removingLastComponent()
      try Files.makeDirectories(directory.pushing(path))
    }
  }

  /// What config makes by itself and sources may include or be: each file's name and its writer.
  func ownFiles() -> [(name: String, emit: (OutputFile) throws(SystemError) -> Void)] {
    let files = ConfigFiles(
      names: names, model: resolution.model, ident: reading.ident, os: reading.location.os,
      arch: reading.arch)
    let root = reading.model.includesConfiguration ? reading.root.bytes : nil
    var result: [(name: String, emit: (OutputFile) throws(SystemError) -> Void)] = [
      ("config.h", { (out) throws(SystemError) in try files.emitHeader(out) }),
      ("config.c", { (out) throws(SystemError) in try files.emitSource(out, root: root) }),
    ]
    for name in files.optionNames {
      result.append(("opt/\(names.text(name)).h", { files.emitOption(name, $0) }))
    }
    for file in resolution.graph.generated {
      result.append((String(decoding: file.path, as: UTF8.self), { $0.put(file.content) }))
    }
    return result
  }

  func produce(
    _ outputs: OutputSet, _ plan: Plan, _ expander: Expander
  ) throws(SystemError) {
    for file in ownFiles() { try outputs.write(file.name, file.emit) }
    if !plan.graph.installations.isEmpty {
      try outputs.write("o/.install") { (out) throws(SystemError) in
        try InstallScript(plan: plan).emitInstall(out)
      }
      try outputs.write("o/.uninstall") { (out) throws(SystemError) in
        try InstallScript(plan: plan).emitUninstall(out)
      }
    }
    for backEnd in request.backEnds { try produce(backEnd, outputs, plan, expander) }
    try outputs.write("compile_commands.json") { (out) throws(SystemError) in
      var database = CompileDatabase(
        plan: plan, directory: Array(directory.description.utf8), expander: expander)
      try database.emit(out)
    }
  }

  private func produce(
    _ backEnd: BackEnd, _ outputs: OutputSet, _ plan: Plan, _ expander: Expander
  ) throws(SystemError) {
    switch backEnd {
    case .gnu:
      try outputs.write("Makefile") { (out) throws(SystemError) in
        try MakeEmitter(plan: plan, dialect: .gnu, out: out).emit()
      }
    case .bsd:
      try outputs.write("Makefile.rules") { (out) throws(SystemError) in
        try MakeEmitter(plan: plan, dialect: .bsd, out: out).emit()
      }
      try outputs.write("Makefile") { (out) throws(SystemError) in
        out.put(text: MakeEmitter.bsdStub)
      }
    case .ninja:
      try outputs.write("build.ninja") { (out) throws(SystemError) in
        var emitter = NinjaEmitter(plan: plan, out: out, expander: expander)
        try emitter.emit(diagnostics)
      }
    case .matrix:
      let sibling = "../\(directory.lastComponent?.string ?? "")"
      try outputs.write("matrix.ninja") { (out) throws(SystemError) in
        var emitter = NinjaEmitter(
          plan: plan, out: out, expander: expander, sibling: Array(sibling.utf8))
        emitter.madeOnce = madeOnce
        try emitter.emit(diagnostics)
      }
      if madeOnce.order.isEmpty { return }
      try outputs.write(MatrixBuild.madeOnce) { (out) throws(SystemError) in
        try NinjaEmitter.emitMadeOnce(madeOnce, plan, expander, out, diagnostics)
      }
    }
  }

  /// Links to sources with awkward names, and to config itself.
  func makeLinks(_ plan: Plan) throws(SystemError) {
    if let program = machine.program {
      try Files.link(directory.appending(".configtool"), to: vantage.seen(real: program))
    }
    if !request.backEnds.contains(where: \.isMake) { return }
    let sources = plan.linkedNodes.map { (plan.link($0), plan.path($0)) }
    let inputs = plan.regenerateInputs.filter { !Quoting.isPlain($0) }
      .map { (plan.makeName(input: $0), $0) }
    if sources.isEmpty && inputs.isEmpty { return }
    try Files.makeDirectories(directory.appending("o").appending(".ln"))
    for (name, path) in sources + inputs {
      let target = path.first == Byte.slash ? path : Array("../../".utf8) + path
      try Files.link(
        directory.pushing(FilePath(String(decoding: name, as: UTF8.self))),
        to: FilePath(String(decoding: target, as: UTF8.self)))
    }
  }
}
