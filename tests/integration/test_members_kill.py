"""Killed at random moments: the engine, the portal, the command line. Nobody is lost or doubled, and the job ends."""

import contextlib
import os
import random
import signal
import subprocess
import time

import worldlab
from lab import Tap, fcgi_params, fcgi_request, fcgi_talk, run, until
from memberlab import DONE, PERSON, VERDICT, House

COUNT = 2000


class Check:
    """A job that is killed: how it begins, and what must be so when it has ended."""

    kind = "check"

    def __init__(self, h):
        self.h, self.ids = h, [r["id"] for r in h.sql("SELECT id FROM member ORDER BY id")]

    def begin(self):
        self.h.ask(PERSON)

    def under_way(self):
        return self.h.sql("SELECT 1 FROM job WHERE kind = ? AND state < 2 LIMIT 1", self.kind)

    def wrong(self):
        h = self.h
        told = h.sql("SELECT member_id, count(*) AS n FROM member_event WHERE what = ? GROUP BY 1 HAVING n > 1", VERDICT)
        yield from h.wrong()
        yield from (f"told {r['n']} times: {r['member_id']}" for r in told)
        yield from (f"counted: {x}" for x in h.miscounted().items())
        if [r["id"] for r in h.sql("SELECT id FROM member ORDER BY id")] != self.ids:
            yield "members were lost or doubled"
        yield from (f"{tuple(r)}" for r in h.sql("SELECT id, state, outcome FROM job WHERE kind = ? AND state <> ?", self.kind, DONE))
        yield from (f"progress {tuple(r)}" for r in h.sql("SELECT job_id, done, total FROM job_progress WHERE done <> total"))
        yield from (f"marked: {r['id']}" for r in h.sql("SELECT id FROM member WHERE asked > 0"))


def kill_engine(h):
    h.lab.stop("engine", signal.SIGKILL)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(h.lab.bell)
    h.lab.start_engine()


def kill_portal(h):
    """With a request under way, or just before."""
    with contextlib.suppress(OSError):
        fcgi_talk(h.lab.socket, fcgi_request(fcgi_params("/health")), 2)
    h.lab.stop("portal", signal.SIGKILL)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(h.lab.socket)
    h.lab.start_portal()


def kill_command(h, chance):
    """A command that uses the same connection, and the same rows about its sign-in."""
    args = [h.lab.program("latchkey"), "-c", h.lab.conf, "ews", "calendars", "--connection", str(h.connection), h.people[0].address]
    with subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as proc:
        time.sleep(chance.uniform(0.02, 0.3))
        proc.kill()


KILLERS = (lambda h, chance: kill_engine(h), lambda h, chance: kill_portal(h), kill_command)
KILLS = 50 * len(KILLERS) if os.environ.get("LATCHKEY_LONG") else 10


def killed(tap, h, work, seed=11):
    """work: what is under way while each of the processes is killed in its turn."""
    chance, hits = random.Random(seed), 0
    until(work.under_way, 30)
    for n in range(KILLS):
        if not work.under_way():
            work.begin()
        time.sleep(chance.uniform(0.1, 0.7))
        hits += bool(work.under_way())
        KILLERS[n % len(KILLERS)](h, chance)
    done = until(lambda: not work.under_way(), 120, 0.2) and h.settled()
    wrong = list(work.wrong())
    tap.ok(done and not wrong, f"{work.kind}: killed {KILLS} times: nobody is lost, doubled or wrong, and it ends", "\n".join(wrong))
    tap.ok(hits > KILLS / 2, f"{hits} of them while it was under way")


def test_check(tap):
    with contextlib.ExitStack() as stack:
        h = House(stack, worldlab.members(COUNT), more=("latency base 60",))
        work = Check(h)
        h.lab.start_engine()
        h.lab.start_portal()
        killed(tap, h, work)


run(Tap(), test_check)
