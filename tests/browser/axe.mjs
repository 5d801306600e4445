/* Whether a page is sound: the rules of WCAG 2.2 A and AA, and no sideways scroll. */
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
