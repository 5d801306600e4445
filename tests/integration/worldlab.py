"""A world of members of every sort, and an oracle: what can be seen of each of them from outside.

A member is Facts: what an Exchange admin would know. From these come both the lines of the scenario and, by a way of
its own, what is observable: the classes of EWS.md 0.1, 0.7, 0.8, 5.1 and 6.1, and the meanings of product.md. Nothing
is taken from the simulator's sources, and nothing from src/.
"""

import dataclasses
import random

from coreworld import SECRET

DOMAIN = "example.test"
SVC = f"svc@{DOMAIN}"
CLOUD = "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
OF_ALL = ("dedicated", "delegate", "impersonation")  # one sign-in for everybody
METHODS = (*OF_ALL, "personal")
STATUSES = ("not_checked", "connected", "limited", "action_needed", "blocked", "deactivated")
FIXERS = ("nobody", "member", "account_admin", "exchange_admin", "entra_admin", "network_admin", "ops")
REACHES = ("unknown", "none", "busy", "calendar", "full")
GRANTS = ("busy", "open", "read", "create", "change", "remove", "send", "inbox")
UNKNOWN, NO, YES = range(3)

# What a level of rights holds (EWS.md 0.1 and 6.1).
READ, CREATE, EDIT_OWN, DELETE_OWN, EDIT_ANY, DELETE_ANY = 1, 2, 8, 0x10, 0x20, 0x40
BUSY = 0x1800  # FreeBusySimple, FreeBusyDetailed
LEVELS = {
    "None": 0,
    "AvailabilityOnly": 0x800,
    "LimitedDetails": 0x1800,
    "Contributor": 0x402,
    "Reviewer": 0x401,
    "NoneditingAuthor": 0x413,
    "Author": 0x41B,
    "PublishingAuthor": 0x49B,
    "Editor": 0x47B,
    "PublishingEditor": 0x4FB,
    "Owner": 0x7FB,
}
# Seen only now and then, alone or together, and told apart by nobody but the server: custom rights.
CUSTOM = (0x1, 0x3, 0x401, 0x403, 0x400, 0x402, 0x418, 0xC00, 0x1800, 0x41A, 0x419, 0x40B, 0x413, 0x463, 0x1B, 0x5B, 0x1401)

# What a mailbox says that does not open: the reason, and whether that is said about it for good.
TROUBLES = {
    "ErrorMailboxStoreUnavailable": ("mailbox_unavailable", False),
    "ErrorMailboxFailover": ("mailbox_unavailable", False),
    "ErrorAccountDisabled": ("mailbox_disabled", True),
    "ErrorInvalidLicense": ("mailbox_disabled", True),
    "ErrorQuotaExceeded": ("mailbox_full", True),
    "ErrorWrongServerVersion": ("mailbox_elsewhere", True),
    "ErrorCrossSiteRequest": ("mailbox_elsewhere", True),
    "ErrorNoCalendar": ("no_calendar", True),
    "ErrorFolderNotFound": ("no_calendar", True),
}

FIXER = {
    "ok": "nobody",
    "busy_time_only": "member",
    "rights_too_low": "member",
    "not_delegated": "member",
    "busy_time_denied": "member",
    "no_calendar": "member",
    "mailbox_full": "member",
    "no_mailbox": "account_admin",
    "mailbox_elsewhere": "account_admin",
    "address_refused": "account_admin",
    "address_is_alias": "account_admin",
    "outside_scope": "exchange_admin",
    "impersonation_refused": "exchange_admin",
    "member_ews_refused": "exchange_admin",
    "mailbox_disabled": "exchange_admin",
    "own_signin_missing": "member",
    "signin_refused": "member",
    "no_own_mailbox": "exchange_admin",
    "not_checked": "nobody",
}


@dataclasses.dataclass(frozen=True, repr=False)
class Facts:
    """One member as an Exchange admin knows them."""

    own: object = None  # rights of the dedicated mailbox in the calendar: a level, a number; None = no entry
    group: object = None  # of a group it is in
    default: object = None  # of everybody; None = busy time, as everywhere
    folder: object = None  # rights on the folder itself, where they do not follow from those: words
    full: bool = False  # Full Access
    delegate: bool = False  # a delegate entry, not only a permission
    exists: bool = True
    left: bool = False  # there is no mailbox any more, but who had it can still sign in
    enabled: bool = True
    moving: bool = False
    home: str = "here"  # there = on the other premise
    trouble: object = None  # code with which nothing of it opens
    ews: bool = True
    scope: bool = True  # in the scope of impersonation
    hidden: bool = False
    asked: str = "primary"  # alias; group = the address of a list; bad = no mailbox can have it
    room: bool = False
    routed: bool = False  # the member's e-mail address is another one than the mailbox's
    german: bool = False
    signin: str = "none"  # their own that Latchkey has: good; old = with another password than today's

    def __repr__(self):
        usual = Facts.__dataclass_fields__
        return " ".join(f"{k}={v}" for k, v in vars(self).items() if v != usual[k].default) or "as everybody"


@dataclasses.dataclass(frozen=True)
class Server:
    """The premise that is asked, as far as it matters to what can be seen."""

    old: bool = False  # 2007: impersonation by primary address only
    rights: bool = True  # tells the rights over items
    hybrid: bool = True  # asks the other premise for busy time
    unknown: str = "no_mailbox"  # what it says of the busy time of an address that nobody has


@dataclasses.dataclass(frozen=True)
class Seen:
    """What one way into a mailbox shows. None = the attempt came to nothing."""

    opens: object = None
    why: str = "ok"
    read: int = UNKNOWN
    create: int = UNKNOWN
    change: int = UNKNOWN
    remove: int = UNKNOWN
    inbox: int = UNKNOWN


@dataclasses.dataclass(frozen=True)
class Verdict:
    """status None: nothing was learned; tried says why."""

    status: object
    reason: str = "not_checked"
    fixer: str = "nobody"
    reach: str = "unknown"
    note: str = "ok"
    grants: tuple = ()
    tried: tuple = ("ok",)


def bits(level):
    return LEVELS[level] if isinstance(level, str) else level


def rights(f):
    """Entries of one's own and of groups are added up; everybody's counts only for whom none names."""
    if f.full:
        return 0x7FB
    named = [bits(x) for x in (f.own, f.group) if x is not None]
    if named:
        return named[0] | named[-1]
    return bits("AvailabilityOnly" if f.default is None else f.default)


def on_folder(f):
    """(may read, may create) as the folder itself says."""
    r = rights(f)
    if f.full or f.folder is None:
        return bool(r & READ), bool(r & CREATE)
    shared = bits(f.group) if f.group is not None else 0
    return "read" in f.folder or bool(shared & READ), "create" in f.folder or bool(shared & CREATE)


def yes(x):
    return YES if x else NO


def absent(f):
    """The server has no mailbox at this address, as far as it says: gone, off or elsewhere look alike (0.7, 0.8)."""
    return f.asked == "group" or not f.exists or not f.enabled or f.home == "there"


def explicit(f, server):
    """The calendar, opened by the dedicated mailbox, and the inbox asked for with it: only Full Access opens that."""
    if f.asked == "bad":
        return Seen(NO, "address_refused")
    if absent(f):
        return Seen(NO, "no_mailbox", inbox=NO)
    if f.moving:
        return Seen(None, "mailbox_moving")
    if f.trouble:
        why, lasting = TROUBLES[f.trouble]
        # A folder that is not there, and one that may not be seen, are the same to a delegate.
        why = "not_delegated" if f.trouble == "ErrorFolderNotFound" else why
        return Seen(NO if lasting else None, why, inbox=NO)
    read, create = on_folder(f)
    if not read and not create:
        return Seen(NO, "not_delegated", inbox=NO)
    r = rights(f) if server.rights else 0
    # Believed only where both ways to say it agree.
    if not r or (read and not r & READ) or (create and not r & CREATE):
        return Seen(YES, "ok", yes(read), yes(create), inbox=yes(f.full))
    return Seen(YES, "ok", yes(read), yes(create), yes(r & (EDIT_OWN | EDIT_ANY)), yes(r & (DELETE_OWN | DELETE_ANY)), yes(f.full))


def impersonated(f, server):
    """The calendar, opened as its owner, and the inbox with it; others work."""
    if f.asked == "bad":
        return Seen(NO, "address_refused")
    why = as_owner(f, server)
    if why in ("mailbox_moving", "mailbox_unavailable"):
        return Seen(None, why)
    return Seen(YES, "ok", YES, YES, YES, YES, YES) if why == "ok" else Seen(NO, why, inbox=NO)


def as_owner(f, server):
    """Why the owner's calendar does not open: the address, then the right, then the mailbox."""
    if f.asked == "alias" and f.exists and server.old:
        return "address_is_alias"
    if absent(f):
        return "no_mailbox"
    if not f.scope:
        return "outside_scope"
    if f.moving:
        return "mailbox_moving"
    if not f.ews:
        return "member_ews_refused"
    return TROUBLES[f.trouble][0] if f.trouble else "ok"


def busy(f, server):
    """Busy time, asked by the dedicated mailbox."""
    if f.asked == "bad":
        return Seen(NO, "address_refused")
    if f.asked == "group":
        return Seen(YES)
    if not f.exists:
        return Seen(NO, server.unknown)
    if not f.enabled:
        return Seen(NO, "no_mailbox")
    if f.moving:
        return Seen(None, "mailbox_unavailable")
    if f.trouble:
        why, lasting = TROUBLES[f.trouble]
        # Who reads busy time opens nothing: it cannot be seen, and that is all.
        why = "busy_time_denied" if f.trouble == "ErrorFolderNotFound" else why
        return Seen(NO if lasting else None, why)
    if f.home == "there" and not server.hybrid:
        return Seen(NO, "mailbox_elsewhere")
    return Seen(YES) if rights(f) & (READ | BUSY) else Seen(NO, "busy_time_denied")


def grants(main, time):
    """By name, what must be known: what the way in showed, and busy time where it was asked."""
    out = {"open": main.opens, "read": main.read, "create": main.create, "change": main.change, "remove": main.remove}
    out |= {"inbox": main.inbox, "busy": time.opens}
    if main.why == "member_ews_refused":  # turned away at the door: no folder was asked for
        out |= {"open": UNKNOWN, "inbox": UNKNOWN}
    return tuple(sorted((k, v) for k, v in out.items() if v))


def of_dedicated(f, server):
    """The mailbox exists, and its busy time can be read."""
    time = busy(f, server)
    if time.opens is None:
        return Verdict(None, tried=(time.why,))
    if time.opens == YES:
        return Verdict("connected", "ok", "nobody", "busy", grants=(("busy", YES),))
    return nothing(time.why, (("busy", NO),))


def nothing(reason, seen):
    """Nothing works: the member's turn when they can mend it, else an admin's."""
    status = "action_needed" if FIXER[reason] == "member" else "blocked"
    return Verdict(status, reason, FIXER[reason], "none", grants=seen)


def opened(method, main, seen):
    reach = "full" if main.inbox == YES else "calendar"
    if NO in (main.read, main.create, main.change, main.remove):
        fixer = "member" if method == "delegate" else "exchange_admin"
        return Verdict("limited", "rights_too_low", fixer, reach, grants=seen)
    return Verdict("connected", "ok", "nobody", reach, "sending_unproved" if method == "delegate" else "ok", grants=seen)


def of_calendar(f, method, server):
    """By delegation or impersonation: the calendar opens, else busy time may."""
    main = (explicit if method == "delegate" else impersonated)(f, server)
    if main.opens is None:
        return Verdict(None, tried=(main.why,))
    if main.opens == YES:
        return opened(method, main, grants(main, Seen()))
    time, why = busy(f, server), main.why
    if time.opens is None:
        return Verdict(None, tried=(time.why,))
    # Known in the directory, and not here: hybrid (0.8). That the way to another premise fails proves nothing: so does
    # the way to a mailbox that is nowhere (5.1 f).
    if why == "no_mailbox" and (time.opens == YES or time.why == "busy_time_denied"):
        why = "mailbox_elsewhere"
    if time.opens == NO:
        return nothing(why, grants(main, time))
    why = "busy_time_only" if why == "not_delegated" else why
    note = "ok" if why == "busy_time_only" else "busy_time_only"
    return Verdict("limited", why, FIXER[why], "busy", note, grants(main, time))


def owned(f):
    """The calendar, opened by its owner: the sign-in, then as if somebody opened it for them."""
    if f.signin == "old" or not (f.exists or f.left):
        return Seen(NO, "signin_refused")
    if f.left:
        return Seen(NO, "no_own_mailbox")
    seen = impersonated(dataclasses.replace(f, asked="primary", scope=True), Server())
    return dataclasses.replace(seen, inbox=UNKNOWN) if seen.why == "member_ews_refused" else seen


def of_own(f, server):
    """By one's own sign-in. Rooms have none, and are looked at from outside."""
    if f.room:
        return of_dedicated(f, server)
    main = Seen(NO, "own_signin_missing") if f.signin == "none" else owned(f)
    if main.opens is None:
        return Verdict(None, tried=(main.why,))
    if main.opens == YES:
        return opened("personal", main, grants(main, Seen()))
    # Who got no further than the door has seen no folder, and nobody asks for busy time.
    folder = main.inbox == NO
    return dataclasses.replace(nothing(main.why, grants(main, Seen()) if folder else ()), reach="unknown")


def oracle(f, method, server=Server()):  # noqa: B008 - frozen
    """What the portal must say of a member, by what is observable."""
    if method == "personal":
        return of_own(f, server)
    return of_dedicated(f, server) if method == "dedicated" else of_calendar(f, method, server)


def truth(f, method):
    """What a mailbox that was looked at before may be known for, beside what a look shows: it is so all the same."""
    r = 0x7FB if method in ("impersonation", "personal") else rights(f)
    return {"busy": yes(rights(f) & (READ | BUSY)), "change": yes(r & (EDIT_OWN | EDIT_ANY)), "remove": yes(r & (DELETE_OWN | DELETE_ANY))}


# What rests on something that EWS.md marks UNSURE, or on a code that no recording has: (status, reason).
UNVERIFIED = {
    ("limited", "rights_too_low"),
    ("limited", "mailbox_elsewhere"),
    ("blocked", "mailbox_elsewhere"),
    ("blocked", "mailbox_disabled"),
    ("action_needed", "mailbox_full"),
    ("action_needed", "no_calendar"),
    ("limited", "address_is_alias"),
    ("blocked", "address_is_alias"),
    ("blocked", "no_own_mailbox"),
}


def classes(people):
    """All that can be seen of these: {(status, reason): (who acts, methods)}; status kept = no verdict."""
    out = {}
    people = signed(people, 0.5)
    for method in METHODS:
        for server in (Server(), Server(old=True), Server(rights=False)):
            for v in {oracle(m.facts, method, server) for m in people}:
                key = (v.status, v.reason) if v.status else ("kept", v.tried[0])
                out.setdefault(key, (set(), set()))
                out[key][0].add(v.fixer if v.status else "nobody")
                out[key][1].add(method)
    return {key: (", ".join(sorted(who)), ", ".join(m for m in METHODS if m in ways)) for key, (who, ways) in out.items()}


# Who there is

E = Facts(own="Editor")


def sorts():
    """Each sort alone, with its share."""
    yield 30, E
    yield from ((3, Facts(own=level)) for level in LEVELS)
    yield from ((2, Facts(group=level)) for level in ("Editor", "Reviewer", "AvailabilityOnly"))
    yield from ((2, Facts(default=level)) for level in ("None", "LimitedDetails", "Reviewer", "Author", "Editor"))
    yield from ((1, Facts(own=number)) for number in CUSTOM)
    yield 10, Facts()
    yield 1, Facts(own="Editor", default="None")
    yield 1, Facts(own="None", default="Reviewer")
    yield 1, Facts(own="Reviewer", group="Author")
    yield 1, Facts(own="Contributor", group="Reviewer")
    yield from ((1, Facts(own=level, folder=words)) for level in ("None", "Reviewer", "Editor")
                for words in (("none",), ("read",), ("create",), ("read", "create"), ("read", "create", "modify", "delete")))
    yield 2, Facts(full=True)
    yield 2, Facts(full=True, default="None")
    yield 2, Facts(own="Editor", delegate=True)
    yield 1, Facts(own="Reviewer", delegate=True)
    yield 3, Facts(exists=False)
    yield 1, Facts(exists=False, left=True)
    yield 1, Facts(asked="bad")
    yield 1, Facts(asked="group")
    yield 2, Facts(own="Editor", asked="alias")
    for own in ("Editor", None):
        more = {"own": own}
        yield 2, Facts(enabled=False, **more)
        yield 2, Facts(moving=True, **more)
        yield 3, Facts(home="there", **more)
        yield 2, Facts(ews=False, **more)
        yield 3, Facts(scope=False, **more)
        yield 1, Facts(hidden=True, **more)
        yield 1, Facts(room=True, **more)
        yield 1, Facts(routed=True, **more)
        yield 1, Facts(german=True, **more)
        yield from ((1, Facts(trouble=code, **more)) for code in TROUBLES)
    yield from ((1, Facts(default="None", **more)) for more in (
        {"home": "there"}, {"ews": False}, {"scope": False}, {"trouble": "ErrorQuotaExceeded"}, {"room": True}, {"enabled": False}))


def mixed(chance):
    """Anything with anything."""
    pick, some = chance.choice, chance.random
    own = pick([None, "Editor", "Editor", *LEVELS, *CUSTOM])
    return Facts(
        own=own,
        group=pick(list(LEVELS)) if some() < 0.1 else None,
        default=pick(list(LEVELS)) if some() < 0.2 else None,
        folder=pick([("none",), ("read",), ("read", "create")]) if own is not None and some() < 0.05 else None,
        full=some() < 0.03,
        enabled=some() > 0.03,
        moving=some() < 0.03,
        home="there" if some() < 0.04 else "here",
        trouble=pick(list(TROUBLES)) if some() < 0.04 else None,
        ews=some() > 0.05,
        scope=some() > 0.1,
        hidden=some() < 0.1,
        asked="alias" if some() < 0.05 else "primary",
        room=some() < 0.05,
        routed=some() < 0.05,
        german=some() < 0.1,
    )


def members(count, seed=6):
    """Facts of so many: at least one of each sort, then by their shares, a quarter of anything."""
    chance, rows = random.Random(seed), list(sorts())
    if count < len(rows):
        raise ValueError(f"{len(rows)} sorts do not fit into {count}")
    out = [f for _, f in rows]
    shares, facts = [n for n, _ in rows], [f for _, f in rows]
    while len(out) < count:
        out.append(mixed(chance) if len(out) % 4 == 0 else chance.choices(facts, shares)[0])
    chance.shuffle(out)
    return [Member(n, f) for n, f in enumerate(out, 1)]


def signed(people, share, seed=6):
    """So many of these have a sign-in of their own; of each sort some, and of those some an old one.

    What others may do in a mailbox does not make a sort here. An address that no mailbox can have leads to no sign-in that
    could be proved.
    """
    chance, seen = random.Random(seed), set()
    nobodys = {"own": None, "group": None, "default": None, "folder": None, "full": False, "delegate": False, "scope": True}
    for m in people:
        sort = dataclasses.replace(m.facts, **nobodys)
        if m.facts.asked in ("bad", "group") or (sort in seen and chance.random() >= share):
            continue
        seen.add(sort)
        m.facts = dataclasses.replace(m.facts, signin="old" if chance.random() < 0.1 else "good")
    return people


@dataclasses.dataclass
class Member:
    n: int
    facts: Facts

    @property
    def mailbox(self):
        """Its primary address."""
        return f"m{self.n:05}@{DOMAIN}"

    @property
    def address(self):
        """By which it is asked for."""
        return {"alias": f"a{self.n:05}@{DOMAIN}", "group": f"staff@{DOMAIN}", "bad": f"m{self.n:05} at home@{DOMAIN}"}.get(
            self.facts.asked, self.mailbox)

    @property
    def email(self):
        """Of the member; several share the address of a list."""
        return f"r{self.n:05}@elsewhere.test" if self.facts.routed or self.facts.asked in ("group", "bad") else self.address

    @property
    def password(self):
        """The one that Latchkey was given; nobody has the same."""
        return f"own-{self.n * 7919 % 99991}-in-the-rain"


# The scenario


def level(x):
    return x if isinstance(x, str) else f"0x{x:x}"


def grant_lines(f):
    if f.delegate:
        yield f"delegate {SVC} calendar {level(f.own)}"
    elif f.own is not None:
        yield f"grant {SVC} {level(f.own)}" + (f" folder-rights {','.join(f.folder)}" if f.folder else "")
    if f.group is not None:
        yield f"grant readers@{DOMAIN} {level(f.group)}"
    if f.default is not None:
        yield f"grant default {level(f.default)}"


def lines(m):
    """A member's lines."""
    f = m.facts
    if not (f.exists or f.left) or f.asked in ("group", "bad"):
        return ""
    out = [f'mailbox {m.mailbox} "Member {m.n}" premise {"hq" if f.home == "here" else "cloud"}', *grant_lines(f)]
    out += [f"full-access {SVC}"] if f.full else []
    out += [f"alias a{m.n:05}@{DOMAIN}"] if f.asked == "alias" else []
    out += ["enabled no"] if not f.enabled else []
    out += ["moving"] if f.moving else []
    out += [f"trouble {f.trouble}"] if f.trouble else []
    out += ["ews no"] if not f.ews else []
    out += ["hidden"] if f.hidden else []
    out += ["room capacity 8"] if f.room else []
    out += ["culture de-DE"] if f.german else []
    out += [f'password "{m.password if f.signin == "good" else m.password + "-now"}"'] if f.signin != "none" else []
    out += ["remove"] if f.left else []
    return "\n\t".join(out) + "\n"


def world(people, product="2016", more=()):
    """Lines of the scenario; more: below the premise that is asked."""
    below = "\n\t".join(["schemes basic ntlm", "lock-out after 5 for 30m", "ntlm-grace 0m", *more])
    inside = [m.mailbox for m in people if m.facts.exists and m.facts.scope and m.facts.asked not in ("group", "bad")]
    scope = "".join(f"\tmember {' '.join(inside[i : i + 50])}\n" for i in range(0, len(inside), 50))
    return f"""organisation "World"
seed 6
clock now
premise hq onprem {product} host mail.example.localhost
	{below}
premise cloud online host cloud.example.localhost
	schemes basic bearer
	tenant {CLOUD}
domain {DOMAIN} premise hq website none
mailbox {SVC} "Connector"
	kind dedicated
	login svc
	password "{SECRET}"
group readers@{DOMAIN} "Readers" kind security
	member {SVC}
{"".join(map(lines, people))}
group staff@{DOMAIN} "Staff" kind distribution
	member {SVC}
group scope@{DOMAIN} "Scope" kind security
{scope}mailbox {SVC}
	impersonation scope scope@{DOMAIN}
"""
