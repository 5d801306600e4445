"""The engine's verdicts are true: ten thousand members of every sort, by every method; then what changes is found."""

import contextlib
import os
import sys
import time

import worldlab
from lab import Tap, run, until
from memberlab import House

COUNT = int(os.environ.get("LATCHKEY_MEMBERS", 500 if "--small" in sys.argv else 10000))


def every_method(tap, h):
    for method in ("delegate", "impersonation", "dedicated"):
        begun = time.monotonic()
        if method != h.method:
            h.choose(method)
        done = h.settled()
        took = time.monotonic() - begun
        wrong = h.wrong()
        tap.ok(done and not wrong, f"{method}: {len(h.people)} members stand as they can be seen ({took:.0f} s)", "\n".join(wrong[:30]))
        tap.same(h.miscounted(), {}, f"{method}: kept counts are true")


def test_world(tap):
    with contextlib.ExitStack() as stack:
        people = worldlab.members(COUNT)
        h = House(stack, people, off=range(50, COUNT, 97))
        h.lab.start_engine()
        every_method(tap, h)


run(Tap(), test_world)
