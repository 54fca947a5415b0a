// swift-tools-version: 6.2
// SwiftNIO's servers, a package of their own: nothing of ours depends on SwiftNIO for their sake.
//
// The version is pinned, since a figure beside "SwiftNIO" means the same only if that is the same.
// What is fetched and built lies where `build`, beside this file, says.

import PackageDescription

let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}

let package = Package(
  name: "peer-nio",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.0")
  ],
  targets: [
    .executableTarget(name: "nio", dependencies: nio, path: ".", sources: ["main.swift"])
  ]
)
