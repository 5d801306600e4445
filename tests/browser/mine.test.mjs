/* "My connection": what a member reads in every state, and what they do about it: share the calendar,
 * ask for a check, see what came of it. Rows are written as the engine writes them. */
import assert from 'node:assert/strict';
import { axe, inspect, wide } from './axe.mjs';
import { ADMIN, Lab, accept, see, signIn, test } from './lab.mjs';

const NOW = Math.floor(Date.now() / 1000);
const NO = 1;
const YES = 2;
/* In the order of enum grant. */
const grants = (...seen) => seen.reduce((bits, s, i) => bits | s << (2 * i), 0);
const ALL = grants(YES, YES, YES, YES, YES, YES);
const READ = grants(YES, YES, YES, NO, NO, NO);
const UNASKED = grants(0, YES, YES, YES, YES, YES);
const SHARE = /Can edit|Editor/;
const STATES = [
  { what: 'connected', status: 1, reason: 'ok', grants: ALL, reach: 3, class: 'is-ok', title: 'Your calendar is connected.', say: /nothing you need to do/ },
  { what: 'connected, busy time not asked for', status: 1, reason: 'ok', grants: UNASKED, reach: 3, class: 'is-ok', title: 'Your calendar is connected.', sees: /Yes/ },
  { what: 'not shared', status: 3, reason: 'not_delegated', fixer: 1, reach: 1, class: 'is-action', title: 'Your calendar is not shared yet.', steps: SHARE },
  { what: 'busy time only', status: 2, reason: 'busy_time_only', fixer: 1, grants: grants(YES, NO), reach: 2, class: 'is-limited', title: 'Only your busy time is shared yet.', steps: SHARE },
  { what: 'shared to be read', status: 2, reason: 'rights_too_low', fixer: 1, grants: READ, reach: 3, class: 'is-limited', title: 'Your calendar is shared, but not with enough rights.', steps: /Change its level|Set its level/ },
  { what: 'sending refused', status: 2, reason: 'sending_refused', fixer: 3, grants: ALL, reach: 3, class: 'is-limited', title: 'Bookings work, but invitations do not leave in your name.', steps: /Wait for your Exchange admin|unticked/ },
  { what: 'full', status: 3, reason: 'mailbox_full', fixer: 1, class: 'is-action', title: 'Your mailbox is full.', steps: /Deleted Items/, anywhere: true },
  { what: 'disabled', status: 4, reason: 'mailbox_disabled', fixer: 3, class: 'is-blocked', title: 'Your mailbox is disabled.', say: /Your Exchange admin has to act; there is nothing you can do here/ },
  { what: 'no mailbox', status: 4, reason: 'no_mailbox', fixer: 2, class: 'is-blocked', title: 'No mailbox was found for your address.', say: /your account admin, Avery Stone, to act; there is nothing you can do/ },
  { what: 'not granted, busy time seen', status: 2, reason: 'impersonation_refused', method: 'impersonation', fixer: 3, grants: grants(YES, NO), reach: 2, class: 'is-limited', title: 'Your calendar cannot be reached yet.', say: /People see when you are busy, but bookings cannot/ },
  { what: 'busy time not shown', status: 3, reason: 'busy_time_denied', method: 'dedicated', fixer: 1, grants: grants(NO), reach: 1, class: 'is-action', title: 'It cannot be seen when you are busy.', steps: /when I’m busy|Default/, anywhere: true },
  { what: 'not looked at', status: 0, reason: 'not_checked', method: '', checked: 0, class: 'is-unknown', title: 'Your calendar has not been looked at yet.' },
];

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const admin = await eyes.page(lab);
  await accept(admin, lab.link, 'Avery Stone');
  await admin.waitForURL('**/overview*');
  const { link } = await lab.ctl('invite', 'casey@example.com', '--name', 'Casey Moss');
  const member = await eyes.page(lab);
  await accept(member, link, 'Casey Moss');
  await member.waitForURL((url) => url.pathname === '/me');
  await lab.ask('stop', 'engine');
  const alive = () => lab.sql('UPDATE engine SET seen = ?', NOW + 86400);
  await alive();
  const bare = await eyes.bare(lab, member);

  const connect = (method = 'delegate', paused = 0) => lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy,
    ca, signin, login, authority, tenant, client_id, binding, mailbox, method, created, kind, stage, staged_at, rev, edited_by,
    edited_at, paused_at, paused_by, paused_why) SELECT id, 'Exchange', 'https', 'mail.example.com', 443, '', '', 'ntlm', '', '',
    '', '', 'off', 'scheduling@example.com', ?, 1, 'exchange', 2, 1, 1, '', 1, ?, '', '' FROM account`, method, paused);
  const only = async (...what) => { await lab.sql('DELETE FROM connection'); await connect(...what); };
  const health = (state) => lab.sql(`INSERT OR REPLACE INTO health (connection_id, account_id, state, reason, say, version, since,
    tried_at, ok_at, next_at, proof_at, fails, refused, counted_to) SELECT id, account_id, ?, 'x', '', '', 1, 1, 1, 1, 0, 0, 0, 0
    FROM connection WHERE stage = 2`, state);
  const stand = (s) => lab.sql(`UPDATE member SET status = ?, reason = ?, fixer = ?, grants = ?, reach = ?, since = ?, checked_at = ?,
    tried_at = ?, tried = ?, method = ?, next_at = ? WHERE email = ?`, s.status, s.reason, s.fixer ?? 0, s.grants ?? 0, s.reach ?? 0,
  s.since ?? 1, s.checked ?? NOW - 600, s.at ?? s.checked ?? NOW - 600, s.tried ?? 'ok', s.method ?? 'delegate', NOW + 3600,
  s.of ?? 'casey@example.com');
  const title = (page) => page.locator('h1').innerText();
  const main = (page) => page.locator('main').innerText();

  await test('before there is a connection, a member is promised nothing', async () => {
    await member.goto('/overview');
    assert.equal(new URL(member.url()).pathname, '/me', 'members are led to their own page');
    assert.equal(await title(member), 'There is nothing for you to do yet.');
    assert.match(await main(member), /has not connected its calendars/);
    assert.equal(await member.getByText('The password of your mailbox').count(), 0, 'a method may come that asks for it');
    assert.equal(await member.getByRole('button', { name: 'Check me now' }).count(), 0);
    await inspect(member);
  });

  await test('every verdict has its sentence, its colour, its steps and its admin', async () => {
    for (const s of STATES) {
      await only(s.method || 'delegate');
      await stand(s);
      await member.goto('/me');
      assert.equal(await title(member), s.title, s.what);
      assert.equal(await member.locator(`section.verdict.${s.class}`).count(), 1, `${s.what}: colour`);
      assert.match(await member.locator('section.verdict').innerText(), s.say ?? /./, s.what);
      const text = await main(member);
      for (const word of [/\bEWS\b/, /delegat/, /impersonat/, /\buser/, /token/]) {
        assert.doesNotMatch(text.replace(/“[^”]*”/g, ''), word, s.what);
      }
      assert.equal(await member.locator('.tabs label').count(), s.steps ? 4 : 0, `${s.what}: steps`);
      const busy = member.locator('.rights li', { hasText: 'People see when you are busy' });
      if (s.sees) assert.match(await busy.innerText(), s.sees, s.what);
      for (const tab of s.steps ? await member.locator('.tabs label').all() : []) {
        await tab.click();
        assert.match(await member.locator('.panel:visible').innerText(), s.steps, s.what);
      }
      assert.equal(await member.locator('#mb').count(), Number(Boolean(s.steps) && !s.anywhere), `${s.what}: the address to look up`);
      assert.equal(await member.locator('.btn.primary').count(), s.steps ? 1 : 0, `${s.what}: one thing to do`);
      assert.equal((await axe(member, s.what)).join('\n'), '');
    }
  });

  await test('the page with steps is sound in both themes, wide and narrow, and without scripts', async () => {
    await only();
    await stand(STATES[2]);
    await member.goto('/me');
    await inspect(member);
    await bare.setViewportSize({ width: 360, height: 700 });
    await bare.goto('/me');
    assert.equal(await title(bare), 'Your calendar is not shared yet.');
    assert.equal(await wide(bare), '');
    await bare.getByText('For Mac', { exact: true }).click();
    assert.match(await bare.locator('.panel:visible').innerText(), /Sharing Permissions/);
    await bare.setViewportSize({ width: 1280, height: 800 });
  });

  await test('what keeps calendars from being looked at stands beside the last verdict', async () => {
    const notes = { 3: /server does not answer/, 4: /sign-in.*refused.*account admin/s, 2: null, 1: null };
    await stand(STATES[0]);
    for (const [state, words] of Object.entries(notes)) {
      await only();
      await health(Number(state));
      await member.goto('/me');
      assert.equal(await title(member), 'Your calendar is connected.');
      assert.match(await member.locator('section.verdict').innerText(), /Seen/);
      const note = member.locator('.callout.is-limited');
      if (words) assert.match(await note.innerText(), words); else assert.equal(await note.count(), 0, state);
    }
    await only('delegate', NOW);
    await member.goto('/me');
    await member.getByText('connection is paused').waitFor();
    await inspect(member);
    await lab.sql('DELETE FROM connection');
    await member.goto('/me');
    await member.getByText('has no connection now').waitFor();
    assert.equal(await title(member), 'Your calendar is connected.');
    await only();
    await lab.sql('UPDATE engine SET seen = 1');
    await member.goto('/me');
    await member.getByText('Calendars are not looked at now').waitFor();
    await alive();
    await stand({ ...STATES[0], tried: 'timed_out', at: NOW - 5 });
    await member.goto('/me');
    await member.getByText('The latest look came to nothing').waitFor();
    assert.equal(await title(member), 'Your calendar is connected.');
  });

  await test('a method that asks for the own sign-in leads to it', async () => {
    await only('personal');
    await stand(STATES.at(-1));
    await member.goto('/me');
    assert.match(await main(member), /not connected yet.*Enter it once.*nobody can read it/s);
    assert.equal(await member.locator('section.verdict.is-action').count(), 1);
    assert.equal(await member.getByText('The password of your mailbox').count(), 0);
    assert.equal(await member.getByRole('button', { name: 'Check me now' }).count(), 0);
    assert.equal(await member.locator('.btn.primary').count(), 1);
    await inspect(member);
    await member.getByRole('link', { name: 'Enter your sign-in' }).click();
    await member.waitForURL((url) => ['/me/signin', '/confirm'].includes(url.pathname));
  });

  await test('what is seen is told as it was measured', async () => {
    const reaches = [['dedicated', 2, /Your calendar is not opened/], ['delegate', 3, /Nothing but times is asked for/],
      ['delegate', 4, /More than your calendar opens/], ['impersonation', 3, /reaches all of your mailbox/],
      ['impersonation', 4, /that was seen/]];
    for (const [method, reach, words] of reaches) {
      await only(method);
      await stand({ ...STATES[0], method, reach });
      await member.goto('/me');
      assert.match(await member.locator('aside').innerText(), words);
    }
    assert.match(await member.locator('aside').innerText(), /If you want to be left out, tell your account admin, Avery Stone/);
    await only();
    await stand(STATES[0]);
    await member.goto('/me');
    assert.match(await member.locator('aside').innerText(), /Remove scheduling@example.com from your calendar’s permissions.*within a day/s);
  });

  /* What the engine does with the check that waits. */
  const looked = async (s) => {
    const at = Math.floor(Date.now() / 1000);
    await stand({ ...s, since: s.since && at, checked: at, at });
    await lab.sql("UPDATE job SET state = 2, ended = ?, outcome = 'Looked.' WHERE kind = 'check'", at);
  };

  await test('a check is asked for, watched and answered, with the tab that was open', async () => {
    await stand(STATES[2]);
    await member.goto('/me');
    await member.getByText('Classic for Windows', { exact: true }).click();
    await member.getByRole('button', { name: 'Check me now' }).click();
    await member.getByText('Your calendar is being looked at.').waitFor();
    assert.match(await member.locator('.panel:visible').innerText(), /Permission Level/);
    const [[ids, by]] = await lab.sql("SELECT params, made_by FROM job WHERE kind = 'check' ORDER BY id DESC LIMIT 1");
    assert.match(ids, new RegExp(`\\b${by}\\b`), 'about themselves');
    assert.deepEqual(await lab.sql("SELECT count(*) FROM audit WHERE action LIKE 'members.check%'"), [[0]]);
    await looked({ ...STATES[4], since: 1 });
    await member.getByText('The calendar opens now, but is shared only to be viewed').waitFor();
    assert.match(await member.locator('.panel:visible').innerText(), /“Reviewer” is not enough/);
    await member.getByRole('button', { name: 'Check me now' }).click();
    await member.getByText('Your calendar is being looked at.').waitFor();
    await looked(STATES[4]);
    await member.getByText('Nothing has changed yet.').waitFor();
    await inspect(member);
  });

  await test('without scripts and by keys alone it ends in green, too', async () => {
    await bare.goto('/me');
    await bare.getByRole('button', { name: 'Check me now' }).click();
    await bare.getByText('Your calendar is being looked at.').waitFor();
    await looked({ ...STATES[0], since: 1 });
    await bare.getByRole('link', { name: 'Refresh' }).click();
    await bare.getByText('That worked: thank you.').waitFor();
    assert.equal(await title(bare), 'Your calendar is connected.');
    await stand(STATES[2]);
    await member.goto('/me');
    const press = async (until) => {
      for (let i = 0; i < 60 && !await member.evaluate(until); i += 1) await member.keyboard.press('Tab');
      assert.ok(await member.evaluate(until), String(until));
    };
    await press(() => document.activeElement.name === 'outlook');
    await member.keyboard.press('ArrowRight');
    assert.match(await member.locator('.panel:visible').innerText(), /In new Outlook/);
    await press(() => document.activeElement.closest('#check') !== null);
    await member.keyboard.press('Enter');
    await member.getByText('Your calendar is being looked at.').waitFor();
    await looked({ ...STATES[0], since: 1 });
    await member.getByText('That worked: thank you.').waitFor();
    await inspect(member);
  });

  await test('busy time of oneself is read when asked for, and not audited', async () => {
    await stand(STATES[0]);
    await member.goto('/me');
    await member.getByText('Not read in the last 24 hours').waitFor();
    await member.getByRole('button', { name: 'Read it now' }).click();
    await member.getByText('Your busy time is being read.').waitFor();
    const at = Math.floor(Date.now() / 1000);
    const monday = (Math.floor(at / 86400) - (Math.floor(at / 86400) + 3) % 7) * 86400;
    await lab.sql(`INSERT OR REPLACE INTO week (member_id, account_id, from_at, to_at, seen_at, reason, zone, spans)
      SELECT id, account_id, ?, ?, ?, 'ok', 'Europe/Berlin', ? FROM member WHERE email = 'casey@example.com'`,
    monday, monday + 14 * 86400, at, `${monday + 9 * 3600} ${monday + 10 * 3600} 2\n`);
    await lab.sql("UPDATE job SET state = 2, ended = ?, outcome = 'Read.' WHERE kind = 'week'", at);
    await member.getByText('1 block is kept, for a day').waitFor();
    assert.deepEqual(await lab.sql("SELECT count(*) FROM audit WHERE action LIKE 'member%week%'"), [[0]]);
    await inspect(member);
  });

  await test('the mails sent to oneself are listed with what became of them, and nobody else’s', async () => {
    const mail = (email, kind, state) => lab.sql(`INSERT INTO mail (account_id, member_id, kind, email, name, params, grp, state,
      run_at, give_up, created, ended, problem) SELECT account_id, id, ?, email, name, '', '', ?, 1, 1, 1, 1, '' FROM member
      WHERE email = ?`, kind, state, email);
    await mail('casey@example.com', 'reminder', 1);
    await mail('casey@example.com', 'reset', 2);
    await mail(ADMIN, 'credential_expiry', 1);
    await member.goto('/me/security');
    const card = member.locator('section', { has: member.getByRole('heading', { name: 'Mails sent to you' }) });
    const text = await card.innerText();
    assert.match(text, /Reminder: Sent/);
    assert.match(text, /Link for a new password: Could not be sent/);
    assert.doesNotMatch(text, /secret/);
    await inspect(member);
  });

  await test('what cannot be asked is said, and nobody else’s check is shown', async () => {
    await stand(STATES[2]);
    await member.goto('/me');
    await health(4);
    await member.getByRole('button', { name: 'Check me now' }).click();
    await member.getByText('The sign-in of the connection was refused, so nothing is tried.').waitFor();
    await only();
    const [[other]] = await lab.sql("SELECT max(id) FROM job WHERE kind = 'check'");
    await lab.sql("UPDATE job SET state = 0, made_by = (SELECT min(id) FROM member) WHERE id = ?", other);
    await member.goto(`/me?check=${other}`);
    assert.equal(await member.getByText('Your calendar is being looked at.').count(), 0);
  });

  await test('account admins have the page, too; the menu tells connection and security apart', async () => {
    await stand({ ...STATES[8], of: ADMIN });
    await admin.goto('/me');
    assert.match(await main(admin), /for an account admin to act, and you are one/);
    const acts = async (link, where) => {
      await admin.goto('/me');
      assert.doesNotMatch(await main(admin), /your account admin|nothing (for you to do|you can do)/);
      assert.equal(await admin.getByRole('main').getByRole('link', { name: link, exact: true }).getAttribute('href'), where);
      assert.equal((await axe(admin, link)).join('\n'), '');
    };
    await acts('See what to do', `/members/${(await lab.sql('SELECT id FROM member WHERE email = ?', ADMIN))[0][0]}`);
    await stand({ ...STATES[0], of: ADMIN });
    await health(4);
    await acts('See what to do', '/overview');
    await only('delegate', NOW);
    await acts('Resume it', '/connection/pause');
    await lab.sql('DELETE FROM connection');
    await acts('Set up the connection', '/connection/method');
    await stand({ ...STATES.at(-1), of: ADMIN });
    await acts('Set up the connection', '/connection/method');
    assert.equal(await title(admin), 'The calendars are not connected yet.');
    await inspect(admin);
    await only();
    await stand({ ...STATES[2], of: ADMIN });
    await admin.goto('/me');
    assert.doesNotMatch(await main(admin), /account admin/, 'there is no other one to tell');
    await admin.getByRole('button', { name: /Your menu/ }).click();
    await admin.getByRole('link', { name: 'My security' }).click();
    await admin.waitForURL('**/me/security');
    for (const [path, name] of [['/me', 'My connection'], ['/me/security', 'My security']]) {
      await member.goto(path);
      assert.deepEqual(await member.locator('.rail a').allInnerTexts(), ['My connection', 'My security']);
      assert.equal(await member.locator('.rail [aria-current=page]').innerText(), name);
    }
    const again = await eyes.page(lab);
    await signIn(again, 'casey@example.com');
    await again.waitForURL((url) => url.pathname === '/me');
  });
});
