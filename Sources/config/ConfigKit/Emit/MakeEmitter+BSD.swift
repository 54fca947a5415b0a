// What BSD make alone understands.
//
// It does not remake its own makefile, so that `Makefile` is a stub: it asks config at parse
// time, then includes `Makefile.rules`, which may just have been regenerated.

import Sys9

extension MakeEmitter {
  /// The stub that `make` reads first; it never changes.
  static let bsdStub = """
    # Made by config for BSD make; edits here are lost.
    # config looks after Makefile.rules, the depfiles and the flags before make reads on.
    CONFIG_BEGIN != ./.configtool --begin ${.MAKE.PID} \\
    ${.MAKEOVERRIDES:O:u:@v@$v=${$v}@:Q} || echo failed
    .if ${CONFIG_BEGIN:[-1]} != "ok"
    .error config could not bring the build directory up to date
    .endif
    .include "Makefile.rules"

    """

  /// Settings, and names that depend on the target.
  func bsdPreamble() {
    out.put(
      """
      .SUFFIXES:
      .MAIN: all

      DEPFLAGS = -MD -MF o/.d/${.TARGET:S|/|+s|g}.d
      OBJS = ${OBJS.${.TARGET}}
      LIBS = ${LIBS.${.TARGET}}
      LINKER = ${LINKER.${.TARGET}}

      """)
  }

  /// The stamps: flags are config's business, generated headers come first.
  func bsdState() {
    out.put("\no/.flags:\n\t@touch $@\n")
    if graph.beforeDep.isEmpty { return }
    out.put("o/.before: ${BEFORE_DEP}\n\t@test -e $@ || touch $@\n")
  }
}
