"""Each failure that doc/SIMULATOR.md tells people to try by hand is understood by the demo."""

import os
import re

from lab import SRC, Tap, run
from simlab import Refused, Sim

HEADS = ("fault", "premise", "domain", "mailbox", "group", "no-fault")
# Where the page leaves the person out.
PERSON = "mailbox anna.berg@example.com"


def rows(text):
    """(what to see, [[statement, ...], ...]) of each row under "Each failure by hand"; `·` parts alternatives."""
    part = text[text.index("## Each failure by hand") : text.index("## Use it in a test")]
    below = None
    for line in part.splitlines():
        if line.startswith("| to see"):
            below = PERSON if "mailbox ADDRESS" in line else None
        elif line.startswith("| ") and "---" not in line:
            what, say = [cell.strip() for cell in line.strip("|").split(" | ", 1)]
            head, ways = below, []
            for way in say.split("·"):
                pieces = [p.replace("ADDRESS", PERSON.split()[1]) for p in re.findall(r"`([^`]+)`", way.split("sim --ask")[0])]
                ways.append(lines(pieces, head))
                heads = [p for p in pieces if p.split()[0] in HEADS]
                head = heads[-1] if heads else head
            yield what, ways


def lines(pieces, head):
    """Statements as they are said: with their thing in front, a fault with its word."""
    first = pieces[0].split()[0]
    if first in HEADS:
        return pieces
    if head and head.startswith("fault"):
        return [" ".join(["fault", "f", pieces[0]])]
    return [head, *pieces]


def by_hand(tap):
    with open(os.path.join(SRC, "doc", "SIMULATOR.md"), encoding="utf-8") as f:
        text = f.read()
    with Sim("demo") as sim:
        said = 0
        for what, ways in rows(text):
            for way in ways:
                try:
                    sim.do(*way)
                    said += 1
                except Refused as e:
                    tap.ok(False, f"{what}: {way}", e)
                sim.do("no-fault all")
        tap.ok(said > 50, "every line of the page is understood", said)
        for kind in re.findall(r"`([a-z-]+)`", text[text.index("### The certificate") : text.index("### It is not")]):
            sim.do(f"fault t tls {kind}")
        tap.ok(True, "every certificate too")


if __name__ == "__main__":
    run(Tap(), by_hand)
