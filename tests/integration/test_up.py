"""scripts/up as a newcomer runs it: up with an Exchange beside it, again, stop, start anew."""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

from lab import SRC, Tap, free_port, run, until


def up(where, port, *args):
    return subprocess.run(
        [os.path.join(SRC, "scripts", "up"), "--dir", where, "--port", str(port), *args],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=400,
    )


def status(port, path="/health"):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as got:
            return got.status
    except urllib.error.HTTPError as e:
        return e.code
    except OSError:
        return 0


def owner(path):
    return pwd.getpwuid(os.stat(path).st_uid).pw_name


def running(where):
    """Users of the processes that live below where."""
    out = subprocess.run(["ps", "-eo", "user:20,args"], capture_output=True, text=True).stdout
    return [line.split()[0] for line in out.splitlines() if where in line and "scripts/up" not in line]


def ctl(where, *args):
    return subprocess.run(
        [f"{where}/usr/bin/latchkey", "-c", f"{where}/etc/latchkey/latchkey.conf", *args], capture_output=True, text=True, timeout=60
    )


def look(where, target):
    """What the engine sees there: the outcome, and the state of each step."""
    said = json.loads(ctl(where, "--json", "jobs", "look", target).stdout)
    return said["state"], {step["title"]: step["state"] for step in said["steps"]}, said["outcome"]


def ask(where, *words):
    """Ask the simulated Exchange; None when it does not answer."""
    done = subprocess.run(
        [f"{where}/usr/libexec/latchkey/latchkey-sim", "--ask", f"{where}/run/exchange/control", *words],
        capture_output=True, text=True, timeout=60,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def exchange_pid(where):
    with open(f"{where}/run/exchange.pid") as f:
        return int(f.read())


def exchange(tap, where, port):
    """The Exchange beside the portal: who runs it, what it plays, and that the engine may reach it and trusts it."""
    tap.same(owner(f"/proc/{exchange_pid(where)}"), "nobody", "the Exchange runs as nobody")
    there = ask(where, "mailboxes")["mailboxes"]
    tap.same(sum(m["kind"] == "user" for m in there), 240, "its control socket answers, and tells of 240 people")
    entries = json.loads(ctl(where, "--json", "egress", "list").stdout)
    names = [f"{name}.example.localhost {port}" for name in ("mail", "autodiscover", "outlook", "login")]
    tap.same([e["entry"] for e in entries], names, "the engine may reach its names, and nothing else here")
    target = f"mail.example.localhost:{port}"
    state, steps, outcome = look(where, target)
    tap.ok(state == "done" and "failed" not in steps.values(), "a look finds it", outcome)
    tap.same(steps.get("Certificate is trusted"), "ok", "its certificate is trusted")
    tap.same(look(where, f"outlook.example.localhost:{port}")[0], "done", "a look finds what lives online")
    tap.same(look(where, f"127.0.0.1:{port}")[1].get("Address is allowed"), "failed", "by its name only")


def outage(tap, where, port, web):
    """The Exchange ends by itself: that is told, and mended by another run, which trusts the new certificate."""
    os.kill(exchange_pid(where), signal.SIGKILL)
    shown = until(lambda: (s := up(where, web, "--status")).returncode and s)
    tap.ok(shown and "exchange does not run" in shown.stdout and "engine runs" in shown.stdout, "--status tells what does not run", shown)
    again = up(where, web)
    tap.ok(again.returncode == 0 and ask(where, "clock"), "a run starts it", again.stdout + again.stderr)
    state, _, outcome = look(where, f"mail.example.localhost:{port}")
    tap.same(state, "done", f"and a look finds it again ({outcome})")


def two_ports():
    one, other = free_port(), free_port()
    return (one, other) if one != other else two_ports()


def newcomer(tap):
    if os.getuid() != 0:
        tap.skip("scripts/up", "needs root")
        return
    where = tempfile.mkdtemp(prefix="latchkey-up.", dir="/var/tmp")
    port, secure = two_ports()
    try:
        same = up(where, port, "--exchange", str(port))
        tap.ok(same.returncode == 1 and str(port) in same.stderr, "one port for both is refused", same.stderr)
        done = up(where, port, "--exchange", str(secure))
        tap.ok(done.returncode == 0, "the first run", done.stdout[-3000:] + done.stderr[-3000:])
        tap.ok(f"http://127.0.0.1:{port}" in done.stdout, "prints the address")
        link = re.search(rf"http://127\.0\.0\.1:{port}(/link/[0-9a-f]{{64}})", done.stdout)
        tap.ok(link, "and a one-time link", done.stdout)
        tap.ok(f"https://mail.example.localhost:{secure} " in done.stdout, "and where Exchange is", done.stdout)
        tap.same(status(port), 200, "the portal is healthy")
        tap.same(status(port, link.group(1)), 200, "the link opens")
        tap.same(status(port, "/static/portal.css"), 200, "static files are served")
        tap.same(owner(f"{where}/etc/latchkey/keyring"), "latchkey", "the key is the engine's")
        tap.same(oct(os.stat(f"{where}/etc/latchkey/keyring").st_mode & 0o777), "0o400", "and its alone")
        users = set(running(where))
        tap.ok({"latchkey", "latchkey-web"} <= users, "engine and portal run as their own users", users)
        doctor = ctl(where, "doctor")
        tap.ok(doctor.returncode == 0, "the doctor finds nothing wrong", doctor.stdout + doctor.stderr)

        exchange(tap, where, secure)
        shown = up(where, port, "--status")
        tap.ok(shown.returncode == 0 and shown.stdout.count(" runs (process ") == 4, "--status shows four that run", shown.stdout)
        outage(tap, where, secure, port)

        again = up(where, port)
        tap.ok(again.returncode == 0 and "Building" not in again.stdout, "a second run builds nothing", again.stdout + again.stderr)
        tap.ok("/link/" in again.stdout, "and makes a new link, as nobody used the first")
        stopped = up(where, port, "--stop")
        tap.ok(stopped.returncode == 0 and not running(where), "--stop stops everything", running(where))
        tap.ok(status(port) == 0 and ask(where, "clock") is None, "nothing answers")
        shown = up(where, port, "--status")
        tap.ok(shown.returncode == 1 and shown.stdout.count(" does not run\n") == 4, "--status shows four that do not run", shown.stdout)
        tap.ok(os.path.exists(f"{where}/var/lib/latchkey/latchkey.db"), "the data stays")
        fresh = up(where, port, "--reset")
        tap.ok(fresh.returncode == 0 and status(port) == 200, "--reset starts anew", fresh.stdout + fresh.stderr)
        tap.same(look(where, f"mail.example.localhost:{secure}")[0], "done", "with its Exchange, on the same port")
    finally:
        up(where, port, "--stop")
        tap.ok(not running(where), "nothing is left running", running(where))
        shutil.rmtree(where, ignore_errors=True)


if __name__ == "__main__":
    run(Tap(), newcomer)
