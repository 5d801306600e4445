"""Every product that can be simulated answers as itself: versions it takes, operations it knows, the forms of its errors.

Truth here is what real servers were seen to do (EWS.md 4 and 5); the schemas of Microsoft judge the answers
elsewhere (tests/conformance/test_schema.py).
"""

import json
import re
import urllib.parse
import xml.etree.ElementTree as ET

from lab import Tap, run
from simlab import EWS, NS, Sim, basic, envelope, impersonate

LEVELS = (
    "Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2",
    "Exchange2013", "Exchange2013_SP1", "Exchange2015", "Exchange2016",
)
# What each product is: the highest version it takes, what ServerVersionInfo says, what a closed folder says.
PRODUCTS = {
    "2007": ("Exchange2007", (8, 0), None, "ErrorAccessDenied"),
    "2007sp1": ("Exchange2007_SP1", (8, 1), "Exchange2007_SP1", "ErrorAccessDenied"),
    "2010sp3": ("Exchange2010_SP2", (14, 3), "Exchange2010_SP2", "ErrorFolderNotFound"),
    "2013sp1": ("Exchange2013_SP1", (15, 0), "V2_8", "ErrorItemNotFound"),
    "2016": ("Exchange2016", (15, 1), "V2017_07_11", "ErrorItemNotFound"),
    "2019": ("Exchange2016", (15, 2), "V2017_07_11", "ErrorItemNotFound"),
    "se": ("Exchange2016", (15, 2), "V2017_07_11", "ErrorItemNotFound"),
    "online": ("Exchange2016", (15, 20), "V2018_01_08", "ErrorItemNotFound"),
}
WORLD = """
include versions
%s
premise 2016
	unsure impersonation ErrorImpersonationDenied
mailbox moving@2016.example.test
	moving
mailbox alias@2016.example.test
	alias other@2016.example.test
mailbox mute@2016.example.test
	password Sesame-open-1
mailbox german@2016.example.test
group scope@2016.example.test
	member moving@2016.example.test alias@2016.example.test reviewer@2016.example.test
premise 2019
	language de-DE
""" % "\n".join(
    f'mailbox anna@{p}.example.test ; event "Away" 2026-11-24T09:00 1h elsewhere with reviewer@{p}.example.test' for p in PRODUCTS
)
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TENANT_APP = {"client_id": "77777777-7777-4777-8777-777777777777", "client_secret": "App-secret-7"}


class Server:
    """One product: asks it as its dedicated mailbox, on one connection."""

    def __init__(self, sim, name):
        self.sim, self.name = sim, name
        self.highest, self.number, self.shown, self.denial = PRODUCTS[name]
        self.host = f"mail.{name}.example.test"
        self.on = sim.connect(self.host)
        self.bearer = None
        if name == "online":
            self.bearer = token(sim, grant_type="client_credentials", scope="https://outlook.office365.com/.default")

    def address(self, who):
        return f"{who}@{self.name}.example.test"

    def sign_in(self):
        if self.bearer:
            return "Bearer " + self.bearer
        return basic(self.address("svc"), "Sesame-open-1")

    def post(self, body, **headers):
        """Bytes as they are."""
        head = {"Content-Type": "text/xml; charset=utf-8", "Authorization": self.sign_in(), **headers}
        return self.sim.request("POST", EWS, body, {k: v for k, v in head.items() if v}, on=self.on)

    def ask(self, op, version="highest", header="", acting_as=None, headers=None):
        """Online the application has no mailbox of its own: it acts as the dedicated one."""
        version = self.highest if version == "highest" else version
        if self.bearer and acting_as is None and "ExchangeImpersonation" not in header:
            acting_as = self.address("svc")
        who = impersonate(acting_as) if acting_as else ""
        return self.post(envelope(op, version, header + who), **(headers or {}))

    def knows(self, version):
        return version in LEVELS and LEVELS.index(version) <= LEVELS.index(self.highest)


def token(sim, **values):
    body = urllib.parse.urlencode({**TENANT_APP, **values})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    got = sim.request("POST", "/online.example.test/oauth2/v2.0/token", body, headers, host=sim.face("signin")["host"])
    return json.loads(got.body)["access_token"]


def tree(answer):
    return ET.fromstring(answer.body)


def code(answer):
    """The first code, be it of a fault or of an item."""
    return next((e.text for e in tree(answer).iter() if e.tag.endswith("}ResponseCode")), None)


def fault(answer):
    """(status, code) of a fault whose form is right, or what is wrong with it."""
    body = tree(answer).find("s:Body", NS)
    fault = None if body is None else body.find("s:Fault", NS)
    if fault is None:
        return answer.status, code(answer)
    said = {k: fault.findtext(k) for k in ("faultcode", "faultstring")}
    told = fault.find("detail/e:ResponseCode", NS)
    detail = [e.tag for e in fault.find("detail")]
    wrong = [
        tree(answer).find("s:Header", NS) is not None and "a header",
        len(body) != 1 and "more than a fault",
        not said["faultstring"] and "no text",
        fault.find("faultstring").get(XML_LANG) is None and "no language",
        detail[:2] != [f"{{{NS['e']}}}ResponseCode", f"{{{NS['e']}}}Message"] and "another detail",
        len(detail) > 2 and detail[2:] != [f"{{{NS['t']}}}MessageXml"] and "another MessageXml",
        said["faultcode"] not in (f"a:{told.text}", "soap:Client") and f"faultcode {said['faultcode']}",
        said["faultcode"].startswith("a:") and f'xmlns:a="{NS["t"]}"' not in answer.text and "faultcode of no namespace",
    ]
    return (answer.status, told.text, *filter(None, wrong))


def values(answer):
    return {e.get("Name"): e.text for e in tree(answer).findall(".//t:MessageXml/t:Value", NS)}


def folder(address=None, name="calendar"):
    of = f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>" if address else ""
    return f'<t:DistinguishedFolderId Id="{name}">{of}</t:DistinguishedFolderId>'


def get_folder(address=None, base="IdOnly"):
    return (
        f"<m:GetFolder><m:FolderShape><t:BaseShape>{base}</t:BaseShape></m:FolderShape>"
        f"<m:FolderIds>{folder(address)}</m:FolderIds></m:GetFolder>"
    )


def view(address=None, base="AllProperties"):
    return (
        f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{base}</t:BaseShape></m:ItemShape>'
        '<m:CalendarView StartDate="2026-11-24T00:00:00Z" EndDate="2026-11-25T00:00:00Z"/>'
        f"<m:ParentFolderIds>{folder(address)}</m:ParentFolderIds></m:FindItem>"
    )


def of(address):
    return f"<m:Mailbox><t:EmailAddress>{address}</t:EmailAddress></m:Mailbox>"


# RequestServerVersion


def refusal(server, version):
    """From 2013 on a version of the right form that is too new is an invalid request; all else is no version at all."""
    if server.number[0] >= 15 and version.startswith("Exchange20"):
        return (500, "ErrorInvalidRequest")
    return (500, "ErrorInvalidServerVersion")


SHOWN = ("V2_22", "V2017_07_11", "V2018_01_08")  # by servers, not taken by them
WRONG = (*SHOWN, "Exchange2019", "ExchangeSE", "Exchange2007_SP2", "Exchange2007_SP3", "Exchange2010_SP3", "exchange2010", " ")


def test_versions(tap, sim, server):
    for version in LEVELS + WRONG:
        got = server.ask(get_folder(server.address("anna")), version)
        want = (200, "NoError") if server.knows(version) else refusal(server, version)
        tap.same(fault(got), want, f"{server.name}: RequestServerVersion {version!r}")
    for header in ("<t:RequestServerVersion/>", '<t:RequestServerVersion Version=""/>'):
        got = server.ask(get_folder(server.address("anna")), None, header)
        tap.same(fault(got), (500, "ErrorInvalidServerVersion"), f"{server.name}: {header} names none")


def test_no_version(tap, sim, server):
    """As in 2007: nothing newer in the answer, no operation that came later."""
    got = server.ask(get_folder(server.address("anna"), "AllProperties"), None)
    tap.ok(code(got) == "NoError" and b"ViewPrivateItems" not in got.body, f"{server.name}: no version header is 2007's", got.text)
    got = server.ask("<m:GetRoomLists/>", None)
    want = "ErrorIncorrectSchemaVersion" if server.knows("Exchange2010") else "ErrorInvalidRequest"
    tap.same(fault(got), (500, want), f"{server.name}: and no operation of 2010's")
    here = "2007" if server.name == "2007" else "2007_SP1"
    tap.same(sim.log(op="GetFolder")[-1]["version"], "Exchange" + here, f"{server.name}: the journal knows what it was taken for")


def test_version_info(tap, sim, server):
    got = server.ask(get_folder(server.address("anna")))
    header = tree(got).find("s:Header", NS)
    info = header[0].attrib
    tap.same([e.tag for e in header], [f"{{{NS['t']}}}ServerVersionInfo"], f"{server.name}: the header of an answer")
    tap.same((int(info["MajorVersion"]), int(info["MinorVersion"])), server.number, f"{server.name}: its version number")
    tap.same(info.get("Version"), server.shown, f"{server.name}: its Version")
    build = int(info["MajorBuildNumber"])
    least = {"2013sp1": 847, "se": 2562}.get(server.name, 1)
    most = {"2019": 2561}.get(server.name, 99999)
    tap.ok(least <= build <= most and info["MinorBuildNumber"].isdigit(), f"{server.name}: its build", info)


# Operations

TAIL = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
OPERATIONS = (
    ("GetDelegate", "Exchange2007_SP1", lambda s: f'<m:GetDelegate IncludePermissions="false">{of(s.address("svc"))}</m:GetDelegate>'),
    (
        "ConvertId",
        "Exchange2007_SP1",
        lambda s: '<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="EwsId" Id="AAA=" '
        f'Mailbox="{s.address("anna")}"/></m:SourceIds></m:ConvertId>',
    ),
    ("GetRoomLists", "Exchange2010", lambda s: "<m:GetRoomLists/>"),
    (
        "GetRooms",
        "Exchange2010",
        lambda s: f"<m:GetRooms><m:RoomList><t:EmailAddress>{s.address('rooms')}</t:EmailAddress></m:RoomList></m:GetRooms>",
    ),
    ("GetServerTimeZones", "Exchange2010", lambda s: "<m:GetServerTimeZones><m:Ids><t:Id>UTC</t:Id></m:Ids></m:GetServerTimeZones>"),
    ("SyncFolderHierarchy", "Exchange2007", lambda s: f"<m:SyncFolderHierarchy>{TAIL}</m:SyncFolderHierarchy>"),
)
# Nobody here has them: one that real servers have, one that nobody has, one of another namespace, an answer.
UNKNOWN = ("<m:GetStreamingEvents/>", "<m:GetTheMoon/>", "<t:GetFolder/>", "<GetFolder xmlns=''/>", "<m:GetFolderResponse/>")


def test_operations(tap, sim, server):
    for name, since, op in OPERATIONS:
        for version in (server.highest, "Exchange2007"):
            got = server.ask(op(server), version)
            if not server.knows(since):
                want = (500, "ErrorInvalidRequest")
            elif LEVELS.index(version) < LEVELS.index(since):
                want = (500, "ErrorIncorrectSchemaVersion")
            else:
                want = None
            if want:
                tap.same(fault(got), want, f"{server.name}: {name} comes too early for {version}")
            else:
                answered = got.status == 200 and tree(got).find(f"s:Body/m:{name}Response", NS) is not None
                tap.ok(answered, f"{server.name}: {name} is answered to {version}", got.text)
    for op in UNKNOWN:
        tap.same(fault(server.ask(op)), (500, "ErrorInvalidRequest"), f"{server.name}: {op} is no operation")


# The schema

SHAPE = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
IDS = f"<m:FolderIds>{folder()}</m:FolderIds>"
# what is wrong, the request, words of the complaint, the line it is in
VIOLATIONS = (
    ("the wrong order", f"<m:GetFolder>\n{IDS}\n{SHAPE}</m:GetFolder>", ("invalid child element 'FolderIds'", "FolderShape"), 2),
    (
        "the wrong namespace",
        f"<m:GetFolder>{SHAPE}\n\n<t:FolderIds>{folder()}</t:FolderIds></m:GetFolder>",
        ("invalid child element 'FolderIds'", "types"),
        3,
    ),
    ("no namespace", f'<m:GetFolder>{SHAPE}<FolderIds xmlns="">{folder()}</FolderIds></m:GetFolder>', ("child element 'FolderIds'",), 1),
    ("an unknown child", f"<m:GetFolder>{SHAPE}{IDS}\n<m:Moon/></m:GetFolder>", ("invalid child element 'Moon'",), 2),
    ("an unknown child within", f"<m:GetFolder>{SHAPE}<m:FolderIds>\n<t:MoonId/></m:FolderIds></m:GetFolder>", ("element 'MoonId'",), 2),
    ("a required child is missing", f"<m:GetFolder>{SHAPE}</m:GetFolder>", ("incomplete content", "FolderIds"), 1),
    ("a child is missing within", f"<m:GetFolder><m:FolderShape/>{IDS}</m:GetFolder>", ("incomplete content", "BaseShape"), 1),
    ("an empty list", f"<m:GetFolder>{SHAPE}<m:FolderIds/></m:GetFolder>", ("incomplete content",), 1),
    ("a child too often", f"<m:GetFolder>{SHAPE}{SHAPE}{IDS}</m:GetFolder>", ("invalid child element 'FolderShape'",), 1),
    (
        "a word that is none of the choices",
        f"<m:GetFolder><m:FolderShape>\n<t:BaseShape>Everything</t:BaseShape></m:FolderShape>{IDS}</m:GetFolder>",
        ("BaseShape", "Everything"),
        2,
    ),
    (
        "an attribute's value",
        f'<m:GetFolder>{SHAPE}<m:FolderIds><t:DistinguishedFolderId Id="moon"/></m:FolderIds></m:GetFolder>',
        ("'Id'", "moon"),
        1,
    ),
    ("a missing attribute", f"<m:GetFolder>{SHAPE}<m:FolderIds><t:FolderId/></m:FolderIds></m:GetFolder>", ("'Id'", "missing"), 1),
    ("an unknown attribute", f'<m:GetFolder Moon="full">{SHAPE}{IDS}</m:GetFolder>', ("'Moon'",), 1),
    ("text where there is none", f"<m:GetFolder>{SHAPE}{IDS}words</m:GetFolder>", ("GetFolder", "text"), 1),
)


def test_schema(tap, sim, server):
    for wrong, op, words, line in VIOLATIONS:
        got = server.ask(op)
        is_violation(tap, got, server, wrong)
        told = tree(got).find(".//t:MessageXml", NS)
        said = [e.text or "" for e in (() if told is None else told)]
        names = [e.tag.partition("}")[2] for e in (() if told is None else told)]
        if not tap.same(names, ["LineNumber", "LinePosition", "Violation"], f"{server.name}: {wrong}: where and what"):
            continue
        tap.ok(all(w in said[2] for w in words), f"{server.name}: {wrong}: what", said[2])
        tap.same(int(said[0]), line, f"{server.name}: {wrong}: the line")
        text = tree(got).findtext(".//faultstring")
        tap.ok(said[2] in text and text != said[2], f"{server.name}: {wrong}: the text says it too", text)


def is_violation(tap, got, server, name):
    client = server.number[0] <= 8
    want = "soap:Client" if client else "a:ErrorSchemaValidation"
    told = re.search(r"<faultcode[^>]*>([^<]*)<", got.text)
    tap.same(fault(got), (500, "ErrorSchemaValidation"), f"{server.name}: {name} is against the schema")
    tap.same(told and told.group(1), want, f"{server.name}: {name}: the faultcode")


def test_schema_grows(tap, sim, server):
    """What came later is as unknown to an older product as any other name."""
    newer = (
        (
            "Exchange2010",
            f"<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>{folder()}</m:SyncFolderId>"
            "<m:MaxChangesReturned>5</m:MaxChangesReturned><m:SyncScope>NormalItems</m:SyncScope></m:SyncFolderItems>",
        ),
        (
            "Exchange2010",
            '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>Zone</t:Subject>'
            "<t:Start>2026-12-23T09:00:00Z</t:Start><t:End>2026-12-23T10:00:00Z</t:End>"
            '<t:StartTimeZone Id="UTC"/></t:CalendarItem></m:Items></m:CreateItem>',
        ),
    )
    for since, op in newer:
        name = re.findall(r"<([mt]:[A-Za-z]+)", op)[-1]
        got = server.ask(op)
        if server.knows(since):
            tap.same((got.status, code(got)), (200, "NoError"), f"{server.name}: {name} is known")
        else:
            is_violation(tap, got, server, name)


def test_not_xml(tap, sim, server):
    who = impersonate(server.address("svc")) if server.bearer else ""
    good = envelope(get_folder(), server.highest, who)
    bad = {
        "nothing": "",
        "no XML": "hello",
        "cut off": good[:-20],
        "another root": good.replace("s:Envelope", "s:Parcel"),
        "SOAP 1.2": good.replace(NS["s"], "http://www.w3.org/2003/05/soap-envelope"),
        "a document type": good.replace("?>", '?><!DOCTYPE x [<!ENTITY a "b">]>', 1),
    }
    for name, body in bad.items():
        got = server.post(body)
        is_violation(tap, got, server, name)
    tap.same(fault(server.post(envelope("", server.highest, who))), (500, "ErrorInvalidRequest"), f"{server.name}: an empty body")
    tap.same(code(server.post("\ufeff" + good)), "NoError", f"{server.name}: a byte order mark is no harm")
    tap.same(server.post(good, **{"Content-Type": "application/soap+xml"}).status, 415, f"{server.name}: another content type")
    tap.same(code(server.post(good, SOAPAction='"http://example.test/nonsense"')), "NoError", f"{server.name}: SOAPAction says nothing")


# Denials and access

ON_CREATE = ("ErrorCreateItemAccessDenied", "ErrorAccessDenied", "ErrorSavedItemFolderNotFound")


def test_denial(tap, sim, server):
    closed = server.address("closed")
    found = server.ask(view(closed))
    tap.same((found.status, code(found)), (200, server.denial), f"{server.name}: what is in a folder one may not open")
    made = server.ask(
        f'<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId>{folder(closed)}</m:SavedItemFolderId><m:Items>'
        "<t:CalendarItem><t:Subject>No</t:Subject></t:CalendarItem></m:Items></m:CreateItem>"
    )
    tap.ok(code(made) in ON_CREATE, f"{server.name}: making something there", made.text)
    got = server.ask(get_folder(closed))
    tap.same((got.status, code(got)), (200, server.denial), f"{server.name}: a folder one may not open")
    message = tree(got).find(".//m:GetFolderResponseMessage", NS)
    wanted = ["MessageText", "ResponseCode", "DescriptiveLinkKey", "Folders"]
    tap.same([e.tag.partition("}")[2] for e in message], wanted, f"{server.name}: the form of an item's error")
    tap.same(message.get("ResponseClass"), "Error", f"{server.name}: its class")
    got = server.ask(get_folder(server.address("nobody")))
    told = tree(got).find(".//m:MessageXml/t:Value[@Name='SmtpAddress']", NS)
    tap.ok(code(got) == "ErrorNonExistentMailbox" and told is not None and told.text == server.address("nobody"),
           f"{server.name}: an address nobody has, and which", got.text)


def sid(child):
    return f"<t:ExchangeImpersonation><t:ConnectingSID>{child}</t:ConnectingSID></t:ExchangeImpersonation>"


def test_access_modes(tap, sim, server):
    two = sid(f"<t:PrimarySmtpAddress>{server.address('anna')}</t:PrimarySmtpAddress>")
    system = "<t:SerializedSecurityContext><t:UserSid>S-1-5-21-1</t:UserSid></t:SerializedSecurityContext>"
    for name, header in (("two of a kind", two + two), ("two kinds", two + system)):
        got = server.ask(get_folder(), header=header)
        tap.same(fault(got), (500, "ErrorMoreThanOneAccessModeSpecified"), f"{server.name}: {name} of headers for access")


def test_impersonation(tap, sim, server):
    """EWS.md 5.1, classes e and f: each way to be wrong has its code."""
    old = server.number[0] <= 8
    anna, svc = server.address("anna"), server.address("svc")
    nobody = "nobody@" + svc.partition("@")[2]
    cases = [
        ("by the primary address", f"<t:PrimarySmtpAddress>{anna}</t:PrimarySmtpAddress>", "NoError"),
        ("by the account's name", f"<t:PrincipalName>{anna}</t:PrincipalName>", "NoError"),
        ("nobody named", "", "ErrorInvalidExchangeImpersonationHeaderData"),
        ("an empty name", "<t:PrimarySmtpAddress/>", "ErrorInvalidExchangeImpersonationHeaderData"),
        ("no such address", f"<t:PrimarySmtpAddress>{nobody}</t:PrimarySmtpAddress>", "ErrorNonExistentMailbox"),
        ("no address at all", "<t:PrimarySmtpAddress>anna</t:PrimarySmtpAddress>", "ErrorInvalidSmtpAddress"),
        ("no such SID", "<t:SID>S-1-5-21-9-9-9-9</t:SID>", "ErrorNonExistentMailbox"),
        ("no SID at all", "<t:SID>anna</t:SID>", "ErrorInvalidUserSid"),
        ("no such account", f"<t:PrincipalName>{nobody}</t:PrincipalName>", "ErrorNonExistentMailbox"),
        ("no account's name", "<t:PrincipalName>anna</t:PrincipalName>", "ErrorInvalidUserPrincipalName"),
        ("a name that is none", f"<t:Nickname>{anna}</t:Nickname>", "ErrorSchemaValidation"),
        ("SmtpAddress, of 2010", f"<t:SmtpAddress>{anna}</t:SmtpAddress>", "ErrorSchemaValidation" if old else "NoError"),
        ("two names", f"<t:PrincipalName>{anna}</t:PrincipalName><t:PrimarySmtpAddress>{anna}</t:PrimarySmtpAddress>",
         "NoError" if old else "ErrorSchemaValidation"),
    ]
    if not server.bearer:
        out = f"<t:PrimarySmtpAddress>{server.address('room1')}</t:PrimarySmtpAddress>"
        cases.append(("out of scope", out, "ErrorImpersonateUserDenied"))
    for name, child, want in cases:
        got = server.ask(get_folder(), header=sid(child))
        tap.same(fault(got), (200 if want == "NoError" else 500, want), f"{server.name}: impersonation: {name}")


def test_impersonation_more(tap, sim):
    server = Server(sim, "2016")
    at = "@2016.example.test"

    def by(child, op=None):
        return server.ask(op or get_folder(), header=sid(child))

    got = by(f"<t:SmtpAddress>nobody{at}</t:SmtpAddress>")
    want = (500, "ErrorNonExistentMailbox"), {"SmtpAddress": "nobody" + at}
    tap.same((fault(got), values(got)), want, "which address nobody has is told")
    got = by(f"<t:PrimarySmtpAddress>other{at}</t:PrimarySmtpAddress>")
    want = (500, "ErrorNonPrimarySmtpAddress"), {"Primary": "alias" + at}
    tap.same((fault(got), values(got)), want, "an alias is no primary address")
    tap.same(fault(by(f"<t:SmtpAddress>other{at}</t:SmtpAddress>")), (200, "NoError"), "but SmtpAddress may be one")
    tap.same(fault(by(f"<t:SmtpAddress>moving{at}</t:SmtpAddress>")), (500, "ErrorMailboxMoveInProgress"), "a mailbox that moves")
    tap.same(fault(by("<t:SmtpAddress>anna@2019.example.test</t:SmtpAddress>")), (500, "ErrorNonExistentMailbox"), "one at another premise")
    got = sim.soap(get_folder(), "mute" + at, "Sesame-open-1", acting_as="anna" + at, premise="2016")
    tap.same(fault(got), (500, "ErrorImpersonationDenied"), "who may impersonate nobody")
    got = by(f"<t:SmtpAddress>anna{at}</t:SmtpAddress>", get_folder("closed" + at))
    tap.same(code(got), server.denial, "the rights are those of the impersonated")
    got = by(f"<t:SmtpAddress>closed{at}</t:SmtpAddress>", get_folder("closed" + at))
    tap.same(code(got), "NoError", "who opens what is his")


def test_tokens(tap, sim):
    """An application must say whom it acts as; a person's token must not."""
    server = Server(sim, "online")
    got = server.post(envelope(get_folder(), "Exchange2016"))
    tap.same(fault(got), (500, "ErrorInvalidExchangeImpersonationHeaderData"), "an application without impersonation")
    server.bearer = token(sim, grant_type="password", username="anna@online.example.test", password="Anna-secret-1",
                          scope="https://outlook.office365.com/EWS.AccessAsUser.All")
    tap.same(fault(server.post(envelope(get_folder(), "Exchange2016"))), (200, "NoError"), "a person as herself")
    got = server.ask(get_folder(), acting_as="svc@online.example.test")
    tap.same(fault(got), (500, "ErrorInvalidExchangeImpersonationHeaderData"), "a person with impersonation")
    want = "ExchangeImpersonation SOAP header must not exist for this type of OAuth token."
    tap.same(tree(got).findtext(".//faultstring"), want, "in these words")


# Texts

LANGUAGES = ("de-DE", "fr-FR", "ru-RU", "ja-JP")


def test_languages(tap, sim, server):
    said = {}
    for culture in (*LANGUAGES, "en-US", "en-GB", "de-AT", "xx-XX", "no culture!", ""):
        header = f"<t:MailboxCulture>{culture}</t:MailboxCulture>"
        item = server.ask(get_folder(server.address("closed")), header=header)
        whole = server.ask(get_folder(), "Exchange2031", header=header)
        want = (server.denial, refusal(server, "Exchange2031")[1])
        tap.same((code(item), fault(whole)[1]), want, f"{server.name}: {culture!r}: the same codes")
        told = tree(whole).find(".//faultstring", NS)
        said[culture] = (tree(item).findtext(".//m:MessageText", None, NS), told.text)
        tap.same(tree(whole).findtext(".//e:Message", None, NS), told.text, f"{server.name}: {culture!r}: the text twice")
        if culture in (*LANGUAGES, "en-US"):
            tap.same(told.get(XML_LANG), culture, f"{server.name}: {culture}: the text's language is told")
    own = {c: said[c] for c in (*LANGUAGES, "en-US")}
    texts = [{v[i] for v in own.values()} for i in (0, 1)]
    tap.ok(all(len(t) == len(own) for t in texts), f"{server.name}: each language has texts of its own", own)
    tap.same(said["de-AT"], said["de-DE"], f"{server.name}: Austria reads German")
    tap.same((said["en-GB"], said["xx-XX"]), (said["en-US"], said["en-US"]), f"{server.name}: an unknown language reads English")
    default = "de-DE" if server.name == "2019" else "en-US"
    tap.same((said["no culture!"], said[""]), (said[default], said[default]), f"{server.name}: nonsense is the server's own language")


# What came when

NEWER = (
    ("Exchange2010", get_folder, ("ViewPrivateItems", "SharingEffectiveRights")),
    ("Exchange2010", view, ("UniqueBody", "StartTimeZone", "IsAssociated")),
    ("Exchange2013", view, ("EnhancedLocation", "StartWallClock", "InstanceKey", "TextBody")),
)
OLDER = ((get_folder, ("DisplayName", "Read")), (view, ("Start", "UID", "Organizer", "LegacyFreeBusyStatus")))


def test_elements(tap, sim, server):
    anna = server.address("anna")
    for version in (v for v in LEVELS if server.knows(v)):
        seen = {}
        for op in (get_folder, view):
            got = server.ask(op(anna, base="AllProperties"), version)
            seen[op] = {e.tag.partition("}")[2] for e in tree(got).iter()}
        ahead = [n for since, op, names in NEWER if LEVELS.index(version) < LEVELS.index(since) for n in names if n in seen[op]]
        tap.same(ahead, [], f"{server.name}: {version}: nothing of a later version")
        tap.ok(all(set(names) <= seen[op] for op, names in OLDER), f"{server.name}: {version}: what was always there", seen)
        item = server.ask(view(anna), version)
        status = tree(item).find(".//t:LegacyFreeBusyStatus", NS).text
        elsewhere = LEVELS.index(version) >= LEVELS.index("Exchange2013")
        tap.same(status == "WorkingElsewhere", elsewhere, f"{server.name}: {version}: WorkingElsewhere is of 2013")
        private = tree(server.ask(get_folder(anna, "AllProperties"), version)).find(".//t:ViewPrivateItems", NS)
        tap.same(private is not None, LEVELS.index(version) >= 2, f"{server.name}: {version}: ViewPrivateItems is of 2010")


# HTTP


def test_headers(tap, sim, server):
    major = server.number[0]
    first = server.ask(get_folder())
    again = server.ask(get_folder())
    ids = (first.header("request-id"), again.header("request-id"))
    tap.ok(all(i and re.fullmatch(r"[0-9a-f-]{36}", i) for i in ids) and ids[0] != ids[1] if major >= 14 else ids == (None, None),
           f"{server.name}: request-id is new each time, since 2010", ids)
    mine = "5a1e7c0e-0000-4000-8000-00000000abcd"
    got = server.ask(get_folder(), headers={"client-request-id": mine, "return-client-request-id": "true"})
    tap.same(got.header("client-request-id"), mine if major >= 14 else None, f"{server.name}: client-request-id comes back when wanted")
    got = server.ask(get_folder(), headers={"client-request-id": mine})
    tap.same(got.header("client-request-id"), None, f"{server.name}: and only then")
    tap.same(sim.log()[-1]["request_id"], mine, f"{server.name}: the journal has it in any case")
    new = {"X-FEServer", "X-BEServer", "X-CalculatedBETarget", "X-DiagInfo", "x-EwsHandler"}
    names = {k for k, _ in first.headers}
    tap.same(new & names, new if major >= 15 else set(), f"{server.name}: front and back end are told since 2013")
    tap.same(first.header("x-EwsHandler"), "GetFolder" if major >= 15 else None, f"{server.name}: x-EwsHandler is the operation")
    tap.same([v for k, v in first.headers if k == "Date"], ["Mon, 23 Nov 2026 08:00:00 GMT"], f"{server.name}: the time of the world")
    tap.ok("Microsoft-IIS/" in first.header("Server"), f"{server.name}: Server", first.headers)
    tap.same(first.header("Content-Type"), "text/xml; charset=utf-8", f"{server.name}: the type of an answer")
    tap.same(first.header("X-BEServer"), again.header("X-BEServer"), f"{server.name}: a mailbox stays on its back end")


def cookies(answer):
    return dict(v.partition(";")[0].split("=", 1) for k, v in answer.headers if k.lower() == "set-cookie")


def test_cookies(tap, sim, server):
    major = server.number[0]
    given = cookies(server.ask(get_folder()))
    wanted = {"exchangecookie"} if major == 14 else {"exchangecookie", "X-BackEndCookie"} if major >= 15 else set()
    tap.same(set(given), wanted, f"{server.name}: the cookies a client is given")
    jar = "; ".join(f"{k}={v}" for k, v in given.items())
    tap.same(cookies(server.ask(get_folder(), headers={"Cookie": jar})), {}, f"{server.name}: who brings them is given no others")
    anchor, affinity = {"X-AnchorMailbox": server.address("anna")}, {"X-PreferServerAffinity": "true"}
    for name, headers, want in (
        ("both", {**anchor, **affinity}, major >= 15),
        ("no anchor", affinity, False),
        ("no wish", anchor, False),
        ("an unwish", {**anchor, "X-PreferServerAffinity": "false"}, False),
    ):
        got = cookies(server.ask(get_folder(), headers={**headers, "Cookie": jar}))
        tap.same("X-BackEndOverrideCookie" in got, want, f"{server.name}: affinity: {name}")


def test_transport(tap, sim):
    server = Server(sim, "2016")
    head = {"Authorization": server.sign_in()}
    tap.same(sim.request("GET", EWS, headers=head, on=server.on).status, 200, "GET shows the service's page")
    tap.same(sim.request("PUT", EWS, "x", head, on=server.on).status, 405, "PUT is not served")
    tap.same(sim.request("GET", EWS, on=server.on).status, 401, "GET without a sign-in is asked for one")
    tap.same(sim.request("POST", "/ews/exchange.ASMX", envelope(get_folder()), {**head, "Content-Type": "text/xml"}, on=server.on).status,
             200, "a path has no case")
    tap.same(sim.request("POST", "/EWS/Nothing.asmx", "x", head, on=server.on).status, 404, "there is nothing beside it")
    packed = server.ask(get_folder(base="AllProperties"), headers={"Accept-Encoding": "gzip"})
    tap.same(packed.header("Content-Encoding"), "gzip", "gzip when it is wanted")
    tap.same(server.ask(get_folder(base="AllProperties")).header("Content-Encoding"), None, "and only then")


# Autodiscover tells the same


def test_autodiscover(tap, sim, server):
    if server.bearer:
        return
    a = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
    body = (
        f'<s:Envelope xmlns:s="{NS["s"]}" xmlns:a="{a}" xmlns:w="http://www.w3.org/2005/08/addressing"><s:Header>'
        f"<a:RequestedServerVersion>%s</a:RequestedServerVersion><w:Action>{a}/Autodiscover/GetUserSettings</w:Action>"
        f"<w:To>https://{server.host}/autodiscover/autodiscover.svc</w:To></s:Header><s:Body><a:GetUserSettingsRequestMessage><a:Request>"
        f"<a:Users><a:User><a:Mailbox>{server.address('svc')}</a:Mailbox></a:User></a:Users><a:RequestedSettings>"
        "<a:Setting>EwsSupportedSchemas</a:Setting><a:Setting>CasVersion</a:Setting></a:RequestedSettings></a:Request>"
        "</a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
    )
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": server.sign_in()}
    host = f"autodiscover.{server.name}.example.test"

    def ask(version):
        return sim.request("POST", "/autodiscover/autodiscover.svc", body % version, headers, host=host)

    got = ask("Exchange2010")
    if server.number[0] < 14:
        tap.same(got.status, 404, f"{server.name}: Autodiscover by SOAP came with 2010")
        return
    setting = {s.findtext(f"{{{a}}}Name"): s.findtext(f"{{{a}}}Value") for s in tree(got).iter(f"{{{a}}}UserSetting")}
    known = [v for v in LEVELS if server.knows(v)]
    tap.same(re.split(", *", setting["EwsSupportedSchemas"]), known, f"{server.name}: EwsSupportedSchemas is what EWS takes")
    number = [int(n) for n in setting["CasVersion"].split(".")]
    tap.same(tuple(number[:2]), server.number, f"{server.name}: CasVersion")
    info = next(tree(got).iter(f"{{{a}}}ServerVersionInfo"))
    tap.same([int(info.findtext(f"{{{a}}}{n}")) for n in ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")], number,
             f"{server.name}: ServerVersionInfo is of elements here")
    refused = ask("V2_22")
    tap.ok("NoError" not in refused.text, f"{server.name}: a Version that is shown is no version to ask for", refused.text)


PER_PRODUCT = (
    *(test_versions, test_no_version, test_version_info, test_operations),
    *(test_schema, test_schema_grows, test_not_xml, test_denial, test_access_modes, test_impersonation),
    *(test_languages, test_elements, test_headers, test_cookies, test_autodiscover),
)


def each(tap, sim, *tests):
    for name in PRODUCTS:
        server = Server(sim, name)
        for test in tests:
            test(tap, sim, server)


def test_all(tap):
    with Sim(lines=WORLD) as sim:
        each(tap, sim, *PER_PRODUCT)
        for test in (test_impersonation_more, test_tokens, test_transport):
            test(tap, sim)


run(Tap(), test_all)
