"""Figures of the Exchange core: against a bare libcurl loop, against the clients of others, and against itself."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import figures  # noqa: E402
from corelab import Core  # noqa: E402
from figures import cpu, figure  # noqa: E402
from lab import RELEASE  # noqa: E402
from simlab import EWS, Sim, basic  # noqa: E402

ROUNDS = int(os.environ.get("LATCHKEY_ROUNDS", "5"))
CALLS = int(os.environ.get("LATCHKEY_CALLS", "4000"))
NODE = os.environ.get("LATCHKEY_NODE", "")
FLYING = 8  # to one host
WAITING = 10000
DELAY_MS = 20
MEMBERS = 100000
MAILBOX, LOGIN, PASSWORD = "svc@example.test", "EXAMPLE\\svc", "brass lantern"
# The host is called localhost because everybody here has to find it.
WORLD = f"""
clock now
premise hq onprem 2016 host localhost
	schemes ntlm basic
	forest EXAMPLE
domain example.test premise hq
mailbox {MAILBOX} "Connector" premise hq
	kind dedicated
	login svc
	password "{PASSWORD}"
generate {MEMBERS} domain example.test zone Europe/Berlin grant {MAILBOX} Editor
"""


class Place:
    """The simulator, the people in it, and the programs that ask it."""

    def __init__(self, sim, core):
        self.sim, self.core = sim, core
        self.face = sim.face("ews")
        self.people = [m["address"] for m in sim.tell("mailboxes *")["mailboxes"] if m["address"] != MAILBOX]

    def used(self, *command, **env):
        """What a program that prints its own figures has used: seconds of processor time for each request, and the rest."""
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **env})
        if done.returncode:
            raise SystemExit(f"{command[0]} {command[1]}: {done.stderr}")
        told = json.loads(done.stdout)
        return {**told, "each": told["cpu"] / told["requests"]}

    def program(self, mode, *words):
        return self.used(os.path.join(RELEASE, "tests", "bench", "core"), mode, *map(str, words))

    def ask(self, mode, count, people=1, flying=FLYING):
        where = ("localhost", self.face["port"], self.sim.ca)
        return self.program(mode, *where, MAILBOX, LOGIN, PASSWORD, count, flying, *self.people[:people])

    def exchangelib(self, count):
        script = os.path.join(HERE, "core_exchangelib.py")
        words = (self.face["url"], MAILBOX, LOGIN, PASSWORD, str(count), self.people[0])
        return self.used("/usr/bin/python3", script, *words, REQUESTS_CA_BUNDLE=self.sim.ca)

    def javascript(self, count):
        script = os.path.join(HERE, "core_javascript.mjs")
        words = (self.face["url"], LOGIN, PASSWORD, str(count), self.people[0])
        return self.used("node", script, *words, NODE_EXTRA_CA_CERTS=self.sim.ca)


def compare(name, op, limit, one, other):
    """What one costs in terms of the other. They run in turns, and the least disturbed run of each counts."""
    got = []
    for _ in range(ROUNDS):
        got.append((one()["each"], other()["each"]))
        print(f"# {name}: {got[-1][0] * 1e6:.1f} us, {got[-1][1] * 1e6:.1f} us", flush=True)
    figure(name, min(a for a, _ in got) / min(b for _, b in got), "x", op, limit)


def calls(place):
    def ours():
        return place.ask("ours", CALLS)

    compare("core-call-of-bare", "<=", 1.3, ours, lambda: place.ask("bare", CALLS))
    compare("core-queueing", "<=", 1.1, lambda: place.ask("queue", WAITING), lambda: place.ask("ours", WAITING))
    compare("core-vs-exchangelib", ">=", 30, lambda: place.exchangelib(300), ours)
    if NODE:
        compare("core-vs-javascript", ">=", 30, lambda: place.javascript(300), ours)
    else:
        print("# core-vs-javascript: LATCHKEY_NODE does not say where ews-javascript-api is", flush=True)


def batches(place):
    """What a person costs, asked about alone and together with others."""

    def alone():
        return place.ask("ours", CALLS)

    def share(mode, people):
        got = place.ask(mode, CALLS // people, people)
        return {"each": got["each"] / people}

    compare("core-gain-of-10", ">=", 2, alone, lambda: share("ours", 10))
    compare("core-gain-of-availability", ">=", 2, alone, lambda: share("busy", 100))


def parsing(place):
    """A hundred people's week as the simulator answers our own question for it."""
    program = os.path.join(RELEASE, "tests", "bench", "core")
    question = subprocess.run([program, "question", *place.people[:100]], capture_output=True, text=True, check=True).stdout
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": basic(LOGIN, PASSWORD)}
    answer = place.sim.request("POST", EWS, question, headers)
    path = os.path.join(place.core.dir, "answer.xml")
    with open(path, "wb") as f:
        f.write(answer.body)
    figure("core-answer-of-100", len(answer.body) / 1000, "kB", ">=", 150)
    compare("core-parse-of-tree", "<=", 1.3, lambda: place.program("parse", path, 100), lambda: place.program("tree", path, 100))


def look(pid):
    """Peak memory in MiB of a process that runs, or None."""
    try:
        with open(f"/proc/{pid}/status") as f:
            lines = dict(line.split(":", 1) for line in f)
        return int(lines["VmHWM"].split()[0]) / 1024, cpu([pid])
    except (FileNotFoundError, ProcessLookupError, KeyError, IndexError):
        return None


def check(place, count):
    """`latchkey ews calendars` over so many people: peak memory in MiB, and the shares of a core that it and the simulator took."""
    path = os.path.join(place.core.dir, "people")
    with open(path, "w") as f:
        f.writelines(address + "\n" for address in place.people[:count])
    words = ["ews", "calendars", *place.core.options({
        "file": path, "server": f"localhost:{place.face['port']}", "mailbox": MAILBOX, "login": LOGIN, "password": PASSWORD,
    })]
    out = os.path.join(place.core.dir, "out")
    sim, began, last = place.sim.proc.pid, time.perf_counter(), None
    before = cpu([sim])
    with open(out, "w") as f:
        process = subprocess.Popen([os.path.join(RELEASE, "latchkey"), "-c", place.core.conf, *words], stdout=f, stderr=f)
        while process.poll() is None:
            last = look(process.pid) or last
            time.sleep(0.01)
    wall = time.perf_counter() - began
    with open(out) as f:
        said = f.read()
    rows = said.count(" connected ")
    if rows != count:
        raise SystemExit(f"latchkey ews calendars: {rows} of {count} connected\n{said[-2000:]}")
    theirs = (cpu([sim]) - before) / wall
    print(f"# {count} people in {wall:.1f} s: {last[1] / wall:.0%} of a core, the simulator {theirs:.0%}", flush=True)
    return last[0], last[1] / wall


def crowds(place):
    """As fast as both can; then with all places in the air taken, because each answer takes as long as a quick Exchange's."""
    small, large = check(place, MEMBERS // 10)[0], check(place, MEMBERS)[0]
    figure("core-memory-of-100000", large, "MiB", "<=", 40)
    figure("core-memory-growth", large / small, "x", "<=", 1.1)
    place.sim.do(f"fault slow delay {DELAY_MS} face ews")
    figure("core-share-of-a-core", 100 * check(place, MEMBERS // 5)[1], "%", "<=", 70)


@contextlib.contextmanager
def one_processor(sim):
    """For costs: two that run at once share a core's caches, and a server that interrupts its client
    at each word is not what is measured. So both take turns, and the simulator never cuts in."""
    all_of_them = os.sched_getaffinity(0)
    one = {max(all_of_them)}
    os.sched_setscheduler(sim.proc.pid, os.SCHED_BATCH, os.sched_param(0))
    for pid in (0, sim.proc.pid):
        os.sched_setaffinity(pid, one)
    try:
        yield
    finally:
        os.sched_setscheduler(sim.proc.pid, os.SCHED_OTHER, os.sched_param(0))
        for pid in (0, sim.proc.pid):
            os.sched_setaffinity(pid, all_of_them)


def main():
    with Sim(lines=WORLD, build=RELEASE) as sim, Core(sim, build=RELEASE) as core:
        place = Place(sim, core)
        with one_processor(sim):
            for part in (calls, batches, parsing):
                part(place)
        crowds(place)
    return 1 if figures.short else 0


if __name__ == "__main__":
    sys.exit(main())
