// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target of ours is built with: strict memory safety and no warnings.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// One of our Swift libraries, in the room (`9unix`, `config`, ...) that holds it.
func library(_ name: String, in room: String, needs: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: needs, path: "Sources/\(room)/\(name)", swiftSettings: strict)
}

/// One of our programs.
func program(_ name: String, in room: String, needs: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: needs, path: "Sources/\(room)/\(name)", swiftSettings: strict)
}

/// The tests of a module; `data` lies beside them and is no Swift.
func tests(
  _ name: String, needs: [Target.Dependency], data: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: needs + ["Support"], path: "Tests/\(name)Tests",
    exclude: data, swiftSettings: strict)
}

let package = Package(
  name: "libaio",
  products: [
    .executable(name: "config", targets: ["config"]),
    .executable(name: "ministat", targets: ["ministat"]),
    .library(name: "MiniStat", targets: ["MiniStat"]),
    .library(name: "Lib9c", targets: ["Lib9c"]),
    .library(name: "LibRegexp9", targets: ["LibRegexp9"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // Ground floor: portability.
    .target(name: "CNine", path: "Sources/9unix/CNine"),
    .systemLibrary(
      name: "CBSD", path: "Sources/9unix/CBSD", pkgConfig: "libbsd",
      providers: [.apt(["libbsd-dev"])]),
    library("LibBSD", in: "9unix", needs: ["CBSD"]),
    library("Sys9", in: "9unix", needs: ["CNine", system]),
    library("LibJSON", in: "9unix"),
    // The runtime.
    library("LibAIO", in: "libaio", needs: ["Sys9"]),
    library("Servers", in: "libaio", needs: ["LibAIO", "Sys9"]),
    program("echo", in: "libaio", needs: ["Servers"]),
    program("proxy", in: "libaio", needs: ["Servers", "Sys9"]),
    library("LibRegexp9", in: "9unix"),
    library("Lib9c", in: "9unix", needs: ["Sys9", "CNine", system]),
    program("answers", in: "9unix", needs: ["Lib9c", "LibJSON", "LibRegexp9", "Sys9", system]),
    // The generator.
    library("ConfigKit", in: "config", needs: ["Sys9"]),
    program("config", in: "config", needs: ["ConfigKit", "Sys9", "LibBSD", argumentParser]),
    // The statistics.
    library("MiniStat", in: "ministat"),
    library("MiniStatRun", in: "ministat", needs: ["MiniStat", "Sys9", "LibJSON"]),
    program("ministat", in: "ministat", needs: ["MiniStat", "MiniStatRun", "Sys9", "LibBSD"]),
    // Benchmarks: `config` builds the programs in every variant, the tests know their parts.
    .target(name: "CTree", path: "Sources/bench/tree/CTree", publicHeadersPath: "."),
    .target(
      name: "TreeBench", dependencies: ["CTree"], path: "Sources/bench/tree/treebench",
      exclude: ["main.swift"], swiftSettings: strict),
    // Tests.
    .target(
      name: "Support", dependencies: ["Sys9", "CNine"], path: "Tests/Support",
      swiftSettings: strict),
    tests("Sys9", needs: ["Sys9"]),
    // libbsd's lists and trees, which ours are compared with.
    .target(
      name: "CQueueOracle", dependencies: ["CBSD"], path: "Tests/Oracle/CQueueOracle"),
    tests("Lib9c", needs: ["Lib9c", "LibJSON", "Sys9", "CQueueOracle", system]),
    tests("LibBSD", needs: ["LibBSD"]),
    tests("LibJSON", needs: ["LibJSON"]),
    tests("LibRegexp9", needs: ["LibRegexp9", "Sys9", "CNine", system]),
    tests("Answers", needs: ["answers", "LibJSON", "Sys9", system]),
    tests("ConfigKit", needs: ["ConfigKit", "Sys9", system], data: ["Cases"]),
    tests("LibAIO", needs: ["LibAIO", "Servers", "Sys9"]),
    tests("Manual", needs: ["ConfigKit", "Sys9", system]),
    tests("MiniStat", needs: ["MiniStat", "MiniStatRun", "Sys9"]),
    tests(
      "MiniStatRun", needs: ["MiniStat", "MiniStatRun", "Sys9", "LibJSON"], data: ["Samples"]),
    tests("Bench", needs: ["TreeBench"]),
    tests("House", needs: ["Sys9", system]),
  ]
)
