"""What tests of connecting share: an installation with a simulated Exchange, and an admin who fills the portal's forms.

Everything is entered as a browser sends it; what is seen is what the admin sees: the steps of the job. Beside it, what
a test puts in the way: a name server, an address where nobody should knock, a proxy.
"""

import base64
import contextlib
import re
import socket
import struct
import threading

from coreworld import SECRET
from coreworld import world as core_world
from lab import PASSWORD, Browser, Lab, unescape, until
from simlab import Sim

DRAFT, LIVE, FORMER = 1, 2, 3
DONE, FAILED, CANCELLED = 2, 3, 4
STATES = ("waiting", "running", "ok", "note", "failed", "skipped")


class Names:
    """A name server: what each name is, one answer after another; the last one stays."""

    def __init__(self, names):
        self.names = {name: list(answers) for name, answers in names.items()}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                query, sender = self.socket.recvfrom(4096)
                self.socket.sendto(self.answer(query), sender)

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
        known = self.names.get(".".join(labels).lower())
        data = self.data(known, kind) if known else b""
        records = struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(data)) + data if data else b""
        head = struct.pack("!HHHHH", 0x8580 | (0 if known else 3), 1, 1 if data else 0, 0, 0)
        return query[:2] + head + query[12 : at + 5] + records

    @staticmethod
    def data(known, kind):
        """The next answer, where it is an address of that kind."""
        data = b""
        with contextlib.suppress(OSError):
            data = socket.inet_pton({1: socket.AF_INET, 28: socket.AF_INET6}.get(kind, -1), known[0])
            if len(known) > 1:
                known.pop(0)
        return data

    def stop(self):
        self.socket.close()


class Listener:
    """Whoever knocks here should not have: counts connections on an address."""

    def __init__(self, address="127.0.0.1", port=0):
        self.socket = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.port = self.socket.getsockname()[1]
        self.knocks = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                self.knocks += 1
                threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        client.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)  # or it goes on listening for the thread that waits
        self.socket.close()


class Proxy(Listener):
    """A web proxy that knows CONNECT: everything it is asked for is on this machine. login: "name:password" it wants."""

    def __init__(self, login=None, says=None):
        self.login, self.says, self.asked = login, says, []
        super().__init__()

    def talk(self, client):
        with contextlib.suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                part = client.recv(4096)
                if not part:
                    return
                head += part
            self.asked.append(head.split()[1].decode())
            wanted = self.login and base64.b64encode(self.login.encode())
            if self.says or (wanted and b"Basic " + wanted not in head):
                client.sendall(b"HTTP/1.1 " + (self.says or b"407 Who\r\nProxy-Authenticate: Basic realm=\"x\"")
                               + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", int(self.asked[-1].rpartition(":")[2]))) as far:
                client.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
                back = threading.Thread(target=self.carry, args=(far, client), daemon=True)
                back.start()
                self.carry(client, far)
                back.join()

    @staticmethod
    def carry(source, sink):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)


class Step:
    """One step of a job."""

    def __init__(self, row):
        self.title, self.say, self.why, self.fix, self.raw = row[0], *row[2:]
        self.state = STATES[row[1]]

    @property
    def texts(self):
        return "\n".join((self.say, self.why, self.fix))

    def __repr__(self):
        return f"{self.state} {self.title}: {self.say} | {self.why} | {self.fix}"


class Told:
    """What an admin sees of a job that has ended."""

    def __init__(self, state, outcome, rows):
        self.state, self.outcome, self.steps = state, outcome, [Step(row) for row in rows]

    @property
    def done(self):
        return self.state == DONE

    def step(self, title):
        """The step of this title, or whose title begins so; one that is not there has never been seen."""
        found = [s for s in self.steps if s.title.startswith(title)]
        return next((s for s in found if s.title == title), found[0] if found else Step(("", 0, "", "", "", "")))

    @property
    def failed(self):
        """What the failed steps say, as one text."""
        return "\n".join(s.texts for s in self.steps if s.state == "failed")

    def __repr__(self):
        return f"{self.state} {self.outcome}\n" + "\n".join(map(repr, self.steps))


class Admin:
    """An account admin at the portal."""

    def __init__(self, lab, link, name="Avery Stone", password=PASSWORD):
        self.lab, self.password = lab, password
        self.browser = Browser(lab)
        self.browser.accept(link, name, password)

    def page(self, path):
        """A page, with the password entered again when it asks."""
        answer = self.browser.get(path)
        if 'action="/confirm"' in answer.text:
            self.browser.confirm(self.password)
            answer = self.browser.get(path)
        return answer

    @staticmethod
    def hidden(page):
        return dict(re.findall(r'type="hidden" name="(from|rev|over|shown)" value="([^"]*)"', page.text))

    def post(self, form, fields, path=None, page=None):
        """Fill the form of a page: hidden fields are sent as they are there."""
        page = page or self.page(form)
        return self.browser.post(path or form, {**self.hidden(page), **fields}, page=page)

    def upload(self, path, fields, name, data, page=None):
        """The form of a page with a file in it, as a browser sends it."""
        page = page or self.page(path)
        parts = {"csrf": page.csrf(), **self.hidden(page), **fields}
        body = b"".join(f'--XX\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in parts.items())
        body += f'--XX\r\nContent-Disposition: form-data; name="{name}"; filename="a.pem"\r\n\r\n'.encode() + data + b"\r\n--XX--\r\n"
        sent = {"Content-Type": "multipart/form-data; boundary=XX", "Origin": self.lab.url, "Sec-Fetch-Site": "same-origin"}
        return self.browser.send("POST", path, body, sent)

    @staticmethod
    def carried(page):
        """What a page that asks for the admin's own password goes on with."""
        return {name: unescape(value) for name, value in re.findall(r'<textarea name="(\w+)" hidden>(.*?)</textarea>', page.text, re.S)}

    def choose(self, kind, method):
        return self.post("/connection/method", {"kind": kind, "method": method})

    def enter(self, page=None, **fields):
        """Enter an Exchange server; the number of the proof, or the answer that refuses."""
        usual = {"find": "given", "signin": "auto", "login": "", "password": SECRET}
        return self.job_of(self.post("/connection/credentials", {**usual, **fields}, page=page))

    def enter_cloud(self, **fields):
        return self.job_of(self.post("/connection/credentials", fields, path="/connection/credentials/office365"))

    def test(self, which="current", **fields):
        return self.job_of(self.post("/connection/test", {"which": which, **fields}))

    def turn(self, path, page=None, **other):
        """Switch, or go back: the form of a page, as it is there."""
        page = page or self.page("/connection/switch")
        form = re.search(rf'<form method="post" action="{path}">(.*?)</form>', page.text, re.S)
        if not form:
            raise AssertionError(f"no form for {path}")
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.group(1)))
        return self.browser.post(path, {**fields, **other}, page=page)

    def switch(self, page=None, **other):
        return self.turn("/connection/switch", page, **other)

    def back(self, page=None, **other):
        return self.turn("/connection/back", page, **other)

    def disconnect(self, why="", page=None):
        return self.post("/connection/disconnect", {"why": why}, page=page)

    def rotate(self, secret, page=None):
        """The number of the proof, or the answer that refuses."""
        answer = self.post("/connection/rotate", {"secret": secret}, page=page)
        return self.newest() if answer.location == "/connection/rotate" else answer

    def newest(self):
        return self.lab.sql("SELECT max(id) FROM job WHERE kind = 'test'")[0][0]

    @staticmethod
    def job_of(answer):
        found = re.search(r"/connection/test/(\d+)", answer.location or "")
        return int(found.group(1)) if found else answer

    def told(self, job, seconds=60):
        """What came of a job, once it has ended."""
        if not isinstance(job, int):
            raise AssertionError(f"no job: {job!r}")
        until(lambda: self.lab.sql("SELECT 1 FROM job WHERE id = ? AND ended > 0", job), seconds, 0.02)
        state, outcome = self.lab.sql("SELECT state, outcome FROM job WHERE id = ?", job)[0]
        return Told(state, outcome, self.lab.sql("SELECT title, state, say, why, fix, raw FROM job_step WHERE job_id = ? ORDER BY n", job))

    def proved(self, **fields):
        return self.told(self.enter(**fields))

    def tested(self, **fields):
        return self.told(self.test(**fields))

    def live(self):
        return self.lab.sql("SELECT count(*) FROM connection WHERE stage = ?", LIVE)[0][0]


@contextlib.contextmanager
def office(*premises, lines=None, names=None, sim_args=(), allow=None, trust=True, **settings):
    """An installation whose admin has signed in, and a simulated Exchange. allow: entries of the list of destinations
    instead of the simulator's hosts; trust: its authority is one of this machine's."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=lines or core_world(*premises), args=sim_args))
        if names:
            servers = Names(names)
            stack.callback(servers.stop)
            settings["dns_servers"] = f"127.0.0.1:{servers.port}"
        if trust:
            settings["ca_file"] = sim.ca
        lab = stack.enter_context(Lab(**settings))
        link = lab.init()
        lab.leave_members()
        for host, port in allow(sim) if allow else [(f["host"], f["port"]) for f in sim.faces()]:
            lab.ctl("egress", "allow", host, str(port))
        lab.start()
        yield lab, sim, Admin(lab, link)
        for name in ("engine", "portal"):
            for word in ("Sanitizer", "runtime error:"):
                if word in lab.log(name):
                    raise AssertionError(lab.log(name)[-4000:])


def ews(sim, premise=None):
    """The server as an admin types it."""
    face = sim.face(**({"premise": premise} if premise else {}))
    return f"{face['host']}:{face['port']}"


def last(sim):
    return sim.counts()["last"]


def shown(sim, since):
    """Requests that showed a password."""
    return [e for e in sim.log(since) if e.get("login")]
