/* Without a mouse: sign-in, the skip link, menus and dialogs, and where the focus is seen. */
import assert from 'node:assert/strict';
import { ADMIN, PASSWORD, accept, run, test } from './lab.mjs';

/* What has the focus, and whether one can see it. */
const focus = (page) => page.evaluate(() => {
  const el = document.activeElement;
  const style = getComputedStyle(el);
  const box = el.getBoundingClientRect();
  return {
    name: (el.getAttribute('aria-label') || el.textContent || el.name || el.id || '').trim().replace(/\s+/g, ' '),
    id: el.id,
    tag: el.localName,
    /* The button inside a date field has a ring of the browser's own. */
    outlined: el.type === 'date' || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    onScreen: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
});

/* Press Tab until the element with this name is reached; each stop must be seen. */
async function tabTo(page, name, key = 'Tab') {
  const seen = [];
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press(key);
    const now = await focus(page);
    seen.push(now.name || now.id);
    assert.ok(now.tag === 'body' || (now.outlined && now.onScreen), `no focus to see at ${JSON.stringify(now)}`);
    if (now.id === name || now.name.includes(name)) return now;
  }
  throw new Error(`${name} is never reached: ${seen.join(' | ')}`);
}

await run({}, async ({ lab, eyes }) => {
  const page = await eyes.page(lab);
  const first = await eyes.page(lab);
  await accept(first, lab.link, 'Avery Stone');
  await first.waitForURL('**/overview*');

  await test('one signs in by keyboard alone', async () => {
    await page.goto('/signin');
    await tabTo(page, 'Skip to content');
    await tabTo(page, 'email');
    await page.keyboard.type(ADMIN);
    await tabTo(page, 'password');
    await page.keyboard.type('wrong but long enough');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await tabTo(page, 'email');
    assert.equal(await page.locator('#email').inputValue(), ADMIN, 'the address is kept');
    await tabTo(page, 'password');
    await page.keyboard.type(PASSWORD);
    await tabTo(page, 'Sign in');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  await test('the skip link comes first, is seen, and leads to the content', async () => {
    await page.keyboard.press('Tab');
    assert.equal((await focus(page)).name, 'Skip to content');
    await page.waitForFunction(() => document.activeElement.getBoundingClientRect().top >= 0);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'main');
    const after = await tabTo(page, 'Set up the connection');
    assert.equal(after.tag, 'a', 'the next stop is in the content');
  });

  await test('every stop of the overview can be seen', async () => {
    await page.goto('/overview');
    await tabTo(page, 'Dark');
  });

  await test('the menu opens and closes by keyboard', async () => {
    await page.goto('/overview');
    await tabTo(page, 'Your menu');
    await page.keyboard.press('Enter');
    await page.locator('#user:popover-open').waitFor();
    await tabTo(page, 'My security');
    await page.keyboard.press('Escape');
    await page.locator('#user').waitFor({ state: 'hidden' });
    assert.match((await focus(page)).name, /^AS|Your menu/, 'the focus is back on its button');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Escape');
  });

  await test('on a narrow screen the rail is a drawer', async () => {
    await page.setViewportSize({ width: 360, height: 720 });
    await page.goto('/overview');
    await tabTo(page, 'Menu');
    await page.keyboard.press('Enter');
    await page.locator('#nav:popover-open').waitFor();
    await tabTo(page, 'Audit log');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor();
    await tabTo(page, 'Event table');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  await test('a dialog takes the focus, and gives it back', async () => {
    await page.goto('/settings/admins');
    await tabTo(page, 'Table of admins');
    await tabTo(page, 'Avery Stone');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Avery Stone' }).waitFor();
    await tabTo(page, 'Remove');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.equal((await focus(page)).name, 'Keep Avery Stone');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal((await focus(page)).name, 'Remove…');
  });

  await test('a connection is chosen and entered without a mouse', async () => {
    await page.goto('/connection/method');
    await tabTo(page, 'k-exchange');
    await page.keyboard.press('Space');
    await tabTo(page, 'm-personal');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal((await focus(page)).id, 'm-delegate');
    await tabTo(page, 'Save and continue');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/connection/credentials');
    for (const id of ['mailbox', 'server', 'login', 'password']) await tabTo(page, id);
    await tabTo(page, 'Certificate, sign-in and network');
    await page.keyboard.press('Enter');
    for (const id of ['signin', 'ca-file', 'ca']) await tabTo(page, id);
    await tabTo(page, 'Save and test');
  });
});
