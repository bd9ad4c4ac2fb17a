// run.mjs BINARY [stories|pages|keyboard] -- the officer's story and every role's pages in Debian's Chromium: on a phone and a desktop screen, in English and
// Hindi, with script and without; axe (WCAG A, AA) finds nothing, nothing overflows, moves after load, complains or asks elsewhere.
// BINARY is built with -Dtest_clock=true. IGOT_SHOTS=DIR keeps pictures of the style guide.
import { mkdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { equal, finish, ok, openWorld, rightAnswers, test } from '../lib.mjs';

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(join(here, '../..'));
const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [binary, only] = process.argv.slice(2);
const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };
const SECOND = 1000, MINUTE = 60e3;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const executablePath = ['/usr/bin/chromium', '/usr/lib/chromium/chromium'].find(existsSync);
const right = rightAnswers();
const began = Date.now();
const clocked = (name, body) => test(name, async () => { const from = Date.now(); try { await body(); } finally { console.log(`# ${((Date.now() - from) / 1000).toFixed(1)} s, ${Math.round((Date.now() - began) / 1000)} s so far`); } });

// ---- a page that is watched ----

// Runs in the page before its own script: layout shifts that no input of the reader caused.
function watchShifts() {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntries())
      if (!e.hadRecentInput) window.shifts.push({ value: e.value, at: e.startTime, what: e.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? s.node?.nodeName) });
  }).observe({ type: 'layout-shift', buffered: true });
}

// One person with one browser: collects faults as they happen; `check` adds what a look at the page finds.
class Reader {
  constructor(browser, world, { screen = 'desktop', lang = 'en', script = true } = {}) {
    Object.assign(this, { browser, world, screen, lang, script, faults: [], checked: 0, axed: new Set() });
  }

  async open() {
    this.context = await this.browser.newContext({ viewport: SCREENS[this.screen], locale: this.lang === 'hi' ? 'hi-IN' : 'en-IN', javaScriptEnabled: this.script, baseURL: this.world.url, isMobile: this.screen === 'phone', hasTouch: this.screen === 'phone' });
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(15000);
    if (this.script) await this.page.addInitScript(watchShifts);
    this.page.on('console', (m) => { if (m.type() === 'error' && !(this.expected && m.text().includes(this.expected))) this.fault(`console: ${m.text()}`); });
    this.page.on('pageerror', (e) => this.fault(`script: ${e.message}`));
    this.page.on('request', (r) => { if (!r.url().startsWith(this.world.url) && !/^(data|blob|about):/.test(r.url())) this.fault(`asks elsewhere: ${r.url()}`); });
    return this;
  }

  fault(text) { this.faults.push(`${new URL(this.page.url()).pathname}: ${text}`); }

  async go(path, status = 200) {
    this.expected = status >= 400 ? `status of ${status}` : null;
    const r = await this.page.goto(path);
    if (r && r.status() !== status) this.fault(`${path}: ${r.status()}, want ${status}`);
    await this.check();
    return this.page;
  }

  // Looks at the page as it stands. axe runs once for a kind of page (ids apart) and reader, unless `again`.
  async check({ again = false } = {}) {
    this.checked++;
    const page = this.page;
    const seen = await page.evaluate(() => {
      const width = document.documentElement.clientWidth, wide = [];
      if (document.documentElement.scrollWidth > width)
        for (const e of document.querySelectorAll('body *')) {
          const r = e.getBoundingClientRect();
          if (r.right > width + 1 && r.width > 0) wide.push(`${e.localName}.${e.className.baseVal ?? e.className} ${Math.round(r.right)}`);
        }
      return { width, scroll: document.documentElement.scrollWidth, wide: wide.slice(0, 4), lang: document.documentElement.lang, h1: document.querySelectorAll('h1').length, title: document.title };
    });
    if (seen.scroll > seen.width) this.fault(`overflows: ${seen.scroll} > ${seen.width}: ${seen.wide.join(', ')}`);
    if (seen.lang !== this.lang) this.fault(`is in ${seen.lang}, want ${this.lang}`);
    if (seen.h1 !== 1) this.fault(`has ${seen.h1} h1`);
    if (!seen.title) this.fault('has no title');
    if (!this.script) return;
    /* A shift below 0.02 is a column that finds its width while the table is still being drawn; 0.1 is what browsers' makers call good. */
    for (const s of await page.evaluate(() => window.shifts.splice(0)))
      if (s.value >= 0.02) this.fault(`moves after load by ${s.value}: ${s.what.join(' | ')}`);
    const url = new URL(page.url()), kind = `${this.account ?? 'nobody'} ${url.pathname.replace(/\d{3,}/g, 'N')} ${[...url.searchParams.keys()]}`;
    if (this.axed.has(kind) && !again) return;
    this.axed.add(kind);
    const found = await page.evaluate(async (source) => {
      if (!window.axe) (0, eval)(source);
      const r = await window.axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }, resultTypes: ['violations'] });
      return r.violations.map((v) => `${v.id} (${v.impact}): ${v.help}; ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.html.slice(0, 160)} -- ${n.failureSummary.split('\n').slice(1, 2).join('').trim()}`).join(' | ')}`);
    }, axe);
    for (const f of found) this.fault(`axe: ${f}`);
  }

  async press(selector) {
    await Promise.all([this.page.waitForNavigation(), this.page.locator(selector).first().click()]);
    await this.check();
  }

  // A button that asks first, where there is script.
  async pressSure(selector) {
    if (!this.script) return this.press(selector);
    await this.page.locator(selector).first().click();
    await this.page.locator('dialog[open] .button:not(.plain)').waitFor();
    await this.check({ again: true });
    await this.press('dialog[open] .button:not(.plain)');
  }

  async signIn(name) {
    this.account = undefined;
    await this.go('/sign-in');
    await this.page.fill('#name', name);
    await this.page.fill('#password', `demo-${name}`);
    this.account = name;
    await this.press('form[action="/sign-in"] button');
  }

  async done() {
    await this.context.close();
    if (this.faults.length) throw new Error(`${this.faults.length} faults:\n${[...new Set(this.faults)].slice(0, 30).join('\n')}`);
  }
}

const data = async (reader, path) => (await reader.context.request.get(path, { headers: { accept: 'application/json' } })).json();

// ---- the story ----

// Time on a module as script measures it: the page's own timers run, and the server's clock with them.
async function studyWithScript(r, world, first) {
  const beat = () => r.page.waitForResponse((x) => x.url().endsWith('/heartbeat'));
  if (!first) {
    const at = await r.page.locator('[data-heartbeat]').evaluate((e) => ({ url: e.dataset.heartbeat, csrf: e.dataset.csrf }));
    for (let i = 0; i < 60; i++) {
      world.clock.pass(20 * SECOND);
      const b = await (await r.context.request.post(at.url, { form: { csrf: at.csrf }, headers: { accept: 'application/json' } })).json();
      if (b.done) break;
    }
    await r.page.reload();
  } else {
    ok(await r.page.locator('[data-finish]').isDisabled(), 'the module cannot be finished yet');
    for (let i = 0; i < 60 && (await r.page.locator('[data-finish]').isDisabled()); i++) {
      world.clock.pass(15 * SECOND);
      await Promise.all([beat(), r.page.clock.runFor(15 * SECOND)]);
      await r.page.waitForTimeout(5).catch(() => {});
    }
    await r.check({ again: true });
  }
  ok(await r.page.locator('[data-finish]').isEnabled(), 'the module can be finished');
  await r.press('[data-finish]');
}

async function studyWithoutScript(r, world, minutes) {
  const button = 'noscript form button, form:has(input[name=read]) button';
  world.clock.pass((minutes / 2) * MINUTE + 2 * SECOND);
  await r.press(button);
}

async function takeTest(r) {
  for (let n = 0; n < 40 && (await r.page.locator('input[name=answer]').count()); n++) {
    const stem = (await r.page.locator('legend').first().innerText()).trim();
    const answer = right.get(stem) ?? [...right].find(([k]) => k.replace(/\s+/g, ' ') === stem.replace(/\s+/g, ' '))?.[1];
    ok(answer, `the question is in data/: ${stem}`);
    const labels = await r.page.locator('label.choice').allInnerTexts();
    const at = labels.findIndex((t) => t.trim().replace(/\s+/g, ' ') === answer.replace(/\s+/g, ' '));
    ok(at >= 0, `${answer} is among ${labels}`);
    await r.page.locator('label.choice').nth(at).click();
    await r.press('button[name=go][value=next]');
  }
}

async function story(browser, { screen, lang, script }) {
  const world = await openWorld(binary, 'sqlite', { officers: 200 });
  const r = new Reader(browser, world, { screen, lang, script }), assessor = new Reader(browser, world, { screen, lang, script });
  try {
    await r.open();
    if (script) await r.page.clock.install();
    await r.go('/');
    await r.signIn('officer');
    ok(new URL(r.page.url()).pathname === '/home', 'home');
    await r.go('/competencies');
    const hub = await data(r, '/competencies');
    const cyber = hub.gaps.find((g) => g.code === 'dom.cyber-security'), office = hub.gaps.find((g) => g.code === 'fun.office-management');
    ok(!cyber.met && !office.met, 'two gaps');
    await r.press(`main a[href="/competencies/${cyber.competency}"], main a[href^="/competencies/${cyber.competency}#"]`);
    const offered = await r.page.locator('main a[href^="/courses/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    let course;
    for (const href of offered) {
      const c = await data(r, href);
      if (c.complete) { course = c; break; }
    }
    ok(course, 'a course that is taught here');
    await r.press(`main a[href="/courses/${course.id}"]`);
    await r.press(`form[action="/courses/${course.id}/enrol"] button`);
    for (const [i, m] of course.module.entries()) {
      await r.go(`/courses/${course.id}/modules/${m.id}`);
      await (script ? studyWithScript(r, world, i === 0) : studyWithoutScript(r, world, m.minutes));
    }
    await r.go(`/courses/${course.id}`);
    await (script && (await r.page.locator(`form[action="/courses/${course.id}/test"][data-confirm]`).count()) ? r.pressSure(`form[action="/courses/${course.id}/test"] button`) : r.press(`form[action="/courses/${course.id}/test"] button`));
    await takeTest(r);
    const attempt = /\/tests\/(\d+)/.exec(r.page.url())[1];
    await r.pressSure(`form[action="/tests/${attempt}/submit"] button`);
    equal((await data(r, `/tests/${attempt}/result`)).met, true, 'the gap to level 2 is met');
    await r.go(`/competencies/${cyber.competency}`);
    ok(await r.page.locator('.met, .track').count(), 'the page shows it');
    await assessor.open();
    await assessor.signIn('assessor');
    await assessor.go('/results');
    await assessor.page.fill('#q-officer', 'Asha Verma');
    await assessor.press('main form[role=search] button');
    await assessor.press(`main .rows a[href$="officer=${hub.place.officer}"]`);
    await assessor.page.selectOption('select[name=competency]', office.competency);
    for (const [name, value] of [['level', '4.7'], ['se', '0.25'], ['day', world.clock.day()], ['reference', 'ISTM/2026/117']]) await assessor.page.fill(`main [name=${name}]`, value);
    await assessor.press('form[action="/results"][method=post] button');
    await assessor.press('form[action="/results"][method=post] button');
    await assessor.done();
    await r.go('/competencies');
    equal((await data(r, '/competencies')).gaps.find((g) => g.code === 'fun.office-management').met, true, 'the gap to level 4 is met');
    await r.pressSure('form[action="/sign-out"] button').catch(() => {});
    await r.go('/account');
    await r.done();
  } catch (error) {
    if (process.env.IGOT_SHOTS) {
      mkdirSync(process.env.IGOT_SHOTS, { recursive: true });
      for (const [who, reader] of Object.entries({ officer: r, assessor })) await reader.page?.screenshot({ path: join(process.env.IGOT_SHOTS, `failed-${screen}-${lang}-${script}-${who}.png`), fullPage: true }).catch(() => {});
    }
    for (const f of [...r.faults, ...assessor.faults]) error.message += `\n${f}`;
    throw error;
  } finally {
    for (const reader of [r, assessor]) await reader.context?.close();
    await world.close();
  }
}

// ---- every role's pages ----

// From the first page along every link, one page of each kind. What leads to a file is left out.
async function walk(r, from) {
  const kinds = new Set(), queue = [...from], pages = [];
  const kindOf = (href) => { const u = new URL(href, r.world.url); return u.pathname.replace(/\d{3,}/g, 'N').replace(/^\/constants\/\w+/, '/constants/X') + [...u.searchParams.keys()].sort(); };
  while (queue.length) {
    const href = queue.shift(), kind = kindOf(href);
    if (kinds.has(kind) || /\/export|^\/media\/|^\/static\/|^\/sign-in/.test(href)) continue;
    kinds.add(kind);
    pages.push(href);
    await r.go(href);
    for (const next of await r.page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) queue.push(next.split('#')[0]);
  }
  return pages;
}

async function navigation(r) {
  const bar = r.screen === 'phone' ? 'nav.bar a' : 'nav.side a';
  const links = await r.page.locator(bar).evaluateAll((all) => all.filter((a) => a.getBoundingClientRect().width > 0).map((a) => a.getAttribute('href')));
  ok(links.length >= 2, `the navigation has ${links.length} links that show`);
  for (const href of links) {
    await Promise.all([r.page.waitForNavigation(), r.page.locator(`${bar}[href="${href}"]`).first().click()]);
    await r.check();
    if (!(await r.page.locator('[aria-current=page]').count())) r.fault(`${href} is not marked as the present page`);
  }
  return links;
}

async function pages(browser, world) {
  for (const [i, name] of ['officer', 'supervisor', 'cbu', 'cbuhead', 'author', 'reviewer', 'assessor', 'cbc', 'spv', 'coordination', 'council'].entries())
    for (const [screen, lang] of i % 2 ? [['desktop', 'hi'], ['phone', 'en']] : [['desktop', 'en'], ['phone', 'hi']])
      await clocked(`${name} opens each link of the navigation and what it leads to, ${screen}, ${lang}`, async () => {
        const r = await new Reader(browser, world, { screen, lang }).open();
        await r.signIn(name);
        const links = await navigation(r);
        /* the last three see what the author sees; on the phone those walk whose pages are not all in another's walk */
        if (screen === 'desktop' ? !['reviewer', 'coordination', 'council'].includes(name) : ['officer', 'spv', 'cbuhead', 'assessor'].includes(name)) await walk(r, [...links, '/more', '/account', '/about']);
        ok(r.checked >= 5, `${r.checked} pages`);
        await r.done();
      });

  for (const [screen, lang] of [['desktop', 'en'], ['phone', 'hi']])
    await clocked(`a newcomer's pages and those of errors, ${screen}, ${lang}`, async () => {
      const r = await new Reader(browser, world, { screen, lang }).open();
      for (const path of ['/', '/sign-in', '/more', '/about', '/styleguide']) await r.go(path);
      await r.go('/no/such/page', 404);
      r.expected = 'status of 422';
      await r.page.goto('/sign-in');
      await r.page.fill('#name', 'officer');
      await r.page.fill('#password', 'wrong');
      await r.press('form[action="/sign-in"] button');
      await r.check({ again: true });
      ok(await r.page.locator('.error-summary').count(), 'the summary of errors');
      await r.done();
    });

  for (const [screen, lang] of [['phone', 'en'], ['desktop', 'hi']])
    await clocked(`forms with faults and two versions side by side, ${screen}, ${lang}`, async () => {
      const r = await new Reader(browser, world, { screen, lang }).open();
      r.expected = 'status of 4';
      await r.signIn('officer');
      await r.page.goto('/position');
      await r.page.locator('form[action="/position/report"]').evaluate((f) => f.noValidate = true);
      await r.page.fill('#text', 'short');
      r.expected = 'status of 422';
      await r.press('form[action="/position/report"] button');
      await r.check({ again: true });
      await r.go('/audit', 403);
      const cbc = await new Reader(browser, world, { screen, lang }).open();
      await cbc.signIn('cbc');
      cbc.expected = 'status of 422';
      await cbc.page.goto('/constants/lambda0');
      await cbc.page.locator('form[action="/constants/lambda0"]').evaluate((f) => f.noValidate = true);
      await cbc.page.fill('#value', 'many');
      await cbc.press('form[action="/constants/lambda0"] button');
      await cbc.check({ again: true });
      await cbc.page.goto('/constants/lambda0');
      await cbc.page.locator('input[name=seen]').evaluate((i) => i.value = '1');
      await cbc.page.fill('#value', '1.5');
      await cbc.page.fill('#reason_en', 'A trial of the form with two versions.');
      await cbc.page.fill('#reason_hi', 'दो रूपों वाले प्रपत्र का परीक्षण।');
      cbc.expected = 'status of 409';
      await cbc.press('form[action="/constants/lambda0"] button');
      await cbc.check({ again: true });
      await cbc.press('form[action="/constants/lambda0"] button');
      await cbc.done();
      await r.done();
    });
}

// ---- the checks themselves ----

async function selfTest(browser, world) {
  await clocked('the checks of this suite find a picture without words, faint text, a wide page, a page that moves, an error, a request elsewhere', async () => {
    const r = await new Reader(browser, world, { screen: 'phone' }).open();
    await r.page.goto('/about');
    await r.page.evaluate(async () => {
      const main = document.querySelector('main');
      main.append(Object.assign(document.createElement('img'), { src: '/static/favicon.svg' }));
      const faint = Object.assign(document.createElement('p'), { textContent: 'Faint words' });
      faint.style.color = '#ddd';
      main.append(faint, Object.assign(document.createElement('h1'), { textContent: 'Another' }));
      const wide = document.createElement('div');
      wide.style.width = '900px';
      wide.style.height = '10px';
      main.append(wide);
      await new Promise((done) => setTimeout(done, 700)); /* what moves just after a key or a click is the reader's doing */
      const push = document.createElement('div');
      push.style.height = '300px';
      main.prepend(push);
      console.error('a fault');
      fetch('http://elsewhere.invalid/').catch(() => {});
      await new Promise((done) => setTimeout(done, 300));
    });
    await r.check({ again: true });
    for (const want of [/image-alt/, /color-contrast/, /overflows/, /moves after load/, /console: a fault/, /elsewhere/, /has 2 h1/]) ok(r.faults.some((f) => want.test(f)), `${want} is not among ${r.faults.join('\n')}`);
    await r.context.close();
  });
}

// ---- by keyboard only ----

async function keyboard(browser, world) {
  await clocked('by keyboard alone: the first stop skips to the main part', async () => {
    const r = await new Reader(browser, world).open();
    await r.page.goto('/about');
    await r.page.keyboard.press('Tab');
    equal(await r.page.evaluate(() => document.activeElement.className), 'skip');
    ok(await r.page.evaluate(() => { const b = document.activeElement.getBoundingClientRect(); return b.top >= 0 && b.left >= 0 && b.width > 20; }), 'it shows when it has the focus');
    await r.page.keyboard.press('Enter');
    equal(await r.page.evaluate(() => document.activeElement.id), 'main');
    await r.done();
  });

  // Tab until `want` (a selector) has the focus; every stop on the way shows that it has it.
  const tabTo = async (r, want, most = 80) => {
    for (let i = 0; i < most; i++) {
      await r.page.keyboard.press('Tab');
      const at = await r.page.evaluate((w) => {
        const e = document.activeElement, s = getComputedStyle(e);
        const near = e.closest('label') ? getComputedStyle(e.closest('label')) : s, span = e.nextElementSibling ? getComputedStyle(e.nextElementSibling) : s;
        const shows = [s, near, span].some((x) => (x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== 'none');
        return { there: e.matches(w), shows, what: e.outerHTML.slice(0, 120) };
      }, want);
      if (!at.shows) r.fault(`no sign of focus on ${at.what}`);
      if (at.there) return;
    }
    throw new Error(`${want} is not reached within ${most} tabs`);
  };
  const enter = async (r, key = 'Enter') => { await Promise.all([r.page.waitForNavigation(), r.page.keyboard.press(key)]); };

  await clocked('by keyboard alone: sign in, open a test, answer it and hand it in', async () => {
    const r = await new Reader(browser, world).open();
    await r.page.goto('/sign-in');
    await tabTo(r, '#name');
    await r.page.keyboard.type('officer');
    await tabTo(r, '#password');
    await r.page.keyboard.type('demo-officer');
    await enter(r);
    equal(new URL(r.page.url()).pathname, '/home');
    let found = false;
    for (const g of (await data(r, '/competencies')).gaps) {
      await r.page.goto(`/competencies/${g.competency}`);
      if ((found = (await r.page.locator('form[action$="/diagnostic"]').count()) > 0)) break;
    }
    ok(found, 'a short test');
    await tabTo(r, 'form[action$="/diagnostic"] button', 120);
    await r.page.keyboard.press('Enter');
    await r.page.locator('dialog[open]').waitFor();
    await r.page.keyboard.press('Escape');
    equal(await r.page.locator('dialog[open]').count(), 0, 'Escape closes the question');
    ok(await r.page.evaluate(() => document.activeElement.matches('form[action$="/diagnostic"] button')), 'and the focus is back where it was');
    await r.page.keyboard.press('Enter');
    await r.page.locator('dialog[open]').waitFor();
    await tabTo(r, 'dialog .button:not(.plain)', 5);
    await enter(r);
    for (let n = 0; n < 30 && (await r.page.locator('input[name=answer]').count()); n++) {
      await tabTo(r, 'input[name=answer]');
      await r.page.keyboard.press('Space');
      if (n % 2) await r.page.keyboard.press('ArrowDown');
      await tabTo(r, 'button[name=go][value=next]', 6);
      await enter(r);
    }
    await tabTo(r, 'form[action$="/submit"] button');
    await r.page.keyboard.press('Enter');
    await r.page.locator('dialog[open]').waitFor();
    await tabTo(r, 'dialog .button:not(.plain)', 5);
    await enter(r);
    ok(/\/tests\/\d+\/result$/.test(r.page.url()), r.page.url());
    await r.done();
  });

  await clocked('the live search says how many it found, and the address follows', async () => {
    const r = await new Reader(browser, world).open();
    await r.signIn('officer');
    await r.page.goto('/learning');
    await r.page.locator('#f-q').pressSequentially('cyber', { delay: 30 });
    await r.page.waitForFunction(() => document.querySelector('[data-said]').textContent.includes('cyber'));
    ok(r.page.url().includes('q=cyber'), r.page.url());
    ok(await r.page.evaluate(() => document.activeElement.id === 'f-q'), 'the focus stays');
    await r.done();
  });

  await clocked('a form is sent once, however often its button is pressed', async () => {
    const r = await new Reader(browser, world).open();
    await r.signIn('supervisor');
    await r.page.goto('/position');
    await r.page.fill('#text', 'The map lists work that this desk gave up in 2024.');
    let sent = 0;
    r.page.on('request', (q) => { if (q.method() === 'POST' && q.url().endsWith('/position/report')) sent++; });
    await r.page.locator('form[action="/position/report"] button').evaluate((b) => { b.click(); b.click(); b.click(); });
    await r.page.waitForURL(/\/position\/reports\/\d+/);
    equal(sent, 1);
    await r.done();
  });
}

// ---- pictures ----

async function shots(browser, world) {
  const dir = process.env.IGOT_SHOTS;
  if (!dir) return;
  mkdirSync(dir, { recursive: true });
  for (const screen of Object.keys(SCREENS))
    for (const lang of ['en', 'hi'])
      for (const scheme of ['light', 'dark']) {
        const r = await new Reader(browser, world, { screen, lang }).open();
        await r.page.emulateMedia({ colorScheme: scheme });
        await r.page.goto('/styleguide');
        await r.page.screenshot({ path: join(dir, `styleguide-${screen}-${lang}-${scheme}.png`), fullPage: true });
        await r.context.close();
      }
}

// ---- all ----

let code = 1, browser;
try {
  browser = await chromium.launch({ executablePath, args: FLAGS, headless: true });
  const runs = [ /* every pair of screen, language and script */
    { screen: 'phone', lang: 'en', script: false }, { screen: 'phone', lang: 'hi', script: true }, { screen: 'phone', lang: 'en', script: true },
    { screen: 'desktop', lang: 'en', script: true }, { screen: 'desktop', lang: 'hi', script: false }, { screen: 'desktop', lang: 'en', script: false },
  ];
  const stories = async () => {
    if (only && only !== 'stories') return;
    for (const run of runs) await clocked(`the story, ${run.screen}, ${run.lang}, ${run.script ? 'with' : 'without'} script`, () => story(browser, run));
  };
  const rest = async () => {
    if (only === 'stories') return;
    const world = await openWorld(binary, 'sqlite', { officers: 200 });
    try {
      await selfTest(browser, world);
      if (only !== 'keyboard') await pages(browser, world);
      if (only !== 'pages') await keyboard(browser, world);
      await shots(browser, world);
    } finally {
      await clocked('the server ended well', () => world.close());
    }
  };
  await Promise.all([stories(), rest()]); /* each in worlds of its own; while one waits for a page the other works */
} catch (error) {
  await clocked('the stories run', () => { throw error; });
} finally {
  code = finish();
  await browser?.close();
}
process.exit(code);
