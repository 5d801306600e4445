"""Shared by the architecture tests: the tree as text, TAP, and proof that a test can fail.

A test is a function `rule(tree) -> list of findings`; it must find nothing in the real tree and must
find something in each of its mutations (a file added or changed in a copy held in memory).
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.abspath(os.environ.get("LATCHKEY_SRC", os.path.join(HERE, "..", "..")))


class Tree:
    """Path (from the top) to text, for the files that matter."""

    def __init__(self, files=None):
        self.files = files if files is not None else self._read()

    @staticmethod
    def _read():
        files = {}
        for top in ("cgi", "src", "templates", "tests", "static", "doc"):
            for where, _, names in os.walk(os.path.join(SRC, top)):
                if "node_modules" in where:
                    continue
                for name in names:
                    if name.endswith((".c", ".h", ".cc", ".tpl", ".js", ".css", ".5", ".1", ".8")):
                        path = os.path.join(where, name)
                        with open(path, encoding="utf-8") as f:
                            files[os.path.relpath(path, SRC)] = f.read()
        return files

    def match(self, pattern):
        return {p: t for p, t in sorted(self.files.items()) if re.fullmatch(pattern, p)}

    def with_file(self, path, text):
        return Tree({**self.files, path: text})


def strip_c(text, strings=True):
    """C without comments (and without the inside of strings), lines kept."""

    def blank(match):
        got = match.group(0)
        if got.startswith(("/*", "//")):
            return re.sub(r"[^\n]", " ", got)
        return '""' if strings else got

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def check(*rules):
    """rules: (name, function, [(mutation name, mutated tree)...])."""
    tree = Tree()
    n = bad = 0
    for name, rule, mutations in rules:
        found = rule(tree)
        n += 1
        bad += bool(found)
        print(f"{'not ok' if found else 'ok'} {n} - {name}")
        for line in found[:30]:
            print("# " + line)
        for what, mutated in mutations(tree):
            n += 1
            seen = rule(mutated)
            bad += not seen
            print(f"{'ok' if seen else 'not ok'} {n} - {name}: notices {what}")
    print(f"1..{n}")
    sys.exit(1 if bad else 0)
