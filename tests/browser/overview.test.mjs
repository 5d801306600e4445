/* The overview in every state of a connection: what it says, the one next action, the pictures; sound
 * in both themes, wide and narrow, and without scripts. Rows are written as the engine writes them. */
import assert from 'node:assert/strict';
import { axe, wide } from './axe.mjs';
import { ADMIN, Lab, accept, see, signIn, test } from './lab.mjs';

const DAY = 86400;
const NOW = Math.floor(Date.now() / 1000);
const TODAY = Math.floor(NOW / DAY);
const STATES = [
  { state: 0, class: 'is-unknown', title: 'Not looked at yet', next: 'Test now' },
  { state: 1, class: 'is-ok', title: 'The connection works', next: null },
  { state: 2, class: 'is-limited', title: 'The server asks for less', next: null },
  { state: 3, class: 'is-action', title: 'The connection does not work now', next: 'Test now' },
  { state: 4, class: 'is-blocked', title: 'Stopped: the sign-in was refused', next: 'Enter the new password' },
  { state: 5, class: 'is-unknown', title: 'Paused', next: 'Resume' },
];

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
  await signIn(bare, ADMIN);
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen + 86400');

  const connect = async (what = {}) => {
    const c = { stage: 2, kind: 'exchange', signin: 'auto', paused: 0, ...what };
    if (c.stage === 2) await lab.sql('DELETE FROM connection');
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,
      client_id, binding, mailbox, method, created, kind, stage, staged_at, rev, edited_by, edited_at, paused_at, paused_by,
      paused_why) SELECT id, 'Exchange', 'https', 'mail.example.com', 443, '', '', ?, '', '', '', '', 'off',
      'scheduling@example.com', 'delegate', 1, ?, ?, 1, 1, '', 1, ?, ?, ? FROM account`, c.signin, c.kind, c.stage,
    c.paused, c.paused ? 'Blake Reed' : '', c.paused ? 'the server is being moved' : '');
  };
  const health = (state, what = {}) => lab.sql(`INSERT OR REPLACE INTO health (connection_id, account_id, state, reason, say,
    version, since, tried_at, ok_at, next_at, proof_at, fails, refused, counted_to) SELECT id, account_id, ?, 'x', ?,
    'Exchange Server 2019', ?, ?, ?, ?, 0, 0, ?, 0 FROM connection WHERE stage = 2`, state, what.say ?? '', NOW - 600,
  NOW - 10, what.ok ?? NOW - 12, what.next ?? NOW + 48, what.refused ?? 0);
  const day = (ago, well, slowed, down, paused) => lab.sql(`INSERT INTO health_day (connection_id, day, well, slowed, down,
    paused) SELECT id, ?, ?, ?, ?, ? FROM connection WHERE stage = 2`, TODAY - ago, well, slowed, down, paused);
  const minute = (ago, calls, failed, ms) => lab.sql(`INSERT INTO health_calls (connection_id, minute, calls, failed, ms,
    slowest) SELECT id, ?, ?, ?, ?, ? FROM connection WHERE stage = 2`, Math.floor(NOW / 60) - ago, calls, failed, ms, ms);
  const stat = (name) => page.locator('.stat', { has: page.locator('dt', { hasText: name }) }).locator('dd').innerText();

  /* As it stands now: in both themes and sizes with scripts, and narrow without. */
  const sound = async () => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 800 });
        assert.equal((await axe(page, `${colorScheme}, ${width} px`)).join('\n'), '');
        assert.equal(await wide(page), '', `at ${width} px it scrolls sideways`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await bare.goto('/overview');
    assert.equal(await bare.locator('h2').first().innerText(), await page.locator('h2').first().innerText());
    assert.equal(await wide(bare), '', 'without scripts it scrolls sideways');
  };

  await test('no connection yet', async () => {
    await page.goto('/overview');
    await page.getByRole('heading', { name: 'No connection yet' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Set up the connection' }).getAttribute('href'), '/connection/method');
    assert.equal(await page.locator('.uptime, .spark').count(), 0);
    await sound();
  });

  await test('only a draft', async () => {
    await connect({ stage: 1, kind: 'office365', signin: 'user' });
    await page.goto('/overview');
    await page.getByRole('heading', { name: 'The connection is not in use yet' }).waitFor();
    await page.getByRole('heading', { name: 'EWS ends in Office 365' }).waitFor();
    const now = Date.now(), word = now < Date.UTC(2026, 9, 1) ? 'switches' : now < Date.UTC(2027, 3, 1) ? 'switched' : 'has removed';
    await page.getByText(`Microsoft ${word} Exchange Web Services`).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Go on' }).getAttribute('href'), '/connection');
    await sound();
    await lab.sql('DELETE FROM connection');
  });

  for (const s of STATES) {
    await test(`state ${s.state}: ${s.title}`, async () => {
      await connect({ paused: s.state === 5 ? NOW - 60 : 0 });
      if (s.state) await health(s.state, { say: 'The server answered with status 503.', refused: s.state === 4 ? 1234 : 0 });
      await page.goto('/overview');
      await page.getByText('Dedicated mailbox with delegate access, on').waitFor();
      const hero = page.locator(`#health-card .verdict.${s.class}`);
      await hero.getByRole('heading', { name: s.title }).waitFor();
      const primary = page.locator('main .btn.primary');
      assert.equal(await primary.count(), s.next ? 1 : 0, 'there is one next action at most');
      if (s.next) assert.equal(await primary.innerText(), s.next);
      if (s.state === 4) assert.equal(await stat('Rejected sign-ins'), '1,234');
      if (s.state === 5) await page.getByText('Paused by Blake Reed').waitFor();
      assert.equal(await page.getByText('status 503').count(), [2, 3, 4].includes(s.state) ? 1 : 0);
      await sound();
    });
  }

  await test('0 days: nothing is known, and nothing is made up', async () => {
    await connect();
    await health(1);
    await page.goto('/overview');
    assert.equal(await stat('Up, last 90 days'), 'not known yet');
    assert.equal(await page.locator('.uptime rect').count(), 90);
    assert.equal(await page.locator('.uptime').getAttribute('aria-label'), 'Last 90 days: 90 without data.');
    await page.getByText('No call was made in the last 24 hours.').waitFor();
    await sound();
  });

  await test('1 day', async () => {
    await day(0, 3600, 0, 0, 0);
    await minute(5, 3, 3, 0);
    await page.goto('/overview');
    assert.equal(await stat('Up, last 90 days'), '100 %');
    assert.equal(await page.locator('.uptime .is-ok').count(), 1);
    assert.equal(await stat('Failed'), '3 of 3');
    assert.equal(await page.locator('.spark').count(), 0, 'nothing worked, so there is no line');
    await sound();
  });

  await test('90 days, and a day full of calls', async () => {
    await lab.sql('DELETE FROM health_day');
    await lab.sql('DELETE FROM health_calls');
    for (let i = 0; i < 90; i += 1) await day(i, DAY - (i === 3 ? 3120 : 0), i === 7 ? 60 : 0, i === 3 ? 3120 : 0, 0);
    for (let i = 0; i < 1440; i += 10) await minute(i, 20, i === 50 ? 3 : 0, (20 - (i === 50 ? 3 : 0)) * (180 + (i % 60)));
    await page.goto('/overview');
    assert.equal(await stat('Up, last 90 days'), '99.95 %');
    assert.match(await page.locator('.uptime').getAttribute('aria-label'),
      /^Last 90 days: 88 healthy, 1 slowed, 1 down for a time\. Down for 52 minutes in all\.$/);
    assert.match(await page.locator('.uptime + .axis span').first().innerText(), /^\d{1,2} [A-Z][a-z]{2}$/);
    assert.equal(await stat('Failed'), '3 of 2,880');
    assert.equal(await stat('Typical'), '200 ms');
    assert.equal(await stat('Slowest 5 %'), '230 ms');
    const points = await page.locator('.spark polyline').getAttribute('points');
    assert.ok(points.split(' ').length >= 48 && /^(\d+\.\d\d,\d+\.\d\d ?)+$/.test(points));
    await sound();
  });

  await test('10,000 members: how many stand how, why and who, the days before, what changed', async () => {
    const counts = [[1, 'ok', 0, 8412], [2, 'busy_time_only', 1, 301], [2, 'rights_too_low', 1, 136], [3, 'not_delegated', 1, 946],
      [4, 'no_mailbox', 2, 39], [4, 'mailbox_disabled', 3, 19], [0, 'not_checked', 0, 147], [5, 'not_checked', 0, 12]];
    await lab.sql('DELETE FROM member_count');
    for (const [status, reason, fixer, n] of counts)
      await lab.sql('INSERT INTO member_count (account_id, kind, status, reason, fixer, n) SELECT id, 0, ?, ?, ?, ? FROM account', status, reason, fixer, n);
    for (let ago = 60; ago > 0; ago -= 1)
      for (const [status, n] of [[1, 8300 - ago * 100], [3, 1700 + ago * 100]])
        await lab.sql('INSERT INTO member_day (account_id, kind, day, status, n) SELECT id, 0, ?, ?, ? FROM account', TODAY - ago, status, n);
    const event = (n, was, is, reason) => lab.sql(`WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
      INSERT INTO member_event (account_id, member_id, at, what, was, status, was_reason, reason, detail, by_name)
      SELECT m.account_id, m.id, ?, 1, ?, ?, 'ok', ?, '', '' FROM member m, c WHERE m.email = ?`, n, NOW - 60, was, is, reason, ADMIN);
    await event(12, 3, 1, 'ok');
    await event(1, 1, 3, 'not_delegated');
    await event(100, 3, 1, 'ok');
    await lab.sql(`INSERT INTO member (account_id, email, name, role, kind, created, name_key, last_key)
      SELECT id, 'oak@example.com', 'Oak', 0, 1, 1, 'oak', 'oak' FROM account`);
    await lab.sql(`INSERT INTO member_event (account_id, member_id, at, what, was, status, was_reason, reason, detail, by_name)
      SELECT r.account_id, r.id, ?, 1, 3, 1, 'ok', 'ok', '', '' FROM member r, (SELECT 1 UNION SELECT 2) WHERE r.email = 'oak@example.com'`, NOW - 60);
    await page.goto('/overview');
    const census = page.locator('#census');
    assert.match(await census.locator('.donut').getAttribute('aria-label'), /^84\.1 % of the members are connected/);
    assert.deepEqual(await census.locator('.legend a').allInnerTexts().then((all) => all.map((t) => t.replace(/\s+/g, ' ').trim())),
      ['Connected 8,412 84.1 %', 'Limited 437 4.3 %', 'Action needed 946 9.4 %', 'Blocked 58 0.5 %', 'Not checked 147 1.4 %', 'Deactivated 12']);
    await census.getByText('Next: 1,383 people have to do something in their own calendar').waitFor();
    assert.equal(await page.locator('main .btn.primary').count(), 1);
    assert.equal(await census.getByRole('link', { name: 'Show them' }).getAttribute('href'), '/members?fixer=member');
    await census.getByText('Connected since yesterday: +212').waitFor();
    assert.match(await census.locator('.spark').getAttribute('aria-label'), /23 % on the first of 61 days, 84\.1 % today/);
    const why = page.locator('section', { has: page.getByRole('heading', { name: 'Why 1,588 people are not connected' }) });
    assert.deepEqual(await why.locator('tbody .end a').evaluateAll((all) => all.map((a) => a.getAttribute('href'))),
      ['action_needed&reason=not_delegated', 'limited&reason=busy_time_only', 'not_checked', 'limited&reason=rights_too_low',
        'blocked&reason=no_mailbox', 'blocked&reason=mailbox_disabled'].map((f) => `/members?status=${f}`));
    await why.getByText('Blocked · Exchange admin').waitFor();
    await page.getByText('112 people: Action needed → Connected').waitFor();
    await page.getByText('Avery Stone: Connected → Action needed').waitFor();
    await page.getByText('2 rooms: Action needed → Connected').waitFor();
    assert.equal(await page.locator('section[aria-labelledby=changes] li').count(), 3);
    await sound();
    await lab.sql('DELETE FROM member_count');
    await lab.sql("INSERT INTO member_count (account_id, kind, status, reason, fixer, n) SELECT id, 0, 1, 'ok', 0, 10000 FROM account");
    await page.goto('/overview');
    await page.getByText('Every calendar works').waitFor();
    assert.equal(await page.getByText('are not connected').count(), 0);
  });

  await test('a change waits, and a secret ends soon', async () => {
    await connect({ kind: 'office365', signin: 'app' });
    await health(1);
    await connect({ stage: 1 });
    await lab.sql(`INSERT INTO credential (account_id, connection_id, purpose, version, key_id, sealed, policy, set_by, by_name,
      set_at, used_at, expires, certificate) SELECT account_id, id, 'current', '0a1b2c3d', '', x'00', zeroblob(32), 0, '', 1, 0,
      ?, '' FROM connection WHERE stage = 2`, NOW + 12 * DAY + 3600);
    await page.goto('/overview');
    await page.getByText('A change waits').waitFor();
    await page.getByText('The client secret ends in 12 days').waitFor();
    await sound();
    await lab.sql('UPDATE credential SET expires = ?', NOW - 5);
    await page.goto('/overview');
    await page.getByText('The client secret has ended').waitFor();
  });
});
