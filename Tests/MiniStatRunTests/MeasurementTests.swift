import MiniStatRun
import Testing

@Suite("A measurement") struct MeasurementTests {
  private func series(_ arm: String, _ values: [Double], blocks: [Int] = []) -> Series {
    Series(arm: arm, metric: "wall", values: values, blocks: blocks, sequence: blocks)
  }

  @Test func hasOneSeriesACell() {
    var all = Measurement()
    all.add(series("A", [1, 2]))
    all.add(series("B", [3]))
    all.add(series("A", [4]))
    all.checkInvariants()
    #expect(all.arms.map(\.name) == ["A", "B"])
    #expect(all["A", "", "wall"]?.values == [1, 2, 4])
    #expect(all["C", "", "wall"] == nil)
    #expect(all.valueCount == 4)
    #expect(all.metric("wall")?.unit == "s")
  }

  @Test func pairsWhatWasMeasuredTogether() throws {
    var all = Measurement()
    all.add(series("A", [1, 2, 3], blocks: [0, 1, 3]))
    all.add(series("B", [10, 30, 40], blocks: [0, 3, 4]))
    let pairs = try #require(all.pairs(base: "A", other: "B", benchmark: "", metric: "wall"))
    #expect(pairs.base == [1, 3])
    #expect(pairs.other == [10, 30])
    all.add(series("C", [1]))
    #expect(all.pairs(base: "A", other: "C", benchmark: "", metric: "wall") == nil)
  }

  @Test func mergesALaterMeasurementBehindItself() throws {
    var first = Measurement()
    first.add(series("A", [1, 2], blocks: [0, 1]))
    first.failures.append(FailedRun(arm: "B", block: 2, place: 5, reason: "exit status 1"))
    var second = Measurement()
    second.add(series("A", [3], blocks: [0]))
    second.failures.append(FailedRun(arm: "B", block: 0, place: 1, reason: "signal 9"))
    first.merge(second)
    first.checkInvariants()
    let merged = try #require(first["A", "", "wall"])
    #expect(merged.values == [1, 2, 3])
    #expect(merged.blocks == [0, 1, 3])
    #expect(merged.sequence == [0, 1, 6])
    #expect(first.failures.map(\.block) == [2, 3])
  }

  @Test func forgetsBlocksThatOnlyOnePartHas() {
    var all = Measurement()
    all.add(series("A", [1], blocks: [0]))
    all.add(series("A", [2]))
    all.checkInvariants()
    #expect(all["A", "", "wall"]?.blocks == [])
  }

  @Test(
    "knows units and their direction",
    arguments: [
      ("ns/op", "s/op", 1e-9, Better.lower), ("B/op", "B/op", 1, .lower),
      ("allocs/op", "allocs/op", 1, .lower), ("MB/s", "B/s", 1e6, .higher),
      ("p99-ns", "p99-s", 1e-9, .lower), ("requests/sec", "requests/s", 1, .higher),
      ("s", "s", 1, .lower), ("widgets", "widgets", 1, .lower), ("", "", 1, .lower),
      ("MiB/ms", "B/s", 1_048_576_000, .higher), ("x/y/z", "x/y/z", 1, .lower),
    ])
  func units(_ text: String, _ unit: String, _ factor: Double, _ better: Better) {
    let scale = UnitScale(text)
    #expect(scale.unit == unit)
    #expect(abs(scale.scaled(7) - 7 * factor) <= 1e-12 * factor)
    #expect(scale.better == better)
  }
}
