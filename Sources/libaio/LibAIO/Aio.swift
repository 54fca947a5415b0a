// The runtime: theory of operation.
//
// Problem.  A server waits for thousands of things at once and has a few microseconds for each.
// What costs is not the waiting but what stands between the kernel's answer and the program:
// an allocation, a lock, a reference count, a system call too many.
//
// Shape.  One `Loop` a thread.  Every asynchronous act is an operation: submitted, named by a
// token, completed exactly once, or many times and then once for the last time.  What differs
// between epoll, io_uring and the simulator is a subclass of Loop, chosen by a `World` at the
// start: the rest of the runtime, and every program, sees a Loop.
//
//     program --submit(op)--> Loop --start--> EpollLoop | UringLoop | SimLoop --> kernel
//        ^                                                                          |
//        +-------- Receiver.completed(completion, on: loop) <---- deliver ----------+
//
// Where things live.  Handles and operations are records in slabs, found by index and guarded by
// a generation, so that a stale name is noticed and never followed.  Received bytes come in
// `Buffer`s, which own a block of the loop's pool until they are dropped, on whatever thread.
//
// Invariants, asserted by name where they could break.
//   L1  Each submitted operation has exactly one terminal completion (`isLast`).
//   L2  Only the terminal completion frees what an operation owns: cancelling is advice.
//   L3  No callback runs inside a call to the runtime: completions are delivered by the loop.
//   L4  In the steady state no event allocates, locks, or makes a needless system call.
//   L5  A loop's state is touched by its own thread alone; others reach it through its mailbox.
//   L6  A stream has no holes: behind a send that failed, nothing more is sent (`EPIPE`).
//
// Rejected.  An existential back end (boxing, 4.5 ns a call), closures stored in records (a retain
// and a release around each call, 10 ns), a global pool of blocking threads for all purposes.

/// The runtime's name space, as the seed's C++ had it (`Aio::`).
public enum Aio {}
