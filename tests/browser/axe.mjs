/* Whether a page is sound: the rules of WCAG 2.2 A and AA, and no sideways scroll. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/* What is wrong with the page as it stands, in words; by some of the rules, or by all. */
export async function axe(page, where, rules) {
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? builder.withRules(rules) : builder.withTags(TAGS)).analyze();
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
