// What CMake's file API says of a build directory.

import LibJSON
import Sys9
import SystemPackage

/// A `BOOL` of the project's in CMake's cache.
struct CMakeOption {
  let name: String
  let isOn: Bool
  let help: String
}

/// The reply of CMake's file API in a build directory.
struct CMakeReply {
  let place: ImportPlace
  private(set) var targets: [JSON] = []
  private(set) var options: [CMakeOption] = []
  private(set) var rules: [NinjaRule] = []
  /// The file and the soname of each shared library, by the name of its link without a version.
  private(set) var sharedFiles: [String: (file: String, soname: String)] = [:]

  /// Reads the newest reply in `build`.
  init(build: FilePath, tree: FilePath) throws(ImportFault) {
    place = ImportPlace(tree: tree, build: build)
    let directory = build.appending(".cmake").appending("api").appending("v1").appending("reply")
    let entries = ((try? Files.list(directory)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    guard let index = entries.filter({ $0.hasPrefix("index-") }).max() else {
      throw ImportFault(
        "there is no reply of CMake's file API in '\(build)': CMake 3.14 or newer is needed")
    }
    let objects = try Self.read(directory.appending(index))["objects"]?.array ?? []
    func file(_ kind: String) -> FilePath? {
      let object = objects.last { $0["kind"]?.string == kind }
      return (object?["jsonFile"]?.string).map { directory.appending($0) }
    }
    guard let model = file("codemodel") else {
      throw ImportFault("CMake's reply in '\(build)' has no codemodel")
    }
    let configuration = try Self.read(model)["configurations"]?[0]
    for target in configuration?["targets"]?.array ?? [] {
      guard let name = target["jsonFile"]?.string else { continue }
      targets.append(try Self.read(directory.appending(name)))
    }
    if let cache = file("cache") { options = Self.options(try Self.read(cache)) }
    if let text = try? Files.read(build.appending("build.ninja")) {
      let text = String(decoding: text, as: UTF8.self)
      rules = NinjaRule.custom(text, build: build)
      sharedFiles = NinjaRule.sharedFiles(text)
    }
  }

  private static func read(_ path: FilePath) throws(ImportFault) -> JSON {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Files.read(path) } catch {
      throw ImportFault(error, reading: path)
    }
    do { return try JSON.parse(bytes: bytes) } catch {
      throw ImportFault("\(path):\(error)")
    }
  }

  /// The options of the project: what is a `BOOL`, not advanced, and not CMake's own.
  private static func options(_ cache: JSON) -> [CMakeOption] {
    (cache["entries"]?.array ?? []).compactMap { entry in
      guard entry["type"]?.string == "BOOL", let name = entry["name"]?.string,
        !name.hasPrefix("CMAKE_"), !name.hasPrefix("FETCHCONTENT_"),
        let value = entry["value"]?.string
      else { return nil }
      var help = ""
      for property in entry["properties"]?.array ?? [] {
        let text = property["value"]?.string ?? ""
        if property["name"]?.string == "ADVANCED", text == "1" { return nil }
        if property["name"]?.string == "HELPSTRING" { help = text }
      }
      let isOn = ["1", "ON", "YES", "TRUE", "Y"].contains(value.uppercased())
      return CMakeOption(name: name, isOn: isOn, help: help)
    }
  }
}
