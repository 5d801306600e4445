"""What happens to members: changes of a world while it runs, and what the portal must know of each afterwards."""

import dataclasses
import random
import time

import worldlab
from memberlab import ALERTED, ANSWERING, DONE, FAILING, PERSON, RIGHTS, ROOM, VERDICT, granted
from worldlab import DOMAIN, SVC

STANDS = ("status", "reason", "fixer", "note", "reach")


def mailbox(*lines):
    return lambda m: (f"mailbox {m.mailbox}", *lines)


def in_scope(word):
    return lambda m: (f"group scope@{DOMAIN}", f"{word} {m.mailbox}")


# What changes: whom it can happen to, what is another then, and how the simulator is told.
GRANTED = {"delegate": False, "folder": None}
CHANGES = {
    "delegation removed": (lambda f: f.own is not None, {"own": None, **GRANTED}, mailbox(f"revoke {SVC}")),
    "level lowered": (lambda f: f.own == "Editor", {"own": "Reviewer", **GRANTED}, mailbox(f"grant {SVC} Reviewer")),
    "lowered to creating only": (lambda f: f.own == "Reviewer", {"own": "Contributor", **GRANTED}, mailbox(f"grant {SVC} Contributor")),
    "reading instead of creating": (lambda f: f.own in ("Contributor", 0x402), {"own": "Reviewer", **GRANTED}, mailbox(f"grant {SVC} Reviewer")),
    "delegated": (lambda f: f.own != "Editor", {"own": "Editor", **GRANTED}, mailbox(f"grant {SVC} Editor")),
    "Author": (lambda f: f.own != "Author", {"own": "Author", **GRANTED}, mailbox(f"grant {SVC} Author")),
    "busy time closed": (lambda f: f.default != "None", {"default": "None"}, mailbox("grant default None")),
    "Full Access": (lambda f: not f.full, {"full": True}, mailbox(f"full-access {SVC}")),
    "no Full Access": (lambda f: f.full, {"full": False}, mailbox(f"no-full-access {SVC}")),
    "disabled": (lambda f: f.enabled, {"enabled": False}, mailbox("enabled no")),
    "enabled": (lambda f: not f.enabled, {"enabled": True}, mailbox("enabled yes")),
    "removed": (lambda f: not f.moving, {"exists": False, "left": True}, mailbox("remove")),
    "moving": (lambda f: not f.moving, {"moving": True}, mailbox("moving yes")),
    "moved": (lambda f: f.moving, {"moving": False, "home": "there"}, mailbox("moving no", "home cloud")),
    "moved back": (lambda f: f.home == "there", {"home": "here"}, mailbox("home hq")),
    "full": (lambda f: not f.trouble, {"trouble": "ErrorQuotaExceeded"}, mailbox("trouble ErrorQuotaExceeded")),
    "database down": (lambda f: not f.trouble, {"trouble": "ErrorMailboxStoreUnavailable"}, mailbox("trouble ErrorMailboxStoreUnavailable")),
    "well again": (lambda f: f.trouble, {"trouble": None}, mailbox("trouble none")),
    "scope cut": (lambda f: f.scope, {"scope": False}, in_scope("no-member")),
    "into the scope": (lambda f: not f.scope, {"scope": True}, in_scope("member")),
    "EWS off": (lambda f: f.ews, {"ews": False}, mailbox("ews no")),
    "EWS on": (lambda f: not f.ews, {"ews": True}, mailbox("ews yes")),
    "password changed": (lambda f: f.signin == "good", {"signin": "old"}, lambda m: mailbox(f'new-password "{m.password}-now"')(m)),
    "the old password again": (lambda f: f.signin == "old", {"signin": "old"}, lambda m: mailbox(f'new-password "{m.password}"')(m)),
}


def change(h, count, kinds, seed, fit):
    """Lets so many changes happen, each kind as often as it can: {number of a member: kind}."""
    chance, done = random.Random(seed), {}
    there = [m for m in h.people if m.n not in h.off and m.facts.exists and m.facts.asked in ("primary", "alias") and fit(m.facts)]
    while len(done) < count:
        for kind in kinds:
            can, new, lines = CHANGES[kind]
            fit = [m for m in chance.sample(there, min(len(there), 400)) if m.n not in done and can(m.facts)]
            if not fit or len(done) >= count:
                continue
            m = fit[0]
            h.sim.do(*lines(m))
            m.facts = dataclasses.replace(m.facts, **new)
            done[m.n] = kind
    return done


@dataclasses.dataclass
class Look:
    """Everybody as they were before a check, and what came of it."""

    h: object
    looked: set  # numbers of those who are looked at
    aside: set = frozenset()  # of those to whom more happens: they are not judged
    before: dict = None
    begun: int = 0
    last: int = 0

    def __enter__(self):
        self.h.calm()
        self.before, self.last, self.begun = self.h.rows(), self.h.last_event(), int(time.time())
        return self

    def __exit__(self, *_):
        pass

    def trouble(self, silent=False):
        """Where a member does not stand as they must: lines. silent: there need not be an answer about anybody."""
        after, events, out = self.h.rows(), self.h.events(self.last), []
        for m in (m for m in self.h.people if m.n not in self.aside):
            was, row = self.before[m.n], after[m.n]
            said = [e for e in events.get(m.id, []) if e["what"] != ALERTED]  # a mail about it leaves when it does
            if m.n not in self.looked or m.n in self.h.off:
                why = self.same(was, row, said)
            elif silent and row["checked_at"] == was["checked_at"]:
                why = self.failed(was, row, said, None)
            else:
                want = self.h.verdict(m)
                why = self.failed(was, row, said, want) if want.status is None else self.judged(m, was, row, said, want)
            out += [f"{m.n} ({m.facts}): {w}" for w in why]
        return out

    def same(self, was, row, said, but=("next_at", "asked")):
        odd = {k: (was[k], row[k]) for k in was if was[k] != row[k] and k not in but}
        return ([f"changed: {odd}"] if odd else []) + ([f"events: {said}"] if said else [])

    def failed(self, was, row, said, want):
        """An attempt that came to nothing leaves what is known. want None: nor need there have been one."""
        out = self.same(was, row, [], ("next_at", "asked", "tried", "tried_at", "fails"))
        if want and (row["tried"] not in want.tried or row["fails"] != was["fails"] + 1):
            out.append(f"tried {row['tried']}, fails {was['fails']} and then {row['fails']}, want {want.tried}")
        told = [FAILING] if was["fails"] < 2 <= row["fails"] else []
        return out + ([f"events: {said}"] if [e["what"] for e in said] != told else [])

    def judged(self, m, was, row, said, want):
        out = self.h.differs(m, row)
        moved = (was["status"], was["reason"]) != (row["status"], row["reason"])
        told = [ANSWERING] if was["fails"] >= 2 else []
        now, then = granted(row["grants"]), granted(was["grants"])
        if moved:
            told.append(VERDICT)
        elif any(then[k] and now[k] and now[k] != then[k] for k in now) or was["reach"] != row["reach"]:
            told.append(RIGHTS)
        if [e["what"] for e in said] != told:
            out.append(f"want events {told}, got {said}")
        if moved and said:
            e = said[-1]
            turn = tuple(e[k] for k in ("was", "was_reason", "status", "reason"))
            if turn != (was["status"], was["reason"], row["status"], row["reason"]):
                out.append(f"the event says {turn}")
        if any(not self.begun <= e["at"] <= time.time() for e in said) or (row["since"] >= self.begun) != moved:
            out.append(f"since {row['since']}, was {was['since']}, begun {self.begun}: {said}")
        return out


def found(h, look, changed):
    """How many of the changes are seen in the rows: (with another verdict, with other rights or an attempt that fails)."""
    after = h.rows()
    verdicts = sum(any(after[n][k] != look.before[n][k] for k in STANDS) for n in changed)
    return verdicts, sum(after[n]["fails"] > look.before[n]["fails"] or after[n]["grants"] != look.before[n]["grants"] for n in changed)


# What is done to a house, and shown


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


def changes(tap, h, count, kinds, pick, fit=lambda f: True):
    """pick: how many a person asks to look at; None = everybody. fit: to whom it happens."""
    everybody = {m.n for m in h.people}
    with Look(h, everybody) as look:
        changed = change(h, count, kinds, len(kinds), fit)
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
