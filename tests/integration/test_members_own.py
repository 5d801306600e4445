"""The method personal: ten thousand members, of whom some have entered their own sign-in, stand as can be seen; what changes
is found. A few enter theirs as people do, through the portal: proved, refused, replaced, removed.

The others' sign-ins lie there when it begins: sealed by the service's own functions in the slot in use (signins.c), because
to prove each by a job would sign in a thousand times before the first look. Every look is the true one: the engine opens
each secret and signs in with it. With LATCHKEY_LONG nearly everybody has one.
"""

import contextlib
import dataclasses
import os
import sys

import worldlab
from changelab import Look, again, by, changes, outage, slow
from lab import Browser, Tap, run, until
from memberlab import ALERTED, DONE, PERSON, SIGNED, UNSIGNED, VERDICT, House, brief

SMALL = "--small" in sys.argv
COUNT = 500 if SMALL else 10000
SHARE = 0.95 if os.environ.get("LATCHKEY_LONG") else 0.1
FAILED = 3
KINDS = ("password changed", "disabled", "enabled", "EWS off", "EWS on", "removed", "moving", "moved", "moved back", "full",
         "well again", "database down", "scope cut", "delegation removed")


def test_world(tap):
    with contextlib.ExitStack() as stack:
        people = worldlab.signed(worldlab.members(COUNT), SHARE)
        h = House(stack, people, off=range(50, COUNT, 97), method="personal")
        own = h.enter()
        tap.ok(len(own) > COUNT / 25, f"{len(own)} of {COUNT} have their own sign-in")
        h.lab.start_engine()
        since = h.sim.counts()["last"]
        by(tap, h, "personal")
        refused = [e["login"] for e in h.sim.log(since) if e.get("login") and e["status"] == 401]
        tap.ok(refused and len(refused) == len(set(refused)), f"{len(refused)} sign-ins are refused, and none is tried twice")
        changes(tap, h, 30 if SMALL else 250, KINDS, 60 if SMALL else 500, fit=lambda f: f.signin == "good" and not f.room)
        secrets(tap, h, own)


def secrets(tap, h, own):
    files = b"".join(h.lab.files().values())
    tap.same([m.n for m in own if m.password.encode() in files], [], "no password is in any file of the installation")


class Person:
    """A member at the portal."""

    def __init__(self, h, m):
        self.h, self.m = h, m
        self.browser = Browser(h.lab)
        self.browser.accept(h.lab.ctl_json("invite", m.email)["link"], f"Member {m.n:05}")

    def enter(self, password):
        """(state, outcome) of the proof."""
        self.browser.get("/me/signin")
        answer = self.browser.post("/me/signin", {"login": self.m.mailbox, "password": password})
        return self.h.ended(int(answer.location.rsplit("/", 1)[1]))

    def remove(self):
        self.browser.get("/me/signin/remove")
        return self.browser.post("/me/signin/remove")

    def row(self):
        return self.h.rows()[self.m.n]

    def stands(self, signin):
        """Waits until they stand as the facts say that are now."""
        self.m.facts = dataclasses.replace(self.m.facts, signin=signin)
        until(lambda: not self.h.differs(self.m, self.row()), 20)
        return self.h.differs(self.m, self.row())

    def used(self):
        return self.h.sql("SELECT c.id FROM connection c JOIN credential k ON k.connection_id = c.id WHERE c.owner = ? AND k.purpose = 'current'", self.m.id)


def what(h, since, p):
    return [e["what"] for e in h.events(since).get(p.m.id, []) if e["what"] != ALERTED]


def entering(tap, h, p):
    """Wrong, then right; then the password is changed elsewhere, and entered again."""
    last, since = h.last_event(), h.sim.counts()["last"]
    tap.same((p.enter("kettle-wrong")[0], p.used(), h.shown(since, p.m.mailbox)), (FAILED, [], [401]), "a wrong password is tried once, and not used")
    tap.same((p.stands("none"), what(h, last, p)), ([], []), "and changes nothing")
    tap.same((p.enter(p.m.password)[0], len(p.used())), (DONE, 1), "the right one is proved and used")
    tap.same((p.stands("good"), what(h, last, p)), ([], [SIGNED, VERDICT]), "and the calendar is looked at with it")
    h.lab.nothing_secret(tap, "entering", p.m.password, "kettle-wrong")
    h.sim.do(f"mailbox {p.m.mailbox}", 'new-password "lantern-second"')
    last, since = h.last_event(), h.sim.counts()["last"]
    h.check([p.m.id])
    tap.same((p.stands("old"), h.shown(since, p.m.mailbox)), ([], [401]), "a password that was changed elsewhere is found, and tried once")
    was = p.row()["since"]
    for _ in range(2):
        h.check([p.m.id])
    tap.same((p.stands("old"), h.shown(since, p.m.mailbox), what(h, last, p), p.row()["since"]), ([], [401], [VERDICT], was), "and never again, nor is it news")
    tap.same((p.enter("lantern-second")[0], p.stands("good"), len(p.used())), (DONE, [], 1), "the new one is entered, and all is well")
    tap.same(what(h, last, p), [VERDICT, SIGNED, VERDICT], "and dated")


def apart(tap, h, p):
    """Disconnected, and back: the member's own sign-in lies there all the while."""
    used, connection = p.used(), str(h.sql("SELECT id FROM connection WHERE stage = 2")[0][0])
    h.lab.ctl("connection", "disconnect", connection)
    pages = [p.browser.get(path, follow=False).status for path in ("/me", "/me/signin")]
    tap.ok(p.used() == used and all(s in (200, 303, 409) for s in pages), "disconnected: own sign-ins are kept", pages)
    h.lab.ctl("connection", "back", connection)
    since = h.sim.counts()["last"]
    until(lambda: h.check([p.m.id]) is not False and not h.differs(p.m, p.row()), 20)
    tap.ok(p.used() == used and p.stands("good") == [] and 401 not in h.shown(since, p.m.mailbox), "back: they work as before", p.row())


def leaving(tap, h, p):
    last = h.last_event()
    tap.same((p.remove().status, p.stands("none"), p.used()), (303, [], []), "a sign-in that is removed is gone, and seen at once")
    tap.same(what(h, last, p), [UNSIGNED, VERDICT], "and dated")
    since = h.sim.counts()["last"]
    h.check([p.m.id])
    tap.same(h.shown(since, p.m.mailbox), [], "and nobody is asked with it any more")


def test_portal(tap):
    """As people do it, among others of whom nothing changes."""
    with contextlib.ExitStack() as stack:
        people = worldlab.signed(worldlab.members(300), 0.3)
        h = House(stack, people, method="personal", nginx=True)
        h.enter()
        h.lab.start()
        by(tap, h, "personal")
        plain = [m for m in people if m.facts == worldlab.E][:2]
        for m in plain:
            h.sim.do(f"mailbox {m.mailbox}", f'password "{m.password}"')
        with Look(h, {m.n for m in people}) as look:
            look.aside = {m.n for m in plain}
            everybody = [Person(h, m) for m in plain]
            for p in everybody:
                entering(tap, h, p)
            apart(tap, h, everybody[1])
            leaving(tap, h, everybody[0])
            h.check(PERSON)
            trouble = look.trouble()
        tap.ok(not trouble, "of all others nothing has changed", "\n".join(trouble))
        broken(tap, h, everybody[1])


def broken(tap, h, p):
    """One machine of two that refuses every sign-in. Whom it hits was refused, once, as far as can be seen; nobody else is
    touched. When it is taken out, who enters theirs again, the same, gets through.
    """
    with Look(h, {m.n for m in h.people}) as look:
        since = h.sim.counts()["last"]
        h.sim.do("premise hq", "front-end EX01", "front-end EX02 broken")
        h.check(PERSON)
        h.check(PERSON)
        hit = [m for m in h.people if m.facts.signin == "good" and 401 in h.shown(since, m.mailbox)]
        # When the account's own mailbox is hit as well, a door that is shut says nothing: an attempt, and the verdict stays.
        shut = [m for m in h.people if m.facts.signin == "good" and not m.facts.ews and m not in hit]
        look.aside = {m.n for m in (*hit, *shut, p.m)}
        trouble = look.trouble(silent=True)
        trouble += [f"{m}: {brief(row)}" for m in shut if (row := h.rows()[m.n])["reason"] != "member_ews_refused"]
        odd = [f"{m}: {brief(row)}" for m in hit if (row := h.rows()[m.n])["reason"] != "signin_refused" or h.shown(since, m.mailbox).count(401) > 1]
    tap.ok(hit and not odd, f"one bad front end: {len(hit)} are refused, each once", "\n".join(odd))
    tap.ok(not trouble, "and of no other a verdict is overwritten", "\n".join(trouble))
    h.sim.do("premise hq", "no-front-end EX02")
    again(h)
    until(lambda: h.sql("SELECT 1 FROM health WHERE state = 1"), 20)
    since = h.sim.counts()["last"]
    h.check(PERSON)
    tap.same([m.n for m in hit if h.shown(since, m.mailbox)], [], "it is taken out: nobody's refused sign-in is tried by itself")
    q = Person(h, next(m for m in hit if h.verdict(m).status == "connected"))
    tap.same((q.enter(q.m.password)[0], q.stands("good")), (DONE, []), "the same entered again is proved, and works")


def test_failing(tap):
    """A server that fails or is slow: what was seen stays, and what is there is found."""
    with contextlib.ExitStack() as stack:
        h = House(stack, worldlab.signed(worldlab.members(250), 0.5), method="personal")
        h.enter()
        h.lab.start_engine()
        by(tap, h, "personal")
        outage(tap, h)
        slow(tap, h, "throttled now and then", "fault f soap-fault ErrorServerBusy:300 chance 30% face ews")


run(Tap(), test_portal, test_failing, test_world)
