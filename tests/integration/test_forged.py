"""A web tier that was broken into writes rows as it likes: the engine refuses, nothing leaves, and other accounts go on.

What rows of connections and secrets are rewritten is in test_slots.py; here are jobs, sign-ins with Microsoft, health,
and rows that no form would let in. Constraints of the database do not bind who writes its file.
"""

import contextlib
import os
import sqlite3
import time
import urllib.parse

from connectlab import STATES, Admin, ews, last, office
from lab import Tap, run, until

# What is seen without a secret.
LOOKS = ("Server name is found", "Address is allowed", "Server answers", "Certificate is trusted", "Web server answers", "Ways to sign in")


def forge(lab, text, *values):
    """As somebody who owns the file does it."""
    with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db, db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        return db.execute(text, values).fetchall()


def job(lab, kind, params, account=1, **more):
    """A job that nobody's form has made; what became of it, and its steps."""
    if isinstance(params, dict):
        params = urllib.parse.urlencode(params)
    row = {"account_id": account, "kind": kind, "params": params, "state": 0, "run_at": 1, "due_at": 1, "made_by": 1, "by_name": "Avery Stone",
           "request": "r", "created": int(time.time()), **more}
    number = forge(lab, f"INSERT INTO job ({', '.join(row)}) VALUES ({', '.join('?' * len(row))}) RETURNING id", *row.values())[0][0]
    until(lambda: lab.sql("SELECT 1 FROM job WHERE id = ? AND state >= 2", number), 20, 0.02)
    state, outcome = lab.sql("SELECT state, outcome FROM job WHERE id = ?", number)[0]
    return state, outcome, lab.sql("SELECT title, state, say FROM job_step WHERE job_id = ? ORDER BY n", number)


@contextlib.contextmanager
def two():
    """Two accounts on one server, each with a connection in use: (lab, sim, first admin, second admin, numbers)."""
    with office("p2019", "p2016", tenancy="multi") as (lab, sim, first):
        link = lab.ctl_json("account", "add", "Other", "--admin", "other@example.com", "--name", "Robin")["link"]
        lab.leave_members()
        second = Admin(lab, link, "Robin")
        numbers = []
        for admin, p in ((first, "p2019"), (second, "p2016")):
            admin.choose("exchange", "delegate")
            got = admin.proved(mailbox=f"svc@{p}.test", server=ews(sim, p), signin="basic")
            assert got.done, got
        numbers = [n for (n,) in lab.sql("SELECT id FROM connection WHERE stage = 2 ORDER BY account_id")]
        yield lab, sim, first, second, numbers


def words(connection, **more):
    return {"connection": connection, "slot": "current", "change": 0, "write": 0, "again": 0, "ask": 0, "member": "", "outside": "", **more}


def alive(tap, lab, pid, name):
    tap.ok(lab.procs["engine"].poll() is None and lab.procs["engine"].pid == pid, f"{name}: the engine lives on", lab.log("engine")[-600:])
    if lab.procs["engine"].poll() is not None:
        raise AssertionError("the engine is dead")


def jobs(tap):
    """Jobs that no form makes."""
    with two() as (lab, sim, first, second, (mine, theirs)):
        pid = lab.procs["engine"].pid
        since = last(sim)
        good = words(mine)
        cases = {
            "an unknown kind": ("rm -rf", good),
            "no kind": ("", good),
            "a kind with a newline": ("test\n", good),
            "a huge kind": ("test" * 100_000, good),
            "another account's connection": ("test", words(theirs)),
            "another account's, to be changed": ("test", words(theirs, slot="next", change=1)),
            "a certificate for another account's": ("certificate", {"connection": theirs}),
            "a certificate where none belongs": ("certificate", {"connection": mine}),
            "a slot of old": ("test", words(mine, slot="former")),
            "a slot of the application": ("test", words(mine, slot="client")),
            "a slot that is none": ("test", words(mine, slot="current\nX")),
            "to change what is in use": ("test", words(mine, change=1)),
            "a sign-in for what is in use": ("test", words(mine, ask=1)),
            "a sign-in that is none": ("test", words(mine, slot="next", change=1, ask=999)),
            "a person with a newline": ("test", words(mine, member="a@b.test\r\nX: y")),
            "a person that is no address": ("test", words(mine, member="<t:Mailbox/>")),
            "an outside mailbox that is none": ("test", words(mine, outside="a@b.test, c@d.test")),
            "a flag that is none": ("test", words(mine, write="yes")),
            "a number that is none": ("test", words("1e9")),
            "a number below": ("test", words(-1)),
            "a number too large": ("test", words("9" * 40)),
            "no words at all": ("test", ""),
            "half of the words": ("test", {"connection": mine}),
            "words twice": ("test", f"connection={theirs}&{urllib.parse.urlencode(good)}"),
            "no encoding": ("test", "%zz&%00=%ff&==&"),
            "a NUL": ("test", "connection=%00&slot=current"),
            "huge words": ("test", urllib.parse.urlencode(words(mine, member="a" * 5_000_000 + "@b.test"))),
            "a million words": ("test", "a=b&" * 1_000_000),
            "a look without a server": ("look", {"port": 443}),
            "a look at this machine": ("look", {"host": "127.0.0.1", "port": 443}),
            "a look with a newline": ("look", {"host": "a.test\nb", "port": 443}),
            "a look at a port that is none": ("look", {"host": "a.test", "port": 0}),
        }
        for name, (kind, params) in cases.items():
            state, outcome, steps = job(lab, kind, params)
            tap.ok(state == 3 and outcome, f"{name}: it fails, with words", (state, outcome, steps))
            tap.ok("ok" not in [STATES[s[1]] for s in steps if s[0] not in LOOKS], f"{name}: nothing of it is done", steps)
        for name, more in {"of no account": {"account": None}, "of an account that is none": {"account": 99}}.items():
            with contextlib.suppress(sqlite3.IntegrityError):
                state, outcome, steps = job(lab, "test", good, **more)
                tap.ok(state == 3, f"a job {name}: it fails", (state, outcome, steps))
        left = [e for e in sim.log(since) if e.get("login")]
        tap.ok(not left, "no sign-in left for any of these", left)
        alive(tap, lab, pid, "jobs")
        for admin in (first, second):
            tap.ok(admin.tested().done, "and both accounts' connections work as before")
        rows = lab.sql("SELECT count(*) FROM credential WHERE purpose <> 'current'")
        tap.same(rows, [(0,)], "no secret was made or moved")


BIG = "x" * 3_000_000
LONG = "x" * 200_000
# Rows that no form lets in, and what must be as before when they are put right again.
ROWS = {
    "a huge authority of certificates": "UPDATE connection SET ca = ? WHERE id = 1",
    "a huge login": "UPDATE connection SET login = ? WHERE id = 1",
    "a huge mailbox": "UPDATE connection SET mailbox = ? WHERE id = 1",
    "a huge name": "UPDATE connection SET name = ? || id WHERE id = 1",
    "a huge server": "UPDATE connection SET host = ? WHERE id = 1",
    "a huge secret": "UPDATE credential SET sealed = CAST(? AS blob) WHERE connection_id = 1",
    "a huge version": "UPDATE credential SET version = ? WHERE connection_id = 1",
    "a huge certificate": "UPDATE credential SET certificate = ? WHERE connection_id = 1",
    "a huge reason of a sign-in": "UPDATE signin SET reason = ?, state = 2",
    "a huge reason of health": "UPDATE health SET reason = ? WHERE connection_id = 1",
    "a state of health that is none": "UPDATE health SET state = 77, say = ? WHERE connection_id = 1",
    "times of health that are none": "UPDATE health SET since = -9223372036854775808, counted_to = -9223372036854775808, next_at = 1, say = ? WHERE connection_id = 1",
    "health of the future": "UPDATE health SET state = 1, next_at = 9223372036854775807, counted_to = 9223372036854775807, tried_at = 9223372036854775807, say = ?",
    "a pause of the future": "UPDATE connection SET paused_at = 9223372036854775807, paused_why = ? WHERE id = 1",
    "a stage that is none": "UPDATE connection SET stage = 9, name = ? WHERE id = 1",
    "a method that is none": "UPDATE connection SET method = ? WHERE id = 1",
    "an Extended Protection that is none": "UPDATE connection SET binding = ? WHERE id = 1",
}
KEPT = ("connection", "credential", "signin", "health")


def rows(tap):
    """Rows that no form writes: refused, or read as nothing; the engine and the other account go on."""
    with two() as (lab, sim, first, second, (mine, theirs)):
        pid = lab.procs["engine"].pid
        until(lambda: lab.sql("SELECT count(*) FROM health WHERE state = 1") == [(2,)])
        with contextlib.closing(sqlite3.connect(lab.db)) as db:
            keep = [line for line in db.iterdump() if line.startswith(tuple(f'INSERT INTO "{table}"' for table in KEPT))]
        for n, (name, statement) in enumerate(ROWS.items()):
            size, value = (("huge", BIG), ("long", LONG))[n % 2]
            forge(lab, statement, value)
            forge(lab, "UPDATE health SET next_at = 1 WHERE next_at > 1 AND next_at < 9000000000 AND connection_id = ?", mine)
            since = last(sim)
            job(lab, "test", words(mine))
            page = first.page("/connection/test")
            tap.ok(page.status in (200, 500, 503), f"{name}, {size}: the page answers", page)
            left = [e for e in sim.log(since) if e.get("login") and not e["login"].lower().startswith(("svc@p2019", "svc@p2016"))]
            tap.ok(not left, f"{name}, {size}: nothing leaves but what was entered", left)
            alive(tap, lab, pid, f"{name}, {size}")
            with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db:
                db.executescript("PRAGMA foreign_keys = OFF;" + "".join(f"DELETE FROM {t};" for t in reversed(KEPT)) + "\n".join(keep))
        for admin in (first, second):
            tap.ok(admin.tested().done, "put right again, both accounts' connections work")
        # Neither waits for the other: the first of what is due cannot be read.
        forge(lab, "UPDATE health SET next_at = connection_id, tried_at = 0, counted_to = 1, state = CASE connection_id WHEN ? THEN 77 ELSE 1 END", mine)
        seen = "SELECT count(*) FROM health WHERE state = 1 AND tried_at > 0 AND counted_to > 1 AND connection_id = ?"
        tap.ok(until(lambda: lab.sql(seen, theirs) == [(1,)]), "a state that is none: the other account's connection is looked at on time", lab.log("engine")[-600:])
        tap.ok(until(lambda: lab.sql(seen, mine) == [(1,)]) and "event=health.damaged" in lab.log("engine"), "and the damaged one is looked at anew, and told")
        told = lab.sql("SELECT detail FROM audit WHERE action = 'connection.state' AND account_id = 1 ORDER BY seq DESC LIMIT 2")
        tap.ok(told[1][0].startswith("from damaged to new: ") and told[0][0].startswith("from new to well: "), "in the audit log, too", told)


def across(tap):
    """Secrets, sign-ins and connections of one account in rows of the other."""
    with two() as (lab, sim, first, second, (mine, theirs)):
        pid = lab.procs["engine"].pid
        until(lambda: lab.sql("SELECT count(*) FROM health WHERE state = 1") == [(2,)])
        was = lab.sql("SELECT id, account_id, connection_id, purpose, version, sealed, policy FROM credential ORDER BY id")
        cases = {
            "their secret in my row": "UPDATE credential SET (sealed, policy, key_id, version) = (SELECT sealed, policy, key_id, version FROM credential "
                                      f"WHERE connection_id = {theirs}) WHERE connection_id = {mine}",
            "their secret and way in my rows": "UPDATE credential SET (sealed, policy, key_id, version) = (SELECT sealed, policy, key_id, version FROM "
                                               f"credential WHERE connection_id = {theirs}) WHERE connection_id = {mine}; UPDATE connection SET (host, port, "
                                               f"login) = (SELECT host, port, login FROM connection WHERE id = {theirs}) WHERE id = {mine}",
            "their connection in my account": f"UPDATE connection SET stage = 3 WHERE id = {mine}; UPDATE connection SET account_id = 1 WHERE id = {theirs}; "
                                              f"UPDATE credential SET account_id = 1 WHERE connection_id = {theirs}",
        }
        dump = None
        for name, statement in cases.items():
            with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db:
                dump = dump or [line for line in db.iterdump() if line.startswith(tuple(f'INSERT INTO "{table}"' for table in KEPT))]
                db.executescript("PRAGMA foreign_keys = OFF;" + statement)
            since = last(sim)
            number = theirs if "connection in my" in name else mine
            state, outcome, steps = job(lab, "test", words(number))
            tap.ok(state == 3 and steps == [] and sim.log(since) == [], f"{name}: refused, and nothing left", (outcome, steps, sim.log(since)))
            alive(tap, lab, pid, name)
            with contextlib.closing(sqlite3.connect(lab.db, timeout=20)) as db:
                db.executescript("PRAGMA foreign_keys = OFF;" + "".join(f"DELETE FROM {t};" for t in reversed(KEPT)) + "\n".join(dump))
        tap.same(lab.sql("SELECT id, account_id, connection_id, purpose, version, sealed, policy FROM credential ORDER BY id"), was, "no secret was moved")
        session = lab.sql("SELECT id FROM session ORDER BY id LIMIT 1")[0][0]
        draft = forge(lab, "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id, created, "
                           "binding, mailbox, method, kind, stage) VALUES (1, 'Exchange', 'https', ?, ?, '', '', 'user', '', 'https://evil.localhost', 'a.test', "
                           "'11111111-1111-4111-8111-111111111111', 1, 'off', 'svc@p2019.test', 'delegate', 'office365', 1) RETURNING id",
                      sim.face()["host"], sim.face()["port"])[0][0]
        for name, sealed in (("sealed bytes that are none", os.urandom(200)), ("no bytes", None), ("a secret in place of a code", was[0][5]), ("huge bytes", os.urandom(3_000_000))):
            ask = forge(lab, "INSERT INTO ask (account_id, connection_id, session_id, member_id, nonce, created, expires, key_id, sealed) VALUES (1, ?, ?, 1, "
                             "'0123456789abcdef', 1, 99999999999, (SELECT key_id FROM credential LIMIT 1), ?) RETURNING id", draft, session, sealed)[0][0]
            since = last(sim)
            state, outcome, steps = job(lab, "test", words(draft, slot="next", change=1, ask=ask))
            tap.ok(state == 3 and not [e for e in sim.log(since) if e.get("login") or e["face"] != "ews"], f"a sign-in with {name}: refused, and nobody is asked",
                   (outcome, steps, sim.log(since)))
        alive(tap, lab, pid, "sign-ins")
        tap.ok(second.tested().done, "the other account is untouched")


if __name__ == "__main__":
    run(Tap(), jobs, rows, across)
