"""The shell that plays scripts (tests/sim/shell) takes PowerShell as PowerShell does, and refuses what it does not know for
sure; and no name of an organisation changes what a script says: 500 hostile ones, each tokenized and compared with a plain one.
"""

import contextlib
import random

from lab import Tap, run
from scriptlab import PREMISES, Admin, Maker, Refused, Shell, differs
from simlab import Sim

from grammar import parse  # of tests/sim/shell, which scriptlab put on the path
from opath import Filter
from organisation import Control
from reader import DASH, DOUBLE, SINGLE, Wrong, decode
from shell import tokens
from values import Record, Trouble

NAMES = 500
WORLD = """organisation "Shell"
premise hq onprem 2016 host mail.example.localhost
premise old onprem 2010sp3 host old.example.localhost
domain example.test premise hq
mailbox svc@example.test "Calendar Service"
	kind dedicated
	password Brass-1
mailbox anna@example.test "Anna Berg"
	grant svc@example.test Reviewer
mailbox bert@example.test "Bert"
	culture de-DE
"""


def strings(source):
    return [t.text for t in parse(source)[1] if t.kind == "string"]


def reading(tap):
    """Single quotes of all sorts, comments, line ends, dashes."""
    for first in SINGLE:
        for last in SINGLE:
            tap.same(strings(f"{first}a{last}"), ["a"], f"U+{ord(first):04X} begins a string that U+{ord(last):04X} ends")
            tap.same(strings(f"'a{first}{last}b'"), [f"a{last}b"], f"U+{ord(first):04X} U+{ord(last):04X} within one is the second of them")
    for dash in DASH:
        node = parse(f"Get-Mailbox {dash}Identity 'a'")[0][0]
        tap.same(node[2][0][3][0][:1] + node[2][0][3][0][2:3], ("parameter", "Identity"), f"U+{ord(dash):04X} begins a parameter")
    rows = (
        ("a comment ends with its line", "'a' # 'b' \u2028 'c'\r\n'd'", ["a", "d"]),
        ("a comment of several lines", "'a'<# 'b'\n#>\n'c'", ["a", "c"]),
        ("nothing within single quotes means anything", "'`$x{}#;@\"()|&'", ["`$x{}#;@\"()|&"]),
        ("a line may end within them", "'a\r\nb'", ["a\r\nb"]),
        ("a line goes on behind a backtick", "Write-Host `\n'a'", ["a"]),
        ("behind a pipe a line goes on", "'a' |\n\nOut-Null", ["a"]),
        ("a hash within a word begins no comment", "Write-Host 'a' ; Write-Host 'b'#c", ["a", "b"]),
    )
    for name, source, want in rows:
        tap.same(strings(source), want, name)
    for quote in DOUBLE:
        tap.same([t.text for t in parse(f'Write-Host {quote}a{quote}{quote}b{quote}')[1] if t.kind == "expandable"], [f"a{quote}b"],
                 f"U+{ord(quote):04X} quotes, and stands for itself when doubled")


REFUSED = (
    ("'a", 1, 1), ('"a', 1, 1), ("'a''", 1, 1), ("<# a", 1, 1), ("@'\na\n'@", 1, 1), ('@"\na\n"@', 1, 1), ("a\n  'b' 'c'", 2, 7),
    ("Get-Mailbox 'a'b", 1, 16), ("Get-Mailbox a'b", 1, 14), ("Get-Mailbox a$b", 1, 14), ("$x:y", 1, 3), ("$(1", 1, 4), ("if ($x) 'a'", 1, 9),
    ("Get-Mailbox > x", 1, 13), ("Get-Mailbox && x", 1, 13), ("switch ($x) { }", 1, 1), ("$x = 1kb", 1, 6), ("Write-Host 0x10", 1, 12),
    ("Write-Host \"`u{41}\"", 1, 13), ("& 'a'", 1, 3), (". 'a'", 1, 1), ("$$", 1, 2), ("$? ", 1, 2), ("[System.IO.File]::ReadAllText('a')", 1, 1),
    ("$x -bxor 1", 1, 4), ("'a' | 'b'", 1, 7), ("@{ 'a' 'b' }", 1, 8), ("try { }", 1, 8), ("}", 1, 1), ("Get-Mailbox )", 1, 13), ("a\x00b", 1, 2),
    ("'a\x07'", 1, 3), ("Get-Mailbox \u2190", 1, 13), ("$x = 'a' 'b'", 1, 10), ("Get-Mailbox -Identity'a'", 1, 22), ("${a b}", 1, 2), ("$x.'a'", 1, 3),
)


def refusing(tap):
    """With the place where it stands."""
    for source, line, column in REFUSED:
        try:
            parse(source)
            tap.ok(False, f"refused: {source!r}")
        except Wrong as e:
            tap.same((e.line, e.column), (line, column), f"refused: {source!r}: {e.say}")
    for name, data, good in (("with a mark", "\ufeff'ä'\r\n".encode(), True), ("without a mark, but plain", b"'a'", True),
                             ("without a mark", "'ä'".encode(), False), ("no UTF-8", b"\xef\xbb\xbf'\xff'", False)):
        try:
            decode(data)
            tap.ok(good, f"a file {name}")
        except Wrong:
            tap.ok(not good, f"a file {name} is refused")


def breaking(tap):
    """Scripts with a few characters changed are understood or refused: nothing else comes of them."""
    chance, counts = random.Random(3), {True: 0, False: 0}
    with Maker() as maker:
        texts = [decode(maker.make(kind, part, premise, ["a@example.test"])) for kind, premise in KINDS for part in ("run", "verify", "undo")]
    for _ in range(800):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        text = text[max(0, start - 300) : start + 300]
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice([*PIECES, "a", "1", ""]) + text[at + chance.choice((0, 0, 1, 2, 5)) :]
        try:
            parse(text)
            counts[True] += 1
        except Wrong:
            counts[False] += 1
    tap.ok(counts[True] and counts[False], f"of 800 broken texts {counts[False]} are refused, and nothing else happens")


MEANS = (
    ("$a = @('x'); $a.Count", "1"), ("$a = Write-Output 'x'; @($a).Count", "1"), ("@(Get-Content -Path 'none' -ErrorAction SilentlyContinue).Count", "0"),
    ("'{0}-{1,4}|{2,-3}|{3:N0}' -f 'a', 'b', 'c', 1234567", "a-   b|c  |1,234,567"), ("'{{{0}}}' -f 1", "{1}"), ("('a', 'b') -join '+'", "a+b"),
    ("'A' -eq 'a'", "True"), ("'A' -ceq 'a'", "False"), ("('a', 'b', 'A') -eq 'a'", "a|A"), ("@('x') -contains 'X'", "True"), ("'abc' -like 'A*'", "True"),
    ("$x = 1; $x++; $x += 2; $x", "4"), ("$h = @{ A = 1 }; $h['a']; $h.ContainsKey('A')", "1|True"), ("-not ''", "True"), ("1, 2, 3 | Where-Object { $_ -gt 1 }", "2|3"),
    ("foreach ($i in 1, 2, 3) { if ($i -eq 2) { continue }; $i }", "1|3"), ("try { throw 'a' } catch { 'b' + $_.Exception.Message } finally { 'c' }", "ba|c"),
    ("try { Get-Mailbox 'nobody' ; 'on' } catch { 'caught' }",
     "Get-Mailbox : The operation couldn't be performed because object 'nobody' couldn't be found on 'dc01.example.test'.|on"),
    ("$ErrorActionPreference = 'Stop'; try { Get-Mailbox 'nobody'; 'on' } catch { 'caught' }",
     "Get-Mailbox : The operation couldn't be performed because object 'nobody' couldn't be found on 'dc01.example.test'.|on"),
    ("try { Get-Mailbox 'nobody' -ErrorAction Stop } catch { $_.CategoryInfo.Reason }", "ManagementObjectNotFoundException"),
    ("function Two([string]$A, [switch]$B) { if ($B) { return $A }; 'no' }; Two 'x' -B; Two -A 'y'", "x|no"), ("$p = @{ Identity = 'anna' }; (Get-Mailbox @p).Name", "Anna Berg"),
    ("\"a $($null -eq $null) `$b \"\"c\"\"\"", 'a True $b "c"'), ("'a''b'.Replace('''', '-')", "a-b"), ("$x = if ($true) { 1 } else { 2 }; $x", "1"),
    ("@(1..3).Count", "3"), ("& { $y = 1 }; try { $y } catch { }", None), ("$n = $null; $n.Name", None), ("$n = 'a'; $n.Nothing()", None),
    ("(Get-Mailbox anna).Nonesuch", None), ("Get-Mailbox -Nonesuch 'a'", None), ("Get-Nonesuch", None), ("Get-Mailbox anna -Identity bert", None),
    ("Remove-Mailbox bert", None), ("Remove-MailboxFolderPermission -Identity 'anna:\\Calendar' -User svc", None), ("Read-Host 'a'", None), ("New-ServicePrincipal -AppId 'a' -ObjectId 'b'", None),
    ("Export-Csv -Path '../a.csv' -NoTypeInformation -InputObject 'a'", None), ("Set-Mailbox anna -HiddenFromAddressListsEnabled 'yes'", None),
    ("Get-Mailbox anna -WhatIf", None), ("while ($true) { $x = 1; break }; $x", "1"),
)


def meaning(tap):
    """What statements mean: as PowerShell has it, and nothing where it is not covered."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=WORLD))
        for source, want in MEANS:
            shell = Shell(sim.control, "hq", sim.dir)
            try:
                shell.play(source.encode())
                tap.same("|".join(shell.said), want, f"means: {source}")
            except Wrong as e:
                tap.ok(want is None, f"not covered: {source}: {e.say}", e)
        before = Admin(stack, sim).everything()
        old = Shell(sim.control, "old", sim.dir)
        for source in ("[pscustomobject]@{ A = 1 }", "1 -in 1, 2", "'a'.Count", "Get-Mailbox | Where-Object Name -EQ 'a'", "(Get-Mailbox).Name", "Set-OrganizationConfig -EwsAllowedAppIDs 'a'"):
            try:
                old.play(source.encode())
                tap.ok(False, f"not on Exchange 2010: {source}", old.said)
            except Wrong as e:
                tap.ok(True, f"not on Exchange 2010: {source}: {e.say}")
        tap.same(differs(before, Admin(stack, sim).everything()), [], "and nothing was changed")


def permissions(tap):
    """The errors that Exchange has for rights that are there already, or are not."""
    rows = (
        ("Add", "anna:\\Calendar", "svc@example.test", "An existing permission entry was found for user: Calendar Service."),
        ("Set", "bert:\\Kalender", "svc@example.test", "There is no existing permission entry found for user: Calendar Service."),
        ("Add", "bert:\\Calendar", "svc@example.test", "The operation couldn't be performed because 'bert:\\Calendar' couldn't be found."),
        ("Add", "bert:\\Kalender", "nobody@example.test", "is either not valid SMTP address"),
        ("Add", "bert:\\Kalender", "Default", "An existing permission entry was found for user: Default."),
        ("Add", "nobody:\\Calendar", "svc@example.test", "object 'nobody' couldn't be found"),
    )
    with Sim(lines=WORLD) as sim:
        for verb, place, who, said in rows:
            shell = Shell(sim.control, "hq", sim.dir)
            shell.play(f"try {{ {verb}-MailboxFolderPermission -Identity '{place}' -User '{who}' -AccessRights Editor -ErrorAction Stop }} catch {{ $_.Exception.Message }}".encode())
            tap.ok(said in "|".join(shell.said), f"{verb} {place} for {who}: {said}", shell.said)
        shell = Shell(sim.control, "hq", sim.dir)
        shell.play("Set-MailboxFolderPermission -Identity 'anna:\\Calendar' -User svc -AccessRights ReadItems,CreateItems,FolderVisible\n"
                   "(Get-MailboxFolderPermission -Identity 'anna:\\Calendar' -User svc).AccessRights -join '+'\n"
                   "Set-MailboxFolderPermission -Identity 'anna:\\Calendar' -User Default -AccessRights None\n"
                   "(Get-MailboxFolderPermission -Identity 'anna:\\Calendar' -User Default).AccessRights -join '+'".encode())
        tap.same(shell.said, ["ReadItems+CreateItems+FolderVisible", "None"], "single rights and levels come back as they were set")
        tap.same(Control(sim.control).tell("rights anna@example.test svc@example.test")["rights"], 0x403, "and hold on the server")


# names


PIECES = [
    *SINGLE, *DOUBLE, *DASH, "''", "'\u2019", "`", "``", "`'", "$", "$x", "$(Get-Mailbox)", "${a}", "$_", "{", "}", "{0}", ";", "#", "<#", "#>", "@", "@'", "'@", '@"', "&", "|", "||", "(", ")",
    ",", "%", "!", "^", "~", "=", "+", "/", "*", "?", "[", "]", "\\", "\u00a0", "\u0085", "\u2003", "\u3000", "\u200b", "\u200e", "\u200f", "\u202e", "\u2028", "\u2029", "\ufeff", "\r\n", "\n", "\t",
    "\x00", "\x07", "\x1b", "-eq", "-or", "' -or Name -eq '", "' -or '1'='1", "\u2019 -or \u2019", "\U0001f40e", "e\u0301", "\u0645\u0631\u062d\u0628\u0627", "\u05e9", "\u7530", "ß", "'; Remove-Mailbox anna; '",
    "\n'@\nRemove-Mailbox\n@'\n", "# end", "$true", "$null", "exit", "a b", " ", "..", "CN=a,DC=b", "0x10", "-Confirm:$false",
]
KINDS = (("share", "2013"), ("busy", "online"), ("default", "2010"), ("role", "2013"), ("role", "2007"), ("app", "online"), ("allow", "2013"), ("allow", "online"), ("pace", "2010"), ("mailbox", "2013"))


def hostile(chance):
    """Something between plain letters, as far as it can be one field of a line."""
    parts = [chance.choice([*PIECES, "a", "Zoe", "9"]) for _ in range(chance.randint(1, 5))]
    return "".join(parts).replace("\n", " ").replace("\x00", "")


def shape(found):
    """Tokens without what strings hold."""
    return [(t.kind, "" if t.kind == "string" else t.text) for t in found]


def names(tap):
    """Each script has the tokens it has with plain names, and each name comes back as one string; or there is no script."""
    chance, made, refused, wrong = random.Random(7), 0, 0, []
    with Maker() as maker:
        plain = {(k, part, p): tokens(maker.make(k, part, p, ["a@example.test", "b@example.test"], mailbox="m@example.test"))
                 for k, p in KINDS for part in ("run", "verify", "undo")}
        for n in range(4 * NAMES):
            if made == NAMES:
                break
            kind, premise = KINDS[n % len(KINDS)]
            part = ("run", "verify", "undo")[n // len(KINDS) % 3]
            org, people = hostile(chance), [hostile(chance) + "@example.test", "b@" + hostile(chance)]
            box = hostile(chance) + "@example.test" if n % 4 == 0 else "m@example.test"
            tag = "latchkey-" + hostile(chance) if n % 5 == 0 else "latchkey-1"
            try:
                found = tokens(maker.make(kind, part, premise, people, organisation=org, mailbox=box, tag=tag))
            except Refused:
                refused += 1
                continue
            except Wrong as e:
                wrong.append((kind, part, org, people, box, tag, str(e)))
                continue
            made += 1
            was = plain[kind, part, premise]
            held = [t.text for t in found if t.kind == "string"]
            named = any(t.text == "a@example.test" for t in was)
            if shape(found) != shape(was):
                wrong.append((kind, part, org, people, box, tag, "the tokens differ"))
            elif named and not set(people) <= set(held):
                wrong.append((kind, part, org, people, box, tag, "a name is not its string"))
            elif any(t.text == "m@example.test" for t in was) and box not in held:
                wrong.append((kind, part, org, people, box, tag, "the mailbox is not its string"))
            elif not all(Filter(t).tree in (("compare", "alias", "eq", tag), ("compare", "emailaddresses", "eq", "smtp:" + box)) for t in held if " -eq " in t and t not in people + [box, tag]
                         and t.startswith(("Alias -eq", "EmailAddresses -eq"))):
                wrong.append((kind, part, org, people, box, tag, "a filter says something else"))
    tap.same(wrong[:5], [], f"{made} scripts with hostile names are what they are with plain ones; {refused} names cannot be said, and make none")
    tap.same(made, NAMES, "and most names can be said")


def everywhere(tap):
    """Single quotes of all sorts in each place of a name, which is where a script could be left."""
    with Maker() as maker:
        was = shape(tokens(maker.make("share", "run", "2013", ["a@example.test"])))
        for quote in SINGLE:
            for name in (f"{quote}a", f"a{quote}", f"a{quote}b", quote * 2, quote * 3, f"{quote};exit;{quote}", f"\\{quote}", f"`{quote}", f"{quote}{SINGLE[0]}", f"{SINGLE[2]}{quote}"):
                try:
                    found = tokens(maker.make("share", "run", "2013", [f"{name}@example.test"], organisation=name))
                except Wrong as e:
                    found = []
                    tap.ok(False, f"the name {name!r} is not read: {e}")
                held = [t.text for t in found if t.kind == "string"]
                tap.ok(shape(found) == was and f"{name}@example.test" in held, f"the name {name!r} is one string", held[:12])


def played(tap):
    """Addresses that are names of hostile people, played."""
    people = ["o'brien@example.test", "''@example.test", "'$(exit)'@example.test", "a`b$c{}@example.test", "a#b&c%d@example.test", "a|b^c~d@example.test", "-dash-=@example.test"]
    lines = WORLD + "".join(f'mailbox "{p}" "Somebody"\n\tculture {c}\n' for p, c in zip(people, ("de-DE", "fr-FR", "ja-JP", "en-US", "es-ES", "ru-RU", "de-DE")))
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=lines))
        admin = Admin(stack, sim)
        before = admin.everything()
        done = admin.run("share", "run", people, organisation="'; Remove-Mailbox anna; '")
        tap.ok(done.status == 0 and not done.marked("FAILED"), "people with hostile names: played", done)
        tap.same(differs(before, admin.everything()), sorted(people), "they were changed, and nobody else")
        seen = admin.run("share", "verify", people)
        tap.same((sorted(seen.marked("OK")), seen.marked("NOT YET")), (sorted(people), []), "and each is told of by name")
        ran = admin.run("share", "undo", people)
        tap.same((ran.status, differs(before, admin.everything())), (0, []), "undone, they are as they were")
        tag = "latchkey-o'x"
        for part, want in (("run", {people[0]}), ("verify", {people[0]}), ("undo", set())):
            done = admin.run("role", part, people[:1], tag=tag)
            group = sim.tell(f"directory {tag}@example.test")["groups"]
            tap.same((done.status, set(group[0]["members"]) if group else set()), (0, want), f"a scope and a group with a quote in their names: {part}")
        tap.same(differs(before, admin.everything()), [], "and they are gone")


FILTERS = (
    ("Name -eq 'a'", True), ("name -EQ 'A'", True), ("Name -eq \"a\"", True), ("(Name -eq 'b') -or Name -like 'a*'", True), ("-not (Name -eq 'a')", False),
    ("Name -eq 'a' -and Name -ne 'b'", True), ("Name -eq 'a' -and Name -eq 'b' -or Name -eq 'a'", True), ("Name -eq 'it''s'", False), ("Name -notlike 'a*'", False),
    ("Name -eq a", None), ("Name -eq 'a", None), ("Name 'a'", None), ("Name -eq 'a' 'b'", None), ("", None), ("Name -eq 'a') -or (Name -eq 'b'", None), ("Name -eq \u2019a\u2019", None),
)


def filters(tap):
    """Filters are parsed by their own rules."""
    for said, want in FILTERS:
        try:
            got = Filter(said).test({"name": "a"}.get)
        except (Record, Trouble):
            got = None
        tap.same(got, want, f"filter: {said}")
    tap.same(Filter("Name -eq 'it''s'").tree, ("compare", "name", "eq", "it's"), "two quotes in a filter are one")


def premises(tap):
    """Every script of every premise is within the subset."""
    with Maker() as maker:
        for premise in PREMISES:
            for kind in ("share", "busy", "default", "role", "app", "allow", "pace", "mailbox"):
                for part in ("run", "verify", "undo"):
                    try:
                        found = tokens(maker.make(kind, part, premise, ["a@example.test"]))
                    except Refused:
                        continue
                    tap.ok(len(found) > 20, f"{kind} {part} on {premise}: {len(found)} tokens")


if __name__ == "__main__":
    run(Tap(), reading, refusing, breaking, meaning, permissions, names, everywhere, played, filters, premises)
