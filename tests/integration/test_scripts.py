"""Scripts for the Exchange admin do what they say: members lack something, the script is played by the simulated organisation's
own admin (tests/sim/shell), the members are looked at again, and nobody else was touched. Played twice it changes nothing
more, what verifies says so, and what undoes brings back exactly what was.
"""

import contextlib
import csv
import os
import subprocess
import sys
import tempfile

from lab import SRC, Tap, run
from scriptlab import APP, APP_SECRET, SVC, TAG, Admin, Maker, Refused, differs, place
from simlab import Sim, basic, envelope
from worldlab import STATUSES, Facts

CONNECTED, LIMITED, ACTION, BLOCKED = (STATUSES.index(s) for s in ("connected", "limited", "action_needed", "blocked"))
GREEN = (CONNECTED, "ok")


def whole_turn(tap, h, kind, people, lacks, own=(), answers=(), **names):
    """Verified, played, played again, verified, undone, undone again: who lacks it, and what changes besides them."""
    admin, addresses = h.admin, h.addresses(*people)
    before = admin.everything()
    first = admin.run(kind, "verify", addresses, **names)
    tap.same(sorted(set(first.marked("NOT YET")) & set(addresses)), sorted(h.addresses(*lacks)), f"{kind}: before, it is seen who lacks it")
    tap.same(differs(before, admin.everything()), [], f"{kind}: to verify changes nothing")
    done = admin.run(kind, "run", addresses, answers, **names)
    after = admin.everything()
    tap.ok(done.status == 0 and not done.marked("FAILED"), f"{kind}: played", done)
    tap.same([w for w in differs(before, after) if w not in h.addresses(*lacks) and w not in own], [], f"{kind}: nobody else was changed")
    tap.ok(set(differs(before, after)) >= set(own) or not own, f"{kind}: what it makes is there", differs(before, after))
    again = admin.run(kind, "run", addresses, answers, **names)
    tap.ok(again.status == 0 and differs(after, admin.everything()) == [], f"{kind}: played twice, it changes nothing more", again)
    seen = admin.run(kind, "verify", addresses, **names)
    tap.ok(seen.status == 0 and not seen.marked("NOT YET") and set(addresses) <= set(seen.marked("OK")), f"{kind}: verified", seen)
    return before, addresses


def undone(tap, h, kind, before, people, answers=(), **names):
    for turn in ("undone", "undone twice"):
        said = h.admin.run(kind, "undo", people, answers, **names)
        tap.same(differs(before, h.admin.everything()), [], f"{kind}: {turn}, it is as it was" + ("" if said.status == 0 else f" ({said.said[-1]})"))


def green(tap, h, kind, people):
    got = h.standing_of(*people)
    tap.same({n: v for n, v in got.items() if v != GREEN}, {}, f"{kind}: all of them are connected")


def test_share(tap):
    facts = [
        Facts(own="Editor"), Facts(), Facts(german=True), Facts(own="Reviewer"), Facts(own="AvailabilityOnly", german=True), Facts(default="None"),
        Facts(own="None"), Facts(group="Reviewer"), Facts(own="PublishingAuthor"), Facts(own=0x403), Facts(), Facts(own="Reviewer"), Facts(own="Owner"),
        Facts(),
    ]
    names = {2: "fr-FR", 4: "ja-JP", 6: "ru-RU"}
    extra = "\n".join(f"mailbox m{n:05}@example.test\nculture {c}" for n, c in names.items())
    extra += f"\nmailbox m00001@example.test\non-behalf {SVC}\nmailbox m00004@example.test\non-behalf {SVC} m00001@example.test"
    extra += f"\nmailbox m00013@example.test\non-behalf {SVC}\nmailbox m00014@example.test\nfolder Kalender"
    with place(facts, extra=extra) as h:
        people, others = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14), (11, 12)
        was = h.standing_of(*people, *others)
        tap.same(was[2][1], "busy_time_only", "share: before, somebody has shared nothing")
        tap.same(was[4], (LIMITED, "rights_too_low"), "share: another one only reading")
        tap.same(was[6][1], "not_delegated", "share: a third is shut to everybody")
        before, addresses = whole_turn(tap, h, "share", people, (2, 3, 4, 5, 6, 7, 8, 9, 10, 14))
        green(tap, h, "share", people)
        tap.same(h.standing_of(*others), {n: was[n] for n in others}, "share: others stand as they did")
        undone(tap, h, "share", before, addresses)
        tap.same(h.standing_of(*people), {n: was[n] for n in people}, "share: undone, all of them stand as they did")


def test_busy(tap):
    facts = [Facts(default="None"), Facts(own="None"), Facts(), Facts(default="None", german=True), Facts(default="None")]
    with place(facts, method="dedicated") as h:
        was = h.standing_of(1, 2, 3, 4, 5)
        tap.same(was[1], (ACTION, "busy_time_denied"), "busy: before, it is shut")
        before, addresses = whole_turn(tap, h, "busy", (1, 2, 3, 4), (1, 2, 3, 4))
        green(tap, h, "busy", (1, 2, 3, 4))
        tap.same(h.standing_of(5)[5], was[5], "busy: who was not named stays shut")
        undone(tap, h, "busy", before, addresses)
        tap.same(h.standing_of(1, 2, 3, 4), {n: was[n] for n in (1, 2, 3, 4)}, "busy: undone, all of them stand as they did")


def test_default(tap):
    facts = [Facts(default="None"), Facts(default="LimitedDetails"), Facts(), Facts(default="None", german=True), Facts(default="None")]
    with place(facts, method="dedicated") as h:
        tap.same(h.standing_of(4)[4], (ACTION, "busy_time_denied"), "default: before, it is shut")
        before, addresses = whole_turn(tap, h, "default", (1, 2, 3, 4), (1, 4))
        green(tap, h, "default", (1, 2, 3, 4))
        tap.same(h.standing_of(5)[5], (ACTION, "busy_time_denied"), "default: who was not named stays shut")
        undone(tap, h, "default", before, addresses)
        tap.same(h.standing_of(1)[1], (ACTION, "busy_time_denied"), "default: undone, it is shut again")


def test_role(tap):
    facts = [Facts(), Facts(own="Editor"), Facts(german=True), Facts(), Facts()]
    with place(facts, method="impersonation", extra=f"mailbox {SVC}\nno-impersonation") as h:
        tap.same(h.standing_of(1)[1][1], "impersonation_refused", "role: before, it may act as nobody")
        group = f"{TAG}@example.test"
        before, addresses = whole_turn(tap, h, "role", (1, 2, 3), (1, 2, 3), own=(group, "scopes", "assignments"))
        green(tap, h, "role", (1, 2, 3))
        tap.same(h.standing_of(4)[4][1], "outside_scope", "role: who was not named is out of its reach")
        h.admin.run("role", "run", h.addresses(1, 4))
        tap.same({n: v[1] for n, v in h.standing_of(1, 2, 4).items()}, {1: "ok", 2: "outside_scope", 4: "ok"}, "role: another list is another reach, no wider")
        undone(tap, h, "role", before, addresses)
        tap.same(h.standing_of(1)[1][1], "impersonation_refused", "role: undone, it may act as nobody")


def test_role_2007(tap):
    facts = [Facts(), Facts(german=True), Facts()]
    with place(facts, method="impersonation", product="2007sp3", extra=f"mailbox {SVC}\nno-impersonation") as h:
        tap.same(h.standing_of(1)[1][1], "impersonation_refused", "role on 2007: before, it may act as nobody")
        before, addresses = whole_turn(tap, h, "role", (1, 2), (1, 2), own=("premises",))
        green(tap, h, "role on 2007", (1, 2))
        tap.same(h.standing_of(3)[3][1], "outside_scope", "role on 2007: who was not named is out of its reach")
        undone(tap, h, "role", before, addresses)


def test_app(tap):
    """Consented in Entra, an application reaches everybody; with the role and without the consent, those who were named."""
    cloud = f"""app {APP} "Latchkey" tenant cloud
secret one {APP_SECRET}
consent yes
full-access yes
mailbox online@example.test "Online" premise cloud
"""
    facts = [Facts(home="there"), Facts(home="there", german=True), Facts(home="there")]
    with place(facts, method="impersonation", online=True, extra=cloud) as h:
        admin, addresses, group = h.admin, h.addresses(1, 2), f"{TAG}@example.test"
        thing = h.sim.tell("organisation")["apps"][0]["object"]
        tap.same(h.standing_of(1, 3), {1: GREEN, 3: GREEN}, "app: before, it reaches everybody")
        before = admin.everything()
        for answer in ("no guid", "00000000-0000-4000-8000-000000000000"):
            wrong = admin.run("app", "run", addresses, [answer])
            tap.ok(wrong.status == 1 and differs(before, admin.everything()) == [], "app: a wrong object id changes nothing", wrong)
        done = admin.run("app", "run", addresses, [thing])
        after = admin.everything()
        tap.same((done.status, differs(before, after)), (0, sorted(["apps", "assignments", group, "scopes"])), "app: played, and nobody else was changed")
        again = admin.run("app", "run", addresses)
        tap.ok(again.status == 0 and differs(after, admin.everything()) == [], "app: played twice, it asks and changes nothing more", again)
        seen = admin.run("app", "verify", addresses)
        tap.ok(not seen.marked("NOT YET") and set(addresses) <= set(seen.marked("OK")), "app: verified", seen)
        h.sim.do(f"app {APP}", "full-access no")
        green(tap, h, "app", (1, 2))
        tap.same(h.standing_of(3)[3][1], "outside_scope", "app: without the consent, who was not named is out of its reach")
        h.sim.do(f"app {APP}", "full-access yes")
        undone(tap, h, "app", before, addresses)


def test_app_known(tap):
    """A pointer that was there before is not asked for, and stays."""
    cloud = f"""app {APP} "Latchkey" tenant cloud
principal "Calendar program"
secret one {APP_SECRET}
mailbox online@example.test "Online" premise cloud
group before@example.test "Before" kind security
member online@example.test
app {APP}
impersonation scope before@example.test
"""
    with place([Facts(home="there"), Facts(home="there")], method="impersonation", online=True, extra=cloud) as h:
        before = h.admin.everything()
        done = h.admin.run("app", "run", h.addresses(1))
        tap.ok(done.status == 0 and "apps" not in differs(before, h.admin.everything()), "app: a pointer that is there is taken", done)
        green(tap, h, "app", (1,))
        undone(tap, h, "app", before, h.addresses(1))


def test_allow_online(tap):
    """Where only listed applications may ask, ours is added to the list; where there is no list, none begins unasked."""
    cloud = f"""app {APP} "Latchkey" tenant cloud
secret one {APP_SECRET}
consent yes
full-access yes
mailbox online@example.test "Online" premise cloud
"""
    with place([Facts(home="there")], method="impersonation", online=True, extra=cloud) as h:
        people = h.addresses(1)
        no = h.admin.run("allow", "run", people, ["no"], mailbox="")
        tap.ok(no.status == 1 and "Nothing was changed." in no.said[-1], "allow online: without a word of the admin no list begins", no)
        other = "22222222-2222-4222-8222-222222222222"
        h.sim.do("premise cloud", "ews yes", f"ews-apps {other}")
        refused = h.check([h.people[0].id])
        before = h.admin.everything()
        done = h.admin.run("allow", "run", people, mailbox="")
        tap.same((done.status, differs(before, h.admin.everything())), (0, ["premises"]), "allow online: the list changed, and nothing else")
        apps = next(p for p in h.sim.tell("organisation")["premises"] if p["online"])["ews_apps"]
        tap.same(apps, [other, APP], "allow online: ours is added behind the others")
        tap.ok(refused[1] != "ok", f"allow online: before, it was shut out: {refused}")
        seen = h.admin.run("allow", "verify", people, mailbox="")
        tap.ok(not seen.marked("NOT YET"), "allow online: verified", seen)
        green(tap, h, "allow online", (1,))
        undone(tap, h, "allow", before, people, mailbox="")


def test_allow(tap):
    facts = [Facts(), Facts(ews=False), Facts(ews=False), Facts()]
    with place(facts, method="impersonation", more=["ews-allow Outlook/* Latchkey/*"]) as h:
        tap.same(h.standing_of(2)[2][1], "member_ews_refused", "allow: before, somebody has EWS switched off")
        h.sim.do("premise hq", "ews-allow Outlook/*")
        shut = h.sim.soap("<m:GetServerTimeZones/>", "EXAMPLE\\svc", h.secret, headers={"User-Agent": "Latchkey/1.0"}, premise="hq")
        tap.same(shut.status, 403, "allow: before, only listed programs are let in")
        before, addresses = whole_turn(tap, h, "allow", (1, 2), (2,), own=("premises",))
        green(tap, h, "allow", (1, 2))
        tap.same(h.standing_of(3)[3][1], "member_ews_refused", "allow: who was not named stays shut")
        other = h.sim.soap("<m:GetServerTimeZones/>", "EXAMPLE\\svc", h.secret, headers={"User-Agent": "Else/1.0"}, premise="hq")
        tap.same(other.status, 403, "allow: other programs stay shut out")
        undone(tap, h, "allow", before, addresses)


def test_house(tap):
    """The dedicated mailbox and its pace, on each premise that has them."""
    with place([Facts()], more=["throttle concurrency 1"]) as h:
        before, _ = whole_turn(tap, h, "pace", (), (), own=(SVC, "premises"))
        policy = next(m for m in h.sim.tell(f"directory {SVC}")["mailboxes"])["policy"]
        tap.same(policy, TAG, "pace: the dedicated mailbox has its own policy")
        undone(tap, h, "pace", before, ())
        new = "new@example.test"
        before = h.admin.everything()
        done = h.admin.run("mailbox", "run", answers=["A-Long-Secret-9"], mailbox=new)
        tap.same((done.status, differs(before, h.admin.everything())), (0, [new]), "mailbox: made, and nobody else was changed")
        again = h.admin.run("mailbox", "run", mailbox=new)
        tap.ok(again.status == 0 and not any("A-Long" in line for line in done.said + again.said), "mailbox: played twice, it asks nothing", again)
        got = h.sim.request("POST", "/EWS/Exchange.asmx", envelope("<m:GetServerTimeZones/>"),
                            {"Content-Type": "text/xml", "Authorization": basic(new, "A-Long-Secret-9")}, host=h.sim.host("hq"))
        tap.same(got.status, 200, "mailbox: its password signs in")
        seen = h.admin.run("mailbox", "verify", mailbox=new)
        tap.ok(seen.status == 0 and not seen.marked("NOT YET"), "mailbox: verified", seen)
        no = h.admin.run("mailbox", "undo", answers=["no"], mailbox=new)
        tap.ok(no.status == 1 and new in h.admin.everything(), "mailbox: it is removed only when its address is typed", no)
        undone(tap, h, "mailbox", before, (), [new], mailbox=new)


# What is taken away again after a script was played, so that verify has something to find.
BROKEN = {
    "share": ("mailbox {0}", f"revoke {SVC}"),
    "busy": ("mailbox {0}", f"revoke {SVC}"),
    "default": ("mailbox {0}", "grant default None"),
    "role": (f"group {TAG}@example.test", "no-member {0}"),
    "app": (f"group {TAG}@example.test", "no-member {0}"),
    "allow": ("mailbox {0}", "ews no"),
    "pace": (f"mailbox {SVC}", "policy none"),
}
GENERATIONS = {"2007": "onprem 2007sp3", "2010": "onprem 2010sp3", "2013": "onprem 2019", "online": "online"}
SMALL = """organisation "Small"
premise hq {0} host mail.example.localhost
	ews-allow Outlook/*
domain example.test premise hq
mailbox svc@example.test "Calendar Service"
	kind dedicated
	password Brass-1
	alias calendar@example.test
	ews no
mailbox a@example.test "Same Name"
	culture de-DE
mailbox b@example.test "Same Name"
	culture ja-JP
	ews-allow Outlook/*
	grant default None
mailbox c@example.test "Name, with 'all' (sorts) / of \\"marks\\""
	culture fr-FR
	ews no
	grant svc@example.test AvailabilityOnly
	on-behalf svc@example.test
	grant default None
mailbox other@example.test "Somebody else"
	grant svc@example.test Editor
	grant default None
	ews no
"""


def turn_of(tap, kind, premise, world):
    """Everything twice, on one generation of Exchange; what was broken afterwards is seen."""
    people, new = [f"{n}@example.test" for n in "abc"], "new@example.test"
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=world))
        admin = Admin(stack, sim)
        box = {"mailbox": new} if kind == "mailbox" else {}
        apps = sim.tell("organisation")["apps"]
        answers = {"app": [a["object"] for a in apps], "mailbox": ["EX01", "A-Long-1"][premise != "2007":], "allow": ["yes"]}.get(kind, [])
        before = admin.everything()
        name = f"{kind} on {premise}"
        done = admin.run(kind, "run", people, answers, **box)
        after = admin.everything()
        tap.ok(done.status == 0 and not done.marked("FAILED") and differs(before, after), f"{name}: played", done)
        tap.ok("other@example.test" not in differs(before, after), f"{name}: nobody else was changed")
        again = admin.run(kind, "run", people, **box)
        tap.ok(again.status == 0 and differs(after, admin.everything()) == [], f"{name}: played twice", again)
        seen = admin.run(kind, "verify", people, **box)
        tap.ok(seen.status == 0 and not seen.marked("NOT YET") and seen.marked("OK"), f"{name}: verified", seen)
        if kind in BROKEN and (kind, premise) != ("role", "2007"):
            sim.do(*(line.format(people[1]) for line in BROKEN[kind]))
            seen = admin.run(kind, "verify", people)
            tap.ok(seen.marked("NOT YET"), f"{name}: what was taken away is seen", seen)
            admin.run(kind, "run", people)
            tap.same(differs(after, admin.everything()), [], f"{name}: and comes back")
        for turn in ("undone", "undone twice"):
            said = admin.run(kind, "undo", people, [new], **box)
            tap.same(differs(before, admin.everything()), [], f"{name}: {turn}" + ("" if said.status == 0 else f" ({said.said[-1]})"))


def test_generations(tap):
    """Each script on each Exchange that has it, with that one's PowerShell and commands."""
    done = 0
    for premise, product in GENERATIONS.items():
        world = SMALL.format(product) + (f'app {APP} "Latchkey" tenant hq\n' if premise == "online" else "")
        for kind in (*BROKEN, "mailbox"):
            with Maker() as maker, contextlib.suppress(Refused):
                maker.make(kind, "run", premise, ["a@example.test"])
                turn_of(tap, kind, premise, world)
                done += 1
    tap.same(done, 22, "each script on each Exchange that has it")


def test_without_file(tap):
    """What was there before stands in a file; without it what undoes takes nothing away, because it may always have been there."""
    for kind, premise in (("share", "2013"), ("busy", "online"), ("default", "2010"), ("allow", "2013"), ("role", "2007")):
        with contextlib.ExitStack() as stack:
            admin = Admin(stack, stack.enter_context(Sim(lines=SMALL.format(GENERATIONS[premise]))))
            admin.run(kind, "run", ["a@example.test", "other@example.test"], ["yes"])
            for name in os.listdir(admin.directory):
                os.remove(os.path.join(admin.directory, name))
            before = admin.everything()
            said = admin.run(kind, "undo", ["a@example.test", "other@example.test"])
            tap.ok(said.status == 1 and "Nothing was changed." in said.said[-1], f"{kind}: without its file it ends", said)
            tap.same(differs(before, admin.everything()), [], f"{kind}: and changes nothing")


def test_set_since(tap):
    """Rights that somebody else set since are not taken away."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=SMALL.format("onprem 2019")))
        admin, people = Admin(stack, sim), ["a@example.test", "c@example.test"]
        was = admin.everything()
        admin.run("share", "run", people)
        sim.do(f"mailbox {people[0]}", f"grant {SVC} Owner")
        before = admin.everything()
        said = admin.run("share", "undo", people)
        tap.same((said.marked("FAILED"), differs(before, admin.everything())), (people[:1], people[1:]), "share: who has other rights by now is told, and left")
        sim.do(f"mailbox {people[0]}", f"grant {SVC} Editor")
        admin.run("share", "undo", people)
        tap.same(differs(was, admin.everything()), [], "share: with the script's own again it is undone")
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=SMALL.format("onprem 2019")))
        admin = Admin(stack, sim)
        sim.do("mailbox a@example.test", f"grant {SVC} None")
        was = admin.everything()
        admin.run("busy", "run", ["a@example.test"])
        sim.do("mailbox a@example.test", f"revoke {SVC}")
        admin.run("busy", "undo", ["a@example.test"])
        tap.same(differs(was, admin.everything()), [], "busy: a level that was shut is shut again, though the entry was taken away meanwhile")


def test_another_mailbox(tap):
    """The script that made one mailbox takes no other for its own, though it is the dedicated one by now."""
    with contextlib.ExitStack() as stack:
        admin = Admin(stack, stack.enter_context(Sim(lines=SMALL.format("onprem 2019"))))
        admin.run("mailbox", "run", answers=["A-Long-1"], mailbox="new@example.test")
        before = admin.everything()
        said = admin.run("mailbox", "run", mailbox="c@example.test")
        tap.ok(said.status == 0 and differs(before, admin.everything()) == [], "mailbox: one that is there already is left", said)
        said = admin.run("mailbox", "undo", answers=["c@example.test"], mailbox="c@example.test")
        tap.same(differs(before, admin.everything()), [], f"mailbox: and is not removed: {said.said[-1]}")


def test_another_app(tap):
    """Another application takes the place of the one before."""
    old, new = "33333333-3333-4333-8333-333333333333", APP
    world = SMALL.format("online") + f'app {old} "Old" tenant hq\napp {new} "New" tenant hq\n'
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=world))
        admin = Admin(stack, sim)
        things = {a["id"]: a["object"] for a in sim.tell("organisation")["apps"]}
        admin.run("app", "run", ["a@example.test"], [things[old]], app=old)
        done = admin.run("app", "run", ["a@example.test"], [things[new]], app=new)
        has = [a["app"] for a in sim.tell("organisation")["assignments"]]
        tap.same((done.status, has), (0, [new]), "app: the role is the new application's, and no more the old one's")
        seen = admin.run("app", "verify", ["a@example.test"], app=new)
        tap.ok(seen.status == 0 and not seen.marked("NOT YET"), "app: verified", seen)


def test_trouble(tap):
    """One person's trouble does not end the walk, is told, and stands in a file."""
    facts = [Facts(), Facts(home="there"), Facts(exists=False), Facts(enabled=False), Facts(asked="alias"), Facts()]
    with place(facts) as h:
        people = [m.address for m in h.people]
        for turn in (1, 2):
            done = h.admin.run("share", "run", people)
            tap.same((done.status, done.marked("FAILED")), (0, people[1:4]), f"trouble, turn {turn}: who is not here is told")
        tap.same({n: v for n, v in h.standing_of(1, 5, 6).items() if v != GREEN}, {}, "trouble: all others are connected, one by an alias")
        with open(os.path.join(h.admin.directory, f"{TAG}-share-calendars-failed.csv"), encoding="utf-8-sig") as f:
            rows = list(csv.DictReader(f))
        tap.same([r["Person"] for r in rows], people[1:4], "trouble: and stands in a file")
        gone = h.admin.run("share", "run", people[:1], mailbox="nobody@example.test")
        tap.ok(gone.status == 1 and "nobody@example.test" in gone.said[-1], "trouble: without the dedicated mailbox nothing begins", gone)


def test_command(tap):
    """As an operator does it: the command line names who lacks it, and nobody else; each file is played as it was written."""
    facts = [Facts(own="Editor"), Facts(own="Reviewer"), Facts(german=True), Facts(own="Reviewer", room=True), Facts(default="None")]
    with place(facts) as h:
        before = h.admin.everything()
        everybody = h.addresses(1, 2, 3, 4, 5)

        def played(part, *people):
            path = os.path.join(h.admin.directory, f"{part}.ps1")
            h.lab.ctl("members", "script", "share", *people, "--part", part, "--output", path)
            with open(path, "rb") as f:
                return h.admin.play(f.read())

        done = played("run")
        lacked = [a for a in everybody if a != everybody[0]]
        tap.ok(done.status == 0 and sorted(done.marked("DONE")) == lacked, "command: it names who lacks it, and nobody else", done)
        tap.same(differs(before, h.admin.everything()), lacked, "command: they were changed, and nobody else")
        seen = played("verify", *lacked)
        tap.ok(seen.marked("OK") == lacked and not seen.marked("NOT YET"), "command: verified", seen)
        green(tap, h, "command", (1, 2, 3, 4, 5))
        none = h.lab.ctl("members", "script", "share", check=False)
        tap.ok(none.returncode == 1 and "Nobody lacks" in none.stderr, "command: then nobody lacks it any more", none.stderr)
        played("undo", *lacked)
        tap.same(differs(before, h.admin.everything()), [], "command: undone, it is as it was")


def test_program(tap):
    """The program for people: what a script says is printed, mistakes are told with their place, questions are answered."""
    with Sim("demo") as sim, tempfile.TemporaryDirectory() as directory:
        def shell(text, *options):
            path = os.path.join(directory, "a.ps1")
            with open(path, "w", encoding="utf-8-sig", newline="") as f:
                f.write(text)
            command = [sys.executable, os.path.join(SRC, "tests", "sim", "exchange-shell"), sim.control, path, *options]
            return subprocess.run(command, capture_output=True, text=True, timeout=60)

        got = shell("(Get-MailboxFolderPermission -Identity 'anna.berg@example.com:\\Calendar' -User calendar).AccessRights")
        tap.same((got.returncode, got.stdout), (0, "Editor\n"), "the demo's mailboxes are there")
        got = shell("'one'\r\nGet-Mailbox 'nobody' -ErrorAction Stop\r\n'two'")
        tap.ok(got.returncode == 1 and got.stdout.startswith("one\nThe operation") and "two" not in got.stdout, "an error ends it", got)
        got = shell("'one'\r\n  Get-Nonesuch")
        tap.ok(got.returncode == 2 and "line 2, column 3: there is no command Get-Nonesuch here" in got.stderr, "a mistake has its place", got)
        got = shell("$x = Read-Host 'Which'\r\n'It is ' + $x", "--answer", "Oak")
        tap.same((got.returncode, got.stdout), (0, "It is Oak\n"), "a question is answered")
        got = shell("@(Get-Mailbox).Count -gt 5", "--premise", "cloud")
        tap.same((got.returncode, got.stdout), (0, "True\n"), "the other premise has people of its own")
        got = shell("'a'", "--premise", "moon")
        tap.ok(got.returncode == 2 and "hq" in got.stderr, "an unknown premise is told", got)


if __name__ == "__main__":
    run(Tap(), test_share, test_busy, test_default, test_role, test_role_2007, test_app, test_app_known, test_allow_online, test_allow, test_house, test_generations, test_without_file, test_set_since, test_another_mailbox, test_another_app, test_trouble, test_command, test_program)
