// kill9.mjs BINARY ENGINE [TIMES] -- a server under concurrent writes is killed without warning, again and again: every write that it acknowledged is there when it is back.
import { spawnSync } from 'node:child_process';
import { Client, equal, finish, igot, newDatabase, ok, start, test } from '../lib.mjs';

const [binary, engine, times = '100'] = process.argv.slice(2);
const TIMES = Number(times), WRITERS = 6;
const world = newDatabase(engine);
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// The rows of one column, past the server.
function rows(sql) {
  const r = engine === 'sqlite' ? spawnSync('sqlite3', [world.db.slice(7), sql], { encoding: 'utf8', maxBuffer: 64 << 20 })
    : spawnSync('psql', [world.db, '-X', '-q', '-A', '-t', '-c', sql], { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (r.status !== 0) throw new Error(r.stderr);
  return r.stdout.split('\n').filter(Boolean);
}

let serial = 0, refused = '';
const acknowledged = new Set();

// Writes until the server is gone. A refusal (too much at once) is not an acknowledgement.
async function writer(url, token) {
  for (;;) {
    const mark = `report ${++serial} of this test`;
    try {
      const r = await fetch(`${url}/position/report`, {
        method: 'POST', redirect: 'manual', body: new URLSearchParams({ text: mark }),
        headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      });
      await r.arrayBuffer();
      if (r.status < 400) acknowledged.add(mark);
      else if (r.status < 500) refused = `refused with ${r.status}`;
    } catch {
      return;
    }
    if (refused) return;
  }
}

async function kill(server) {
  server.child.removeAllListeners('exit');
  const gone = new Promise((r) => server.child.on('exit', r));
  server.child.kill('SIGKILL');
  await gone;
}

let code = 1;
try {
  const made = igot(binary, world.db, 'init', '--data', 'data', '--demo', '--officers', '30');
  await test(`a database on ${engine}`, () => equal(made.code, 0, made.err));
  const created = ['officer', 'supervisor'].map((name) => igot(binary, world.db, 'token', 'create', name));
  const tokens = created.map((r) => r.out.trim());
  await test('tokens', () => ok(tokens.every((t) => t.startsWith('igot_')), created.map((r) => r.err).join()));
  let lost = [], quick = 0;
  await test(`killed ${TIMES} times under ${WRITERS} writers, every acknowledged write is there`, async () => {
    for (let i = 0; i < TIMES; i++) {
      const server = await start(binary, world.db);
      quick = Math.max(quick, Number(/after (\d+) ms/.exec(server.log())[1]));
      const work = Array.from({ length: WRITERS }, (_, k) => writer(server.url, tokens[k % tokens.length]));
      await sleep(20 + Math.random() * 250);
      await kill(server);
      await Promise.all(work);
      ok(!refused, refused);
      if (i % 10 === 9 || i === TIMES - 1) {
        const there = new Set(rows("SELECT text FROM position_report"));
        lost = [...acknowledged].filter((mark) => !there.has(mark));
        ok(lost.length === 0, `after kill ${i + 1}, ${lost.length} lost, such as ${lost[0]}`);
      }
    }
    console.log(`# ${acknowledged.size} acknowledged writes; ready within ${quick} ms after each kill`);
    ok(acknowledged.size > TIMES, 'some were acknowledged');
  });
  await test('no half of a write is there', () => {
    const n = rows('SELECT count(*) FROM position_report r WHERE NOT EXISTS (SELECT 1 FROM officer o WHERE o.id = r.officer)')[0];
    equal(n, '0', 'reports of nobody');
  });
  await test('the audit chain is whole', () => { const r = igot(binary, world.db, 'audit', 'verify'); equal(r.code, 0, r.out + r.err); });
  await test('the doctor finds nothing wrong', () => { const r = igot(binary, world.db, 'doctor', '--media', `${world.dir}/igot.db.media`); ok(r.code === 0 || /media files/.test(r.out), r.out + r.err); });
  const server = await start(binary, world.db);
  await test('and it serves', async () => equal((await new Client(server.url).get('/readyz')).status, 200));
  await server.stop();
} catch (error) {
  await test('it runs', () => { throw error; });
} finally {
  code = finish();
  world.drop();
}
process.exit(code);
