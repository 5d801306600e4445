"""An installation whose members are those of a world: imported, connected, looked at by the engine."""

import contextlib
import os
import sqlite3
import subprocess
import time

import worldlab
from corelab import Core
from coreworld import SECRET
from lab import BUILD, Lab, until
from simlab import Sim

PERSON, ROOM = 0, 1
NOT_CHECKED, OFF = 0, 5
OPEN, DONE = "state < 2", 2
ADDED, VERDICT, RIGHTS, FAILING, ANSWERING, _, ALERTED, _, _, _, _, SIGNED, UNSIGNED, SWITCHED = range(14)
# Of a row, what only time changes; all else is how a member stands.
TIMES = ("checked_at", "tried_at", "next_at", "proof", "asked")


class House:
    """people: Members of worldlab; off: numbers of those who are deactivated."""

    def __init__(self, stack, people, off=(), method="delegate", nginx=False, more=(), product="2016", **settings):
        self.people, self.off, self.server = people, set(off), worldlab.Server()
        self.sim = stack.enter_context(Sim(lines=worldlab.world(people, product, more)))
        self.lab = stack.enter_context(Lab(nginx=nginx, **settings))
        self.link = self.lab.init()
        self.core = stack.enter_context(Core(self.sim, lab=self.lab))
        self.lab.configure(ca_file=self.sim.ca, egress_file=self.core.egress)
        self.db = stack.enter_context(contextlib.closing(sqlite3.connect(self.lab.db, timeout=60)))
        self.db.row_factory = sqlite3.Row
        self.account = self.db.execute("SELECT id FROM account").fetchone()[0]
        self.populate()
        self.connection = self.connect(method)
        self.method = method

    def sql(self, text, *values):
        with self.db:
            return self.db.execute(text, values).fetchall()

    def populate(self):
        """All in one transaction, with what is kept beside the rows."""
        now = int(time.time())
        first = self.db.execute("SELECT max(id) FROM member").fetchone()[0] + 1
        rows, counts = [], {}
        for m in self.people:
            m.id = first + len(rows)
            kind, off = ROOM if m.facts.room else PERSON, m.n in self.off
            status = OFF if off else NOT_CHECKED
            name = f"Member {m.n:05}"
            calendar = "" if m.email == m.address else m.address
            rows.append((m.id, self.account, m.email, name, kind, calendar, now, now if off else 0, status, 0 if off else 1, name.lower()))
            counts[kind, status] = counts.get((kind, status), 0) + 1
        with self.db:
            self.db.executemany(
                "INSERT INTO member (id, account_id, email, name, role, kind, calendar, created, off_at, status, next_at, name_key, last_key)"
                " VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)", rows)
            self.db.executemany(
                "INSERT INTO member_count VALUES (?, ?, ?, 'not_checked', 0, 0, ?)"
                " ON CONFLICT (account_id, kind, status, reason, fixer, reach) DO UPDATE SET n = n + excluded.n",
                [(self.account, *key, n) for key, n in counts.items()])
            self.db.execute("UPDATE account SET people = people + ? WHERE id = ?", (sum(n for (k, _), n in counts.items() if k == PERSON), self.account))

    def connect(self, method):
        face = self.sim.face(premise="hq")
        got = self.core.run("connection", "add", "main", server=f"{face['host']}:{face['port']}", mailbox=worldlab.SVC,
                            login="EXAMPLE\\svc", method=method, signin="basic", password=SECRET)
        return got.value["id"]

    def enter(self):
        """The sign-ins that members have of their own, as if each had entered theirs and it had been proved."""
        own = [m for m in self.people if m.facts.signin != "none" and m.n not in self.off]
        lines = "".join(f"{m.id} {m.mailbox} {m.password}\n" for m in own)
        program = os.path.join(BUILD, "tests", "integration", "signins")
        done = subprocess.run([program, self.lab.conf, str(self.account)], input=lines, capture_output=True, text=True)
        if done.returncode or done.stderr:
            raise AssertionError(done.stderr)
        return own

    def choose(self, method):
        """Another method: everybody is looked at by it."""
        self.method = method
        since = int(self.sql("SELECT max(id) FROM job")[0][0] or 0)
        self.sql("UPDATE connection SET method = ?, rev = rev + 1 WHERE id = ?", method, self.connection)
        until(lambda: self.sql("SELECT 1 FROM job WHERE id > ? AND kind = 'check'", since), 30)

    # checks

    def ask(self, pick, kind="check"):
        """A job, as the service asks for one: ids, or a kind of members."""
        now = int(time.time())
        params = "ids=" + ".".join(map(str, pick)) if isinstance(pick, (list, set)) else f"kind={pick}&status=-1&fixer=-1&role=-1&stale=0&reason=&search="
        with self.db:
            return self.db.execute(
                "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created)"
                " VALUES (?, ?, ?, 0, ?, ?, 0, 'Ada', 'test', ?)", (self.account, kind, params, now, now, now)).lastrowid

    def ended(self, job, seconds=120):
        """(state, outcome) of a job that has ended."""
        until(lambda: self.sql("SELECT 1 FROM job WHERE id = ? AND ended > 0", job), seconds, 0.05)
        return tuple(self.sql("SELECT state, outcome FROM job WHERE id = ?", job)[0])

    def check(self, pick, seconds=120):
        return self.ended(self.ask(pick), seconds)

    def settled(self, seconds=300):
        """Nobody is to be looked at now."""
        quiet = f"SELECT 1 FROM job WHERE kind = 'check' AND {OPEN} UNION ALL SELECT 1 FROM member WHERE off_at = 0 AND (asked > 0 OR tried_at = 0) LIMIT 1"
        return until(lambda: not self.sql(quiet), seconds, 0.2)

    def calm(self):
        """Nobody is due by themselves for a day."""
        self.sql("UPDATE member SET next_at = ? WHERE off_at = 0", int(time.time()) + 86400)
        time.sleep(1.1)  # times are seconds: what happens from now on is later

    def shown(self, since, login=None):
        """The statuses of requests that showed a password, of one login or of all."""
        return [e["status"] for e in self.sim.log(since) if e.get("login") and login in (None, e["login"])]

    # what is known

    def rows(self):
        """Members by their number in the world."""
        by = {r["id"]: dict(r) for r in self.sql("SELECT * FROM member")}
        return {m.n: by[m.id] for m in self.people if m.id in by}

    def standing(self):
        """Of each member what time alone does not change."""
        return {n: {k: v for k, v in r.items() if k not in TIMES} for n, r in self.rows().items()}

    def last_event(self):
        return self.sql("SELECT coalesce(max(id), 0) FROM member_event")[0][0]

    def events(self, since):
        """{member: [event]}"""
        out = {}
        for r in self.sql("SELECT * FROM member_event WHERE id > ? ORDER BY id", since):
            out.setdefault(r["member_id"], []).append(dict(r))
        return out

    def miscounted(self):
        """Kept counts that are not what is counted."""
        kept = {tuple(r)[:5]: r["n"] for r in self.sql("SELECT kind, status, reason, fixer, reach, n FROM member_count WHERE n > 0")}
        real = {tuple(r)[:5]: r["n"] for r in self.sql("SELECT kind, status, reason, fixer, reach, count(*) AS n FROM member GROUP BY 1, 2, 3, 4, 5")}
        people = self.sql("SELECT a.people - count(*) FROM account a, member m WHERE m.kind = 0")[0][0]
        return {k: (kept.get(k), real.get(k)) for k in kept | real if kept.get(k) != real.get(k)} | ({"people": people} if people else {})

    def verdict(self, m):
        """What the oracle expects of somebody who was never looked at before."""
        return worldlab.oracle(m.facts, self.method, self.server)

    def wrong(self, rows=None):
        """Where the rows are not what is observable: a line each."""
        rows = rows or self.rows()
        return [f"{m} by {self.method}: {why}" for m in self.people for why in self.differs(m, rows[m.n])]

    def differs(self, m, row):
        if m.n in self.off:
            return [] if (row["status"], row["tried_at"], row["reason"]) == (OFF, 0, "not_checked") else [f"deactivated, and {brief(row)}"]
        want = self.verdict(m)
        if want.status is None:
            good = row["status"] == NOT_CHECKED and row["tried"] in want.tried and row["fails"] > 0 and row["checked_at"] == 0
            return [] if good else [f"want no verdict, {want.tried}: {brief(row)}"]
        is_ = (worldlab.STATUSES[row["status"]], row["reason"], worldlab.FIXERS[row["fixer"]], worldlab.REACHES[row["reach"]], row["note"])
        must = (want.status, want.reason, want.fixer, want.reach, want.note)
        out = [f"want {must}, got {is_}"] if must != is_ else []
        if (row["tried"], row["fails"], row["method"], row["seen_by"]) != ("ok", 0, self.method, self.connection):
            out.append(f"how it was seen: {brief(row)}")
        if not 0 < row["since"] <= row["checked_at"] == row["tried_at"] < row["next_at"]:
            out.append(f"times: {brief(row)}")
        return out + self.granted(m, want, granted(row["grants"]))

    def granted(self, m, want, got):
        """What was seen is known, and nothing is known that is not so."""
        must = dict(want.grants)
        truth = worldlab.truth(m.facts, self.method)
        return [f"{name}: {got[name]}, and seen was {must.get(name)}, true is {truth.get(name)}" for name in worldlab.GRANTS
                if (name in must and got[name] != must[name]) or (got[name] and got[name] != must.get(name, truth.get(name)))]


def granted(number):
    return {name: number >> 2 * i & 3 for i, name in enumerate(worldlab.GRANTS)}


def brief(row):
    return {k: row[k] for k in ("status", "reason", "tried", "fails", "since", "checked_at", "tried_at", "next_at", "method", "asked")}
