/* Each method with each way to sign in, as an account admin clicks it: from nothing to a connection that
 * is proved and in use, and a person's calendar that opens. And what happens to one afterwards. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { wide } from './axe.mjs';
import { ADMIN, Lab, PASSWORD, Sim, accept, see, signIn, test } from './lab.mjs';

const TENANT = '8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11';
const APP = '6d1c40e5-3a52-4b0e-9c1d-7f7a52b0e4c1';
const SECRET = 'Green-Wren-Secret-5';
const RIGHT = 'Blue-Heron-42';

/* What both organisations have: who lets the mailbox in, and who does not. */
const people = (domain, premise) => `mailbox robin@${domain} "Robin Vale" premise ${premise}
  password Red-Kite-7
  grant calendar@${domain} Editor
  on-behalf calendar@${domain}
  event "Planning" monday+0T09:00 1h
mailbox closed@${domain} "Casey Closed" premise ${premise}
group scope@${domain} "Scope" kind security
  member robin@${domain} calendar@${domain}
`;
const WORLD = `organisation "Example"
seed 9
clock now
premise hq onprem 2019 host mail.example.localhost
  zone Europe/Berlin
  schemes basic ntlm
premise cloud online host outlook.example.localhost
  zone Europe/Berlin
  tenant ${TENANT}
domain example.com premise hq
domain example.org premise cloud
mailbox calendar@example.com "Calendar Service" premise hq
  kind dedicated
  login calendar
  password ${RIGHT}
mailbox booking@example.com "Booking Service" premise hq
  kind dedicated
  password Amber-Lynx-8
mailbox calendar@example.org "Calendar Service Online" premise cloud
  kind dedicated
  password Teal-Plover-9
${people('example.com', 'hq')}mailbox calendar@example.com
  impersonation scope scope@example.com
${people('example.org', 'cloud')}app ${APP} "Latchkey at Example" tenant cloud
  secret main ${SECRET}
  redirect http://127.0.0.1/oauth/return
  consent
  delegated
  impersonation scope scope@example.org
`;

/* Of each way to sign in: where it is used, and the methods that have it. */
const WAYS = {
  basic: { domain: 'example.com', methods: ['personal', 'dedicated', 'delegate', 'impersonation'] },
  ntlm: { domain: 'example.com', methods: ['personal', 'dedicated', 'delegate', 'impersonation'] },
  app: { domain: 'example.org', methods: ['dedicated', 'impersonation'] },
  user: { domain: 'example.org', methods: ['personal', 'dedicated', 'delegate'] },
};
/* Two of the journeys once more, each otherwise. */
const OTHERWISE = [
  { how: 'without scripts', options: { javaScriptEnabled: false }, way: 'ntlm', method: 'delegate' },
  { how: 'at 360 px, without scripts', options: { javaScriptEnabled: false, viewport: { width: 360, height: 740 } },
    way: 'user', method: 'dedicated' },
];

const button = (page, name) => page.getByRole('button', { name, exact: true }).click();

/* A page follows what runs by itself; without scripts somebody asks for it again. */
async function wait(page, target) {
  for (let i = 0; i < 120 && !await target.first().isVisible(); i += 1) {
    await page.waitForTimeout(250);
    const refresh = page.getByRole('link', { name: 'Refresh', exact: true });
    if (page.bare && await refresh.count()) await refresh.click();
    else if (page.bare) await page.reload();
  }
  await target.first().waitFor();
  assert.equal(await wide(page), '', `${page.url()} scrolls sideways`);
}

async function choose(page, way, method) {
  await page.goto('/connection/method');
  await page.locator(`label[for=${way === 'app' || way === 'user' ? 'k-office' : 'k-exchange'}]`).click();
  await page.locator(`label[for=m-${method}]`).click();
  await button(page, 'Save and continue');
  await page.waitForURL('**/connection/credentials');
}

const unfold = async (page) => page.locator('main details').first().locator('summary').click();

async function password(page, sim, way, ca) {
  const { host, port } = sim.face('ews');
  await page.getByLabel('I know the address').check();
  await page.locator('#mailbox').fill('calendar@example.com');
  await page.locator('#server').fill(`${host}:${port}`);
  await page.locator('#login').fill('EXAMPLE\\calendar');
  await page.locator('#password').fill(RIGHT);
  await unfold(page);
  await page.locator('#signin').selectOption(way);
  if (ca) await page.locator('#ca').fill(ca);
  await button(page, 'Save and test');
}

async function application(page, sim, way) {
  const ews = sim.faces.find((face) => face.kind === 'ews' && face.premise === 'cloud');
  await page.locator('#mailbox').fill('calendar@example.org');
  await page.locator('#tenant').fill(TENANT);
  await page.locator('#client-id').fill(APP);
  const who = page.locator(`input[type=radio][name=signin][value=${way}]`);
  if (await who.count()) await who.check();
  const proof = page.locator('input[name=proof][type=radio][value=secret]'); // not where the mailbox alone can sign in
  if (await proof.count()) await proof.check();
  await page.locator('#secret').fill(SECRET);
  await page.locator('#expires').fill('2099-01-31');
  await unfold(page);
  await page.locator('#cloud').selectOption('typed');
  await page.locator('#server').fill(`${ews.host}:${ews.port}`);
  await page.locator('#authority').fill(sim.face('signin').url.replace(/\/$/, ''));
  await page.locator('main form.lg button.primary').click();
}

/* Through Microsoft's page, as somebody. */
async function microsoft(page, email, secret) {
  await page.waitForURL('**/connection/microsoft');
  await button(page, 'Begin');
  await page.getByRole('link', { name: 'Continue to Microsoft' }).click();
  await page.getByLabel('Email, phone, or Skype').fill(email);
  await page.getByLabel('Password').fill(secret);
  await button(page, 'Sign in');
  const consent = page.getByRole('button', { name: 'Accept', exact: true });
  const finish = page.getByRole('button', { name: 'Finish and test' });
  await consent.or(finish).waitFor();
  if (await consent.isVisible()) await consent.click();
  await finish.waitFor();
  assert.doesNotMatch(page.url(), /code=/, 'the code is not left in the address');
  await finish.click();
}

async function ended(page, words) {
  await page.waitForURL(/\/connection\/test\/\d+$/);
  await wait(page, page.getByRole('heading', { name: words }));
}

async function nothing(lab) {
  await lab.sql('DELETE FROM credential');
  await lab.sql('DELETE FROM connection');
}

/* From nothing to proved and in use, and then a person; the personal method has none but its own. */
async function journey({ page, lab, sim }, way, method) {
  const { domain } = WAYS[way];
  await nothing(lab);
  await choose(page, way, method);
  await (domain === 'example.com' ? password : application)(page, sim, way);
  if (way === 'user') await microsoft(page, 'calendar@example.org', 'Teal-Plover-9');
  await ended(page, 'The new connection is in use now.');
  const [[stage, signin, how]] = await lab.sql('SELECT stage, signin, method FROM connection');
  assert.deepEqual([stage, signin, how], [2, way, method]);
  await page.goto('/overview');
  await page.getByRole('heading', { name: 'The connection works' }).waitFor();
  await page.goto('/connection/test');
  if (method === 'personal') assert.equal(await page.getByLabel('A test person').count(), 0);
  else await page.getByLabel('A test person').fill(`robin@${domain}`);
  if (method === 'impersonation') await page.getByLabel('A mailbox that must not open').fill(`closed@${domain}`);
  await button(page, 'Run the test');
  await ended(page, 'Everything works.');
  if (method === 'personal') return;
  await page.locator('.step:is(.is-ok, .is-limited)').getByText(`robin@${domain}`).first().waitFor();
  if (method === 'impersonation') {
    await page.locator('.step.is-ok').getByText(`closed@${domain} must not open`).waitFor();
  }
}

/* What happens to a connection that is in use: the same page, one after another. */
async function afterwards({ page, lab, sim }) {
  const current = async () => (await lab.sql("SELECT c.version FROM credential c JOIN connection n ON n.id = c.connection_id "
    + "WHERE c.purpose = 'current' AND n.stage = 2"))[0]?.[0];
  const rotate = async (secret) => {
    await page.goto('/connection/rotate');
    await page.getByLabel('New password of calendar@example.com').fill(secret);
    await button(page, 'Prove and replace');
  };

  await test('rotation: a wrong one is refused and changes nothing, the same one is said to be the same', async () => {
    const before = await current();
    await rotate('Grey-Heron-1');
    await wait(page, page.getByText('It did not prove itself'));
    await page.getByRole('link', { name: 'Nothing was changed: the password was refused.' }).waitFor();
    await rotate(RIGHT);
    await wait(page, page.getByText('this password is in use already'));
    assert.equal(await current(), before);
  });

  await test('rotation: the right one is used at once, and nothing waits any more', async () => {
    const before = await current();
    sim.tell('mailbox calendar@example.com', '  password Violet-Crane-3');
    await rotate('Violet-Crane-3');
    await wait(page, page.locator('#slot-former'));
    assert.notEqual(await current(), before);
    assert.equal(await page.locator('#slot-next').count(), 0);
  });

  await test('it is paused with a reason, and resumed', async () => {
    await page.goto('/connection/test');
    await page.getByRole('link', { name: 'Pause', exact: true }).click();
    await page.getByLabel('Reason').fill('The server moves');
    await button(page, /^Pause the connection/);
    await page.goto('/overview');
    await page.getByText('The server moves').waitFor();
    await button(page, 'Resume');
    await page.getByText('The engine looks at it now').waitFor();
    await wait(page, page.getByRole('heading', { name: 'The connection works' }));
  });

  await test('another mailbox takes its place, and the old one is erased later', async () => {
    await page.goto('/connection/rotate');
    await page.getByRole('link', { name: 'Replace or rename the mailbox' }).click();
    await page.getByLabel('It is another mailbox').check();
    await page.getByLabel('The new address').fill('booking@example.com');
    await button(page, 'Go on');
    await page.getByRole('heading', { name: 'What must be granted again' }).waitFor();
    await page.getByLabel('Sign-in name').fill('');
    await page.getByLabel('Password of booking@example.com').fill('Amber-Lynx-8');
    await button(page, 'Prove it');
    await ended(page, /^It works, and nothing was switched/);
    assert.deepEqual(await lab.sql('SELECT mailbox FROM connection WHERE stage = 2'), [['calendar@example.com']]);
    await button(page, 'Switch now');
    await page.getByText('Switched. What was in use is kept for 7 days').waitFor();
    assert.deepEqual(await lab.sql('SELECT mailbox FROM connection WHERE stage = 2'), [['booking@example.com']]);
    await page.goto('/connection/rotate');
    await page.getByText('calendar@example.com is not used any more').waitFor();
  });
}

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start());
  for (const { host, port } of sim.faces) await lab.ctl('egress', 'allow', `${host} ${port}`);
  const site = { url: lab.url, others: [sim.face('signin').url] };
  const page = await eyes.page(site, { ignoreHTTPSErrors: true });
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');

  await test('a private authority: unknown it is named as what fails, pasted into the form it is trusted', async () => {
    await choose(page, 'ntlm', 'delegate');
    await password(page, sim, 'ntlm');
    await ended(page, 'Nothing was changed');
    await page.locator('.step.is-blocked').getByText('Certificate is trusted').waitFor();
    await page.goto('/connection/credentials');
    await password(page, sim, 'ntlm', readFileSync(sim.ca, 'utf8'));
    await ended(page, 'The new connection is in use now.');
  });

  await lab.ask('configure', { ca_file: sim.ca });
  for (const [way, { methods }] of Object.entries(WAYS)) {
    for (const method of methods) {
      await test(`${method}, ${way}`, () => journey({ page, lab, sim }, way, method));
    }
  }
  for (const { how, options, way, method } of OTHERWISE) {
    await test(`${method}, ${way}: ${how}`, async () => {
      const other = await eyes.page(site, { ignoreHTTPSErrors: true, ...options });
      other.bare = options.javaScriptEnabled === false;
      await signIn(other, ADMIN, PASSWORD);
      await other.waitForURL('**/overview*');
      await journey({ page: other, lab, sim }, way, method);
      await other.context().close();
    });
  }

  await test('somebody else signs in with Microsoft: refused by name, nothing is stored', async () => {
    await nothing(lab);
    await choose(page, 'user', 'delegate');
    await application(page, sim, 'user');
    await microsoft(page, 'robin@example.org', 'Red-Kite-7');
    await ended(page, /Nothing was changed: robin@example\.org signed in/);
    assert.deepEqual(await lab.sql('SELECT purpose FROM credential WHERE sealed IS NOT NULL'), [['next-client']]);
  });

  await test('and what happens to one afterwards', () => journey({ page, lab, sim }, 'basic', 'delegate'));
  await afterwards({ page, lab, sim });
});
