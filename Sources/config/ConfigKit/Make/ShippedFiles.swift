// What config has built in, as the files that could stand in a conf/: one truth, printed.

/// The templates, makefiles and toolchains that are built in.
public enum ShippedFiles {
  /// Each by its path below a `conf/`, in the order of the paths.
  public static var all: [(path: String, text: String)] {
    let makefiles = ["pre", "cc", "swift", "rules", "post"].map { "config.\($0).mk" }
    let templates = Architecture.known.map { "Makefile.\($0)" }
    let files = (makefiles + templates).compactMap { name in
      EmbeddedDefaults.file(name).map { (path: name, text: $0) }
    }
    let toolchains = ShippedToolchains.files.map { (path: "toolchain/\($0.name)", text: $0.text) }
    return (files + toolchains).sorted { $0.path < $1.path }
  }
}
