/* A newcomer's walk, as README tells it: from the one-time sign-in link to a proved connection, and a
 * calendar that opens. It counts what a person does, and fails when that grows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PASSWORD, SRC, demo, see, test } from './lab.mjs';

const MAX = { clicks: 25, seconds: 180 };
/* How long a person takes: to look for the next thing and click it, and to type a field. */
const EACH = { click: 3, field: 8 };

/* Hands that count; the values in the demo organisation are README's. */
class Hands {
  constructor(page) { Object.assign(this, { page, clicks: 0, fields: 0, began: Date.now() }); }

  async click(target) {
    this.clicks += 1;
    await target.click();
  }

  async type(label, text) {
    this.fields += 1;
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  choose(card) { return this.click(this.page.locator(`label[for=${card}]`)); }
  press(name) { return this.click(this.page.getByRole('button', { name, exact: true })); }
  follow(name) { return this.click(this.page.getByRole('main').getByRole('link', { name, exact: true })); }

  say() {
    const wall = Math.round((Date.now() - this.began) / 1000);
    return `${this.clicks} clicks, ${this.fields} fields typed, ${wall} s`;
  }
}

await see(async ({ eyes, keep }) => {
  const { lab, host, port } = await demo(keep);
  const page = await eyes.page(lab);
  const me = new Hands(page);

  await test('1 the sign-in link: a name and a password', async () => {
    me.clicks += 1;
    await page.goto(lab.link);
    await me.type('New password', PASSWORD);
    await me.type('The same once more', PASSWORD);
    await me.press('Accept and sign in');
    await page.waitForURL('**/overview*');
  });

  await test('2 an Exchange server, and delegate access', async () => {
    await me.follow('Set up the connection');
    await me.choose('k-exchange');
    await me.choose('m-delegate');
    await me.press('Save and continue');
    await page.waitForURL('**/connection/credentials');
  });

  await test('3 the mailbox, its server and its password', async () => {
    await me.type('Dedicated mailbox', 'calendar@example.com');
    await me.click(page.getByLabel('I know the address'));
    await me.type('Exchange address', `${host}:${port}`);
    await me.type('Password', 'Blue-Heron-42');
    await me.press('Save and test');
  });

  await test('4 it is proved before one’s eyes, and in use', async () => {
    await page.getByRole('heading', { name: /in use now/ }).waitFor({ timeout: 60000 });
    assert.equal(await page.locator('.step.is-blocked').count(), 0);
    await page.locator('.bar a.pill').filter({ hasText: /Not checked|Healthy/ }).waitFor();
    await page.locator('.subnav a').filter({ hasText: 'Change password' }).waitFor();
  });

  await test('5 the calendar of a colleague opens', async () => {
    await me.follow('Test a person’s calendar');
    await me.type('A test person', 'anna.berg@example.com');
    await me.press('Run the test');
    await page.getByRole('heading', { name: 'Everything works.' }).waitFor({ timeout: 60000 });
    await page.locator('.step:is(.is-ok, .is-limited)').getByText('Delegate access to anna.berg@example.com').waitFor();
    console.log(`# ${me.say()}`);
  });

  await test('6 the overview says that the connection works', async () => {
    await page.goto('/overview');
    await page.getByRole('heading', { name: 'The connection works' }).waitFor();
    await page.getByText('Dedicated mailbox with delegate access, on Exchange Server 2019').waitFor();
    await page.getByText(/calendar@example.com: from new to well/).waitFor();
  });

  await test(`at most ${MAX.clicks} clicks, and less than ${MAX.seconds / 60} minutes of them`, async () => {
    const seconds = me.clicks * EACH.click + me.fields * EACH.field;
    console.log(`# ${seconds} s at ${EACH.click} s a click and ${EACH.field} s a field`);
    assert.ok(me.clicks <= MAX.clicks && seconds < MAX.seconds);
    const told = readFileSync(path.join(SRC, 'README.md'), 'utf8');
    assert.ok(told.includes(`${me.clicks} clicks and ${me.fields} typed fields`), 'README tells the same numbers');
  });
});
