/* Impact first: a pause, a removal, a deactivation, another mailbox: each says in numbers and names whom it
 * affects before it is done, is asked again when there are more by then, and works without scripts. Rows are
 * written as the engine writes them. */
import assert from 'node:assert/strict';
import { inspect } from './axe.mjs';
import { ADMIN, Lab, accept, see, signIn, test } from './lab.mjs';

const NOW = Math.floor(Date.now() / 1000);
const PEOPLE = 243; /* with the admin */

const recount = async (lab) => {
  await lab.sql('DELETE FROM member_count');
  await lab.sql(`INSERT INTO member_count (account_id, kind, status, reason, fixer, n)
    SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5`);
  await lab.sql('UPDATE account SET people = (SELECT count(*) FROM member WHERE kind = 0)');
};

/* One in three waits for the member, one in ten is limited; rooms beside them. */
const seed = async (lab) => {
  await lab.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO member (account_id, email, name, role, created, name_key, last_key, kind, status, reason, fixer, grants,
    checked_at, tried_at, next_at) SELECT 1, 'person' || i || '@example.com', 'Person ' || printf('%03d', i), 0, 1,
    'person ' || printf('%03d', i), printf('%03d', i) || ' person', 0, s, CASE s WHEN 1 THEN 'ok' WHEN 2 THEN 'rights_too_low'
    ELSE 'not_delegated' END, CASE s WHEN 1 THEN 0 ELSE 1 END, 2730, ?, ?, ? FROM
    (SELECT i, CASE WHEN i % 3 = 0 THEN 3 WHEN i % 10 = 0 THEN 2 ELSE 1 END AS s FROM n)`, PEOPLE - 1, NOW - 60, NOW - 60, NOW + 86400);
  await lab.sql(`INSERT INTO member (account_id, email, name, role, created, name_key, last_key, kind, status, reason, fixer)
    VALUES (1, 'oak@example.com', 'Room Oak', 0, 1, 'room oak', 'oak room', 1, 1, 'ok', 0)`);
  await lab.sql(`INSERT INTO room (member_id, account_id) SELECT id, 1 FROM member WHERE kind = 1`);
  await recount(lab);
  await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
    binding, mailbox, method, created, kind, stage, rev) SELECT id, 'Exchange', 'https', 'mail.example.com', 443, '', '', 'ntlm', '',
    '', '', '', 'off', 'scheduling@example.com', 'delegate', 1, 'exchange', 2, 1 FROM account`);
};

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const casey = await lab.ctl('invite', 'casey@example.com', '--name', 'Casey Moss', '--role', 'admin');
  const other = await eyes.page(lab);
  await accept(other, casey.link, 'Casey Moss');
  await other.waitForURL('**/overview*');
  await lab.ask('stop', 'engine');
  await lab.sql("UPDATE member SET status = 1, reason = 'ok', fixer = 0");
  await seed(lab);
  const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await signIn(bare, ADMIN);
  await lab.sql('UPDATE session SET fresh = fresh + 3600');
  const h1 = (name, from = page) => from.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const main = (from = page) => from.locator('main').innerText();
  const says = async (words, from = page) => {
    const text = (await main(from)).replace(/\s+/g, ' ');
    for (const word of words) assert.ok(text.includes(word), `"${word}" is not in: ${text}`);
  };
  const id = async (where) => (await lab.sql(`SELECT min(id) FROM member WHERE ${where}`))[0][0];
  /* Somebody else adds a member meanwhile. */
  const another = async (n) => {
    await lab.sql(`INSERT INTO member (account_id, email, name, role, created, name_key, last_key, status, reason, fixer)
      VALUES (1, ?, 'Person Late', 0, 1, 'person late', 'late person', 1, 'ok', 0)`, `late${n}@example.com`);
    await recount(lab);
  };

  await test('a pause says who is not looked at, what stops, what waits, and until when nothing is lost', async () => {
    await lab.sql(`INSERT INTO job (account_id, kind, params, state, run_at, due_at, made_by, by_name, request, created) VALUES
      (1, 'check', 'x=1', 0, 9e9, 9e9, 1, '', '', 1), (1, 'test', 'x=1', 0, 9e9, 9e9, 1, '', '', 1),
      (1, 'test', 'x=2', 0, 9e9, 9e9, 1, '', '', 1), (1, 'import', 'x=1', 0, 9e9, 9e9, 1, '', '', 1)`);
    await page.goto('/connection/pause');
    await h1('Pause the connection for 244 members?');
    await says(['244 members and 1 room are not looked at', 'for the 164 that work today', 'Under way now: 1 check of calendars: ended;',
      'Under way now: 2 tests of the connection: stopped.', 'Mails wait, because they leave through scheduling@example.com. 0 are waiting now.',
      'Reminders wait', 'The last verdicts are shown, with their age.', 'With the button Resume',
      'Nothing is lost for 2 days.']);
    assert.ok(!(await main()).includes('import'), 'what does not ask Exchange goes on');
    assert.equal(await page.getByRole('link', { name: 'Connected 148' }).getAttribute('href'), '/members?status=connected');
    await inspect(page);
  });

  await test('it is asked again when there are more by then; without scripts it is done and undone', async () => {
    await bare.goto('/connection/pause');
    await another(1);
    await bare.getByLabel('Reason').fill('The server is moved');
    await bare.getByRole('button', { name: 'Pause the connection for 244 members' }).click();
    await says(['The page said 244, now there are 245'], bare);
    assert.equal(await bare.getByLabel('Reason').inputValue(), 'The server is moved');
    await bare.getByRole('button', { name: 'Pause the connection for 245 members' }).click();
    await bare.getByText('The connection is paused.').first().waitFor();
    await bare.getByRole('button', { name: 'Resume' }).click();
    await bare.getByText('The connection is resumed.').first().waitFor();
    await lab.sql('DELETE FROM job');
  });

  await test('who is removed is named and counted, with what is tied to them, and a file comes first', async () => {
    const ids = await Promise.all(['email = ?1', 'email LIKE ?1'].map(async (where, i) =>
      (await lab.sql(`SELECT min(id) FROM member WHERE ${where}`, i ? 'person1@%' : 'casey@example.com'))[0][0]));
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
      mailbox, method, created, kind, owner) VALUES (1, 'own', 'https', 'mail.example.com', 443, '', '', 'ntlm', '', '', '', '', '',
      'personal', 1, 'exchange', ?)`, ids[1]);
    await page.goto(`/members/bulk?do=remove&id=${ids.join('.')}`);
    await h1('Remove 2 members?');
    await says(['Casey Moss casey@example.com · Connected', 'Person 001 person1@example.com · Connected', '2 of them work today',
      '1 can sign in today', '1 of them is an account admin.', '1 session and 0 open links end now',
      'The own sign-in to Exchange that 1 entered is erased', 'What they did stays in the audit log', 'Not with a button']);
    await inspect(page);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save the list' }).click()]);
    const lines = (await (await file.createReadStream()).toArray()).join('').trim().split('\n');
    assert.equal(lines.length, 3);
    await page.goto('/members/bulk?do=remove&status=action_needed');
    await h1('Remove 80 members?');
    await says(['Person 003', 'and 70 more: show all of them', 'Action needed 80']);
    assert.ok(!(await main()).includes('Person 033'), 'ten are named');
  });

  await test('without scripts: more than were shown are asked about again, then it is asked for once', async () => {
    await bare.goto('/members/bulk?do=off&status=connected');
    await h1('Deactivate 149 members?', bare);
    await says(['149 of them work today', '2 can sign in today', '2 of them are account admins'], bare);
    await another(2);
    await bare.getByRole('button', { name: 'Deactivate 149 members' }).click();
    await h1('Deactivate 150 members?', bare);
    await says(['The page said 149, now there are 150'], bare);
    assert.deepEqual(await lab.sql("SELECT count(*) FROM job WHERE kind = 'bulk'"), [[0]]);
    await bare.getByRole('button', { name: 'Deactivate 150 members' }).click();
    await bare.getByText('It is on its way.').first().waitFor();
    assert.deepEqual(await lab.sql("SELECT count(*) FROM job WHERE kind = 'bulk'"), [[1]]);
    await lab.sql('DELETE FROM job');
  });

  await test('one member and one room: what removing and deactivating does', async () => {
    const admin = await id("email = 'casey@example.com'");
    for (const path of [`/members/${admin}/edit`, `/members/${admin}/remove`]) {
      await page.goto(path);
      await says(['The calendar works today.', 'They can sign in as account admin today, and cannot any more.', '1 session and 0 open links end now.']);
      await inspect(page);
    }
    await says(['What Latchkey knows is deleted', 'Save it first']);
    await page.goto(`/members/${await id("email = 'person1@example.com'")}/remove`);
    await says(['The own sign-in to Exchange that was entered is erased.']);
    await page.goto(`/rooms/${await id('kind = 1')}/remove`);
    await says(['place and seats that were entered', 'at the latest within a day']);
    await inspect(page);
  });

  await test('another mailbox says whom it concerns by the method, and that nothing changes before the switch', async () => {
    const ask = '/connection/replace?what=other&mailbox=booking%40example.com';
    await page.goto(ask);
    await says(['246 members: each of them, or the Exchange admin with a script for all', 'Nothing changes until you switch.',
      'scheduling@example.com stays in use', '166 that work today']);
    await inspect(page);
    await page.goto(ask.replace('other', 'renamed'));
    await says(['0 of 246 members have to do anything']);
    await lab.sql("UPDATE connection SET method = 'impersonation' WHERE stage = 2");
    await bare.goto(ask);
    await says(['0 of 246 members have to do anything. It is the role, or the permission'], bare);
  });
});
