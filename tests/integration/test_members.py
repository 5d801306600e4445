"""The engine's verdicts are true: ten thousand members of every sort, by every method; then what changes is found.

What changes is dated, and nothing else does; what a server that fails says overwrites nothing.
"""

import contextlib
import os
import re
import sys
import time

import worldlab
from changelab import CHANGES, Look, change, found
from corelab import Core
from coreworld import SECRET
from lab import SRC, Tap, run, until
from memberlab import DONE, PERSON, ROOM, House
from simlab import Sim

SMALL = "--small" in sys.argv
COUNT = 500 if SMALL else 10000
OTHER = "amber whistle at noon"
SCOPED = ("scope cut", "into the scope", "EWS off", "EWS on", "disabled", "enabled", "removed", "moved back", "full", "well again", "moving", "moved")


def stands(tap, h, took):
    wrong = h.wrong()
    tap.ok(not wrong, f"{h.method}: {len(h.people)} members stand as they can be seen ({took:.0f} s)", "\n".join(wrong))
    tap.same(h.miscounted(), {}, f"{h.method}: kept counts are true")


def by(tap, h, method):
    begun = time.monotonic()
    if method != h.method:
        h.choose(method)
    tap.ok(h.settled(), f"{method}: all are looked at")
    stands(tap, h, time.monotonic() - begun)


def changes(tap, h, count, kinds, pick):
    """pick: whom a person asks to look at; None = everybody."""
    everybody = {m.n for m in h.people}
    with Look(h, everybody) as look:
        changed = change(h, count, kinds, seed=len(kinds))
        if pick:
            look.looked = set(changed) | set(sorted(everybody - set(changed))[: pick - len(changed)])
            jobs = [h.ask([m.id for m in h.people if m.n in look.looked])]
        else:
            jobs = [h.ask(kind) for kind in (PERSON, ROOM)]
        ended = [h.ended(job) for job in jobs]
        trouble = look.trouble()
    verdicts, others = found(h, look, changed)
    tap.ok(all(state == DONE for state, _ in ended) and not trouble,
           f"{h.method}: {count} changes of {len(set(changed.values()))} kinds are found and dated, and nothing else changes", "\n".join([str(ended), *trouble]))
    tap.ok(verdicts > count / 4 and others > count / 20, f"{h.method}: {verdicts} other verdicts, {others} other rights or attempts that fail")
    tap.same(h.miscounted(), {}, f"{h.method}: kept counts are true after it")


def test_world(tap):
    """One world for all: a method after the other, and what changes under each."""
    with contextlib.ExitStack() as stack:
        h = House(stack, worldlab.members(COUNT), off=range(50, COUNT, 97))
        h.lab.start_engine()
        by(tap, h, "delegate")
        delegated = [kind for kind in CHANGES if kind not in ("scope cut", "into the scope", "EWS off", "EWS on")]
        changes(tap, h, 30 if SMALL else 350, delegated, None)
        by(tap, h, "impersonation")
        changes(tap, h, 30 if SMALL else 150, SCOPED, 100 if SMALL else 800)
        by(tap, h, "dedicated")


OUTAGES = {
    "an outage": "status 503 face ews",
    "connections lost": "reset face ews",
    "nobody listens": "refuse face ews",
    "throttled": "soap-fault ErrorServerBusy:2000 face ews",
    "stores unavailable": "item-error ErrorMailboxStoreUnavailable op GetFolder",
}


def outage(tap, h):
    """A server in trouble says nothing about anybody; when it is well again, the same check finds everything."""
    job = None
    with Look(h, {m.n for m in h.people if not m.facts.room}) as look:
        for what, fault in OUTAGES.items():
            h.sim.do("no-fault all", f"fault f {fault}")
            job = job or h.ask(PERSON)
            since = h.sim.counts()["last"]
            time.sleep(2)
            trouble = look.trouble(silent=True)
            tap.ok(not trouble, f"{what}: no verdict is overwritten", "\n".join([*trouble, str(h.sim.log(since))[:300]]))
        h.sim.do("no-fault all")
        state, _ = h.ended(job)
    tap.same(state, DONE, "when it is well again, the same check goes to its end")
    slow(tap, h, "and the next")


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


def slow(tap, h, what, *lines):
    """A server that asks for less is asked less, and the answers are as true."""
    with Look(h, {m.n for m in h.people if not m.facts.room}) as look:
        if lines:
            h.sim.do(*lines)
        state, outcome = h.check(PERSON)
        trouble = look.trouble()
        h.sim.do("no-fault all")
    tap.ok(state == DONE and not trouble, f"{what}: everything is found all the same", "\n".join([outcome, *trouble]))


def again(h):
    """Somebody proves the secret once more."""
    return h.core.run("ews", "test", connection=h.connection, again=True)


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
            for method in worldlab.METHODS:
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
