/* A member's own sign-in (method personal), with the real engine and a simulated Exchange: wrong, right,
 * another login that does not work beside the one that does, removed; with scripts and without. */
import assert from 'node:assert/strict';
import { inspect, wide } from './axe.mjs';
import { Lab, Sim, accept, connect, reach, see, test, world } from './lab.mjs';

const OURS = 'Planted-Lantern-Ours-71';
const RIGHT = 'Planted-Lantern-Right-71';
const WRONG = 'Planted-Kettle-Wrong-72';
const WORLD = world(OURS, `mailbox robin@example.test "Robin Vale"
  login robin
  password "${RIGHT}"
mailbox wren@example.test "Wren Ash"
  password "${RIGHT}"
`);

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  await connect(lab, sim, OURS, 'basic', 'personal');
  const { link } = await lab.ctl('invite', 'robin@example.test', '--name', 'Robin Vale');
  const page = await eyes.page(lab);
  await accept(page, link, 'Robin Vale');
  await page.waitForURL((url) => !url.pathname.startsWith('/link'));
  const plain = await eyes.bare(lab, page);

  const enter = async (on, login, password) => {
    await on.goto('/me/signin');
    await on.getByLabel('Sign-in name').fill(login);
    await on.getByLabel('The password of your mailbox').fill(password);
    await on.getByRole('button', { name: 'Prove and use it' }).click();
  };
  const said = (on, words) => on.locator('#proof #run').getByText(words).waitFor({ timeout: 30000 });
  const used = () => lab.sql("SELECT c.login, k.version FROM connection c JOIN credential k ON k.connection_id = c.id "
    + "WHERE c.owner IS NOT NULL AND k.purpose = 'current'");
  const stands = async (...wanted) => {
    let seen;
    for (let i = 0; i < 100; i += 1) {
      [seen] = await lab.sql("SELECT status, reason, checked_at > 0 FROM member WHERE email = 'robin@example.test'");
      if (seen[0] === wanted[0] && seen[1] === wanted[1]) return;
      await page.waitForTimeout(100);
    }
    assert.deepEqual(seen, [...wanted, 1]);
  };
  const secrets = async () => (await lab.sql('SELECT count(*) FROM connection WHERE owner IS NOT NULL'))[0][0];

  await test('nothing is entered yet', async () => {
    await page.goto('/me/signin');
    await page.getByRole('heading', { name: 'Enter your sign-in' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Remove' }).count(), 0);
    await inspect(page);
    await stands(3, 'own_signin_missing');
  });

  await test('a wrong password is tried once, and not kept', async () => {
    await enter(page, '', WRONG);
    await said(page, 'the password was refused');
    assert.deepEqual(await used(), []);
    assert.equal(await page.getByText('What the server said').count(), 0, 'what servers say is for admins');
    await inspect(page);
    await page.goto('/me/signin');
    await page.getByText('What you entered last is not used').waitFor();
    assert.ok(!(await page.content()).includes(WRONG));
    await inspect(page);
  });

  await test('the right one is proved, and used from then on', async () => {
    await enter(page, '', RIGHT);
    await said(page, 'in use now');
    assert.equal((await used()).length, 1);
    await stands(1, 'ok');
    await page.getByRole('link', { name: 'My sign-in' }).first().click();
    await page.getByRole('heading', { name: 'In use' }).waitFor();
    assert.equal(await page.getByText('What you entered last is not used').count(), 0);
    await inspect(page);
  });

  await test('another login that does not work is entered beside the one that does', async () => {
    const before = await used();
    await enter(plain, 'EXAMPLE\\robin', WRONG);
    await plain.waitForURL(/signin\/\d+$/);
    for (let i = 0; i < 60 && !(await plain.getByText('refused').count()); i += 1) {
      await plain.waitForTimeout(200);
      await plain.reload();
    }
    assert.deepEqual(await used(), before);
    assert.equal(await secrets(), 2);
    await enter(page, 'EXAMPLE\\robin', RIGHT);
    await said(page, /in use now|held back|refused/);
    assert.equal((await used()).length, 1);
  });

  await test('while a proof runs the page follows it, and what is typed meanwhile stays', async () => {
    const [[job]] = await lab.sql("SELECT max(id) FROM job WHERE kind = 'own'");
    const [[state, outcome]] = await lab.sql('SELECT state, outcome FROM job WHERE id = ?', job);
    await lab.sql('UPDATE job SET state = 0, run_at = 9e9, due_at = 9e9, ended = 0 WHERE id = ?', job);
    await page.goto('/me/signin');
    await page.getByText('What you entered is being proved').waitFor();
    await page.getByLabel('Sign-in name').fill('EXAMPLE\\typed');
    await page.getByLabel('Sign-in name').blur();
    await lab.sql("UPDATE job SET state = 3, outcome = 'It came to nothing.', ended = 1 WHERE id = ?", job);
    await page.getByText('It came to nothing.').waitFor({ timeout: 15000 });
    assert.equal(await page.getByText('is being proved').count(), 0);
    assert.equal(await page.getByLabel('Sign-in name').inputValue(), 'EXAMPLE\\typed');
    assert.equal(await page.locator('[data-poll]').count(), 0);
    await lab.sql('UPDATE job SET state = ?, outcome = ?, ended = 2 WHERE id = ?', state, outcome, job);
  });

  await test("a colleague's mailbox is not taken for one's own", async () => {
    const before = await used();
    await enter(page, 'wren@example.test', RIGHT);
    await said(page, 'Nothing was changed');
    assert.deepEqual(await used(), before);
  });

  await test('nobody else sees the proof; an admin has one of their own', async () => {
    const admin = await eyes.page(lab);
    await accept(admin, lab.link, 'Avery Stone');
    await admin.waitForURL('**/overview*');
    const [[job]] = await lab.sql("SELECT max(id) FROM job WHERE kind = 'own'");
    assert.equal((await admin.goto(`/me/signin/${job}`)).status(), 404);
    assert.equal((await admin.goto(`/connection/test/${job}`)).status(), 404);
    await admin.goto('/connection/rotate');
    assert.equal(await admin.getByText('robin@example.test').count(), 0);
    await admin.goto('/audit');
    await admin.getByText('Own sign-in proved and used').first().waitFor();
  });

  await test('removed, it is gone at once', async () => {
    await plain.goto('/me/signin/remove');
    await plain.getByRole('heading', { name: 'Remove my sign-in?' }).waitFor();
    await plain.getByRole('button', { name: 'Remove it' }).click();
    await plain.getByText('Your sign-in is removed.').waitFor();
    assert.equal(await secrets(), 0);
    await stands(3, 'own_signin_missing');
    const [[left]] = await lab.sql("SELECT count(*) FROM credential k WHERE k.sealed IS NOT NULL");
    assert.equal(left, 1, "the account's own");
  });

  await test('without scripts, at 360 px: wrong, then right', async () => {
    await plain.setViewportSize({ width: 360, height: 740 });
    for (const [password, words] of [[WRONG, 'the password was refused'], [RIGHT, 'in use now']]) {
      await enter(plain, '', password);
      const end = plain.locator('#proof #run').getByText(words);
      for (let i = 0; i < 100 && !await end.count(); i += 1) {
        await plain.waitForTimeout(200);
        await plain.reload();
      }
      await said(plain, words);
      assert.equal(await wide(plain), '');
      assert.equal((await used()).length, Number(password === RIGHT));
    }
    await stands(1, 'ok');
  });

  await test('by keyboard alone: removed, wrong, then right', async () => {
    const press = async (role, name) => {
      await reach(page, page.getByRole(role, { name, exact: true }));
      await page.keyboard.press('Enter');
    };
    await page.goto('/me/signin');
    await press('link', 'Remove…');
    await press('button', 'Remove it');
    await page.getByText('Your sign-in is removed.').waitFor();
    for (const [password, words] of [[WRONG, 'the password was refused'], [RIGHT, 'in use now']]) {
      await page.goto('/me/signin');
      await reach(page, page.getByLabel('The password of your mailbox'));
      await page.keyboard.insertText(password);
      await press('button', 'Prove and use it');
      await said(page, words);
    }
    await stands(1, 'ok');
  });

  await test('with another method there is nothing to enter', async () => {
    await lab.sql("UPDATE connection SET method = 'delegate'");
    await page.goto('/me/signin');
    await page.getByText('does not ask for your own sign-in').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Prove and use it' }).count(), 0);
    await inspect(page);
  });
});
