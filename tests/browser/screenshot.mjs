/* The picture for the README: node screenshot.mjs FILE. See scripts/screenshot. */
import { accept, connectDemo, demo, see, test } from './lab.mjs';

const DAY = 86400;
const NOW = Math.floor(Date.now() / 1000);

await see(async ({ eyes, keep }) => {
  const world = await demo(keep);
  const { lab } = world;
  const page = await eyes.page(lab);
  /* A quarter of a year and a day, as they may have been. */
  const past = async () => {
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
    await past();
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto('/overview');
    await page.getByRole('heading', { name: 'The connection works' }).waitFor();
    await page.screenshot({ path: process.argv[2] });
  });
});
