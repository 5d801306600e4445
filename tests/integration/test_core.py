"""Every operation of the Exchange core, with every way to sign in and every method, on every product; what the
simulated Exchange really did is seen by an eye of its own.
"""

import base64
import contextlib
import datetime
import functools
import os
import tempfile
import time
import traceback
import zoneinfo

from corelab import Core
from coreworld import (
    APP,
    APP_SECRET,
    MONDAY,
    PEOPLE,
    PLANTED,
    PRODUCTS,
    SECRET,
    TENANT,
    Eye,
    Wire,
    authority,
    key_pair,
    local,
    refresh_token,
    stamp,
    world,
)
from lab import Tap, run
from simlab import Sim

# What the oldest server understands is enough; newer ones are asked in the words of 2010.
SPOKEN = {"p2007": "Exchange2007_SP1"}
NEXT = iter(range(1, 100000))


class Trouble(list):
    """What was not as it should be; empty when all is well."""

    def same(self, got, want, what):
        if got != want:
            self.append(f"{what}: got {got!r}, want {want!r}")
        return got == want

    def has(self, got, **want):
        """Exit 0, and these values in the answer."""
        if got.code or not isinstance(got.value, dict):
            self.append(f"{sorted(want)}: {got!r}")
            return
        for name, value in want.items():
            self.same(got.value.get(name), value, name)

    def refused(self, got, reason):
        if (got.code, got.reason) != (1, reason):
            self.append(f"want exit 1, {reason}: {got!r}")


class Place:
    """One premise, and how the product is told to reach it."""

    def __init__(self, sim, core, p):
        self.sim, self.core, self.p, self.d = sim, core, p, f"{p}.test"
        self.eye = Eye(sim)
        self.options = {"premise": p, "mailbox": self.at("svc"), "password": SECRET}

    def at(self, name):
        return f"{name}@{self.d}"

    def by(self, **more):
        """Asked in another way from now on."""
        self.options = {k: v for k, v in {**self.options, **more}.items() if v is not None}
        return self

    def ews(self, *words, **more):
        options = {**self.options, **more}
        return self.core.ews(*words, **{k: v() if callable(v) else v for k, v in options.items()})


def places(tap, sim, core, names, test):
    """The same test in several premises, a line each."""
    for p in names:
        trouble = Trouble()
        try:
            test(Place(sim, core, p), trouble)
        except Exception:  # the next place shall be tried all the same
            trouble.append(traceback.format_exc())
        tap.ok(not trouble, f"{PRODUCTS[p]}: {test.__doc__.strip()}", "\n".join(trouble))


# Reading


def opens(here, bad):
    """the connection opens, with version, zone, counts"""
    for method in ("personal", "dedicated", "delegate", "impersonation"):
        got = here.ews("test", method=method)
        steps = {s["step"]: s for s in got.value}
        bad.same(got.code, 0, f"{method}: exit of {got!r}")
        odd = {s["key"]: (s["state"], s["reason"]) for s in steps.values() if s["state"] != "ok"}
        # Exchange 2007 does not tell when clocks change.
        want = {"zone": ("note", "unsupported_here")} if here.p == "p2007" else {}
        bad.same(odd, want, f"{method}: states of {list(steps)}")
        zone = steps["Time zone"]["say"]
        bad.same(zone.startswith("W. Europe Standard Time (Europe/Berlin). "), True, f"zone: {zone}")
        bad.same(here.at("svc") in steps["Signed in, mailbox opens"]["say"], True, f"whose: {steps}")
        spoken = steps["Server version"]["say"].rpartition(" ")[2]
        bad.same(spoken, SPOKEN.get(here.p, "Exchange2010_SP2"), "version")


def busy_expected(day):
    """Anna's week, in UTC, as it was planted: what overlaps is the stronger kind; what is free is not told."""
    out = [
        (local(day, 9), local(day, 10), "busy"),
        (local(day, 14), local(day, 14, 30), "tentative"),
        (local(day, 15), local(day, 15, 30), "busy"),
        (local(day + datetime.timedelta(1), 0), local(day + datetime.timedelta(2), 0), "out"),
        (local(day + datetime.timedelta(2), 17), local(day + datetime.timedelta(2), 17, 45), "busy"),
    ]
    return [(stamp(a), stamp(b), kind) for a, b, kind in out]


def busy(here, bad):
    """busy time, by availability and from the calendars, is exact"""
    window = {"from": str(MONDAY), "to": str(MONDAY + datetime.timedelta(7)), "zone": "Europe/Berlin"}
    asks = [("delegate", False), ("impersonation", False), ("dedicated", False), ("delegate", True), ("impersonation", True)]
    for method, deep in asks:
        whose = [here.at(n) for n in ("anna", "editor", "closed", "nobody")]
        got = here.ews("busy", *whose, method=method, from_calendar=deep, **window)
        rows = {}
        for r in got.value or []:
            span = (r["start"], r["end"], r["kind"]) if r["reason"] == "ok" and r["start"] else r["reason"]
            rows.setdefault(r["address"], []).append(span)
        what = f"{method}{' from calendars' if deep else ''}"
        bad.same(got.code, 1, f"{what}: exit, because two cannot be read")
        bad.same(rows.get(here.at("anna")), busy_expected(MONDAY), what)
        bad.same(rows.get(here.at("editor")), ["ok"], f"{what}: free")
        shut = "ok" if method == "impersonation" and deep else "not_delegated" if deep else "busy_time_denied"
        bad.same(rows.get(here.at("closed")), [shut], f"{what}: closed")
        bad.same(rows.get(here.at("nobody")), ["no_mailbox"], f"{what}: nobody")


def directory(here, bad):
    """people, members of lists in lists, rooms, zones, delegates"""
    got = here.ews("people", f"Editor {here.p}")
    bad.same([(r["address"], r["name"]) for r in got.value or []], [(here.at("editor"), f"Editor {here.p}")], "people")
    bad.refused(here.ews("people", "zzzz"), "nothing_found")
    got = here.ews("members", here.at("staff"))
    bad.same(sorted(r["address"] for r in got.value or []), sorted(here.at(n) for n in ("anna", "editor", "author", "reviewer")), "members")
    got = here.ews("rooms")
    if here.p == "p2007":
        bad.refused(got, "unsupported_here")
    else:
        bad.same({r["address"] for r in got.value or []} >= {here.at("room1"), here.at("room2")}, True, f"rooms: {got!r}")
    got = here.ews("zones", "Europe/Berlin", "America/New_York")
    if here.p == "p2007":
        bad.refused(got, "unsupported_here")
    else:
        bad.same(sorted(r["id"] for r in got.value or []), ["Eastern Standard Time", "W. Europe Standard Time"], f"zones: {got!r}")
    got = here.ews("delegates", here.at("boss"), method="impersonation")
    rows = [(r["address"], r["calendar"], r["copies"], r["private"], r["reason"]) for r in got.value or []]
    bad.same(rows, [(here.at("svc"), "Editor", True, False, "ok")], f"delegates: {got!r}")
    got = here.ews("delegates", here.at("svc"), method="personal")
    bad.same((got.code, got.value), (0, []), f"no delegates: {got!r}")


# Writing


def times_of(zone="Europe/Berlin", day=MONDAY, hour=10, hours=1):
    return {"start": f"{day}T{hour:02}:00", "end": f"{day}T{hour + hours:02}:00", "zone": zone}


def really(here, bad, who, tag, **want):
    """The one item with this tag, as its owner sees it."""
    got = here.eye.tagged(who, tag)
    if not bad.same(len(got), 1, f"{tag}: how often it is there"):
        return
    for name, value in want.items():
        bad.same(getattr(got[0], name), value, f"{tag}: its {name}")


def alone(here, bad, method, who, owner):
    """A booking without anybody else: made once, changed, cancelled."""
    tag, day = f"lk-{next(NEXT)}", MONDAY + datetime.timedelta(3)
    how = {"method": method, "mailbox": who}
    begin, end = local(day, 10), local(day, 11)
    said = {"subject": "Ours ü & <b>", "text": "First line\nsecond & third", "location": "Hut 6", "reminder": 20, **times_of(day=day)}
    said["private"] = method != "delegate"
    secrecy = "Normal" if method == "delegate" else "Private"
    known = {"ok": True, "twice": False, "read_back": True, "in_place": True, "organizer": owner, "organizer_is_owner": True}
    known["times_right"] = True
    spans = {"start": stamp(begin), "end": stamp(end)}
    bad.has(here.ews("book", owner, tag, **said, **how), existed=False, may_change=True, may_remove=True, **spans, **known)
    bad.has(here.ews("book", owner, tag, **said, **how), existed=True, **spans, **known)
    really(here, bad, owner, tag, subject="Ours ü & <b>", location="Hut 6", start=begin, end=end, all_day=False, free="Busy",
           organizer=owner, sensitivity=secrecy, reminder="20")
    body = here.eye.tagged(owner, tag)[0].body or ""
    bad.same([line for line in body.replace("\r", "").split("\n") if line], ["First line", "second & third"], f"{tag}: its text")
    later = times_of("America/New_York", day, 13, 2)
    begin, end = (datetime.datetime.fromisoformat(later[n]).replace(tzinfo=zoneinfo.ZoneInfo("America/New_York")) for n in ("start", "end"))
    bad.has(here.ews("change", owner, tag, **later, **how), start=stamp(begin), end=stamp(end), **known)
    really(here, bad, owner, tag, subject="Ours ü & <b>", location="Hut 6", start=begin, end=end, sensitivity=secrecy, reminder="20")
    known.pop("times_right")  # nothing was said of times
    bad.has(here.ews("change", owner, tag, subject="Ours, too", location="", **how), **known)
    really(here, bad, owner, tag, subject="Ours, too", start=begin, end=end)
    bad.has(here.ews("cancel", owner, tag, **how), ok=True)
    bad.same(here.eye.tagged(owner, tag), [], f"{tag}: gone")
    bad.has(here.ews("cancel", owner, tag, **how), ok=True)
    bad.refused(here.ews("change", owner, tag, subject="Late", **how), "booking_gone")


def whole_days(here, bad, method, who, owner):
    tag, day = f"lk-{next(NEXT)}", MONDAY + datetime.timedelta(4)
    how = {"method": method, "mailbox": who}
    end = day + datetime.timedelta(2)
    got = here.ews("book", owner, tag, subject="Days", start=str(day), end=str(end), all_day=True, zone="Europe/Berlin", **how)
    bad.has(got, ok=True, times_right=True, start=stamp(local(day, 0)), end=stamp(local(end, 0)))
    really(here, bad, owner, tag, all_day=True, start=local(day, 0), end=local(end, 0))
    bad.has(here.ews("cancel", owner, tag, hard=True, **how), ok=True)
    bad.same(here.eye.tagged(owner, tag), [], f"{tag}: gone")
    bad.same([i for i in here.eye.items(owner, "deleteditems") if i.tag == tag], [], f"{tag}: not in the bin either")


def invited(here, name, subject):
    """Kinds of the meeting mail of this subject that came, with its sender and its organizer."""
    return [(i.kind, i.sent_from, i.sender) for i in here.eye.items(here.at(name), "inbox") if subject in (i.subject or "")]


def together(here, bad, method, who, owner):
    """A meeting with people and a room: invitations go out once, answers come back, a note with the cancellation."""
    tag, day = f"lk-{next(NEXT)}", MONDAY + datetime.timedelta(next(NEXT))
    how = {"method": method, "mailbox": who}
    people = {"attendees": f"{here.at('nothing')},{here.at('open')}", "rooms": here.at("room1")}
    subject = f"Council {tag}"
    bad.has(here.ews("book", owner, tag, subject=subject, **people, **times_of(day=day), **how),
            ok=True, existed=False, twice=False, in_place=True, organizer=owner, organizer_is_owner=True, times_right=True)
    here.sim.deliver(3600)
    really(here, bad, owner, tag, organizer=owner)
    for name in ("nothing", "open"):
        sender = who if method == "delegate" else owner
        bad.same(invited(here, name, subject), [("MeetingRequest", owner, sender)], f"{method}: invitations of {name}")
    got = here.ews("book", owner, tag, subject=subject, **people, **times_of(day=day), **how)
    bad.has(got, existed=True, twice=False)
    if got.value:
        bad.same({a["address"]: a["answer"] for a in got.value.get("answers", [])},
                 {here.at("nothing"): "unknown", here.at("open"): "unknown", here.at("room1"): "accepted"}, f"{method}: answers")
    bad.same(len(invited(here, "nothing", subject)), 1, f"{method}: no second invitation")
    bad.has(here.ews("change", owner, tag, **times_of(day=day, hour=15), **how), ok=True, times_right=True, start=stamp(local(day, 15)))
    here.sim.deliver(3600)
    came = [i.start for i in here.eye.items(here.at("nothing"), "inbox") if subject in (i.subject or "")]
    bad.same(came[-1:], [local(day, 15)], f"{method}: an update came")
    bad.has(here.ews("cancel", owner, tag, note="The hut is closed", **how), ok=True)
    here.sim.deliver(3600)
    bad.same(here.eye.tagged(owner, tag), [], f"{tag}: gone")
    last = [i for i in here.eye.items(here.at("nothing"), "inbox") if subject in (i.subject or "")]
    bad.same([i.kind for i in last].count("MeetingCancellation"), 1, f"{method}: one cancellation, among {last}")
    bad.same([True for i in last if "The hut is closed" in (i.body or "")], [True], f"{method}: the note came")
    here.eye.empty(here.at("nothing"), here.at("open"), here.at("svc"))


WAYS = [("delegate", "svc", "anna"), ("impersonation", "svc", "anna"), ("dedicated", "svc", "svc"), ("personal", "plain", "plain")]


def bookings(here, bad):
    """bookings are made once, read back, changed and cancelled, by every method"""
    for method, who, owner in WAYS:
        alone(here, bad, method, here.at(who), here.at(owner))


def days(here, bad):
    """whole days, by every method"""
    for method, who, owner in WAYS:
        whole_days(here, bad, method, here.at(who), here.at(owner))


def meetings(here, bad):
    """meetings with people and a room, by every method"""
    for method, who, owner in WAYS:
        together(here, bad, method, here.at(who), here.at(owner))


def refusals(here, bad):
    """what may not be written is refused with its reason, and nothing is left"""
    rows = [("reviewer", "rights_too_low"), ("nothing", "not_delegated"), ("nobody", "no_mailbox"), ("moving", "mailbox_moving")]
    for name, reason in rows:
        got = here.ews("book", here.at(name), f"lk-{next(NEXT)}", subject="Not ours", **times_of())
        bad.refused(got, reason)
    got = here.ews("book", here.at("outsider"), "lk-x", subject="Not ours", method="impersonation", **times_of())
    bad.refused(got, "impersonation_refused")
    for _ in range(2):
        got = here.ews("book", here.at("author"), f"lk-{here.p}", subject="Unsent", attendees=here.at("open"), **times_of())
        bad.refused(got, "sending_refused")
    bad.same(here.eye.ours(here.at("author")), [], "what was saved without being sent was taken away")
    for _ in range(2):
        got = here.ews("book", here.at("editor"), f"lk-{here.p}", subject="Hidden", private=True, **times_of())
        bad.refused(got, "rights_too_low")
    bad.same(here.eye.ours(here.at("editor")), [], "what would hide itself was not made")
    got = here.ews("book", here.at("seer"), f"lk-{here.p}", subject="Hidden", private=True, **times_of())
    if here.p == "p2007":
        bad.refused(got, "rights_too_low")
    else:
        bad.has(got, existed=False, read_back=True, in_place=True)
        bad.has(here.ews("book", here.at("seer"), f"lk-{here.p}", subject="Hidden", private=True, **times_of()), existed=True)
        really(here, bad, here.at("seer"), f"lk-{here.p}", sensitivity="Private")
    bad.same(here.eye.ours(here.at("open"), "inbox"), [], "nobody was invited")
    bad.same(here.eye.ours(here.at("reviewer")), [], "nothing was made where one may only read")
    got = here.ews("book", here.at("author"), f"lk-{here.p}", subject="Unsent", attendees=here.at("open"), send="none", **times_of())
    bad.has(got, ok=True, existed=False, in_place=True)
    here.sim.deliver(3600)
    bad.same(here.eye.ours(here.at("open"), "inbox"), [], "nobody was invited when nobody should be")


def following(here, bad):
    """following tells what became of our bookings, and of nothing else"""
    for method in ("delegate", "impersonation"):
        state = os.path.join(here.core.dir, f"state-{here.p}-{method}")
        bad.same(here.ews("follow", here.at("anna"), state=state, method=method).value, [], "nothing of ours yet")
        tag = f"lk-{next(NEXT)}"
        bad.has(here.ews("book", here.at("anna"), tag, subject="Followed", method=method, **times_of()), ok=True)
        got = here.ews("follow", here.at("anna"), state=state, method=method).value
        rows = [(r["what"], r["booking"], r["start"], r["subject"]) for r in got or []]
        bad.same(rows, [("seen", tag, stamp(local(MONDAY, 10)), "Followed")], "made")
        bad.same(here.ews("follow", here.at("anna"), state=state, method=method).value, [], "told once")
        here.sim.do(f"mailbox {here.at('anna')}", f'event "{PLANTED[0]} again" {MONDAY}T19:00')
        bad.same(here.ews("follow", here.at("anna"), state=state, method=method).value, [], "not ours")
        here.sim.do(f"mailbox {here.at('anna')}", f'no-event "{PLANTED[0]} again"')
        bad.has(here.ews("cancel", here.at("anna"), tag, hard=True, method=method), ok=True)
        got = here.ews("follow", here.at("anna"), state=state, method=method).value
        bad.same({r["what"] for r in got or []}, {"gone"}, "cancelled")


def sending(here, bad):
    """a message of the dedicated mailbox arrives once"""
    word = f"Greeting {next(NEXT)}"
    bad.has(here.ews("send", here.at("editor"), subject=word, text="Dear all,\nhello & goodbye"), ok=True)
    here.sim.deliver(3600)
    came = [i for i in here.eye.items(here.at("editor"), "inbox") if i.subject == word]
    bad.same([(i.kind, i.sent_from) for i in came], [("Message", here.at("svc"))], "what came")
    bad.same("hello & goodbye" in (came[0].body or "") if came else None, True, "its text")


KEYS = "signin address version empty foreign_mail zone clock busy rights reach outside".split()


def analysed(here, bad):
    """each step of the test fails by itself, and the list of steps is the same whatever comes of them"""
    shut = {"busy": ("note", "busy_time_denied"), "rights": ("failed", "not_delegated"), "reach": ("note", "not_delegated")}
    rows = [
        ("delegate", "anna", "plain", {"rights": ("note", "sending_unproved")}),
        ("delegate", "closed", "plain", shut),
        ("delegate", "nothing", "plain", {"rights": ("failed", "busy_time_only"), "reach": ("note", "busy_time_only")}),
        ("delegate", "reviewer", "plain", {"rights": ("failed", "rights_too_low")}),
        ("delegate", "anna", "editor", {"rights": ("note", "sending_unproved"), "outside": ("failed", "scope_too_wide")}),
        ("impersonation", "anna", "outsider", {}),
        ("dedicated", "anna", "plain", {"rights": ("skipped", "not_checked"), "outside": ("skipped", "not_checked")}),
        ("dedicated", "closed", "plain", {"busy": ("failed", "busy_time_denied"), **dict.fromkeys(("rights", "reach", "outside"), ("skipped", "not_checked"))}),
        ("personal", "anna", "plain", dict.fromkeys(("busy", "rights", "reach", "outside"), ("skipped", "not_checked"))),
    ]
    here.eye.empty(here.at("svc"))
    for method, member, outside, want in rows:
        got = here.ews("test", here.at(member), outside=here.at(outside), method=method)
        what = f"{method} {member} {outside}"
        bad.same([s["key"] for s in got.value or []], KEYS, f"{what}: the steps")
        odd = {s["key"]: (s["state"], s["reason"]) for s in got.value or [] if s["state"] != "ok" and s["key"] != "zone"}
        bad.same(odd, want, f"{what}: {got!r}")
        bad.same(got.code, int("failed" in {s for s, _ in want.values()}), f"{what}: exit")


def probing(here, bad):
    """test --write proves writing and sending, and leaves nothing"""
    folders = ("calendar", "inbox", "sentitems", "deleteditems")
    everywhere = [(here.at(n), f) for n in ("anna", "author", "svc", "plain", "editor") for f in folders]
    here.eye.empty(here.at("svc"), here.at("anna"), here.at("editor"))
    before = {k: here.eye.ours(*k) for k in everywhere}
    rows = [
        ("delegate", "svc", ["anna"], 0, {"Invitation": ("ok", here.at("svc")), "Test meeting is changed": ("ok", "")}),
        ("impersonation", "svc", ["anna"], 0, {"Invitation": ("ok", here.at("anna")), "Organizer": ("ok", here.at("anna"))}),
        ("dedicated", "svc", [], 0, {"Invitation": ("skipped", "nobody was invited"), "Nothing is left": ("ok", "")}),
        ("dedicated", "svc", ["anna"], 0, {}),
        ("personal", "plain", [], 0, {}),
        ("delegate", "svc", ["author"], 1, {"Test meeting is made": ("failed", "")}),
    ]
    for method, who, member, code, want in rows:
        what = f"{method} {member}"
        begun = time.monotonic()
        got = here.ews("test", *map(here.at, member), write=True, method=method, mailbox=here.at(who))
        bad.same(time.monotonic() - begun < 20, True, f"{what}: ends soon")
        steps = {s["step"]: s for s in got.value or []}
        bad.same(got.code, code, f"{what}: exit of {[(s['step'], s['state'], s['say']) for s in got.value or []]}")
        bad.same(steps.get("Test meeting is removed", {}).get("state"), "ok", f"{what}: removed")
        for step, (state, says) in want.items():
            seen = steps.get(step, {"state": "", "say": ""})
            bad.same((seen["state"], says in seen["say"]), (state, True), f"{what}: {step}: {seen}")
        now = {k: here.eye.ours(*k) for k in everywhere}
        bad.same({k: v for k, v in now.items() if v != before[k]}, {}, f"{what}: left behind")


# The four products that differ; the younger ones speak like the last. LATCHKEY_LONG asks them everything, too.
FOUR = ["p2007", "p2010", "p2013", "p2016"]
SHORT = (opens, busy, directory, bookings)
LONG = bool(os.environ.get("LATCHKEY_LONG"))
ALL = (opens, busy, directory, bookings, days, meetings, refusals, following, sending, analysed, probing)


# Signing in


def by_ntlm(here, bad):
    """everything by NTLM: no other way is ever tried"""
    since = here.sim.counts()["last"]
    for method, who, owner in WAYS:
        alone(Place(here.sim, here.core, here.p).by(signin="ntlm"), bad, method, here.at(who), here.at(owner))
    asked = here.sim.log(since=since, face="ews")
    mine = [e for e in asked if e.get("agent", "").startswith("Latchkey")]
    bad.same({e.get("scheme") for e in mine if e["status"] == 200}, {"NTLM"}, "schemes")
    bad.same({e["status"] for e in mine} - {200, 401, 500}, set(), "statuses")
    bad.same(here.sim.who(here.at("svc"))["bad"], 0, "bad passwords")


def logins(here, bad):
    """each form of a login name, a wrong password once, and never again"""
    for login in (here.at("svc"), f"EXAMPLE\\{here.p}-svc", f"EXAMPLE/{here.p}-svc"):
        for signin in ("basic", "ntlm", "auto"):
            got = here.ews("people", "Anna", signin=signin, login=login)
            bad.same(got.code, 0, f"{signin} as {login}: {got!r}")
    for signin in ("basic", "ntlm", "auto"):
        since = here.sim.counts()["last"]
        was = here.sim.who(here.at("svc"))["bad"]
        got = here.ews("calendars", here.at("anna"), here.at("editor"), signin=signin, password="not this one", every_way=True)
        bad.same((got.code, got.reasons), (1, {"signin_refused"}), f"{signin}: {got!r}")
        bad.same(here.sim.who(here.at("svc"))["bad"] - was, 1, f"{signin}: attempts that counted")
        proofs = [e for e in here.sim.log(since=since, face="ews") if e.get("login")]
        bad.same(len({e["connection"] for e in proofs}), 1, f"{signin}: connections that signed in")
    got = here.ews("people", "Anna", signin="ntlm")
    bad.same(got.code, 0, f"the right one afterwards: {got!r}")


def tokens(tap):
    """Tokens: an application by secret and by certificate, a person by refresh token; and what is refused."""
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-key."))
        certificate, key = key_pair(place)
        sim = stack.enter_context(Sim(lines=world("pcloud", "p2019", certificate=certificate)))
        core = stack.enter_context(Core(sim))
        with open(key, encoding="ascii") as f:
            pem = f.read()
        app = {"tenant": TENANT, "client_id": APP, "authority": authority(sim)}
        here = Place(sim, core, "pcloud").by(**app)
        own = {"signin": "user", "client_secret_file": os.path.join(place, "client")}
        with open(own["client_secret_file"], "w", encoding="ascii") as f:
            f.write(APP_SECRET)
        ways = {"secret": {"password": APP_SECRET}, "certificate": {"password": pem, "certificate": certificate}}
        for name, more in ways.items():
            bad = Trouble()
            there = Place(sim, core, "pcloud").by(**app, signin="app", **more)
            whole_days(there, bad, "impersonation", there.at("svc"), there.at("anna"))
            alone(there, bad, "impersonation", there.at("svc"), there.at("anna"))
            together(there, bad, "impersonation", there.at("svc"), there.at("anna"))
            got = there.ews("calendars", there.at("anna"), there.at("nothing"), there.at("nobody"), method="impersonation")
            bad.same({r["address"]: r["reason"] for r in got.value or []},
                     {there.at("anna"): "ok", there.at("nothing"): "ok", there.at("nobody"): "no_mailbox"}, f"calendars: {got!r}")
            tap.ok(not bad, f"an application by {name}: bookings, meetings, calendars", "\n".join(bad))
        for method, who, owner in WAYS:
            if method == "impersonation":
                continue
            bad = Trouble()
            # Each use replaces a refresh token, so every command needs one of its own.
            there = Place(sim, core, "pcloud").by(**app, **own, password=functools.partial(refresh_token, sim, here.at(who)))
            for test in (alone, whole_days):
                test(there, bad, method, there.at(who), there.at(owner))
            tap.ok(not bad, f"a person by refresh token, {method}: bookings", "\n".join(bad))
        used = refresh_token(sim, here.at("svc"))
        tap.same(here.ews("people", "Anna", **own, password=used, method="delegate").code, 0, "a refresh token is good once")
        nobody = "99999999-9999-4999-8999-999999999999"
        program = {"signin": "app", "password": APP_SECRET, "method": "impersonation"}
        wrong = [
            ("a wrong client secret", {**program, "password": "not this one"}, "client_secret_refused"),
            ("a wrong tenant", {**program, "tenant": nobody}, "tenant_unknown"),
            ("an unknown application", {**program, "client_id": nobody}, "app_unknown"),
            ("a refresh token that was used", {**own, "password": used, "method": "delegate"}, "signin_expired"),
        ]
        for name, more, reason in wrong:
            since = sim.counts()["last"]
            got = here.ews("calendars", here.at("anna"), **more)
            asked = [e for e in sim.log(since=since, face="signin") if e["method"] == "POST"]
            tap.same((got.code, got.reasons, len(asked)), (1, {reason}, 1), f"{name}: {reason}, asked once")


def binding(tap):
    """Extended Protection: with the binding where it is allowed or required; without it the suspicion is named."""
    rows = [(f"p{word}", "2019", (f"extended-protection {word}",)) for word in ("off", "allow", "require")]
    with Sim(lines=world(*rows)) as sim, Core(sim) as core:
        for p, _, _ in rows:
            for on in ("on", "off"):
                bad = Trouble()
                here = Place(sim, core, p).by(signin="ntlm", binding=on)
                if p == "prequire" and on == "off":
                    got = here.ews("people", "Anna")
                    bad.same(got.code, 1, "exit")
                    bad.same(got.reason in ("channel_binding_suspected", "signin_refused"), True, f"reason: {got!r}")
                    bad.same(sim.who(here.at("svc"))["bad"] <= 1, True, "attempts")
                else:
                    for method, who, owner in WAYS:
                        alone(here, bad, method, here.at(who), here.at(owner))
                    together(here, bad, "delegate", here.at("svc"), here.at("anna"))
                tap.ok(not bad, f"Extended Protection {p[1:]}, binding {on}", "\n".join(bad))


# What is said on the wire


def wire(tap):
    """All that leaves for the server, read in between: no subjects are asked for, no Detailed view, nothing planted comes."""
    with Sim(lines=world("p2016")) as sim, Core(sim) as core, Wire(sim, "p2016") as line:
        here = Place(sim, core, "p2016").by(server=f"{line.host}:{line.port}", premise=None, ca=line.certificate)
        bad, traces, told = Trouble(), "", ""
        people, anna = [here.at(name) for name in PEOPLE], here.at("anna")
        day = ("--start", str(MONDAY), "--end", str(MONDAY + datetime.timedelta(1)))
        commands = [
            ("calendars", *people),
            ("calendars", *people, "--every-way"),
            ("busy", *people, "--from", str(MONDAY)),
            ("busy", anna, "--from-calendar", "--from", str(MONDAY)),
            ("follow", anna),
            ("test", anna, "--write"),
            ("delegates", here.at("boss")),
            ("book", anna, "lk-1", "--subject", "Plain", "--text", "Dull", *day),
            ("follow", anna),
            ("cancel", anna, "lk-1"),
        ]
        for n, words in enumerate(commands):
            for method in ("delegate", "impersonation"):
                for json_out in (True, False):
                    trace = os.path.join(core.dir, f"trace-{n}")
                    got = here.ews(*words, method=method, json_out=json_out, trace=trace)
                    told += got.out + got.err
                    # Not everybody can be reached, and a delegate may not list delegates.
                    fits = (1,) if words[0] == "calendars" else (0, 1) if words[0] in ("busy", "delegates") else (0,)
                    bad += [] if got.code in fits else [f"{words[0]} {method}: {got!r}"]
                    with open(trace, encoding="utf-8") as f:
                        traces += f.read()
        asked, came = line.asked(), line.came()
        tap.ok(len(asked) > 60 and "GetUserAvailability" in asked and "GetItem" in asked, "the line heard all of it", str(len(asked)))
        for word in ("Detailed<", "DetailedMerged", "AllProperties", ">Default<", "item:Body", "item:Preview", "MimeContent"):
            tap.ok(word not in asked, f"{word} was never asked for")
        subjects = [e for e in line.bodies() if "item:Subject" in e and "LatchkeyBooking" not in e and "Latchkey connection test" not in e]
        tap.same(subjects, [], "subjects were asked for only where it is ours")
        for word in PLANTED:
            tap.ok(word not in came, f"nothing planted came: {word}")
            tap.ok(word not in traces + told, f"nor is it in traces and answers: {word}")
        for secret in (SECRET, SECRET.encode().hex(), base64.b64encode(f"{here.at('svc')}:{SECRET}".encode()).decode()):
            tap.ok(secret not in traces + told, "no secret in traces and answers")
        tap.ok(len(traces) > 10000 and "GetFolder" in traces, "the traces hold something", traces[:500])
        tap.ok(not bad, "all of it ran", "\n".join(bad))


def products(tap):
    with Sim(lines=world(*PRODUCTS)) as sim, Core(sim) as core:
        for test in ALL:
            places(tap, sim, core, PRODUCTS if LONG or test in SHORT else FOUR, test)
        places(tap, sim, core, FOUR, by_ntlm)
        places(tap, sim, core, FOUR if LONG else FOUR[:1] + FOUR[-1:], logins)


if __name__ == "__main__":
    run(Tap(), products, tokens, binding, wire)
