"""load: the runtime's servers under load and faults.

Problem.  What a server does with ten well-behaved clients says nothing of the day when a thousand
misbehave.  Each scenario does one thing that happens to servers, from outside and in a process of
its own, and looks at what a user would see: every byte that was promised, whoever else is served,
memory, descriptors, the exit status, and what the server says.

Shape.  A scenario is a function of a Context and the options of one way to serve (back end, tasks
or callbacks).  It raises Failure with a sentence.  Figures go to the table at the end.
"""
import argparse
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

from servers import PATIENCE, Failure, Server, answers, fill, receive, require

MEGABYTE = 1 << 20


class Context:
    """What scenarios share: where the programs are, how much to do, and the figures found."""

    def __init__(self, build, is_long, scratch):
        self.build = build
        self.is_long = is_long
        self.scratch = scratch
        self.figures = []

    def server(self, name, *options, **more):
        return Server(self.build, name, *options, **more)

    def note(self, way, what, value):
        self.figures.append((what, way, value))


def pattern(count, salt=0):
    block = bytes((i * 31 + salt) >> 3 & 255 for i in range(2048))
    return (block * (count // len(block) + 1))[:count]


def hang_up(connection):
    """Close with a reset, so that nothing waits in TIME_WAIT."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def slow_reader(context, way):
    """A peer sends 100 MB and does not read: memory is bounded, others are served, and nothing is
    lost when it reads at last."""
    with context.server("echo", *way) as server:
        require(answers(server), "an echo does not answer")
        before = server.memory()
        slow = server.connect()
        sent = fill(slow, 100 * MEGABYTE)
        grown = server.memory() - before
        require(sent < 50 * MEGABYTE, f"{sent} bytes of a peer that does not read were taken")
        require(grown < 8 * MEGABYTE, f"memory grew by {grown} bytes for one slow reader")
        require(answers(server), "a slow reader holds up others")
        context.note(way, "memory for a slow reader of 100 MB", f"{grown / MEGABYTE:.1f} MB")
        got = receive(slow, sent)
        chunk = bytes(range(256)) * 256
        require(got == (chunk * (sent // len(chunk) + 1))[:sent], "bytes of a slow reader are lost")
        slow.close()


def many_slow_readers(context, way):
    """More slow readers than there are buffers: whoever reads is served."""
    count = 1200 if context.is_long else 200
    with context.server("echo", *way) as server:
        slow = [server.connect() for _ in range(count)]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.setblocking(False)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            for connection in slow:
                try:
                    connection.send(b"x" * 65536)
                except BlockingIOError:
                    pass
        require(answers(server, pattern(MEGABYTE // 4)), f"{count} slow readers hold up others")
        context.note(way, f"memory for {count} slow readers",
                     f"{server.memory() / MEGABYTE:.1f} MB")
        for connection in slow:
            hang_up(connection)
        require(answers(server), "the server does not recover")


def stopped_peer(context, way):
    """A peer is stopped in the middle (SIGSTOP), and goes on: nothing is lost."""
    size = 4 * MEGABYTE
    with context.server("echo", *way) as server:
        script = ("import socket,sys,threading\n"
                  f"c=socket.create_connection(('127.0.0.1',{server.port}))\n"
                  f"d=bytes(range(256))*{size // 256}\n"
                  "threading.Thread(target=lambda:(c.sendall(d),c.shutdown(1))).start()\n"
                  "g=b''.join(iter(lambda:c.recv(65536),b''))\n"
                  "sys.exit(0 if g==d else 3)\n")
        peer = subprocess.Popen([sys.executable, "-c", script])
        try:
            for _ in range(5):
                time.sleep(0.05)
                if peer.poll() is None:
                    peer.send_signal(signal.SIGSTOP)
                    require(answers(server), "a stopped peer holds up others")
                    peer.send_signal(signal.SIGCONT)
            status = peer.wait(PATIENCE)
        finally:
            peer.kill()
            peer.wait()
        require(status == 0, f"a peer that was stopped lost bytes: status {status}")


def full_queue(context, way):
    """The server is stopped while more connect than its queue holds: all are served afterwards."""
    count = 5000 if context.is_long else 500
    with context.server("echo", *way) as server:
        server.kick(signal.SIGSTOP)
        connections = []
        for _ in range(count):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", server.port))
            connections.append(connection)
        server.kick(signal.SIGCONT)
        for number, connection in enumerate(connections):
            connection.settimeout(PATIENCE)
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    connection.sendall(b"hello")
                    break
                except (BlockingIOError, OSError) as error:
                    require(time.monotonic() < deadline, f"connection {number}: {error}")
                    time.sleep(0.01)
            require(receive(connection, 5) == b"hello", f"connection {number} got no answer")
            hang_up(connection)


def descriptors(context, way):
    """The server has few descriptors: those that it can serve are served, others wait, and are
    served when some end; meanwhile it does not spin."""
    with context.server("echo", *way, descriptors=64) as server:
        connections = [server.connect() for _ in range(200)]
        for connection in connections:
            connection.sendall(b"hello")
        time.sleep(0.3)
        before = server.seconds()
        time.sleep(1)
        spent = server.seconds() - before
        require(spent < 0.3, f"the server spends {spent} s of a second on waiting for descriptors")
        context.note(way, "CPU while descriptors are missing", f"{spent * 100:.0f} %")
        served = 0
        waiting = connections
        deadline = time.monotonic() + PATIENCE
        while waiting:
            require(time.monotonic() < deadline, f"{len(waiting)} connections are stuck")
            left = []
            for connection in waiting:
                connection.settimeout(0.02)
                try:
                    require(connection.recv(5) == b"hello", "a connection lost its bytes")
                    hang_up(connection)
                    served += 1
                except TimeoutError:
                    left.append(connection)
            waiting = left
        require(served == 200, f"{served} of 200 were served")
        require(answers(server), "the server does not recover")


def no_target(context, way):
    """The target of a relay is not there: clients see the end, and the relay says why."""
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    with context.server("proxy", *way, "--to", str(port)) as server:
        probe.close()
        for _ in range(20):
            with server.connect() as connection:
                try:
                    require(receive(connection, 1) == b"", "a client without target got bytes")
                except ConnectionResetError:
                    pass
        status, said = server.finish()
        require(status == 0, f"status {status}")
        require(said.count("Connection refused") == 20, f"it said: {said}")


def dead_names(context, way):
    """A name server never answers: clients are told in time, the loop goes on meanwhile."""
    if os.getuid() != 0:
        return  # a resolv.conf of its own wants a mount
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        silent.bind(("127.0.0.77", 53))
    except OSError:
        return  # somebody is there
    conf = os.path.join(context.scratch, "resolv.conf")
    with open(conf, "w") as file:
        file.write("nameserver 127.0.0.77\n")
    with silent, context.server("proxy", *way, "--to", "tcp!dead.example!80", "--patience", "1",
                                names=conf) as server:
        begin = time.monotonic()
        clients = [server.connect() for _ in range(10)]
        server.kick(signal.SIGUSR1)
        for client in clients:
            require(client.recv(1) == b"", "a client without target got bytes")
        took = time.monotonic() - begin
        require(took < 5, f"clients waited {took} s")
        status, said = server.finish()
        require(status == 0, f"status {status}")
        require(0 <= said.find("handles ") < said.find("timed out"),
                f"the loop did not report while it waited: {said}")
        require(said.count("tcp!dead.example!80: Connection timed out") == 10, f"it said: {said}")


def slowloris(context, way):
    """Clients send a byte now and then: they are refused in time, and others are served."""
    with context.server("httpd", *way, "--slow", "1", "--idle", "2") as server:
        slow = [server.connect() for _ in range(50)]
        begin = time.monotonic()
        waiting = list(slow)
        while waiting and time.monotonic() - begin < PATIENCE:
            time.sleep(0.2)
            left = []
            for connection in waiting:
                try:
                    connection.sendall(b"G")
                    connection.settimeout(0.001)
                    got = connection.recv(1000)
                    require(b" 408 " in got.split(b"\r\n")[0], f"a slow client got {got[:60]}")
                except TimeoutError:
                    left.append(connection)
                except (ConnectionResetError, BrokenPipeError):
                    pass
            waiting = left
        require(not waiting, f"{len(waiting)} slow clients are served for ever")
        idle = server.connect()
        require(receive(idle, 1) == b"", "an idle connection stays")


def ended(context, way):
    """SIGTERM under load: what was promised comes, the status is 0, and it does not take long."""
    root = os.path.join(context.scratch, "site")
    os.makedirs(root, exist_ok=True)
    body = pattern(3 * MEGABYTE)
    with open(os.path.join(root, "f"), "wb") as file:
        file.write(body)
    for number in (signal.SIGTERM, signal.SIGINT):
        with context.server("httpd", *way, "--root", root, "-t", "2") as server:
            connections = [server.connect() for _ in range(20)]
            idle = [server.connect() for _ in range(20)]
            for connection in connections:
                connection.sendall(b"GET /f HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
                require(connection.recv(15) == b"HTTP/1.1 200 OK", "no answer")
            server.kick(number)
            for connection in connections:
                got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
                head, _, rest = got.partition(b"\r\n\r\n")
                require(rest[:len(body)] == body, "an answer that had begun was cut off")
            for connection in idle:
                require(connection.recv(1) == b"", "an idle connection got something")
            status = server.process.wait(PATIENCE)
            require(status == 0, f"status {status} after signal {number}")
    echo_ended(context, way)


def echo_ended(context, way):
    with context.server("echo", *way) as server:
        connections = [server.connect() for _ in range(30)]
        data = pattern(100_000)
        for connection in connections:
            connection.sendall(data[:50_000])
            require(receive(connection, 50_000) == data[:50_000], "bytes are lost")
        for connection in connections:
            connection.sendall(data[50_000:])
        server.kick(signal.SIGTERM)
        for connection in connections:
            got = b""
            try:
                got = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            except ConnectionResetError:
                pass
            require(data[50_000:].startswith(got), "what comes back is not what was sent")
        status = server.process.wait(PATIENCE)
        require(status == 0, f"echo: status {status}")


def cut_off(context, way):
    """Connections that do not end are cut off when their time is over, and the status says so."""
    with context.server("echo", *way) as target, \
            context.server("proxy", *way, "--to", str(target.port), "--grace", "1") as server:
        connection = server.connect()
        connection.sendall(b"x")
        require(receive(connection, 1) == b"x", "no answer through the relay")
        status, said = server.finish()
        require(status == 1, f"status {status}, and a connection was cut off")
        require("1 connections were cut off" in said, f"it said: {said}")
    with context.server("proxy", *way, "--to", "1", "--grace", "1000") as server:
        with context.server("echo", *way) as target:
            pass
        server.kick(signal.SIGTERM)
        status = server.process.wait(PATIENCE)
        require(status == 0, f"nobody is served, and the status is {status}")


def report(context, way):
    """SIGUSR1 has a server report, and write its trace."""
    import json
    trace = os.path.join(context.scratch, "trace.json")
    with context.server("echo", *way, "--trace", trace, "--latency") as server:
        require(answers(server), "no answer")
        server.kick(signal.SIGUSR1)
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(trace) or os.path.getsize(trace) == 0:
            require(time.monotonic() < deadline, "there is no trace")
            time.sleep(0.02)
        status, said = server.finish()
        require(status == 0, f"status {status}")
    for words in ("so far 1", "buffers free", "late us: median"):
        require(words in said, f"the report lacks '{words}': {said}")
    with open(trace) as file:
        events = json.load(file)
    slices = [event for event in events if event["ph"] == "X"]
    require(len(slices) > 3, "the trace has no events")
    for event in slices:
        for field in ("name", "cat", "pid", "tid", "ts", "dur", "args"):
            require(field in event, f"an event lacks '{field}': {event}")
    require(any(".swift:" in event["name"] for event in slices), "events without places")


def refusals(context, way):
    """What is wrong with a command line or its port is said in a sentence."""
    def tried(name, *options):
        result = subprocess.run([os.path.join(context.build, name), *way, *options],
                                capture_output=True, text=True, timeout=PATIENCE)
        return result.returncode, result.stderr
    with context.server("echo", *way) as server:
        for threads in ("1", "2"):
            status, said = tried("echo", "-p", str(server.port), "-t", threads)
            require(status == 1 and "Address already in use" in said and "-p 0" in said,
                    f"a busy port with -t {threads}: {status}, {said}")
    for name, options, code, words in (
            ("httpd", ["--root", "/no/such/place"], 1, "/no/such/place: No such file"),
            ("httpd", ["--root", "/etc/passwd"], 1, "/etc/passwd: Not a directory"),
            ("httpd", ["--root"], 2, "--root wants a directory"),
            ("echo", ["-p", "70000"], 2, "-p wants a port"),
            ("echo", ["-t", "0"], 2, "1 to 256"),
            ("echo", ["--root", "/"], 2, "unexpected argument '--root'"),
            ("echo", ["--backend", "select"], 2, "--backend wants"),
            ("echo", ["--listen", "tcp!localhost!80"], 2, "--listen wants numbers"),
            ("echo", ["--listen", "nonsense"], 2, "nonsense"),
            ("echo", ["--listen", "[::1"], 2, "not '[::1'"),
            ("proxy", [], 2, "--to ADDRESS is missing")):
        status, said = tried(name, *options)
        require(status == code and words in said, f"{name} {options}: {status}, {said}")


def lost_trace(context, way):
    """A trace that cannot be written is told, with its name, and is not taken for success."""
    for path, reason in (("/no/such/place/trace", "No such file"), ("/dev/full", "No space left")):
        with context.server("echo", *way, "--trace", path) as server:
            status, said = server.finish()
            require(status == 1 and f"trace: {path}: {reason}" in said,
                    f"status {status}, it said: {said}")


def storm(context, way):
    """15,000 connections, opened and closed all at once: each is served, and the loop's lateness
    is measured inside the server."""
    count = 15_000 if context.is_long else 2_000
    client = os.path.join(context.scratch, "storm")
    if not os.path.exists(client):
        peers = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Sources/bench/peers")
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", client,
                        os.path.join(peers, "storm.c")], check=True)
    # A machine that stops for ten milliseconds by itself does not do so in each of three storms.
    for _ in range(3 if context.is_long else 1):
        late, is_alone = one_storm(context, way, client, count)
        p99 = int(late.split("99 % ")[1].split(",")[0])
        if p99 < 5000:
            break
    context.note(way, f"loop late, {count} connections at once", late)
    if context.is_long and is_alone:
        require(p99 < 5000, f"the loop is late in three storms: {late}")


def one_storm(context, way, client, count):
    """How late the server's loop was meanwhile, and whether others could not hold it up."""
    with context.server("echo", *way, "--latency") as server:
        # On a machine that others use, a loop is late since others run: not the loop's fault.
        is_alone = subprocess.run(["chrt", "-f", "-p", "10", str(server.pid)],
                                  capture_output=True).returncode == 0
        before = server.descriptors()
        result = subprocess.run([client, str(count), str(server.port)], capture_output=True,
                                text=True, timeout=4 * PATIENCE)
        require(result.returncode == 0, f"the client says: {result.stderr}")
        deadline = time.monotonic() + PATIENCE
        while server.descriptors() > before:
            require(time.monotonic() < deadline, f"{server.descriptors()} descriptors are left")
            time.sleep(0.02)
        # Of two signals that wait, the one with the lower number comes first.
        server.kick(signal.SIGUSR1)
        status, said = server.finish()
        require(status == 0, f"status {status}")
        require(f"connections 0, so far {count}" in said, f"it said: {said}")
        return said.split("late us: ")[1].split("\n")[0], is_alone


SCENARIOS = [slow_reader, many_slow_readers, stopped_peer, full_queue, descriptors, no_target,
             dead_names, slowloris, ended, cut_off, report, refusals, lost_trace, storm]
WAYS = [("--backend", "epoll"), ("--backend", "uring"), ("--backend", "epoll", "--async"),
        ("--backend", "uring", "--async")]


def main():
    names = [scenario.__name__ for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(
        prog="Tests/Scripts/load.sh", description=__doc__ + "\n" + "\n".join(
            f"{scenario.__name__}: {scenario.__doc__}" for scenario in SCENARIOS),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="SCENARIO", help="all of them if none is named")
    parser.add_argument("--build", required=True, help="where the programs are")
    parser.add_argument("--long", action="store_true", help="as much as the machine takes")
    options = parser.parse_args()
    for name in options.names:
        if name not in names:
            parser.error(f"there is no scenario '{name}'; there are {', '.join(names)}")
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        context = Context(options.build, options.long, scratch)
        for scenario in SCENARIOS:
            if options.names and scenario.__name__ not in options.names:
                continue
            for way in WAYS if options.long else [WAYS[0], WAYS[3]]:
                begin = time.monotonic()
                try:
                    scenario(context, way)
                    verdict = "ok"
                except (Failure, OSError, subprocess.TimeoutExpired) as failure:
                    verdict = f"FAIL: {failure}"
                    bad += 1
                print(f"{scenario.__name__:<18} {' '.join(way[1:]):<14} "
                      f"{time.monotonic() - begin:5.1f}s  {verdict}", flush=True)
        for what, way, value in context.figures:
            print(f"{what}: {' '.join(way[1:])}: {value}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
