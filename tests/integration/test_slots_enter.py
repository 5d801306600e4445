"""What was entered becomes a connection: found by Autodiscover, signed in with Microsoft, proved by a certificate made here.

Rows and seals are made as the portal makes them, without the portal.
"""

import base64
import contextlib
import ctypes
import hashlib
import os
import sqlite3
import struct
import time
import urllib.parse

from coreworld import APP, APP_SECRET, TENANT, authority
from lab import Lab, Tap, run, until
from simlab import Sim
from corelab import Core

SECRET, WRONG = "brass lantern over quiet water", "copper kettle"
CLOUD, HQ = "outlook.example.localhost", "mail.example.localhost"
SODIUM = ctypes.CDLL("libsodium.so.23")
POLICY = ("scheme", "host", "port", "proxy", "ca", "signin", "login", "authority", "tenant", "client_id", "binding")
LATER = 10**11


def world(back):
    return f"""
organisation "Example"
seed 17
clock now
premise hq onprem 2016 host {HQ}
	schemes basic ntlm
	latency base 5
domain example.localhost premise hq website none
domain other.localhost premise hq website none
premise cloud online host {CLOUD}
	tenant {TENANT}
domain cloud.test premise cloud website none
app {APP} "Latchkey" tenant cloud
	secret main {APP_SECRET}
	redirect {back}
	consent
	full-access
	delegated
mailbox svc@example.localhost "Connector"
	kind dedicated
	password "{SECRET}"
mailbox svc@other.localhost "Other"
	kind dedicated
	password "{SECRET}"
mailbox svc@cloud.test "Connector"
	kind dedicated
	alias booking@cloud.test
	password "{SECRET}"
mailbox boss@cloud.test "Boss"
	password "{SECRET}"
mailbox anna@cloud.test "Anna"
	grant svc@cloud.test Editor
	password "{SECRET}"
"""


def parts_hash(parts):
    h = hashlib.blake2b(digest_size=32)
    for part in parts:
        data = str(part).encode()
        h.update(struct.pack("<Q", len(data)) + data)
    return h.digest()


class Desk:
    def __init__(self, sim, lab):
        self.sim, self.lab, self.core = sim, lab, Core(sim, lab=lab)

    def __enter__(self):
        self.core.__enter__()
        self.lab.configure(ca_file=self.sim.ca, egress_file=self.core.egress)
        self.lab.start_engine()
        with open(self.lab.settings["public_keys"]) as f:
            line = next(x for x in f if not x.startswith("#"))
        self.key_id, self.key = line.split()[0], bytes.fromhex(line.split()[3])
        return self

    def __exit__(self, *_):
        self.core.__exit__()

    def sql(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.lab.db, timeout=20)) as db, db:
            return db.execute(statement, values).fetchall()

    def seal(self, row, policy, purpose, secret):
        plain = struct.pack("<Bqq", 1, 1, row) + policy + bytes([len(purpose)]) + purpose.encode()
        plain += struct.pack("<I", len(secret)) + secret.encode()
        plain += bytes(-len(plain) % 64)
        out = ctypes.create_string_buffer(len(plain) + 48)
        assert SODIUM.crypto_box_seal(out, plain, ctypes.c_ulonglong(len(plain)), self.key) == 0
        return out.raw

    def draft(self, **settings):
        """A draft as a form leaves it; its number."""
        row = {"account_id": 1, "name": "Exchange", "scheme": "https", "host": "", "port": 443, "proxy": "", "ca": "", "signin": "auto",
               "login": "", "authority": "", "tenant": "", "client_id": "", "binding": "off", "mailbox": "", "method": "delegate",
               "kind": "exchange", "edited_by": "Avery Stone", "edited_at": 1, "stage": 1, "staged_at": 1, "rev": 1, "created": 1, **settings}
        marks = ", ".join("?" * len(row))
        return self.sql(f"INSERT INTO connection ({', '.join(row)}) VALUES ({marks}) RETURNING id", *row.values())[0][0]

    def put(self, number, purpose, secret, version="v1"):
        values = self.sql(f"SELECT {', '.join(POLICY)} FROM connection WHERE id = ?", number)[0]
        policy = parts_hash(values)
        row = self.sql("INSERT INTO credential (account_id, connection_id, purpose) VALUES (1, ?, ?) RETURNING id", number, purpose)[0][0]
        self.sql("UPDATE credential SET version = ?, key_id = ?, sealed = ?, policy = ?, by_name = 'Avery Stone', set_at = ? WHERE id = ?",
                 version, self.key_id, self.seal(row, policy, purpose, secret), policy, int(time.time()), row)

    def ask(self, number, text):
        self.sql("INSERT INTO users (id, email, name, created, password_at) VALUES (7, 'a@example.com', 'Avery', 1, 1) ON CONFLICT DO NOTHING")
        self.sql("INSERT INTO session (id, hash, user_id, created, seen, fresh, address, agent) VALUES (7, zeroblob(32), 7, 1, 1, 1, '', '') "
                 "ON CONFLICT DO NOTHING")
        row = self.sql("INSERT INTO ask (account_id, connection_id, session_id, member_id, nonce, created, expires) "
                       "VALUES (1, ?, 7, 1, '0123456789abcdef', 1, ?) RETURNING id", number, LATER)[0][0]
        self.sql("UPDATE ask SET key_id = ?, sealed = ? WHERE id = ?", self.key_id, self.seal(row, bytes(32), "ask", text), row)
        return row

    def job(self, kind, **params):
        """Queue it and wait; (state, outcome, steps by title)."""
        words = {"connection": 0, "slot": "next", "change": 1, "write": 0, "again": 0, "ask": 0, "member": "", "outside": "", **params}
        job = self.sql("INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created) "
                       "VALUES (1, ?, ?, 0, 1, 1, 1, 'Avery Stone', 'r', ?) RETURNING id", kind, urllib.parse.urlencode(words), int(time.time()))[0][0]
        until(lambda: self.sql("SELECT state FROM job WHERE id = ?", job)[0][0] >= 2, 60, 0.1)
        state, outcome = self.sql("SELECT state, outcome FROM job WHERE id = ?", job)[0]
        steps = self.sql("SELECT title, state, say, why, fix, raw FROM job_step WHERE job_id = ? ORDER BY n", job)
        return Told(state, outcome, steps)

    def row(self, number):
        return self.sql("SELECT scheme, host, stage FROM connection WHERE id = ?", number)[0]

    def slots(self, number):
        return dict(self.sql("SELECT purpose, version FROM credential WHERE connection_id = ? AND sealed IS NOT NULL", number))


STATES = ("waiting", "running", "ok", "note", "failed", "skipped")


class Told:
    def __init__(self, state, outcome, steps):
        self.done, self.outcome, self.steps = state == 2, outcome, {s[0]: (STATES[s[1]], *s[2:]) for s in steps}

    def state(self, title):
        return next((s[0] for t, s in self.steps.items() if t.startswith(title)), None)

    def __repr__(self):
        return f"{self.outcome}\n" + "\n".join(f"{s[0]} {t}: {s[1]} | {s[2]} | {s[3]}" for t, s in self.steps.items())


def last(sim):
    return sim.counts()["last"]


@contextlib.contextmanager
def place():
    with Lab(nginx=False) as lab, Sim(lines=world(lab.url + "/oauth/return")) as sim:
        lab.init()
        with Desk(sim, lab) as desk:
            yield sim, lab, desk


def port(sim):
    return sim.face(premise="hq", kind="ews")["port"]


def test_found(tap):
    """The server is found inside the domain, and the secret is bound to it."""
    with place() as (sim, lab, desk):
        number = desk.draft(scheme="discover", host="example.localhost", port=port(sim), mailbox="svc@example.localhost")
        desk.put(number, "next", WRONG)
        got = desk.job("test", connection=number)
        tap.ok(not got.done and "refused" in got.outcome and desk.row(number)[0] == "discover", "a wrong password: refused, nothing is changed", got)
        desk.sql("DELETE FROM credential")
        desk.put(number, "next", SECRET, "v2")
        got = desk.job("test", connection=number)
        tap.ok(got.done and got.outcome == "The new connection is in use now.", "found, proved and in use", got)
        tap.ok(got.state("Autodiscover: https://") == "ok" or "ok" in [s[0] for t, s in got.steps.items() if t.startswith("Autodiscover")],
               "every candidate is told", got)
        tap.same((desk.row(number), desk.slots(number)), (("https", HQ, 2), {"current": "v2"}), "the row leads there")
        raw = "".join(s[4] for s in got.steps.values())
        tap.ok("<" in raw and SECRET not in raw and base64.b64encode(SECRET.encode()).decode()[:12] not in raw, "what was said is kept, without the secret")


def test_foreign(tap):
    """A server outside of the domain is named, asked nothing, and not taken."""
    with place() as (sim, lab, desk):
        number = desk.draft(scheme="discover", host="other.localhost", port=port(sim), mailbox="svc@other.localhost")
        desk.put(number, "next", SECRET)
        since = last(sim)
        got = desk.job("test", connection=number)
        there = [e for e in sim.log(since) if e["face"] == "ews"]
        tap.ok(not got.done and f"leads to {HQ}, outside of other.localhost" in got.outcome and not there, "it is named, and asked nothing", f"{got}\n{there}")
        step = got.steps.get("Server is found", ("", "", "", ""))
        tap.ok(step[0] == "failed" and step[3].startswith("Who: "), "the step says who must agree", got)
        named = desk.sql("SELECT host FROM job_step WHERE title = 'Server is found'")
        tap.same(named, [(HQ,)], "and names the server for the page that asks")
        tap.same((desk.row(number)[0], desk.slots(number)), ("discover", {"next": "v1"}), "row and secret stay as they were")


def login(sim, lab, who, nonce, verifier):
    """A browser at Microsoft's page: the code that it brings back."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    wish = urllib.parse.urlencode({
        "client_id": APP, "response_type": "code", "redirect_uri": lab.url + "/oauth/return", "state": "s", "nonce": nonce,
        "scope": "https://outlook.office365.com/EWS.AccessAsUser.All offline_access openid profile",
        "code_challenge": challenge, "code_challenge_method": "S256"})
    form = urllib.parse.urlencode({"loginfmt": who, "passwd": SECRET})
    got = sim.request("POST", f"/{TENANT}/oauth2/v2.0/login?{wish}", form, {"Content-Type": "application/x-www-form-urlencoded"},
                      host=sim.face("signin")["host"])
    assert got.status == 302, got
    return urllib.parse.parse_qs(urllib.parse.urlparse(got.location).query)["code"][0]


VERIFIER = "v" * 64


def cloud(desk, sim, **more):
    return desk.draft(host=CLOUD, port=sim.face(host=CLOUD, kind="ews")["port"], kind="office365", signin="user", authority=authority(sim),
                      tenant=TENANT, client_id=APP, mailbox="svc@cloud.test", **more)


def test_microsoft(tap):
    """Somebody else's account is refused by name, and never kept; the right one is."""
    with place() as (sim, lab, desk):
        number = cloud(desk, sim)
        desk.put(number, "next-client", APP_SECRET, "c1")

        def sign_in(who, nonce="n1", expected="n1", verifier=VERIFIER):
            code = login(sim, lab, who, nonce, VERIFIER)
            return desk.job("test", connection=number, ask=desk.ask(number, f"{code}\n{verifier}\n{expected}"))

        got = sign_in("boss@cloud.test")
        tap.ok(not got.done and "boss@cloud.test signed in" in got.outcome and "svc@cloud.test" in got.outcome, "somebody else: refused by name", got)
        tap.ok(got.state("Signed in with Microsoft") == "ok" and got.state("Signed in as the right mailbox") == "failed", "step by step", got)
        tap.same(desk.slots(number), {"next-client": "c1"}, "nothing of it is kept")
        tap.same(desk.sql("SELECT detail FROM audit WHERE action = 'microsoft.refused'"), [("boss@cloud.test signed in; svc@cloud.test was expected",)],
                 "and it is audited")
        got = sign_in("svc@cloud.test", nonce="other")
        tap.ok(not got.done and got.state("Signed in with Microsoft") == "failed", "the answer of another sign-in is not taken", got)
        got = sign_in("svc@cloud.test", verifier="w" * 64)
        tap.ok(not got.done and got.state("Signed in with Microsoft") == "failed", "nor a code without its verifier", got)
        got = sign_in("svc@cloud.test")
        slots = desk.slots(number)
        tap.ok(got.done and desk.row(number)[2] == 2 and set(slots) == {"current", "client"}, "the right one is in use", f"{got}\n{slots}")
        after = desk.core.run("ews", "calendars", "anna@cloud.test", connection=number)
        tap.ok(after.code == 0, "and works", after)
        code = login(sim, lab, "svc@cloud.test", "n1", VERIFIER)
        ask = desk.ask(number, f"{code}\n{VERIFIER}\nn1")
        got = desk.job("test", connection=number, ask=ask)
        tap.ok(got.done and desk.slots(number)["former"] == slots["current"], "signed in again: the one before is former", got)
        got = desk.job("test", connection=number, ask=ask)
        tap.ok(not got.done and "used already" in got.outcome, "a code is used once", got)
        lab.nothing_secret(tap, "signed in", APP_SECRET, SECRET, code, VERIFIER, "eyJ0")


def test_alias(tap):
    """The mailbox is entered by another of its addresses."""
    with place() as (sim, lab, desk):
        number = cloud(desk, sim)
        desk.sql("UPDATE connection SET mailbox = 'booking@cloud.test'")
        desk.put(number, "next-client", APP_SECRET, "c1")
        code = login(sim, lab, "svc@cloud.test", "n1", VERIFIER)
        got = desk.job("test", connection=number, ask=desk.ask(number, f"{code}\n{VERIFIER}\nn1"))
        tap.ok(got.done, "signed in as the mailbox that has this address", got)


def test_certificate(tap):
    """Made here, proved when Entra knows it; a secret's id is told from its value."""
    with place() as (sim, lab, desk):
        number = cloud(desk, sim, method="impersonation")
        desk.sql("UPDATE connection SET signin = 'app'")
        desk.put(number, "next", "11111111-2222-4333-8444-555555555555")
        got = desk.job("test", connection=number)
        tap.ok(not got.done and "looks like the id of a client secret" in repr(got), "a secret's id instead of its value is called so", got)
        got = desk.job("certificate", connection=number)
        pem, expires = desk.sql("SELECT certificate, expires FROM credential WHERE purpose = 'next'")[0]
        path = os.path.join(desk.core.dir, "cert.pem")
        with open(path, "w") as f:
            f.write(pem)
        tap.ok(got.done and "Thumbprint" in repr(got) and abs(expires - time.time() - 2 * 365 * 86400) < 600, "a certificate is made", got)
        got = desk.job("test", connection=number)
        tap.ok(not got.done and desk.slots(number).keys() == {"next", "refused"}, "before Entra knows it: refused, and nothing is changed", got)
        sim.do(f"app {APP}", f"certificate cert {path}")
        got = desk.job("test", connection=number, again=1)
        tap.ok(got.done and desk.slots(number).keys() == {"current"}, "then it is in use", got)
        tap.same(desk.sql("SELECT certificate, expires FROM credential WHERE purpose = 'current'"), [(pem, expires)], "with its public part and its end")


run(Tap(), test_found, test_foreign, test_microsoft, test_alias, test_certificate)
