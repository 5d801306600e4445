/* The diagnosis: what is downloaded is what stands there, also what was written into it; with host names or
 * without; found from the connection; sound in both themes, narrow and without scripts. */
import assert from 'node:assert/strict';
import { inspect } from './axe.mjs';
import { ADMIN, Lab, accept, see, signIn, test } from './lab.mjs';

const NOW = Math.floor(Date.now() / 1000);

await see(async ({ eyes, keep }) => {
  const lab = keep(await Lab.start());
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  await lab.ask('stop', 'engine');
  await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant, client_id,
    binding, mailbox, method, created, kind, stage, rev) SELECT id, 'Exchange', 'https', 'exch.quince.test', 443, '', '', 'ntlm', '',
    '', '', '', 'off', 'latch@quince.test', 'delegate', 1, 'exchange', 2, 1 FROM account`);
  await lab.sql(`INSERT OR REPLACE INTO health VALUES (1, 1, 3, 'server_down', 'exch.quince.test does not answer.', '', ?, ?, 0, 0, 0, 4, 0, 0)`,
    NOW - 600, NOW - 60);
  const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await signIn(bare, ADMIN);
  const text = (from) => from.getByLabel('What is saved is exactly what stands here');
  const save = async (from) => {
    const [file] = await Promise.all([from.waitForEvent('download'), from.getByRole('button', { name: 'Save as a file' }).click()]);
    return { name: file.suggestedFilename(), text: Buffer.concat(await (await file.createReadStream()).toArray()).toString() };
  };

  await test('it is found from the connection, and where something is wrong', async () => {
    await page.goto('/overview');
    await page.getByRole('link', { name: 'a diagnosis to send' }).click();
    await page.getByRole('heading', { level: 1, name: 'Diagnosis' }).waitFor();
    await page.goto('/connection/test');
    await page.getByRole('link', { name: 'Diagnosis', exact: true }).click();
    await page.waitForURL('**/diagnosis');
  });

  await test('what is downloaded is what stands there, with what was written into it', async () => {
    await inspect(page);
    const shown = await text(page).inputValue();
    assert.ok(shown.startsWith('Latchkey diagnosis\n') && shown.includes('person-1@domain-1') && shown.includes('server-1.domain-1'), shown);
    assert.ok(!/quince|latch@|Avery/.test(shown), shown);
    const first = await save(page);
    assert.match(first.name, /^latchkey-diagnosis-\d{4}-\d\d-\d\d\.txt$/);
    assert.equal(first.text, shown);
    const mine = `${shown.replace('Settings', 'Struck out')}\n\nIt began on Monday: <ümläut> & "quotes"`;
    await text(page).fill(mine);
    assert.equal((await save(page)).text, mine);
    assert.deepEqual(await lab.sql("SELECT count(*) FROM audit WHERE action = 'diagnosis.downloaded'"), [[2]]);
  });

  await test('host names stay when that is ticked, without scripts as well', async () => {
    await bare.goto('/diagnosis');
    await bare.getByLabel('Leave host names readable').check();
    await bare.getByRole('button', { name: 'Make it anew' }).click();
    await bare.getByText('Host names are readable in it.').waitFor();
    const shown = await text(bare).inputValue();
    assert.ok(shown.includes('exch.quince.test') && !shown.includes('latch@'), shown);
    assert.equal((await save(bare)).text, shown);
    assert.deepEqual(await lab.sql("SELECT detail FROM audit WHERE action = 'diagnosis.downloaded' ORDER BY seq DESC LIMIT 1"),
      [['Host names were left as they are.']]);
    await page.goto('/diagnosis?hosts=1');
    await inspect(page);
  });

  await test('nothing is no file, and is told beside the field', async () => {
    await bare.goto('/diagnosis');
    await text(bare).evaluate((el) => el.removeAttribute('required')).catch(() => {});
    await text(bare).fill(' ');
    await bare.getByRole('button', { name: 'Save as a file' }).click();
    await bare.locator('#text-err').waitFor();
  });
});
