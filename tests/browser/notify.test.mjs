/* Reminders: an admin writes and previews their words, and a member stops them by the link of a mail: by forms alone. */
import assert from 'node:assert/strict';
import { inspect } from './axe.mjs';
import { accept, run, test } from './lab.mjs';

const KEY = '0123456789abcdef'.repeat(4);
const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const says = (page, text) => page.getByText(text).first().waitFor();

await run({}, async ({ lab, eyes }) => {
  const page = await eyes.page(lab, { javaScriptEnabled: false });
  const nobody = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  const kept = () => lab.sql('SELECT off, alerts_off, instead, text FROM reminding');
  const silent = async () => (await lab.sql('SELECT silent_at > 0 FROM member'))[0][0];
  await accept(page, lab.link, 'Avery Stone');

  await test('a text is previewed, and not saved by that', async () => {
    await page.goto('/settings/notifications');
    await says(page, 'On day 1, 3, 7 and 14');
    await page.getByLabel('Own words in reminders').fill('Dear {name},\n<b>please</b> see {link}.');
    await button(page, 'Preview');
    await says(page, 'As you would get it. Nothing is saved yet.');
    const mail = await page.locator('pre').textContent();
    assert.match(mail, /Dear Avery Stone,\n<b>please<\/b> see http\S+\/me\.\n\n.*plans meetings/);
    assert.equal(await page.getByLabel('Own words in reminders').inputValue(), 'Dear {name},\n<b>please</b> see {link}.');
    /* The engine may have its cursor in the row already. */
    assert.ok((await kept()).every(([off, alerts, instead, text]) => !off && !alerts && !instead && !text));
  });

  await test('then saved, with a switch', async () => {
    await page.getByLabel('Tell of what stops working').uncheck();
    await page.getByLabel('In place of Latchkey’s first paragraph').check();
    await button(page, 'Save');
    await says(page, 'Saved. It holds from the next mail on.');
    assert.deepEqual(await kept(), [[0, 1, 1, 'Dear {name},\n<b>please</b> see {link}.']]);
    assert.equal(await page.getByLabel('Tell of what stops working').isChecked(), false);
    assert.equal(await page.getByLabel('Remind members who must act').isChecked(), true);
  });

  await test('a place that there is not is named, and nothing is lost', async () => {
    await page.getByLabel('Own words in reminders').fill('Dear {nobody},');
    await button(page, 'Save');
    await says(page, 'There is no {nobody}.');
    assert.equal(await page.getByLabel('Own words in reminders').inputValue(), 'Dear {nobody},');
    assert.match((await kept())[0][3], /^Dear {name}/);
  });

  await test('a member stops them, and takes that back', async () => {
    await lab.sql('UPDATE member SET silent_key = ?', KEY);
    await nobody.goto(`/stop/${KEY}`);
    assert.equal(await silent(), 0);
    await button(nobody, 'Stop reminders');
    await nobody.getByRole('heading', { level: 1, name: 'Reminders have stopped' }).waitFor();
    assert.equal(await silent(), 1);
    await button(nobody, 'Send me reminders again');
    await nobody.getByRole('heading', { level: 1, name: 'Reminders come again' }).waitFor();
    assert.equal(await silent(), 0);
  });

  await test('what is said then is sound', async () => {
    const seeing = await eyes.page(lab);
    await seeing.goto(`/stop/${KEY}`);
    await button(seeing, 'Stop reminders');
    await inspect(seeing);
    await button(seeing, 'Send me reminders again');
    await inspect(seeing);
  });
});
