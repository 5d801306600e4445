"""scripts/up as a newcomer runs it: up, again, stop, start anew."""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

from lab import SRC, Tap, free_port, run


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
    import pwd

    return pwd.getpwuid(os.stat(path).st_uid).pw_name


def running(where):
    """Users of the processes that live below where."""
    out = subprocess.run(["ps", "-eo", "user:20,args"], capture_output=True, text=True).stdout
    return [line.split()[0] for line in out.splitlines() if where in line and "scripts/up" not in line]


def newcomer(tap):
    if os.getuid() != 0:
        tap.skip("scripts/up", "needs root")
        return
    where = tempfile.mkdtemp(prefix="latchkey-up.", dir="/var/tmp")
    port = free_port()
    try:
        done = up(where, port)
        tap.ok(done.returncode == 0, "the first run", done.stdout[-3000:] + done.stderr[-3000:])
        tap.ok(f"http://127.0.0.1:{port}" in done.stdout, "prints the address")
        link = re.search(rf"http://127\.0\.0\.1:{port}(/link/[0-9a-f]{{64}})", done.stdout)
        tap.ok(link, "and a one-time link", done.stdout)
        tap.same(status(port), 200, "the portal is healthy")
        tap.same(status(port, link.group(1)), 200, "the link opens")
        tap.same(status(port, "/static/portal.css"), 200, "static files are served")
        tap.same(owner(f"{where}/etc/latchkey/keyring"), "latchkey", "the key is the engine's")
        tap.same(oct(os.stat(f"{where}/etc/latchkey/keyring").st_mode & 0o777), "0o400", "and its alone")
        users = set(running(where))
        tap.ok({"latchkey", "latchkey-web"} <= users, "engine and portal run as their own users", users)
        doctor = subprocess.run([f"{where}/usr/bin/latchkey", "-c", f"{where}/etc/latchkey/latchkey.conf", "doctor"], capture_output=True, text=True)
        tap.ok(doctor.returncode == 0, "the doctor finds nothing wrong", doctor.stdout + doctor.stderr)

        again = up(where, port)
        tap.ok(again.returncode == 0 and "Building" not in again.stdout, "a second run builds nothing", again.stdout + again.stderr)
        tap.ok("/link/" in again.stdout, "and makes a new link, as nobody used the first")
        stopped = up(where, port, "--stop")
        tap.ok(stopped.returncode == 0 and not running(where), "--stop stops everything", running(where))
        tap.same(status(port), 0, "nothing answers")
        tap.ok(os.path.exists(f"{where}/var/lib/latchkey/latchkey.db"), "the data stays")
        fresh = up(where, port, "--reset")
        tap.ok(fresh.returncode == 0 and status(port) == 200, "--reset starts anew", fresh.stdout + fresh.stderr)
    finally:
        up(where, port, "--stop")
        tap.ok(not running(where), "nothing is left running", running(where))
        shutil.rmtree(where, ignore_errors=True)


if __name__ == "__main__":
    run(Tap(), newcomer)
