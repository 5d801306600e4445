"""Planted secrets must not be found again: in logs, database, temporary files or the web tier's memory.

Runs on release-built processes: sanitizers keep freed memory on purpose.
"""

import glob
import os
import re

from lab import RELEASE, Browser, Lab, Tap, run

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
        answer = admin.post("/me/password", {"old": first, "password": changed, "again": changed})
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
        with open(lab.settings["key_file"]) as f:
            key = re.search(r"\b([0-9a-f]{64})\b", f.read()).group(1)
        sessions = [v for b in (admin, member) for v in b.cookies.values()]
        tokens = [link.rsplit("/", 1)[1], invite, reset, *sessions]
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


if __name__ == "__main__":
    run(Tap(), everything)
