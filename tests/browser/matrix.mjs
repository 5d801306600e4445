/* Looks at a page as one of many states: it answers, nothing is wider than the window, no heading is
 * empty, no placeholder is left, and every link and form leads somewhere. */
import { wide } from './axe.mjs';

/* What the page offers and says, at one go. */
const read = (page) => page.evaluate(() => ({
  pill: document.querySelector('.bar a.pill')?.textContent ?? '',
  links: [...document.querySelectorAll('main a[href]')].map((a) => a.getAttribute('href')),
  forms: [...document.querySelectorAll('main form:not([method=dialog])')].map((f) => [f.method, f.getAttribute('action')]),
  empty: [...document.querySelectorAll('h1, h2, h3, main a, main button, dt, legend, label')]
    .filter((el) => !el.textContent.trim()).map((el) => el.outerHTML.slice(0, 120)),
  lost: [...document.querySelectorAll('main a[href^="#"]')].filter((a) => !document.querySelector(a.hash)).map((a) => a.hash),
  text: document.querySelector('main').innerText,
}));

/* A form is sent without its token, which changes nothing: the address is known when it is refused. */
async function answer(page, [method, to]) {
  const got = method === 'get' ? await page.request.get(to) : await page.request.post(to, { form: {} });
  const fine = method === 'get' ? got.status() === 200 : got.status() === 403;
  return fine ? '' : `${method} ${to}: ${got.status()}`;
}

/* What is wrong with the page there, in words; `known` keeps what was asked already. */
export async function flaws(page, at, known) {
  const bad = [];
  const say = (what) => { if (what) bad.push(`${at}: ${what}`); };
  const got = await page.goto(at);
  say(got.status() === 200 ? '' : `status ${got.status()}`);
  say(await wide(page));
  const seen = await read(page);
  say(seen.empty.join(' '));
  say(seen.lost.join(' '));
  say(seen.text.match(/.{0,20}(\bnull\b|undefined|\{\{|NaN|1 January 1970|\bis now\b|\.\.).{0,20}/)?.[0]);
  const fresh = [...seen.links.map((to) => ['get', to]), ...seen.forms]
    .filter((one) => one[1].startsWith('/') && !known.has(one.join()) && known.add(one.join()));
  (await Promise.all(fresh.map((one) => answer(page, one)))).forEach(say);
  return { bad, ...seen };
}
