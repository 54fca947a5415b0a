// The embedded conf/: the template and the makefiles that serve where a project has none.
//
// A project puts a file of the same name into its own conf/ to replace one of these.

enum EmbeddedDefaults {
  /// The file called `name`, nil if there is none.
  static func file(_ name: String) -> String? {
    switch name {
    case "config.pre.mk": pre
    case "config.cc.mk": cc
    case "config.swift.mk": swift
    case "config.rules.mk": rules
    case "config.post.mk": "# The last word before the rules: empty here.\n"
    default: name.hasPrefix("Makefile.") ? template : nil
    }
  }

  /// `conf/Makefile.${ARCH}`.
  static let template = """
    %PREAMBLE
    %INCLUDE config.pre.mk
    %INCLUDE config.cc.mk
    %INCLUDE config.swift.mk
    %INCLUDE config.rules.mk
    %MAKEOPTIONS
    %INCLUDE config.post.mk
    %BEFORE_DEP
    %RULES
    %LIBS
    %PROGS
    %CLEAN
    %NUKE

    """

  static let pre = """
    # Tools that are not compilers.
    AR = ar
    ARFLAGS = rcsD
    LD = ld
    RANLIB = ranlib
    NM = nm
    YACC = bison -y
    YFLAGS =
    LEX = flex
    LFLAGS =
    INSTALL ?= install
    PREFIX ?= /usr/local

    """

  static let cc = """
    # C, C++ and assembler.  DEBUG=1 adds -g -O0 behind CFLAGS.
    CC = cc
    CXX = c++
    AS = ${CC}
    CFLAGS = -O2 -g
    CXXFLAGS =
    ASFLAGS =
    CPPFLAGS =
    INCLUDES = -I. -I$S
    LDFLAGS =
    LDLIBS =
    LAUNCHER =
    RUN =
    PICFLAGS = -fPIC
    SHAREDFLAGS = -shared
    DEBUGFLAGS_1 = -g -O0
    DEBUGFLAGS_yes = ${DEBUGFLAGS_1}
    DEBUGFLAGS = ${DEBUGFLAGS_${DEBUG}}
    HOSTCC = cc
    HOSTCFLAGS = -O2
    HOSTLDFLAGS =

    """

  static let swift = """
    # Swift.  DEBUG=1 adds -Onone -g behind SWIFTFLAGS.
    SWIFTC = swiftc
    SWIFTFLAGS = -O
    SWIFTDEBUGFLAGS_1 = -Onone -g
    SWIFTDEBUGFLAGS_yes = ${SWIFTDEBUGFLAGS_1}
    SWIFTDEBUGFLAGS = ${SWIFTDEBUGFLAGS_${DEBUG}}
    SWIFTINCLUDES = -I o/.swift -Xcc -I. -Xcc -I$S

    """

  static let rules = """
    # The default commands.
    NORMAL_C = ${LAUNCHER} ${CC} -c ${CFLAGS} ${DEBUGFLAGS} ${CPPFLAGS} ${INCLUDES} ${DEPFLAGS} -o $@ $<
    NORMAL_CXX = ${LAUNCHER} ${CXX} -c ${CFLAGS} ${CXXFLAGS} ${DEBUGFLAGS} ${CPPFLAGS} ${INCLUDES} ${DEPFLAGS} -o $@ $<
    NORMAL_S = ${LAUNCHER} ${AS} -c ${CFLAGS} ${ASFLAGS} ${DEBUGFLAGS} ${CPPFLAGS} ${INCLUDES} ${DEPFLAGS} -o $@ $<
    NORMAL_AS = ${LAUNCHER} ${AS} -c ${CFLAGS} ${ASFLAGS} ${DEBUGFLAGS} ${INCLUDES} -o $@ $<
    NORMAL_SWIFT = ${SWIFTC} ${SWIFTFLAGS} ${SWIFTDEBUGFLAGS} -wmo -disable-cmo -avoid-emit-module-source-info -module-cache-path o/.swift/cache ${SWIFTINCLUDES}
    NORMAL_PCM = ${SWIFTC} -emit-pcm ${SWIFTFLAGS} ${SWIFTDEBUGFLAGS} -module-cache-path o/.swift/cache ${SWIFTINCLUDES}
    NORMAL_AR = ${AR} ${ARFLAGS} $@.new ${OBJS} && mv $@.new $@
    NORMAL_AR_PATHS = ${AR} ${ARFLAGS}P $@.new ${OBJS} && mv $@.new $@
    NORMAL_LINK = ${LINKER} ${LDFLAGS} -o $@ ${OBJS} ${LIBS} ${LDLIBS}
    NORMAL_SHARED = ${LINKER} ${SHAREDFLAGS} ${LDFLAGS} -o $@ ${OBJS} ${LIBS} ${LDLIBS}
    NORMAL_SHARED_SWIFT = ${SWIFTC} -emit-library ${LDFLAGS} -o $@ ${OBJS} ${LIBS} ${LDLIBS}
    NORMAL_YACC = ${YACC} ${YFLAGS} -d
    NORMAL_LEX = ${LEX} ${LFLAGS} -o $@ $<
    HOST_C = ${HOSTCC} -c ${HOSTCFLAGS} ${INCLUDES} ${DEPFLAGS} -o $@ $<
    HOST_LINK = ${HOSTCC} ${HOSTLDFLAGS} -o $@ ${OBJS} ${LIBS}

    """
}
