// The processor's counter and its breath between two looks at a lock.

internal import CNine

/// The processor's counter: cycles at a constant rate, from an arbitrary start.
///
/// x86: `rdtsc`; arm64: `cntvct_el0`; elsewhere the monotonic clock in nanoseconds.  It costs some
/// 20 cycles, is not ordered with what stands around it, and two processors may differ a little:
/// for measuring short things often, not for telling the time.  The original's `rdtsc`.
public func rdtsc() -> UInt64 { cnine_cycles() }

/// A hint that this is a loop that waits for another processor: `pause`, `yield`, or nothing.
///
/// Saves power, and leaves the core to its other thread.  The original's `cpu_spinwait`.
public func spinWait() { cnine_spinwait() }
