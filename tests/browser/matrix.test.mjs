/* Every page of the connection in every state of it: it answers, the bar says the state, nothing is
 * wider than a small screen, no heading is empty, and every link and form leads somewhere. Rows are
 * written as the engine writes them. */
import assert from 'node:assert/strict';
import { Lab, accept, see, test } from './lab.mjs';
import { flaws } from './matrix.mjs';

const NOW = Math.floor(Date.now() / 1000);
const PAGES = ['/overview', '/connection', '/connection/method', '/connection/credentials', '/connection/test',
  '/connection/rotate', '/connection/switch', '/connection/trial', '/connection/discard', '/connection/pause',
  '/connection/disconnect', '/connection/replace', '/connection/microsoft', '/connection/certificate', '/connection/look',
  '/connection/microsoft/refused/state', '/boundaries', '/boundaries/edit', '/scripts', '/diagnosis',
  '/connection/replace?what=other&mailbox=calendarservice.of.the.northern.branch.offices%40example.com',
  '/connection/replace?what=renamed&mailbox=new%40example.com'];
const DRAFT = 1, LIVE = 2, FORMER = 3;
const NEW = 0, WELL = 1, SLOWED = 2, UNREACHABLE = 3, STOPPED = 4;
const USER = { kind: 'office365', signin: 'user', host: 'outlook.office365.com' };
const APP = { ...USER, signin: 'app', method: 'impersonation' };
const LONG = { mailbox: 'calendarservice.of.the.northern.branch.offices.and.others@example.com',
  host: 'mail.calendars-of-the-northern-branch-offices.internal.example.com' };

/* What the bar says, and the connections there are: stage, secrets, health. */
const STATES = [
  { name: 'nothing', pill: 'Not set up', rows: [] },
  { name: 'a method is chosen', pill: 'Not set up', rows: [{ stage: DRAFT, host: '', mailbox: '' }] },
  { name: 'a password waits', pill: 'Not set up', rows: [{ stage: DRAFT, secrets: ['next'] }] },
  { name: 'the sign-in with Microsoft waits', pill: 'Not set up', rows: [{ stage: DRAFT, ...USER, secrets: ['next-client'] }] },
  { name: 'an application without a secret', pill: 'Not set up', rows: [{ stage: DRAFT, ...APP }] },
  { name: 'not looked at yet', pill: 'Not checked', rows: [{ health: NEW }] },
  { name: 'it works', pill: 'Healthy', rows: [{ health: WELL }] },
  { name: 'slowed', pill: 'Slowed', rows: [{ health: SLOWED }] },
  { name: 'out of reach', pill: 'Unreachable', rows: [{ health: UNREACHABLE }] },
  { name: 'stopped, with long names', pill: 'Stopped', rows: [{ health: STOPPED, ...LONG }] },
  { name: 'paused', pill: 'Paused', rows: [{ health: WELL, paused: NOW - 500 }] },
  { name: 'a new password waits', pill: 'Healthy', rows: [{ health: WELL, secrets: ['current', 'next'] }] },
  { name: 'stopped, and Microsoft is to be asked', pill: 'Stopped',
    rows: [{ health: STOPPED, ...USER, secrets: ['current', 'client', 'next-client'] }] },
  { name: 'an application with a former secret', pill: 'Healthy', rows: [{ health: WELL, ...APP, secrets: ['current', 'former'] }] },
  { name: 'in use, being entered and replaced', pill: 'Healthy', rows: [{ health: WELL, secrets: ['current', 'former'] },
    { stage: DRAFT, ...USER, mailbox: 'other@example.com', secrets: ['next-client'] }, { stage: FORMER }] },
  { name: 'disconnected, with long names', pill: 'Not set up', rows: [{ stage: FORMER, ...LONG }] },
  { name: 'disconnected, and another one is entered', pill: 'Not set up', rows: [{ stage: FORMER }, { stage: DRAFT, secrets: ['next'] }] },
  { name: 'switched, with long names', pill: 'Healthy', rows: [{ health: WELL, ...LONG }, { stage: FORMER, ...LONG }] },
  { name: 'members sign in themselves', pill: 'Healthy', rows: [{ health: WELL, method: 'personal' }] },
];

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab, { viewport: { width: 360, height: 740 } });
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen + 86400');

  const put = async (row) => {
    const c = { stage: LIVE, kind: 'exchange', signin: 'auto', host: 'mail.example.com', mailbox: 'scheduling@example.com',
      method: 'delegate', paused: 0, secrets: row.stage === DRAFT ? [] : ['current'], ...row };
    const office = c.kind === 'office365';
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,
      client_id, binding, mailbox, method, created, kind, stage, staged_at, rev, edited_by, edited_at, paused_at, paused_by,
      paused_why) SELECT id, 'Exchange', 'https', ?, 443, '', '', ?, '', '', ?, ?, 'off', ?, ?, 1, ?, ?, ?, 1, 'Blake Reed',
      ?, ?, ?, ? FROM account`, c.host, c.signin, office ? 'example.com' : '',
    office ? '00000000-1111-2222-3333-444444444444' : '', c.mailbox, c.method, c.kind, c.stage, NOW - 3600, NOW - 3600,
    c.paused, c.paused ? 'Blake Reed' : '', c.paused ? 'the <b>server</b> is being moved' : '');
    const id = (await lab.sql('SELECT max(id) FROM connection'))[0][0];
    for (const purpose of c.secrets) {
      await lab.sql(`INSERT INTO credential (account_id, connection_id, purpose, version, key_id, sealed, policy, set_by,
        by_name, set_at, used_at, expires, certificate) VALUES (1, ?, ?, '1a2b3c4d', 'k', zeroblob(80), zeroblob(32), 1,
        'Avery Stone', ?, ?, ?, '')`, id, purpose, NOW - 7200, NOW - 60, purpose.includes('client') ? NOW + 20 * 86400 : 0);
    }
    if (c.health === undefined) return;
    await lab.sql(`INSERT INTO health (connection_id, account_id, state, reason, say, version, since, tried_at, ok_at,
      next_at, proof_at, fails, refused, counted_to) VALUES (?, 1, ?, 'x', 'The server said <i>no</i>.',
      'Exchange Server 2019', ?, ?, ?, ?, 0, 0, 1, 0)`, id, c.health, NOW - 600, NOW - 10, NOW - 12, NOW + 48);
  };

  for (const state of STATES) {
    await test(state.name, async () => {
      await lab.sql('DELETE FROM connection');
      for (const row of state.rows) await put(row);
      await lab.sql('UPDATE session SET fresh = ?', NOW + 3000);
      const bad = [];
      const known = new Set();
      for (const at of PAGES) {
        const seen = await flaws(page, at, known);
        bad.push(...seen.bad);
        if (!seen.pill.includes(state.pill)) bad.push(`${at}: the bar says ${seen.pill}`);
      }
      assert.equal(bad.join('\n'), '');
    });
  }
});
