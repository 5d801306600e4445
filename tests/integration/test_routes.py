"""The route-table walk: every row of cgi/routes.c as everyone who must not, and as its admin.

The table is read from the source, so that a new row is walked without a change here; what a row must
answer follows from its need alone.
"""

import re

from lab import PASSWORD, SRC, Browser, Lab, Tap, run

ROW = re.compile(r'\{ (GET|POST), "([^"]+)", NEED_(\w+), (\w+),\s*(\w+), (\w+), (\w+), (\w+) \}')
# What a form must hold to be accepted, by the name of its table.
FIELDS = {
    "form_chosen": {"do": "check", "id.1": "on"},
    "form_bulk": {"do": "on", "id": "1", "shown": "1"},
    "form_role": {"role": "member"},
    "form_edit": {"name": "Casey Moor", "calendar": "", "was_name": "Casey Moor", "was_calendar": ""},
    "form_method": {"kind": "exchange", "method": "delegate"},
    "form_exchange": {
        "mailbox": "svc@example.com",
        "find": "given",
        "server": "mail.example.com",
        "signin": "auto",
        "password": PASSWORD,
    },
    "form_office": {
        "mailbox": "svc@example.com",
        "tenant": "example.com",
        "client_id": "00000000-0000-0000-0000-000000000001",
        "signin": "app",
        "proof": "secret",
        "secret": PASSWORD,
        "cloud": "worldwide",
    },
    "form_from": {"from": "1"},
    "form_try": {"who": "all"},
    "form_test": {"which": "current", "person": "casey@example.com"},
    "form_rotate": {"from": "1", "over": "", "secret": PASSWORD},
    "form_pause": {"shown": "1", "why": "moving"},
    "form_switch": {"from": "1", "rev": "1", "version": "v", "live": "1", "live_rev": "1"},
    "form_back": {"from": "1", "rev": "1"},
    "form_disconnect": {"from": "1", "rev": "1", "shown": "1", "why": "moving"},
    "form_replaced": {"from": "1", "rev": "1", "what": "other", "mailbox": "new@example.com", "secret": PASSWORD},
    "form_look": {"host": "mail.example.com", "port": "443"},
    "form_find": {"q": "Casey", "what": "search"},
    "form_found": {"n": "1"},
    "form_room": {"name": "Alder", "place": "Floor 2", "seats": "8"},
    "form_room_add": {"email": "alder@example.com", "name": "Alder", "seats": "8"},
    "form_invite": {"email": "new@example.com", "name": "New", "role": "member"},
    "form_add": {"email": "added@example.com", "name": "Added", "role": "member"},
    "form_import": {"list": "listed@example.com"},
    "form_signin": {"email": "x@example.com", "password": "wrong wrong wrong"},
    "form_choose": {"account": "1"},
    "form_confirm": {"password": PASSWORD},
    "form_link": {"token": "0" * 64, "name": "X", "password": PASSWORD, "again": PASSWORD},
    "form_policy": {"idle": "3600", "absolute": "86400"},
    "form_mine": {"outlook": "mac"},
    "form_password": {"old": PASSWORD, "password": PASSWORD + "!", "again": PASSWORD + "!"},
    "form_theme": {"theme": "dark"},
    "form_boundary_edit": {"level": "calendars", "outside": "pat@example.com"},
    "form_notify": {"do": "save", "on": "1"},
    "form_share": {"days": "7", "message": "Please run it."},
}
# Pages that are reached with a question only the address answers.
MISSING_WORD = {"/link/:word": "0" * 64, "/stop/:word": "0" * 64, "/stop/:word/again": "0" * 64, "/connection/microsoft/refused/:word": "away",
    "/me/microsoft/refused/:word": "away", "/script/:word": "0" * 64}


class Row:
    def __init__(self, method, path, need, form, layout, page, handler, form_of):
        self.method, self.path, self.need, self.form = method, path, need, form
        self.name = f"{method} {path}"

    def admin(self):
        return self.need.startswith("ADMIN")

    def fresh(self):
        return self.need.endswith("FRESH")

    def where(self, ids):
        path = self.path
        for prefix, number in ids.items():
            if path.startswith(prefix):
                path = path.replace(":id", str(number))
        kind = "mailbox" if path.startswith("/scripts/") else "x"
        return path.replace(":word", MISSING_WORD.get(self.path, kind))


def rows():
    with open(f"{SRC}/cgi/routes.c", encoding="utf-8") as f:
        return [Row(*m) for m in ROW.findall(f.read())]


def send(browser, row, ids, csrf=None, headers=None, fields=None):
    path = row.where(ids)
    if row.method == "GET":
        return browser.get(path, follow=False)
    data = dict(FIELDS.get(row.form, {}) if fields is None else fields)
    if csrf is not None:
        data["csrf"] = csrf
    return browser.post(path, data, headers=headers, token=False)


def connect(lab):
    """A connection in use in the first account, with a secret of before."""
    lab.sql(
        "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,"
        " client_id, binding, mailbox, method, kind, stage, created) VALUES (1, 'Exchange', 'https',"
        " 'mail.example.com', 443, '', '', 'ntlm', '', '', '', '', 'off', 'svc@example.com', 'delegate', 'exchange', 2, 1)"
    )
    connection = lab.sql("SELECT max(id) FROM connection")[0][0]
    for purpose in ("current", "former"):
        lab.sql(
            "INSERT INTO credential (account_id, connection_id, purpose, version, sealed, policy)"
            " VALUES (1, ?, ?, 'v', x'00', zeroblob(32))",
            connection,
            purpose,
        )
    return connection


def ask(lab, connection):
    """A sign-in with Microsoft that the first account's admin has begun."""
    lab.sql(
        "INSERT INTO ask (account_id, connection_id, session_id, member_id, nonce, created, expires)"
        " SELECT account_id, ?, id, member_id, '0123456789abcdef', 1, 1 FROM session WHERE account_id = 1"
        " AND member_id = (SELECT min(id) FROM member)",
        connection,
    )
    return lab.sql("SELECT max(id) FROM ask")[0][0]


def job(lab, kind, by=0):
    """One of the first account that waits."""
    lab.sql(
        "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created)"
        " VALUES (1, ?, 'do=on&ids=1', 0, 9e9, 9e9, ?, '', '', 1)",
        kind,
        by,
    )
    return lab.sql("SELECT max(id) FROM job")[0][0]


def share(lab):
    """An open link to a script, by the first account's admin."""
    lab.sql(
        "INSERT INTO share (hash, account_id, member_id, by_name, kind, pick, about, message, email, nonce, created, expires)"
        " VALUES (randomblob(32), 1, (SELECT min(id) FROM member), 'Avery', 'share', '', 'All', '', '', 'n', 1, 9e9)"
    )
    return lab.sql("SELECT max(id) FROM share")[0][0]


def world(lab):
    """Two accounts, a member, and one thing of every kind in the first."""
    admin = lab.up()
    page = admin.get("/settings/invite")
    page = admin.post("/settings/invite", {"email": "member@example.com", "name": "Casey", "role": "member"})
    invited = admin.get(admin.local(page.location))
    link = re.search(r'(/link/[0-9a-f]{64})', invited.text).group(1)
    member = Browser(lab)
    member.accept(link, "Casey Moor")
    other_link = lab.ctl_json(
        "account", "add", "Other Organisation", "--admin", "other@example.org", "--name", "Other"
    )["link"]
    other = Browser(lab)
    other.accept(other_link, "Robin Vale")
    admin.get("/settings/invite")
    admin.post("/settings/invite", {"email": "open@example.com", "name": "Open", "role": "member"})
    admin.get("/connection/look")
    admin.post("/connection/look", {"host": "mail.example.com", "port": "443"})
    admin.get("/members/import")
    listed = admin.post("/members/import", {"list": "listed@example.com"})
    connection = connect(lab)
    admin.get("/connection/test")
    admin.post("/connection/test", {"which": "current"})
    admin.get("/members/find")
    admin.post("/members/find", {"q": "Casey", "what": "search"})
    admin.get("/rooms/add")
    admin.post("/rooms/add", {"email": "birch@example.com"})
    ids = {
        "/members/find/": lab.sql("SELECT max(id) FROM job WHERE kind = 'directory'")[0][0],
        "/rooms/": lab.sql("SELECT id FROM member WHERE email = 'birch@example.com'")[0][0],
        "/connection/test/": lab.sql("SELECT max(id) FROM job WHERE kind = 'test'")[0][0],
        "/connection/erase/": connection,
        "/connection/trial/": job(lab, "trial"),
        "/connection/microsoft/": ask(lab, connection),
        "/members/import/": int(listed.location.rsplit("/", 1)[1]),
        "/scripts/links/": share(lab),
        "/members/checks/": job(lab, "check"),
        "/members/bulk/": job(lab, "bulk"),
        "/members/": lab.sql("SELECT id FROM member WHERE email = 'member@example.com'")[0][0],
        "/settings/invitations/": lab.sql("SELECT max(id) FROM invitation")[0][0],
        "/settings/sessions/": lab.sql(
            "SELECT s.id FROM session s JOIN users u ON u.id = s.user_id WHERE u.email = ?",
            "member@example.com",
        )[0][0],
        "/me/security/sessions/": 999999,
        "/me/signin/": job(lab, "own", by=1),
        "/me/microsoft/": ask(lab, connection),
        "/connection/look/": lab.sql("SELECT max(id) FROM job WHERE kind = 'look'")[0][0],
    }
    return admin, member, other, ids


def csrf_of(browser):
    return browser.get("/me").csrf()


def expect(tap, row, case, answer, status, where=None):
    good = answer.status == status and (where is None or (answer.location or "").find(where) >= 0)
    tap.ok(good, f"{row.name}: {case} gets {status}{' to ' + where if where else ''}", repr(answer))


def walk(tap):
    with Lab() as lab:
        admin, member, other, ids = world(lab)
        table = rows()
        with open(f"{SRC}/cgi/routes.c", encoding="utf-8") as f:
            count = len(re.findall(r"^\t\{ (?:GET|POST),", f.read(), re.M))
        tap.same(len(table), count, "every row of the table is walked")
        for row in table:
            anonymous(tap, lab, row, ids)
            if row.admin():
                expect(tap, row, "a member", send(member, row, ids, csrf_of(member)), 403)
            if row.admin() and ":id" in row.path:
                expect(tap, row, "another account's admin", send(other, row, ids, csrf_of(other)), 404)
            if row.method == "POST":
                posts(tap, lab, admin, row, ids)
            methods(tap, admin, row, ids)
        own(tap, lab, admin, member, other)
        stale(tap, lab, admin, table, ids)
        seen(tap, lab, admin, table, ids)


def anonymous(tap, lab, row, ids):
    nobody = Browser(lab)
    answer = send(nobody, row, ids)
    if row.need == "KEY":
        foreign = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
        expect(tap, row, "nobody without a token, from anywhere", send(nobody, row, ids, headers=foreign), 200)
    elif row.need != "NONE":
        expect(tap, row, "nobody", answer, 303, "/signin")
    elif row.method == "POST":
        expect(tap, row, "nobody without a token", answer, 403)
    elif row.path.startswith("/stop/"):
        expect(tap, row, "an unknown key", answer, 200)
    elif ":word" in row.path:
        tap.ok(answer.status in (404, 410), f"{row.name}: an unknown link is gone", repr(answer))
    else:
        tap.ok(answer.status in (200, 303), f"{row.name}: is open to all", repr(answer))


def posts(tap, lab, admin, row, ids):
    token = csrf_of(admin)
    if row.need != "KEY":
        expect(tap, row, "no token", send(admin, row, ids), 403)
        expect(tap, row, "a false token", send(admin, row, ids, "0" * 64), 403)
        foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        expect(tap, row, "a foreign origin", send(admin, row, ids, token, foreign), 403)
        null = {"Origin": "null", "Sec-Fetch-Site": None}
        expect(tap, row, "an opaque origin", send(admin, row, ids, token, null), 403)
    most = 34 if row.form == "form_import" else 1.1
    expect(tap, row, "a body over the limit", send(admin, row, ids, token, fields={"x": "y" * int(most * (1 << 20))}), 413)
    kind = {"Content-Type": "application/json"}
    expect(tap, row, "a body of another kind", send(admin, row, ids, token, kind), 415)


def methods(tap, admin, row, ids):
    answer = admin.send("PUT", row.where(ids))
    expect(tap, row, "PUT", answer, 405)
    tap.ok(row.method in (answer.header("Allow") or ""), f"{row.name}: Allow says {row.method}", answer)


def own(tap, lab, admin, member, other):
    """One's own page shows nothing of anybody else, whatever its address names."""
    lab.sql(
        "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created)"
        " SELECT account_id, 'check', '', 0, 9999999999, 9999999999, id, name, '', 1 FROM member WHERE role = 1 AND account_id = 1"
    )
    check = lab.sql("SELECT max(id) FROM job")[0][0]
    looking = "Your calendar is being looked at."
    tap.ok(looking in admin.get(f"/me?check={check}").text, "who asked for a check sees that it runs")
    for who, browser, strangers in (
        ("a member", member, ("open@example.com", "Robin Vale")),
        ("another account's admin", other, ("admin@example.com", "member@example.com", "svc@example.com", "Casey Moor")),
    ):
        answer = browser.get(f"/me?check={check}")
        tap.ok(answer.status == 200 and looking not in answer.text, f"{who} does not see the check of somebody else", answer)
        tap.same([s for s in strangers if s in answer.text], [], f"{who} sees nobody else on their own page")


def stale(tap, lab, admin, table, ids):
    token = csrf_of(admin)
    lab.sql("UPDATE session SET fresh = 1")
    for row in table:
        if row.fresh():
            answer = send(admin, row, ids, token)
            if row.method == "GET":
                expect(tap, row, "a stale sign-in", answer, 303, "/confirm")
            else:
                expect(tap, row, "a stale sign-in", answer, 403)
                asks = f'action="{row.where(ids)}"' in answer.text and 'name="confirm"' in answer.text
                tap.ok(asks and PASSWORD not in answer.text, f"{row.name}: asks for the password, and goes on with the form", answer)


def seen(tap, lab, admin, table, ids):
    admin.confirm()
    lab.sql("UPDATE connection SET kind = 'office365', signin = 'app'")
    lab.sql("UPDATE credential SET certificate = 'public' WHERE purpose = 'current'")
    for row in table:
        if row.method == "GET" and row.need != "NONE":
            answer = send(admin, row, ids)
            tap.ok(answer.status in (200, 303), f"{row.name}: its admin gets it", repr(answer))
            if row.path.startswith("/connection/") and answer.status == 200 and "<html" in answer.text:
                tabs = re.search(r'<nav class="subnav"[^>]*>(.*?)</nav>', answer.text, re.S)
                tap.ok(tabs and 'aria-current="page"' in tabs.group(1), f"{row.name}: has the connection's tabs, one of them open", repr(answer))
    for path in ("/nosuch", "/members/0", "/members/01", "/settings/people/1", "/overview/", "/Overview"):
        tap.same(admin.get(path, follow=False).status, 404, f"GET {path} does not exist")


if __name__ == "__main__":
    run(Tap(), walk)
