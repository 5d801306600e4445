#!/usr/bin/python3
"""Reasons that need a network: names, addresses, connections, TLS, proxies, the search for a server.

Each case breaks one thing on the way, and the reason must come out of `latchkey ews`. Together with the
cases of tests/unit/test_reason_reach.c they reach every row of the table.
"""

import concurrent.futures
import contextlib
import os
import re
import socket
import socketserver
import struct
import threading

from corelab import Core
from lab import SRC, Tap
from simlab import Sim

PASSWORD = "brass lantern 41"
TYPE_SRV = 33

WORLD = f"""
organisation "Reasons"
seed 7
clock 2026-11-23T08:00:00Z frozen
premise hq onprem 2016 host mail.example.localhost
	schemes ntlm
	lock-out never
premise cut onprem 2016 host cut.example.localhost
	schemes ntlm
premise expired onprem 2016 host expired.example.localhost
premise name onprem 2016 host name.example.localhost
premise unknown onprem 2016 host unknown.example.localhost
premise old onprem 2016 host old.example.localhost
domain example.localhost premise hq
mailbox svc@example.localhost "Calendar"
	password "{PASSWORD}"
fault cut cut host cut.example.localhost
fault expired tls expired host expired.example.localhost
fault name tls wrong-name host name.example.localhost
fault unknown tls self-signed host unknown.example.localhost
fault old tls old host old.example.localhost
"""


class Names(socketserver.BaseRequestHandler):
    """A name server: there is no name but those whose services are known; *.broken is in trouble."""

    def handle(self):
        query, sock = self.request
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
        question, name = query[12 : at + 5], ".".join(labels)
        found = self.server.services.get(name.removeprefix("_autodiscover._tcp.")) if kind == TYPE_SRV else None
        answer = b""
        if found:
            target = b"".join(bytes([len(x)]) + x.encode() for x in found[0].split(".")) + b"\0"
            data = struct.pack(">HHH", 0, 0, found[1]) + target
            answer = b"\xc0\x0c" + struct.pack(">HHIH", TYPE_SRV, 1, 60, len(data)) + data
        rcode = 0 if found else 2 if "broken" in labels else 3
        sock.sendto(query[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, bool(found), 0, 0) + question + answer, self.client_address)


class Proxy(socketserver.StreamRequestHandler):
    """A web proxy that wants another sign-in, whatever is asked."""

    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")


class Silent(socketserver.BaseRequestHandler):
    """Takes connections and says nothing."""

    def handle(self):
        while self.request.recv(4096):
            pass


@contextlib.contextmanager
def serving(kind, handler, **more):
    with kind(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        for key, value in more.items():
            setattr(server, key, value)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def read(*path):
    with open(os.path.join(SRC, *path), encoding="utf-8") as f:
        return f.read()


def listed(reasons):
    """What the other test reaches or leaves to those who take secrets, and what it leaves to this one: two sets of codes."""
    text = read("tests", "unit", "test_reason_reach.c")
    codes = dict(re.findall(r'R\((\w+), "(\w+)"\)', read("src", "exchange", "reason.h")))
    here = re.search(r"network\[\] = \{(.*?)\};", text, re.S).group(1)
    entered = re.search(r"entered\[\] = \{(.*?)\};", text, re.S).group(1)
    there = {codes[name] for name in re.findall(r"WAY\((\w+), [A-Z]", text) + re.findall(r"REASON_(\w+)", entered)}
    return there, {codes[name] for name in re.findall(r"REASON_(\w+)", here)}


def secret_of(core):
    """A file for all cases: they run side by side."""
    path = os.path.join(core.dir, "password")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(PASSWORD)
    return path


def ask(core, server, **options):
    """The reason in which one question ends."""
    got = core.ews("people", "svc", server=server, mailbox="svc@example.localhost", secret_file=secret_of(core), **options)
    return [got.reason], got


def find(core, domain):
    """The reasons of a search: that of its end, and those of the candidates."""
    got = core.run("ews", "discover", mailbox="anna@" + domain, secret_file=secret_of(core))
    rows = got.value["candidates"] if got.value else []
    return [got.value and got.value["outcome"][0]["reason"]] + [row["reason"] for row in rows], got


def cases(core, shut, gone):
    """Code of a reason, and the question that must end in it. The simulator is asked here only, not side by side."""
    return {
        "name_not_found": (ask, core, "mail.nowhere.example.net:443"),
        "dns_failed": (ask, core, "mail.broken.example.net:443"),
        "address_not_allowed": (ask, shut, core.server("hq")),
        "unreachable": (ask, core, f"mail.example.localhost:{gone}"),
        "timed_out": (find, core, "silent.example.net"),
        "connection_lost": (ask, core, core.server("cut")),
        "proxy_refused": (lambda *args: ask(*args, proxy="corp"), core, core.server("hq")),
        "tls_untrusted": (ask, core, core.server("unknown")),
        "tls_name_mismatch": (ask, core, core.server("name")),
        "tls_expired": (ask, core, core.server("expired")),
        "tls_failed": (ask, core, core.server("old")),
        "server_not_found": (find, core, "nowhere.example.net"),
        "host_needs_consent": (find, core, "away.example.net"),
    }


def check_all(tap, core, shut, gone):
    table = cases(core, shut, gone)
    reasons = [row["code"] for row in core.run("ews", "reasons").value]
    there, here = listed(reasons)
    tap.same(there | here, set(reasons), "every row has a case in one of the two tests")
    tap.same(there & here, set(), "... each in one of them only")
    tap.same(set(table), here, "... and the cases here are those that are left to them")
    secret_of(core), secret_of(shut)
    # Servers that do not answer are waited for side by side.
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = {code: pool.submit(*case) for code, case in table.items()}
        for code, job in running.items():
            seen, got = job.result()
            tap.ok(code in seen and got.code != 0, code, f"{seen}\n{got}")
            tap.ok(PASSWORD not in got.out + got.err, f"{code}: nothing secret is told", repr(got))
    got = ask(core, core.server("hq"))[1]
    tap.ok(got.code == 0, "and where nothing is broken, it works", repr(got))


def main():
    tap = Tap()
    services = {}
    with (
        Sim(lines=WORLD) as sim,
        serving(socketserver.ThreadingUDPServer, Names, services=services) as names,
        serving(socketserver.ThreadingTCPServer, Proxy) as proxy,
        serving(socketserver.ThreadingTCPServer, Silent) as silent,
    ):
        settings = {"dns_servers": f"127.0.0.1:{names.server_address[1]}", "proxies": f"corp=127.0.0.1:{proxy.server_address[1]}"}
        services["silent.example.net"] = ("mail.silent.localhost", silent.server_address[1])
        services["away.example.net"] = ("mail.example.localhost", sim.face(premise="hq")["port"])
        with Core(sim, **settings) as core, Core(sim, **settings) as shut:
            with open(shut.egress, "w", encoding="utf-8"):
                pass
            check_all(tap, core, shut, free_port())
    tap.done()


if __name__ == "__main__":
    main()
