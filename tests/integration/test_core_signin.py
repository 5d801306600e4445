"""Sign-ins: after a rejection none is started, by anybody; one unproven attempt at a time; and no secret anywhere.

The simulator counts: bad passwords of an account, requests that showed a password, questions to the token service.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from corelab import Core
from coreworld import APP, APP_SECRET, SECRET, TENANT, authority, refresh_token
from lab import Lab, Tap, run, until
from simlab import Sim

PEOPLE = 300
WRONG, WRONG_SECRET = "copper kettle", "Gate-of-lead-66"
OTHER = "amber whistle"
LETTERS = "Straße öffnen ☂"
PLANTED = ("Wolverine", "Marmalade")
ISSUED = []  # refresh tokens that we were given
HQ, CLOUD = "mail.example.localhost", "outlook.example.localhost"


def world():
    out = f"""
organisation "Example"
seed 11
clock now
premise hq onprem 2016 host {HQ}
	schemes basic ntlm
	extended-protection allow
	lock-out after 5 for 30m
	ntlm-grace 0m
	latency base 15
domain example.test premise hq website none
premise cloud online host {CLOUD}
	tenant {TENANT}
domain cloud.test premise cloud website none
app {APP} "Latchkey" tenant cloud
	secret main {APP_SECRET}
	consent
	full-access
	delegated
"""
    for n in range(12):
        out += f'mailbox svc{n}@example.test "Connector {n}"\n\tkind dedicated\n\tlogin svc{n}\n\tpassword "{SECRET}"\n'
    out += f'mailbox svc@cloud.test "Connector"\n\tkind dedicated\n\tpassword "{SECRET}"\n'
    members = " ".join(f"svc{n}@example.test" for n in range(12))
    out += f'group all@example.test "All connectors" kind security\n\tmember {members}\n'
    event = f'event "{PLANTED[0]}" 2027-03-01T09:00 1h at "{PLANTED[1]}"'
    for n in range(PEOPLE):
        out += f'mailbox p{n}@example.test "P{n}"\n\tgrant all@example.test Editor\n\t{event}\n'
    for n in range(40):
        out += f'mailbox c{n}@cloud.test "C{n}"\n\tgrant svc@cloud.test Editor\n\t{event}\n'
    return out


class Desk:
    """Somebody who works on the command line, and keeps all that it said."""

    def __init__(self, sim, lab=None):
        self.sim, self.said, self.runs, self.lock = sim, [], 0, threading.Lock()
        self.core = Core(sim, lab=lab)

    def __enter__(self):
        self.core.__enter__()
        return self

    def __exit__(self, *_):
        self.core.__exit__()

    def file(self, secret):
        """Secrets side by side: commands run at the same time."""
        with self.lock:
            self.runs += 1
            path = os.path.join(self.core.dir, f"secret{self.runs}")
            with open(path, "w") as f:
                f.write(secret)
            os.chmod(path, 0o600)
            return path, os.path.join(self.core.dir, f"trace{self.runs}")

    def run(self, *words, secret=None, data=None, **options):
        path, trace = self.file(secret or "")
        if secret:
            options["secret_file"] = path
        if words[0] == "ews":
            options["trace"] = trace
        got = self.core.run(*words, data=data, **options)
        with self.lock:
            self.said += [got.out, got.err]
            if os.path.exists(trace):
                with open(trace, errors="replace") as f:
                    self.said.append(f.read())
        return got

    def calendars(self, who, secret, cloud=False, people=None, **options):
        names = [f"c{n}@cloud.test" for n in range(40)] if cloud else [f"p{n}@example.test" for n in range(people or PEOPLE)]
        return self.run("ews", "calendars", secret=secret, file="-", data="\n".join(names), **who, **options)


class Who:
    """One way to sign in: its options, its secrets, and how its attempts are counted."""

    def __init__(self, sim, kind, n=0):
        self.sim, self.kind, self.cloud = sim, kind, kind in ("app", "user")
        self.login = f"svc{n}@example.test"
        self.dead = None
        if self.cloud:
            self.options = {
                "server": self.server(CLOUD), "mailbox": "svc@cloud.test", "signin": kind, "tenant": TENANT, "client_id": APP,
                "authority": authority(sim), "method": "impersonation" if kind == "app" else "delegate",
            }
        else:
            self.options = {
                "server": self.server(HQ), "mailbox": self.login, "login": f"EXAMPLE\\svc{n}", "method": "delegate",
                "signin": kind.split("+")[0], "binding": "on" if "+" in kind else None,
            }

    def server(self, host):
        return f"{host}:{self.sim.face(host=host, kind='ews')['port']}"

    def secret(self, right):
        if self.kind == "app":
            return APP_SECRET if right else WRONG_SECRET
        if self.kind == "user":
            return self.refresh(right)
        return SECRET if right else WRONG

    def refresh(self, right):
        """A wrong one was right until the password was changed."""
        ISSUED.append(refresh_token(self.sim, "svc@cloud.test"))
        if right:
            return ISSUED[-1]
        if not self.dead:
            self.dead = ISSUED[-1]
            self.sim.do("mailbox svc@cloud.test", f'new-password "{OTHER}"', f'new-password "{SECRET}"')
        return self.dead

    def more(self, place):
        """A person's refresh token goes with the client's secret."""
        if self.kind != "user":
            return {}
        path = os.path.join(place, "client-secret")
        with open(path, "w") as f:
            f.write(APP_SECRET)
        os.chmod(path, 0o600)
        return {"client_secret_file": path}

    def attempts(self, since=0):
        """Requests that showed a secret: to the token service, or with a password to Exchange."""
        if self.cloud:
            return [e for e in self.sim.log(since) if e["face"] == "signin" and e["path"].endswith("/token")]
        short = self.login.split("@")[0]
        return [e for e in self.sim.log(since) if short in e.get("login", "").lower().replace("@example.test", "").split("\\")[-1:]]

    def refused(self, since=0):
        return [e for e in self.attempts(since) if e["status"] in (400, 401)]


def behind(who, since, bad):
    """What showed a secret after the first rejection, besides rejections."""
    return [e for e in who.attempts(since) if bad and e["number"] > bad[0]["number"] and e not in bad]


def last(sim):
    return sim.counts()["last"]


def reasons(got):
    return sorted(got.reasons)


KINDS = ("basic", "ntlm", "ntlm+binding", "app", "user")
REFUSED = {"app": "client_secret_refused", "user": "signin_expired"}


def test_wrong(tap):
    """A wrong secret with hundreds of people: once, and again only when a person wants it."""
    with Sim(lines=world()) as sim, Lab(nginx=False) as lab:
        lab.init()
        with Desk(sim) as alone, Desk(sim, lab) as desk:
            for n, kind in enumerate(KINDS):
                who, more = Who(sim, kind, n), Who(sim, kind, n).more(alone.core.dir)
                want, wrong = REFUSED.get(kind, "signin_refused"), who.secret(False)
                for at, name in ((alone, "without a database"), (desk, "with a database")):
                    since = last(sim)
                    got = at.calendars(who.options, wrong, who.cloud, **more)
                    tap.ok(len(who.refused(since)) == 1 == len(who.attempts(since)) and reasons(got) == [want] and got.code == 1,
                           f"{kind}, {name}: one attempt, {want}", f"{who.attempts(since)}\n{got!r}")
                since = last(sim)
                got = desk.calendars(who.options, wrong, who.cloud, **more)
                tap.ok(not who.attempts(since) and reasons(got) == ["signin_stopped"], f"{kind}: the second run makes none", repr(got))
                got = desk.run("ews", "test", secret=wrong, **who.options, **more)
                tap.ok(not who.attempts(since), f"{kind}: nor does another command", repr(got))
                got = desk.calendars(who.options, wrong, who.cloud, again=True, **more)
                tap.ok(len(who.attempts(since)) == 1 and reasons(got) == [want], f"{kind}: one with --again", repr(got))
                right = who.secret(True)
                since = last(sim)
                got = desk.calendars(who.options, right, who.cloud, again=True, **more)
                tap.ok(not who.refused(since) and reasons(got) == ["ok"], f"{kind}: the right one with --again works", repr(got)[:1500])
                if not who.cloud:
                    tap.same(sim.who(who.login)["locked"], False, f"{kind}: the account is not locked")
            nothing_secret(tap, "wrong secrets", lab, alone, desk)
        tap.same(sim.thefts(), [], "nobody else was shown a secret")


def stored(desk, who, name, secret):
    got = desk.run("connection", "add", name, secret=secret, **who.options)
    if not got.value:
        raise AssertionError(repr(got))
    return got.value["id"]


def with_engine(lab, desk):
    lab.configure(ca_file=desk.sim.ca, egress_file=desk.core.egress)
    lab.start_engine()


def test_together(tap):
    """The engine and the command line share one gate; so do two command lines."""
    with Sim(lines=world()) as sim, Lab(nginx=False) as lab:
        lab.init()
        with Desk(sim, lab) as desk:
            with_engine(lab, desk)
            for n, kind in enumerate(("basic", "ntlm")):
                who = Who(sim, kind, n)
                since = last(sim)
                number = stored(desk, who, f"Wrong {kind}", WRONG)  # the first is live: the engine looks at it by itself
                people = "\n".join(f"p{i}@example.test" for i in range(PEOPLE))
                with ThreadPoolExecutor(3) as pool:
                    jobs = [
                        pool.submit(desk.run, "connection", "test", str(number), json_out=False),
                        pool.submit(desk.run, "ews", "calendars", connection=number, file="-", data=people),
                        pool.submit(desk.run, "ews", "busy", connection=number, file="-", data=people),
                    ]
                    said = [job.result() for job in jobs]
                tap.ok(len(who.attempts(since)) == 1 and all(got.code for got in said),
                       f"{kind}: the engine and two command lines with a wrong secret: one attempt", f"{who.attempts(since)}\n{said}")
                desk.run("connection", "test", str(number), json_out=False)
                tap.same(len(who.attempts(since)), 1, f"{kind}: and none when it is tested anew")
                told = desk.run("doctor", json_out=False).out
                tap.ok(f"Connection {number} is stopped" in told and f"--connection {number} --again" in told, f"{kind}: doctor says so", told)
                right = stored(desk, who, f"Right {kind}", SECRET)
                since = last(sim)
                got = desk.run("ews", "calendars", "p1@example.test", connection=right)
                tap.ok(reasons(got) == ["ok"] and not who.refused(since), f"{kind}: another version of the secret begins anew", repr(got))
                told = desk.run("connection", "test", str(right), "svc11@example.test", json_out=False).out
                tap.ok("Identity ('svc11@example.test" in told and f"svc{n}@example.test" in told and "{m" not in told,
                       f"{kind}: what the engine says to do has the names in it", told)
                got = desk.run("ews", "calendars", "p1@example.test", connection=number)
                tap.ok(reasons(got) == ["signin_stopped"] and not who.refused(since), f"{kind}: the refused one stays stopped", repr(got))
                typed = desk.calendars(who.options, WRONG, who.cloud, again=True)
                desk.run("connection", "test", str(number), json_out=False)
                tap.ok(reasons(typed) == ["signin_refused"] and len(who.refused(since)) == 1,
                       f"{kind}: one more try of what was typed is none of what is stored", f"{who.refused(since)}\n{typed!r}")

            who = Who(sim, "basic", 5)
            number = stored(desk, who, "Right, unproven", SECRET)
            sim.do("premise hq", "latency base 400")
            since = last(sim)
            with ThreadPoolExecutor(2) as pool:
                two = ("p1@example.test", "p2@example.test")
                said = list(pool.map(lambda _: desk.run("ews", "calendars", *two, connection=number), range(2)))
            seen = who.attempts(since)
            alone = len(seen) > 1 and seen[1]["at_ms"] - seen[0]["at_ms"] >= 380
            tap.ok(alone and all(reasons(got) == ["ok"] for got in said), "two command lines, unproven: one goes ahead alone, both succeed",
                   f"{[e['at_ms'] for e in seen]}\n{said}")
            sim.do("premise hq", "latency base 15")
            lab.stop("engine")
            nothing_secret(tap, "engine and command line", lab, desk)


def test_changed(tap):
    """The password is changed behind our back, in the middle of many people."""
    with Sim(lines=world()) as sim, Desk(sim) as desk:
        sim.do("premise hq", "latency base 60")
        # What was under way in that moment is answered all the same: with NTLM that is signed in already.
        for n, (kind, most, under_way) in enumerate((("basic", 2, 1), ("ntlm", 1, 7), ("ntlm+binding", 1, 0))):
            who = Who(sim, kind, n)
            since = last(sim)
            with ThreadPoolExecutor(1) as pool:
                job = pool.submit(desk.calendars, who.options, SECRET)
                until(lambda: len([e for e in sim.log(since) if e.get("op")]) > 6, 20, 0.02)
                sim.do(f"mailbox {who.login}", f"new-password {OTHER!r}".replace("'", '"'))
                got = job.result()
            bad = who.refused(since)
            # NTLM's connections stay signed in; nothing has to be refused there.
            least = 1 if kind == "basic" else 0
            tap.ok(least <= len(bad) <= most, f"{kind}: at most {most} rejected", f"{bad}\n{got!r}"[:2000])
            after = behind(who, since, bad)
            tap.ok(len(after) <= under_way, f"{kind}: nothing was started after the rejection", f"{bad}\n{after}"[:3000])
            if not bad:
                tap.same((len({row["address"] for row in got.value}), reasons(got)), (PEOPLE, ["ok"]), f"{kind}: everybody is told of")
            else:
                tap.ok(set(reasons(got)) <= {"ok", "signin_refused", "signin_stopped"}, f"{kind}: and why", str(reasons(got)))
        nothing_secret(tap, "a changed password", None, desk)


def test_letters(tap):
    """A password that is not ASCII: right is right, and wrong is counted once."""
    with Sim(lines=world()) as sim, Desk(sim) as desk:
        for n, kind in enumerate(("basic", "ntlm", "ntlm+binding")):
            who = Who(sim, kind, n)
            sim.do(f"mailbox {who.login}", f'new-password "{LETTERS}"')
            since = last(sim)
            got = desk.calendars(who.options, LETTERS, people=60)
            tap.ok(reasons(got) == ["ok"] and not who.refused(since), f"{kind}: a password with other letters signs in",
                   f"{who.refused(since)}\n{got!r}"[:1500])
            got = desk.calendars(who.options, LETTERS + "é", people=60)
            tap.ok(len(who.refused(since)) == 1 and "ok" not in reasons(got), f"{kind}: a wrong one is refused, once",
                   f"{who.refused(since)}\n{got!r}"[:1500])


STATES = {"locked": {"signin_refused", "account_locked"}, "disabled": {"signin_refused", "account_disabled"},
          "expired": {"signin_refused", "password_expired"}, "must-change": {"signin_refused", "password_expired"}}


def test_states(tap):
    """Accounts that are not well; a front end that refuses; a proxy that wants a sign-in of its own."""
    with Sim(lines=world()) as sim, Desk(sim) as desk:
        for kind in ("basic", "ntlm"):
            for n, (state, want) in enumerate(STATES.items()):
                who = Who(sim, kind, n)
                sim.do(f"mailbox {who.login}", f"state {state}")
                since = last(sim)
                got = desk.calendars(who.options, SECRET, people=60)
                tap.ok(len(who.attempts(since)) == 1 and len(reasons(got)) == 1 and reasons(got)[0] in want,
                       f"{kind}: an account that is {state}: one attempt", f"{who.attempts(since)}\n{got!r}"[:2000])
                sim.do(f"mailbox {who.login}", "state well")
        for kind in ("basic", "ntlm"):
            who = Who(sim, kind, 6)
            sim.do("premise hq", "front-end EX01", "front-end EX02", "fault broken no-challenge op * front-end EX02")
            since = last(sim)
            got = desk.calendars(who.options, SECRET)
            sim.do("no-fault all", "premise hq", "no-front-end EX02")
            bad = who.refused(since)
            most, under_way = (2, 1) if kind == "basic" else (1, 7)
            after = behind(who, since, bad)
            tap.ok(0 < len(bad) <= most and len(after) <= under_way, f"{kind}: one front end refuses: nothing is started after that",
                   f"{bad}\n{after}"[:2000])
            tap.ok(set(reasons(got)) <= {"ok", "signin_refused", "signin_stopped"}, f"{kind}: and it is told", str(reasons(got)))
        who = Who(sim, "basic", 7)
        sim.do("fault proxy proxy-page 407")
        since = last(sim)
        got = desk.calendars(who.options, SECRET)
        tap.ok(reasons(got) == ["proxy_refused"] and not who.attempts(since), "a proxy's 407: nobody is shown the password",
               repr(got)[:1500])
        sim.do("no-fault all", "fault proxy proxy-page 407 op *")
        got = desk.calendars(who.options, SECRET)
        tap.ok(reasons(got) == ["proxy_refused"], "a proxy's 407 after the first look: not the password's fault", repr(got)[:1500])
        sim.do("no-fault all")
        got = desk.calendars(who.options, SECRET, people=60)
        tap.ok(reasons(got) == ["ok"], "and it works when the proxy does", repr(got)[:1500])
        nothing_secret(tap, "states", None, desk)


def nothing_secret(tap, what, lab, *desks):
    """In no output, trace, log or database there is a secret, a token, or what stands in somebody's calendar."""
    texts = {f"output {i}": text for desk in desks for i, text in enumerate(desk.said)}
    texts |= {path: data.decode("utf-8", "replace") for path, data in lab.files().items()} if lab else {}
    # eyJ: how every token of the simulator's service begins; Basic and NTLM: what would follow in a header.
    words = (SECRET, WRONG, OTHER, APP_SECRET, WRONG_SECRET, *ISSUED, *PLANTED, "eyJ0", "Basic RVhB", "NTLM TlRM")
    found = [f"{word} in {name}" for name, text in texts.items() for word in words if word in text]
    tap.ok(not found and len(texts) > 1, f"no secret anywhere: {what}", "\n".join(found))


run(Tap(), test_wrong, test_together, test_changed, test_letters, test_states)
