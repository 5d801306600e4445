/* Members out of the directory, and rooms, with the real engine and a simulated Exchange: people by
 * name, a distribution list with a list inside, the room lists, rooms that take bookings and rooms
 * that do not. */
import assert from 'node:assert/strict';
import { axe, inspect, wide } from './axe.mjs';
import { Lab, Sim, accept, connect, see, test, world } from './lab.mjs';

const RIGHT = 'Planted-Lantern-Right-81';
const TEAM = 60;
const numbers = [...Array(TEAM).keys()].map((i) => String(i + 1).padStart(2, '0'));
const WORLD = world(RIGHT, `mailbox robin@example.test "Robin Vale"
mailbox robina@example.test "Robina Marsh"
mailbox robert@example.test "Robert Ash"
${numbers.map((n) => `mailbox team${n}@example.test "Team ${n}"`).join('\n')}
group inner@example.test "Inner" kind distribution
  member robin@example.test ${numbers.slice(40).map((n) => `team${n}@example.test`).join(' ')}
group team@example.test "Team" kind distribution
  member ${numbers.slice(0, 40).map((n) => `team${n}@example.test`).join(' ')}
  nested inner@example.test
mailbox alder@example.test "Room Alder"
  room capacity 8 policy accept after 1s
mailbox birch@example.test "Room Birch"
  room capacity 12 policy decline after 1s
mailbox cedar@example.test "Room Cedar"
  room capacity 4 policy tentative after 1s
mailbox hazel@example.test "Room Hazel"
  room capacity 4 policy manual
group one@example.test "Building 1" kind rooms
  member alder@example.test birch@example.test
group two@example.test "Building 2" kind rooms
  member cedar@example.test
`);

const members = async (lab) => (await lab.sql('SELECT email FROM member WHERE kind = 0 ORDER BY email')).map(([m]) => m);
const heading = (page, name) => page.getByRole('heading', { name });
const row = (page, name) => page.locator('tbody tr').filter({ has: page.getByRole('rowheader', { name }) });
/* The words of a try, once it has ended. */
const tried = async (page, name) => {
  await page.goto('/rooms');
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Try a booking' }).click();
  await page.getByText('Everything is removed again').waitFor({ timeout: 60000 });
};

await see(async ({ eyes, keep }) => {
  const sim = keep(await Sim.start(WORLD));
  const lab = keep(await Lab.start({ ca_file: sim.ca }));
  const page = await eyes.page(lab);
  await accept(page, lab.link, 'Avery Stone');
  await page.waitForURL('**/overview*');
  const plain = await eyes.bare(lab, page);

  await test('without a connection both pages say so, and what to do', async () => {
    for (const where of ['/members/find', '/rooms']) {
      await page.goto(where);
      assert.equal(await page.locator('#nav').getByRole('link', { name: 'Rooms' }).count(), 0);
      await page.getByText('There is no connection yet, so Exchange cannot be asked.').waitFor();
      await inspect(page);
    }
    await page.goto('/members/find');
    await page.getByLabel('A name, or the address of a list').fill('Rob');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('There is no connection yet').first().waitFor();
    assert.equal(await page.getByLabel('A name, or the address of a list').inputValue(), 'Rob');
    assert.equal((await lab.sql("SELECT count(*) FROM job WHERE kind = 'directory'"))[0][0], 0);
  });

  await connect(lab, sim, RIGHT, 'ntlm', 'delegate');

  await test('people are found by the beginning of a name, and two of them become members', async () => {
    await page.goto('/members/find');
    await inspect(page);
    await page.getByLabel('A name, or the address of a list').fill('Rob');
    await page.getByRole('button', { name: 'Search' }).click();
    await heading(page, '3 entries for “Rob”.').waitFor({ timeout: 30000 });
    await page.getByLabel('Select Robin Vale').check();
    await page.getByLabel('Select Robina Marsh').check();
    await inspect(page);
    await page.getByRole('button', { name: 'Add them as members' }).click();
    await page.getByText('They are members now').waitFor();
    await row(page, 'Robin Vale').getByText('is a member already').waitFor();
    assert.equal(await page.getByLabel('Select Robin Vale').count(), 0);
    assert.deepEqual(await members(lab), ['admin@example.com', 'robin@example.test', 'robina@example.test']);
    /* They are looked at by themselves. */
    const seen = () => lab.sql("SELECT count(*) FROM member WHERE email LIKE 'rob%' AND checked_at > 0");
    for (let i = 0; i < 300 && (await seen())[0][0] < 2; i += 1) await page.waitForTimeout(200);
    assert.equal((await seen())[0][0], 2);
    assert.deepEqual(await lab.sql("SELECT about FROM audit WHERE action = 'directory.added' ORDER BY seq"),
      [['robin@example.test'], ['robina@example.test']]);
  });

  await test('nobody is found: the answer says what may hide them', async () => {
    await page.goto('/members/find');
    await page.getByLabel('A name, or the address of a list').fill('Nobody Atall');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The search found nothing.' }).waitFor({ timeout: 30000 });
    await page.getByText('an address book policy hides it').waitFor();
    await inspect(page);
  });

  await test('a list is opened, with the list inside it, and all of it becomes members', async () => {
    await page.goto('/members/find');
    await page.getByLabel('A name, or the address of a list').fill('no address');
    await page.getByRole('button', { name: 'Open the list' }).click();
    await page.getByText('This is not the address of a list.').waitFor();
    await page.getByLabel('A name, or the address of a list').fill('Team@example.test');
    await page.getByRole('button', { name: 'Open the list' }).click();
    await heading(page, `${TEAM + 1} entries in 2 lists.`).waitFor({ timeout: 30000 });
    await page.getByText('1 to 50 of 61').waitFor();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('51 to 61 of 61').waitFor();
    await inspect(page);
    await page.getByRole('button', { name: 'Add all 61 mailboxes' }).click();
    await heading(page, '60 members are added; 1 was a member already.').waitFor({ timeout: 30000 });
    await inspect(page);
    assert.equal((await members(lab)).length, 3 + TEAM);
    assert.equal((await lab.sql('SELECT people FROM account'))[0][0], 3 + TEAM);
    assert.equal((await lab.sql('SELECT sum(n) FROM member_count WHERE kind = 0'))[0][0], 3 + TEAM);
  });

  await test('the room lists are read: rooms appear by themselves, and one that vanished is told', async () => {
    await page.goto('/rooms');
    await inspect(page);
    await page.getByRole('button', { name: 'Read the room lists' }).click();
    await page.getByRole('link', { name: 'Room Cedar' }).waitFor({ timeout: 30000 });
    await page.getByText('3 rooms in 2 lists; 3 new.').waitFor();
    assert.deepEqual(await lab.sql("SELECT v.detail, count(*) FROM member_event v JOIN member m ON m.id = v.member_id "
      + 'WHERE m.kind = 1 AND v.what = 0 GROUP BY 1 ORDER BY 1'), [['From the room list Building 1.', 2], ['From the room list Building 2.', 1]]);
    await page.reload();
    assert.equal(await page.locator('#nav').getByRole('link', { name: 'Rooms' }).locator('.count').textContent(), '3');
    await inspect(page);
    await page.locator('select[name=list]').selectOption({ label: 'Building 1' });
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.locator('.pager').getByText('Room Alder to Room Birch, 2 of 3').waitFor();
    await page.getByLabel('Search rooms').fill('bir');
    await page.keyboard.press('Enter');
    await page.locator('.pager').getByText('Room Birch, 1 of 3').waitFor();
    await page.getByLabel('Search rooms').fill('zzz');
    await page.keyboard.press('Enter');
    await heading(page, 'No room matches').waitFor();
    sim.tell('group two@example.test', 'no-member cedar@example.test', 'member hazel@example.test');
    await page.goto('/rooms');
    await page.getByRole('button', { name: 'Read the lists again' }).click();
    await page.getByText('3 rooms in 2 lists; 1 new, 1 no longer in a list.').waitFor({ timeout: 30000 });
    await row(page, 'Room Cedar').getByText('No longer in Building 2').waitFor();
    await row(page, 'Room Hazel').getByText('Building 2', { exact: true }).waitFor();
  });

  await test('a room that accepts, one that declines and one that leaves it to a person; nothing stays', async () => {
    await tried(page, 'Room Alder');
    await page.getByRole('heading', { name: 'It accepts bookings' }).waitFor();
    await inspect(page);
    await tried(page, 'Room Birch');
    await page.getByRole('heading', { name: 'It declines bookings' }).waitFor();
    await page.getByText('Get-CalendarProcessing').waitFor();
    await inspect(page);
    await tried(page, 'Room Cedar');
    await page.getByRole('heading', { name: 'It does not decide by itself' }).waitFor();
    await page.goto('/rooms');
    await row(page, 'Room Alder').getByText('accepts bookings').waitFor();
    await row(page, 'Room Birch').getByText('declined a test booking').waitFor();
    await inspect(page);
    assert.equal((await lab.sql("SELECT count(*) FROM job WHERE kind = 'room_try' AND state = 2"))[0][0], 3);
    assert.equal((await lab.sql("SELECT count(*) FROM audit WHERE action = 'room.tried'"))[0][0], 3);
  });

  await test('a room is described, added by hand and removed, with and without scripts', async () => {
    for (const at of [page, plain]) {
      await at.goto('/rooms');
      await at.getByRole('link', { name: 'Room Alder' }).click();
      await at.getByLabel('Seats').fill('many');
      await at.getByRole('button', { name: 'Save' }).click();
      await at.getByText('Enter a whole number from 0 to 10000.').waitFor();
      await at.getByLabel('Seats').fill('8');
      await at.getByLabel('Place').fill('Building 1, floor 2');
      await at.getByRole('button', { name: 'Save' }).click();
      await at.getByText('What you entered about the room is saved.').waitFor();
      await at.goto('/rooms/add');
      await at.getByLabel('Address of the room').fill('hazel@example.test');
      await at.getByRole('button', { name: 'Add the room' }).click();
      await at.getByText('There is a room or a member with this address already.').waitFor();
      await at.getByLabel('Address of the room').fill('attic@example.test');
      await at.getByRole('button', { name: 'Add the room' }).click();
      await at.getByText('The room is added.').waitFor();
      await at.getByRole('link', { name: 'Remove…' }).click();
      await at.getByRole('button', { name: 'Remove' }).click();
      await at.getByText('The room is removed.').waitFor();
      await at.getByText('Building 1, floor 2').waitFor();
    }
  });

  await test('a room says who can mend it, and how: nobody signs in to one', async () => {
    await page.goto('/rooms');
    await page.getByRole('link', { name: 'Room Alder' }).click();
    await heading(page, 'Limited: Only busy time is shared').waitFor();
    await page.getByText('Busy time can be seen, but bookings cannot be made').waitFor();
    await heading(page, 'Who can fix it: Exchange admin').waitFor();
    assert.match(await page.locator('#command').innerText(), /Add-MailboxFolderPermission[^]*alder@example\.test[^]*svc@example\.test/);
    await inspect(page);
  });

  await test('without scripts people are found and added, too', async () => {
    await plain.goto('/members/find');
    await plain.getByLabel('A name, or the address of a list').fill('Robert');
    await plain.getByRole('button', { name: 'Search' }).click();
    for (let i = 0; i < 50 && !await heading(plain, '1 entry for “Robert”.').count(); i += 1) {
      await plain.waitForTimeout(200);
      await plain.reload();
    }
    await plain.getByLabel('Select Robert Ash').check();
    await plain.getByRole('button', { name: 'Add them as members' }).click();
    await plain.getByText('They are members now').waitFor();
  });

  await test('at 360 px nothing is wider than the window', async () => {
    await page.setViewportSize({ width: 360, height: 760 });
    const room = (await lab.sql("SELECT id FROM member WHERE email = 'birch@example.test'"))[0][0];
    const found = (await lab.sql("SELECT max(id) FROM job WHERE kind = 'directory' AND params LIKE '%list%'"))[0][0];
    for (const where of ['/members/find', `/members/find/${found}`, '/rooms', '/rooms/add', `/rooms/${room}`, `/rooms/${room}/remove`]) {
      await page.goto(where);
      assert.equal(await wide(page), '', where);
      assert.deepEqual(await axe(page, where), []);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/360${where.replaceAll('/', '_')}.png`, fullPage: true });
    }
    if (!process.env.SHOTS) return;
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const where of ['/members/find', `/members/find/${found}`, '/rooms', `/rooms/${room}`]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.goto(where);
        await page.screenshot({ path: `${process.env.SHOTS}/${colorScheme}${where.replaceAll('/', '_')}.png`, fullPage: true });
      }
    }
  });
});
