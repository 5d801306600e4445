/* The connection's pages with the real engine and a simulated Exchange: a test, a password that does
 * not work, one that does, with scripts and without. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inspect } from './axe.mjs';
import { Lab, MAILBOX, Sim, accept, connect, see, test, world } from './lab.mjs';

const RIGHT = 'Planted-Lantern-Right-81';
const WRONG = 'Planted-Kettle-Wrong-82';
const STOPPED = 4;
const WORLD = world(RIGHT, `mailbox robin@example.test "Robin Vale"
  grant ${MAILBOX} Editor
`);

const heading = (page, name) => page.getByRole('heading', { name }).waitFor({ timeout: 60000 });
const enter = async (page, password) => {
  await page.goto('/connection/rotate');
  await page.getByLabel(`New password of ${MAILBOX}`).fill(password);
  await page.getByRole('button', { name: 'Prove and replace' }).click();
  await page.locator('#slot-next, #slot-former').first().waitFor();
};

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  await connect(lab, sim, WRONG, 'ntlm', 'delegate');
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const plain = await eyes.bare(lab, page);
  const version = async () => (await lab.sql("SELECT version FROM credential WHERE purpose = 'current'"))[0][0];

  await test('a wrong password: the engine stops by itself; once more is one sign-in, and says what failed', async () => {
    for (let i = 0; i < 100 && (await lab.sql('SELECT state FROM health'))[0]?.[0] !== STOPPED; i += 1) {
      await page.waitForTimeout(100);
    }
    await page.goto('/connection/test');
    await page.getByRole('alert').getByText('Stopped: the sign-in was refused').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Run the test' }).count(), 0);
    await inspect(page);
    await page.getByRole('button', { name: 'Try once more' }).click();
    await heading(page, 'Something does not work');
    const failed = page.locator('.step.is-blocked');
    await failed.getByText('Signed in, mailbox opens').waitFor();
    await failed.getByText('What to do').waitFor();
    await inspect(page);
  });

  await test('the right one is proved before the eyes of the admin, and used', async () => {
    const before = await version();
    await enter(page, RIGHT);
    await page.locator('#slot-former').waitFor({ timeout: 60000 });
    assert.notEqual(await version(), before);
    assert.equal(await page.locator('#slot-next').count(), 0);
    await page.reload();
    await page.locator('aside').getByText('Credential replaced').first().waitFor();
    await inspect(page);
    await page.goto('/connection/test');
    await page.getByRole('link', { name: 'The new password is in use now.' }).first().click();
    await page.locator('.step.is-ok').filter({ hasText: 'In use now' }).waitFor();
    await inspect(page);
  });

  await test('a test of a person goes through every step; its report names nobody else', async () => {
    await page.goto('/connection/test');
    await page.getByLabel('A test person').fill('robin@example.test');
    await page.getByRole('button', { name: 'Run the test' }).click();
    await heading(page, 'Everything works.');
    await page.getByText('Delegate access to robin@example.test').waitFor();
    const [kept] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: 'Report for the Exchange admin' }).click()]);
    const text = readFileSync(await kept.path(), 'utf8');
    assert.match(text, /Delegate access to robin@example\.test: done/);
    assert.doesNotMatch(text, /Planted/);
    await inspect(page);
  });

  await test('without scripts: one that does not work changes nothing', async () => {
    const before = await version();
    await enter(plain, WRONG);
    for (let i = 0; i < 60 && await plain.getByText('It did not prove itself').count() === 0; i += 1) {
      await plain.waitForTimeout(500);
      await plain.reload();
    }
    await plain.getByRole('link', { name: 'Nothing was changed: the password was refused.' }).waitFor();
    assert.equal(await version(), before);
    await plain.getByRole('link', { name: 'Throw away the new one' }).waitFor();
    assert.doesNotMatch(await plain.content(), /Planted/);
  });
});
