/* One member as an admin sees them, with the real engine and a simulated Exchange: rights that are
 * lost, busy time without a subject, editing, deactivating, removing; with scripts and without. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from './axe.mjs';
import { Lab, Sim, accept, see, test } from './lab.mjs';

const HOST = 'mail.example.localhost';
const MAILBOX = 'svc@example.test';
const SUBJECT = 'Planted-Surgery-Of-Casey';
const SECRET = 'Planted-Lantern-Right-81';
const DAY = 86400000;
const monday = Math.floor(Date.now() / DAY) * DAY - ((new Date().getUTCDay() + 6) % 7) * DAY;
const on = (day) => new Date(monday + day * DAY).toISOString().slice(0, 10);
const WORLD = `organisation "Example"
seed 13
clock now
premise hq onprem 2016 host ${HOST}
  zone UTC
  schemes basic ntlm
  latency base 15
domain example.test premise hq website none
mailbox ${MAILBOX} "Connector"
  kind dedicated
  login svc
  password "${SECRET}"
mailbox casey@example.test "Casey Marsh"
  grant ${MAILBOX} Editor
  event "${SUBJECT}" ${on(1)}T09:00 1h at "${SUBJECT} Ward"
  event "${SUBJECT} maybe" ${on(1)}T09:30 90m tentative
  event "${SUBJECT} free" ${on(2)}T09:30 90m free
  event "${SUBJECT} away" ${on(3)} away
`;

const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const says = (page, text) => page.getByText(text).first().waitFor();
const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

/* Every file below a directory that holds the text. */
function holding(dir, text) {
  const found = [];
  for (const name of readdirSync(dir)) {
    const file = path.join(dir, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) found.push(...holding(file, text));
    else if (stat?.isFile() && readFileSync(file).includes(text)) found.push(file);
  }
  return found;
}

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const { port } = sim.face('ews');
  const file = path.join(lab.dir, 'typed');
  writeFileSync(file, SECRET, { mode: 0o600 });
  await lab.ctl('egress', 'allow', `127.0.0.1 ${port}`);
  const page = await eyes.page(lab, { permissions: ['clipboard-read', 'clipboard-write'] });
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  await lab.ctl('invite', 'casey@example.test', '--name', 'Casey Marsh');
  const [[id]] = await lab.sql("SELECT id FROM member WHERE email = 'casey@example.test'");
  const here = `/members/${id}`;

  await test('a member whom nobody has looked at, and no connection', async () => {
    await page.goto(here);
    await h1(page, 'Casey Marsh');
    await page.getByRole('heading', { level: 2, name: 'Not checked' }).waitFor();
    await says(page, 'There is no connection yet, so no calendar can be looked at.');
    await button(page, 'Check now');
    await page.getByRole('alert').getByText('There is no connection yet').waitFor();
    await button(page, 'Read the week now');
    await page.getByRole('alert').getByText('There is no connection yet').waitFor();
    await inspect(page);
  });

  await lab.ctl('connection', 'add', 'Main', '--secret-file', file, '--server', `${HOST}:${port}`, '--mailbox', MAILBOX,
    '--login', 'EXAMPLE\\svc', '--signin', 'ntlm', '--method', 'delegate');
  const plain = await eyes.bare(lab, page);

  await test('a calendar that is shared, and then is not, is seen at once by who asks', async () => {
    await page.goto(here);
    await button(page, 'Check now');
    await page.getByRole('heading', { level: 2, name: 'Connected' }).waitFor({ timeout: 30000 });
    sim.tell('mailbox casey@example.test', `  revoke ${MAILBOX}`);
    await button(page, 'Check now');
    const verdict = page.getByRole('heading', { level: 2, name: /^Limited: / });
    await verdict.waitFor({ timeout: 30000 });
    await page.getByRole('heading', { level: 3, name: /^Who can fix it: Casey Marsh/ }).waitFor();
    await page.locator('#member ol li').filter({ hasText: MAILBOX }).first().waitFor();
    assert.match(await page.locator('#command').textContent(), /'casey@example\.test'/);
    await page.getByRole('button', { name: 'Copy the commands' }).click();
    await page.locator('.toast').getByText('Copied').waitFor();
    const row = page.locator('tr').filter({ hasText: /^Open/ });
    assert.match(await row.textContent(), /No.*Yes/s);
    await page.locator('.timeline').getByText('Connected → Limited').waitFor();
    await page.locator('aside').getByText('Our request id').waitFor();
    await inspect(page);
    sim.tell('mailbox casey@example.test', `  grant ${MAILBOX} Editor`);
  });

  await test('busy time is read when asked for: blocks and their kinds, and nothing else anywhere', async () => {
    await page.goto(here);
    await says(page, 'Not read in the last 24 hours.');
    await button(page, 'Read the week now');
    await page.locator('.week').first().waitFor({ timeout: 30000 });
    const drawn = page.locator('.week svg').first();
    const words = await drawn.getAttribute('aria-label');
    assert.match(words, /8 to 18 o’clock\. Tuesday 9 to 10 and tentative 9:30 to 11\. Thursday away all day\.$/);
    const box = (kind) => drawn.locator(`rect.${kind}`).evaluate((r) => ['x', 'y', 'width', 'height'].map((a) => r.getAttribute(a)));
    assert.deepEqual(await box('busy'), ['1.05', '1.00', '0.45', '1.00']);
    assert.deepEqual(await box('tent'), ['1.50', '1.50', '0.45', '1.50']);
    assert.deepEqual(await box('away'), ['3.05', '0.00', '0.90', '10.00']);
    assert.equal(await drawn.locator('rect.tent').getAttribute('stroke-dasharray'), '4 3');
    await says(page, '3 blocks are kept, for a day: start, end and kind of each.');
    assert.doesNotMatch(await page.content(), /Surgery/);
    assert.notDeepEqual(holding(lab.dir, 'casey@example.test'), [], 'it is looked for where things are kept');
    assert.deepEqual(holding(lab.dir, 'Planted-Surgery'), []);
    await inspect(page);
    await page.goto('/audit');
    await page.getByText('Busy time of a person looked at').first().waitFor();
    await page.goto(here);
    await says(page, 'It was read in the last 24 hours, and is shown to who asked for it.');
    assert.equal(await page.locator('.week').count(), 0, 'a look at the page alone is not in the log, so it shows none');
  });

  await test('name and calendar address are edited; who comes second is told, and keeps what was typed', async () => {
    await plain.goto(`${here}/edit`);
    await page.goto(`${here}/edit`);
    await page.getByLabel('Name', { exact: true }).fill('Casey Marsh-Vale');
    await page.getByLabel('Calendar address').fill('Casey.Marsh@example.test');
    await button(page, 'Save');
    await says(page, 'What you changed is saved.');
    await h1(page, 'Casey Marsh-Vale');
    await page.locator('aside dd').getByText('casey.marsh@example.test').waitFor();
    await page.locator('.timeline').getByText('Name or address changed').waitFor();
    await plain.getByLabel('Name', { exact: true }).fill('Cas');
    await button(plain, 'Save');
    await plain.getByRole('alert').getByText('Somebody else has changed this person meanwhile.').waitFor();
    assert.equal(await plain.getByLabel('Name', { exact: true }).inputValue(), 'Cas');
    await plain.getByLabel('Calendar address').fill('');
    await button(plain, 'Save');
    await h1(plain, 'Cas');
  });

  await test('without scripts: deactivated and activated', async () => {
    await plain.getByRole('link', { name: 'Edit', exact: true }).click();
    await button(plain, 'Deactivate Cas');
    await says(plain, 'Deactivated.');
    await plain.getByRole('heading', { level: 2, name: 'Deactivated' }).waitFor();
    assert.equal(await plain.getByRole('button', { name: 'Check now' }).count(), 0);
    assert.equal(await plain.locator('.week').count(), 0);
    assert.deepEqual(await lab.sql('SELECT count(*) FROM week'), [[0]]);
    await page.goto(here);
    await inspect(page);
    await page.goto(`${here}/edit`);
    await inspect(page);
    await plain.getByRole('link', { name: 'Activate…' }).click();
    await button(plain, 'Activate Cas');
    await says(plain, 'Activated.');
    await plain.getByRole('heading', { level: 2, name: 'Not checked' }).waitFor();
  });

  await test('without scripts: the question says what goes and what stays; then all of it is gone', async () => {
    await plain.goto(`${here}/remove`);
    await says(plain, 'busy time that was read');
    await says(plain, 'The calendar itself and every right');
    await plain.getByRole('link', { name: 'Keep Cas' }).click();
    await plain.getByRole('link', { name: 'Remove…' }).click();
    await button(plain, 'Remove Cas');
    await says(plain, 'The person is removed.');
    for (const table of ['week', 'member_event', 'invitation']) {
      assert.deepEqual(await lab.sql(`SELECT count(*) FROM ${table} WHERE member_id = ?`, id), [[0]], table);
    }
    assert.equal((await page.goto(here)).status(), 404);
  });
});
