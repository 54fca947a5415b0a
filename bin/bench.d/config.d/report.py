"""The tables, and which targets are met.

A figure is a median over the rounds.  A ratio is the median of the ratios
within each round, with an interval for it (see measure.interval): it is free
of whatever disturbed a whole round.
"""

import measure

GENERATION = ["cold", "again", "flip"]
BUILDS = ["full", "next", "no-op", "header"]
HEADINGS = {"cold": "generate: cold", "again": "generate: nothing changed",
            "flip": "generate: one option flipped", "full": "build: full",
            "next": "build: the next, nothing to do", "no-op": "build: nothing to do",
            "header": "build: one header touched"}


def ratio_text(ratio):
    if ratio is None:
        return ""
    middle, low, high = ratio
    return f"{middle:6.2f} [{low:.2f} {high:.2f}]"


def series_table(phase, series, reference, name_of):
    """One phase: a line for each peer, the reference's first."""
    lines = [f"\n{HEADINGS[phase]}",
             f"  {'':32} {'CPU ms':>9} {'least':>9} {'wall ms':>9} {'MiB':>6} {'n':>3}"
             f"  CPU / {reference}"]
    base = series.get(reference)
    for key in sorted(series, key=lambda k: (not k.startswith("ours"), k)):
        samples = series[key]
        cpu = measure.interval([s.cpu_ms for s in samples])[0]
        least = min(s.cpu_ms for s in samples)
        wall = measure.interval([s.wall_ms for s in samples])[0]
        rss = max(s.rss_mib for s in samples)
        ratio = measure.paired(samples, base) if base and key != reference else None
        lines.append(f"  {name_of(key):32} {cpu:9.1f} {least:9.1f} {wall:9.1f} {rss:6.1f}"
                     f" {len(samples):3d}  {ratio_text(ratio)}".rstrip())
    return lines


def show(bench):
    print(f"\n== {bench.size} sources, {bench.project.headers} headers, "
          f"{bench.project.libraries} libraries, {bench.project.programs} programs ==")
    print(f"tree written in {bench.us_per_file:.0f} us a file"
          + (" (over 100: recently deleted files slow the cold figures; wait five minutes)"
             if bench.us_per_file > 100 else ""))
    names = {key: generator.name for key, generator in bench.generators.items()}
    for phase in GENERATION:
        if phase in bench.samples:
            print("\n".join(series_table(phase, bench.samples[phase], "gn", names.get)))
    print("\nfiles rewritten when nothing changed")
    for key, files in bench.rewrites.items():
        if key in names:
            some = ", ".join(sorted(files)[:3]) + (", ..." if len(files) > 3 else "")
            print(f"  {names[key]:32} {len(files) or 'none'} {some}".rstrip())
    for phase in BUILDS:
        if phase in bench.samples:
            print("\n".join(series_table(phase, bench.samples[phase], "gn+ninja", str)))
    for fault in bench.faults:
        print(f"FAULT {fault}")


def targets(benches):
    """What config promises; a target that was not measured says so."""
    by_size = {bench.size: bench.samples for bench in benches}

    def series(size, phase, peer):
        return by_size.get(size, {}).get(phase, {}).get(peer)

    def median(size, phase, peer, what):
        found = series(size, phase, peer)
        return measure.interval([getattr(s, what) for s in found])[0] if found else None

    def ratio(size, phase, peer, other):
        mine, theirs = series(size, phase, peer), series(size, phase, other)
        found = measure.paired(mine, theirs) if mine and theirs else None
        return found[0] if found else None

    rows = [
        ("10,000 cold, CPU ms", median(10000, "cold", "ours", "cpu_ms"), 60),
        ("10,000 cold, CPU / gn", ratio(10000, "cold", "ours", "gn"), 1.5),
        ("10,000 unchanged, CPU ms", median(10000, "again", "ours", "cpu_ms"), 10),
        ("50,000 cold, CPU ms", median(50000, "cold", "ours", "cpu_ms"), 300),
        ("50,000 cold, peak MiB", median(50000, "cold", "ours", "rss_mib"), 60),
        ("10,000 no-op, make / ninja on gn's", ratio(10000, "no-op", "ours+make", "gn+ninja"), 1.1),
        ("10,000 no-op, make / ninja on ours",
         ratio(10000, "no-op", "ours+make", "ours+ninja"), 1.1),
    ]
    print("\ntargets")
    for text, value, limit in rows:
        if value is None:
            print(f"  {text:36} not measured (<= {limit})")
        else:
            print(f"  {text:36} {value:8.2f} <= {limit:<5} {'met' if value <= limit else 'MISSED'}")
    for bench in benches:
        for key in bench.rewrites:
            if key.startswith("ours") and key in bench.generators:
                count = len(bench.rewrites[key])
                print(f"  {bench.size} {bench.generators[key].name}: rewrites when nothing "
                      f"changed {count:3} {'met' if count == 0 else 'MISSED'}")


def save(benches, path):
    """All samples, one a line, for ministat or a spreadsheet."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("sources\tphase\tpeer\tround\tcpu_ms\twall_ms\trss_mib\n")
        for bench in benches:
            for phase, series in bench.samples.items():
                for key, samples in series.items():
                    for turn, s in enumerate(samples):
                        out.write(f"{bench.size}\t{phase}\t{key}\t{turn}\t{s.cpu_ms:.3f}\t"
                                  f"{s.wall_ms:.3f}\t{s.rss_mib:.2f}\n")
    print(f"\nsamples: {path}")
