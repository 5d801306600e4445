"""The scenario "demo" holds what it says: whom a newcomer meets, in which state, and what changes by itself."""

import collections
import json
import re
import urllib.parse
import xml.etree.ElementTree as ET

from lab import Tap, run
from simlab import NS, Sim

CALENDAR = ("calendar@example.com", "Blue-Heron-42")
ONLINE = ("calendar-online@example.com", "Teal-Plover-9")
ANNA = ("anna.berg@example.com", "Anna-Otter-17")
APP = {"client_id": "6d1c40e5-3a52-4b0e-9c1d-7f7a52b0e4c1", "client_secret": "Green-Wren-Secret-5"}
AUDIENCE = "https://outlook.office365.com/"
BATCH = 10

# What the dedicated mailbox finds of the 240, before anything has changed by itself.
DELEGATED = {
    "works": 161,
    "sending refused": 14,
    "own items cannot be changed": 1,
    "read only": 12,
    "create only": 1,
    "busy time, with titles": 5,
    "busy time": 19,
    "nothing": 8,
    "ErrorNonExistentMailbox": 18,
    "ErrorMailboxMoveInProgress": 1,
}
# The same by impersonation.
IMPERSONATED = {
    "NoError": 184,
    "ErrorImpersonateUserDenied": 36,
    "403": 1,
    "ErrorNonExistentMailbox": 18,
    "ErrorMailboxMoveInProgress": 1,
}
# Of those online: what the dedicated mailbox there finds, and what the application does.
DELEGATED_ONLINE = {"works": 10, "read only": 1, "busy time": 6}
IMPERSONATED_ONLINE = {"NoError": 16, "403": 1}
# Who changes: after how many minutes first, and how often.
RULES = {"zofia": (1, 4), "adam": (2, 6), "bianca": (5, 10), "cem": (3, 7), "dina": (5, 5), "milan": (6, 9), "scope": (4, 8)}
DAY = 24 * 60


def start():
    """The demo with a clock that stands, and without the time that its servers take."""
    sim = Sim(lines="clock 2026-11-23T08:00:00Z frozen\ninclude demo\n").start()
    for premise in ("hq", "cloud"):
        sim.do(f"premise {premise}", "latency base 0 mailbox 0 jitter 0")
    return sim


# Asking


def codes(answer):
    """Of each thing that was asked for: its code, and the element."""
    if answer.status not in (200, 500):
        return [(str(answer.status), None)]
    body = ET.fromstring(answer.body)
    fault = body.find(".//e:ResponseCode", NS)
    if fault is not None:
        return [(fault.text, None)]
    return [(one.find("m:ResponseCode", NS).text, one) for one in body.findall(".//m:ResponseMessages/*", NS)]


def folder(address=None):
    whose = f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>" if address else ""
    return f'<t:DistinguishedFolderId Id="calendar">{whose}</t:DistinguishedFolderId>'


def get_folder(*ids):
    wanted = (
        '<t:FieldURI FieldURI="folder:EffectiveRights"/>'
        '<t:ExtendedFieldURI PropertyTag="0x6639" PropertyType="Integer"/>'
    )
    shape = f"<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>{wanted}</t:AdditionalProperties>"
    return f"<m:GetFolder><m:FolderShape>{shape}</m:FolderShape><m:FolderIds>{''.join(ids)}</m:FolderIds></m:GetFolder>"


def availability(*addresses):
    rule = "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    zone = f"<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime>{rule}</t:StandardTime><t:DaylightTime>{rule}</t:DaylightTime></t:TimeZone>"
    people = "".join(
        f"<t:MailboxData><t:Email><t:Address>{a}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        for a in addresses
    )
    window = "<t:TimeWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-11-28T00:00:00</t:EndTime></t:TimeWindow>"
    view = f"<t:FreeBusyViewOptions>{window}<t:RequestedView>Detailed</t:RequestedView></t:FreeBusyViewOptions>"
    return (
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray>{people}</m:MailboxDataArray>{view}</m:GetUserAvailabilityRequest>"
    )


class Asker:
    """One account, on one connection; online with a token."""

    def __init__(self, sim, who=CALENDAR, token=None):
        self.sim = sim
        self.on = sim.connect(sim.host("cloud" if token else "hq"))
        self.who = (None,) if token else who
        self.headers = {"Authorization": "Bearer " + token} if token else {}
        self.host = sim.host("cloud" if token else "hq")

    def ask(self, op, acting_as=None):
        return self.sim.soap(op, *self.who, headers=self.headers, on=self.on, host=self.host, acting_as=acting_as)

    def levels(self, addresses, sender):
        """What each of these calendars lets the caller do, as the table at the top says it."""
        out = {}
        for i in range(0, len(addresses), BATCH):
            some = addresses[i : i + BATCH]
            for address, (code, element) in zip(some, codes(self.ask(get_folder(*map(folder, some)))), strict=True):
                out[address] = self.level(address, element, sender) if code == "NoError" else code
        closed = [a for a in addresses if out[a] == "ErrorItemNotFound"]
        for i in range(0, len(closed), BATCH):
            body = ET.fromstring(self.ask(availability(*closed[i : i + BATCH])).body)
            for address, one in zip(closed[i : i + BATCH], body.findall(".//m:FreeBusyResponse", NS), strict=True):
                out[address] = busy(one)
        return out

    def level(self, address, element, sender):
        rights = {e.tag.split("}")[1]: e.text == "true" for e in element.find(".//t:EffectiveRights", NS)}
        bits = int(element.find(".//t:ExtendedProperty/t:Value", NS).text)
        if not rights["Read"]:
            return "create only" if rights["CreateContents"] else "opens, and nothing more"
        if not rights["CreateContents"]:
            return "read only"
        if bits & 0x18 != 0x18:
            return "own items cannot be changed"
        return "works" if self.sim.rights(address, sender)["sends_on_behalf"] else "sending refused"

    def impersonated(self, address):
        return codes(self.ask(get_folder(folder()), acting_as=address))[0][0]

    def found(self, address):
        """Does the address book know it."""
        op = f'<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>smtp:{address}</m:UnresolvedEntry></m:ResolveNames>'
        return codes(self.ask(op))[0][0]


def busy(response):
    code = response.find("m:ResponseMessage/m:ResponseCode", NS).text
    if code == "ErrorNoFreeBusyAccess":
        return "nothing"
    if code != "NoError":
        return code
    kind = response.find(".//t:FreeBusyViewType", NS).text
    return {"FreeBusy": "busy time", "Detailed": "busy time, with titles"}[kind]


def token(sim, **form):
    """Ask the sign-in for a token: (token, None) or (None, the number of its refusal)."""
    answer = sim.request(
        "POST", "/organizations/oauth2/v2.0/token" if "username" in form else "/8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11/oauth2/v2.0/token",
        urllib.parse.urlencode({**APP, **form}), {"Content-Type": "application/x-www-form-urlencoded"},
        host=sim.face("signin")["host"],
    )
    said = json.loads(answer.body)
    return said.get("access_token"), said.get("error_codes", [None])[0]


def personal_token(sim, who, password):
    return token(sim, grant_type="password", username=who, password=password, scope=AUDIENCE + "EWS.AccessAsUser.All")


def people(sim, premise=None):
    """Addresses of people, of one premise or all."""
    all_of_them = sim.tell("mailboxes")["mailboxes"]
    return [m["address"] for m in all_of_them if m["kind"] == "user" and premise in (None, m["premise"])]


def tally(values):
    return dict(collections.Counter(values))


# Tests


def who_there_is(tap):
    with start() as sim:
        everybody = sim.tell("mailboxes")["mailboxes"]
        kinds = tally((m["kind"], m["premise"]) for m in everybody)
        tap.same(
            kinds, {("user", "hq"): 223, ("user", "cloud"): 17, ("room", "hq"): 12, ("dedicated", "hq"): 1, ("dedicated", "cloud"): 1},
            "240 people and 12 rooms, on both sides",
        )
        mine = [m for m in everybody if m["kind"] == "user"]
        tap.same(len({m["name"] for m in mine}), 240, "no two have the same name")
        tap.ok(all(re.fullmatch(r"[a-z]+\.[a-z]+@example\.com", m["address"]) for m in mine), "no address has a number")
        firsts = collections.Counter(m["name"].split()[0] for m in mine)
        tap.ok(max(firsts.values()) <= 4 and len(firsts) > 150, "no first name is everywhere", firsts.most_common(5))
        state = {f: [m["address"].split("@")[0] for m in mine if m[f] is bad] for f, bad in
                 (("enabled", False), ("licensed", False), ("hidden", True), ("moving", True), ("ews", False))}
        tap.same(state, {"enabled": ["quentin.roux"], "licensed": ["will.turner"], "hidden": ["xenia.wolf"], "moving": ["tove.dahl"],
                         "ews": ["rosa.marino"]}, "the boundary cases are there")
        moved = [m["address"] for m in mine if m["premise"] == "cloud" and m.get("knows") == "hq"]
        tap.same(moved, ["vera.lange@example.com"], "one has moved, and autodiscovery does not know")
        tap.same(len({m["zone"] for m in mine}), 5, "in five time zones")
        groups(tap, sim, {m["address"] for m in mine})


def groups(tap, sim, mine):
    def expand(address):
        op = f"<m:ExpandDL><m:Mailbox><t:EmailAddress>{address}</t:EmailAddress></m:Mailbox></m:ExpandDL>"
        out = set()
        for one in ET.fromstring(anna.ask(op).body).findall(".//m:DLExpansion/t:Mailbox", NS):
            inside = one.find("t:EmailAddress", NS).text
            out |= expand(inside) if one.find("t:MailboxType", NS).text == "PublicDL" else {inside}
        return out

    anna = Asker(sim, ANNA)
    tap.same(expand("everyone@example.com"), mine, "everyone is in the list of everyone")
    calendar = Asker(sim)
    aurora = sorted(expand("aurora@example.com"))
    tap.same(len(aurora), 6, "six work on what few may know of")
    tap.same({calendar.found(a) for a in aurora}, {"ErrorNameResolutionNoResults"}, "the address-book policy hides them")
    tap.same({anna.found(a) for a in aurora}, {"NoError"}, "from the dedicated mailbox only")
    tap.same(set(calendar.levels(aurora, CALENDAR[0]).values()), {"works"}, "and their calendars open")
    tap.same(tally(calendar.found(a) for a in sorted(mine)), {"NoError": 232, "ErrorNameResolutionNoResults": 8},
             "besides them only who is hidden or switched off is not found")


def states(tap):
    with start() as sim:
        calendar = Asker(sim)
        levels = calendar.levels(people(sim), CALENDAR[0])
        tap.same(tally(levels.values()), DELEGATED, "what the dedicated mailbox may do, on the premises")
        tap.same(tally(map(calendar.impersonated, people(sim))), IMPERSONATED, "what impersonation opens")
        few = {"noor.rahman": "nothing", "hugo.petit": "read only", "kenji.mori": "sending refused", "maja.nowak": "busy time",
               "ines.costa": "busy time, with titles", "jonas.weber": "create only", "paul.richter": "works", "xenia.wolf": "works",
               "lena.hoffmann": "own items cannot be changed", "daniel.okafor": "works", "chiara.fontana": "works"}
        tap.same({who: levels[f"{who}@example.com"] for who in few}, few, "each of those with a story is as the story says")
        gone = codes(calendar.ask(get_folder(folder("sam.walker@example.com"))))[0][0]
        tap.same(gone, "ErrorNonExistentMailbox", "who left is gone")


def states_online(tap):
    with start() as sim:
        there = people(sim, "cloud")
        dedicated, refused = personal_token(sim, *ONLINE)
        tap.ok(dedicated, "the dedicated mailbox online signs in", refused)
        levels = Asker(sim, token=dedicated).levels(there, ONLINE[0])
        tap.same(tally(levels.values()), DELEGATED_ONLINE, "what it may do")
        tap.same(levels["vera.lange@example.com"], "works", "who moved is there now")
        app, refused = token(sim, grant_type="client_credentials", scope=AUDIENCE + ".default")
        tap.ok(app, "the application has a token of its own", refused)
        caller = Asker(sim, token=app)
        found = {a: caller.impersonated(a) for a in there}
        tap.same(tally(found.values()), IMPERSONATED_ONLINE, "the application acts as everybody there")
        tap.same(found["will.turner@example.com"], "403", "but who has no licence")
        tap.same(caller.impersonated("anna.berg@example.com"), "ErrorNonExistentMailbox", "and nobody of the other side")


def personal(tap):
    with start() as sim:
        def own(who, password):
            return codes(Asker(sim, (who, password)).ask(get_folder(folder())))[0][0]

        found = {who: own(f"{who}@example.com", password) for who, password in (
            ("anna.berg", "Anna-Otter-17"), ("ivy.chen", "Ivy-Dunlin-31"), ("jamal.carter", "Jamal-Stoat-12"),
            ("yuki.sato", "Yuki-Crane-4"), ("rosa.marino", "Rosa-Marten-6"), ("milan.horvat", "Milan-Egret-27"),
            ("ben.adeyemi", "nobody-gave-one"), ("reader", "Reader-Finch-8"))}
        tap.same(found, {"anna.berg": "NoError", "ivy.chen": "401", "jamal.carter": "401", "yuki.sato": "401", "rosa.marino": "403",
                         "milan.horvat": "NoError", "ben.adeyemi": "401", "reader": "ErrorMissingEmailAddress"},
                 "an own password works, or is expired, to be changed, switched off, not allowed")
        tap.ok(sim.who("ivy.chen@example.com")["expired"] and sim.who("jamal.carter@example.com")["must_change"], "for these reasons")
        mine, refused = personal_token(sim, "carl.bergman@example.com", "Carl-Badger-23")
        tap.ok(mine, "online one signs in at Microsoft", refused)
        tap.same(codes(Asker(sim, token=mine).ask(get_folder(folder())))[0][0], "NoError", "and opens the own calendar")
        tap.same(personal_token(sim, "kavita.iyer@example.com", "Kavita-Ibis-58"), (None, 50076), "with a second factor where it is wanted")


def subjects(asker, address):
    """What lies in a calendar this week."""
    view = '<m:CalendarView StartDate="2026-11-23T00:00:00Z" EndDate="2026-11-28T00:00:00Z"/>'
    shape = "<m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
    op = f'<m:FindItem Traversal="Shallow">{shape}{view}<m:ParentFolderIds>{folder(address)}</m:ParentFolderIds></m:FindItem>'
    return [s.text for s in ET.fromstring(asker.ask(op).body).findall(".//t:CalendarItem/t:Subject", NS)]


def private_items(tap):
    with start() as sim:
        anna = subjects(Asker(sim), "anna.berg@example.com")
        tap.ok("Planning" in anna and "Doctor" not in anna, "a private item keeps its subject to itself", anna)
        tap.ok("Private" in subjects(Asker(sim), "greta.lund@example.com"), "unless private items were shared, too")


def rooms(tap):
    with start() as sim:
        calendar = Asker(sim)
        lists = ET.fromstring(calendar.ask("<m:GetRoomLists/>").body).findall(".//t:EmailAddress", NS)
        lists = [e.text for e in lists]
        tap.same(lists, ["hq-rooms@example.com", "harbour-rooms@example.com"], "two lists of rooms")
        found = []
        for one in lists:
            op = f"<m:GetRooms><m:RoomList><t:EmailAddress>{one}</t:EmailAddress></m:RoomList></m:GetRooms>"
            found += [e.text for e in ET.fromstring(calendar.ask(op).body).findall(".//t:Room/t:Id/t:EmailAddress", NS)]
        all_rooms = {m["address"]: m for m in sim.tell("mailboxes")["mailboxes"] if m["kind"] == "room"}
        tap.same(sorted(all_rooms.keys() - set(found)), ["quay@example.com"], "all but a hidden one are in them")
        seats = sorted(m["capacity"] for m in all_rooms.values())
        tap.same(seats, [2, 4, 4, 6, 6, 6, 8, 8, 10, 12, 20, 40], "each has its seats")
        answers = {name: book(sim, calendar, f"{name}@example.com", at) for name, at in (
            ("maple", "2026-11-26T10:00:00Z"), ("pier", "2026-11-26T10:00:00Z"), ("linden", "2026-11-26T10:00:00Z"),
            ("oak", "2026-11-26T10:00:00Z"), ("beech", "2026-11-25T09:00:00Z"), ("rowan", "2026-11-26T10:00:00Z"))}
        tap.same(answers, {"maple": "Pos", "pier": "Neg", "linden": "Tent", "oak": "Pos", "beech": "Neg", "rowan": None},
                 "a booking succeeds, and then a room accepts, declines, hesitates, or leaves it to a person")


def book(sim, asker, room, at):
    """Invite a room; how it answers, once it does."""
    subject = f"Booking of {room}"
    item = (
        f'<t:CalendarItem><t:Subject>{subject}</t:Subject><t:Start>{at}</t:Start><t:End>{at.replace(":00:00Z", ":30:00Z")}</t:End>'
        f"<t:Resources><t:Attendee><t:Mailbox><t:EmailAddress>{room}</t:EmailAddress></t:Mailbox></t:Attendee></t:Resources>"
        "</t:CalendarItem>"
    )
    made = codes(asker.ask(f'<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items>{item}</m:Items></m:CreateItem>'))[0][0]
    if made != "NoError":
        return made
    sim.deliver(60)
    answers = [m["class"] for m in sim.messages(CALENDAR[0]) if subject in m["subject"] and "Resp" in m["class"]]
    return answers[-1].rsplit(".", 1)[1] if answers else None


def changes(tap):
    """A day, minute by minute: each rule has its turns, comes back, and nobody else changes."""
    with start() as sim:
        calendar = Asker(sim)
        sim.clock_advance(30)  # one of the servers learns of rights a little later: ask between the turns
        before = calendar.levels(people(sim), CALENDAR[0])
        first = was = sides(sim, calendar)
        turns, seen, odd = collections.Counter(), collections.defaultdict(set), []
        for minute in range(1, DAY + 1):
            sim.clock_advance(60)
            now = sides(sim, calendar)
            for name, (begins, every) in RULES.items():
                due = minute >= begins and (minute - begins) % every == 0
                if (now[name] != was[name]) != due:
                    odd.append(f"{name} in minute {minute}: {was[name]}, {now[name]}")
                turns[name] += now[name] != was[name]
                seen[name].add(now[name])
            was = now
            if minute % 180 == 0:
                levels = calendar.levels(list(before), CALENDAR[0])
                odd += [f"{a}: {before[a]}, {levels[a]}" for a in before
                        if before[a] != levels[a] and a.split(".")[0] not in RULES]
        tap.same(odd[:20], [], "each change comes when it is due, and only to whom it belongs")
        tap.same(dict(turns), {n: (DAY - begins) // every + 1 for n, (begins, every) in RULES.items()}, "hundreds in a day")
        tap.same({n: len(s) for n, s in seen.items()}, dict.fromkeys(RULES, 2), "to and fro between two states")
        tap.same(was, first, "and in the end all is as in the beginning")
        tap.same(tally(calendar.levels(people(sim), CALENDAR[0]).values()), DELEGATED, "so are the numbers")


def sides(sim, calendar):
    """What the rules change, as it is now."""
    def mailbox(name):
        return sim.tell(f"mailboxes {name}@example.com")["mailboxes"][0]

    adam = sim.rights("adam.clarke@example.com", CALENDAR[0])
    return {
        "zofia": sim.rights("zofia.krol@example.com", CALENDAR[0])["level"],
        "adam": (adam["level"], adam["sends_on_behalf"]),
        "bianca": mailbox("bianca.galli")["ews"],
        "cem": mailbox("cem.aydin")["moving"],
        "dina": subjects(calendar, "dina.nasser@example.com").count("Just came up"),
        "milan": sim.who("milan.horvat@example.com")["locked"],
        "scope": calendar.impersonated("maja.nowak@example.com"),
    }


if __name__ == "__main__":
    run(Tap(), who_there_is, states, states_online, personal, private_items, rooms, changes)
