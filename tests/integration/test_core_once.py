"""Bookings exactly once, whatever goes wrong: `latchkey ews book`, `change` and `cancel` under every fault.

Each fault strikes the request that makes, changes or removes the booking: before it, after it was done, in the middle
of the answer; once, and as long as it stands. What the command says must be true: "ok" and it is so, anything else and
the same command again makes it so. There is never a second one, and never one too few.
"""

import os
from collections import namedtuple

from farm import Farm
from lab import Tap, run

PLACES = 24
LONG = os.environ.get("LATCHKEY_LONG")

# What a kind takes, where its usual argument would only take time; several rows for a kind.
ARGUMENTS = {
    "silence": ("1000",),
    "done-silence": ("1000",),
    "delay": ("800",),
    "slow-head": ("800",),
    "slow-body": ("800",),
    "huge": ("33",),
    "gzip-bomb": ("40",),
    "status": ("503", "503:1", "429:1", "500", "408", "401", "403", "302"),
    "soap-fault": ("ErrorServerBusy:1000", "ErrorInternalServerError", "ErrorTimeoutExpired"),
    "soap-fault-200": ("ErrorServerBusy:1000",),
    # No 401: who is not signed in has not been heard by Exchange.
    "done-status": ("500", "503:1", "429:1", "408", "403", "413"),
    "done-soap-fault": (
        "ErrorInternalServerError", "ErrorServerBusy:1000", "ErrorTimeoutExpired", "ErrorInternalServerTransientError",
        "ErrorRequestAborted", "ErrorMailboxMoveInProgress", "ErrorAccessDenied",
    ),
    "item-error": (
        "ErrorMailboxMoveInProgress", "ErrorItemSave", "ErrorTimeoutExpired", "ErrorIrresolvableConflict", "ErrorMailboxFailover",
        "ErrorInternalServerError", "ErrorAccessDenied", "ErrorServerBusy", "ErrorItemNotFound",
    ),
    "inner-error": ("ErrorADUnavailable",),
    "missing": ("ResponseCode", "ItemId", "Items"),
}
# They are told of no operation: nothing is asked of Exchange at all.
BEFORE_ALL = ("refuse", "reset-connect", "tls")
# What waits as long as it stands would never end.
ENDLESS = ("ErrorServerBusy", "429", "503:1", "inner-error", "item-error ErrorServerBusy")

# whole: change and cancel meet it, too
Case = namedtuple("Case", "number fault times whole")


def name_of(case):
    return f"{case.fault}, {'once' if case.times == 1 else f'{case.times} times' if case.times else 'standing'}"


class Story:
    """A booking's life at one place, and what was wrong in it."""

    def __init__(self, place, case):
        self.place, self.case, self.wrong, self.told = place, case, [], []
        self.tag = f"tag{case.number}"
        self.first, self.second = f"First {self.tag}", f"Second {self.tag}"

    def do(self, what, **options):
        got = self.place.ews(what, self.place.anna, self.tag, seconds=170, **options)
        reason = got.reason or ("ok" if got.value and got.value.get("ok") else repr(got))
        self.told.append(f"{what}: {reason}" + (f" ({got.value['outcome'][0]['said']})" if got.value and "outcome" in got.value else ""))
        return reason

    def book(self):
        return self.do("book", subject=self.first, start="2027-03-02T09:00Z", end="2027-03-02T10:00Z")

    def ours(self):
        return [subject for subject in self.place.calendar() if subject.endswith(" " + self.tag)]

    def check(self, good, what):
        if not good:
            self.wrong.append(f"{what}; in the calendar: {self.ours()}")

    def act(self, what, ops, after, **options):
        """One act under the fault, then the same again without: `after` must lie in the calendar, never more than one."""
        before = self.ours()
        limit = f"times {self.case.times}" if self.case.times else ""
        kind = self.case.fault.split()[0]
        faults = [self.case.fault] if kind in BEFORE_ALL else [f"{self.case.fault} op {op} {limit}" for op in ops]
        with self.place.fault(*faults):
            reason = self.do(what, **options)
        now = self.ours()
        self.check(now in (before, after), f"{what} left something else")
        self.check(reason != "ok" or now == after, f"{what} says ok, but it is not so")
        self.check(self.do(what, **options) == "ok", f"{what} once more is not ok")
        self.check(self.ours() == after, f"{what} once more does not make it right")

    def live(self):
        when = {"start": "2027-03-02T09:00Z", "end": "2027-03-02T10:00Z"}
        self.act("book", ["CreateItem"], [self.first], subject=self.first, **when)
        if self.case.whole:
            self.act("change", ["UpdateItem"], [self.second], subject=self.second)
            self.act("cancel", ["DeleteItem"], [])
        return self


def cases_of(farm):
    cases = []
    for kind in farm.kinds():
        for argument in ARGUMENTS.get(kind, ("",)):
            usual = argument == ARGUMENTS.get(kind, ("",))[0]
            fault = f"{kind} {argument}".strip()
            endless = any(word in fault for word in ENDLESS)
            for times in (1, 2 if endless else 0):
                if times == 1 and kind in BEFORE_ALL or times != 1 and not usual and not LONG:
                    continue
                cases.append(Case(len(cases), fault, times, times == 1 or LONG))
    # Standing faults take longest.
    return sorted(cases, key=lambda c: c.times != 0)


def live(place, case):
    return Story(place, case).live()


def test_once(tap):
    with Farm(PLACES) as farm:
        for case, story in farm.each(cases_of(farm), live):
            if isinstance(story, Exception):
                tap.ok(False, name_of(case), str(story)[:2000])
            else:
                tap.ok(not story.wrong, name_of(case), "\n".join(story.wrong + story.told))


run(Tap(), test_once)
