"""A network of its own: only loopback, where the world's names resolve and ports 443 and 80 are free."""

import ctypes
import os
import socket
import struct
import subprocess
import tempfile
import threading

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000


class Names(threading.Thread):
    """A name server that knows a few hosts, all of them here: 127.0.0.1 for A, nothing for other types."""

    def __init__(self, names, services=()):
        super().__init__(daemon=True)
        self.names = set(names)
        self.services = dict(services)  # "_autodiscover._tcp.office.test": ("mail.office.test", 443)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def run(self):
        while True:
            query, asker = self.socket.recvfrom(4096)
            self.socket.sendto(self.answer(query), asker)

    def answer(self, query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        name, kind = ".".join(labels).lower(), struct.unpack("!H", query[at + 1 : at + 3])[0]
        data = self.data(name, kind)
        known = data is not None or name in self.names
        head = query[:2] + struct.pack("!HHHHH", 0x8580 | (0 if known else 3), 1, 1 if data else 0, 0, 0)
        record = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data if data else b""
        return head + query[12 : at + 5] + record

    def data(self, name, kind):
        if kind == 1 and name in self.names:
            return socket.inet_aton("127.0.0.1")
        if kind == 33 and name in self.services:
            host, port = self.services[name]
            labels = b"".join(bytes([len(x)]) + x.encode() for x in host.split(".")) + b"\0"
            return struct.pack("!HHH", 0, 0, port) + labels
        return None


def possible():
    return os.geteuid() == 0


def enter(names, services=()):
    """Move this process, and what it starts from now on, into it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    lines = "127.0.0.1 localhost " + " ".join(names) + "\n"
    for path, text in (("/etc/hosts", lines), ("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")):
        with tempfile.NamedTemporaryFile("w", delete=False) as f:
            f.write(text)
        os.chmod(f.name, 0o644)
        subprocess.run(["mount", "--bind", f.name, path], check=True)
        os.unlink(f.name)
    Names(names, services).start()
