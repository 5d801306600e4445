/* The main journey, as an admin and the people they invite see it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ADMIN, PASSWORD, accept, run, signIn, test } from './lab.mjs';

const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const h2 = (page, name) => page.getByRole('heading', { level: 2, name }).waitFor();
const rail = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const says = (page, text) => page.getByText(text).first().waitFor();
const at = (page, path) => page.waitForURL((url) => url.pathname === path);

/* Invite somebody from the people page; the link. */
async function invite(page, email, name, role) {
  await page.goto('/settings/admins');
  await page.getByRole('link', { name: 'Invite', exact: true }).click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel(role).check();
  await button(page, 'Make the link');
  await says(page, 'The invitation link is made.');
  return page.locator('#url').textContent();
}

async function signOut(page) {
  await page.getByRole('button', { name: /^Your menu/ }).click();
  await button(page, 'Sign out');
  await says(page, 'You are signed out.');
}

await run({}, async ({ lab, peer, eyes }) => {
  const page = await eyes.page(lab, { permissions: ['clipboard-read', 'clipboard-write'] });
  const member = await eyes.page(lab);
  let link, look;

  await test('the first admin follows the link, and chooses a password', async () => {
    await page.goto(lab.link);
    await h1(page, 'Welcome to Latchkey');
    await accept(page, lab.link, 'Avery Stone', 'password1234');
    await says(page, 'Some fields need another look.');
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Avery Stone', 'the name is kept');
    assert.equal(await page.getByLabel('New password').inputValue(), '', 'the password is not');
    await accept(page, lab.link, 'Avery Stone');
    await at(page, '/overview');
    await says(page, 'You belong to this account now.');
    assert.equal(new URL(page.url()).search, '', 'what was done is not said again on reload');
  });

  await test('the overview says what there is not', async () => {
    await page.reload();
    await h1(page, 'Overview');
    await h2(page, 'No connection yet');
    assert.equal(await page.getByText('You belong to this account now.').count(), 0);
    assert.deepEqual(await page.locator('.stat dd').allTextContents(), ['1', '1', '0']);
    assert.equal(await page.getByText('The engine is not running').isVisible(), false);
    assert.ok(await page.locator('#recent').isVisible());
  });

  await test('a look at a server is seen step by step without a reload', async () => {
    await rail(page, 'Connection');
    await page.getByRole('link', { name: 'Look at a server' }).click();
    await page.getByLabel('Server name').fill('127.0.0.1');
    await page.getByLabel('Port').fill(String(peer.port));
    await button(page, 'Look at it');
    await page.waitForURL(/\/connection\/look\/\d+$/);
    look = new URL(page.url()).pathname;
    await page.evaluate(() => { globalThis.sameDocument = true; });
    await page.locator('#look[data-poll]').waitFor();
    await page.locator('.step.is-info').getByText('Web server answers').waitFor();
    await page.getByRole('button', { name: 'Look again' }).waitFor();
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true, 'it was loaded again');
    assert.equal(await page.locator('#look[data-poll]').count(), 0, 'it polls on');
    assert.equal(await page.locator('.step.is-blocked, .step.is-unknown').count(), 0);
    const ways = page.locator('.step').filter({ hasText: 'Ways to sign in' });
    assert.match(await ways.textContent(), /NTLM/);
    assert.notEqual(await page.locator('#say').textContent(), '', 'screen readers are told');
    assert.notEqual(await page.locator('h2#run').textContent(), 'Looking now');
  });

  await test('the look is listed, and a look that cannot be is explained', async () => {
    await rail(page, 'Connection');
    await page.getByRole('link', { name: 'Look at a server' }).click();
    await page.locator('.timeline').getByRole('link').first().waitFor();
    await page.getByLabel('Server name').fill('https://127.0.0.1/owa/');
    await page.getByLabel('Port').fill('9');
    await button(page, 'Look at it');
    await page.locator('.step.is-blocked').waitFor();
    await page.getByText('What to do').first().waitFor();
    assert.ok(await page.locator('.step.is-unknown').count() > 0, 'the rest is skipped');
  });

  await test('an admin is invited by a link that can be copied', async () => {
    link = await invite(page, 'blake@example.com', 'Blake Reed', 'Account admin');
    await page.getByRole('button', { name: /^Copy/ }).click();
    await page.locator('.toast').getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    const other = await eyes.page(lab);
    await other.goto(link);
    assert.equal(await other.getByLabel('Your name').inputValue(), 'Blake Reed');
    await accept(other, link, 'Blake Reed');
    await rail(other, 'Settings');
    await h1(other, 'Settings');
    await other.goto(link);
    await h1(other, 'This link cannot be used');
    await other.context().close();
  });

  await test('a member is invited, accepts, and sees only the own pages', async () => {
    await accept(member, await invite(page, 'casey@example.com', '', 'Member'), '=SUM(1) Casey');
    await h1(member, 'There is nothing for you to do yet.');
    const links = member.getByRole('navigation', { name: 'Main' }).getByRole('link');
    assert.deepEqual((await links.allTextContents()).map((s) => s.trim()), ['My connection', 'My security']);
    for (const path of ['/audit', '/audit.csv', '/connection', '/connection/look', '/settings/admins', '/settings/security']) {
      assert.equal((await member.goto(path)).status(), 403, path);
    }
    await member.getByText('This page is for account admins.').waitFor();
  });

  await test('an invitation can be made anew and ended', async () => {
    const first = await invite(page, 'drew@example.com', 'Drew', 'Member');
    await button(page, 'Make a new link');
    await says(page, 'A new link is made.');
    const second = await page.locator('#url').textContent();
    assert.notEqual(first, second);
    await button(page, 'End this link');
    await says(page, 'The link has ended.');
    for (const dead of [first, second]) {
      await member.goto(dead);
      await h1(member, 'This link cannot be used');
    }
    await member.goto('/overview');
  });

  await test('what changes who may do what asks for the password again', async () => {
    await lab.sql('UPDATE session SET fresh = 0');
    await page.goto('/settings/sessions');
    await h1(page, 'Enter your password again');
    await page.getByLabel(`Password of ${ADMIN}`).fill('not this one at all');
    await button(page, 'Go on');
    await page.locator('[role=alert], .error').first().waitFor();
    await page.getByLabel(`Password of ${ADMIN}`).fill(PASSWORD);
    await button(page, 'Go on');
    await at(page, '/settings/sessions');
  });

  await test('an admin ends a session, and all others', async () => {
    await page.getByRole('button', { name: /End the session of =SUM\(1\) Casey/ }).click();
    await says(page, 'The session has ended.');
    await member.goto('/me');
    await h1(member, 'Sign in');
    await signIn(member, 'casey@example.com');
    await at(member, '/me');
    await page.reload();
    await button(page, 'End all others');
    await says(page, 'All other sessions have ended.');
    assert.equal(await page.locator('tbody tr').count(), 1);
    await member.goto('/overview');
    await h1(member, 'Sign in');
  });

  await test('after sign-in one is where one wanted to be', async () => {
    await member.goto('/me/security');
    await at(member, '/signin');
    await member.getByLabel('E-mail address').fill('casey@example.com');
    await member.getByLabel('Password').fill(PASSWORD);
    await button(member, 'Sign in');
    await at(member, '/me/security');
  });

  await test('a member changes the password, which ends the other sessions', async () => {
    const other = await eyes.page(lab);
    await signIn(other, 'casey@example.com');
    await at(other, '/me');
    await member.reload();
    assert.equal(await member.locator('tbody tr').count(), 2);
    await member.getByLabel('Password now').fill(PASSWORD);
    await member.getByLabel('New password').fill(`${PASSWORD} twice`);
    await member.getByLabel('The same once more').fill(`${PASSWORD} thrice`);
    await button(member, 'Change password');
    await says(member, 'The two are not the same.');
    await member.getByLabel('Password now').fill(PASSWORD);
    await member.getByLabel('New password').fill(`${PASSWORD} twice`);
    await member.getByLabel('The same once more').fill(`${PASSWORD} twice`);
    await button(member, 'Change password');
    await says(member, 'The password is changed.');
    await other.goto('/overview');
    await h1(other, 'Sign in');
    await other.context().close();
  });

  await test('an admin makes a link for a new password', async () => {
    const [[id]] = await lab.sql("SELECT id FROM member WHERE email = 'casey@example.com'");
    await page.goto(`/members/${id}/edit`);
    await h1(page, 'Edit =SUM(1) Casey');
    await button(page, 'Make the link');
    await says(page, 'The link for a new password is made.');
    await member.goto(await page.locator('#url').textContent());
    await h1(member, 'Choose a new password');
    await member.getByLabel('New password').fill(PASSWORD);
    await member.getByLabel('The same once more').fill(PASSWORD);
    await button(member, 'Save and sign in');
    await at(member, '/me');
  });

  await test('a role is changed, and a person removed after a question', async () => {
    await page.goto('/settings/admins');
    await page.getByRole('link', { name: 'Blake Reed' }).click();
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Member').check();
    await button(page, 'Save the role');
    await says(page, 'The role is saved.');
    await page.getByRole('link', { name: 'Blake Reed' }).click();
    await h1(page, 'Blake Reed');
    await page.getByRole('link', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Keep Blake Reed' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Remove…' }).click();
    await dialog.getByRole('button', { name: 'Remove Blake Reed' }).click();
    await says(page, 'The person is removed.');
    assert.equal(await page.getByRole('link', { name: 'Blake Reed' }).count(), 0);
  });

  await test('how long a sign-in lasts can be chosen', async () => {
    await page.goto('/settings/security');
    await page.getByLabel('Without any click').selectOption({ label: '30 minutes' });
    await button(page, 'Save');
    await says(page, 'The times are saved.');
    assert.equal(await page.getByLabel('Without any click').inputValue(), '1800');
  });

  await test('the audit log is searched as one types', async () => {
    for (let i = 0; i < 60; i += 1) await lab.ctl('invite', `p${i}@example.org`, '--name', `Person ${i}`);
    await page.goto('/audit');
    await page.evaluate(() => { globalThis.sameDocument = true; });
    await page.getByRole('searchbox').pressSequentially('p59@');
    await page.waitForURL((url) => url.searchParams.get('q') === 'p59@');
    await page.waitForFunction(() => document.querySelectorAll('#log td.nowrap').length === 1);
    await page.getByRole('searchbox').fill('nothing like this');
    await h2(page, 'No event matches');
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Who').selectOption('engine');
    await page.waitForURL((url) => url.searchParams.get('who') === 'engine');
    await page.waitForFunction(() => [...document.querySelectorAll('#log .tag')]
      .every((t) => t.textContent === 'service'));
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
  });

  await test('its pages follow each other', async () => {
    await page.goto('/audit');
    assert.equal(await page.locator('#log td.nowrap').count(), 50);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/before=/);
    assert.ok(await page.locator('#log td.nowrap').count() > 0);
    await page.getByRole('link', { name: 'Newest' }).click();
    await at(page, '/audit');
  });

  await test('it can be taken along as a file without formulas', async () => {
    await page.goto('/audit');
    const [download] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export' }).click()]);
    assert.equal(download.suggestedFilename(), 'audit.csv');
    const text = readFileSync(await download.path(), 'utf8');
    assert.match(text, /^\uFEFF?"?row"?,"?time"?,"?kind"?,"?who"?,/);
    assert.ok(text.includes('=SUM(1) Casey'));
    assert.doesNotMatch(text, /(^|,|\n)"?=SUM/);
    assert.ok(text.split('\n').length > 60);
  });

  await test('the theme is shown at once, and stays', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.goto('/overview');
    const before = await ground();
    await Promise.all([page.waitForResponse(/\/me\/theme$/), button(page, 'Dark')]);
    assert.notEqual(await ground(), before);
    assert.equal(await page.getByRole('button', { name: 'Dark' }).getAttribute('aria-pressed'), 'true');
    await page.reload();
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    assert.notEqual(await ground(), before);
    await Promise.all([page.waitForResponse(/\/me\/theme$/), button(page, 'System')]);
    await page.reload();
    assert.equal(await ground(), before);
  });

  await test('somebody with two accounts chooses one', async () => {
    const more = await lab.ctl('account', 'add', 'Second Organisation', '--admin', ADMIN);
    await page.goto(more.link);
    await h1(page, 'Join Second Organisation');
    await page.getByLabel(`Password of ${ADMIN}`).fill(PASSWORD);
    await button(page, 'Accept and sign in');
    await h1(page, 'Choose an account');
    await page.getByRole('button', { name: /^Second Organisation/ }).click();
    await at(page, '/overview');
    await page.locator('.org').getByText('Second Organisation').waitFor();
    assert.deepEqual(await page.locator('.stat dd').allTextContents(), ['1', '1', '0']);
    assert.equal((await page.goto(look)).status(), 404, 'what belongs to the other account');
    await page.goto('/me/security');
    await page.getByRole('link', { name: 'Change to another account' }).click();
    await page.getByRole('button', { name: /^Example Organisation/ }).click();
    await page.locator('.org').getByText('Example Organisation').waitFor();
  });

  await test('when the engine is away, the pages say so until it is back', async () => {
    await lab.ask('stop', 'engine');
    await lab.sql('UPDATE engine SET seen = seen - 3600');
    await page.goto('/overview');
    await page.getByRole('link', { name: /engine is not running/i }).waitFor();
    await page.locator('#engine').getByText('The engine is not running').waitFor();
    await lab.ask('engine');
    await page.locator('#engine[hidden]').waitFor({ state: 'attached', timeout: 30000 });
  });

  await test('after sign-out nothing is left to go back to', async () => {
    await page.goto('/settings/admins');
    await signOut(page);
    await page.goBack();
    await page.waitForLoadState();
    await h1(page, 'Sign in');
    assert.equal(await page.getByText('casey@example.com').count(), 0);
    await page.goto('/overview');
    await h1(page, 'Sign in');
  });

  await test('a live page whose session has ended says so', async () => {
    await member.goto('/overview');
    await signIn(page, ADMIN);
    await page.getByRole('button', { name: /^Example Organisation/ }).click();
    await page.goto('/connection/look');
    await page.getByLabel('Server name').fill('127.0.0.1');
    await page.getByLabel('Port').fill(String(peer.port));
    await button(page, 'Look at it');
    await page.locator('#look[data-poll]').waitFor();
    await lab.sql('DELETE FROM session');
    await page.locator('.toast').getByText('You are signed out.').waitFor();
    await page.reload();
    await h1(page, 'Sign in');
  });
});
