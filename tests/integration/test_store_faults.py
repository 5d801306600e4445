"""A store or a key that is not as it should be: a clear page, the right status, a line in the log."""

import os
import shutil
import sqlite3
import subprocess

from lab import Browser, Lab, Tap, run, until


def page_of(lab, path="/signin"):
    return Browser(lab).send("GET", path)


def with_portal(prepare, tap, name, status, words, log):
    """init, stop nothing, spoil something, start the portal: what does a browser see?"""
    with Lab() as lab:
        lab.init()
        prepare(lab)
        lab.start_portal()
        lab.start_nginx()
        answer = until(lambda: (a := page_of(lab)).status != 502 and a, 15)
        tap.ok(answer and answer.status == status, f"{name}: the page is a {status}", answer)
        tap.ok(answer and any(w in answer.text for w in words), f"{name}: and says what is wrong", answer and answer.text)
        tap.ok(any(w in lab.log("portal") for w in log), f"{name}: and so does the log", lab.log("portal")[-1500:])
        tap.ok(lab.dir not in answer.text, f"{name}: no path on the page")
        health = page_of(lab, "/health")
        tap.same(health.status, status, f"{name}: the health check fails")


def missing(tap):
    def prepare(lab):
        os.unlink(lab.db)

    with_portal(prepare, tap, "a missing database", 503, ["not completely set up"], ["code=setup", "store"])


def damaged(tap):
    def prepare(lab):
        with open(lab.db, "r+b") as f:
            f.seek(0)
            f.write(b"this is no database at all" * 200)

    with_portal(prepare, tap, "a damaged database", 500, ["damaged"], ["code=damaged"])


def newer(tap):
    def prepare(lab):
        lab.sql("INSERT INTO schema_step (n, title, at) VALUES (999, 'from the future', 0)")

    with_portal(prepare, tap, "a newer database", 503, ["newer"], ["code=schema"])


def comes_back(tap):
    """The portal mends itself when the database does."""
    with Lab() as lab:
        lab.init()
        aside = lab.db + ".aside"
        shutil.move(lab.db, aside)
        lab.start_portal()
        lab.start_nginx()
        tap.ok(until(lambda: page_of(lab).status == 503, 15), "no database: 503")
        shutil.move(aside, lab.db)
        tap.ok(until(lambda: page_of(lab).status == 200, 15), "it is back: 200, without a restart")


def locked(tap):
    with Lab() as lab:
        lab.init()
        lab.start()
        browser = Browser(lab)
        browser.get("/signin")
        hog = sqlite3.connect(lab.db, isolation_level=None)
        hog.execute("BEGIN EXCLUSIVE")
        try:
            answer = browser.post("/signin", {"email": "x@example.com", "password": "wrong wrong wrong"})
            tap.same(answer.status, 503, "a locked database: 503 after a wait")
            tap.ok("again" in answer.text, "with words", answer.text[:600])
        finally:
            hog.execute("ROLLBACK")
            hog.close()
        browser.get("/signin")
        answer = browser.post("/signin", {"email": "x@example.com", "password": "wrong wrong wrong"})
        tap.same(answer.status, 403, "and the next try is answered as ever")


def full(tap):
    """A real full disk: a small file system of its own."""
    if os.getuid() != 0:
        tap.skip("a full disk", "needs root for its own file system")
        return
    with Lab() as lab:
        data = os.path.join(lab.dir, "data")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", data], check=False)
        if mounted.returncode:
            tap.skip("a full disk", "this machine lets nobody mount")
            return
        try:
            browser = lab.up()
            filler = os.open(os.path.join(data, "filler"), os.O_WRONLY | os.O_CREAT)
            try:
                while True:
                    os.write(filler, b"x" * 4096)
            except OSError:
                os.close(filler)
            browser.get("/connection/look")
            answers = [browser.post("/connection/look", {"host": "mail.example.com", "port": "443"}) for _ in range(5)]
            statuses = {a.status for a in answers}
            tap.ok(507 in statuses and statuses <= {303, 507, 409}, "a full disk: 507", statuses)
            tap.ok(any("disk" in a.text for a in answers), "with words")
            tap.ok("code=full" in lab.log("portal"), "and a line in the log", lab.log("portal")[-1500:])
            os.unlink(os.path.join(data, "filler"))
            tap.same(browser.get("/overview").status, 200, "reading goes on")
            answer = browser.post("/connection/look", {"host": "mail.example.com", "port": "443"}, browser.get("/connection/look"))
            tap.ok(answer.status in (303, 409), "and writing, when there is room again", answer)
            tap.same(lab.ctl("audit", "verify").returncode, 0, "nothing was torn")
            tap.ok(lab.procs["engine"].poll() is None, "the engine lives")
        finally:
            lab.stop_all()
            subprocess.run(["umount", data], check=False)


def keys(tap):
    def attempt(name, prepare, words):
        with Lab(nginx=False) as lab:
            lab.init()
            prepare(lab)
            proc = lab.spawn("engine", [lab.program("latchkeyd"), "-c", lab.conf])
            code = until(lambda: proc.poll() is not None and (proc.returncode or -99), 10)
            tap.ok(code and code != -99, f"{name}: the engine does not start", lab.log("engine"))
            tap.ok(any(w in lab.log("engine") for w in words), f"{name}: and says why", lab.log("engine")[-800:])
            tap.ok(lab.log("engine").count("level=error") <= 2, f"{name}: in a line or two")

    def path(lab):
        return lab.settings["key_file"]

    def scribble(lab):
        os.chmod(path(lab), 0o600)
        with open(path(lab), "w") as f:
            f.write("no key at all\n")
        os.chmod(path(lab), 0o400)

    attempt("a missing key", lambda lab: os.unlink(path(lab)), ["key"])
    attempt("a key others can read", lambda lab: os.chmod(path(lab), 0o644), ["0400", "mode", "read"])
    attempt("a damaged key", scribble, ["line 1", ":1"])


def engine_database(tap):
    with Lab(nginx=False) as lab:
        lab.init()
        lab.sql("INSERT INTO schema_step (n, title, at) VALUES (999, 'from the future', 0)")
        proc = lab.spawn("engine", [lab.program("latchkeyd"), "-c", lab.conf])
        tap.ok(until(lambda: proc.poll() not in (None, 0), 10), "the engine refuses a newer database")
        tap.ok("newer" in lab.log("engine"), "and says why", lab.log("engine"))
        done = lab.ctl("migrate", check=False)
        tap.ok(done.returncode == 1 and "newer" in done.stderr, "and so does migrate", done.stderr)


if __name__ == "__main__":
    run(Tap(), missing, damaged, newer, comes_back, locked, full, keys, engine_database)
