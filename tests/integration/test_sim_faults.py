"""Every way in which the simulator misbehaves, seen from outside: over TLS, by curl, openssl and sockets.

The list of kinds is the simulator's own (--faults); a kind without a row here is a failed test. For each: what
the client sees, that it strikes as often as it should and nobody else, who meets it unsigned, and whether the
work was done.
"""

import re
import socket
import ssl
import subprocess
import time
import xml.etree.ElementTree as ET
import xml.parsers.expat
from collections import namedtuple

from lab import Tap, free_port, run
from ntlm_client import sign_in
from simask import AUTODISCOVER, HOST, PASSWORD, POX, SVC, TENANT, create, get_folder, view
from simlab import EWS, NS, Refused, Sim, basic, envelope

WORLD = """
include hybrid
premise hq
	front-end EX01
	front-end EX02
mailbox dora@example.test "Dora Engel"
	grant svc@example.test Editor
"""
OLD = ("-tls1", "-cipher", "ALL:@SECLEVEL=0")


TOKEN = (
    "grant_type=client_credentials&client_id=11111111-1111-4111-8111-111111111111&client_secret=App-secret-1"
    "&scope=https%3A%2F%2Foutlook.example.test%2F.default"
)


# Asking


def ask_ews(s, *more, op=None, anonymous=False):
    who = [] if anonymous else ["--basic", "-u", f"{SVC}:{PASSWORD}"]
    data = ["-H", "Content-Type: text/xml; charset=utf-8", "-d", envelope(op or get_folder("anna"))]
    return s.curl(s.url("hq"), *who, *data, *more)


def ask_pox(s, *more, anonymous=False):
    who = [] if anonymous else ["--basic", "-u", f"{SVC}:{PASSWORD}"]
    url = f"https://{AUTODISCOVER}/autodiscover/autodiscover.xml"
    return s.curl(url, *who, "-H", "Content-Type: text/xml", "-d", POX, *more)


def ask_token(s, *more, **_):
    return s.curl(f"https://login.example.test/{TENANT}/oauth2/v2.0/token", "-d", TOKEN, *more)


def raw(s, op=None, seconds=5):
    """What came on a connection, and how it ended: closed (as TLS wants), torn (FIN alone), reset or open."""
    face = s.face(premise="hq")
    body = envelope(op or get_folder("anna")).encode()
    head = (
        f"POST {EWS} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {basic(SVC, PASSWORD)}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = s.context.wrap_bio(come, go, server_hostname=HOST)
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", face["port"]), seconds) as plain:
            _until_done(tls.do_handshake, plain, come, go)
            tls.write(head.encode() + body)
            while True:
                piece = _until_done(tls.read, plain, come, go)
                if not piece:
                    return got, "closed"
                got += piece
    except ssl.SSLZeroReturnError:
        return got, "closed"
    except EOFError:
        return got, "torn"
    except ConnectionResetError:
        return got, "reset"
    except TimeoutError:
        return got, "open"


def _until_done(step, plain, come, go):
    """TLS by hand: only so a FIN is told from an end that TLS was told of."""
    while True:
        try:
            value = step()
            plain.sendall(go.read())
            return value
        except ssl.SSLWantReadError:
            plain.sendall(go.read())
            piece = plain.recv(65536)
            if not piece:
                raise EOFError from None
            come.write(piece)


def verify(s, *more):
    """openssl's judgement: the code of verification (0 = good), or what went wrong before."""
    face = s.face(premise="hq")
    names = ["-servername", HOST, "-verify_hostname", HOST, "-CAfile", s.ca]
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{face['port']}", *names, *more]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, errors="replace")
    found = re.search(r"Verify return code: (\d+)", done.stdout)
    if not found or "Cipher is (NONE)" in done.stdout:
        return "no handshake"
    return int(found.group(1))


# Reading


def tree(node):
    return (node.tag, sorted(node.attrib.items()), (node.text or ""), [tree(n) for n in node])


def parsed(body):
    """The document as nested tuples, whatever its prefixes; None when it is no XML."""
    try:
        return tree(ET.fromstring(body))
    except ET.ParseError:
        return None


def bare(node, drop):
    """The tree without what drop(node) names."""
    tag, attributes, text, children = node
    return (tag, attributes, text, [bare(n, drop) for n in children if not drop(n)])


def each(node):
    yield node
    for child in node[3]:
        yield from each(child)


def local(node):
    return node[0].split("}")[-1]


def ordered(node):
    """The tree with children in the order of their names: what is left when order does not count."""
    return (*node[:3], sorted((ordered(n) for n in node[3]), key=repr))


def code_in(text):
    found = re.search(r"<(?:\w+:)?ResponseCode[^>]*>\s*(\w+)", text)
    return found.group(1) if found else None


def depth(body):
    now = most = 0

    def begin(*_):
        nonlocal now, most
        now += 1
        most = max(most, now)

    def end(*_):
        nonlocal now
        now -= 1

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(body, True)
    return most


# What is seen of each kind. When it strikes: listen, accept, front (before anybody is signed in), instead, after.
# want: curl's exit code and the status, and what else is named; check: the answer, and the one without a fault.

Row = namedtuple("Row", "when argument want check ask", defaults=("", {}, None, ask_ews))


def page(status, kind, words, **headers):
    """A page of somebody who is no Exchange."""
    def check(_, seen, __):
        got = {k: seen.header(k.replace("_", "-")) for k in headers}
        return words in seen.text and "Envelope" not in seen.text and got == headers and not seen.header("x-ewshandler")

    return {"want": {"code": 0, "status": status, "type": kind}, "check": check}


def fault_of(code, back_off=None):
    def check(_, seen, __):
        root = ET.fromstring(seen.body)
        fault = root.find("s:Body/s:Fault", NS)
        value = root.find(".//t:Value[@Name='BackOffMilliseconds']", NS)
        return (
            fault.find("faultcode").text.endswith(":" + code) and fault.find("detail/e:ResponseCode", NS).text == code
            and (value.text if value is not None else None) == back_off
        )

    return check


def ends(how, least=b"", most=0.0):
    """On a bare connection: how it ends, and after how long at least."""
    def check(s, _, __):
        s.do("no-fault f2", f"fault f2 {s.rule}")
        start = time.monotonic()
        got, end = raw(s)
        return end == how and got == least and time.monotonic() - start >= most

    return check


def is_half(how):
    """The head promises the whole, half of the body comes."""
    def check(s, seen, well):
        s.do("no-fault f2", f"fault f2 {s.rule}")
        got, end = raw(s)
        body = got.split(b"\r\n\r\n", 1)[1]
        return end == how and seen.body == body == well.body[: len(well.body) // 2] and seen.header("Content-Length") == str(len(well.body))

    return check


def lasts(first, last):
    """The right answer, whose first byte and whose end come not before these seconds."""
    def check(_, seen, well):
        return seen.body == well.body and seen.told["time_starttransfer"] >= first and seen.told["time_total"] >= last

    return check


def broken(where):
    """No XML any more; taking the bytes out makes it the right answer again."""
    def check(_, seen, well):
        return parsed(seen.body) is None and seen.body.count(where) == 1 and seen.body.replace(where, b"") == well.body

    return check


def same_tree(more):
    def check(_, seen, well):
        return parsed(seen.body) == parsed(well.body) and bool(more(seen.body, well.body))

    return check


def is_huge(_, seen, well):
    return len(seen.body) == (3 << 20) + len(well.body) and seen.body.endswith(well.body) and not seen.body[: 3 << 20].strip(b" ")


def is_bomb(s, seen, _):
    s.do("no-fault f2", f"fault f2 {s.rule}")
    opened = ask_ews(s, "--compressed")
    small = opened.told["size_download"]
    return small == len(seen.body) < 100000 and opened.body == bytes(20 << 20) and seen.header("Content-Encoding") == "gzip"


def is_spaced(_, seen, well):
    got, want = list(each(parsed(seen.body))), list(each(parsed(well.body)))
    leaves = [(g[2], w[2]) for g, w in zip(got, want) if w[2]]
    return (
        len(got) == len(want) and [g[:2] for g in got] == [w[:2] for w in want] and bool(leaves)
        and all(g.strip() == w and g[0].isspace() and g[-1].isspace() for g, w in leaves)
    )


def is_extra(_, seen, well):
    new = ("FutureElement", "Extension")
    got = parsed(seen.body)
    kept = bare(got, lambda n: local(n) in new)
    text = repr(kept).replace("('FutureAttribute', '1'), ", "").replace("('FutureAttribute', '1')", "")
    return {local(n) for n in each(got)} >= set(new) and "FutureAttribute" in seen.text and text == repr(parsed(well.body))


def is_missing(_, seen, well):
    return parsed(seen.body) == bare(parsed(well.body), lambda n: local(n) == "ResponseCode") != parsed(well.body)


def is_reordered(_, seen, well):
    got, want = parsed(seen.body), parsed(well.body)
    names = [[local(c) for c in n[3]] for tree_ in (got, want) for n in each(tree_) if local(n) == "CalendarFolder"]
    return got != want and ordered(got) == ordered(want) and names[0] == names[1][::-1]


def codes_are(code, inner=None):
    """Two were asked for: each message has the code, and one within; none its payload."""
    def check(s, _, __):
        s.do("no-fault f2", f"fault f2 {s.rule}")
        root = ET.fromstring(ask_ews(s, op=get_folder("anna", "anna")).body)
        messages = root.findall(".//m:GetFolderResponseMessage", NS)
        got = [(m.get("ResponseClass"), m.find("m:ResponseCode", NS).text, len(m.findall("m:Folders/*", NS))) for m in messages]
        within = [v.text for m in messages for v in m.findall("m:MessageXml/t:Value[@Name='InnerErrorResponseCode']", NS)]
        return got == [("Error", code, 0)] * 2 and within == [inner] * 2 * bool(inner)

    return check


def is_stopped(s, _, __):
    """Of two, the second was not tried."""
    s.do("no-fault f2", f"fault f2 {s.rule}")
    messages = ET.fromstring(ask_ews(s, op=get_folder("anna", "anna")).body).findall(".//m:GetFolderResponseMessage", NS)
    got = [(m.get("ResponseClass"), m.find("m:ResponseCode", NS).text, len(m.findall("m:Folders/*", NS))) for m in messages]
    return got == [("Success", "NoError", 1), ("Warning", "ErrorBatchProcessingStopped", 0)]


def is_soap12(_, seen, well):
    twelve = b"http://www.w3.org/2003/05/soap-envelope"
    return twelve in seen.body and parsed(seen.body.replace(twelve, NS["s"].encode())) == parsed(well.body)


def is_deep(_, seen, well):
    return depth(seen.body) > 100000 and parsed(re.sub(rb"(</?Deep>)+", b"", seen.body)) == parsed(well.body)


def is_entity_bomb(_, seen, __):
    return seen.body.count(b"<!ENTITY e") == 11 and seen.text.count("&e10;") == 1 and parsed(seen.body) is None


def is_external(_, seen, __):
    return 'SYSTEM "file:///etc/hostname"' in seen.text and seen.text.count("&file;") == 1


def redirects(to):
    def check(_, seen, __):
        return seen.header("Location") == to and not seen.header("x-ewshandler")

    return {"want": {"code": 0, "status": 302}, "check": check}


def is_login_redirect(s, seen, _):
    port = s.face(premise="hq")["port"]
    return seen.header("Location") == f"/owa/auth/logon.aspx?replaceCurrent=1&url=https%3A%2F%2F{HOST}%3A{port}%2FEWS%2FExchange.asmx"


def is_aadsts(_, seen, __):
    return '"error":"temporarily_unavailable"' in seen.text.replace(" ", "") and "AADSTS90033" in seen.text


XML = {"code": 0, "status": 200, "type": "text/xml; charset=utf-8"}
WIDE = {"code": 0, "status": 200, "type": "text/xml; charset=utf-16"}
GONE = {"code": 52, "status": 0}
RESET = {"code": 56, "status": 0}

ROWS = {
    "refuse": Row("listen", want={"code": 7, "status": 0}),
    "reset-connect": Row("accept", want={"code": (7, 35), "status": 0}, check=ends("reset")),  # 7: when it comes at once
    "tls": Row("accept", want={"code": 60, "status": 0, "error": "certificate has expired"}),
    "reset": Row("front", want=RESET, check=ends("reset")),
    "close": Row("front", want=GONE, check=ends("closed")),
    "silence": Row("front", "300", GONE, ends("torn", most=0.3)),
    "login-page": Row("front", **page(200, "text/html; charset=utf-8", 'name="password"')),
    "proxy-page": Row("front", "407", **page(407, "text/html; charset=utf-8", "roxy", proxy_authenticate='Basic realm="proxy"')),
    "status": Row("front", "503:30", **page(503, "text/html; charset=us-ascii", "Service Unavailable", retry_after="30")),
    "no-challenge": Row("front", **page(401, "text/html", "401 - Unauthorized", www_authenticate=None)),
    "empty": Row("front", want={"code": 0, "status": 200, "type": None}, check=lambda _, seen, __: seen.body == b""),
    "redirect-host": Row("front", **redirects("https://elsewhere.example.net/EWS/Exchange.asmx")),
    "redirect-error-page": Row("front", **redirects("/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx")),
    "redirect-login": Row("front", want={"code": 0, "status": 302}, check=is_login_redirect),
    "soap-fault": Row("instead", want={**XML, "status": 500}, check=fault_of("ErrorServerBusy", "10000")),
    "soap-fault-200": Row("instead", want=XML, check=fault_of("ErrorServerBusy", "10000")),
    "redirect-url": Row(
        "instead", "https://astray.example.net/a.xml", XML,
        lambda _, seen, __: "<RedirectUrl>https://astray.example.net/a.xml</RedirectUrl>" in seen.text, ask_pox,
    ),
    "aadsts": Row("instead", want={"code": 0, "status": 503, "type": "application/json; charset=utf-8"}, check=is_aadsts, ask=ask_token),
    "done-status": Row("after", want={"code": 0, "status": 500}, check=lambda _, seen, __: "Runtime Error" in seen.text),
    "done-reset": Row("after", want=RESET, check=ends("reset")),
    "done-close": Row("after", want=GONE, check=ends("closed")),
    "done-silence": Row("after", "300", GONE, ends("torn", most=0.3)),
    "done-soap-fault": Row("after", want={**XML, "status": 500}, check=fault_of("ErrorInternalServerError")),
    "delay": Row("after", "400", XML, lasts(0.4, 0.4)),
    "slow-head": Row("after", "400", XML, lasts(0, 0.38)),
    "slow-body": Row("after", "400", XML, lasts(0, 0.38)),
    "cut": Row("after", want={**XML, "code": 18}, check=is_half("torn")),
    "half-close": Row("after", want={**XML, "code": 18}, check=is_half("closed")),
    "huge": Row("after", "3", XML, is_huge),
    "gzip-bomb": Row("after", "20", XML, is_bomb),
    "wrong-type": Row("after", want={**XML, "type": "text/html"}, check=lambda _, seen, well: seen.body == well.body),
    "prefixes": Row("after", want=XML, check=same_tree(lambda seen, _: b"<m:" not in seen and b"<t:" not in seen and b"<s:" not in seen)),
    "default-namespace": Row("after", want=XML, check=same_tree(lambda seen, _: not re.search(rb"<\w+:", seen))),
    "bom": Row("after", want=XML, check=same_tree(lambda seen, well: seen == b"\xef\xbb\xbf" + well)),
    "utf-16le": Row("after", want=WIDE, check=same_tree(lambda seen, _: seen[:4] == b"\xff\xfe<\0")),
    "utf-16be": Row("after", want=WIDE, check=same_tree(lambda seen, _: seen[:4] == b"\xfe\xff\0<")),
    "whitespace": Row("after", want=XML, check=is_spaced),
    "extra": Row("after", want=XML, check=is_extra),
    "missing": Row("after", want=XML, check=is_missing),
    "reordered": Row("after", want=XML, check=is_reordered),
    "item-error": Row("after", want=XML, check=codes_are("ErrorMailboxMoveInProgress")),
    "unknown-code": Row("after", want=XML, check=codes_are("ErrorNotInvented2031")),
    "inner-error": Row("after", want=XML, check=codes_are("ErrorInternalServerError", "ErrorServerBusy")),
    "stopped": Row("after", want=XML, check=is_stopped),
    "soap12": Row("after", want={**XML, "type": "application/soap+xml; charset=utf-8"}, check=is_soap12),
    "unclosed": Row("after", want=XML, check=lambda _, seen, well: parsed(seen.body) is None and seen.body + b"</s:Envelope>" == well.body),
    "illegal-character": Row("after", want=XML, check=broken(b"\x01")),
    "illegal-reference": Row("after", want=XML, check=broken(b"&#x0;")),
    "broken-utf-8": Row("after", want=XML, check=broken(b"\xff")),
    "deep": Row("after", want=XML, check=is_deep),
    "entity-bomb": Row("after", want=XML, check=is_entity_bomb),
    "external-entity": Row("after", want=XML, check=is_external),
}
# Where each way of asking stands, and rules that do not mean it.
PLACES = {
    ask_ews: f"face ews host {HOST} op GetFolder mailbox anna@* caller svc@*",
    ask_pox: "face autodiscover host " + AUTODISCOVER + " op Autodiscover mailbox anna@* caller svc@*",
    ask_token: "face signin host login.example.test op token",
}
ELSEWHERE = {
    "connection": ("face website", "host outlook.example.test", "front-end EX9"),
    "request": ("face website", "host outlook.example.test", "front-end EX9", "op GetItem", "mailbox bert@*", "caller anna@*"),
}


def as_wanted(seen, want):
    """What is other than wanted, said; None when nothing is."""
    got = {"code": seen.code, "status": seen.status, "type": seen.header("Content-Type")}
    wrong = {k: v for k, v in got.items() if k in want and v not in (want[k] if isinstance(want[k], tuple) else (want[k],))}
    if not re.search(want.get("error", ""), seen.error):
        wrong["error"] = seen.error
    return wrong or None


def struck(s, ident="f"):
    found = next(f for f in s.faults() if f["id"] == ident)
    return found["hit"], found["left"]


class Kind:
    """One row, tried. Every step leaves the simulator without faults."""

    def __init__(self, s, kind, row, well):
        self.s, self.kind, self.row, self.well = s, kind, row, well
        self.rule = f"{kind} {row.argument}".strip()
        self.wrong = []

    def expect(self, good, what, detail=""):
        if not good:
            self.wrong.append(f"{what}: {detail!r}")

    def is_well(self, what):
        seen = self.row.ask(self.s)
        self.expect((seen.code, seen.status) == (0, 200) and (self.row.ask is ask_token or seen.body == self.well.body), what, seen)

    def sees(self, what, **more):
        seen = self.row.ask(self.s, **more)
        self.expect(not as_wanted(seen, self.row.want), what, (as_wanted(seen, self.row.want), seen))
        return seen

    def place(self):
        """What can be said of the request; of a connection, only where it goes."""
        where = PLACES[self.row.ask]
        return where.split(" op ")[0] if self.row.when in ("listen", "accept") else where

    def counted(self):
        """Twice, and not a third time; a state that stands as long as its rule."""
        times = "" if self.row.when == "listen" else "times 2"
        self.s.do(f"fault f {self.rule} {self.place()} {times}")
        first = self.sees("the first time")
        self.sees("the second time")
        if self.row.when == "listen":
            self.sees("the third time")
            self.s.do("no-fault f")
        else:
            self.expect(struck(self.s) == (2, 0), "counted", struck(self.s))
        self.is_well("when it is used up")
        self.s.do("no-fault all")
        return first

    def looks(self, seen):
        """The contents, and how the connection ends. A check may ask again, under rules of its own."""
        if self.row.check is None:
            return
        self.s.rule = f"{self.rule} {self.place()}"
        self.s.do(f"fault f2 {self.s.rule}")
        try:
            good = self.row.check(self.s, seen, self.well)
        except Exception as e:  # an answer of another shape
            good, seen = False, (e, seen)
        self.expect(good, "what the answer is like", seen)
        self.s.do("no-fault all")

    def spares(self):
        """Rules for others do not mean this request."""
        others = ELSEWHERE["connection" if self.row.when in ("listen", "accept") else "request"]
        self.s.do(*[f"fault f{i} {self.rule} {other}" for i, other in enumerate(others)])
        self.is_well("a rule for others")
        hits = [f["id"] for f in self.s.faults() if f["hit"]]
        self.expect(not hits, "rules for others struck", hits)
        self.s.do("no-fault all")

    def anonymous(self):
        """What stands in front of Exchange is met by everybody; the rest only behind the sign-in."""
        if self.row.ask is ask_token:
            return
        self.s.do(f"fault f {self.rule}")
        if self.row.when in ("listen", "accept", "front"):
            self.sees("asked by nobody", anonymous=True)
        else:
            seen = self.row.ask(self.s, anonymous=True)
            self.expect(seen.status == 401 and seen.header("WWW-Authenticate") and struck(self.s)[0] == 0, "asked by nobody", seen)
        self.s.do("no-fault all")

    def done(self):
        """Was the work done."""
        if self.row.ask is not ask_ews:
            return
        self.s.do(f"fault f {self.rule}{'' if self.row.when in ('listen', 'accept') else ' op CreateItem'}")
        ask_ews(self.s, op=create(f"Made under {self.kind}", "dora"))
        self.s.do("no-fault all")
        there = f">Made under {self.kind}<" in ask_ews(self.s, op=view("dora")).text
        self.expect(there == (self.row.when == "after"), "the work", f"done: {there}")

    def tried(self):
        seen = self.counted()
        self.looks(seen)
        self.spares()
        self.anonymous()
        self.done()
        self.is_well("afterwards")
        return self.wrong


def kinds(tap):
    with Sim(lines=WORLD) as s:
        listed = subprocess.run([s.program(), "--faults"], capture_output=True, text=True, timeout=20, check=True).stdout
        names = [line.split()[0] for line in listed.splitlines()]
        tap.same(sorted(set(names) ^ set(ROWS)), [], "the table of this test has every kind there is, and no other")
        s.clock_freeze()
        well = {ask: ask(s) for ask in PLACES}
        tap.ok(all((w.code, w.status) == (0, 200) for w in well.values()), "without a fault every face answers", well)
        for name in names:
            if name in ROWS:
                wrong = Kind(s, name, ROWS[name], well[ROWS[name].ask]).tried()
                tap.ok(not wrong, f"{name}: seen, counted, aimed, and what it left", "\n".join(wrong))
        made = ask_ews(s, op=create("At the end", "dora"))
        tap.ok(made.status == 200 and "At the end" in ask_ews(s, op=view("dora")).text, "after all of them it still serves", made)
        tap.same(s.stop(), 0, "and ends well")


# Certificates

SHOWN = {
    "good": (0, 0, ""),
    "wrong-name": (62, 60, "no alternative certificate subject name matches"),
    "expired": (10, 60, "certificate has expired"),
    "not-yet": (9, 60, "certificate is not yet valid"),
    "self-signed": (18, 60, "self-signed certificate"),
    "incomplete": (21, 60, "unable to get local issuer certificate"),
    "old": ("no handshake", 35, "SSL routines"),
}


def certificates(tap):
    with Sim(lines=WORLD) as s:
        kept = s.connect(HOST)
        s.soap(get_folder("anna"), SVC, PASSWORD, on=kept)
        for show, (judged, code, says) in SHOWN.items():
            s.do(f"fault f tls {show} face ews")
            seen = ask_ews(s)
            got = verify(s)
            tap.ok(got == judged and seen.code == code and says in seen.error, f"papers: {show}", (got, seen))
            there = s.soap(get_folder("anna"), SVC, PASSWORD, on=kept).status
            other = ask_pox(s).status
            tap.same((there, other), (200, 200), f"papers: {show}: a connection that stands and another face are as before")
        got = verify(s, *OLD)
        tap.same(got, 0, "the old protocol is spoken, under good papers")
        s.do("no-fault all")
        tap.same((verify(s), verify(s, *OLD)), (0, "no handshake"), "well again, and the old protocol is not spoken")
        s.do("fault f refuse face ews")
        tap.same(s.soap(get_folder("anna"), SVC, PASSWORD, on=kept).status, 200, "refused: a connection that stands stays")
        kept.close()


# Rules


def hits_of(s, rule, n):
    """Which of n requests on one connection were struck."""
    s.do("no-fault all", f"fault f {rule}")
    conn = s.connect(HOST)
    out = [s.soap(get_folder("anna"), SVC, PASSWORD, on=conn).status != 200 for _ in range(n)]
    conn.close()
    return out


def rules(tap):
    with Sim(lines=WORLD) as s:
        tap.same(hits_of(s, "soap-fault after 2 times 3", 7), [False] * 2 + [True] * 3 + [False] * 2, "after 2 times 3")
        half = hits_of(s, "soap-fault chance 50%", 200)
        again = hits_of(s, "soap-fault chance 50%", 200)
        tap.ok(70 < sum(half) < 130 and again == half, "chance 50% strikes half of them, always the same", sum(half))
        tap.same(sum(hits_of(s, "soap-fault chance 0%", 20)), 0, "chance 0% never strikes")
        by_end = {}
        s.do("no-fault all", "fault f status 503 front-end EX02")
        for _ in range(6):
            seen = ask_ews(s)
            by_end.setdefault(s.log()[-1]["front_end"], set()).add(seen.status)
        tap.same(by_end, {"EX01": {200}, "EX02": {503}}, "a rule for one front end strikes there only")
        s.do("no-fault all", "fault a status 502 op GetFolder times 1", "fault b status 503 op GetFolder times 1")
        tap.same([ask_ews(s).status for _ in range(3)], [502, 503, 200], "rules strike in the order they were made")
        s.do("no-fault all", "fault f status 503 caller svc@*")
        anonymous, mine = ask_ews(s, anonymous=True).status, ask_ews(s).status
        wrong = s.soap(get_folder("anna"), SVC, "wrong").status
        tap.same((anonymous, wrong, mine), (401, 401, 503), "a rule for a caller waits until the caller is known")
        s.do("no-fault all", "fault f login-page times 1")
        conn = s.connect(HOST)
        shake = [sign_in(lambda h: s.soap(get_folder("anna"), headers=h, on=conn), SVC, PASSWORD) for _ in range(2)]
        conn.close()
        tap.ok('name="password"' in shake[0].text and "NoError" in shake[1].text, "NTLM meets it at its first message", shake)
        s.do("fault f status 503", "no-fault f")
        tap.same((s.faults(), ask_ews(s).status), ([], 200), "mended")
        wrong = ("no-such", "status 99", "refuse 1", "silence -1", "tls bad", "deep 0", "status 503 chance 101%", "status 503 times -1")
        for line in wrong:
            try:
                s.do(f"fault f {line}")
                tap.ok(False, f"fault f {line}: refused")
            except Refused as e:
                tap.ok(str(e), f"fault f {line}: refused")
        entries = [e for e in s.log() if e.get("fault")]
        tap.ok({e["fault"] for e in entries} == {"soap-fault", "status", "login-page"}, "the journal names what struck", entries[-3:])


def shared(tap):
    """On the port of all names a connection is the first server's, a request is its host's."""
    port = free_port()
    with Sim(lines=WORLD, args=["--port", str(port)]) as s:
        def ask(url, *more):
            return s.curl(url, *more, shared=port)

        token, mail = f"https://login.example.test/{TENANT}/oauth2/v2.0/token", f"https://{HOST}{EWS}"
        whole = ("--basic", "-u", f"{SVC}:{PASSWORD}", "-H", "Content-Type: text/xml", "-d", envelope(get_folder("anna")))
        s.do("fault f aadsts 53003")
        first, second = ask(token, "-d", TOKEN), ask(mail, *whole)
        tap.ok("AADSTS53003" in first.text, "aadsts on the port of all names", first)
        down = second.status == 503 and "AADSTS" not in second.text
        tap.ok(down, "aadsts: a host without such errors answers as if it were down", second)
        for show, code in (("tls expired", 60), ("refuse", 7)):
            s.do("no-fault all", f"fault f {show} face ews")
            got = (ask(token, "-d", TOKEN).code, ask_token(s).code)
            tap.same(got, (code, 0), f"{show}: the port of all names goes by its first server")
        s.do("no-fault all")
        tap.same(ask(token, "-d", TOKEN).status, 200, "and is there again")


run(Tap(), kinds, certificates, rules, shared)
