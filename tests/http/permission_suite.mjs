// permission_suite.mjs -- every route of /openapi.json as every role, inside and outside its reach, and as nobody.
// What a role may is read from the table in src/auth/role_words.c. Accounts: the demo accounts; the roles that have none (ministryhead, cca), and every unit's
// role over another unit, are given by spv to the account `council`, whose own role is ended meanwhile.
import { readFileSync } from 'node:fs';
import { Client, day, equal, ok, openWorld, test, textOf } from '../lib.mjs';

const UNIT = 'min.personnel-public-grievances-and-pensions', ELSEWHERE = 'min.finance';

// {role: {permission: reach}}
function seedTable() {
  const source = readFileSync('src/auth/role_words.c', 'utf8');
  const table = /seed\[\] = \{([\s\S]*?)\n\};/.exec(source)[1];
  const roles = {};
  for (const m of table.matchAll(/\{"(\w+)", N_\("[^"]*"\), \{((?:\{"[\w.]+", REACH_\w+\},?\s*)+)\}\}/g))
    roles[m[1]] = Object.fromEntries([...m[2].matchAll(/\{"([\w.]+)", REACH_(\w+)\}/g)].map((r) => [r[1], r[2]]));
  return roles;
}

// What each account holds: the role under test, and that of an officer where it is one.
const HOLDS = { supervisor: ['supervisor', 'officer'] };

export default async function suite({ binary, engine }) {
  const w = await openWorld(binary, engine, { officers: 150 });
  const roles = seedTable();
  const api = (await new Client(w.url).get('/openapi.json')).json();
  const routes = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, r]) => ({ path, method: method.toUpperCase(), permission: r['x-permission'] })));
  const spv = await new Client(w.url).signIn('spv');
  const spvAgain = async () => { spv.cookies.clear(); await spv.signIn('spv'); };
  const officer = await new Client(w.url).signIn('officer');

  await test('permissions: the table has the 13 roles, and each permission that a route names is held by one of them', () => {
    equal(Object.keys(roles).length, 13, Object.keys(roles).join(' '));
    const held = new Set(Object.values(roles).flatMap((r) => Object.keys(r)));
    for (const r of routes) ok(['public', 'signed-in'].includes(r.permission) || held.has(r.permission), `${r.method} ${r.path}: ${r.permission}`);
  });

  // ---- things to ask for ----
  const accounts = (await spv.data('/accounts')).accounts;
  const accountOf = (name) => accounts.find((a) => a.user_name === name).id;
  const things = {};
  await test('permissions: there is something of each kind to ask for', async () => {
    const hub = await officer.data('/competencies');
    const account = await officer.data('/account');
    things.officer = account.officer;
    const ministries = await spv.data('/organisations');
    const find = async (q) => {
      const list = [];
      for (let page = 1, pages = 1; page <= pages; page++) {
        const d = await spv.data(`/organisations?page=${page}&q=${encodeURIComponent(q)}`);
        pages = d.pages ?? 1;
        list.push(...(d.organisations ?? d.lines ?? Object.values(d).find(Array.isArray)));
      }
      return list;
    };
    ok(ministries, 'organisations');
    const personnel = (await find('Personnel')).find((o) => /Personnel/.test(o.name)), finance = (await find('Finance')).find((o) => /^Ministry of Finance/.test(o.name));
    ok(personnel && finance, 'two ministries');
    things.organisation = personnel.id;
    things.elsewhere = finance.id;
    things.position = (await officer.data('/position')).place.position;
    things.competency = JSON.stringify(hub).match(/"competency":"(\d+)"/)?.[1] ?? hub.rows?.[0].id;
    ok(things.competency, 'a competency');
    things.course = (await officer.data('/learning')).course.find((c) => c.complete)?.id ?? (await officer.data('/learning')).step.find((s) => s.complete).course;
    equal((await officer.post(`/courses/${things.course}/enrol`)).status, 303, 'enrolling');
    things.module = (await officer.data(`/courses/${things.course}`)).module[0].id;
    const report = await officer.post('/position/report', { text: 'The map of my position lacks the work on tenders.' });
    things.report = report.location.split('/').at(-1);
    const diagnosed = [...new Set(JSON.stringify(hub).match(/"competency":"\d+"/g).map((x) => x.slice(14, -1)))];
    for (const c of diagnosed) {
      const r = await officer.post(`/competencies/${c}/diagnostic`);
      const m = /^\/tests\/(\d+)/.exec(r.location ?? '');
      if (m) { things.attempt = m[1]; break; }
    }
    ok(things.attempt, 'a test begun');
    things.account = accountOf('officer');
    things.session = (await officer.data('/account')).sessions.find((s) => s.this_one).key;
    const assessor = await new Client(w.url).signIn('assessor');
    const recorded = await assessor.post('/results', { officer: things.officer, competency: things.competency, level: '2.0', se: '0.4', day: w.clock.day(), reference: 'P-1', confirmed: '1' });
    equal(recorded.status, 303, textOf(recorded.text).slice(0, 300));
    things.evidence = (await assessor.data('/results')).recorded[0].evidence;
    things.away = (await spv.data(`/organisations/${things.elsewhere}`)).id;
  });

  // ---- asking ----
  const nameOf = (path) => (path.startsWith('/constants/') ? 'lambda0' : 'none.mp4');
  const fill = (path, values) => path.replace(/\{(\w+)\}/g, (all, name) => {
    const v = name === 'name' ? nameOf(path) : values[name];
    if (!v) throw new Error(`nothing to put for {${name}} of ${path}`);
    return v;
  });
  const widest = (held, permission) => held.map((role) => roles[role][permission]).filter(Boolean);
  const scoped = (path) => /\{(officer|organisation|account|report|position)\}/.test(path);
  // Whose name alone decides, whatever the role: things that belong to one officer.
  const own = /^\/(tests\/\{attempt\}|position\/reports\/)/;
  // What undoes the world: each is done all the same, then mended.
  const mends = /^\/(sign-out|account\/sign-out-everywhere|account\/sessions|accounts\/\{account\}\/close|accounts\/\{account\}\/grants\/\{grant\}\/end)/;

  const form = (path) => ({ '/language': { language: 'en' }, '/results': { officer: things.officer }, '/tests/{attempt}': { question: '1' } })[path] ?? {};

  // A role that is not yet in force, so that its end changes nobody's rights.
  const grantToEnd = async () => {
    await spvAgain();
    const coming = async () => (await spv.data(`/accounts/${things.account}`)).roles.find((r) => r.role === 'cbu' && !r.over)?.id;
    if (!(await coming())) {
      const tomorrow = day(w.clock.day(), 1);
      const r = await spv.post(`/accounts/${things.account}/grants`, { role: 'cbu', organisation: UNIT, from: tomorrow });
      equal(r.status, 303, textOf(r.text).slice(0, 300));
    }
    things.grant = await coming();
  };

  async function askAll(name, held, { outside = false, instead = {} } = {}) {
    const faults = [];
    await grantToEnd();
    let asked = 0, client = await new Client(w.url).signIn(name), csrf = await client.csrf();
    const me = (await client.data('/account')).account;
    for (const r of routes) {
      const values = { ...things, ...instead };
      if (r.path.includes('{session}')) values.session = (await client.data('/account')).sessions.find((s) => s.this_one).key;
      const path = fill(r.path, values);
      const may = r.permission === 'public' || r.permission === 'signed-in' || widest(held, r.permission).length > 0;
      const everywhere = widest(held, r.permission).includes('ALL');
      const hidden = may && outside && !everywhere && scoped(r.path) && !['public', 'signed-in'].includes(r.permission);
      const foreign = may && !hidden && own.test(r.path) && values.officer !== (await client.data('/account')).officer;
      const self = path.startsWith(`/accounts/${me}/`) && r.method === 'POST';
      for (const accept of r.method === 'GET' ? ['text/html', 'application/json'] : ['text/html']) {
        const answer = await client.request(r.method, path, { headers: { accept }, ...(r.method === 'GET' ? {} : { form: { csrf, ...form(r.path) } }) });
        asked++;
        let want = r.method === 'GET' ? [200, 303] : [200, 303, 409, 422];
        if (!may) want = [403];
        else if (hidden || foreign) want = [404];
        else if (r.path.startsWith('/media/')) want = [404];
        /* whose reach is those who report to her sees officers, and no organisation's list */
        else if (r.path.startsWith('/organisations/{organisation}/officers') && widest(held, r.permission).every((reach) => reach === 'REPORTS')) want = [404];
        else if (self) want = [403];
        else if (r.path === '/sign-in' && r.method === 'POST') want = [422];
        if (hidden && r.path === '/accounts/{account}/grants' && r.method === 'GET') want = [303]; /* leads to the account, which is 404 */
        if (may && answer.status === 303 && r.method === 'GET' && answer.location.startsWith('/sign-in')) faults.push(`${r.method} ${r.path}: asks to sign in`);
        if (!want.includes(answer.status)) faults.push(`${r.method} ${r.path} (${r.permission}, ${accept}): ${answer.status}, want ${want.join(' or ')}${answer.status >= 500 ? ` ${textOf(answer.text).slice(0, 200)}` : ''}`);
      }
      if (mends.test(r.path) && may && !hidden) {
        if (r.path.includes('/close')) {
          await spvAgain();
          await spv.post(`/accounts/${values.account}/unlock`);
        }
        client = await new Client(w.url).signIn(name);
        csrf = await client.csrf();
      }
    }
    if (faults.length) throw new Error(`${faults.length} of ${asked}:\n${faults.join('\n')}`);
    return asked;
  }

  const said = (role, where) => `permissions: ${routes.length} routes as ${role}, ${where}`;

  await test(said('nobody', 'anywhere'), async () => {
    await grantToEnd();
    const faults = [];
    for (const r of routes) {
      if (r.permission === 'public') continue;
      const nobody = new Client(w.url), path = fill(r.path, things), csrf = r.method === 'GET' ? '' : await nobody.csrf();
      const options = r.method === 'GET' ? {} : { form: { csrf } };
      const page = await nobody.request(r.method, path, { headers: { accept: 'text/html' }, ...options });
      if (!(page.status === 401 || (page.status === 303 && page.location.startsWith('/sign-in')))) faults.push(`${r.method} ${r.path}: ${page.status} ${page.location ?? ''}`);
      const data = await nobody.request(r.method, path, { headers: { accept: 'application/json' }, ...options });
      if (data.status !== 401) faults.push(`${r.method} ${r.path} as data: ${data.status}`);
    }
    if (faults.length) throw new Error(faults.join('\n'));
  });

  const demo = ['officer', 'supervisor', 'cbu', 'cbuhead', 'author', 'reviewer', 'assessor', 'cbc', 'spv', 'coordination', 'council'];
  for (const name of demo)
    await test(said(name, 'inside'), async () => askAll(name, HOLDS[name] ?? [name]));

  // Another officer than she who reports to the supervisor, and an organisation that is not hers.
  await test(said('supervisor', 'outside'), async () => {
    const cbc = await new Client(w.url).signIn('cbc');
    const list = await cbc.data(`/organisations/${things.elsewhere}/officers`);
    const other = (list.officers ?? Object.values(list).find(Array.isArray))[0];
    ok(other, 'an officer elsewhere');
    await askAll('supervisor', HOLDS.supervisor, { outside: true, instead: { officer: other.id, organisation: things.elsewhere } });
  });

  // ---- the roles without an account, and those of a unit over another unit ----
  const councilId = accountOf('council');
  const endAll = async () => {
    for (const r of (await spv.data(`/accounts/${councilId}`)).roles)
      if (!r.over) equal((await spv.post(`/accounts/${councilId}/grants/${r.id}/end`)).status, 303, 'ending a role');
  };
  const become = async (role, organisation) => {
    await spvAgain();
    await endAll();
    const r = await spv.post(`/accounts/${councilId}/grants`, { role, organisation });
    equal(r.status, 303, textOf(r.text).slice(0, 300));
  };

  for (const role of ['ministryhead', 'cca'])
    await test(said(role, 'inside'), async () => {
      await become(role, UNIT);
      await askAll('council', [role]);
    });

  for (const role of ['cbu', 'cbuhead', 'ministryhead', 'cca'])
    await test(said(role, 'outside'), async () => {
      await become(role, ELSEWHERE);
      await askAll('council', [role], { outside: true });
    });

  await test('permissions: a role from tomorrow opens nothing today, one that ended yesterday neither', async () => {
    await spvAgain();
    await endAll();
    const tomorrow = day(w.clock.day(), 1);
    await spv.post(`/accounts/${councilId}/grants`, { role: 'cbc', organisation: 'india', from: tomorrow, until: tomorrow });
    const before = await new Client(w.url).signIn('council');
    equal((await before.page('/audit')).status, 403, 'today');
    w.clock.pass(86400e3);
    const during = await new Client(w.url).signIn('council');
    equal((await during.page('/audit')).status, 200, 'tomorrow');
    w.clock.pass(86400e3);
    const after = await new Client(w.url).signIn('council');
    equal((await after.page('/audit')).status, 403, 'the day after');
  });

  await test('permissions: the server ended well and no sanitizer complained', () => w.close());
}
