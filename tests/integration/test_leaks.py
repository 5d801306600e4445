"""Planted secrets must not be found again: in logs, database, temporary files or the web tier's memory.

Runs on release-built processes: sanitizers keep freed memory on purpose.
"""

import glob
import os
import re
import urllib.parse

from connectlab import DONE, ews, office
from coreworld import APP, TENANT, authority
from lab import RELEASE, Browser, Lab, Tap, run, until

PASSWORDS = ["Planted-Kestrel-First-71", "Planted-Heron-Changed-72", "Planted-Osprey-Member-73", "Planted-Wrong-Guess-74"]


def memory(pid):
    """All readable memory of a process."""
    out = []
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
            for line in maps:
                where, mode = line.split()[:2]
                if "r" not in mode or "[v" in line:
                    continue
                begin, end = (int(x, 16) for x in where.split("-"))
                try:
                    mem.seek(begin)
                    out.append(mem.read(end - begin))
                except (OSError, ValueError, OverflowError):
                    continue
    except PermissionError:
        return None
    return b"".join(out)


def files(lab):
    return {path: data for path, data in lab.files().items() if os.path.basename(path) != "keyring"}


def everything(tap):
    with Lab(build=RELEASE) as lab:
        link = lab.init()
        lab.start()
        first, changed, of_member, wrong = PASSWORDS
        admin = Browser(lab)
        tap.same(admin.accept(link, "Avery Stone", first).status, 200, "the admin is in")
        admin.get("/me")
        answer = admin.post("/me/security/password", {"old": first, "password": changed, "again": changed})
        tap.same(answer.status, 303, "has changed the password", )
        admin.confirm(changed)
        admin.get("/settings/invite")
        made = admin.post("/settings/invite", {"email": "m@example.com", "name": "M", "role": "member"}, follow=True)
        invite = re.search(r"/link/([0-9a-f]{64})", made.text).group(1)
        member = Browser(lab)
        tap.same(member.accept("/link/" + invite, "Casey", of_member).status, 200, "a member is in")
        guess = Browser(lab)
        guess.get("/signin")
        guess.post("/signin", {"email": "m@example.com", "password": wrong})
        reset = re.search(r"/link/([0-9a-f]{64})", lab.ctl("user", "reset", "m@example.com").stdout).group(1)
        lab.sql(
            "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,"
            " client_id, binding, mailbox, method, kind, stage, created) VALUES (1, 'Exchange', 'https',"
            " 'mail.example.com', 443, '', '', 'ntlm', '', '', '', '', 'off', 'svc@example.com', 'delegate', 'exchange', 2, 1)"
        )
        admin.get("/scripts/pace/share")
        made = admin.post("/scripts/pace/share", {"email": "outside@example.org", "days": "1"}, follow=True)
        script = re.search(r"/script/([0-9a-f]{64})", made.text).group(1)
        outside = Browser(lab)
        outside.get(f"/script/{script}/undo.ps1")
        outside.get(f"/script/{script}/nothing")
        outside.get(f"/script/{script}")
        tap.same(outside.post(f"/script/{script}/ran", {}).status, 303, "somebody outside says that it has run")
        with open(lab.settings["key_file"]) as f:
            key = re.search(r"\b([0-9a-f]{64})\b", f.read()).group(1)
        sessions = [v for b in (admin, member) for v in b.cookies.values()]
        tokens = [link.rsplit("/", 1)[1], invite, reset, script, *sessions]
        # Other people's requests pass through every worker, as they do in life.
        for _ in range(60):
            Browser(lab).get("/signin")

        secrets = {f"password {i + 1}": p.encode() for i, p in enumerate(PASSWORDS)}
        secrets.update({f"token {i + 1}": t.encode() for i, t in enumerate(tokens)})
        secrets["the key"] = key.encode()
        secrets["the key, raw"] = bytes.fromhex(key)
        secrets.update({f"token {i + 1}, raw": bytes.fromhex(t) for i, t in enumerate(tokens) if re.fullmatch("[0-9a-f]{64}", t)})
        for path, content in files(lab).items():
            found = [name for name, s in secrets.items() if s in content]
            tap.ok(not found, f"{path} holds no secret", found)
        tap.ok("/link/" not in lab.log("nginx-access"), "the access log has no link")
        tap.ok("/script/" not in lab.log("nginx-access"), "nor one to a script")
        for pid in lab.children():
            content = memory(pid)
            if content is None:
                tap.skip("a worker's memory", "not readable on this machine")
                continue
            found = [n for n, s in secrets.items() if n.startswith(("password", "the key")) and s in content]
            tap.ok(not found and len(content) > 100000, "a worker's memory holds no password and no key", found)
        for path in glob.glob(os.path.join(lab.dir, "core*")) + glob.glob("core*"):
            tap.ok(False, f"no core is left: {path}")
        for name in ("portal", "engine"):
            with open(f"/proc/{lab.procs[name].pid}/limits") as f:
                core = next(line for line in f if "core file" in line).split()
            tap.same(core[4:6], ["0", "0"], f"{name} may not leave a core")
        with open(f"/proc/{lab.procs['portal'].pid}/cmdline", "rb") as f:
            tap.ok(not any(s in f.read() for s in secrets.values()), "nor is one in an argument list")


# The secrets of connections

MAILBOX, CLOUD = "svc@p2019.test", "svc@pcloud.test"
FIRST, SECOND, WRONG = "Planted-Wren-First-81", "Planted-Wren-Second-82", "Planted-Wren-Wrong-83"
CLIENT, THERE, TYPED = "Planted-Wren-Client-84", "Planted-Wren-Microsoft-85", "Planted-Wren-Typed-86"


class Seen:
    """All that a browser was shown, and where it was sent."""

    def __init__(self, browser):
        self.all, self.send = b"", browser.send
        browser.send = self.record

    def record(self, *words, **more):
        answer = self.send(*words, **more)
        self.all += answer.body + repr(answer.headers).encode()
        return answer


def sign_in_with_microsoft(lab, sim, admin):
    """From the button to the end of the proof: the code that the browser brought."""
    page = admin.browser.get(admin.browser.local(admin.post("/connection/microsoft", {}).location))
    there = urllib.parse.urlparse(re.search(r'href="(https://[^"]+/authorize[^"]+)"', page.text).group(1).replace("&amp;", "&"))
    form = urllib.parse.urlencode({"loginfmt": CLOUD, "passwd": THERE})
    got = sim.request("POST", there.path.replace("/authorize", "/login") + "?" + there.query, form,
                      {"Content-Type": "application/x-www-form-urlencoded"}, host=sim.face("signin")["host"])
    back = urllib.parse.urlparse(got.location)
    answer = admin.browser.get(back.path + "?" + back.query)
    finish = re.search(r'action="(/connection/microsoft/\d+/finish)"', answer.text).group(1)
    job = admin.job_of(admin.browser.post(finish, {}, page=answer))
    return urllib.parse.parse_qs(back.query)["code"][0], admin.told(job)


def connections(tap):
    """Entered, refused, proved, rotated, erased, signed in and made here: no secret of a connection is found again."""
    with office("p2019", "pcloud", build=RELEASE) as (lab, sim, admin):
        seen = Seen(admin.browser)
        server = ews(sim, "p2019")
        sim.do(f"mailbox {MAILBOX}", f"new-password {FIRST}", f"mailbox {CLOUD}", f"new-password {THERE}", f"app {APP}",
               f"secret planted {CLIENT}", f"redirect {lab.url}/oauth/return")
        admin.choose("exchange", "delegate")
        form = {"mailbox": MAILBOX, "server": server, "signin": "basic"}
        page = admin.enter(**{**form, "server": "http://a"}, password=TYPED)
        tap.same(page.status, 422, "a form that is refused")
        page = admin.enter(**form, ca="-----BEGIN CERTIFICATE-----\n" + "A" * 60_000, password=TYPED)
        tap.same(page.status, 422, "one so large that nginx puts it into a file")
        tap.ok(not admin.proved(**form, password=WRONG).done, "a wrong password is refused")
        tap.ok(admin.proved(**form, password=FIRST).done, "the right one is proved")
        tap.ok(not admin.told(admin.rotate(WRONG)).done, "a wrong one to change to is refused")
        sim.do(f"mailbox {MAILBOX}", f"new-password {SECOND}")
        tap.ok(admin.told(admin.rotate(SECOND)).done, "the next one is in use")
        number = lab.sql("SELECT connection_id FROM credential WHERE purpose = 'former'")[0][0]
        tap.same(admin.post(f"/connection/erase/{number}", {}).status, 303, "and the former one erased")
        admin.choose("office365", "dedicated")
        where = {"mailbox": CLOUD, "tenant": TENANT, "client_id": APP, "cloud": "typed", "server": ews(sim, "pcloud"), "authority": authority(sim)}
        admin.enter_cloud(**where, signin="user", proof="secret", secret=CLIENT)
        code, got = sign_in_with_microsoft(lab, sim, admin)
        tap.ok(got.done, "signed in with Microsoft", got)
        admin.choose("office365", "impersonation")
        admin.enter_cloud(**where, signin="app", proof="certificate")
        admin.post("/connection/certificate", {})
        made = until(lambda: lab.sql("SELECT state FROM job WHERE kind = 'certificate' AND ended > 0"))
        tap.same(made, [(DONE,)], "a certificate is made")
        for path in ("/overview", "/connection/test", "/connection/rotate", "/connection/credentials", "/connection/certificate", "/audit"):
            admin.page(path)
        for (job,) in lab.sql("SELECT id FROM job WHERE kind = 'test'"):
            admin.page(f"/connection/test/{job}")
            admin.page(f"/connection/test/{job}/report.txt")
        for _ in range(60):
            Browser(lab).get("/signin")

        secrets = {s: s.encode() for s in (FIRST, SECOND, WRONG, CLIENT, THERE, TYPED)}
        anywhere = {**secrets, "the code": code.encode(), "a private key": b"PRIVATE KEY-----", "a token": b"eyJ0eXAi"}
        held = {**files(lab), "what the browser was shown": seen.all, "what the engine was started with": cmdline(lab, "engine")}
        for path, content in held.items():
            found = [name for name, s in anywhere.items() if s in content]
            tap.ok(not found, f"{path} holds no secret of a connection", found)
        for pid in lab.children():
            content = memory(pid)
            if content is None:
                tap.skip("a worker's memory", "not readable on this machine")
                continue
            found = [name for name, s in secrets.items() if s in content]
            tap.ok(not found and len(content) > 100000, "a worker's memory holds no secret of a connection", found)
        tap.same(glob.glob(os.path.join(lab.dir, "**", "core*"), recursive=True), [], "no core is left")


def cmdline(lab, name):
    with open(f"/proc/{lab.procs[name].pid}/cmdline", "rb") as f:
        return f.read()


if __name__ == "__main__":
    run(Tap(), everything, connections)
