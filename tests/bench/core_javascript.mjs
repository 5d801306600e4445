// ews-javascript-api opens a shared calendar again and again; prints what core prints.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(process.env.LATCHKEY_NODE + "/"));
const ews = require("ews-javascript-api");
const WARM_UP = 50; // the compiler has seen everything by then

const [url, login, password, count, address] = process.argv.slice(2);
const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2010_SP2);
service.Credentials = new ews.WebCredentials(login, password);
service.Url = new ews.Uri(url);
const calendar = new ews.FolderId(ews.WellKnownFolderName.Calendar, new ews.Mailbox(address));

let cpu, wall;
for (let n = 0; n < WARM_UP + Number(count); n += 1) {
	if (n === WARM_UP) {
		cpu = process.cpuUsage();
		wall = performance.now();
	}
	const folder = await ews.CalendarFolder.Bind(service, calendar);
	if (!(folder.EffectiveRights & ews.EffectiveRights.Read)) throw new Error("it does not open");
}
const used = process.cpuUsage(cpu);
console.log(JSON.stringify({
	requests: Number(count), cpu: (used.user + used.system) / 1e6, wall: (performance.now() - wall) / 1e3,
	peak: process.resourceUsage().maxRSS,
}));
