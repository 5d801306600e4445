/* The picture for the README: node screenshot.mjs FILE. See scripts/screenshot. */
import { accept, run, test } from './lab.mjs';

await run({}, async ({ lab, peer, eyes }) => {
  const page = await eyes.page(lab);
  const look = async (host, port) => {
    await page.goto('/connection/look');
    await page.getByLabel('Server name').fill(host);
    await page.getByLabel('Port').fill(String(port));
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('button', { name: 'Look again' }).waitFor();
  };
  await test('the overview is photographed', async () => {
    await accept(page, lab.link, 'Avery Stone');
    await page.waitForURL('**/overview*');
    await look('127.0.0.1', peer.port);
    await look('localhost', peer.port);
    await lab.ctl('invite', 'blake@example.com', '--role', 'admin', '--name', 'Blake Reed');
    const casey = await lab.ctl('invite', 'casey@example.com', '--name', 'Casey Moss');
    await accept(await eyes.page(lab), casey.link, 'Casey Moss');
    await look('127.0.0.1', 993);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto('/overview');
    await page.screenshot({ path: process.argv[2] });
  });
});
