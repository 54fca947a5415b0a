// swift-tools-version: 6.2
// The runtime with its kqueue back end, and nothing else: Tests/Scripts/kqueue.sh copies this
// beside links to Sources and Tests, and builds it with the flags of libkqueue.
import PackageDescription

/// Settings every Swift target of ours is built with, and the condition.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
  .define("AIO_KQUEUE"),
]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// One of our Swift libraries, in the room that holds it.
func library(_ name: String, in room: String, needs: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: needs, path: "Sources/\(room)/\(name)", swiftSettings: strict)
}

/// One of our programs.
func program(_ name: String, in room: String, needs: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: needs, path: "Sources/\(room)/\(name)", swiftSettings: strict)
}

let package = Package(
  name: "kqueue",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
  ],
  targets: [
    .target(name: "CNine", path: "Sources/9unix/CNine", cSettings: [.define("AIO_KQUEUE")]),
    library("Sys9", in: "9unix", needs: ["CNine", system]),
    library("LibJSON", in: "9unix"),
    library("Lib9c", in: "9unix", needs: ["Sys9", "CNine", system]),
    library("LibAIO", in: "libaio", needs: ["Lib9c", "LibJSON", "Sys9", system]),
    library("LibHTTP", in: "libaio"),
    library("Servers", in: "libaio", needs: ["LibAIO", "LibHTTP", "Sys9", system]),
    library("SimPrograms", in: "libaio", needs: ["LibAIO", "Servers", "Sys9", system]),
    program("httpd", in: "libaio", needs: ["Servers", "Sys9"]),
    program("echo", in: "libaio", needs: ["Servers"]),
    program("proxy", in: "libaio", needs: ["Servers", "Sys9"]),
    .target(name: "CFibers", path: "Tests/CFibers"),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(
      name: "Support", dependencies: ["CFibers", "Sys9", "CNine"], path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(
      name: "LibAIOTests",
      dependencies: [
        "CAllocations", "CFibers", "LibJSON", "LibHTTP", "Lib9c", "LibAIO", "Servers",
        "SimPrograms", "Support", "Sys9", system,
      ], path: "Tests/LibAIOTests", swiftSettings: strict),
  ]
)
