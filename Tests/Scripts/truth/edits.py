"""The edits: each changes the model, and says what it did."""

from model import HEADERS, macro


def body(model):
    """A number in a source, in a library or a program."""
    name = model.random.choice(["d", "x1", "x2", "shared", "opt", "conf", "extra", "dep", "unit"])
    if name == "unit":
        unit = model.random.choice(model.units)
        unit.salt = model.another(unit.salt)
        return unit.path
    model.salts[name] = model.another(model.salts[name])
    return name


def interface(model):
    """What a source reads of others: it includes one header more, or one less."""
    unit = model.random.choice(model.units)
    header = model.random.choice(sorted(model.headers))
    if header in unit.headers:
        unit.headers.remove(header)
    else:
        unit.headers.append(header)
    return f"{unit.path} and {header}"


def header(model):
    """A header of the tree, or one that a header includes."""
    name = model.random.choice(sorted(model.headers) + ["deep.h"])
    if name == "deep.h":
        model.deep = model.another(model.deep)
    else:
        model.headers[name] = model.another(model.headers[name])
    return name


def header_renamed(model):
    """A header gets another name, and all that include it say so."""
    old = model.random.choice(sorted(model.headers))
    new = f"h{model.random.randrange(HEADERS, 90):02d}.h"
    if new in model.headers or macro(new) == macro(old):
        return header(model)
    model.headers[new] = model.headers.pop(old)
    for unit in model.units:
        unit.headers = [new if h == old else h for h in unit.headers]
    return f"{old} -> {new}"


def flag(model):
    """A flag of everything, or of one source."""
    if model.random.random() < 0.5:
        model.flag = model.another(model.flag)
        return "CFLAGS"
    model.xflag = model.another(model.xflag)
    return "flags of one source"


def option(model):
    """An option: its value, or whether it is on."""
    what = model.random.choice(["value", "off", "extra", "limit"])
    if what == "value":
        model.option = model.another(model.option)
    elif what == "off":
        model.option = 0 if model.option else model.number()
    elif what == "extra":
        model.extra = not model.extra
    else:
        model.limit = model.another(model.limit)
    return what


def added(model):
    """A source more."""
    if len(model.units) > 8:
        return removed(model)
    return model.add_unit(model.random.choice("ab")).path


def removed(model):
    """A source less."""
    if len(model.units) < 4:
        return added(model)
    return model.units.pop(model.random.randrange(len(model.units))).path


def renamed(model):
    """A source gets another name, with or without another number in it."""
    unit = model.random.choice(model.units)
    old = unit.path
    stem = f"src/{unit.library}/"
    names = [f"{stem}u{unit.function[1:]}.c", f"{stem}v{unit.function[1:]}.c",
             f"{stem}w {unit.function[1:]}.c"]
    unit.path = model.random.choice([name for name in names if name != old])
    if model.random.random() < 0.3:
        unit.salt = model.another(unit.salt)
    return f"{old} -> {unit.path}"


def moved(model):
    """A source goes to the other library."""
    unit = model.random.choice(model.units)
    unit.library = "b" if unit.library == "a" else "a"
    return f"{unit.path} to lib{unit.library}"


def compiler(model):
    """Another compiler under the same name."""
    model.compiler = model.another(model.compiler)
    return "cc"


def swift_compiler(model):
    """Another Swift compiler under the same name."""
    model.swift_compiler += 1
    return "swiftc"


def included(model):
    """A file that the configuration includes."""
    model.more = model.another(model.more)
    return "conf/more"


def remark(model):
    """The description changes, and nothing that it says."""
    model.blank_lines = (model.blank_lines + 1) % 5
    return "conf/files"


def generated(model):
    """What a generated source is made of, or what makes it."""
    name = model.random.choice(["gen.in", "mkgen", "table.in", "table.sh"])
    model.salts[name] = model.another(model.salts[name])
    return name


def dependency(model):
    """A library needs another, or no longer, or a program has one in the place of another."""
    if model.random.random() < 0.5:
        model.needs_d = not model.needs_d
        return "libd"
    model.exchanged = 3 - model.exchanged
    return f"libx{model.exchanged}"


def swift_body(model):
    """A number in a function that others call."""
    name = model.random.choice(["body", "inner", "pair", "script"])
    model.salts[name] = model.another(model.salts[name])
    return name


def swift_interface(model):
    """The layout of a public struct, whose fields the program reads."""
    model.pair_swapped = not model.pair_swapped
    return "Pair"


def swift_header(model):
    """A C header that Swift imports, or one that this includes."""
    name = model.random.choice(["z", "zz"])
    model.salts[name] = model.another(model.salts[name])
    return f"{name}.h"


def swift_option(model):
    """A constant for Swift."""
    model.swift_option = model.another(model.swift_option)
    return "SWOPT"


def swift_file(model):
    """A function goes to a file of its own, or back."""
    model.inner_apart = not model.inner_apart
    return "Inner.swift"


def nothing(_model):
    """Nothing changes but what the manner of the edit does."""
    return "nothing"


# With weights: what people do most is tried most.
C_EDITS = [(body, 8), (interface, 4), (header, 6), (header_renamed, 2), (flag, 4), (option, 5),
           (added, 4), (removed, 4), (renamed, 4), (moved, 2), (compiler, 2), (included, 4),
           (remark, 1), (generated, 5), (dependency, 4), (nothing, 2)]
SWIFT_EDITS = [(swift_body, 5), (swift_interface, 3), (swift_header, 6), (swift_option, 2),
               (swift_file, 2), (swift_compiler, 1)]


def names():
    return [edit.__name__ for edit, _ in C_EDITS + SWIFT_EDITS]


def choose(model, is_swift, only):
    """One edit, drawn by its weight, in Swift or in C."""
    edits = SWIFT_EDITS if is_swift else C_EDITS
    if only:
        edits = [pair for pair in C_EDITS + SWIFT_EDITS if pair[0].__name__ in only]
    functions, weights = zip(*edits)
    return model.random.choices(functions, weights)[0]
