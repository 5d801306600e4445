"""Scripts for the Exchange admin: made by the product, played on the simulated organisation."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile

from coreworld import SECRET
from lab import BUILD, SRC
from memberlab import House
from worldlab import CLOUD, SVC, Facts, Member

sys.path.insert(0, os.path.join(SRC, "tests", "sim", "shell"))

from shell import Shell  # noqa: E402

PREMISES = {"2007": 0, "2010": 1, "2013": 2, "online": 3}
APP, APP_SECRET = "11111111-1111-4111-8111-111111111111", "Gate-of-tin-77"
TAG = "latchkey-1"


class Refused(Exception):
    """There is no such script, and why."""


class Maker:
    """The product's own functions, with any names."""

    def __enter__(self):
        program = os.path.join(BUILD, "tests", "integration", "scripts")
        self.proc = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        self.proc.stdin.close()
        self.proc.wait(10)
        self.proc.stdout.close()

    def make(self, kind, part, premise, people=(), organisation="Example", mailbox=SVC, app=APP, tag=TAG):
        """The bytes of a file."""
        fields = [kind, part, str(PREMISES[premise]), organisation, mailbox, app, tag, "Latchkey/1.0", "22 November 2026", *people]
        self.proc.stdin.write("\x1f".join(fields).encode("utf-8", "surrogateescape") + b"\n")
        self.proc.stdin.flush()
        said = self.proc.stdout.readline()
        if not said or said.startswith(b"-"):
            raise Refused(said[1:].decode().strip())
        return self.proc.stdout.read(int(said))


class Played:
    """What became of one script."""

    def __init__(self, status, said):
        self.status, self.said = status, said

    def marked(self, mark):
        """Who is told so: the word behind the mark, without its colon."""
        return [line.split()[len(mark.split())].rstrip(":") for line in self.said if line.startswith(mark + " ")]

    def __repr__(self):
        return f"status {self.status}\n" + "\n".join(self.said)


def still(x):
    """Lists in which order means nothing, in one order."""
    if isinstance(x, dict):
        return {k: still(v) for k, v in x.items()}
    return sorted(map(still, x), key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(x, list) else x


class Admin:
    """An Exchange admin of one premise, who keeps the files of scripts in a directory."""

    def __init__(self, stack, sim, premise="hq"):
        self.sim, self.premise = sim, premise
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-scripts."))
        self.maker = stack.enter_context(Maker())
        self.shell = self.new_shell()

    def new_shell(self, answers=()):
        return Shell(self.sim.control, self.premise, self.directory, answers)

    def play(self, data, answers=()):
        shell = self.new_shell(answers)
        return Played(shell.play(data), shell.said)

    def run(self, kind, part, people=(), answers=(), **names):
        """Made and played."""
        return self.play(self.maker.make(kind, part, self.shell.premise, people, **names), answers)

    def everything(self):
        """All that an admin can see, by whom it is of."""
        directory = self.sim.tell("directory")
        out = {m["address"]: json.dumps(still(m), sort_keys=True) for m in directory["mailboxes"]}
        out |= {g["address"]: json.dumps(still(g), sort_keys=True) for g in directory["groups"]}
        whole = self.sim.tell("organisation")
        return out | {name: json.dumps(still(whole[name]), sort_keys=True) for name in ("premises", "assignments", "scopes", "apps")}


def differs(before, after):
    """Whose part is another one."""
    return sorted(k for k in before | after if before.get(k) != after.get(k))


class Place(House):
    """An installation whose connection is entered as usual, or as an application of the cloud."""

    def __init__(self, stack, facts, method="delegate", online=False, extra="", **more):
        self.online, self.secret = online, SECRET
        people = [Member(n, f if isinstance(f, Facts) else Facts(**f)) for n, f in enumerate(facts, 1)]
        self.extra = extra
        super().__init__(stack, people, method=method, **more)
        self.admin = Admin(stack, self.sim, "cloud" if online else "hq")

    def connect(self, method):
        if self.extra:
            self.sim.do(self.extra)
        if not self.online:
            return super().connect(method)
        face = self.sim.face(premise="cloud")
        signin = self.sim.face("signin")
        got = self.core.run(
            "connection", "add", "main", server=f"{face['host']}:{face['port']}", mailbox="online@example.test", method=method, signin="app",
            tenant=CLOUD, client_id=APP, authority=f"https://{signin['host']}:{signin['port']}", password=APP_SECRET)
        return got.value["id"]

    def addresses(self, *numbers):
        return [self.people[n - 1].mailbox for n in numbers]

    def standing_of(self, *numbers):
        """{number: (status, reason)}, looked at now."""
        self.check([self.people[n - 1].id for n in numbers])
        rows = self.rows()
        return {n: (rows[n]["status"], rows[n]["reason"]) for n in numbers}


@contextlib.contextmanager
def place(facts, **more):
    with contextlib.ExitStack() as stack:
        h = Place(stack, facts, **more)
        h.lab.start_engine()
        h.settled()
        yield h
