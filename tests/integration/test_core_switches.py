"""Who can be reached, as the product says and as it really is, in a world with every sort of member; with every value
of every switch of the simulator, because nobody knows for sure which of them real servers do.

What is expected is worked out here, from what an eye of its own sees on the wire; nothing of it from the product.
"""

import datetime
import itertools
import os
import subprocess
import traceback

from corelab import Core
from coreworld import BERLIN, MONDAY, PEOPLE, PLANTED, SECRET, Eye, local, stamp, world
from lab import Tap, run
from simlab import Sim

PREMISES = ("p2007", "p2010", "p2013", "p2016", "pse")
LONG = bool(os.environ.get("LATCHKEY_LONG"))
NEXT = itertools.count(1)
EDIT_OWN, DELETE_OWN = 8, 16
MEMBERS = (*PEOPLE, "room1", "nobody", "anna.berg")
NEEDED = EDIT_OWN | DELETE_OWN


def closed(code, busy):
    """(status, reason) of a calendar that does not open."""
    if code in ("ErrorMailboxMoveInProgress", "ErrorMailboxStoreUnavailable"):
        return "unknown", "mailbox_moving"
    missing = code in ("ErrorNonExistentMailbox", "ErrorMailRecipientNotFound")
    if busy == "NoError":
        reason = "mailbox_elsewhere" if missing else "address_is_alias" if code == "ErrorNonPrimarySmtpAddress" else "busy_time_only"
        return "limited", reason
    return ("blocked", "no_mailbox") if missing else ("action_needed", "not_delegated")


def as_delegate(seen, busy):
    code, read, create, bits = seen
    if code != "NoError" or not (read or create):
        return closed(code, busy)
    enough = read and create and (bits is None or bits & NEEDED == NEEDED)
    return ("connected", "ok") if enough else ("limited", "rights_too_low")


def as_them(seen, busy):
    code = seen[0]
    if code == "NoError":
        return "connected", "ok"
    if code in ("ErrorImpersonateUserDenied", "ErrorImpersonationDenied"):
        return ("limited" if busy == "NoError" else "blocked"), "outside_scope"
    if code == "HTTP403":
        return ("limited" if busy == "NoError" else "blocked"), "member_ews_refused"
    status, reason = closed(code, busy)
    return status, reason


def by_busy(busy):
    if busy == "NoError":
        return "connected", "ok"
    known = {
        "ErrorMailRecipientNotFound": ("blocked", "no_mailbox"),
        "ErrorProxyRequestProcessingFailed": ("blocked", "mailbox_elsewhere"),  # nobody can know: not here
        "ErrorMailboxLogonFailed": ("unknown", "mailbox_unavailable"),
    }
    if busy in known:
        return known[busy]
    return "action_needed", "busy_time_denied"


class World:
    def __init__(self, sim, core):
        self.sim, self.core, self.eye = sim, core, Eye(sim)

    def ews(self, p, *words, **more):
        return self.core.ews(*words, **{"premise": p, "mailbox": f"svc@{p}.test", "password": SECRET, **more})

    def verdicts(self, p, method, members=MEMBERS, **more):
        got = self.ews(p, "calendars", *(m if "@" in m else f"{m}@{p}.test" for m in members), method=method, **more)
        if not isinstance(got.value, list):
            return {"": repr(got)}
        return {r["address"]: (r["status"], r["reason"]) for r in got.value}

    def expected(self, p, method, members=MEMBERS):
        out, me = {}, f"svc@{p}.test"
        for m in members:
            who = m if "@" in m else f"{m}@{p}.test"
            busy = self.eye.availability(p, me, who)
            if method == "dedicated":
                out[who] = by_busy(busy)
            elif method == "delegate":
                out[who] = as_delegate(self.eye.folder(p, me, who), busy)
            else:
                out[who] = as_them(self.eye.folder(p, me, acting_as=who), busy)
        return out


def differences(got, want):
    keys = sorted({*got, *want})
    return [f"{k}: got {got.get(k)}, want {want.get(k)}" for k in keys if got.get(k) != want.get(k)]


def verdicts(tap, w):
    """Each method's verdicts are what can be seen, on each product."""
    for p in ("p2007", "p2010", "p2013", "p2016"):
        for method in ("delegate", "impersonation", "dedicated"):
            elsewhere = "editor@p2007.test" if p != "p2007" else "editor@p2016.test"
            want = w.expected(p, method, (*MEMBERS, elsewhere))
            bad = differences(w.verdicts(p, method, (*MEMBERS, elsewhere)), want)
            tap.ok(not bad and len({*want.values()}) > 1, f"{p}: {method}, every sort of member", "\n".join(bad))
            plain = w.ews(p, "calendars", *want, method=method, json_out=False)
            lines = {line.split()[0]: line for line in plain.out.splitlines() if "@" in line[:40]}
            bad = [f"{k}: {lines.get(k)}" for k, v in want.items() if not all(word in lines.get(k, "").split() for word in v)]
            tap.ok(not bad, f"{p}: {method}, the same for people", "\n".join(bad))
        got = w.verdicts(p, "personal", (f"svc@{p}.test",))
        tap.same(got, {f"svc@{p}.test": ("connected", "ok")}, f"{p}: personal")
        got = w.ews(p, "calendars", *(f"{m}@{p}.test" for m in MEMBERS), method="delegate", every_way=True)
        reach = {r["address"].partition("@")[0]: r["reach"] for r in got.value or []}
        want = {}
        for m in MEMBERS:
            who, me = f"{m}@{p}.test", f"svc@{p}.test"
            inbox = w.eye.folder(p, me, acting_as=who)[0] == "NoError"
            seen = w.eye.folder(p, me, who)
            opened = seen[0] == "NoError" and (seen[1] or seen[2])
            busy = w.eye.availability(p, me, who) == "NoError"
            want[m] = "full" if inbox or m == "full" else "calendar" if opened else "busy" if busy else "none"
        moving = {"moving"} | {m for m, r in reach.items() if r in ("unknown", "")}
        bad = differences({k: v for k, v in reach.items() if k not in moving}, {k: v for k, v in want.items() if k not in moving})
        tap.ok(not bad and moving == {"moving"}, f"{p}: how far every way reaches", "\n".join([*bad, str(moving)]))


# Switches


def weeks(first, days):
    """Anna's weekly event in UTC."""
    out = []
    for n in range(days):
        day = first + datetime.timedelta(n)
        if day.weekday() == 2:
            out.append((stamp(local(day, 17)), stamp(local(day, 17, 45)), "busy"))
    return out


def busy_rows(got, who):
    return [(r["start"], r["end"], r["kind"]) if r["reason"] == "ok" else r["reason"] for r in got.value or [] if r["address"] == who]


def long_busy(w, p, bad):
    """A hundred and fifty days, whatever the server's window and whatever change of the clock lies within."""
    first = MONDAY + datetime.timedelta(7)
    window = {"from": str(first), "to": str(first + datetime.timedelta(150)), "zone": "Europe/Berlin"}
    for deep in (False, True):
        got = w.ews(p, "busy", f"anna@{p}.test", f"nobody@{p}.test", method="delegate", from_calendar=deep, **window)
        rows = busy_rows(got, f"anna@{p}.test")
        bad += [] if rows == weeks(first, 150) else [f"busy{' from calendar' if deep else ''}: {rows[:3]} {len(rows)}"]
        rows = busy_rows(got, f"nobody@{p}.test")
        bad += [] if rows in (["no_mailbox"], ["mailbox_elsewhere"]) else [f"nobody: {rows}"]


def booking(w, p, bad):
    """Made once, cancelled, refused where one may not."""
    tag = f"lk-{next(NEXT)}"
    anna, times = f"anna@{p}.test", {"start": f"{MONDAY}T10:00", "end": f"{MONDAY}T11:00", "zone": "Europe/Berlin"}
    for existed in (False, True):
        got = w.ews(p, "book", anna, tag, subject="Ours", attendees=f"open@{p}.test", method="delegate", **times)
        said = got.value if got.code == 0 else {}
        good = [said.get(n) for n in ("existed", "in_place", "times_right", "twice")] == [existed, True, True, False]
        bad += [] if good else [f"book: {got!r}"]
    w.sim.deliver(600)
    there = w.eye.tagged(anna, tag)
    bad += [] if [(i.subject, i.start) for i in there] == [("Ours", local(MONDAY, 10, zone=BERLIN))] else [f"really: {there}"]
    mail = [i.kind for i in w.eye.items(f"open@{p}.test", "inbox")]
    bad += [] if mail == ["MeetingRequest"] else [f"mail: {mail}"]
    got = w.ews(p, "follow", anna, method="delegate")
    bad += [] if [r["booking"] for r in got.value or []] == [tag] else [f"follow: {got!r}"]
    got = w.ews(p, "cancel", anna, tag, hard=True, method="delegate")
    bad += [] if got.code == 0 and not w.eye.tagged(anna, tag) else [f"cancel: {got!r}"]
    w.sim.deliver(600)
    w.eye.empty(f"open@{p}.test", f"svc@{p}.test")
    got = w.ews(p, "book", f"reviewer@{p}.test", tag, subject="Not ours", method="delegate", **times)
    bad += [] if got.reason == "rights_too_low" else [f"reviewer: {got!r}"]
    got = w.ews(p, "book", f"author@{p}.test", tag, subject="Unsent", attendees=f"open@{p}.test", method="delegate", **times)
    left = w.eye.tagged(f"author@{p}.test", tag)
    if got.code == 0:  # nobody can know: the report comes later
        w.sim.deliver(3600)
        bad += [] if len(left) == 1 and not w.eye.items(f"open@{p}.test", "inbox") else [f"unsent: {left}"]
        w.ews(p, "cancel", f"author@{p}.test", tag, hard=True, send="none", method="delegate")
        w.eye.empty(f"svc@{p}.test")
    else:
        bad += [] if got.reason in ("sending_refused", "rights_too_low") and not left else [f"unsent: {left} {got!r}"]


def others(w, p, bad):
    """The others: who has no mailbox, who may not act as anybody, whose account is blocked."""
    d = f"{p}.test"
    got = w.ews(p, "test", mailbox=f"blank@{d}", method="personal")
    reason = next((s["reason"] for s in got.value or [] if s["state"] == "failed"), None)
    bad += [] if (got.code, reason) == (1, "no_own_mailbox") else [f"no mailbox: {got!r}"]
    got = w.ews(p, "calendars", f"anna@{d}", f"editor@{d}", mailbox=f"plain@{d}", method="impersonation")
    bad += [] if got.reasons <= {"impersonation_refused", "impersonation_setup"} else [f"no impersonation: {got!r}"]
    for state in ("locked", "disabled", "expired"):
        got = w.ews(p, "people", "Anna", mailbox=f"{state}@{d}", method="personal")
        fits = {"signin_refused", "account_locked", "account_disabled", "password_expired"}
        bad += [] if got.code == 1 and got.reason in fits else [f"{state}: {got!r}"]
    w.sim.do(f"premise {p}", "pre-auth yes")
    got = w.ews(p, "people", "Anna", method="personal")
    w.sim.do(f"premise {p}", "pre-auth no")
    bad += [] if got.code == 1 and got.reason == "preauthentication" else [f"pre-authentication: {got!r}"]
    w.sim.do(f"premise {p}", "throttle folder-mailboxes 4 availability-mailboxes 5")
    for method in ("delegate", "dedicated"):
        bad += differences(w.verdicts(p, method), w.expected(p, method))
    w.sim.do(f"premise {p}", "throttle off")


EXTRA = """
account blank@{p}.test premise {p} password "{secret}"
account locked@{p}.test premise {p} password "{secret}"
	state locked
account disabled@{p}.test premise {p} password "{secret}"
	state disabled
account expired@{p}.test premise {p} password "{secret}"
	state expired
"""


def switches(sim):
    done = subprocess.run([sim.program(), "--switches"], capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines() if line]


def reach(w, p, bad):
    """Verdicts of the methods that look into mailboxes, and of the one that only sees busy time."""
    for premise, method in ((p, "delegate"), (p, "impersonation"), (p, "dedicated"), ("p2010", "delegate")):
        bad += differences(w.verdicts(premise, method), w.expected(premise, method))


def versions(w, p, bad):
    """The oldest and the newest server: the version is found, and what one cannot do is told."""
    for premise, spoken in (("p2007", "Exchange2007_SP1"), ("pse", "Exchange2010_SP2")):
        got = w.ews(premise, "test", f"editor@{premise}.test", method="delegate")
        say = next((s["say"] for s in got.value or [] if s["step"] == "Server version"), "")
        bad += [] if got.code == 0 and say.endswith(f"spoken to as {spoken}") else [f"{premise}: {got!r}"]
        for words in (("rooms",), ("zones", "Europe/Berlin")):
            got = w.ews(premise, *words)
            good = got.reason == "unsupported_here" if premise == "p2007" else got.code == 0 and len(got.value) > 0
            bad += [] if good else [f"{premise} {words}: {got!r}"]


# What each switch can touch; LATCHKEY_LONG looks at everything with each value.
PARTS = {
    "denial editor-modify pr-rights permission-set": (reach, booking),
    "busy-unknown busy-window busy-times busy-day-of-week busy-zone busy-hybrid": (reach, long_busy),
    "send-refused create-denied tags-travel delegate-bin private-subject uid-kept": (booking,),
    "edge-busy edge-wait login-form too-many blocked lock-told no-mailbox impersonation": (others,),
    "op-unknown schema-fault version-shown se-number se-schema": (versions, booking),
    "json-unknown audience refresh-reuse signed-in": (booking,),
}
ALL = (reach, booking, long_busy, others, versions)


def look(w, parts):
    bad = []
    for part in parts:
        try:
            part(w, "p2016", bad)
        except Exception:  # the next part shall be tried all the same
            bad.append(traceback.format_exc())
    return bad


def each_switch(tap, w):
    """Every value of every switch that is not the usual one, with all that it can touch."""
    bad = look(w, ALL)
    tap.ok(not bad, "all switches as usual", "\n".join(bad))
    known = {name: parts for names, parts in PARTS.items() for name in names.split()}
    tap.same(sorted(known), sorted(name for name, *_ in switches(w.sim)), "every switch of the simulator is known here")
    for name, usual, *values in switches(w.sim):
        for value in values:
            w.sim.do(*(line for p in PREMISES for line in (f"premise {p}", f"unsure {name} {value}")))
            bad = look(w, ALL if LONG else known.get(name, ALL))
            tap.ok(not bad, f"{name} {value}", "\n".join(bad))
        w.sim.do(*(line for p in PREMISES for line in (f"premise {p}", f"unsure {name} {usual}")))


def everything(tap):
    lines = world(*PREMISES) + EXTRA.format(p="p2016", secret=SECRET)
    with Sim(lines=lines) as sim, Core(sim) as core:
        w = World(sim, core)
        verdicts(tap, w)
        each_switch(tap, w)
        tap.ok(not any(word in str(sim.log(limit=100)) for word in PLANTED), "the journal holds nothing planted")


run(Tap(), everything)
