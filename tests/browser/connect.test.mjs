/* From nothing to a connection that waits for its proof: method, credentials, two admins at once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { accept, run, test } from './lab.mjs';

const KINDS = { exchange: 'k-exchange', office365: 'k-office' };
const METHODS = ['personal', 'dedicated', 'delegate', 'impersonation'];
const PASSWORD = 'twelve patient otters';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const APPLICATION = '00000000-1111-2222-3333-444444444444';

const SECRET_ID = '99999999-1111-2222-3333-444444444444';

const button = (page, name) => page.getByRole('button', { name, exact: true }).click();
const at = (page, where) => page.waitForURL((url) => url.pathname === where);
const tabs = (page) => page.getByRole('navigation', { name: 'Connection' }).getByRole('link').allTextContents();

/* The whole card is the label of its radio button. */
async function choose(page, kind, method) {
  await page.goto('/connection/method');
  await page.locator(`label[for=${KINDS[kind]}]`).click();
  await page.locator(`label[for=m-${method}]`).click();
  await button(page, 'Save and continue');
}

/* Fill fields by their names; a list of options by its value. */
async function fill(page, values) {
  await page.locator('details').evaluateAll((all) => all.forEach((d) => { d.open = true; }));
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`main form:not([action="/connection/discard"]) [name=${name}]`);
    const tag = await field.first().evaluate((el) => (el.localName === 'select' ? 'select' : el.type));
    if (tag === 'select') await field.selectOption(value);
    else if (tag === 'radio') await field.and(page.locator(`[value=${value}]`)).check();
    else if (tag === 'checkbox') await field.setChecked(value);
    else await field.fill(value);
  }
}

/* Send the form past the checks of the browser. */
async function send(page) {
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST'),
    page.waitForEvent('load'),
    page.locator('main form').first().evaluate((f) => { f.noValidate = true; f.requestSubmit(); }),
  ]);
  return answer;
}

await run({ proxies: 'corp=proxy.example.com:3128,dmz=192.0.2.7:8080' }, async ({ lab, eyes }) => {
  const page = await eyes.page(lab);
  const one = async (text, ...values) => (await lab.sql(text, ...values))[0];
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');

  await test('the menu leads to the step that is next', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connection' }).click();
    await at(page, '/connection/method');
    assert.deepEqual(await tabs(page), ['Method', 'Look at a server']);
    assert.equal(await page.locator('.rail [aria-current=page]').textContent(), 'Connection');
    await page.goto('/connection/credentials');
    await at(page, '/connection/method');
    await page.goto('/connection/discard');
    await at(page, '/connection/method');
  });

  await test('the cards say what each server allows, and how long', async () => {
    assert.match(await page.locator('.choice').filter({ hasText: 'through EWS' }).textContent(), /[\d,]+ days? left|Over/);
    assert.equal(await page.locator('#k-graph').isDisabled(), true);
    assert.equal(await page.getByText('full_access_as_app').first().isVisible(), false);
    await page.locator('label[for=k-office]').click();
    assert.equal(await page.getByText('full_access_as_app').first().isVisible(), true);
    assert.equal(await page.locator('dt.if-exchange').first().isVisible(), false);
  });

  await test('a choice that is missing is asked for, and the rest is kept', async () => {
    const answer = await send(page);
    assert.equal(answer.status(), 422);
    assert.match(await page.locator('#method-err').textContent(), /Nothing is chosen yet/);
    assert.equal(await page.locator('#k-office').isChecked(), true);
  });

  for (const kind of Object.keys(KINDS)) {
    for (const method of METHODS) {
      await test(`${kind} by ${method}: the form fits`, async () => {
        await choose(page, kind, method);
        await at(page, '/connection/credentials');
        const office = kind === 'office365';
        assert.equal(await page.locator('[name=password]').count(), office ? 0 : 1);
        assert.equal(await page.locator('[name=tenant]').count(), office ? 1 : 0);
        assert.equal(await page.getByText('Dedicated mailbox', { exact: true }).count(), method === 'personal' ? 0 : 1);
        const ways = office ? await page.locator('[name=signin]').evaluateAll((all) => all.map((el) => el.value)) : [];
        const want = { personal: ['user'], dedicated: ['user', 'app'], delegate: ['user'], impersonation: ['app'] };
        if (office) assert.deepEqual(ways, want[method]);
        const text = await page.locator('main form').first().textContent();
        const needs = { user: 'EWS.AccessAsUser.All', app: 'full_access_as_app' };
        for (const [way, permission] of Object.entries(needs)) {
          assert.equal(text.includes(permission), ways.includes(way), `${permission} is named where it is needed`);
        }
        assert.deepEqual(await page.locator('#redirect').allTextContents(), ways.includes('user') ? [`${lab.url}/oauth/return`] : []);
        await page.goto('/connection/method');
        assert.equal(await page.locator(`#m-${method}`).isChecked(), true);
        assert.equal(await page.locator(`#${KINDS[kind]}`).isChecked(), true);
      });
    }
  }

  await test('Exchange: each wrong field says what to enter, and no secret comes back', async () => {
    await choose(page, 'exchange', 'delegate');
    await at(page, '/connection/credentials');
    assert.deepEqual(await tabs(page), ['Method', 'Credentials', 'Exchange admin script', 'Look at a server']);
    const good = { mailbox: 'svc@example.com', find: 'given', server: 'mail.example.com', login: '', ca: '', password: PASSWORD };
    const wrong = [
      ['mailbox', 'svc', /not an e-mail address/],
      ['server', 'http://mail.example.com/EWS/Exchange.asmx', /Use https\. A password is never sent over plain http/],
      ['server', '', /Enter the name/],
      ['server', 'no server', /not a server/],
      ['server', 'https://u:p@mail.example.com/', /not a server/],
      ['server', 'mail.example.com:99999', /not a server/],
      ['find', 'auto', /one is typed as well/, 'server'],
      ['login', 'EXAMPLE/svc', /backslash/],
      ['login', 'EXAMPLE\\svc@example.com', /mixes/],
      ['login', 'EXAMPLE\\', /each side/],
      ['ca', 'sha256', /no certificate/],
      ['ca', `${CERTIFICATE}\n-----BEGIN PRIVATE KEY-----\nMII`, /private key/],
    ];
    for (const [name, value, words, where] of wrong) {
      await fill(page, { ...good, [name]: value });
      assert.equal((await send(page)).status(), 422, `${name} ${value}`);
      assert.match(await page.locator(`#${where ?? name}-err`).textContent(), words);
      assert.equal(await page.locator('.error').count(), 1, value);
      assert.equal(await page.locator('[name=mailbox]').inputValue(), name === 'mailbox' ? value : good.mailbox);
      assert.equal(await page.locator('[name=password]').inputValue(), '');
      assert.equal((await page.content()).includes(PASSWORD), false);
      if (!['ca', 'find'].includes(name)) assert.equal(await page.locator(`[name=${name}]`).inputValue(), value);
    }
    assert.equal(await page.locator('[name=ca]').inputValue(), '', 'a private key is not shown again');
    await fill(page, { ...good, password: '' });
    assert.equal((await send(page)).status(), 422);
    assert.match(await page.locator('#password-err').textContent(), /nothing is stored yet/);
    assert.deepEqual(await one('SELECT count(*) FROM credential'), [0]);
  });

  await test('a file replaces the text, and one that is no text gets a message', async () => {
    const der = path.join(lab.dir, 'ca.crt');
    writeFileSync(der, Buffer.from([0x30, 0x82, 0xff, 0xff]));
    await fill(page, { mailbox: 'svc@example.com', find: 'given', server: 'mail.example.com', password: PASSWORD });
    await page.locator('#ca-file').setInputFiles(der);
    assert.equal((await send(page)).status(), 422);
    assert.match(await page.locator('#ca-file-err').textContent(), /no certificate as text/);
  });

  await test('Exchange: what is entered is sealed, shown without its secret, and goes to the proof', async () => {
    const pem = path.join(lab.dir, 'ca.pem');
    writeFileSync(pem, `${CERTIFICATE.replaceAll('\n', '\r\n')}\r\n`);
    await fill(page, { mailbox: 'Svc@Example.com', find: 'given', server: 'https://Mail.Example.com:8443/EWS/Exchange.asmx',
      login: 'EXAMPLE\\svc', password: PASSWORD, signin: 'ntlm', binding: true, proxy: 'dmz' });
    await page.locator('#ca-file').setInputFiles(pem);
    await button(page, 'Save and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    const row = await one('SELECT scheme, host, port, mailbox, login, signin, binding, proxy, ca, stage FROM connection');
    assert.deepEqual(row, ['https', 'mail.example.com', 8443, 'svc@example.com', 'EXAMPLE\\svc', 'ntlm', 'on', 'dmz',
      `${CERTIFICATE}\n`, 1]);
    await page.goto('/connection/credentials');
    assert.equal(await page.locator('[name=server]').inputValue(), 'mail.example.com:8443');
    assert.equal(await page.locator('[name=login]').inputValue(), 'EXAMPLE\\svc');
    assert.equal(await page.locator('[name=binding]').isChecked(), true);
    assert.equal(await page.locator('[name=proxy]').inputValue(), 'dmz');
    const aside = await page.getByRole('complementary').textContent();
    assert.match(aside, /Next, to be proved.*Password, NTLM.*[0-9a-f]{8}.*Avery Stone/);
    assert.match(await page.locator('#password-hint').textContent(), /Leave empty to keep/);
    assert.equal((await page.content()).includes(PASSWORD), false);
    assert.deepEqual(await tabs(page), ['Method', 'Credentials', 'Test', 'Exchange admin script', 'Look at a server']);
  });

  await test('an empty password keeps the one that is there, for the same way only', async () => {
    const before = await one('SELECT version FROM credential');
    await lab.sql("UPDATE job SET state = 2 WHERE kind = 'test'");
    await button(page, 'Save and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    assert.deepEqual(await one('SELECT version FROM credential'), before);
    await page.goto('/connection/credentials');
    await fill(page, { server: 'evil.example' });
    assert.equal((await send(page)).status(), 422);
    assert.match(await page.locator('#password-err').textContent(), /one of them is new/);
    assert.equal(await page.locator('[name=server]').inputValue(), 'evil.example');
  });

  await test('a host that Autodiscover named must be agreed to by name', async () => {
    await page.goto('/connection/credentials?host=mail.example.org');
    await page.getByText('mail.example.org is outside example.com').waitFor();
    assert.equal(await page.locator('[name=server]').inputValue(), 'mail.example.org');
    assert.equal(await page.locator('[name=find][value=given]').isChecked(), true);
    assert.equal((await send(page)).status(), 422, 'not with the password for another server');
    await page.goto('/connection/credentials?host=mail.example.com');
    assert.equal(await page.getByText('is outside').count(), 0);
    await page.goto('/connection/credentials?host=notexample.com');
    await page.getByText('notexample.com is outside example.com').waitFor();
    await page.goto('/connection/credentials?host=%22no+server');
    assert.equal(await page.locator('[name=server]').inputValue(), 'mail.example.com:8443');
  });

  await test('Autodiscover: the domain is the mailbox’s', async () => {
    await page.goto('/connection/credentials');
    await lab.sql("UPDATE job SET state = 2 WHERE kind = 'test'");
    await fill(page, { find: 'auto', password: PASSWORD });
    await button(page, 'Save and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    assert.deepEqual(await one('SELECT scheme, host, port FROM connection'), ['discover', 'example.com', 443]);
  });

  await test('the second of two admins is told, and keeps what was typed', async () => {
    const other = await (await page.context()).newPage();
    await page.goto('/connection/credentials');
    await other.goto('/connection/credentials');
    await fill(other, { mailbox: 'quick@example.com', password: PASSWORD });
    await button(other, 'Save and test');
    await other.waitForURL(/\/connection\/test\/\d+$/);
    await fill(page, { mailbox: 'slow@example.com', password: PASSWORD });
    const answer = await send(page);
    assert.equal(answer.status(), 409);
    await page.getByRole('alert').getByText(/Avery Stone changed the connection/).waitFor();
    assert.equal(await page.locator('[name=mailbox]').inputValue(), 'slow@example.com');
    assert.equal(await page.locator('[name=password]').inputValue(), '');
    assert.match(await page.getByRole('complementary').textContent(), /Saved now.*quick@example\.com/);
    await lab.sql("UPDATE job SET state = 2 WHERE kind = 'test'");
    await fill(page, { password: PASSWORD });
    await button(page, 'Save and test');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    assert.deepEqual(await one('SELECT mailbox FROM connection'), ['slow@example.com']);
    await page.goto('/connection/credentials');
    await choose(other, 'office365', 'delegate');
    await fill(page, { password: PASSWORD });
    assert.equal((await send(page)).status(), 409);
    await page.getByText('The kind of server was changed').waitFor();
    assert.equal(await page.locator('[name=tenant]').count(), 1, 'the form of the other kind');
    await page.goto('/connection/method');
    await other.goto('/connection/method');
    await other.locator('label[for=m-personal]').click();
    await button(other, 'Save and continue');
    await at(other, '/connection/credentials');
    await page.locator('label[for=m-dedicated]').click();
    assert.equal((await send(page)).status(), 409);
    assert.equal(await page.locator('#m-dedicated').isChecked(), true);
    await other.close();
  });

  await test('Office 365: each wrong field says what to enter', async () => {
    await choose(page, 'office365', 'dedicated');
    await at(page, '/connection/credentials');
    const good = { mailbox: 'svc@example.com', tenant: 'example.com', client_id: APPLICATION, signin: 'app', proof: 'secret',
      secret: PASSWORD, expires: '', cloud: 'worldwide', server: '', authority: '' };
    const wrong = [
      ['tenant', { tenant: 'common' }, /your own directory/],
      ['tenant', { tenant: 'no tenant' }, /your own directory/],
      ['client-id', { client_id: '42' }, /not an application ID/],
      ['secret', { secret: SECRET_ID }, /secret’s ID/],
      ['secret', { secret: '' }, /Enter it/],
      ['proof', { signin: 'user', proof: 'certificate' }, /with a client secret/],
      ['expires', { expires: '2020-01-01' }, /over/],
      ['server', { cloud: 'typed', server: 'http://x.example', authority: 'https://login.example.com' }, /plain http/],
      ['authority', { cloud: 'typed', server: 'x.example', authority: 'login.example.com' }, /sign-in service/],
      ['proof', { signin: 'user', proof: 'certificate' }, /client secret/],
    ];
    for (const [id, values, words] of wrong) {
      await fill(page, { ...good, ...values });
      assert.equal((await send(page)).status(), 422, JSON.stringify(values));
      assert.match(await page.locator(`#${id}-err`).textContent(), words);
      assert.equal(await page.locator('.error').count(), 1, JSON.stringify(values));
      assert.equal(await page.locator('[name=secret]').inputValue(), '');
      assert.equal((await page.content()).includes(values.secret || PASSWORD), false);
    }
  });

  await test('Office 365: the application’s secret, a certificate, or Microsoft’s page comes next', async () => {
    const good = { mailbox: 'svc@example.com', tenant: 'example.com', client_id: APPLICATION, cloud: 'worldwide' };
    const today = new Date().toISOString().slice(0, 10); // good through its last day
    await fill(page, { ...good, signin: 'app', proof: 'secret', secret: PASSWORD, expires: today });
    await button(page, 'Save and continue');
    await page.waitForURL(/\/connection\/test\/\d+$/);
    assert.deepEqual(await one('SELECT host, authority, signin FROM connection'),
      ['outlook.office365.com', 'https://login.microsoftonline.com', 'app']);
    assert.deepEqual(await one('SELECT purpose, expires FROM credential'), ['next', Date.parse(`${today}T23:59:59Z`) / 1000]);
    await page.goto('/connection/credentials');
    await fill(page, { signin: 'app', proof: 'certificate' });
    await button(page, 'Save and continue');
    await at(page, '/connection/certificate');
    await page.goto('/connection/credentials');
    await fill(page, { signin: 'user', proof: 'secret', secret: PASSWORD, cloud: 'typed',
      server: 'mail.example.com:8443', authority: 'https://login.example.com:8444' });
    await button(page, 'Save and continue');
    await at(page, '/connection/microsoft');
    assert.deepEqual(await one('SELECT host, port, authority, signin FROM connection'),
      ['mail.example.com', 8443, 'https://login.example.com:8444', 'user']);
    assert.deepEqual(await one('SELECT group_concat(purpose) FROM credential'), ['next-client']);
    await page.goto('/connection/credentials');
    assert.match(await page.locator('#secret-hint').textContent(), /Leave empty to keep/);
    assert.equal(await page.locator('[name=cloud]').inputValue(), 'typed');
    assert.equal(await page.locator('[name=server]').inputValue(), 'mail.example.com:8443');
  });

  await test('Office 365: without a sign-in service it is the worldwide cloud; who signs in alone has no certificate', async () => {
    await lab.sql("UPDATE connection SET host = 'outlook.office365.com', port = 443, authority = '', method = 'delegate'");
    await page.goto('/connection/credentials');
    assert.equal(await page.locator('[name=cloud]').inputValue(), 'worldwide');
    assert.equal(await page.locator('[name=proof][type=radio]').count(), 0);
    await fill(page, { secret: PASSWORD });
    await button(page, 'Save and sign in as the mailbox');
    await at(page, '/connection/microsoft');
    assert.deepEqual(await one('SELECT host, authority FROM connection'), ['outlook.office365.com', '']);
    await lab.sql("UPDATE connection SET host = 'mail.example.com', port = 8443, authority = 'https://login.example.com:8444'");
  });

  await test('Office 365: where only the mailbox can sign in, no certificate is offered', async () => {
    await choose(page, 'office365', 'delegate');
    await at(page, '/connection/credentials');
    assert.deepEqual(await page.locator('[name=proof]').evaluateAll(list => list.map(i => [i.type, i.value])), [['hidden', 'secret']]);
    await choose(page, 'office365', 'dedicated');
    await at(page, '/connection/credentials');
  });

  await test('a draft beside what is in use says so, and can be thrown away', async () => {
    await lab.sql("UPDATE connection SET stage = 2, kind = 'exchange', signin = 'auto', method = 'delegate'");
    await lab.sql("UPDATE credential SET purpose = 'current'");
    await choose(page, 'exchange', 'impersonation');
    await page.waitForURL((url) => url.pathname !== '/connection/method');
    assert.deepEqual(await lab.sql('SELECT stage, method FROM connection ORDER BY id'), [[2, 'delegate'], [1, 'impersonation']]);
    await page.goto('/connection/method');
    assert.equal(await page.locator('tr.now th').textContent(), 'Dedicated mailbox with delegate access In use');
    await choose(page, 'exchange', 'delegate');
    await at(page, '/connection/test');
    await page.getByText('This method is in use. What was entered beside it is thrown away.').waitFor();
    assert.deepEqual(await lab.sql('SELECT stage, method FROM connection'), [[2, 'delegate']]);
    await choose(page, 'office365', 'impersonation');
    await at(page, '/connection/credentials');
    await page.getByText('These settings are not in use yet').waitFor();
    assert.match(await page.getByRole('complementary').textContent(), /In use now.*mail\.example\.com/);
    assert.equal(await page.getByRole('link', { name: 'Change password' }).count(), 2, 'by the kind that is in use');
    await page.getByRole('link', { name: 'Throw away…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Throw away' }).click();
    await page.getByText('What was entered is thrown away.').waitFor();
    assert.equal(await page.getByText('These settings are not in use yet').count(), 0);
    assert.deepEqual(await one('SELECT count(*) FROM connection'), [1]);
    assert.deepEqual(await tabs(page), ['Method', 'Credentials', 'Test', 'Change password', 'Exchange admin script',
      'Boundaries', 'Look at a server']);
  });

  await test('each change is in the audit log, without a secret', async () => {
    const [text] = await one("SELECT group_concat(action || ' ' || about || ' ' || detail, char(10)) FROM audit");
    assert.match(text, /connection\.method delegate .*method: none to delegate|kind: none to/);
    assert.match(text, /mailbox: quick@example\.com to slow@example\.com/);
    assert.equal(text.includes(PASSWORD), false);
  });

  await test('the password is asked for before anything is typed', async () => {
    await lab.sql('UPDATE session SET fresh = 0');
    for (const where of ['/connection/method', '/connection/credentials']) {
      await page.goto(where);
      await at(page, '/confirm');
    }
  });

  await test('it works without scripts and without a mouse', async () => {
    const plain = await eyes.page(lab, { javaScriptEnabled: false });
    await plain.goto('/signin');
    await plain.getByLabel('E-mail address').fill('admin@example.com');
    await plain.getByLabel('Password').fill('quiet lantern over the river');
    await button(plain, 'Sign in');
    await plain.goto('/connection/method');
    await plain.locator('#k-exchange').focus();
    await plain.keyboard.press('ArrowRight');
    assert.equal(await plain.locator('#k-office').isChecked(), true);
    await plain.locator('#m-impersonation').focus();
    await plain.keyboard.press('Space');
    await plain.keyboard.press('Enter');
    await at(plain, '/connection/credentials');
    await plain.getByRole('link', { name: 'Throw away…' }).click();
    await at(plain, '/connection/discard');
    await plain.getByRole('link', { name: 'Keep them' }).click();
    await at(plain, '/connection/credentials');
    await plain.getByText('Other clouds').click();
    await plain.locator('[name=mailbox]').fill('svc@example.com');
    await plain.locator('[name=tenant]').fill('example.com');
    await plain.locator('[name=client_id]').fill(APPLICATION);
    await plain.locator('[name=secret]').fill(PASSWORD);
    await plain.locator('[name=cloud]').selectOption('china');
    await lab.sql('UPDATE session SET fresh = 0');
    await button(plain, 'Save and test');
    await plain.getByText('What you sent is kept').waitFor();
    await plain.getByLabel('Password of admin@example.com').fill('quiet lantern over the river');
    await button(plain, 'Go on');
    await plain.locator('#secret-err').getByText('Enter it once more').waitFor();
    assert.deepEqual(await plain.locator('[name=mailbox],[name=tenant],[name=client_id],[name=cloud],[name=secret]').evaluateAll((all) => all.map((el) => el.value)),
      ['svc@example.com', 'example.com', APPLICATION, '', 'china'], 'nothing but the secret is typed twice');
    await plain.locator('[name=secret]').fill(PASSWORD);
    await button(plain, 'Save and test');
    await plain.waitForURL(/\/connection\/test\/\d+$/);
    assert.deepEqual(await one('SELECT host, authority FROM connection WHERE stage = 1'),
      ['partner.outlook.cn', 'https://login.partner.microsoftonline.cn']);
    await plain.goto('/connection/discard');
    await button(plain, 'Throw away');
    await plain.getByText('What was entered is thrown away.').waitFor();
  });
});
