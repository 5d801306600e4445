/* Every page about members and rooms, for every reason there is and every method, at 360 px: it
 * answers, nothing is wider than the window, nothing is empty, and every link and form leads somewhere.
 * So, too, with long names, with nobody, and with a million. Rows are written as the engine writes them. */
import assert from 'node:assert/strict';
import { Lab, accept, see, test } from './lab.mjs';
import { flaws } from './matrix.mjs';

const NOW = Math.floor(Date.now() / 1000);
const NAME = 'Casey Wilhelmina Featherstonehaugh-Montgomery';
const EMAIL = 'casey.wilhelmina.featherstonehaugh-montgomery@northern-branch-offices.department.example.com';
const METHODS = ['delegate', 'dedicated', 'impersonation', 'personal'];
const WHO = ['Nobody', 'Member', 'Account admin', 'Exchange admin', 'Entra admin', 'Network admin', 'Operator of this server'];
const NOT_CHECKED = 0, CONNECTED = 1, LIMITED = 2, ACTION = 3, BLOCKED = 4, OFF = 5;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab, { viewport: NARROW });
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const member = await eyes.page(lab, { viewport: NARROW });
  await accept(member, (await lab.ctl('invite', EMAIL, '--name', NAME)).link, NAME);
  await member.waitForURL((url) => url.pathname === '/me');
  const reasons = await lab.ctl('ews', 'reasons');
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen + 86400');
  await lab.sql('UPDATE session SET fresh = ?', NOW + 7200);
  const [[id]] = await lab.sql('SELECT id FROM member WHERE email = ?', EMAIL);
  await lab.sql(`INSERT INTO member (account_id, email, name, role, created, kind, name_key, last_key)
    VALUES (1, 'room@example.com', ?, 0, 1, 1, 'room', 'room')`, `Room ${NAME}`);
  const [[room]] = await lab.sql('SELECT id FROM member WHERE kind = 1');
  await lab.sql(`INSERT INTO room (member_id, account_id, list, list_name, place, capacity, accepts, accepts_say)
    VALUES (?, 1, ?, ?, ?, 10000, 2, ?)`, room, EMAIL, NAME, `${NAME}’s floor`, NAME);

  const connect = async (method) => {
    await lab.sql('DELETE FROM connection');
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,
      client_id, binding, mailbox, method, created, kind, stage) SELECT id, 'Exchange', 'https',
      'mail.calendars-of-the-northern-branch-offices.internal.example.com', 443, '', '', 'ntlm', '', '', '', '', 'off',
      'calendarservice.of.the.northern.branch.offices.and.others@example.com', ?, 1, 'exchange', 2 FROM account`, method);
  };
  const counted = async () => {
    await lab.sql('DELETE FROM member_count');
    await lab.sql(`INSERT INTO member_count (account_id, kind, status, reason, fixer, n)
      SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5`);
  };
  const stand = async (s) => {
    await lab.sql(`UPDATE member SET status = ?, reason = ?, fixer = ?, grants = ?, reach = ?, since = ${NOW - 7200}, checked_at = ?,
      tried_at = ?, tried = ?, method = ?, next_at = ?, note = 'ok' WHERE email IN (?, 'room@example.com')`, s.status, s.reason,
    s.fixer ?? 0, s.grants ?? 0, s.grants ? 3 : 0, s.checked ?? NOW - 600, NOW - 600, s.tried ?? 'ok', s.method, NOW + 3600, EMAIL);
    await counted();
  };
  const LISTS = [`/rooms/${room}`, '/rooms', '/members', '/overview'];
  const known = new Set();
  const mine = new Set();
  /* In this state, every page. */
  const walk = async (what, pages) => {
    const bad = [];
    for (const at of pages) bad.push(...(await flaws(page, at, known)).bad.map((flaw) => `${what}: ${flaw}`));
    bad.push(...(await flaws(member, '/me', mine)).bad.map((flaw) => `${what}: ${flaw}`));
    return bad;
  };

  for (const [n, method] of METHODS.entries()) {
    await test(`${method}: every reason, of members and of what is tried`, async () => {
      const bad = [];
      await connect(method);
      for (const [i, r] of reasons.entries()) {
        const of = r.about === 'member' && r.code !== 'not_checked';
        const turn = i % METHODS.length === n;
        const fixer = WHO.indexOf(r.who);
        const status = fixer === 1 ? ACTION : [LIMITED, BLOCKED][(i + n) % 2];
        if (of) await stand({ status, reason: r.code, fixer: Math.max(fixer, 0), method, grants: [0, 0x56a, 0xaaa][i % 3] });
        else if (!turn) continue;
        else await stand({ status: CONNECTED, reason: 'ok', method, grants: 0xaaa, tried: r.code, checked: NOW - 3 * 86400 });
        bad.push(...await walk(r.code, [...(turn ? [`/members/${id}`] : []), ...(i % 16 === n ? LISTS : [])]));
      }
      assert.equal(bad.join('\n'), '');
    });
  }

  await test('not looked at, deactivated, and without a connection', async () => {
    const pages = [`/members/${id}`, `/members/${id}/edit`, `/members/${id}/remove`, `/rooms/${room}`, `/rooms/${room}/remove`,
      '/members', '/rooms', '/rooms/add', '/members/find', '/members/import', '/members/add', '/settings/notifications', '/boundaries', '/overview'];
    const bad = [];
    await stand({ status: NOT_CHECKED, reason: 'not_checked', method: '', checked: 0 });
    bad.push(...await walk('not checked', pages));
    await lab.sql('DELETE FROM connection');
    bad.push(...await walk('no connection', pages));
    await stand({ status: CONNECTED, reason: 'ok', method: 'delegate', grants: 0xaaa });
    bad.push(...await walk('no connection any more', pages));
    await connect('delegate');
    await lab.sql('UPDATE member SET off_at = 1 WHERE id = ?', room);
    await stand({ status: OFF, reason: 'not_checked', method: '', checked: 0 });
    for (const at of [`/members/${id}`, `/rooms/${room}`, '/members?status=deactivated', '/overview'])
      bad.push(...(await flaws(page, at, known)).bad);
    assert.equal(bad.join('\n'), '');
  });

  await test('nobody but oneself, and a million: the numbers are told, and fit', async () => {
    const bad = [];
    const look = async (pages) => {
      for (const size of [NARROW, WIDE]) {
        await page.setViewportSize(size);
        for (const at of pages) bad.push(...(await flaws(page, at, known)).bad);
      }
    };
    await lab.sql('DELETE FROM member WHERE id IN (?, ?)', id, room);
    await counted();
    await lab.sql('UPDATE account SET people = 1');
    await look(['/members', '/members?status=blocked', '/members?seen=old', '/rooms', '/overview']);
    await lab.sql('DELETE FROM member_count');
    for (const [status, reason, fixer, n] of [[1, 'ok', 0, 812345], [2, 'busy_time_only', 1, 100000], [3, 'not_delegated', 1, 87654], [4, 'no_mailbox', 2, 1]])
      await lab.sql('INSERT INTO member_count (account_id, kind, status, reason, fixer, n) SELECT id, 0, ?, ?, ?, ? FROM account', status, reason, fixer, n);
    await lab.sql('UPDATE account SET people = 1000000');
    await look(['/members', '/overview']);
    await page.goto('/members');
    assert.match(await page.locator('.chips').first().innerText(), /1,000,000[^]*812,345[^]*100,000[^]*87,654/);
    assert.equal(bad.join('\n'), '');
  });
});
