"""Connecting through the portal: where a typed server may not lead, private authorities, proxies, two who do it at once."""

import re
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from connectlab import CANCELLED, LIVE, Admin, Listener, Proxy, ews, last, office, shown
from coreworld import SECRET
from lab import Tap, run, unescape, until

OTHER = "amber whistle at noon"
ON = "127.0.77.1"  # where a whole organisation listens, on the ports that everybody uses


def small(host="mail.example.localhost", domain="example.test", more=""):
    return f"""
organisation "Example"
seed 3
clock now
premise hq onprem 2019 host {host}
	schemes basic ntlm
	lock-out after 50 for 30m
	{more}
domain {domain} premise hq website none
mailbox svc@{domain} "Connector"
	kind dedicated
	password "{SECRET}"
mailbox anna@{domain} "Anna"
	grant svc@{domain} Editor
	password "{SECRET}"
"""


def nothing_live(tap, lab, name):
    tap.same(lab.sql("SELECT count(*) FROM connection WHERE stage = ?", LIVE), [(0,)], f"{name}: nothing is in use")


# Where a typed server may not lead: what is typed, and the words that refuse it

FORBIDDEN = {
    "127.0.0.1": "this machine itself",
    "127.8.9.10": "this machine itself",
    "0.0.0.0": "no address of any server",
    "0.1.2.3": "not in use on the Internet",
    "10.1.2.3:443": "must be given by its name",
    "172.16.1.1:443": "must be given by its name",
    "192.168.1.1:443": "must be given by its name",
    "10.1.2.3:25": "port other than 443",
    "8.8.8.8:22": "port other than 443",
    "100.64.0.1": "Internet provider",
    "100.100.100.200": "cloud provider",
    "168.63.129.16": "cloud provider",
    "169.254.7.7": "one cable",
    "169.254.169.254": "cloud provider",
    "192.0.0.192": "cloud provider",
    "192.0.2.1": "examples",
    "198.18.0.1": "laboratories",
    "224.0.0.1": "a group of machines",
    "240.0.0.1": "not in use on the Internet",
    "255.255.255.255": "all machines of a network",
    "[::1]": "this machine itself",
    "[::]": "no address of any server",
    "[::127.0.0.1]": "in disguise",
    "[::ffff:127.0.0.1]": "this machine itself",
    "[::ffff:10.1.2.3]:443": "in disguise",
    "[::ffff:169.254.169.254]": "cloud provider",
    "[64:ff9b::7f00:1]": "this machine itself",
    "[64:ff9b::a9fe:a9fe]": "cloud provider",
    "[64:ff9b:1::1]": "in disguise",
    "[2002:7f00:1::1]": "this machine itself",
    "[2001::1]": "in disguise",
    "[fe80::1]": "one cable",
    "[ff02::1]": "a group of machines",
    "[fd00::1]:443": "must be given by its name",
    "[fd00:ec2::254]": "cloud provider",
    "[2001:db8::1]": "examples",
    "localhost": "this machine itself",
    "a.b.localhost": "this machine itself",
    "loop.test": "this machine itself",
    "six.test": "this machine itself",
    "mapped.test": "this machine itself",
    "nat64.test": "cloud provider",
    "zero.test": "no address of any server",
    "link.test": "one cable",
    "metadata.test": "cloud provider",
    "metadata.google.internal": "cloud provider",
    "2130706433": "No address was found",
    "0x7f000001": "No address was found",
    "0177.0.0.1": "No address was found",
    "127.1": "No address was found",
}
LEADS = {
    "loop.test": ["127.0.0.1"],
    "six.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "nat64.test": ["64:ff9b::a9fe:a9fe"],
    "zero.test": ["0.0.0.0"],
    "link.test": ["169.254.1.1"],
    "metadata.test": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
}
PRIVATE = {"ten.test": ["10.1.2.3"], "twelve.test": ["172.16.1.1"], "sixteen.test": ["192.168.1.1"], "local.test": ["fd12::1"]}


def typed(tap):
    """Each range, and names that lead there: refused by name, and nobody is knocked at."""
    with office(lines=small(), names=LEADS, allow=lambda sim: []) as (lab, _, admin), Listener() as there:
        admin.choose("exchange", "delegate")
        for server, words in FORBIDDEN.items():
            where = server if re.search(r"(?<!:)(?<=[\].\w]):\d+$", server) else f"{server}:{there.port}"
            job = admin.enter(mailbox="svc@example.test", server=where)
            if not isinstance(job, int):
                tap.ok(job.status == 422 and SECRET not in job.text, f"{where} is refused in the form", job)
                continue
            got = admin.told(job)
            inner = [a for a in LEADS.get(server, []) if a in f"{got.outcome}{got.steps}"]
            tap.ok(not got.done and words in got.failed and not inner, f"{where} is refused: {words}", got)
            begun = [s for s in got.steps if s.title in ("Server answers", "Signed in, mailbox opens") and s.state != "skipped"]
            tap.ok(not begun, f"{where}: no connection, no sign-in", got)
        tap.same(there.knocks, 0, "nobody was knocked at")
        nothing_live(tap, lab, "each range")
        for server in ("http://mail.example.test/", "ftp://mail.example.test", "https://u:p@mail.example.test", "a b", "mail.example.test:0",
                       "mail.example.test:65536", "[::1", "fe80::1%eth0", "mail.example.test\nevil.test"):
            answer = admin.enter(mailbox="svc@example.test", server=server)
            tap.ok(not isinstance(answer, int) and answer.status == 422 and SECRET not in answer.text, f"{server!r} is no server", answer)


def tenancy(tap):
    """Where many organisations live, nothing is connected to inner networks, by name or by address."""
    with office(lines=small(), names=PRIVATE, allow=lambda sim: [], tenancy="multi") as (lab, _, admin):
        admin.choose("exchange", "delegate")
        for server in (*PRIVATE, "10.1.2.3", "172.16.1.1", "192.168.1.1", "[fd12::1]"):
            got = admin.proved(mailbox="svc@example.test", server=server)
            tap.ok(not got.done and "to which nothing is connected from here" in got.failed, f"many organisations: {server} is refused", got)
        nothing_live(tap, lab, "many organisations")


def rebinding(tap):
    """A name that leads elsewhere between the look and the sign-in: the call is refused, too."""
    for there in ("127.0.0.2", "169.254.169.254"):
        with office(lines=small("rebind.test"), names={"rebind.test": ["127.0.0.1", there]},
                    allow=lambda sim: [("127.0.0.1", sim.face()["port"])]) as (lab, sim, admin):
            port = sim.face()["port"]
            with Listener("127.0.0.2", port) as other:
                admin.choose("exchange", "delegate")
                since = last(sim)
                got = admin.proved(mailbox="svc@example.test", server=f"rebind.test:{port}", signin="basic")
                step = got.step("Signed in, mailbox opens")
                tap.ok(got.step("Certificate is trusted").state == "ok" and step.state == "failed" and "closed by default" in step.why,
                       f"looked at here, then moved to {there}: the sign-in is refused", got)
                tap.ok(step.fix.startswith("Who: Operator"), "and says who could allow it", step)
                tap.ok(other.knocks == 0 and not shown(sim, since), "nobody was knocked at, and no password left", sim.log(since))
            nothing_live(tap, lab, "rebinding")


def redirects(tap):
    """A server that sends on to where nobody may go: named, not followed, at the look and behind the sign-in."""
    with office(lines=small()) as (lab, sim, admin), Listener("127.0.0.2") as there:
        admin.choose("exchange", "delegate")
        for host in ("169.254.169.254", f"127.0.0.2:{there.port}", f"[::ffff:127.0.0.2]:{there.port}", f"localhost:{there.port}"):
            for where in ("", "op GetFolder"):
                sim.do(f"fault hop redirect-host https://{host}/EWS/Exchange.asmx {where}")
                got = admin.proved(mailbox="svc@example.test", server=ews(sim), signin="basic")
                name = host.rpartition(":")[0].strip("[]") or host
                step = got.step("Signed in, mailbox opens")
                if where:
                    tap.ok(not got.done and step.state == "failed" and "never takes a password there" in step.texts, f"signed in, it sends on to {host}: not followed", got)
                else:
                    tap.ok(not got.done and "Address is allowed" in got.outcome and name in repr(got), f"it sends on to {host}: refused by name", got)
                sim.do("no-fault all")
        tap.same(there.knocks, 0, "nobody was knocked at")
        nothing_live(tap, lab, "redirects")


def discovery(tap):
    """Autodiscover that leads to where nobody may go, by each way it has."""
    domain = "inside.test"
    names = {n: [ON] for n in (domain, f"autodiscover.{domain}", f"mail.{domain}")}
    names |= {f"inner.{domain}": ["127.0.0.2"], f"meta.{domain}": ["169.254.169.254"]}
    ways = ("--address", ON, "--port", "443", "--http-port", "80")
    with office(lines=small(f"mail.{domain}", domain), names=names, sim_args=ways, allow=lambda sim: [(ON, "443"), (ON, "80")]) as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        mailbox = f"svc@{domain}"

        def found():
            return admin.proved(mailbox=mailbox, find="auto", signin="basic")

        for name, where in (("inner", "127.0.0.2"), ("meta", "169.254.169.254")):
            target = f"https://{name}.{domain}/autodiscover/autodiscover.xml"
            with Listener("127.0.0.2", 443) as there:
                for way, fault in (("answers", "redirect-url"), ("sends on", "redirect-host"), ("sends on without encryption", "redirect-host")):
                    if "without" in way:
                        sim.do("fault away tls self-signed face autodiscover")
                    sim.do(f"fault hop {fault} {target} face autodiscover")
                    got = found()
                    said = [s for s in got.steps if f"{name}.{domain}" in s.title]
                    tap.ok(not got.done and said and ("address is refused, because it is" in repr(said)) and where not in repr(got),
                           f"Autodiscover {way} with {name}: refused by name", got)
                    end = got.step("Server is found")
                    tap.ok(end.state == "failed" and target in end.say and "address is refused, because it is" in end.say and "Operator" in end.fix
                           and "is not allowed" in got.outcome, f"Autodiscover {way} with {name}: the end says that it is not allowed, and who must act", got)
                    sim.do("no-fault all")
                tap.same(there.knocks, 0, f"nobody was knocked at {name}")
        for host in (f"inner.{domain}", f"meta.{domain}"):
            sim.do("premise hq", f"host {host}")
            with Listener("127.0.0.2", 443) as there:
                got = found()
                tap.ok(not got.done and got.step("Server is found").say == host and got.step("Address is allowed").state == "failed",
                       f"Autodiscover finds {host}: refused when it is looked at", got)
                tap.same(there.knocks, 0, f"nobody was knocked at {host}")
            admin.post("/connection/discard", {})
            admin.choose("exchange", "delegate")
        nothing_live(tap, lab, "Autodiscover")
        sim.do("premise hq", f"host mail.{domain}")
        got = found()
        tap.ok(got.done, "and with a server that may be reached it is found and proved", got)


# The private authority


def other_authority():
    """A certificate of an authority that signed nothing here, and its key."""
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=Somebody", "-keyout", f"{d}/key", "-out", f"{d}/cert"], check=True, capture_output=True)
        with open(f"{d}/cert") as cert, open(f"{d}/key") as key:
            return cert.read(), key.read()


def slow(tap, lab, admin, form, ca, key):
    """A form that was open for longer than a sign-in is fresh: nothing that was typed is lost. The number of the proof."""
    where, typed = "/connection/credentials", {"find": "given", "login": "EXAMPLE\\svc", "password": SECRET, **form}

    def late(file):
        page = admin.page(where)
        lab.sql("UPDATE session SET fresh = 1")
        return admin.upload(where, typed, "ca_file", file.encode(), page=page)

    def again(page, password):
        return admin.browser.post(where, {**admin.carried(page), "confirm": password}, page=page)

    asks = late(ca + key)
    tap.ok(asks.status == 403 and "PRIVATE" not in asks.text and admin.carried(asks)["retype"] == " password ca_file",
           "a form that took too long asks for the own password, without a secret or a key", asks)
    shows = again(asks, admin.password)
    tap.ok(shows.status == 422 and "certificate authority was not kept" in shows.text, "and then for what it could not keep", shows)
    asks = late(ca)
    kept = {name: value.strip() for name, value in admin.carried(asks).items()}
    tap.ok(asks.status == 403 and SECRET not in asks.text and kept["ca_file"] == ca.strip() and kept["login"] == typed["login"],
           "everything else is carried on", asks)
    wrong = again(asks, "not my password at all")
    tap.ok(wrong.status == 403 and "not your password" in wrong.text and admin.carried(wrong) == admin.carried(asks), "also after a wrong password", wrong)
    shows = again(wrong, admin.password)
    text = unescape(shows.text)
    tap.ok(shows.status == 422 and "was not kept while you entered your own password" in text and SECRET not in text, "the secret is asked for beside its field", shows)
    tap.ok(all(value in text for value in (ca.strip(), typed["login"], form["server"])), "the form shows what was typed, the file as text", shows)
    return admin.enter(page=shows, ca=ca + other_authority()[0], **form)


def authority(tap):
    """A server of the organisation's own authority: told without it, proved with it."""
    stranger, key = other_authority()
    with office(lines=small(), trust=False) as (lab, sim, admin):
        with open(sim.ca) as f:
            ca = f.read()
        form = {"mailbox": "svc@example.test", "server": ews(sim), "signin": "ntlm"}
        admin.choose("exchange", "delegate")
        since = last(sim)
        for name, given in (("without it", ""), ("with another one", stranger)):
            got = admin.proved(ca=given, **form)
            step = got.step("Certificate is trusted")
            tap.ok(not got.done and step.state == "failed" and "Simulated root" in step.say and "your own certificate authority" in step.fix, f"{name}: not trusted, and what to enter", got)
        for name, given in (("a private key", key), ("a certificate with its key", ca + key), ("no certificate", "hello"), ("half a certificate", ca[:200])):
            answer = admin.enter(ca=given, **form)
            inside = "".join(key.splitlines()[1:-1])[:40]
            tap.ok(not isinstance(answer, int) and answer.status == 422 and inside not in answer.text and SECRET not in answer.text, f"{name} is refused", answer)
        for name, data, words in (
            ("an empty file", b"", "no certificate as text"), ("a binary one", bytes((0x30, 0x82, 0xFF)), "no certificate as text"),
            ("a long one", b"x" * 1000000, "is too long"), ("one with its key", (ca + key).encode(), "There is a private key in it"),
        ):
            answer = admin.upload("/connection/credentials", {"find": "given", "login": "EXAMPLE\\svc", "ca": stranger, **form}, "ca_file", data)
            beside = re.search('id="ca-file-err">(.*?)</p>', answer.text, re.S)
            tap.ok(answer.status == 422 and beside and words in beside.group(1), f"{name} is refused beside its field", answer)
            tap.ok(all(value in unescape(answer.text) for value in ("EXAMPLE\\svc", stranger.strip())), f"{name}: what was typed is kept", answer)
        answer = admin.upload("/connection/credentials", {"find": "given", "ca": stranger, "password": "", **form, "mailbox": "not one"}, "ca_file", ca.encode())
        tap.ok(answer.status == 422 and ca.strip() in unescape(answer.text) and stranger.strip() not in unescape(answer.text), "a good one is kept as text", answer)
        tap.same(shown(sim, since), [], "so far no password was shown")
        tap.ok(not lab.sql("SELECT 1 FROM connection WHERE ca LIKE '%PRIVATE%'"), "no key is stored")
        got = admin.told(slow(tap, lab, admin, form, ca, key))
        tap.ok(got.done and admin.live() == 1, "with it the connection is proved", got)
        got = admin.proved(ca="", **form)
        tap.ok(not got.done and got.step("Certificate is trusted").state == "failed" and admin.live() == 1,
               "taken away, it is not trusted again, and what works stays", got)
        got = admin.tested()
        tap.ok(got.done, "which still works", got)


# Proxies


def proxies(tap):
    """Proxies that ops named: used, refuse, want a login, are away; each is named."""
    with Proxy() as way, Proxy(says=b"403 No") as wall, Proxy("corp:tin gate") as gate, Proxy(says=b"502 Bad") as lost:
        with tempfile.NamedTemporaryFile("w") as logins:
            logins.write("right corp tin gate\nwrong corp other\n")
            logins.flush()
            listed = {"open": way, "wall": wall, "login": gate, "right": gate, "wrong": gate, "lost": lost}
            settings = ",".join(f"{name}=127.0.0.1:{p.port}" for name, p in listed.items())
            with office(lines=small(), proxies=f"{settings},away=127.0.0.1:1,nowhere=proxy.invalid:3128", proxy_logins=logins.name) as (lab, sim, admin):
                form = {"mailbox": "svc@example.test", "server": ews(sim), "signin": "ntlm"}
                admin.choose("exchange", "delegate")
                since = last(sim)
                for proxy, words, who in (
                    ("wall", "refuses to connect to", "Network admin"), ("lost", "did not reach", "Network admin"),
                    ("login", "wants a login", "Ops"), ("wrong", "refuses its login", "Ops"),
                    ("away", "gives no answer", "Ops"), ("nowhere", "No address was found for the proxy", "Ops"),
                ):
                    got = admin.proved(proxy=proxy, **form)
                    where = f"127.0.0.1:{listed[proxy].port}" if proxy in listed else "proxy"
                    tap.ok(not got.done and words in got.failed and where in got.failed and who in got.failed, f"the proxy {proxy}: {words}", got)
                    tap.ok("tin gate" not in repr(got) and "other" not in got.failed.replace("another", ""), f"the proxy {proxy}: its password is told to nobody", got)
                tap.same(sim.log(since), [], "nothing went past a proxy")
                answer = admin.enter(proxy="elsewhere", **form)
                tap.ok(not isinstance(answer, int) and answer.status == 422 and "no such proxy" in answer.text, "one that ops did not name is refused", answer)
                got = admin.proved(**{**form, "server": "127.0.0.1:443"}, proxy="open")
                tap.ok(not got.done and "this machine itself" in got.failed and not way.asked, "a proxy opens no closed address", got)
                for proxy in ("open", "right"):
                    got = admin.proved(proxy=proxy, **form)
                    tap.ok(got.done and listed[proxy].asked and {a for a in listed[proxy].asked} == {ews(sim)},
                           f"through the proxy {proxy} it is proved", f"{got}\n{listed[proxy].asked}")
                used = way.knocks
                tap.same(admin.switch().location, "/overview?done=switched", "the second waits until somebody switches to it")
                got = admin.tested()
                tap.ok(got.done and way.knocks == used, "and all later work goes through the one in use", got)


# Two at once, and an engine that is away


def second_admin(lab):
    link = lab.ctl_json("invite", "robin@example.com", "--role", "admin")["link"]
    lab.leave_members()
    return Admin(lab, link, "Robin Vale")


def two_admins(tap):
    """Two admins at once: the second is told who was quicker, and nothing is silently lost."""
    with office(lines=small()) as (lab, sim, admin):
        other = second_admin(lab)
        form = {"mailbox": "svc@example.test", "server": ews(sim), "signin": "basic"}
        pages = [a.page("/connection/method") for a in (admin, other)]
        admin.post("/connection/method", {"kind": "exchange", "method": "delegate"}, page=pages[0])
        answer = other.post("/connection/method", {"kind": "exchange", "method": "dedicated"}, page=pages[1])
        tap.ok(answer.status == 409 and "Avery Stone changed the connection" in unescape(answer.text), "a method: the second is told who was quicker", answer)
        lab.stop("engine")
        pages = [a.page("/connection/credentials") for a in (admin, other)]
        job = admin.enter(page=pages[0], **form)
        held = lab.sql("SELECT version, purpose FROM credential")
        answer = other.enter(page=pages[1], **{**form, "login": "EXAMPLE\\other", "password": OTHER})
        tap.ok(answer.status == 409 and "Avery Stone changed the connection" in unescape(answer.text) and OTHER not in answer.text,
               "credentials: the second is told", answer)
        tap.ok(lab.sql("SELECT version, purpose FROM credential") == held and lab.sql("SELECT login, method FROM connection") == [("", "delegate")],
               "and what the first entered is what waits")
        lab.start_engine()
        tap.ok(admin.told(job).done and admin.live() == 1, "and is proved")
        lab.stop("engine")
        pages = [a.page("/connection/rotate") for a in (admin, other)]
        job = admin.rotate(OTHER, page=pages[0])
        answer = other.rotate("third whistle", page=pages[1])
        tap.ok(not isinstance(answer, int) and answer.status == 409 and "Avery Stone entered a new one" in unescape(answer.text), "a new secret: the second is told", answer)
        tap.same(lab.sql("SELECT count(*) FROM job WHERE kind = 'test' AND state = 0"), [(1,)], "one proof waits")
        sim.do("mailbox svc@example.test", f'new-password "{OTHER}"')
        lab.start_engine()
        tap.ok(admin.told(job).done, "the first one's is proved and in use")
        told = lab.sql("SELECT email, params FROM mail WHERE kind = 'connection_switched' AND params LIKE '%version=' || (SELECT version FROM credential "
                       "WHERE purpose = 'current') || '%' ORDER BY email")
        tap.ok([t[0] for t in told] == ["admin@example.com", "robin@example.com"] and all("by=Avery%20Stone" in t[1] for t in told),
               "both are told by mail: who, and which version", told)
        pages = [a.page("/connection/credentials") for a in (admin, other)]
        with ThreadPoolExecutor(2) as pool:
            got = list(pool.map(lambda a, page, login: a.enter(page=page, **{**form, "login": login, "password": OTHER}), (admin, other), pages,
                                ("svc@example.test", "EXAMPLE\\svc")))
        tap.same(sorted(getattr(g, "status", 303) for g in got), [303, 409], "at the very same moment: one is taken, the other told")


def away(tap):
    """The engine is away while somebody enters: the job waits, the page says so, and the proof is made once."""
    with office(lines=small()) as (lab, sim, admin):
        form = {"mailbox": "svc@example.test", "server": ews(sim), "signin": "basic"}
        admin.choose("exchange", "delegate")
        lab.stop("engine")
        lab.sql("UPDATE engine SET seen = 1")
        since = last(sim)
        job = admin.enter(**form)
        for path in (f"/connection/test/{job}", "/connection/test"):
            tap.ok("engine is not running" in admin.page(path).text, f"{path} says that the engine is not running", admin.page(path))
        tap.ok(lab.sql("SELECT state, ended FROM job WHERE id = ?", job) == [(0, 0)] and not sim.log(since), "it waits, and nothing is asked")
        lab.start_engine()
        got = admin.told(job)
        tap.ok(got.done and admin.live() == 1, "back again, it is proved", got)
        done = lab.sql("SELECT count(*) FROM job WHERE kind = 'test'"), lab.sql("SELECT count(*) FROM audit WHERE action = 'connection.live'")
        tap.same(done, ([(1,)], [(1,)]), "once")
        tap.ok("engine is not running" not in admin.page("/connection/test").text, "and the page says no such thing any more")


def paused(tap):
    """Paused while a test runs: it ends, nothing more is asked, and nothing can be started until it is resumed."""
    with office(lines=small()) as (lab, sim, admin):
        admin.choose("exchange", "delegate")
        tap.ok(admin.proved(mailbox="svc@example.test", server=ews(sim), signin="basic").done, "in use")
        sim.do("premise hq", "latency base 700")
        job = admin.test(person="anna@example.test")
        until(lambda: lab.sql("SELECT 1 FROM job_step WHERE job_id = ? AND title LIKE 'Signed in%' AND state = 1", job), 20, 0.02)
        answer = admin.post("/connection/pause", {"shown": "1000", "why": "Mail is moving"})
        tap.same(answer.status, 303, "paused in the midst of it")
        since = last(sim)
        got = admin.told(job)
        tap.ok(got.state == CANCELLED and len(sim.log(since)) <= 1,
               "the test is stopped, and nothing starts but what was on its way", f"{got}\n{sim.log(since)}")
        tap.ok(until(lambda: lab.sql("SELECT state FROM health") == [(5,)]), "the connection is paused")
        since = last(sim)
        answer = admin.test()
        tap.ok(not isinstance(answer, int) and answer.status == 409 and "paused" in answer.text, "no test can be started", answer)
        tap.ok("Mail is moving" in admin.page("/connection/test").text, "the page says why")
        time.sleep(1.5)
        tap.same(sim.log(since), [], "nothing is asked")
        sim.do("premise hq", "latency base 0")
        admin.post("/connection/test", {}, path="/connection/pause/end")
        tap.ok(until(lambda: lab.sql("SELECT state FROM health") == [(1,)]), "resumed, it is looked at by itself")
        tap.ok(admin.tested().done, "and tests run again")


if __name__ == "__main__":
    run(Tap(), typed, tenancy, rebinding, redirects, discovery, authority, proxies, two_admins, away, paused)
