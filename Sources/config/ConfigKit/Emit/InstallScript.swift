// `o/.install` and `o/.uninstall`: the same shell scripts for every make.
//
// PREFIX, DESTDIR and INSTALL come from the environment, where the makefile puts its own values.
// A file is installed beside its place and renamed by install(1), so that a running program keeps
// the one that it has.

import Sys9

/// Prints the scripts that install and uninstall.
struct InstallScript {
  let plan: Plan

  /// What must be built before anything is installed.
  static func prerequisites(_ graph: Graph) -> [Node] {
    var seen: Set<Node> = []
    return graph.installations.map(\.node).filter { !$0.isInTree && seen.insert($0).inserted }
  }

  private func head(_ out: OutputFile) {
    out.put("# Made by config from the configuration \(plan.ident); edits here are lost.\n".utf8)
    out.put("set -e\n: \"${PREFIX:=/usr/local}\" \"${INSTALL:=install}\"\nd=$DESTDIR$PREFIX\n")
  }

  /// Prints `o/.install`.
  func emitInstall(_ out: OutputFile) throws(SystemError) {
    head(out)
    var directories: Set<[UInt8]> = []
    for item in plan.graph.installations {
      if directories.insert(item.directory).inserted {
        out.put("$INSTALL -d \"$d/".utf8 + item.directory + "\"\n".utf8)
      }
      out.put("echo \"")
      out.put(target(item))
      out.put("\"\n")
      if item.isLink {
        out.put("ln -sf ")
        out.put(Quoting.shell(plan.path(item.node)))
        out.put(" \"")
      } else {
        out.put("$INSTALL -m \(item.isExecutable ? "755" : "644") ".utf8)
        out.put(Quoting.shell(plan.path(item.node)))
        out.put(" \"")
      }
      out.put(target(item))
      out.put("\"\n")
      try out.spill()
    }
  }

  /// Prints `o/.uninstall`: directories stay, others may use them.
  func emitUninstall(_ out: OutputFile) throws(SystemError) {
    head(out)
    for item in plan.graph.installations {
      out.put("rm -f \"")
      out.put(target(item))
      out.put("\"\n")
      try out.spill()
    }
  }

  /// `$d/DIRECTORY/NAME`, for double quotes.
  private func target(_ item: Installation) -> [UInt8] {
    let name = item.name.flatMap { byte in
      "\"$`\\".utf8.contains(byte) ? [Byte.backslash, byte] : [byte]
    }
    return Array("$d/".utf8) + item.directory + [Byte.slash] + name
  }
}
