"""Trees on the disk, and the builds in them.

A tree holds the files of a model; a build directory in it belongs to one maker.  Edits write only
what differs, as an editor does.  What stands between two builds of BSD make is a whole second,
which most of the time has passed while others were built.
"""

import os
import shutil
import signal
import struct
import subprocess
import time

MAKERS = {"gnu": ["make", "-j2"], "ninja": ["ninja", "-j2"], "bsd": ["bmake", "-j2"]}
ARGUMENTS = {"gnu": ["--make", "gnu"], "ninja": ["--ninja"], "bsd": ["--make", "bsd"]}
# What makes an object another object: its age is its identity.
COMPILERS = {"tools/cc", "tools/swiftc"}
NEUTRAL = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DEBUG", "CFLAGS", "CC", "CPPFLAGS"}


class BuildFailed(Exception):
    """A build that should have succeeded did not."""


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if k not in NEUTRAL}
    return {**kept, "LC_ALL": "C", **more}


class Tree:
    """The files of a model at `root`."""

    def __init__(self, root):
        self.root = root
        self.files = {}
        self.last_build = 0.0

    def path(self, name):
        return f"{self.root}/{name}"

    def write(self, files, manner):
        """Makes the tree hold `files`, in the manner of an editor, or of a restored copy."""
        for name in self.files.keys() - files.keys():
            os.unlink(self.path(name))
        for name, text in files.items():
            if self.files.get(name) == text:
                continue
            path = self.path(name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            old = os.stat(path).st_mtime_ns if os.path.exists(path) else None
            target = f"{path}.new" if manner == "rename" else path
            with open(target, "w", encoding="utf-8") as out:
                out.write(text)
            if name.startswith("tools/"):
                os.chmod(target, 0o755)
            if target != path:
                os.rename(target, path)
            if manner == "old time" and old is not None and name not in COMPILERS:
                os.utime(path, ns=(old, old))
        self.files = dict(files)

    def wait_for_second(self):
        """Lets the second of the last build pass."""
        while int(time.time()) <= int(self.last_build):
            time.sleep(0.02)


class BuildDirectory:
    """The build directory of `maker` in `tree`."""

    def __init__(self, tree, maker, config, name=None):
        self.tree, self.maker, self.config = tree, maker, config
        self.name = f"compile/{name or maker}"
        self.path = tree.path(self.name)

    def generate(self):
        self.run([self.config, *ARGUMENTS[self.maker], "-d", self.name, "conf/TEST"],
                 self.tree.root, "config")

    def build(self):
        """Builds as people do, which must succeed."""
        self.run(MAKERS[self.maker], self.path, self.maker)

    def build_by_config(self):
        """Builds by `config build`, which compares contents."""
        self.run([self.config, "build", "-j", "2", self.name], self.tree.root, "config build")

    def build_from_nothing(self, cache):
        shutil.rmtree(self.path, ignore_errors=True)
        self.generate()
        more = {"TRUTH_CACHE": cache} if cache else {}
        self.run(MAKERS[self.maker], self.path, "the build from nothing", **more)

    def run(self, argv, directory, what, **more):
        done = subprocess.run(argv, cwd=directory, env=environment(**more), text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace")
        self.tree.last_build = time.time()
        if done.returncode != 0:
            tail = "\n".join(done.stdout.splitlines()[-25:])
            raise BuildFailed(f"{what}: status {done.returncode}\n{tail}")
        return done.stdout

    # A build that is killed.

    def interrupt(self, after, how, mode):
        """Kills a build when its `after`th compilation begins; True if there was one.

        `mode` is "die" if the compilation dies with the build, "go" if it goes on alone."""
        order = f"{self.path}/.kill"
        with open(order, "w", encoding="ascii") as out:
            out.write(f"{after} {how} {mode}\n")
        line = f'echo $$ >"{order}.pid"; exec {" ".join(MAKERS[self.maker])}'
        child = subprocess.Popen(["sh", "-c", line], cwd=self.path, start_new_session=True,
                                 env=environment(TRUTH_KILL=order), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        child.wait()
        self.end_session(child.pid, mode)
        was_killed = not os.path.exists(order)
        for name in order, f"{order}.pid":
            if os.path.exists(name):
                os.unlink(name)
        self.tree.last_build = time.time()
        return was_killed

    @staticmethod
    def end_session(session, mode):
        """Ends what the killed build has left running, or waits until that has ended."""
        while True:
            left = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                    if session_of(pid) == session]
            if not left:
                return
            for pid in left if mode == "die" else []:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)

    # What was made.

    def outputs(self):
        """What each program prints."""
        found = {}
        for program in "app", "sapp":
            done = subprocess.run([f"./{program}"], cwd=self.path, capture_output=True,
                                  env=environment(), text=True, check=False)
            found[program] = done.stdout
        return found

    def products(self):
        """The bytes of every object, archive, program and generated source, by name."""
        found = {}
        for where, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if name not in ("cache", ".ln", ".d")]
            for name in names:
                path = f"{where}/{name}"
                if os.path.islink(path) or not is_product(name):
                    continue
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.path)] = file.read()
        return found

    def remove_some_product(self, random):
        """Somebody removes a file that was made; its name."""
        name = random.choice(sorted(self.products()))
        os.unlink(f"{self.path}/{name}")
        return name


def session_of(pid):
    """The session of a process that has not ended; None for others."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[3]) if fields[0] != "Z" else None


def is_product(name):
    return name.endswith((".o", ".a")) or ".so." in name or name in (
        "app", "sapp", "mkgen", "gen.h", "table.c")


# A clock that is set back: what there is lies in the future.

HOUR = 3600 * 10**9


def set_clock_back(tree):
    """Makes all files of the tree an hour younger, which is what that looks like."""
    for where, _, names in os.walk(tree.root):
        for name in names:
            path = f"{where}/{name}"
            if os.path.islink(path) or os.path.relpath(path, tree.root) in COMPILERS:
                continue
            state = os.stat(path)
            if name == ".ninja_log":
                shift_ninja_log(path)
            elif name == ".ninja_deps":
                shift_ninja_deps(path)
            elif name == ".config.log":
                shift_record(path)
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + HOUR))


def shift_ninja_log(path):
    """The third field of a line is a time."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            fields = line.split("\t")
            if len(fields) == 5 and fields[2] != "0":
                fields[2] = str(int(fields[2]) + HOUR)
            file.write("\t".join(fields))


def shift_ninja_deps(path):
    """Records of dependencies have their highest bit set: an output, its time, its inputs."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    position = data.index(b"\n") + 1 + 4
    while position + 4 <= len(data):
        size, = struct.unpack_from("<I", data, position)
        if size & 0x80000000:
            size &= 0x7FFFFFFF
            moment, = struct.unpack_from("<Q", data, position + 8)
            struct.pack_into("<Q", data, position + 8, moment + HOUR)
        position += 4 + size
    with open(path, "wb") as file:
        file.write(data)


def shift_record(path):
    """`output SIZE:TIME NAME` in config's record."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    with open(path, "w", encoding="utf-8") as file:
        for line in lines:
            words = line.split(" ", 2)
            if words[0] == "output":
                size, moment = words[1].split(":")
                words[1] = f"{size}:{int(moment) + HOUR}"
            file.write(" ".join(words))


def touch_the_future(tree):
    """What `config build` asks for: files of the future get the time of now."""
    now = time.time_ns()
    for name in tree.files:
        path = tree.path(name)
        if os.stat(path).st_mtime_ns > now and name not in COMPILERS:
            os.utime(path)
