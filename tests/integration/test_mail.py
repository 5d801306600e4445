#!/usr/bin/env python3
"""Mail from the page or the command line to the Maildir: through a real mail server (exim), and out of a mailbox."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

import postlab
from corelab import Core
from coreworld import SECRET as EXCHANGE_SECRET
from coreworld import Eye, world
from lab import PASSWORD, Browser, Lab, Tap, free_port, run, until
from postlab import LOGIN, SECRET, Post
from simlab import Sim

ADMIN = "admin@example.com"


@contextlib.contextmanager
def house(port=None, scheme="smtp", login=True, **settings):
    """An installation and its mail server; port(post) says where the engine finds it."""
    with Lab(nginx=settings.pop("nginx", False)) as lab, Post(os.path.join(lab.dir, "post")) as post:
        secrets = os.path.join(lab.dir, "smtp-login")
        with open(secrets, "w") as f:
            f.write(f"# the mail server's\n{LOGIN} {SECRET}\n")
        os.chmod(secrets, 0o600)
        where = port(post) if port else post.port
        lab.configure(smtp_url=f"{scheme}://localhost:{where}", smtp_login=secrets if login else "",
                      mail_from="portal@example.test", ca_file=post.ca, mail_per_minute=6000, **settings)
        lab.link = lab.init()
        yield lab, post


def ctl(lab, *words):
    done = lab.ctl("--json", *words, check=False)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def states(lab):
    return [row[0] for row in lab.sql("SELECT state FROM mail ORDER BY id")]


def problem(lab):
    return lab.sql("SELECT problem FROM mail ORDER BY id DESC LIMIT 1")[0][0]


def due(lab):
    """What waits for its next try is tried now."""
    lab.sql("UPDATE mail SET run_at = 1 WHERE state = 0 AND lease_owner = ''")


def texts(mail):
    return [part.get_content() for part in mail.walk() if not part.is_multipart()]


def link_in(mail):
    found = re.search(r"http://[^\s\"<]+/link/[0-9a-f]{64}", texts(mail)[0])
    return found.group(0) if found else ""


def restart(lab, clock=0):
    lab.stop("engine")
    lab.start_engine({"LATCHKEY_CLOCK": str(clock)})


def no_secret(tap, lab, *tokens):
    """Neither a token nor the login stands in a log or in the database."""
    seen = ""
    for place in (os.path.join(lab.dir, "log"), os.path.dirname(lab.db)):
        for name in os.listdir(place):
            with open(os.path.join(place, name), "rb") as f:
                seen += f.read().decode("latin-1")
    found = [t[:8] for t in (*tokens, SECRET) if t in seen]
    tap.ok(not found, "no token and no login in logs or database", found)


def test_command(tap):
    """latchkey mail test: what the server said, word for word; list, retry, doctor."""
    with house() as (lab, post):
        lab.sql("DELETE FROM mail")
        lab.start_engine()
        code, told, err = ctl(lab, "mail", "test", "somebody@example.test")
        tap.ok(code == 0 and told["state"] == "sent", "a test mail is sent", f"{told}{err}{lab.log('engine')}")
        got = post.wait("somebody@example.test")
        tap.same(len(got), 1, "and arrives once")
        tap.same((got[0]["From"].addresses[0].addr_spec, got[0]["Auto-Submitted"], got[0].get_content_type()),
                 ("portal@example.test", "auto-generated", "multipart/alternative"), "with its headers")
        tap.ok(not got[0].defects and all(not p.defects for p in got[0].walk()), "without defects")
        tap.ok("TLS1." in str(got[0]["Received"]) and "esmtpsa" in str(got[0]["Received"]), "encrypted and logged in", got[0]["Received"])
        code, told, _ = ctl(lab, "mail", "test", "refused@example.test")
        tap.ok(code == 1 and told["state"] == "failed" and told["problem"] ==
               "The mail server refused the recipient: 550 No such person here", "a refused one fails with the server's words", told)
        code, told, _ = ctl(lab, "mail", "test", "later@example.test")
        tap.ok(code == 1 and told["state"] == "queued" and "451" in told["problem"] and "Come back in a while" in told["problem"],
               "one that is put off waits", told)
        waits = lab.sql("SELECT run_at - created FROM mail WHERE email = 'later@example.test'")[0][0]
        tap.ok(55 <= waits <= 70, "for a minute", waits)
        rows = ctl(lab, "mail", "list", "--state", "failed")[1]
        tap.same([r["to"] for r in rows], ["refused@example.test"], "mail list --state failed")
        tap.same([r["state"] for r in ctl(lab, "mail", "list")[1]], ["queued", "failed", "sent"], "mail list")
        tap.same(ctl(lab, "mail", "list", "--state", "gone")[0], 2, "no such state")
        found = [f for f in ctl(lab, "doctor")[1]["findings"] if f["check"] == "mail"]
        tap.ok(found[0]["level"] == "warn" and "550" in found[0]["why"], "doctor tells of the failed one", found)
        tap.same(ctl(lab, "mail", "retry", str(rows[0]["id"]))[1], {"queued": 1}, "mail retry")
        tap.ok(until(lambda: lab.log("engine").count("No such person here") == 2), "is another try")
        tap.same(ctl(lab, "mail", "retry", "1")[0], 1, "a sent one is not sent again")
        tap.same((ctl(lab, "mail", "retry")[0], ctl(lab, "mail", "test", "no address")[0]), (2, 2), "usage")
        actions = [r["action"] for r in ctl(lab, "audit", "list")[1]]
        tap.ok("mail.test" in actions and "mail.retry" in actions, "both are in the audit log", actions)
        no_secret(tap, lab)


def test_links(tap):
    """Invitations and resets, by page and command line: the link in the mail works, and is nowhere else."""
    with house(nginx=True) as (lab, post):
        browser = Browser(lab)
        lab.start()
        first = post.wait(ADMIN)
        tap.ok(first and link_in(first[0]) == lab.link, "the first admin's link is sent when the engine comes", lab.log("engine"))
        tap.same(browser.accept(lab.link, "Avery Stone").status, 200, "and works")
        browser.get("/settings/invite")
        page = browser.post("/settings/invite", {"email": "zoe@example.test", "name": "Zoë Müller", "role": "member"}, follow=True)
        tap.ok(re.search("is being sent to zoe@example.test by mail|was sent to zoe@example.test by mail", page.text),
               "the page says that it is sent", page.text)
        tap.ok("yourself" not in page.text and "/link/" in page.text, "and still shows the link")
        got = post.wait("zoe@example.test")
        tap.ok(got and "Zoë Müller" in str(got[0]["To"]) and "Avery Stone invites you" in texts(got[0])[0], "with names", got)
        tap.ok(link_in(got[0]) in page.text and link_in(got[0]) in texts(got[0])[1], "one link in page, text and HTML")
        sent = until(lambda: "was sent to zoe" in browser.get(page_of(lab, "zoe@example.test")).text)
        tap.ok(sent, "then the page says that it was sent")
        tap.same(Browser(lab).accept(link_in(got[0]), "Zoë").status, 200, "the link in the mail works")
        code, told, _ = ctl(lab, "invite", "bob@example.test")
        bob = post.wait("bob@example.test")
        tap.ok(code == 0 and told["mailed"] and bob and link_in(bob[0]) == told["link"], "invite of the command line", told)
        tap.ok("Ops invites you" in texts(bob[0])[0], "in the name of ops")
        code, told, _ = ctl(lab, "user", "reset", "zoe@example.test")
        zoe = post.wait("zoe@example.test", 2)
        tap.ok(len(zoe) == 2 and told["link"] in map(link_in, zoe), "a reset link")
        tap.same(Browser(lab).accept(told["link"], "", "a new and different password").status, 200, "and works")
        tap.same(lab.sql("SELECT count(*) FROM mail WHERE sealed IS NOT NULL")[0][0], 0, "nothing sealed is kept once it was sent")
        no_secret(tap, lab, *(link_in(m).rpartition("/")[2] for m in (got[0], bob[0], *zoe)))


def page_of(lab, email):
    number = lab.sql("SELECT max(i.id) FROM invitation i JOIN member m ON m.id = i.member_id WHERE m.email = ?", email)[0][0]
    return f"/settings/invitations/{number}"


def test_no_way(tap):
    """Without a mail server and a connection nothing is promised."""
    with Lab(nginx=False) as lab:
        lab.init()
        lab.start_engine()
        code, told, _ = ctl(lab, "invite", "bob@example.test")
        tap.ok(code == 0 and told["mailed"] is False and not states(lab), "an invitation is not queued", told)
        code, _, err = ctl(lab, "mail", "test", "bob@example.test")
        tap.ok(code == 1 and "no way to send mail" in err, "a test says so", err)
        notice(lab, "connection_unreachable", "1")
        tap.ok(until(lambda: "no way to send it" in problem(lab)), "an alarm waits and says why", lab.log("engine"))
        tap.same(lab.sql("SELECT state, attempts FROM mail"), [(0, 0)], "no attempt is counted")
        found = [f for f in ctl(lab, "doctor")[1]["findings"] if f["check"] == "mail"]
        tap.ok(found[0]["level"] == "note" and "No mail server" in found[0]["what"], "doctor says so", found)


def connected(lab):
    """A connection in use, as far as pages need it."""
    lab.sql(
        "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,"
        " client_id, binding, mailbox, method, kind, stage, created) VALUES (1, 'Exchange', 'https',"
        " 'mail.example.test', 443, '', '', 'ntlm', '', '', '', '', 'off', 'svc@example.test', 'delegate', 'exchange', 2, 1)"
    )


def test_scripts(tap):
    """A link to a script goes to somebody who is nobody's member: our words, one link, and only while it is open."""
    with house(nginx=True) as (lab, post):
        browser = Browser(lab)
        lab.start()
        browser.accept(lab.link, "Avery Stone")
        connected(lab)
        form = {"email": "exchange@partner.test", "days": "7", "message": "Buy cheap watches"}
        browser.get("/scripts/share/share")
        page = browser.post("/scripts/share/share", form, follow=True)
        tap.ok(re.search("being sent to exchange@partner.test|was sent to exchange@partner.test", page.text), "the page says that it is sent", page.text)
        got = post.wait("exchange@partner.test")
        tap.ok(got and "Avery Stone of" in texts(got[0])[0], "it arrives", problem(lab))
        words = "".join(texts(got[0]))
        tap.ok("watches" not in words and "Share calendars" in words, "in our words alone", words)
        link = re.search(r"http://[^\s\"<]+(/script/([0-9a-f]{64}))", words)
        there = Browser(lab).get(link.group(1))
        tap.ok(there.status == 200 and "Buy cheap watches" in there.text, "what the admin wrote is on the page behind it", repr(there))
        tap.ok(link.group(0) in page.text, "whose link the admin sees, too")
        tap.same(lab.sql("SELECT count(*) FROM mail WHERE sealed IS NOT NULL")[0][0], 0, "nothing sealed is kept once it was sent")
        # Withdrawn, or made by who is no admin any more, before the engine came.
        lab.stop("engine")
        for i in range(3):
            browser.get("/scripts/share/share")
            browser.post("/scripts/share/share", {**form, "email": f"late{i}@partner.test"})
        ids = [row[0] for row in lab.sql("SELECT id FROM share WHERE email LIKE 'late%' ORDER BY id")]
        browser.get("/scripts")
        browser.post(f"/scripts/links/{ids[0]}/withdraw", {})
        lab.sql("UPDATE share SET email = 'else@partner.test' WHERE id = ?", ids[1])
        lab.start_engine()
        tap.ok(post.wait("late2@partner.test"), "one that is open is sent", problem(lab))
        tap.ok(until(lambda: sorted(states(lab))[-2:] == [3, 3]), "the others are dropped", states(lab))
        tap.same(post.to("late0@partner.test") + post.to("late1@partner.test") + post.to("else@partner.test"), [], "and reach nobody")
        # Not more than twenty in a day.
        for i in range(20):
            browser.get("/scripts/share/share")
            last = browser.post("/scripts/share/share", {**form, "email": ""})
        tap.ok(last.status == 429 and "20 links were made in a day" in last.text, "there is an end to them", repr(last))
        tap.same(lab.sql("SELECT count(*) FROM share")[0][0], 20, "at twenty")
        no_secret(tap, lab, link.group(2))


def test_ended_links(tap):
    """A link that was replaced or ended while its mail waited is not sent."""
    with house() as (lab, post):
        ctl(lab, "invite", "bob@example.test")
        last = ctl(lab, "invite", "bob@example.test")[1]["link"]
        ctl(lab, "invite", "eve@example.test")
        ctl(lab, "invite", "revoke", str(lab.sql("SELECT max(id) FROM invitation")[0][0]))
        lab.start_engine()
        got = post.wait("bob@example.test")
        tap.same([link_in(m) for m in got], [last], "only the last of two is sent")
        tap.ok(until(lambda: sorted(states(lab)) == [1, 1, 3, 3]), "the others are dropped", states(lab))
        tap.same(post.to("eve@example.test"), [], "a revoked one is not sent")
        ctl(lab, "invite", "joe@example.test")
        ctl(lab, "user", "remove", "joe@example.test")
        tap.same(lab.sql("SELECT count(*) FROM mail WHERE email = 'joe@example.test'")[0][0], 0, "with a person go their mails")


def test_down_and_up(tap):
    """A mail server that is away: tried again, delivered once."""
    with house() as (lab, post):
        post.stop()
        lab.start_engine()
        tap.ok(until(lambda: "cannot be reached" in problem(lab)), "it cannot be reached", problem(lab) + lab.log("engine"))
        tap.same(lab.sql("SELECT state, attempts, run_at - created BETWEEN 55 AND 75 FROM mail"), [(0, 1, 1)], "again in a minute")
        due(lab)
        tap.ok(until(lambda: lab.sql("SELECT attempts, run_at > 1 FROM mail") == [(2, 1)]), "a second try")
        post.start()
        due(lab)
        got = post.wait(ADMIN)
        time.sleep(1.5)
        tap.same((len(got), len(post.to(ADMIN)), states(lab)), (1, 1, [1]), "delivered once")
        ctl(lab, "invite", "late@example.test")
        post.stop()
        restart(lab, 8 * 86400)
        tap.ok(until(lambda: lab.sql("SELECT state FROM mail WHERE email = 'late@example.test'")[0][0] in (1, 2)), "it has an end")


class Between:
    """Stands between the engine and the mail server; holds what comes back once so much has gone there."""

    def __init__(self):
        self.port, self.to, self.hold_after, self.seen = free_port(), None, None, 0
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self.seen += 1
                if self.hold_after == 0:
                    self.kept = near
                    continue
                far = socket.create_connection(("127.0.0.1", self.to))
                sent = [0]
                threading.Thread(target=self.pump, args=(near, far, sent, False), daemon=True).start()
                threading.Thread(target=self.pump, args=(far, near, sent, True), daemon=True).start()

    def pump(self, source, sink, sent, back):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if back:
                    while self.hold_after and sent[0] > self.hold_after:
                        time.sleep(0.05)
                else:
                    sent[0] += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def test_killed(tap):
    """kill -9 before the server took it: delivered once. After it, before that was written: twice, with one Message-ID."""
    between = Between()
    with house(port=lambda _: between.port) as (lab, post):
        between.to = post.port
        for hold, name, count in ((0, "before the server took it", 1), (3000, "after it", 2)):
            who = f"killed{count}@example.test"
            lab.sql("UPDATE mail SET state = 1, ended = 1 WHERE state = 0")
            between.hold_after, between.seen = hold, 0
            lab.start_engine()
            ctl(lab, "invite", who)
            until(lambda: between.seen and (hold == 0 or post.to(who)))
            time.sleep(0.3)
            tap.same((len(post.to(who)), states(lab)[-1]), (count - 1, 0), f"killed {name}: under way")
            lab.stop("engine", signal.SIGKILL)
            between.hold_after = None
            os.unlink(lab.bell)
            lab.start_engine()
            got = post.wait(who, count)
            tap.ok(until(lambda: states(lab)[-1] == 1), f"killed {name}: sent in the end", lab.log("engine"))
            time.sleep(1.5)
            tap.same((len(post.to(who)), len({m["Message-ID"] for m in got})), (count, 1), f"killed {name}: delivered")
            lab.stop("engine")


class Rude:
    """A mail server that takes (or refuses) everything, and never answers QUIT."""

    def __init__(self, refuse=False):
        self.refuse, self.taken = refuse, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.kept = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.kept.append(client)
                threading.Thread(target=self.serve, args=(client.makefile("rwb"),), daemon=True).start()

    def serve(self, f):
        def say(text):
            f.write(text.encode() + b"\r\n")
            f.flush()

        with contextlib.suppress(OSError):
            say("220-hello\r\n220 there")
            while line := f.readline():
                word = line[:4].upper()
                if word == b"EHLO":
                    say("250-rude\r\n250 8BITMIME")
                elif word == b"RCPT" and self.refuse:
                    say("550-5.7.1 Not you,\r\n550-5.7.1 " + "and this goes on, " * 30 + "\r\n550 5.7.1 never")
                elif word == b"DATA":
                    say("354 go on")
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += f.readline()
                    self.taken.append(body)
                    say("250 taken")
                elif word == b"QUIT":
                    time.sleep(60)
                else:
                    say("250 fine")


def test_rude(tap):
    """The engine does not wait for a goodbye: all else would wait with it."""
    with house(login=False) as (lab, _):
        lab.sql("DELETE FROM mail")
        for refuse, state in ((False, "sent"), (True, "failed")):
            rude = Rude(refuse)
            lab.configure(smtp_url=f"smtp-plain://127.0.0.1:{rude.port}")
            lab.start_engine()
            began = time.monotonic()
            told = ctl(lab, "mail", "test", "somebody@example.test", "--timeout", "20")[1]
            took = time.monotonic() - began
            tap.ok(told and told["state"] == state and took < 5, f"{state} at once", f"{took} {told}")
            restarted = time.monotonic()
            lab.stop("engine")
            tap.ok(time.monotonic() - restarted < 5, "and the engine is free")
            if refuse:
                tap.ok(told["problem"].startswith("The mail server refused the recipient: 550-5.7.1 Not you, 5.7.1 and this"),
                       "an answer of many lines, cut", told["problem"])
            else:
                tap.ok(rude.taken and b"\r\n--=_latchkey--\r\n.\r\n" in rude.taken[0], "whole")


def test_servers(tap):
    """Encryption and login: what is required is required, and each refusal has its words."""
    with house() as (lab, post):
        lab.sql("UPDATE mail SET state = 1, ended = 1")
        wrong = os.path.join(lab.dir, "wrong-login")
        with open(wrong, "w") as f:
            f.write(f"{LOGIN} not-the-password\n")
        os.chmod(wrong, 0o600)
        good = lab.settings["smtp_login"]
        for name, settings, state, words in (
            ("TLS from the start", {"smtp_url": f"smtps://localhost:{post.tls_port}"}, "sent", ""),
            ("by address", {"smtp_url": f"smtp://127.0.0.1:{post.port}"}, "sent", ""),
            ("plain, on this machine", {"smtp_url": f"smtp-plain://127.0.0.1:{post.open_port}", "smtp_login": ""}, "sent", ""),
            ("no STARTTLS there", {"smtp_url": f"smtp://localhost:{post.open_port}", "smtp_login": ""}, "queued",
             "offers no encryption (STARTTLS), so nothing was sent"),
            ("another authority", {"smtp_url": f"smtp://localhost:{post.port}", "ca_file": ""}, "queued", "not trusted"),
            ("a wrong login", {"smtp_url": f"smtp://localhost:{post.port}", "ca_file": post.ca, "smtp_login": wrong}, "queued",
             "refused the login: 535"),
            ("no login", {"smtp_login": ""}, "failed", "refused the recipient: 550 Log in first"),
            ("no such name", {"smtp_url": "smtp://nowhere.invalid", "smtp_login": good}, "queued", "leads nowhere"),
        ):
            lab.configure(**settings)
            lab.start_engine()
            told = ctl(lab, "mail", "test", "somebody@example.test")[1]
            tap.ok(told and told["state"] == state and words in (told["problem"] or ""), f"{name}: {state}", f"{told} {lab.log('engine')[-600:]}")
            lab.stop("engine")
        tap.same(len(post.wait("somebody@example.test", 3)), 3, "what was sent arrived")
        os.chmod(good, 0o644)
        lab.configure(smtp_url=f"smtp://localhost:{post.port}")
        found = [f for f in ctl(lab, "doctor")[1]["findings"] if f["check"] == "mail"]
        tap.ok(found[0]["level"] == "fail" and "chmod 600" in found[0]["why"], "doctor: a login that others can read", found)
        lab.start_engine()
        ctl(lab, "mail", "test", "x@example.test", "--timeout", "3")
        tap.same(lab.sql("SELECT state, attempts FROM mail ORDER BY id DESC LIMIT 1"), [(0, 0)], "the mail waits for it to be put right")
        tap.ok("login for the mail server" in problem(lab), "and says so", problem(lab))
        for bad in ("smtp-plain://mail.example.com", "http://mail.example.com", "smtp://mail.example.com/x"):
            lab.configure(smtp_url=bad)
            tap.ok("smtp_url must be" in lab.ctl("config", check=False).stderr, f"refused as setting: {bad}")
        lab.configure(smtp_url="smtp://mail.example.com", mail_from="")
        tap.ok("needs mail_from" in lab.ctl("config", check=False).stderr, "smtp_url needs mail_from")


def notice(lab, kind, group, member=1, run_at=1, **params):
    """As the engine queues it for an admin."""
    values = {"connection": "Main", "since": 1700000000, "at": 1700000000, "reason": "It does not answer.", "version": "0a1b2c3d", **params}
    now = int(time.time())
    lab.sql(
        "INSERT INTO mail (account_id, member_id, kind, email, name, params, grp, run_at, give_up, created) "
        "SELECT account_id, id, ?, email, name, ?, ?, ?, ?, ? FROM member WHERE id = ?",
        kind, urllib.parse.urlencode(values, quote_via=urllib.parse.quote), group, run_at, now + 172800, now, member)


def test_rate(tap):
    """So many a minute, and not all at once."""
    with house() as (lab, post):
        lab.configure(mail_per_minute=12)
        lab.sql("DELETE FROM mail")
        for n in range(5):
            notice(lab, "connection_switched", "", connection=f"Number {n}", by="Avery")
        lab.start_engine()
        until(lambda: states(lab).count(1) >= 2)
        time.sleep(2)
        tap.same(states(lab).count(1), 2, "twelve a minute: two at once")
        tap.ok(until(lambda: states(lab).count(1) >= 3, 8), "the next after some seconds")
        lab.configure(mail_per_minute=6000)
        restart(lab)
        tap.ok(until(lambda: states(lab) == [1] * 5, 20), "all in the end", states(lab))
        tap.same(len(post.wait(ADMIN, 5)), 5, "without a group each is a mail of its own")


def test_quiet(tap):
    """In quiet hours only urgent mail goes; behind them, what belongs together is one mail."""
    midnight = int(time.time()) // 86400 * 86400 + 86400
    with house(mail_quiet="22:00-07:00") as (lab, post):
        env = {"TZ": "UTC"}
        lab.sql("DELETE FROM mail")
        for n in range(3):
            notice(lab, "connection_unreachable", "main", connection=f"Number {n}")
        notice(lab, "connection_well", "main", connection="Number 0")
        notice(lab, "connection_stopped", "main", reason="The password was refused.")
        lab.start_engine({**env, "LATCHKEY_CLOCK": str(midnight - 3600 - int(time.time()))})
        got = post.wait(ADMIN)
        tap.ok(got and "refused the sign-in of Main" in texts(got[0])[0], "a stopped connection is told at 23:00")
        tap.ok(until(lambda: lab.sql("SELECT count(*) FROM mail WHERE run_at = ? AND state = 0 AND attempts = 0", midnight + 7 * 3600)
                     == [(4,)]), "the others wait until 7:00", lab.sql("SELECT id, state, run_at - ? FROM mail", midnight))
        lab.stop("engine")
        lab.start_engine({**env, "LATCHKEY_CLOCK": str(midnight + 7 * 3600 + 60 - int(time.time()))})
        got = post.wait(ADMIN, 3)
        tap.ok(until(lambda: states(lab) == [1] * 5), "then they go", states(lab))
        time.sleep(1)
        tap.same(len(post.to(ADMIN)), 3, "three of one kind are one mail")
        one = next(m for m in got if "Not reachable" in m["Subject"])
        tap.ok(all(f"Number {n} has not been reached" in texts(one)[0] for n in range(3)), "with all of them in it", texts(one)[0])
        tap.same(one["Subject"], "Not reachable: connections of Example Organisation", "and a subject for all")


def test_hostile(tap):
    """Names and values that would like to be headers or markup; rows that somebody else wrote."""
    evil = 'Eve"\r\nBcc: thief@example.test\r\n\r\n<script>alert(1)</script> =?utf-8?q?x?= ' + "ä" * 60
    with house() as (lab, post):
        lab.sql("DELETE FROM mail")
        lab.sql("UPDATE member SET name = ?, user_id = NULL", evil)
        lab.sql("UPDATE account SET name = ?", "Example\r\nBcc: thief@example.test " + "ö" * 50)
        notice(lab, "connection_stopped", "", connection=evil, reason="a\0b" + evil)
        notice(lab, "connection_stopped", "", connection=evil, reason=evil)
        lab.start_engine()
        got = post.wait(ADMIN)
        tap.same((len(got), post.to("thief@example.test")), (1, []), "goes to one person only")
        mail = got[0]
        tap.same((mail.get_all("To") is not None and len(mail.get_all("To")), mail["Bcc"], mail.defects), (1, None, []), "no header is added")
        tap.ok("Bcc: thief@example.test" in str(mail["To"].addresses[0].display_name), "the name is a name, whole", repr(mail["To"]))
        tap.ok("<script" not in texts(mail)[1] and "&lt;script&gt;" in texts(mail)[1], "no markup from a value")
        tap.ok(until(lambda: 2 in states(lab)), "a value with a NUL is no value: that one fails", states(lab))
        # What a taken-over web tier could write.
        lab.sql("DELETE FROM mail")
        now = int(time.time())
        for kind, email, member in (("connection_stopped", "thief@example.test", None), ("connection_stopped", "thief@example.test", 1),
                                    ("invented", ADMIN, 1)):
            lab.sql("INSERT INTO mail (account_id, member_id, kind, email, name, params, grp, run_at, give_up, created) "
                    "VALUES (1, ?, ?, ?, '', 'connection=x&since=1&reason=y', '', 1, ?, ?)", member, kind, email, now + 9999, now)
        tap.ok(until(lambda: states(lab) == [3, 3, 2]), "not to a member, to another address, of no kind: not sent", lab.sql("SELECT state, problem FROM mail"))
        lab.stop("engine")
        ctl(lab, "invite", "bob@example.test")
        ctl(lab, "invite", "eve@example.test")
        lab.sql("UPDATE mail SET sealed = (SELECT sealed FROM mail WHERE email = 'bob@example.test') WHERE email = 'eve@example.test'")
        lab.start_engine()
        tap.ok(until(lambda: states(lab)[-2:] == [1, 2]), "a token moved to another's mail does not open", lab.log("engine"))
        tap.same(post.to("eve@example.test"), [], "and is not sent")


def test_keys(tap):
    """A token that waits is sealed again with the others; its key is not dropped before."""
    with house() as (lab, post):
        post.stop()
        link = ctl(lab, "invite", "bob@example.test")[1]["link"]
        old = ctl(lab, "keys", "list")[1][0]["id"]
        lab.start_engine()
        until(lambda: problem(lab))
        tap.same(ctl(lab, "keys", "list")[1][0]["secrets"], 2, "keys list counts tokens that wait")
        code, told, err = ctl(lab, "keys", "rotate")
        tap.ok(code == 0 and told["done"], "rotated", f"{told}{err}")
        tap.same({row[0] for row in lab.sql("SELECT key_id FROM mail")}, {told["key"]}, "with the tokens")
        lab.sql("UPDATE mail SET key_id = ? WHERE email = 'bob@example.test'", old)
        code, _, err = ctl(lab, "keys", "drop", old)
        tap.ok(code == 1 and "still seals 1 secrets" in err, "a key that seals a token is not dropped", err)
        lab.sql("UPDATE mail SET key_id = ?", told["key"])
        tap.ok(until(lambda: ctl(lab, "keys", "drop", old)[0] == 0, 20), "then it is")
        post.start()
        due(lab)
        got = post.wait("bob@example.test")
        tap.ok(got and link_in(got[0]) == link, "and the link still arrives", lab.log("engine"))


def test_mailbox(tap):
    """Without a mail server: out of the dedicated mailbox of the live connection."""
    with Sim(lines=world("p2016")) as sim, Lab(nginx=False) as lab:
        lab.init()
        with Core(sim, lab=lab) as core:
            got = core.run("connection", "add", "Main", server=core.server("p2016"), mailbox="svc@p2016.test",
                           signin="basic", method="delegate", password=EXCHANGE_SECRET)
            tap.ok(got.value and got.value["id"], "a connection", got)
            lab.configure(ca_file=sim.ca, egress_file=core.egress)
            lab.start_engine()
            eye = Eye(sim)
            code, told, err = ctl(lab, "mail", "test", "anna@p2016.test")
            tap.ok(code == 0 and told["state"] == "sent", "a test is sent", f"{told}{err}{lab.log('engine')[-900:]}")
            code, told, _ = ctl(lab, "invite", "anna@p2016.test")
            tap.ok(told["mailed"], "an invitation is sent", told)
            tap.ok(until(lambda: states(lab) == [1, 1]), "and taken", lab.sql("SELECT state, problem FROM mail"))

            def inbox():
                return {i.subject: i for i in eye.items("anna@p2016.test", "inbox") if not i.planted}

            want = {"A test mail from Latchkey", "You are invited to Example Organisation"}
            tap.ok(until(lambda: want <= set(inbox())), "both arrive", inbox())
            mails = inbox()
            mail = mails["You are invited to Example Organisation"]
            tap.ok(told["link"] in mail.body and mail.sender == "svc@p2016.test", "with the link, from the dedicated mailbox", mail.body)
            tap.same([i.subject for i in eye.items("svc@p2016.test", "sentitems") if not i.planted], [], "and no copy of a link stays behind there")
            tap.same(lab.sql("SELECT count(*) FROM mail WHERE sealed IS NOT NULL")[0][0], 0, "nothing sealed is kept")
            no_secret(tap, lab, told["link"].rpartition("/")[2])
            lab.sql("UPDATE credential SET sealed = zeroblob(100)")
            code, told, _ = ctl(lab, "mail", "test", "anna@p2016.test")
            row = lab.sql("SELECT state, attempts, run_at - created FROM mail ORDER BY id DESC LIMIT 1")[0]
            tap.ok(row[:2] == (0, 0) and 290 <= row[2] <= 330, "a connection that does not open may be mended: it waits", f"{told} {row}")


def must_act(lab, email):
    """A member whose calendar is not shared, and who is to be reminded now."""
    lab.sql("INSERT INTO member (account_id, email, name, role, created, status, reason, fixer, since, remind_at, checked_at)"
            " VALUES (1, ?, 'Zoë', 0, 1, 3, 'not_delegated', 1, 1, 1, unixepoch())", email)


def one_click(url):
    """What a mail program sends (RFC 8058): no cookie, no token, and no redirect is followed."""
    out = subprocess.run(["curl", "-s", "-w", "\n%{http_code}", "-d", "List-Unsubscribe=One-Click", url], capture_output=True, text=True, check=True)
    return out.stdout.rpartition("\n")


def test_reminders(tap):
    """A reminder with the admins' words; a link and one POST of a mail program stop it, and a GET does not."""
    with house(nginx=True) as (lab, post):
        lab.sql("DELETE FROM mail")
        lab.sql("INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,"
                " client_id, binding, mailbox, method, kind, stage, created) VALUES (1, 'Exchange', 'https', 'mail.example.com', 443, '', '',"
                " 'ntlm', '', '', '', '', 'off', 'plan@example.com', 'delegate', 'exchange', 2, 1)")
        lab.sql("INSERT INTO reminding (account_id, text) VALUES (1, 'Dear {name},' || char(10) || 'share it with {mailbox}.')")
        must_act(lab, "zoe@example.test")
        lab.start()
        got = post.wait("zoe@example.test")
        tap.same(len(got), 1, "one reminder arrives")
        mail, words = got[0], texts(got[0])
        tap.ok("Dear Zoë,\nshare it with plan@example.com." in words[0] and "/me\n" in words[0], "with the admins' words and the link", words[0])
        stop = re.search(r"http\S+/stop/[0-9a-f]{64}", words[0]).group(0)
        tap.same((mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]), (f"<{stop}>", "List-Unsubscribe=One-Click"), "with the headers of RFC 8058")
        tap.same(lab.sql("SELECT remind_n, remind_at > 1, silent_at FROM member WHERE name = 'Zoë'"), [(1, 1, 0)], "the next is planned")
        scanner = Browser(lab)
        page = scanner.get(Browser.local(scanner, stop))
        head = scanner.send("HEAD", Browser.local(scanner, stop))
        tap.same((page.status, head.status, lab.sql("SELECT max(silent_at) FROM member")), (200, 200, [(0,)]), "a program that opens the link changes nothing")
        told, _, code = one_click(stop)
        tap.ok(code == "200" and "Reminders have stopped" in told, "one click stops them", f"{code} {told}")
        tap.same(lab.sql("SELECT silent_at > 0, remind_at FROM member WHERE name = 'Zoë'"), [(1, 0)], "no other comes")
        other, _, code = one_click(stop[:-64] + "0" * 64)

        def plain(text):
            return re.sub(r"[0-9a-f]{64}|20\d\d-\S+", "", text)

        tap.same((code, plain(other)), ("200", plain(told)), "a key of nobody gets the same answer")
        where = Browser.local(scanner, stop)
        page = scanner.post(where, {}, headers={"Origin": "https://mail.example"}, token=False)
        tap.same(scanner.post(where + "/again", {}, token=False).status, 403, "who wants them again needs the form")
        page = scanner.post(where + "/again", {"csrf": page.csrf()}, token=False)
        tap.ok(page.status == 200 and "Reminders come again" in page.text, "and gets them again", page.text)
        tap.same(lab.sql("SELECT silent_at, remind_at > 1 FROM member WHERE name = 'Zoë'"), [(0, 1)], "from tomorrow on")
        tap.ok(stop[-64:] not in lab.log("engine") + lab.log("portal"), "the key is in no log")
        # It waits for the mail server, and is mended meanwhile.
        post.stop()
        must_act(lab, "max@example.test")
        tap.ok(until(lambda: lab.sql("SELECT attempts FROM mail WHERE email = 'max@example.test'") == [(1,)]), "one that waits", problem(lab))
        lab.sql("UPDATE member SET status = 1, fixer = 0 WHERE email = 'max@example.test'")
        due(lab)
        tap.ok(until(lambda: states(lab)[-1] == 3), "is not sent once it is mended", lab.sql("SELECT email, state, problem FROM mail"))


if __name__ == "__main__":
    if not postlab.program():
        Tap().skip("mail", "exim4 is not installed")
        print("1..1")
    else:
        run(Tap(), test_command, test_links, test_scripts, test_no_way, test_ended_links, test_down_and_up, test_killed, test_rude, test_servers,
            test_rate, test_quiet, test_hostile, test_keys, test_mailbox, test_reminders)
