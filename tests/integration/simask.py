"""What tests ask the simulator in its scenarios basic and hybrid: requests, as text, and their codes."""

import re

HOST = "mail.example.test"
AUTODISCOVER = "autodiscover.example.test"
SVC, PASSWORD = "svc@example.test", "Sesame-open-1"
TENANT = "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
PUBLIC = "55555555-5555-4555-8555-555555555555"


def of(address, prefix="t"):
    return f"<{prefix}:Mailbox><t:EmailAddress>{address}@example.test</t:EmailAddress></{prefix}:Mailbox>"


def calendar(address=None, name="calendar"):
    return f'<t:DistinguishedFolderId Id="{name}">{of(address) if address else ""}</t:DistinguishedFolderId>'


def get_folder(*addresses):
    """Calendars; without an address, the caller's own."""
    ids = "".join(calendar(a) for a in addresses or (None,))
    more = '<t:AdditionalProperties><t:FieldURI FieldURI="folder:EffectiveRights"/></t:AdditionalProperties>'
    shape_ = f"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>{more}</m:FolderShape>"
    return f"<m:GetFolder>{shape_}<m:FolderIds>{ids}</m:FolderIds></m:GetFolder>"


def shape(base="Default"):
    return f"<m:ItemShape><t:BaseShape>{base}</t:BaseShape></m:ItemShape>"


def view(address=None):
    """A calendar from now to the end of the year."""
    return (
        f'<m:FindItem Traversal="Shallow">{shape()}'
        '<m:CalendarView StartDate="2026-11-23T00:00:00Z" EndDate="2026-12-31T00:00:00Z"/>'
        f"<m:ParentFolderIds>{calendar(address)}</m:ParentFolderIds></m:FindItem>"
    )


def create(subject, address=None, attendees=(), rooms=(), send="SendToNone"):
    def people(tag, names):
        each = "".join(f"<t:Attendee>{of(n)}</t:Attendee>" for n in names)
        return f"<t:{tag}>{each}</t:{tag}>" if names else ""

    saved = f"<m:SavedItemFolderId>{calendar(address)}</m:SavedItemFolderId>" if address else ""
    return (
        f'<m:CreateItem SendMeetingInvitations="{send}">{saved}<m:Items><t:CalendarItem><t:Subject>{subject}</t:Subject>'
        "<t:Start>2026-12-01T09:00:00Z</t:Start><t:End>2026-12-01T10:00:00Z</t:End>"
        f'{people("RequiredAttendees", attendees)}{people("Resources", rooms)}</t:CalendarItem></m:Items></m:CreateItem>'
    )


def resolve(name, full="false"):
    return (
        f'<m:ResolveNames ReturnFullContactData="{full}" SearchScope="ActiveDirectory">'
        f"<m:UnresolvedEntry>{name}</m:UnresolvedEntry></m:ResolveNames>"
    )


def codes(answer):
    return re.findall(r"ResponseCode[^>]*>(\w+)<", answer.text)


POX = (
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
    "<EMailAddress>anna@example.test</EMailAddress><AcceptableResponseSchema>"
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
    "</AcceptableResponseSchema></Request></Autodiscover>"
)
SETTINGS = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing" '
    'xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover"><s:Header>'
    "<a:RequestedServerVersion>Exchange2016</a:RequestedServerVersion>"
    "<wsa:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettings</wsa:Action>"
    f"<wsa:To>https://{AUTODISCOVER}/autodiscover/autodiscover.svc</wsa:To></s:Header><s:Body>"
    "<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>anna@example.test</a:Mailbox></a:User></a:Users>"
    "<a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>UserDisplayName</a:Setting></a:RequestedSettings>"
    "</a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
)
