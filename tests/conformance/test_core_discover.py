"""`latchkey ews discover` in a world of names: websites, hostile ones, redirects, SRV records; no secret goes astray.

In a network of its own, where names resolve and ports 443 and 80 are free.
"""

import os
import sys
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
import net  # noqa: E402
from corelab import Core  # noqa: E402
from lab import Tap, run  # noqa: E402
from simlab import Sim  # noqa: E402

PASSWORD, WRONG = "brass lantern", "copper kettle"
PORTS = ("--port", "443", "--http-port", "80")
MAIL = "mail.office.test"
# Domain: what https://DOMAIN/ is, and what the simulator has besides.
DOMAINS = {
    "office.test": "website",
    "hostile.test": "hostile",
    "hop.test": "redirect",
    "root.test": "exchange",
    "plain.test": "none",
    "srv.test": "none srv",
    "far.test": "none srv",
    "nobody.test": "website",
}
NO_AUTODISCOVER = ("srv.test", "far.test", "nobody.test")
OWN = ("plain.test", "srv.test")  # have a server of their own, mail.DOMAIN
NAMES = [MAIL, *(f"mail.{d}" for d in OWN), *DOMAINS, *(f"autodiscover.{d}" for d in DOMAINS if d not in NO_AUTODISCOVER)]
SERVICES = {"_autodiscover._tcp.srv.test": ("mail.srv.test", 443), "_autodiscover._tcp.far.test": (MAIL, 443)}


def world():
    out = 'organisation "Office"\nseed 3\nclock now\n'
    for host in (MAIL, *(f"mail.{d}" for d in OWN)):
        out += f"premise {host.split('.')[1]} onprem 2016 host {host}\n"
        out += "\tschemes basic ntlm\n\tforest OFFICE\n\tlock-out after 5 for 30m\n"
    for domain, kind in DOMAINS.items():
        out += f"domain {domain} premise {domain.split('.')[0] if domain in OWN else 'office'} website {kind}\n"
    for domain in DOMAINS:
        name = domain.split(".")[0]
        out += f'mailbox svc@{domain} "Connector of {name}"\n\tlogin {name}\n\tpassword "{PASSWORD}"\n'
    return out


# found: the server; via: what found it; asked: who was shown the password, and never anybody else.
Row = namedtuple("Row", "domain options faults found via", defaults=((), True, None))
ROWS = {
    "a website in front": Row("office.test", {}, via="autodiscover"),
    "a hostile website": Row("hostile.test", {}, via="autodiscover"),
    "a redirect": Row("hop.test", {}, via="redirect"),
    "the domain itself is Exchange": Row("root.test", {}, via="domain"),
    "plain http that sends on": Row("plain.test", {}, (
        "status 404 face autodiscover host autodiscover.plain.test times 1",
        "redirect-host https://mail.plain.test/autodiscover/autodiscover.xml face autodiscover host autodiscover.plain.test",
    ), via="redirect"),
    "an SRV record inside the domain": Row("srv.test", {}, via="dns srv"),
    "an SRV record to another domain": Row("far.test", {}, found=False),
    "the same, agreed to": Row("far.test", {"agree": MAIL}, via="dns srv"),
    "nobody is there": Row("nobody.test", {}, found=False),
}


def discover(core, domain, secret, **options):
    return core.run("ews", "discover", mailbox=f"svc@{domain}", login=f"OFFICE\\{domain.split('.')[0]}", password=secret, **options)


def shown(sim, since):
    """Hosts that were shown a password."""
    return {e["host"] for e in sim.log(since) if e.get("login")}


def inside(domain, hosts, options):
    return all(h == domain or h.endswith("." + domain) or h == options.get("agree") for h in hosts)


def test_find(tap, sim, core):
    for name, row in ROWS.items():
        sim.do("no-fault all", *(f"fault f{i} {what}" for i, what in enumerate(row.faults)))
        since = sim.counts()["last"]
        got = discover(core, row.domain, PASSWORD, **row.options)
        value, hosts = got.value or {}, shown(sim, since)
        right = value.get("found") is row.found and (got.code == 0) is row.found
        tap.ok(right, f"{name}: {'found' if row.found else 'not found'}", repr(got))
        if row.found:
            server = f"mail.{row.domain}" if row.domain in OWN else MAIL
            tap.same((value.get("server"), value.get("port")), (server, 443), f"{name}: the server")
        winner = [c["how"] for c in value.get("candidates", ()) if c["state"] == "found"]
        tap.ok(not row.via or winner == [row.via], f"{name}: by {row.via or 'whatever way'}", repr(got))
        right = inside(row.domain, hosts, row.options) and len(hosts) <= 1
        tap.ok(right, f"{name}: one host inside the domain was shown the password at most", f"{hosts}")
        tap.ok(PASSWORD not in got.out + got.err, f"{name}: no secret is told")
        if not row.found:
            tap.same(hosts, set(), f"{name}: nobody was shown the password")
    tap.same(discover(core, "far.test", PASSWORD).value["needs_consent"], MAIL, "who would have to be agreed to is told")
    sim.do("no-fault all")


def test_looking(tap, sim, core):
    for domain in DOMAINS:
        since = sim.counts()["last"]
        got = core.run("ews", "discover", mailbox=f"svc@{domain}", look_only=True)
        tap.ok(not shown(sim, since) and got.value is not None, f"{domain}: looked at without a sign-in", repr(got))


def test_refused(tap, sim, core):
    for domain in ("office.test", "hostile.test", "srv.test", "root.test"):
        login = f"svc@{domain}"
        got = discover(core, domain, WRONG)
        tap.same(sim.who(login)["bad"], 1, f"{domain}: a wrong password is tried once")
        tap.ok(got.code == 1 and not got.value["found"] and got.reason == "signin_refused", f"{domain}: and it is told", repr(got))
        tap.ok(WRONG not in got.out + got.err, f"{domain}: without the password")


def main():
    tap = Tap()
    if not net.possible():
        tap.skip("autodiscovery by the product", "only root can make a network of its own")
        tap.done()
    net.enter(NAMES, SERVICES)
    with Sim(lines=world(), args=PORTS) as sim, Core(sim) as core:
        def with_world(test):
            def named(tap):
                test(tap, sim, core)

            named.__name__ = test.__name__
            return named

        def test_thefts(tap):
            tap.same(sim.thefts(), [], "no website was shown a password")

        run(tap, with_world(test_looking), with_world(test_find), with_world(test_refused), test_thefts)


main()
