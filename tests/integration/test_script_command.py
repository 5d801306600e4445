"""Scripts for the Exchange admin on the command line: which there are for a connection, whom they name, as text for
people and as a file for PowerShell."""

import re

from lab import Lab, Tap, run
from test_roster import seed

MEMBERS = 1500


def connect(lab, method="delegate", kind="exchange", version=""):
    """A live connection that nobody asks anything, instead of the one before."""
    lab.sql("DELETE FROM health")
    lab.sql("DELETE FROM connection")
    (number,) = lab.sql(
        "INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,"
        " client_id, created, mailbox, method, kind, stage) VALUES (1, 'Main', 'https', 'mail.example.com', 443, '', '',"
        " 'basic', 'svc', '', '', '0f9a1c52-70b1-4a3e-9d5f-1d2c3b4a5968', 1, 'svc@example.com', ?, ?, 2) RETURNING id",
        method, kind,
    )[0]
    lab.sql(
        "INSERT INTO health (connection_id, account_id, state, reason, say, version, since, tried_at, ok_at, next_at,"
        " proof_at, fails, refused, counted_to) VALUES (?, 1, 1, 'ok', '', ?, 1, 1, 1, 0, 0, 0, 0, 0)", number, version,
    )


def people(text):
    """Who stands in the list of a script."""
    return re.findall(r"^ {4}'(.*)'\r?$", text.split("$People = @(")[1].split("\n)")[0], re.M)


def kinds(lab):
    return [row["kind"] for row in lab.ctl_json("members", "script")]


def command(tap):
    with Lab() as lab:
        lab.up()
        seed(lab, MEMBERS)
        answer = lab.ctl("members", "script", "share", check=False)
        tap.ok(answer.returncode == 1 and "no such script" in answer.stderr, "without a connection there is none", answer.stderr)
        connect(lab)
        tap.same(kinds(lab), ["mailbox", "share", "busy", "default", "allow", "pace"], "those of sharing")
        tap.same({r["kind"]: r["members"] for r in lab.ctl_json("members", "script")}["share"], 500, "how many lack it")
        connect(lab, "impersonation")
        tap.same(kinds(lab), ["mailbox", "default", "role", "allow", "pace"], "those of impersonation")
        connect(lab, "impersonation", version="8.3.83.6")
        tap.same(kinds(lab), ["mailbox", "role"], "those of Exchange 2007")
        tap.ok("ms-Exch-EPI-May-Impersonate" in lab.ctl("members", "script", "role").stdout, "which has rights in place of roles")
        connect(lab, "impersonation", "office365")
        tap.same(kinds(lab), ["mailbox", "default", "app", "allow"], "those of Office 365")
        tap.ok("Connect-ExchangeOnline" in lab.ctl("members", "script", "app").stdout, "which is connected to first")

        connect(lab)
        text = lab.ctl("members", "script", "share").stdout
        want = {f"person{i}@example.com" for i in range(3, MEMBERS + 1, 3)}
        tap.ok(set(people(text)) == want and len(people(text)) == 500, "whoever lacks it is named, and nobody else", text[:900])
        tap.ok("\r" not in text and text.startswith("# Latchkey: Share calendars"), "as text for people")
        tap.ok("# People: 500, listed below" in text and "$Mailbox = 'svc@example.com'" in text, "with the names of the organisation")
        some = lab.ctl("members", "script", "share", "--search", "person12").stdout
        tap.same(len(people(some)), 111, "all that an option finds")
        none = lab.ctl("members", "script", "share", "--reach", "full", check=False)
        tap.ok(none.returncode == 1 and "Nobody" in none.stderr, "an option that finds nobody is not taken for everybody", none.stdout[:200])
        two = lab.ctl("members", "script", "busy", "person4@example.com", "PERSON1@example.com", "--part", "undo").stdout
        tap.same(people(two), ["person4@example.com", "person1@example.com"], "and those of the addresses")
        tap.ok("# Latchkey: Share busy time only (undo)" in two, "the part that was asked for")
        lab.sql("UPDATE member SET status = 5 WHERE email = 'person3@example.com'")
        tap.ok("person3@example.com" not in people(lab.ctl("members", "script", "share").stdout), "nobody who is deactivated")
        connect(lab, "impersonation")
        tap.same(len(people(lab.ctl("members", "script", "role").stdout)), MEMBERS, "a role names everybody else")

        path = lab.dir + "/role.ps1"
        lab.ctl("members", "script", "role", "--part", "verify", "--output", path)
        with open(path, "rb") as f:
            file = f.read()
        tap.ok(file.startswith(b"\xef\xbb\xbf# Latchkey") and file.count(b"\xef\xbb\xbf") == 1, "a file has one byte order mark")
        tap.ok(file.count(b"\n") == file.count(b"\r\n") > MEMBERS, "and the line ends of Windows")
        tap.same(len(people(file.decode("utf-8-sig"))), MEMBERS, "and says the same")
        tap.ok(lab.ctl("members", "script", "role", "--output", path, check=False).returncode, "it must be new")
        for words in (["nonsense"], ["role", "--part", "x"], ["role", "--reason", "x"]):
            tap.same(lab.ctl("members", "script", *words, check=False).returncode, 2, f"{words} is refused")
        none = lab.ctl("members", "script", "default", check=False)
        tap.ok(none.returncode == 1 and "Nobody lacks" in none.stderr, "where nobody lacks it there is nothing to do", none.stderr)
        made = lab.sql("SELECT about FROM audit WHERE action = 'script.downloaded' ORDER BY seq")
        tap.ok(made[-1] == ("latchkey-1-impersonation-verify.ps1",), "it is written down that one was made", made)


if __name__ == "__main__":
    run(Tap(), command)
