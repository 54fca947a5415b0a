"""The project that is edited: a model that knows its files and what its programs print.

Problem.  A stale program is found only by somebody who knows what the program should say.

Shape.  Everything in the tree follows from a few numbers and lists in this class:

    Model --files()--> {path: text}           what the tree holds
          --output()--> {program: text}       what the programs print, without any build

An edit changes the model, and the tree follows.  Numbers have four digits, so that most edits
leave a file's size alone: what clang and others take for "not changed" within a second.

What is in it, since each has its own way of going stale: archives, a shared library, a library
that needs another, a library that is exchanged for another, headers in headers, headers in a
module map that Swift imports, a host program that writes a header, a script that writes a
source, options in a header of their own and in config.h, a source that an option brings in,
flags of one source, two Swift modules, constants for Swift, and compilers that are replaced.
"""

import copy

HEADERS = 4


class Unit:
    """A C file of a library: one function, which adds its number to those of its headers."""

    def __init__(self, function, path, library, salt, headers):
        self.function, self.path, self.library = function, path, library
        self.salt, self.headers = salt, headers

    def text(self):
        lines = [f'#include "include/{h}"\n' for h in self.headers]
        total = " + ".join([str(self.salt)] + [macro(h) for h in self.headers])
        return "".join(lines) + f"int {self.function}(void)\n{{\n  return {total};\n}}\n"


def macro(header):
    return header[:-2].upper()


class Model:
    def __init__(self, random):
        self.random = random
        self.count = 0
        self.headers = {f"h{k}.h": self.number() for k in range(HEADERS)}
        self.deep = self.number()  # in deep.h, which h0.h includes
        self.units = []
        for library in "a", "a", "a", "b", "b":
            self.add_unit(library)
        self.salts = {name: self.number() for name in (
            "d", "x1", "x2", "shared", "opt", "conf", "flag", "extra", "dep", "main",
            "gen.in", "table.in", "table.sh", "mkgen", "z", "zz", "body", "pair", "inner", "script")}
        self.limit, self.more, self.xflag, self.flag = (self.number() for _ in range(4))
        self.compiler, self.swift_compiler = 1001, 1001
        self.option, self.extra, self.swift_option = self.number(), True, self.number()
        self.needs_d, self.exchanged = False, 1
        self.pair_swapped, self.inner_apart = False, False
        self.blank_lines = 0

    def __deepcopy__(self, memo):
        other = copy.copy(self)
        for name, value in self.__dict__.items():
            if name != "random":
                setattr(other, name, copy.deepcopy(value, memo))
        return other

    def number(self):
        return self.random.randrange(1000, 10000)

    def another(self, old):
        """A number that is not `old`."""
        new = self.number()
        return new if new != old else self.another(old)

    def add_unit(self, library):
        self.count += 1
        headers = sorted(self.random.sample(sorted(self.headers), self.random.randrange(0, 3)))
        unit = Unit(f"f{self.count:03d}", f"src/{library}/u{self.count:03d}.c", library,
                    self.number(), headers)
        self.units.append(unit)
        return unit

    # What the tree holds.

    def files(self):
        files = {"conf/TEST": self.configuration(), "conf/files": self.description(),
                 "conf/more": self.included()}
        files.update(self.c_files())
        files.update(self.made_files())
        files.update(self.swift_files())
        return files

    def configuration(self):
        lines = ["ident TEST\n"]
        if self.option:
            lines.append(f"option OPT {self.option}\n")
        if self.extra:
            lines.append("option EXTRA\n")
        lines.append(f"option SWOPT {self.swift_option}\nparam LIMIT {self.limit}\n")
        lines.append("makeoption CC $S/tools/cc\nmakeoption SWIFTC $S/tools/swiftc\n")
        lines.append(f"makeoption CFLAGS -O0 -DFLAG={self.flag}\nmakeoption SWIFTFLAGS -Onone\n")
        lines.append("include more\ninclude files\n")
        return "".join(lines)

    def included(self):
        return (f'src/x1.c src/x2.c flags "-DXFLAG={self.xflag}"\n'
                f"defoption OPT\ndefoption EXTRA\ndefoption SWOPT\n"
                f"defoption MORE int default {self.more}\n")

    def description(self):
        def units(library):
            return "".join(f'\t"{u.path}"\n' for u in self.units if u.library == library)

        return "".join([
            "program mkgen host\n\ttools/mkgen.c\n",
            "gen.h no-obj no-implicit-rule before-dep\n\tdepend \"$S/tools/gen.in\"\n"
            "\tcompile-with \"${HOST.mkgen} $S/tools/gen.in > $@\"\n",
            "table.c no-implicit-rule\n\tdepend \"$S/tools/table.sh $S/tools/table.in\"\n"
            "\tcompile-with \"sh $S/tools/table.sh $S/tools/table.in > $@\"\n",
            "library liba\n\tsrc/dep.c\n", units("a"),
            "\tlibrary libd\n" if self.needs_d else "",
            "library libb\n\tsrc/always.c\n", units("b"),
            "library libd\n\tsrc/d.c\nlibrary libx1\n\tsrc/x1.c\nlibrary libx2\n\tsrc/x2.c\n",
            "library libshared shared 1.0\n\tsrc/shared.c\n",
            "program app\n\tsrc/main.c src/opt.c src/conf.c src/gen.c table.c\n"
            "\tsrc/extra.c option EXTRA\n",
            f"\tlibrary liba libb libx{self.exchanged} libshared\n",
            "module CZ\n\tswift/CZ/module.modulemap swift/CZ/z.h\n",
            "module Core\n\tswift/Core.swift\n",
            "\tswift/Inner.swift\n" if self.inner_apart else "",
            "\tmodule CZ\n\tuses SWOPT\n",
            "program sapp\n\tswift/main.swift\n\tmodule Core\n",
            "\n" * self.blank_lines])

    def c_files(self):
        files = {f"include/{name}": f"#define {macro(name)} {value}\n"
                 for name, value in self.headers.items()}
        first = sorted(self.headers)[0]
        files["include/deep.h"] = f"#define DEEP {self.deep}\n"
        files[f"include/{first}"] = (
            f'#include "include/deep.h"\n#define {macro(first)} ({self.headers[first]} + DEEP)\n')
        for unit in self.units:
            files[unit.path] = unit.text()
        s = self.salts
        files["src/always.c"] = "int always(void) { return 1; }\n"
        files["src/dep.c"] = ("int d(void);\n" if self.needs_d else "") + (
            f"int dep(void) {{ return {s['dep']}{' + d()' if self.needs_d else ''}; }}\n")
        files["src/d.c"] = f"int d(void) {{ return {s['d']}; }}\n"
        for x in "x1", "x2":
            files[f"src/{x}.c"] = f"int x(void) {{ return {s[x]} + XFLAG; }}\n"
        files["src/shared.c"] = f"int shared(void) {{ return {s['shared']}; }}\n"
        files["src/extra.c"] = f"int extra(void) {{ return {s['extra']}; }}\n"
        files["src/opt.c"] = ('#include "opt/OPT.h"\n#ifndef OPT\n#define OPT 0\n#endif\n'
                              f"int opt(void) {{ return {s['opt']} + OPT; }}\n")
        files["src/conf.c"] = ('#include "config.h"\n'
                               f"int conf(void) {{ return {s['conf']} + LIMIT + MORE; }}\n")
        files["src/gen.c"] = ('#include "gen.h"\n'
                              "int gen(void) { return GEN; }\n")
        files["src/main.c"] = self.main()
        return files

    def functions(self):
        fixed = ["dep", "x", "shared", "opt", "conf", "gen", "table", "always"]
        return fixed + [unit.function for unit in self.units]

    def main(self):
        names = self.functions()
        calls = "".join(f'  printf("{name}=%d\\n", {name}());\n' for name in names)
        return ("#include <stdio.h>\nint " + ", ".join(f"{name}(void)" for name in names) + ";\n"
                "int extra(void) __attribute__((weak));\n"
                f"int main(void)\n{{\n{calls}"
                '  printf("extra=%d\\n", extra ? extra() : 0);\n'
                f'  printf("flag=%d\\n", FLAG + COMPILER + {self.salts["flag"]});\n'
                "  return 0;\n}\n")

    def made_files(self):
        s = self.salts
        return {
            "tools/interrupt": INTERRUPT, "tools/cache": CACHE,
            "tools/mkgen.c": (
                "#include <stdio.h>\nint main(int argc, char **argv)\n{\n  int c;\n"
                "  FILE *in = argc == 2 ? fopen(argv[1], \"r\") : NULL;\n  if (!in) return 1;\n"
                f"  printf(\"#define GEN {s['mkgen']} + \");\n"
                "  while ((c = getc(in)) != EOF) putchar(c);\n  return 0;\n}\n"),
            "tools/gen.in": f"{s['gen.in']}\n",
            "tools/table.sh": (
                f"echo \"int table(void) {{ return {s['table.sh']} + $(cat \"$1\"); }}\"\n"),
            "tools/table.in": f"{s['table.in']}\n",
            "tools/cc": COMPILER.replace("NUMBER", str(self.compiler)),
            "tools/swiftc": SWIFT_COMPILER.replace("NUMBER", str(self.swift_compiler)),
        }

    def swift_files(self):
        s = self.salts
        fields = ["a", "b"] if self.pair_swapped else ["b", "a"]
        inner = f"func inner() -> Int {{ {s['inner']} }}\n"
        files = {
            "swift/CZ/module.modulemap": 'module CZ {\n  header "z.h"\n}\n',
            "swift/CZ/z.h": ('#include "zz.h"\n'
                             f"static inline int z(void) {{ return {s['z']} + ZZ; }}\n"),
            "swift/CZ/zz.h": f"#define ZZ {s['zz']}\n",
            "swift/Core.swift": (
                "import CZ\npublic struct Pair {\n"
                + "".join(f"  public var {name}: Int\n" for name in fields)
                + f"  public init() {{ (a, b) = ({s['pair']}, 7) }}\n}}\n"
                f"public func body() -> Int {{ {s['body']} + Int(z()) + inner() }}\n"
                "public func option() -> Int { Config.SWOPT }\n"
                + ("" if self.inner_apart else inner)),
            "swift/main.swift": (
                "import Core\nlet pair = Pair()\n"
                f'print("body=\\(body()) option=\\(option()) pair=\\(pair.a),\\(pair.b)")\n'
                f'print("script=\\({s["script"]})")\n'
                "#if ODD\nprint(\"odd\")\n#else\nprint(\"even\")\n#endif\n"),
        }
        if self.inner_apart:
            files["swift/Inner.swift"] = inner
        return files

    # What the programs print.

    def value(self, header):
        first = sorted(self.headers)[0]
        return self.headers[header] + (self.deep if header == first else 0)

    def output(self):
        s = self.salts
        values = {
            "dep": s["dep"] + (s["d"] if self.needs_d else 0),
            "x": s[f"x{self.exchanged}"] + self.xflag,
            "shared": s["shared"], "opt": s["opt"] + self.option,
            "conf": s["conf"] + self.limit + self.more,
            "gen": s["mkgen"] + s["gen.in"], "table": s["table.sh"] + s["table.in"], "always": 1,
        }
        for unit in self.units:
            values[unit.function] = unit.salt + sum(self.value(h) for h in unit.headers)
        lines = [f"{name}={values[name]}\n" for name in self.functions()]
        lines.append(f"extra={s['extra'] if self.extra else 0}\n")
        lines.append(f"flag={self.flag + self.compiler + s['flag']}\n")
        body = s["body"] + s["z"] + s["zz"] + s["inner"]
        swift = (f"body={body} option={self.swift_option} pair={s['pair']},7\n"
                 f"script={s['script']}\n" + ("odd\n" if self.swift_compiler % 2 else "even\n"))
        return {"app": "".join(lines), "sapp": swift}


# The compilers: real ones behind a number that reaches the program.  TRUTH_KILL names a file that
# says how many compilations may still begin before the build is killed; TRUTH_CACHE a directory of
# what Swift made of the same bytes before, which only builds from nothing may take.
COMPILER = """#!/bin/sh
number=NUMBER
if [ -n "$TRUTH_KILL" ] && [ -e "$TRUTH_KILL" ]; then
  . "${0%/cc}/interrupt"
fi
case "$TRUTH_CACHE $*" in
/*' -c '*)
  . "${0%/cc}/cache"
  command=$* tree=${0%/tools/cc} previous='' source=''
  for word; do
    case $word in
    *.c) source=$word ;;
    esac
    if [ "$previous" = -o ]; then output=$word; fi
    previous=$word
  done
  take "$output" "$tree"/include/* config.h opt/* gen.h "$source"
  gcc -DCOMPILER=$number "$@" || exit
  keep ;;
esac
exec gcc -DCOMPILER=$number "$@"
"""

# Counts down; at zero ends the build, whose process `TRUTH_KILL.pid` names, and perhaps itself.
INTERRUPT = """\
if read -r left signal mode <"$TRUTH_KILL"; then
  if [ "$left" -gt 0 ]; then
    echo "$((left - 1)) $signal $mode" >"$TRUTH_KILL"
  else
    rm -f "$TRUTH_KILL"
    kill -"$signal" "$(cat "$TRUTH_KILL.pid")"
    if [ "$mode" = die ]; then kill -KILL $$; fi
  fi
fi
"""

# What is taken was made by this compiler, for this command, of these bytes: all that it can read.
# `take OUTPUT DEPFILE FILE...` copies what was kept, or sets `key`; `keep OUTPUT` keeps it.
CACHE = """\
take() {
  output=$1
  shift
  key=$({
    printf '%s\\n' "$number" "$command"
    cat "$@"
  } 2>/dev/null | sha256sum | cut -c 1-64)
  if [ -e "$TRUTH_CACHE/$key" ]; then
    cp "$TRUTH_CACHE/$key" "$output"
    exit 0
  fi
}

keep() {
  cp "$output" "$TRUTH_CACHE/$key.$$" && mv "$TRUTH_CACHE/$key.$$" "$TRUTH_CACHE/$key"
  exit 0
}
"""

# In a build from nothing with a cache the C module is made when something asks for it: it knows
# its headers by their times, and nothing that was kept can serve.
SWIFT_COMPILER = """#!/bin/sh
number=NUMBER
if [ -n "$TRUTH_KILL" ] && [ -e "$TRUTH_KILL" ]; then
  . "${0%/swiftc}/interrupt"
fi
case " $* " in
*' -c '* | *' -emit-module '*)
  if [ $((number % 2)) = 1 ]; then set -- -D ODD "$@"; fi ;;
esac
if [ -z "$TRUTH_CACHE" ]; then exec swiftc "$@"; fi

. "${0%/swiftc}/cache"
command=$* tree=${0%/tools/swiftc} output='' previous='' map=''
for word; do
  case $previous in
  -o | -emit-module-path) output=$word ;;
  -output-file-map) map=$word ;;
  esac
  previous=$word
done
if [ -z "$output" ]; then output=${map%.json}.o; fi
module=o/.swift/CZ.pcm
case " $* " in
*' -emit-pcm '*)
  printf '%s\\n' "$@" >"$module.command"
  : >"$module"
  exit 0 ;;
*' -c '* | *' -emit-module '*)
  import=''
  case $output in
  */sapp.program.o) import=o/.swift/Core.swiftmodule ;;
  esac
  take "$output" "$tree"/swift/*.swift "$tree"/swift/CZ/* o/.swift/*/Config.swift $import
  if ! [ -s "$module" ] && mkdir "$module.lock" 2>/dev/null; then
    # shellcheck disable=SC2046
    swiftc $(cat "$module.command")
    rm -f "$module.command"
  fi
  while [ -e "$module.command" ]; do sleep 0.02; done
  swiftc "$@" || exit
  keep ;;
esac
take "$output" o/config.c.o o/.swift/*.o
swiftc "$@" || exit
keep
"""
