"""Answers recorded from real servers have the shape of the simulator's own to the same question: what they tell is
told, in their order. They come from LATCHKEY_EWS (traces/); absent, this is skipped."""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
from lab import Tap, run  # noqa: E402
from simlab import Sim, basic  # noqa: E402
from test_schema import (  # noqa: E402
    ATTENDEES, MESSAGE, SIGN_IN, TAG, TAGGED, WHERE, WORLD, busy, create, folder, get_folder, item_shape, m_of, resolve, view,
)

# What no question of ours could be: operations and items that are not simulated, and a fault of another service.
ELSEWHERE = re.compile("GetAttachment|GetItemAttachment|Task|GetPasswordExpiration|testXML-11")
# What a recorded server tells that a simulated one has nothing to tell about.
UNTOLD = re.compile(
    "Attachment|Conversation|InternetMessage|WebClient|Preview|StoreEntryId|InstanceKey|EntityExtraction|NormalizedBody|Flag|"
    "PolicyTag|RetentionDate|Mentions|HasBlockedImages|ReceivedBy|ReceivedRepresenting|References|InReplyTo|Size|DisplayCc|"
    "Categories|JoinOnlineMeetingUrl|IsResend|IsSubmitted|IsFromMe|IsUnmodified|Reminder|Hashtags|RichContent|DeferredSend|"
    "TextBody|UniqueBody|ProtocolConnections|AlternateMailbox|/Contact/|OriginalDisplayName|ResponseObjects|ConnectingMeeting"
)
INBOX = (
    '<m:FindItem Traversal="Shallow">{}<m:IndexedPageItemView MaxEntriesReturned="1" Offset="0" BasePoint="Beginning"/>'
    f"<m:ParentFolderIds>{folder(None, 'inbox')}</m:ParentFolderIds></m:FindItem>"
)
DISCOVER = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://schemas.microsoft.com/exchange/2010/Autodiscover" '
    'xmlns:w="http://www.w3.org/2005/08/addressing"><s:Header><a:RequestedServerVersion>Exchange2010</a:RequestedServerVersion>'
    "<w:Action>http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/%s</w:Action>"
    "<w:To>https://autodiscover.acme.test/autodiscover/autodiscover.svc</w:To></s:Header><s:Body>%s</s:Body></s:Envelope>"
)
SETTINGS = (
    "<a:GetUserSettingsRequestMessage><a:Request><a:Users><a:User><a:Mailbox>anna@acme.test</a:Mailbox></a:User></a:Users>"
    "<a:RequestedSettings><a:Setting>ExternalEwsUrl</a:Setting><a:Setting>UserDisplayName</a:Setting>"
    "<a:Setting>MobileMailboxPolicy</a:Setting><a:Setting>ExternalWebClientUrls</a:Setting></a:RequestedSettings></a:Request>"
    "</a:GetUserSettingsRequestMessage>"
)
SUGGEST = (
    "<t:SuggestionsViewOptions><t:DetailedSuggestionsWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime>"
    "<t:EndTime>2026-11-24T00:00:00</t:EndTime></t:DetailedSuggestionsWindow></t:SuggestionsViewOptions></m:GetUserAvailabilityRequest>"
)


class Asker:
    """The questions; each answers with the text of the whole answer."""

    def __init__(self, sim):
        self.sim = sim

    def ask(self, op, acting_as=None):
        return self.sim.soap(op, *SIGN_IN, acting_as=acting_as).body

    def made(self, op, acting_as):
        """ItemId of what this creates or finds."""
        return re.search(rb"<t:ItemId [^>]*/>", self.ask(op, acting_as)).group(0).decode()

    def item(self, item_id, shape, acting_as):
        return self.ask(f"<m:GetItem>{shape}<m:ItemIds>{item_id}</m:ItemIds></m:GetItem>", acting_as)

    def tagged(self):
        draft = MESSAGE.format("SaveOnly").replace("<t:ToRecipients>", TAGGED + "<t:ToRecipients>")
        return self.item(self.made(draft, "anna@acme.test"), item_shape("IdOnly", TAG), "anna@acme.test")

    def mail(self):
        return self.ask(INBOX.format(item_shape("AllProperties")), "anna@acme.test")

    def one_mail(self):
        found = self.made(INBOX.format(item_shape()), "anna@acme.test")
        return self.item(found, item_shape("AllProperties"), "anna@acme.test")

    def answered(self):
        """A meeting of Dora's that Bert accepts tentatively; who is asked about is Dora."""
        self.ask(create("Ask", None, ATTENDEES, "SendToAllAndSaveCopy"), "dora@acme.test")
        self.sim.deliver()
        request = self.made(INBOX.format(item_shape()), "bert@acme.test")
        answer = request.replace("t:ItemId", "t:ReferenceItemId")
        self.ask(
            f'<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:TentativelyAcceptItem>{answer}</t:TentativelyAcceptItem></m:Items></m:CreateItem>',
            "bert@acme.test",
        )
        self.sim.deliver()

    def responses(self):
        only = "<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI=\"item:ItemClass\"/><t:FieldURIOrConstant>" \
            '<t:Constant Value="IPM.Schedule.Meeting.Resp.Tent"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>'
        return INBOX.format(item_shape("AllProperties")).replace("<m:ParentFolderIds>", only)

    def response(self):
        found = self.made(self.responses(), "dora@acme.test")
        return self.item(found, item_shape("AllProperties"), "dora@acme.test")

    def sent(self):
        draft = self.made(MESSAGE.format("SaveOnly"), "anna@acme.test")
        return self.ask(f'<m:SendItem SaveItemToFolder="true"><m:ItemIds>{draft}</m:ItemIds></m:SendItem>', "anna@acme.test")

    def discover(self, op, body):
        headers = {"Content-Type": "text/xml; charset=utf-8", "Authorization": basic(*SIGN_IN)}
        got = self.sim.request(
            "POST", "/autodiscover/autodiscover.svc", DISCOVER % (op, body), headers, host="autodiscover.acme.test"
        )
        return got.body


# Which question each recorded answer belongs to: a part of its name, and how it is asked.
QUESTIONS = (
    ("CreateAppointment", lambda a: a.ask(create("One"))),
    ("CreateItemWith", lambda a: a.ask(MESSAGE.format("SaveOnly"))),
    ("DLExpansion", lambda a: a.ask(f"<m:ExpandDL>{m_of('team')}</m:ExpandDL>")),
    ("FindAppointmentRequestResponseWith0", lambda a: a.ask(view(None), "bert@acme.test")),
    ("FindAppointmentRequestResponseWith3", lambda a: a.ask(view(None), "anna@acme.test")),
    ("FindItemWithTentatively", lambda a: a.ask(a.responses(), "dora@acme.test")),
    ("GetItemWithTentatively", Asker.response),
    ("FindItem|testXML-22", Asker.mail),
    ("LoadItemWithItemAttachment", Asker.one_mail),
    ("GetItemRequestWithID", Asker.tagged),
    ("SendItem", Asker.sent),
    ("ResolveNameWithContactDetail1", lambda a: a.ask(resolve("c", "true"))),
    ("ResolveName", lambda a: a.ask(resolve("anna", "true"))),
    ("GetUserAvailability", lambda a: a.ask(busy("dora", view="Detailed"), "dora@acme.test")),
    ("app2-00", lambda a: a.ask(busy("carla", view="Detailed").replace("</m:GetUserAvailabilityRequest>", SUGGEST), "anna@acme.test")),
    ("app-00|testXML-18", lambda a: a.ask(get_folder(None, ("PermissionSet",)), "anna@acme.test")),
    ("testXML-(12|14|20|21)", lambda a: a.ask(get_folder(None, (), name="inbox"), "anna@acme.test")),
    ("testXML-16", lambda a: a.ask("<m:GetFolder><m:FolderIds/></m:GetFolder>")),
    ("autodiscover|testXML-0[23578]", lambda a: a.discover("GetUserSettings", SETTINGS)),
    ("testXML-09", lambda a: a.discover("NoSuchThing", "<a:NoSuchThing/>")),
)


def paths(node, at=""):
    """Every element's path, without its namespace."""
    here = f"{at}/{str(node.tag).split('}')[-1]}"
    yield here
    for child in node:
        if isinstance(child.tag, str):
            yield from paths(child, here)


def order(node, out):
    """Which children stand before which, below each element name."""
    names = [str(c.tag).split("}")[-1] for c in node if isinstance(c.tag, str)]
    kept = list(dict.fromkeys(names))
    out.setdefault(str(node.tag).split("}")[-1], []).append(kept)
    for child in node:
        if isinstance(child.tag, str):
            order(child, out)


def disorder(real, own):
    """Elements that both have, in another order."""
    theirs, mine, wrong = {}, {}, []
    order(real, theirs)
    order(own, mine)
    for name in theirs.keys() & mine.keys():
        place = {}
        for names in theirs[name]:
            for i, x in enumerate(names):
                place[x] = max(place.get(x, 0), i)
        for names in mine[name]:
            common = [x for x in names if all(x in t for t in theirs[name])]
            if common != sorted(common, key=place.get):
                wrong.append(f"{name}: {common}")
    return wrong


def traces(tap):
    files = sorted(glob.glob(os.path.join(WHERE, "traces", "*", "*.xml")))
    if not files:
        tap.skip("recorded answers", "LATCHKEY_EWS names no directory with traces/")
        return
    from lxml import etree

    with Sim(lines=WORLD % {"product": "2016"}) as sim:
        asker = Asker(sim)
        asker.answered()
        for path in files:
            name = os.path.basename(path)[:-4]
            if ELSEWHERE.search(name):
                continue
            ask = next((how for part, how in QUESTIONS if re.search(part, name)), None)
            if not ask:
                tap.ok(False, f"{name}: a question for it")
                continue
            real = etree.parse(path, etree.XMLParser(recover=True)).getroot()
            own = etree.fromstring(ask(asker))
            missing = sorted({p for p in paths(real) if not UNTOLD.search(p)} - set(paths(own)))
            tap.ok(not missing, f"{name}: what a real server tells is told", "\n".join(missing))
            tap.same(disorder(real, own), [], f"{name}: in its order")


if __name__ == "__main__":
    run(Tap(), traces)
