"""Connections that come and go all at once: how long a loop makes others wait.

15,000 connections open, each has one message brought back, and all of them close in one go.  The
server measures how late a timer is that is due every millisecond (--latency); shown is what 99 of
100 moments did not exceed, beside the goal.  On a machine that others use, a loop is late because
others run: with real-time priority, where that is allowed, what is left is the loop's own.
"""
import os
import signal
import subprocess
import time

GOAL_US = 5000


def late(storm, command, count):
    """The lateness of one run, in microseconds."""
    server = subprocess.Popen([*command, "--latency"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip().rsplit(":", 1)[1]
        subprocess.run(["chrt", "-f", "-p", "10", str(server.pid)], capture_output=True)
        subprocess.run([storm, str(count), port], check=True, timeout=120)
        # The close of all of them is the heart of the matter: it is over when they are gone.
        for _ in range(1000):
            if len(os.listdir(f"/proc/{server.pid}/fd")) < 30:
                break
            time.sleep(0.01)
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    return float(said.split("99 % ")[1].split(",")[0])


def measure(bench):
    echo, storm = bench.product("echo"), bench.peer("storm")
    count = 2000 if bench.quick else 15_000
    commands = {f"{backend}{way}": [echo, "--backend", backend, *way.split(", ")[1:]]
                for backend in ("epoll", "uring") for way in ("", ", --async")}
    found = {name: [] for name in commands}
    for turn in bench.turns(commands):
        for name in turn:
            found[name].append(late(storm, commands[name], count))
    for name, values in found.items():
        yield Row(f"late, {count} at once", name, "5 ms", values, [GOAL_US] * len(values), 1.0,
                  "us")
