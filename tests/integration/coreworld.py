"""The world of the Exchange core's tests, and an eye of its own that sees what is really there.

One premise for each product, alike in all but the product: svc@P.test with every sort of member around it. Nothing
here is taken from the product: the eye speaks EWS itself, signed in as the owner of what it looks at.
"""

import contextlib
import datetime
import http.client
import json
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.parse
import xml.etree.ElementTree as ET
import zoneinfo

from simlab import NS, impersonate

PRODUCTS = {"p2007": "2007sp1", "p2010": "2010sp2", "p2013": "2013sp1", "p2016": "2016", "p2019": "2019", "pse": "se", "pcloud": "online"}
NEWEST = {
    "p2007": "Exchange2007_SP1",
    "p2010": "Exchange2010_SP2",
    "p2013": "Exchange2013_SP1",
    "p2016": "Exchange2016",
    "p2019": "Exchange2016",
    "pse": "Exchange2016",
    "pcloud": "Exchange2016",
}
SECRET = "brass lantern over quiet water"
APP, APP_SECRET = "11111111-1111-4111-8111-111111111111", "Gate-of-tin-77"
TENANT = "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
# What stands in calendars and mail, and must be nowhere in what the product says or writes.
PLANTED = ("Wolverine", "Marmalade", "Periwinkle")
TAG = '<t:ExtendedFieldURI PropertySetId="c2f6a3de-7b1e-4c58-9a0d-5e3f8b24d617" PropertyName="LatchkeyBooking" PropertyType="String"/>'
UTC = datetime.timezone.utc
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
MONDAY = datetime.date.today() + datetime.timedelta(days=28 - datetime.date.today().weekday())

# Who is there, and what makes them so; {d} is the domain, {p} the premise.
PEOPLE = {
    "anna": f"""grant svc@{{d}} Editor
	on-behalf svc@{{d}}
	alias anna.berg@{{d}}
	event "{PLANTED[0]}" {MONDAY}T09:00 1h at "{PLANTED[1]}"
	event "{PLANTED[0]} lunch" {MONDAY}T12:00 1h free
	event "{PLANTED[0]} perhaps" {MONDAY}T14:00 30m tentative
	event "{PLANTED[0]} private" {MONDAY}T15:00 30m private
	event "{PLANTED[0]} fair" {MONDAY + datetime.timedelta(1)} away
	event "{PLANTED[0]} weekly" 2026-01-06T17:00 45m repeat weekly wed
	message from editor@{{d}} "{PLANTED[1]}" "{PLANTED[2]}\"""",
    "editor": "grant svc@{d} Editor",
    "author": "grant svc@{d} Author",
    "owner": "grant svc@{d} Owner",
    "reviewer": "grant svc@{d} Reviewer",
    "contributor": "grant svc@{d} Contributor",
    "noneditor": "grant svc@{d} NoneditingAuthor",
    "details": "grant svc@{d} LimitedDetails",
    "busyonly": "grant svc@{d} AvailabilityOnly",
    "none": "grant svc@{d} None",
    "closed": "grant default None",
    "open": "grant default Reviewer",
    "nothing": "",
    "falserights": "grant svc@{d} Editor folder-rights none",
    "full": "full-access svc@{d}",
    "boss": "delegate svc@{d} copies calendar Editor",
    "seer": "delegate svc@{d} private calendar Editor",
    "moving": "moving\n\tgrant svc@{d} Editor",
    "off": "enabled no\n\tgrant svc@{d} Editor",
    "noews": "ews no\n\tgrant svc@{d} Editor",
    "hidden": "hidden\n\tgrant svc@{d} Editor",
    "outsider": "grant svc@{d} Editor",
    "plain": "",
}


def mailbox(p, name, lines):
    d = f"{p}.test"
    head = f'mailbox {name}@{d} "{name.title()} {p}" premise {p}'
    return "\n\t".join([head, f"login {p}-{name}", f'password "{SECRET}"', lines.format(d=d, p=p)]) + "\n"


def premise(p, product, more=()):
    """The lines of one premise; more: lines below it."""
    d, kind = f"{p}.test", "online" if product == "online" else f"onprem {product}"
    tenant = [f"tenant {TENANT}"] if product == "online" else []
    ways = "schemes basic bearer" if product == "online" else "schemes basic ntlm"
    below = "\n\t".join(["zone Europe/Berlin", ways, "lock-out after 50 for 30m", *tenant, *more])
    kind = "online" if product == "online" else f"onprem {product}"
    out = f"premise {p} {kind} host mail-{p}.example.localhost\n\t{below}\ndomain {d} premise {p}\n"
    out += mailbox(p, "svc", "kind dedicated")
    out += "".join(mailbox(p, name, lines) for name, lines in PEOPLE.items())
    out += mailbox(p, "room1", "room capacity 8 policy decline-conflicts\n\tgrant default LimitedDetails")
    out += mailbox(p, "room2", "room capacity 4 policy decline")
    inside = " ".join(f"{name}@{d}" for name in (*PEOPLE, "room1") if name != "outsider")
    return out + f"""
group rooms@{d} "Rooms {p}" kind rooms
	member room1@{d} room2@{d}
group inner@{d} "Inner {p}" kind distribution
	member author@{d} reviewer@{d}
group staff@{d} "Staff {p}" kind distribution
	member anna@{d} editor@{d}
	nested inner@{d}
group scope@{d} "Scope {p}" kind security
	member {inside}
mailbox svc@{d}
	impersonation scope scope@{d}
"""


def app(certificate=None):
    more = f"\n\tcertificate cert {certificate}" if certificate else ""
    return f"""app {APP} "Latchkey" tenant pcloud
	secret main {APP_SECRET}
	redirect https://portal.example.test/back
	consent
	full-access
	delegated{more}
"""


def world(*premises, clock="now", certificate=None):
    """Lines of a world with these premises; a premise is a name of PRODUCTS, or (name, product, lines)."""
    rows = [(p, PRODUCTS[p], ()) if isinstance(p, str) else p for p in premises]
    out = f'organisation "Example"\nseed 7\nclock {clock}\n' + "".join(premise(*row) for row in rows)
    return out + (app(certificate) if "pcloud" in [r[0] for r in rows] else "")


# The eye


def text(e, path):
    found = e.find(path, NS)
    return None if found is None else (found.text or "").strip()


def address(who):
    return f"<t:Mailbox><t:EmailAddress>{who}</t:EmailAddress></t:Mailbox>"


def folder(who=None, name="calendar"):
    return f'<t:DistinguishedFolderId Id="{name}">{address(who) if who else ""}</t:DistinguishedFolderId>'


class Eye:
    """Sees the world by EWS, with nothing of the product."""

    def __init__(self, sim):
        self.sim, self.on = sim, {}

    def ask(self, p, op, who, **more):
        """Kept connections: many questions in little time. An answer that is no envelope is told as a code."""
        if p == "p2007" and more.get("acting_as"):
            more["header"] = impersonate(more.pop("acting_as")).replace("SmtpAddress", "PrimarySmtpAddress")
        for _ in range(2):
            if p not in self.on:
                self.on[p] = self.sim.connect(self.sim.host(p))
            try:
                answer = self.sim.soap(op, who, SECRET, version=NEWEST.get(p, "Exchange2016"), on=self.on[p], **more)
                break
            except (OSError, http.client.HTTPException):
                self.on.pop(p).close()
        if answer.body[:5] == b"<?xml":
            return ET.fromstring(answer.body)
        return ET.fromstring(f'<x><m:ResponseCode xmlns:m="{NS["m"]}">HTTP{answer.status}</m:ResponseCode></x>')

    def items(self, who, where="calendar", p=None):
        """All that lies in a folder of somebody, read as themselves."""
        p = p or who.split("@")[1].split(".")[0]
        found = self.ask(
            p,
            f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
            f"<m:ParentFolderIds>{folder(name=where)}</m:ParentFolderIds></m:FindItem>",
            who,
        )
        ids = [f'<t:ItemId Id="{e.get("Id")}"/>' for e in found.iterfind(".//t:ItemId", NS)]
        if not ids:
            assert text(found, ".//m:ResponseCode") == "NoError", ET.tostring(found)[:800]
            return []
        shape = "<t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType>"
        shape += f"<t:AdditionalProperties>{TAG}</t:AdditionalProperties>"
        got = self.ask(p, f"<m:GetItem><m:ItemShape>{shape}</m:ItemShape><m:ItemIds>{''.join(ids)}</m:ItemIds></m:GetItem>", who)
        return [Item(e) for e in got.iterfind(".//m:Items/*", NS)]

    def tagged(self, who, tag):
        return [i for i in self.items(who) if i.tag == tag]

    def empty(self, *people):
        """Throw away the mail of these, so that later tests begin with none."""
        for who in people:
            for where in ("inbox", "sentitems", "deleteditems"):
                ids = "".join(f'<t:ItemId Id="{i.id}"/>' for i in self.items(who, where) if not i.planted)
                if ids:
                    delete = f'<m:DeleteItem DeleteType="HardDelete"><m:ItemIds>{ids}</m:ItemIds></m:DeleteItem>'
                    self.ask(who.split("@")[1].split(".")[0], delete, who)

    def ours(self, who, where="calendar"):
        """What has no place in a mailbox at rest: everything but what was planted."""
        return [i.subject for i in self.items(who, where) if not i.planted]

    def folder(self, p, who, member=None, acting_as=None):
        """What a calendar says to somebody: (code, may read, may create, rights over items or None)."""
        shape = '<t:FieldURI FieldURI="folder:EffectiveRights"/><t:ExtendedFieldURI PropertyTag="0x6639" PropertyType="Integer"/>'
        got = self.ask(
            p,
            f"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>{shape}</t:AdditionalProperties>"
            f"</m:FolderShape><m:FolderIds>{folder(member)}</m:FolderIds></m:GetFolder>",
            who,
            acting_as=acting_as,
        )
        code = text(got, ".//m:ResponseCode") or text(got, ".//e:ResponseCode")
        bits = text(got, ".//t:ExtendedProperty/t:Value")
        return code, *(text(got, f".//t:EffectiveRights/t:{n}") == "true" for n in ("Read", "CreateContents")), int(bits) if bits else None

    def availability(self, p, who, member):
        """The code of somebody's availability."""
        zone = "<t:Bias>0</t:Bias>" + "".join(
            f"<t:{n}><t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>{m}</t:Month>"
            f"<t:DayOfWeek>Sunday</t:DayOfWeek></t:{n}>" for n, m in (("StandardTime", 11), ("DaylightTime", 3)))
        got = self.ask(
            p,
            f"<m:GetUserAvailabilityRequest><t:TimeZone>{zone}</t:TimeZone><m:MailboxDataArray><t:MailboxData><t:Email><t:Address>{member}"
            "</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData></m:MailboxDataArray><t:FreeBusyViewOptions>"
            f"<t:TimeWindow><t:StartTime>{MONDAY}T00:00:00</t:StartTime><t:EndTime>{MONDAY + datetime.timedelta(1)}T00:00:00</t:EndTime>"
            "</t:TimeWindow><t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>",
            who,
        )
        return text(got, ".//m:FreeBusyResponse/m:ResponseMessage/m:ResponseCode")


class Item:
    """One item as its owner sees it."""

    def __init__(self, e):
        self.e = e
        self.kind = e.tag.partition("}")[2]
        self.id = e.find("t:ItemId", NS).get("Id")
        self.subject = text(e, "t:Subject")
        self.planted = any(w in (self.subject or "") for w in PLANTED)
        self.body = text(e, "t:Body")
        self.location = text(e, "t:Location")
        self.tag = text(e, "t:ExtendedProperty/t:Value")
        self.start, self.end = (moment(text(e, "t:" + n)) for n in ("Start", "End"))
        self.all_day = text(e, "t:IsAllDayEvent") == "true"
        self.free = text(e, "t:LegacyFreeBusyStatus")
        self.organizer = text(e, "t:Organizer/t:Mailbox/t:EmailAddress")
        self.sensitivity = text(e, "t:Sensitivity")
        self.reminder = text(e, "t:ReminderMinutesBeforeStart") if text(e, "t:ReminderIsSet") == "true" else None
        self.sender, self.sent_from = (text(e, f"t:{n}/t:Mailbox/t:EmailAddress") for n in ("Sender", "From"))
        self.people = {
            n: {m.text for m in e.iterfind(f"t:{n}/t:Attendee/t:Mailbox/t:EmailAddress", NS)}
            for n in ("RequiredAttendees", "OptionalAttendees", "Resources")
        }

    def __repr__(self):
        return f"<{self.kind} {self.subject} {self.start} {self.tag}>"


def moment(words):
    return datetime.datetime.fromisoformat(words.replace("Z", "+00:00")).astimezone(UTC) if words else None


def stamp(t):
    return t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(day, hour, minute=0, zone=BERLIN):
    return datetime.datetime.combine(day, datetime.time(hour, minute), zone)


def refresh_token(sim, who):
    """As if this person had signed in with a browser."""
    values = {"client_id": APP, "client_secret": APP_SECRET, "grant_type": "password", "username": who, "password": SECRET,
              "scope": "https://outlook.office365.com/EWS.AccessAsUser.All offline_access"}
    got = sim.request("POST", f"/{TENANT}/oauth2/v2.0/token", urllib.parse.urlencode(values),
                      {"Content-Type": "application/x-www-form-urlencoded"}, host=sim.face("signin")["host"])
    return json.loads(got.body)["refresh_token"]


def authority(sim):
    face = sim.face("signin")
    return f"https://{face['host']}:{face['port']}"


def key_pair(place):
    """A certificate for an app: (certificate file, key and certificate together as the secret)."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Latchkey",
         "-keyout", f"{place}/app.key", "-out", f"{place}/app.pem"], check=True, capture_output=True)
    return f"{place}/app.pem", f"{place}/app.key"


class Wire:
    """Stands between the product and a premise, with a certificate of its own, and reads along."""

    def __init__(self, sim, p):
        self.sim, self.p, self.place = sim, p, tempfile.TemporaryDirectory(prefix="latchkey-wire.")
        self.host = sim.host(p)
        self.to, self.heard, self.lock = sim.face(premise=p)["port"], [], threading.Lock()

    def __enter__(self):
        d = self.place.name
        self.certificate = f"{d}/cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=wire", "-addext", f"subjectAltName=DNS:{self.host}",
             "-keyout", f"{d}/key.pem", "-out", self.certificate], check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.certificate, f"{d}/key.pem")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.place.cleanup()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), client:
            near = self.tls.wrap_socket(client, server_side=True)
            far = self.sim.context.wrap_socket(socket.create_connection(("127.0.0.1", self.to)), server_hostname=self.host)
            with near, far:
                while True:
                    if not self.one(near, far, self.heard_to) or not self.one(far, near, self.heard_from):
                        return

    def one(self, source, sink, keep):
        """Carries one message with its Content-Length over; the encoding that is offered is none."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = source.recv(65536)
            if not part:
                return False
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(x.split(b":")[1]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += source.recv(65536)
        head = b"\r\n".join(x for x in head.split(b"\r\n") if not x.lower().startswith(b"accept-encoding:"))
        sink.sendall(head + b"\r\n\r\n" + body)
        keep(body.decode("utf-8", "replace"))
        return True

    def heard_to(self, body):
        with self.lock:
            self.heard.append((True, body))

    def heard_from(self, body):
        with self.lock:
            self.heard.append((False, body))

    def bodies(self):
        return [body for out, body in self.heard if out]

    def asked(self):
        return "\n".join(self.bodies())

    def came(self):
        return "\n".join(body for out, body in self.heard if not out)
