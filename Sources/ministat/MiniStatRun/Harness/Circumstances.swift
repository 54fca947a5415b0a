// What is known of the machine on which something is measured, and of the programs.
//
// Everything here is for the reader of a record: what cannot be found out is left out, and no
// measurement fails for it.  Of the environment only variables that change how programs run are
// kept: records are sent to colleagues, and an environment holds secrets.

import Glibc
internal import Sys9
public import SystemPackage

/// Facts about the machine and about programs.
public enum Circumstances {
  /// The variables whose values are recorded.
  public static let variables = [
    "LANG", "LC_ALL", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_BIND_NOW", "GLIBC_TUNABLES",
    "MALLOC_ARENA_MAX", "OMP_NUM_THREADS", "GOMAXPROCS", "GOGC", "RUSTFLAGS", "JAVA_TOOL_OPTIONS",
    "PYTHONHASHSEED", "SWIFT_DETERMINISTIC_HASHING",
  ]

  /// Programs larger than this are not hashed: that would take longer than many a measurement.
  static let programSizeMax = 256 << 20

  /// What is known of the machine, as it is now.
  public static func machine() -> [Fact] {
    var facts = system()
    add("cpu", processor(), to: &facts)
    add("cpus", (try? Affinity.current()).map { "\($0.count)" }, to: &facts)
    let cpu = "/sys/devices/system/cpu/"
    add("governor", line(cpu + "cpu0/cpufreq/scaling_governor"), to: &facts)
    if let off = line(cpu + "intel_pstate/no_turbo") {
      facts.append(Fact("turbo", off == "1" ? "off" : "on"))
    } else if let boost = line(cpu + "cpufreq/boost") {
      facts.append(Fact("turbo", boost == "1" ? "on" : "off"))
    }
    add("smt", line(cpu + "smt/control"), to: &facts)
    add("aslr", line("/proc/sys/kernel/randomize_va_space"), to: &facts)
    add("container", container(), to: &facts)
    add("load", load(), to: &facts)
    facts.append(Fact("timer-resolution-ns", "\(timerStep())"))
    facts.append(Fact("maxrss-floor", "\(Int(ResourceUse.ofSelf().residentMax))"))
    facts.append(Fact("time", now()))
    for name in variables {
      add("env-\(name)", Environment[name], to: &facts)
    }
    return facts
  }

  /// The load averages and the tasks that run, as `/proc/loadavg` has them.
  public static func load() -> String? {
    line("/proc/loadavg").map { $0.split(separator: " ").prefix(4).joined(separator: " ") }
  }

  /// What is known of the program that `command` starts: path, size, hash, build id, configuration,
  /// revision.
  public static func program(_ command: [String], in directory: FilePath?) -> [Fact] {
    guard let name = command.first, let path = find(name, in: directory) else { return [] }
    var facts = [Fact("path", path.string)]
    guard let found = try? Files.status(path) else { return facts }
    facts.append(Fact("size", "\(found.size)"))
    if found.size <= programSizeMax, let bytes = try? Files.read(path) {
      facts.append(Fact("sha256", SHA256.hex(bytes)))
      add("build-id", ProgramImage.buildID(bytes), to: &facts)
      if let configuration = ProgramImage.configuration(bytes) {
        add("ident", ProgramImage.ident(configuration), to: &facts)
        facts.append(Fact("configuration-sha256", SHA256.hex(configuration)))
      }
    }
    let place = path.removingLastComponent()
    add("revision", revision(of: place.isEmpty ? "." : place), to: &facts)
    return facts
  }

  /// Where `name` is found: as a path, or in `PATH`.
  static func find(_ name: String, in directory: FilePath?) -> FilePath? {
    var places: [FilePath]
    if name.contains("/") {
      places = [(directory ?? "").pushing(FilePath(name))]
    } else {
      let path = Environment["PATH"] ?? "/usr/bin:/bin"
      places = path.split(separator: ":").map { FilePath(String($0)).appending(name) }
    }
    for place in places {
      if let status = try? Files.status(place), status.isRegular, status.mode & 0o111 != 0 {
        return (try? Files.real(place)) ?? place
      }
    }
    return nil
  }

  /// The commit that `directory` is of, with `-dirty` if it has changes; nil outside of git.
  static func revision(of directory: FilePath) -> String? {
    let words = [
      "git", "-C", directory.string, "describe", "--always", "--dirty", "--abbrev=40",
      "--exclude=*",
    ]
    guard let outcome = try? Command.run(words, quiet: true), outcome.status == 0 else {
      return nil
    }
    let text = String(decoding: outcome.output.prefix { $0 != 0x0A }, as: UTF8.self)
    return text.isEmpty ? nil : text
  }

  private static func add(_ key: String, _ value: String?, to facts: inout [Fact]) {
    if let value, !value.isEmpty { facts.append(Fact(key, value)) }
  }

  private static func system() -> [Fact] {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return [] }
    func text<Field>(_ field: Field) -> String {
      unsafe withUnsafeBytes(of: field) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    return [
      Fact("system", text(name.sysname)), Fact("kernel", text(name.release)),
      Fact("machine", text(name.machine)),
    ]
  }

  /// The first line of the file, without blanks at its end.
  private static func line(_ path: String) -> String? {
    guard let bytes = try? Files.read(FilePath(path)) else { return nil }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }

  private static func processor() -> String? {
    guard let bytes = try? Files.read("/proc/cpuinfo") else { return nil }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].hasPrefix("model name") else { continue }
      return String(parts[1].drop { $0 == " " })
    }
    return nil
  }

  private static func container() -> String? {
    if let named = Environment["container"] { return named }
    for (path, name) in [("/.dockerenv", "docker"), ("/run/.containerenv", "podman")] {
      if let status = try? Files.status(FilePath(path)), status.size >= 0 { return name }
    }
    return nil
  }

  /// The smallest step of the clock that is seen, in nanoseconds.
  private static func timerStep() -> Int64 {
    var step = Int64.max
    for _ in 0..<100 {
      let start = Clocks.monotonicNs()
      var next = Clocks.monotonicNs()
      while next == start { next = Clocks.monotonicNs() }
      step = min(step, next - start)
    }
    return max(step, Clocks.monotonicResolutionNs())
  }

  /// The date and time in UTC, as ISO 8601 has it.
  private static func now() -> String {
    var seconds = time(nil)
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    func two(_ number: CInt) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let date = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
    let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
    return date.map(two).joined(separator: "-") + "T" + clock.map(two).joined(separator: ":") + "Z"
  }
}
