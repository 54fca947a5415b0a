"""gdb commands for programs on the runtime: what their loops are doing, and what they did last.

    (gdb) source aio.py
    (gdb) aio loops             one line a loop: the event under way, its group, its place
    (gdb) aio records           the last events of all loops, oldest first
    (gdb) aio records 0 50      the last 50 of loop 0

Works on live processes and on core files, with symbols or stripped: everything is found by the
section `eel_dbg` of the program, which holds one struct cnine_debug (CNineThreads.h).  Events are
kept if the program was asked to: `recordsEvents` of a runtime, `keepRecords` of a loop, --trace of
our servers.  Groups and places are numbers: their names are the program's.
"""
import re
import struct

import gdb

SECTION = "eel_dbg"
VERSION = 1
HEADER = struct.Struct("<8s8I")
LOOP = struct.Struct("<4Q2I2Q2I")
RECORD = struct.Struct("<5Q2IIiBBHI")
KINDS = ["none", "task", "send", "completion", "timer", "message"]
OPERATIONS = ["accept", "connect", "receive", "send", "readable", "writable", "close", "timer",
              "blocking", "resolve", "dial", "sendFile", "file", "receiveFrom", "sendTo", "signal",
              "child"]


def memory(address, count):
    return bytes(gdb.selected_inferior().read_memory(address, count))


def section():
    """Where the program's section is, as it was loaded."""
    for line in gdb.execute("info files", to_string=True).splitlines():
        found = re.match(r"\s*(0x[0-9a-f]+) - 0x[0-9a-f]+ is " + SECTION + r"\s*$", line)
        if found:
            return int(found.group(1), 16)
    raise gdb.GdbError(f"no section {SECTION}: no program on the runtime, or no process or core")


def loops():
    """(number, address) of every loop that lives."""
    start = section()
    magic, version, _, loop_size, record_size, _, count, _, _ = HEADER.unpack(
        memory(start, HEADER.size))
    if magic != b"EELDBG\0\0":
        raise gdb.GdbError(f"{SECTION} at {start:#x} does not begin as it should: {magic!r}")
    if version != VERSION or loop_size < LOOP.size or record_size != RECORD.size:
        raise gdb.GdbError(f"{SECTION} is of version {version}; this script knows {VERSION}")
    table = struct.unpack(f"<{count}Q", memory(start + HEADER.size, 8 * count)) if count else ()
    return [(number, address) for number, address in enumerate(table) if address]


def name(table, number):
    return table[number] if number < len(table) else str(number)


def event_name(event):
    """worker.count, as the numbers are made."""
    return f"{event >> 48}.{event & (1 << 48) - 1}" if event else "-"


def symbol(address):
    """The function that an address lies in, if the program says so; else the address."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    return text if text and not text.startswith("No symbol") else f"{address:#x}"


class Aio(gdb.Command):
    """Loops of the runtime."""

    def __init__(self):
        super().__init__("aio", gdb.COMMAND_STATUS, prefix=True)


class Loops(gdb.Command):
    """aio loops: one line a loop."""

    def __init__(self):
        super().__init__("aio loops", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for number, address in loops():
            ring, mask, head, event, group, site, sequence, parent, worker, _ = LOOP.unpack(
                memory(address, LOOP.size))
            doing = (f"in event {event_name(event)} of group {group}, place {site}, "
                     f"caused by {event_name(parent)}" if event else "waiting")
            kept = f"{min(head, mask + 1)} of {head} kept" if ring else "none kept"
            print(f"loop {number}: worker {worker}, {doing}; events {sequence}, records {kept}")


class Records(gdb.Command):
    """aio records [LOOP [COUNT]]: the last events, oldest first."""

    def __init__(self):
        super().__init__("aio records", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if len(words) > 2 or not all(word.isdigit() for word in words):
            raise gdb.GdbError("usage: aio records [LOOP [COUNT]]")
        for number, address in loops():
            if not words or int(words[0]) == number:
                self.show(number, address, int(words[1]) if len(words) > 1 else 20)

    @staticmethod
    def show(number, address, most):
        ring, mask, head, *_ = LOOP.unpack(memory(address, LOOP.size))
        for index in range(head - min(head, mask + 1, most) if ring else head, head):
            (time, event, parent, callback, what, group, site, cycles, fd, kind, op, worker,
             _) = RECORD.unpack(memory(ring + (index & mask) * RECORD.size, RECORD.size))
            operation = f" {name(OPERATIONS, op)}" if name(KINDS, kind) == "completion" else ""
            took = f"{cycles} cycles" if cycles else "not over"
            print(f"loop {number}: {event_name(event)} <- {event_name(parent)} at {time}, {took}: "
                  f"{name(KINDS, kind)}{operation}, group {group}, place {site}, "
                  f"argument {what:#x}, for {symbol(callback)}")


Aio()
Loops()
Records()
