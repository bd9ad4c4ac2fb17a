// forms_suite.mjs -- each form with something missing, too long, or of the wrong kind: 422, a message beside the field and in the summary, what was typed kept.
// Stale forms: 409 with both versions. Forms sent twice: once.
import { Client, day, decodeText, equal, formOf, formsOf, match, ok, openWorld, test, textOf } from '../lib.mjs';

export default async function suite({ binary, engine }) {
  const w = await openWorld(binary, engine, { officers: 20 });
  const as = {};
  for (const name of ['officer', 'cbu', 'cbuhead', 'cbc', 'spv', 'assessor']) as[name] = await new Client(w.url).signIn(name);
  const today = w.clock.day(), tomorrow = day(today, 1), yesterday = day(today, -1);

  // What every page with a fault owes. `action`: the form; `field`: which is wrong; `kept`: what must stand in the form again.
  function faultShows(r, action, field, kept = {}) {
    equal(r.status, 422, textOf(r.text).slice(0, 200));
    const form = formsOf(r.text).find((f) => f.action === action && f.method === 'POST' && f.controls.size > 1);
    ok(form, `the form is there again`);
    const summary = /<div class="error-summary"[\s\S]*?<\/div>/.exec(r.text)?.[0] ?? '';
    match(summary, new RegExp(`href="#${field}"`), 'the summary leads to the field');
    ok(new RegExp(`id="${field}"`).test(r.text.replace(summary, '')), `something has the id ${field}`);
    const message = textOf(/<a href="#[^"]*">([\s\S]*?)<\/a>/.exec(summary.slice(summary.indexOf(`href="#${field}"`) - 3))[1]);
    ok(message.length > 8, 'a message');
    const beside = [...form.html.matchAll(/<p class="error"[^>]*>([\s\S]*?)<\/p>/g)].map((m) => textOf(m[1]).replace(/^Error: /, ''));
    ok(beside.includes(message), `“${message}” beside the field; there: ${JSON.stringify(beside)}`);
    const control = new RegExp(`<(?:input|select|textarea)[^>]*name="${field}"[^>]*>`).exec(form.html)?.[0] ?? '';
    if (!/type="(radio|checkbox)"/.test(control)) match(control, /aria-invalid="true"/, 'told to those who do not see it');
    for (const [name, value] of Object.entries(kept)) {
      const have = form.fields.filter(([n]) => n === name).map(([, v]) => v);
      ok(have.includes(value), `${name}: “${value.slice(0, 60)}” is kept; there is ${JSON.stringify(have).slice(0, 200)}`);
    }
    return message;
  }

  async function faults(title, client, page, action, good, cases) {
    await test(`forms: ${title}`, async () => {
      for (const [what, change, field] of cases) {
        const typed = { ...good, ...change };
        const shown = await client.page(page);
        const form = formsOf(shown.text).find((f) => f.action === action && f.method === 'POST' && f.controls.size > 1);
        ok(form, `a form for ${action} on ${page}`);
        const hidden = Object.fromEntries(form.fields.filter(([n]) => !(n in typed)));
        const r = await client.request('POST', action, { form: Object.entries({ ...hidden, ...typed }).flatMap(([k, v]) => [].concat(v).map((x) => [k, x])), headers: { accept: 'text/html' } });
        const kept = Object.fromEntries(Object.entries(typed).filter(([k, v]) => typeof v === 'string' && v.trim() && !/password|old|new/.test(k) && form.controls.has(k) && !form.choices[k]));
        try {
          faultShows(r, action, field, kept);
        } catch (error) {
          throw new Error(`${what}: ${error.message}`);
        }
      }
    });
  }

  const long = (n) => 'अ'.repeat(n);
  await faults('sign-in', new Client(w.url), '/sign-in', '/sign-in', { name: 'officer', password: 'x' }, [
    ['no name', { name: '' }, 'name'], ['only spaces', { name: '   ' }, 'name'], ['a name of 101 letters', { name: 'x'.repeat(101) }, 'name'], ['no password', { password: '' }, 'password'],
  ]);
  await faults('a new password', as.cbu, '/account', '/account/password', { old: 'demo-cbu', new: 'teal canal orbit ledger' }, [['no old one', { old: '' }, 'old'], ['no new one', { new: '' }, 'new'], ['too short', { new: 'abc' }, 'new']]);
  await faults('“my position is wrong”', as.officer, '/position', '/position/report', {}, [
    ['nothing', { text: '' }, 'text'], ['nine letters', { text: 'nine lett' }, 'text'], ['2,001 letters', { text: long(2001) }, 'text'], ['markup and quotes', { text: '<b>"x"&' }, 'text'],
  ]);
  const gap = (await as.officer.data('/competencies')).gaps[0].competency;
  await faults('one’s own word', as.officer, `/competencies/${gap}`, `/competencies/${gap}/self`, {}, [['nothing', {}, 'level'], ['between the choices', { level: '2.2' }, 'level'], ['words', { level: 'five' }, 'level'], ['too high', { level: '6' }, 'level']]);

  const officer = (await as.officer.data('/competencies')).place.officer;
  await faults('a proctored result', as.assessor, `/results?officer=${officer}`, '/results', { officer, competency: gap, level: '3.2', se: '0.3', day: today, reference: 'ISTM/1' }, [
    ['no competency', { competency: '' }, 'competency'], ['one that is none', { competency: '1' }, 'competency'], ['no level', { level: '' }, 'level'], ['level in words', { level: 'three' }, 'level'], ['level 9', { level: '9' }, 'level'],
    ['level not a number', { level: 'nan' }, 'level'], ['level endless', { level: '1e999' }, 'level'], ['error 0', { se: '0' }, 'se'], ['a day to come', { day: tomorrow }, 'day'], ['no day', { day: '31/12/2026' }, 'day'], ['30 February', { day: '2026-02-30' }, 'day'],
    ['reference too short', { reference: 'x' }, 'reference'], ['reference too long', { reference: long(201) }, 'reference'],
  ]);

  const reasons = { reason_en: 'A reason that is long enough.', reason_hi: 'पर्याप्त लंबा कारण यहाँ है।' };
  await faults('a constant', as.cbc, '/constants/lambda0', '/constants/lambda0', { value: '1.2', ...reasons, from: tomorrow }, [
    ['no value', { value: '' }, 'value'], ['value in words', { value: 'one' }, 'value'], ['value with a comma', { value: '1,2' }, 'value'], ['value not a number', { value: 'inf' }, 'value'], ['a value that cannot be', { value: '-5' }, 'value'],
    ['no reason', { reason_en: '' }, 'reason_en'], ['a short one', { reason_hi: 'कम' }, 'reason_hi'], ['1,001 letters', { reason_en: long(1001) }, 'reason_en'], ['from today', { from: today }, 'from'], ['from yesterday', { from: yesterday }, 'from'], ['no day', { from: 'soon' }, 'from'],
  ]);

  const account = (await as.spv.data('/accounts?q=officer')).accounts.find((a) => a.user_name === 'officer').id;
  await faults('a role', as.spv, `/accounts/${account}`, `/accounts/${account}/grants`, { role: 'cbu', organisation: 'india' }, [
    ['a role that is none', { role: 'emperor' }, 'role'], ['an organisation that is none', { organisation: 'min.magic' }, 'organisation'], ['a code of 101 letters', { organisation: 'x'.repeat(101) }, 'organisation'], ['in the past', { from: yesterday }, 'from'],
    ['no day', { from: 'now' }, 'from'], ['the end before the beginning', { from: day(today, 5), until: day(today, 4) }, 'until'],
  ]);

  // ---- a report and its answer ----
  let report;
  await test('forms: what was typed is shown as text, whatever it looks like', async () => {
    const evil = '<script>alert(1)</script> {{ x }} \' " & ]]> \u202eabc';
    const r = await as.officer.post('/position/report', { text: `${evil} and some more` });
    report = r.location.split('/').at(-1);
    const page = await as.officer.follow(r);
    ok(!page.text.includes('<script>alert'), 'escaped');
    ok(decodeText(page.text).includes(evil), 'and whole');
    const list = await as.cbu.page('/reports');
    ok(!list.text.includes('<script>alert'), 'in the list too');
  });

  await faults('an answer to a report', as.cbu, `/reports/${report}`, `/reports/${report}`, { state: 'accepted', answer: 'The map will be changed.' }, [
    ['no state', { state: '' }, 'state'], ['a state that is none', { state: 'perhaps' }, 'state'], ['no answer', { answer: '' }, 'answer'], ['a short one', { answer: 'ok' }, 'answer'], ['2,001 letters', { answer: long(2001) }, 'answer'],
  ]);

  await test('forms: an answer to a report that somebody answered first is 409 with both versions, and can be sent again', async () => {
    const mine = await as.cbu.page(`/reports/${report}`), theirs = await as.cbuhead.page(`/reports/${report}`);
    equal((await as.cbuhead.send(theirs, `/reports/${report}`, { state: 'declined', answer: 'Theirs: the map is right as it stands.' })).status, 303);
    const r = await as.cbu.send(mine, `/reports/${report}`, { state: 'accepted', answer: 'Mine: the map will be changed.' });
    equal(r.status, 409);
    match(r.text, /Theirs: the map is right as it stands\./);
    match(r.text, /Mine: the map will be changed\./);
    equal((await as.cbu.data(`/reports/${report}`)).answer, 'Theirs: the map is right as it stands.', 'nothing is overwritten');
    const again = await as.cbu.send(r, `/reports/${report}`);
    equal(again.status, 303, 'sent again from that page, knowingly');
    equal((await as.cbu.data(`/reports/${report}`)).answer, 'Mine: the map will be changed.');
    const program = await as.cbuhead.request('POST', `/reports/${report}`, { json: { csrf: await as.cbuhead.csrf(), state: 'declined', answer: 'From a program, stale.', changed: '1' }, headers: { accept: 'application/json' } });
    equal(program.status, 409, 'for programs too');
  });

  await test('forms: the same answer sent twice tells the officer once', async () => {
    const notices = async () => (await as.officer.data('/home')).notices.length;
    const before = await notices(), page = await as.cbu.page(`/reports/${report}`), typed = { state: 'looking', answer: 'We look at it this week.' };
    const [a, b] = await Promise.all([as.cbu.send(page, `/reports/${report}`, typed), as.cbu.send(page, `/reports/${report}`, typed)]);
    equal([a.status, b.status].sort().join(), '303,409');
    ok((await notices()) - before <= 1, 'one notice');
  });

  // ---- constants ----
  await test('forms: a constant is changed after a second look; a form that is stale is 409 with both versions', async () => {
    const open = () => as.cbc.page('/constants/mu0');
    const first = await open(), second = await open();
    const typed = (value) => ({ value, reason_en: `A trial with ${value} for the tests.`, reason_hi: `परीक्षण के लिए ${value} का मान।`, from: tomorrow });
    const check = await as.cbc.send(first, '/constants/mu0', typed('2.4'));
    equal(check.status, 200);
    match(textOf(check.text), /Check the change/);
    equal((await as.cbc.data('/constants/mu0')).constant.coming.length, 0, 'nothing yet');
    const saved = await as.cbc.send(check, '/constants/mu0', { confirmed: '1' });
    equal(saved.status, 303);
    equal((await as.cbc.data('/constants/mu0')).constant.coming.length, 1);
    const stale = await as.cbc.send(second, '/constants/mu0', typed('2.6'));
    equal(stale.status, 409);
    match(textOf(stale.text), /Value Saved meanwhile 2\.4|2\.4[\s\S]*2\.6/);
    match(textOf(stale.text), /A trial with 2 ?\. ?4/);
    match(textOf(stale.text), /A trial with 2 ?\. ?6/);
    const anew = await as.cbc.send(stale, '/constants/mu0');
    equal(anew.status, 200, 'checked again');
    equal((await as.cbc.send(anew, '/constants/mu0', { confirmed: '1' })).status, 303);
    const twice = await as.cbc.send(anew, '/constants/mu0', { confirmed: '1' });
    equal(twice.status, 409, 'the same form again is stale');
    const now = await as.cbc.data('/constants/mu0');
    equal(now.constant.now.value, 2.5, 'today nothing has changed');
    match((await as.cbc.data('/audit?action=constant.set')).lines[0].detail, /mu0 = 2\.6/);
  });

  await test('forms: “go back and edit” keeps what was typed', async () => {
    const typed = { value: '1.25', reason_en: 'A value to come back to.', reason_hi: 'लौटकर देखने का मान।', from: tomorrow };
    const check = await as.cbc.send(await as.cbc.page('/constants/lambda0'), '/constants/lambda0', typed);
    const back = await as.cbc.send(check, '/constants/lambda0', { back: '1' });
    const form = formOf(back.text, '/constants/lambda0');
    for (const [name, value] of Object.entries(typed)) ok(form.fields.some(([n, v]) => n === name && v === value), `${name}: ${value}`);
  });

  // ---- critical competencies ----
  await test('forms: six critical competencies are one too many, and the ticks are kept; five are saved', async () => {
    const position = (await as.officer.data('/position')).place.position, path = `/positions/${position}/critical`;
    const page = await as.cbu.page(path), all = formOf(page.text, path).choices.competency.map((c) => c.value);
    ok(all.length >= 6, `${all.length} to choose from`);
    const six = await as.cbu.send(page, path, { competency: all.slice(0, 6) });
    equal(six.status, 422);
    match(textOf(six.text), /Mark at most five/);
    equal(formOf(six.text, path).fields.filter(([n]) => n === 'competency').length, 6, 'ticks');
    const five = await as.cbu.send(page, path, { competency: all.slice(0, 5) });
    equal(five.status, 303);
    const hub = await as.officer.data('/competencies');
    equal(hub.gaps.filter((g) => g.critical).length, 5, 'the officer sees them');
    equal((await as.cbu.send(await as.cbu.page(path), path, { competency: all.slice(0, 5) })).status, 303, 'the same again does no harm');
    const odd = await as.cbu.post(path, { competency: '1' });
    ok([303, 400, 404, 422].includes(odd.status), `one that is not the position's: ${odd.status}`);
    ok((await as.officer.data('/competencies')).gaps.filter((g) => g.critical).length <= 5, 'never more than five');
  });

  // ---- twice ----
  await test('forms: the same report sent twice is one report', async () => {
    const page = await as.officer.page('/position'), text = 'The same words, sent by a finger that shook.';
    const sent = await Promise.all([1, 2, 3].map(() => as.officer.send(page, '/position/report', { text })));
    equal(new Set(sent.map((r) => r.location)).size, 1, 'all lead to it');
    equal((await as.officer.data('/position')).reports.filter((r) => r.text === text).length, 1);
  });

  await test('forms: one’s own word given twice counts once', async () => {
    const page = await as.officer.page(`/competencies/${gap}`);
    for (const level of ['3', '3.5']) equal((await as.officer.send(page, `/competencies/${gap}/self`, { level })).status, 303);
    const self = (await as.officer.data(`/competencies/${gap}`)).evidence.filter((e) => e.class === 'self' && e.state === 'counting');
    equal(self.length, 1);
    equal(self[0].level, 3.5);
  });

  await test('forms: a role given twice is one role', async () => {
    const page = await as.spv.page(`/accounts/${account}`), typed = { role: 'author', organisation: 'india' };
    const all = await Promise.all([1, 2, 3].map(() => as.spv.send(page, `/accounts/${account}/grants`, typed)));
    ok(all.every((r) => [303, 409, 422].includes(r.status)), all.map((r) => r.status).join());
    equal((await as.spv.data(`/accounts/${account}`)).roles.filter((r) => r.role === 'author' && !r.over).length, 1);
  });

  await test('forms: a proctored result confirmed twice counts once', async () => {
    const check = await as.assessor.send(await as.assessor.page(`/results?officer=${officer}`), formsOf((await as.assessor.page(`/results?officer=${officer}`)).text).find((f) => f.action === '/results' && f.method === 'POST'),
      { competency: gap, level: '3.3', se: '0.3', day: today, reference: 'TWICE/1' });
    equal(check.status, 200, textOf(check.text).slice(0, 300));
    const form = formsOf(check.text).find((f) => f.action === '/results' && f.method === 'POST');
    const sent = await Promise.all([as.assessor.send(check, form), as.assessor.send(check, form)]);
    ok(sent.every((r) => [303, 409, 422].includes(r.status)), sent.map((r) => r.status).join());
    const counting = (await as.officer.data(`/competencies/${gap}`)).evidence.filter((e) => e.class === 'proctored' && e.state === 'counting' && JSON.stringify(e).includes('TWICE/1'));
    equal(counting.length, 1);
  });

  await test('forms: an answer to a test is one of its four', async () => {
    let attempt;
    for (const g of (await as.officer.data('/competencies')).gaps) {
      attempt = /^\/tests\/(\d+)/.exec((await as.officer.post(`/competencies/${g.competency}/diagnostic`)).location ?? '')?.[1];
      if (attempt) break;
    }
    const page = await as.officer.page(`/tests/${attempt}`);
    const r = await as.officer.request('POST', `/tests/${attempt}`, { form: { csrf: await as.officer.csrf(), question: '1', answer: '4', go: 'next' }, headers: { accept: 'text/html' } });
    equal(r.status, 422);
    match(r.text, /Choose one of the four answers/);
    for (const bad of [{ question: '99', answer: '0' }, { question: '-1', answer: '0' }, { question: 'x', answer: '0' }]) {
      const status = (await as.officer.post(`/tests/${attempt}`, bad)).status;
      ok([303, 404, 422].includes(status), `${JSON.stringify(bad)}: ${status}`);
    }
    ok(page.status === 200, 'the test goes on');
  });

  await test('forms: a file where none is expected, many fields and a field a thousand times do no harm', async () => {
    const csrf = await as.officer.csrf();
    const body = `--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${csrf}\r\n--x\r\nContent-Disposition: form-data; name="text"; filename="a.exe"\r\nContent-Type: application/octet-stream\r\n\r\nMZ\r\n--x--\r\n`;
    const file = await as.officer.request('POST', '/position/report', { body, headers: { 'content-type': 'multipart/form-data; boundary=x', accept: 'text/html' } });
    ok([303, 400, 422].includes(file.status), `a file: ${file.status}`);
    const many = await as.officer.request('POST', '/position/report', { form: [['csrf', csrf], ...Array.from({ length: 5000 }, (_, i) => [`f${i}`, 'x'])], headers: { accept: 'text/html' } });
    ok([400, 413, 422].includes(many.status), `many fields: ${many.status}`);
    const same = await as.officer.request('POST', '/position/report', { form: [['csrf', csrf], ...Array.from({ length: 1000 }, () => ['text', 'x'])], headers: { accept: 'text/html' } });
    ok([400, 413, 422].includes(same.status), `one field many times: ${same.status}`);
  });

  await test('forms: the server ended well and no sanitizer complained', () => w.close());
}
