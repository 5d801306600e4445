"""The same seed, a frozen clock and the same requests: byte for byte the same answers, headers too.

What may differ are TLS, and the signatures of tokens, whose key is made at every start.
"""

import base64
import json
import os
import re
from types import SimpleNamespace

from lab import SRC, Tap, free_port, run
from ntlm_client import sign_in
from simask import AUTODISCOVER, HOST, PASSWORD, POX, PUBLIC, SETTINGS, SVC, TENANT
from simask import calendar, create, get_folder, of, resolve, shape, view
from simlab import EWS, Connection, Sim, basic, envelope


def calendar_folder(name):
    return f"<t:CalendarFolder><t:DisplayName>{name}</t:DisplayName></t:CalendarFolder>"


def folder_change(name):
    change = f'<t:SetFolderField><t:FieldURI FieldURI="folder:DisplayName"/>{calendar_folder(name)}</t:SetFolderField>'
    return (
        "<m:UpdateFolder><m:FolderChanges><t:FolderChange>{folder}"
        f"<t:Updates>{change}</t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>"
    )


def item_change(place):
    item = f"<t:CalendarItem><t:Location>{place}</t:Location></t:CalendarItem>"
    change = f'<t:SetItemField><t:FieldURI FieldURI="calendar:Location"/>{item}</t:SetItemField>'
    return (
        '<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone">'
        f"<m:ItemChanges><t:ItemChange>{{item}}<t:Updates>{change}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )


def delegates(op, level):
    who = "<t:UserId><t:PrimarySmtpAddress>bert@example.test</t:PrimarySmtpAddress></t:UserId>"
    if level is None:
        return f"<m:{op}>{of('svc', 'm')}<m:UserIds>{who}</m:UserIds></m:{op}>"
    rights = f"<t:CalendarFolderPermissionLevel>{level}</t:CalendarFolderPermissionLevel>"
    user = f"<t:DelegateUser>{who}<t:DelegatePermissions>{rights}</t:DelegatePermissions></t:DelegateUser>"
    return f"<m:{op}>{of('svc', 'm')}<m:DelegateUsers>{user}</m:DelegateUsers></m:{op}>"


def availability(*people):
    day = "<t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    change = f"<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time>{day}"
    zone = f"<t:Bias>0</t:Bias><t:StandardTime>{change}</t:StandardTime><t:DaylightTime>{change}</t:DaylightTime>"
    who = "".join(
        f"<t:MailboxData><t:Email><t:Address>{p}@example.test</t:Address></t:Email>"
        "<t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        for p in people
    )
    return (
        f"<m:GetUserAvailabilityRequest><t:TimeZone>{zone}</t:TimeZone><m:MailboxDataArray>{who}</m:MailboxDataArray>"
        "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime>"
        "<t:EndTime>2026-11-25T00:00:00</t:EndTime></t:TimeWindow>"
        "<t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>"
        "<t:RequestedView>DetailedMerged</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )


FOLDERS = "<m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>"
DRAFT = (
    '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>Draft</t:Subject><t:Body BodyType="Text">Hi</t:Body>'
    f"<t:ToRecipients>{of('bert')}</t:ToRecipients></t:Message></m:Items></m:CreateItem>"
)
# {item}, {draft} and {folder} stand for what was made last.
STORY = (
    ("GetFolder", get_folder("anna"), get_folder("bert"), get_folder("nobody")),
    (
        "FindFolder",
        f'<m:FindFolder Traversal="Deep">{FOLDERS}'
        f"<m:ParentFolderIds>{calendar(None, 'msgfolderroot')}</m:ParentFolderIds></m:FindFolder>",
    ),
    (
        "CreateFolder",
        f"<m:CreateFolder><m:ParentFolderId>{calendar()}</m:ParentFolderId>"
        f"<m:Folders>{calendar_folder('Team')}</m:Folders></m:CreateFolder>",
    ),
    ("SyncFolderHierarchy", f"<m:SyncFolderHierarchy>{FOLDERS}</m:SyncFolderHierarchy>"),
    ("UpdateFolder", folder_change("Team 2")),
    ("DeleteFolder", '<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>{folder}</m:FolderIds></m:DeleteFolder>'),
    ("GetUserAvailabilityRequest", availability("anna", "bert", "nobody")),
    ("CreateItem", create("One"), create("Two", "anna", ("bert",), ("room1",), "SendToAllAndSaveCopy"), create("No", "bert"), DRAFT),
    ("GetItem", f'<m:GetItem>{shape("AllProperties")}<m:ItemIds>{{item}}</m:ItemIds></m:GetItem>'),
    ("UpdateItem", item_change("Room 2")),
    ("FindItem", view("anna"), view()),
    (
        "SyncFolderItems",
        f"<m:SyncFolderItems>{shape()}<m:SyncFolderId>{calendar()}</m:SyncFolderId>"
        "<m:MaxChangesReturned>50</m:MaxChangesReturned></m:SyncFolderItems>",
    ),
    (
        "DeleteItem",
        '<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone">'
        "<m:ItemIds>{item}</m:ItemIds></m:DeleteItem>",
    ),
    ("SendItem", '<m:SendItem SaveItemToFolder="true"><m:ItemIds>{draft}</m:ItemIds></m:SendItem>'),
    ("AddDelegate", delegates("AddDelegate", "Editor")),
    ("GetDelegate", f'<m:GetDelegate IncludePermissions="true">{of("svc", "m")}</m:GetDelegate>'),
    ("UpdateDelegate", delegates("UpdateDelegate", "Reviewer")),
    ("RemoveDelegate", delegates("RemoveDelegate", None)),
    ("ResolveNames", resolve("anna", "true"), resolve("o")),
    ("ExpandDL", f"<m:ExpandDL>{of('scope', 'm')}</m:ExpandDL>"),
    ("GetRoomLists", "<m:GetRoomLists/>"),
    ("GetRooms", "<m:GetRooms><m:RoomList><t:EmailAddress>rooms@example.test</t:EmailAddress></m:RoomList></m:GetRooms>"),
    ("GetServerTimeZones", '<m:GetServerTimeZones ReturnFullTimeZoneData="false"/>'),
    (
        "ConvertId",
        '<m:ConvertId DestinationFormat="HexEntryId"><m:SourceIds>'
        '<t:AlternateId Format="EwsId" Id="{id}" Mailbox="svc@example.test"/></m:SourceIds></m:ConvertId>',
    ),
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
XML = {"Content-Type": "text/xml"}
SECRET = {**XML, "Authorization": basic(SVC, PASSWORD)}


class Telling:
    """Asks the story of one simulator and keeps every answer: name, status, all headers, body."""

    def __init__(self, s, port):
        self.s, self.port, self.kept = s, port, []
        self.made = {"item": "", "draft": "", "folder": "", "id": ""}

    def connect(self, host=HOST):
        return Connection(host, "127.0.0.1", self.port, self.s.context)

    def ask(self, name, method, host, path, body=None, headers=None, on=None):
        conn = on or self.connect(host)
        try:
            conn.request(method, path, body=body, headers={"Host": f"{host}:{self.port}", **(headers or {})})
            got = conn.getresponse()
            answer = (name, got.status, got.getheaders(), unsigned(got.read()))
        finally:
            if on is None:
                conn.close()
        self.kept.append(answer)
        return answer

    def soap(self, name, op):
        for key, value in self.made.items():
            op = op.replace("{" + key + "}", value)
        text = self.ask(name, "POST", HOST, EWS, envelope(op), SECRET)[3].decode("utf-8", "replace")
        found = re.search(r'<t:(ItemId|FolderId) Id="([^"]+)" ChangeKey="([^"]+)"', text)
        if found and name in ("CreateItem", "CreateFolder", "UpdateItem"):
            kind = "folder" if name == "CreateFolder" else "draft" if "<t:Message>" in op else "item"
            self.made[kind] = found.group() + "/>"
            self.made["id"] = found.group(2)

    def discover(self):
        pox, soap = "/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.svc"
        for path, body in ((pox, POX), (pox, POX.replace("anna", "nobody")), (soap, SETTINGS)):
            self.ask(path, "POST", AUTODISCOVER, path, body, SECRET)
        self.ask("json", "GET", AUTODISCOVER, "/autodiscover/autodiscover.json/v1.0/anna@example.test?Protocol=EWS")
        self.ask("no sign-in", "POST", HOST, EWS, "")

    def tokens(self):
        host, there = "login.example.test", f"/{TENANT}/oauth2/v2.0"
        self.ask("metadata", "GET", host, f"/{TENANT}/v2.0/.well-known/openid-configuration")
        app = "grant_type=client_credentials&client_id=11111111-1111-4111-8111-111111111111"
        for secret in ("App-secret-1", "wrong"):
            body = f"{app}&scope=https%3A%2F%2Foutlook.example.test%2F.default&client_secret={secret}"
            self.ask("token", "POST", host, there + "/token", body, FORM)
        back = f"client_id={PUBLIC}&redirect_uri=http%3A%2F%2Flocalhost"
        page = f"{there}/login?{back}&response_type=code&scope=openid%20offline_access"
        signed_in = self.ask("page", "POST", host, page, "loginfmt=olga%40example.test&passwd=Olga-secret-1", FORM)
        code = re.search(r"code=([^&]+)", dict(signed_in[2]).get("Location", ""))
        body = f"{back}&grant_type=authorization_code&code={code[1] if code else ''}"
        self.ask("code", "POST", host, there + "/token", body, FORM)

    def shake(self):
        conn = self.connect()

        def ask(headers):
            got = self.ask("NTLM", "POST", HOST, EWS, envelope(get_folder()), {**XML, **headers}, conn)
            return SimpleNamespace(status=got[1], headers=got[2])

        sign_in(ask, SVC, PASSWORD)
        conn.close()

    def tell(self):
        for name, *ops in STORY:
            for op in ops:
                self.soap(name, op)
        self.s.deliver(600)
        self.soap("FindItem", view("anna"))
        self.discover()
        self.tokens()
        self.shake()
        self.s.do("fault a soap-fault chance 40% op GetFolder", "fault b prefixes chance 50%", "fault c status 503 chance 10%")
        for _ in range(30):
            self.soap("chance", get_folder("anna"))
        self.s.do("no-fault all")
        return self.kept


def unsigned(body):
    """Tokens without their signature and the name of the key, which is made at every start."""
    def plain(found):
        head, claims, _ = found.group().split(b".")
        first = json.loads(base64.urlsafe_b64decode(head + b"=="))
        return json.dumps({k: v for k, v in first.items() if k not in ("kid", "x5t")}).encode() + b"." + claims

    return re.sub(rb"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", plain, body)


def story(port, seed):
    world = f"include hybrid\nseed {seed}\npremise hq\n\tfront-end EX01\n\tfront-end EX02\n"
    with Sim(lines=world, args=["--port", str(port)]) as s:
        return Telling(s, port).tell(), s.counts()


def is_whole(tap, first, counts):
    """A story that leaves an operation out, or only fails, would prove little."""
    with open(os.path.join(SRC, "tests", "sim", "soap.h")) as f:
        operations = {name + tail for name, tail in re.findall(r'\tX\((\w+), "(\w*)", ', f.read())}
    unasked = ({n for n, *_ in STORY} ^ operations) | (operations - set(counts["by_op"]))
    tap.same(unasked, set(), "the story has every operation there is")
    good = {name for name, status, _, body in first if status in (200, 302) and (name[:1].islower() or b"NoError" in body)}
    tap.same({n for n, *_ in STORY} - good, set(), "each succeeds at least once")
    shaken = sum(a[:2] == ("NTLM", 200) for a in first)
    tap.ok({"token", "page", "code", "json", "metadata"} <= good and shaken == 1, "so do signing in and discovery", good)


def same_again(tap):
    port = free_port()
    (first, counts), (again, _), (other, _) = story(port, 42), story(port, 42), story(port, 43)
    is_whole(tap, first, counts)
    tap.same(len(first), len(again), "the same story is as long")
    unlike = next((pair for pair in zip(first, again) if pair[0] != pair[1]), None)
    tap.ok(unlike is None, f"the same seed: the same {len(first)} answers, byte for byte, headers too", unlike)
    struck = [[a[1] for a in kept if a[0] == "chance"] for kept in (first, again, other)]
    tap.ok(struck[0] == struck[1] and {200, 500, 503} <= set(struck[0]), "chance strikes at the same requests", struck)
    tap.ok(struck[0] != struck[2], "another seed: elsewhere", struck)
    ids = [{dict(a[2]).get("request-id") for a in kept} - {None} for kept in (first, other)]
    tap.ok(len(ids[0]) > 50 and not ids[0] & ids[1], "another seed: no id is the same", ids)


run(Tap(), same_again)
