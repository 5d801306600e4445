"""Figures of the web tier, as ratios against tests/bench/minimal.c inside one run."""

import os
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import figures  # noqa: E402
from figures import cpu, figure, pss, wrk  # noqa: E402
from lab import RELEASE, SRC, Browser, Lab, fcgi_params, fcgi_request, fcgi_talk, until  # noqa: E402

ROUNDS = int(os.environ.get("LATCHKEY_ROUNDS", "5"))
SECONDS = int(os.environ.get("LATCHKEY_SECONDS", "4"))


def overview(port, cookies, seconds=SECONDS):
    return wrk(f"http://127.0.0.1:{port}/overview", "-H", f"Cookie: {cookies}", seconds=seconds)


class Minimal:
    """The minimal program behind an nginx of its own."""

    def __init__(self, lab):
        self.front = Lab(build=RELEASE)
        self.front.socket = os.path.join(self.front.dir, "run", "minimal.sock")
        self.args = [
            os.path.join(RELEASE, "tests", "bench", "minimal"), self.front.socket,
            os.path.join(SRC, "templates"), lab.db, str(lab.settings["workers"]),
        ]

    def start(self):
        self.front.spawn("minimal", self.args)
        until(lambda: os.path.exists(self.front.socket))

    def workers(self):
        return self.front.children("minimal")


def tree(lab):
    return [lab.procs["portal"].pid, *lab.children(), lab.procs["engine"].pid]


def request_cost(lab, minimal, cookies):
    costs, rates = [], []
    for _ in range(ROUNDS):
        pair = []
        for port, workers in ((lab.port, lab.children), (minimal.front.port, minimal.workers)):
            before = cpu(workers())
            done, rate = overview(port, cookies)
            pair.append(((cpu(workers()) - before) / done, rate))
        costs.append(pair[0][0] / pair[1][0])
        rates.append(100 * pair[0][1] / pair[1][1])
        print(f"# portal {pair[0][0] * 1e6:.0f} us {pair[0][1]:.0f}/s, minimal {pair[1][0] * 1e6:.0f} us {pair[1][1]:.0f}/s", flush=True)
    figure("worker-cpu-per-overview", statistics.median(costs), "x", "<=", 2)
    figure("requests-through-nginx", statistics.median(rates), "%", ">=", 50)


def many(lab, cookies, count):
    """At least count requests."""
    left = count
    while left > 0:
        left -= overview(lab.port, cookies, seconds=3)[0]


def memory(lab, browser, cookies):
    many(lab, cookies, 10000)
    at_ten = pss(tree(lab))
    figure("memory-after-10000", at_ten, "MiB", "<=", 40)
    many(lab, cookies, 90000)
    at_hundred = pss(tree(lab))
    figure("memory-growth-to-100000", at_hundred - at_ten, "MiB", "<=", 0.5)
    peak = [0.0]
    jobs = [subprocess.Popen([sys.executable, __file__, "signin", str(lab.port)]) for _ in range(4)]
    while any(j.poll() is None for j in jobs):
        peak[0] = max(peak[0], pss(tree(lab)))
        time.sleep(0.002)
    figure("signin-peak-above", peak[0] - at_hundred, "MiB", "<=", 2 * 19)


def signins(port):
    """Wrong sign-ins, as fast as they come: each costs one Argon2id run or a place in the queue."""

    class Place:
        url = f"http://127.0.0.1:{port}"

    Place.port = port
    for i in range(8):
        browser = Browser(Place)
        browser.get("/signin")
        browser.post("/signin", {"email": f"nobody{i}-{os.getpid()}@example.com", "password": "wrong wrong wrong"})


def start_time(spawn, stop, sock, path):
    if os.path.exists(sock):
        os.unlink(sock)
    begin = time.perf_counter()
    spawn()
    while True:
        try:
            if fcgi_talk(sock, fcgi_request(fcgi_params(path))):
                break
        except OSError:
            time.sleep(0.0005)
    took = time.perf_counter() - begin
    stop()
    return took


def start(lab, minimal):
    lab.stop("portal")
    minimal.front.stop("minimal", signal.SIGKILL)
    ratios = []
    for _ in range(2 * ROUNDS):
        portal = start_time(
            lambda: lab.spawn("portal", [lab.program("latchkey.fcgi"), "-c", lab.conf]),
            lambda: lab.stop("portal"), lab.socket, "/signin",
        )
        least = start_time(
            lambda: minimal.front.spawn("minimal", minimal.args),
            lambda: minimal.front.stop("minimal", signal.SIGKILL), minimal.front.socket, "/overview",
        )
        ratios.append(portal / least)
    figure("start-to-first-answer", statistics.median(ratios), "x", "<=", 5)


def main():
    with Lab(build=RELEASE, workers=4) as lab:
        browser = lab.up()
        for _ in range(6):
            browser.confirm()
        cookies = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        minimal = Minimal(lab)
        try:
            minimal.start()
            minimal.front.start_nginx()
            until(lambda: Browser(minimal.front).send("GET", "/").status == 200)
            request_cost(lab, minimal, cookies)
            minimal.front.stop("minimal", signal.SIGKILL)
            memory(lab, browser, cookies)
            start(lab, minimal)
        finally:
            minimal.front.__exit__()
    return 1 if figures.short else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["signin"]:
        signins(int(sys.argv[2]))
        sys.exit(0)
    sys.exit(main())
