"""Secrets in their slots: entered beside what works, proved by the engine, used from then on, erased after their grace.

The engine, the command line and the simulator are the real ones; what a broken-into web tier could do is done to the rows.
"""

import contextlib
import os
import re
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

from corelab import Core
from coreworld import Eye
from lab import Lab, Tap, run, until
from simlab import Sim

OLD, NEW, WRONG, NEXT = "brass lantern over quiet water", "amber whistle", "copper kettle", "silver thimble"
PEOPLE = 40
HQ = "mail.example.localhost"


def world():
    out = f"""
organisation "Example"
seed 13
clock now
premise hq onprem 2016 host {HQ}
	schemes basic ntlm
	lock-out after 5 for 30m
	ntlm-grace 0m
	latency base 15
domain example.test premise hq website none
mailbox svc@example.test "Connector"
	kind dedicated
	login svc
	password "{OLD}"
"""
    for n in range(PEOPLE):
        out += f'mailbox p{n}@example.test "P{n}"\n\tgrant svc@example.test Editor\n\ton-behalf svc@example.test\n\tpassword "{OLD}"\n'
    return out


class Desk:
    """An installation with an engine, and somebody who works on its command line."""

    def __init__(self, sim, lab):
        self.sim, self.lab = sim, lab
        self.core = Core(sim, lab=lab)
        self.files = 0

    def __enter__(self):
        self.core.__enter__()
        self.lab.configure(ca_file=self.sim.ca, egress_file=self.core.egress)
        self.lab.start_engine()
        return self

    def __exit__(self, *_):
        self.core.__exit__()

    def file(self, secret):
        self.files += 1
        path = os.path.join(self.core.dir, f"secret{self.files}")
        with open(path, "w") as f:
            f.write(secret)
        os.chmod(path, 0o600)
        return path

    def run(self, *words, **options):
        return self.core.run(*(str(w) for w in words), **options)

    def add(self, secret, signin="ntlm", **more):
        port = self.sim.face(premise="hq", kind="ews")["port"]
        got = self.run("connection", "add", "Main", secret_file=self.file(secret), server=f"{HQ}:{port}", mailbox="svc@example.test",
                       login="EXAMPLE\\svc", signin=signin, method="delegate", **more)
        if not got.value:
            raise AssertionError(repr(got))
        return got.value["id"]

    def rotate(self, number, secret, **more):
        """(exit code, outcome, steps)"""
        got = self.run("connection", "rotate", number, secret_file=self.file(secret), **more)
        return told(got)

    def test(self, number, **more):
        return told(self.run("connection", "test", number, **more))

    def slots(self, number):
        got = self.run("connection", "show", number).value
        return {s["slot"]: s["version"] for s in got["secrets"]}

    def health(self, number):
        rows = self.run("connection", "show", number).value["health"]
        return rows[0]["state"] if rows else None

    def sql(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.lab.db, timeout=20)) as db, db:
            return db.execute(statement, values).fetchall()

    def attempts(self, since):
        return [e for e in self.sim.log(since) if "svc" in (e.get("login") or "").lower()]

    def refused(self, since):
        return [e for e in self.attempts(since) if e["status"] == 401]


class Told:
    def __init__(self, code, outcome, steps, got):
        self.code, self.outcome, self.steps, self.got = code, outcome, steps, got

    def step(self, title):
        return next((s for s in self.steps if s["title"].startswith(title)), None)

    def __repr__(self):
        rows = "\n".join(f"{s['n']} {s['state']} {s['title']}: {s['say']} | {s['why']} | {s['fix']}" for s in self.steps)
        return f"exit {self.code}: {self.outcome}\n{rows}\n{self.got.err[:1500]}"


def told(got):
    value = got.value or {}
    return Told(got.code, value.get("outcome", ""), value.get("steps", []), got)


def last(sim):
    return sim.counts()["last"]


@contextlib.contextmanager
def place(**settings):
    with Sim(lines=world()) as sim, Lab(nginx=False, **settings) as lab:
        lab.init()
        lab.leave_members()
        with Desk(sim, lab) as desk:
            yield sim, lab, desk


def password(sim, secret):
    sim.do("mailbox svc@example.test", f'new-password "{secret}"')


def test_rotate(tap):
    """Wrong, the same, and right; the old one stays as long as it may."""
    for signin in ("ntlm", "basic"):
        with place() as (sim, lab, desk):
            number = desk.add(OLD, signin)
            got = desk.test(number)
            tap.ok(got.code == 0 and got.outcome == "Everything works." and desk.health(number) == "well", f"{signin}: the one in use works", got)
            first = desk.slots(number)
            since = last(sim)
            got = desk.rotate(number, WRONG)
            tap.ok(got.code == 1 and got.outcome == "Nothing was changed: the password was refused.", f"{signin}: a wrong one is refused", got)
            tap.same(len(desk.refused(since)), 1, f"{signin}: in one attempt")
            step = got.step("Signed in, mailbox opens")
            tap.ok(step["state"] == "failed" and step["fix"].startswith("Who: Account admin\n") and got.steps[-1]["title"] == "In use now"
                   and got.steps[-1]["state"] == "skipped", f"{signin}: the steps say who must act, and what was not done", got)
            after = desk.run("ews", "calendars", "p1@example.test", connection=number)
            tap.ok(after.code == 0 and desk.slots(number)["current"] == first["current"] and desk.health(number) == "well",
                   f"{signin}: the old one goes on working", after)
            since, wrong = last(sim), desk.slots(number)["next"]
            got = desk.rotate(number, WRONG)
            tap.ok(got.code == 1 and got.outcome == "Nothing was changed: the password was refused." and not desk.attempts(since)
                   and desk.slots(number)["next"] == wrong, f"{signin}: typed once more it is known, and not tried", got)
            got = desk.rotate(number, OLD)
            tap.ok(got.code == 1 and got.outcome == "Nothing was changed: this password is in use already." and not desk.attempts(since),
                   f"{signin}: the same one is refused without a sign-in", got)
            # Both are right: Windows keeps old ones for a while, and so may the simulator.
            password(sim, NEW)
            got = desk.rotate(number, NEW)
            slots = desk.slots(number)
            tap.ok(got.code == 0 and got.outcome == "The new password is in use now." and slots["former"] == first["current"] != slots["current"]
                   and "next" not in slots, f"{signin}: the right one is in use, the old one former", f"{got}\n{slots}")
            tap.same([s["n"] for s in got.steps], list(range(1, len(got.steps) + 1)), f"{signin}: steps are numbered through")
            after = desk.run("ews", "calendars", "p1@example.test", connection=number)
            tap.ok(after.code == 0 and desk.health(number) == "well", f"{signin}: and works", after)
            since = last(sim)
            # The switch was long before the test was asked for, or while it waited.
            desk.sql("UPDATE credential SET set_at = set_at - 60 WHERE purpose = 'former'")
            gone = desk.test(number, next=True)
            desk.sql("UPDATE credential SET set_at = set_at + 120 WHERE purpose = 'former'")
            again = desk.test(number, next=True)
            tap.ok(again.outcome.endswith("any more: what was entered is in use already.") and gone.outcome.endswith("in use already, or was thrown away.")
                   and not desk.attempts(since), f"{signin}: to prove it once more is answered by what became of it", f"{again}\n{gone}")
            proof = desk.sql("SELECT proof_at FROM health")[0][0]
            tap.ok(abs(proof - time.time() - 3600) < 120, f"{signin}: looked at again after an hour", proof)
            rows = [r[0] for r in desk.sql("SELECT action FROM audit WHERE kind = 3 ORDER BY seq")]
            tap.same([r for r in rows if r.startswith("credential")], ["credential.refused"] * 2 + ["credential.unproved", "credential.switched"], f"{signin}: audited")
            said = desk.sql("SELECT detail FROM audit WHERE action IN ('credential.set', 'credential.refused', 'credential.unproved') ORDER BY seq")
            tap.ok(all(re.match(r"version [0-9a-f]{8}[,:] ", d) for (d,) in said), f"{signin}: with their versions", said)
            tap.ok(until(lambda: desk.run("audit", "verify").code == 0, 5), f"{signin}: the log is whole")
            lab.nothing_secret(tap, signin, OLD, NEW, WRONG, NEXT)


def test_running(tap):
    """Hundreds of calls are under way while the secret is changed, and none fails."""
    with place() as (sim, lab, desk):
        number = desk.add(OLD)
        desk.test(number)
        sim.do("premise hq", "ntlm-grace 60m", "latency base 60")
        people = "\n".join(f"p{n}@example.test" for n in range(PEOPLE))
        over, said = [], []

        def work(_):
            while len(said) < 20 or len(over) < 2:
                said.append((bool(over), desk.run("ews", "calendars", connection=number, file="-", data=people)))
                over.extend([1] * bool(over))

        with ThreadPoolExecutor(6) as pool:
            workers = [pool.submit(work, n) for n in range(5)]
            until(lambda: len(said) > 4, 20, 0.02)
            password(sim, NEW)
            got = desk.rotate(number, NEW)
            before = len(said)
            over.append(1)
            for w in workers:
                w.result()
        rows = [row for _, one in said for row in one.value]
        tap.ok(got.code == 0 and got.outcome == "The new password is in use now.", "the secret is changed", got)
        tap.ok(len(rows) >= 200 and {r["reason"] for r in rows} == {"ok"}, "hundreds of calls: none failed", {r["reason"] for r in rows})
        tap.ok(4 < before < len(said), "before, meanwhile and behind it", f"{before} of {len(said)}")


def test_stopped(tap):
    """Changed behind our back: stopped, and well again with the right one."""
    with place() as (sim, lab, desk):
        number = desk.add(OLD)
        password(sim, NEW)
        got = desk.test(number)
        tap.ok(got.code == 1 and desk.health(number) == "stopped", "changed behind our back: stopped", got)
        since = last(sim)
        got = desk.test(number)
        tap.ok(not desk.attempts(since), "and nothing is tried again", got)
        got = told(desk.run("connection", "recheck", number))
        tap.ok(got.code == 1 and len(desk.refused(since)) == 1, "but once, for a person who wants it", got)
        got = desk.rotate(number, NEW)
        tap.ok(got.code == 0 and desk.health(number) == "well", "the new one proves itself: well at once", got)
        sim.do("fault disabled item-error ErrorCallerIsInvalidADAccount op GetFolder")
        since = last(sim)
        got = [desk.test(number), desk.test(number)]
        time.sleep(2.5)
        tap.ok([g.code for g in got] == [1, 1] and desk.health(number) == "stopped" and len(sim.log(since, op="GetFolder")) == 1,
               "disabled behind a sign-in that was taken: all stop after one answer", f"{[g.outcome for g in got]}\n{[e.get('op') for e in sim.log(since)]}")


def test_grace(tap):
    """The old one is erased when its grace has ended, and not before."""
    with place(grace_hours=2) as (sim, lab, desk):
        number = desk.add(OLD)
        password(sim, NEW)
        desk.rotate(number, NEW)
        desk.sql("UPDATE credential SET set_at = set_at - 7100 WHERE purpose = 'former'")
        lab.stop("engine")
        lab.start_engine()
        until(lambda: desk.sql("SELECT count(*) FROM job WHERE kind = 'house' AND state = 2")[0][0] > 1, 10)
        tap.ok("former" in desk.slots(number), "within its grace it is there", desk.slots(number))
        desk.sql("UPDATE credential SET set_at = set_at - 200 WHERE purpose = 'former'")
        lab.stop("engine")
        lab.start_engine()
        until(lambda: "former" not in desk.slots(number), 10, 0.3)
        tap.same(sorted(desk.slots(number)), ["current"], "after it, it is erased")
        tap.same(desk.sql("SELECT count(*) FROM audit WHERE action = 'credential.erased'")[0][0], 1, "and that is audited")
        # The engine's hour has all but passed: a first look opens a connection, and the second one must not use it.
        lab.stop("engine")
        since, ahead = last(sim), desk.sql("SELECT proof_at FROM health")[0][0] - int(time.time()) - 8
        lab.start_engine({"LATCHKEY_CLOCK": str(ahead)})
        proved = until(lambda: desk.sql("SELECT 1 FROM health WHERE proof_at = 0 AND state = 1 AND next_at > tried_at"), 30)
        looks = [e["connection"] for e in sim.log(since, op="GetFolder") if e["status"] == 200]
        tap.ok(ahead > 3000 and proved and len(looks) == 2 and len(set(looks)) == 2, "an hour later it is looked at by itself, on a fresh connection", looks)


TAMPERED = {
    "host": "UPDATE connection SET host = 'localhost'",
    "port": "UPDATE connection SET port = 443",
    "proxy": "UPDATE connection SET proxy = 'evil'",
    "CA": "UPDATE connection SET ca = '-----BEGIN CERTIFICATE-----'",
    "login": "UPDATE connection SET login = 'EXAMPLE\\p1'",
    "sign-in": "UPDATE connection SET signin = 'basic'",
    "authority": "UPDATE connection SET authority = 'https://evil.example'",
    "tenant": "UPDATE connection SET tenant = 'evil.example'",
    "policy, too": "UPDATE connection SET host = 'localhost'; UPDATE credential SET policy = zeroblob(32)",
    "discovery": "UPDATE connection SET scheme = 'discover', host = 'localhost'",
    "slot": "DELETE FROM credential WHERE purpose = 'current'; UPDATE credential SET purpose = 'current' WHERE purpose = 'next'",
    "slot back": "DELETE FROM credential WHERE purpose = 'next'; UPDATE credential SET purpose = 'next' WHERE purpose = 'current'",
    "another row": "UPDATE credential SET sealed = (SELECT sealed FROM credential WHERE purpose = 'next') WHERE purpose = 'current'",
}


def test_tampered(tap):
    """A web tier that was broken into rewrites rows: the engine refuses, and nothing leaves."""
    with place() as (sim, lab, desk):
        number = desk.add(OLD)
        desk.rotate(number, WRONG)
        with contextlib.closing(sqlite3.connect(lab.db)) as db:
            keep = "\n".join(line for line in db.iterdump() if line.startswith(('INSERT INTO "connection"', 'INSERT INTO "credential"')))
        for what, statement in TAMPERED.items():
            with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db:
                db.executescript(statement)
            since = last(sim)
            slot = {"next": True} if what == "slot back" else {}
            got = desk.test(number, **slot)
            tap.ok(got.code == 1 and got.steps == [], f"{what} was rewritten: it is refused", got)
            tap.same(sim.log(since), [], f"{what} was rewritten: nothing left")
            with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db:
                db.executescript("DELETE FROM credential; DELETE FROM connection;" + keep)
        tap.ok(desk.test(number).code == 0, "as it was, it works")


def test_killed(tap):
    """The engine is killed around the switch: one or the other is in use, and it ends well."""
    with place() as (sim, lab, desk):
        number = desk.add(OLD)
        sim.do("premise hq", "ntlm-grace 60m")
        with ThreadPoolExecutor(1) as pool:
            for n, wait in enumerate((0.05, 0.2, 0.3, 0.4, 0.6)):
                password(sim, f"{NEXT} {n}")
                job = pool.submit(desk.rotate, number, f"{NEXT} {n}")
                until(lambda: desk.sql("SELECT count(*) FROM job WHERE kind = 'test' AND state = 1")[0][0], 5, 0.01)
                time.sleep(wait)
                lab.procs["engine"].send_signal(signal.SIGKILL)
                lab.procs["engine"].wait()
                os.unlink(lab.bell)
                slots = desk.slots(number)
                # Whoever proves a sign-in has two minutes, and a job half of one; an engine that was killed, too. Here they pass at once.
                desk.sql("UPDATE signin SET lease_until = 0")
                desk.sql("UPDATE job SET due_at = 1 WHERE state = 1")
                lab.start_engine()
                got = job.result()
                tap.ok("current" in slots, f"killed after {wait} s: there is one in use", slots)
                now = desk.slots(number)
                after = desk.run("ews", "calendars", "p1@example.test", connection=number)
                tap.ok(got.code == 0 and "next" not in now and after.code == 0, f"killed after {wait} s: and at the end it is the new one",
                       f"{got}\n{now}\n{after}")


def test_written(tap):
    """Whoever stops a test, or the engine: no test meeting is left behind."""
    with place() as (sim, lab, desk):
        number = desk.add(OLD)
        eye = Eye(sim)
        got = desk.test(number, write=True)
        tap.ok(got.code == 0 and got.step("Test meeting is removed")["state"] == "ok", "a test meeting is made and removed", got)
        sim.do("premise hq", "latency base 300")
        for what in ("the test", "the engine", "a killed engine"):
            since = last(sim)
            with ThreadPoolExecutor(1) as pool:
                job = pool.submit(desk.run, "connection", "test", number, "p1@example.test", write=True)
                until(lambda: sim.log(since, op="CreateItem"), 60, 0.02)
                if what == "the test":
                    # Seen when the lease is prolonged, or a step is told: until then everything is slow.
                    sim.do("premise hq", "latency base 12000")
                    desk.sql("UPDATE job SET cancel = 1 WHERE state = 1")
                    time.sleep(11)
                    sim.do("premise hq", "latency base 300")
                elif what == "a killed engine":
                    until(lambda: eye.items("p1@example.test", p="hq"), 20, 0.02)
                    lab.procs["engine"].send_signal(signal.SIGKILL)
                    lab.procs["engine"].wait()
                    os.unlink(lab.bell)
                    tap.same(len(eye.items("p1@example.test", p="hq")), 1, "the engine was killed: its test meeting is there")
                    lab.start_engine()
                else:
                    lab.stop("engine")
                    tap.same(eye.items("p1@example.test", p="hq"), [], "the engine was stopped: nothing is left when it is gone")
                    lab.start_engine()
                got = told(job.result())
            tap.ok(("Stopped" in got.outcome) == (what == "the test"), f"{what} was stopped: how it ended", got)
            tap.same((eye.items("p1@example.test", p="hq"), eye.items("svc@example.test", "inbox", p="hq")), ([], []), f"{what} was stopped: nothing is left")


run(Tap(), test_written, test_rotate, test_running, test_stopped, test_grace, test_tampered, test_killed)
