// What a debugger finds in a program without symbols.

internal import CNine

/// What a debugger reads of a program that runs or has crashed: the section `eel_dbg`.
///
/// See `CNineThreads.h` for the layout, which this module only carries.
public enum DebugSection {
  /// Bytes of a loop's block, and of a record.
  public static let blockSize = MemoryLayout<cnine_debug_loop>.size
  /// Bytes of an event's record.
  public static let recordSize = MemoryLayout<cnine_debug_record>.size

  /// Enters a loop's block; its slot, or nil if there are too many loops.
  public static func enter(_ block: UnsafeMutableRawPointer) -> Int? {
    let slot = unsafe cnine_debug_enter(block.assumingMemoryBound(to: cnine_debug_loop.self))
    return slot < 0 ? nil : Int(slot)
  }

  /// Takes a block out again.
  public static func leave(_ slot: Int) { cnine_debug_leave(CInt(slot)) }

  /// Says what the number of a place stands for.  One caller at a time.
  public static func nameSite(
    _ number: UInt32, _ file: StaticString, _ line: UInt32, _ function: StaticString
  ) {
    guard file.hasPointerRepresentation, function.hasPointerRepresentation else { return }
    let text = { (text: StaticString) in
      unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    unsafe cnine_debug_name_site(
      number, text(file), file.utf8CodeUnitCount, line, text(function),
      function.utf8CodeUnitCount)
  }

  /// Says what a group is called.  One caller at a time.
  public static func nameGroup(_ number: UInt32, _ name: String) {
    var name = name
    name.withUTF8 { bytes in
      let count = bytes.count
      unsafe bytes.withMemoryRebound(to: CChar.self) {
        if let base = $0.baseAddress { unsafe cnine_debug_name_group(number, base, count) }
      }
    }
  }

  /// Where the section lies in this process.
  public static var address: UnsafeRawPointer { unsafe UnsafeRawPointer(cnine_debug_address()) }

  /// The group that a debugger watches; 0 for none.
  public static var watchedGroup: UInt32 {
    get { cnine_watched_group() }
    set { cnine_watch_group(newValue) }
  }

  /// Whether somebody looks at the probes: `perf`, `bpftrace`, a debugger.  A load.
  public static var probesAreOn: Bool { cnine_probes_are_on() != 0 }

  /// The probe `libaio:begin`, of a record of ``recordSize`` bytes.
  public static func probeBegin(_ record: UnsafeRawPointer) {
    unsafe cnine_probe_begin(record.assumingMemoryBound(to: cnine_debug_record.self))
  }

  /// The probe `libaio:end`.
  public static func probeEnd(_ event: UInt64) { cnine_probe_end(event) }

  /// Where a debugger has its breakpoint: call it at events of the watched group.
  public static func stop(
    group: UInt32, event: UInt64, kind: UInt32, callback: UInt64, argument: UInt64, fd: Int32
  ) { eel_dbg_stop(group, event, kind, callback, argument, fd) }
}
