"""The diagnosis: words that are planted wherever somebody or something has a name are not in it, host names only when they
are asked for; what is downloaded is what stood there; what does not fit is said; the command line writes the same.
"""

import re

from connectlab import ews, office
from coreworld import SECRET
from lab import RELEASE, Tap, run, unescape

DOMAIN, HOST = "zanzifer.test", "exch.zanzifer.localhost"
MAILBOX, PERSON, STRANGER = f"lampwick@{DOMAIN}", f"quillonia@{DOMAIN}", f"gherkin@{DOMAIN}"
TENANT = "7d0c9f3e-1b2a-4c5d-8e9f-0123456789ab"
WORLD = f"""
organisation "Zanzifer"
seed 3
clock now
premise hq onprem 2019 host {HOST}
	schemes basic ntlm
	lock-out after 50 for 30m
domain {DOMAIN} premise hq website none
mailbox {MAILBOX} "Lampwick Connector"
	kind dedicated
	password "{SECRET}"
mailbox {PERSON} "Quillonia Featherby"
	grant {MAILBOX} Editor
mailbox {STRANGER} "Gherkin Purslow"
"""
# Whatever has no place in a text that leaves, in lower case; those of hosts may be asked for.
PEOPLE = ["lampwick", "quillonia", "featherby", "gherkin", "purslow", "thaddeus", "wimple", "wimbrel", "marzipan", "203.0.113.77",
          "2001:db8:77::5", TENANT, "orchardia", SECRET.lower(), "aamkagi2", "ludmilla", "issuing authority of"]
HOSTS = ["zanzifer", "proxyzq", "pantry01", "larder02", "cellar03", "attic04"]


def text_of(page):
    return unescape(re.search(r'<textarea[^>]*name="text"[^>]*>(.*?)</textarea>', page.text, re.S).group(1))


def found(text, words):
    return [word for word in words if word in text.lower()]


def plant(lab):
    """Names where only the engine, ops and other admins write them."""
    lab.sql("UPDATE account SET name = 'Orchardia Foundation'")
    lab.sql("UPDATE member SET name = 'Thaddeus Wimple' WHERE role = 1")
    lab.sql("UPDATE users SET name = 'Thaddeus Wimple'")
    lab.sql(
        "INSERT INTO member (account_id, email, name, role, created, name_key, last_key) VALUES"
        f" (1, '{PERSON}', 'Quillonia Featherby', 0, 1, 'q', 'f'), (1, '{STRANGER}', 'Gherkin Purslow', 0, 1, 'g', 'p')"
    )
    lab.sql(
        "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id, created,"
        f" mailbox, stage) VALUES (1, 'Zanzifer', 'https', 'pantry01', 443, '', '', 'app', 'ZANZIFER\\marzipan', 'login.zanzifer.test',"
        f" '{TENANT}', '{TENANT}', 1, 'marzipan@{DOMAIN}', 0)"
    )
    job = lab.sql("SELECT max(id) FROM job WHERE kind = 'test'")[0][0]
    raw = (
        f"> POST https://{HOST}/EWS/Exchange.asmx\n< X-FEServer: PANTRY01\n< X-BEServer: pantry01\n<t:Mailbox>{PERSON}</t:Mailbox>\n"
        f"<m:Id>AAMkAGI2TG93AAA=AAMkAGI2TG93AAA=AAMk9</m:Id>\n/o=Zanzifer/ou=x/cn=Recipients/cn=quillonia\n"
        f"tenant {TENANT} at 203.0.113.77:443 [2001:db8:77::5] by ZANZIFER\\marzipan of Orchardia"
    )
    lab.sql(
        "INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) VALUES (?, 99, ?, 4, 12, ?, ?, '', ?, '')",
        job, f"{PERSON} opens", f"Asked by Thaddeus Wimple for Quillonia Featherby on {HOST}.", f"smtp:{STRANGER} is away", raw,
    )
    chain = "TLS 1.3\n1. CELLAR03\n   names: cellar03, attic04\n   issuer: Issuing authority of Ludmilla\n   valid: always\n"
    lab.sql(
        "INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) VALUES (?, 98, 'Certificate is trusted', 2, 1, ?, '', '', ?, '')",
        job, "Issued for CELLAR03 by “Issuing authority of Ludmilla”.", chain,
    )
    lab.sql(
        "INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created, ended, outcome)"
        " VALUES (1, 'look', 'host=larder02&port=443', 2, 1, 1, 1, 'Ludmilla Brown', 'plant', 1, 1, 'larder02:443 can be reached.')"
    )
    lab.sql("UPDATE connection SET paused_at = 1, paused_why = 'Ludmilla asked for it' WHERE stage = 0")
    lab.sql("UPDATE health SET say = ?", f"{HOST} (203.0.113.77) answered {MAILBOX}.")


def names(tap):
    with office(lines=WORLD, smtp_url=f"smtp://relay.{DOMAIN}:587", mail_from=f"wimbrel@{DOMAIN}", proxies="ludmilla=proxyzq:3128") as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        proof = admin.proved(mailbox=MAILBOX, server=ews(sim), signin="basic")
        tap.ok(proof.done, "a connection is in use", proof)
        admin.tested(person=PERSON)
        admin.tested(person=STRANGER)
        plant(lab)
        page = admin.page("/diagnosis")
        text = text_of(page)
        tap.same(found(text, PEOPLE + HOSTS), [], "no planted word is in it")
        for part in ("Versions", "engine: libcurl", "OpenSSL 3", "sqlite 3", "How it does", "secret current", "Members, counted",
                     "Work, newest first", "Settings", "Steps of test", "person-1@domain-1", "POST", "check_minutes           5  (default)"):
            tap.ok(part in text, f"{part} is in it", text[:3000])
        tap.ok("X-FEServer: server-" in text and re.search(r"version [0-9a-f]{8},", text), "machines have stand-ins, secrets a version")
        clear = text_of(admin.page("/diagnosis?hosts=1"))
        tap.same(found(clear, PEOPLE), [], "with host names there is nobody's name in it, either")
        tap.ok(HOST in clear and f"relay.{DOMAIN}" in clear and "pantry01" in clear, "but the hosts'", clear[:3000])
        cli = lab.ctl("diagnosis").stdout
        tap.same(found(cli, PEOPLE + HOSTS), [], "the command line's is as clean")
        tap.same(cli.splitlines()[:20], [x if not x.startswith("by ") else "by                      ops, with the command line" for x in text.splitlines()[:20]],
                 "and the same text")
        tap.ok(HOST in lab.ctl("diagnosis", "--clear-hosts").stdout, "with host names when it is told so")
        left = lab.sql("SELECT actor, detail FROM audit WHERE action = 'diagnosis.downloaded' ORDER BY seq")
        tap.same([d for _, d in left], ["Host names were replaced.", "Host names were left as they are."], "each is written down")


def saved(tap):
    with office(lines=WORLD) as (lab, _, admin):
        page = admin.page("/diagnosis")
        typed = text_of(page).replace("Settings", "Struck out") + "\r\nIt began on Monday: <b>ümläut</b> & \"quotes\""
        answer = admin.browser.post("/diagnosis", {"text": typed}, page=page)
        tap.same((answer.status, answer.text), (200, typed.replace("\r\n", "\n")), "what is saved is what stood there")
        head = {k.lower(): v for k, v in answer.headers}
        tap.ok(head["content-type"].startswith("text/plain") and "attachment" in head["content-disposition"], "as a file", str(head))
        answer = admin.browser.post("/diagnosis", {"text": ""}, page=page)
        tap.same(answer.status, 422, "nothing is no file")
        answer = admin.browser.post("/diagnosis", {"text": "x" * 330000}, page=page)
        tap.ok(answer.status in (413, 422), "nor is more than there is room for", answer.status)
        tap.same(len(lab.sql("SELECT 1 FROM audit WHERE action = 'diagnosis.downloaded'")), 1, "one left, and is written down")
        for n in range(40):
            lab.sql("INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created, ended, outcome)"
                    " VALUES (1, ?, 'x=1', 2, 1, 1, 1, '', '', ?, 1, 'Done.')", "test" if n % 2 else "look", n)
            for step in range(20):
                lab.sql("INSERT INTO job_step (job_id, n, title, state, ms, say, why, fix, raw, host) SELECT max(id), ?, 'Step', 2, 1, 'ü', '', '', ?, '' FROM job",
                        step, f"step {n} {step} a@b.test\n" * 600)
        page = admin.page("/diagnosis")
        text = text_of(page)
        tap.ok(100000 < len(text.encode()) <= 256 * 1024 and "that did not fit into 256 KiB" in text, "it ends at 256 KiB and says so", len(text.encode()))
        tap.ok("more bytes)" in text and "step 39 0" in text, "the newest come first, long ones are cut")
        answer = admin.browser.post("/diagnosis", {"text": text}, page=page)
        tap.same((answer.status, answer.text == text), (200, True), "a whole one can be saved")
        lab.stop("engine")
        lab.sql("DELETE FROM engine")
        lab.sql("DELETE FROM made")
        tap.ok("has never run" in text_of(admin.page("/diagnosis")), "without an engine, too")


def tenants(tap):
    with office(lines=WORLD, tenancy="multi") as (lab, _, admin):
        text = text_of(admin.page("/diagnosis"))
        tap.ok("known to ops only" in text and "database  " not in text and "workers" in text, "in an installation for many an admin sees no places of ops'", text)
        tap.ok("database  " in lab.ctl("diagnosis").stdout, "ops do")
        if RELEASE:
            with open(lab.program("latchkey.fcgi"), "rb") as f:
                tap.ok(b"libcurl.so" not in f.read(), "the web tier has no libcurl of its own")


if __name__ == "__main__":
    run(Tap(), names, saved, tenants)
