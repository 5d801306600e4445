"""The operator's command line: every command, with right and wrong words, on a real installation."""

import contextlib
import fcntl
import grp
import json
import os
import pty
import pwd
import re
import shutil
import sqlite3
import stat
import subprocess

from lab import SRC, Lab, Tap, run, until

HEX64 = r"[0-9a-f]{64}"


@contextlib.contextmanager
def opened(directory):
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield fd
    finally:
        os.close(fd)


def error_of(done):
    """The error a command printed with --json."""
    return json.loads(done.stderr)["error"]


def mode(path):
    return oct(stat.S_IMODE(os.stat(path).st_mode))


def commands(lab):
    return lab.ctl_json("help")


def edit(lab, *statements):
    """Change the database behind everybody's back."""
    with contextlib.closing(sqlite3.connect(lab.db, timeout=10)) as db:
        for text in statements:
            db.execute(text)
        db.commit()


def refused(tap, lab, name, code, words, *args):
    """The command fails with this exit code, and the sentence holds these words."""
    done = lab.ctl(*args, check=False)
    tap.ok(
        done.returncode == code and words in done.stderr and not done.stdout,
        name,
        f"{done.returncode}\n{done.stdout}{done.stderr}",
    )


def engine(lab):
    """Start the engine and wait until it hears; an old socket may lie about."""
    lab.start_engine()
    assert until(lambda: of(findings(lab), "engine", "ok", "warn")), lab.log("engine")


def findings(lab):
    done = lab.ctl("--json", "doctor", check=False)
    found = json.loads(done.stdout)
    assert (done.returncode == 0) == found["healthy"], done
    return found["findings"]


def of(found, check, *levels):
    return [f for f in found if f["check"] == check and f["level"] in levels]


# Words


class Manual:
    """latchkey.1 by its sections; a section has prose, and a block for each thing in its list."""

    def __init__(self):
        with open(os.path.join(SRC, "doc", "man", "latchkey.1"), encoding="utf-8") as f:
            text = f.read()
        self.sections, self.blocks = {}, {}
        for part in re.split(r"^\.S[sh] ", text, flags=re.M)[1:]:
            title, _, body = part.partition("\n")
            lists = re.findall(r"^\.It .*?(?=^\.It |^\.El)", body, re.M | re.S)
            prose = re.sub(r"^\.Bl .*?^\.El", "", body, flags=re.M | re.S)
            self.sections[title] = lists
            self.blocks.update({b: prose for b in lists})

    @staticmethod
    def flags(text):
        return {name for line in text.splitlines() if "Fl" in line for name in re.findall(r" -([a-z][a-z-]+)", line)}

    def block(self, words):
        return next((b for b in self.blocks if re.match(rf"\.It Cm {words}( [^a-z]| Ar | Op | Oo | Fl | Cm |\n)", b)), "")

    def told(self, words):
        """The options that stand in a command's block, in the prose of its section, or where these point."""
        block = self.block(words)
        near = block + self.blocks.get(block, "")
        named = [self.block(other) for other in re.findall(r"^\.Cm ([a-z]+ [a-z]+)", block, re.M)]
        named += [b for title in re.findall(r"^\.Sx (.*?)(?: \W)?$", near, re.M) for b in self.sections[title]]
        return self.flags(near + "".join(named))


def options(text, row):
    """The options of one command in what help says about it and those that begin alike."""
    head = f"latchkey {row['command']} {row['arguments']}".strip()
    one = next(p for p in text.split("\n\n") if p.splitlines()[0].removesuffix(" [OPTIONS]") == head)
    return set(re.findall(r"^    --([a-z-]+) ", one, re.M))


def line(tap):
    with Lab(nginx=False) as lab:
        done = lab.ctl(check=False)
        tap.ok(done.returncode == 2 and "user reset EMAIL" in done.stdout, "no command: the list, exit code 2", done)
        for name, words, args in (
            ("a mistyped command", 'Did you mean "account"', ["accuont", "list"]),
            ("a mistyped second word", 'Did you mean "user list"', ["user", "lsit"]),
            ("half a command", "needs one of: list, reset, role, remove", ["user"]),
            ("a word from nowhere", 'See "latchkey help"', ["zzzzzzz"]),
            ("a missing argument", "needs EMAIL", ["user", "reset"]),
            ("an argument too many", 'does not take "b"', ["user", "reset", "a@b.example", "b"]),
            ("an unknown option", 'Did you mean "--account"', ["user", "list", "--acount", "1"]),
            ("an option without its value", "--account needs ID", ["user", "list", "--account"]),
            ("an option twice", "twice", ["user", "list", "--account", "1", "--account=2"]),
            ("a switch with a value", "takes no value", ["migrate", "--check=yes"]),
            ("a setting that is none", 'Did you mean "public_url"', ["config", "public_ulr"]),
            ("help about nothing", 'no command "frob"', ["help", "frob"]),
            ("a note that would be lost", "leave out --hard", ["ews", "cancel", "a@b.example", "b1", "--note", "x", "--hard"]),
            ("a note to nobody", "leave out --send none", ["ews", "cancel", "a@b.example", "b1", "--note", "x", "--send", "none"]),
        ):
            refused(tap, lab, name, 2, words, *args)
        wrong = subprocess.run([lab.program("latchkey"), "user", "list", "-c"], capture_output=True, text=True)
        tap.ok(wrong.returncode == 2 and "-c needs" in wrong.stderr, "-c without a file", wrong)
        done = lab.ctl("nosuch", "--json", check=False)
        tap.same((done.returncode, error_of(done)["code"]), (2, "input"), "an error as JSON, wherever --json stands")
        tap.ok("schema" in lab.ctl("--version").stdout, "--version")
        manual = Manual()
        for row in commands(lab):
            words = row["command"]
            one = lab.ctl("help", *words.split(), check=False)
            same = lab.ctl(*words.split(), "--help", check=False)
            tap.ok(one.returncode == 0 and row["help"] in one.stdout and one.stdout == same.stdout, f"help for {words}", one)
            if words in ("help", "version"):
                continue
            own, block = options(one.stdout, row), manual.block(words)
            tap.ok(block and not own - manual.told(words), f"{words} is in the manual with all its options", own - manual.told(words))
            tap.same(manual.flags(block.splitlines()[0]) - own if block else None, set(), f"{words}: the manual shows no option that it has not")
        for bad in ("nosuch = 1", "workers = x", "workers"):
            with open(lab.conf, "a") as f:
                f.write(bad + "\n")
            refused(tap, lab, f"settings with \"{bad}\" are refused with their line", 1, "latchkey.conf:", "config", "--check")
            lab.configure()
        tap.same(lab.ctl_json("config", "workers")["value"], "2", "one setting")
        number = list(lab.settings).index("workers") + 1
        tap.same(lab.ctl_json("config", "workers")["origin"], f"{lab.conf}:{number}", "and its line")
        env = json.loads(lab.ctl("--json", "config", "workers", env={"LATCHKEY_WORKERS": "7"}).stdout)
        tap.same((env["value"], env["origin"]), ("7", "environment"), "the environment wins")
        refused(tap, lab, "a file of settings that is not there", 1, "No such file", "-c", "/nonexistent", "config")
        refused(tap, lab, "no database yet", 1, "latchkey init", "user", "list")


# Init


def init(tap):
    with Lab(nginx=False, head_file="", key_file="") as lab:
        lab.configure(
            head_file=f"{lab.dir}/engine/audit.head", key_file=f"{lab.dir}/etc/k/keyring",
            public_keys=f"{lab.dir}/etc/k/keyring.pub", egress_file=f"{lab.dir}/etc/k/egress",
        )
        refused(tap, lab, "an account without its admin", 2, "--admin", "init", "--account", "X")
        first = lab.ctl_json("init")
        tap.same(first["link"], None, "without an account there is no link")
        tap.same(
            {p["what"]: p["state"] for p in first["places"]},
            {
                "data directory": "mended", "engine's directory": "made", "key directory": "made",
                "engine's socket directory": "mended", "key file": "made", "public keys": "made",
                "database": "made", "account": "missing",
            },
            "what was made",
        )
        for path, want in (
            ("data", "0o2770"), ("data/latchkey.db", "0o660"), ("engine", "0o700"), ("etc/k", "0o755"),
            ("etc/k/keyring", "0o400"), ("etc/k/keyring.pub", "0o644"), ("run", "0o1775"),
        ):
            tap.same(mode(f"{lab.dir}/{path}"), want, f"mode of {path}")
        with open(f"{lab.dir}/etc/k/keyring") as f:
            ring = f.read()
        link = lab.ctl("-q", "init", "--account", "Org", "--admin", "a@b.example", "--name", "A B").stdout
        tap.ok(re.fullmatch(rf"Link +{lab.url}/link/{HEX64}\nExpires +\S+Z\n", link), "quietly: the link alone", link)
        again = lab.ctl("init", "--account", "Org", "--admin", "a@b.example")
        tap.ok("made" not in again.stdout and "/link/" not in again.stdout, "again: everything is kept", again.stdout)
        with open(f"{lab.dir}/etc/k/keyring") as f:
            tap.same(f.read(), ring, "the key, too")
        os.remove(f"{lab.dir}/etc/k/keyring")
        refused(tap, lab, "a lost key is not replaced", 1, "could not open", "init")
        with open(lab.db, "rb") as f:
            token = re.search(HEX64, link).group(0)
            tap.ok(token.encode() not in f.read(), "the link's token is not in the database")
        lab.configure(engine_user="no-such-user")
        refused(tap, lab, "a missing user", 1, "adduser --system", "init") if os.getuid() == 0 else refused(
            tap, lab, "a missing user", 1, "needs root", "init")
    with Lab(nginx=False) as lab:
        open(f"{lab.dir}/data/other", "w").close()
        os.chmod(f"{lab.dir}/data", 0o755)
        lab.ctl("init")
        tap.same(mode(f"{lab.dir}/data"), "0o755", "a directory with somebody's files keeps its mode")
        done = lab.ctl("--json", "account", "add", "O", "--admin", "nobody", check=False)
        tap.same((done.returncode, error_of(done)["code"]), (2, "form"), "an address that is none")


def asks(tap):
    """On a terminal init asks for what is missing."""
    with Lab(nginx=False) as lab:
        terminal, inside = pty.openpty()
        proc = subprocess.Popen([lab.program("latchkey"), "-c", lab.conf, "init"], stdin=inside, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
        os.write(terminal, "  Example Ø \na@b.example\nAvery Stone\n".encode())
        out, err = proc.communicate(timeout=60)
        os.close(inside)
        os.close(terminal)
        tap.ok(proc.returncode == 0 and "/link/" in out, "init asks on a terminal", out + err)
        tap.ok(err.count(": ") == 3 and "organisation" in err, "three questions", err)
        who = lab.ctl_json("user", "list")[0]
        tap.same((lab.ctl_json("account", "list")[0]["name"], who["email"], who["name"]),
                 ("Example Ø", "a@b.example", "Avery Stone"), "and takes the answers")


def owners(tap):
    if os.getuid() != 0:
        tap.skip("owners and modes with real users", "needs root")
        return
    users = {"engine_user": "daemon", "web_user": "games", "group": "daemon", "socket_group": "www-data"}
    with Lab(nginx=False, **users) as lab:
        lab.configure(head_file=f"{lab.dir}/engine/audit.head", key_file=f"{lab.dir}/etc/keyring",
                      public_keys=f"{lab.dir}/etc/keyring.pub", egress_file=f"{lab.dir}/etc/egress")
        lab.ctl("init", "--account", "O", "--admin", "a@b.example", env={"SUDO_USER": "casey"})

        def owner(path):
            st = os.stat(f"{lab.dir}/{path}")
            return f"{pwd.getpwuid(st.st_uid).pw_name}:{grp.getgrgid(st.st_gid).gr_name}"

        for path, want in (("data", "daemon:daemon"), ("data/latchkey.db", "daemon:daemon"), ("engine", "daemon:root"),
                           ("etc", "root:root"), ("etc/keyring", "daemon:root"), ("run", "root:daemon")):
            tap.same(owner(path), want, f"owner of {path}")
        tap.same(lab.ctl_json("audit", "list")[0]["actor"], "casey", "behind sudo the audit log knows who it was")
        ring = lab.ctl_json("keys", "list")[0]["id"]
        done = lab.ctl("keys", "rotate", check=False)
        tap.ok(done.returncode == 1 and "not running" in done.stdout, "a rotation without an engine is not done", done)
        tap.same((owner("etc/keyring"), mode(f"{lab.dir}/etc/keyring")), ("daemon:root", "0o400"), "the new key file's owner and mode")
        tap.ok(ring != lab.ctl_json("keys", "list")[-1]["id"], "it has a new key")
        lab.ctl("backup", f"{lab.dir}/b.db")
        lab.ctl("restore", f"{lab.dir}/b.db")
        tap.same((owner("data/latchkey.db"), mode(lab.db)), ("daemon:daemon", "0o660"), "restore gives the owner back")
        for uid, groups, words in (("games", "daemon", "needs root"), ("games", None, "needs root")):
            as_user = ["setpriv", "--reuid", uid, "--regid", uid, *(["--groups", groups] if groups else ["--clear-groups"])]
            done = subprocess.run([*as_user, lab.program("latchkey"), "-c", lab.conf, "keys", "rotate"], capture_output=True, text=True)
            tap.ok(done.returncode == 1 and words in done.stderr, f"{uid} with {groups} may not rotate", done)
        done = subprocess.run(["setpriv", "--reuid", "games", "--regid", "games", "--clear-groups", lab.program("latchkey"),
                               "-c", lab.conf, "user", "list"], capture_output=True, text=True)
        tap.ok(done.returncode == 1 and "sudo" in done.stderr, "a stranger is told to use sudo", done)
        with open(f"{lab.dir}/logins", "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
            f.write("corp bob secret\n")
        lab.configure(proxies="corp=p.example.org:3128", proxy_logins=f"{lab.dir}/logins")
        found = of(json.loads(lab.ctl("--json", "doctor", check=False).stdout)["findings"], "exchange", "fail")
        tap.same([f["fix"] for f in found], [f"chown daemon {lab.dir}/logins"], "the doctor sees proxy passwords that the engine cannot read")
        lab.configure(proxies="", proxy_logins="")
        os.chmod(f"{lab.dir}/etc/keyring", 0o644)
        os.chown(lab.db, 0, 0)
        found = json.loads(lab.ctl("--json", "doctor", check=False).stdout)["findings"]
        fixes = [f["fix"] for f in found if f["check"] == "files" and f["level"] == "fail"]
        tap.ok(len(fixes) == 2, "the doctor sees a wrong owner and a wrong mode", found)
        for fix in fixes:
            subprocess.run(fix, shell=True, check=True)
        found = json.loads(lab.ctl("--json", "doctor", check=False).stdout)["findings"]
        tap.same([f for f in found if f["check"] == "files" and f["level"] != "ok"], [], "its fixes mend them")


# People


def people(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        one = lab.ctl_json("account", "list")[0]
        tap.same((one["name"], one["people"], one["admins"]), ("Example Organisation", 1, 0), "the first account")
        made = lab.ctl_json("invite", "Kim@Example.com", "--role", "admin", "--name", 'K "the" Ü')
        tap.ok(re.fullmatch(rf"{lab.url}/link/{HEX64}", made["link"]), "an invitation's link", made)
        who = {u["email"]: u for u in lab.ctl_json("user", "list")}
        tap.same((who["kim@example.com"]["name"], who["kim@example.com"]["role"]), ('K "the" Ü', "admin"), "is in the list")
        tap.ok("K \"the\" Ü" in lab.ctl("user", "list").stdout, "for people, too")
        refused(tap, lab, "no reset for whom has no password", 1, "invitation", "user", "reset", "kim@example.com")
        refused(tap, lab, "a reset for nobody", 1, "Nobody", "user", "reset", "x@example.com")
        refused(tap, lab, "a role that is none", 2, "admin or member", "user", "role", "kim@example.com", "king")
        tap.same([u["email"] for u in lab.ctl_json("user", "list", "--limit", "1", "--after", "1")], ["kim@example.com"], "a page of the list")
        tap.ok("--after 1" in lab.ctl("user", "list", "--limit", "1").stdout, "which says how to go on")
        refused(tap, lab, "a page of nothing", 2, "from 1 to", "user", "list", "--limit", "0")
        changed = lab.ctl_json("user", "role", "kim@example.com", "member")
        tap.same((changed["role_before"], changed["role"]), ("admin", "member"), "a role is changed")
        links = lab.ctl_json("invite", "list")
        tap.same(sorted(v["email"] for v in links), ["admin@example.com", "kim@example.com"], "two links are open")
        first = next(v["id"] for v in links if v["email"] == "kim@example.com")
        lab.ctl("invite", "revoke", str(first))
        refused(tap, lab, "a link is revoked once", 1, "not open", "invite", "revoke", str(first))
        refused(tap, lab, "a link that is none", 2, "not the number", "invite", "revoke", "0")
        lab.ctl("user", "remove", "kim@example.com")
        refused(tap, lab, "a person is removed once", 1, "Nobody", "user", "remove", "kim@example.com")
        lab.ctl("account", "add", "--admin", "b@example.com", "--", "--second")
        tap.same(lab.ctl_json("account", "list")[1]["name"], "--second", "a name with dashes behind --")
        refused(tap, lab, "with two accounts one must be chosen", 2, "--account ID", "user", "list")
        refused(tap, lab, "an account that is none", 1, "no account 77", "user", "list", "--account", "77")
        refused(tap, lab, "an account that is no number", 2, "not the number", "user", "list", "--account=-1")
        refused(tap, lab, "an address that is none", 2, "e-mail", "invite", "nothing", "--account", "2")
        tap.same(lab.ctl_json("user", "list", "--account", "2")[0]["email"], "b@example.com", "the other account")
        log = lab.ctl_json("audit", "list", "--limit", "100")
        tap.ok({r["kind"] for r in log} == {"ops"} and len({r["action"] for r in log}) >= 5, "all of it is in the audit log", log)
        edit(lab, "UPDATE account SET name = 'a' || char(27) || '[2Jb' || char(155) || 'c' WHERE id = 1")
        shown = lab.ctl("account", "list").stdout
        tap.ok("a?[2Jb?c" in shown and "\x1b" not in shown, "control characters do not reach the terminal", repr(shown))
        tap.same(lab.ctl_json("account", "list")[0]["name"], "a\x1b[2Jb\x9bc", "JSON has them escaped")
        harm = ("\x07", "\x1b[2J", "\x7f", "\x80", "\x9b31m", "\x9f", "\u200e", "\u202e", "\u2066", "\u2069")
        fine = "ÄЖ\u00a0\u200b日😀"
        edit(lab, f"UPDATE account SET name = '{'|'.join(harm)}{fine}' WHERE id = 1")
        told, shown = lab.ctl("--json", "account", "list").stdout, lab.ctl("account", "list").stdout
        tap.ok(not any(h[0] in told or h[0] in shown for h in harm), "neither form has what moves a terminal or turns text", repr(told + shown))
        tap.ok(fine in told and fine in shown, "all else is shown as it is", repr(told + shown))
        tap.same(lab.ctl_json("account", "list")[0]["name"], "|".join(harm) + fine, "and JSON loses nothing")


# Doctor


def doctor(tap):
    with Lab() as lab:
        lab.init()
        lab.start()
        until(lambda: not of(findings(lab), "engine", "fail"))
        found = findings(lab)
        tap.ok(not [f for f in found if f["level"] == "fail"], "nothing fails in the laboratory", json.dumps(found, indent=1))
        tap.ok(of(found, "portal", "ok") and of(found, "web server", "ok") and of(found, "engine", "ok"), "all three programs answer")
        tap.ok(of(found, "users", "warn"), "that all run as one user is a warning")
        tap.same(lab.ctl("doctor").returncode, 0, "the exit code says healthy")
        tap.ok("\nfailed: 0, " in lab.ctl("doctor").stdout, "and the last line counts")
        quiet = lab.ctl("doctor", "-q").stdout
        tap.ok("ok  " not in quiet and "note " not in quiet, "quietly: warnings and failures alone", quiet)

        lab.stop("portal")
        found = findings(lab)
        tap.ok(of(found, "portal", "fail") and of(found, "web server", "fail"), "a portal that is away", found)
        lab.start_portal()
        lab.stop("nginx")
        found = findings(lab)
        tap.ok(of(found, "portal", "ok") and of(found, "web server", "fail"), "a web server that is away", found)
        lab.stop("engine")
        found = findings(lab)
        tap.ok(of(found, "engine", "fail") and of(found, "portal", "ok"), "an engine that is away is the engine's finding", found)
        lab.stop_all()

        def breaks(name, check, words, harm, mend):
            harm()
            bad = of(findings(lab), check, "fail", "warn")
            tap.ok(any(words in json.dumps(f) for f in bad), name, json.dumps(findings(lab), indent=1))
            mend()

        key, pub = f"{lab.dir}/keyring", f"{lab.dir}/keyring.pub"
        shutil.copy(pub, pub + ".saved")
        shutil.copy(lab.db, lab.db + ".saved")

        def good():
            shutil.copy(pub + ".saved", pub)
            shutil.copy(lab.db + ".saved", lab.db)
            os.chmod(key, 0o400)
            os.chmod(pub, 0o644)
            lab.configure(proxies="", proxy_logins="")
            for path in (lab.settings["egress_file"], lab.db + "-wal", lab.db + "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(path)

        def write(path, text, how="w"):
            with open(path, how) as f:
                f.write(text)

        def other_public():
            with open(pub) as f:
                text = f.read()
            write(pub, re.sub(rf"{HEX64}\n", "ab" * 32 + "\n", text))

        def logins():
            path = f"{lab.dir}/logins"
            write(path, "corp bob secret\n")
            os.chmod(path, 0o644)
            lab.configure(proxies="corp=p.example.org:3128", proxy_logins=path)

        good()
        write(lab.settings["egress_file"], "mail.example.org\n10.0.0.0/8\n")
        os.chmod(lab.settings["egress_file"], 0o644)
        tap.ok(of(findings(lab), "egress", "ok"), "usual entries of the egress list are fine", findings(lab))
        good()
        for name, check, words, harm in (
            ("a key file open to all", "files", "chmod 0400", lambda: os.chmod(key, 0o644)),
            ("public keys that others may write", "files", "chmod 0644", lambda: os.chmod(pub, 0o666)),
            ("public keys that are missing", "files", "latchkey init", lambda: os.remove(pub)),
            ("a public key of somebody else", "keys", "does not fit", other_public),
            ("settings that are wrong", "settings", "latchkey.conf:", lambda: write(lab.conf, "bad = 1\n", "a")),
            ("an egress list with a bad line", "egress", "egress:1", lambda: write(lab.settings["egress_file"], "a b c d\n")),
            ("a list of proxies that is none", "exchange", "entry 1", lambda: lab.configure(proxies="corp")),
            ("proxy passwords that are missing", "exchange", "No such file",
             lambda: lab.configure(proxies="corp=p.example.org:3128", proxy_logins=f"{lab.dir}/none")),
            ("proxy passwords that others may read", "exchange", "chmod 600", logins),
            ("loopback on the egress list of a real site", "egress", "latchkey egress deny 127.0.0.1/32 8443",
             lambda: (lab.configure(public_url="https://c.example.org"), write(lab.settings["egress_file"], "127.0.0.1 8443\n"))),
            ("a name server that is none", "dns", "dns_servers",
             lambda: lab.configure(public_url="https://c.example.org", dns_servers="127.0.0.1:9")),
            ("a database that is none", "database", "restore", lambda: write(lab.db, "no database" * 100)),
            ("a newer database", "database", "schema", lambda: edit(lab, "INSERT INTO schema_step VALUES (99, 'x', 1)")),
            ("a table of somebody", "database", "schema", lambda: edit(lab, "CREATE TABLE mine (a)")),
            ("a changed row of the audit log", "audit", "row 1", lambda: edit(lab, "UPDATE audit SET actor = 'x' WHERE seq = 1")),
            ("rows that nobody seals", "audit", "not sealed", lambda: edit(lab, "DELETE FROM audit_seal", "UPDATE audit SET at = 1")),
            ("a clock behind the log", "clock", "behind", lambda: edit(lab, "UPDATE audit SET at = 4000000000")),
            ("a job that waits", "jobs", "waiting", lambda: edit(
                lab, "INSERT INTO job (kind, params, state, run_at, due_at, made_by, by_name, request, created) "
                     "VALUES ('look', '', 0, 1, 1, 0, '', '', 1)")),
            ("a secret of a lost key", "keys", "lost key", lambda: secret(lab, "deadbeef")),
        ):
            if name == "rows that nobody seals":
                # The time is part of the hash, so such a log is also broken: see what is told first.
                words = "row"
            breaks(name, check, words, harm, good)


def secret(lab, key):
    """A sealed secret that does not open."""
    edit(
        lab,
        "INSERT INTO connection (id, account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, "
        "client_id, created) VALUES (1, 1, 'c', 'https', 'h', 443, '', '', '', '', '', '', '', 1)",
        "INSERT INTO credential (account_id, connection_id, purpose, version, key_id, sealed, policy) "
        f"VALUES (1, 1, 'current', 'v', '{key}', zeroblob(100), zeroblob(32))",
    )


# Jobs and egress


def jobs(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        queued = lab.ctl("jobs", "look", "127.0.0.1:9", "--timeout", "1", check=False)
        tap.ok(queued.returncode == 1 and "has not ended" in queued.stderr, "without an engine a look waits", queued)
        tap.same(lab.ctl_json("jobs", "list")[0]["state"], "queued", "in the queue")
        tap.same(lab.ctl_json("jobs", "cancel", "1")["cancel"], "asked", "and can be cancelled")
        tap.same(lab.ctl_json("jobs", "show", "1")["state"], "cancelled", "which is seen")
        refused(tap, lab, "but once", 1, "has ended", "jobs", "cancel", "1")
        tap.same(lab.ctl("jobs", "wait", "1", check=False).returncode, 1, "waiting for a cancelled job: exit code 1")
        refused(tap, lab, "a job that is none", 1, "no job 99", "jobs", "show", "99")
        refused(tap, lab, "a job without a number", 2, "not the number", "jobs", "wait", "x")
        for host in ("a b", "[::1", "h:0", "h:99999", "h:x", "", "[::1]x"):
            done = lab.ctl("jobs", "look", host, check=False)
            tap.ok(done.returncode == 2 and done.stderr, f"no look at \"{host}\"", done)
        lab.start_engine()
        house = until(lambda: [j for j in lab.ctl_json("jobs", "list", "--kind", "house") if j["state"] == "done"])
        tap.ok(house, "the engine's own job is listed by its kind")
        refused(tap, lab, "and is not for ops to cancel", 1, "house", "jobs", "cancel", str(house[0]["id"]))
        done = lab.ctl("jobs", "look", "127.0.0.1:9", check=False)
        tap.ok(done.returncode == 1 and "failed" in done.stdout and "skipped" in done.stdout, "a look shows its steps", done.stdout)
        seen = json.loads(lab.ctl("--json", "jobs", "look", "[::1]:9", check=False).stdout)
        tap.same((seen["state"], seen["params"]), ("failed", "host=%3A%3A1&port=9"), "as JSON: the job with its steps")
        tap.ok(seen["steps"] and seen["steps"][0]["state"] == "ok", "in order", seen)
        tap.same([j["id"] for j in lab.ctl_json("jobs", "list", "--limit", "1", "--before", "2")], [1], "a page of the list")
        edit(lab, f"UPDATE job_step SET fix = 'One.' || char(10) || 'Two.' WHERE job_id = {seen['id']} AND n = 1")
        shown = lab.ctl("jobs", "show", str(seen["id"])).stdout
        tap.ok(f"\n{' ' * 20}One.\n{' ' * 20}Two.\n" in shown, "what has several lines has them", shown)


def egress(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        tap.same(lab.ctl_json("egress", "list"), [], "nothing is listed at first")
        no = lab.ctl("--json", "egress", "check", "127.0.0.1:18443", check=False)
        tap.ok(no.returncode == 1 and not json.loads(no.stdout)["allowed"], "loopback is refused", no)
        tap.same(lab.ctl_json("egress", "allow", "127.0.0.1", "18443")["changed"], True, "ops allow it")
        tap.same(lab.ctl_json("egress", "allow", "127.0.0.1 18443")["changed"], False, "once")
        yes = lab.ctl_json("egress", "check", "127.0.0.1:18443")
        tap.same((yes["allowed"], yes["addresses"][0]["rule"]), (True, "listed"), "then it is allowed")
        tap.same(lab.ctl("egress", "check", "127.0.0.1:18444", check=False).returncode, 1, "on that port only")
        engine(lab)
        lab.ctl("egress", "allow", "127.0.0.2", "9")
        look = json.loads(lab.ctl("--json", "jobs", "look", "127.0.0.2:9", check=False).stdout)
        allowed = [s["state"] for s in look["steps"] if s["n"] == 2]
        tap.same(allowed, ["ok"], "the running engine takes notice")
        tap.same(mode(lab.settings["egress_file"]), "0o644", "mode of the list")
        tap.same(lab.ctl_json("egress", "deny", "127.0.0.1/32", "18443")["changed"], True, "and taken off")
        tap.same(lab.ctl_json("egress", "deny", "127.0.0.1", "18443")["changed"], False, "once")
        for bad in ("", "a b c", "10.0.0.0/33", "x 99999", "http://x/", "*.example.org"):
            refused(tap, lab, f'no entry "{bad}"', 2, "entry", "egress", "allow", bad)
        tap.same([r["about"] for r in lab.ctl_json("audit", "list", "--text", "egress")],
                 ["127.0.0.1/32 18443", "127.0.0.2/32 9", "127.0.0.1/32 18443"], "the audit log has each change")
        done = lab.ctl("egress", "check", "no-such-name.invalid", check=False)
        tap.ok(done.returncode == 1 and done.stderr, "a name that is not known", done)


# Keys and the log


def active(lab):
    return next(k["id"] for k in lab.ctl_json("keys", "list") if k["state"] == "active")


def keys(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        engine(lab)
        first = active(lab)
        done = lab.ctl_json("keys", "rotate")
        second = active(lab)
        tap.ok(done["done"] and done["key"] == second != first, "a rotation makes a new active key", done)
        refused(tap, lab, "the active key is not dropped", 1, second, "keys", "drop", second)
        refused(tap, lab, "a key that is none", 1, "no key", "keys", "drop", "00000000")
        with opened(lab.dir) as busy:
            fcntl.flock(busy, fcntl.LOCK_EX)
            refused(tap, lab, "keys are changed by one command at a time", 1, "another command", "keys", "rotate")
        secret(lab, first)
        refused(tap, lab, "a key that seals something is not dropped", 1, "still seals 1", "keys", "drop", first)
        stuck = lab.ctl("--json", "keys", "rotate", check=False)
        tap.ok(stuck.returncode == 1 and json.loads(stuck.stdout)["key"] == second, "a secret left behind continues the rotation", stuck)
        tap.same(lab.ctl("--json", "keys", "rotate", "--new", check=False).returncode, 1, "--new makes another key")
        third = active(lab)
        tap.ok(third not in (first, second), "which is active")
        edit(lab, "DELETE FROM credential")
        until(lambda: lab.sql("SELECT key_id FROM audit_seal ORDER BY seq DESC LIMIT 1") == [(third,)])
        tap.same(lab.ctl_json("keys", "drop", first)["keys"], 2, "a key that seals nothing is dropped")
        lab.stop("engine")
        edit(lab, f"UPDATE audit_seal SET key_id = '{second}' WHERE seq = (SELECT max(seq) FROM audit_seal)")
        refused(tap, lab, "a key that the newest seal needs is not dropped", 1, "newest seal", "keys", "drop", second)
        edit(lab, f"UPDATE audit_seal SET key_id = '{third}' WHERE seq = (SELECT max(seq) FROM audit_seal)")

        away = lab.ctl("--json", "keys", "rotate", check=False)
        fourth = active(lab)
        tap.ok(away.returncode == 1 and not json.loads(away.stdout)["done"] and fourth != third, "without an engine it is begun", away)
        more = json.loads(lab.ctl("--json", "keys", "rotate", check=False).stdout)
        tap.ok(more["key"] == active(lab) == fourth, "and continued with the same key", more)
        lab.start_engine()
        tap.same(lab.ctl("jobs", "wait", str(more["job"])).returncode, 0, "until the engine has done it")
        assert until(lambda: of(findings(lab), "engine", "ok")), lab.log("engine")
        os.rename(f"{lab.dir}/keyring.pub", f"{lab.dir}/old.pub")
        over = lab.ctl_json("keys", "rotate")
        tap.ok(over["key"] == fourth and os.path.exists(f"{lab.dir}/keyring.pub"), "so is one that stopped before publishing", over)
        actions = [r["action"] for r in lab.ctl_json("audit", "list", "--text", "key.", "--limit", "100")]
        tap.ok(actions.count("key.added") == 3 and actions.count("key.dropped") == 1, "the audit log has it all", actions)


def key_command(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        old = active(lab)
        vault = f"{lab.dir}/vault"
        shutil.move(f"{lab.dir}/keyring", vault)
        lab.configure(key_file="", key_command=f"cat {vault}")
        tap.same(active(lab), old, "keys from a command")
        refused(tap, lab, "rotating them needs a place for the new list", 2, "--out", "keys", "rotate")
        tap.same(active(lab), old, "and changes nothing without one")
        out = f"{lab.dir}/new-list"
        done = lab.ctl_json("keys", "rotate", "--out", out)
        tap.same((done["done"], done["written"], mode(out)), (False, out, "0o400"), "the list is written for ops to store")
        os.chmod(vault, 0o600)
        shutil.copy(out, vault)
        engine(lab)
        over = lab.ctl_json("keys", "rotate")
        tap.ok(over["done"] and over["key"] == done["key"], "and the next run goes on with it", over)
        lab.stop("engine")
        lab.configure(key_command="false")
        done = lab.ctl("--json", "doctor", check=False)
        tap.ok(of(json.loads(done.stdout)["findings"], "keys", "fail"), "a command that fails is found", done.stdout)


def audit(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        for i in range(6):
            lab.ctl("invite", f"p{i}@example.com")
        lab.start_engine()
        until(lambda: lab.sql("SELECT max(seq) FROM audit_seal") == [(8,)])
        lab.stop("engine")
        whole = lab.ctl_json("audit", "verify")
        tap.ok(whole["whole"] and whole["rows"] == 8 and whole["signatures"] == "checked" and whole["engine_copy"] == "compared",
               "a whole log, with its seals", whole)
        rows = lab.ctl_json("audit", "list", "--limit", "3")
        tap.same([r["seq"] for r in rows], [8, 7, 6], "newest first")
        tap.same([r["seq"] for r in lab.ctl_json("audit", "list", "--before", "3")], [2, 1], "older ones")
        tap.same(len(lab.ctl_json("audit", "list", "--text", "P3@")), 1, "by a text")
        tap.same(lab.ctl_json("audit", "list", "--account", "9"), [], "by an account")
        for bad in ("", "8", "8:xx", "x:" + "0" * 64, "0:" + "0" * 64):
            refused(tap, lab, f'no head "{bad}"', 2, "SEQ:HASH", "audit", "verify", "--head", bad)
        tap.same(lab.ctl("audit", "verify", "--head", whole["head"]).returncode, 0, "a head that was noted is there")
        saved = lab.db + ".saved"
        shutil.copy(lab.db, saved)
        head = f"{lab.dir}/audit.head"
        shutil.copy(head, head + ".saved")
        key = active(lab)

        def is_broken(name, row, words, *statements, args=(), head_gone=False):
            shutil.copy(saved, lab.db)
            shutil.copy(head + ".saved", head)
            if head_gone:
                os.remove(head)
            edit(lab, *statements)
            done = lab.ctl("--json", "audit", "verify", *args, check=False)
            got = json.loads(done.stdout)
            tap.ok(done.returncode == 1 and got["first_broken"] == row and words in got["why"], name, done.stdout)

        is_broken("a changed row", 3, "changed", "UPDATE audit SET detail = 'x' WHERE seq = 3")
        is_broken("a row taken out", 4, "missing", "DELETE FROM audit WHERE seq = 4")
        is_broken("the end cut off", 7, "sealed", "DELETE FROM audit WHERE seq > 6")
        is_broken("the end cut off together with its seals", 8, "engine has sealed",
                  "DELETE FROM audit WHERE seq > 6", "DELETE FROM audit_seal")
        is_broken("... and the engine's copy, too: a noted head", 8, "noted",
                  "DELETE FROM audit WHERE seq > 6", "DELETE FROM audit_seal", args=("--head", whole["head"]), head_gone=True)
        is_broken("a seal that the engine did not make", 2, "not made by the engine",
                  "INSERT INTO audit_seal SELECT seq, at, hash, zeroblob(32), '" + key + "' FROM audit WHERE seq = 2")
        shutil.copy(saved, lab.db)
        with open(head, "w") as f:
            f.write("nonsense\n")
        tap.same(lab.ctl("audit", "verify", check=False).returncode, 1, "an engine's copy that is nonsense")


# Backups and schema


# Takes back what the newest migration made.
OLDER = ["DROP TABLE made"]


def backups(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        lab.start_engine()
        lab.start_portal()
        file = f"{lab.dir}/b.db"
        made = lab.ctl("backup", file)
        tap.ok("keys are not in it" in made.stdout and mode(file) == "0o600", "a backup while everything runs", made.stdout)
        with open(file, "rb") as f, open(f"{lab.dir}/keyring") as k:
            content = f.read()
            tap.ok(not any(s.encode() in content or bytes.fromhex(s) in content for s in re.findall(HEX64, k.read())), "no key is in it")
        refused(tap, lab, "it never overwrites", 1, "already", "backup", file)
        refused(tap, lab, "no directory, no backup", 1, "cannot be written", "backup", "/nonexistent/b.db")
        os.symlink("/nonexistent", f"{lab.dir}/link")
        refused(tap, lab, "nor through a link", 1, "already", "backup", f"{lab.dir}/link")
        lab.ctl("invite", "late@example.com")
        refused(tap, lab, "no restore while the engine runs", 1, "engine is running", "restore", file)
        lab.stop("engine")
        refused(tap, lab, "nor while the portal runs", 1, "portal is running", "restore", file)
        lab.stop("portal")

        def damaged(name, words, make):
            bad = f"{lab.dir}/bad.db"
            shutil.copy(file, bad)
            make(bad)
            refused(tap, lab, name, 1, words, "restore", bad)
            for extra in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(bad + extra)

        def sql(*statements):
            def make(path):
                with contextlib.closing(sqlite3.connect(path)) as db:
                    db.execute("PRAGMA journal_mode = DELETE")
                    for s in statements:
                        db.execute(s)
                    db.commit()
            return make

        def scribble(path):
            with open(path, "r+b") as f:
                f.seek(5 * 4096)
                f.write(b"\xff" * 4096 * 3)

        def cut(path):
            os.truncate(path, 4096 * 7)

        before = lab.sql("SELECT count(*) FROM member")
        damaged("a scribbled backup", "stays as it was", scribble)
        damaged("a cut backup", "stays as it was", cut)
        damaged("an empty file", "empty", lambda p: os.truncate(p, 0))
        damaged("a text", "stays as it was", lambda p: open(p, "w").write("hello" * 1000))
        damaged("another program's database", "stays as it was", lambda p: (os.remove(p), sql("CREATE TABLE t (a)")(p)))
        damaged("a backup with a trigger", "stays as it was", sql("CREATE TRIGGER t AFTER INSERT ON job BEGIN SELECT 1; END"))
        damaged("a backup of a newer Latchkey", "newer", sql("INSERT INTO schema_step VALUES (99, 'x', 1)"))
        damaged("a backup with a changed log", "broken at row 1", sql("UPDATE audit SET actor = 'x' WHERE seq = 1"))
        damaged("a database in use", "in use", lambda p: open(p + "-wal", "w").close())
        refused(tap, lab, "a directory", 1, "cannot be copied", "restore", lab.dir)
        refused(tap, lab, "no file", 1, "No such file", "restore", f"{lab.dir}/none")
        tap.same(lab.sql("SELECT count(*) FROM member"), before, "none of them changed anything")
        tap.same(sorted(os.listdir(f"{lab.dir}/data"))[:1], ["latchkey.db"], "and nothing is left lying about")

        done = lab.ctl_json("restore", file)
        tap.ok(done["before"].endswith(".before-restore") and os.path.exists(done["before"]), "a restore keeps the old database", done)
        tap.same(lab.sql("SELECT count(*) FROM member WHERE email = 'late@example.com'"), [(0,)], "the old state is back")
        tap.same(lab.ctl_json("invite", "list"), [], "links of then are over")
        tap.same((mode(lab.db), lab.ctl_json("audit", "list")[0]["action"]), ("0o660", "restore"), "with mode and audit row")
        old = f"{lab.dir}/old.db"
        shutil.copy(file, old)
        newest = lab.ctl_json("version")["schema"]
        sql("PRAGMA foreign_keys = OFF", *OLDER, f"DELETE FROM schema_step WHERE n = {newest}",
            "INSERT INTO users (email, name, created, password_at) VALUES ('u@example.com', '', 1, 1)",
            "INSERT INTO session (hash, user_id, created, seen, fresh, address, agent) "
            "SELECT randomblob(32), id, 1, 4000000000, 1, '', '' FROM users")(old)
        done = lab.ctl_json("restore", old)
        tap.same((done["schema_before"], done["schema"]), (newest - 1, newest), "an older backup is brought to today's schema")
        tap.same(lab.ctl("migrate", "--check").returncode, 0, "completely")
        tap.same(lab.sql("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM session)"), [(1, 0)], "and its sessions are over")
        lab.ctl("restore", file)
        lab.start_engine()
        lab.ctl("invite", "new@example.com")
        good = until(lambda: lab.ctl_json("audit", "verify")["engine_copy"] == "compared")
        tap.ok(good, "the engine seals the restored log", lab.log("engine"))
        tap.ok("audit.broken" not in lab.log("engine"), "without complaint", lab.log("engine"))
        again = lab.ctl_json("restore", file, "--force")
        tap.ok(again["before"].endswith(".before-restore.4"), "--force does it while the engine runs", again)


def migrate(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        newest = lab.ctl_json("version")["schema"]
        tap.same(lab.ctl("migrate", "--check").returncode, 0, "a new database needs nothing")
        tap.same({r["state"] for r in lab.ctl_json("migrate")}, {"was there"}, "and migrating it does nothing")
        edit(lab, "PRAGMA foreign_keys = OFF",
             *OLDER,
             f"DELETE FROM schema_step WHERE n = {newest}")
        refused(tap, lab, "an older database is not touched by others", 1, "latchkey migrate", "user", "list")
        check = lab.ctl("--json", "migrate", "--check", check=False)
        tap.ok(check.returncode == 1 and json.loads(check.stdout)[-1]["state"] == "missing", "--check tells what is missing", check)
        tap.same(lab.ctl_json("migrate")[-1]["state"], "made", "migrate makes it")
        tap.same(lab.ctl_json("audit", "list")[0]["action"], "migrated", "with an audit row")
        tap.same(lab.ctl("user", "list").returncode, 0, "then everything works")
        edit(lab, "INSERT INTO schema_step VALUES (99, 'x', 1)")
        for args in (["migrate"], ["migrate", "--check"], ["user", "list"], ["init"]):
            done = lab.ctl(*args, check=False)
            tap.ok(done.returncode == 1 and "newer" in done.stderr, f"{' '.join(args)}: a newer database is left alone", done)


if __name__ == "__main__":
    run(Tap(), line, init, asks, owners, people, doctor, jobs, egress, keys, key_command, audit, backups, migrate)
