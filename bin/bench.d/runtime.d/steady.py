"""What an echo costs beside time: allocations, and system calls, in the programs themselves.

Both are counts, not times, and have a floor: a counter that counts nothing would be noticed, since
a program that starts allocates.
"""
import os
import re
import signal
import subprocess
import time

SECONDS = "1.0"
# By the server's arguments: system calls an echo at most, with 100 connections.
CALLS = {
    ("epoll",): ["--backend", "epoll"], ("uring",): ["--backend", "uring"],
    ("epoll, async",): ["--backend", "epoll", "--async"],
    ("uring, async",): ["--backend", "uring", "--async"],
}
# Two, and a share of a wait: under strace few events come together.
CALLS_MAX = {"epoll": 2.5, "uring": 0.2, "epoll, async": 2.5, "uring, async": 0.2}


def start(command, **options):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    ready = process.stdout.readline()
    return process, ready.strip().rsplit(":", 1)[1]


def end(process):
    process.kill()
    process.wait()


def load(bench, program, port, pid, seconds=SECONDS):
    words = subprocess.run([program, "-c", "100", "-t", seconds, port, str(pid)], check=True,
                           capture_output=True, text=True).stdout.split()
    return dict(zip(words[::2], map(float, words[1::2])))["requests"]


def allocations(bench, echo, options, generator, counter):
    """Allocations an echo: two loads that differ in length alone, so that joining cancels out."""
    counts, requests = [], []
    process, port = start([echo, *options, "-p", "0"], stderr=subprocess.PIPE,
                          env={**os.environ, "LD_PRELOAD": counter})
    try:
        def ask():
            process.send_signal(signal.SIGUSR2)
            return int(process.stderr.readline())
        if ask() == 0:
            raise SystemExit("bench: a program that starts allocates: is it counted?")
        # The first load makes what grows grow.
        load(bench, generator, port, process.pid, "0.3")
        for seconds in ["0.3", SECONDS]:
            before = ask()
            requests.append(load(bench, generator, port, process.pid, seconds))
            time.sleep(0.2)
            counts.append(ask() - before)
    finally:
        end(process)
    return max(0, counts[1] - counts[0]) / max(requests[1] - requests[0], 1)


def system_calls(bench, echo, options, generator):
    """System calls an echo, by strace: two loads that differ in length alone."""
    totals, requests = [], []
    for seconds in ["0.3", SECONDS]:
        process, port = start(["strace", "-f", "-c", "-o", "/dev/stdout", "-qq", echo, *options,
                               "-p", "0"])
        try:
            tracer = f"/proc/{process.pid}/task/{process.pid}/children"
            child = int(open(tracer).read().split()[0])
            requests.append(load(bench, generator, port, child, seconds))
            os.kill(child, signal.SIGTERM)
            text = process.communicate()[0]
        finally:
            end(process)
        totals.append(int(re.search(r"\s(\d+)(?:\s+\d+)?\s+total", text).group(1)))
    return (totals[1] - totals[0]) / max(requests[1] - requests[0], 1)


def measure(bench):
    bench.install("strace", "strace")
    echo = bench.product("echo", is_static=False)
    generator = bench.peer("load")
    counter = bench.peer("allocations", "-shared", "-fPIC")
    for (name,), options in CALLS.items():
        made = allocations(bench, echo, options, generator, counter)
        yield Row("allocations an echo", name, "0.001", [made], [1.0], 0.001, "")
        calls = system_calls(bench, echo, options, generator)
        yield Row("system calls an echo", name, "1", [calls], [1.0], CALLS_MAX[name], "")
