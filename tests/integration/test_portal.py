"""The supervisor and its workers: killed, drained, reloaded, and fed with broken FastCGI."""

import os
import shutil
import signal
import socket
import struct
import threading
import time

from lab import (
    SRC, Browser, Lab, Tap, fcgi_begin, fcgi_pairs, fcgi_params, fcgi_record, fcgi_request, fcgi_talk,
    run, status_of, until,
)

HEALTH = fcgi_request(fcgi_params("/health"))


def talk(lab, data=HEALTH, **kw):
    return status_of(fcgi_talk(lab.socket, data, **kw))


def killed_worker(tap):
    """SIGKILL under load: replaced at once, and at most its own request fails."""
    with Lab(nginx=False, workers=3) as lab:
        lab.init()
        lab.start()
        results, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                try:
                    results.append(talk(lab))
                except OSError:
                    results.append(0)

        threads = [threading.Thread(target=load, daemon=True) for _ in range(4)]
        for t in threads:
            t.start()
        kills = 0
        for _ in range(5):
            before = until(lambda: len(lab.children()) == 3 and lab.children(), 10)
            os.kill(before[kills % len(before)], signal.SIGKILL)
            kills += 1
            back = until(lambda b=before: len(lab.children()) == 3 and lab.children() != b, 5)
            tap.ok(back, f"killed worker {kills} is replaced")
        stop.set()
        for t in threads:
            t.join()
        bad = [r for r in results if r != 200]
        tap.ok(len(results) > 50 and len(bad) <= kills, "no request but its own fails", f"{len(bad)} of {len(results)}")
        tap.ok("worker" in lab.log("portal") and "signal" in lab.log("portal"), "each death is logged")
        tap.same(lab.stop("portal"), 0, "the supervisor ends with 0")
        tap.ok(not os.path.exists(lab.socket) or not alive(lab), "nothing answers afterwards")


def alive(lab):
    try:
        return talk(lab) == 200
    except OSError:
        return False


def slow_request(lab, path="/health", wait=1.5):
    """A request whose body comes late, as through a slow front; returns its status."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20)
        s.connect(lab.socket)
        params = fcgi_params(path, "POST", length=20, CONTENT_TYPE="application/x-www-form-urlencoded")
        s.sendall(fcgi_begin() + fcgi_record(4, fcgi_pairs(params)) + fcgi_record(4, b""))
        s.sendall(fcgi_record(5, b"a" * 10))
        time.sleep(wait)
        s.sendall(fcgi_record(5, b"a" * 10) + fcgi_record(5, b""))
        raw = b""
        while True:
            got = s.recv(65536)
            if not got:
                break
            raw += got
    n = struct.unpack("!H", raw[4:6])[0] if len(raw) > 8 else 0
    return status_of(raw[8 : 8 + n])


def drains(tap):
    with Lab(nginx=False, workers=2) as lab:
        lab.init()
        lab.start()
        got = []
        t = threading.Thread(daemon=True, target=lambda: got.append(slow_request(lab, "/signin")))
        t.start()
        time.sleep(0.5)
        code = lab.stop("portal", signal.SIGTERM)
        t.join()
        tap.same(code, 0, "SIGTERM ends the supervisor with 0")
        tap.ok(got and got[0] in (303, 403, 400), "a running request is answered while draining", got)


def gone(pid):
    """Ended; perhaps nobody has asked for its status."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def orphans(tap):
    with Lab(nginx=False, workers=2) as lab:
        lab.init()
        lab.start()
        workers = until(lambda: len(lab.children()) == 2 and lab.children(), 10)
        lab.stop("portal", signal.SIGKILL)
        tap.ok(until(lambda: all(gone(p) for p in workers), 10), "workers end with a killed supervisor")
        lab.start_portal()
        tap.ok(until(lambda: alive(lab), 5), "its socket is taken over by the next one")


def reloads(tap):
    with Lab(nginx=False, workers=2) as lab:
        templates = os.path.join(lab.dir, "templates")
        shutil.copytree(os.path.join(SRC, "templates"), templates)
        lab.configure(templates=templates)
        lab.init()
        lab.start()
        page = os.path.join(templates, "signin.tpl")

        def shown():
            return fcgi_talk(lab.socket, fcgi_request(fcgi_params("/signin"))).decode("utf-8", "replace")

        with open(page) as f:
            old = f.read()
        tap.ok("Sign in" in shown(), "the page before")
        before = set(until(lambda: len(lab.children()) == 2 and lab.children(), 10))
        with open(page, "w") as f:
            f.write(old.replace("<h1>", "<h1>Reloaded ", 1))
        os.kill(lab.procs["portal"].pid, signal.SIGHUP)
        tap.ok(until(lambda: "Reloaded" in shown(), 10), "SIGHUP takes the new template")
        tap.ok(until(lambda: not before & set(lab.children()), 10), "workers were replaced")

        with open(page, "w") as f:
            f.write(old + "{{#BROKEN}}")
        os.kill(lab.procs["portal"].pid, signal.SIGHUP)
        tap.ok(until(lambda: "signin" in lab.log("portal"), 10), "a broken template is named in the log")
        time.sleep(0.5)
        tap.ok("Reloaded" in shown(), "and the old one stays in use")
        with open(page, "w") as f:
            f.write(old)

        lab.configure(workers=3)
        os.kill(lab.procs["portal"].pid, signal.SIGHUP)
        tap.ok(until(lambda: len(lab.children()) == 3, 10), "SIGHUP takes the new configuration")
        lab.configure(workers="many")
        os.kill(lab.procs["portal"].pid, signal.SIGHUP)
        tap.ok(until(lambda: "many" in lab.log("portal"), 10), "a bad configuration is named in the log")
        tap.ok(until(lambda: len(lab.children()) == 3 and talk(lab) == 200, 10), "and the old one stays in use")


def broken_fastcgi(tap):
    with Lab(nginx=False, workers=2) as lab:
        lab.init()
        lab.start()
        held = []
        for _ in range(4):
            s = socket.socket(socket.AF_UNIX)
            s.connect(lab.socket)
            s.sendall(HEALTH[:5])
            held.append(s)
        begin = time.monotonic()
        tap.ok(until(lambda: alive(lab), 25), "half headers on every worker do not hold the portal")
        tap.ok(time.monotonic() - begin < 25, "for longer than its time-outs")
        for s in held:
            s.close()

        params = fcgi_pairs(fcgi_params("/health"))
        cases = {
            "nothing at all": b"",
            "garbage": bytes(range(256)) * 64,
            "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "a wrong version": b"\x07" + HEALTH[1:],
            "a role that does not exist": fcgi_record(1, struct.pack("!HB5x", 9, 0)) + HEALTH[16:],
            "params cut short": fcgi_begin() + fcgi_record(4, params[:-3]) + fcgi_record(4, b""),
            "lengths beyond the record": fcgi_begin() + fcgi_record(4, b"\xff\xff\xff\xff\xff\xff\xff\xff") + fcgi_record(4, b""),
            "no end of params": fcgi_begin() + fcgi_record(4, params),
            "an abort": fcgi_begin() + fcgi_record(2, b""),
        }
        for name, data in cases.items():
            try:
                fcgi_talk(lab.socket, data, seconds=15, shut=True)
                answered = True
            except OSError as e:
                answered = not isinstance(e, TimeoutError)
            tap.ok(answered, f"{name}: the connection is ended")
        tap.ok(until(lambda: alive(lab), 15), "the portal answers after all of them")

        big = fcgi_params("/health", HTTP_X_BIG="x" * 300000)
        tap.ok(talk(lab, fcgi_request(big)) in (200, 431), "huge params are bounded")
        cookie = fcgi_params("/signin", HTTP_COOKIE="a=" + "x" * 9000)
        tap.same(talk(lab, fcgi_request(cookie)), 431, "a huge header is refused")
        tap.same(talk(lab, fcgi_request(fcgi_params("/" + "x" * 5000))), 414, "a huge address is refused")

        form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
        short = fcgi_request(fcgi_params("/signin", "POST", length=100, **form), b"a=1")
        tap.same(talk(lab, short), 400, "a body cut short is refused")
        none = fcgi_request(fcgi_params("/signin", "POST", length="x", **form), b"a=1")
        tap.same(talk(lab, none), 400, "a length that is no number is refused")
        for _ in range(20):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(lab.socket)
                s.sendall(fcgi_request(fcgi_params("/signin")))
        tap.ok(until(lambda: alive(lab), 15), "clients that leave early do no harm")
        tap.ok("AddressSanitizer" not in lab.log("portal") and "runtime error" not in lab.log("portal"), "the sanitizers saw nothing", lab.log("portal")[-2000:])


def browsers_see_it(tap):
    with Lab() as lab:
        lab.init()
        lab.start()
        answer = Browser(lab).send("GET", "/signin")
        want = {
            "content-security-policy": "default-src 'none'",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "cache-control": "no-store",
        }
        for key, value in want.items():
            tap.ok(value in (answer.header(key) or ""), f"{key} is on the page", answer.headers)
        error = Browser(lab).send("GET", "/nosuch")
        tap.ok("default-src 'none'" in (error.header("content-security-policy") or ""), "and on an error page")
        number = until(lambda: "req=" in lab.log("portal"))
        tap.ok(number, "requests are logged")
        import re

        shown = re.search(r"\b([0-9a-f]{12})\b", error.text)
        tap.ok(shown and f"req={shown.group(1)}" in lab.log("portal"), "the number on an error page is in the log")
        head = Browser(lab).send("HEAD", "/signin")
        tap.ok(head.status == 200 and not head.body, "HEAD has no body")


if __name__ == "__main__":
    run(Tap(), killed_worker, drains, orphans, reloads, broken_fastcgi, browsers_see_it)
