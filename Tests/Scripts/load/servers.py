"""Servers under test: started as users start them, looked at from outside."""
import os
import resource
import signal
import socket
import subprocess
import time

PATIENCE = 30


class Failure(Exception):
    """What a scenario found wrong, in a sentence."""


def require(condition, text):
    if not condition:
        raise Failure(text)


class Server:
    """A program of the runtime that has said where it listens."""

    def __init__(self, directory, name, *options, descriptors=None, names=None):
        def limit():
            if descriptors is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        self.name = " ".join([name, *options])
        command = [os.path.join(directory, name), *options]
        if names is not None:
            # With another resolv.conf, which nobody else sees.
            command = ["unshare", "-m", "sh", "-c",
                       'mount --bind "$0" /etc/resolv.conf && exec "$@"', names, *command]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=limit)
        ready = self.process.stdout.readline().decode()
        if "listening on" not in ready:
            self.kill()
            raise Failure(f"{self.name} is not ready: {ready!r}")
        self.address = ready.split("listening on ")[1].strip()
        self.port = int(self.address.rsplit(":", 1)[1]) if ":" in self.address else 0
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def connect(self, timeout=PATIENCE):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def memory(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def seconds(self):
        """Processor time in seconds."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def kick(self, number):
        os.kill(self.pid, number)

    def finish(self, number=signal.SIGTERM):
        """Ask the server to end; its exit status and what it said."""
        self.kick(number)
        try:
            _, said = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} does not end within {PATIENCE} s of signal {number}")
        return self.process.returncode, said.decode()


def receive(connection, count):
    """Exactly count bytes; fewer at the end of the stream."""
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 16))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def answers(server, text=b"are you there?"):
    """Whether an echo server serves a new connection."""
    with server.connect() as connection:
        connection.sendall(text)
        return receive(connection, len(text)) == text


def fill(connection, most):
    """Send until the other side takes no more, at most so many bytes; how many were sent."""
    connection.setblocking(False)
    chunk = bytes(range(256)) * 256
    sent = 0
    quiet = time.monotonic()
    while sent < most and time.monotonic() - quiet < 1:
        try:
            offset = sent % len(chunk)
            sent += connection.send(chunk[offset:][:most - sent])
            quiet = time.monotonic()
        except BlockingIOError:
            time.sleep(0.005)
    connection.settimeout(PATIENCE)
    return sent
