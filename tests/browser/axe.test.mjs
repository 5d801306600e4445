/* Every page that there is before a connection, beside it, for members and for nobody, in both themes,
 * wide and narrow: the rules of WCAG 2.2 A and AA, and no sideways scroll at 320 px. What admins have
 * is in axe_admin.test.mjs. */
import { pages, refused } from './axe.mjs';
import { ADMIN, PASSWORD, accept, run } from './lab.mjs';

await run({}, async ({ lab, peer, eyes }) => {
  const admin = await eyes.page(lab);
  const member = await eyes.page(lab);
  const nobody = await eyes.page(lab);

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

  await pages(member, 'member', [['/me'], ['/me/security'], ['/audit', 403], ['/nothing', 404]]);
  await pages(nobody, 'nobody', [['/nothing', 404], ['/link/0', 404], [invited.link, 410]]);

  await admin.goto('/connection/look');
  await admin.getByLabel('Server name').fill('127.0.0.1');
  await admin.getByLabel('Port').fill(String(peer.port));
  await admin.getByRole('button', { name: 'Look at it' }).click();
  await admin.waitForURL(/look\/\d+$/);
  const live = new URL(admin.url()).pathname;
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
