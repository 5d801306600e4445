/* Scripts for the Exchange admin: an admin finds the one that is needed, and sends it; somebody outside,
 * who has no sign-in, reads, loads and runs it and says so; those people turn green. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect, wide } from './axe.mjs';
import { accept, connectDemo, demo, see, test } from './lab.mjs';

const LACK = `status > 1 AND reason IN ('busy_time_only', 'rights_too_low', 'sending_refused', 'not_delegated')`;

await see(async ({ eyes, keep }) => {
  const world = await demo(keep);
  const { lab, sim } = world;
  const admin = await eyes.page(lab, { acceptDownloads: true });
  const outside = await eyes.page(lab, { acceptDownloads: true });
  const number = async (text, ...values) => (await lab.sql(text, ...values))[0][0];
  const lacking = async () => (await lab.sql(`SELECT email FROM member WHERE ${LACK} ORDER BY id`)).map(([email]) => email);
  const load = async (page, part) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator(`a[href*="/${part}.ps1"]`).click()]);
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const till = async (what) => {
    for (let i = 0; i < 150; i += 1) {
      if (await what()) return;
      await admin.waitForTimeout(200);
    }
    throw new Error(`it never happens: ${what}`);
  };
  let link;

  await accept(admin, lab.link, 'Avery Stone');
  await admin.waitForURL('**/overview*');
  await test('before there is a connection the page says what comes first', async () => {
    await admin.goto('/scripts');
    await admin.getByRole('heading', { name: 'No connection is in use' }).waitFor();
    await inspect(admin);
  });
  await connectDemo(admin, world);
  const { mailboxes } = JSON.parse(execFileSync(sim.program, ['--ask', sim.control, 'mailboxes *']));
  const list = path.join(sim.dir, 'people.csv');
  const people = mailboxes.filter((m) => !['room', 'dedicated'].includes(m.kind));
  writeFileSync(list, `email,name\n${people.map((m) => `${m.address},${m.name}`).join('\n')}\n`);
  await lab.ctl('members', 'import', list);
  await till(async () => !await number('SELECT count(*) FROM member WHERE tried_at = 0'));

  await test('the overview leads to the script that most are in need of', async () => {
    const n = (await lacking()).length;
    await admin.goto('/overview');
    await admin.getByRole('link', { name: `Get the script “Share calendars”, for ${n} members` }).click();
    await admin.getByRole('heading', { level: 1, name: 'Share calendars' }).waitFor();
    assert.match(await admin.locator('.chips').innerText(), new RegExp(`${n} members`));
    assert.equal(await admin.locator('.rail [aria-current]').innerText(), 'Connection');
    assert.equal(await admin.locator('.subnav [aria-current]').innerText(), 'Exchange admin script');
    const text = await admin.locator('#run').innerText();
    for (const email of await lacking()) assert.ok(text.includes(email), email);
    assert.ok(text.includes('calendar@example.com'));
    assert.match(await admin.locator('aside[aria-label]').innerText(), new RegExp(`${n} people take`));
    assert.equal(await admin.getByRole('button', { name: /^Copy/ }).count(), 3);
    await inspect(admin);
  });

  await test('its files begin with the mark of UTF-8, and their lines end with CR and LF', async () => {
    for (const part of ['run', 'verify', 'undo']) {
      const { name, bytes } = await load(admin, part);
      assert.match(name, /\.ps1$/);
      assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
      const text = bytes.toString('utf8').slice(1);
      assert.equal(text.replaceAll('\r\n', '').match(/[\r\n]/), null);
      const shown = await admin.locator(`#${part}`).textContent();
      const same = (of) => of.replace(/^# Made: .*$/m, '').trimEnd();
      assert.equal(same(text.replaceAll('\r\n', '\n')), same(shown));
    }
    assert.equal(await number(`SELECT count(*) FROM audit WHERE action = 'script.downloaded'`), 3);
  });

  await test('what is printed is the script, and what it does', async () => {
    await admin.emulateMedia({ media: 'print' });
    for (const part of ['.bar', '.rail', '.foot', '.subnav', '.btn'])
      assert.equal(await admin.locator(part).first().isVisible(), false, `${part} is printed`);
    assert.ok(await admin.locator('#run').isVisible());
    assert.ok(await admin.getByRole('heading', { name: 'What it leaves alone' }).isVisible());
    await admin.emulateMedia({ media: null });
  });

  await test('those whom it fits are listed, the most needed first', async () => {
    await admin.goto('/scripts');
    assert.equal(await admin.locator('.grid h2').first().innerText(), 'Share calendars');
    await inspect(admin);
  });

  await test('it is made for those who are ticked in the list of members, or for one', async () => {
    await admin.goto('/members?status=action_needed');
    for (const row of (await admin.locator('tbody [type=checkbox]').all()).slice(0, 3)) await row.check();
    await admin.getByRole('button', { name: 'Script', exact: true }).click();
    await admin.getByRole('link', { name: 'Share calendars' }).click();
    assert.match(await admin.locator('.chips').innerText(), /3 members/);
    const id = await number(`SELECT min(id) FROM member WHERE reason = 'not_delegated'`);
    await admin.goto(`/members/${id}`);
    await admin.getByRole('link', { name: /^Script for the Exchange admin/ }).click();
    assert.match(await admin.locator('.chips').innerText(), /1 member\b/);
    await admin.getByRole('button', { name: 'Check those people now' }).click();
    await admin.waitForURL(`**/members/${id}*`);
    await admin.getByText('The check is asked for.').waitFor();
  });

  await test('a link is made: the form says what is wrong, and keeps what was typed', async () => {
    await admin.goto('/scripts/share');
    await admin.getByRole('link', { name: 'Send it to somebody' }).click();
    await admin.getByLabel('A line from you').fill('Please run it <b>tonight</b>.');
    await admin.locator('main form').evaluate((f) => { f.noValidate = true; });
    await admin.getByLabel('E-mail address').fill('nobody');
    await admin.getByRole('button', { name: 'Make the link' }).click();
    await admin.locator('#email-err').waitFor();
    assert.equal(await admin.getByLabel('A line from you').inputValue(), 'Please run it <b>tonight</b>.');
    await inspect(admin);
    await admin.getByLabel('E-mail address').fill('');
    await admin.getByRole('button', { name: 'Make the link' }).click();
    await admin.getByText('The link is made.').waitFor();
    link = await admin.locator('#url').innerText();
    assert.match(link, /\/script\/[0-9a-f]{64}$/);
    await inspect(admin);
  });

  await test('who has the link reads it without a session, and nothing else of the portal', async () => {
    const answer = await outside.goto(link);
    assert.equal(answer.status(), 200);
    assert.match(answer.headers()['x-robots-tag'], /noindex/);
    assert.match(answer.headers()['referrer-policy'], /strict-origin|no-referrer/);
    await outside.getByText('Please run it <b>tonight</b>.').waitFor();
    assert.match(await outside.locator('main').innerText(), /Avery Stone of .* asks you to run this in Exchange/);
    assert.equal(await outside.locator('.rail, .subnav, a[href^="/members"], a[href^="/overview"]').count(), 0);
    const { bytes } = await load(outside, 'run');
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    await inspect(outside);
    await outside.setViewportSize({ width: 360, height: 740 });
    assert.equal(await wide(outside), '');
    await admin.goto('/scripts/share');
    assert.match(await admin.getByRole('region', { name: 'Table of open links' }).innerText(), /1 time/);
  });

  await test('it is run; they say so, also without scripts; those people turn green', async () => {
    const some = (await lab.sql(`SELECT email FROM member WHERE reason = 'not_delegated' LIMIT 5`)).flat();
    assert.equal(some.length, 5);
    for (const email of some) sim.tell(`mailbox ${email}`, 'grant calendar@example.com Editor');
    const bare = await eyes.page(lab, { javaScriptEnabled: false });
    await bare.goto(link);
    assert.equal(await bare.getByRole('button', { name: /^Copy|^Print/ }).count(), 0, 'no button that does nothing');
    await bare.getByRole('button', { name: 'It has run' }).click();
    await bare.getByText('Thank you. Latchkey looks at those calendars now').waitFor();
    await bare.getByRole('button', { name: 'It has run' }).click();
    await bare.getByText('Thank you. The account admins see that it has run.').waitFor();
    assert.equal(await number(`SELECT count(*) FROM audit WHERE action = 'script.ran'`), 1, 'once in some minutes');
    /* One of the servers sees rights some seconds late: then it is looked once more. */
    await till(async () => {
      if ((await lacking()).every((email) => !some.includes(email))) return true;
      await admin.goto('/scripts/share');
      await admin.getByRole('button', { name: 'Check those people now' }).click();
      return false;
    });
    await admin.goto('/overview');
    await admin.getByText('A script has run').first().waitFor();
  });

  await test('a link that is withdrawn is one that never was', async () => {
    await admin.goto('/scripts/share');
    await admin.getByRole('button', { name: /^Withdraw/ }).click();
    await admin.getByText('The link has ended.').waitFor();
    const gone = await outside.goto(link);
    const was = await outside.locator('main').innerText();
    const never = await outside.goto(`/script/${'0'.repeat(64)}`);
    assert.equal(gone.status(), 404);
    assert.equal(never.status(), 404);
    assert.equal(await outside.locator('main').innerText(), was);
    await inspect(outside);
    assert.deepEqual((await lab.sql(`SELECT DISTINCT action FROM audit WHERE action LIKE 'script.%' ORDER BY action`)).flat(),
      ['script.downloaded', 'script.opened', 'script.ran', 'script.shared', 'script.withdrawn']);
  });

  await test('what is entered beside the connection in use has scripts of its own, for everybody', async () => {
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
      binding, mailbox, method, kind, stage, created) SELECT account_id, name, scheme, host, port, proxy, ca, signin, login, authority,
      tenant, client_id, binding, mailbox, 'impersonation', kind, 1, 1 FROM connection WHERE stage = 2`);
    await admin.goto('/scripts');
    await admin.getByRole('heading', { name: /^For the connection that is being entered/ }).waitFor();
    await inspect(admin);
    await admin.getByRole('link', { name: 'Impersonation of these people' }).click();
    await admin.getByText('It is for the connection that is being entered').waitFor();
    assert.equal(await admin.getByRole('button', { name: 'Check those people now' }).count(), 0);
    const all = await number('SELECT sum(n) FROM member_count WHERE status < 5');
    assert.match(await admin.locator('.chips').innerText(), new RegExp(`${all} members`));
    await lab.sql(`UPDATE connection SET mailbox = '' WHERE stage = 1`);
    await admin.reload();
    await admin.getByText('A script needs the address of the dedicated mailbox').waitFor();
    await lab.sql('DELETE FROM connection WHERE stage = 1');
  });

  await test('a narrower scope says first who would be outside', async () => {
    await lab.ask('stop', 'engine'); /* which would look at everybody again */
    await lab.sql(`UPDATE connection SET method = 'impersonation' WHERE stage = 2`);
    await admin.goto('/scripts/role');
    assert.equal(await admin.getByText('today would be outside').count(), 0);
    const works = await number('SELECT sum(n) FROM member_count WHERE status IN (1, 2)');
    const id = await number('SELECT min(id) FROM member WHERE status = 1');
    await admin.goto(`/scripts/role?id=${id}`);
    await admin.getByText(`${works - 1} members who work today would be outside`).waitFor();
    await inspect(admin);
    await lab.sql(`UPDATE member SET status = 4, reason = 'outside_scope', fixer = 3 WHERE id = ?`, id);
    await admin.goto(`/members/${id}`);
    await admin.getByRole('link', { name: 'Script for the Exchange admin, for all members' }).click();
    assert.equal(await admin.getByText('today would be outside').count(), 0);
  });

  await test('of a long list the first ones are shown, and the file has all', async () => {
    await lab.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO member (account_id, email, name, role, created, name_key, last_key) SELECT 1, 'person' || i || '@example.org',
      'Person ' || i, 0, 1, 'person ' || i, i || ' person' FROM n`);
    await lab.sql(`UPDATE member_count SET n = n + 1200 WHERE kind = 0 AND status = 0 AND reason = 'not_checked'`);
    await lab.sql(`INSERT OR IGNORE INTO member_count (account_id, kind, status, reason, fixer, n) VALUES (1, 0, 0, 'not_checked', 0, 1200)`);
    await admin.goto('/scripts/role');
    await admin.getByText('Here are its beginning and 10 of the people.').first().waitFor();
    assert.equal(await admin.getByRole('button', { name: /^Copy/ }).count(), 0);
    const { bytes } = await load(admin, 'run');
    assert.equal(bytes.toString('utf8').match(/person\d+@example\.org/g).length, 1200);
  });
});
