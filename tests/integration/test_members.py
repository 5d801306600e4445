"""The engine's verdicts are true: ten thousand members of every sort, by every method; then what changes is found.

What changes is dated, and nothing else does; what a server that fails says overwrites nothing.
"""

import contextlib
import os
import re
import sys
import time

import worldlab
from changelab import CHANGES, Look, again, by, changes, outage, slow
from corelab import Core
from coreworld import SECRET
from lab import SRC, Tap, run, until
from memberlab import DONE, PERSON, ROOM, House
from simlab import Sim

SMALL = "--small" in sys.argv
COUNT = 500 if SMALL else 10000
OTHER = "amber whistle at noon"
OTHERS = ("password changed", "the old password again")  # of members' own sign-ins: test_members_own.py
SCOPED = ("scope cut", "into the scope", "EWS off", "EWS on", "disabled", "enabled", "removed", "moved back", "full", "well again", "moving", "moved")


def test_world(tap):
    """One world for all: a method after the other, and what changes under each."""
    with contextlib.ExitStack() as stack:
        h = House(stack, worldlab.members(COUNT), off=range(50, COUNT, 97))
        h.lab.start_engine()
        by(tap, h, "delegate")
        delegated = [kind for kind in CHANGES if kind not in (*OTHERS, "scope cut", "into the scope", "EWS off", "EWS on")]
        changes(tap, h, 30 if SMALL else 350, delegated, None)
        by(tap, h, "impersonation")
        changes(tap, h, 30 if SMALL else 150, SCOPED, 100 if SMALL else 800)
        by(tap, h, "dedicated")


def broken(tap, h):
    """One machine of two that refuses every sign-in."""
    with Look(h, {m.n for m in h.people}) as look:
        h.sim.do("premise hq", "front-end EX01", "front-end EX02 broken")
        _, outcome = h.check(PERSON)
        trouble = look.trouble(silent=True)
        tap.ok(not trouble, "one bad front end: no verdict is overwritten", "\n".join([outcome, *trouble]))
    h.sim.do("premise hq", "no-front-end EX02")
    again(h)
    until(lambda: h.sql("SELECT 1 FROM health WHERE state = 1"), 20)
    slow(tap, h, "it is taken out")


def stopped(tap, h):
    """The password was changed elsewhere: one sign-in shows it, and no check starts another."""
    everybody = {m.n for m in h.people}
    with Look(h, everybody) as look:
        since = h.sim.counts()["last"]
        h.sim.do(f"mailbox {worldlab.SVC}", f'new-password "{OTHER}"')
        ended = h.check(PERSON)
        tap.same(h.shown(since), [401], f"a changed password is shown once ({ended})")
        since = h.sim.counts()["last"]
        h.check(PERSON)
        h.lab.stop("engine")
        h.sql("UPDATE member SET next_at = 1 WHERE off_at = 0")
        h.lab.start_engine()
        h.ask(ROOM)
        time.sleep(3)
        tap.same(h.shown(since), [], "and never again: by a check on request, by looks that are due, by another engine")
        trouble = look.trouble(silent=True)
        tap.ok(not trouble, "nothing is overwritten by it", "\n".join(trouble))
    h.sim.do(f"mailbox {worldlab.SVC}", f'new-password "{SECRET}"')
    got = again(h)
    seen = until(lambda: not h.sql("SELECT 1 FROM member WHERE off_at = 0 AND tried_at < ? LIMIT 1", look.begun), 60)
    tap.ok(got.code == 0 and seen, "when somebody has proved it again, everybody is looked at by themselves", repr(got))


def test_failing(tap):
    """A server that fails, is slow, refuses: what was seen stays, and what is there is found."""
    with contextlib.ExitStack() as stack:
        h = House(stack, worldlab.members(300))
        h.lab.start_engine()
        by(tap, h, "delegate")
        outage(tap, h)
        slow(tap, h, "throttled now and then", "fault f soap-fault ErrorServerBusy:300 chance 30% face ews")
        slow(tap, h, "two requests at a time", "premise hq", "throttle concurrency 2")
        broken(tap, h)
        stopped(tap, h)


def rows_of(text):
    """The table of the page: {(status, reason): (who acts, methods, verified)}"""
    cells = [[c.strip(" `") for c in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ") and "`" in line]
    return {(c[0], c[1]): (c[2], c[3], c[5]) for c in cells}


def test_doc(tap):
    """What each class rests on is written down, and what is unverified says so."""
    with open(os.path.join(SRC, "doc", "VERDICTS.md"), encoding="utf-8") as f:
        text = f.read()
    mine = {key: (*row, "unverified" if key in worldlab.UNVERIFIED else "verified") for key, row in worldlab.classes(worldlab.members(10000)).items()}
    tap.same(rows_of(text), mine, "doc/VERDICTS.md has every class that the oracle knows")
    with open(os.path.join(SRC, "src", "exchange", "reason.h"), encoding="utf-8") as f:
        about = f.read().partition("/* One member. */")[2].partition("/*")[0]
    missing = [code for code in re.findall(r'"(\w+)"', about) if f"`{code}`" not in text]
    tap.same(missing, [], "and every reason that is about one member")


# Where nobody knows what a real server does, verdicts are true with each value; and on each product.
SERVERS = (
    ("2007sp1", (), worldlab.Server(old=True)),
    ("2010sp2", (), worldlab.Server()),
    ("se", (), worldlab.Server()),
    ("2016", ("unsure denial rights-false", "unsure editor-modify true"), worldlab.Server()),
    ("2016", ("unsure denial ErrorAccessDenied", "unsure pr-rights hidden"), worldlab.Server(rights=False)),
    ("2016", ("unsure denial ErrorFolderNotFound", "unsure busy-hybrid ErrorProxyRequestProcessingFailed"), worldlab.Server(hybrid=False)),
    ("2016", ("unsure busy-unknown ErrorProxyRequestProcessingFailed",), worldlab.Server(unknown="mailbox_elsewhere")),
)


def differs(row, want):
    """A row of `latchkey ews calendars` beside the oracle."""
    word = {worldlab.NO: "no", worldlab.YES: "yes"}
    known = dict(want.grants)
    if want.status is None:
        return (row["status"], row["reason"] in want.tried) != ("unknown", True)
    note = "" if want.note == "ok" else want.note
    is_ = (row["status"], row["reason"], row["who"], row["reach"], row["note"], row["read"], row["create"], row["change_own"])
    who = want.fixer.replace("_", " ").capitalize()
    return is_ != (want.status, want.reason, who, want.reach, note, *(word.get(known.get(k), "?") for k in ("read", "create", "change")))


def test_servers(tap):
    """The same people on other products, and where nobody knows for sure: by the command line, with no store between."""
    people = worldlab.members(200)
    for product, more, server in SERVERS:
        with Sim(lines=worldlab.world(people, product, more)) as sim, Core(sim) as core:
            wrong = []
            for method in worldlab.OF_ALL:
                by = {m.address: m for m in people}
                got = core.ews("calendars", "--file", "-", data="\n".join(by), premise="hq", mailbox=worldlab.SVC, password=SECRET, method=method)
                wants = {r["address"]: worldlab.oracle(by[r["address"]].facts, method, server) for r in got.value}
                wrong += [f"{method} {by[r['address']].facts}: want {wants[r['address']]}, got {r}" for r in got.value if differs(r, wants[r["address"]])]
                wrong += [f"{method}: {len(got.value)} of {len(by)}"] if len(got.value) != len(by) else []
            tap.ok(not wrong, f"{product} {', '.join(more)}: {len(people)} members", "\n".join(wrong))
    with Sim(lines=worldlab.world(people)) as sim, Core(sim) as core:
        got = core.ews("calendars", worldlab.SVC, premise="hq", mailbox=worldlab.SVC, password=OTHER, method="personal").value
        tap.same([(r["status"], r["reason"], r["who"]) for r in got], [("action_needed", "signin_refused", "Member")], "one's own password is one's own to mend")


run(Tap(), test_doc, test_servers, test_world, test_failing)
