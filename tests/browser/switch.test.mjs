/* From one method to another: chosen, proved with the secret in use, compared, switched to, and back; and
 * disconnected. With scripts, and without at 360 px. */
import assert from 'node:assert/strict';
import { inspect, wide } from './axe.mjs';
import { ADMIN, PASSWORD, accept, connectDemo, demo, see, signIn, test } from './lab.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true }).click();

await see(async ({ eyes, keep }) => {
  const world = await demo(keep);
  const { lab } = world;
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  await connectDemo(page, world);
  const stages = () => lab.sql('SELECT method, stage FROM connection ORDER BY id');
  const sound = (path) => test(`${path} is sound in both themes and sizes`, async () => {
    await page.goto(path);
    await inspect(page);
  });
  const confirm = async (of) => {
    if (!of.url().includes('/confirm')) return;
    await of.getByLabel('Password').fill(PASSWORD);
    await of.locator('main form button.primary').click();
  };

  await test('another method is chosen: its proof begins with that click, and nothing is switched by it', async () => {
    await page.goto('/connection/method');
    await page.locator('label[for=m-dedicated]').click();
    await button(page, 'Save and continue');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    await page.getByRole('heading', { name: /^It works, and nothing was switched/ }).waitFor({ timeout: 60000 });
    assert.deepEqual(await stages(), [['delegate', 2], ['dedicated', 1]]);
    await page.locator('.step.is-ok').filter({ hasText: 'Ready to switch to' }).waitFor();
    await page.getByRole('link', { name: 'Try it on members' }).waitFor();
    await inspect(page);
  });

  await test('the overview says that a change is ready, and leads to what is compared', async () => {
    await page.goto('/overview');
    await page.getByText('A change is ready').waitFor();
    await page.getByRole('link', { name: 'Compare and switch' }).click();
    await page.getByRole('heading', { name: 'Switch to Dedicated mailbox as calendar@example.com' }).waitFor();
    assert.equal(await page.locator('table tbody tr').first().innerText(),
      'Method\tDedicated mailbox with delegate access\tDedicated mailbox');
  });
  await sound('/connection/switch');
  await sound('/connection/test');

  await test('one click switches, one goes back', async () => {
    await page.goto('/connection/switch');
    await button(page, 'Switch now');
    await page.getByText('Switched. What was in use is kept for 7 days').waitFor();
    assert.deepEqual(await stages(), [['delegate', 3], ['dedicated', 2]]);
    await page.getByText('You can go back', { exact: true }).waitFor();
    await inspect(page);
    await button(page, 'Go back');
    await page.getByText('Back. All work goes the way that it went before.').waitFor();
    assert.deepEqual(await stages(), [['delegate', 2], ['dedicated', 3]]);
  });
  await sound('/connection/switch');
  await sound('/connection/rotate');

  await test('two admins: who was slower is told, and nothing is switched', async () => {
    const other = await eyes.page(lab);
    await signIn(other, ADMIN, PASSWORD);
    await other.waitForURL('**/overview*');
    await page.goto('/connection/switch');
    await confirm(page);
    await other.goto('/connection/switch');
    await button(other, 'Go back');
    await other.getByText('Back. All work').waitFor();
    await button(page, 'Go back');
    await page.getByText('The connections are not what you saw').waitFor();
    assert.deepEqual(await stages(), [['delegate', 3], ['dedicated', 2]]);
    await inspect(page);
    await other.context().close();
  });

  await test('before anybody is disconnected it is said whom that affects', async () => {
    await page.goto('/connection/test');
    await page.getByRole('link', { name: 'Disconnect', exact: true }).click();
    await page.getByRole('heading', { name: 'Disconnect 1 member?' }).waitFor();
    await page.getByText('Nothing in Exchange is changed').waitFor();
    await inspect(page);
  });

  await test('disconnected and connected again, without scripts at 360 px', async () => {
    const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    await bare.context().addCookies(await page.context().cookies());
    await bare.goto('/connection/disconnect');
    await bare.getByLabel('Reason').fill('We try something else');
    await button(bare, 'Disconnect 1 member');
    await bare.getByRole('heading', { name: 'Disconnected', exact: true }).waitFor();
    await bare.getByText('Dedicated mailbox as calendar@example.com was in use. Avery Stone disconnected it').waitFor();
    await bare.getByText('We try something else').waitFor();
    assert.equal(await wide(bare), '');
    assert.deepEqual(await stages(), [['delegate', 3], ['dedicated', 3]]);
    for (const path of ['/connection/test', '/connection/switch', '/connection/rotate', '/members', '/me']) {
      await bare.goto(path);
      assert.equal(await wide(bare), '', path);
    }
    await page.goto('/overview');
    await inspect(page);
    await bare.goto('/overview');
    await button(bare, 'Go back to it');
    await bare.getByText('Back. All work goes the way that it went before.').waitFor();
    assert.deepEqual(await stages(), [['delegate', 3], ['dedicated', 2]]);
    await bare.context().close();
  });
});
