/* Another method beside the one in use: chosen, proved, tried on everybody without a trace, compared
 * one by one, switched to, and back: with a keyboard's pace, narrow, dark, and without scripts. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from './axe.mjs';
import { ADMIN, Lab, Sim, accept, connect, see, signIn, test, world } from './lab.mjs';

const SECRET = 'brass lantern over quiet water';
const [GAIN, LOSE, SAME] = [120, 7, 40];
const name = (kind, n) => `${kind}${String(n).padStart(3, '0')}`;
const people = [
  ...Array.from({ length: GAIN }, (_, n) => ({ who: name('gain', n), lines: 'grant default None', scope: true })),
  ...Array.from({ length: LOSE }, (_, n) => ({ who: name('lose', n), lines: 'grant svc@example.test Editor' })),
  ...Array.from({ length: SAME }, (_, n) => ({ who: name('same', n), lines: 'grant svc@example.test Editor', scope: true })),
];
const lines = `${people.map((p) => `mailbox ${p.who}@example.test "${p.who}"\n  ${p.lines}`).join('\n')}
group scope@example.test "Scope" kind security
${people.filter((p) => p.scope).map((p) => `  member ${p.who}@example.test`).join('\n')}
mailbox svc@example.test
  impersonation scope scope@example.test
`;

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(world(SECRET, lines)));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const one = async (text, ...values) => (await lab.sql(text, ...values))[0][0];
  const quiet = async () => {
    for (let i = 0; i < 400; i += 1) {
      if (await one("SELECT (SELECT count(*) FROM member WHERE tried_at = 0 OR asked > 0) + (SELECT count(*) FROM job WHERE state < 2 AND kind = 'check')") === 0) return;
      await new Promise((done) => { setTimeout(done, 100); });
    }
    throw new Error('members are never all looked at');
  };
  const list = path.join(sim.dir, 'people.csv');
  writeFileSync(list, `email,name\n${people.map((p) => `${p.who}@example.test,${p.who}`).join('\n')}\n`);
  await connect(lab, sim, SECRET, 'ntlm', 'delegate');
  await lab.ctl('members', 'import', list);
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  await quiet();
  const standing = async () => JSON.stringify(await lab.sql('SELECT id, status, reason, since, checked_at, tried_at, next_at, asked, seen_by, remind_n, remind_at FROM member ORDER BY id'));
  const shoot = async (what) => {
    if (!process.env.LATCHKEY_SHOTS) return;
    for (const colorScheme of ['light', 'dark'])
      for (const width of [1280, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: `${process.env.LATCHKEY_SHOTS}/switch-${what}-${colorScheme}-${width}.png`, fullPage: true });
      }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const sentence = () => page.locator('#sum').innerText();
  const chips = () => page.locator('.chips .chip').evaluateAll((all) => all.map((c) => c.textContent.trim().replace(/\s+/g, ' ')));

  await test('impersonation is chosen beside delegate access, and proves itself with the secret in use', async () => {
    await page.goto('/connection/method');
    await page.locator('label[for=m-impersonation]').click();
    await page.getByRole('button', { name: 'Save and continue' }).click();
    await page.waitForURL('**/connection/test/*');
    await page.getByRole('link', { name: 'Compare', exact: true }).waitFor({ timeout: 60000 });
    assert.equal(await one('SELECT method FROM connection WHERE stage = 2'), 'delegate');
  });

  let before;
  await test('before anybody was tried the page says so, and its button, too', async () => {
    await page.goto('/connection/trial');
    assert.equal(await sentence(), 'By impersonation nobody was tried yet.');
    await page.getByRole('button', { name: 'Switch: nobody was tried' }).waitFor();
    await inspect(page);
    await shoot('none');
  });

  await test('addresses that nobody has are said beside their field, with what was typed', async () => {
    await page.getByLabel('These members').check();
    await page.getByLabel('Addresses').fill('gain000@example.test\nnobody@example.test');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('No active member has the address nobody@example.test.').waitFor();
    assert.equal(await page.getByLabel('Addresses').inputValue(), 'gain000@example.test\nnobody@example.test');
    await inspect(page);
  });

  await test('everybody is tried, the numbers arrive by themselves, and no member has changed', async () => {
    before = await standing();
    await page.goto('/connection/trial');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByRole('heading', { name: 'By impersonation 120 would gain and 7 would lose.' }).waitFor({ timeout: 60000 });
    await page.getByText(`Tried: ${people.length + 1} of ${people.length + 1} members`).waitFor();
    assert.equal(await standing(), before);
    assert.deepEqual(await chips(), [`All who were tried ${people.length + 1}`, `Would work ${GAIN}`, `Would be limited ${LOSE}`, `The same ${SAME + 1}`]);
    await page.goto('/connection/trial');
    await inspect(page);
    await shoot('tried');
  });

  await test('those who would lose are a click away, each with now, then and why', async () => {
    await page.getByRole('link', { name: /Would be limited/ }).click();
    await page.waitForURL('**only=worse*');
    const row = page.getByRole('row', { name: /lose000/ });
    assert.match((await row.innerText()).replace(/\s+/g, ' '), /Connected .*Limited .*Not in the group/);
    assert.equal(await page.locator('tbody a[href^="/members/"]').count(), LOSE);
    await page.getByRole('link', { name: /All who were tried/ }).click();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL('**after=*');
    await page.getByRole('link', { name: 'First page' }).waitFor();
  });

  await test('it can be done without scripts, too, in a narrow window', async () => {
    const bare = await eyes.page(lab, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
    await signIn(bare, ADMIN);
    await bare.goto('/connection/trial?only=gain');
    assert.equal(await bare.locator('tbody a[href^="/members/"]').count(), 50);
    await bare.getByLabel('A few by chance').check();
    await bare.getByLabel('How many').fill('3');
    await bare.getByRole('button', { name: 'Try it' }).click();
    await bare.getByText('The trial is on its way.').waitFor();
    await bare.context().close();
  });

  await test('the button says whom it costs, and after it all stand as the trial said', async () => {
    await page.goto('/connection/trial');
    for (let i = 0; i < 100 && await one("SELECT count(*) FROM job WHERE kind = 'trial' AND state < 2"); i += 1) await page.waitForTimeout(100);
    await page.goto('/connection/trial');
    await page.getByRole('button', { name: 'Switch: 7 members will be limited' }).click();
    await page.waitForURL('**/overview*');
    for (let i = 0; i < 200 && await one('SELECT connection_id FROM patrol') === await one('SELECT id FROM connection WHERE stage = 3'); i += 1) await page.waitForTimeout(100);
    await quiet();
    assert.equal(await one('SELECT count(*) FROM member WHERE status = 1'), GAIN + SAME);
    assert.equal(await one('SELECT count(*) FROM member WHERE status = 2'), LOSE);
    assert.equal(await one("SELECT count(*) FROM member_event WHERE what = 1 AND was > 0 AND reason = 'not_checked'"), 0);
  });

  await test('the same page leads back, with what that costs', async () => {
    await page.goto('/connection/trial');
    assert.equal(await sentence(), 'Back by delegate access 7 would gain and 120 would lose.');
    await inspect(page);
    await shoot('back');
    await page.getByRole('button', { name: 'Go back: 120 members will stop working' }).click();
    await page.waitForURL('**/overview*');
    for (let i = 0; i < 200 && await one('SELECT connection_id FROM patrol') !== await one('SELECT id FROM connection WHERE stage = 2'); i += 1) await page.waitForTimeout(100);
    await quiet();
    assert.equal(await one('SELECT method FROM connection WHERE stage = 2'), 'delegate');
    assert.equal(await one('SELECT count(*) FROM member WHERE status = 1'), LOSE + SAME);
    assert.equal(await one('SELECT count(*) FROM member WHERE status = 3'), GAIN);
  });
});
