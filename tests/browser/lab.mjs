/* What the browser tests share: an installation, a browser, TAP, a server to look at. */
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const PASSWORD = 'quiet lantern over the river';
export const ADMIN = 'admin@example.com';
/* A server's name that leaves no room beside it. */
export const LONG = 'calendarsofthenorthernbranchoffices.localhost';
export const SRC = process.env.LATCHKEY_SRC || fileURLToPath(new URL('../..', import.meta.url));

/* TAP: a test is a function that throws when something is wrong. */
const tap = { n: 0, bad: 0 };

export async function test(name, run) {
  tap.n += 1;
  try {
    await run();
    console.log(`ok ${tap.n} - ${name}`);
  } catch (e) {
    tap.bad += 1;
    console.log(`not ok ${tap.n} - ${name}`);
    const text = String(e?.stack || e).replace(/\x1b\[[0-9;]*m/g, '');
    text.split('\n').slice(0, 30).forEach((line) => console.log(`# ${line}`));
  }
}

/* The installation; its command line and its database are reached through it. */
export class Lab {
  static async start(settings = {}) {
    const lab = new Lab();
    const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    const program = path.join(SRC, 'tests/integration/serve.py');
    lab.proc = spawn('/usr/bin/python3', [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    lab.lines = readline.createInterface({ input: lab.proc.stdout })[Symbol.asyncIterator]();
    Object.assign(lab, await lab.read());
    return lab;
  }

  async read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the installation has ended');
    return JSON.parse(value);
  }

  async ask(...words) {
    this.proc.stdin.write(`${JSON.stringify(words)}\n`);
    const answer = await this.read();
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  }

  ctl(...words) { return this.ask('ctl', ...words); }
  sql(...words) { return this.ask('sql', ...words); }

  async stop() {
    this.proc.stdin.end();
    if (this.proc.exitCode === null) await once(this.proc, 'exit');
  }
}

/* A server that takes its time and offers two ways to sign in, with a certificate of an authority
 * that only this test knows. */
export class Peer {
  static async start(wait = 3000) {
    const peer = new Peer();
    peer.dir = mkdtempSync(path.join(tmpdir(), 'latchkey-peer.'));
    const file = (name) => path.join(peer.dir, name);
    const openssl = (...words) => execFileSync('openssl', words, { stdio: 'ignore' });
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
      '-subj', '/CN=Test authority', '-addext', 'keyUsage=critical,keyCertSign',
      '-keyout', file('ca.key'), '-out', file('ca.pem'));
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=127.0.0.1',
      '-keyout', file('key.pem'), '-out', file('csr.pem'));
    writeFileSync(file('ext'), `subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:${LONG}\nextendedKeyUsage=serverAuth\n`);
    openssl('x509', '-req', '-days', '60', '-in', file('csr.pem'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'),
      '-CAcreateserial', '-extfile', file('ext'), '-out', file('cert.pem'));
    peer.ca = file('ca.pem');
    const options = { key: readFileSync(file('key.pem')), cert: readFileSync(file('cert.pem')) };
    peer.server = https.createServer(options, (rq, rs) => setTimeout(() => {
      rs.writeHead(401, { 'WWW-Authenticate': ['Negotiate', 'NTLM'], 'Content-Length': 0 });
      rs.end();
    }, wait));
    peer.server.on('tlsClientError', () => {});
    await new Promise((done) => { peer.server.listen(0, '127.0.0.1', done); });
    peer.port = peer.server.address().port;
    return peer;
  }

  stop() {
    this.server.closeAllConnections?.();
    this.server.close();
    rmSync(this.dir, { recursive: true });
  }
}

/* The simulated Exchange with a world of one's own: lines of a scenario. */
export class Sim {
  static async start(lines) {
    const sim = new Sim();
    sim.dir = mkdtempSync(path.join(tmpdir(), 'latchkey-sim.'));
    const file = (name) => path.join(sim.dir, name);
    writeFileSync(file('world.sim'), lines);
    sim.ca = file('ca.pem');
    sim.program = path.join(process.env.LATCHKEY_BUILD || SRC, 'tests/sim/latchkey-sim');
    sim.control = file('control');
    const words = ['--scenario', file('world.sim'), '--ca', sim.ca, '--ports', file('ports'), '--control', sim.control,
      '--quiet'];
    sim.proc = spawn(sim.program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
    sim.ended = once(sim.proc, 'exit');
    for (let i = 0; i < 500 && sim.proc.exitCode === null && !existsSync(file('ports')); i += 1) {
      await new Promise((done) => { setTimeout(done, 20); });
    }
    if (!existsSync(file('ports'))) {
      await sim.stop();
      throw new Error('the simulator does not start');
    }
    sim.faces = JSON.parse(readFileSync(file('ports'))).faces;
    return sim;
  }

  /* Change the world: lines as in a scenario. */
  tell(...lines) { execFileSync(this.program, ['--do', this.control, ...lines], { stdio: ['ignore', 'ignore', 'inherit'] }); }

  face(kind) { return this.faces.find((face) => face.kind === kind); }

  async stop() {
    this.proc.kill();
    await this.ended;
    rmSync(this.dir, { recursive: true });
  }
}

/* A browser that notes whatever a page complains about. */
export class Eyes {
  static async open() {
    const eyes = new Eyes();
    eyes.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--no-first-run'],
    });
    eyes.complaints = [];
    return eyes;
  }

  /* site: its url, and others that its pages may lead to. */
  async context(site, options = {}) {
    const known = [site.url, 'data:', ...(site.others ?? [])];
    const usual = { baseURL: site.url, viewport: { width: 1280, height: 800 } };
    const context = await this.browser.newContext({ ...usual, ...options });
    context.setDefaultTimeout(15000);
    context.on('console', (m) => {
      const asked = /^Failed to load resource.*status of 4\d\d/.test(m.text());
      if (m.type() === 'error' && !asked) this.complaints.push(`${m.location().url}: ${m.text()}`);
    });
    context.on('weberror', (e) => this.complaints.push(`${e.page()?.url()}: ${e.error()}`));
    context.on('requestfailed', (r) => {
      const gone = /ERR_ABORTED|ERR_NETWORK_CHANGED/.test(r.failure()?.errorText ?? '');
      if (!gone) this.complaints.push(`${r.url()}: ${r.failure()?.errorText}`);
    });
    context.on('request', (r) => {
      if (!known.some((url) => r.url().startsWith(url))) this.complaints.push(`it asks ${r.url()}`);
    });
    return context;
  }

  /* A new browser window, without any cookie. */
  async page(site, options) {
    return (await this.context(site, options)).newPage();
  }

  /* Another window of who is signed in there, without scripts. */
  async bare(site, page) {
    const context = await this.context(site, { javaScriptEnabled: false });
    await context.addCookies(await page.context().cookies());
    return context.newPage();
  }

  stop() { return this.browser.close(); }
}

/* Follow an invitation link and choose a name and a password. */
export async function accept(page, link, name, password = PASSWORD) {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same once more').fill(password);
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
}

export async function signIn(page, email, password = PASSWORD) {
  await page.goto('/signin');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/* Press Tab until this has the focus, and can be seen to have it. */
export async function reach(page, target) {
  const has = () => target.evaluate((el) => el === document.activeElement);
  for (let i = 0; i < 200 && !await has(); i += 1) await page.keyboard.press('Tab');
  if (!await has()) throw new Error(`${target} is never reached`);
  if (await target.evaluate((el) => getComputedStyle(el).outlineStyle === 'none')) throw new Error(`no focus to see at ${target}`);
}

/* A small organisation with a dedicated mailbox, and whoever else there is: lines of a scenario. */
export const MAILBOX = 'svc@example.test';
export const world = (secret, lines) => `organisation "Example"
seed 13
clock now
premise hq onprem 2016 host mail.example.localhost
  schemes basic ntlm
  latency base 15
domain example.test premise hq website none
mailbox ${MAILBOX} "Connector"
  kind dedicated
  login svc
  password "${secret}"
${lines}`;

/* The installation is connected to it, with this secret. */
export async function connect(lab, sim, secret, signin, method) {
  const { host, port } = sim.face('ews');
  const file = path.join(lab.dir, 'typed');
  writeFileSync(file, secret, { mode: 0o600 });
  await lab.ctl('egress', 'allow', `127.0.0.1 ${port}`);
  await lab.ctl('connection', 'add', 'Main', '--secret-file', file, '--server', `${host}:${port}`, '--mailbox', MAILBOX,
    '--login', 'EXAMPLE\\svc', '--signin', signin, '--method', method);
}

/* An installation that may ask the server of the demo organisation. */
export async function demo(keep) {
  const sim = keep(await Sim.start(readFileSync(path.join(SRC, 'tests/sim/scenarios/demo.sim'), 'utf8')));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const { host, port } = sim.faces.find((face) => face.kind === 'ews' && face.premise === 'hq');
  await lab.ctl('egress', 'allow', `${host} ${port}`);
  return { lab, sim, host, port };
}

/* Its dedicated mailbox is entered by an admin, and proves itself. */
export async function connectDemo(page, { host, port }) {
  await page.goto('/connection/method');
  await page.locator('label[for=k-exchange]').click();
  await page.locator('label[for=m-delegate]').click();
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await page.locator('#mailbox').fill('calendar@example.com');
  await page.getByLabel('I know the address').check();
  await page.locator('#server').fill(`${host}:${port}`);
  await page.locator('#password').fill('Blue-Heron-42');
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByRole('heading', { name: /in use now/ }).waitFor({ timeout: 60000 });
}

/* Run the tests of a file with a browser, and end with the plan. What is given to keep() is stopped then. */
export async function see(tests) {
  const kept = [];
  const keep = (thing) => { kept.push(thing); return thing; };
  try {
    const eyes = keep(await Eyes.open());
    await tests({ eyes, keep });
    await test('no page broke its content policy or logged an error', () => {
      if (eyes.complaints.length) throw new Error([...new Set(eyes.complaints)].join('\n'));
    });
  } catch (e) {
    await test('the test ran to its end', () => { throw e; });
  }
  for (const thing of kept.reverse()) await thing.stop();
  console.log(`1..${tap.n}`);
  process.exit(tap.bad ? 1 : 0);
}

/* The same with an installation, and a server to look at. */
export async function run(settings, tests) {
  await see(async ({ eyes, keep }) => {
    const peer = keep(await Peer.start());
    const lab = keep(await Lab.start({ ca_file: peer.ca, ...settings }));
    await lab.ctl('egress', 'allow', `127.0.0.1 ${peer.port}`);
    await tests({ lab, peer, eyes });
  });
}
