"""An Exchange client that others wrote asks the simulated Exchange, and reports what it found."""

import datetime
import os
import sys
import tempfile
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]
import net  # noqa: E402
from lab import Tap, run, until  # noqa: E402
from simlab import Sim  # noqa: E402

NAMES = [
    "office.test", "mail.office.test", "autodiscover.office.test", "cloud.test", "outlook.cloud.test",
    "autodiscover.cloud.test", "login.cloud.test",
]
PORTS = ("--port", "443", "--http-port", "80")
EWS = "https://mail.office.test/EWS/Exchange.asmx"
SVC = ("OFFICE\\svc", "brass lantern")
REQUEST = "IPM.Schedule.Meeting.Request"
CANCELLATION = "IPM.Schedule.Meeting.Canceled"
IMP = ("OFFICE\\imp", "quiet water")


class Office:
    """What every test needs of the library."""

    def __init__(self, sim):
        import exchangelib

        self.sim = sim
        self.lib = exchangelib
        self.zone = exchangelib.EWSTimeZone("Europe/Berlin")

    def config(self, who=SVC, **more):
        from exchangelib import Configuration, Credentials

        return Configuration(service_endpoint=EWS, credentials=Credentials(*who), **more)

    def account(self, address, who=SVC, access=None, **more):
        from exchangelib import DELEGATE, Account

        return Account(address, config=self.config(who, **more), autodiscover=False, access_type=access or DELEGATE)

    def calendar(self, address, who=SVC, own="svc@office.test", **more):
        """Another person's calendar itself, as the library's manual opens it: by the caller's own account."""
        from exchangelib.folders import SingleFolderQuerySet
        from exchangelib.properties import DistinguishedFolderId, Mailbox

        found = SingleFolderQuerySet(
            account=self.account(own, who, **more),
            folder=DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=address)),
        ).resolve()
        if isinstance(found, Exception):
            raise found
        found.is_distinguished = False  # else the library asks for its own account's calendar from now on
        return found

    def at(self, day, hour, minute=0):
        return datetime.datetime(2026, 11, day, hour, minute, tzinfo=self.zone)

    def refused(self, what):
        """The class of the error that what() raises, or what it returned."""
        try:
            found = what()
            first = found[0] if isinstance(found, list) and found else found
            return type(first).__name__ if isinstance(first, Exception) else repr(found)
        except Exception as e:  # noqa: BLE001 - the class is the point
            return type(e).__name__


def discovery(tap, office):
    from exchangelib import DELEGATE, Account, Credentials

    account = Account("anna@office.test", credentials=Credentials(*SVC), autodiscover=True, access_type=DELEGATE)
    tap.same(account.protocol.service_endpoint, EWS, "autodiscovery finds the server")
    tap.same(account.protocol.auth_type, "NTLM", "and how to sign in there")
    tap.same(account.protocol.version.api_version, "Exchange2016", "and its version")
    website = [e for e in office.sim.log() if e["host"] == "office.test"]
    tap.ok(website and website[0]["status"] == 200, "the public website was looked at first", website)
    tap.same(office.sim.thefts(), [], "and was given no credentials")


def owner(tap, office):
    anna = office.account("anna@office.test", ("OFFICE\\anna", "anna's own"))
    seen = [(i.subject, i.start, i.type) for i in anna.calendar.view(office.at(23, 0), office.at(28, 0)).order_by("start")]
    tap.same(
        [(s, t) for s, _, t in seen],
        [("Review", "Occurrence"), ("Dentist", "Single"), ("Fair", "Single")], "an owner's week, recurrences expanded",
    )
    tap.same(seen[0][1], office.at(23, 9), "at the owner's time")
    tap.same(anna.inbox.total_count, 0, "an empty inbox")
    names = {f.name for f in anna.root.walk()}
    tap.ok({"Calendar", "Inbox", "Contacts"} <= names, "the folder tree walks", names)
    rights = anna.calendar.effective_rights
    tap.ok(rights.read and rights.create_contents, "the owner may everything", rights)


def delegate(tap, office):
    from exchangelib import CalendarItem
    from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY

    calendar = office.calendar("anna@office.test")
    svc = calendar.account
    tap.ok(calendar.effective_rights.read and calendar.effective_rights.create_contents, "an Editor may read and create")
    subjects = [i.subject for i in calendar.view(office.at(23, 0), office.at(28, 0)).order_by("start")]
    tap.same(subjects[0], "Review", "and reads")
    tap.ok("Dentist" not in subjects, "but not what is private", subjects)

    item = CalendarItem(
        account=svc, folder=calendar, subject="Interview", body="Agenda", start=office.at(26, 9), end=office.at(26, 10),
        required_attendees=["bert@office.test"], resources=["room2@office.test"], location="Room 2",
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    tap.ok(item.id and item.changekey, "a meeting is made in her calendar")
    mail = until(lambda: office.sim.messages("bert@office.test"))
    tap.same([(m["from"], m["sender"], m["class"]) for m in mail], [("anna@office.test", "svc@office.test", REQUEST)], "the invitation goes out on her behalf")
    item.refresh()
    tap.same(item.organizer.email_address, "anna@office.test", "she is its organizer")

    def room_said():
        item.refresh()
        return item.resources[0].response_type == "Accept"

    tap.ok(until(room_said), "the room accepts")
    item.location = "Room 3"
    item.save(update_fields=["location"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    tap.ok(until(lambda: len(office.sim.messages("bert@office.test")) >= 2), "a change is sent")
    item.refresh()
    tap.same(item.location, "Room 3", "and kept")
    item.delete(send_meeting_cancellations=SEND_TO_ALL_AND_SAVE_COPY)
    tap.ok(until(lambda: office.sim.messages("bert@office.test")[-1]["class"] == CANCELLATION), "the cancellation goes out")
    left = [i.subject for i in calendar.view(office.at(26, 0), office.at(27, 0))]
    tap.same(left, [], "and the meeting is gone")


def impersonation(tap, office):
    from exchangelib import IMPERSONATION, CalendarItem
    from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY

    emil = office.account("emil@office.test", IMP, IMPERSONATION)
    item = CalendarItem(
        account=emil, folder=emil.calendar, subject="One to one", start=office.at(27, 9), end=office.at(27, 10),
        required_attendees=["carla@office.test"],
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    mail = until(lambda: office.sim.messages("carla@office.test"))
    tap.same((mail[0]["from"], mail[0]["sender"]), ("emil@office.test", "emil@office.test"), "an impersonated meeting comes from the owner alone")
    outside = office.account("dora@office.test", IMP, IMPERSONATION)
    tap.same(office.refused(lambda: outside.calendar), "ErrorImpersonateUserDenied", "out of scope is refused")
    nobody = office.account("nobody@office.test", IMP, IMPERSONATION)
    tap.same(office.refused(lambda: nobody.calendar), "ErrorNonExistentMailbox", "a mailbox that is not there")
    unentitled = office.account("anna@office.test", SVC, IMPERSONATION)
    tap.same(office.refused(lambda: unentitled.calendar), "ErrorImpersonateUserDenied", "a caller without the right")


def denials(tap, office):
    from exchangelib import CalendarItem

    for code in ("ErrorItemNotFound", "ErrorAccessDenied", "ErrorFolderNotFound"):
        office.sim.do("premise hq", f"unsure denial {code}")
        tap.same(office.refused(lambda: office.calendar("dora@office.test")), code, f"not delegated, as {code}")
    office.sim.do("premise hq", "unsure denial rights-false")
    rights = office.calendar("dora@office.test").effective_rights
    tap.ok(not (rights.read or rights.create_contents), "not delegated, as rights that are all false", rights)
    office.sim.do("premise hq", "unsure denial ErrorItemNotFound")

    bert = office.calendar("bert@office.test")
    tap.ok(bert.effective_rights.read and not bert.effective_rights.create_contents, "a Reviewer reads, and cannot create")
    item = CalendarItem(account=bert.account, folder=bert, subject="No", start=office.at(26, 9), end=office.at(26, 10))
    tap.ok(office.refused(item.save) in ("ErrorCreateItemAccessDenied", "ErrorAccessDenied"), "creating is refused")
    tap.same(office.refused(lambda: office.calendar("nobody@office.test")), "ErrorNonExistentMailbox", "nobody's mailbox")
    tap.same(office.refused(lambda: office.calendar("gwen@office.test")), "ErrorMailboxMoveInProgress", "a mailbox that moves")


def busy(tap, office):
    anna = office.account("anna@office.test")
    asked = ["anna@office.test", "bert@office.test", "carla@office.test"]
    views = list(anna.protocol.get_free_busy_info(
        accounts=[(a, "Required", False) for a in asked], start=office.at(23, 0), end=office.at(24, 0),
        merged_free_busy_interval=60, requested_view="FreeBusyMerged",
    ))
    tap.same([v.view_type for v in views], ["FreeBusyMerged"] * 3, "busy time of three people")
    tap.same([v.merged[9] for v in views], ["2", "0", "3"], "busy, free and away at nine")
    tap.same(views[1].merged[10], "1", "tentative at ten")
    tap.same(
        [(e.start.strftime("%d %H:%M"), e.busy_type) for e in views[0].calendar_events],
        [("23 09:00", "Busy")], "as events, in the zone that was asked for",
    )
    for address, error in (("dora@office.test", "ErrorNoFreeBusyAccess"), ("nobody@office.test", "ErrorMailRecipientNotFound")):
        def ask(address=address):
            return list(anna.protocol.get_free_busy_info(
                accounts=[(address, "Required", False)], start=office.at(23, 0), end=office.at(24, 0), requested_view="FreeBusy",
            ))

        tap.same(office.refused(ask), error, f"no busy time of {address}")


def sync(tap, office):
    from exchangelib import CalendarItem

    svc = office.account("svc@office.test")
    first = list(svc.calendar.sync_items())
    state = svc.calendar.item_sync_state
    item = CalendarItem(account=svc, folder=svc.calendar, subject="One", start=office.at(26, 9), end=office.at(26, 10))
    item.save()
    second = list(svc.calendar.sync_items(sync_state=state))
    tap.same([(kind, i.id) for kind, i in second], [("create", item.id)], f"sync tells what is new (after {len(first)})")
    state = svc.calendar.item_sync_state
    item.subject = "Two"
    item.save(update_fields=["subject"])
    third = list(svc.calendar.sync_items(sync_state=state))
    tap.same([kind for kind, _ in third], ["update"], "what changed")
    state = svc.calendar.item_sync_state
    item.delete()
    tap.same([kind for kind, _ in svc.calendar.sync_items(sync_state=state)], ["delete"], "and what went")
    tap.same(
        office.refused(lambda: list(svc.calendar.sync_items(sync_state="bm90IGEgc3RhdGU="))), "ErrorInvalidSyncStateData",
        "a state nobody gave is refused",
    )


def folders(tap, office):
    svc = office.account("svc@office.test")
    root = svc.msg_folder_root
    first = list(root.sync_hierarchy())
    tap.ok({"Calendar", "Inbox"} <= {f.name for _, f in first}, "the folders of a mailbox, by sync", first)
    state = root.folder_sync_state
    tap.same(list(root.sync_hierarchy(sync_state=state)), [], "nothing new the second time")
    office.sim.do("mailbox svc@office.test", 'folder "Projects"')
    third = [(kind, f.name) for kind, f in root.sync_hierarchy(sync_state=state)]
    tap.same(third, [("create", "Projects")], "and then what was made meanwhile")


def series(tap, office):
    from exchangelib import CalendarItem
    from exchangelib.recurrence import Recurrence, WeeklyPattern

    svc = office.account("svc@office.test")
    day = datetime.date(2026, 3, 2)
    item = CalendarItem(
        account=svc, folder=svc.calendar, subject="Standup", start=datetime.datetime(2026, 3, 2, 9, tzinfo=office.zone),
        end=datetime.datetime(2026, 3, 2, 9, 15, tzinfo=office.zone),
        recurrence=Recurrence(pattern=WeeklyPattern(interval=1, weekdays=["Monday"]), start=self_date(office, day), number=8),
    )
    item.save()
    view = svc.calendar.view(
        datetime.datetime(2026, 3, 1, tzinfo=office.zone), datetime.datetime(2026, 5, 1, tzinfo=office.zone)
    ).order_by("start")
    starts = [i.start.astimezone(office.zone) for i in view if i.subject == "Standup"]
    tap.same(len(starts), 8, "eight occurrences")
    tap.same({(s.hour, s.weekday()) for s in starts}, {(9, 0)}, "at nine on Mondays, on both sides of the change to summer time")
    offsets = {s.utcoffset() for s in starts}
    tap.same(len(offsets), 2, "which is two different times in UTC")
    occurrence = item.occurrence(index=3)
    occurrence.refresh()
    occurrence.delete()
    starts = [i.start for i in view if i.subject == "Standup"]
    tap.same(len(starts), 7, "one of them can be taken out")
    item.refresh()
    tap.same(len(item.deleted_occurrences), 1, "and the series knows")


def self_date(office, day):
    return office.lib.EWSDate(day.year, day.month, day.day)


def directory(tap, office):
    protocol = office.account("svc@office.test").protocol
    found = protocol.resolve_names(["anna@office.test"])
    tap.same([m.email_address for m in found], ["anna@office.test"], "a name resolves")
    none = protocol.resolve_names(["zz"])
    tap.same([type(m).__name__ for m in none], ["ErrorNameResolutionNoResults"], "and one that nobody has does not")
    lists = list(protocol.get_roomlists())
    tap.same([r.email_address for r in lists], ["hq-rooms@office.test"], "the room list")
    rooms = list(protocol.get_rooms("hq-rooms@office.test"))
    tap.same([r.email_address for r in rooms], ["room1@office.test", "room2@office.test"], "and its rooms")
    members = list(protocol.expand_dl("team@office.test"))
    tap.same([m.email_address for m in members], ["anna@office.test", "bert@office.test"], "a distribution list opens")
    zones = list(protocol.get_timezones())
    tap.ok(len(zones) > 90, "the server's time zones", len(zones))


def tagged(tap, office):
    from exchangelib import CalendarItem, ExtendedProperty

    class BookingId(ExtendedProperty):
        property_set_id = "8b1d6e0c-5c1f-4f0e-9a37-3c2f7d3b1a55"
        property_name = "BookingId"
        property_type = "String"

    CalendarItem.register("booking_id", BookingId)
    svc = office.account("svc@office.test")
    CalendarItem(account=svc, folder=svc.calendar, subject="Tagged", booking_id="42", start=office.at(26, 11), end=office.at(26, 12)).save()
    found = list(svc.calendar.filter(booking_id="42"))
    tap.same([(i.subject, i.booking_id) for i in found], [("Tagged", "42")], "a booking is found again by its own property")
    tap.same(list(svc.calendar.filter(booking_id="43")), [], "and only that one")


def refusals(tap, office):
    from exchangelib.protocol import CachingProtocol

    def bert(password="brass lantern"):
        return office.calendar("bert@office.test", ("OFFICE\\svc", password)).name

    tap.same(office.refused(lambda: bert("wrong")), "UnauthorizedError", "a wrong password")
    tap.same(office.refused(bert), "'Calendar'", "the right one")
    office.sim.do("mailbox svc@office.test", "state locked")
    tap.same(office.refused(bert), "'Calendar'", "a locked account goes on over its authenticated connection")
    CachingProtocol.clear_cache()
    tap.same(office.refused(bert), "UnauthorizedError", "and is refused on a new one")
    office.sim.do("mailbox svc@office.test", "state well")
    office.sim.do("fault busy soap-fault ErrorServerBusy op GetFolder times 1")
    tap.same(office.refused(bert), "ErrorServerBusy", "a busy server says so")
    tap.same(office.refused(bert), "'Calendar'", "and serves again")


def cloud(tap, office):
    from exchangelib import IMPERSONATION, Account, Configuration, Identity, OAuth2Credentials
    from exchangelib.version import EXCHANGE_O365, Version

    class Here(OAuth2Credentials):
        token_url = "https://login.cloud.test/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token"
        scope = ["https://outlook.office365.com/.default"]

    credentials = Here(
        client_id="0a1b2c3d-0000-4000-8000-000000000001", client_secret="app secret value",
        tenant_id="11111111-2222-4333-8444-555555555555", identity=Identity(smtp_address="olga@cloud.test"),
    )
    config = Configuration(
        service_endpoint="https://outlook.cloud.test/EWS/Exchange.asmx", credentials=credentials, auth_type="OAuth 2.0",
        version=Version(EXCHANGE_O365),
    )
    olga = Account("olga@cloud.test", config=config, autodiscover=False, access_type=IMPERSONATION)
    subjects = [i.subject for i in olga.calendar.view(office.at(23, 0), office.at(24, 0))]
    tap.same(subjects, ["Launch"], "an application's token opens a mailbox in the cloud")


def quiet(test, office):
    def named(tap):
        test(tap, office)

    named.__name__ = test.__name__
    return named


def main():
    tap = Tap()
    if not net.possible():
        tap.skip("exchangelib", "needs root for a network of its own")
        tap.done()
        return
    net.enter(NAMES)
    with tempfile.TemporaryDirectory() as place:
        os.environ["TMPDIR"] = tempfile.tempdir = place
        with Sim(os.path.join(HERE, "office.sim"), args=PORTS) as sim:
            os.environ["REQUESTS_CA_BUNDLE"] = sim.ca
            warnings.simplefilter("ignore")
            office = Office(sim)
            tests = (discovery, owner, delegate, impersonation, denials, busy, sync, folders, series, directory, tagged, refusals, cloud)
            run(tap, *[quiet(t, office) for t in tests])


if __name__ == "__main__":
    main()
