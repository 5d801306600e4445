"""The simulated Exchange from outside: its command line, its faces, its sign-in, its world that changes, its
journal, and that it says the same again. What unit tests cannot see: TLS, curl, threads, a whole process."""

import base64
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import threading
import time

from lab import BUILD, RELEASE, SRC, Tap, free_port, run, until
from ntlm_client import binding_of, sign_in
from simask import AUTODISCOVER, HOST, PASSWORD, POX, PUBLIC, SETTINGS, SVC, TENANT
from simask import codes, create, get_folder, resolve, view
from simlab import EWS, Connection, Sim, basic, envelope

def posted(op):
    return ["-H", "Content-Type: text/xml; charset=utf-8", "-d", envelope(op)]


# The command line


def program(*args, seconds=20, build=BUILD):
    command = [os.path.join(build, "tests", "sim", "latchkey-sim"), *args]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, cwd=SRC)


def command_line(tap):
    listed = program("--list-scenarios").stdout
    names = [line.split()[0] for line in listed.splitlines() if line.strip()]
    tap.ok({"basic", "demo", "hybrid", "hostile", "big", "versions"} <= set(names), "--list-scenarios", listed)
    for name in names:
        done = program("--check", name, seconds=60)
        tap.ok(done.returncode == 0 and re.fullmatch(rf"{name}: \d+ mailboxes, no error\n", done.stdout), f"--check {name}", done)
    with tempfile.TemporaryDirectory() as at:
        good, bad, outer = (os.path.join(at, n) for n in ("good.sim", "bad.sim", "outer.sim"))
        lines = "premise hq onprem 2016 host m.example.test\ndomain example.test premise hq\nmailbox a@example.test\n"
        for path, text in ((good, lines), (bad, lines + "\ngrant b@example.test Editor\n"), (outer, f"# outer\ninclude {bad}\n")):
            with open(path, "w") as f:
                f.write(text)
        tap.same(program("--check", good).stdout, f"{good}: 1 mailboxes, no error\n", "--check of a good file")
        for path in (bad, outer):
            done = program("--check", path)
            tap.ok(done.returncode == 1 and done.stderr.startswith(f"{bad}:5: ") and not done.stdout, "--check names file and line", done)
        done = program("--check", os.path.join(at, "none.sim"))
        tap.ok(done.returncode == 1 and "none.sim" in done.stderr, "--check of a file that is not there", done)
        refused(tap, at, good)
    for option, words in (
        ("--version", r"latchkey-sim \d+\.\d+"), ("--statements", r"(?s)fault ID KIND.*mailbox ADDRESS.*grant ADDRESS"),
        ("--faults", r"(?s)refuse .*external-entity"), ("--help", "usage: latchkey-sim"),
    ):
        done = program(option)
        tap.ok(done.returncode == 0 and re.search(words, done.stdout) and not done.stderr, option, done)
    for args in (("--no-such-option",), ("stray",), ("--scenario",)):
        done = program(*args)
        tap.ok(done.returncode == 2 and "usage:" in done.stderr and not done.stdout, f"{' '.join(args)}: usage, status 2", done)


def refused(tap, at, good):
    """What keeps it from starting: status 1, and the reason in a line that names the thing."""
    file, far = os.path.join(at, "file"), os.path.join(at, "x" * 120)
    with open(file, "w") as f:
        f.write("kept")
    with socket.socket() as busy, Sim("basic") as other:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        for name, args, words in (
            ("a port in use", ("--port", port), port),
            ("a plain port in use", ("--http-port", port), port),
            ("port 0", ("--port", "0"), "port number"),
            ("a port that is no number", ("--http-port", "80a"), "port number"),
            ("an address that is none", ("--address", "nowhere"), "nowhere"),
            ("a control socket that is a file", ("--control", file), file),
            ("a control socket in use", ("--control", other.control), other.control),
            ("a control socket with too long a name", ("--control", far), far),
            ("a file that cannot be written", ("--ca", os.path.join(at, "no", "ca.pem")), "ca.pem"),
        ):
            done = program("--scenario", good, *args)
            tap.ok(done.returncode == 1 and words in done.stderr and not done.stdout, f"{name}: refused", done)
        tap.ok(other.clock()["frozen"], "whose socket was wanted still hears")
    done = program("--scenario", "no-such-scenario")
    tap.ok(done.returncode == 1 and "no-such-scenario" in done.stderr, "a scenario that is not there: refused", done)
    with open(file) as f:
        tap.same(f.read(), "kept", "the file in the socket's place is kept")


def telling(tap):
    with Sim("basic") as s:
        done = program("--do", s.control, "mailbox anna@example.test", f"revoke {SVC}")
        tap.same((done.returncode, done.stdout, done.stderr), (0, "", ""), "--do: done, and nothing said")
        done = program("--ask", s.control, "rights", "anna@example.test", SVC)
        tap.ok(done.returncode == 0 and json.loads(done.stdout)["level"] != "Editor", "--ask: JSON, of what --do did", done)
        done = program("--do", s.control, "mailbox anna@example.test", f"grant {SVC} Reviewer", "grant nobody@example.test Editor")
        good = done.returncode == 1 and done.stderr.startswith("line 3: ") and not done.stdout
        tap.ok(good, "--do: an error with its line, status 1", done)
        tap.same(s.rights("anna@example.test", SVC)["level"], "Reviewer", "the lines before it hold")
        for words in (("no-such",), ("who", "nobody"), ("clock", "sideways"), ("log", "since"), (), ("a",) * 9):
            done = program("--ask", s.control, *words)
            tap.ok(done.returncode == 1 and done.stderr and not done.stdout, f"--ask {' '.join(words)}: an error, status 1", done)
        done = program("--ask", s.control, "help")
        usages = {c["usage"].split()[0] for c in json.loads(done.stdout)["commands"]}
        tap.ok({"do", "log", "counts", "clock", "who", "rights", "help"} <= usages, "--ask help lists the commands", done)
        gone = s.control + "x"
        done = program("--ask", gone, "clock")
        tap.ok(done.returncode == 1 and gone in done.stderr and "does the simulator run" in done.stderr, "nobody there: says so", done)
        tap.same(stat.S_IMODE(os.stat(s.control).st_mode), 0o600, "only its owner may open the socket")


# Faces


def faces(tap):
    https, plain = free_port(), free_port()
    with Sim("hybrid", args=["--port", str(https), "--http-port", str(plain)]) as s:
        with open(s.ports) as f:
            written = json.load(f)
        told = (written["faces"], written["ca"], written["address"])
        tap.same(told, (s.faces(), s.ca, "127.0.0.1"), "--ports: what the control socket says")
        want = {("ews", HOST), ("ews", "outlook.example.test"), ("signin", "login.example.test"), ("website", "example.test"),
                ("autodiscover", "autodiscover.example.test"), ("plain", "autodiscover.example.test"),
                ("autodiscover", "autodiscover.example.onmicrosoft.test")}
        tap.ok(want <= {(f["kind"], f["host"]) for f in s.faces()}, "a face for everything in the world", s.faces())
        tap.same(len({f["port"] for f in s.faces()}), len(s.faces()), "each on a port of its own")
        for face in s.faces():
            own, all_ = reached(s, face, face["port"]), reached(s, face, plain if face["kind"] == "plain" else https)
            good = own == all_ and own[0] == EXPECTED.get(face["host"], EXPECTED.get(face["kind"]))
            tap.ok(good, f"{face['kind']} {face['host']}: on its port and on that of all", (own, all_))


EXPECTED = {"ews": 401, "autodiscover": 401, "signin": 200, "website": 200, "plain": 302, "example.onmicrosoft.test": 404}
PATHS = {"ews": EWS, "autodiscover": "/autodiscover/autodiscover.xml", "signin": f"/{TENANT}/v2.0/.well-known/openid-configuration",
         "website": "/", "plain": "/autodiscover/autodiscover.xml"}


def reached(s, face, port):
    """Status, and a header that tells who answered; the name of the certificate is checked."""
    scheme = "http" if face["kind"] == "plain" else "https"
    seen = s.curl(f"{scheme}://{face['host']}:{port}{PATHS[face['kind']]}", "--connect-to", f"::127.0.0.1:{port}")
    body = seen.body if face["kind"] in ("signin", "website") else b""
    return seen.status, seen.header("WWW-Authenticate"), seen.header("Location"), body


def strangers(tap):
    with Sim("basic") as s:
        ports = {f["kind"]: f["port"] for f in s.faces() if f["host"] in (HOST, "example.test")}
        local = s.curl(f"https://localhost:{ports['ews']}{EWS}", "-u", f"{SVC}:{PASSWORD}", *posted(get_folder("anna")))
        tap.ok(local.status == 200 and codes(local) == ["NoError"], "localhost, a name nobody has, is the port's own face", local)
        site = s.curl(f"https://127.0.0.1:{ports['website']}/")
        tap.ok(site.status == 200 and "Example" in site.text, "so is its address", site)
        other = s.curl(f"https://{HOST}:{ports['ews']}/", "-H", "Host: example.test")
        tap.ok(other.body == site.body, "the Host header chooses, not the name in TLS", other)
        try:
            with socket.create_connection(("127.0.0.1", ports["ews"])) as raw:
                ssl.create_default_context().wrap_socket(raw, server_hostname=HOST)
            tap.ok(False, "who does not know its authority does not trust it")
        except ssl.SSLCertVerificationError:
            tap.ok(True, "who does not know its authority does not trust it")


# Signing in


def curl_signs_in(tap):
    with Sim("basic") as s:
        for login in ("EXAMPLE\\svc", SVC):
            for scheme in ("--basic", "--ntlm"):
                seen = s.curl(s.url(), scheme, "-u", f"{login}:{PASSWORD}", *posted(get_folder("anna")))
                tap.ok(seen.status == 200 and codes(seen) == ["NoError"], f"curl {scheme} as {login}", seen)
                seen = s.curl(s.url(), scheme, "-u", f"{login}:no", *posted(get_folder()))
                tap.same(seen.status, 401, f"curl {scheme} as {login}: not with a wrong password")
                s.do("account " + SVC, "state well")
        seen = s.curl(s.url(), "--negotiate", "-u", ":", *posted(get_folder()))
        good = seen.status == 401 and seen.header("WWW-Authenticate") == "Negotiate"
        tap.ok(good, "curl --negotiate without a ticket is offered it, and refused", seen)
        for login in ("EXAMPLE\\svc", SVC):
            for spnego in (False, True):
                answer = shaken(s, login, PASSWORD, "Negotiate", spnego=spnego)
                tap.same((answer.status, codes(answer)), (200, ["NoError"]), f"Negotiate as {login}, {'SPNEGO' if spnego else 'bare NTLM'}")
        s.do("premise hq", "schemes basic ntlm")
        seen = s.curl(s.url(), "--anyauth", "-u", f"{SVC}:{PASSWORD}", *posted(get_folder("anna")))
        tap.same((seen.status, s.log()[-1]["scheme"]), (200, "NTLM"), "curl --anyauth takes the better of two")
        s.do("premise hq", "schemes ntlm")
        seen = s.curl(s.url(), "--basic", "-u", f"{SVC}:{PASSWORD}", *posted(get_folder()))
        tap.same((seen.status, seen.header("WWW-Authenticate")), (401, "NTLM"), "a scheme that is not offered does not sign in")


def shaken(s, login, password, scheme="NTLM", path=EWS, on=None, host=HOST, **more):
    """One handshake on a connection, which is closed when it was not given."""
    conn = on or s.connect(host)
    try:
        if path == EWS:
            return sign_in(lambda h: s.soap(get_folder("anna"), headers=h, on=conn), login, password, scheme, **more)
        return sign_in(lambda h: s.request("POST", path, POX, {"Content-Type": "text/xml", **h}, on=conn), login, password, scheme, **more)
    finally:
        if on is None:
            conn.close()


BOTH = "include hybrid\npremise hq\n\tschemes basic ntlm negotiate bearer\n"


def by_basic(s, login, password, path=EWS, host=HOST):
    body = envelope(get_folder("anna")) if path == EWS else SETTINGS if path.endswith(".svc") else POX
    headers = {"Content-Type": "text/xml", "Authorization": basic(login, password)}
    return s.request("POST", path, body, headers, host=host).status


def by_form(s, login, password):
    """The sign-in page: 302 with a code when it lets one in."""
    query = f"client_id={PUBLIC}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope=openid"
    form = f"loginfmt={login}&passwd={password}".replace("@", "%40").replace("\\", "%5C")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return s.request("POST", f"/{TENANT}/oauth2/v2.0/login?{query}", form, headers, host="login.example.test")


def one_counter(tap):
    pox, svc = "/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.svc"
    ways = (
        ("Basic, UPN, EWS", lambda p: by_basic(s, SVC, p)),
        ("Basic, DOMAIN\\name, POX autodiscovery", lambda p: by_basic(s, "EXAMPLE\\svc", p, pox, AUTODISCOVER)),
        ("Basic, UPN, SOAP autodiscovery", lambda p: by_basic(s, SVC.upper(), p, svc, AUTODISCOVER)),
        ("NTLM, DOMAIN\\name, EWS", lambda p: shaken(s, "EXAMPLE\\svc", p).status),
        ("NTLM, UPN, autodiscovery", lambda p: shaken(s, SVC, p, path=pox, host=AUTODISCOVER).status),
        ("Negotiate, UPN, EWS", lambda p: shaken(s, SVC, p, "Negotiate", spnego=True).status),
        ("the sign-in page", lambda p: {200: 401, 302: 200}[by_form(s, SVC, p).status]),
    )
    with Sim(lines=BOTH) as s:
        s.do("premise hq", "lock-out after 7 for 30m")
        for i, (name, way) in enumerate(ways):
            tap.same((way("wrong"), s.who(SVC)["bad"]), (401, i + 1), f"one counter: {name} counts")
        tap.ok(s.who("EXAMPLE\\svc")["locked"], "the last one locks", s.who(SVC))
        for name, way in ways:
            tap.same((way(PASSWORD), s.who(SVC)["bad"]), (401, len(ways)), f"locked: the right password is refused, uncounted: {name}")
        tap.ok("AADSTS50053" in by_form(s, SVC, PASSWORD).text, "the sign-in page says why")
        s.clock_advance(30 * 60 - 1)
        tap.same(by_basic(s, SVC, PASSWORD), 401, "a second before the time it is locked still")
        s.clock_advance(1)
        tap.same((by_basic(s, SVC, PASSWORD), s.who(SVC)["bad"], s.who(SVC)["locked"]), (200, 0, False), "the clock unlocks it")
        for name, way in ways:
            by_basic(s, SVC, "wrong")
            tap.same((way(PASSWORD), s.who(SVC)["bad"]), (200, 0), f"the right password forgets what was counted: {name}")
        tap.same((by_basic(s, "nobody@example.test", "x"), s.who(SVC)["bad"]), (401, 0), "nobody's is 401 as well, and counts for nobody")


def old_passwords(tap):
    with Sim(lines=BOTH) as s:
        s.do("mailbox " + SVC, "new-password Second-1")
        kept = s.connect(HOST)
        tap.same(shaken(s, SVC, PASSWORD, on=kept).status, 200, "NTLM takes the old password within its grace")
        tap.same((by_basic(s, SVC, PASSWORD), s.who(SVC)["bad"]), (401, 0), "Basic does not, and it is not counted")
        s.do("mailbox " + SVC, "new-password Third-1")
        tried = [by_basic(s, SVC, p) for p in (PASSWORD, "Second-1")]
        tap.same((tried, s.who(SVC)["bad"]), ([401, 401], 0), "the two most recent are not counted")
        tap.same([shaken(s, SVC, p).status for p in ("Second-1", PASSWORD)], [200, 401], "the grace is for the last one only")
        tap.same(s.soap(get_folder("anna"), on=kept).status, 200, "a connection once authenticated goes on after two changes")
        s.do("mailbox " + SVC, "new-password Fourth-1")
        tap.same((by_basic(s, SVC, PASSWORD), s.who(SVC)["bad"]), (401, 1), "the third before is counted")
        s.clock_advance(3599)
        tap.same(shaken(s, SVC, "Third-1").status, 200, "grace: an hour")
        s.clock_advance(1)
        tap.same((shaken(s, SVC, "Third-1").status, s.who(SVC)["bad"]), (401, 0), "grace: over")
        s.do("mailbox " + SVC, "state locked")
        new, old = shaken(s, SVC, "Fourth-1").status, s.soap(get_folder("anna"), on=kept).status
        tap.same((new, old), (401, 200), "locked: new ones are refused, old ones go on")
        entry = s.log()[-1]
        tap.same((entry["scheme"], entry["login"], entry["caller"]), ("NTLM", SVC, SVC), "the journal knows whose connection it is")
        bad = s.soap(get_folder("anna"), SVC, "wrong", on=kept).status
        tap.same((bad, s.soap(get_folder("anna"), on=kept).status), (401, 401), "other credentials on it end that")
        kept.close()


# Front ends


def connections(s, names):
    """An open connection to each front end."""
    found = {}
    while set(found) != set(names):
        conn = s.connect(HOST)
        name = s.soap(get_folder(), on=conn).header("X-FEServer")
        if name in found:
            conn.close()
        found.setdefault(name, conn)
    return found


def front_ends(tap):
    with Sim("basic") as s:
        s.do("premise hq", "front-end EX01", "front-end EX02 broken", "front-end EX03 lag 60s")
        at = connections(s, ("EX01", "EX02", "EX03"))

        def seen(op=get_folder("default")):
            answers = {name: s.soap(op, SVC, PASSWORD, on=conn) for name, conn in sorted(at.items())}
            return {name: codes(a)[0] if a.status == 200 else a.status for name, a in answers.items()}

        denied = codes(s.soap(get_folder("default"), SVC, PASSWORD, on=at["EX01"]))[0]
        tap.same(seen(), {"EX01": denied, "EX02": 401, "EX03": denied}, "one of three refuses everybody")
        s.soap(get_folder(), SVC, "wrong", on=at["EX02"])
        tap.same(s.who(SVC)["bad"], 0, "whom it refuses is not counted")
        s.do("mailbox default@example.test", f"grant {SVC} Editor")
        tap.same(seen(), {"EX01": "NoError", "EX02": 401, "EX03": denied}, "a new right is seen on one, not yet on the one that lags")
        s.clock_advance(59)
        tap.same(seen()["EX03"], denied, "nor a second too early")
        s.clock_advance(1)
        tap.same(seen()["EX03"], "NoError", "when the time has come it is")
        s.do("mailbox default@example.test", f"revoke {SVC}")
        tap.same(seen(), {"EX01": denied, "EX02": 401, "EX03": "NoError"}, "a right that is taken away lingers there")
        s.clock_advance(60)
        tap.same(seen()["EX03"], denied, "and ends")
        s.do("premise hq", "front-end EX02 well")
        tap.same(seen(get_folder("anna")), dict.fromkeys(at, "NoError"), "mended while connections stand")
        for conn in at.values():
            conn.close()


class Bridge(threading.Thread):
    """Ends TLS with papers of its own, and goes on to the server by TLS, request by request."""

    def __init__(self, s, directory):
        super().__init__(daemon=True)
        cert, key = os.path.join(directory, "bridge.pem"), os.path.join(directory, "bridge.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", cert],
            check=True, capture_output=True, timeout=20,
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        with open(cert) as f:
            self.der = ssl.PEM_cert_to_DER_cert(f.read())
        self.trust = ssl.create_default_context(cafile=cert)
        self.s = s
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                conn, _ = self.listener.accept()
                threading.Thread(target=self.carry, args=(conn,), daemon=True).start()

    def carry(self, conn):
        with contextlib.suppress(OSError), self.context.wrap_socket(conn, server_side=True) as near:
            back = self.s.connect(HOST)
            back.connect()
            with back.sock as far:
                while True:
                    far.sendall(self.message(near))
                    near.sendall(self.message(far))

    @staticmethod
    def message(sock):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = sock.recv(65536)
            if not piece:
                raise OSError("ended")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = int((re.search(rb"(?i)\r\ncontent-length: *(\d+)", head) or [0, 0])[1])
        while len(body) < length:
            body += sock.recv(65536)
        return head + b"\r\n\r\n" + body


def protection(tap):
    with Sim("basic") as s, tempfile.TemporaryDirectory() as directory:
        bridge = Bridge(s, directory)
        bridge.start()
        probe = s.connect(HOST)
        probe.connect()
        own = binding_of(probe.sock.getpeercert(binary_form=True))
        probe.close()
        theirs, wrong = binding_of(bridge.der), bytes(range(16))

        def status(binding, through=False):
            conn = Connection(HOST, "127.0.0.1", bridge.port, bridge.trust) if through else s.connect(HOST)
            try:
                return shaken(s, SVC, PASSWORD, on=conn, binding=binding).status
            finally:
                conn.close()

        def all_ways():
            return [status(b) for b in (None, own, wrong)] + [status(b, True) for b in (None, own, theirs)]

        # direct: none, right, wrong; through the bridge: none, the server's, the bridge's
        want = {
            "off": [200, 200, 200, 200, 200, 200],
            "allow": [200, 200, 401, 200, 200, 401],
            "require": [401, 200, 401, 401, 200, 401],
        }
        for level, statuses in want.items():
            s.do("premise hq", f"extended-protection {level}")
            tap.same(all_ways(), statuses, f"extended protection {level}, behind a bridge it does not know of")
        s.do("premise hq", "bridge " + hashlib.sha256(bridge.der).hexdigest())
        tap.same(all_ways(), [401, 401, 401, 401, 401, 200], "required, and the bridge's papers are known: only those bind")
        seen = s.curl(s.url(), "--ntlm", "-u", f"{SVC}:{PASSWORD}", *posted(get_folder()))
        tap.same(seen.status, 401, "curl, which sends none, is refused")
        tap.same(s.who(SVC)["bad"], 0, "a missing binding is no wrong password")
        answer = shaken(s, SVC, PASSWORD, path="/autodiscover/autodiscover.xml", host=AUTODISCOVER)
        tap.same(answer.status, 200, "autodiscovery never wants one")
        bridge.listener.close()


# A world that changes


def live(tap):
    """A hundred requests under way all the time, while the world is turned over and over."""
    with Sim("basic") as s:
        s.do("premise hq", "latency base 200", "throttle off")
        denied = codes(s.soap(get_folder("default"), SVC, PASSWORD))[0]
        stop, wrong, seen = threading.Event(), [], {}
        face, host = s.face(), HOST
        def one():
            conn = Connection(host, "127.0.0.1", face["port"], s.context)
            try:
                while not stop.is_set():
                    answer = s.soap(get_folder("default"), SVC, PASSWORD, on=conn)
                    key = (answer.status, codes(answer)[0])
                    seen[key] = seen.get(key, 0) + 1
            except Exception as e:
                wrong.append(repr(e))
            finally:
                conn.close()

        threads = [threading.Thread(target=one) for _ in range(100)]
        for t in threads:
            t.start()
        for i in range(60):
            s.do("mailbox default@example.test", f"grant {SVC} Editor" if i % 2 else f"revoke {SVC}", f'event "Turn {i}" 2026-12-01T09:00')
            s.do(f'mailbox new{i}@example.test "New {i}"', "group staff@example.test", f"member new{i}@example.test")
            time.sleep(0.02)
        stop.set()
        for t in threads:
            t.join(30)
        tap.ok(not wrong, "100 requests at a time while the world changes: none fails", "\n".join(wrong[:10]))
        tap.same(set(seen), {(200, "NoError"), (200, denied)}, "each sees the one or the other")
        tap.ok(sum(seen.values()) >= 200, "and they were many", seen)


def clocks(tap):
    with Sim("basic") as s:
        tap.same((s.clock()["now"], s.clock()["frozen"]), ("2026-11-23T08:00:00Z", True), "the clock stands where the scenario says")
        time.sleep(1.1)
        tap.same(s.clock()["now"], "2026-11-23T08:00:00Z", "and stands")
        tap.same(s.clock_advance(90)["now"], "2026-11-23T08:01:30Z", "advance")
        tap.same(s.clock_freeze("2027-03-28T00:59:59Z")["now"], "2027-03-28T00:59:59Z", "freeze at a time")
        first = s.clock_run()
        later = until(lambda: s.clock()["at"] >= first["at"] + 1 and s.clock(), 5)
        tap.ok(first["at"] in (1806195599, 1806195600) and later and not later["frozen"], "run: on from there", (first, later))
        stopped = s.clock_freeze()
        time.sleep(1.1)
        tap.same(s.clock()["at"], stopped["at"], "freeze: it stands again")
        place = "mailbox default@example.test ;"
        s.do(f"every 10m as turn : {place} grant {SVC} Editor | {place} revoke {SVC}")
        levels = []
        for _ in range(4):
            s.clock_advance(600)
            levels.append(s.rights("default@example.test", SVC)["level"] == "Editor")
        tap.same(levels, [True, False, True, False], "what changes by itself goes by this clock")


def journal(tap):
    with Sim("basic") as s:
        s.forget()
        last = s.counts()["last"]
        headers = {"X-AnchorMailbox": "anna@example.test", "User-Agent": "lab/1", "client-request-id": TENANT}
        s.soap(get_folder("anna"), SVC, PASSWORD, headers=headers)
        s.soap(get_folder("closed"), "EXAMPLE\\svc", PASSWORD, version="Exchange2010_SP2")
        s.soap(get_folder(), SVC, "Not-this-1")
        s.soap(get_folder(), "impbox@example.test", "Impbox-secret-1", acting_as="anna@example.test")
        by_basic(s, SVC, PASSWORD, "/autodiscover/autodiscover.xml", AUTODISCOVER)
        s.request("GET", "/about?x=1", host="example.test")
        log = s.log(since=last)
        first = log[0]
        sizes = all(500 < first.pop(k) < 10000 for k in ("bytes_in", "bytes_out")) and 0 <= first.pop("took_us") < 5_000_000
        tap.ok(sizes and first.pop("connection") > 0, "the journal: sizes and time", first)
        whole = {
            "number": last + 1, "at_ms": 1795420800000, "face": "ews", "host": HOST, "front_end": "EX01", "method": "POST", "path": EWS,
            "scheme": "Basic", "login": SVC, "caller": SVC, "op": "GetFolder", "version": "Exchange2016", "code": "NoError", "status": 200,
            "mailbox": "anna@example.test", "anchor": "anna@example.test", "agent": "lab/1", "request_id": TENANT, "items": 1,
            "impersonated": False,
        }
        tap.same(first, whole, "everything else of a request, and no more")
        for number, want, name in (
            (1, {"login": "EXAMPLE\\svc", "caller": SVC, "version": "Exchange2010_SP2"}, "the login as given, the caller as known"),
            (1, {"code": "ErrorItemNotFound", "status": 200, "mailbox": "closed@example.test"}, "a refusal by its code"),
            (2, {"status": 401, "login": SVC, "caller": None, "op": None}, "a failed sign-in has no caller"),
            (3, {"impersonated": True, "mailbox": "anna@example.test", "caller": "impbox@example.test"}, "impersonation"),
            (4, {"face": "autodiscover", "op": "Autodiscover", "mailbox": "anna@example.test", "caller": SVC}, "autodiscovery"),
            (5, {"face": "website", "host": "example.test", "method": "GET", "path": "/about"}, "a website"),
        ):
            tap.same({k: log[number].get(k) for k in want}, want, f"the journal: {name}")
        tap.same([e["number"] for e in log[1:]], list(range(last + 2, last + 7)), "numbered without a gap")
        text = json.dumps(s.tell("log since 0 limit 100000"))
        secrets = (PASSWORD, "Not-this-1", "Impbox-secret-1", basic(SVC, PASSWORD).split()[1])
        tap.same([x for x in secrets if x in text], [], "never a secret")
        counts = s.counts()
        want = {
            "requests": 6, "last": last + 6, "by_op": {"GetFolder": 3, "Autodiscover": 1}, "by_status": {"200": 5, "401": 1},
            "by_face": {"ews": 4, "autodiscover": 1, "website": 1}, "by_code": {"NoError": 3, "ErrorItemNotFound": 1},
        }
        tap.same(counts, want, "counts")
        s.forget()
        tap.same((s.log(), s.counts()["requests"], s.counts()["last"]), ([], 0, last + 6), "forgotten; the numbers go on")
        tap.same(len(s.tell(f"log since {last + 6} limit 1")["log"]), 0, "nothing new")


def hostile(tap):
    with Sim("hostile") as s:
        path, secret = "/autodiscover/autodiscover.xml", {"Content-Type": "text/xml", "Authorization": basic("svc@hostile.test", PASSWORD)}
        anonymous = s.request("POST", path, POX, {"Content-Type": "text/xml"}, host="hostile.test")
        tap.same((anonymous.status, s.thefts()), (401, []), "a hostile website asks; nothing is stolen from who gives nothing")
        given = s.request("POST", path, POX, secret, host="hostile.test")
        tap.ok(given.status == 200 and "https://hostile.test" in given.text, "it claims to be the mail server", given)
        loot = {"host": "hostile.test", "scheme": "Basic", "login": "svc@hostile.test", "secret": PASSWORD, "length": len(PASSWORD)}
        tap.same(s.thefts(), [loot], "Basic: it has the password")
        conn = s.connect("evil.test")
        sign_in(lambda h: s.request("POST", path, POX, {"Content-Type": "text/xml", **h}, on=conn), "svc@hostile.test", PASSWORD)
        conn.close()
        ntlm = [t for t in s.thefts() if t["host"] == "evil.test" and t["scheme"] == "NTLM"]
        kinds = [base64.b64decode(t["secret"])[8] for t in ntlm]
        tap.ok(kinds == [1, 3] and PASSWORD not in json.dumps(ntlm), "NTLM: it has an answer to its challenge", ntlm)
        before = len(s.thefts())
        for host in ("exchange.test", "autodiscover.example.test"):
            s.request("POST", path, POX, secret, host=host)
        s.soap(get_folder(), SVC, PASSWORD)
        tap.same(len(s.thefts()), before, "what the real servers are given is not stolen")
        s.request("POST", path, POX, secret, host="example.test")
        tap.same([t["host"] for t in s.thefts()[before:]], ["example.test"], "what a harmless website is given is")
        astray = s.request("POST", path, POX, secret, host="autodiscover.redirect.test")
        tap.same((astray.status, astray.location), (302, "https://evil.test/autodiscover/autodiscover.xml"), "a redirection leads there")
        tap.same(s.who(SVC)["bad"], 0, "none of this counted as a wrong password")


def invitations(tap):
    with Sim("basic") as s:
        made = s.soap(create("Kick-off", "anna", ("editor",), ("room2",), "SendToAllAndSaveCopy"), SVC, PASSWORD)
        tap.same(codes(made), ["NoError"], "a meeting is made on behalf of its organizer")
        there = s.messages("editor@example.test")
        tap.same(len(there), 0, "the invitation is under way")
        s.deliver(1)
        early = [m["subject"] for m in s.messages("editor@example.test")]
        s.deliver(3600)
        got = s.messages("editor@example.test")
        tap.ok(any("Kick-off" in m["subject"] for m in got), "it arrives when time goes on", (early, got))
        seen = s.soap(view("editor"), SVC, PASSWORD)
        tap.ok("Kick-off" in seen.text, "and stands in the attendee's calendar")
        replies = [m["subject"] for m in s.messages("anna@example.test")]
        tap.ok(any("Kick-off" in r for r in replies), "the room has answered the organizer", replies)
        s.soap(create("Running", "anna", ("editor",), (), "SendToAllAndSaveCopy"), SVC, PASSWORD)
        s.clock_run()
        there = until(lambda: [m for m in s.messages("editor@example.test") if "Running" in m["subject"]], 15)
        tap.ok(there, "on a running clock it comes by itself")


def big(tap):
    build = RELEASE if os.path.exists(os.path.join(RELEASE, "tests", "sim", "latchkey-sim")) else BUILD
    start = time.monotonic()
    with Sim("big", build=build) as s:
        took = time.monotonic() - start
        with open(s.program(), "rb") as f:
            sanitized = b"__asan_init" in f.read()
        with open(f"/proc/{s.proc.pid}/status") as f:
            memory = int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) // 1024
        tap.ok(took < 20 and (sanitized or memory < 200), "100,000 mailboxes: it starts", f"{took:.2f} s, {memory} MiB")
        some = s.soap(resolve("anna"), SVC, PASSWORD)
        people = re.findall(r"EmailAddress>([^<]+@example\.test)<", some.text)
        tap.ok(len(people) > 20, "and finds names among them", some)
        found = [codes(s.soap(get_folder(p.split("@")[0]), SVC, PASSWORD))[0] for p in people[:40]]
        tap.ok(found.count("NoError") >= 25 and s.soap(view(people[0].split("@")[0]), SVC, PASSWORD, acting_as=people[0]).status == 200,
               "most of which have shared their calendar", found)


def ends(tap):
    for sig in (signal.SIGTERM, signal.SIGINT):
        with Sim("basic") as s:
            s.do("fault f silence 600000 op GetFolder")
            idle, waiting = s.connect(HOST), s.connect(HOST)
            s.soap("<m:GetRoomLists/>", SVC, PASSWORD, on=idle)
            waiting.request("POST", EWS, envelope(get_folder()), {"Content-Type": "text/xml", "Authorization": basic(SVC, PASSWORD)})
            until(lambda: s.faults()[0]["hit"])
            start, proc, port = time.monotonic(), s.proc, s.face()["port"]
            proc.send_signal(sig)
            tap.same(proc.wait(10), 0, f"{sig.name}: status 0, though a client waits and one is idle")
            tap.ok(time.monotonic() - start < 5 and not os.path.exists(s.control), "at once, and its socket is gone")
            with contextlib.closing(socket.socket()) as again:
                again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                again.bind(("127.0.0.1", port))
                tap.ok(True, "so are its ports")
            tap.same(s.output(), "", "it had nothing to say")
            idle.close()
            waiting.close()


run(
    Tap(), command_line, telling, faces, strangers, curl_signs_in, one_counter, old_passwords, front_ends, protection, live, clocks,
    journal, hostile, invitations, big, ends,
)
