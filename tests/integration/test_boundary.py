"""How far Latchkey reaches is measured, compared with what an admin intends, and told: by the page, by the file, by mail.

A small world of members whose rights are known, by each method: what the page counts is what the oracle says, and a
mailbox that must stay shut is tried, opens when the role reaches everyone, and is told of once.
"""

import contextlib
import csv
import io
import json
import re
import time

import worldlab
from lab import Browser, Tap, run
from memberlab import House
from worldlab import Facts, Member

OUTSIDE = f"pat@{worldlab.DOMAIN}"
SHUT, OPENS = 1, 2
SORTS = {
    "calendar": [Facts(own="Editor")] * 12 + [Facts(own="Reviewer")] * 3,
    "full": [Facts(full=True)] * 4,
    "busy": [Facts(own="AvailabilityOnly")] * 5 + [Facts()] * 2,
    "none": [Facts(default="None")] * 2,
    "room": [Facts(own="Editor", room=True)] * 2 + [Facts(room=True)],
}
COLUMNS = ("made account kind email name calendar status method intended measured verdict busy open read create change delete send inbox "
    "checked").split()


def people():
    facts = [f for sort in SORTS.values() for f in sort]
    return [Member(n, f) for n, f in enumerate(facts, 1)]


def counted(h):
    """By kind and reach, as the oracle has it, of those who are active; the admin shares the calendar of the first."""
    out = {("person", h.verdict(h.people[0]).reach): 1}
    for m in h.people:
        if m.n not in h.off:
            key = ("room" if m.facts.room else "person", h.verdict(m).reach)
            out[key] = out.get(key, 0) + 1
    return out


def page_counts(text):
    """What the page says: {(kind, reach): n}"""
    out = {}
    for reach, n in re.findall(r'href="/members\?reach=(\w+)">([\d,]+)<', text):
        out["person", reach] = int(n.replace(",", ""))
    for reach, n in re.findall(r'href="/boundaries\?reach=(\w+)&amp;kind=room#list">([\d,]+)<', text):
        out["room", reach] = int(n.replace(",", ""))
    return {k: n for k, n in out.items() if n}


def sentence(page):
    return re.search(r'<h2 id="verdict">([^<]*)</h2>', page.text).group(1)


def say(b, level, outside="", **more):
    page = b.get("/boundaries/edit")
    made = re.search(r'name="from" value="(\d*)"', page.text).group(1)
    return b.post("/boundaries/edit", {"level": level, "outside": outside, "from": made, **more}, page=page)


def row(h):
    got = h.sql("SELECT * FROM boundary")
    return dict(got[0]) if got else {}


def tried(h, b):
    """The button, and what came of it."""
    since = h.sql("SELECT coalesce(max(id), 0) FROM job")[0][0]
    page = b.get("/boundaries")
    answer = b.post("/boundaries/measure", page=page)
    if answer.status != 303:
        return answer
    job = h.sql("SELECT id FROM job WHERE id > ? AND kind = 'boundary'", since)[0][0]
    return h.ended(job, 30)


def told(h):
    """Rows of the log and mails about the mailbox outside."""
    log = [r[0] for r in h.sql("SELECT action FROM audit WHERE action IN ('boundary.opens', 'boundary.shut') ORDER BY seq")]
    return log, h.sql("SELECT count(*) FROM mail WHERE kind = 'boundary_opens'")[0][0]


def seen(tap, h, b, method):
    """Everybody was looked at: page, kept counts and oracle agree."""
    tap.ok(h.settled(), f"{method}: all are looked at")
    wrong = h.wrong()
    tap.ok(not wrong, f"{method}: reach and rights are what can be seen", "\n".join(wrong[:20]))
    tap.same(h.miscounted(), {}, f"{method}: kept counts by reach are true")
    page = b.get("/boundaries")
    tap.same(page_counts(page.text), counted(h), f"{method}: the page counts what the oracle says")
    seen_at = [r[0] for r in h.sql("SELECT checked_at FROM member WHERE checked_at > 0 AND off_at = 0")]
    tap.same("Measured between" in page.text, max(seen_at) - min(seen_at) >= 60, f"{method}: a moment is not told as two")
    return page


def lists(tap, h, b):
    """The list behind a number: those and no others; and the list of members by reach."""
    for reach, n in (("full", 4), ("busy", 7), ("none", 2)):
        ids = {int(x) for x in re.findall(r'<th scope="row"><a href="/members/(\d+)"', b.get(f"/boundaries?reach={reach}").text)}
        want = {m.id for m in h.people if h.verdict(m).reach == reach and not m.facts.room}
        tap.ok(len(want) == n and ids == want, f"the list of {reach} has those and no others", (ids, want))
        got = {int(x) for x in re.findall(r'name="id\.(\d+)"', b.get(f"/members?reach={reach}").text)}
        tap.same(got, want, f"and so has the list of members by {reach}")
    rooms = re.findall(r'<th scope="row"><a href="/members/(\d+)"', b.get("/boundaries?reach=calendar&kind=room").text)
    tap.same(len(rooms), 2, "rooms have a list of their own")


def file(tap, h, b, level):
    got = b.get("/boundaries.csv")
    tap.same(got.header("content-type"), "text/csv; charset=utf-8", "the file is a table")
    lines = list(csv.DictReader(io.StringIO(got.text)))
    tap.same(list(lines[0]), COLUMNS, "with these columns")
    by = {line["email"]: line for line in lines}
    tap.same(len(by), len(h.people) + 1, "with a line for each, once")
    far = ("none", "busy", "calendar", "full")
    meant = {"full": "full", "calendars": "calendar", "busy": "busy"}[level]
    bad = []
    for m in h.people:
        line, want = by[m.email], h.verdict(m).reach
        than = far.index(want) - far.index(meant)
        verdict = "as_intended" if than == 0 else "more" if than > 0 else "less"
        if m.n in h.off:
            want, verdict = "unknown", "not_measured"
        is_ = (line["measured"], line["verdict"], line["intended"], line["method"], bool(line["checked"] and line["made"]))
        if is_ != (want, verdict, level, "" if m.n in h.off else h.method, m.n not in h.off):
            bad.append((m, is_, want, verdict))
    tap.ok(not bad, "what was measured and what that is to what is intended are those of the oracle", bad[:5])
    full = by[next(m.email for m in h.people if m.facts.full)]
    tap.same((full["inbox"], full["open"], full["read"]), ("yes", "yes", "yes"), "each right has a column")
    tap.ok(by[h.people[1].email]["name"].startswith("'="), "what a spreadsheet would compute is text", by[h.people[1].email]["name"])
    tap.same(h.sql("SELECT count(*) FROM audit WHERE action = 'boundary.exported'")[0][0], 1, "the log says that it was made")


def stated(tap, h, b):
    """What is intended: asked for, asked about, compared; two who save at once are told."""
    page = b.get("/boundaries")
    tap.same(sentence(page), "Nobody has said how far Latchkey is meant to reach.", "before anybody has said it, the page asks")
    tap.ok("None is named" in page.text, "and asks for a mailbox that must stay shut, suggesting none")
    asked = say(b, "calendars")
    tap.ok(asked.status == 303 and "/boundaries/edit?level=calendars" in asked.location, "less than is reached is asked about first", asked)
    question = b.get(b.local(asked.location))
    tap.ok("It reaches further in 4 mailboxes" in question.text, "with how many it concerns", question.text)
    tap.same(row(h), {}, "and nothing is saved yet")
    saved = b.post("/boundaries/edit", {"level": "calendars", "outside": "", "from": "", "sure": "1"}, page=question, follow=True)
    tap.same(sentence(saved), "Latchkey reaches more than you intend in 4 mailboxes, and less in 10 mailboxes.", "said, the page compares")
    late = b.post("/boundaries/edit", {"level": "full", "outside": OUTSIDE, "from": ""}, page=question)
    tap.ok(late.status == 409 and "Another admin was faster" in late.text and f'value="{OUTSIDE}"' in late.text
        and re.search(r'value="full" required checked', late.text), "whoever saves what is old is told, and what was typed stays", late)
    for address, words in ((h.people[0].email, "This is a member"), (worldlab.SVC, "dedicated mailbox itself")):
        answer = say(b, "calendars", address)
        tap.ok(answer.status == 422 and words in answer.text, f"{address} is no mailbox outside", answer)
    tap.same(Browser(h.lab).get("/boundaries.csv", follow=False).status, 303, "the file is for admins alone")


def command(tap, h):
    """The command line has the same numbers."""
    done = h.lab.ctl("--json", "boundaries", check=False)
    got = json.loads(done.stdout)
    kinds = {"people": "person", "rooms": "room"}
    is_ = {(kinds[k], r["reach"]): r[k] for r in got["reaches"] for k in kinds if r[k]}
    tap.same((done.returncode, is_, got["intended"]), (1, counted(h), "calendars"), "the command line counts the same, and fails when it is more")
    tap.ok("more than you intend in 4 mailboxes" in h.lab.ctl("boundaries", check=False).stdout, "and says so")
    full = {m["email"] for m in h.lab.ctl_json("members", "list", "--reach", "full")}
    tap.same(full, {m.email for m in h.people if m.facts.full}, "members are listed by reach")
    tap.same(h.lab.ctl("members", "list", "--reach", "all", check=False).returncode, 2, "a reach that there is not is refused")


def outside(tap, h, b):
    """By delegation: a mailbox that must stay shut does, opens, is shut again."""
    h.sim.do(f'mailbox {OUTSIDE} "Pat Outside" premise hq')
    none = tried(h, b)
    tap.ok(none.status == 409 and "Name one first" in none.text, "none is named: nothing is tried", none)
    tap.same(say(b, "calendars", OUTSIDE).status, 303, "one is named")
    state, outcome = tried(h, b)
    is_ = row(h)
    tap.same((state, is_["opens"], is_["reason"], is_["tried"]), (2, SHUT, "busy_time_only", "ok"), f"it stays shut ({outcome})")
    text = b.get("/boundaries").text
    tap.ok("It stays shut" in text and "It is tried daily" in text, "says the page")
    h.sim.do(f"mailbox {OUTSIDE}", "grant default Reviewer")
    state, outcome = tried(h, b)
    is_ = row(h)
    tap.same((state, is_["opens"], told(h)), (2, OPENS, (["boundary.shut", "boundary.opens"], 1)), f"it opens: one row of the log, one mail ({outcome})")
    page = b.get("/boundaries")
    tap.same(sentence(page), f"{OUTSIDE} opens, and it must stay shut.", "and the first sentence of the page")
    tried(h, b)
    tap.same(told(h)[1], 1, "that it still opens is no news")
    h.sim.do(f"mailbox {OUTSIDE}", "trouble ErrorMailboxStoreUnavailable")
    state, outcome = tried(h, b)
    tap.same((state, row(h)["opens"], row(h)["tried"]), (3, OPENS, "mailbox_unavailable"), f"a try that comes to nothing changes nothing ({outcome})")
    tap.ok("The latest try" in b.get("/boundaries").text, "and is told")
    h.sim.do(f"mailbox {OUTSIDE}", "trouble none", "grant default AvailabilityOnly")
    tried(h, b)
    tap.same((row(h)["opens"], told(h)[0][-1]), (SHUT, "boundary.shut"), "shut again, it is written down")


def house(h):
    """The house comes, which it does hourly: how many tries it begins."""
    since = h.sql("SELECT coalesce(max(id), 0) FROM job")[0][0]
    now = int(time.time())
    h.sql("INSERT INTO job (kind, params, state, run_at, due_at, made_by, by_name, request, created) VALUES ('house', '', 0, ?, ?, 0, 'engine', '', ?)", now, now, now)
    came = h.sql("SELECT max(id) FROM job WHERE kind = 'house'")[0][0]
    h.ended(came, 30)
    begun = [r[0] for r in h.sql("SELECT id FROM job WHERE id > ? AND kind = 'boundary'", since)]
    for job in begun:
        h.ended(job, 30)
    return len(begun)


def daily(tap, h, b):
    """A day later it is tried by itself, once, whatever came of it; not when it is no mailbox outside."""
    h.sql("UPDATE boundary SET tried_at = tried_at - 90000")
    now = int(time.time())
    n = house(h)
    tap.ok(n == 1 and row(h)["tried_at"] >= now, "a day later it is tried by itself, once", n)
    tap.same(house(h), 0, "and not again in the next hour")
    say(b, "calendars", f"nobody.is.there@{worldlab.DOMAIN}", sure="1")
    tap.same((house(h), row(h)["opens"], row(h)["tried"]), (1, 0, "no_mailbox"), "a mailbox that nobody has proves nothing")
    tap.same(house(h), 0, "and is not tried hourly for that")
    h.sql("UPDATE boundary SET outside = ?, opens = ?, tried = 'ok', tried_at = 0", h.people[0].email, OPENS)
    page = b.get("/boundaries")
    tap.ok("It is not outside" in page.text and "must stay shut." not in sentence(page), "whoever is a member by now is no alarm", sentence(page))
    answer = tried(h, b)
    tap.ok(answer.status == 409 and "This is a member" in answer.text, "nor tried by hand", answer)
    tap.same(house(h), 0, "nor by itself")
    say(b, "calendars", OUTSIDE, sure="1")
    tried(h, b)


def wide(tap, h, b):
    """With impersonation the role's scope decides, and everybody in it opens as a whole."""
    h.choose("impersonation")
    page = seen(tap, h, b, "impersonation")
    tap.ok(sentence(page).startswith("Latchkey reaches more than you intend in 31 mailboxes"), "all in the scope are more than calendars", sentence(page))
    tap.ok("cannot be narrowed to calendars" in page.text and "Account admin:" in page.text, "and the page says why, and who can change it")
    tap.same(tried(h, b)[0], 2, "the mailbox outside is tried")
    tap.same((row(h)["opens"], row(h)["reason"], row(h)["method"]), (SHUT, "outside_scope", "impersonation"), "the scope is right: it is outside of it")
    mails = told(h)[1]
    h.sim.do(f"group scope@{worldlab.DOMAIN}", f"member {OUTSIDE}")
    tried(h, b)
    tap.same((row(h)["opens"], told(h)[1]), (OPENS, mails + 1), "the role reaches everyone: it opens, and admins are told")
    h.sim.do(f"group scope@{worldlab.DOMAIN}", f"no-member {OUTSIDE}")
    tried(h, b)
    tap.same(row(h)["opens"], SHUT, "the scope is narrowed: it is shut")
    tap.same(say(b, "full", OUTSIDE).status, 303, "the whole mailbox may open")
    page = b.get("/boundaries")
    tap.ok(sentence(page).startswith("Latchkey reaches as far as you intend in all"), "then all is as intended", sentence(page))


def narrow(tap, h, b):
    """With the dedicated mailbox only busy time is asked for."""
    h.choose("dedicated")
    seen(tap, h, b, "dedicated")
    answer = tried(h, b)
    tap.ok(answer.status == 409 and "Only busy time is read" in answer.text, "there is nothing to try outside", answer)
    text = b.get("/boundaries").text
    tap.ok("Nothing is tried now" in text and "It is tried daily" not in text, "nor does the page say that it is tried")
    tap.same(say(b, "busy", OUTSIDE).status, 303, "busy time is what is intended")
    page = b.get("/boundaries")
    tap.ok("Whether the mailbox would open further is not measured" in page.text, "the page claims no more than was measured")
    tap.same(sentence(page), "Latchkey reaches less than you intend in 2 mailboxes.", "and finds those whose busy time does not open")


def test_world(tap):
    with contextlib.ExitStack() as stack:
        h = House(stack, people(), off=[3], nginx=True)
        h.sql("UPDATE member SET name = '=1+1' WHERE id = ?", h.people[1].id)
        h.sql("UPDATE member SET calendar = ? WHERE role = 1", h.people[0].mailbox)
        h.lab.start_engine()
        h.lab.start_portal()
        h.lab.start_nginx()
        b = Browser(h.lab)
        b.accept(h.link, "Avery Stone")
        seen(tap, h, b, "delegate")
        lists(tap, h, b)
        stated(tap, h, b)
        file(tap, h, b, "calendars")
        command(tap, h)
        outside(tap, h, b)
        daily(tap, h, b)
        wide(tap, h, b)
        narrow(tap, h, b)


if __name__ == "__main__":
    run(Tap(), test_world)
