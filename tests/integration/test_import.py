"""Members from files, as people do it: 10,000 lines with errors over HTTP, the same list twice, what is too large, and
each process killed at random moments of an import: nobody is lost, nobody comes twice, the job ends."""

import os
import random
import re
import signal
import subprocess
import time

from lab import Lab, Tap, run, until

KILLED = ("engine", "portal", "ctl", "worker")
KILLS = 50 * len(KILLED) if os.environ.get("LATCHKEY_LONG") else 10
MIB = 1 << 20


def people(first, count, domain="acme.test"):
    return [f"p{n}@{domain},Person Number{n}" for n in range(first, first + count)]


def table(rows):
    return "\n".join(["email,name", *rows]) + "\n"


def multipart(fields):
    out = b""
    for name, (file, data) in fields.items():
        out += f'--XX\r\nContent-Disposition: form-data; name="{name}"'.encode()
        out += f'; filename="{file}"\r\nContent-Type: text/csv'.encode() if file is not None else b""
        out += b"\r\n\r\n" + (data.encode() if isinstance(data, str) else data) + b"\r\n"
    return out + b"--XX--\r\n"


def give(browser, text, name="people.csv", page=None, **more):
    """Upload a list, from the page that was got before; the answer, which leads to its page when it could be read."""
    csrf = (page or browser.get("/members/import")).csrf()
    parts = {"csrf": (None, csrf), "file": (name, text), "list": (None, ""), **{k: (None, v) for k, v in more.items()}}
    return browser.send("POST", "/members/import", multipart(parts), {"Content-Type": "multipart/form-data; boundary=XX"})


def begin(browser, url):
    return browser.post(url + "/begin", page=browser.get(url))


def ended(lab, import_id, seconds=60):
    return until(lambda: lab.sql("SELECT 1 FROM import WHERE id = ? AND state = 3", import_id), seconds, 0.05)


def count(lab, more="1"):
    return lab.sql(f"SELECT count(*) FROM member WHERE {more}")[0][0]


def sound(tap, lab, name):
    """Counts that are kept are those that there are."""
    kept = lab.sql("SELECT kind, status, sum(n) FROM member_count WHERE n > 0 GROUP BY 1, 2")
    there = lab.sql("SELECT kind, status, count(*) FROM member GROUP BY 1, 2")
    people = lab.sql("SELECT people FROM account")[0][0]
    tap.ok(kept == there and people == count(lab, "kind = 0"), f"{name}: counts are true", (kept, there, people))
    told = lab.sql("SELECT count(*), count(DISTINCT member_id) FROM member_event WHERE what = 0")[0]
    tap.ok(told[0] == told[1], f"{name}: nobody was added twice", told)


def ten_thousand(tap, lab, admin):
    rows = people(0, 9990) + ["p1@acme.test,Twice", "nope,No", ",None", "x@acme.test," + "n" * 101, '"=1+1",F', "room@acme.test,'=Hall"]
    at = give(admin, table(rows))
    tap.same(at.status, 303, "10,000 lines are read")
    page = admin.get(at.location)
    for words in ("9,991 members to add", "Import 9,991 members", "Refused <b>4</b>", "Twice <b>1</b>"):
        tap.ok(words in page.text, f"the dry run says: {words}")
    tap.same(count(lab), 1, "and nobody is changed by it")
    refused = admin.get(at.location + "?only=refused").text
    tap.ok("is not an e-mail address" in refused and "p1@acme.test" not in refused, "a filter shows what is refused")
    back = admin.get(at.location + "/refused.csv")
    tap.ok("\"'=1+1\"" in back.text and back.text.count("\r\n") == 5, "which is a file, safe from being a formula", back.text)
    tap.same(begin(admin, at.location).status, 303, "it is begun")
    tap.ok(ended(lab, 1), "and ends", lab.log("engine")[-800:])
    tap.same(count(lab), 9992, "all are there")
    tap.same(lab.sql("SELECT name FROM member WHERE email = 'room@acme.test'"), [("=Hall",)], "the sign before a formula is taken off")
    tap.same(count(lab, "next_at > 0 AND status = 0"), 9992, "and wait for their first check")
    sound(tap, lab, "10,000")
    page = admin.get(at.location)
    tap.ok("The list is imported" in page.text and "9,991 members added" in page.text, "the page says what became of it")
    again = give(admin, table(rows))
    page = admin.get(again.location)
    tap.ok("Nothing to import" in page.text and "Nothing to do <b>9,991</b>" in page.text, "the same list again changes nothing, and says so")
    tap.same(begin(admin, again.location).status, 409, "so it cannot be begun")
    tap.same(count(lab), 9992, "and nothing has changed")
    audit = lab.sql("SELECT about, detail FROM audit WHERE action = 'members.import'")
    tap.ok(len(audit) == 1 and audit[0][0] == "people.csv" and audit[0][1].startswith("9991 to add"), "the log has one row about what was asked for", audit)
    audit = lab.sql("SELECT about, detail FROM audit WHERE action = 'members.imported'")
    tap.same(audit, [("people.csv", "9991 members added, 0 changed.")], "and one about what came of it")


def all_refused(tap, admin):
    """What is refused is a file of any length: none of it is lost."""
    at = give(admin, table([f"nobody{n},Somebody With A Name" for n in range(70000)]))
    back = admin.get(at.location + "/refused.csv")
    tap.same((back.status, back.text.count("\r\n"), len(set(back.text.split("\r\n"))), len(back.body) > 8 * MIB), (200, 70001, 70002, True),
        "every refused line is in the file, once")
    admin.post(at.location + "/discard", page=admin.get(at.location))


def one(tap, lab, admin):
    fields = {"email": "Solo@acme.test", "name": "Solo", "calendar": "box@acme.test", "role": "member"}
    tap.same(admin.post("/members/add", fields).location, "/members/add?done=addedone", "one is added")
    tap.same(lab.sql("SELECT name, calendar, role FROM member WHERE email = 'solo@acme.test'"), [("Solo", "box@acme.test", 0)], "as entered")
    twice = admin.post("/members/add", fields)
    tap.ok(twice.status == 409 and "already" in twice.text and 'value="Solo"' in twice.text, "twice is refused, and what was typed stays", twice)
    link = admin.post("/members/add", {**fields, "email": "guest@acme.test", "invite": "1"})
    tap.ok(link.location.startswith("/settings/invitations/"), "with an invitation there is a link", link)
    sound(tap, lab, "one")


def pasted(tap, lab, admin):
    answer = admin.post("/members/import", {"list": "Paste Person <paste@acme.test>", "columns": ""})
    tap.ok("1 member to add" in admin.get(answer.location).text, "a pasted list is read, without a file", answer)
    shape = give(admin, "Paste;7;b@acme.test\n", columns="name, -, email")
    tap.ok("1 member to add" in admin.get(shape.location).text, "columns can be named")
    wrong = admin.post("/members/import", {"list": "one,two\nthree,four", "columns": ""})
    tap.ok(wrong.status == 422 and "No column with e-mail addresses" in wrong.text and "three,four" in wrong.text, "a list without addresses comes back with words", wrong)
    tap.same(admin.post("/members/import", {"list": ""}).status, 422, "and so does nothing at all")
    csrf = admin.get("/members/import").csrf()
    parts = {"csrf": (None, csrf), "file": ("a.csv", "in.file@acme.test"), "list": (None, "pasted@acme.test")}
    both = admin.send("POST", "/members/import", multipart(parts), {"Content-Type": "multipart/form-data; boundary=XX"})
    tap.ok(both.status == 422 and "There is a file, too" in both.text and "pasted@acme.test</textarea>" in both.text, "of two lists none is passed over", both)
    away = admin.post(shape.location + "/discard", page=admin.get(shape.location))
    tap.same(away.location, "/members/import?done=thrown", "a list is thrown away")
    tap.same(admin.get(shape.location).status, 404, "and gone")


def memory(lab):
    """What a worker has taken at most, in MiB; it begins anew then."""
    peaks = []
    for pid in lab.children():
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            peaks.append(int(re.search(r"VmHWM:\s+(\d+)", f.read())[1]) // 1024)
    return max(peaks)


def large(tap, lab, admin):
    """A file of the limit costs a worker its size, once."""
    before = memory(lab)
    line = "p1@acme.test," + "x" * 15000 + "\n"
    text = line * (31 * MIB // len(line))
    answer = give(admin, text)
    tap.same(answer.status, 303, "a file of 31 MiB is read")
    grown = memory(lab) - before
    tap.ok(grown < 60, "and is in memory once", f"{grown} MiB")
    over = give(admin, "x" * (32 * MIB + 600 * 1024))
    tap.ok(over.status == 422 and "32 MiB" in over.text, "one a little over the limit gets the form back, with a message", over)
    far = give(admin, "x" * (34 * MIB))
    tap.ok(far.status == 413 and "too large" in far.text, "one far over it a page that says so", far)
    tap.same(admin.post("/members/add", {"name": "x" * (2 * MIB)}).status, 413, "other forms take no more than before")


def kill_engine(lab):
    lab.stop("engine", signal.SIGKILL)
    lab.start_engine()


def while_reading(lab, admin, what, rows, rng):
    """A list is given while the workers die, for whom there will be others, or their supervisor; the answer, if it came."""
    page = admin.get("/members/import")
    pids = [lab.procs["portal"].pid] if what == "portal" else lab.children()
    child = os.fork()
    if child == 0:
        time.sleep(rng.uniform(0, 0.7))
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        os._exit(0)
    answer = give(admin, table(rows), page=page)
    os.waitpid(child, 0)
    if what == "portal":
        lab.stop("portal", signal.SIGKILL)
        os.unlink(lab.socket)
        lab.start_portal()
    until(lambda: admin.get("/members/import").status == 200, 10)
    return answer


def killed(tap, lab, admin, what, number, rng):
    """An import while one of the processes dies at some moment of it."""
    before, rows = count(lab), people(100000 * (number + 1), 4000)
    if what == "ctl":
        path = os.path.join(lab.dir, "people.csv")
        with open(path, "w", encoding="ascii") as f:
            f.write(table(rows))
        proc = subprocess.Popen([lab.program("latchkey"), "-c", lab.conf, "members", "import", path], stdout=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.05, 1.2))
        proc.kill()
        proc.wait()
        lab.ctl("members", "import", path)
    else:
        answer = while_reading(lab, admin, what, rows, rng) if what in ("portal", "worker") else None
        if not answer or answer.status != 303:
            answer = give(admin, table(rows))
        begin(admin, answer.location)
        if what == "engine":
            time.sleep(rng.uniform(0, 0.8))
            kill_engine(lab)
        tap.ok(ended(lab, int(answer.location.rsplit("/", 1)[1])), f"{number} {what}: the job ends", lab.log("engine")[-600:])
    tap.same(count(lab) - before, 4000, f"{number} {what}: nobody is lost or comes twice")
    sound(tap, lab, f"{number} {what}")


def stopped(tap, lab, admin):
    """What was done stays, and the rest is done by the same list again."""
    rows = people(0, 20000, "stop.test")
    at = give(admin, table(rows)).location
    begin(admin, at)
    until(lambda: lab.sql("SELECT 1 FROM import WHERE cursor > 1 ORDER BY id DESC LIMIT 1"), 10, 0.01)
    tap.ok('data-poll="' + at in admin.get(at).text or ended(lab, int(at.rsplit("/", 1)[1]), 0), "a running import is polled")
    admin.post(at + "/stop", page=admin.get(at))
    until(lambda: not lab.sql("SELECT 1 FROM job WHERE state < 2 AND kind = 'import'"), 20)
    page = admin.get(at).text
    added = lab.sql("SELECT added FROM import ORDER BY id DESC LIMIT 1")[0][0]
    tap.ok("The import was stopped" in page and added < 20000 or added == 20000, "it is stopped after a portion", added)
    sound(tap, lab, "stopped")
    at = give(admin, table(rows)).location
    if added < 20000:
        begin(admin, at)
        ended(lab, int(at.rsplit("/", 1)[1]))
    tap.same(count(lab, "email LIKE '%@stop.test'"), 20000, "the same list again does the rest")


def everything(tap):
    rng = random.Random(6)
    with Lab(request_timeout=60) as lab:
        admin = lab.up()
        ten_thousand(tap, lab, admin)
        all_refused(tap, admin)
        one(tap, lab, admin)
        pasted(tap, lab, admin)
        large(tap, lab, admin)
        for number in range(KILLS):
            admin.confirm()
            killed(tap, lab, admin, KILLED[number % len(KILLED)], number, rng)
        stopped(tap, lab, admin)


if __name__ == "__main__":
    run(Tap(), everything)
