// A wait without a switch of executors before it.
//
// `withUnsafeContinuation` has an isolated parameter, and so the compiler switches to that executor
// on entering it: always the one that the task is on.  To find that out takes the lock of the
// task's records and asks for its preferred executor, 250 instructions of an echo's 3,400.  The
// form of it that inherits its caller's executor, which the library keeps for callers that do, has
// no such switch; the one after the wait, which may be needed, stays.
//
// That form's name has an underscore.  It is emitted into who calls it, so no program needs it of a
// library; where a compiler has it no more, the other one means the same.

/// Suspends the calling task; `body` puts its continuation where it is resumed once.
@inline(__always)
nonisolated(nonsending) func suspended<Value>(
  _ body: (UnsafeContinuation<Value, Never>) -> Void
) async -> Value {
  #if compiler(<6.4)
    await unsafe _unsafeInheritExecutor_withUnsafeContinuation { unsafe body($0) }
  #else
    await unsafe withUnsafeContinuation { unsafe body($0) }
  #endif
}
