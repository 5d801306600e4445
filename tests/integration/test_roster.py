"""The list of members as a file and on the command line: the same filters, the same lines; a file of
any length leaves in portions, so that a worker does not grow by it, and ends when nobody reads it.
"""

import csv
import io
import json
import socket
import time

from lab import RELEASE, Lab, Tap, run, until

ROWS = 40000
# Two of three work; a name that a spreadsheet would take for a formula is among them.
SEED = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
 INSERT INTO member (account_id, email, name, role, created, name_key, last_key, status, reason, fixer, grants,
 checked_at, tried_at, since, next_at) SELECT 1, 'person' || i || '@example.com',
 CASE i WHEN 7 THEN '=1+1' ELSE 'Person ' || i END, 0, 1, 'person ' || i, i || ' person',
 CASE WHEN i % 3 THEN 1 ELSE 3 END, CASE WHEN i % 3 THEN 'ok' ELSE 'not_delegated' END, CASE WHEN i % 3 THEN 0 ELSE 1 END,
 CASE WHEN i % 3 THEN 2730 ELSE 1 END, unixepoch(), unixepoch(), 1795000000, unixepoch() + 86400 FROM n"""
COLUMNS = "email name role calendar status reason who rights since checked tried".split()


def seed(lab, rows):
    lab.sql(SEED, rows)
    lab.sql("DELETE FROM member_count")
    lab.sql(
        "INSERT INTO member_count (account_id, kind, status, reason, fixer, n)"
        " SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5"
    )
    lab.sql("UPDATE account SET people = (SELECT count(*) FROM member)")


def lines(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return {row["email"]: row for row in rows}, len(rows)


def peak(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


def leave(lab, admin):
    """Ask for the whole file, read its beginning, and go."""
    cookies = "; ".join(f"{k}={v}" for k, v in admin.cookies.items())
    host, port = lab.url.split("//")[1].split(":")
    with socket.create_connection((host, int(port))) as s:
        s.sendall(f"GET /members.csv HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n".encode())
        s.recv(1000)


def files(tap):
    with Lab(build=RELEASE, workers=1) as lab:
        admin = lab.up()
        seed(lab, ROWS)
        worker = lab.children()[0]
        few = admin.get("/members.csv?q=person1234")
        tap.same(few.status, 200, "a file of a search")
        before = peak(worker)
        answer = admin.get("/members.csv")
        grown = peak(worker) - before
        found, n = lines(answer.text)
        tap.same((n, len(found)), (ROWS + 1, ROWS + 1), "everyone is in the file once")
        tap.same(answer.text.split("\r\n")[0].replace('"', "").split(","), COLUMNS, "the columns")
        tap.same(found["person7@example.com"]["name"], "'=1+1", "no cell is a formula")
        one = found["person3@example.com"]
        tap.same(
            (one["status"], one["reason"], one["who"], one["rights"], one["since"]),
            ("action_needed", "not_delegated", "member", "", "2026-11-18T11:06:40Z"),
            "a line says how they stand",
        )
        tap.same(found["person1@example.com"]["rights"], "busy open read create change delete", "and what was found")
        if RELEASE and not b"__asan" in open(lab.program("latchkey.fcgi"), "rb").read():
            tap.ok(grown < 2048, "the worker does not grow by a file of megabytes", f"{grown} KiB for {len(answer.text)}")
        page = admin.get("/members/bulk?do=off&q=person").text
        tap.ok("Deactivate more than 10,000 members?" in page and "and many more" in page, "what was not counted is not told as a number", page[-900:])
        some = admin.get("/members.csv?status=action_needed&q=person12")
        tap.same(
            set(lines(some.text)[0]),
            {f"person{i}@example.com" for i in range(3, ROWS, 3) if str(i).startswith("12")},
            "the filter of the list is that of the file",
        )
        first = lab.sql("SELECT id FROM member WHERE email = 'person5@example.com'")[0][0]
        tap.same(set(lines(admin.get(f"/members.csv?id={first}.999999").text)[0]), {"person5@example.com"}, "a selection")
        tap.same(admin.get("/members.csv?status=nonsense", follow=False).status, 400, "no file of a filter that is none")
        audit = [a for (a,) in lab.sql("SELECT about FROM audit WHERE action = 'members.exported' ORDER BY seq")]
        tap.same(len(audit), 4, "each file is written down")
        tap.same(audit[2], "All members: Action needed, Found by \u201cperson12\u201d", "with its filter in words")
        leave(lab, admin)
        tap.ok(until(lambda: '"gone":1' in lab.log("portal") or "gone=1" in lab.log("portal")), "who goes ends it")
        began = time.monotonic()
        tap.same(admin.get("/members").status, 200, "and the worker is there for others")
        tap.ok(time.monotonic() - began < 5, "at once")


def command(tap):
    with Lab() as lab:
        lab.up()
        seed(lab, 1500)
        everyone = lab.ctl_json("members", "list", "--limit", "100000")
        tap.same(len(everyone), 1501, "everyone is listed")
        tap.same(len(lab.ctl_json("members", "list")), 1000, "1000 unless told otherwise")
        some = lab.ctl_json("members", "list", "--status", "action_needed", "--search", "person12", "--who", "member")
        want = {f"person{i}@example.com" for i in range(3, 1500, 3) if str(i).startswith("12")}
        tap.same({row["email"] for row in some}, want, "by status, actor and beginning")
        tap.same(some[0]["reason"], "not_delegated", "with the reason")
        tap.same(lab.ctl_json("members", "list", "--stale"), [], "who was never seen was not seen long ago")
        lab.sql("UPDATE member SET checked_at = unixepoch() - 86500 WHERE email = 'person5@example.com'")
        stale = lab.ctl_json("members", "list", "--stale")
        tap.same([row["email"] for row in stale], ["person5@example.com"], "those seen more than a day ago")
        tap.same(lab.ctl_json("members", "list", "--rooms"), [], "rooms are asked for")
        for words in (["--status", "x"], ["--reason", "ok"], ["--who", "nobody"], ["--role", "x"], ["--limit", "-1"]):
            tap.same(lab.ctl("members", "list", *words, check=False).returncode, 2, f"{words} is refused")
        text = lab.ctl("members", "export", "--reason", "not_delegated").stdout
        tap.same(lines(text)[1], 500, "a file on standard output")
        path = lab.dir + "/members.csv"
        lab.ctl("members", "export", "--output", path)
        with open(path, newline="") as f:
            tap.same(lines(f.read())[1], 1501, "and in a file")
        tap.ok(lab.ctl("members", "export", "--output", path, check=False).returncode != 0, "that must be new")
        tap.same(lab.ctl("members", "check", "nobody@example.com", check=False).returncode, 1, "an address that is nobody's")
        answer = lab.ctl("members", "check", "--status", "action_needed", check=False)
        tap.ok("There is no connection yet" in answer.stderr, "a check needs a connection", answer.stderr)
        tap.same(
            [a for (a,) in lab.sql("SELECT about FROM audit WHERE action = 'members.exported' ORDER BY seq")],
            ["All members: Calendar not delegated", "All members"],
            "files are written down",
        )


if __name__ == "__main__":
    run(Tap(), command, files)
