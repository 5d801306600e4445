"""Runs javascript.mjs, whose Exchange client others wrote, and looks at what it left in the mailboxes."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
import net  # noqa: E402
from lab import Tap, run, until  # noqa: E402
from simlab import Sim  # noqa: E402
from test_exchangelib import CANCELLATION, NAMES, PORTS, REQUEST  # noqa: E402

NODE = os.environ.get("LATCHKEY_NODE", HERE)


def javascript(tap):
    if not net.possible():
        tap.skip("ews-javascript-api", "needs root for a network of its own")
        return
    net.enter(NAMES)
    with Sim(os.path.join(HERE, "office.sim"), args=PORTS) as sim:
        done = subprocess.run(
            ["node", os.path.join(HERE, "javascript.mjs")], capture_output=True, text=True, timeout=200,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": sim.ca, "LATCHKEY_NODE": NODE},
        )
        for good, name in re.findall(r"^(ok|not ok) \d+ - (.*)$", done.stdout, re.M):
            tap.ok(good == "ok", name)
        tap.ok(re.search(r"^1\.\.\d+$", done.stdout, re.M), "the library's tests ran to their end")
        if done.returncode:
            print("# " + "\n# ".join((done.stdout + done.stderr).splitlines()))
        until(lambda: len(sim.messages("bert@office.test")) == 2)
        mail = [(m["class"], m["from"], m["sender"]) for m in sim.messages("bert@office.test")]
        tap.same(
            mail, [(kind, "anna@office.test", "svc@office.test") for kind in (REQUEST, CANCELLATION)],
            "invitation and cancellation went out on the owner's behalf",
        )


if __name__ == "__main__":
    run(Tap(), javascript)
