"""Figures of members: what lists cost against tests/bench/minimal.c and at any size; a check against the bare core, a
file that leaves, and one that comes in against sqlite3's .import.
"""

import contextlib
import http.client
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import figures  # noqa: E402
from corelab import Core  # noqa: E402
from crowd import fill, name_of  # noqa: E402
from figures import cpu, figure, wrk  # noqa: E402
from lab import RELEASE, SRC, Browser, Lab, until  # noqa: E402
from simlab import Sim  # noqa: E402

ROUNDS = int(os.environ.get("LATCHKEY_ROUNDS", "5"))
SECONDS = int(os.environ.get("LATCHKEY_SECONDS", "1"))
FEW, MANY = 1000, 1000000
LIST, SOME = "/members", "/members?status=action_needed"
# Other ways to look, held against the plain list of as many: by a letter that thousands of names begin with, and three filters.
SEARCH, THREE = "/members?q=a", "/members?status=action_needed&reason=not_delegated&fixer=member"
CHECKED, IMPORTED = 10000, 100000
CHECKS = 3
DELAY_MS = 20  # of each answer, as a quick Exchange's
MAILBOX, LOGIN, PASSWORD = "svc@example.test", "EXAMPLE\\svc", "brass lantern"
WORLD = f"""
clock now
premise hq onprem 2016 host localhost
	schemes ntlm basic
	forest EXAMPLE
domain example.test premise hq
mailbox {MAILBOX} "Connector" premise hq
	kind dedicated
	login svc
	password "{PASSWORD}"
generate {CHECKED} domain example.test zone Europe/Berlin grant {MAILBOX} Editor percent 90%
"""


class Crowd:
    """An installation with so many members, one worker, and an admin signed in."""

    def __init__(self, stack, count):
        begun = time.perf_counter()
        self.lab = stack.enter_context(Lab(build=RELEASE, workers=1))
        link = self.lab.init()
        fill(self.lab.db, count, int(time.time()))
        self.lab.start(engine=False)
        self.browser = Browser(self.lab)
        self.browser.accept(link, "Avery Stone")
        self.headers = ("-H", "Cookie: " + "; ".join(f"{k}={v}" for k, v in self.browser.cookies.items()))
        print(f"# {count} members are there after {time.perf_counter() - begun:.0f} s", flush=True)

    @property
    def worker(self):
        return self.lab.children()[0]

    def page(self, path):
        return self.browser.get(path).text

    def cost(self, path):
        """Seconds of the worker's processor time for each request."""
        return spent(self.worker, self.lab.port, path, *self.headers)


class Minimal:
    """The minimal program behind an nginx of its own, over the same database."""

    def __init__(self, stack, crowd):
        self.lab = stack.enter_context(Lab(build=RELEASE))
        self.lab.socket = os.path.join(self.lab.dir, "run", "minimal.sock")
        program = os.path.join(RELEASE, "tests", "bench", "minimal")
        self.lab.spawn("minimal", [program, self.lab.socket, os.path.join(SRC, "templates"), crowd.lab.db, "1"])
        until(lambda: os.path.exists(self.lab.socket))
        self.lab.start_nginx()
        until(lambda: Browser(self.lab).send("GET", LIST).status == 200)
        self.worker = self.lab.children("minimal")[0]

    def page(self, path):
        return Browser(self.lab).get(path).text

    def cost(self, path):
        return spent(self.worker, self.lab.port, path)


def spent(pid, port, path, *args):
    before = cpu([pid])
    done = wrk(f"http://127.0.0.1:{port}{path}", *args, seconds=SECONDS, connections=2)[0]
    if not done:
        raise SystemExit(f"{path}: no answer within {SECONDS} s")
    return (cpu([pid]) - before) / done


# lists


def rows_of(page):
    """The rows of the table, without what changes with the build."""
    found = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    return re.sub(r"\?v=[^#]*#", "#", found.group(1)) if found else ""


def same(many, minimal):
    """Both show the same rows, and about as much around them."""
    for path in (LIST, SOME):
        mine, least = many.page(path), minimal.page(path)
        if not rows_of(mine) or rows_of(mine) != rows_of(least):
            raise SystemExit(f"{path}: minimal shows other rows\n{rows_of(mine)[:2000]}\n---\n{rows_of(least)[:2000]}")
        if not 0.98 < len(least) / len(mine) < 1.02:
            raise SystemExit(f"{path}: {len(mine)} bytes, minimal {len(least)}")


def lists(few, many, minimal):
    """Each page in turns: of many members, of few, and as the minimal program shows it. The least disturbed of each counts."""
    best = {}
    for _ in range(ROUNDS):
        for path in (LIST, SOME, SEARCH, THREE):
            for name, who in (("many", many), ("few", few), ("minimal", minimal)):
                if who is not minimal or path in (LIST, SOME):
                    best[path, name] = min(best.get((path, name), 1), who.cost(path))
    for path in (LIST, SOME, SEARCH, THREE):
        print(f"# {path}: " + ", ".join(f"{name} {best[path, name] * 1e6:.0f} us" for name in ("many", "few", "minimal") if (path, name) in best), flush=True)
    for name, path in (("list", LIST), ("filtered", SOME)):
        figure(f"members-{name}-of-minimal", best[path, "many"] / best[path, "minimal"], "x", "<=", 2.5)
        figure(f"members-{name}-at-1000000", best[path, "many"] / best[path, "few"], "x", "<=", 1.5)
    for name, path in (("search", SEARCH), ("filters", THREE)):
        figure(f"members-{name}-of-list", best[path, "many"] / best[LIST, "many"], "x", "<=", 5)


# a file that leaves


def memory(pid, what):
    """MiB of a process: VmRSS, or VmHWM, the most since `from_here`."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith(what + ":")) / 1024


def from_here(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as f:
        f.write("5")


def leave(crowd, count):
    """By how many MiB the worker grew at its most while the file of everybody left."""
    from_here(crowd.worker)
    before, begun, lines, last = memory(crowd.worker, "VmRSS"), time.perf_counter(), 0, b""
    conn = http.client.HTTPConnection("127.0.0.1", crowd.lab.port, timeout=60)
    conn.request("GET", "/members.csv", headers={"Cookie": crowd.headers[1].partition(": ")[2]})
    answer = conn.getresponse()
    while piece := answer.read(1 << 20):
        lines, last = lines + piece.count(b"\n"), piece
    conn.close()
    if answer.status != 200 or lines <= count * 0.97 or b"not whole" in last:
        raise SystemExit(f"the file of {count}: {answer.status}, {lines} lines")
    grown = memory(crowd.worker, "VmHWM") - before
    print(f"# a file of {lines} lines in {time.perf_counter() - begun:.1f} s: {before:.1f} MiB, {grown:.2f} more", flush=True)
    return grown


def export(few, many):
    small, large = leave(few, FEW), leave(many, MANY)
    figure("members-export-growth", large, "MiB", "<=", 1)
    figure("members-export-beyond-1000", large - small, "MiB", "<=", 1)


# a file that comes in


def table_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT name, type, dflt_value FROM pragma_table_info('member')").fetchall()


def write_file(path, columns):
    """A line for each member with all columns of the table, so that sqlite3 can take it, too."""
    usual = {name: (value or "0").strip("'") for name, _, value in columns}
    with open(path, "w") as f:
        for i in range(IMPORTED):
            first, last = name_of(i * 7919)
            row = {
                **usual, "id": i + 1000, "account_id": 1, "user_id": i + 1000, "created": 1, "name": f"{first} {last}",
                "email": f"{first}.{last}.{i}@example.com".lower(), "name_key": f"{first} {last}".lower(),
                "last_key": f"{last} {first}".lower(), "since": 1, "next_at": 1,
            }
            f.write(",".join(str(row[name]) for name, _, _ in columns) + "\n")


def took(*command):
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}: {done.returncode}\n{done.stderr[-2000:]}")
    return time.perf_counter() - begun


def imported(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        got = db.execute("SELECT count(*) FROM member WHERE email LIKE '%.%@example.com'").fetchone()[0]
    if got != IMPORTED:
        raise SystemExit(f"{path}: {got} members")


def come():
    """Into the same schema: ours with its verdicts, its history and its counts, theirs with the rows alone."""
    with Lab(build=RELEASE) as lab:
        lab.init()
        columns = table_of(lab.db)
        path, peer, clean = (os.path.join(lab.dir, name) for name in ("people.csv", "peer.db", "clean.db"))
        write_file(path, columns)
        names = ",".join(name if name in ("email", "name") else "-" for name, _, _ in columns)
        with contextlib.closing(sqlite3.connect(lab.db)) as db:
            db.execute("VACUUM INTO ?", (clean,))
        shutil.copy(clean, peer)
        subprocess.run(["sqlite3", peer, "PRAGMA journal_mode = WAL"], check=True, capture_output=True)
        ours = took(lab.program("latchkey"), "-c", lab.conf, "members", "import", path, "--columns", names)
        theirs = took("sqlite3", peer, ".mode csv", f".import {path} member")
        imported(lab.db)
        imported(peer)
        print(f"# {IMPORTED} rows: {ours:.1f} s, sqlite3 {theirs:.1f} s", flush=True)
        figure("members-import-of-sqlite3", ours / theirs, "x", "<=", 10)


# a check of all

UNSEEN = """
UPDATE member SET status = 0, reason = 'not_checked', fixer = 0, grants = 0, reach = 0, since = created, checked_at = 0,
 tried_at = 0, next_at = 0, method = '', seen_by = 0, proof = '' WHERE id > 1;
DELETE FROM member_event;
DELETE FROM member_count;
INSERT INTO member_count (account_id, kind, status, reason, fixer, n)
 SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5;
"""


class Checked:
    """An installation whose members are looked at by the engine, and the people of its server."""

    def __init__(self, stack):
        self.sim = stack.enter_context(Sim(lines=WORLD, build=RELEASE))
        self.lab = stack.enter_context(Lab(build=RELEASE, nginx=False))
        self.lab.init()
        self.core = stack.enter_context(Core(self.sim, build=RELEASE, lab=self.lab))
        self.lab.configure(ca_file=self.sim.ca, egress_file=self.core.egress)
        self.db = stack.enter_context(contextlib.closing(sqlite3.connect(self.lab.db, timeout=60)))
        self.db.execute("UPDATE member SET next_at = 0")
        self.db.commit()
        self.people = [m["address"] for m in self.sim.tell("mailboxes *")["mailboxes"] if m["address"] != MAILBOX]
        face = self.sim.face("ews")
        self.where = {"server": f"localhost:{face['port']}", "mailbox": MAILBOX, "login": LOGIN, "signin": "ntlm", "method": "delegate", "password": PASSWORD}
        self.core.run("connection", "add", "main", **self.where)
        self.lab.start_engine()
        until(lambda: self.sql("SELECT 1 FROM health WHERE state = 1"), 60)
        until(lambda: not self.sql("SELECT 1 FROM job WHERE state < 2"), 60)
        with self.db:
            self.db.executemany(
                "INSERT INTO member (account_id, email, name, role, created, name_key, last_key, next_at) VALUES (1, ?1, ?1, 0, 1, ?1, ?1, 0)",
                ((address,) for address in self.people))
            self.db.execute("UPDATE account SET people = (SELECT count(*) FROM member)")

    def sql(self, text, *values):
        return self.db.execute(text, values).fetchall()

    def asked(self):
        return self.sim.counts()["last"]

    def ours(self):
        """Members a second, from the command that asks for it to the job's end; and the requests it took."""
        self.db.executescript(UNSEEN)
        before, begun = self.asked(), time.perf_counter()
        if self.lab.ctl("members", "check").returncode:
            raise SystemExit("members check")
        until(lambda: not self.sql("SELECT 1 FROM job WHERE state < 2"), 300, 0.01)
        took = time.perf_counter() - begun
        seen, events = self.sql("SELECT count(*) FROM member WHERE checked_at > 0")[0][0], self.sql("SELECT count(*) FROM member_event")[0][0]
        if seen < CHECKED or events < CHECKED:
            raise SystemExit(f"{seen} members were looked at, {events} events: {self.sql('SELECT outcome FROM job')}\n{self.lab.log('engine')[-2000:]}")
        return CHECKED / took, self.asked() - before

    def bare(self):
        """The same people by `latchkey ews calendars`, which keeps nothing."""
        path, out = os.path.join(self.core.dir, "people"), os.path.join(self.core.dir, "out")
        with open(path, "w") as f:
            f.writelines(address + "\n" for address in self.people)
        words = ["ews", "calendars", *self.core.options({"file": path, **self.where})]
        before, begun = self.asked(), time.perf_counter()
        with open(out, "w") as f:
            subprocess.run([os.path.join(RELEASE, "latchkey"), "-c", self.core.conf, *words], stdout=f, stderr=f)
        took = time.perf_counter() - begun
        with open(out) as f:
            rows = f.read().count("@example.test")
        if rows < CHECKED:
            raise SystemExit(f"latchkey ews calendars: {rows} rows")
        return CHECKED / took, self.asked() - before

    def syncs(self):
        """How often the engine waits for the disk, of a thousand members."""
        path = os.path.join(self.core.dir, "syncs")
        with subprocess.Popen(["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", path, "-p", str(self.lab.procs["engine"].pid)], stderr=subprocess.DEVNULL) as trace:
            time.sleep(0.5)
            self.ours()
            trace.send_signal(2)
        with open(path) as f:
            return sum(int(line.split()[3]) for line in f if line.rstrip().endswith("sync")) * 1000 / CHECKED


def pair(place, what):
    """Ours and the bare core's rate, one after the other."""
    (ours, mine), (bare, theirs) = place.ours(), place.bare()
    print(f"# {CHECKED} members, {what}: {ours:.0f}/s with {mine} requests, bare {bare:.0f}/s with {theirs}", flush=True)
    return ours, bare


def check():
    with contextlib.ExitStack() as stack:
        place = Checked(stack)
        pair(place, "answers at once")
        print(f"# {place.syncs():.1f} writes to disk for 1000 members", flush=True)
        place.sim.do(f"fault slow delay {DELAY_MS} face ews")
        got = [pair(place, f"answers after {DELAY_MS} ms") for _ in range(CHECKS)]
        figure("members-check-of-bare", 100 * max(ours for ours, _ in got) / max(bare for _, bare in got), "%", ">=", 60)


def pages():
    with contextlib.ExitStack() as stack:
        many, few = Crowd(stack, MANY), Crowd(stack, FEW)
        minimal = Minimal(stack, many)
        same(many, minimal)
        lists(few, many, minimal)
        export(few, many)


def main():
    for part in (pages, check, come):
        part()
    return 1 if figures.short else 0


if __name__ == "__main__":
    sys.exit(main())
