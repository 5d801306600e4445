/* Every page that an admin has, in both themes, wide and narrow: the rules of WCAG 2.2 A and AA, no
 * sideways scroll at 320 px, and a print without what only a screen needs. */
import assert from 'node:assert/strict';
import { SIZES, axe, inspect, pages, refused } from './axe.mjs';
import { LONG, accept, run, test } from './lab.mjs';

async function prints(page) {
  await page.emulateMedia({ media: 'print' });
  for (const part of ['.bar', '.rail', '.foot', '.skip']) {
    assert.equal(await page.locator(part).first().isVisible(), false, `${part} is printed`);
  }
  assert.ok(await page.locator('h1').first().isVisible());
  await page.emulateMedia({ media: null });
}

await run({}, async ({ lab, peer, eyes }) => {
  const admin = await eyes.page(lab);
  const member = await eyes.page(lab);
  const nobody = await eyes.page(lab);
  const id = async (text, ...values) => (await lab.sql(text, ...values))[0][0];
  await accept(admin, lab.link, 'Avery Stone');
  await admin.waitForURL('**/overview*');
  const invited = await lab.ctl('invite', 'casey.with.a.rather.long.name@department.example.com', '--name',
    'Casey Wilhelmina Featherstonehaugh-Montgomery');
  await accept(member, invited.link, 'Casey Wilhelmina Featherstonehaugh-Montgomery');
  await member.waitForURL((url) => url.pathname === '/me');
  await lab.sql(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 55)
    INSERT INTO member (account_id, email, name, role, created, name_key, last_key) SELECT 1, 'person' || i || '@example.org',
    'Person ' || i, 0, 1, 'person ' || i, i || ' person' FROM n`);
  await lab.ctl('invite', 'robin@example.org', '--name', 'Robin Vale');

  const look = async (port, host = '127.0.0.1') => {
    await admin.goto('/connection/look');
    await admin.getByLabel('Server name').fill(host);
    await admin.getByLabel('Port').fill(String(port));
    await admin.getByRole('button', { name: 'Look at it' }).click();
    await admin.waitForURL(/look\/\d+$/);
    await admin.getByRole('button', { name: 'Look again' }).waitFor();
    return new URL(admin.url()).pathname;
  };
  const done = await look(peer.port);
  const failed = await look(9);
  const long = await look(peer.port, LONG);
  const person = await id('SELECT min(id) FROM member WHERE user_id IS NOT NULL AND role = 0');
  const waiting = await id('SELECT max(id) FROM member');
  const open = await id('SELECT max(id) FROM invitation');
  const dead = await id('SELECT min(id) FROM invitation');
  await admin.goto(`/members/${person}/edit`);
  await admin.getByRole('button', { name: 'Make the link' }).click();
  await admin.waitForURL('**/settings/invitations/*');
  const reset = await admin.locator('#url').textContent();
  const shown = new URL(admin.url()).pathname;
  await lab.sql('UPDATE session SET fresh = fresh + 3600'); /* the walk takes longer than a sign-in is fresh */

  await pages(admin, 'admin', [
    ['/overview'],
    ['/connection/look'],
    [done, 200, () => admin.locator('summary').evaluateAll((all) => all.forEach((s) => s.click()))],
    [failed],
    [long],
    ['/boundaries'],
    ['/boundaries/edit'],
    ['/members/find'],
    ['/rooms'],
    ['/rooms/add'],
    ['/settings/admins'],
    ['/settings/invite'],
    [shown],
    [`/settings/invitations/${open}`],
    [`/members/${person}`],
    [`/members/${person}/edit`],
    [`/members/${waiting}/edit`],
    [`/members/${person}/remove`],
    ['/settings/sessions'],
    ['/settings/notifications'],
    ['/settings/security'],
    ['/me'],
    ['/me/security'],
    ['/members'],
    ['/members?q=nobody'],
    ['/members/bulk?do=remove'],
    ['/audit'],
    ['/audit?q=nothing+like+this'],
    ['/audit?until=2026-02-30'],
    ['/confirm'],
    ['/signin/account'],
    ['/nothing/here', 404],
    [`/settings/invitations/${dead}`, 410],
  ]);
  await refused(admin, 'admin', '/connection/look', 'main form', { host: 'no server!', port: '99999' });
  await refused(admin, 'admin', '/settings/invite', 'main form', { email: 'nobody' });
  await refused(admin, 'admin', `/members/${person}/edit`, `form[action="/members/${person}/edit"]`, { calendar: 'nobody' });
  await refused(admin, 'admin', '/boundaries/edit', 'main form', { outside: 'nobody' });
  await refused(admin, 'admin', '/settings/notifications', 'main form', { text: 'Dear {nobody},' });
  await refused(admin, 'admin', '/me/security', 'form[action="/me/security/password"]', { password: 'short' });
  await refused(admin, 'admin', '/confirm', 'form[action="/confirm"]', { password: '' });

  await test('admin: the menu, the drawer and the question are sound, too', async () => {
    await admin.goto(`/members/${person}`);
    await admin.getByRole('button', { name: /^Your menu/ }).click();
    await inspect(admin);
    await admin.keyboard.press('Escape');
    await admin.getByRole('link', { name: 'Remove…' }).click();
    await inspect(admin);
    await admin.keyboard.press('Escape');
    await admin.setViewportSize(SIZES[1]);
    await admin.getByRole('button', { name: 'Menu', exact: true }).click();
    await admin.locator('#nav:popover-open').waitFor();
    const found = await axe(admin, 'the drawer');
    await admin.setViewportSize(SIZES[0]);
    assert.equal(found.join('\n'), '');
  });

  await test('admin: a theme that was chosen is sound against that of the system', async () => {
    for (const [theme, colorScheme] of [['dark', 'light'], ['light', 'dark']]) {
      await lab.sql('UPDATE users SET theme = ?', theme);
      await admin.emulateMedia({ colorScheme });
      for (const path of ['/overview', done, '/settings/security', '/audit']) {
        await admin.goto(path);
        assert.equal(await admin.evaluate(() => getComputedStyle(document.documentElement).colorScheme), theme);
        assert.equal((await axe(admin, path)).join('\n'), '');
      }
    }
    await lab.sql("UPDATE users SET theme = ''");
  });

  await test('a print has the content only', async () => {
    for (const path of [done, '/audit', '/settings/admins']) {
      await admin.goto(path);
      await prints(admin);
    }
  });

  await pages(nobody, 'nobody', [[reset]]);
});
