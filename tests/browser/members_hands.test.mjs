/* What admins and members do about calendars, with a real engine, a simulated Exchange and a mail server,
 * by two hands at 360 px: by keyboard alone, dark; and without scripts, light. Each journey is written
 * once: a list with errors imported, people found, filtered and reminded, reminders stopped, a calendar
 * shared until it is green, rooms, settings. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { axe, wide } from './axe.mjs';
import { Lab, Sim, accept, reach, see, test } from './lab.mjs';

const HOST = 'mail.example.localhost';
const MAILBOX = 'svc@example.test';
const RIGHT = 'Planted-Lantern-Right-81';
const CASEY = 'casey@example.test';
const WORLD = `organisation "Example"
seed 13
clock now
premise hq onprem 2016 host ${HOST}
  schemes basic ntlm
domain example.test premise hq website none
mailbox ${MAILBOX} "Connector"
  kind dedicated
  login svc
  password "${RIGHT}"
mailbox ${CASEY} "Casey Marsh"
mailbox drew@example.test "Drew Field"
  grant ${MAILBOX} Editor
mailbox robin@example.test "Robin Vale"
mailbox lane@example.test "Lane Porter"
mailbox morgan@example.test "Morgan Lake"
  grant ${MAILBOX} Editor
mailbox oak@example.test "Room Oak"
  room capacity 8 policy accept after 1s
group team@example.test "Team" kind distribution
  member lane@example.test morgan@example.test
group house@example.test "House" kind rooms
  member oak@example.test
`;
const LIST = `email,name,role\n${CASEY},Casey Marsh,\ndrew@example.test,Drew Field,\nnobody,No address,\n${CASEY},Again,\n`;
const HANDS = [{ name: 'by keyboard', keys: true, theme: 'dark' }, { name: 'without scripts', keys: false, theme: 'light' }];

/* A mail server that takes everything. */
class Post {
  static async start() {
    const post = new Post();
    post.got = [];
    post.server = net.createServer((socket) => {
      let rest = '', mail = null;
      const line = (text) => {
        if (mail !== null && text !== '.') mail += `${text}\n`;
        else if (mail !== null) { post.got.push(mail); mail = null; socket.write('250 Taken\r\n'); }
        else if (/^DATA/i.test(text)) { mail = ''; socket.write('354 Go on\r\n'); }
        else if (/^QUIT/i.test(text)) socket.end('221 Bye\r\n');
        else socket.write('250 Well\r\n');
      };
      socket.on('error', () => {});
      socket.on('data', (data) => {
        const lines = (rest + data).split('\r\n');
        rest = lines.pop();
        lines.forEach(line);
      });
      socket.write('220 post\r\n');
    });
    await new Promise((done) => { post.server.listen(0, '127.0.0.1', done); });
    post.port = post.server.address().port;
    return post;
  }

  stop() { this.server.close(); }
}

/* Somebody's hand: what is done to a page, by keys alone or by clicks on forms and links. */
class Hand {
  constructor(page, keys) { Object.assign(this, { page, keys }); }

  async press(name, role = 'button') {
    const target = this.page.getByRole(role, { name }).first();
    if (!this.keys) return target.click();
    await reach(this.page, target);
    return this.page.keyboard.press('Enter');
  }

  follow(name) { return this.press(name, 'link'); }

  async tick(label) {
    const target = this.page.getByLabel(label);
    if (!this.keys) return target.check();
    await reach(this.page, target);
    return this.page.keyboard.press('Space');
  }

  async type(label, text) {
    const target = this.page.getByLabel(label, { exact: true });
    if (!this.keys) return target.fill(text);
    await reach(this.page, target);
    await this.page.keyboard.press('Control+A');
    return this.page.keyboard.insertText(text);
  }

  /* With scripts the list follows at once. */
  async choose(label, title) {
    const target = this.page.getByLabel(label);
    if (this.keys) {
      await reach(this.page, target);
      await this.page.keyboard.type(title);
      return;
    }
    const option = target.locator('option', { hasText: title });
    await target.selectOption(await option.first().getAttribute('value'));
    await this.press('Search');
  }

  /* Until the page says so, which without scripts is loaded again. */
  async sees(text, seconds = 60) {
    const target = this.page.getByText(text).and(this.page.locator(':visible')).first();
    if (this.keys) {
      await target.waitFor({ timeout: seconds * 1000 });
    } else {
      for (let i = 0; i < seconds * 2 && !await target.count(); i += 1) {
        await this.page.waitForTimeout(500);
        await this.page.reload();
      }
      await target.waitFor();
    }
    return this.sound();
  }

  async sound() {
    assert.equal(await wide(this.page), '', `${this.page.url()} scrolls sideways`);
    if (this.keys) assert.equal((await axe(this.page, this.page.url())).join('\n'), '');
  }
}

async function walk({ eyes, keep, as }) {
  const post = keep(await Post.start());
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca, smtp_url: `smtp-plain://127.0.0.1:${post.port}`,
    mail_from: 'portal@example.test', mail_per_minute: 6000 }));
  const { port } = sim.face('ews');
  const file = path.join(lab.dir, 'typed');
  writeFileSync(file, RIGHT, { mode: 0o600 });
  await lab.ctl('egress', 'allow', `127.0.0.1 ${port}`);
  await lab.ctl('connection', 'add', 'Main', '--secret-file', file, '--server', `${HOST}:${port}`, '--mailbox', MAILBOX,
    '--login', 'EXAMPLE\\svc', '--signin', 'ntlm', '--method', 'delegate');
  const open = async () => new Hand(await eyes.page(lab, { javaScriptEnabled: as.keys, colorScheme: as.theme,
    viewport: { width: 360, height: 740 } }), as.keys);
  const name = (what) => `${as.name}: ${what}`;
  const at = (address) => lab.sql('SELECT status, reason FROM member WHERE email = ?', address).then((rows) => rows[0]);
  const reminders = () => post.got.filter((mail) => mail.includes('/stop/'));
  const admin = await open();
  const { page } = admin;
  const names = () => page.locator('tbody th').evaluateAll((all) => all.map((e) => e.firstChild.textContent));
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');

  await test(name('a list with errors is looked at, filtered and imported'), async () => {
    await page.goto('/members/import');
    await admin.type('Or paste a list', LIST);
    await admin.press('Look at the list');
    await admin.sees('2 members to add, 0 to change');
    await admin.follow('Refused 1');
    await page.waitForURL('**only=refused');
    await admin.sees(/is not an e-mail address/);
    await admin.press('Import 2 members');
    await admin.sees('The list is imported');
  });

  await test(name('people are found in the directory: one by name, all of a list'), async () => {
    const look = async (text, button) => {
      await page.goto('/members/find');
      await admin.type('A name, or the address of a list', text);
      await admin.press(button);
    };
    await look('Robin', 'Search');
    await admin.sees('1 entry for “Robin”.');
    await admin.tick('Select Robin Vale');
    await admin.press('Add them as members');
    await admin.sees('They are members now');
    await look('team@example.test', 'Open the list');
    await admin.sees('2 entries in 1 list.');
    await admin.press('Add all 2 mailboxes');
    await admin.sees('2 members are added');
    assert.equal((await lab.sql('SELECT count(*) FROM member WHERE kind = 0'))[0][0], 6);
  });

  await test(name('who does not work yet is filtered by how they stand and who must act, and found by name'), async () => {
    for (let i = 0; i < 150 && (await lab.sql("SELECT 1 FROM member WHERE kind = 0 AND checked_at = 0")).length; i += 1) await page.waitForTimeout(200);
    assert.deepEqual(await at(CASEY), [2, 'busy_time_only']);
    await page.goto('/overview');
    await admin.follow(/^Limited/);
    await page.waitForURL('**/members?status=limited*');
    assert.deepEqual(await names(), ['Casey Marsh', 'Lane Porter', 'Robin Vale']);
    await admin.choose('Who must act', 'Account admin');
    await page.waitForURL('**fixer=account_admin*');
    await admin.sees('Nobody matches');
    await admin.follow(/Account admin must act/);
    await page.waitForURL((url) => !url.search.includes('fixer=a'));
    await admin.type('Search members', 'cas');
    if (!as.keys) await admin.press('Search');
    await page.waitForURL('**q=cas*');
    await admin.sees(/1 of 1/);
    assert.deepEqual(await names(), ['Casey Marsh']);
  });

  await test(name('those who must act are selected, looked at and reminded; how many is told'), async () => {
    await page.goto('/members?status=limited');
    await admin.tick('Select everyone on this page');
    await admin.press('Check now');
    await admin.sees(/3 members?\b/);
    await page.goto('/members');
    await admin.tick('Select Drew Field');
    await admin.tick('Select Casey Marsh');
    await admin.press('Remind');
    await admin.sees('Those of them who must act are reminded.');
    await page.goto('/members');
    await admin.sees(/1 of 2 reminded/);
    for (let i = 0; i < 100 && !reminders().length; i += 1) await page.waitForTimeout(200);
    assert.equal(reminders().length, 1);
    assert.match(reminders()[0], /casey@example\.test/);
  });

  await test(name('the page of one member: looked at, the week read, the mail that was sent'), async () => {
    await page.goto('/members');
    await admin.follow('Casey Marsh');
    await page.getByRole('heading', { level: 1, name: 'Casey Marsh' }).waitFor();
    await admin.sees('Mails sent to them');
    await admin.press('Read the week now');
    await admin.sees(/^No busy time|blocks? (is|are) kept/);
    await admin.press('Check now');
    await admin.sees(/Only busy time is shared/);
    await admin.follow('Edit');
    await admin.type('Name', 'Casey Marsh-Vale');
    await admin.press('Save');
    await admin.sees('What you changed is saved.');
  });

  await test(name('a member stops reminders by the link of the mail, and takes that back'), async () => {
    const who = await open();
    const link = reminders()[0].replace(/=\n/g, '').match(/\/stop\/[0-9a-f]{64}/)[0];
    await who.page.goto(link);
    await who.press('Stop reminders');
    await who.sees('Reminders have stopped');
    await who.press('Send me reminders again');
    await who.sees('Reminders come again');
    await who.page.context().close();
  });

  await test(name('a member shares the calendar, asks for a look, and sees green'), async () => {
    const who = await open();
    await accept(who.page, (await lab.ctl('invite', CASEY)).link, 'Casey Marsh');
    await who.page.waitForURL((url) => url.pathname === '/me');
    await who.sees('Only your busy time is shared yet.');
    await who.sees(MAILBOX);
    sim.tell(`mailbox ${CASEY}`, `grant ${MAILBOX} Editor`);
    await who.press('Check me now');
    await who.sees('Your calendar is connected.');
    await who.press('Read it now');
    await who.sees(/blocks? (is|are) kept|No busy time/);
    await who.page.goto('/me/security');
    await who.sees('Mails sent to you');
    await who.page.context().close();
    assert.deepEqual(await at(CASEY), [1, 'ok']);
  });

  await test(name('rooms are read out of their lists, and one is tried'), async () => {
    await page.goto('/rooms');
    await admin.press('Read the room lists');
    await admin.sees('Room Oak');
    await page.goto('/rooms');
    await admin.follow('Room Oak');
    await admin.type('Place', 'Floor 2');
    await admin.press('Save');
    await admin.sees('What you entered about the room is saved.');
    await admin.press('Try a booking');
    await admin.sees('It accepts bookings');
  });

  await test(name('own words in reminders are looked at and saved'), async () => {
    await page.goto('/settings/notifications');
    await admin.type('Own words in reminders', 'Dear {name}, please see {link}.');
    await admin.press('Preview');
    await admin.sees('Nothing is saved yet.');
    await admin.press('Save');
    await admin.sees('It holds from the next mail on.');
  });

  await test(name('a selection is removed after a question'), async () => {
    await page.goto('/members?q=lane');
    await admin.tick('Select Lane Porter');
    await admin.press('Remove…');
    await admin.sees('Remove 1 member?');
    await admin.press('Remove 1 member');
    await admin.sees('1 member is removed.');
    assert.equal(await at('lane@example.test'), undefined);
  });
}

await see(async ({ eyes, keep }) => {
  for (const as of HANDS) await walk({ eyes, keep, as });
});
