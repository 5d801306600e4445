"""The laboratory: starts the real programs in a temporary directory, talks to them, prints TAP.

Everything runs as the current user on loopback or Unix sockets, and dies with the test: children get
SIGKILL when their parent ends.
"""

import contextlib
import ctypes
import html
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.environ.get("LATCHKEY_SRC", os.path.join(HERE, "..", ".."))
BUILD = os.environ.get("LATCHKEY_BUILD", os.path.join(SRC, "build"))
RELEASE = os.environ.get("LATCHKEY_RELEASE", BUILD)
PASSWORD = "brass lantern over quiet water"

_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(1, signal.SIGKILL)


# TAP


class Tap:
    """Counts and prints; a test function is one line."""

    def __init__(self):
        self.n = 0
        self.bad = 0

    def ok(self, good, name, detail=""):
        self.n += 1
        if not good:
            self.bad += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}", flush=True)
        if not good and detail:
            for line in str(detail).splitlines()[:40]:
                print("# " + line, flush=True)
        return good

    def same(self, got, want, name):
        return self.ok(got == want, name, f"got  {got!r}\nwant {want!r}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}", flush=True)

    def done(self):
        print(f"1..{self.n}", flush=True)
        sys.exit(1 if self.bad or not self.n else 0)


def run(tap, *tests):
    """Each test takes the Tap; an exception is a failure with its traceback."""
    for test in tests:
        try:
            test(tap)
        except Exception:  # the next test shall run all the same
            tap.ok(False, f"{test.__name__} ran to its end", traceback.format_exc())
    tap.done()


# Waiting


def until(what, seconds=15.0, every=0.05):
    """Call what() until it is true; its value, or None when time is up."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > end:
            return value or None
        time.sleep(every)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# FastCGI by hand

FCGI_BEGIN, FCGI_ABORT, FCGI_END, FCGI_PARAMS, FCGI_STDIN, FCGI_STDOUT, FCGI_STDERR = range(1, 8)


def fcgi_record(kind, body, request=1):
    return struct.pack("!BBHHBx", 1, kind, request, len(body), 0) + body


def fcgi_pairs(params):
    out = b""
    for key, value in params.items():
        k, v = key.encode(), value if isinstance(value, bytes) else str(value).encode()
        for n in (len(k), len(v)):
            out += struct.pack("!B", n) if n < 128 else struct.pack("!I", n | 0x80000000)
        out += k + v
    return out


def fcgi_begin(keep=0):
    return fcgi_record(FCGI_BEGIN, struct.pack("!HB5x", 1, keep))


def fcgi_request(params, body=b""):
    """The bytes of a whole request."""
    pairs = fcgi_pairs(params)
    out = fcgi_begin()
    for i in range(0, len(pairs), 65000):
        out += fcgi_record(FCGI_PARAMS, pairs[i : i + 65000])
    out += fcgi_record(FCGI_PARAMS, b"")
    for i in range(0, len(body), 65000):
        out += fcgi_record(FCGI_STDIN, body[i : i + 65000])
    return out + fcgi_record(FCGI_STDIN, b"")


def fcgi_params(path="/", method="GET", length=None, **more):
    out = {"REQUEST_METHOD": method, "REQUEST_URI": path, "REMOTE_ADDR": "127.0.0.1"}
    if length is not None:
        out["CONTENT_LENGTH"] = length
    out.update(more)
    return out


def fcgi_talk(path, data, seconds=20, shut=False):
    """Send raw bytes to the portal's socket; what it wrote to its standard output."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(seconds)
        s.connect(path)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(data)
        if shut:
            s.shutdown(socket.SHUT_WR)
        raw = b""
        with contextlib.suppress(ConnectionResetError):
            while True:
                got = s.recv(65536)
                if not got:
                    break
                raw += got
    out = b""
    while len(raw) >= 8:
        _, kind, _, n, pad = struct.unpack("!BBHHBx", raw[:8])
        if kind == FCGI_STDOUT:
            out += raw[8 : 8 + n]
        raw = raw[8 + n + pad :]
    return out


def status_of(answer):
    found = re.match(rb"Status: (\d+)", answer)
    return int(found.group(1)) if found else 0


# HTTP


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        self.text = body.decode("utf-8", "replace")

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def location(self):
        return self.header("Location")

    def csrf(self):
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        return found.group(1) if found else ""

    def __repr__(self):
        return f"<{self.status} {self.location or ''} {self.text[:300]!r}>"


class Browser:
    """Cookies, redirects on demand, form tokens: a browser without a face."""

    def __init__(self, lab):
        self.lab = lab
        self.cookies = {}
        self.page = None

    def send(self, method, path, body=None, headers=None):
        conn = http.client.HTTPConnection("127.0.0.1", self.lab.port, timeout=60)
        sent = {"User-Agent": "lab"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        sent.update(headers or {})
        try:
            conn.request(method, path, body=body, headers={k: v for k, v in sent.items() if v is not None})
            got = conn.getresponse()
            answer = Answer(got.status, got.getheaders(), got.read())
        finally:
            conn.close()
        for key, value in answer.headers:
            if key.lower() != "set-cookie":
                continue
            name, _, rest = value.partition("=")
            content = rest.split(";")[0]
            if not content or "max-age=0" in value.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = content
        return answer

    def get(self, path, follow=True, **headers):
        answer = self.send("GET", path, headers=headers)
        for _ in range(5):
            if not follow or answer.status != 303:
                break
            answer = self.send("GET", self.local(answer.location))
        self.page = answer
        return answer

    def post(self, path, fields=None, page=None, follow=False, headers=None, token=True):
        """Post a form as a browser does: with the token of the page it stands on."""
        data = dict(fields or {})
        if token and "csrf" not in data:
            data["csrf"] = (page or self.page).csrf()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.lab.url,
            "Sec-Fetch-Site": "same-origin",
        }
        sent.update(headers or {})
        answer = self.send("POST", path, urllib.parse.urlencode(data), sent)
        if follow and answer.status == 303:
            return self.get(self.local(answer.location))
        return answer

    def local(self, where):
        return where[len(self.lab.url) :] if where.startswith(self.lab.url) else where

    def sign_in(self, email, password=PASSWORD):
        self.get("/signin")
        return self.post("/signin", {"email": email, "password": password}, follow=True)

    def accept(self, link, name="Somebody", password=PASSWORD):
        """Follow an invitation or reset link."""
        page = self.get(self.local(link))
        token = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
        return self.post(
            "/link",
            {"token": token.group(1), "name": name, "password": password, "again": password},
            follow=True,
        )

    def confirm(self, password=PASSWORD):
        self.get("/confirm")
        return self.post("/confirm", {"password": password}, follow=True)


# The installation


class Lab:
    """One installation in a temporary directory; use it as a context manager."""

    def __init__(self, build=BUILD, nginx=True, **settings):
        self.build = build
        self.with_nginx = nginx
        self.dir = tempfile.mkdtemp(prefix="latchkey-lab.")
        os.chmod(self.dir, 0o755)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.conf = os.path.join(self.dir, "latchkey.conf")
        self.db = os.path.join(self.dir, "data", "latchkey.db")
        self.socket = os.path.join(self.dir, "run", "web.sock")
        self.bell = os.path.join(self.dir, "run", "engine.sock")
        self.procs = {}
        for name in ("run", "log", "data"):
            os.mkdir(os.path.join(self.dir, name))
        self.settings = {
            "public_url": self.url,
            "database": self.db,
            "socket": self.socket,
            "socket_group": "",
            "doorbell": self.bell,
            "templates": os.path.join(SRC, "templates"),
            "web_user": "",
            "engine_user": "",
            "group": "",
            "key_file": os.path.join(self.dir, "keyring"),
            "public_keys": os.path.join(self.dir, "keyring.pub"),
            "head_file": os.path.join(self.dir, "audit.head"),
            "egress_file": os.path.join(self.dir, "egress"),
            "workers": 2,
            "request_timeout": 20,
        }
        self.settings.update(settings)
        self.configure()

    def configure(self, **settings):
        self.settings.update(settings)
        with open(self.conf, "w") as f:
            for key, value in self.settings.items():
                f.write(f"{key} = {value}\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_all()
        shutil.rmtree(self.dir, ignore_errors=True)

    # programs

    def program(self, name):
        return os.path.join(self.build, name)

    def log_path(self, name):
        return os.path.join(self.dir, "log", name + ".log")

    def log(self, name):
        with contextlib.suppress(FileNotFoundError):
            with open(self.log_path(name), errors="replace") as f:
                return f.read()
        return ""

    def spawn(self, name, args, env=None):
        with open(self.log_path(name), "a") as log:
            proc = subprocess.Popen(
                args,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(env or {})},
                preexec_fn=_die_with_parent,
            )
        self.procs[name] = proc
        return proc

    def ctl(self, *args, check=True, data=None, env=None):
        """Run the operator's command line; the finished process."""
        done = subprocess.run(
            [self.program("latchkey"), "-c", self.conf, *args],
            capture_output=True,
            text=True,
            timeout=120,
            input=data,
            stdin=None if data is not None else subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
        )
        if check and done.returncode:
            raise AssertionError(f"latchkey {' '.join(args)}: {done.returncode} {done.stderr}")
        return done

    def leave_members(self):
        """Nobody's calendar is looked at by itself any more: for tests that count what is asked of a server."""
        self.sql("UPDATE member SET next_at = 0")
        self.sql("UPDATE OR REPLACE member_count SET status = 5")

    def ctl_json(self, *args):
        return json.loads(self.ctl("--json", *args).stdout)

    def init(self, account="Example Organisation", admin="admin@example.com", name="Avery Stone"):
        """Keys, database, first account; the admin's one-time link."""
        return self.ctl_json("init", "--account", account, "--admin", admin, "--name", name)["link"]

    def start_engine(self, env=None):
        proc = self.spawn("engine", [self.program("latchkeyd"), "-c", self.conf], env)
        if not until(lambda: os.path.exists(self.bell) or proc.poll() is not None):
            raise AssertionError("the engine does not start:\n" + self.log("engine"))
        return proc

    def start_portal(self, env=None):
        proc = self.spawn("portal", [self.program("latchkey.fcgi"), "-c", self.conf], env)
        if not until(lambda: os.path.exists(self.socket) or proc.poll() is not None):
            raise AssertionError("the portal does not start:\n" + self.log("portal"))
        return proc

    def start_nginx(self):
        with open(os.path.join(SRC, "scripts", "nginx-loopback.conf.in")) as f:
            text = f.read()
        for key, value in {
            "USER": "user root;" if os.getuid() == 0 else "",
            "RUN": os.path.join(self.dir, "run"),
            "LOG": os.path.join(self.dir, "log"),
            "PORT": self.port,
            "SOCKET": self.socket,
            "STATIC": os.path.abspath(os.path.join(SRC, "static")),
        }.items():
            text = text.replace(f"@{key}@", str(value))
        conf = os.path.join(self.dir, "nginx.conf")
        with open(conf, "w") as f:
            f.write(text)
        log = os.path.join(self.dir, "log", "nginx-error.log")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.spawn("nginx", [nginx, "-c", conf, "-e", log])
        until(self.listening)

    def listening(self):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        return False

    def start(self, engine=True):
        """Everything; returns self."""
        if engine:
            self.start_engine()
        self.start_portal()
        if self.with_nginx:
            self.start_nginx()
            if not until(lambda: Browser(self).send("GET", "/health").status in (200, 503), 30):
                raise AssertionError("no answer:\n" + self.log("portal"))
        return self

    def up(self, **kw):
        """init + start + the first admin signed in: (lab, browser)."""
        link = self.init(**kw)
        self.start()
        browser = Browser(self)
        page = browser.accept(link, "Avery Stone")
        if page.status != 200:
            raise AssertionError(f"the first sign-in fails: {page!r}\n{self.log('portal')}")
        return browser

    def stop(self, name, sig=signal.SIGTERM, seconds=25):
        proc = self.procs.pop(name, None)
        if not proc:
            return None
        if proc.poll() is None:
            proc.send_signal(sig)
        try:
            return proc.wait(seconds)
        except subprocess.TimeoutExpired:
            proc.kill()
            proc.wait()
            return None

    def stop_all(self):
        for name in ("nginx", "portal", "engine", *list(self.procs)):
            self.stop(name)

    def children(self, name="portal"):
        """Pids of a program's worker processes."""
        pid = self.procs[name].pid
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(p) for p in f.read().split()]

    def files(self):
        """What is in each file of the installation, by its name in it."""
        out = {}
        for where, _, names in os.walk(self.dir):
            for path in (os.path.join(where, n) for n in names):
                if os.path.isfile(path):
                    with open(path, "rb") as f:
                        out[os.path.relpath(path, self.dir)] = f.read()
        return out

    def nothing_secret(self, tap, name, *words):
        """None of these words is in any file."""
        found = [f"{w} in {path}" for path, data in self.files().items() for w in words if w.encode() in data]
        tap.same(found, [], f"{name}: no secret in any file")

    def sql(self, text, *values):
        """Look into the database from outside (tests only)."""
        import sqlite3

        with contextlib.closing(sqlite3.connect(self.db, timeout=10)) as db, db:
            return db.execute(text, values).fetchall()


def unescape(text):
    return html.unescape(text)
