"""Switching: another method beside the one in use, proved with its secret; there, back, and to none; and nobody loses anything
when the engine or the portal is killed in the midst of it."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from connectlab import DRAFT, FORMER, LIVE, ews, last, office, shown
from coreworld import SECRET
from lab import Tap, run, until

NEW = "seven brown ladders lean"
READY = "It works, and nothing was switched: compare it with what is in use, and switch when you are ready."
WORLD = f"""
organisation "Example"
seed 3
clock now
premise hq onprem 2019 host mail.example.localhost
	schemes basic ntlm
	lock-out after 50 for 30m
domain example.test premise hq website none
mailbox svc@example.test "Connector"
	kind dedicated
	password "{SECRET}"
mailbox other@example.test "Another"
	kind dedicated
	password "{SECRET}"
mailbox anna@example.test "Anna"
	grant svc@example.test Editor
	password "{SECRET}"
mailbox bert@example.test "Bert"
	password "{SECRET}"
group scope@example.test "Scope" kind security
	member bert@example.test svc@example.test
mailbox svc@example.test
	impersonation scope scope@example.test
"""


class Desk:
    """An admin with a connection in use, and what is in the rows."""

    def __init__(self, lab, sim, admin):
        self.lab, self.sim, self.admin = lab, sim, admin
        lab.sql("UPDATE member_count SET status = 0")  # members are looked at here
        self.form = {"mailbox": "svc@example.test", "server": ews(sim), "signin": "ntlm"}
        admin.choose("exchange", "delegate")
        self.first = admin.proved(**self.form)
        self.live = self.row(LIVE)

    def row(self, stage):
        found = self.lab.sql("SELECT id FROM connection WHERE stage = ? ORDER BY staged_at DESC", stage)
        return found[0][0] if found else None

    def method(self):
        return self.lab.sql("SELECT method FROM connection WHERE stage = ?", LIVE)[0][0]

    def slots(self, number):
        return dict(self.lab.sql("SELECT purpose, version FROM credential WHERE connection_id = ? AND sealed IS NOT NULL", number))

    def audited(self, action):
        return self.lab.sql("SELECT count(*) FROM audit WHERE action = ?", action)[0][0]

    def beside(self, method="impersonation"):
        """Choose another method; what came of its proof."""
        return self.admin.told(self.admin.job_of(self.admin.choose("exchange", method)))

    def members(self):
        for email in ("anna@example.test", "bert@example.test"):
            self.admin.post("/members/add", {"email": email, "name": email[:4].title(), "role": "member"})

    def verdicts(self, connection):
        """How the two stand, once they were looked at by this connection."""
        until(lambda: self.lab.sql("SELECT 1 FROM patrol WHERE connection_id = ?", connection), 30)
        until(lambda: not self.lab.sql("SELECT 1 FROM job WHERE kind = 'check' AND state < 2"), 30)
        until(lambda: self.lab.sql("SELECT count(*) FROM member WHERE email LIKE '%@example.test' AND status > 0 AND asked = 0")[0][0] == 2, 30)
        return dict(self.lab.sql("SELECT name, status FROM member WHERE email LIKE '%@example.test'"))

    def shut(self, name):
        self.lab.procs[name].send_signal(signal.SIGKILL)
        self.lab.procs[name].wait()
        if name == "engine":
            os.unlink(self.lab.bell)


def test_method(tap):
    """Delegate to impersonation: proved with the secret in use, switched to by a person, and back."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        tap.ok(desk.first.done and desk.first.outcome == "The new connection is in use now.", "the first one is in use as soon as it is proved", desk.first)
        desk.members()
        before = desk.verdicts(desk.live)
        got = desk.beside()
        draft = desk.row(DRAFT)
        tap.ok(got.done and got.outcome == READY and got.step("Ready to switch to").state == "ok", "another method is proved without a secret typed, and waits", got)
        tap.same((desk.row(LIVE), desk.method(), desk.slots(draft)), (desk.live, "delegate", desk.slots(desk.live)),
                 "nothing was switched; the draft has the secret in use, under its version")
        tap.same((desk.audited("connection.proved"), desk.audited("connection.live")), (1, 1), "that is audited as proved, not as in use")
        page = admin.page(f"/connection/test/{admin.newest()}")
        tap.ok("Switch now" in page.text and "Try it on members" in page.text, "its result offers to try it and to switch", page)
        page = admin.page("/overview")
        tap.ok("A change is ready" in page.text and "Dedicated mailbox with impersonation as svc@example.test" in page.text, "so does the overview", page)
        tap.same(desk.verdicts(desk.live), before, "no member was touched")
        again = admin.tested(which="next")
        tap.ok(again.done and again.outcome == READY and desk.row(LIVE) == desk.live, "what is ready can be tested again", again)
        tap.same(admin.switch().location, "/overview?done=switched", "it is switched to")
        tap.same((desk.row(LIVE), desk.row(FORMER), desk.row(DRAFT)), (draft, desk.live, None), "each has its place")
        after = desk.verdicts(draft)
        tap.ok(before["Anna"] == after["Bert"] == 1 and before["Bert"] != 1 != after["Anna"], "all are looked at anew, by the other method", (before, after))
        page = admin.page("/overview")
        tap.ok("You can go back" in page.text and "Go back" in page.text, "the overview offers to go back", page)
        tap.same(admin.back().location, "/overview?done=back", "back")
        tap.same((desk.row(LIVE), desk.row(FORMER)), (desk.live, draft), "each has its place again")
        tap.same(desk.verdicts(desk.live), before, "and everybody stands as before")
        details = [d for (d,) in lab.sql("SELECT detail FROM audit WHERE action IN ('connection.switched', 'connection.back') ORDER BY seq")]
        tap.ok(len(details) == 2 and details[0].startswith("from delegate by ") and " to impersonation by " in details[0]
               and details[1].startswith("from impersonation by "), "the audit log says from what to what", details)


def test_secrets(tap):
    """A rotation reaches whoever was lent the secret; a draft that is typed another one keeps the old one in its own row."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        desk.beside()
        draft = desk.row(DRAFT)
        admin.switch()
        sim.do("mailbox svc@example.test", f'password "{NEW}"')
        got = admin.told(admin.rotate(NEW))
        tap.ok(got.done and desk.slots(desk.live)["current"] == desk.slots(draft)["current"], "the former one has the new password, too", (got, desk.slots(desk.live)))
        admin.back()
        since = last(sim)
        got = admin.tested()
        tap.ok(got.done and [e["status"] for e in shown(sim, since)].count(401) <= 1, "so going back works with it", got)
        got = desk.beside("dedicated")
        tap.ok(got.done and got.outcome == READY, "another one is lent it", got)
        draft, was = desk.row(DRAFT), desk.slots(desk.row(DRAFT))["current"]
        form = {**desk.form, "server": ews(sim), "mailbox": "other@example.test"}
        got = admin.proved(**{**form, "password": SECRET})
        tap.ok(got.done and got.outcome == READY and desk.row(DRAFT) == draft, "another mailbox beside it: proved with its own password", got)
        now = desk.slots(draft)
        tap.ok(was not in now.values() and sorted(now) == ["current"], "what was proved for the mailbox before is gone", now)
        got = admin.proved(**{**form, "password": NEW})
        tap.ok(not got.done and "refused" in got.outcome and desk.slots(draft)["current"] == now["current"], "a wrong one leaves what was proved", got)
        got = admin.proved(**{**form, "password": SECRET})
        tap.ok(got.done and got.outcome == READY and desk.slots(draft)["former"] == now["current"], "a right one replaces it in the draft's own row", (got, desk.slots(draft)))
        got = admin.tested()
        tap.ok(got.done and desk.row(LIVE) == desk.live, "and what is in use works all the while", got)


def test_conflict(tap):
    """Two admins: whoever is second is told, and nothing is switched."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        desk.beside()
        page = admin.page("/connection/switch")
        lab.sql("UPDATE connection SET rev = rev + 1 WHERE stage = ?", DRAFT)
        answer = admin.switch(page)
        tap.ok(answer.status == 409 and "not what you saw" in answer.text and desk.row(LIVE) == desk.live, "a draft that was changed is not switched to", answer)
        tap.same(admin.switch(answer).location, "/overview?done=switched", "what the answer shows can be")
        page = admin.page("/connection/switch")
        lab.sql("UPDATE connection SET staged_at = staged_at - 7 * 86400 WHERE stage = ?", FORMER)
        answer = admin.back(page)
        tap.ok(answer.status == 409 and "days have ended" in answer.text, "after seven days there is no way back", answer)
        tap.ok("You can go back" not in admin.page("/overview").text, "and none is offered")


def test_disconnect(tap):
    """Nothing in use: everybody stays, work ends with words, and going back makes it as it was."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        desk.members()
        before = desk.verdicts(desk.live)
        page = admin.page("/connection/disconnect")
        tap.ok("Disconnect 3 members" in page.text and "2 members whose calendar works today" in page.text, "whom it affects is said first", page)
        sim.do("premise hq", "latency base 1500")
        check = admin.browser.post("/members/chosen", {"do": "check", "all": "1"}, page=admin.page("/members"))
        until(lambda: lab.sql("SELECT 1 FROM job WHERE kind = 'check' AND state = 1"), 20)
        test = admin.test()
        answer = admin.disconnect("The contract ends", page)
        tap.same(answer.location, "/overview?done=disconnected", "it is disconnected")
        sim.do("premise hq", "latency base 0")
        until(lambda: not lab.sql("SELECT 1 FROM job WHERE state < 2 AND kind IN ('check', 'test')"), 40)
        ends = dict(lab.sql("SELECT kind, outcome FROM job WHERE kind IN ('check', 'test') ORDER BY id"))
        tap.ok("There is no connection" in ends["check"] or "looked at" in ends["check"].lower(), "a check ends with words", (check, ends))
        tap.ok(ends["test"] and test, "and so does a test", ends)
        tap.same(desk.row(LIVE), None, "nothing is in use")
        tap.same(lab.sql("SELECT count(*) FROM member")[0][0], 3, "nobody is removed")
        for path in ("/overview", "/connection/test", "/members", "/me", "/rooms", "/connection/rotate", "/connection/credentials", "/connection/switch", "/connection/method"):
            answer = admin.page(path)
            tap.ok(answer.status in (200, 303), f"{path} is there", answer)
        page = admin.page("/overview")
        tap.ok("Disconnected" in page.text and "Avery Stone disconnected it" in page.text and "Go back to it" in page.text, "the overview says who did it, and offers to go back", page)
        tap.ok("The contract ends" in page.text, "and why", page)
        since = last(sim)
        lab.stop("engine")
        lab.start_engine()
        time.sleep(3)
        tap.same(sim.log(since), [], "an engine that starts asks nobody")
        tap.same(admin.back(admin.page("/overview")).location, "/overview?done=back", "back")
        tap.same((desk.row(LIVE), desk.verdicts(desk.live)), (desk.live, before), "and everybody stands as before")
        tap.same(lab.sql("SELECT detail FROM audit WHERE action = 'connection.disconnected'")[0][0].rpartition(": ")[2], "The contract ends", "the reason is in the audit log")


def test_command(tap):
    """The same by hand, as ops."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        desk.beside()
        draft = desk.row(DRAFT)
        for words in (("switch", desk.live), ("back", desk.live), ("disconnect", draft), ("switch", 99)):
            got = lab.ctl("connection", words[0], str(words[1]), check=False)
            tap.ok(got.returncode and got.stderr and desk.row(LIVE) == desk.live, f"{words[0]}: what is not there is refused", got)
        got = lab.ctl_json("connection", "switch", str(draft))
        tap.same((got["id"], got["stage"], got["method"], got["before"]), (draft, "live", "impersonation", desk.live), "switched")
        got = lab.ctl_json("connection", "back", str(desk.live))
        tap.same((got["id"], got["before"], desk.row(LIVE)), (desk.live, draft, desk.live), "and back")
        got = lab.ctl_json("connection", "disconnect", str(desk.live), "--why", "we move")
        tap.same((got["stage"], got["back_days"], desk.row(LIVE)), ("former", 7, None), "disconnected")
        tap.same(lab.ctl_json("connection", "back", str(desk.live))["id"], desk.live, "and back again")
        acts = "'connection.switched', 'connection.back', 'connection.disconnected'"
        tap.same([a for (a,) in lab.sql(f"SELECT action FROM audit WHERE action IN ({acts}) ORDER BY seq")],
                 ["connection.switched", "connection.back", "connection.disconnected", "connection.back"], "each is in the audit log")


def test_killed(tap):
    """The engine is killed while a lent secret is proved: what is in use stays so, and it ends well."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        sim.do("premise hq", "latency base 40")
        for wait in (0.02, 0.1, 0.25, 0.45, 0.7):
            methods = ("impersonation", "dedicated")
            job = admin.job_of(admin.choose("exchange", methods[0] if desk.row(DRAFT) is None else next(
                m for m in methods if m != lab.sql("SELECT method FROM connection WHERE stage = ?", DRAFT)[0][0])))
            until(lambda: lab.sql("SELECT 1 FROM job WHERE id = ? AND state > 0", job), 10, 0.01)
            time.sleep(wait)
            desk.shut("engine")
            tap.ok(desk.row(LIVE) == desk.live and "current" in desk.slots(desk.live), f"killed after {wait} s: what is in use stays in use", desk.slots(desk.live))
            lab.sql("UPDATE signin SET lease_until = 0")
            lab.sql("UPDATE job SET due_at = 1 WHERE state = 1")
            lab.start_engine()
            got = admin.told(job)
            now = desk.slots(desk.row(DRAFT))
            tap.ok(got.done and got.outcome == READY and sorted(now) == ["current"], f"killed after {wait} s: at the end it is ready", (got, now))


def test_killed_portal(tap):
    """The portal is killed around the switch: one of the two is in use, never both and never none."""
    with office(lines=WORLD) as (lab, sim, admin):
        desk = Desk(lab, sim, admin)
        desk.beside()
        with ThreadPoolExecutor(1) as pool:
            for wait in (0.0, 0.002, 0.004, 0.006, 0.01, 0.02):
                page = admin.page("/connection/switch")
                act = admin.switch if 'action="/connection/switch"' in page.text else admin.back
                job = pool.submit(act, page)
                time.sleep(wait)
                desk.shut("portal")
                job.exception(20)
                lab.start_portal()
                stages = sorted(s for (s,) in lab.sql("SELECT stage FROM connection"))
                tap.ok(stages in ([DRAFT, LIVE], [LIVE, FORMER]), f"killed after {wait} s: one is in use", stages)
                tap.same((desk.audited("connection.switched") > 0), stages == [LIVE, FORMER], f"killed after {wait} s: and the log says which")
        tap.same(lab.ctl("audit", "verify").returncode, 0, "the log is whole")


run(Tap(), test_method, test_secrets, test_conflict, test_disconnect, test_command, test_killed, test_killed_portal)
