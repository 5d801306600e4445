"""Microsoft's schemas judge every answer: operations x products x outcomes. They come from LATCHKEY_EWS (schema/);
absent, this is skipped."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
from lab import Tap, run  # noqa: E402
from simlab import NS, Sim  # noqa: E402

WHERE = os.environ.get("LATCHKEY_EWS", "")
# Product, the version its clients ask for, the schema of that version.
PRODUCTS = (
    ("2007sp1", "Exchange2007_SP1", "ews-2007sp1"),
    ("2010sp3", "Exchange2010_SP2", "ews-2010sp2"),
    ("2013sp1", "Exchange2013_SP1", "ews-2013sp1"),
    ("2016", "Exchange2016", "ews-latest"),
    ("2019", "Exchange2016", "ews-latest"),
    ("2019", "Exchange2010_SP2", "ews-2010sp2"),
    ("2016", "Exchange2007_SP1", "ews-2007sp1"),
)
SIGN_IN = ("ACME\\svc", "brass lantern")
WORLD = """
clock 2026-11-23T08:00:00Z frozen
premise hq onprem %(product)s host mail.acme.test
	schemes basic
	forest ACME
	zone Europe/Berlin
domain acme.test premise hq
mailbox svc@acme.test "Connector"
	kind dedicated
	login svc
	password "brass lantern"
	impersonation
mailbox anna@acme.test "Anna Berg"
	grant svc@acme.test Editor
	on-behalf svc@acme.test
	event "Review" 2026-11-23T09:00 1h repeat weekly mon times 10 except 2026-12-07
	event "Dentist" 2026-11-24T15:00 30m private
	event "Fair" 2026-11-25 1d all-day away
	event "Meeting" 2026-11-26T09:00 1h with bert@acme.test room1@acme.test
	event "Elsewhere" 2026-11-23T14:00 1h elsewhere
	message from bert@acme.test "Hello" "A message"
mailbox bert@acme.test "Bert Cole"
	grant svc@acme.test Reviewer
	delegate anna@acme.test copies calendar Editor
mailbox carla@acme.test "Carla Dietz"
	grant svc@acme.test LimitedDetails
	event "Travel" 2026-11-23T08:00 3h away at "Rome"
mailbox dora@acme.test "Dora Engel"
	grant default None
mailbox gwen@acme.test "Gwen Hale"
	moving yes
mailbox room1@acme.test "Room 1"
	kind room
	room capacity 8 policy accept after 0s
group hq-rooms@acme.test "HQ rooms" kind rooms
	member room1@acme.test
group team@acme.test "Team" kind distribution
	member anna@acme.test bert@acme.test
"""
TAG = '<t:ExtendedFieldURI PropertySetId="8b1d6e0c-5c1f-4f0e-9a37-3c2f7d3b1a55" PropertyName="BookingId" PropertyType="String"/>'


def of(address):
    return f"<t:Mailbox><t:EmailAddress>{address}@acme.test</t:EmailAddress></t:Mailbox>"


def m_of(address):
    return of(address).replace("<t:Mailbox>", "<m:Mailbox>").replace("</t:Mailbox>", "</m:Mailbox>")


def folder(address=None, name="calendar"):
    return f'<t:DistinguishedFolderId Id="{name}">{of(address) if address else ""}</t:DistinguishedFolderId>'


def item_shape(base="IdOnly", more=""):
    extra = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>" if more else ""
    return f"<m:ItemShape><t:BaseShape>{base}</t:BaseShape>{extra}</m:ItemShape>"


def get_folder(address, fields=(), base="AllProperties", name="calendar"):
    more = "".join(f'<t:FieldURI FieldURI="folder:{f}"/>' for f in fields)
    more = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>" if more else ""
    return (
        f"<m:GetFolder><m:FolderShape><t:BaseShape>{base}</t:BaseShape>{more}</m:FolderShape>"
        f"<m:FolderIds>{folder(address, name)}</m:FolderIds></m:GetFolder>"
    )


def busy(*people, view="DetailedMerged"):
    who = "".join(
        f"<t:MailboxData><t:Email><t:Address>{p}@acme.test</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        for p in people
    )
    change = "<t:Bias>{}</t:Bias><t:Time>0{}:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>{}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    return (
        "<m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>-60</t:Bias>"
        f"<t:StandardTime>{change.format(0, 3, 10)}</t:StandardTime><t:DaylightTime>{change.format(-60, 2, 3)}</t:DaylightTime></t:TimeZone>"
        f"<m:MailboxDataArray>{who}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>"
        "<t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>2026-11-27T00:00:00</t:EndTime></t:TimeWindow>"
        "<t:MergedFreeBusyIntervalInMinutes>60</t:MergedFreeBusyIntervalInMinutes>"
        f"<t:RequestedView>{view}</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )


def view(address):
    return (
        f'<m:FindItem Traversal="Shallow">{item_shape("AllProperties")}'
        '<m:CalendarView StartDate="2026-11-23T00:00:00Z" EndDate="2027-01-30T00:00:00Z"/>'
        f"<m:ParentFolderIds>{folder(address)}</m:ParentFolderIds></m:FindItem>"
    )


def create(subject, address=None, attendees="", send="SendToNone", more="", start="2026-11-27T09:00:00Z"):
    saved = f"<m:SavedItemFolderId>{folder(address)}</m:SavedItemFolderId>" if address else ""
    return (
        f'<m:CreateItem SendMeetingInvitations="{send}">{saved}<m:Items><t:CalendarItem><t:Subject>{subject}</t:Subject>'
        f'<t:Body BodyType="Text">Agenda</t:Body>{more}<t:Start>{start}</t:Start><t:End>{start[:11]}10:00:00Z</t:End>{attendees}'
        "</t:CalendarItem></m:Items></m:CreateItem>"
    )


ATTENDEES = (
    f"<t:RequiredAttendees><t:Attendee>{of('bert')}</t:Attendee></t:RequiredAttendees>"
    f"<t:Resources><t:Attendee>{of('room1')}</t:Attendee></t:Resources>"
)
WEEKLY = (
    "<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Friday</t:DaysOfWeek></t:WeeklyRecurrence>"
    "<t:NumberedRecurrence><t:StartDate>2026-11-27</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>"
)
TAGGED = f"<t:ExtendedProperty>{TAG}<t:Value>42</t:Value></t:ExtendedProperty>"
PERMISSIONS = (
    "<m:UpdateFolder><m:FolderChanges><t:FolderChange>" + folder() + "<t:Updates><t:SetFolderField>"
    '<t:FieldURI FieldURI="folder:PermissionSet"/><t:CalendarFolder><t:PermissionSet><t:CalendarPermissions>'
    "<t:CalendarPermission><t:UserId><t:DistinguishedUser>Default</t:DistinguishedUser></t:UserId>"
    "<t:CalendarPermissionLevel>FreeBusyTimeOnly</t:CalendarPermissionLevel></t:CalendarPermission>"
    "<t:CalendarPermission><t:UserId><t:PrimarySmtpAddress>bert@acme.test</t:PrimarySmtpAddress></t:UserId>"
    "<t:CalendarPermissionLevel>Reviewer</t:CalendarPermissionLevel></t:CalendarPermission>"
    "<t:CalendarPermission><t:UserId><t:PrimarySmtpAddress>svc@acme.test</t:PrimarySmtpAddress></t:UserId>"
    "<t:CalendarPermissionLevel>Editor</t:CalendarPermissionLevel></t:CalendarPermission>"
    "</t:CalendarPermissions></t:PermissionSet></t:CalendarFolder></t:SetFolderField></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>"
)
FIND_FOLDER = (
    '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>'
    '<m:IndexedPageFolderView MaxEntriesReturned="50" Offset="0" BasePoint="Beginning"/>'
    "<m:ParentFolderIds>{}</m:ParentFolderIds></m:FindFolder>"
)
SEARCH = (
    f'<m:FindItem Traversal="Shallow">{item_shape("Default", TAG)}<m:IndexedPageItemView MaxEntriesReturned="5" Offset="0" BasePoint="Beginning"/>'
    f'<m:Restriction><t:IsEqualTo>{TAG}<t:FieldURIOrConstant><t:Constant Value="42"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>'
    f"<m:ParentFolderIds>{folder()}</m:ParentFolderIds></m:FindItem>"
)
DELEGATE = (
    "<t:DelegateUser><t:UserId><t:PrimarySmtpAddress>{}@acme.test</t:PrimarySmtpAddress></t:UserId><t:DelegatePermissions>"
    "<t:CalendarFolderPermissionLevel>{}</t:CalendarFolderPermissionLevel></t:DelegatePermissions></t:DelegateUser>"
)
MESSAGE = (
    '<m:CreateItem MessageDisposition="{}"><m:Items><t:Message><t:Subject>Hello</t:Subject><t:Body BodyType="HTML">&lt;p&gt;Hi&lt;/p&gt;</t:Body>'
    f"<t:ToRecipients>{of('bert')}</t:ToRecipients></t:Message></m:Items></m:CreateItem>"
)


def resolve(name, full="false"):
    return f'<m:ResolveNames ReturnFullContactData="{full}" SearchScope="ActiveDirectory"><m:UnresolvedEntry>{name}</m:UnresolvedEntry></m:ResolveNames>'


# name, request, the first response code expected (None: any), who is impersonated, since which schema
WALK = (
    ("an Editor's calendar", get_folder("anna", ("EffectiveRights", "DisplayName")), "NoError", None, 2007),
    ("the own calendar with its permissions", get_folder(None, ("PermissionSet",)), "NoError", None, 2007),
    ("another's Inbox", get_folder("anna", (), "Default", "inbox"), None, None, 2007),
    ("a calendar that is not shared", get_folder("dora"), None, None, 2007),
    ("nobody's calendar", get_folder("nobody"), "ErrorNonExistentMailbox", None, 2007),
    ("a mailbox that moves", get_folder("gwen"), "ErrorMailboxMoveInProgress", None, 2007),
    ("the folders", FIND_FOLDER.format(folder(None, "msgfolderroot")), "NoError", None, 2007),
    ("another's folders", FIND_FOLDER.format(folder("anna", "msgfolderroot")), None, None, 2007),
    ("permissions set", PERMISSIONS, "NoError", "anna@acme.test", 2007),
    ("delegates", f'<m:GetDelegate IncludePermissions="true">{m_of("bert")}</m:GetDelegate>', "NoError", "bert@acme.test", 2007),
    ("no delegates", f'<m:GetDelegate IncludePermissions="true">{m_of("dora")}</m:GetDelegate>', None, "dora@acme.test", 2007),
    ("another's delegates", f'<m:GetDelegate IncludePermissions="false">{m_of("bert")}</m:GetDelegate>', None, None, 2007),
    ("a delegate added", f"<m:AddDelegate>{m_of('carla')}<m:DelegateUsers>{DELEGATE.format('anna', 'Editor')}</m:DelegateUsers>"
     "<m:DeliverMeetingRequests>DelegatesAndMe</m:DeliverMeetingRequests></m:AddDelegate>", "NoError", "carla@acme.test", 2007),
    ("a delegate added again", f"<m:AddDelegate>{m_of('carla')}<m:DelegateUsers>{DELEGATE.format('anna', 'Editor')}</m:DelegateUsers></m:AddDelegate>",
     None, "carla@acme.test", 2007),
    ("a delegate changed", f"<m:UpdateDelegate>{m_of('carla')}<m:DelegateUsers>{DELEGATE.format('anna', 'Reviewer')}</m:DelegateUsers></m:UpdateDelegate>",
     "NoError", "carla@acme.test", 2007),
    ("a delegate removed", f"<m:RemoveDelegate>{m_of('carla')}<m:UserIds><t:UserId><t:PrimarySmtpAddress>anna@acme.test</t:PrimarySmtpAddress></t:UserId>"
     "</m:UserIds></m:RemoveDelegate>", "NoError", "carla@acme.test", 2007),
    ("busy time in detail", busy("anna", "carla", "bert"), "NoError", None, 2007),
    ("busy time refused", busy("dora", "nobody", "gwen", view="FreeBusy"), None, None, 2007),
    ("a week with its recurrences", view("anna"), "NoError", None, 2007),
    ("a week that may not be seen", view("dora"), None, None, 2007),
    ("an appointment", create("Plain", more=TAGGED), "NoError", None, 2007),
    ("a series", create("Series", attendees=WEEKLY), "NoError", None, 2007),
    ("a meeting on behalf", create("Meeting", "anna", ATTENDEES, "SendToAllAndSaveCopy"), "NoError", None, 2007),
    ("one that may not be created", create("No", "bert"), None, None, 2007),
    ("one that ends before it begins", create("No", start="2026-11-27T11:00:00Z"), "ErrorCalendarEndDateIsEarlierThanStartDate", None, 2007),
    ("one without a word on invitations", create("No").replace(' SendMeetingInvitations="SendToNone"', ""), None, None, 2007),
    ("a search by property", SEARCH, "NoError", None, 2007),
    ("a message sent", MESSAGE.format("SendAndSaveCopy"), "NoError", None, 2007),
    ("a draft", MESSAGE.format("SaveOnly"), "NoError", None, 2007),
    ("a name", resolve("anna"), "NoError", None, 2007),
    ("a name in full", resolve("smtp:anna@acme.test", "true"), "NoError", None, 2007),
    ("an ambiguous name", resolve("a"), None, None, 2007),
    ("nobody's name", resolve("zzz"), "ErrorNameResolutionNoResults", None, 2007),
    ("a list", f"<m:ExpandDL>{m_of('team')}</m:ExpandDL>", "NoError", None, 2007),
    ("no list", f"<m:ExpandDL>{m_of('nobody')}</m:ExpandDL>", None, None, 2007),
    ("an id", '<m:ConvertId DestinationFormat="EwsId"><m:SourceIds><t:AlternateId Format="HexEntryId" Id="00000000ABCD" Mailbox="anna@acme.test"/></m:SourceIds></m:ConvertId>',
     None, None, 2007),
    ("room lists", "<m:GetRoomLists/>", "NoError", None, 2010),
    ("rooms", "<m:GetRooms><m:RoomList><t:EmailAddress>hq-rooms@acme.test</t:EmailAddress></m:RoomList></m:GetRooms>", "NoError", None, 2010),
    ("no room list", "<m:GetRooms><m:RoomList><t:EmailAddress>zz@acme.test</t:EmailAddress></m:RoomList></m:GetRooms>", None, None, 2010),
    ("time zones", '<m:GetServerTimeZones ReturnFullTimeZoneData="true"/>', "NoError", None, 2010),
    ("folder changes", "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape></m:SyncFolderHierarchy>", "NoError", None, 2007),
    ("item changes", f"<m:SyncFolderItems>{item_shape('AllProperties')}<m:SyncFolderId>{folder()}</m:SyncFolderId>"
     "<m:MaxChangesReturned>100</m:MaxChangesReturned></m:SyncFolderItems>", "NoError", None, 2007),
    ("a state nobody gave", f"<m:SyncFolderItems>{item_shape()}<m:SyncFolderId>{folder()}</m:SyncFolderId><m:SyncState>bm9uZQ==</m:SyncState>"
     "<m:MaxChangesReturned>100</m:MaxChangesReturned></m:SyncFolderItems>", "ErrorInvalidSyncStateData", None, 2007),
    ("more changes than may be asked for", f"<m:SyncFolderItems>{item_shape()}<m:SyncFolderId>{folder()}</m:SyncFolderId>"
     "<m:MaxChangesReturned>513</m:MaxChangesReturned></m:SyncFolderItems>", "ErrorSchemaValidation", None, 2007),
    ("a folder nobody may write in", create("No", "dora"), None, None, 2007),
    ("an id that is none", f"<m:GetItem>{item_shape()}<m:ItemIds><t:ItemId Id=\"AAMk\"/></m:ItemIds></m:GetItem>", None, None, 2007),
)


# A property that the first schema does not know.
SHARED = ("what is shared of it", get_folder("anna", ("SharingEffectiveRights",), "IdOnly"), "NoError", None, 2010)


def act_as(address):
    """The header, with the one name of a mailbox that every version takes."""
    if not address:
        return ""
    sid = f"<t:ConnectingSID><t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID>"
    return f"<t:ExchangeImpersonation>{sid}</t:ExchangeImpersonation>"


def schema(name):
    from lxml import etree

    path = os.path.join(WHERE, "schema", name, "messages.xsd")
    return etree.XMLSchema(etree.parse(path))


def parsed(answer):
    from lxml import etree

    root = etree.fromstring(answer.body)
    return root.find("s:Body", NS)[0]


def fault_is_well(body):
    """A SOAP fault as EWS.md 5 shows it."""
    names = [e.tag for e in body]
    code = body.find("detail/e:ResponseCode", NS)
    return (
        body.tag == f"{{{NS['s']}}}Fault" and names == ["faultcode", "faultstring", "detail"] and code is not None
        and (body.find("faultcode").text.split(":")[-1] in (code.text, "Client")) and body.find("detail/e:Message", NS) is not None
    )


def codes(body):
    return [e.text for e in body.iter() if str(e.tag).endswith("}ResponseCode")]


class Judge:
    """Asks, and holds the answer against a schema."""

    def __init__(self, sim, xsd, version):
        self.sim, self.xsd, self.version = sim, xsd, version
        self.wrong = []

    def ask(self, name, op, wanted=None, acting_as=None):
        answer = self.sim.soap(op, *SIGN_IN, version=self.version, header=act_as(acting_as))
        body = parsed(answer)
        if answer.status == 500:
            if not fault_is_well(body):
                self.wrong.append(f"{name}: a fault of another shape: {answer.text[:600]}")
            elif wanted and wanted not in answer.text:
                self.wrong.append(f"{name}: {answer.text[:600]}")
            return body
        if not self.xsd.validate(body):
            self.wrong.append(f"{name}: {self.xsd.error_log.last_error}")
        said = next((c for c in codes(body) if c != "NoError"), "NoError")
        if wanted and wanted != said:
            self.wrong.append(f"{name}: {said}, not {wanted}")
        return body

    def items(self):
        """What can be done with the items that the walk made."""
        found = self.ask("a search", SEARCH, "NoError")
        ids = [e.attrib["Id"] for e in found.iter() if str(e.tag).endswith("}ItemId")]
        week = self.ask("a week", view("anna"), "NoError")
        ids += sorted({e.attrib["Id"] for e in week.iter() if str(e.tag).endswith("}ItemId")})
        for base in ("IdOnly", "Default", "AllProperties"):
            wanted = "".join(f'<t:ItemId Id="{i}"/>' for i in ids)
            self.ask(f"items, {base}", f"<m:GetItem>{item_shape(base, TAG)}<m:ItemIds>{wanted}</m:ItemIds></m:GetItem>", "NoError")
        one = self.sim.soap(f"<m:GetItem>{item_shape()}<m:ItemIds><t:ItemId Id=\"{ids[0]}\"/></m:ItemIds></m:GetItem>", *SIGN_IN, version=self.version)
        key = re.search(r'ChangeKey="([^"]+)"', one.text).group(1)
        change = (
            '<m:UpdateItem ConflictResolution="{}" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>'
            f'<t:ItemId Id="{ids[0]}" ChangeKey="{key}"/><t:Updates><t:SetItemField><t:FieldURI FieldURI="calendar:Location"/>'
            "<t:CalendarItem><t:Location>Room 2</t:Location></t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
        )
        self.ask("a change", change.format("NeverOverwrite"), "NoError")
        self.ask("a change of what was changed", change.format("NeverOverwrite"), "ErrorIrresolvableConflict")
        delete = '<m:DeleteItem DeleteType="HardDelete"{}><m:ItemIds><t:ItemId Id="' + ids[0] + '"/></m:ItemIds></m:DeleteItem>'
        self.ask("a deletion without a word on cancellations", delete.format(""), "ErrorSendMeetingCancellationsRequired")
        self.ask("a deletion", delete.format(' SendMeetingCancellations="SendToNone"'), "NoError")
        self.ask("a deletion of what is gone", delete.format(' SendMeetingCancellations="SendToNone"'), "ErrorItemNotFound")


def walk(tap):
    if not os.path.isdir(os.path.join(WHERE, "schema")):
        tap.skip("answers against the schema", "LATCHKEY_EWS names no directory with schema/")
        return
    for product, version, name in PRODUCTS:
        xsd, generation = schema(name), int(re.search(r"\d{4}", version).group())
        with Sim(lines=WORLD % {"product": product}) as sim:
            judge = Judge(sim, xsd, version)
            asked = 0
            for title, op, wanted, acting_as, since in WALK + ((SHARED,) if generation >= 2010 else ()):
                if since <= generation:
                    judge.ask(title, op, wanted, acting_as)
                    asked += 1
                else:
                    body = parsed(sim.soap(op, *SIGN_IN, version=version))
                    if not fault_is_well(body):
                        judge.wrong.append(f"{title}: asked too early, and answered")
            judge.items()
        tap.ok(not judge.wrong, f"{asked} answers of {product} to {version} are as {name} says", "\n".join(judge.wrong))


if __name__ == "__main__":
    run(Tap(), walk)
