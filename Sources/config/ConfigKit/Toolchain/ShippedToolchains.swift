// The toolchains that config knows by itself.  A project, or a machine, overrides one by a file of
// its name in conf/toolchain.

enum ShippedToolchains {
  /// The text of the toolchain called `name`, nil if there is none.
  static func file(_ name: String) -> String? { files.first { $0.name == name }?.text }

  /// All of them, in the order in which they are listed.
  static let files: [(name: String, text: String)] = native + linux + windows + others

  private static let native: [(name: String, text: String)] = [
    (
      "gcc",
      """
      about "GCC, for this machine"
      makeoption CC gcc
      makeoption CXX g++
      needs gcc gcc
      needs g++ g++ for c++
      sanitizers address thread undefined

      """
    ),
    (
      "clang",
      """
      about "Clang, for this machine"
      makeoption CC clang
      makeoption CXX clang++
      needs clang clang
      needs clang++ clang for c++
      sanitizers address thread undefined

      """
    ),
    (
      "musl",
      """
      about "GCC with the musl C library, for this machine"
      makeoption CC musl-gcc
      makeoption ABI musl
      needs musl-gcc musl-tools
      no c++ "Debian has no C++ library for musl"
      no swift "its standard library here wants glibc"

      """
    ),
  ]

  private static let linux: [(name: String, text: String)] = [
    (
      "gcc.cross",
      """
      about "GCC of TARGET, as Debian packs cross compilers"
      makeoption CC ${TARGET}-gcc
      makeoption CXX ${TARGET}-g++
      makeoption AR ${TARGET}-ar
      makeoption RANLIB ${TARGET}-ranlib
      makeoption NM ${TARGET}-nm
      makeoption LD ${TARGET}-ld
      makeoption RUN ${QEMU} -L /usr/${TARGET}
      needs ${TARGET}-gcc gcc-${TARGET}
      needs ${TARGET}-g++ g++-${TARGET} for c++
      needs ${QEMU} qemu-user for run
      no swift "the Swift toolchain has no standard library for this platform"

      """
    ),
    (
      "clang.cross",
      """
      about "Clang for TARGET, with the libraries of Debian's cross GCC"
      makeoption CC clang --target=${TARGET} --gcc-toolchain=/usr
      makeoption CXX clang++ --target=${TARGET} --gcc-toolchain=/usr
      makeoption LDFLAGS -fuse-ld=lld
      makeoption AR llvm-ar
      makeoption RANLIB llvm-ranlib
      makeoption NM llvm-nm
      makeoption LD ld.lld
      makeoption RUN ${QEMU} -L /usr/${TARGET}
      needs clang clang
      needs clang++ clang for c++
      needs ld.lld lld
      needs llvm-ar llvm
      needs ${TARGET}-gcc gcc-${TARGET}
      needs ${TARGET}-g++ g++-${TARGET} for c++
      needs ${QEMU} qemu-user for run
      no swift "the Swift toolchain has no standard library for this platform"

      """
    ),
    cross("arm64", "64-bit ARM", "aarch64-linux-gnu", "qemu-aarch64"),
    cross("riscv64", "64-bit RISC-V", "riscv64-linux-gnu", "qemu-riscv64"),
    cross("arm", "32-bit ARM, hard float", "arm-linux-gnueabihf", "qemu-arm"),
    cross("386", "32-bit x86", "i686-linux-gnu", "qemu-i386"),
    cross("arm64", "64-bit ARM", "aarch64-linux-gnu", "qemu-aarch64", by: "clang"),
    cross("riscv64", "64-bit RISC-V", "riscv64-linux-gnu", "qemu-riscv64", by: "clang"),
    cross("arm", "32-bit ARM, hard float", "arm-linux-gnueabihf", "qemu-arm", by: "clang"),
  ]

  private static func cross(
    _ arch: String, _ title: String, _ target: String, _ qemu: String, by compiler: String = "gcc"
  ) -> (name: String, text: String) {
    (
      "\(compiler).Linux.\(arch)",
      """
      like \(compiler).cross
      about "\(compiler == "gcc" ? "GCC" : "Clang") for Linux on \(title)"
      makeoption TARGET \(target)
      makeoption QEMU \(qemu)

      """
    )
  }

  private static let windows: [(name: String, text: String)] = [
    (
      "gcc.Windows.amd64",
      """
      about "GCC for Windows: mingw-w64, programs run by Wine"
      makeoption TARGET x86_64-w64-mingw32
      makeoption CC ${TARGET}-gcc
      makeoption CXX ${TARGET}-g++
      makeoption AR ${TARGET}-ar
      makeoption RANLIB ${TARGET}-ranlib
      makeoption NM ${TARGET}-nm
      makeoption LD ${TARGET}-ld
      makeoption PICFLAGS =
      makeoption LDFLAGS -static
      makeoption RUN env WINEDEBUG=-all wine
      needs ${TARGET}-gcc gcc-mingw-w64-x86-64
      needs ${TARGET}-g++ g++-mingw-w64-x86-64 for c++
      needs wine wine for run
      no swift "the Swift toolchain here has no standard library for Windows"

      """
    )
  ]

  private static let others: [(name: String, text: String)] = [
    (
      "embedded.none.arm64",
      """
      about "Embedded Swift and freestanding C for bare 64-bit ARM"
      makeoption TARGET aarch64-none-none-elf
      makeoption CC clang --target=aarch64-none-elf -ffreestanding -fno-stack-protector
      makeoption CXX clang++ --target=aarch64-none-elf -ffreestanding -fno-exceptions -fno-rtti
      makeoption SWIFTFLAGS -Osize -wmo -target ${TARGET} -enable-experimental-feature Embedded
      makeoption SWIFTFLAGS += -Xfrontend -function-sections -Xfrontend -disable-stack-protector
      makeoption SWIFTDEBUGFLAGS =
      makeoption AR llvm-ar
      makeoption RANLIB llvm-ranlib
      makeoption NM llvm-nm
      makeoption LD ld.lld
      makeoption NORMAL_LINK ${LD} ${LDFLAGS} --gc-sections -o $@ ${OBJS} ${LIBS} ${LDLIBS}
      makeoption RUN qemu-aarch64
      needs clang clang
      needs swiftc swiftlang for swift
      needs ld.lld lld
      needs llvm-ar llvm
      needs qemu-aarch64 qemu-user for run

      """
    ),
    sysrooted("FreeBSD", "${MACHINE_${ARCH}}-unknown-freebsd14"),
    sysrooted("NetBSD", "${MACHINE_${ARCH}}-unknown-netbsd10"),
    sysrooted("OpenBSD", "${MACHINE_${ARCH}}-unknown-openbsd7"),
    sysrooted("SunOS", "${MACHINE_${ARCH}}-pc-solaris2.11"),
    (
      "clang.Darwin",
      """
      about "Clang for Darwin, with the system's files in SYSROOT"
      makeoption MACHINE_amd64 x86_64
      makeoption MACHINE_arm64 arm64
      makeoption TARGET ${MACHINE_${ARCH}}-apple-macos13
      makeoption CC clang --target=${TARGET} -isysroot ${SYSROOT}
      makeoption CXX clang++ --target=${TARGET} -isysroot ${SYSROOT}
      makeoption LDFLAGS -fuse-ld=lld
      makeoption AR llvm-ar
      makeoption ARFLAGS rcs
      makeoption RANLIB llvm-ranlib
      makeoption NM llvm-nm
      makeoption SHAREDFLAGS -dynamiclib
      needs clang clang
      needs clang++ clang for c++
      needs llvm-ar llvm
      no swift "name the compiler of a Swift SDK by makeoption SWIFTC"

      """
    ),
  ]

  private static func sysrooted(_ os: String, _ target: String) -> (name: String, text: String) {
    (
      "clang.\(os)",
      """
      about "Clang for \(os), with the system's files in SYSROOT"
      makeoption MACHINE_386 i686
      makeoption MACHINE_amd64 x86_64
      makeoption MACHINE_arm armv7
      makeoption MACHINE_arm64 aarch64
      makeoption MACHINE_riscv64 riscv64
      makeoption MACHINE_sparc64 sparcv9
      makeoption TARGET \(target)
      makeoption CC clang --target=${TARGET} --sysroot=${SYSROOT}
      makeoption CXX clang++ --target=${TARGET} --sysroot=${SYSROOT}
      makeoption LDFLAGS -fuse-ld=lld
      makeoption AR llvm-ar
      makeoption RANLIB llvm-ranlib
      makeoption NM llvm-nm
      needs clang clang
      needs clang++ clang for c++
      needs llvm-ar llvm
      no swift "name the compiler of a Swift SDK by makeoption SWIFTC"

      """
    )
  }
}
