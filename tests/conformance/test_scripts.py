"""Scripts for the Exchange admin, made with 500 sets of hostile names, are read by a PowerShell grammar that others
wrote (scripts.mjs): they parse, do what they do with harmless names, and say every name exactly."""

import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
from lab import BUILD, Tap, run  # noqa: E402

NODE = os.environ.get("LATCHKEY_NODE", HERE)
PROGRAM = os.path.join(BUILD, "tests", "unit", "test_script")
SEED = 20261122
SETS = 500
QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE = "\"\u201c\u201d\u201e"
# What means something to PowerShell, to a filter, to CSV or to a reader.
PIECES = (
    *QUOTES, *DOUBLE, "''", "'\u2019", "`", "``", "$", "$(", "${", "@(", "@{", "@'", "'@", "#", "<#", "#>", "|", ";", "&", "&&",
    "{", "}", "(", ")", "[", "]", ",", "\\", "/", "*", "?", "%", "--%", "{0}", "{{0}}", "%s", "`n", "`r`n", "$null", "$_",
    "-eq", " -or ", "' -or Alias -like '*", "'); Remove-Mailbox -Identity 'x", "\u2019; Remove-Mailbox x #", "=1+1", "+", "-",
    "\u00e9", "\u00df", "\u4e2d", "\U0001f600", "\u0130", "\u00a0", "\u3000", "\ufffd", "Office", "a", "7", " ", ".",
)
ATOMS = "abz09!#$%&'*+/=?^_`{|}~-"
# In comments alone: these would end a line, or show it other than it is.
HIDDEN = ("\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\u0085", "\r", "\x0b", "\x0c", "\x1b", "\x7f")


def text(rng, pieces, most=8):
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, most))).replace("\t", "")


def address(rng, stars=True):
    letters = ATOMS if stars else re.sub(r"[*?]", "", ATOMS)
    local = "".join(rng.choice(letters) for _ in range(rng.randint(1, 20)))
    if rng.random() < 0.4:
        local = rng.choice(("o'neil", "''", "$(calc)", "#", "`$x", "{0}", "a'b'c", "$_")).replace("(", "{").replace(")", "}") + local
    if rng.random() < 0.3:
        local += "." + rng.choice(letters)
    return f"{local[:60]}@{rng.choice(('office', 'a-b', 'x1'))}.test"


def names():
    rng = random.Random(SEED)
    rows = [["Office", "qqsvcqq@office.test", "qqtagqq", "qq1@office.test", "qq2@office.test"]]
    for _ in range(SETS):
        # The quotes that a filter does not take are refused there, so not every tag has them.
        tag = [p for p in PIECES if rng.random() < 0.3 or not set(p) & set(QUOTES[1:])]
        people = list(dict.fromkeys(address(rng) for _ in range(rng.randint(1, 6))))
        rows.append([text(rng, PIECES + HIDDEN), address(rng, stars=False), text(rng, tag), *people])
    return rows


def scripts(tap):
    with tempfile.TemporaryDirectory() as where:
        table = os.path.join(where, "names.tsv")
        out = os.path.join(where, "scripts")
        os.mkdir(out)
        with open(table, "w", encoding="utf-8", newline="\n") as f:
            f.writelines("\t".join(row) + "\n" for row in names())
        subprocess.run([PROGRAM, "--scripts", table, out], check=True, timeout=120)
        done = subprocess.run(
            ["node", os.path.join(HERE, "scripts.mjs"), out, table], capture_output=True, text=True, timeout=250,
            env={**os.environ, "LATCHKEY_NODE": NODE},
        )
        for good, name in re.findall(r"^(ok|not ok) \d+ - (.*)$", done.stdout, re.M):
            tap.ok(good == "ok", name)
        tap.ok(re.search(r"^1\.\.\d+$", done.stdout, re.M), "all of them were read")
        if done.returncode:
            print("# " + "\n# ".join((done.stdout + done.stderr).splitlines()))


if __name__ == "__main__":
    run(Tap(), scripts)
