"""Each of Exchange's commands in each script fails once: played again, the script ends as if nothing had failed, and what undoes
still brings back exactly what was. Nothing is forgotten because it could not be read.
"""

import contextlib

from lab import Tap, run
from scriptlab import APP, Admin, Maker, Refused, differs
from simlab import Sim
from test_scripts import BROKEN, GENERATIONS, SMALL

from values import Record  # of tests/sim/shell, which scriptlab put on the path

NEW = "new@example.test"
MOST = 100


class Turn:
    """One script of one kind, on one world that is as it was between any two plays."""

    def __init__(self, sim, kind, premise):
        self.sim, self.kind, self.premise = sim, kind, premise
        self.people = [f"{n}@example.test" for n in "bc"]
        self.box = {"mailbox": NEW} if kind == "mailbox" else {}
        apps = [a["object"] for a in sim.tell("organisation")["apps"]]
        self.answers = {"app": apps, "mailbox": ["EX01", "A-Long-1"][premise != "2007":], "allow": ["yes"]}.get(kind, [])

    def play(self, admin, part, fails=0):
        """(the command that failed or None, status, said); fails: which command of Exchange, counted from 1."""
        shell = admin.new_shell([NEW] if part == "undo" else self.answers)
        count, hit = [0], [None]

        def ahead(name):
            count[0] += 1
            if count[0] == fails:
                hit[0] = name
                raise Record("The server is busy.", "ServerBusyException")

        shell.machine.ahead = ahead
        status = shell.play(admin.maker.make(self.kind, part, self.premise, self.people, **self.box))
        return hit[0], status, shell.said


def run_fails(turn, admin, fails):
    """What is wrong after the script that changes failed there and was played again; None = it has no such command."""
    before = admin.everything()
    hit, _, _ = turn.play(admin, "run", fails)
    _, status, said = turn.play(admin, "run")
    seen = turn.play(admin, "verify")
    wrong = [line for line in seen[2] if line.startswith("NOT YET")] or ([] if status == 0 else said[-1:])
    turn.play(admin, "undo")
    return wrong + [f"undone, {d} is not as it was" for d in differs(before, admin.everything())] if hit else None


def undo_fails(turn, admin, fails):
    before = admin.everything()
    turn.play(admin, "run")
    hit, _, _ = turn.play(admin, "undo", fails)
    turn.play(admin, "undo")
    return [f"undone, {d} is not as it was" for d in differs(before, admin.everything())] if hit else None


def failing(tap, kind, premise, world):
    for part, attempt in (("run", run_fails), ("undo", undo_fails)):
        with Sim(lines=world) as sim:
            turn, bad, tried = Turn(sim, kind, premise), [], 0
            while tried < MOST and not bad:
                with contextlib.ExitStack() as stack:
                    wrong = attempt(turn, Admin(stack, sim), tried + 1)
                if wrong is None:
                    break
                tried += 1
                bad += [f"{part}, command {tried}: {w}" for w in wrong]
            tap.ok(0 < tried < MOST and not bad, f"{kind} on {premise}: {part}: each of {tried} commands fails once", "\n".join(bad))


def faults(tap):
    for premise, product in GENERATIONS.items():
        world = SMALL.format(product) + (f'app {APP} "Latchkey" tenant hq\n' if premise == "online" else "")
        for kind in (*BROKEN, "mailbox"):
            with Maker() as maker, contextlib.suppress(Refused):
                maker.make(kind, "run", premise, ["a@example.test"])
                failing(tap, kind, premise, world)


def told(tap):
    """On Exchange 2007 nothing stops at an error: what was not given is not told as given."""
    with contextlib.ExitStack() as stack:
        sim = stack.enter_context(Sim(lines=SMALL.format(GENERATIONS["2007"])))
        turn, admin, found = Turn(sim, "role", "2007"), Admin(stack, sim), []
        for fails in range(1, MOST):
            hit, _, said = turn.play(admin, "run", fails)
            if hit is None:
                break
            if hit == "Add-ADPermission":
                found.append(len([line for line in said if line.startswith("FAILED ")]))
            turn.play(admin, "undo")
        tap.same(found, [1, 1, 1], "a right that is not there is told, on the server and on each of two people")


if __name__ == "__main__":
    run(Tap(), faults, told)
