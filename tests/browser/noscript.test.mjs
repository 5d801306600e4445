/* The main journey with scripts switched off: every page works by links and forms alone. */
import assert from 'node:assert/strict';
import { ADMIN, PASSWORD, accept, run, signIn, test } from './lab.mjs';

const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const says = (page, text) => page.getByText(text).first().waitFor();

await run({}, async ({ lab, peer, eyes }) => {
  const page = await eyes.page(lab, { javaScriptEnabled: false });
  const member = await eyes.page(lab, { javaScriptEnabled: false });

  await test('the first admin accepts', async () => {
    await accept(page, lab.link, 'Avery Stone');
    await h1(page, 'Overview');
    await says(page, 'You belong to this account now.');
  });

  await test('a look is followed by a plain link', async () => {
    await page.getByRole('link', { name: 'Look at a server' }).click();
    await page.getByLabel('Server name').fill('127.0.0.1');
    await page.getByLabel('Port').fill(String(peer.port));
    await button(page, 'Look at it');
    await page.getByRole('button', { name: 'Stop the look' }).waitFor();
    for (let i = 0; i < 40 && await page.getByRole('link', { name: 'Refresh' }).count(); i += 1) {
      await page.getByRole('link', { name: 'Refresh' }).click();
      await page.waitForTimeout(250);
    }
    await page.getByRole('button', { name: 'Look again' }).waitFor();
    assert.match(await page.locator('.step').filter({ hasText: 'Ways to sign in' }).textContent(), /NTLM/);
    assert.match(await page.locator('#look time').first().textContent(), /^\d+ \w+ \d{4}, \d\d:\d\d UTC$/);
  });

  await test('a look can be stopped', async () => {
    await button(page, 'Look again');
    await button(page, 'Stop the look');
    await says(page, 'The look is told to stop.');
  });

  await test('a member is invited, and accepts', async () => {
    await page.goto('/settings/invite');
    await page.getByLabel('E-mail address').fill('casey@example.com');
    await page.getByLabel('Member').check();
    await button(page, 'Make the link');
    assert.equal(await page.getByRole('button', { name: /^Copy/ }).count(), 0, 'no button that does nothing');
    await accept(member, await page.locator('#url').textContent(), 'Casey Moss');
    await h1(member, 'There is nothing for you to do yet.');
  });

  await test('the theme is a form', async () => {
    await button(member, 'Dark');
    await member.waitForLoadState();
    await member.locator('html[data-theme=dark]').waitFor();
    await h1(member, 'There is nothing for you to do yet.');
    await member.goto('/me');
    await member.locator('html[data-theme=dark]').waitFor();
  });

  await test('a session is ended, and a password changed', async () => {
    const other = await eyes.page(lab, { javaScriptEnabled: false });
    await signIn(other, 'casey@example.com');
    await h1(other, 'There is nothing');
    await member.goto('/me/security');
    await member.getByRole('button', { name: /^End the session/ }).click();
    await says(member, 'The session has ended.');
    await other.goto('/me');
    await h1(other, 'Sign in');
    await other.context().close();
    await member.getByLabel('Password now').fill(PASSWORD);
    await member.getByLabel('New password').fill('short');
    await member.getByLabel('The same once more').fill('short');
    await button(member, 'Change password');
    await member.getByLabel('New password').fill(`${PASSWORD} twice`);
    await member.getByLabel('Password now').fill(PASSWORD);
    await member.getByLabel('The same once more').fill(`${PASSWORD} twice`);
    await button(member, 'Change password');
    await says(member, 'The password is changed.');
  });

  await test('the password is asked for again', async () => {
    await lab.sql('UPDATE session SET fresh = 0');
    const [[id]] = await lab.sql("SELECT id FROM member WHERE email = 'casey@example.com'");
    await page.goto(`/members/${id}`);
    await h1(page, 'Casey Moss');
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await h1(page, 'Enter your password again');
    await page.getByLabel(`Password of ${ADMIN}`).fill(PASSWORD);
    await button(page, 'Go on');
    await h1(page, 'Edit Casey Moss');
  });

  await test('a person is removed by way of a page that asks', async () => {
    await page.getByRole('link', { name: 'Remove…' }).click();
    await h1(page, 'Remove Casey Moss?');
    await page.getByRole('link', { name: 'Keep Casey Moss' }).click();
    await h1(page, 'Casey Moss');
    await page.getByRole('link', { name: 'Remove…' }).click();
    await button(page, 'Remove Casey Moss');
    await says(page, 'The person is removed.');
    await member.goto('/me');
    assert.notEqual(new URL(member.url()).pathname, '/me', 'they are out');
  });

  await test('the audit log is searched with its button', async () => {
    await page.goto('/audit');
    await page.getByRole('searchbox').fill('casey@example.com');
    await button(page, 'Search');
    await page.waitForURL(/q=casey%40example\.com/);
    assert.ok(await page.locator('#log td.nowrap').count() > 0);
    await page.getByRole('searchbox').fill('nothing like this');
    await button(page, 'Search');
    await page.getByRole('link', { name: 'Clear search and filter' }).click();
    await page.waitForURL((url) => url.pathname === '/audit' && !url.search);
  });

  await test('the menu opens, and one signs out', async () => {
    await page.getByRole('button', { name: /^Your menu/ }).click();
    await button(page, 'Sign out');
    await says(page, 'You are signed out.');
    await page.goBack();
    await h1(page, 'Sign in');
  });
});
