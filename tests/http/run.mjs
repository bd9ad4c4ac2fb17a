// run.mjs BINARY ENGINE -- makes a small world once, then every suite of this folder against one server.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AS_OF, finish, igot, newDatabase, start, test, equal } from '../lib.mjs';

const [binary, engine, only] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const world = newDatabase(engine);
let code = 1;
try {
  const made = igot(binary, world.db, 'init', '--data', 'data', '--demo', '--officers', '300', '--seed', '7', '--as-of', AS_OF);
  await test(`init loads data/ on ${engine}`, () => equal(made.code, 0, made.err));
  if (made.code === 0) {
    const server = await start(binary, world.db);
    const context = { binary, engine, db: world.db, dir: world.dir, url: server.url, log: server.log };
    for (const file of readdirSync(here).filter((f) => f.endsWith('_suite.mjs') && (!only || f.includes(only))).sort())
      await (await import(join(here, file))).default(context);
    const ended = await server.stop();
    await test('SIGTERM ends the server with 0', () => equal(ended, 0, server.log()));
    await test('no sanitizer complained', () => { if (/Sanitizer|runtime error/.test(server.log())) throw new Error(server.log().slice(-6000)); });
  }
} catch (error) {
  await test('the suites run', () => { throw error; });
} finally {
  code = finish();
  try { world.drop(); } catch (error) { console.log(`# ${error}`); }
}
process.exit(code);
