"""The synthetic project: one tree of C sources, described once for each tool.

Shape.  N sources, N/10 headers, N/50 libraries and N/500 programs, in
directories of 100 files:

    src/d003/s00342.c     includes three headers, one of them its neighbours'
    inc/d00/h0034.h
    conf/BENCH conf/files            ours
    .gn build/ BUILD.gn              GN
    CMakeLists.txt config.h.in       CMake
    meson.build meson_options.txt    Meson

Source i belongs to library i/50; each 500th is the main source of a program,
which links the ten libraries of its block.  One source in twenty is tagged
with one of five options, all of them on.

Invariants.
  P1  Every description builds the same objects, archives and programs.
  P2  The tree is a function of N alone: no clock, no chance.
  P3  Each description is one file.  A file a directory was tried at 10,000
      sources: the same CPU time in GN, CMake and Meson; a quarter less wall
      time in GN, which reads on several threads.
"""

import os

SOURCES_PER_DIRECTORY = 100
SOURCES_PER_HEADER = 10
SOURCES_PER_LIBRARY = 50
SOURCES_PER_PROGRAM = 500
LIBRARIES_PER_PROGRAM = SOURCES_PER_PROGRAM // SOURCES_PER_LIBRARY
TAGGED_EVERY = 20
OPTIONS = [f"FEATURE{k}" for k in range(5)]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


class Project:
    """A tree of `sources` files at `root`, and what each tool should find."""

    def __init__(self, root, sources):
        assert sources % SOURCES_PER_PROGRAM == 0, "N is a multiple of 500"
        self.root = root
        self.sources = sources
        self.headers = sources // SOURCES_PER_HEADER
        self.libraries = sources // SOURCES_PER_LIBRARY
        self.programs = sources // SOURCES_PER_PROGRAM

    # The tree.

    def source(self, i):
        return f"src/d{i // SOURCES_PER_DIRECTORY:03d}/s{i:05d}.c"

    def header(self, h):
        return f"inc/d{h // SOURCES_PER_DIRECTORY:02d}/h{h:04d}.h"

    def includes(self, i):
        """Three different headers: the neighbours' own and two from afar."""
        count, near = self.headers, i // SOURCES_PER_HEADER
        picked = [near]
        for guess in (i * 7 + 3) % count, (i * 13 + 5) % count:
            while guess in picked:
                guess = (guess + 1) % count
            picked.append(guess)
        return picked

    def option(self, i):
        """The option that source i is tagged with, or None."""
        if self.is_main(i) or i % TAGGED_EVERY != TAGGED_EVERY // 2:
            return None
        return OPTIONS[(i // TAGGED_EVERY) % len(OPTIONS)]

    def is_main(self, i):
        return i % SOURCES_PER_PROGRAM == 0

    def members(self, library):
        """The sources of a library: (number, option or None)."""
        first = library * SOURCES_PER_LIBRARY
        numbers = range(first, first + SOURCES_PER_LIBRARY)
        return [(i, self.option(i)) for i in numbers if not self.is_main(i)]

    def links(self, program):
        first = program * LIBRARIES_PER_PROGRAM
        return range(first, first + LIBRARIES_PER_PROGRAM)

    def users(self, h):
        """How many sources include header h: what touching it recompiles."""
        return sum(h in self.includes(i) for i in range(self.sources))

    def make_tree(self):
        for h in range(self.headers):
            write(f"{self.root}/{self.header(h)}", f"enum {{ h{h:04d} = {h} }};\n")
        for i in range(self.sources):
            lines = [f'#include "{self.header(h)}"\n' for h in self.includes(i)]
            name = "main(void)" if self.is_main(i) else f"s{i:05d}(void)"
            total = " + ".join(f"h{h:04d}" for h in self.includes(i))
            lines.append(f"\nint {name} {{ return {total}; }}\n")
            write(f"{self.root}/{self.source(i)}", "".join(lines))

    # The descriptions.

    def describe_ours(self, cc, ar, name="BENCH", without=()):
        enabled = [f"option {o}\n" for o in OPTIONS if o not in without]
        write(f"{self.root}/conf/{name}",
              f"ident {name}\n" + "".join(enabled)
              + f"makeoption CC {cc}\nmakeoption AR {ar}\nmakeoption CFLAGS -O2\n"
              + "param SOURCES " + str(self.sources) + "\ninclude files\n")

    def describe_ours_files(self):
        out = []
        for k in range(self.libraries):
            out.append(f"library libb{k:04d}\n")
            for i, option in self.members(k):
                out.append(f"\t{self.source(i)}" + (f"\toption {option}\n" if option else "\n"))
        for p in range(self.programs):
            out.append(f"program p{p:03d}\n\t{self.source(p * SOURCES_PER_PROGRAM)}\n")
            out.append("\tlibrary " + " ".join(f"libb{k:04d}" for k in self.links(p)) + "\n")
        write(f"{self.root}/conf/files", "".join(out))

    def describe_gn(self, cc, ar):
        root = self.root
        write(f"{root}/.gn", 'buildconfig = "//build/BUILDCONFIG.gn"\n')
        write(f"{root}/build/BUILDCONFIG.gn", 'set_default_toolchain("//build:bench")\n')
        write(f"{root}/build/BUILD.gn", GN_TOOLCHAIN.replace("@CC@", cc).replace("@AR@", ar))
        args = "".join(f"  {o.lower()} = true\n" for o in OPTIONS)
        header = "".join(
            f'if ({o.lower()}) {{\n  lines += [ "#define {o} 1" ]\n}}\n' for o in OPTIONS)
        out = [f"declare_args() {{\n{args}}}\n",
               f'lines = [ "#define SOURCES {self.sources}" ]\n{header}',
               'write_file("$root_build_dir/config.h", lines)\n']
        for k in range(self.libraries):
            out.append(f'static_library("libb{k:04d}") {{\n  sources = [\n')
            out += [f'    "{self.source(i)}",\n' for i, option in self.members(k) if not option]
            out.append("  ]\n")
            out += [f'  if ({option.lower()}) {{\n    sources += [ "{self.source(i)}" ]\n  }}\n'
                    for i, option in self.members(k) if option]
            out.append("}\n")
        for p in range(self.programs):
            deps = ", ".join(f'":libb{k:04d}"' for k in self.links(p))
            main = self.source(p * SOURCES_PER_PROGRAM)
            out.append(f'executable("p{p:03d}") {{\n  sources = [ "{main}" ]\n'
                       f"  deps = [ {deps} ]\n}}\n")
        write(f"{root}/BUILD.gn", "".join(out))

    def describe_cmake(self, cc, ar):
        out = [CMAKE_HEAD.replace("@CC@", cc).replace("@AR@", ar)]
        out += [f"option({o} \"\" ON)\n" for o in OPTIONS]
        out.append("configure_file(config.h.in config.h)\n")
        for k in range(self.libraries):
            names = [self.source(i) for i, option in self.members(k) if not option]
            out.append(f"add_library(b{k:04d} STATIC\n  " + "\n  ".join(names) + ")\n")
            out += [f"if({option})\n  target_sources(b{k:04d} PRIVATE {self.source(i)})\nendif()\n"
                    for i, option in self.members(k) if option]
        for p in range(self.programs):
            out.append(f"add_executable(p{p:03d} {self.source(p * SOURCES_PER_PROGRAM)})\n")
            links = " ".join(f"b{k:04d}" for k in self.links(p))
            out.append(f"target_link_libraries(p{p:03d} PRIVATE {links})\n")
        write(f"{self.root}/CMakeLists.txt", "".join(out))
        write(f"{self.root}/config.h.in", f"#define SOURCES {self.sources}\n"
              + "".join(f"#cmakedefine01 {o}\n" for o in OPTIONS))

    def describe_meson(self, cc, ar):
        write(f"{self.root}/native.ini", f"[binaries]\nc = '{cc}'\nar = '{ar}'\n")
        write(f"{self.root}/meson_options.txt",
              "".join(f"option('{o.lower()}', type: 'boolean', value: true)\n" for o in OPTIONS))
        out = ["project('bench', 'c', default_options: ['buildtype=plain'])\n",
               "root = include_directories('.')\nconf = configuration_data()\n",
               f"conf.set('SOURCES', {self.sources})\n"]
        out += [f"conf.set('{o}', get_option('{o.lower()}'))\n" for o in OPTIONS]
        out.append("configure_file(output: 'config.h', configuration: conf)\n")
        fixed = ("c_args: ['-O2'], include_directories: root, implicit_include_directories: false")
        for k in range(self.libraries):
            names = [f"'{self.source(i)}'" for i, option in self.members(k) if not option]
            out.append("files_ = [\n  " + ",\n  ".join(names) + "]\n")
            out += [f"if get_option('{option.lower()}')\n  files_ += '{self.source(i)}'\nendif\n"
                    for i, option in self.members(k) if option]
            out.append(f"b{k:04d} = static_library('b{k:04d}', files_, {fixed})\n")
        for p in range(self.programs):
            links = ", ".join(f"b{k:04d}" for k in self.links(p))
            out.append(f"executable('p{p:03d}', '{self.source(p * SOURCES_PER_PROGRAM)}',\n"
                       f"  link_with: [{links}], {fixed})\n")
        write(f"{self.root}/meson.build", "".join(out))

    def describe_floor(self, cc, ar, build):
        """What a Makefile for this tree could be at best, printed by hand."""
        out = ["MAKEFLAGS += -rR\n.SUFFIXES:\n.PHONY: all\nall:\n"]
        all_targets = []

        def compile_rule(i):
            name = f"o/{self.source(i)}.o"
            os.makedirs(os.path.dirname(f"{build}/{name}"), exist_ok=True)
            out.append(f"{name}: ../../{self.source(i)}\n\t{cc} -O2 -I. -I../.. -MMD -MF {name}.d"
                       f" -c -o $@ ../../{self.source(i)}\n")
            return name

        for k in range(self.libraries):
            objects = " ".join(compile_rule(i) for i, _ in self.members(k))
            out.append(f"libb{k:04d}.a: {objects}\n\t{ar} rc $@ {objects}\n")
        for p in range(self.programs):
            needs = [compile_rule(p * SOURCES_PER_PROGRAM)]
            needs += [f"libb{k:04d}.a" for k in self.links(p)]
            out.append(f"p{p:03d}: {' '.join(needs)}\n\t{cc} -o $@ {' '.join(needs)}\n")
            all_targets.append(f"p{p:03d}")
        out.append(f"all: {' '.join(all_targets)}\n-include .depend\n")
        write(f"{build}/Makefile", "".join(out))


GN_TOOLCHAIN = """toolchain("bench") {
  tool("cc") {
    depfile = "{{output}}.d"
    command = "@CC@ -O2 -I. -I../.. -MMD -MF $depfile -c {{source}} -o {{output}}"
    depsformat = "gcc"
    description = "CC {{output}}"
    outputs = [ "{{source_out_dir}}/{{source_file_part}}.o" ]
  }
  tool("alink") {
    command = "@AR@ rc {{output}} {{inputs}}"
    description = "AR {{output}}"
    outputs = [ "{{target_output_name}}.a" ]
  }
  tool("link") {
    command = "@CC@ -o {{output}} {{inputs}} {{libs}}"
    description = "LINK {{output}}"
    outputs = [ "{{target_output_name}}" ]
  }
  tool("stamp") {
    command = "touch {{output}}"
    description = "STAMP {{output}}"
  }
}
"""

# The compiler is given, not probed: as for the others, only CMake's own work counts.
CMAKE_HEAD = """cmake_minimum_required(VERSION 3.16)
set(CMAKE_C_COMPILER "@CC@")
set(CMAKE_C_COMPILER_ID GNU)
set(CMAKE_C_COMPILER_VERSION 12.2.0)
set(CMAKE_C_COMPILER_ID_RUN TRUE)
set(CMAKE_C_COMPILER_FORCED TRUE)
set(CMAKE_C_COMPILE_FEATURES "")
set(CMAKE_AR "@AR@" CACHE FILEPATH "")
set(CMAKE_RANLIB "true" CACHE FILEPATH "")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
project(bench C)
set(CMAKE_C_FLAGS -O2)
include_directories(${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
"""
