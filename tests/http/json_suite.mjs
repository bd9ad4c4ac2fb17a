// json_suite.mjs -- the JSON face: every page that has one answers as /openapi.json says, to a person's session and to a program's token.
import { readFileSync } from 'node:fs';
import { Client, equal, igot, match, ok, test } from '../lib.mjs';

// What is wrong with `value` by the schema of OpenAPI 3.1, as far as our descriptions go: types, properties (each there, none more), items, formats.
export function faultsOf(schema, value, at = '$') {
  const types = [].concat(schema.type);
  const is = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) && types.includes('integer') ? 'integer' : typeof value;
  if (!types.includes(is)) return [`${at} is ${is}, want ${types.join(' or ')}`];
  if (is === 'array') return value.flatMap((v, i) => faultsOf(schema.items, v, `${at}[${i}]`));
  if (is === 'object') {
    const named = Object.keys(schema.properties);
    return [...named.filter((k) => !(k in value)).map((k) => `${at}.${k} is missing`), ...Object.keys(value).filter((k) => !named.includes(k)).map((k) => `${at}.${k} is not described`),
      ...named.filter((k) => k in value).flatMap((k) => faultsOf(schema.properties[k], value[k], `${at}.${k}`))];
  }
  if (is === 'string' && schema.format === 'date' && !/^\d{4}-\d\d-\d\d$/.test(value)) return [`${at}: ${value} is no date`];
  if (is === 'string' && schema.format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return [`${at}: ${value} is no time`];
  return [];
}

// No number of a page goes past what a program with doubles can hold.
function unsafeNumbers(text) {
  return [...text.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d{16,}/g)].map((m) => m[0]);
}

export default async function suite({ url, binary, db }) {
  const api = (await new Client(url).get('/openapi.json')).json();
  const as = {};
  for (const name of ['officer', 'supervisor', 'cbuhead', 'cbc', 'spv', 'assessor']) as[name] = await new Client(url).signIn(name);
  const who = { 'competency.own': 'officer', 'learning.use': 'officer', 'report.own': 'officer', 'organisation.read': 'officer', 'organisation.officers': 'cbc', 'competency.read': 'supervisor',
    'report.answer': 'cbuhead', 'framework.critical': 'cbuhead', 'account.admin': 'spv', 'audit.read': 'cbc', 'evidence.proctored': 'assessor', 'signed-in': 'officer', public: 'officer' };

  // ---- something of each kind ----
  const things = { name: 'lambda0' };
  await test('json: there is something of each kind to ask for', async () => {
    const { officer } = as;
    const hub = await officer.data('/competencies');
    things.officer = hub.place.officer;
    things.organisation = hub.place.organisation;
    things.position = hub.place.position;
    things.competency = hub.gaps.find((g) => g.status !== 'not_assessed').competency;
    things.course = (await officer.data('/learning')).step.find((s) => s.complete).course;
    await officer.post(`/courses/${things.course}/enrol`);
    things.module = (await officer.data(`/courses/${things.course}`)).module[0].id;
    things.report = (await officer.post('/position/report', { text: 'A report so that there is one to read.' })).location.split('/').at(-1);
    for (const g of hub.gaps) {
      const m = /^\/tests\/(\d+)/.exec((await officer.post(`/competencies/${g.competency}/diagnostic`)).location ?? '');
      if (m) { things.attempt = m[1]; break; }
    }
    things.account = (await as.spv.data('/accounts')).accounts[0].id;
    ok(things.attempt, 'a test begun');
  });

  const shown = Object.entries(api.paths).filter(([, m]) => m.get?.responses['200'].content).map(([path, m]) => ({ path, ...m.get }));
  const urlOf = (path) => path.replace(/\{(\w+)\}/g, (all, name) => things[name] ?? `no-${name}`);

  await test('json: no page without a description', () => {
    const bare = Object.entries(api.paths).filter(([path, m]) => m.get && !m.get.responses['200'].content).map(([path]) => path);
    const files = /^\/(healthz|readyz|metrics|openapi\.json|media\/|account\/password|accounts\/\{account\}\/grants|learning\/\{course\})|\/export$/; /* files, and roads to other pages */
    equal(bare.filter((p) => !files.test(p)).join(' '), '');
    ok(shown.length >= 28, `${shown.length} pages`);
  });

  for (const r of shown)
    await test(`json: ${r.path} answers as described`, async () => {
      let client = as[who[r['x-permission']]], path = urlOf(r.path);
      ok(client, `nobody for ${r['x-permission']}`);
      const submitted = r.path.endsWith('/result');
      if (submitted) {
        await client.post(`/tests/${things.attempt}`, { question: '1', answer: '0', go: 'next' });
        await client.post(`/tests/${things.attempt}/submit`);
      }
      if (r.path === '/officers') client = as.supervisor;
      if (r.path === '/sign-in' || r.path === '/') client = new Client(url);
      let a = await client.get(path, { headers: { accept: 'application/json' } });
      equal(a.status, 200, `${path}: ${a.text.slice(0, 300)}`);
      match(a.headers.get('content-type'), /^application\/json/);
      const faults = faultsOf(r.responses['200'].content['application/json'].schema, a.json());
      equal(faults.slice(0, 8).join('; '), '');
      equal(unsafeNumbers(a.text).join(' '), '', 'numbers past 2^53');
      for (const m of a.text.matchAll(/"(?:id|officer|competency|course|organisation|position|account|module|role|activity|evidence|attempt)":(-?\d+)/g)) throw new Error(`an id is a number: ${m[0]}`);
      const vary = a.headers.get('vary') ?? '';
      match(vary, /accept/i, 'caches must tell the faces apart');
    });

  await test('json: errors are data too', async () => {
    const cases = [[new Client(url), '/competencies', 401, 'sign_in'], [as.officer, '/audit', 403, 'denied'], [as.officer, '/competencies/1', 404, 'not_found'], [as.officer, '/learning?level=9', 422, 'invalid'], [as.officer, '/none', 404, 'not_found']];
    for (const [client, path, status, error] of cases) {
      const r = await client.get(path, { headers: { accept: 'application/json' } });
      equal(r.status, status, path);
      equal(r.json().error, error, path);
      ok(r.json().message.length > 10, 'a message');
    }
    const fields = (await as.officer.get('/learning?level=9', { headers: { accept: 'application/json' } })).json().fields;
    ok(JSON.stringify(fields).includes('level'), `names the field: ${JSON.stringify(fields)}`);
  });

  await test('json: a form sent as JSON with a fault answers 422 with the field', async () => {
    const csrf = await as.officer.csrf();
    const r = await as.officer.request('POST', '/position/report', { json: { csrf, text: 'short' }, headers: { accept: 'application/json' } });
    equal(r.status, 422);
    ok(JSON.stringify(r.json().fields).includes('text'), r.text);
  });

  // ---- tokens ----
  const bearer = (token) => new Client(url, { authorization: `Bearer ${token}`, accept: 'application/json' });
  let token;
  await test('json: igot token create gives a program what its account may, without a form’s token', async () => {
    const made = igot(binary, db, 'token', 'create', 'officer', '--label', 'tests', '--days', '30');
    equal(made.code, 0, made.out + made.err);
    token = /igot_[A-Za-z0-9_-]{43}/.exec(made.out)?.[0];
    ok(token, made.out);
    const program = bearer(token);
    equal((await program.data('/competencies')).place.officer, things.officer);
    equal((await program.get('/audit')).status, 403, 'no more than the account may');
    const sent = await program.request('POST', '/position/report', { json: { text: 'Sent by a program that the officer runs.' } });
    ok(sent.status === 303 || sent.status === 200, `${sent.status} ${sent.text.slice(0, 200)}`);
    equal((await bearer(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`).get('/competencies')).status, 401, 'another token');
    equal((await new Client(url).get(`/competencies?token=${token}`, { headers: { accept: 'application/json' } })).status, 401, 'not in the address');
  });

  await test('json: a token does not show again, is in the log, and ends when revoked', async () => {
    const listed = igot(binary, db, 'token', 'list', 'officer');
    equal(listed.code, 0, listed.err);
    ok(!listed.out.includes(token.slice(5)), 'the token is not listed');
    const id = /\b(\d{6,})\b/.exec(listed.out)?.[1];
    ok(id, listed.out);
    ok((await as.spv.data('/audit?action=token.create')).total > 0, 'in the log');
    const revoked = igot(binary, db, 'token', 'revoke', id);
    equal(revoked.code, 0, revoked.out + revoked.err);
    for (const end = Date.now() + 12000; Date.now() < end;) { /* another process did it: this one asks again within ten seconds */
      if ((await bearer(token).get('/competencies')).status === 401) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error('the token still works after 12 seconds');
  });

  await test('json: the validator of this suite can fail', () => {
    const schema = { type: 'object', properties: { id: { type: 'string' }, n: { type: ['integer', 'null'] }, day: { type: 'string', format: 'date' } } };
    equal(faultsOf(schema, { id: '1', n: null, day: '2026-01-02' }).length, 0);
    equal(faultsOf(schema, { id: 1, n: 1.5, day: '2.1.2026', more: true }).length, 4);
    equal(unsafeNumbers('{"a":"12345678901234567890","b":9007199254740993}').join(), '9007199254740993');
    ok(readFileSync('app/modules.c', 'utf8').includes('app_routes'), 'run in the checkout');
  });
}
