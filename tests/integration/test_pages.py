"""Pages about members where it gets odd: addresses with filters that are not there, pages behind the last one, forms
that are older than the row, questions about nobody, work that began long ago. The engine stays away: the rows are written
as it writes them."""

import re
import time

from lab import Browser, Lab, Tap, run, unescape
from test_roster import seed
from test_routes import connect

PEOPLE = 120


def shown(answer):
    """The words of a page, one space between them."""
    main = re.search(r"<main.*?</main>", answer.text, re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.group(0) if main else answer.text)))


def fields(answer, action):
    """What a form would send: of its hidden and text fields."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', answer.text, re.S).group(0)
    tags = [t for t in re.findall(r"<input[^>]*>", form) if 'type="checkbox"' not in t and 'type="radio"' not in t]
    found = [(re.search(r'name="([^"]*)"', t), re.search(r'value="([^"]*)"', t)) for t in tags]
    return {name.group(1): unescape(value.group(1)) if value else "" for name, value in found if name}


def polled(answer, ident):
    """What an element asks for again, None when it does not."""
    found = re.search(rf'id="{ident}"[^>]*?data-poll="([^"]*)"', answer.text)
    return unescape(found.group(1)) if found else None


def job(lab, kind, params="", state=0, by=1, ended=0, outcome=""):
    lab.sql(
        "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created, ended, outcome)"
        " VALUES (1, ?, ?, ?, 9e9, 9e9, ?, '', '', 1, ?, ?)",
        kind, params, state, by, ended, outcome,
    )
    return lab.sql("SELECT max(id) FROM job")[0][0]


def filters(tap, lab, admin):
    for query in ("status=bogus", "reason=bogus", "fixer=nobody", "role=owner", "seen=new"):
        page = admin.get(f"/members?{query}")
        tap.ok(page.status == 200 and "A filter in the address is not known" in page.text, f"?{query}: the list says that it is not known", page)
        sent = fields(page, "/members/chosen")
        tap.ok(query.split("=")[0] not in sent, f"?{query}: and does not carry it on", sent)
        answer = admin.post("/members/chosen", {**sent, "do": "check", "id.2": "on"})
        tap.same(answer.status, 303, f"?{query}: what is chosen there can be looked at")
        for path in ("/members.csv?", "/members/bulk?do=remove&"):
            answer = admin.get(path + query, follow=False)
            tap.ok(answer.status in (303, 400) and "Remove 121" not in answer.text, f"{path}{query} is not about everyone", answer)
    tap.ok("sort=up" not in admin.get("/members?sort=up").text, "an order that is none is not carried on")
    lab.sql("DELETE FROM job")
    page = admin.get("/rooms?status=bogus&q=" + "x" * 200)
    tap.ok("is not known" in page.text and "Use at most 100" in page.text, "rooms say so, too", shown(page)[:600])


def ends(tap, admin):
    page = admin.get("/members?after=9999.0.zzzz")
    tap.ok("Nobody is here yet" not in page.text and "Avery Stone to" in shown(page), "behind the last page is the first", shown(page)[:400])
    page = admin.get("/members?status=connected&after=9999.0.zzzz")
    tap.ok("Nobody matches" not in page.text and "50 of 80" in shown(page), "with a filter, too", shown(page)[:400])
    one = shown(admin.get("/members?q=person119"))
    tap.ok("Person 119, 1 of 1" in one and "Person 119 to" not in one, "one row is no range", one[-300:])


def questions(tap, lab, admin):
    answer = admin.get("/members/bulk?do=remove&id=99999", follow=False)
    tap.same((answer.status, answer.location), (303, "/members"), "nobody is asked about who is not there")
    page = admin.get("/members/bulk?do=off&id=2.99999.3")
    tap.ok("Deactivate 2 members?" in page.text and page.text.count(">Person ") == 2, "who is gone is not counted", shown(page))
    page = admin.get("/members/bulk?do=off&status=connected")
    tap.ok("Deactivate 80 members?" in page.text and page.text.count(">Person ") == 10 and "and 70 more" in page.text, "the first ten, and how many more", shown(page))
    tap.ok("80 of them work today" in page.text, "and what they are", shown(page))
    sent = fields(page, "/members/bulk")
    tap.same((sent["shown"], sent["status"]), ("80", "connected"), "the form has the number that was shown")
    lab.sql("UPDATE member SET status = 1, reason = 'ok', fixer = 0 WHERE email = 'person3@example.com'")
    lab.sql("UPDATE member_count SET n = n + CASE status WHEN 1 THEN 1 ELSE -1 END WHERE status IN (1, 3)")
    answer = admin.post("/members/bulk", sent, page=page)
    tap.ok(answer.status == 409 and "The page said 80, now there are 81" in answer.text, "it is asked again when there are more by then", shown(answer)[:400])
    tap.same(lab.sql("SELECT count(*) FROM job WHERE kind = 'bulk'"), [(0,)], "and nothing is done")
    lab.sql("UPDATE member SET status = 3, reason = 'not_delegated', fixer = 1 WHERE email IN ('person3@example.com', 'person4@example.com')")
    lab.sql("UPDATE member_count SET n = n - CASE status WHEN 1 THEN 2 ELSE -2 END WHERE status IN (1, 3)")
    answer = admin.post("/members/bulk", fields(answer, "/members/bulk"), page=answer)
    tap.same(answer.status, 303, "of fewer nobody is surprised")
    lab.sql("UPDATE member SET status = 1, reason = 'ok', fixer = 0 WHERE email = 'person4@example.com'")
    lab.sql("UPDATE member_count SET n = n + CASE status WHEN 1 THEN 1 ELSE -1 END WHERE status IN (1, 3)")
    lab.sql("DELETE FROM job")


def work(tap, lab, admin):
    long_ago = job(lab, "check", "kind=0&status=-1&fixer=-1&role=-1&stale=0&reason=&search=", state=1)
    lab.sql("INSERT INTO job_progress (job_id, total, done, failed, counted, cursor, began, seen) VALUES (?, 120, 40, 0, 1, 0, 100, 120)", long_ago)
    lab.sql("INSERT INTO engine VALUES (1, 1, 1, unixepoch() + 600, '', '')")
    now = int(time.time())
    for n in range(2, 32):
        job(lab, "check", f"ids={n}", state=2, by=n, ended=now, outcome="1 member was looked at.")
    page = admin.get("/members?status=connected")
    tap.ok("40 of 120 members" in page.text and f"/members/checks/{long_ago}/stop" in page.text, "what runs is told, however much came after it", shown(page)[:300])
    tap.ok("1 member was looked at" not in page.text, "that others had themselves looked at is not")
    tap.same(polled(page, "rows"), "/members?status=connected", "and the list follows it")
    mine = job(lab, "check", "ids=5", state=2, ended=now, outcome="1 member was looked at.")
    tap.same(admin.get("/members").text.count("1 member was looked at"), 1, "one's own is")
    lab.sql("UPDATE job SET state = 2, ended = ? WHERE id = ?", now, long_ago)
    tap.ok("about" not in re.search(r'id="rows".*?</b><span>(.*?)</span>', admin.get("/members").text, re.S).group(1), "nothing is left of what has ended")
    lab.sql("DELETE FROM job")
    return mine


def rooms(tap, lab, admin):
    page = admin.get("/rooms/add")
    made = admin.post("/rooms/add", {"email": "alder@example.com", "name": "Alder"}, page)
    room = made.location.split("?")[0]
    lab.sql("UPDATE member_count SET n = 1 WHERE kind = 1")
    admin.post("/rooms/read", page=admin.get("/rooms"))
    page = admin.get("/rooms?q=ald&status=not_checked")
    tap.same(polled(page, "rooms"), "/rooms?q=ald&status=not_checked", "while lists are read the filter stays")
    for n in range(5):
        job(lab, "directory", f"what=search&text={n}")
    lab.sql("UPDATE connection SET paused_at = 1")
    refused = admin.post("/rooms/check", page=page)
    tap.ok(refused.status == 409 and polled(refused, "rooms") == "/rooms", "a refused button leaves the page that it was", refused)
    lab.sql("UPDATE connection SET paused_at = 0")
    lab.sql("DELETE FROM job")
    admin.post("/rooms/check", page=admin.get("/rooms"))
    page = admin.get("/rooms")
    tap.ok(polled(page, "rooms") and "Calendars are looked at" in page.text, "while rooms are looked at the list follows", page)
    lab.sql("DELETE FROM job")
    answer = admin.post(room + "/check", page=admin.get(room))
    page = admin.get(admin.local(answer.location))
    tap.ok((polled(page, "room") or "").startswith(room), "so does the page of one", page)
    lab.sql("DELETE FROM job")
    tap.same(polled(admin.get(admin.local(answer.location)), "room"), None, "until that has ended")
    admin.post("/members/" + room.split("/")[-1] + "/off", page=admin.get(room))
    page = admin.get(room)
    tap.ok("Check now" not in page.text, "a deactivated room cannot be looked at")
    tap.same(admin.post(room + "/check", page=page).status, 409, "not even by an old page")
    member = f'/members/{room.split("/")[-1]}'
    tap.ok(f'href="{member}"' in page.text, "what happened to a room, and its evidence, is a click away")
    tap.ok("deactivated this room" in shown(admin.get(member)), "where a room is no person")
    tap.ok("Alder" in shown(admin.get("/rooms?status=deactivated")) and 'value="deactivated" selected' in admin.get("/rooms?status=deactivated").text,
        "and is found by that")
    gone = admin.post(member + "/remove", page=admin.get(member + "/remove"))
    tap.same(gone.location, "/rooms?done=roomremoved", "a room that is removed leads back to the rooms")


def stale(tap, lab, admin):
    member = lab.sql("SELECT id FROM member WHERE name = 'Person 9'")[0][0]
    form = f"/members/{member}/edit"
    typed = {**fields(admin.get(form), form), "name": "Mine", "calendar": "no address"}
    lab.sql("UPDATE member SET name = 'Theirs' WHERE id = ?", member)
    page = admin.post(form, typed)
    again = fields(page, form)
    tap.ok(page.status == 422 and again["name"] == "Mine", "a wrong field comes back with what was typed", page)
    admin.page = page
    answer = admin.post(form, {**again, "calendar": ""})
    tap.same((answer.status, lab.sql("SELECT name FROM member WHERE id = ?", member)[0][0]), (409, "Theirs"), "and is still as old as it was")
    admin.page = answer
    tap.same(admin.post(form, fields(answer, form)).status, 303, "whoever was told of it may save")
    bad = admin.post(f"/members/{member}/role", {"role": "owner"}, admin.get(form))
    tap.same(bad.status, 422, "a role that is none is refused")


def one(tap, lab, admin):
    member = lab.sql("SELECT id FROM member WHERE name = 'Person 12'")[0][0]
    for what, reason, detail in ((5, "not_delegated", ""), (7, "", "Wants reminders again."), (10, "", "The name is X.")):
        lab.sql(
            "INSERT INTO member_event (account_id, member_id, at, what, was, status, was_reason, reason, detail, by_name)"
            " VALUES (1, ?, 1, ?, 3, 3, '', ?, ?, 'Ada')", member, what, reason, detail)
    page = admin.get(f"/members/{member}")
    for words in ("Calendar not delegated. By Ada.", "Wants reminders again. By Ada.", "The name is X. By Ada."):
        tap.ok(f"<small>{words}</small>" in page.text, f"what happened is told in sentences: {words}", re.findall(r"<small>(.*?)</small>", page.text))
    tap.ok("<p>Wants no more reminders</p>" not in page.text, "and the opposite is not said of it")
    lab.sql("UPDATE connection SET stage = 3")
    page = admin.get(f"/members/{member}")
    tap.ok(re.search(r"<dt>Next look</dt><dd>[^<]", page.text), "the next look is told without a connection, too", page)
    lab.sql("UPDATE connection SET stage = 2")


def found(tap, lab, admin):
    asked = job(lab, "directory", "what=search&text=Pat", state=2, ended=int(time.time()))
    lab.sql("INSERT INTO job_progress (job_id, total, done, failed, counted, cursor, began, seen) VALUES (?, 1120, 1120, 0, 1, 0, 1, 1)", asked)
    for n in range(1, 121):
        lab.sql("INSERT INTO found (job_id, n, email, name, type, list, list_name) VALUES (?, ?, ?, ?, 'Mailbox', '', '')",
            asked, n, f"pat{n}@example.com", f"Pat {n}")
    where = f"/members/find/{asked}"
    page = admin.get(where + "?after=50")
    tap.ok("51 to 100 of 1,120" in page.text, "numbers have their separator", shown(page)[-200:])
    sent = fields(page, where)
    nobody = admin.post(where, sent)
    tap.ok(nobody.status == 409 and "51 to 100 of" in nobody.text, "nobody ticked: the same page comes again", shown(nobody)[:300])
    added = admin.post(where, {**sent, "n.60": "on"})
    tap.ok(added.location.startswith(where + "?after=50"), "and so it does after adding", added)
    lab.sql("UPDATE session SET fresh = 1")
    tap.same(admin.get(where, follow=False).status, 200, "an answer may take longer than a sign-in is fresh")
    admin.confirm()


def mine(tap, lab, admin):
    lab.sql("UPDATE member SET next_at = 100 WHERE id = 1")
    tap.ok("Next look" not in admin.get("/me").text, "a look that is due is not called the next one at a time that is over")
    for kind, state, words in (("check", 3, "could not be looked at just now"), ("week", 4, "could not be read just now")):
        asked = job(lab, kind, "ids=1", state=state, ended=1)
        tap.ok(words in admin.get(f"/me?check={asked}").text, f"a {kind} that came to nothing is told", asked)


def lists(tap, lab, admin):
    admin.get("/members/import")
    given = admin.post("/members/import", {"list": "new@example.com"})
    first = admin.post(given.location + "/begin", page=admin.get(given.location))
    again = admin.post(given.location + "/begin", page=admin.get(given.location))
    tap.same(first.status, 303, "an import is begun")
    tap.ok(again.status == 409 and "Being imported" not in again.text and "Importing now" in again.text, "begun twice, its own page says so", shown(again)[:300])


def told(tap, admin):
    admin.get("/settings/notifications")
    page = admin.post("/settings/notifications", {"do": "save", "on": "1", "text": "x" * 3000})
    tap.same((page.status, page.text.count('role="alert"')), (422, 1), "what went wrong is told once")


def saved_twice(tap, lab, admin):
    where = "/settings/notifications"
    page = admin.get(where)
    mine = {**fields(page, where), "do": "save", "on": "1", "text": "Mine"}
    lab.sql("INSERT OR REPLACE INTO reminding (account_id, off, alerts_off, instead, text, edited_by, edited_at) VALUES (1, 0, 0, 0, 'Theirs', 'Ada', 7)")
    wrong = admin.post(where, {**mine, "text": "{nope}"}, page)
    tap.same(fields(wrong, where)["from"], mine["from"], "a wrong text comes back as old as it was")
    shown_first = admin.post(where, {**mine, "do": "preview"}, page)
    tap.same((shown_first.status, fields(shown_first, where)["from"]), (200, mine["from"]), "and so does a preview")
    late = admin.post(where, mine, page)
    tap.ok(late.status == 409 and ">Mine</textarea>" in late.text, "whoever saves second is told, and keeps what they typed", shown(late)[:300])
    admin.page = late
    tap.same(admin.post(where, {**mine, **fields(late, where)}).status, 303, "and may save then")


def mails(tap, lab, admin):
    page = admin.get("/settings/invite")
    made = admin.post("/settings/invite", {"email": "casey@example.com", "name": "Casey", "role": "member"}, page, follow=True)
    member = Browser(lab)
    member.accept(re.search(r"(/link/[0-9a-f]{64})", made.text).group(1), "Casey Moor")
    number = lab.sql("SELECT id FROM member WHERE email = 'casey@example.com'")[0][0]
    lab.sql(
        "INSERT INTO mail (account_id, member_id, kind, email, name, params, grp, state, run_at, give_up, created, ended, problem)"
        " VALUES (1, ?, 'reminder', 'casey@example.com', '', '', '', 2, 1, 1, 1, 1, 'relay.inside said 550')", number)
    theirs, ours = member.get("/me/security"), admin.get(f"/members/{number}")
    tap.ok("Reminder: Could not be sent" in shown(ours) and "relay.inside" in ours.text, "admins see what a mail server said", shown(ours)[-400:])
    tap.ok("Reminder: Could not be sent" in shown(theirs) and "relay.inside" not in theirs.text, "members see what became of their mail", shown(theirs)[-600:])


def everything(tap):
    with Lab() as lab:
        link = lab.init()
        lab.start(engine=False)
        admin = Browser(lab)
        admin.accept(link, "Avery Stone")
        seed(lab, PEOPLE)
        connect(lab)
        filters(tap, lab, admin)
        ends(tap, admin)
        questions(tap, lab, admin)
        work(tap, lab, admin)
        rooms(tap, lab, admin)
        stale(tap, lab, admin)
        one(tap, lab, admin)
        found(tap, lab, admin)
        mine(tap, lab, admin)
        lists(tap, lab, admin)
        told(tap, admin)
        saved_twice(tap, lab, admin)
        mails(tap, lab, admin)
        log = lab.log("portal")
        tap.ok("AddressSanitizer" not in log and "runtime error" not in log, "the sanitizers saw nothing", log[-3000:])


if __name__ == "__main__":
    run(Tap(), everything)
