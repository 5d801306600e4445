"""Delegate access beside impersonation: tried on everybody without a trace, compared, switched to, and back within the hour."""

import contextlib
import os
import re
import signal
import time

from connectlab import Admin
from lab import Tap, run, until
from memberlab import SWITCHED, House
from worldlab import Facts, Member

GAIN, LOSE, SAME = 120, 7, 180
SAYS = "By impersonation 120 would gain and 7 would lose."
COMPARE = "/connection/trial"


def people():
    """Who did not share gains, who shared outside the scope loses; of the others some stand badly both ways."""
    sorts = [Facts(default="None")] * GAIN + [Facts(own="Editor", scope=False)] * LOSE + [Facts(own="Editor")] * SAME
    sorts += [Facts(exists=False)] * 5 + [Facts(own="Editor", room=True)] * 2
    return [Member(n, f) for n, f in enumerate(sorts, 1)]


@contextlib.contextmanager
def house():
    """Everybody was looked at by delegate access; impersonation waits beside it, and has proved itself."""
    with contextlib.ExitStack() as stack:
        h = House(stack, people(), nginx=True)
        h.lab.start()
        admin = Admin(h.lab, h.link)
        h.settled()
        job = admin.job_of(admin.choose("exchange", "impersonation"))
        told = admin.told(job)
        if not told.done:
            raise AssertionError(f"the draft is not proved: {told!r}")
        yield h, admin


def dump(h):
    """All that is known of members and told of them, as it stands in the file."""
    tables = ("member", "member_count", "member_event", "health", "alert", "broken")
    return {t: [tuple(r) for r in h.sql(f"SELECT * FROM {t} ORDER BY 1, 2, 3")] for t in tables}


def draft(h):
    return h.sql("SELECT id FROM connection WHERE stage = 1")[0][0]


def live(h):
    return h.sql("SELECT id FROM connection WHERE stage = 2")[0][0]


def tried(h, admin, **who):
    """What a trial said that the page has begun."""
    answer = admin.post(COMPARE, {"who": "all", **who})
    if answer.status != 303:
        return answer
    return h.ended(h.sql("SELECT max(id) FROM job WHERE kind = 'trial'")[0][0])


def changes(h, connection):
    return {r["change"]: r["n"] for r in h.sql("SELECT change, n FROM trial_count WHERE connection_id = ? AND n > 0", connection)}


def statuses(h):
    return {r["id"]: (r["status"], r["reason"]) for r in h.sql("SELECT id, status, reason FROM member")}


def says(h, connection):
    return {r["member_id"]: (r["status"], r["reason"]) for r in
            h.sql("SELECT member_id, status, reason FROM trial WHERE connection_id = ? AND checked_at > 0", connection)}


def switch(admin, path):
    """The button of the comparison: its words, and what it answers."""
    page = admin.page(COMPARE)
    form = page.text.split(f'action="{path}"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return re.search(r"<button[^>]*>([^<]*)<", form).group(1), admin.browser.post(path, fields, page=page)


def kill_engine(h):
    h.lab.stop("engine", signal.SIGKILL)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(h.lab.bell)
    h.lab.start_engine()


def test_trial(tap):
    with house() as (h, admin):
        h.calm()
        page = admin.page(COMPARE)
        tap.ok("By impersonation nobody was tried yet." in page.text and "Switch: nobody was tried" in page.text, "nobody was tried, and the page says so")
        tap.ok("by trying it on members first" in admin.page("/connection/switch").text, "so does the page that switches")
        before = dump(h)
        tap.same(tried(h, admin, who="sample", sample="9")[0], 2, "a few are tried")
        page = admin.page(COMPARE)
        tap.ok(f"nothing is known of {len(h.people) + 1 - 9} members" in page.text, "the button says of how many nothing is known", page)
        tap.same(tried(h, admin), (2, f"Tried with {GAIN + LOSE + SAME + 8} members. Of all who were tried 120 would gain and 7 would lose."), "everybody is tried")
        tap.ok(dump(h) == before, "members, counts, events and health are byte for byte what they were")
        page = admin.page(COMPARE)
        tap.ok(SAYS in page.text, "the page says it in one sentence")
        page = admin.page("/connection/switch")
        tap.ok(SAYS in page.text and "Compare per member" in page.text, "the page that switches says it, too", page)
        told = h.lab.ctl_json("connection", "trial")
        tap.same((told["gain"], told["worse"], told["tried"], told["members"], told["say"]), (GAIN, LOSE, len(h.people) + 1, len(h.people) + 1, SAYS), "and the command line")
        lose = admin.page(f"{COMPARE}?only=worse")
        tap.same(lose.text.count('<tr><th scope="row"><a href="/members/'), LOSE, "those who would lose are listed")
        file = admin.browser.get(f"{COMPARE}.csv").text
        tap.ok(file.startswith('"email","name","kind","change",') and file.count(',"gain",') == GAIN and file.count(',"worse",') == LOSE, "and all are in the file", file[:300])
        for field, fields in {"addresses": {"who": "typed", "addresses": "nobody@nowhere.test"}, "status": {"who": "status"}, "sample": {"who": "sample", "sample": "0"}}.items():
            answer = tried(h, admin, **fields)
            tap.ok(answer.status == 422 and f'id="{field}-err"' in answer.text, f"what is missing is said beside {field}")
        first = h.people[0]
        tap.same(tried(h, admin, who="typed", addresses=f"{first.email}\n{first.email.upper()}")[1].split(".")[0], "Tried with 1 member", "one by address")
        tap.ok(tried(h, admin, who="sample", sample="9")[0] == 2, "a few by chance")
        tap.ok(dump(h)["member"] == before["member"], "no member has changed")
        there_and_back(tap, h, admin)


def there_and_back(tap, h, admin):
    old, new = live(h), draft(h)
    was, want, since = statuses(h), says(h, new), h.last_event()
    words, answer = switch(admin, "/connection/switch")
    tap.same((answer.status, words), (303, "Switch: 7 members will be limited"), "the button says what it does")
    until(lambda: h.sql("SELECT connection_id FROM patrol")[0][0] == new, 30)
    h.settled()
    now = statuses(h)
    tap.same({k: (now[k], v) for k, v in want.items() if now[k] != v}, {}, "after the switch all stand as the trial said")
    h.method, h.connection = "impersonation", new
    tap.same(h.wrong(), [], "which is so")
    tap.same(h.miscounted(), {}, "counts are right")
    told = [e for events in h.events(since).values() for e in events if e["what"] == SWITCHED]
    tap.same(len(told), GAIN + LOSE + sum(1 for m in h.people if m.facts.room and was[m.id] != now[m.id]), "a line of history for each who changed, none for others")
    tap.same([dict(e) for e in told if e["was"] == 0], [], "nobody was not checked in between")
    until(lambda: h.sql("SELECT COALESCE(max(cursor), 0) FROM reminding")[0][0] >= h.last_event(), 30)
    tap.same([h.sql(f"SELECT count(*) FROM {t}")[0][0] for t in ("alert", "broken")], [0, 0], "nobody broke, and no admin is told so: it was done on purpose")
    page = admin.page(f"/members/{told[0]['member_id']}")
    tap.ok("By another connection or method than before." in page.text, "and the member's page says what it came of")
    page = admin.page(COMPARE)
    tap.ok("Back by delegate access 7 would gain and 120 would lose." in page.text, "the same page says what going back would bring")
    words, answer = switch(admin, "/connection/back")
    tap.same((answer.status, words), (303, "Go back: 120 members will stop working"), "and its button")
    until(lambda: h.sql("SELECT connection_id FROM patrol")[0][0] == old, 30)
    h.settled()
    tap.same({k: (v, was[k]) for k, v in statuses(h).items() if v != was[k]}, {}, "back within the hour, all as before")
    tap.same(h.miscounted(), {}, "and counted so")


def test_killed(tap):
    with house() as (h, admin):
        h.calm()
        before = dump(h)
        admin.post(COMPARE, {"who": "all"})
        job = h.sql("SELECT max(id) FROM job WHERE kind = 'trial'")[0][0]
        kills = 0
        while not h.sql("SELECT 1 FROM job WHERE id = ? AND ended > 0", job) and kills < 20:
            time.sleep(0.15 * (kills + 1))
            kill_engine(h)
            kills += 1
        state, outcome = h.ended(job)
        tap.same((state, outcome.split(". ")[1]), (2, "Of all who were tried 120 would gain and 7 would lose."), "an engine that is killed goes on")
        tap.same(tuple(h.sql("SELECT done, total FROM job_progress WHERE job_id = ?", job)[0]), (len(h.people) + 1,) * 2, "each is counted once")
        tap.same(h.sql("SELECT count(*) FROM trial")[0][0], len(h.people) + 1, "and tried")
        tap.ok(dump(h)["member"] == before["member"], "no member has changed")


def test_personal(tap):
    """By members' own sign-ins, which nobody has entered, nobody works but rooms, which are looked at from outside."""
    with contextlib.ExitStack() as stack:
        h = House(stack, people()[:3] + [Member(9, Facts(own="Editor", room=True))], nginx=True)
        h.lab.start()
        admin = Admin(h.lab, h.link)
        h.settled()
        tap.ok(admin.told(admin.job_of(admin.choose("exchange", "personal"))).done, "own sign-ins wait beside delegate access")
        tap.same(tried(h, admin)[0], 2, "and are tried")
        got = {m.n: says(h, draft(h)).get(m.id) for m in h.people}
        tap.same(got, {1: (3, "own_signin_missing"), 2: (3, "own_signin_missing"), 3: (3, "own_signin_missing"), 9: (1, "ok")}, "the honest answer")
        admin.post("/connection/discard", {})
        tap.same(h.sql("SELECT count(*) FROM trial_head")[0][0], 0, "of a draft that is thrown away nothing is told any more")
        h.lab.stop("engine")
        h.lab.start_engine()
        until(lambda: not h.sql("SELECT 1 FROM trial UNION ALL SELECT 1 FROM trial_count"), 70)
        tap.same(h.sql("SELECT count(*) FROM trial")[0][0], 0, "and what was tried is cleared away")
        page = admin.browser.get(COMPARE, follow=False)
        tap.same((page.status, page.location), (303, "/connection"), "and there is nothing to compare")
        tap.ok("There is nothing to compare" in h.lab.ctl("connection", "trial", check=False).stderr, "nor for the command line")


run(Tap(), test_trial, test_killed, test_personal)
