"""The engine: its jobs survive it, its doorbell trusts few, its seals notice what is taken away."""

import os
import signal
import socket
import struct
import time

from lab import Lab, Tap, run, until

MAGIC = 0x4C4B4231


def silent_server():
    """Accepts and says nothing: a look at it hangs in its TLS step."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    s.listen(16)
    return s


def job(lab, number):
    return lab.sql("SELECT state, attempts, outcome FROM job WHERE id = ?", number)[0]


def start_look(lab, browser, port):
    browser.get("/connection/look")
    answer = browser.post("/connection/look", {"host": "127.0.0.1", "port": str(port)})
    return int(answer.location.rsplit("/", 1)[1].split("?")[0])


def killed(tap):
    with Lab() as lab, silent_server() as quiet:
        browser = lab.up()
        port = quiet.getsockname()[1]
        lab.ctl("egress", "allow", f"127.0.0.1 {port}")
        number = start_look(lab, browser, port)
        tap.ok(until(lambda: job(lab, number)[0] == 1, 10), "the look is running", job(lab, number))
        page = browser.get(f"/connection/look/{number}")
        tap.ok("data-poll" in page.text, "its page polls")
        lab.stop("engine", signal.SIGKILL)
        lab.start_engine()
        tap.ok(until(lambda: job(lab, number)[1] == 2, 10), "a new engine takes it up at once", job(lab, number))
        browser.get(f"/connection/look/{number}")
        browser.post(f"/connection/look/{number}/stop")
        tap.ok(until(lambda: job(lab, number)[0] == 4, 10), "Stop stops it", job(lab, number))
        page = browser.get(f"/connection/look/{number}")
        tap.ok("data-poll" not in page.text, "and its page polls no more")

        number = start_look(lab, browser, port)
        until(lambda: job(lab, number)[0] == 1, 10)
        begin = time.monotonic()
        tap.same(lab.stop("engine", signal.SIGTERM), 0, "SIGTERM ends the engine with 0")
        tap.ok(time.monotonic() - begin < 10, "within seconds")
        tap.same(job(lab, number)[0], 0, "and gives its job back to the queue")


def away(tap):
    with Lab() as lab:
        browser = lab.up()
        lab.stop("engine", signal.SIGKILL)
        lab.sql("UPDATE engine SET seen = seen - 60")
        page = browser.get("/overview")
        tap.ok("engine" in page.text.lower() and "not running" in page.text, "the overview says that it is away")
        browser.get("/connection/look")
        answer = browser.post("/connection/look", {"host": "mail.example.com", "port": "443"})
        tap.same(answer.status, 303, "a look can be asked for all the same")
        number = int(answer.location.rsplit("/", 1)[1].split("?")[0])
        tap.same(job(lab, number)[0], 0, "and waits")
        lab.start_engine()
        tap.ok(until(lambda: job(lab, number)[0] == 2 or job(lab, number)[0] == 3, 30), "until it is back", job(lab, number))


def doorbell(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        lab.start_engine()

        def ring(data):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
                s.settimeout(5)
                s.connect(lab.bell)
                s.send(data)
                try:
                    return s.recv(64)
                except (TimeoutError, ConnectionResetError):
                    return b""

        good = struct.pack("=IIq", MAGIC, 1, 0)
        tap.same(ring(good)[:8], struct.pack("=II", MAGIC, 6), "a ping is answered")
        for name, data in {
            "a wrong magic": struct.pack("=IIq", 7, 1, 0),
            "an unknown verb": struct.pack("=IIq", MAGIC, 99, 0),
            "a short message": good[:7],
            "a long message": good * 100,
        }.items():
            tap.ok(ring(data)[:8] != good[:8], f"{name} gets no yes")
            tap.same(ring(good)[:8], struct.pack("=II", MAGIC, 6), f"and the engine lives after {name}")
        held = []
        for _ in range(100):
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.setblocking(False)
            try:
                s.connect(lab.bell)
            except BlockingIOError:
                pass
            held.append(s)
        for s in held:
            s.close()
        tap.ok(until(lambda: ring(good)[:8], 15), "a hundred silent callers do not hold it")
        if os.getuid() == 0:
            os.chmod(os.path.dirname(lab.bell), 0o755)
            os.chmod(lab.bell, 0o666)
            pid = os.fork()
            if pid == 0:
                os.setuid(65534)
                try:
                    os._exit(0 if not ring(good) else 1)
                except OSError:
                    os._exit(0)
            tap.same(os.waitpid(pid, 0)[1], 0, "a stranger's ring is not answered")
        else:
            tap.skip("a stranger's ring is not answered", "needs root")
        second = lab.spawn("second", [lab.program("latchkeyd"), "-c", lab.conf])
        tap.ok(until(lambda: second.poll() not in (None, 0), 10), "a second engine refuses to start")
        tap.same(ring(good)[:8], struct.pack("=II", MAGIC, 6), "and the first goes on")


def seals(tap):
    with Lab() as lab:
        lab.up()
        count = lambda: lab.sql("SELECT count(*) FROM audit_seal")[0][0]
        tap.ok(until(count, 10), "sensitive rows are sealed at once")
        tap.ok("event=audit.seal" in lab.log("engine"), "and the seal is logged")
        tap.same(lab.ctl("audit", "verify").returncode, 0, "the log is whole")
        seq = lab.sql("SELECT max(seq) FROM audit")[0][0]
        sealed = until(lambda: lab.sql("SELECT max(seq) FROM audit_seal")[0][0] == seq, 10)
        tap.ok(sealed, "up to its head")
        lab.stop("engine")

        saved = lab.sql("SELECT detail FROM audit WHERE seq = 1")[0][0]
        lab.sql("UPDATE audit SET detail = 'nothing happened' WHERE seq = 1")
        done = lab.ctl("audit", "verify", check=False)
        tap.ok(done.returncode == 1 and "1" in done.stdout + done.stderr, "a changed row is named", done)
        lab.sql("UPDATE audit SET detail = ? WHERE seq = 1", saved)
        tap.same(lab.ctl("audit", "verify").returncode, 0, "whole again")

        lab.sql("DELETE FROM audit WHERE seq = ?", seq)
        lab.sql("DELETE FROM audit_seal WHERE seq = ?", seq)
        done = lab.ctl("audit", "verify", check=False)
        tap.same(done.returncode, 1, "a cut tail is noticed, even with its seal gone")
        lab.start_engine()
        tap.ok(until(lambda: "audit.broken" in lab.log("engine"), 75), "and the engine says so by itself")


if __name__ == "__main__":
    run(Tap(), killed, away, doorbell, seals)
