/* A member shares their calendar: with the engine and an Exchange, from "not shared" by way of a level
 * that is too low to green, each time by one press of a button. */
import assert from 'node:assert/strict';
import { accept, connectDemo, demo, see, test } from './lab.mjs';

const WHO = 'noor.rahman@example.com';

await see(async ({ eyes, keep }) => {
  const world = await demo(keep);
  const { lab, sim } = world;
  const admin = await eyes.page(lab);
  await accept(admin, lab.link, 'Avery Stone');
  await admin.waitForURL('**/overview*');
  await connectDemo(admin, world);
  const { link } = await lab.ctl('invite', WHO, '--name', 'Noor Rahman');
  const page = await eyes.page(lab);
  const bare = await eyes.page(lab, { javaScriptEnabled: false });
  const title = () => page.locator('h1').innerText();
  const press = (of) => of.getByRole('button', { name: 'Check me now' }).click();
  const sees = (text) => page.getByText(text).waitFor({ timeout: 30000 });

  await test('who has not shared the calendar is told so, and how to', async () => {
    await accept(page, link, 'Noor Rahman');
    await page.waitForURL((url) => url.pathname === '/me');
    await press(page);
    await sees('Your calendar is not shared yet.');
    assert.equal(await page.locator('#mb').innerText(), 'calendar@example.com');
    await bare.context().addCookies(await page.context().cookies());
  });

  await test('a level that is too low is seen, and named', async () => {
    sim.tell(`mailbox ${WHO}`, 'grant calendar@example.com Reviewer');
    const began = Date.now();
    await press(page);
    await sees('The calendar opens now, but is shared only to be viewed: bookings cannot be put into it.');
    assert.ok(Date.now() - began < 20000, 'within seconds');
    assert.equal(await title(), 'Your calendar is shared, but not with enough rights.');
    assert.match(await page.locator('.panel:visible').innerText(), /Change its level to “Can edit”/);
  });

  await test('shared far enough, it is green; taken back, it is not, also without scripts', async () => {
    sim.tell(`mailbox ${WHO}`, 'grant calendar@example.com Editor');
    await press(page);
    await sees('That worked: thank you.');
    assert.equal(await title(), 'Your calendar is connected.');
    sim.tell(`mailbox ${WHO}`, 'revoke calendar@example.com');
    await bare.goto('/me');
    await press(bare);
    const refresh = bare.getByRole('link', { name: 'Refresh' });
    for (let i = 0; i < 60 && await refresh.count(); i += 1) {
      await bare.waitForTimeout(500);
      await refresh.click();
    }
    assert.equal(await bare.locator('h1').innerText(), 'Your calendar is not shared yet.');
  });
});
