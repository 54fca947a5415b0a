"""gdb commands for programs on the runtime: what their loops are doing, and what they did last.

    (gdb) source aio.py
    (gdb) aio loops             one line a loop: the event under way, its group, its place
    (gdb) aio records           the last events of all loops, oldest first
    (gdb) aio records 0 50      the last 50 of loop 0

Works on live processes and on core files, with symbols or stripped: everything is found by the
section `eel_dbg` of the program, which holds one struct cnine_debug (CNineThreads.h).  Events are
kept if the program was asked to: `recordsEvents` of a runtime, `keepRecords` of a loop, --trace of
our servers.  The class of a receiver is read from the object, and is missing if that is gone.
"""
import re
import struct

import gdb

SECTION = "eel_dbg"
VERSION = 2
HEADER = struct.Struct("<8s8I2Q2I")
SITE = struct.Struct("<2Q4I")
GROUP = struct.Struct("<2I56s")
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


def header():
    """Where the section begins, how many loops it has room for, and where the names are."""
    start = section()
    (magic, version, _, loop_size, record_size, _, count, _, _, *names) = HEADER.unpack(
        memory(start, HEADER.size))
    if magic != b"EELDBG\0\0":
        raise gdb.GdbError(f"{SECTION} at {start:#x} does not begin as it should: {magic!r}")
    if version != VERSION or loop_size < LOOP.size or record_size != RECORD.size:
        raise gdb.GdbError(f"{SECTION} is of version {version}; this script knows {VERSION}")
    return start, count, names


def loops():
    """(number, address) of every loop that lives."""
    start, count, _ = header()
    table = struct.unpack(f"<{count}Q", memory(start + HEADER.size, 8 * count)) if count else ()
    return [(number, address) for number, address in enumerate(table) if address]


class Names:
    """What the numbers of places and groups stand for."""

    def __init__(self):
        _, _, (sites, groups, site_count, group_count) = header()
        self.sites = {}
        for file, function, file_length, function_length, line, number in SITE.iter_unpack(
                memory(sites, SITE.size * site_count) if site_count else b""):
            self.sites[number] = (file, file_length, line, function, function_length)
        self.groups = {number: name[:length].decode(errors="replace")
                       for number, length, name in GROUP.iter_unpack(
                           memory(groups, GROUP.size * group_count) if group_count else b"")}

    def group(self, number):
        return repr(self.groups[number]) if number in self.groups else f"#{number}"

    def of(self, group, site):
        """"of group G, from F:L in f()", as far as that is known."""
        words = [f"of group {self.group(group)}"] if group else []
        if site in self.sites:
            file, file_length, line, function, function_length = self.sites[site]
            words.append(f"from {memory(file, file_length).decode()}:{line} in "
                         f"{memory(function, function_length).decode()}")
        elif site:
            words.append(f"from place {site}")
        return ", ".join(words)


def name(table, number):
    return table[number] if number < len(table) else str(number)


def event_name(event):
    """worker.count, as the numbers are made."""
    return f"{event >> 48}.{event & (1 << 48) - 1}" if event else "-"


def symbol(address):
    """The function that an address lies in, if the program says so; else the address."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    return text if text and not text.startswith("No symbol") else f"{address:#x}"


def class_name(address):
    """The class of the object of Swift's at `address`; nothing if there is none any more."""
    try:
        metadata, = struct.unpack("<Q", memory(address, 8))
        description, = struct.unpack("<Q", memory(metadata + 40, 8))
        offset, = struct.unpack("<i", memory(description + 8, 4))
        text = memory(description + 8 + offset, 64).split(b"\0")[0].decode()
    except (gdb.MemoryError, UnicodeDecodeError):
        return ""
    return text if text.isidentifier() else ""


def target(kind, address):
    """Whom an event is for: a task's code, or a receiver."""
    if not address:
        return ""
    found = "" if name(KINDS, kind) in ("task", "send") else class_name(address)
    return ", for " + (found or symbol(address))


class Aio(gdb.Command):
    """Loops of the runtime."""

    def __init__(self):
        super().__init__("aio", gdb.COMMAND_STATUS, prefix=True)


class Loops(gdb.Command):
    """aio loops: one line a loop."""

    def __init__(self):
        super().__init__("aio loops", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        names = Names()
        for number, address in loops():
            ring, mask, head, event, group, site, sequence, parent, worker, _ = LOOP.unpack(
                memory(address, LOOP.size))
            doing = (f"in event {event_name(event)} <- {event_name(parent)} "
                     f"{names.of(group, site)}" if event else "waiting")
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
        names = Names()
        for number, address in loops():
            if not words or int(words[0]) == number:
                self.show(names, number, address, int(words[1]) if len(words) > 1 else 20)

    @staticmethod
    def show(names, number, address, most):
        ring, mask, head, *_ = LOOP.unpack(memory(address, LOOP.size))
        for index in range(head - min(head, mask + 1, most) if ring else head, head):
            (time, event, parent, callback, what, group, site, cycles, fd, kind, op, worker,
             _) = RECORD.unpack(memory(ring + (index & mask) * RECORD.size, RECORD.size))
            took = f", {cycles} cycles" if cycles else ""
            operation = f" {name(OPERATIONS, op)}" if name(KINDS, kind) == "completion" else ""
            print(f"loop {number}: {event_name(event)} <- {event_name(parent)} at {time}{took}: "
                  f"{name(KINDS, kind)}{operation} {names.of(group, site)}, "
                  f"argument {what:#x}{target(kind, callback)}")


Aio()
Loops()
Records()
