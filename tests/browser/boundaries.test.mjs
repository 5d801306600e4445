/* How far Latchkey reaches: what is intended is said, asked about and compared; a mailbox that must
 * stay shut; the picture on the overview; with scripts and without, wide and narrow, in both themes
 * and on paper. Rows are written as the engine writes them. */
import assert from 'node:assert/strict';
import { axe, wide } from './axe.mjs';
import { ADMIN, Lab, accept, see, signIn, test } from './lab.mjs';

const NOW = Math.floor(Date.now() / 1000);
const [NONE, BUSY, CALENDAR, FULL] = [1, 2, 3, 4];
const OUTSIDE = 'pat.outside.of.everything@northern-branch-offices.example.com';
const shots = process.env.SHOTS;

/* Members by reach and kind; what was found of each fits. */
const SEEN = [
  { reach: FULL, n: 12, status: 1, reason: 'ok', grants: 0xaaaa },
  { reach: CALENDAR, n: 130, status: 1, reason: 'ok', grants: 0x6aa8 },
  { reach: CALENDAR, n: 7, status: 1, reason: 'ok', grants: 0x6aa8, kind: 1 },
  { reach: BUSY, n: 60, status: 2, reason: 'busy_time_only', fixer: 1, grants: 0x4006 },
  { reach: NONE, n: 9, status: 4, reason: 'no_mailbox', fixer: 2, grants: 0x4005 },
  { reach: 0, n: 4, status: 0, reason: 'not_checked', grants: 0 },
];

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await signIn(bare, ADMIN);
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen + 86400');

  const count = async () => {
    await lab.sql('DELETE FROM member_count');
    await lab.sql(`INSERT INTO member_count (account_id, kind, status, reason, fixer, reach, n)
      SELECT account_id, kind, status, reason, fixer, reach, count(*) FROM member GROUP BY 1, 2, 3, 4, 5, 6`);
    await lab.sql('UPDATE account SET people = (SELECT count(*) FROM member WHERE kind = 0)');
  };
  const fill = async (seen) => {
    await lab.sql('DELETE FROM member WHERE role = 0');
    let i = 0;
    for (const s of seen) {
      for (let k = 0; k < s.n; k += 1) {
        i += 1;
        const name = `${s.kind ? 'Room' : 'Member'} ${String(i).padStart(3, '0')}`;
        const at = s.reach ? NOW - 60 * i : 0;
        await lab.sql(`INSERT INTO member (account_id, email, name, role, created, kind, name_key, last_key, status, reason, fixer,
          grants, reach, checked_at, tried_at, method, next_at) SELECT id, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'delegate', 0 FROM account`,
        `m${i}@example.com`, name, s.kind ?? 0, name.toLowerCase(), name.toLowerCase(), s.status, s.reason, s.fixer ?? 0, s.grants,
        s.reach, at, at);
      }
    }
    await lab.sql(`UPDATE member SET status = 1, reason = 'ok', reach = 3, grants = 27304, checked_at = ${NOW - 30} WHERE role = 1`);
    await count();
  };
  const connect = async (method, what = {}) => {
    await lab.sql('DELETE FROM connection');
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
      binding, mailbox, method, created, kind, stage, rev) SELECT id, 'Exchange', 'https', ?, 443, '', '', ?, '', '', '', '', 'off',
      'scheduling@example.com', ?, 1, ?, 2, 1 FROM account`, what.host ?? 'mail.example.com', what.signin ?? 'auto', method,
    what.kind ?? 'exchange');
    await lab.sql(`INSERT INTO health (connection_id, account_id, state, reason, say, version, since, tried_at, ok_at, next_at, proof_at,
      fails, refused, counted_to) SELECT id, account_id, 1, 'ok', '', 'Exchange Server 2019', ?, ?, ?, ?, 0, 0, 0, 0 FROM connection`,
    NOW - 600, NOW - 10, NOW - 10, NOW + 300);
  };
  const shot = async (name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true }); };
  const sound = async (url, name) => {
    await page.goto(url);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        assert.equal((await axe(page, `${url}, ${colorScheme}, ${width} px`)).join('\n'), '');
        assert.equal(await wide(page), '', `${url} scrolls sideways at ${width} px`);
        await shot(`${name}-${width}-${colorScheme}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  };
  const title = (where) => where.locator('#verdict').innerText();

  await connect('delegate');
  await fill(SEEN);

  await test('before anybody has said what is intended the page asks, and it is sound', async () => {
    await sound('/boundaries', 'unsaid');
    assert.equal(await title(page), 'Nobody has said how far Latchkey is meant to reach.');
    assert.equal(await page.getByRole('navigation', { name: 'Connection' }).locator('[aria-current]').innerText(), 'Boundaries');
    assert.match(await page.locator('#outside').locator('xpath=../..').innerText(), /None is named/);
  });

  await test('what is intended is said, asked about first, and compared', async () => {
    await page.getByRole('link', { name: 'Say what is intended' }).click();
    await sound('/boundaries/edit', 'edit');
    await page.getByLabel('Calendars only').check();
    await page.getByLabel('A mailbox that must stay shut').fill(OUTSIDE);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'It reaches further in 12 mailboxes' }).waitFor();
    await sound(page.url(), 'ask');
    assert.deepEqual(await lab.sql('SELECT * FROM boundary'), [], 'nothing is saved yet');
    await page.getByRole('button', { name: 'Say Calendars only' }).click();
    await page.waitForURL((url) => url.pathname === '/boundaries');
    assert.equal(await title(page), 'Latchkey reaches more than you intend in 12 mailboxes, and less in 69 mailboxes.');
    assert.deepEqual(await lab.sql('SELECT level, outside, rev FROM boundary'), [[2, OUTSIDE, 1]]);
    await sound('/boundaries', 'said');
  });

  await test('who is more is listed first, by pages; each number leads to those it counts', async () => {
    const names = () => page.locator('#list tbody th a').allInnerTexts();
    assert.equal((await names()).length, 12);
    await page.getByRole('link', { name: /^The calendar/ }).first().click();
    await page.waitForURL('**/boundaries?reach=calendar#list');
    assert.equal((await names()).length, 50);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL('**after=*');
    const second = await names();
    await page.getByRole('link', { name: 'First page' }).click();
    await page.waitForURL((url) => !url.href.includes('after='));
    assert.equal((await names()).filter((name) => second.includes(name)).length, 0);
    await page.getByRole('link', { name: '60 people: Busy time only' }).click();
    await page.waitForURL('**/members?reach=busy');
    assert.match(await page.locator('#rows').getAttribute('data-say'), /of 60$/);
    await page.getByRole('link', { name: 'Remove the filter: Latchkey reaches: Busy time only' }).click();
    await page.waitForURL('**/members');
  });

  await test('the mailbox outside is tried, opens, and is told of', async () => {
    await lab.sql(`UPDATE boundary SET opens = 1, reason = 'not_delegated', since = ${NOW - 9000}, seen_at = ${NOW - 4000}, tried_at = ${NOW - 4000},
      method = 'delegate', connection_id = (SELECT id FROM connection)`);
    await page.goto('/boundaries');
    await page.getByRole('heading', { name: 'It stays shut' }).waitFor();
    await page.getByRole('button', { name: 'Measure now' }).click();
    await page.getByText('It is being tried now.').waitFor();
    await lab.sql("UPDATE job SET state = 2, ended = 1 WHERE kind = 'boundary'");
    await lab.sql(`UPDATE boundary SET opens = 2, reason = 'ok', since = ${NOW}, seen_at = ${NOW}, tried_at = ${NOW}`);
    await page.getByRole('heading', { name: 'It opens, and it must not' }).waitFor();
    assert.equal(await title(page), `${OUTSIDE} opens, and it must stay shut.`);
    await sound('/boundaries', 'opens');
  });

  await test('without scripts the same way leads there', async () => {
    await bare.goto('/boundaries');
    await bare.getByRole('link', { name: 'Say what is intended' }).click();
    await bare.getByLabel('Busy time only').check();
    await bare.getByRole('button', { name: 'Save' }).click();
    await bare.getByRole('heading', { name: /It reaches further in 150 mailboxes/ }).waitFor();
    await bare.getByRole('button', { name: 'Say Busy time only' }).click();
    await bare.waitForURL('**/boundaries?done=boundary');
    assert.equal(await wide(bare), '');
    await bare.getByRole('link', { name: /^Busy time only/ }).first().click();
    await bare.waitForURL('**/boundaries?reach=busy#list');
    assert.equal(await bare.locator('#list tbody th a').count(), 50);
  });

  await test('on paper it has what an auditor reads, and nothing to press', async () => {
    await page.goto('/boundaries');
    await page.emulateMedia({ media: 'print' });
    for (const name of ['Say what is intended', 'File for an auditor']) assert.equal(await page.getByRole('link', { name }).isVisible(), false);
    for (const name of ['Measured', 'What Latchkey keeps', 'Who can see it'])
      assert.equal(await page.getByRole('heading', { name, exact: true }).isVisible(), true);
    await shot('print');
    await page.emulateMedia({ media: null });
  });

  await test('the overview draws it, by each method, and says it in words', async () => {
    await lab.sql(`UPDATE boundary SET opens = 1, level = 2`);
    for (const [method, what, words] of [
      ['delegate', {}, /as scheduling@example\.com: Dedicated mailbox with delegate access\. Measured: 12 mailboxes open as a whole, 138 mailboxes open their calendar, 60/],
      ['impersonation', { signin: 'app', kind: 'office365', host: 'outlook.office365.com' }, /Latchkey calls Office 365/],
      ['dedicated', { host: 'a-very-long-name-of-a-server.northern.example.com' }, /Dedicated mailbox\. Measured/],
      ['personal', {}, /over boundary B as each member: Personal/],
    ]) {
      await connect(method, what);
      await sound('/overview', `overview-${method}`);
      assert.match(await page.locator('#reach-wide').textContent(), words);
      const shown = await page.evaluate(() => ['.flat', '.tall'].map((s) => getComputedStyle(document.querySelector(`.diagram ${s}`)).display));
      assert.deepEqual(shown.map((s) => s === 'none'), [false, true]);
      const outside = await page.evaluate(() => [...document.querySelectorAll('.diagram .flat g > text')]
        .filter((t) => { const box = t.parentNode.querySelector('rect'); return box && t.getBBox().x + t.getBBox().width > Number(box.getAttribute('x') ?? 0) + Number(box.getAttribute('width')); })
        .map((t) => t.textContent));
      assert.deepEqual(outside, [], 'words leave their box');
    }
    await connect('dedicated');
    await fill([{ reach: BUSY, n: 3, status: 1, reason: 'ok', grants: 2 }]);
    await lab.sql("UPDATE member SET reach = 2, status = 1 WHERE role = 1");
    await count();
    await sound('/overview', 'overview-one');
    assert.equal(await page.locator('.diagram .flat g g').count() > 0, true);
  });
});
