// auth_suite.mjs -- sign-in, sessions, passwords, unlocking, language, roles; and the row of the audit log that each leaves.
import { Client, cpuOf, equal, formOf, match, ok, openWorld, test, textOf } from '../lib.mjs';

const CHROME = { 'user-agent': 'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36' };
const FIREFOX = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0' };
const MINUTE = 60e3;

const errorOf = (r) => { const m = /<p class="error" id="[^"]*">([\s\S]*?)<\/p>/.exec(r.text); return m ? textOf(m[1]) : ''; };

export default async function suite({ binary, engine }) {
  const w = await openWorld(binary, engine, { officers: 20 });
  const signedIn = (name, headers, password) => new Client(w.url, headers).signIn(name, password);
  const spv = await signedIn('spv');
  const again = async (client, name) => { client.cookies.clear(); await client.signIn(name); };

  // The newest row of one action: the log is read as the operator reads it.
  const audit = async (action) => (await spv.data(`/audit?action=${action}`)).lines[0];
  const auditCount = async (action) => (await spv.data(`/audit?action=${action}`)).total;
  const accountOf = async (name) => (await spv.data(`/accounts?q=${name}`)).accounts.find((a) => a.user_name === name).id;

  // Nothing shows but that it failed: the same page for a wrong password, a name that nobody has, and a closed account.
  const refusal = async (name, password = 'not-the-password') => {
    const r = await new Client(w.url).post('/sign-in', { name, password });
    return { status: r.status, page: r.text.replaceAll(name, 'NAME').replace(/name="csrf" value="[^"]*"/g, '') };
  };

  await test('auth: sign-in with the right password leads home, and the cookie is out of reach of script', async () => {
    const c = new Client(w.url, CHROME);
    const r = await c.send(await c.page('/sign-in'), '/sign-in', { name: 'officer', password: 'demo-officer' });
    equal(r.status, 303);
    equal(r.location, '/home');
    const cookie = r.headers.getSetCookie().find((x) => x.startsWith('igot_session='));
    match(cookie, /HttpOnly/);
    match(cookie, /SameSite=Lax/);
    match(cookie, /Path=\//);
    ok(!/;\s*Domain/i.test(cookie), 'no domain');
    const home = await c.follow(r);
    equal(home.status, 200);
    match(textOf(home.text), /Asha Verma/);
    const row = await audit('sign-in.good');
    equal(row.subject_name ?? row.actor_name, row.actor_name, 'about oneself');
    match(row.actor_name, /Asha Verma|officer/);
  });

  await test('auth: the name is folded: case and outer spaces do not matter, the password stays as it is', async () => {
    equal((await new Client(w.url).post('/sign-in', { name: '  OFFICER ', password: 'demo-officer' })).status, 303);
    equal((await new Client(w.url).post('/sign-in', { name: 'officer', password: 'DEMO-officer' })).status, 422);
  });

  await test('auth: a wrong password and an unknown name get the same answer', async () => {
    const before = await auditCount('sign-in.refused');
    const wrong = await refusal('council'), unknown = await refusal('nobodyatall');
    equal(wrong.status, 422);
    equal(unknown.status, wrong.status);
    equal(unknown.page, wrong.page, 'the same page');
    match(wrong.page, /The user name or the password is not right/);
    equal(await auditCount('sign-in.refused'), before + 2);
    const rows = (await spv.data('/audit?action=sign-in.refused')).lines;
    ok(rows[0].subject === null && rows[1].subject_name, 'an unknown name is nobody; a known one is named');
    ok(!JSON.stringify(rows).includes('nobodyatall'), 'what was typed as an unknown name is not kept');
    ok(!JSON.stringify(rows).includes('not-the-password'), 'no password is kept');
  });

  await test('auth: an unknown name takes the same work as a wrong password', async () => {
    const work = async (name) => {
      const c = new Client(w.url), csrf = await c.csrf(), from = cpuOf(w.pid);
      await c.request('POST', '/sign-in', { form: { csrf, name, password: 'x' } });
      return cpuOf(w.pid) - from;
    };
    const known = [], unknown = [];
    for (const n of ['author', 'reviewer', 'coordination', 'assessor', 'author', 'reviewer', 'coordination', 'assessor']) {
      known.push(await work(n));
      unknown.push(await work(`${n}-none`));
    }
    const median = (a) => [...a].sort((x, y) => x - y)[a.length >> 1], ratio = median(unknown) / median(known);
    ok(median(known) > 5, `hashing costs something: ${known.map(Math.round)} ms`);
    ok(ratio > 0.6 && ratio < 1.6, `unknown ${unknown.map(Math.round)} ms, known ${known.map(Math.round)} ms of CPU`);
  });

  await test('auth: programs get the same refusal as data', async () => {
    const c = new Client(w.url);
    const r = await c.request('POST', '/sign-in', { json: { csrf: await c.csrf(), name: 'cbu', password: 'wrong' }, headers: { accept: 'application/json' } });
    equal(r.status, 401);
    ok(r.json().message, 'a message');
  });

  await test('auth: next leads within the site only', async () => {
    for (const [next, to] of [['/competencies', '/competencies'], ['/learning?q=a%20b', '/learning?q=a%20b'], ['//evil.example', '/home'], ['https://evil.example/', '/home'], ['/\\evil.example', '/home'],
      ['\\\\evil.example', '/home'], ['/\t/evil.example', '/home'], ['javascript:alert(1)', '/home'], ['evil', '/home'], ['/ok\r\nX: y', '/home']]) {
      const c = new Client(w.url);
      const page = await c.page(`/sign-in?next=${encodeURIComponent(next)}`);
      ok([200, 422].includes(page.status), `${next}: ${page.status}`);
      if (page.status === 422) continue; /* refused outright is right too */
      const r = await c.send(page, '/sign-in', { name: 'officer', password: 'demo-officer' });
      equal(r.status, 303, next);
      equal(r.location, to, next);
      ok(!r.headers.get('x'), 'no header smuggled');
    }
  });

  await test('auth: next typed into the form itself is checked again', async () => {
    const c = new Client(w.url);
    const r = await c.post('/sign-in', { name: 'officer', password: 'demo-officer', next: '//evil.example/' });
    equal(r.location, '/home');
  });

  await test('auth: nobody is sent to sign in, and back to where she was', async () => {
    const c = new Client(w.url);
    const r = await c.page('/competencies?order=role');
    equal(r.status, 303);
    match(r.location, /^\/sign-in\?next=/);
    const page = await c.follow(r);
    const back = await c.send(page, '/sign-in', { name: 'officer', password: 'demo-officer' });
    equal(back.location, '/competencies?order=role');
    const data = await new Client(w.url).get('/competencies', { headers: { accept: 'application/json' } });
    equal(data.status, 401);
  });

  await test('auth: a token of a form is bound to its session', async () => {
    const a = await signedIn('officer'), b = await signedIn('supervisor');
    const foreign = await a.csrf();
    equal((await b.request('POST', '/language', { form: { csrf: foreign, language: 'hi', next: '/account' } })).status, 403);
    equal((await b.request('POST', '/language', { form: { csrf: '', language: 'hi', next: '/account' } })).status, 403);
    equal((await b.request('POST', '/language', { form: { csrf: await b.csrf(), language: 'en', next: '/account' } })).status, 303);
    const before = await new Client(w.url).csrf();
    equal((await a.request('POST', '/language', { form: { csrf: before, language: 'en', next: '/account' } })).status, 403, 'one from before sign-in');
  });

  await test('auth: a session cookie from before sign-in is not the one after it', async () => {
    const c = new Client(w.url);
    await c.page('/sign-in');
    const before = new Map(c.cookies);
    await c.signIn('officer');
    for (const [k, v] of before) if (k === 'igot_session') ok(c.cookies.get(k) !== v, 'a new one');
    equal((await new Client(w.url, { cookie: 'igot_session=AAAA' }).page('/home')).status, 303, 'a made-up one is nobody');
  });

  await test('auth: after five failures the account waits, whoever tries, and the message says for how long', async () => {
    for (let i = 0; i < 5; i++) {
      const r = await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: `wrong${i}` });
      equal(errorOf(r), 'The user name or the password is not right. Check both and try again.', `try ${i + 1}`);
    }
    const r = await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: 'demo-cbuhead' });
    equal(r.status, 422, 'even with the right password');
    equal(errorOf(r), 'There were several failed tries. Wait 10 seconds, then try again.');
    ok(r.text.includes('value="cbuhead"'), 'the name typed is kept');
    ok(!r.text.includes('demo-cbuhead'), 'the password is not');
    equal((await new Client(w.url).post('/sign-in', { name: 'officer', password: 'demo-officer' })).status, 303, 'others are not slowed down');
  });

  await test('auth: a name that nobody has is slowed down in the same words', async () => {
    for (let i = 0; i < 5; i++) await new Client(w.url).post('/sign-in', { name: 'ghost', password: 'x' });
    const r = await new Client(w.url).post('/sign-in', { name: 'ghost', password: 'x' });
    equal(errorOf(r), 'There were several failed tries. Wait 10 seconds, then try again.');
  });

  await test('auth: waits double up to a quarter of an hour', async () => {
    const said = new Set();
    for (let i = 0; i < 12; i++) {
      await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: 'x' });
      const r = await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: 'x' });
      said.add(errorOf(r).replace(/^There were several failed tries\. /, ''));
      w.clock.pass(16 * MINUTE);
    }
    const all = [...said];
    match(all[0], /^Wait 10 seconds/);
    match(all.at(-1), /^Wait a quarter of an hour, then try again, or ask the administrator/);
    ok(all.some((s) => /^Wait a minute/.test(s)) && all.some((s) => /^Wait five minutes/.test(s)), all.join(' | '));
    equal((await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: 'demo-cbuhead' })).status, 303, 'after the wait the right password signs in');
    const after = await new Client(w.url).post('/sign-in', { name: 'cbuhead', password: 'x' });
    match(errorOf(after), /is not right/, 'a success clears the count');
  });

  await test('auth: an administrator unlocks an account that must wait', async () => {
    await again(spv, 'spv');
    for (let i = 0; i < 6; i++) await new Client(w.url).post('/sign-in', { name: 'cbu', password: 'x' });
    equal((await new Client(w.url).post('/sign-in', { name: 'cbu', password: 'demo-cbu' })).status, 422);
    const id = await accountOf('cbu');
    const page = await spv.page(`/accounts/${id}`);
    match(textOf(page.text), /Must wait before the next try/);
    const r = await spv.send(page, `/accounts/${id}/unlock`);
    match(textOf((await spv.follow(r)).text), /The account is open/);
    equal((await new Client(w.url).post('/sign-in', { name: 'cbu', password: 'demo-cbu' })).status, 303);
    const row = await audit('account.unlock');
    equal(row.actor_name, 'spv');
    equal(row.subject_name, 'cbu');
  });

  await test('auth: many failures from one address slow that address down, not its neighbours for long', async () => {
    const c = new Client(w.url), csrf = await c.csrf();
    const from = w.clock.now();
    let slowed = null;
    for (let i = 0; i < 80 && !slowed; i += 8) {
      w.clock.pass(from - w.clock.now()); /* a failure is forgiven each second: a slow machine must not gain by it */
      const all = await Promise.all(Array.from({ length: 8 }, (_, k) => c.request('POST', '/sign-in', { form: { csrf, name: `many${i + k}`, password: 'x' } })));
      slowed = all.find((r) => /Many tries from your network failed/.test(r.text));
    }
    ok(slowed, 'after 60 failures at once the address waits');
    w.clock.pass(2 * MINUTE);
    equal((await new Client(w.url).post('/sign-in', { name: 'officer', password: 'demo-officer' })).status, 303, 'two minutes later anybody signs in');
  });

  await test('auth: the list of sessions shows each device, and one of them can be ended', async () => {
    const phone = await signedIn('supervisor', CHROME), desk = await signedIn('supervisor', FIREFOX);
    const own = await phone.data('/account');
    const mine = own.sessions.filter((s) => s.this_one), other = own.sessions.find((s) => s.device === 'Firefox on Windows');
    equal(mine.length, 1);
    equal(mine[0].device, 'Chrome on Android');
    equal(mine[0].address, '127.0.0.1');
    ok(other, JSON.stringify(own.sessions));
    ok(Date.parse(other.expires) > w.clock.now(), 'it says when it ends');
    const page = await phone.page('/account');
    const r = await phone.send(page, `/account/sessions/${other.key}/end`);
    match(textOf((await phone.follow(r)).text), /That device is signed out/);
    equal((await desk.page('/account')).status, 303, 'the other is signed out at once');
    equal((await phone.page('/account')).status, 200, 'this one is not');
    match((await audit('session.end')).actor_name, /Meera Krishnan|supervisor/);
  });

  await test('auth: nobody ends a session of somebody else', async () => {
    const victim = await signedIn('officer', FIREFOX), thief = await signedIn('supervisor');
    const key = (await victim.data('/account')).sessions.find((s) => s.this_one).key;
    await thief.post(`/account/sessions/${key}/end`);
    equal((await victim.page('/account')).status, 200);
  });

  await test('auth: signing out ends this session, on the server too', async () => {
    const c = await signedIn('officer'), other = await signedIn('officer'), kept = new Map(c.cookies);
    const r = await c.send(await c.page('/account'), '/sign-out');
    equal(r.location, '/sign-in');
    match(textOf((await c.follow(r)).text), /You are signed out/);
    c.cookies = kept;
    equal((await c.page('/account')).status, 303, 'the old cookie opens nothing');
    equal((await other.page('/account')).status, 200);
    match((await audit('sign-out')).actor_name, /Asha Verma|officer/);
  });

  await test('auth: signing out everywhere ends every session', async () => {
    const all = await Promise.all([signedIn('officer', CHROME), signedIn('officer', FIREFOX), signedIn('officer')]);
    const r = await all[0].send(await all[0].page('/account'), '/account/sign-out-everywhere');
    match(textOf((await all[0].follow(r)).text), /You are signed out on every device/);
    for (const c of all) equal((await c.page('/account')).status, 303);
    match((await audit('sign-out.everywhere')).actor_name, /Asha Verma|officer/);
  });

  await test('auth: an unused session ends by itself', async () => {
    const c = await signedIn('author');
    const ends = Date.parse((await c.data('/account')).sessions.find((s) => s.this_one).expires);
    ok(ends > w.clock.now() && ends < w.clock.now() + 32 * 86400e3, new Date(ends).toISOString());
    w.clock.pass(ends - w.clock.now() + MINUTE);
    equal((await c.page('/account')).status, 303);
    await again(spv, 'spv');
  });

  await test('auth: the password changes with the old one only, and other devices are signed out', async () => {
    const c = await signedIn('reviewer'), other = await signedIn('reviewer');
    const page = await c.page('/account');
    const wrong = await c.send(page, '/account/password', { old: 'not this', new: 'teal canal orbit ledger' });
    equal(wrong.status, 422);
    match(textOf(wrong.text), /The present password is not right/);
    match((await audit('password.refused')).actor_name, /reviewer/);
    for (const [weak, why] of [['short', 'too short'], ['reviewer reviewer', 'the name'], ['demo-reviewer', 'the old one']]) {
      const r = await c.send(page, '/account/password', { old: 'demo-reviewer', new: weak });
      equal(r.status, 422, why);
      ok(formOf(r.text, '/account/password').html.includes('class="error"'), `${why}: the message stands in the form`);
      ok(!r.text.includes(`value="${weak}"`), 'no password is shown again');
    }
    const r = await c.send(await c.page('/account'), '/account/password', { old: 'demo-reviewer', new: 'teal canal orbit ledger' });
    equal(r.status, 303, textOf(r.text).slice(0, 300));
    match(textOf((await c.follow(r)).text), /Your password is changed/);
    equal((await c.page('/account')).status, 200, 'this device stays');
    equal((await other.page('/account')).status, 303, 'the other does not');
    equal((await new Client(w.url).post('/sign-in', { name: 'reviewer', password: 'demo-reviewer' })).status, 422, 'the old password is over');
    await signedIn('reviewer', {}, 'teal canal orbit ledger');
    match((await audit('password.change')).actor_name, /reviewer/);
  });

  await test('auth: language follows the account, before the browser', async () => {
    const c = await signedIn('officer', { 'accept-language': 'en' });
    match((await c.page('/home')).text, /<html lang="en"/);
    const r = await c.send(await c.page('/account'), '/language', { language: 'hi' });
    equal(r.location, '/account', 'back to the page');
    match((await c.page('/home')).text, /<html lang="hi"/);
    const elsewhere = await signedIn('officer', { 'accept-language': 'en' });
    match((await elsewhere.page('/home')).text, /<html lang="hi"/, 'on another device too');
    await elsewhere.post('/language', { language: 'en' });
    match((await elsewhere.page('/home')).text, /<html lang="en"/);
    equal((await elsewhere.post('/language', { language: 'fr' })).status, 422);
  });

  await test('auth: a role given works at once, a role ended is gone at once, and both are in the log', async () => {
    const id = await accountOf('council'), council = await signedIn('council');
    equal((await council.page('/audit')).status, 403);
    equal((await spv.post(`/accounts/${id}/grants`, { role: 'cbu' })).status, 422, 'a role that reaches a unit has to name it');
    const given = await spv.send(await spv.page(`/accounts/${id}`), `/accounts/${id}/grants`, { role: 'cbc', organisation: 'india' });
    equal(given.status, 303, textOf(given.text).slice(0, 400));
    equal((await council.page('/audit')).status, 200);
    const role = (await spv.data(`/accounts/${id}`)).roles.find((x) => x.role === 'cbc');
    const row = await audit('grant.give');
    equal(row.actor_name, 'spv');
    equal(row.subject_name, 'council');
    match(row.detail, /cbc/);
    const ended = await spv.send(await spv.page(`/accounts/${id}`), `/accounts/${id}/grants/${role.id}/end`);
    equal(ended.status, 303);
    equal((await council.page('/audit')).status, 403);
    equal((await audit('grant.end')).subject_name, 'council');
  });

  await test('auth: the head of a unit gives no role that reaches further than her own, nor outside her unit', async () => {
    const head = await signedIn('cbuhead'), id = await accountOf('officer');
    const page = await head.page(`/accounts/${id}`);
    equal(page.status, 200);
    ok(!formOf(page.text, `/accounts/${id}/grants`).choices.role.some((o) => ['spv', 'cbc'].includes(o.value)), 'not offered');
    equal((await head.post(`/accounts/${id}/grants`, { role: 'spv', organisation: 'india' })).status, 422);
    equal((await head.post(`/accounts/${id}/grants`, { role: 'cbu', organisation: 'min.finance' })).status, 422);
    equal((await head.page(`/accounts/${await accountOf('spv')}`)).status, 404, 'an account outside her unit');
    const own = await accountOf('cbuhead');
    ok([403, 404].includes((await head.post(`/accounts/${own}/grants`, { role: 'cbu', organisation: 'india' })).status), 'nor to herself');
  });

  await test('auth: a closed account cannot sign in, answers as a wrong password, and can be opened again', async () => {
    const id = await accountOf('coordination'), c = await signedIn('coordination');
    const r = await spv.send(await spv.page(`/accounts/${id}`), `/accounts/${id}/close`);
    equal(r.status, 303);
    equal((await c.page('/account')).status, 303, 'signed out at once');
    const closed = await refusal('coordination', 'demo-coordination'), unknown = await refusal('nobodyelse', 'demo-coordination');
    equal(closed.page, unknown.page, 'no hint');
    equal((await audit('account.close')).subject_name, 'coordination');
    await spv.send(await spv.page(`/accounts/${id}`), `/accounts/${id}/unlock`);
    await signedIn('coordination');
  });

  await test('auth: the audit log says that it is whole, on the page and from the command line', async () => {
    const page = await spv.data('/audit');
    equal(page.whole, true);
    ok(page.total > 40, `${page.total} rows`);
    const seen = w.igot('audit', 'verify');
    equal(seen.code, 0, seen.out + seen.err);
  });

  await test('auth: the server ended well and no sanitizer complained', () => w.close());
}
