"""Where nobody knows what a real server does, the simulator has a switch: each value of each is seen on the wire.

SWITCHES says for every switch how to ask, and what is seen with each value; `latchkey-sim --switches` says which
there are. One of them without a row here, or a value of one, is a failure.
"""

import functools
import itertools
import json
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as ET

from lab import Tap, run
from ntlm_client import sign_in
from simlab import NS, Sim, basic

WORLD = """
organisation "Example"
seed 71
clock 2026-11-23T08:00:00Z frozen
premise old onprem 2007sp1 host mail.old.test
premise mid onprem 2010sp3 host mail.mid.test
premise hq onprem 2016 host mail.example.test
	schemes basic ntlm bearer
premise se onprem se host mail.se.test
premise cloud online host outlook.example.test
	tenant 0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10
domain old.test premise old
domain mid.test premise mid
domain example.test premise hq
domain se.test premise se
domain cloud.test premise cloud

mailbox svc@old.test
	password Sesame-open-1
mailbox closed@old.test
	zone Europe/Berlin
	event "Review" 2026-11-23T09:00 1h
mailbox svc@mid.test
	password Sesame-open-1
mailbox closed@mid.test
mailbox svc@se.test
	password Sesame-open-1

mailbox svc@example.test "Service"
	password Sesame-open-1
	impersonation
mailbox anna@example.test "Anna"
mailbox busy@example.test "Bert"
	grant svc@example.test LimitedDetails
	zone Europe/Berlin
	event "Review" 2026-11-23T09:00 1h
	event "Dentist" 2026-11-24T09:00 1h private
mailbox utc@example.test "Uta"
	zone UTC
mailbox editor@example.test "Edda"
	grant svc@example.test Editor
	event "Secret" 2026-11-25T09:00 1h private
mailbox reviewer@example.test "Rita"
	grant svc@example.test Reviewer
mailbox closed@example.test "Carla"
	grant default None
account blank@example.test password Sesame-open-1
mailbox disabled@example.test
	password Sesame-open-1
	state disabled
mailbox expired@example.test
	password Sesame-open-1
	state expired
mailbox change@example.test
	password Sesame-open-1
	state must-change
mailbox locked@example.test
	password Sesame-open-1
	state locked
mailbox olga@cloud.test "Olga"
	password Sesame-open-1
	event "Away" 2026-11-23T09:00 1h
mailbox otto@cloud.test "Otto"
	password Sesame-open-1
app 11111111-1111-4111-8111-111111111111 "Latchkey" tenant cloud
	secret main App-secret-1
	redirect https://portal.example.test/back
	consent
	full-access
	delegated
"""
PREMISES = ("old", "mid", "hq", "se", "cloud")
APP = {"client_id": "11111111-1111-4111-8111-111111111111", "client_secret": "App-secret-1"}
TAG = '<t:ExtendedFieldURI PropertySetId="8b1d6e0c-5c1f-4f0e-9a37-3c2f7d3b1a55" PropertyName="BookingId" PropertyType="String"/>'
THREE = (("old", "old", "Exchange2007_SP1"), ("mid", "mid", "Exchange2010_SP2"), ("hq", "example", "Exchange2016"))
BACK = "https://portal.example.test/back"
TENANT = "0b6c8a1e-7d6f-4a55-9d0a-6d7b6f3c2e10"
NEXT = itertools.count(1)


# Asking


def soap(sim, op, user="svc@example.test", **more):
    more.setdefault("premise", "hq")
    return sim.soap(op, user, more.pop("password", "Sesame-open-1"), **more)


def tree(answer):
    return ET.fromstring(answer.body)


def code(answer):
    """The first code of an answer, the fault's when it is one, the status when it is no envelope."""
    if not answer.body.startswith(b"<?xml"):
        return str(answer.status)
    found = [e for e in tree(answer).iter() if e.tag.endswith("}ResponseCode")]
    return found[-1].text if answer.status == 500 else found[0].text


def first(answer, name):
    found = tree(answer).find(f".//{name}", NS)
    return None if found is None else (found.text or "").strip()


def mailbox(address):
    return f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>"


def folder(address=None, name="calendar"):
    return f'<t:DistinguishedFolderId Id="{name}">{mailbox(address) if address else ""}</t:DistinguishedFolderId>'


def fields(*names):
    all_of_them = "".join(n if n.startswith("<") else f'<t:FieldURI FieldURI="{n}"/>' for n in names)
    return f"<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>{all_of_them}</t:AdditionalProperties>"


def get_folder(*ids, shape=("folder:EffectiveRights",)):
    return f"<m:GetFolder><m:FolderShape>{fields(*shape)}</m:FolderShape><m:FolderIds>{''.join(ids)}</m:FolderIds></m:GetFolder>"


def busy(*addresses, days=1, zone=True):
    change = "<t:Bias>{}</t:Bias><t:Time>0{}:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>{}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    of_zone = f"<t:StandardTime>{change.format(0, 3, 10)}</t:StandardTime><t:DaylightTime>{change.format(-60, 2, 3)}</t:DaylightTime>"
    who = "<t:MailboxData><t:Email><t:Address>{}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
    people = "".join(map(who.format, addresses))
    end = f"2027-01-{days - 38:02}" if days > 8 else f"2026-11-{23 + days}"
    return (
        "<m:GetUserAvailabilityRequest>"
        + (f"<t:TimeZone><t:Bias>-60</t:Bias>{of_zone}</t:TimeZone>" if zone else "")
        + f"<m:MailboxDataArray>{people}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>"
        f"<t:StartTime>2026-11-23T00:00:00</t:StartTime><t:EndTime>{end}T00:00:00</t:EndTime></t:TimeWindow>"
        "<t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )


def create(subject, where=None, send="SendToNone", attendee=None, more="", uid=None):
    saved = f"<m:SavedItemFolderId>{folder(where)}</m:SavedItemFolderId>" if where else ""
    invited = f"<t:RequiredAttendees><t:Attendee>{mailbox(attendee)}</t:Attendee></t:RequiredAttendees>" if attendee else ""
    uid = f"<t:UID>{uid}</t:UID>" if uid else ""
    return (
        f'<m:CreateItem SendMeetingInvitations="{send}">{saved}<m:Items><t:CalendarItem><t:Subject>{subject}</t:Subject>{more}{uid}'
        f"<t:Start>2026-11-27T09:00:00Z</t:Start><t:End>2026-11-27T10:00:00Z</t:End>{invited}</t:CalendarItem></m:Items></m:CreateItem>"
    )


def find(where, *shape, view=False):
    window = '<m:CalendarView StartDate="2026-11-23T00:00:00Z" EndDate="2026-11-30T00:00:00Z"/>' if view else ""
    return (
        f'<m:FindItem Traversal="Shallow"><m:ItemShape>{fields(*shape)}</m:ItemShape>{window}'
        f"<m:ParentFolderIds>{where}</m:ParentFolderIds></m:FindItem>"
    )


def item_id(answer):
    found = tree(answer).find(".//t:ItemId", NS).attrib
    return f'<t:ItemId Id="{found["Id"]}" ChangeKey="{found["ChangeKey"]}"/>'


def subjects(sim, where, **more):
    return [e.text for e in tree(soap(sim, find(where, "item:Subject"), **more)).findall(".//t:Subject", NS)]


def form(sim, path, values, cookie=None, method="POST"):
    """The sign-in's own host."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **({"Cookie": cookie} if cookie else {})}
    body = urllib.parse.urlencode(values)
    if method == "GET":
        return sim.request("GET", f"{path}?{body}", headers=headers, host=sim.face("signin")["host"])
    return sim.request("POST", path, body, headers, host=sim.face("signin")["host"])


def token(sim, **values):
    """What the token endpoint says, and the token's answer as JSON."""
    got = form(sim, f"/{TENANT}/oauth2/v2.0/token", {**APP, **values})
    return got.status, json.loads(got.body)


def with_token(sim, bearer, **more):
    return sim.soap(get_folder(folder()), headers={"Authorization": "Bearer " + bearer}, **more)


# What each switch is about. All leave the world as it was, but for items nobody looks at again.


def denial(sim):
    out = []
    for premise, domain, version in THREE:
        got = soap(sim, get_folder(folder(f"closed@{domain}.test")), f"svc@{domain}.test", premise=premise, version=version)
        rights = tree(got).find(".//t:EffectiveRights", NS)
        out.append(code(got) if rights is None else " ".join(sorted({e.text for e in rights})))
    return tuple(out)


def editor_modify(sim):
    got = soap(sim, get_folder(folder("editor@example.test")))
    return first(got, "t:Modify"), first(got, "t:Delete"), first(got, "t:CreateContents")


def pr_rights(sim):
    shape = ('<t:ExtendedFieldURI PropertyTag="0x6639" PropertyType="Integer"/>',)
    return tuple(first(soap(sim, get_folder(folder(a), shape=shape)), "t:Value") for a in (None, "editor@example.test"))


def permission_set(sim):
    shape = ("folder:DisplayName", "folder:PermissionSet")
    out = []
    for address in (None, "editor@example.test"):
        got = soap(sim, get_folder(folder(address), shape=shape))
        out.append((code(got), tree(got).find(".//t:PermissionSet", NS) is not None))
    return tuple(out)


def busy_unknown(sim):
    got = soap(sim, busy("nobody@example.test"))
    return code(got), "404" in first(got, "m:MessageText")


def busy_window(sim):
    return tuple(code(soap(sim, busy("busy@example.test", days=days))) for days in (1, 42, 62, 63))


def busy_times(sim):
    old = soap(sim, busy("closed@old.test"), "svc@old.test", premise="old", version="Exchange2007_SP1")
    return tuple(first(got, "t:CalendarEvent/t:StartTime") for got in (old, soap(sim, busy("busy@example.test"))))


def busy_day_of_week(sim):
    zone = tree(soap(sim, busy("utc@example.test"))).find(".//t:WorkingHours/t:TimeZone", NS)
    return {bool((e.text or "").strip()) for e in zone.iter() if e.tag.endswith("}DayOfWeek")}


def busy_zone(sim):
    got = soap(sim, busy("busy@example.test", zone=False))
    return got.status, code(got), first(got, "t:CalendarEvent/t:StartTime")


def busy_hybrid(sim):
    return tuple(code(soap(sim, busy(a))) for a in ("busy@example.test", "olga@cloud.test"))


def send_refused(sim):
    n = next(NEXT)
    before = len(sim.messages("svc@example.test"))
    got = soap(sim, create(f"Refused {n}", "editor@example.test", "SendToAllAndSaveCopy", "anna@example.test"))
    sim.deliver()
    kept = f"Refused {n}" in subjects(sim, folder("editor@example.test"))
    arrived = [m for m in sim.messages("anna@example.test") if m["subject"] == f"Refused {n}"]
    report = len(sim.messages("svc@example.test")) > before
    return code(got), "kept" if kept else "not kept", "report" if report else "no report", len(arrived)


def create_denied(sim):
    return code(soap(sim, create("Denied", "reviewer@example.test")))


def tags_travel(sim):
    n = next(NEXT)
    tag = f"<t:ExtendedProperty>{TAG}<t:Value>{n}</t:Value></t:ExtendedProperty>"
    made = soap(sim, create(f"Tagged {n}", None, "SendToAllAndSaveCopy", "anna@example.test", tag))
    sim.deliver()
    out = [code(made)]
    for who in ("svc", "anna"):
        answer = soap(sim, find(folder(), "item:Subject", TAG), acting_as=f"{who}@example.test")
        own = [i for i in tree(answer).findall(".//t:CalendarItem", NS) if i.findtext("t:Subject", "", NS) == f"Tagged {n}"]
        out.append([i.findtext(".//t:Value", None, NS) == str(n) for i in own])
    return tuple(out)


def delegate_bin(sim):
    n = next(NEXT)
    made = soap(sim, create(f"Binned {n}", "editor@example.test"))
    how = 'DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone"'
    gone = soap(sim, f"<m:DeleteItem {how}><m:ItemIds>{item_id(made)}</m:ItemIds></m:DeleteItem>")
    in_bin = [subjects(sim, folder(None, "deleteditems"), acting_as=f"{who}@example.test") for who in ("editor", "svc")]
    return code(gone), *(f"Binned {n}" in titles for titles in in_bin)


def private_subject(sim):
    got = soap(sim, find(folder("editor@example.test"), "item:Subject", "item:Sensitivity", view=True))
    item = next(i for i in tree(got).findall(".//t:CalendarItem", NS) if i.findtext("t:Sensitivity", None, NS) == "Private")
    return item.findtext("t:Subject", None, NS)


def uid_kept(sim):
    n = next(NEXT)
    uid = f"040000008200E00074C5B7101A82E0080000000000000000000000000000000000000000{n:08}"
    made = soap(sim, create("Own UID", uid=uid))
    shape = f"<m:ItemShape>{fields('calendar:UID')}</m:ItemShape>"
    got = soap(sim, f"<m:GetItem>{shape}<m:ItemIds>{item_id(made)}</m:ItemIds></m:GetItem>")
    return "the client's" if first(got, "t:UID") == uid else "the server's"


def at_the_edge(sim):
    """Asks until the edge answers in place of Exchange."""
    sim.do("premise hq", "throttle budget 1s recharge 0 back-off 7s")
    try:
        for _ in range(400):
            got = soap(sim, get_folder(folder()))
            if not got.body.startswith(b"<?xml"):
                return got
        raise AssertionError("the edge never answers")
    finally:
        sim.do("premise hq", "throttle off")


def edge_busy(sim):
    return at_the_edge(sim).status


def edge_wait(sim):
    return at_the_edge(sim).header("Retry-After")


def login_form(sim):
    sim.do("premise hq", "pre-auth yes")
    got = soap(sim, get_folder(folder()))
    sim.do("premise hq", "pre-auth no")
    return got.status, (got.header("Location") or "").partition("?")[0], got.header("WWW-Authenticate")


def too_many(sim):
    sim.do("premise hq", "throttle folder-mailboxes 2")
    got = soap(sim, get_folder(*(folder(f"{who}@example.test") for who in ("editor", "editor", "reviewer", "anna", "editor"))))
    sim.do("premise hq", "throttle folder-mailboxes 16")
    return [e.text for e in tree(got).iter() if e.tag.endswith("}ResponseCode")]


def json_unknown(sim):
    got = sim.request("GET", "/autodiscover/autodiscover.json?Email=nobody%40example.test&Protocol=EWS", host="mail.example.test")
    said = json.loads(got.body)
    return got.status, said.get("ErrorCode"), "/EWS/Exchange.asmx" in said.get("Url", "")


def op_unknown(sim):
    """An operation that nobody has, and one that the product came too early for."""
    early = soap(sim, "<m:GetRoomLists/>", "svc@old.test", premise="old", version="Exchange2007_SP1")
    got = soap(sim, "<m:GetTheMoon/>")
    return got.status, code(got), early.status, code(early)


def schema_fault(sim):
    out = []
    for premise, domain, version in (THREE[0], THREE[2]):
        got = soap(sim, "<m:GetFolder><m:FolderIds/></m:GetFolder>", f"svc@{domain}.test", premise=premise, version=version)
        out.append((got.status, re.search(r"<faultcode[^>]*>([^<]*)<", got.text).group(1), code(got)))
    return tuple(out)


def version_shown(sim):
    answer = tree(soap(sim, get_folder(folder()), version="Exchange2010"))
    shown = answer.find(".//t:ServerVersionInfo", NS).get("Version")
    got = soap(sim, get_folder(folder()), version=shown)
    return shown, got.status, code(got)


def se_number(sim):
    """By EWS, by Autodiscover's XML (bit-packed) and by its SOAP."""
    info = tree(soap(sim, get_folder(folder()), "svc@se.test", premise="se")).find(".//t:ServerVersionInfo", NS)
    xml = pox(sim, "svc@se.test")
    packed = int(re.search(r"<ServerVersion>([0-9A-F]{8})<", xml).group(1), 16)
    setting = user_setting(sim, "svc@se.test", "CasVersion")
    return (
        f"{info.get('MajorVersion')}.{info.get('MinorVersion')}",
        f"{packed >> 22 & 0x3F}.{packed >> 16 & 0x3F}",
        ".".join(str(int(n)) for n in setting.split(".")[:2]),
        int(info.get("MajorBuildNumber")) == packed & 0x7FFF,
    )


def autodiscover(sim, address, way, body):
    headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": basic(address, "Sesame-open-1")}
    return sim.request("POST", f"/autodiscover/autodiscover.{way}", body, headers, host="autodiscover." + address.partition("@")[2])


def pox(sim, address):
    body = (
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
        f"<EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/"
        "responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>"
    )
    return autodiscover(sim, address, "xml", body).text


def user_setting(sim, address, name):
    a, wsa = "http://schemas.microsoft.com/exchange/2010/Autodiscover", "http://www.w3.org/2005/08/addressing"
    body = (
        f'<s:Envelope xmlns:s="{NS["s"]}" xmlns:a="{a}" xmlns:w="{wsa}"><s:Header>'
        f"<a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion><w:Action>{a}/Autodiscover/GetUserSettings</w:Action>"
        "<w:To>https://autodiscover.se.test/autodiscover/autodiscover.svc</w:To></s:Header><s:Body><a:GetUserSettingsRequestMessage>"
        f"<a:Request><a:Users><a:User><a:Mailbox>{address}</a:Mailbox></a:User></a:Users><a:RequestedSettings><a:Setting>{name}"
        "</a:Setting></a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage></s:Body></s:Envelope>"
    )
    return tree(autodiscover(sim, address, "svc", body)).find(f".//{{{a}}}UserSetting/{{{a}}}Value").text


def se_schema(sim):
    """Asked of SE, whether its Autodiscover lists it, and asked of 2016, which never knows it."""
    at_se = soap(sim, get_folder(folder()), "svc@se.test", premise="se", version="Exchange2019")
    listed = "Exchange2019" in re.split("[;,] *", user_setting(sim, "svc@se.test", "EwsSupportedSchemas"))
    return code(at_se), listed, code(soap(sim, get_folder(folder()), version="Exchange2019"))


def blocked(sim):
    """Accounts that may not sign in: (status, is there a challenge) of each, with the right secret; then of a wrong password."""
    seen = {}

    def note(way, got):
        seen[way] = (got.status, got.header("WWW-Authenticate") is not None)

    for who in ("disabled", "expired", "change", "locked"):
        note(who, soap(sim, get_folder(folder()), f"{who}@example.test"))
        conn = sim.connect("mail.example.test")
        ask = functools.partial(sim.soap, get_folder(folder()), on=conn)
        note(who + " by NTLM", sign_in(lambda h, ask=ask: ask(headers=h), f"{who}@example.test", "Sesame-open-1"))
        conn.close()
    status, said = token(sim, grant_type="password", username="otto@cloud.test", password="Sesame-open-1",
                         scope="https://outlook.office365.com/EWS.AccessAsUser.All")
    assert status == 200, said
    sim.do("mailbox otto@cloud.test", "state disabled")
    note("token", with_token(sim, said["access_token"], premise="cloud"))
    sim.do("mailbox otto@cloud.test", "state well")
    wrong = soap(sim, get_folder(folder()), password="not this one")
    assert soap(sim, get_folder(folder())).status == 200  # forgets the wrong one
    return len(seen), set(seen.values()), wrong.status


def lock_told(sim):
    return tuple("currently locked out" in soap(sim, get_folder(folder()), f"{who}@example.test").text for who in ("locked", "disabled"))


def audience(sim):
    """Which of the two tokens the server on-premises takes; the one in the cloud always takes the same."""
    out = []
    for resource in ("https://mail.example.test", "https://outlook.office365.com"):
        status, said = token(sim, grant_type="password", username="svc@example.test", password="Sesame-open-1",
                             scope=resource + "/EWS.AccessAsUser.All")
        if status != 200:
            out.append(said["error_codes"][0])
            continue
        got = with_token(sim, said["access_token"], premise="hq")
        out.append(got.status if got.status == 200 else (got.header("x-ms-diagnostics") or str(got.status)).partition(";")[0])
    status, said = token(sim, grant_type="client_credentials", scope="https://outlook.office365.com/.default")
    return *out, with_token(sim, said["access_token"], premise="cloud", acting_as="olga@cloud.test").status


def refresh_reuse(sim):
    """The first refresh token twice, then the one that replaced it."""
    wish = {"scope": "https://outlook.office365.com/EWS.AccessAsUser.All offline_access"}
    _, one = token(sim, grant_type="password", username="olga@cloud.test", password="Sesame-open-1", **wish)
    _, two = token(sim, grant_type="refresh_token", refresh_token=one["refresh_token"], **wish)
    assert two["refresh_token"] != one["refresh_token"]
    again, said = token(sim, grant_type="refresh_token", refresh_token=one["refresh_token"], **wish)
    after, _ = token(sim, grant_type="refresh_token", refresh_token=two["refresh_token"], **wish)
    return again, said.get("error"), after


def signed_in(sim):
    """A browser that has signed in once comes again."""
    wish = {"client_id": APP["client_id"], "response_type": "code", "redirect_uri": BACK, "state": "s",
            "scope": "https://outlook.office365.com/EWS.AccessAsUser.All"}
    query = urllib.parse.urlencode(wish)
    once = form(sim, f"/{TENANT}/oauth2/v2.0/login?{query}", {"loginfmt": "olga@cloud.test", "passwd": "Sesame-open-1"})
    assert once.status == 302 and "code=" in once.header("Location"), once
    cookie = "; ".join(v.partition(";")[0] for k, v in once.headers if k.lower() == "set-cookie")
    again = form(sim, f"/{TENANT}/oauth2/v2.0/authorize", wish, cookie, "GET")
    return again.status, (again.header("Location") or "").startswith(BACK + "?code="), "Pick an account" in again.text


def no_mailbox(sim):
    return code(soap(sim, get_folder(folder()), "blank@example.test"))


def impersonation(sim):
    """Of one who may impersonate nobody, and of one who may not this one."""
    got = soap(sim, get_folder(folder()), "blank@example.test", acting_as="anna@example.test")
    sim.do("group scope@example.test", "mailbox svc@example.test", "no-impersonation", "impersonation scope scope@example.test")
    scoped = soap(sim, get_folder(folder()), acting_as="anna@example.test")
    sim.do("mailbox svc@example.test", "no-impersonation", "impersonation")
    return got.status, code(got), code(scoped)


PROXY = "ErrorProxyRequestProcessingFailed"
SCHEMA = "ErrorSchemaValidation"
AT = "2026-11-23T09:00:00"
BIG = "ErrorTimeIntervalTooBig"
OPENS = "NoError"
SWITCHES = {
    "denial": (denial, {
        "by-version": ("ErrorAccessDenied", "ErrorFolderNotFound", "ErrorItemNotFound"),
        "ErrorItemNotFound": ("ErrorItemNotFound",) * 3,
        "ErrorAccessDenied": ("ErrorAccessDenied",) * 3,
        "ErrorFolderNotFound": ("ErrorFolderNotFound",) * 3,
        "rights-false": ("false",) * 3,
    }),
    "editor-modify": (editor_modify, {"false": ("false", "false", "true"), "true": ("true", "true", "true")}),
    "pr-rights": (pr_rights, {"shown": ("2043", "1147"), "hidden": ("2043", None)}),
    "permission-set": (permission_set, {
        "absent": ((OPENS, True), (OPENS, False)),
        "ErrorAccessDenied": ((OPENS, True), ("ErrorAccessDenied", False)),
    }),
    "busy-unknown": (busy_unknown, {"ErrorMailRecipientNotFound": ("ErrorMailRecipientNotFound", False), PROXY: (PROXY, True)}),
    "busy-window": (busy_window, {"62": (OPENS, OPENS, OPENS, BIG), "42": (OPENS, OPENS, BIG, BIG)}),
    "busy-times": (busy_times, {"by-version": (AT + "+01:00", AT), "local": (AT, AT), "offset": (AT + "+01:00",) * 2}),
    "busy-day-of-week": (busy_day_of_week, {"filled": {True}, "empty": {False}}),
    "busy-zone": (busy_zone, {
        "ErrorTimeZone": (500, "ErrorTimeZone", None),
        "ErrorMissingArgument": (500, "ErrorMissingArgument", None),
        "utc": (200, OPENS, "2026-11-23T08:00:00"),
    }),
    "busy-hybrid": (busy_hybrid, {"works": (OPENS, OPENS), PROXY: (OPENS, PROXY)}),
    "send-refused": (send_refused, {
        "ErrorSendAsDenied": ("ErrorSendAsDenied", "kept", "no report", 0),
        "bounce": (OPENS, "kept", "report", 0),
        "ErrorAccessDenied": ("ErrorAccessDenied", "not kept", "no report", 0),
    }),
    "create-denied": (create_denied, {c: c for c in ("ErrorCreateItemAccessDenied", "ErrorAccessDenied")}),
    "tags-travel": (tags_travel, {"no": (OPENS, [True], [False]), "yes": (OPENS, [True], [True])}),
    "delegate-bin": (delegate_bin, {"owner": (OPENS, True, False), "delegate": (OPENS, False, True)}),
    "private-subject": (private_subject, {"absent": None, "shown": "Private appointment"}),
    "uid-kept": (uid_kept, {"no": "the server's", "yes": "the client's"}),
    "edge-busy": (edge_busy, {"503": 503, "429": 429}),
    "edge-wait": (edge_wait, {"told": "7", "untold": None}),
    "login-form": (login_form, {"302": (302, "https://mail.example.test/CookieAuth.dll", None), "440": (440, "", None)}),
    "too-many": (too_many, {
        c: [OPENS] * 3 + [c, OPENS] for c in ("ErrorTooManyObjectsOpened", "ErrorInternalServerError", "ErrorServerBusy")
    }),
    "json-unknown": (json_unknown, {"answers": (200, None, True), "UserNotFound": (404, "UserNotFound", False)}),
    "op-unknown": (op_unknown, {
        "ErrorInvalidRequest": (500, "ErrorInvalidRequest") * 2,
        "ErrorIncorrectSchemaVersion": (500, "ErrorIncorrectSchemaVersion") * 2,
        "schema": (500, SCHEMA) * 2,
    }),
    "schema-fault": (schema_fault, {
        "by-version": ((500, "soap:Client", SCHEMA), (500, "a:" + SCHEMA, SCHEMA)),
        "client": ((500, "soap:Client", SCHEMA), (500, "s:Client", SCHEMA)),
    }),
    "version-shown": (version_shown, {
        "refused": ("V2017_07_11", 500, "ErrorInvalidServerVersion"),
        "accepted": ("V2017_07_11", 200, OPENS),
    }),
    "se-number": (se_number, {n: (n, n, n, True) for n in ("15.2", "15.3")}),
    "se-schema": (se_schema, {
        "Exchange2016": ("ErrorInvalidRequest", False, "ErrorInvalidRequest"),
        "Exchange2019": (OPENS, True, "ErrorInvalidRequest"),
    }),
    "blocked": (blocked, {
        "401": (9, {(401, True)}, 401),
        "456": (9, {(456, False)}, 401),
    }),
    "lock-told": (lock_told, {"no": (False, False), "yes": (True, False)}),
    "audience": (audience, {"host": (200, "2000003", 200), "resource": (500011, 200, 200)}),
    "refresh-reuse": (refresh_reuse, {"refused": (400, "invalid_grant", 400), "accepted": (200, None, 200)}),
    "signed-in": (signed_in, {"offered": (200, False, True), "silent": (302, True, False)}),
    "no-mailbox": (no_mailbox, {c: c for c in ("ErrorMissingEmailAddress", "ErrorNameResolutionNoMailbox", "ErrorNonExistentMailbox")}),
    "impersonation": (impersonation, {
        "ErrorImpersonateUserDenied": (500, "ErrorImpersonateUserDenied", "ErrorImpersonateUserDenied"),
        "ErrorImpersonationDenied": (500, "ErrorImpersonationDenied", "ErrorImpersonateUserDenied"),
    }),
}


# The test


def known(sim):
    """What the program says: {switch: [value, ...]}, the first one holds without a word."""
    said = subprocess.run([sim.program(), "--switches"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=True)
    return {words[0]: words[1:] for words in (line.split() for line in said.stdout.splitlines())}


def test_all_have_rows(tap):
    told = known(Sim())
    tap.ok(len(told) > 20 and all(len(v) > 1 for v in told.values()), "the program names its switches, each with a choice", told)
    tap.same(sorted(SWITCHES), sorted(told), "every switch has a row here, and every row a switch")
    for name, (_, seen) in SWITCHES.items():
        tap.same(list(seen), told.get(name), f"{name}: every value has a row, the default first")
        tap.ok(len({repr(v) for v in seen.values()}) == len(seen), f"{name}: each value is seen to differ", seen)


def test_seen(tap):
    with Sim(lines=WORLD) as sim:
        for name, values in known(sim).items():
            ask, seen = SWITCHES.get(name, (None, {}))
            for value in values if ask else ():
                set_all(sim, name, value)
                tap.same(ask(sim), seen.get(value), f"{name} {value}")
            set_all(sim, name, values[0])


def set_all(sim, name, value):
    sim.do(*(line for p in PREMISES for line in (f"premise {p}", f"unsure {name} {value}")))


def test_defaults(tap):
    """Untouched, a premise does the first of each; one premise's choice is not another's."""
    with Sim(lines=WORLD) as sim:
        for name in ("editor-modify", "busy-times", "create-denied", "schema-fault", "lock-told"):
            ask, seen = SWITCHES[name]
            tap.same(ask(sim), next(iter(seen.values())), f"{name}: the first value holds without a word")
        sim.do("premise se", "unsure create-denied ErrorAccessDenied")
        tap.same(create_denied(sim), "ErrorCreateItemAccessDenied", "a switch belongs to its premise")


run(Tap(), test_all_have_rows, test_seen, test_defaults)
