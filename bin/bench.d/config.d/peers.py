"""The tools that are compared: how each generates, and who builds the result.

A *generator* makes a build directory in three ways: cold, again with nothing
changed, and with one option flipped.  A *builder* runs in what a generator
made.  Adding a peer is adding a row to one table or to both.
"""

import glob
import os
import shutil
import subprocess

from project import OPTIONS

# Command -> Debian package that brings it.
PACKAGES = {"gn": "generate-ninja", "cmake": "cmake", "meson": "meson", "ninja": "ninja-build",
            "make": "make", "bmake": "bmake"}

FLIPPED = OPTIONS[0]


class Generator:
    """One way to describe the project and to generate from it.

    `cold`, `again`, `flip` are commands; `before(flipped)` edits the
    description first where the option is not on the command line."""

    def __init__(self, name, directory, describe, cold, again, flip,
                 before=lambda flipped: None, slow=False):
        self.name, self.directory, self.describe = name, directory, describe
        self.commands = {"cold": cold, "again": again, "flip": flip}
        self.before, self.slow = before, slow

    def move_aside(self, root):
        """Makes the build directory absent without freeing inodes (B4)."""
        for path in glob.glob(f"{root}/{self.directory}"):
            os.makedirs(f"{root}/old", exist_ok=True)
            os.rename(path, f"{root}/old/{len(os.listdir(f'{root}/old'))}")

    def output(self, root):
        """The build directory; ours chooses its name by OS and ARCH."""
        found = glob.glob(f"{root}/{self.directory}")
        assert len(found) == 1, f"{self.name}: one build directory expected, not {found}"
        return found[0]


class Builder:
    """A build tool in the directory of `generator`."""

    def __init__(self, name, generator, argv):
        self.name, self.generator, self.argv = name, generator, argv


def ours(project, tools, binary, name, flags):
    """Our own: the options stand in the configuration, which `before` edits."""
    def before(flipped):
        project.describe_ours(tools.cc, tools.ar, name, [FLIPPED] if flipped else [])

    def describe():
        project.describe_ours_files()
        before(False)

    command = [binary, *flags, f"conf/{name}"]
    return Generator("ours" + "".join(f" {f}" for f in flags), f"compile/{name}.*", describe,
                     command, command, command, before)


def gn(project, tools, name, flags):
    on = f"--args={FLIPPED.lower()}=true"
    off = f"--args={FLIPPED.lower()}=false"
    command = ["gn", "gen", "-q", *flags, f"out/{name}"]
    return Generator("gn" + "".join(f" {f}" for f in flags), f"out/{name}",
                     lambda: project.describe_gn(tools.cc, tools.ar),
                     [*command, on], command, [*command, off])


def cmake(project, tools):
    command = ["cmake", "-G", "Ninja", "-S", ".", "-B", "out/cmake"]
    return Generator("cmake", "out/cmake", lambda: project.describe_cmake(tools.cc, tools.ar),
                     command, command, [*command, f"-D{FLIPPED}=OFF"], slow=True)


def meson(project, tools):
    command = ["meson", "setup", "--native-file", "native.ini", "out/meson"]
    again = ["meson", "setup", "--reconfigure", "out/meson"]
    return Generator("meson", "out/meson", lambda: project.describe_meson(tools.cc, tools.ar),
                     command, again, [*again, f"-D{FLIPPED.lower()}=false"], slow=True)


def floor(project, tools):
    """A Makefile printed by hand: what make could do at best.  Not generated."""
    directory = f"{project.root}/out/floor"
    return Generator("floor", "out/floor",
                     lambda: project.describe_floor(tools.cc, tools.ar, directory), [], [], [])


def choose(wanted, project, tools, binary, jobs):
    """The generators and builders for the peers that were asked for."""
    generators, builders = {}, []
    jobs = f"-j{jobs}"

    def add(key, generator, builder=None, argv=()):
        generators[key] = generator
        if builder:
            builders.append(Builder(builder, key, list(argv)))

    if binary and ("ours" in wanted or "make" in wanted):
        add("ours", ours(project, tools, binary, "BENCH", []),
            "ours+make" if "make" in wanted else None, ["make", jobs])
    if binary and "ninja" in wanted:
        add("ours-ninja", ours(project, tools, binary, "BENCHN", ["--ninja"]),
            "ours+ninja", ["ninja", jobs])
    if binary and "bmake" in wanted:
        add("ours-bmake", ours(project, tools, binary, "BENCHB", ["--make", "bsd"]),
            "ours+bmake", ["bmake", jobs])
    if "gn" in wanted:
        add("gn", gn(project, tools, "gn", []), "gn+ninja", ["ninja", jobs])
        add("gn-db", gn(project, tools, "gndb", ["--export-compile-commands"]))
    if "cmake" in wanted:
        add("cmake", cmake(project, tools), "cmake+ninja", ["ninja", jobs])
    if "meson" in wanted:
        add("meson", meson(project, tools), "meson+ninja", ["ninja", jobs])
    if "floor" in wanted:
        add("floor", floor(project, tools), "floor+make", ["make", jobs])
    return generators, builders


def missing(wanted):
    """Which of the wanted peers' commands are not installed, after trying to install them."""
    needed = {name for name in wanted if name in PACKAGES}
    if needed & {"gn", "cmake", "meson"}:
        needed.add("ninja")
    if "floor" in wanted:
        needed.add("make")
    absent = sorted(name for name in needed if shutil.which(name) is None)
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [PACKAGES[name] for name in absent]
        print(f"installing {' '.join(packages)}", flush=True)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *packages],
                       stdout=subprocess.DEVNULL, check=False)
        absent = sorted(name for name in absent if shutil.which(name) is None)
    return absent


def versions(names):
    """`name version` of each installed tool, for the report."""
    found = []
    for name in names:
        if name not in PACKAGES or shutil.which(name) is None:
            continue
        argv = [name, "--version"]
        if name == "bmake":
            argv = [name, "-V", "MAKE_VERSION", "-f", "/dev/null"]
        out = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
        line = out.splitlines()[0] if out else "?"
        found.append(line if line.lower().startswith(("cmake", "gnu")) else f"{name} {line}")
    return found
