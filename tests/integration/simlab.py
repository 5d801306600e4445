"""The simulated Exchange for tests: starts latchkey-sim in a temporary directory and speaks to it.

    with Sim("basic") as sim:
        sim.do("fault busy soap-fault op GetFolder times 1")
        answer = sim.soap('<m:GetFolder>...</m:GetFolder>', user="svc@example.test", password="...")

Standard library only. Everything is on loopback or a Unix socket, and dies with the test.
"""

import base64
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

from lab import BUILD, SRC, Answer, _die_with_parent, until

NS = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
    "e": "http://schemas.microsoft.com/exchange/services/2006/errors",
}
EWS = "/EWS/Exchange.asmx"
SANITIZER = ("Sanitizer", "runtime error:")


def envelope(op, version="Exchange2016", header=""):
    """A request around an operation that uses the prefixes m and t."""
    names = " ".join(f'xmlns:{k}="{v}"' for k, v in NS.items() if k != "e")
    wanted = f'<t:RequestServerVersion Version="{version}"/>' if version else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope {names}>'
        f"<s:Header>{wanted}{header}</s:Header><s:Body>{op}</s:Body></s:Envelope>"
    )


def impersonate(address):
    """The header that asks to act as somebody."""
    return (
        "<t:ExchangeImpersonation><t:ConnectingSID>"
        f"<t:SmtpAddress>{address}</t:SmtpAddress>"
        "</t:ConnectingSID></t:ExchangeImpersonation>"
    )


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class Refused(Exception):
    """The control socket answered with an error."""


def _read(path):
    with open(path, "rb") as f:
        return f.read()


class Curl:
    """What one run of curl saw."""

    def __init__(self, done, head, body):
        self.code = done.returncode
        self.error = done.stderr
        self.told = json.loads(done.stdout) if done.stdout.startswith("{") else {}
        self.status = self.told.get("http_code", 0)
        self.headers = [tuple(x.split(": ", 1)) for x in head.split("\r\n\r\n")[-2:][0].split("\r\n") if ": " in x]
        self.body = body
        self.text = body.decode("utf-8", "replace")

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def __repr__(self):
        return f"<curl {self.code} {self.error.strip()!r} status {self.status} {self.text[:300]!r}>"


class Connection(http.client.HTTPSConnection):
    """Asks for a name of the simulator's world, wherever that listens."""

    def __init__(self, name, address, port, context, timeout=30):
        super().__init__(name, port, timeout=timeout, context=context)
        self.where = (address, port)
        self.name = name

    def connect(self):
        plain = socket.create_connection(self.where, self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.name)


class Sim:
    """One simulator; use it as a context manager. Scenario: a built-in's name or a file; or lines."""

    def __init__(self, scenario=None, lines=None, build=BUILD, args=(), env=None):
        self.dir = tempfile.mkdtemp(prefix="latchkey-sim.")
        self.build = build
        self.control = os.path.join(self.dir, "control")
        self.ca = os.path.join(self.dir, "ca.pem")
        self.ports = os.path.join(self.dir, "ports.json")
        self.log_path = os.path.join(self.dir, "sim.log")
        self.args = list(args)
        self.env = env or {}
        self.proc = None
        self.talk = None
        self.scenario = scenario or "basic"
        if lines is not None:
            self.scenario = os.path.join(self.dir, "world.sim")
            with open(self.scenario, "w", encoding="utf-8") as f:
                f.write(lines)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    # the program

    def program(self):
        return os.path.join(self.build, "tests", "sim", "latchkey-sim")

    def command(self):
        return [
            self.program(),
            *("--scenario", self.scenario),
            *("--control", self.control),
            *("--ca", self.ca),
            *("--ports", self.ports),
            "--quiet",
            *self.args,
        ]

    def start(self):
        with open(self.log_path, "ab") as log:
            self.proc = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=SRC,
                env={**os.environ, **self.env},
                preexec_fn=_die_with_parent,
            )
        until(lambda: os.path.exists(self.ports) or self.proc.poll() is not None, 60, 0.02)
        if self.proc.poll() is not None or not os.path.exists(self.ports):
            raise AssertionError("the simulator does not start:\n" + self.output())
        self.context = ssl.create_default_context(cafile=self.ca)
        return self

    def stop(self, sig=signal.SIGTERM, seconds=10):
        """Ends it and takes its directory away; the exit status, or None when it had to be killed.

        What a sanitizer found while it ran is an error, wherever the test was.
        """
        status = None
        if self.talk:
            self.talk.close()
            self.talk = None
        if self.proc:
            if self.proc.poll() is None:
                self.proc.send_signal(sig)
            try:
                status = self.proc.wait(seconds)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
            self.proc = None
        said = self.output()
        shutil.rmtree(self.dir, ignore_errors=True)
        if any(word in said for word in SANITIZER):
            raise AssertionError("a sanitizer speaks:\n" + said)
        return status

    def output(self):
        with contextlib.suppress(FileNotFoundError):
            with open(self.log_path, errors="replace") as f:
                return f.read()
        return ""

    # the control socket

    def tell(self, *lines):
        """Lines in, one JSON object out; an error is raised."""
        if self.talk is None:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(120)
                s.connect(self.control)
                self.talk = s.makefile("rw", encoding="utf-8", newline="\n")
        self.talk.write("".join(line + "\n" for line in lines))
        self.talk.flush()
        answer = self.talk.readline()
        if not answer:
            self.talk = None
            raise AssertionError("the simulator is gone:\n" + self.output())
        value = json.loads(answer)
        if "error" in value:
            raise Refused(value["error"])
        return value

    def do(self, *lines):
        """Run scenario lines; each argument may hold several."""
        split = [line.strip() for text in lines for line in text.strip().splitlines()]
        return self.tell("do", *split, ".")

    def log(self, since=0, limit=100000, **wanted):
        """What was asked, oldest first; op="GetFolder" and the like choose among it."""
        entries = self.tell(f"log since {since} limit {limit}")["log"]
        return [e for e in entries if all(e.get(k) == v for k, v in wanted.items())]

    def counts(self):
        return self.tell("counts")

    def forget(self):
        self.tell("forget")

    def messages(self, address=None):
        return self.tell(f"messages {address}" if address else "messages")["messages"]

    def thefts(self):
        return self.tell("thefts")["thefts"]

    def faults(self):
        return self.tell("faults")["faults"]

    def clock(self):
        return self.tell("clock")

    def clock_freeze(self, at=""):
        return self.tell(f"clock freeze {at}")

    def clock_advance(self, seconds):
        return self.tell(f"clock advance {int(seconds)}")

    def clock_run(self):
        return self.tell("clock run")

    def deliver(self, seconds=3600):
        """Let the clock go on until no mail is under way that is due within so long."""
        return self.tell(f"deliver {int(seconds)}")

    def tick(self):
        return self.tell("tick")

    def who(self, login):
        return self.tell(f"who {login}")

    def rights(self, owner, who="Default"):
        return self.tell(f"rights {owner} {who}")

    # where things are

    def faces(self):
        return self.tell("faces")["faces"]

    def face(self, kind="ews", **wanted):
        """The first face of this kind; premise="hq" or host="..." choose among several."""
        wanted["kind"] = kind
        for face in self.faces():
            if all(face.get(k) == v for k, v in wanted.items()):
                return face
        raise AssertionError(f"no face {wanted}")

    def host(self, premise=None):
        return self.face(**({"premise": premise} if premise else {}))["host"]

    def url(self, premise=None):
        """The URL of EWS, as a client must say it when curl_names() or the like lead it here."""
        return self.face(**({"premise": premise} if premise else {}))["url"]

    def where(self):
        """(host, 443 or 80) and the port where that name really listens."""
        out = {}
        for face in self.faces():
            well_known = 80 if face["kind"] == "plain" else 443
            out.setdefault((face["host"].lower(), well_known), face["port"])
        return out

    def curl_names(self, shared=None):
        """Arguments with which curl finds every host here, on ports 443 and 80 too. shared: the one port where https names are to be found."""
        args = ["--cacert", self.ca, "--noproxy", "*"]
        for (host, port), own in sorted(self.where().items()):
            really = shared if shared and port == 443 else own
            for said in dict.fromkeys((port, own, really)):
                args += ["--connect-to", f"{host}:{said}:127.0.0.1:{really}"]
        return args

    def curl(self, url, *args, seconds=20, shared=None):
        """Run curl in the world's names; whatever comes of it is told, not raised."""
        head, body = os.path.join(self.dir, "curl-head"), os.path.join(self.dir, "curl-body")
        for path in (head, body):
            with open(path, "wb"):
                pass
        command = ["curl", "-q", "-sS", "--max-time", str(seconds), "-D", head, "-o", body, "-w", "%{json}"]
        done = subprocess.run(
            [*command, *self.curl_names(shared), *args, url], capture_output=True, text=True, timeout=seconds + 10, errors="replace"
        )
        return Curl(done, _read(head).decode("latin-1"), _read(body))

    # asking

    def connect(self, host=None, timeout=30, context=None):
        """A connection that stays, for request() and soap()."""
        face = next(f for f in self.faces() if f["kind"] != "plain" and host in (None, f["host"]))
        return Connection(face["host"], "127.0.0.1", face["port"], context or self.context, timeout)

    def request(self, method, path, body=None, headers=None, host=None, on=None):
        """One HTTPS request; `on`: an open connection."""
        conn = on or self.connect(host)
        try:
            data = body.encode() if isinstance(body, str) else body
            conn.request(method, path, body=data, headers=headers or {})
            got = conn.getresponse()
            return Answer(got.status, got.getheaders(), got.read())
        finally:
            if on is None:
                conn.close()

    def soap(self, op, user=None, password="", version="Exchange2016", header="", **more):
        """Ask EWS; more: acting_as, headers, premise, host, on."""
        acting_as = more.pop("acting_as", None)
        premise = more.pop("premise", None)
        headers = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}
        if user is not None:
            headers["Authorization"] = basic(user, password)
        if acting_as:
            header += impersonate(acting_as)
            headers["X-AnchorMailbox"] = acting_as
        headers.update(more.pop("headers", {}))
        if premise:
            more.setdefault("host", self.host(premise))
        return self.request("POST", EWS, envelope(op, version, header), headers, **more)
