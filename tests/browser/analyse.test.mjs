/* Tests of the connection, its report, its secret, its pause, another mailbox. The engine's side is
 * written by this test: what pages show of it is looked at here, state by state. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inspect } from './axe.mjs';
import { accept, run, test } from './lab.mjs';

const NOW = Math.floor(Date.now() / 1000);
const MAILBOX = 'scheduling@example.com';
const STATES = { queued: 0, running: 1, done: 2, failed: 3, cancelled: 4 };
const HEALTH = { well: 1, slowed: 2, unreachable: 3, stopped: 4 };
const STEP = { waiting: 0, running: 1, ok: 2, note: 3, failed: 4, skipped: 5 };

const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const says = (page, text) => page.getByText(text).first().waitFor();
const button = (page, name) => page.getByRole('button', { name }).click();
const pill = (page) => page.locator('.bar a.pill[href="/connection/test"]').textContent();

/* What the engine would write. */
class World {
  constructor(lab) { this.sql = (...words) => lab.sql(...words); }

  async one(text, ...values) { return (await this.sql(text, ...values))[0]?.[0]; }

  async connection(changes = {}) {
    const row = { account_id: 1, name: 'Exchange', scheme: 'https', host: 'mail.example.com', port: 443,
      proxy: '', ca: '', signin: 'ntlm', login: '', authority: '', tenant: '', client_id: '', binding: 'off',
      mailbox: MAILBOX, method: 'delegate', kind: 'exchange', stage: 2, staged_at: NOW, created: NOW, ...changes };
    const keys = Object.keys(row);
    return this.one(`INSERT INTO connection (${keys}) VALUES (${keys.map(() => '?')}) RETURNING id`, ...Object.values(row));
  }

  credential(connection, purpose, changes = {}) {
    const row = { account_id: 1, connection_id: connection, purpose, version: `v-${purpose}`, key_id: 'k',
      by_name: 'Avery Stone', set_at: NOW - 3600, used_at: 0, expires: 0, ...changes };
    const keys = Object.keys(row);
    return this.sql(`INSERT OR REPLACE INTO credential (${keys}, sealed, policy) VALUES (${keys.map(() => '?')}, x'00',
      zeroblob(32))`, ...Object.values(row));
  }

  health(connection, state, say, reason = 'ok') {
    return this.sql(`INSERT OR REPLACE INTO health VALUES (?, 1, ?, ?, ?, 'Exchange 2019', ?, ?, ?, ?, 0, 0, 0, 0)`,
      connection, HEALTH[state], reason, say, NOW - 120, NOW - 60, NOW - 600, NOW + 300);
  }

  state(job, state, outcome = '') {
    return this.sql('UPDATE job SET state = ?, outcome = ?, started = ?, ended = ? WHERE id = ?', STATES[state],
      outcome, NOW - 5, state === 'running' ? 0 : NOW, job);
  }

  step(job, n, title, state, texts = {}) {
    const { say = '', why = '', fix = '', raw = '', host = '' } = texts;
    return this.sql('INSERT OR REPLACE INTO job_step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', job, n, title, STEP[state],
      state === 'ok' || state === 'failed' ? 42 : 0, say, why, fix, raw, host);
  }

  newest() { return this.one("SELECT max(id) FROM job WHERE kind = 'test'"); }

  async params(job) {
    return new URLSearchParams(await this.one('SELECT params FROM job WHERE id = ?', job));
  }
}

await run({}, async ({ lab, eyes }) => {
  const world = new World(lab);
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const plain = await eyes.bare(lab, page);
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = ?', NOW + 86400);
  /* What a page says is sound, and the same without scripts. */
  const sound = async () => {
    await inspect(page);
    const answer = await plain.goto(page.url());
    assert.equal(answer.status(), 200);
  };

  await test('nothing is set up: every page says so, and where to begin', async () => {
    for (const path of ['/connection/test', '/connection/rotate', '/connection/replace']) {
      await page.goto(path);
      await page.getByRole('link', { name: /Set up the connection|Go to the connection/ }).waitFor();
      await sound();
    }
    await page.goto('/connection/pause');
    await page.waitForURL('**/connection/test');
    assert.match(await pill(page), /Not set up/);
  });

  const live = await world.connection();
  await world.credential(live, 'current', { used_at: NOW - 60 });

  await test('each state of health has its words, on the page and in the pill', async () => {
    await page.goto('/connection/test');
    assert.match(await pill(page), /Not checked/);
    for (const [state, word, title] of [['well', 'Healthy', 'The connection works'],
      ['slowed', 'Slowed', 'The server asks for less'],
      ['unreachable', 'Unreachable', 'The connection does not work now']]) {
      await world.health(live, state, `Seen: ${state}.`);
      await page.goto('/connection/test');
      assert.match(await pill(page), new RegExp(word));
      await page.getByRole('heading', { name: title }).waitFor();
      await says(page, `Seen: ${state}.`);
      await says(page, 'Last success');
      await sound();
    }
  });

  let job;
  await test('a test is started with a person and the test booking, followed live, and stopped', async () => {
    await page.goto('/connection/test');
    await page.getByLabel('Also make one test booking').check();
    await button(page, 'Run the test');
    await says(page, 'Enter whose calendar the test booking goes into.');
    assert.ok(await page.getByLabel('Also make one test booking').isChecked());
    await sound();
    await page.goto('/connection/test');
    await page.getByLabel('A test person').fill('robin.vale@example.com');
    await page.getByLabel('Also make one test booking').check();
    await button(page, 'Run the test');
    await page.waitForURL(/test\/\d+$/);
    job = await world.newest();
    const params = await world.params(job);
    assert.equal(params.get('member'), 'robin.vale@example.com');
    assert.equal(params.get('write'), '1');
    assert.equal(params.get('again'), '0');
    await says(page, 'Waiting for its turn');
    await world.state(job, 'running');
    await world.step(job, 1, 'Server name is found', 'ok', { say: 'mail.example.com is 203.0.113.24.' });
    await world.step(job, 2, 'Sign-in is accepted', 'running');
    await world.step(job, 3, 'Busy time of robin.vale@example.com', 'waiting');
    await says(page, '1 of 3 finished');
    await says(page, 'Testing now');
    await sound();
    await button(page, 'Stop the test');
    await says(page, 'The test is told to stop.');
  });

  await test('a failed step says what, why, and what to do; what the server said is folded away', async () => {
    await world.step(job, 2, 'Sign-in is accepted', 'ok');
    await world.step(job, 3, 'Busy time of robin.vale@example.com', 'failed', { say: 'No busy time came.',
      why: 'The calendar is not shared.', fix: 'Ask the Exchange admin to run:\nAdd-MailboxFolderPermission',
      raw: '> POST /EWS/Exchange.asmx\n< 200 of someone.else@example.com' });
    await world.state(job, 'failed', 'Something does not work; the steps say what.');
    await world.step(job, 4, 'Server is found', 'failed', { say: 'Nothing answered.' });
    await page.goto(`/connection/test/${job}`);
    const link = page.getByRole('link', { name: 'Enter the server by name' });
    assert.equal(await link.getAttribute('href'), '/connection/credentials');
    await world.step(job, 4, 'Server is found', 'failed', { say: 'It leads away.', host: 'mail.example.org' });
    await page.goto(`/connection/test/${job}`);
    await page.getByRole('link', { name: 'Use mail.example.org' }).click();
    await page.getByText('mail.example.org is outside example.com').waitFor();
    assert.equal(await page.locator('#server').inputValue(), 'mail.example.org');
    assert.equal(await page.locator('[name=find]:checked').inputValue(), 'given');
    await lab.sql('DELETE FROM job_step WHERE job_id = ? AND n = 4', job);
    await page.goto(`/connection/test/${job}`);
    await page.getByRole('heading', { name: 'Something does not work' }).waitFor();
    await page.getByText('What the server said').click();
    await says(page, 'Add-MailboxFolderPermission');
    await sound();
  });

  await test('the report is a file of the test, without anybody else’s address', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: 'Report for the Exchange admin' }).click()]);
    assert.equal(file.suggestedFilename(), `latchkey-test-${job}.txt`);
    const text = readFileSync(await file.path(), 'utf8');
    assert.match(text, /By +Avery Stone/);
    assert.match(text, /3\. {2}Busy time of robin\.vale@example\.com: FAILED/);
    assert.match(text, /\| < 200 of \[address\]/);
    assert.doesNotMatch(text, /someone\.else/);
    const printed = (await lab.ctl('connection', 'report', String(job))).report;
    assert.equal(printed, text);
  });

  await test('it is run again with the same parameters, and compared with the one before', async () => {
    await button(page, 'Run again');
    await page.waitForURL((url) => /test\/\d+$/.test(url.pathname) && !url.pathname.endsWith(`/${job}`));
    const again = await world.newest();
    assert.equal(String(await world.params(again)), String(await world.params(job)));
    await world.step(again, 1, 'Server name is found', 'ok');
    await world.step(again, 2, 'Sign-in is accepted', 'ok');
    await world.step(again, 3, 'Busy time of robin.vale@example.com', 'ok');
    await world.step(again, 4, 'Access level', 'note', { say: 'May read and create.', why: 'It is Author.' });
    await world.state(again, 'done', 'All that was looked at works.');
    await page.goto(`/connection/test/${again}`);
    assert.match(await page.locator('.verdict').first().innerText(), /^All that was looked at works\.\s+The steps with a note/, 'said once');
    await page.getByRole('link', { name: 'Compare with the one before' }).click();
    const rows = page.locator('tbody tr');
    assert.deepEqual((await rows.allTextContents()).map((text) => text.trim()),
      ['Busy time of robin.vale@example.comFailedDone', 'Access levelNot thereDone, with a note']);
    await sound();
    assert.equal((await page.goto(`/connection/test/${again}?with=999999`)).status(), 404);
    await page.goto('/connection/test');
    assert.equal(await page.locator('#tests .timeline li').count(), 2);
    await sound();
  });

  await test('the list has pages, and no tests of connections that the portal does not use', async () => {
    const spare = await world.connection({ stage: 0 });
    for (let i = 0; i < 12; i += 1) {
      await lab.sql(`INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request,
        created, ended) SELECT 1, 'test', replace(params, 'connection=${live}', 'connection=' || ?), 2, 0, 0, 0, '', '',
        created, created FROM job WHERE id = ?`, i % 6 ? live : spare, job);
    }
    await page.goto('/connection/test');
    assert.equal(await page.locator('#tests .timeline li').count(), 10);
    await says(page, 'Looked at again by the engine');
    await page.getByRole('link', { name: 'Older' }).click();
    assert.equal(await page.locator('#tests .timeline li').count(), 2);
    await page.getByRole('link', { name: 'Newest' }).click();
    await lab.sql('DELETE FROM connection WHERE id = ?', spare);
  });

  await test('a new password waits in its slot while it is proved; the old one stays', async () => {
    await page.goto('/connection/rotate');
    await button(page, 'Prove and replace');
    await says(page, 'Enter the new one.');
    await sound();
    await page.getByLabel(`New password of ${MAILBOX}`).fill('Planted-New-Password-1');
    await button(page, 'Prove and replace');
    await page.locator('#slot-next').waitFor();
    job = await world.newest();
    assert.equal((await world.params(job)).get('change'), '1');
    await world.state(job, 'running');
    await world.step(job, 1, 'Server name is found', 'ok');
    await world.step(job, 2, 'The mailbox opens', 'running');
    await page.locator('#slots').getByText('The mailbox opens').waitFor();
    assert.doesNotMatch(await page.content(), /Planted/);
    await sound();
    await world.state(job, 'failed', 'The sign-in was refused.');
    await page.goto('/connection/rotate');
    await says(page, 'The sign-in was refused.');
    await sound();
    await button(page, 'Prove it and replace');
    await page.waitForURL(/test\/\d+$/);
    await world.state(await world.newest(), 'done', 'The new password is in use now.');
    await page.reload();
    await page.getByRole('heading', { name: 'The new password is in use now.' }).waitFor();
  });

  await test('two admins enter a new password: the second is told who was quicker', async () => {
    await page.goto('/connection/rotate');
    await lab.sql("UPDATE credential SET version = 'other', set_by = 0, by_name = 'Sam Reed' WHERE purpose = 'next'");
    await page.getByLabel(`New password of ${MAILBOX}`).fill('Planted-New-Password-2');
    await button(page, 'Prove and replace');
    await says(page, 'Sam Reed entered a new one while you had this page open.');
    assert.equal(await world.one("SELECT version FROM credential WHERE purpose = 'next'"), 'other');
    await sound();
  });

  await test('the former password says when it goes, and is erased at once when asked to', async () => {
    await world.credential(live, 'former');
    await page.goto('/connection/rotate');
    await page.getByRole('link', { name: 'Erase the old one now' }).click();
    await h1(page, 'Erase the old one now?');
    await sound();
    await button(page, 'Erase it');
    await says(page, 'The former secret is erased.');
    assert.equal(await world.one("SELECT count(*) FROM credential WHERE purpose = 'former'"), 0);
    assert.equal((await page.goto(`/connection/erase/${live}`)).status(), 404);
  });

  await test('it is paused with a reason, says so everywhere, and is resumed', async () => {
    await page.goto('/connection/test');
    await page.getByRole('link', { name: 'Pause' }).click();
    await page.getByLabel('Reason').fill('Mail is moving');
    await sound();
    await button(page, /^Pause the connection/);
    await says(page, 'Paused by Avery Stone');
    await says(page, 'Mail is moving');
    assert.match(await pill(page), /Paused/);
    assert.equal(await page.getByRole('button', { name: 'Run the test' }).count(), 0);
    await sound();
    await button(page, 'Resume');
    await says(page, 'The connection is resumed.');
  });

  await test('a refused sign-in is told on every page; it is tried once more only when asked to', async () => {
    await world.health(live, 'stopped', 'The server answered 401.', 'signin_refused');
    for (const path of ['/audit', '/settings/admins', '/me']) {
      await page.goto(path);
      await page.getByRole('alert').getByText('Stopped: the sign-in was refused').waitFor();
      assert.match(await pill(page), /Stopped/);
    }
    await sound();
    await lab.sql('UPDATE engine SET seen = 1');
    await page.goto('/audit');
    assert.equal(await page.locator('.bar a.pill').count(), 1, 'one pill: the engine is away');
    await page.getByRole('alert').getByText('Stopped: the sign-in was refused').waitFor();
    await sound();
    await lab.sql('UPDATE engine SET seen = ?', NOW + 86400);
    for (const path of ['/connection/test', '/connection/rotate']) {
      await page.goto(path);
      assert.equal(await page.getByText('Stopped: the sign-in was refused').count(), 1, path);
      await sound();
    }
    await page.goto('/connection/test');
    await button(page, 'Try once more');
    await page.waitForURL(/test\/\d+$/);
    assert.equal((await world.params(await world.newest())).get('again'), '1');
    await page.getByRole('alert').waitFor();
    await world.health(live, 'well', 'Fine.');
    await lab.sql("UPDATE job SET state = 2, ended = created WHERE kind = 'test'");
    /* The page follows its test, and the bar and the alarm with it. */
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.locator('.bar a.pill').filter({ hasText: 'Healthy' }).waitFor();
  });

  await test('another mailbox: both are named before a secret is typed, and who must grant what', async () => {
    await page.goto('/connection/rotate');
    await page.getByRole('link', { name: 'Replace or rename the mailbox' }).click();
    await page.getByLabel('It is another mailbox').check();
    await page.getByLabel('The new address').fill(MAILBOX);
    await button(page, 'Go on');
    await says(page, 'This is the address it has now.');
    await sound();
    await page.getByLabel('The new address').fill('booking@example.com');
    await button(page, 'Go on');
    await page.getByRole('heading', { name: `Enter booking@example.com beside ${MAILBOX}` }).waitFor();
    await says(page, 'Each member');
    await sound();
    await button(page, 'Prove it');
    await says(page, /Enter it again|kept for the server/);
    await sound();
    await page.getByLabel('Password of booking@example.com').fill('Planted-Other-Password-3');
    await button(page, 'Prove it');
    await page.waitForURL(/test\/\d+$/);
    const [[mailbox, host, method]] = await lab.sql('SELECT mailbox, host, method FROM connection WHERE stage = 1');
    assert.deepEqual([mailbox, host, method], ['booking@example.com', 'mail.example.com', 'delegate']);
    await page.goto('/connection/replace');
    await says(page, 'A connection is being entered already');
    await sound();
    await page.goto('/connection/test');
    await page.getByLabel('What is being entered').check();
    await sound();
    await lab.sql('DELETE FROM connection WHERE stage = 1');
  });

  await test('renamed: nothing must be granted again', async () => {
    await page.goto('/connection/replace?what=renamed&mailbox=plan%40example.com');
    await says(page, 'Nothing must be granted again');
    assert.equal(await page.getByText('Each member').count(), 0);
    await sound();
  });

  await test('what an application signs in with: a client secret with its end, its id is refused', async () => {
    await lab.sql("UPDATE connection SET kind = 'office365', signin = 'app', method = 'impersonation' WHERE id = ?", live);
    await page.goto('/connection/rotate');
    await page.getByLabel('Value of the new client secret').fill('01234567-89ab-cdef-0123-456789abcdef');
    await page.getByLabel('The client secret ends on').fill('2020-01-01');
    await button(page, 'Prove and replace');
    await says(page, 'This looks like the secret’s ID');
    await says(page, 'This day is over.');
    await sound();
    await page.goto('/connection/test');
    await page.getByLabel('A mailbox that must not open').waitFor();
    await sound();
    await lab.sql("UPDATE connection SET signin = 'user', method = 'delegate' WHERE id = ?", live);
    await page.goto('/connection/rotate');
    assert.equal(await page.locator('.btn.primary').count(), 1);
    await sound();
    await page.goto('/connection/replace?what=other&mailbox=plan%40example.com');
    await sound();
  });

  await test('a former connection keeps its secret for seven days, and can be erased', async () => {
    const old = await world.connection({ stage: 3, mailbox: 'old@example.com' });
    await world.credential(old, 'current');
    await page.goto('/connection/rotate');
    await says(page, 'old@example.com is not used any more');
    await sound();
    await page.getByRole('link', { name: 'Erase them now' }).click();
    await sound();
    await button(page, 'Erase it');
    assert.equal(await world.one('SELECT count(*) FROM connection WHERE id = ?', old), 0);
  });

  await test('by keyboard alone: from the pill to a test', async () => {
    await lab.sql("UPDATE connection SET kind = 'exchange', signin = 'ntlm' WHERE id = ?", live);
    await page.goto('/overview');
    await page.locator('.bar a.pill').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/connection/test');
    await page.getByLabel('A test person').focus();
    await page.keyboard.type('robin.vale@example.com');
    await page.keyboard.press('Enter');
    await page.waitForURL(/test\/\d+$/);
  });
});
