"""How a live connection does: looked at by itself, told once, and left alone after a refusal.

The simulator counts what was asked; the days and calls are what the engine wrote down.
"""

import contextlib
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

from corelab import Core
from lab import Lab, Tap, run, until
from simlab import Sim

HOST = "mail.example.localhost"
SECRET, OTHER = "brass lantern over quiet water", "amber whistle at noon"
STATES = ("new", "well", "slowed", "unreachable", "stopped", "paused")
WORLD = f"""
organisation "Example"
seed 11
clock now
premise hq onprem 2016 host {HOST}
	schemes basic ntlm
	lock-out after 5 for 30m
	ntlm-grace 0m
domain example.test premise hq website none
mailbox svc@example.test "Connector"
	kind dedicated
	login svc
	password "{SECRET}"
"""


class House:
    """An installation with one live connection, and its engine."""

    def __init__(self, stack, signin="basic"):
        self.sim = stack.enter_context(Sim(lines=WORLD))
        self.lab = stack.enter_context(Lab(nginx=False))
        self.lab.init()
        self.core = stack.enter_context(Core(self.sim, lab=self.lab))
        self.lab.configure(ca_file=self.sim.ca, egress_file=self.core.egress)
        face = self.sim.face()
        got = self.core.run(
            "connection", "add", "main", server=f"{face['host']}:{face['port']}", mailbox="svc@example.test", login="EXAMPLE\\svc",
            method="delegate", signin=signin, password=SECRET)
        self.id = got.value["id"]

    def start(self, **env):
        self.lab.start_engine(env)
        return self

    def row(self):
        with contextlib.closing(sqlite3.connect(self.lab.db, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            row = db.execute("SELECT * FROM health").fetchone()
        return {**row, "state": STATES[row["state"]]} if row else {"state": None}

    def state(self):
        return self.row()["state"]

    def becomes(self, state, seconds=20):
        return until(lambda: self.state() == state, seconds)

    def due(self):
        """The time of the next look has come, whatever it was."""
        self.lab.sql("UPDATE health SET next_at = 1 WHERE next_at > 0")

    def looked(self, seconds=20):
        """One look from now, and its end."""
        before = self.row()["tried_at"]
        time.sleep(1.1)
        self.due()
        return until(lambda: self.row()["tried_at"] > before and self.row()["next_at"] != 1, seconds)

    def asked(self, since):
        """About the connection's own mailbox: members are looked at besides."""
        return [e for e in self.sim.log(since) if e.get("op") == "GetFolder" and e.get("mailbox") == "svc@example.test"]

    def attempts(self, since):
        """Requests that showed a password."""
        return [e for e in self.sim.log(since) if e.get("login")]

    def last(self):
        return self.sim.counts()["last"]

    def audit(self, action):
        return [d for (d,) in self.lab.sql("SELECT detail FROM audit WHERE action = ? ORDER BY seq", action)]

    def days(self):
        return self.lab.sql("SELECT sum(well), sum(slowed), sum(down), sum(paused) FROM health_day")[0]

    def log(self, event):
        return [line for line in self.lab.log("engine").splitlines() if f"event={event} " in line]


def test_well(tap):
    """Looked at soon after the start, once each time, on the same signed-in connection; a restart changes no since."""
    with contextlib.ExitStack() as stack:
        h = House(stack, "ntlm")
        since = h.last()
        h.start()
        tap.ok(h.becomes("well"), "a live connection is looked at by itself", h.lab.log("engine"))
        row = h.row()
        tap.ok(row["ok_at"] and row["reason"] == "ok" and "svc@example.test" in row["say"] and row["version"].startswith("15."),
               "what was seen is kept", str(row))
        tap.ok(280 <= row["next_at"] - row["tried_at"] <= 301, "the next look comes in five minutes", str(row))
        shown = len(h.attempts(since))
        again = h.last()
        tap.ok(h.looked() and len(h.asked(again)) == 1, "a look is one question", str(h.sim.log(again)))
        tap.ok(shown and len({e.get("connection") for e in h.asked(since) if e.get("status", 200) == 200}) == 1,
               "and goes over the connection that is signed in", str(h.asked(since)))
        tap.same(len(h.audit("connection.state")), 1, "the audit log has the change, and no row for each look")
        tap.same(len(h.log("connection.state")), 1, "so has the log")
        before = h.row()["since"]
        h.lab.stop("engine")
        time.sleep(1.1)
        started = int(time.time())
        h.start()
        tap.ok(until(lambda: h.row()["tried_at"] >= started, 20), "an engine that starts looks soon")
        tap.same((h.row()["since"], h.state()), (before, "well"), "and the state is as old as it was")
        calls = h.lab.sql("SELECT sum(calls), sum(failed), sum(ms) FROM health_calls")[0]
        tap.ok(calls[0] == 3 and calls[1] == 0 and calls[2] > 0, "each call is counted, with its time", str(calls))


def test_away(tap):
    """A server that goes: one failure is no news, two are; what was good is not forgotten; it comes back by itself."""
    with contextlib.ExitStack() as stack:
        h = House(stack).start()
        tap.ok(h.becomes("well"), "well")
        ok_at = h.row()["ok_at"]
        h.sim.do("fault gone reset face ews")
        tap.ok(h.looked(60), "a first failure")
        row = h.row()
        tap.ok(row["state"] == "well" and row["fails"] == 1 and row["next_at"] - row["tried_at"] == 30,
               "leaves the state, and the next look comes soon", str(row))
        tap.ok(h.looked(60) and h.state() == "unreachable", "a second one is told", str(h.row()))
        row = h.row()
        tap.ok(row["ok_at"] == ok_at and row["reason"] == "connection_lost" and row["tried_at"] > ok_at, "the last success stands", str(row))
        tap.ok(20 <= row["next_at"] - row["tried_at"] <= 60, "it is tried again by itself", str(row))
        tap.same(h.log("notice"), [], "nobody is told at once")
        h.lab.sql("UPDATE health SET since = since - 400, counted_to = counted_to - 400")
        tap.ok(h.looked(60) and h.log("notice"), "after five minutes people are told", h.lab.log("engine")[-2000:])
        h.sim.do("no-fault all")
        tap.ok(h.looked(60) and h.state() == "well", "and it is well again by itself", str(h.row()))
        kinds = [line.split("kind=")[1].split()[0] for line in h.log("notice")]
        tap.same(kinds, ["connection_unreachable", "connection_well"], "which those who were told are told")
        well, _, down, _ = h.days()
        tap.ok(down >= 400 and well >= 1, "the time it was away is counted", str(h.days()))
        tap.same([d.split(":")[0] for d in h.audit("connection.state")],
                 ["from new to well", "from well to unreachable", "from unreachable to well"], "each change is in the audit log")


def test_refused(tap):
    """A password that was changed elsewhere: stopped at once, and not one sign-in more, by engine and command line."""
    for signin in ("basic", "ntlm"):
        with contextlib.ExitStack() as stack:
            h = House(stack, signin).start()
            tap.ok(h.becomes("well"), f"{signin}: well")
            # A signed-in connection outlives a change of password: let it be a new one.
            h.lab.stop("engine")
            h.sim.do(f'mailbox svc@example.test\n\tnew-password "{OTHER}"')
            h.lab.sql("UPDATE signin SET proven_at = 1")
            since = h.last()
            h.start()
            tap.ok(h.becomes("stopped"), f"{signin}: stopped at once", str(h.row()))
            row = h.row()
            refused = [e for e in h.attempts(since) if e["status"] == 401]
            tap.ok(row["next_at"] == 0 and row["refused"] == 1 and row["reason"] == "signin_refused", f"{signin}: and says why", str(row))
            tap.same(len(refused), 1, f"{signin}: one sign-in was refused")
            since = h.last()
            h.lab.sql("UPDATE health SET next_at = 1")
            time.sleep(2.5)
            got = [h.core.run("ews", "test", connection=h.id) for _ in range(2)]
            h.core.run("connection", "test", str(h.id), json_out=False)
            h.lab.stop("engine")
            h.start()
            time.sleep(3)
            tap.ok(not h.attempts(since) and h.state() == "stopped" and all(g.code for g in got),
                   f"{signin}: 0 sign-ins by looks, tests, command line and a new engine", str(h.attempts(since)))
            tap.ok(h.log("notice") and len(h.log("notice")) == 1 and "connection_stopped" in h.log("notice")[0],
                   f"{signin}: people are told once", "\n".join(h.log("notice")))
            told = h.core.run("doctor", json_out=False).out
            tap.ok("is stopped" in told, f"{signin}: doctor says so", told)
            h.sim.do(f'mailbox svc@example.test\n\tnew-password "{SECRET}"')
            got = h.core.run("ews", "test", connection=h.id, again=True)
            tap.ok(got.code == 0 and h.becomes("well"), f"{signin}: when somebody has proved it again, it is looked at by itself", repr(got))


def test_refused_elsewhere(tap):
    """The command line meets the refusal: the engine stops without a sign-in of its own."""
    with contextlib.ExitStack() as stack:
        h = House(stack).start()
        tap.ok(h.becomes("well"), "well")
        h.sim.do(f'mailbox svc@example.test\n\tnew-password "{OTHER}"')
        h.lab.sql("UPDATE signin SET proven_at = 1")
        since = h.last()
        got = h.core.run("ews", "test", connection=h.id)
        tap.ok(got.code and h.becomes("stopped"), "the engine knows it at once", f"{got!r}\n{h.row()}")
        tap.ok(len(h.attempts(since)) == 1, "and has shown no password itself", str(h.attempts(since)))


def test_slowed(tap):
    """Throttled: slowed, for as long as the server asked."""
    with contextlib.ExitStack() as stack:
        h = House(stack).start()
        tap.ok(h.becomes("well"), "well")
        h.sim.do("fault busy soap-fault ErrorServerBusy:200000 op GetFolder")
        tap.ok(h.looked(30) and h.state() == "slowed", "a server that asks for less makes it slowed", str(h.row()))
        row = h.row()
        tap.ok(190 <= row["next_at"] - row["tried_at"] <= 230, "and is left alone as long as it asked", str(row))


def test_paused(tap):
    """Paused: no calls, and the time is counted as that; resumed: looked at again."""
    with contextlib.ExitStack() as stack:
        h = House(stack).start()
        tap.ok(h.becomes("well"), "well")
        h.lab.sql("UPDATE connection SET paused_at = ?, paused_by = 'Ada', rev = rev + 1", int(time.time()))
        tap.ok(h.becomes("paused"), "paused", str(h.row()))
        since = h.last()
        tap.same(h.row()["next_at"], 0, "no look is due")
        time.sleep(3)
        tap.same(h.sim.log(since), [], "nothing is asked")
        h.lab.sql("UPDATE connection SET paused_at = 0, rev = rev + 1")
        tap.ok(h.becomes("well") and h.asked(since), "resumed, it is looked at at once", str(h.row()))
        tap.ok(h.days()[3] >= 2, "the pause is counted as that", str(h.days()))
        h.sim.do("premise hq", "latency base 2000")
        since = h.last()
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(h.core.run, "connection", "test", str(h.id))
            until(lambda: h.lab.sql("SELECT count(*) FROM job WHERE kind = 'test' AND state = 1")[0][0], 10, 0.02)
            h.lab.sql("UPDATE connection SET paused_at = ?, rev = rev + 1", int(time.time()))
            got = job.result()
        tap.ok("paused meanwhile" in str(got.value) and not h.attempts(since), "a test that is under way asks nothing more", got)


def test_time(tap):
    """Seconds add up; time without an engine is nobody's."""
    with contextlib.ExitStack() as stack:
        h = House(stack).start()
        tap.ok(h.becomes("well"), "well")
        h.lab.sql("UPDATE health SET counted_to = counted_to - 500, since = since - 500")
        tap.ok(h.looked() and 500 <= sum(h.days()) <= 530, "seconds since the last count are added", str(h.days()))
        h.lab.stop("engine")
        counted = sum(h.days())
        h.start(LATCHKEY_CLOCK="36000")
        tap.ok(until(lambda: h.row()["tried_at"] > time.time() + 30000, 20), "ten hours later")
        tap.ok(sum(h.days()) - counted < 30, "nobody knows how it did meanwhile, and nothing is counted", str(h.days()))


def test_expiry(tap):
    """A secret that is known to end: told 60, 30, 14, 7 and 1 days before and once after, each once."""
    with contextlib.ExitStack() as stack:
        h = House(stack)
        end = int(time.time()) + 61 * 86400
        h.lab.sql("UPDATE credential SET expires = ?", end)
        for day, told in ((0, 0), (1, 1), (1, 1), (20, 1), (31, 2), (47, 3), (54, 4), (60, 5), (62, 6), (63, 6)):
            h.start(LATCHKEY_CLOCK=str(day * 86400 + 60))
            until(lambda: len(h.audit("credential.expiry")) == told and h.becomes("well"), 10)
            time.sleep(0.3)
            tap.same(len(h.audit("credential.expiry")), told, f"after {day} days: {told} notices")
            h.lab.stop("engine")
        rows = h.audit("credential.expiry")
        tap.ok("ends on" in rows[0] and "has ended" in rows[-1], "in words", str(rows))
        log = h.lab.log("engine")
        tap.ok(SECRET not in log, "and the log knows no secret")


run(Tap(), test_well, test_away, test_refused, test_refused_elsewhere, test_slowed, test_paused, test_time, test_expiry)
