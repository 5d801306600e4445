/* The list of members: find, filter, sort and page; a selection, a page, all that match: looked at,
 * exported, deactivated, removed; progress that arrives by itself; sound in both themes, narrow, by
 * keyboard alone and without scripts. Rows are written as the engine writes them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inspect, wide } from './axe.mjs';
import { ADMIN, Lab, accept, reach, see, signIn, test } from './lab.mjs';

const DAY = 86400;
const NOW = Math.floor(Date.now() / 1000);
const FIRST = ['Blake', 'Casey', 'Dana', 'Ellis', 'Finley', 'Harper', 'Jordan', 'Kai', 'Lane', 'Morgan', 'Quinn', 'Rowan', 'Zoë'];
const LAST = ['Rivers', 'Marsh', 'Field', 'Brook', 'Woods', 'Dune', 'Reed', 'Thorne', 'Porter', 'Lake'];
/* status, reason, fixer, grants (two bits each: busy, open, read, create, change, remove) */
const KINDS = [
  [1, 'ok', 0, 0xaaa], [1, 'ok', 0, 0xaaa], [1, 'ok', 0, 0xaaa], [2, 'rights_too_low', 1, 0x56a], [3, 'not_delegated', 1, 0x555],
  [4, 'no_mailbox', 2, 0x555], [0, 'not_checked', 0, 0], [3, 'not_delegated', 3, 0x555],
];

const seed = async (lab) => {
  const people = FIRST.flatMap((first, i) => LAST.map((last, k) => [first, last, KINDS[(i * 10 + k) % KINDS.length], i * 10 + k]));
  const rows = people.map(([first, last, [status, reason, fixer, grants], n]) => {
    const email = `${first}.${last}@example.com`.toLowerCase().replace('ë', 'e');
    const key = `${first} ${last}`.toLowerCase().replace('ë', 'e');
    const checked = status === 0 ? 0 : NOW - 60 - n * 10 - (n === 3 ? 2 * DAY : 0);
    return `(1, '${email}', '${first} ${last}', 0, 1, '${key}', '${key.split(' ').reverse().join(' ')}', ${status}, '${reason}', ${fixer},
      ${grants}, ${checked}, ${checked}, '${n === 8 ? 'server_down' : 'ok'}', ${NOW + DAY})`;
  });
  await lab.sql(`INSERT INTO member (account_id, email, name, role, created, name_key, last_key, status, reason, fixer, grants,
    checked_at, tried_at, tried, next_at) VALUES ${rows.join(',')}`);
  await lab.sql('DELETE FROM member_count');
  await lab.sql(`INSERT INTO member_count (account_id, kind, status, reason, fixer, n)
    SELECT account_id, kind, status, reason, fixer, count(*) FROM member GROUP BY 1, 2, 3, 4, 5`);
  await lab.sql('UPDATE account SET people = (SELECT count(*) FROM member)');
  await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
    binding, mailbox, method, created, kind, stage) SELECT id, 'Exchange', 'https', 'mail.example.com', 443, '', '', 'ntlm', '', '', '',
    '', 'off', 'scheduling@example.com', 'delegate', 1, 'exchange', 2 FROM account`);
};

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await signIn(bare, ADMIN);
  const one = async (text, ...values) => (await lab.sql(text, ...values))[0][0];
  const names = (from = page) => from.locator('tbody th').evaluateAll((all) => all.map((e) => e.firstChild.textContent));
  const say = async () => (await page.locator('.pager .num').innerText()).trim();
  const tick = (name, from = page) => from.getByLabel(`Select ${name}`).check();

  await test('who is alone here is told so by the numbers, and what to do next is a click away', async () => {
    await page.goto('/members');
    assert.deepEqual(await names(), ['Avery Stone']);
    for (const [name, href] of [['Add', '/members/add'], ['Import', '/members/import'], ['Directory', '/members/find']])
      assert.equal(await page.getByRole('link', { name, exact: true }).getAttribute('href'), href);
    await page.goto('/members?q=nobody');
    await page.getByRole('heading', { name: 'Nobody matches' }).waitFor();
    await inspect(page);
  });
  await seed(lab);
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = 1');

  await test('the list is sound, wide and narrow, light and dark', async () => {
    await page.goto('/members');
    assert.equal(await say(), `Avery Stone to ${(await names()).at(-1)}, 50 of 131`);
    assert.equal(await page.locator('.rail .count').first().innerText(), '131');
    await tick('Avery Stone');
    await inspect(page);
    if (process.env.LATCHKEY_SHOTS) {
      for (const colorScheme of ['light', 'dark']) {
        for (const width of [1280, 360]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 900 });
          await page.screenshot({ path: `${process.env.LATCHKEY_SHOTS}/members-${colorScheme}-${width}.png` });
        }
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });

  await test('pages follow one another, nobody is left out and nobody comes twice', async () => {
    await page.goto('/members');
    const all = await names();
    for (let i = 0; i < 2; i += 1) {
      await page.getByRole('link', { name: 'Next page' }).click();
      await page.waitForURL('**after=*');
      if (i === 1) await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 31);
      all.push(...await names());
    }
    assert.equal(all.length, 131);
    assert.equal(new Set(all).size, 131);
    assert.equal(await page.getByRole('link', { name: 'Next page' }).count(), 0);
    await page.getByRole('link', { name: 'First page' }).click();
    await page.waitForURL((url) => !url.search.includes('after'));
    await reach(page, page.getByRole('link', { name: 'Next page' }));
    await page.keyboard.press('Enter');
    await page.waitForURL('**after=*');
    await bare.goto('/members');
    await bare.getByRole('link', { name: 'Next page' }).click();
    assert.deepEqual(await names(bare), all.slice(50, 100), 'without scripts they are the same');
    assert.equal(await wide(bare), '');
  });

  await test('a search finds the beginning of names, last names and addresses as one types', async () => {
    await page.goto('/members');
    await page.getByLabel('Search members').pressSequentially('zoe');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 10);
    assert.match(page.url(), /q=zoe/);
    await page.getByLabel('Search members').fill('reed');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 13);
    await page.getByRole('link', { name: /Begins with .reed/ }).click();
    await page.waitForURL((url) => !url.search.includes('q='));
  });

  await test('filters say how many there are, join, stand in the address and can be taken away', async () => {
    await page.goto('/members');
    const action = page.getByRole('link', { name: /^Action needed/ });
    const count = await one('SELECT count(*) FROM member WHERE status = 3');
    assert.equal(await action.locator('b').innerText(), String(count));
    await action.click();
    await page.waitForURL('**status=action_needed*');
    assert.match(await say(), new RegExp(` of ${count}$`));
    await page.getByLabel('Who must act').selectOption('exchange_admin');
    const both = await one('SELECT count(*) FROM member WHERE status = 3 AND fixer = 3');
    await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, both);
    assert.match(page.url(), /status=action_needed.*|fixer=exchange_admin/);
    await page.getByRole('link', { name: /Exchange admin must act/ }).click();
    await page.waitForURL((url) => !url.search.includes('fixer=e'));
    assert.match(await say(), new RegExp(` of ${count}$`));
    await page.goto('/members');
    const old = page.getByRole('link', { name: /Seen more than a day ago/ });
    assert.equal(await old.locator('b').innerText(), '1', 'who was never seen is not among them');
    await old.click();
    await page.waitForURL('**seen=old*');
    assert.match(await say(), / of 1$/);
    assert.equal(await page.locator('tbody .stale', { hasText: 'older than a day' }).count(), 1);
  });

  await test('a click on a column sorts by it, a second one turns it round', async () => {
    await page.goto('/members');
    await page.getByRole('link', { name: 'Status', exact: true }).click();
    await page.waitForURL('**sort=status*');
    assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
    assert.match(await page.locator('tbody tr').first().innerText(), /Not checked/);
    await page.getByRole('link', { name: 'Status', exact: true }).click();
    await page.waitForURL('**sort=-status*');
    assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
    assert.match(await page.locator('tbody tr').first().innerText(), /Blocked/);
    await page.getByRole('link', { name: 'Last checked' }).click();
    await page.waitForURL('**sort=checked*');
    assert.match(await page.locator('tbody tr').first().innerText(), /Not yet/);
  });

  await test('a selection is looked at; how far that has come is above the list, with a way to stop it', async () => {
    await page.goto('/members?status=action_needed');
    const [mended] = await names();
    await tick(mended);
    await page.locator('tbody input').nth(1).check();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('The check is on its way').waitFor();
    assert.match(await page.locator('.callout').last().innerText(), /The engine is not running/);
    const params = await one("SELECT params FROM job WHERE kind = 'check'");
    assert.match(params, /^ids=\d+\.\d+$/);
    await inspect(page);
    /* As the engine would write it. */
    await lab.sql('UPDATE engine SET seen = ?', NOW + 600);
    await lab.sql("UPDATE job SET state = 1, due_at = 9e9, outcome = '', ended = 0 WHERE kind = 'check'");
    await lab.sql('INSERT OR REPLACE INTO job_progress (job_id, total, done, failed, counted, cursor, began, seen) '
      + "SELECT id, 120, 40, 0, 1, 0, ?, ? FROM job WHERE kind = 'check'", NOW - 20, NOW);
    await page.getByText(/40 of 120 members. 2 a second, about 40 seconds left/).waitFor();
    await lab.sql("UPDATE job SET state = 2, ended = ?, outcome = '120 members were looked at.' WHERE kind = 'check'", NOW + 30);
    await lab.sql("UPDATE member SET status = 1, reason = 'ok', fixer = 0 WHERE name = ?", mended);
    await page.getByText('120 members were looked at.').waitFor();
    assert.equal((await names()).includes(mended), false);
    assert.equal(await page.locator('[data-poll]').count(), 0);
    await lab.sql('DELETE FROM job');
  });
  await lab.sql('UPDATE engine SET seen = 1');
  await lab.ask('engine');

  await test('a page is deactivated after a question, and one of it activated', async () => {
    const count = await one('SELECT count(*) FROM member WHERE status = 4');
    await page.goto('/members?status=blocked');
    await page.getByLabel('Select everyone on this page').check();
    assert.equal(await page.locator('tbody :checked').count(), count);
    await page.getByRole('button', { name: 'Deactivate…' }).click();
    await page.getByRole('heading', { name: `Deactivate ${count} members?` }).waitFor();
    await inspect(page);
    await page.getByRole('button', { name: `Deactivate ${count} members` }).click();
    await page.getByText(`${count} members are deactivated.`).waitFor();
    assert.equal(await one('SELECT count(*) FROM member WHERE off_at > 0'), count);
    await page.goto('/members?status=deactivated');
    await tick((await names())[0]);
    await page.getByRole('button', { name: 'Activate…' }).click();
    await page.getByRole('button', { name: 'Activate 1 member' }).click();
    await page.getByText('1 member is active again.').waitFor();
  });

  await test('all that match may be more than a page; whoever asks stays', async () => {
    await page.goto('/members');
    await tick('Blake Rivers');
    await page.getByLabel('All 131').check();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('heading', { name: 'Remove 131 members?' }).waitFor();
    await page.getByText('and 121 more').waitFor();
    await page.getByRole('link', { name: 'Leave them as they are' }).click();
    await page.getByLabel('Search members').fill('zoe');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 10);
    await page.getByLabel('Select everyone on this page').check();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove 10 members' }).click();
    await page.getByText('10 members are removed.').waitFor();
    assert.equal(await one("SELECT count(*) FROM member WHERE name LIKE 'Zo%'"), 0);
    await page.goto('/members');
    assert.equal(await page.locator('.rail .count').first().innerText(), '121');
  });

  await test('what is chosen is exported', async () => {
    await page.goto('/members?q=blake+r');
    await tick('Blake Rivers');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    const text = readFileSync(await file.path(), 'utf8').split('\r\n');
    assert.equal(text[0], '"email","name","role","calendar","status","reason","who","rights","since","checked","tried"');
    assert.match(text[1], /^"blake.rivers@example.com","Blake Rivers","member","","connected","ok","",/);
    assert.equal(text.length, 3);
  });

  await test('the keyboard alone selects and acts', async () => {
    await page.goto('/members?status=limited');
    await page.getByLabel('Select everyone on this page').focus();
    await page.keyboard.press('Space');
    const count = await page.locator('tbody :checked').count();
    assert.ok(count > 1);
    await page.getByRole('button', { name: 'Deactivate…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Deactivate ${count} members?` }).waitFor();
    await page.getByRole('link', { name: 'Leave them as they are' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**status=limited*');
  });

  await test('without scripts, and narrow, all of it works', async () => {
    await bare.goto('/members');
    await bare.getByLabel('Search members').fill('lane');
    await bare.getByRole('button', { name: 'Search' }).click();
    assert.ok((await names(bare)).every((name) => /lane|lake/i.test(name)));
    await bare.getByLabel('Select everyone on this page').check();
    await bare.getByRole('button', { name: 'Deactivate…' }).click();
    const head = await bare.getByRole('heading', { level: 1 }).innerText();
    assert.match(head, /^Deactivate \d+ members\?$/);
    await bare.getByRole('button', { name: /^Deactivate/ }).click();
    await bare.waitForURL('**/members?done=bulk');
    await bare.goto('/members');
    await tick('Avery Stone', bare);
    await bare.getByRole('button', { name: 'Deactivate…' }).click();
    await bare.getByRole('button', { name: /^Deactivate/ }).click();
    for (let i = 0; i < 100 && !(await bare.getByText('1 stayed as they were').count()); i += 1) await bare.goto('/members');
    assert.equal(await bare.getByText('1 stayed as they were').count(), 1);
    await bare.getByRole('link', { name: /^All/ }).click();
    assert.equal(await one("SELECT off_at FROM member WHERE name = 'Avery Stone'"), 0);
  });
});
