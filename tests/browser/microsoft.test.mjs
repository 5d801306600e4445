/* The simulated Microsoft sign-in as a browser shows it: every page, wide and narrow, with scripts and
 * without; and what a program gets that sent somebody there. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { axe, wide } from './axe.mjs';
import { Sim, see, test } from './lab.mjs';

const VIEWS = [
  { name: 'wide', width: 1280, script: true }, { name: 'narrow', width: 360, script: true },
  { name: 'wide, no script', width: 1280, script: false }, { name: 'narrow, no script', width: 360, script: false },
];
const EWS_USER = 'https://outlook.office365.com/EWS.AccessAsUser.All';
const SECRET = 'Green-Wren-Secret-5';
/* Each view has an app of its own: consent is remembered. */
const app = (view) => `6d1c40e5-3a52-4b0e-9c1d-00000000000${VIEWS.indexOf(view)}`;

const world = (back) => `organisation "Example"
seed 5
premise cloud online host outlook.example.localhost
  tenant 8f0c5d52-2c57-4c53-9d6b-0a2b4f3f7c11
domain example.com premise cloud
mailbox calendar@example.com "Calendar Service"
  kind dedicated
  password Blue-Heron-42
mailbox casey@example.com "Casey Wilhelmina Featherstonehaugh-Montgomery"
  password Red-Kite-7
mailbox drew@example.com "Drew Moss"
  password Gold-Finch-3
  state mfa
${VIEWS.map((view) => `app ${app(view)} "Latchkey at Example" tenant cloud
  secret main ${SECRET}
  redirect ${back}
  delegated`).join('\n')}
`;

/* The program's own address: it keeps what browsers bring. */
class Listener {
  static async start() {
    const listener = new Listener();
    listener.brought = [];
    listener.server = http.createServer(async (rq, rs) => {
      let body = '';
      for await (const piece of rq) body += piece;
      const { pathname, searchParams } = new URL(rq.url, 'http://x');
      const fields = rq.method === 'POST' ? new URLSearchParams(body) : searchParams;
      if (pathname === '/back') listener.brought.push({ method: rq.method, ...Object.fromEntries(fields) });
      rs.writeHead(200, { 'Content-Type': 'text/html' });
      rs.end('<!DOCTYPE html><html lang="en"><title>Back</title><link rel="icon" href="data:,"><h1>Back</h1></html>');
    });
    await new Promise((done) => { listener.server.listen(0, '127.0.0.1', done); });
    listener.url = `http://127.0.0.1:${listener.server.address().port}`;
    listener.back = `${listener.url}/back`;
    return listener;
  }

  stop() {
    this.server.closeAllConnections?.();
    this.server.close();
  }
}

/* Ask the sign-in as a program does; its name need not be known to this machine's resolver. */
function ask(sim, path, form) {
  const { host, port } = sim.face('signin');
  const body = new URLSearchParams(form).toString();
  const headers = { Host: `${host}:${port}`, 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((done, failed) => {
    const rq = https.request({ host: '127.0.0.1', port, servername: host, ca: readFileSync(sim.ca), agent: false,
      path, method: 'POST', headers }, async (rs) => {
      let text = '';
      for await (const piece of rs) text += piece;
      done({ status: rs.statusCode, ...JSON.parse(text) });
    });
    rq.on('error', failed);
    rq.end(body);
  });
}

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const button = (page, name) => page.getByRole('button', { name, exact: true }).click();

async function signIn(page, password, email) {
  if (email) await page.getByLabel('Email, phone, or Skype').fill(email);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in');
}

/* Everything one view of the pages has to stand. */
async function walk({ sim, eyes, listener, view }) {
  const name = (what) => `${view.name}: ${what}`;
  const site = { url: sim.face('signin').url, others: [listener.url] };
  const page = await eyes.page(site, { ignoreHTTPSErrors: true, javaScriptEnabled: view.script,
    viewport: { width: view.width, height: 800 } });
  const client = { client_id: app(view), client_secret: SECRET };
  const verifier = `a-verifier-of-${view.name.replace(/\W/g, '-')}-`.padEnd(48, 'x');
  const challenge = createHash('sha256').update(verifier).digest('base64url');

  const wish = (more) => `/organizations/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: app(view),
    response_type: 'code', redirect_uri: listener.back, scope: `openid profile offline_access ${EWS_USER}`,
    state: 'st&te=1', nonce: 'n1', code_challenge: challenge, code_challenge_method: 'S256', ...more })}`;
  const redeem = (code, more) => ask(sim, '/organizations/oauth2/v2.0/token',
    { ...client, grant_type: 'authorization_code', code, redirect_uri: listener.back, code_verifier: verifier, ...more });
  /* What came back, once the browser is there. */
  const back = async () => {
    await h1(page, 'Back');
    assert.equal(listener.brought.length, 1, 'it came back once');
    const brought = listener.brought.pop();
    assert.equal(brought.state, 'st&te=1', 'the state is kept');
    return brought;
  };
  /* The page is shown, and nothing about it is wrong; axe itself is a script. */
  const shows = async (title) => {
    await h1(page, title);
    assert.equal(await wide(page), '', 'it scrolls sideways');
    assert.match(await page.title(), new RegExp(title));
    if (view.script) assert.equal((await axe(page, title)).join('\n'), '');
  };

  await test(name('somebody else is signed in already, and is offered'), async () => {
    await page.goto(wish());
    await shows('Sign in');
    await signIn(page, 'Red-Kite-7', 'casey@example.com');
    await shows('Permissions requested');
    await page.getByText('casey@example.com').waitFor();
    await page.goto(wish());
    await shows('Pick an account');
    await page.getByRole('button', { name: /^Casey Wilhelmina.*casey@example\.com.*Signed in/ }).waitFor();
  });

  await test(name('another account: no name, a name alone, a wrong password, the right one'), async () => {
    await button(page, 'Use another account');
    await shows('Sign in');
    await signIn(page, 'Blue-Heron-42');
    await page.getByRole('alert').getByText('Enter a valid email address.').waitFor();
    await page.getByLabel('Email, phone, or Skype').fill('calendar@example.com');
    await button(page, 'Sign in');
    assert.equal(await page.getByRole('alert').count(), 0, 'nothing was wrong yet');
    await signIn(page, 'Grey-Heron-1');
    await page.getByRole('alert').getByText('AADSTS50126').waitFor();
    await shows('Sign in');
    assert.equal(await page.getByLabel('Email, phone, or Skype').inputValue(), 'calendar@example.com');
    assert.equal(await page.getByLabel('Password').inputValue(), '', 'the password is not sent back');
    await signIn(page, 'Blue-Heron-42');
    await shows('Permissions requested');
    await page.getByText('Latchkey at Example').waitFor();
    await page.getByText('calendar@example.com').waitFor();
  });

  await test(name('consent is declined, and the program is told'), async () => {
    await button(page, 'Cancel');
    const brought = await back();
    assert.equal(brought.error, 'access_denied');
    assert.equal(brought.error_subcode, 'cancel');
    assert.match(brought.error_description, /^AADSTS65004: /);
    assert.equal(brought.code, undefined);
  });

  await test(name('prompt=login asks for the password; the code is redeemed with its verifier'), async () => {
    await page.goto(wish({ prompt: 'login', login_hint: 'calendar@example.com' }));
    await shows('Sign in');
    assert.equal(await page.getByLabel('Email, phone, or Skype').inputValue(), 'calendar@example.com');
    await signIn(page, 'Blue-Heron-42');
    await h1(page, 'Permissions requested');
    await button(page, 'Accept');
    const { code, session_state: session } = await back();
    assert.ok(code && session);
    const got = await redeem(code);
    assert.equal(got.status, 200, got.error_description);
    assert.equal(got.token_type, 'Bearer');
    assert.equal(claims(got.access_token).upn, 'calendar@example.com');
    assert.equal(claims(got.access_token).aud, 'https://outlook.office365.com');
    assert.equal(claims(got.id_token).preferred_username, 'calendar@example.com');
    assert.equal(claims(got.id_token).nonce, 'n1');
    assert.ok(got.refresh_token);
    const again = await redeem(code);
    assert.equal(again.status, 400);
    assert.deepEqual([again.error, again.error_codes], ['invalid_grant', [54005]]);
  });

  await test(name('of two accounts the right one is chosen'), async () => {
    await page.goto(wish({ prompt: 'select_account' }));
    await shows('Pick an account');
    assert.equal(await page.getByRole('button', { name: /Signed in/ }).count(), 2);
    await page.getByRole('button', { name: /^Calendar Service/ }).click();
    const { code } = await back();
    const got = await redeem(code, { code_verifier: `${verifier.slice(1)}y` });
    assert.deepEqual([got.error, got.error_codes], ['invalid_grant', [501481]]);
  });

  await test(name('the wrong one is seen in the id token'), async () => {
    await page.goto(wish());
    await page.getByRole('button', { name: /^Casey/ }).click();
    await h1(page, 'Permissions requested');
    await button(page, 'Accept');
    const got = await redeem((await back()).code);
    assert.equal(claims(got.id_token).preferred_username, 'casey@example.com');
  });

  await test(name('a second factor'), async () => {
    await page.goto(wish({ prompt: 'login' }));
    await signIn(page, 'Gold-Finch-3', 'drew@example.com');
    await shows('Enter code');
    await page.getByLabel('Code').fill('000000');
    await button(page, 'Verify');
    await page.getByRole('alert').getByText('AADSTS500121').waitFor();
    await shows('Enter code');
    await page.getByLabel('Code').fill('123456');
    await button(page, 'Verify');
    await h1(page, 'Permissions requested');
    await button(page, 'Accept');
    const got = await redeem((await back()).code);
    assert.equal(claims(got.id_token).preferred_username, 'drew@example.com');
  });

  await test(name('form_post brings the code in a form'), async () => {
    await page.goto(wish({ response_mode: 'form_post', login_hint: 'calendar@example.com' }));
    if (!view.script) {
      await shows('Working...');
      await button(page, 'Continue');
    }
    const { code, method } = await back();
    assert.equal(method, 'POST');
    assert.equal((await redeem(code)).status, 200);
  });

  await test(name('a redirect that is not registered is a page, and goes nowhere'), async () => {
    const answer = await page.goto(wish({ redirect_uri: `${listener.url}/elsewhere` }));
    assert.equal(answer.status(), 400);
    await shows('trouble signing you in');
    await page.getByText('AADSTS50011').waitFor();
    assert.equal(listener.brought.length, 0);
    assert.equal(new URL(page.url()).origin, new URL(site.url).origin);
  });

  await test(name('a device is let in by its code'), async () => {
    const device = await ask(sim, '/organizations/oauth2/v2.0/devicecode',
      { client_id: app(view), scope: `offline_access ${EWS_USER}` });
    const poll = () => ask(sim, '/organizations/oauth2/v2.0/token', { ...client, device_code: device.device_code,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });
    assert.equal((await poll()).error, 'authorization_pending');
    await page.goto(device.verification_uri);
    await shows('Enter code to allow access');
    await page.getByLabel('Code').fill('WRONG2345');
    await button(page, 'Next');
    await page.getByRole('alert').getByText('AADSTS70018').waitFor();
    await shows('Enter code to allow access');
    await page.getByLabel('Code').fill(device.user_code.toLowerCase());
    await button(page, 'Next');
    await h1(page, 'Pick an account');
    await page.getByRole('button', { name: /^Calendar Service/ }).click();
    await shows('Are you trying to sign in?');
    await button(page, 'Continue');
    await shows("You're signed in");
    const got = await poll();
    assert.equal(claims(got.access_token).upn, 'calendar@example.com');
  });

  await test(name('after sign-out nobody is offered'), async () => {
    await page.goto('/organizations/oauth2/v2.0/logout');
    await shows('You signed out of your account');
    await page.goto(wish());
    await h1(page, 'Sign in');
    assert.equal(await page.getByLabel('Email, phone, or Skype').inputValue(), '');
    await page.goto(wish({ prompt: 'none' }));
    assert.equal((await back()).error, 'login_required');
    await page.goto(`/organizations/oauth2/v2.0/logout?${new URLSearchParams({ post_logout_redirect_uri: listener.back })}`);
    await h1(page, 'Back');
    listener.brought.pop();
  });
  await page.context().close();
}

await see(async ({ eyes, keep }) => {
  const listener = keep(await Listener.start());
  const sim = keep(await Sim.start(world(listener.back)));
  for (const view of VIEWS) await walk({ sim, eyes, listener, view });
});
