"""`latchkey ews` as a tool: the secrets it reads, what it prints for people and for programs, and its exit codes."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios

from corelab import Core
from coreworld import TAG
from farm import OWN, PASSWORD, Farm
from lab import Tap, run, until

MARK = b"\xef\xbb\xbf"
LONGEST = 4096


# Secrets


def secrets(tap):
    """A file is read as it was meant, or refused with a reason before anything is sent."""
    with Farm(1) as farm:
        here = farm.places[0]
        path = os.path.join(farm.core.dir, "one-secret")
        good = PASSWORD.encode()
        key = b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 5000 + b"\n"

        def ask(content):
            with open(path, "wb") as f:
                f.write(content)
            return here.ews("people", "Anna", signin="basic", secret_file=path)

        for name, content in (
            ("a file of Notepad", MARK + good + b"\r\n"),
            ("only the first line", good + b"\nnotes about it\n" + b"x" * 2 * LONGEST),
            ("zero bytes behind what counts", good + b"\n\0\0"),
        ):
            tap.same(ask(content).code, 0, f"the right secret: {name}")
        for name, content, words in (
            ("nothing but a mark", MARK, "is empty"),
            ("an empty first line", b"\n" + good, "is empty"),
            ("UTF-16", PASSWORD.encode("utf-16"), "Save it as UTF-8"),
            ("UTF-16 without a mark", PASSWORD.encode("utf-16-le"), "Save it as UTF-8"),
            ("UTF-16 without zero bytes", "пароль".encode("utf-16"), "Save it as UTF-8"),
            ("a key in UTF-16", key.decode().encode("utf-16-le"), "Save it as UTF-8"),
            ("a line that is too long", b"x" * (LONGEST + 1), f"at most {LONGEST} bytes"),
            ("a line that is too long, with a mark", MARK + b"x" * (LONGEST + 1), f"at most {LONGEST} bytes"),
            ("a key that is too long", key, f"at most {LONGEST} bytes"),
        ):
            got = ask(content)
            tap.ok(got.code == 2 and words in got.err and not got.out, f"refused: {name}", got)
        got = here.ews("calendars", signin="basic", secret_file="-", file="-")
        tap.ok(got.code == 2 and "Only one of" in got.err and not got.out, "refused: people and a secret from one input", got)
        tap.same(farm.sim.who(here.login)["bad"], 0, "no wrong secret was sent")
        tap.same(ask(b"x" * LONGEST).reason, "signin_refused", "the longest is sent")


class Prompt:
    """A command that asks on a terminal of its own."""

    def __init__(self, core, *words, **options):
        self.terminal, self.inside = pty.openpty()
        command = [os.path.join(core.build, "latchkey"), "-c", core.conf, *words, *core.options(options)]

        def own_terminal():
            os.setsid()
            fcntl.ioctl(self.inside, termios.TIOCSCTTY, 0)

        self.proc = subprocess.Popen(command, stdin=self.inside, stdout=self.inside, stderr=self.inside, preexec_fn=own_terminal)
        self.said = ""

    def echo(self):
        return bool(termios.tcgetattr(self.inside)[3] & termios.ECHO)

    def read(self):
        while select.select([self.terminal], [], [], 0)[0]:
            self.said += os.read(self.terminal, 65536).decode()
        return self.said

    def asked(self, times=1):
        return until(lambda: self.read().count("Password or secret of") == times and not self.echo())

    def type(self, text):
        os.write(self.terminal, text.encode())

    def end(self):
        """Its exit status; a signal is negative."""
        try:
            return self.proc.wait(30)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            return "does not end"
        finally:
            self.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proc.kill()
        self.proc.wait()
        os.close(self.terminal)
        os.close(self.inside)


def typed(tap):
    """The terminal shows again what is typed, whatever ends the question."""
    with Farm(1) as farm:
        here = farm.places[0]
        options = {"server": here.server, "mailbox": here.mailbox, "login": here.login, "signin": "basic"}
        for name, sign, strike in (
            ("Ctrl-C", signal.SIGINT, lambda p: p.type("secret\x03")),
            ("Ctrl-\\", signal.SIGQUIT, lambda p: p.type("\x1c")),
            ("SIGTERM", signal.SIGTERM, lambda p: p.proc.terminate()),
            ("SIGHUP", signal.SIGHUP, lambda p: p.proc.send_signal(signal.SIGHUP)),
        ):
            with Prompt(farm.core, "ews", "people", "Anna", **options) as p:
                assert p.asked(), p.said
                strike(p)
                tap.same((p.end(), p.echo()), (-sign, True), f"{name} ends the command, and the terminal is as it was")
        with Prompt(farm.core, "ews", "people", "Anna", **options) as p:
            assert p.asked(), p.said
            with open(f"/proc/{p.proc.pid}/limits", encoding="ascii") as f:
                limits = next(line for line in f if "core file" in line).split()
            tap.same(limits[4:6], ["0", "0"], "who reads secrets leaves no core")
            p.type("\x1a")  # nobody could wake it up here, so it is not stopped
            tap.ok(p.asked(2), "after Ctrl-Z it is asked again", p.said)
            p.type(PASSWORD + "\n")
            tap.ok(p.end() == 0 and here.anna in p.said and PASSWORD not in p.said and p.echo(), "a typed password works and is not shown", p.said)
        with Prompt(farm.core, "ews", "people", "Anna", **options) as p:
            assert p.asked(), p.said
            p.type("\x04")
            tap.ok(p.end() == 2 and "There is no secret" in p.said and p.echo(), "the end of the input is no secret", p.said)


# JSON


def listed(tap):
    """A list is one JSON array, whatever became of it; how it ended stands beside it, and in the exit code."""
    world = 'group inner@k0.test "Inner" kind distribution\n\tmember bert@k0.test\n'
    world += 'group top@k0.test "Top" kind distribution\n\tmember anna@k0.test\n\tnested inner@k0.test\n'
    world += "".join(f'mailbox many{n}@k0.test "Many {n}" premise k0\n' for n in range(120))
    with Farm(1, more=world) as farm:
        here = farm.places[0]
        whole = here.ews("members", "top@k0.test")
        tap.same((whole.code, len(whole.value), whole.beside), (0, 2, []), "members: a whole list, and nothing beside it")
        second = "op ExpandDL after 1"
        with here.fault(f"soap-fault ErrorNameResolutionNoMailbox {second}"):
            cut = here.ews("members", "top@k0.test")
        with here.fault(f"soap-fault ErrorNameResolutionNoMailbox {second}"):
            plain = here.ews("members", "top@k0.test", "-q", json_out=False)
        with here.fault(f"status 401 {second}"):
            half = here.ews("members", "top@k0.test")
        tap.ok(half.code == 1 and len(half.value) == 1 and half.told("outcome")[0]["reason"] == "signin_refused",
               "members: rows, and beside them why there are no more", half)
        tap.ok(cut.code == 1 and cut.value and cut.told("cut") is True, "members: a cut list says so", cut)
        tap.ok(plain.code == 1 and "Not all could be read" in plain.err, "to people too, also with -q", plain)
        for words in (("people", "Anna"), ("members", "top@k0.test"), ("rooms",), ("zones",), ("delegates", here.anna), ("follow", here.anna)):
            with here.fault("status 403"):
                got = here.ews(*words)
            tap.ok((got.code, got.value, got.reason) == (1, [], "ews_refused"), f"{words[0]}: failed is an empty list, and why", got)
        more = here.ews("people", "Many")
        tap.ok(more.code == 1 and len(more.value) == 100 and more.told("cut"), "people: that there are more is told", more)


def busy(tap):
    with Farm(1) as farm:
        here = farm.places[0]
        got = here.ews("busy", file="-", data="nobody\n\n")
        tap.same((got.code, got.value), (0, []), "busy: nobody is an empty list")
        plain = here.ews("busy", file="-", data="", json_out=False)
        tap.same((plain.code, plain.out), (0, "Nobody was asked.\n"), "busy: and people are told")


def broken(tap):
    """What broke off says why, and how much is missing."""
    with Farm(1) as farm:
        here = farm.places[0]
        people = [here.anna, here.bert] + [f"nobody{n}@k0.test" for n in range(500)]
        options = {"file": "-", "data": "\n".join(people), "secret_file": farm.core.options({"password": "not it"})[1]}
        got = here.ews("calendars", **options)
        tap.ok(got.code == 1 and 0 < len(got.value) < len(people) and got.told("outcome")[0]["reason"] == "signin_refused",
               "calendars: rows, and beside them why it broke off", got)
        plain = here.ews("calendars", **options, json_out=False)
        left = re.search(r"(\d+) could not be looked at, (\d+) not looked at\.", plain.out)
        tap.ok(left and sum(map(int, left.groups())) == len(people), "calendars: how many were not looked at", plain)
        tap.ok("What to do" in plain.out.split("not looked at")[1], "and what to do about it", plain)


def plant(farm, here, count):
    """So many bookings of ours in Anna's calendar."""
    tagged = "<t:ExtendedProperty>%s<t:Value>b%d</t:Value></t:ExtendedProperty>"
    day = "<t:Start>2027-03-02T09:00:00Z</t:Start><t:End>2027-03-02T10:00:00Z</t:End>"
    items = "".join(f"<t:CalendarItem><t:Subject>S</t:Subject>{tagged % (TAG, n)}{day}</t:CalendarItem>" for n in range(count))
    done = farm.sim.soap(f'<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>{items}</m:Items></m:CreateItem>',
                         user=here.anna, password=OWN, host=here.host)
    assert done.text.count("NoError") == count, done.text[:500]


def followed(tap):
    with Farm(1) as farm:
        here, count = farm.places[0], 60  # more than are read in one question
        plant(farm, here, count)
        state = os.path.join(farm.core.dir, "state")
        with here.fault("status 401 op GetItem after 1"):
            half = here.ews("follow", here.anna)
        tap.ok(half.code == 1 and 0 < len(half.value) < count and half.told("outcome")[0]["reason"] == "signin_refused",
               "follow: rows, and beside them why there are no more", half)
        with open(state, "w", encoding="utf-8") as f:
            f.write("nonsense")
        got = here.ews("follow", here.anna, state=state)
        tap.ok(got.code == 0 and len(got.value) == count and got.told("restarted"), "follow: that it began anew is told", got)
        got = here.ews("follow", here.anna, state=state)
        tap.same((got.code, got.value, got.beside), (0, [], []), "follow: nothing new")
        lost = os.path.join(farm.core.dir, "nowhere", "state")
        got = here.ews("follow", here.anna, state=lost, json_out=False)
        tap.ok(got.code != 0 and lost in got.err and "No such file" in got.err, "follow: a state that cannot be kept is told, and why", got)
        got = here.ews("cancel", here.anna, "there-is-none")
        tap.same(got.value, {"ok": True, "existed": False}, "cancel: what was not there is told as that")


def outputs(tap):
    with Farm(1) as farm:
        here = farm.places[0]
        got = here.ews("people", "Anna", trace="-")
        tap.ok(got.code == 2 and not got.out and "--trace FILE" in got.beside[0]["error"]["say"], "--trace - and --json are not for each other", got)
        got = here.ews("people", "Anna", trace="-", json_out=False)
        tap.ok(got.code == 0 and "<ResolveNames" in got.out, "--trace - writes to the output", got)
        with here.fault("status 403"):
            step = next(s for s in here.ews("test", here.anna).value if s["state"] == "failed")
            text = here.ews("test", here.anna, json_out=False).out
        for key in ("what", "why", "who", "http"):
            tap.ok(step[key] and str(step[key]).split("\n")[0] in text, f"test: {key} is in both forms", f"{step}\n{text}")
        tap.ok({"said", "server", "wait"} <= set(step), "test: all that people read has a place", step)


def layout(tap):
    """What people read: columns stay apart, and what has several lines has them."""
    long = "a.mailbox.with.a.long.address@k0.test"
    with Farm(1, more=f'mailbox {long} "Long" premise k0\n\tgrant svc@k0.test Editor\n') as farm:
        here = farm.places[0]
        got = here.ews("test", long, json_out=False)
        tap.ok(f"Delegate access to {long}  Found: read" in got.out, "test: a title as wide as its column", got)
        got = farm.core.run("ews", "discover", mailbox="a@nowhere.localhost", look_only=True, json_out=False)
        tap.ok(max(map(len, got.out.splitlines())) < 300 and "server_not_found" in got.out, "discover: why nothing was found is no table", got)
        tap.ok(re.search(r"\n    What to do  .*\n {16}Exchange admin: ", got.out), "but told as elsewhere", got)
        got = farm.core.run("ews", "reasons", "not_delegated", json_out=False)
        tap.ok(re.search(r"\nSteps    .*\n {9}Add ", got.out) and "?" not in got.out, "reasons: steps have lines of their own", got)


# Discover


def discover(tap):
    """A search takes every way to sign in, and leaves a trace."""
    with Core(None) as core:
        trace = os.path.join(core.dir, "trace")
        app = {"tenant": "example.test", "client_id": "11111111-1111-4111-8111-111111111111", "mailbox": "anna@nowhere.localhost"}
        for kind in ("app", "user"):
            got = core.run("ews", "discover", signin=kind, **app, trace=trace)
            tap.ok(got.code == 1 and got.value["candidates"] and not got.value["found"], f"discover looks with {kind}, and needs no secret", got)
            with open(trace, encoding="utf-8") as f:
                tap.ok("GET https://nowhere.localhost" in f.read(), "and what was said is in the trace")
            os.remove(trace)
        got = core.run("connection", "add", "X", again=True, mailbox="a@example.test", password="x", server="localhost")
        tap.ok(got.code == 2 and "no option" in got.beside[0]["error"]["say"], "connection add asks nobody: it has no --again", got)


if __name__ == "__main__":
    run(Tap(), secrets, typed, listed, busy, broken, followed, outputs, layout, discover)
