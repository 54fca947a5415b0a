// Toolchains: theory of operation.
//
// Problem.  Building for another system is a dozen facts: compilers, flags, the archiver, how the
// programs are run here, what this compiler cannot do, which package has what is missing.  They
// are the same in every project, and nobody should have to write them twice.
//
// Shape.  A toolchain is a file, `conf/toolchain/NAME`, in the syntax of configurations:
//
//     about "GCC for 64-bit ARM"
//     makeoption TARGET aarch64-linux-gnu
//     like gcc.cross                               another toolchain, read as if it stood here
//     needs ${TARGET}-gcc gcc-${TARGET}            a program, and the Debian package that has it
//     needs ${TARGET}-g++ g++-${TARGET} for c++    wanted where there is such a source
//     needs qemu-aarch64 qemu-user for run         wanted to run programs
//     sanitizers address undefined                 what --sanitize may ask for
//     no swift "there is no standard library"      what it cannot build, and why
//
// For the machine itself NAME is read; for another platform NAME.OS.ARCH, or else NAME.OS.  The
// makeoptions of a toolchain stand between the defaults and those of the configuration.
//
// Invariants.
//   T1  A toolchain decides no source and no option: it says only how, never what.
//   T2  What is missing is known before anything is written, all of it, with its package.
//
// Rejected.  Looking for compilers by their names: what is found differs from machine to machine,
// and so would the build.

/// How programs for one platform are made and run.
struct Toolchain {
  /// A program that must be there.
  struct Need {
    /// When it must.
    enum Purpose: String {
      case always
      case cxx = "c++"
      case swift
      case run
    }

    let program: Phrase
    /// The Debian package that has it, perhaps with variables.
    let package: Name
    let purpose: Purpose
  }

  /// Its name, without the platform.
  let name: String
  var about = ""
  var makeOptions = OrderedTable<MakeOption>()
  var needs: [Need] = []
  var sanitizers: [String] = []
  /// What it cannot build, with the reasons: `swift`, `c++`.
  var lacks: [String: String] = [:]

  /// The makeoptions as assignments.
  func assignments(_ names: Names) -> [Assignment] { makeOptions.assignments(names) }
}

extension OrderedTable where Value == MakeOption {
  /// The options as assignments, in order.
  func assignments(_ names: Names) -> [Assignment] {
    pairs.flatMap { name, option in
      option.values.enumerated().map { index, value in
        Assignment(names.bytes(name), option.isAppended || index > 0 ? .append : .set, value)
      }
    }
  }
}
