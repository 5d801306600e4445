/* Signing in with Microsoft as the mailbox, against the simulated sign-in; the certificate page. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { axe, wide } from './axe.mjs';
import { ADMIN, Lab, PASSWORD, Sim, accept, see, signIn, test } from './lab.mjs';

const APP = '6d1c40e5-3a52-4b0e-9c1d-000000000001';
const TENANT = '8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11';
const VIEWS = [
  { name: 'wide', width: 1280, script: true, theme: 'light' }, { name: 'narrow', width: 320, script: true, theme: 'dark' },
  { name: 'no script', width: 1280, script: false, theme: 'light' },
];

const WORLD = `organisation "Example"
seed 5
premise cloud online host outlook.example.localhost
  tenant ${TENANT}
domain example.com premise cloud
mailbox calendar@example.com "Calendar Service"
  kind dedicated
  password Blue-Heron-42
mailbox casey@example.com "Casey Moss"
  password Red-Kite-7
app ${APP} "Latchkey at Example" tenant cloud
  public
  redirect http://127.0.0.1/oauth/return
  delegated
`;
const PEM = `-----BEGIN CERTIFICATE-----
${Buffer.from('no real one').toString('base64')}
-----END CERTIFICATE-----
`;

const h = (page, name) => page.getByRole('heading', { name }).waitFor();
const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const next = (page) => page.getByRole('link', { name: 'Continue to Microsoft' }).click();

/* The page as it stands is sound. */
async function sound(page, view) {
  assert.equal(await wide(page), '', 'it scrolls sideways');
  if (view.script) assert.equal((await axe(page, view.name)).join('\n'), '');
}

async function begin(page) {
  await page.goto('/connection/microsoft');
  await button(page, 'Begin');
  await page.getByRole('link', { name: 'Continue to Microsoft' }).waitFor();
}

async function there(page, answer = 'Accept') {
  await next(page);
  await h(page, 'Sign in');
  assert.equal(await page.getByLabel('Email, phone, or Skype').inputValue(), 'calendar@example.com');
  await page.getByLabel('Password').fill('Blue-Heron-42');
  await button(page, 'Sign in');
  if (answer) await button(page, answer);
}

const logs = (lab) => readdirSync(path.join(lab.dir, 'log'))
  .map((name) => readFileSync(path.join(lab.dir, 'log', name), 'utf8')).join('\n');

/* What one view of the pages has to stand. */
async function walk({ lab, sim, eyes, view, draft }) {
  const name = (what) => `${view.name}: ${what}`;
  const site = { url: lab.url, others: [sim.face('signin').url] };
  const page = await eyes.page(site, { ignoreHTTPSErrors: true, javaScriptEnabled: view.script,
    colorScheme: view.theme, viewport: { width: view.width, height: 800 } });
  const jobs = async () => (await lab.sql("SELECT params FROM job WHERE kind = 'test' ORDER BY id")).flat();
  await signIn(page, ADMIN);
  await page.waitForURL('**/overview*');

  await test(name('there is nothing to sign in to yet'), async () => {
    await lab.sql('DELETE FROM connection');
    await page.goto('/connection/microsoft');
    await h(page, 'Sign in with Microsoft');
    await page.getByText('There is nothing to sign in to yet').waitFor();
    await sound(page, view);
    assert.equal(await page.getByRole('button', { name: 'Begin' }).count(), 0);
  });

  await draft('user');
  await test(name('declined there: the words say what to do'), async () => {
    await page.goto('/connection/microsoft');
    await h(page, 'You sign in as calendar@example.com');
    await page.getByText(`${lab.url}/oauth/return`).waitFor();
    await sound(page, view);
    await button(page, 'Begin');
    await h(page, 'Sign in there as calendar@example.com');
    await sound(page, view);
    await lab.sql('DELETE FROM ask WHERE id < (SELECT max(id) FROM ask)');
    if (view === VIEWS[0]) {
      await there(page, 'Cancel');
    } else { /* consent is remembered: as if it had been declined */
      const state = new URL(await page.getByRole('link', { name: 'Continue to Microsoft' }).getAttribute('href')).searchParams.get('state');
      await page.goto(`/oauth/return?error=access_denied&error_description=AADSTS65004%3a+declined%0d%0atrace&state=${state}`);
    }
    await h(page, 'Microsoft did not sign the mailbox in');
    await page.getByText(/answered with no/).waitFor();
    assert.match(page.url(), /\/connection\/microsoft\/\d+$/);
    await page.getByText('What Microsoft said').click();
    await page.getByText(/AADSTS65004/).waitFor();
    await sound(page, view);
    await button(page, 'Begin again');
    await page.getByRole('link', { name: 'Continue to Microsoft' }).waitFor();
  });

  await test(name('signed in there, it comes back, and is handed to the engine'), async () => {
    await begin(page);
    await there(page, view === VIEWS[0] ? 'Accept' : null);
    await h(page, 'Microsoft has sent you back');
    assert.match(page.url(), /\/connection\/microsoft\/\d+$/, 'the code has left the address');
    await sound(page, view);
    const [[id, sealed, error]] = await lab.sql('SELECT id, length(sealed), error FROM ask ORDER BY id DESC LIMIT 1');
    assert.ok(sealed > 500 && error === '');
    const before = (await jobs()).length;
    await button(page, 'Finish and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    const after = await jobs();
    assert.equal(after.length, before + 1);
    assert.match(after.at(-1), new RegExp(`slot=next&change=1&.*ask=${id}&`));
    await lab.sql('UPDATE ask SET used = 5');
    await page.goto(`/connection/microsoft/${id}`);
    await h(page, 'This sign-in is over');
    await sound(page, view);
  });

  await test(name('an answer that is not of this session is refused, and leaves the address'), async () => {
    await begin(page);
    const href = await page.getByRole('link', { name: 'Continue to Microsoft' }).getAttribute('href');
    const state = new URL(href).searchParams.get('state');
    for (const [query, say] of [['', /not signed in to Latchkey/], ['state=1.2&code=secret-code', /not begun in this browser/],
      [`state=${state.slice(0, -1)}&code=secret-code`, /not begun in this browser/],
      [`state=${state}&code=secret-code&iss=https%3A%2F%2Fevil.example`, /not from the sign-in service/],
      [`state=${state}`, /no code/]]) {
      await page.goto(`/oauth/return?${query}`);
      await h(page, 'The sign-in was not taken');
      await page.getByText(say).waitFor();
      assert.match(page.url(), /\/connection\/microsoft\/refused\/[a-z]+$/);
    }
    await sound(page, view);
    const [[refused]] = await lab.sql("SELECT count(*) FROM audit WHERE action = 'microsoft.refused'");
    assert.ok(refused >= 4);
    assert.deepEqual(await lab.sql('SELECT count(*) FROM ask WHERE sealed IS NOT NULL AND used = 0'), [[0]]);
  });

  await test(name('whoever was signed out meanwhile begins again'), async () => {
    await begin(page);
    const href = await page.getByRole('link', { name: 'Continue to Microsoft' }).getAttribute('href');
    const state = new URL(href).searchParams.get('state');
    await page.context().clearCookies();
    await page.goto(`/oauth/return?state=${state}&code=secret-code`);
    assert.doesNotMatch(page.url(), /secret-code/);
    await page.getByLabel('E-mail address').fill(ADMIN);
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Sign in');
    await page.getByText(/not signed in to Latchkey/).waitFor();
    await page.getByRole('link', { name: 'Begin again' }).click();
    await button(page, 'Begin');
  });

  await draft('app');
  await test(name('a certificate is made, given to Microsoft, and used'), async () => {
    await page.goto('/connection/certificate');
    await h(page, 'No certificate yet');
    await sound(page, view);
    await button(page, 'Make the certificate');
    await h(page, 'Waiting for its turn');
    await sound(page, view);
    await lab.sql("UPDATE job SET state = 3, ended = created + 1, outcome = 'No key could be made.' WHERE kind = 'certificate'");
    await page.goto('/connection/certificate');
    await h(page, 'No key could be made.');
    await lab.sql("UPDATE job SET state = 2, ended = created + 1, outcome = '' WHERE kind = 'certificate'");
    await lab.sql(`INSERT INTO credential (account_id, connection_id, purpose, version, key_id, sealed, policy,
      set_by, by_name, set_at, used_at, expires, certificate) SELECT account_id, id, 'next', '0a1b2c3d', '', x'00',
      zeroblob(32), 0, '', 1795000000, 0, 1900000000, ? FROM connection`, PEM);
    await page.goto('/connection/certificate');
    await h(page, 'The new certificate');
    await page.getByText(/^[0-9A-F]{40}$/).waitFor();
    await sound(page, view);
    const got = await page.request.get('/connection/certificate.pem');
    assert.equal(await got.text(), PEM);
    assert.match(got.headers()['content-disposition'], /attachment/);
    await button(page, 'I have uploaded it: test and use it');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    assert.match((await jobs()).at(-1), /slot=next&change=1&.*ask=0&/);
    await lab.sql("UPDATE credential SET purpose = 'current'");
    await page.goto('/connection/certificate');
    await h(page, 'The certificate in use');
    await sound(page, view);
    assert.equal(await page.getByRole('button', { name: /uploaded/ }).count(), 0);
    await lab.sql("UPDATE connection SET signin = 'user'");
    await page.goto('/connection/certificate');
    await page.getByText('This connection needs no certificate').waitFor();
    await sound(page, view);
  });
  await page.context().close();
}

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const first = await eyes.page(lab);
  await accept(first, lab.link, 'Avery Stone');
  await first.waitForURL('**/overview*');
  await lab.ask('stop', 'engine');
  await lab.sql('UPDATE engine SET seen = seen + 86400');
  const draft = async (signin) => {
    await lab.sql('DELETE FROM credential');
    await lab.sql('DELETE FROM connection');
    await lab.sql("DELETE FROM job WHERE kind IN ('test', 'certificate')");
    await lab.sql(`INSERT INTO connection (account_id, name, scheme, host, port, proxy, ca, signin, login, authority, tenant,
      client_id, binding, mailbox, method, created, kind, stage, staged_at, rev, edited_by, edited_at, paused_at, paused_by,
      paused_why) SELECT id, 'Exchange', 'https', 'outlook.example.localhost', 443, '', '', ?, '', ?, ?, ?, 'off',
      'calendar@example.com', 'dedicated', 1, 'office365', 1, 1, 1, '', 1, 0, '', '' FROM account`, signin,
    sim.face('signin').url, TENANT, APP);
  };
  for (const view of VIEWS) await walk({ lab, sim, eyes, view, draft });

  /* With the engine: the sign-in of somebody else is refused by name, that of the mailbox is used. */
  const page = await eyes.page({ url: lab.url, others: [sim.face('signin').url] }, { ignoreHTTPSErrors: true });
  await signIn(page, ADMIN);
  await page.waitForURL('**/overview*');
  for (const kind of ['ews', 'signin']) await lab.ctl('egress', 'allow', `127.0.0.1 ${sim.face(kind).port}`);
  await lab.ask('engine');
  const enter = async (who, password) => {
    await begin(page);
    await next(page);
    await page.getByLabel('Email, phone, or Skype').fill(who);
    await page.getByLabel('Password').fill(password);
    await button(page, 'Sign in');
    const consent = page.getByRole('button', { name: 'Accept' });
    await consent.or(page.getByRole('button', { name: 'Finish and test' })).waitFor();
    if (await consent.count()) await consent.click();
    await button(page, 'Finish and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
  };

  await test('somebody else has signed in: refused by name, and nothing is kept', async () => {
    await draft('user');
    await lab.sql('UPDATE connection SET port = ?', sim.face('ews').port);
    await enter('casey@example.com', 'Red-Kite-7');
    await page.getByText(/casey@example\.com/).first().waitFor();
    await page.locator('.verdict.is-blocked').waitFor();
    assert.deepEqual(await lab.sql('SELECT count(*) FROM credential WHERE sealed IS NOT NULL'), [[0]]);
    assert.deepEqual(await lab.sql('SELECT stage FROM connection'), [[1]]);
  });

  await test('the mailbox has signed in: proved and used', async () => {
    await enter('calendar@example.com', 'Blue-Heron-42');
    await page.locator('.verdict:is(.is-ok, .is-limited)').first().waitFor();
    assert.deepEqual(await lab.sql('SELECT stage FROM connection'), [[2]]);
    assert.deepEqual(await lab.sql("SELECT purpose FROM credential WHERE purpose = 'current' AND sealed IS NOT NULL"), [['current']]);
  });

  await test('no log holds a code', () => {
    const all = logs(lab);
    assert.match(all, /GET \/oauth\/return" 303/);
    assert.doesNotMatch(all, /secret-code|[?&]code=/);
  });
});
