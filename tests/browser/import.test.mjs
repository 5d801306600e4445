/* A list with errors becomes members: uploaded, looked at, filtered, mended, imported; with and without script, with
 * the keyboard alone, wide and narrow. */
import assert from 'node:assert/strict';
import { axe, wide } from './axe.mjs';
import { accept, run, signIn, test, ADMIN } from './lab.mjs';

const VIEWS = [
  { name: 'wide', width: 1280, script: true, theme: 'light' }, { name: 'narrow', width: 360, script: true, theme: 'dark' },
  { name: 'no script', width: 1280, script: false, theme: 'light' },
];

const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const button = (page, name) => page.getByRole('button', { name }).click();
const says = (page, text) => page.getByText(text).and(page.locator(':visible')).first().waitFor();

/* The page as it stands is sound. */
async function sound(page, view) {
  assert.equal(await wide(page), '', 'it scrolls sideways');
  if (view.script) assert.equal((await axe(page, view.name)).join('\n'), '');
}

const list = (tag, rows) => ({
  name: `${tag}.csv`, mimeType: 'text/csv',
  buffer: Buffer.from(`E-Mail;Name;Rolle\r\n${rows.join('\r\n')}\r\n`, 'latin1'),
});

/* Until the page that polls itself, or is loaded again, shows it. */
async function follow(page, text) {
  for (let i = 0; i < 60 && !(await page.getByText(text).count()); i += 1) {
    await page.waitForTimeout(250);
    const refresh = page.getByRole('link', { name: 'Refresh' });
    if (await refresh.count()) await refresh.click().catch(() => {});
  }
  await says(page, text);
}

await run({}, async ({ lab, eyes }) => {
  const first = await eyes.page(lab);
  await accept(first, lab.link, 'Avery Stone');
  await first.waitForURL('**/overview*');

  for (const [n, view] of VIEWS.entries()) {
    const page = await eyes.page(lab, {
      javaScriptEnabled: view.script, colorScheme: view.theme, viewport: { width: view.width, height: 800 },
    });
    const at = (who) => `${who}${n}@example.com`;
    await signIn(page, ADMIN);

    await test(`${view.name}: a form without a list says what is missing`, async () => {
      await page.goto('/members/import');
      await sound(page, view);
      await button(page, 'Look at the list');
      await says(page, 'Nothing has come. Choose a file, or paste a list.');
      await sound(page, view);
    });

    await test(`${view.name}: the dry run tells what each line would do`, async () => {
      await page.getByLabel('A file').setInputFiles(list(`team${n}`, [
        `${at('jurgen')};J\xfcrgen;`, `${at('boss')};Boss;Admin`, `${at('jurgen')};Again;`, 'nobody;No address;', 'admin@example.com;;member',
      ]));
      await button(page, 'Look at the list');
      await h1(page, `team${n}.csv`);
      await says(page, '2 members to add, 0 to change');
      await says(page, 'One line makes an account admin');
      await says(page, 'Jürgen');
      await sound(page, view);
      await page.getByRole('link', { name: /^Refused/ }).first().waitFor();
      await page.getByRole('navigation', { name: 'Filter by what a line does' }).getByRole('link', { name: 'Refused 2' }).click();
      await page.waitForURL('**only=refused');
      assert.equal(await page.locator('tbody tr').count(), 2);
      await sound(page, view);
    });

    await test(`${view.name}: refused lines come back as a file`, async () => {
      const answer = await page.request.get(await page.getByRole('link', { name: 'Refused lines' }).getAttribute('href'));
      assert.match(await answer.text(), /"nobody","No address".*not an e-mail address/);
    });

    await test(`${view.name}: it is imported`, async () => {
      const go = page.getByRole('button', { name: 'Import 2 members' });
      if (view.name === 'narrow') {
        for (let i = 0; i < 60 && !(await go.evaluate((e) => e === document.activeElement)); i += 1) await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
      } else {
        await go.click();
      }
      await follow(page, 'The list is imported');
      await says(page, '2 members added, 0 changed.');
      await sound(page, view);
      assert.deepEqual(await lab.sql('SELECT name, role FROM member WHERE email IN (?, ?) ORDER BY role', at('jurgen'), at('boss')), [['Jürgen', 0], ['Boss', 1]]);
    });

    await test(`${view.name}: the mended lines follow, pasted`, async () => {
      await page.goto('/members/import');
      await says(page, `team${n}.csv`);
      await page.getByLabel('Or paste a list').fill(`email,name\n${at('nobody')},Has one\n${at('jurgen')},J\n`);
      await button(page, 'Look at the list');
      await says(page, '1 member to add, 1 to change');
      await says(page, '"Jürgen" becomes "J"');
      await button(page, 'Throw away');
      await says(page, 'The list is thrown away. Nobody was changed.');
    });

    await test(`${view.name}: one is added`, async () => {
      await page.goto('/members/add');
      await sound(page, view);
      await page.getByLabel('E-mail address').fill(at('solo'));
      await page.locator('input[name=role][value=member]').check();
      await button(page, 'Add member');
      await says(page, 'The member is added.');
    });
  }
});
