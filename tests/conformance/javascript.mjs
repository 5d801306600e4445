// A port of Microsoft's own managed client asks the simulated Exchange; prints TAP.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.env.LATCHKEY_NODE + "/"));
const ews = require("ews-javascript-api");
const { ConfigurationApi, ExchangeService, ExchangeVersion, Uri, WebCredentials, WellKnownFolderName } = ews;

let count = 0;
function ok(good, name, detail) {
	count += 1;
	console.log(`${good ? "ok" : "not ok"} ${count} - javascript: ${name}`);
	if (!good) {
		console.log(`# ${String(detail).split("\n").join("\n# ")}`);
		process.exitCode = 1;
	}
}
const same = (got, want, name) =>
	ok(JSON.stringify(got) === JSON.stringify(want), name, `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

async function part(name, fn) {
	try {
		await fn();
	} catch (e) {
		ok(false, `${name} ran to its end`, e.stack || JSON.stringify(e));
	}
}

// What the library reports when it is refused.
async function refused(fn) {
	try {
		return `no error: ${await fn()}`;
	} catch (e) {
		if (e.HttpStatusCode && e.HttpStatusCode !== 500) return `HTTP ${e.HttpStatusCode}`;
		const code = e.responseCode || e.ErrorCode; // of a SOAP fault, or of one item
		return code ? ews.ServiceError[code] : e.message || String(e);
	}
}

function service(login = "OFFICE\\svc", password = "brass lantern") {
	const s = new ExchangeService(ExchangeVersion.Exchange2016);
	s.Credentials = new WebCredentials(login, password);
	s.Url = new Uri("https://mail.office.test/EWS/Exchange.asmx");
	return s;
}
const calendarOf = (address) => new ews.FolderId(WellKnownFolderName.Calendar, new ews.Mailbox(address));
const utc = (text) => ews.DateTime.Parse(text);

await part("discovery", async () => {
	const s = service();
	s.Url = null;
	await s.AutodiscoverUrl("anna@office.test", () => true);
	same(s.Url.AbsoluteUri ?? s.Url.ToString(), "https://mail.office.test/EWS/Exchange.asmx", "autodiscovery finds the server");
});

await part("another's calendar", async () => {
	const s = service();
	const calendar = await ews.CalendarFolder.Bind(s, calendarOf("anna@office.test"));
	same(calendar.DisplayName, "Calendar", "another person's calendar opens");
	same(
		[calendar.EffectiveRights & ews.EffectiveRights.Read, calendar.EffectiveRights & ews.EffectiveRights.CreateContents].map(Boolean),
		[true, true], "with the rights of an Editor",
	);
	same(await refused(() => ews.CalendarFolder.Bind(s, calendarOf("dora@office.test"))), "ErrorItemNotFound", "one that is not shared does not");
	same(await refused(() => ews.CalendarFolder.Bind(s, calendarOf("nobody@office.test"))), "ErrorNonExistentMailbox", "nor one that is not there");
});

await part("availability", async () => {
	const s = service();
	const who = ["anna@office.test", "bert@office.test", "dora@office.test"].map((a) => new ews.AttendeeInfo(a));
	const options = new ews.AvailabilityOptions();
	options.RequestedFreeBusyView = ews.FreeBusyViewType.FreeBusy;
	const window = new ews.TimeWindow(utc("2026-11-23T00:00:00Z"), utc("2026-11-24T00:00:00Z"));
	const got = await s.GetUserAvailability(who, window, ews.AvailabilityData.FreeBusy, options);
	const answers = got.AttendeesAvailability.Responses;
	same(answers.map((r) => ews.ServiceError[r.ErrorCode]), ["NoError", "NoError", "ErrorNoFreeBusyAccess"], "each person's busy time or refusal");
	same(answers[0].CalendarEvents.map((e) => ews.LegacyFreeBusyStatus[e.FreeBusyStatus]), ["Busy"], "one is busy once");
	same(answers[1].CalendarEvents.map((e) => ews.LegacyFreeBusyStatus[e.FreeBusyStatus]), ["Tentative"], "one perhaps");
});

await part("a meeting", async () => {
	const s = service();
	const meeting = new ews.Appointment(s);
	meeting.Subject = "Planning";
	meeting.Body = new ews.MessageBody("Agenda");
	meeting.Start = utc("2026-11-30T09:00:00Z");
	meeting.End = utc("2026-11-30T10:00:00Z");
	meeting.RequiredAttendees.Add("bert@office.test");
	await meeting.Save(calendarOf("anna@office.test"), ews.SendInvitationsMode.SendToAllAndSaveCopy);
	ok(meeting.Id && meeting.Id.UniqueId, "is saved in another's calendar", meeting.Id);
	const back = await ews.Appointment.Bind(s, meeting.Id);
	same(back.Subject, "Planning", "and read back");
	same(back.Organizer.Address, "anna@office.test", "its organizer is the calendar's owner");
	same(back.RequiredAttendees.Items.map((a) => a.Address), ["bert@office.test"], "its attendee is there");
	const view = new ews.CalendarView(utc("2026-11-30T00:00:00Z"), utc("2026-12-01T00:00:00Z"));
	const found = await s.FindAppointments(calendarOf("anna@office.test"), view);
	ok(found.Items.map((i) => i.Subject).includes("Planning"), "it is in the calendar's view");
	await back.Delete(ews.DeleteMode.HardDelete, ews.SendCancellationsMode.SendToAllAndSaveCopy);
	same(await refused(() => ews.Appointment.Bind(s, meeting.Id)), "ErrorItemNotFound", "and cancelled");
});

await part("impersonation", async () => {
	const s = service("OFFICE\\imp", "quiet water");
	s.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, "emil@office.test");
	const calendar = await ews.CalendarFolder.Bind(s, WellKnownFolderName.Calendar);
	same(calendar.DisplayName, "Calendar", "a mailbox in scope opens");
	s.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, "dora@office.test");
	same(await refused(() => ews.CalendarFolder.Bind(s, WellKnownFolderName.Calendar)), "ErrorImpersonateUserDenied", "one out of scope does not");
});

await part("the directory", async () => {
	const s = service();
	const names = await s.ResolveName("anna");
	same(names.GetEnumerator().map((n) => n.Mailbox.Address), ["anna@office.test"], "a name resolves");
	const lists = await s.GetRoomLists();
	same(lists.GetEnumerator().map((l) => l.Address), ["hq-rooms@office.test"], "the room list");
	const rooms = await s.GetRooms(new ews.EmailAddress("hq-rooms@office.test"));
	same(rooms.map((r) => r.Address), ["room1@office.test", "room2@office.test"], "and its rooms");
});

await part("refusals", async () => {
	const wrong = service("OFFICE\\svc", "wrong");
	same(await refused(() => ews.CalendarFolder.Bind(wrong, WellKnownFolderName.Calendar)), "HTTP 401", "a wrong password");
});
console.log(`1..${count}`);
