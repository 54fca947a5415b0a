// What GNU make alone understands.

import Sys9

extension MakeEmitter {
  /// Settings, the rules that keep the makefile current, and names that depend on the target.
  func gnuPreamble() throws(SystemError) {
    out.put(
      """
      MAKEFLAGS += -rR
      SHELL = /bin/sh
      .SUFFIXES:
      .DELETE_ON_ERROR:
      .DEFAULT_GOAL := all

      # One make at a time; a directory without o/ is made whole again.
      ifeq ($(MAKELEVEL),0)
      $(shell ./.configtool --hold)
      endif
      ifeq ($(wildcard o/.d/.),)
      $(shell ./.configtool --regenerate)
      endif

      # Depfiles of the last build join .depend before anything is decided.
      ifneq ($(wildcard o/.d/*.d),)
      $(shell ./.configtool --merge)
      endif
      -include .depend

      Makefile: .config.log
      \t@:
      .config.log:
      """)
    for input in plan.regenerateInputs {
      out.put(" \\\n ")
      out.put(plan.makeName(input: input))
    }
    out.put("\n\t@./.configtool --regenerate\n")
    for input in plan.regenerateInputs {
      out.put(plan.makeName(input: input))
      out.put(":\n")
    }
    out.put(
      """

      DEPFLAGS = -MD -MF o/.d/$(subst /,+s,$@).d
      OBJS = $(OBJS.$@)
      LIBS = $(LIBS.$@)
      LINKER = $(LINKER.$@)

      """)
  }

  /// The stamp of what make's command line and the environment change, compared by content.
  func gnuState() throws(SystemError) {
    out.put("\nCONFIG_VARIABLES =")
    for name in plan.usedVariables {
      out.put(" ")
      out.put(name)
    }
    out.put(
      """

      CONFIG_OVERRIDES := $(strip $(foreach v,$(CONFIG_VARIABLES),\
      $(if $(filter command environment override,$(firstword $(origin $v))),$v=$(value $v))))
      ifeq ($(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
      ifneq ($(file <o/.flags),$(CONFIG_OVERRIDES))
      $(file >o/.flags,$(CONFIG_OVERRIDES))
      endif
      endif
      o/.flags:
      \t@touch $@

      """)
    let kept = graph.steps.filter { $0.kind.keepsEqualOutput }.flatMap { graph[$0.outputs] }
    if kept.isEmpty { return }
    try variable("CONFIG_KEPT", kept)
    out.put("$(foreach f,$(CONFIG_KEPT),$(if $(wildcard $f),,$(shell rm -f $f.stamp)))\n")
  }
}
