// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift target of ours is built with: strict memory safety and no warnings.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
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
    .executable(name: "9cat", targets: ["cat9"]),
    .executable(name: "9scan", targets: ["scan9"]),
    .executable(name: "fdserve", targets: ["fdserve"]),
    .executable(name: "fdget", targets: ["fdget"]),
    .executable(name: "9grep", targets: ["grep9"]),
    .executable(name: "9l", targets: ["link9"]),
    .executable(name: "aio-sim", targets: ["aio-sim"]),
    .library(name: "LibAIO", targets: ["LibAIO"]),
    .library(name: "LibHTTP", targets: ["LibHTTP"]),
    .library(name: "MiniStat", targets: ["MiniStat"]),
    .library(name: "Sys9", targets: ["Sys9"]),
    .library(name: "Lib9c", targets: ["Lib9c"]),
    .library(name: "LibUTF", targets: ["LibUTF"]),
    .library(name: "LibFmt", targets: ["LibFmt"]),
    .library(name: "LibBio", targets: ["LibBio"]),
    .library(name: "LibRegexp9", targets: ["LibRegexp9"]),
    .library(name: "LibIP", targets: ["LibIP"]),
    .library(name: "nine", type: .static, targets: ["NineFace"]),
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
    library("LibBSD", in: "9unix", needs: ["CBSD", "Sys9"]),
    library("Sys9", in: "9unix", needs: ["CNine", system]),
    library("LibUTF", in: "9unix"),
    library("LibFmt", in: "9unix", needs: ["LibUTF", "Sys9"]),
    library("LibBio", in: "9unix", needs: ["CNine", "LibFmt", "LibUTF", "Sys9", system]),
    library("LibJSON", in: "9unix"),
    library("LibObj", in: "9unix", needs: ["CNine"]),
    program("link9", in: "9unix", needs: ["LibObj", "Sys9", system]),
    program("syms", in: "9unix", needs: ["LibObj", "Sys9", system]),
    // The runtime.
    library("LibAIO", in: "libaio", needs: ["Lib9c", "LibJSON", "Sys9", system]),
    library("LibHTTP", in: "libaio"),
    library("Servers", in: "libaio", needs: ["Lib9c", "LibAIO", "LibHTTP", "Sys9", system]),
    library("SimPrograms", in: "libaio", needs: ["LibAIO", "Lib9c", "Servers", "Sys9", system]),
    program("aio-sim", in: "libaio", needs: ["LibAIO", "Servers", "SimPrograms", "Sys9"]),
    program("echo", in: "libaio", needs: ["Servers"]),
    program("proxy", in: "libaio", needs: ["Servers", "Sys9"]),
    program("timers", in: "libaio", needs: ["LibAIO", "Servers", "Sys9"]),
    program("pool", in: "libaio", needs: ["LibAIO", "Servers", "Sys9"]),
    program("wakes", in: "libaio", needs: ["LibAIO", "Servers", "Sys9"]),
    program("httpd", in: "libaio", needs: ["Servers", "Sys9"]),
    library("LibRegexp9", in: "9unix"),
    library("Lib9c", in: "9unix", needs: ["Sys9", "CNine", system]),
    // The C face: a header, what is variadic, and the functions in Swift.
    .target(name: "CNineFace", path: "Sources/9unix/CNineFace"),
    library(
      "NineFace", in: "9unix",
      needs: ["CNineFace", "Lib9c", "LibBio", "LibFmt", "LibUTF", "Sys9"]),
    library("LibIP", in: "9unix", needs: ["Lib9c", "LibFmt", "Sys9"]),
    program(
      "answers", in: "9unix",
      needs: [
        "Lib9c", "LibBio", "LibFmt", "LibIP", "LibJSON", "LibRegexp9", "LibUTF", "Sys9", system,
      ]),
    // Examples of the ground floor: programs that one would want.
    program("cat9", in: "examples", needs: ["Lib9c", "LibBio", "LibFmt", "LibUTF", "Sys9"]),
    program("scan9", in: "examples", needs: ["Lib9c"]),
    program("fdserve", in: "examples", needs: ["Lib9c", system]),
    program("fdget", in: "examples", needs: ["Lib9c", system]),
    program("grep9", in: "examples", needs: ["Lib9c", "LibBio", "LibRegexp9", "Sys9", system]),
    // The generator.
    library("ConfigKit", in: "config", needs: ["LibJSON", "Sys9"]),
    library("ConfigBench", in: "config", needs: ["ConfigKit", "MiniStatRun", "Sys9", system]),
    program(
      "config", in: "config",
      needs: [
        "ConfigKit", "ConfigBench", "LibJSON", "MiniStat", "MiniStatRun", "Sys9", "LibBSD",
        argumentParser,
      ]),
    // The statistics.
    library("MiniStat", in: "ministat"),
    library("MiniStatRun", in: "ministat", needs: ["MiniStat", "Sys9", "LibJSON"]),
    program("ministat", in: "ministat", needs: ["MiniStat", "MiniStatRun", "Sys9", "LibBSD"]),
    // Benchmarks: `config` builds the programs in every variant, the tests know their parts.
    .target(name: "CTree", path: "Sources/bench/tree/CTree", publicHeadersPath: "."),
    .target(
      name: "TreeBench", dependencies: ["CTree"], path: "Sources/bench/tree/treebench",
      exclude: ["main.swift"], swiftSettings: strict),
    .executableTarget(
      name: "echobench", dependencies: ["LibAIO", "Servers", "Sys9"],
      path: "Sources/bench/echo/echobench", swiftSettings: strict),
    .target(
      name: "MiniStatSimulation", dependencies: ["MiniStat"],
      path: "Sources/bench/ministat/MiniStatSimulation", swiftSettings: strict),
    .executableTarget(
      name: "simulate", dependencies: ["MiniStatSimulation"],
      path: "Sources/bench/ministat/simulate", swiftSettings: strict),
    // Tests.
    .target(
      name: "Support", dependencies: ["CFibers", "Sys9", "CNine"], path: "Tests/Support",
      swiftSettings: strict),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    tests("Sys9", needs: ["Sys9"]),
    // libbsd's lists and trees, which ours are compared with.
    .target(
      name: "CQueueOracle", dependencies: ["CBSD"], path: "Tests/Oracle/CQueueOracle"),
    tests("Lib9c", needs: ["Lib9c", "LibJSON", "Sys9", "CQueueOracle", system]),
    tests("LibIP", needs: ["LibIP", "Lib9c", "LibFmt", "Sys9"]),
    tests("LibBSD", needs: ["LibBSD", "Sys9", system]),
    tests("LibJSON", needs: ["LibJSON"]),
    tests("LibObj", needs: ["LibObj", "Sys9", system]),
    tests("LibUTF", needs: ["LibUTF", "Sys9", system]),
    tests("LibFmt", needs: ["CAllocations", "LibFmt", "LibUTF", "Sys9", system]),
    tests("LibBio", needs: ["CAllocations", "LibBio", "LibFmt", "LibUTF", "Sys9", system]),
    tests("LibRegexp9", needs: ["CAllocations", "LibRegexp9", "Sys9", system]),
    tests("Answers", needs: ["answers", "Lib9c", "LibIP", "LibJSON", "Sys9", system]),
    tests(
      "ConfigKit", needs: ["ConfigKit", "LibJSON", "Sys9", system],
      data: ["Cases", "Editor/sarif-essential.json"]),
    tests("ConfigBench", needs: ["ConfigBench", "ConfigKit", "MiniStatRun", "Sys9", system]),
    .target(name: "CFibers", path: "Tests/CFibers"),
    tests(
      "LibAIO",
      needs: [
        "CAllocations", "CFibers", "Lib9c", "LibAIO", "LibHTTP", "LibJSON", "Servers",
        "SimPrograms", "Sys9", system,
      ]),
    tests("LibHTTP", needs: ["LibHTTP"]),
    tests("Manual", needs: ["ConfigKit", "Sys9", system]),
    tests(
      "MiniStat", needs: ["MiniStat", "MiniStatRun", "MiniStatSimulation", "Sys9"],
      data: ["Reference"]),
    tests(
      "MiniStatRun", needs: ["MiniStat", "MiniStatRun", "Sys9", "LibJSON"],
      data: ["Golden", "Samples"]),
    tests("Bench", needs: ["TreeBench"]),
    tests("House", needs: ["Sys9", system]),
  ]
)

if Context.environment["AIO_KQUEUE"] != nil { package.standOnKqueue() }

extension Package {
  /// Leaves the runtime, its programs and its tests, and gives them their kqueue back end.
  ///
  /// On Linux it stands on libkqueue, which pkg-config finds; see Tests/Scripts/kqueue.sh.
  func standOnKqueue() {
    let all = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
    var kept: Set<String> = []
    var names = ["LibAIOTests", "echo", "httpd", "proxy"]
    while let name = names.popLast() {
      guard let target = all[name], kept.insert(name).inserted else { continue }
      target.swiftSettings?.append(.define("AIO_KQUEUE"))
      for case .byNameItem(let need, _) in target.dependencies { names.append(need) }
    }
    all["CNine"]?.cSettings = [.define("AIO_KQUEUE")]
    products = []
    targets.removeAll { !kept.contains($0.name) }
    #if os(Linux)
      all["CNine"]?.dependencies.append("CKqueue")
      targets.append(
        .systemLibrary(
          name: "CKqueue", path: "Tests/Scripts/kqueue", pkgConfig: "libkqueue",
          providers: [.apt(["libkqueue-dev"])]))
    #endif
  }
}
