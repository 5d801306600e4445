"""The engine's verdicts are true: ten thousand members of every sort, by every method; then what changes is found.

What changes is dated, and nothing else does; what a server that fails says overwrites nothing.
"""

import contextlib
import os
import sys
import time

import worldlab
from changelab import CHANGES, Look, change, found
from lab import Tap, run, until
from memberlab import DONE, PERSON, ROOM, House

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


run(Tap(), test_world)
