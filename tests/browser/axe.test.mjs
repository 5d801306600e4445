/* Every page, in both themes, wide and narrow: the rules of WCAG 2.2 A and AA, no sideways scroll at
 * 320 px, and a print without what only a screen needs. */
import assert from 'node:assert/strict';
import { SIZES, axe, inspect } from './axe.mjs';
import { ADMIN, LONG, PASSWORD, accept, run, test } from './lab.mjs';

async function prints(page) {
  await page.emulateMedia({ media: 'print' });
  for (const part of ['.bar', '.rail', '.foot', '.skip']) {
    assert.equal(await page.locator(part).first().isVisible(), false, `${part} is printed`);
  }
  assert.ok(await page.locator('h1').first().isVisible());
  await page.emulateMedia({ media: null });
}

/* A path as a test's name says it: without the token of a link. */
const short = (path) => path.replace(/.*\/link\/.*/, '/link/…');

/* One test a page: its address, its status, and that it is sound. */
async function pages(page, who, list) {
  for (const [path, status = 200, before] of list) {
    await test(`${who}: ${short(path)}`, async () => {
      const answer = await page.goto(path);
      assert.equal(answer.status(), status);
      assert.match(answer.headers()['content-security-policy'] ?? '', /default-src 'none'|default-src 'self'/);
      if (answer.status() === 200) assert.match(answer.headers()['cache-control'], /no-store/);
      await before?.();
      await inspect(page);
    });
  }
}

/* Send the form of a page as it stands, past the checks of the browser; what comes back has messages. */
async function refused(page, who, path, form, fill = {}) {
  await test(`${who}: ${short(path)} with messages`, async () => {
    await page.goto(path);
    for (const [name, value] of Object.entries(fill)) await page.locator(`${form} [name=${name}]`).fill(value);
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.request().method() === 'POST'),
      page.locator(form).evaluate((f) => { f.noValidate = true; f.requestSubmit(); }),
    ]);
    assert.equal(answer.status(), 422);
    await page.locator('[aria-invalid=true], [role=alert]').first().waitFor();
    await inspect(page);
  });
}

await run({}, async ({ lab, peer, eyes }) => {
  const admin = await eyes.page(lab);
  const member = await eyes.page(lab);
  const nobody = await eyes.page(lab);
  const id = async (text, ...values) => (await lab.sql(text, ...values))[0][0];

  await pages(nobody, 'nobody', [['/signin'], [lab.link], [`/stop/${'0'.repeat(64)}`]]);
  await refused(nobody, 'nobody', '/signin', 'form', { email: 'nobody' });
  await refused(nobody, 'nobody', lab.link, 'form', { name: '', password: 'short' });

  await accept(admin, lab.link, 'Avery Stone');
  await admin.waitForURL('**/overview*');
  await pages(admin, 'a new admin', [['/overview'], ['/connection/method'], ['/connection/look'], ['/settings/admins']]);
  await refused(admin, 'a new admin', '/connection/method', 'main form');
  const choose = async (kind) => {
    await admin.goto('/connection/method');
    await admin.locator(`label[for=${kind}]`).click();
    await admin.locator('label[for=m-dedicated]').click();
    await admin.getByRole('button', { name: 'Save and continue' }).click();
    await admin.waitForURL('**/connection/credentials');
  };
  const unfold = () => admin.locator('details').evaluateAll((all) => all.forEach((d) => { d.open = true; }));
  await choose('k-exchange');
  await pages(admin, 'with an Exchange server', [['/connection/credentials', 200, unfold],
    ['/connection/credentials?host=mail.example.org'], ['/connection/discard']]);
  await refused(admin, 'with an Exchange server', '/connection/credentials', 'main form',
    { mailbox: 'nobody', server: 'http://mail.example.com', login: 'A/b' });
  await lab.sql("UPDATE connection SET stage = 2, mailbox = 'svc@example.com', host = 'mail.example.com', scheme = 'https'");
  await choose('k-office');
  await pages(admin, 'with Office 365 beside it', [['/connection/method'], ['/connection/credentials', 200, unfold],
    ['/connection/discard']]);
  await refused(admin, 'with Office 365 beside it', '/connection/credentials', 'main form.stack',
    { mailbox: 'nobody', tenant: 'none!', client_id: 'x', expires: '2020-01-01' });
  await lab.sql('DELETE FROM connection');
  const invited = await lab.ctl('invite', 'casey.with.a.rather.long.name@department.example.com', '--name',
    'Casey Wilhelmina Featherstonehaugh-Montgomery');
  await accept(member, invited.link, 'Casey Wilhelmina Featherstonehaugh-Montgomery');
  await member.waitForURL((url) => url.pathname === '/me');
  for (let i = 0; i < 55; i += 1) await lab.ctl('invite', `person${i}@example.org`, '--name', `Person ${i}`);

  const look = async (port, ended, host = '127.0.0.1') => {
    await admin.goto('/connection/look');
    await admin.getByLabel('Server name').fill(host);
    await admin.getByLabel('Port').fill(String(port));
    await admin.getByRole('button', { name: 'Look at it' }).click();
    await admin.waitForURL(/look\/\d+$/);
    if (ended) await admin.getByRole('button', { name: 'Look again' }).waitFor();
    return new URL(admin.url()).pathname;
  };
  const done = await look(peer.port, true);
  const failed = await look(9, true);
  const long = await look(peer.port, true, LONG);
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

  await pages(member, 'member', [['/me'], ['/me/security'], ['/audit', 403], ['/nothing', 404]]);
  await pages(nobody, 'nobody', [[reset], ['/nothing', 404], ['/link/0', 404], [invited.link, 410]]);

  const live = await look(peer.port, false);
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen - 3600');
  await pages(admin, 'admin without the engine', [['/overview'], ['/connection/look'], [live], ['/audit']]);
  const more = await lab.ctl('account', 'add', 'Second Organisation', '--admin', ADMIN);
  await pages(nobody, 'nobody', [[more.link]]);
  await nobody.getByLabel(`Password of ${ADMIN}`).fill(PASSWORD);
  await nobody.getByRole('button', { name: 'Accept and sign in' }).click();
  await nobody.getByRole('heading', { name: 'Choose an account' }).waitFor();
  await pages(nobody, 'with two accounts', [['/signin/account']]);
  await nobody.getByRole('button', { name: /^Second/ }).click();
  await nobody.waitForURL('**/overview*');
  await pages(nobody, 'with two accounts', [['/me/security']]);
});
