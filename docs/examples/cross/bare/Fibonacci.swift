/// The Fibonacci number at `index`; additions wrap.
public func fibonacci(_ index: Int32) -> Int32 {
  var (a, b): (Int32, Int32) = (0, 1)
  var left = index
  while left > 0 {
    (a, b) = (b, a &+ b)
    left &-= 1
  }
  return a
}
