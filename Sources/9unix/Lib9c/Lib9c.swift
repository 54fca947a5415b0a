// Lib9c: theory of operation.
//
// What every program needs and the C library does badly, under the names of Plan 9: arguments,
// files, processes, directories, text, time, the network.  Each of them is two things:
//
//     a pure middle   values in, values out: parsers, calendars, quoting; no call, no clock
//     a thin edge     system calls, all of them through Sys9
//
// Classic names (`tokenize`, `gmtime`, `dial`) take and return what Plan 9's do, and where Plan 9
// returns -1 and a text they throw; Swift-named forms stand beside them where they can be better.
// Where Plan 9's answer is one that nobody wants, ours is right, and `Plan9` keeps the old one.
//
// Invariants.
//   L1  No global state but the error string of each thread, the program's name (`argv0`) and
//       the time zone of the C library.
//   L2  Everything works without a loop and on any thread.
//
// Rejected.  Foundation: it costs start-up and size, and knows none of this.

@_exported public import Sys9

/// Answers exactly as plan9port gives them, where ours differ on purpose.
///
/// For programs that must agree with old ones bit for bit, and for comparing with them.  Each says
/// what is wrong with it.
public enum Plan9 {}
