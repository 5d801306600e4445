"""The analyser: everything that can be wrong, once, entered and tested through the portal; each names cause, fixer and fix."""

import re
import time

from connectlab import ews, last, office, shown
from coreworld import MONDAY, SECRET, Eye
from lab import Tap, run, until

ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")
MAILBOX, PERSON, OUTSIDE = "svc@p2019.test", "anna@p2019.test", "plain@p2019.test"
HOST = "mail-p2019.example.localhost"
OTHER = "copper kettle"
OPENS = "Signed in, mailbox opens"
NOBODY = "nobody@p2019.test"
SHARED, CLOSED, MISSING = PERSON, "none@p2019.test", "missing@p2019.test"
RENAMED = "calendars@p2019.test"


def judge(tap, name, got, title, words, who, ours=()):
    """The step failed, says what, why and who must act, and nobody's address but those of the test."""
    step = next((s for s in got.steps if s.state == "failed" and s.title.startswith(title)), got.step(title))
    tap.ok(step.state == "failed" and words in step.texts, f"{name}: {title!r} failed", got)
    tap.ok(step.say and step.why and who in step.fix, f"{name}: what, why, and {who} must act", step)
    strangers = set(ADDRESS.findall("\n".join(s.texts for s in got.steps) + got.outcome)) - {MAILBOX, PERSON, OUTSIDE, *ours}
    tap.same(strangers, set(), f"{name}: nobody else's address")


# What fails before the mailbox opens: what is broken, what is entered, the step, its words, who must act
ENTERED = {
    "name not found": ("", {"server": "nowhere.invalid"}, "Server name is found", "No address was found for nowhere.invalid", "Network admin"),
    "port closed": ("fault f refuse face ews", {}, "Server answers", "takes no connection", "Network admin"),
    # It strikes at one of two steps: whichever looks first.
    "connection reset": ("fault f reset-connect", {}, ("Server answers", "Certificate is trusted"), "could not be set up", "Exchange admin"),
    "certificate expired": ("fault f tls expired", {}, "Certificate is trusted", "it has expired", "Exchange admin"),
    "certificate not valid yet": ("fault f tls not-yet", {}, "Certificate is trusted", "not valid yet", "Exchange admin"),
    "certificate for another name": ("fault f tls wrong-name", {}, "Certificate is trusted", f"not for {HOST}", "Exchange admin"),
    "certificate of nobody": ("fault f tls self-signed", {}, "Certificate is trusted", "signed by itself", "Exchange admin"),
    "certificate without its chain": ("fault f tls incomplete", {}, "Certificate is trusted", "is missing", "Exchange admin"),
    "old encryption": ("fault f tls old", {}, "Certificate is trusted", "older than TLS 1.2", "Exchange admin"),
    "not Exchange": ("fault f login-page", {}, "Web server answers", "a web page instead of EWS", "Exchange admin"),
    "no EWS": ("fault f status 404", {}, "Web server answers", "There is no EWS", "Exchange admin"),
    "an outage": ("fault f status 503", {}, "Web server answers", "not available", "Exchange admin"),
    "no answer": ("fault f close", {}, "Web server answers", "without an answer", "Exchange admin"),
    "EWS switched off": ("premise p2019\news no", {}, OPENS, "does not let it use Exchange Web Services", "Exchange admin"),
    "its own EWS switched off": (f"mailbox {MAILBOX}\news no", {}, OPENS, "does not let it use", "Exchange admin"),
    "sign-in kind not offered": ("premise p2019\nschemes negotiate", {}, OPENS, "no way to sign in that fits", "Account admin"),
    "only the other kind offered": ("premise p2019\nschemes ntlm", {}, OPENS, "no way to sign in that fits", "Account admin"),
    "password refused": ("", {"password": OTHER}, OPENS, "does not accept this login name with this password", "Account admin"),
    "account locked": (f"mailbox {MAILBOX}\nstate locked", {}, OPENS, "locked", "Exchange admin"),
    "account disabled": (f"mailbox {MAILBOX}\nstate disabled", {}, OPENS, "disabled", "Exchange admin"),
    "password expired": (f"mailbox {MAILBOX}\nstate expired", {}, OPENS, "expired", "Exchange admin"),
    "password to be changed": (f"mailbox {MAILBOX}\nstate must-change", {}, OPENS, "must be changed", "Exchange admin"),
    "own mailbox missing": ("", {"mailbox": NOBODY}, OPENS, "no mailbox that opens", "Exchange admin"),
    "somebody else's address, shared with it": ("", {"mailbox": SHARED, "login": MAILBOX}, OPENS, "not an address of the mailbox that signed in", "Account admin"),
    "somebody else's address": ("", {"mailbox": CLOSED, "login": MAILBOX}, OPENS, "not an address of the mailbox that signed in", "Account admin"),
    "nobody's address": ("", {"mailbox": MISSING, "login": MAILBOX}, OPENS, "not an address of the mailbox that signed in", "Account admin"),
    "own mailbox switched off": (f"mailbox {MAILBOX}\nenabled no", {}, OPENS, "no mailbox that opens", "Exchange admin"),
}
MENDED = ("no-fault all", "premise p2019", "ews yes", "schemes basic ntlm", f"mailbox {MAILBOX}", "ews yes", "enabled yes", "state well")


def entered(tap):
    """Each step that can fail before the mailbox opens: told, and nothing is in use because of it."""
    with office("p2019") as (lab, sim, admin):
        sim.do(f'account {NOBODY} premise p2019 password "{SECRET}"')
        admin.choose("exchange", "delegate")
        for name, (broken, fields, title, words, who) in ENTERED.items():
            sim.do(*broken.split("\n")) if broken else None
            since = last(sim)
            # A secret that was refused is known again; here each one is tried.
            lab.sql("DELETE FROM credential WHERE purpose = 'refused'")
            got = admin.proved(**{"mailbox": MAILBOX, "server": ews(sim), "signin": "basic", **fields})
            judge(tap, name, got, title, words, who, ours=[NOBODY, CLOSED, MISSING])
            seen = shown(sim, since)
            tap.ok(got.outcome.startswith("Nothing was changed") and (title == OPENS or not seen), f"{name}: nothing was changed", got)
            tap.ok(len([e for e in seen if e["status"] == 401]) <= 1, f"{name}: one refusal at most", seen)
            sim.do(*MENDED)
        tap.same(admin.live(), 0, "nothing is in use")
        lab.sql("DELETE FROM credential WHERE purpose = 'refused'")
        sim.do(f"mailbox {MAILBOX}", f"alias {RENAMED}")
        got = admin.proved(mailbox=RENAMED, login=MAILBOX, server=ews(sim), signin="basic")
        tap.ok(got.done and admin.live() == 1, "mended, it is proved and in use, by another address of its mailbox", got)


# What fails in a mailbox that opens: what is broken, the form, the step, its words, who must act, the step's state
TESTED = {
    "clock off": ("+1000", {}, "Clock", "+1000 seconds from ours", "Operator", "failed"),
    "clocks change otherwise": ("premise p2019\nold-zones yes", {}, "Time zone", "on the server: never", "Operator", "failed"),
    "address is a second one": (f"mailbox {MAILBOX}\naddress {RENAMED}", {}, "Address", f"Its primary address is {RENAMED}", "Account admin", "note"),
    "mailbox not empty": (f"mailbox {MAILBOX}\nevent x {MONDAY}T10:00 1h", {}, "Mailbox is empty", "calendar 1 items", "Account admin", "note"),
    "not delegated": ("", {"person": "none@p2019.test"}, "Delegate access to none@p2019.test", "cannot open this calendar", "Member", "failed"),
    "busy time denied": ("", {"person": "none@p2019.test"}, "Busy time of none@p2019.test", "It cannot be seen when this person is busy", "Member", "note"),
    "busy time only": ("", {"person": "busyonly@p2019.test"}, "Delegate access to busyonly@p2019.test", "not shared with the dedicated mailbox", "Member", "failed"),
    "only readable": ("", {"person": "reviewer@p2019.test"}, "Delegate access to reviewer@p2019.test", "Missing: create", "Member", "failed"),
    "nobody there": ("", {"person": "missing@p2019.test"}, "Delegate access to missing@p2019.test", "no mailbox for this address", "Account admin", "failed"),
    "outside mailbox opens": ("", {"person": PERSON, "outside": "outsider@p2019.test"}, "outsider@p2019.test must not open", "should not be able to open",
                              "Exchange admin", "failed"),
    "outside mailbox is nobody's": ("", {"person": PERSON, "outside": "missing@p2019.test"}, "missing@p2019.test must not open", "proves nothing",
                                    "Get-Recipient -Identity 'missing@p2019.test'", "note"),
    "sending refused": (f"mailbox {PERSON}\nno-on-behalf {MAILBOX}", {"person": PERSON, "write": "1"}, "Test meeting is made", "in this person's name", "Exchange admin", "failed"),
    "write refused": ("fault f item-error ErrorAccessDenied op CreateItem", {"person": PERSON, "write": "1"}, "Test meeting is made", "not everything that bookings need", "Member", "failed"),
}


def tested(tap):
    """Each step that can fail behind the sign-in, by tests of the connection in use."""
    with office("p2019") as (lab, sim, admin):
        eye = Eye(sim)
        admin.choose("exchange", "delegate")
        tap.ok(admin.proved(mailbox=MAILBOX, server=ews(sim), signin="basic").done, "in use")
        before = eye.ours(PERSON)
        for name, (broken, fields, title, words, who, state) in TESTED.items():
            if broken.startswith("+"):
                sim.clock_advance(int(broken))
            elif broken:
                sim.do(*broken.split("\n"))
            got = admin.tested(**fields)
            step = got.step(title)
            tap.ok(step.state == state and words in step.texts and step.why and who in step.fix, f"{name}: told, and {who} must act", got)
            ours = {MAILBOX, RENAMED, *(fields.get(k, MAILBOX) for k in ("person", "outside"))}
            strangers = set(ADDRESS.findall("\n".join(s.texts for s in got.steps) + got.outcome)) - ours
            tap.same(strangers, set(), f"{name}: nobody else's address")
            tap.same(got.done, "failed" not in [s.state for s in got.steps], f"{name}: and it ends as that")
            if broken.startswith("+"):
                sim.do("clock now")
            sim.do("no-fault all", f"mailbox {PERSON}", f"on-behalf {MAILBOX}", f"mailbox {MAILBOX}", "no-event all",
                   f"address {MAILBOX}", "premise p2019", "old-zones no")
        tap.same(eye.ours(PERSON), before, "nothing of the tests is left in the calendar")
        got = admin.tested(person=PERSON, outside=OUTSIDE, write="1")
        tap.ok(got.done and "failed" not in [s.state for s in got.steps] and got.step(f"{OUTSIDE} must not open").state == "ok"
               and got.step("Organizer").state == "ok", "and a healthy one passes, with the test booking", got)


def foreign(tap):
    """Somebody made the mailbox a delegate who gets the copies: their meeting mail lands in it, and it says so."""
    with office("p2019") as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        sim.do(f"mailbox {PERSON}", f"delegate {MAILBOX} copies calendar Editor", "mailbox editor@p2019.test",
               f'event "Planning" {MONDAY}T10:00 1h with {PERSON} sent')
        sim.deliver()
        got = admin.proved(mailbox=MAILBOX, server=ews(sim), signin="basic")
        judge(tap, "foreign meeting mail", got, "No meeting mail of others", "are meant for others", "admin")
        tap.ok(got.done and "Something else does not work" in got.outcome, "the secret that was proved is in use all the same", got)


def throttled(tap):
    """Exchange asks to be asked less: the test waits as long, and says what it waits for."""
    with office("p2019") as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        sim.do("fault f soap-fault ErrorServerBusy:2500 op GetFolder times 1")
        began = time.monotonic()
        got = admin.proved(mailbox=MAILBOX, server=ews(sim), signin="basic")
        tap.ok(got.done and time.monotonic() - began > 2.4, "asked to wait: it waits, and goes on by itself", got)


def stopped(tap):
    """A refused password: no sign-in more by web, engine and command line together; one more try is one."""
    with office("p2019", check_minutes=1) as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        tap.ok(admin.proved(mailbox=MAILBOX, server=ews(sim), signin="basic").done, "in use")
        number = lab.sql("SELECT id FROM connection WHERE stage = 2")[0][0]
        health = lambda: lab.sql("SELECT state FROM health")[0][0]
        until(lambda: health() == 1)
        sim.do(f"mailbox {MAILBOX}", f'new-password "{OTHER}"')
        since = last(sim)
        got = admin.tested()
        judge(tap, "changed elsewhere", got, OPENS, "does not accept", "Account admin")
        tap.ok(len(shown(sim, since)) == 1 and until(lambda: health() == 4), "one sign-in was refused: stopped", sim.log(since))
        for path in ("/overview", "/connection/test", "/connection/rotate", "/audit"):
            tap.ok("Stopped: the sign-in was refused" in admin.page(path).text, f"{path} says so")

        def everybody():
            """All who could start a sign-in."""
            jobs = [admin.test(person=PERSON) for _ in range(2)]
            lab.sql("UPDATE health SET next_at = 1")
            for words in (("connection", "test", str(number)), ("ews", "test", "--connection", str(number)),
                          ("ews", "calendars", PERSON, "--connection", str(number)), ("ews", "busy", PERSON, "--connection", str(number))):
                done = lab.ctl(*words, check=False)
                tap.ok(done.returncode, f"latchkey {' '.join(words[:2])}: says no", done.stdout[-500:])
            for job in jobs:
                admin.told(job)
            lab.stop("engine")
            lab.start_engine()
            time.sleep(1.2)

        since = last(sim)
        everybody()
        tap.same(shown(sim, since), [], "0 sign-ins afterwards, of web, engine and command line together")
        for words in ({"again": "1"}, {"write": "1", "person": PERSON}):
            admin.page("/connection/test")
            lab.sql("UPDATE session SET fresh = 1")
            sent = admin.browser.post("/connection/test", {"which": "current", "person": "", **words})
            asks = sent.status == 403 and words.items() <= admin.carried(sent).items()
            tap.ok(asks and 'name="confirm"' in sent.text, f"{words}: asks for the password again, and keeps what was ticked", sent)
        tap.same(shown(sim, since), [], "and nothing was tried")
        admin.browser.confirm()
        got = admin.tested(again="1")
        tap.ok(not got.done and len(shown(sim, since)) == 1, "one more try is exactly one", f"{got}\n{shown(sim, since)}")
        since = last(sim)
        everybody()
        tap.same(shown(sim, since), [], "and none behind it")
        sim.do(f"mailbox {MAILBOX}", f'new-password "{SECRET}"')
        got = admin.tested(again="1")
        tap.ok(got.done and len([e for e in shown(sim, since) if e["status"] == 401]) == 0 and until(lambda: health() == 1), "when it is right again, one more try makes it well", got)


if __name__ == "__main__":
    run(Tap(), entered, tested, foreign, throttled, stopped)
