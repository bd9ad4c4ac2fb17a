// story_suite.mjs -- an officer closes a competency gap: the whole story over HTTP, with the forms that the pages hold, as a browser without script sends them.
import { Client, day, equal, formOf, formsOf, match, ok, openWorld, rightAnswers, test, textOf, until } from '../lib.mjs';

const SECOND = 1000, MINUTE = 60e3, DAY = 86400e3;
const number = (text) => Number(text.replace('−', '-').replace(/,/g, ''));

export default async function suite({ binary, engine }) {
  const w = await openWorld(binary, engine, { officers: 600 });
  const right = rightAnswers();
  const her = new Client(w.url);
  const s = {}; /* what the story learns on its way */

  const gapOf = async (code) => (await her.data('/competencies')).gaps.find((g) => g.code === code);
  const figures = async (id) => {
    const anyone = await new Client(w.url).signIn('council');
    return anyone.data(`/organisations/${id}`);
  };

  await test('story: she signs in and sees her next step and where she stands', async () => {
    const r = await her.send(await her.page('/sign-in'), '/sign-in', { name: 'officer', password: 'demo-officer' });
    const home = await her.follow(r);
    match(textOf(home.text), /Asha Verma, Section Officer, Department of Personnel and Training/);
    match(textOf(home.text), /Your next step/);
    const link = /href="(\/(?:courses|competencies)\/\d+[^"]*)">(?:Open the course|See)/.exec(home.text);
    ok(link, 'one next step that leads somewhere');
    equal((await her.page(link[1].split('#')[0])).status, 200);
  });

  await test('story: her hub shows what the position requires beside what the evidence says, and never zero for what is not known', async () => {
    const page = await her.page('/competencies'), text = textOf(page.text), hub = await her.data('/competencies');
    match(text, /Your position is Section Officer/);
    ok(hub.gaps.length === hub.competencies && hub.competencies >= 10, `${hub.competencies} competencies`);
    const unknown = hub.gaps.filter((g) => g.status === 'not_assessed');
    ok(unknown.length > 0, 'some are not known');
    for (const g of unknown) equal(g.mean, null, g.name);
    match(text, /[Nn]ot yet known/);
    s.cyber = hub.gaps.find((g) => g.code === 'dom.cyber-security');
    s.office = hub.gaps.find((g) => g.code === 'fun.office-management');
    equal(s.cyber.required, 2);
    equal(s.cyber.awarded, 1);
    equal(s.cyber.met, false);
    equal(s.office.required, 4);
    equal(s.office.met, false);
    ok(page.text.includes(`/competencies/${s.cyber.competency}`), 'each is a link');
  });

  await test('story: the page of one competency gives its levels, why it is required, the evidence and the arithmetic', async () => {
    const page = await her.page(`/competencies/${s.cyber.competency}`), text = textOf(page.text), data = await her.data(`/competencies/${s.cyber.competency}`);
    for (let i = 1; i <= 5; i++) ok(text.includes(data[`level_${i}`]), `level ${i}`);
    match(text, /Your position needs level 2/);
    ok(data.why.length > 0 && text.includes(data.why[0].activity_name) && text.includes(data.why[0].role_name), 'activity, role');
    ok(data.evidence.length === 1 && data.evidence[0].kind === 'course_test', 'one piece of evidence so far');
    const moved = data.classes.reduce((sum, c) => sum + c.shift, 0);
    ok(Math.abs(data.mu0 + moved - data.mean) < 1e-6, `${data.mu0} + ${moved} = ${data.mean}`);
    const said = /The moves add up: (\S+) from the start of (\S+) gives (\S+)\./.exec(text);
    ok(said && Math.abs(number(said[2]) + number(said[1]) - number(said[3])) < 0.011, said?.[0]);
    s.before = data;
  });

  await test('story: for the gap to level 4 the page says that no course test can close it, and who can', async () => {
    const text = textOf((await her.page(`/competencies/${s.office.competency}`)).text);
    match(text, /proctored test/i);
    match(text, /workplace assessment/i);
    match(text, /Meera Krishnan/);
  });

  await test('story: she picks the course that closes her gap in cyber security, with the reason in words', async () => {
    const page = await her.page(`/competencies/${s.cyber.competency}`);
    const links = [...page.text.matchAll(/href="\/courses\/(\d+)">([^<]+)<\/a><\/h3><p class="soft">([^<]+)/g)];
    ok(links.length > 0, 'courses are offered');
    match(links[0][3], /closes about/);
    for (const [, id] of links) {
      const course = await her.data(`/courses/${id}`);
      if (course.complete) { s.course = course; break; }
    }
    ok(s.course, 'one of them is taught here');
    const text = textOf((await her.page(`/courses/${s.course.id}`)).text);
    match(text, /not yet measured/);
    match(text, /Finishing the modules alone raises nothing/);
    match(text, /Your position needs 2/);
  });

  await test('story: before enrolling no module opens and no test starts', async () => {
    const module = await her.page(`/courses/${s.course.id}/modules/${s.course.module[0].id}`);
    equal(module.status, 303);
    match(textOf((await her.follow(module)).text), /Enrol in this course first/);
    const r = await her.post(`/courses/${s.course.id}/test`);
    ok(r.status === 303 && r.location === `/courses/${s.course.id}`, `${r.status} ${r.location}`);
  });

  await test('story: she enrols once, however often the form is sent', async () => {
    const page = await her.page(`/courses/${s.course.id}`);
    const [a, b] = await Promise.all([her.send(page, `/courses/${s.course.id}/enrol`), her.send(page, `/courses/${s.course.id}/enrol`)]);
    equal(a.status, 303);
    equal(b.status, 303);
    equal((await her.data('/learning?show=yours')).own.filter((c) => c.id === s.course.id).length, 1);
  });

  const moduleAt = (i) => `/courses/${s.course.id}/modules/${s.course.module[i].id}`;

  await test('story: a module cannot be finished at once, nor after 20 seconds, and the page says why', async () => {
    const page = await her.page(moduleAt(0)), minutes = s.course.module[0].minutes;
    match(textOf(page.text), new RegExp(`0 of ${minutes} minutes counted; this module needs at least ${Math.ceil(minutes / 2)}`));
    match(textOf(page.text), /50 % of the stated length/);
    const early = await her.send(page, `${moduleAt(0)}/finish`);
    equal(early.status, 422);
    ok(/class="error"/.test(early.text), 'the reason stands at the form');
    w.clock.pass(20 * SECOND);
    const still = await her.post(`${moduleAt(0)}/finish`, { read: '1' });
    equal(still.status, 422, 'after 20 seconds');
    equal((await her.data(`/courses/${s.course.id}`)).module[0].finished, false);
  });

  await test('story: time counts only while heartbeats come: a gap counts at most 20 seconds', async () => {
    await her.page(moduleAt(0));
    const beat = async (i = 0) => {
      const r = await her.post(`${moduleAt(i)}/heartbeat`, {}, { headers: { accept: 'application/json' } });
      equal(r.status, 200, r.text.slice(0, 200));
      return r.json().counted_s;
    };
    const from = await beat();
    w.clock.pass(10 * MINUTE);
    const to = await beat();
    ok(to - from >= 19 && to - from <= 21, `ten silent minutes counted ${to - from} s`);
    w.clock.pass(15 * SECOND);
    const next = await beat();
    ok(next - to >= 14 && next - to <= 17, `a beat after 15 s counted ${next - to} s`);
    await Promise.all(Array.from({ length: 10 }, () => beat()));
    const flood = await beat();
    ok(flood - next <= 3, `ten beats at once counted ${flood - next} s`);
  });

  await test('story: two open modules count an hour once', async () => {
    await her.page(moduleAt(0));
    await her.page(moduleAt(1));
    const counted = async () => {
      const all = [];
      for (const i of [0, 1]) all.push((await her.post(`${moduleAt(i)}/heartbeat`, {}, { headers: { accept: 'application/json' } })).json().counted_s);
      return all[0] + all[1];
    };
    const from = await counted();
    for (let i = 0; i < 6; i++) {
      w.clock.pass(10 * SECOND);
      await counted();
    }
    const spent = (await counted()) - from;
    ok(spent >= 50 && spent <= 66, `a minute in two tabs counted ${spent} s`);
  });

  await test('story: with heartbeats over half of its time the module is finished, and leads to the next', async () => {
    let r, page;
    for (let i = 0; i < 60; i++) {
      w.clock.pass(15 * SECOND);
      const b = (await her.post(`${moduleAt(0)}/heartbeat`, {}, { headers: { accept: 'application/json' } })).json();
      if (b.done) break;
    }
    page = await her.page(moduleAt(0));
    r = await her.send(page, `${moduleAt(0)}/finish`);
    equal(r.status, 303, textOf(r.text).slice(0, 300));
    equal(r.location, moduleAt(1));
    match(textOf((await her.page(`/courses/${s.course.id}`)).text), /✓ Done/);
  });

  await test('story: she goes on with another device where she stopped', async () => {
    const phone = await new Client(w.url).signIn('officer');
    const course = await phone.page(`/courses/${s.course.id}`);
    const on = new RegExp(`href="(${`/courses/${s.course.id}/modules/`}\\d+)">Go on`).exec(course.text);
    ok(on, 'a link to go on');
    equal(on[1], moduleAt(1));
  });

  await test('story: she leaves, comes back, and what she finished is kept', async () => {
    const page = await her.page(`/courses/${s.course.id}`);
    const sure = await her.send(page, `/courses/${s.course.id}/leave`);
    equal(sure.status, 200);
    match(textOf(sure.text), /Leave this course\?/);
    const left = await her.follow(await her.send(sure, `/courses/${s.course.id}/leave`));
    match(textOf(left.text), /You have left the course/);
    const back = await her.follow(await her.send(left, `/courses/${s.course.id}/enrol`));
    equal(back.status, 200);
    equal((await her.data(`/courses/${s.course.id}`)).module[0].finished, true);
  });

  await test('story: without script "I have read this" counts the time since the page was opened', async () => {
    for (let i = 1; i < s.course.module.length; i++) {
      const page = await her.page(moduleAt(i));
      const early = await her.send(page, formsOf(page.text).find((f) => f.controls.has('read')) ?? `${moduleAt(i)}/finish`);
      if (s.course.module[i].minutes > 1) equal(early.status, 422, `module ${i + 1} at once`);
      w.clock.pass((s.course.module[i].minutes / 2) * MINUTE + 2 * SECOND);
      const r = await her.send(page, formsOf(page.text).find((f) => f.controls.has('read')));
      equal(r.status, 303, `module ${i + 1}: ${textOf(r.text).slice(0, 300)}`);
    }
  });

  await test('story: finishing every module moves nothing by itself', async () => {
    const now = await her.data(`/competencies/${s.cyber.competency}`);
    equal(now.mean, s.before.mean);
    equal(now.evidence.length, 1);
    const page = await her.page(`/courses/${s.course.id}`);
    equal((await her.data(`/courses/${s.course.id}`)).test_open, true);
    ok(formOf(page.text, `/courses/${s.course.id}/test`), 'the test is open');
  });

  // Answers the open test: all right, but for as many wrong ones as asked.
  const take = async (wrong = 0) => {
    const start = await her.send(await her.page(`/courses/${s.course.id}`), `/courses/${s.course.id}/test`);
    equal(start.status, 303, textOf(start.text).slice(0, 300));
    const attempt = /^\/tests\/(\d+)/.exec(start.location)[1];
    let page = await her.follow(start), n = 0;
    while (formsOf(page.text).some((f) => f.action === `/tests/${attempt}`)) {
      const form = formOf(page.text, `/tests/${attempt}`);
      const stem = textOf(/<legend[^>]*>([\s\S]*?)<\/legend>/.exec(page.text)[1]);
      const options = [...page.text.matchAll(/<input type="radio" name="answer" value="(\d)"[^>]*><span>([\s\S]*?)<\/span>/g)].map((m) => ({ value: m[1], text: textOf(m[2]) }));
      equal(options.length, 4, 'four answers');
      const answer = right.get(stem);
      ok(answer, `the question is in data/: ${stem}`);
      const pick = n++ < wrong ? options.find((o) => o.text !== answer.replace(/\s+/g, ' ')) : options.find((o) => o.text === answer.replace(/\s+/g, ' '));
      ok(pick, `the right answer is among those offered: ${answer} / ${options.map((o) => o.text)}`);
      page = await her.follow(await her.send(page, form, { answer: pick.value, go: 'next' }));
      ok(n < 100, 'the test ends');
    }
    return { attempt, review: page, questions: n };
  };

  await test('story: she is tested, question by question, and can look at all of them before handing in', async () => {
    s.test = await take(1);
    equal(s.test.questions, 20);
    match(textOf(s.test.review.text), /All questions are answered/);
    const unseen = await her.page(`/tests/${s.test.attempt}/result`);
    equal(unseen.status, 303, 'no result before it is handed in');
    const other = await new Client(w.url).signIn('supervisor');
    equal((await other.page(`/tests/${s.test.attempt}`)).status, 404, 'nobody else sees it');
    ok(!JSON.stringify(await her.data(`/tests/${s.test.attempt}`)).match(/"(right|correct|key|rationale)"/), 'the right answers are not given away');
  });

  await test('story: the result says what moved and how sure that is; the gap to level 2 is met', async () => {
    const action = `/tests/${s.test.attempt}/submit`;
    const [a, b] = await Promise.all([her.send(s.test.review, action), her.send(s.test.review, action)]);
    equal(a.status, 303, textOf(a.text).slice(0, 200));
    equal(b.status, 303, 'handing in twice is once');
    const page = await her.follow(a), text = textOf(page.text), result = await her.data(`/tests/${s.test.attempt}/result`);
    match(text, /Your result: 19 of 20/);
    equal(result.correct, 19);
    equal(result.passed, true);
    equal(result.practice, false);
    equal(result.moved, true);
    equal(result.met, true);
    ok(result.after > result.before && result.after_se < result.before_se, `${result.before} ± ${result.before_se} -> ${result.after} ± ${result.after_se}`);
    match(text, /Question by question/);
    equal(result.outcome.filter((o) => o.correct).length, 19);
    const gap = await gapOf('dom.cyber-security');
    equal(gap.met, true);
    equal(gap.awarded, 2);
  });

  await test('story: the level has a line of evidence with its weight, and the arithmetic still adds up', async () => {
    const data = await her.data(`/competencies/${s.cyber.competency}`), text = textOf((await her.page(`/competencies/${s.cyber.competency}`)).text);
    const counting = data.evidence.filter((e) => e.state === 'counting' && e.class === 'course');
    ok(counting.length >= 1 && data.evidence.length === 2, JSON.stringify(data.evidence.map((e) => [e.kind, e.state])));
    ok(counting.every((e) => e.share > 0), 'each has its share');
    const moved = data.classes.reduce((sum, c) => sum + c.shift, 0);
    ok(Math.abs(data.mu0 + moved - data.mean) < 1e-6, 'the moves add up');
    const precision = data.classes.reduce((sum, c) => sum + c.precision, data.lambda0);
    ok(Math.abs(precision - data.total_precision) < 1e-6 && Math.abs(1 / Math.sqrt(precision) - data.se_plain) < 1e-6, 'so does the precision');
    match(text, /The moves add up/);
    match(text, /That meets it/);
    ok(data.history.length >= 2, 'the history keeps both levels');
  });

  await test('story: the course is passed, and home leads to the next gap', async () => {
    equal((await her.data('/learning?show=done')).own.filter((c) => c.id === s.course.id).length, 1);
    match(textOf((await her.page(`/courses/${s.course.id}`)).text), /Passed/);
    ok(!(await her.data('/learning')).step.some((x) => x.course === s.course.id), 'it is not recommended again');
  });

  await test('story: a second test has other questions and counts; a third with seen ones is practice and moves nothing', async () => {
    const again = await take(2);
    await her.send(again.review, `/tests/${again.attempt}/submit`);
    const second = await her.data(`/tests/${again.attempt}/result`);
    equal(second.practice, false, 'all new to her');
    const before = await her.data(`/competencies/${s.cyber.competency}`);
    const third = await take(0);
    const page = await her.follow(await her.send(third.review, `/tests/${third.attempt}/submit`));
    const result = await her.data(`/tests/${third.attempt}/result`);
    equal(result.practice, true);
    equal(result.moved, false);
    match(textOf(page.text), /This was practice/);
    const after = await her.data(`/competencies/${s.cyber.competency}`);
    equal(after.mean, before.mean);
    equal(after.se, before.se);
  });

  await test('story: her organisation’s figures stay as published today', async () => {
    const org = (await her.data('/competencies')).place.organisation;
    const chain = [org, ...(await figures(org)).crumbs.map((c) => c.id).reverse()];
    for (const id of chain) {
      const f = await figures(id);
      if (f.total.met !== null) { s.place = id; s.figures = f; break; }
    }
    ok(s.place, 'a unit large enough to be shown');
    equal(s.figures.day, day(w.clock.day(), 0), 'published today');
  });

  const assessor = new Client(w.url);
  await test('story: the assessor records a proctored result, after a second look; the gap to level 4 is met', async () => {
    await assessor.signIn('assessor');
    const found = await assessor.send(await assessor.page('/results'), '/results', { q: 'asha ver' });
    const link = /href="(\/results\?officer=\d+)">Asha Verma/.exec(found.text);
    ok(link, textOf(found.text).slice(0, 400));
    const page = await assessor.page(link[1].replaceAll('&amp;', '&'));
    const typed = { competency: s.office.competency, level: '4.7', se: '0.25', day: w.clock.day(), reference: 'ISTM/2026/117' };
    const check = await assessor.send(page, formsOf(page.text).find((f) => f.action === '/results' && f.method === 'POST'), typed);
    equal(check.status, 200);
    match(textOf(check.text), /Check before recording/);
    equal((await gapOf('fun.office-management')).met, false, 'nothing yet');
    const form = formsOf(check.text).find((f) => f.action === '/results' && f.method === 'POST');
    const done = await assessor.send(check, form);
    match(textOf((await assessor.follow(done)).text), /The result is recorded/);
    const gap = await gapOf('fun.office-management');
    equal(gap.met, true, JSON.stringify(gap));
    equal(gap.awarded, 4);
    const text = textOf((await her.page(`/competencies/${s.office.competency}`)).text);
    match(text, /ISTM\/2026\/117/);
    match(text, /assessor/);
  });

  await test('story: both are in the audit log', async () => {
    const cbc = await new Client(w.url).signIn('cbc');
    const row = (await cbc.data('/audit?action=evidence.record')).lines[0];
    equal(row.actor_name, 'assessor');
    match(row.detail, /level 4\.7/);
  });

  await test('story: the figures still show nothing of it today', async () => {
    const f = await figures(s.place);
    equal(JSON.stringify(f), JSON.stringify(s.figures));
  });

  await test('story: with tomorrow’s snapshot her Ministry’s figures move', async () => {
    w.clock.pass(DAY);
    const tomorrow = w.clock.day();
    const f = await until('the daily snapshot', async () => { const now = await figures(s.place); return now.day === tomorrow ? now : null; }, 60000);
    ok(f.total.met > s.figures.total.met, `requirements met: ${s.figures.total.met} -> ${f.total.met}`);
    ok(f.total.gap < s.figures.total.gap, `mean gap: ${s.figures.total.gap} -> ${f.total.gap}`);
    s.tomorrow = f;
  });

  await test('story: recounted from scratch the figures are the same', async () => {
    const r = w.igot('recount', '--as-of', w.clock.day());
    equal(r.code, 0, r.out + r.err);
    const f = await figures(s.place);
    equal(JSON.stringify(f), JSON.stringify(s.tomorrow));
  });

  await test('story: a withdrawn result moves the level back, and stays to be seen', async () => {
    assessor.cookies.clear();
    await assessor.signIn('assessor');
    her.cookies.clear();
    await her.signIn('officer');
    const page = await assessor.page('/results');
    const sure = await assessor.send(page, /\/results\/\d+\/\d+\/withdraw/);
    equal(sure.status, 200);
    match(textOf(sure.text), /Withdraw this result\?/);
    equal((await gapOf('fun.office-management')).met, true, 'nothing yet');
    await assessor.send(sure, /\/withdraw$/);
    equal((await gapOf('fun.office-management')).met, false);
    const data = await her.data(`/competencies/${s.office.competency}`);
    ok(data.evidence.some((e) => e.class === 'proctored' && e.state !== 'counting') || JSON.stringify(data.evidence).includes('withdrawn'), 'it stands there, withdrawn');
  });

  await test('story: a short test measures what was not yet known', async () => {
    const unknown = (await her.data('/competencies')).gaps.filter((g) => g.status === 'not_assessed');
    let begun = null;
    for (const g of unknown) {
      const page = await her.page(`/competencies/${g.competency}`);
      if (!formsOf(page.text).some((f) => f.action?.endsWith('/diagnostic'))) continue;
      begun = { g, start: await her.send(page, /\/diagnostic$/) };
      break;
    }
    ok(begun, 'one of the unknown competencies has a short test');
    let page = await her.follow(begun.start);
    const attempt = /^\/tests\/(\d+)/.exec(begun.start.location)[1];
    for (let i = 0; i < 8; i++) page = await her.follow(await her.send(page, `/tests/${attempt}`, { answer: '0', go: 'next' }));
    await her.send(page, `/tests/${attempt}/submit`);
    const now = (await her.data('/competencies')).gaps.find((g) => g.competency === begun.g.competency);
    ok(now.status !== 'not_assessed' && now.mean !== null, JSON.stringify(now));
    const soon = await her.send(await her.page(`/competencies/${begun.g.competency}`), /\/diagnostic$/).catch(() => null);
    if (soon) ok(soon.location === `/competencies/${begun.g.competency}`, `not again within 30 days: ${soon.location}`);
  });

  await test('story: the server ended well and no sanitizer complained', () => w.close());
}
