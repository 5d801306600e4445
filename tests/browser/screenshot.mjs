/* The picture for the README: node screenshot.mjs FILE. See scripts/screenshot. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { accept, connectDemo, demo, see, test } from './lab.mjs';

const DAY = 86400;
const NOW = Math.floor(Date.now() / 1000);

await see(async ({ eyes, keep }) => {
  const world = await demo(keep);
  const { lab } = world;
  const page = await eyes.page(lab);
  /* Everybody of the demo organisation, as they are found. */
  const everybody = async () => {
    const { mailboxes } = JSON.parse(execFileSync(world.sim.program, ['--ask', world.sim.control, 'mailboxes *']));
    const list = path.join(world.sim.dir, 'people.csv');
    const people = mailboxes.filter((m) => !['room', 'dedicated'].includes(m.kind));
    writeFileSync(list, `email,name\n${people.map((m) => `${m.address},${m.name}`).join('\n')}\n`);
    await lab.ctl('members', 'import', list);
    for (let i = 0; i < 300; i += 1) {
      const [[waits]] = await lab.sql('SELECT count(*) FROM member WHERE tried_at = 0');
      if (!waits) break;
      await page.waitForTimeout(200);
    }
  };
  /* A quarter of a year and a day, as they may have been. */
  const past = async () => {
    const [[all]] = await lab.sql('SELECT sum(n) FROM member_count WHERE kind = 0');
    const [[well]] = await lab.sql('SELECT sum(n) FROM member_count WHERE kind = 0 AND status = 1');
    for (let ago = 60; ago > 0; ago -= 1) {
      const then = Math.round(well * (1 - (ago / 60) ** 2));
      for (const [status, n] of [[1, then], [3, all - then]])
        await lab.sql('INSERT INTO member_day (account_id, kind, day, status, n) SELECT id, 0, ?, ?, ? FROM account',
          Math.floor(NOW / DAY) - ago, status, n);
    }
    for (let ago = 1; ago < 90; ago += 1) {
      const down = ago === 31 ? 1860 : 0;
      const slowed = ago === 54 ? 5400 : 0;
      await lab.sql(`INSERT INTO health_day (connection_id, day, well, slowed, down, paused)
        SELECT id, ?, ?, ?, ?, 0 FROM connection WHERE stage = 2`, Math.floor(NOW / DAY) - ago, DAY - down - slowed, slowed, down);
    }
    for (let ago = 10; ago < 1430; ago += 10) {
      const busy = Math.round(60 * (1 + Math.sin(ago / 97)) + 25 * Math.sin(ago / 13));
      await lab.sql(`INSERT OR REPLACE INTO health_calls (connection_id, minute, calls, failed, ms, slowest)
        SELECT id, ?, 9, 0, ?, ? FROM connection WHERE stage = 2`, Math.floor(NOW / 60) - ago, 9 * (130 + busy), 210 + busy);
    }
  };
  await test('the overview is photographed', async () => {
    await accept(page, lab.link, 'Avery Stone');
    await page.waitForURL('**/overview*');
    await connectDemo(page, world);
    await lab.ctl('invite', 'blake@example.com', '--role', 'admin', '--name', 'Blake Reed');
    await everybody();
    await past();
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto('/overview');
    await page.getByRole('heading', { name: 'The connection works' }).waitFor();
    await page.screenshot({ path: process.argv[2] });
  });
});
