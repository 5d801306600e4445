/* A member signs in with Microsoft as themselves (method personal), with the real engine, a simulated
 * Exchange and its sign-in: declined, somebody else, right, again, removed; by keyboard, narrow, and
 * without scripts. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inspect, wide } from './axe.mjs';
import { Lab, Sim, accept, reach, see, test } from './lab.mjs';

const APP = '6d1c40e5-3a52-4b0e-9c1d-000000000001';
const TENANT = '8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11';
const KEYS = { 'calendar@example.com': 'Blue-Heron-42', 'casey@example.com': 'Red-Kite-7', 'drew@example.com': 'Gold-Finch-3' };
const WORLD = `organisation "Example"
seed 5
clock now
premise cloud online host outlook.example.localhost
  tenant ${TENANT}
  latency base 15
domain example.com premise cloud
mailbox calendar@example.com "Calendar Service"
  kind dedicated
  password ${KEYS['calendar@example.com']}
mailbox casey@example.com "Casey Moss"
  password ${KEYS['casey@example.com']}
mailbox drew@example.com "Drew Vale"
  password ${KEYS['drew@example.com']}
app ${APP} "Latchkey at Example" tenant cloud
  public
  redirect http://127.0.0.1/oauth/return
  delegated
`;

const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const h = (page, name) => page.getByRole('heading', { name }).waitFor();
const says = (page, text) => page.getByText(text).first().waitFor({ timeout: 30000 });

/* On Microsoft's page: signed in as somebody, and what is asked then is answered. */
async function there(page, who, answer = 'Accept') {
  await page.getByRole('link', { name: 'Continue to Microsoft' }).click();
  await h(page, 'Sign in');
  await page.getByLabel('Email, phone, or Skype').fill(who);
  await page.getByLabel('Password').fill(KEYS[who]);
  await button(page, 'Sign in');
  const asked = page.getByRole('button', { name: answer, exact: true });
  await asked.or(page.getByRole('button', { name: 'Finish and test' })).waitFor();
  if (await asked.count()) await asked.click();
}

/* By keys alone. */
async function press(page, target) {
  await reach(page, target);
  await page.keyboard.press('Enter');
}

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const signs = sim.face('signin');
  const site = { url: lab.url, others: [signs.url] };
  for (const face of [sim.face('ews'), signs]) await lab.ctl('egress', 'allow', `127.0.0.1 ${face.port}`);
  const join = async (who, name, options) => {
    const page = await eyes.page(site, { ignoreHTTPSErrors: true, ...options });
    await accept(page, (await lab.ctl('invite', who, '--name', name)).link, name);
    await page.waitForURL((url) => url.pathname === '/me');
    return page;
  };
  const held = async (who) => (await lab.sql(`SELECT k.purpose FROM credential k JOIN connection c ON c.id = k.connection_id
    JOIN member m ON m.id = c.owner WHERE m.email = ? AND k.sealed IS NOT NULL`, who)).flat();

  await test('the account’s own sign-in comes first: the admin is led back to the connection', async () => {
    const admin = await eyes.page(site, { ignoreHTTPSErrors: true });
    await accept(admin, lab.link, 'Avery Stone');
    await admin.waitForURL('**/overview*');
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,
      client_id, binding, mailbox, method, created, kind, stage, staged_at, rev, edited_by, edited_at, paused_at, paused_by,
      paused_why) SELECT id, 'Exchange', 'https', 'outlook.example.localhost', ?, '', '', 'user', '', ?, ?, ?, 'off',
      'calendar@example.com', 'personal', 1, 'office365', 1, 1, 1, '', 1, 0, '', '' FROM account`,
    sim.face('ews').port, signs.url, TENANT, APP);
    await admin.goto('/connection/microsoft');
    await button(admin, 'Begin');
    await there(admin, 'calendar@example.com');
    assert.match(admin.url(), /\/connection\/microsoft\/\d+$/);
    await button(admin, 'Finish and test');
    await admin.getByRole('heading', { name: /in use now/ }).waitFor({ timeout: 60000 });
    await admin.context().close();
  });

  const casey = await join('casey@example.com', 'Casey Moss');
  const drew = await join('drew@example.com', 'Drew Vale', { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });

  await test('a member is asked to sign in with Microsoft, by no password here', async () => {
    await casey.goto('/me');
    await casey.getByRole('link', { name: 'Enter your sign-in' }).click();
    await h(casey, 'Sign in with Microsoft');
    await says(casey, 'sign in as casey@example.com');
    assert.equal(await casey.locator('input[type=password]').count(), 0);
    await inspect(casey);
    await button(casey, 'Sign in with Microsoft');
    await h(casey, 'Sign in there as casey@example.com');
    assert.match(casey.url(), /\/me\/microsoft\/\d+$/);
    await inspect(casey);
  });

  await test('declined there: the words say what to do, and nothing is kept', async () => {
    await there(casey, 'casey@example.com', 'Cancel');
    await says(casey, 'answered with no');
    assert.match(casey.url(), /\/me\/microsoft\/\d+$/, 'back on the own page, and the code has left the address');
    await inspect(casey);
    assert.deepEqual(await held('casey@example.com'), []);
  });

  await test('somebody else has signed in: refused by name, and nothing is kept', async () => {
    await casey.goto('/me/signin');
    await button(casey, 'Sign in with Microsoft');
    await there(casey, 'drew@example.com');
    await h(casey, 'Microsoft has sent you back');
    await inspect(casey);
    await button(casey, 'Finish and test');
    await casey.waitForURL(/\/me\/signin\/\d+$/);
    await casey.locator('.verdict.is-blocked').waitFor({ timeout: 30000 });
    await says(casey, 'drew@example.com');
    await inspect(casey);
    assert.deepEqual(await held('casey@example.com'), []);
    await casey.goto('/me/signin');
    await says(casey, 'What you entered last is not used');
  });

  await test('by keyboard alone, and narrow: signed in as oneself it is proved, used and green', async () => {
    await casey.setViewportSize({ width: 360, height: 740 });
    await press(casey, casey.getByRole('button', { name: 'Sign in with Microsoft' }));
    await h(casey, 'Sign in there as casey@example.com');
    await there(casey, 'casey@example.com');
    await h(casey, 'Microsoft has sent you back');
    await press(casey, casey.getByRole('button', { name: 'Finish and test' }));
    await casey.locator('#proof #run').getByText('in use now').waitFor({ timeout: 60000 });
    assert.deepEqual(await held('casey@example.com'), ['current']);
    await press(casey, casey.locator('#proof').getByRole('link', { name: 'My connection' }));
    await casey.waitForURL((url) => url.pathname === '/me');
    for (let i = 0; i < 60 && !(await casey.getByText('Your calendar is connected.').count()); i += 1) {
      await casey.waitForTimeout(500);
      await casey.reload();
    }
    assert.equal(await casey.locator('h1').innerText(), 'Your calendar is connected.');
    await casey.setViewportSize({ width: 1280, height: 800 });
    await casey.goto('/me/signin');
    await h(casey, 'In use');
    assert.match(await casey.locator('.kv').innerText(), /casey@example\.com/);
    await inspect(casey);
  });

  await test('what is in use stays until a new one has proved itself', async () => {
    const was = await lab.sql("SELECT version FROM credential WHERE purpose = 'current' ORDER BY id");
    await button(casey, 'Sign in with Microsoft');
    const href = await casey.getByRole('link', { name: 'Continue to Microsoft' }).getAttribute('href');
    const state = new URL(href).searchParams.get('state');
    await casey.goto(`/oauth/return?error=access_denied&error_description=AADSTS50020%3a+guest&state=${state}`);
    await says(casey, 'The account is one of another organisation.');
    assert.deepEqual(await lab.sql("SELECT version FROM credential WHERE purpose = 'current' ORDER BY id"), was);
    await casey.goto('/oauth/return?state=1.2&code=secret-code');
    await h(casey, 'The sign-in was not taken');
    assert.match(casey.url(), /\/me\/microsoft\/refused\/[a-z]+$/);
    await inspect(casey);
    await casey.getByRole('link', { name: 'Begin again' }).click();
    await casey.waitForURL((url) => url.pathname === '/me/signin');
  });

  await test('without scripts, at 360 px: from the page to green, and removed', async () => {
    await drew.goto('/me/signin');
    assert.equal(await wide(drew), '');
    await button(drew, 'Sign in with Microsoft');
    await h(drew, 'Sign in there as drew@example.com');
    assert.equal(await wide(drew), '');
    const [[ask]] = await lab.sql('SELECT max(id) FROM ask');
    assert.equal((await casey.request.get(`/me/microsoft/${ask}`)).status(), 404, 'nobody else sees it');
    await there(drew, 'drew@example.com');
    await button(drew, 'Finish and test');
    for (let i = 0; i < 60 && !(await drew.locator('#proof #run').getByText('in use now').count()); i += 1) {
      await drew.waitForTimeout(500);
      await drew.reload();
    }
    assert.deepEqual(await held('drew@example.com'), ['current']);
    assert.equal(await wide(drew), '');
    await drew.goto('/me/signin/remove');
    await button(drew, 'Remove it');
    await says(drew, 'Your sign-in is removed.');
    assert.deepEqual(await held('drew@example.com'), []);
    assert.deepEqual(await held('casey@example.com'), ['current'], 'of others nothing is removed');
  });

  await test('no log holds a code', () => {
    const all = readdirSync(path.join(lab.dir, 'log')).map((name) => readFileSync(path.join(lab.dir, 'log', name), 'utf8')).join('\n');
    assert.match(all, /GET \/oauth\/return" 303/);
    assert.doesNotMatch(all, /secret-code|[?&]code=/);
  });
});
