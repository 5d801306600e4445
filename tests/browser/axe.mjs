/* Whether a page is sound: the rules of WCAG 2.2 A and AA, and no sideways scroll. The rules are put
 * into a page once and run there as often as it is looked at. */
import assert from 'node:assert/strict';
import core from 'axe-core';
import { test } from './lab.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/* What is wrong with the page as it stands, in words; by some of the rules, or by all. */
export async function axe(page, where, rules) {
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: TAGS };
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(core.source);
  const violations = await page.evaluate((only) => window.axe.run({ runOnly: only, resultTypes: ['violations'] })
    .then((found) => found.violations), runOnly);
  return violations.map((v) => `${where}: ${v.id}: ${v.help}\n${v.nodes.slice(0, 4)
    .map((n) => `    ${n.target}: ${n.failureSummary.replace(/\s+/g, ' ')}`).join('\n')}`);
}

/* What is wider than the window, in words. */
export const wide = (page) => page.evaluate(() => {
  const el = document.documentElement;
  if (el.scrollWidth <= innerWidth) return '';
  const culprits = [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'));
  return `${el.scrollWidth} px, by ${culprits.slice(0, 3).map((e) => `${e.localName}.${e.className}`)}`;
});

/* Of a row of tabs the open one is in view, wherever the page is. */
const hidden = (page) => page.evaluate(() => {
  const open = document.querySelector('.subnav [aria-current]')?.getBoundingClientRect();
  return open && open.right > innerWidth ? `the open tab ends at ${open.right} px` : '';
});

/* Of the rules, those that a theme can break: the others see the same page in both. */
const COLOUR = ['color-contrast', 'link-in-text-block'];
export const SIZES = [{ width: 1280, height: 800 }, { width: 360, height: 740 }];

/* The page as it stands, in each theme and size. */
export async function inspect(page) {
  const found = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const rules = colorScheme === 'dark' ? COLOUR : null;
      found.push(...await axe(page, `${colorScheme}, ${size.width} px`, rules));
    }
  }
  await page.setViewportSize({ width: 320, height: 640 });
  const scroll = await wide(page);
  if (scroll) found.push(`at 320 px it scrolls sideways: ${scroll}`);
  const cut = await hidden(page);
  if (cut) found.push(`at 320 px ${cut}`);
  await page.setViewportSize(SIZES[0]);
  assert.equal(found.join('\n'), '');
}

/* A path as a test's name says it: without the token of a link. */
const short = (path) => path.replace(/.*\/link\/.*/, '/link/…');

/* One test a page: its address, its status, and that it is sound. */
export async function pages(page, who, list) {
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
export async function refused(page, who, path, form, fill = {}) {
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
