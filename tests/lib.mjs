// lib.mjs -- a server of our own on loopback with a database of its own, a client with cookies, and TAP lines.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let count = 0, failures = 0;

export async function test(name, body) {
  const number = ++count; /* several may run at once */
  try {
    await body();
    console.log(`ok ${number} - ${name}`);
  } catch (error) {
    failures++;
    console.log(`not ok ${number} - ${name}`);
    console.log(String(error.stack || error).replace(/^/gm, '  # '));
  }
}

export function finish() {
  console.log(`1..${count}`);
  return failures === 0 ? 0 : 1;
}

export function equal(got, want, what = '') {
  if (got !== want) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what || 'not so');
}

export function match(text, pattern, what = '') {
  if (!pattern.test(text)) throw new Error(`${what}: ${pattern} is not in ${JSON.stringify(text.slice(0, 1500))}`);
}

// ---- a world: database and server ----

export const AS_OF = process.env.IGOT_TEST_DAY || new Date(Date.now() + 5.5 * 3600e3).toISOString().slice(0, 10);

// The program's settings for a database of ours: its media stand beside it, not in the checkout.
const folders = new Map();
const envOf = (db) => (folders.has(db) ? { ...process.env, IGOT_MEDIA: join(folders.get(db), 'media') } : { ...process.env });

export function igot(binary, db, ...args) {
  const env = envOf(db);
  if (args[0]?.clock) env.IGOT_TEST_CLOCK_FILE = args.shift().clock.file;
  const r = spawnSync(binary, [...args, '--db', db], { encoding: 'utf8', maxBuffer: 64 << 20, env });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

// A new database of one engine: {db, drop()}. PostgreSQL: a schema-less database of its own on the server that IGOT_TEST_PG names.
export function newDatabase(engine) {
  const dir = mkdtempSync(join(tmpdir(), 'igot-test-'));
  if (engine === 'sqlite') folders.set(`sqlite:${dir}/igot.db`, dir);
  if (engine === 'sqlite') return { db: `sqlite:${dir}/igot.db`, dir, drop: () => rmSync(dir, { recursive: true, force: true }) };
  const url = process.env.IGOT_TEST_PG;
  if (!url) throw new Error('IGOT_TEST_PG is not set');
  const name = `igot_${process.pid}_${Math.floor(Math.random() * 1e9)}`;
  const sql = (text) => {
    const r = spawnSync('psql', [url, '-X', '-q', '-c', text], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`psql: ${r.stderr}`);
  };
  sql(`CREATE DATABASE ${name}`);
  const own = url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
  folders.set(own, dir);
  return { db: own, dir, drop: () => { sql(`DROP DATABASE ${name} WITH (FORCE)`); rmSync(dir, { recursive: true, force: true }); } };
}

// Starts a server; resolves when it says that it is ready. A first argument {clock} makes its clock movable (see Clock).
export function start(binary, db, ...args) {
  const env = envOf(db);
  if (args[0]?.clock) env.IGOT_TEST_CLOCK_FILE = args.shift().clock.file;
  const child = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--no-access-log', '--db', db, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env });
  let text = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (d) => {
      text += d;
      const m = /ready on (http:\/\/[^/]+)\//.exec(text);
      if (m) resolve({ url: m[1], child, log: () => text, stop: () => stop(child) });
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  });
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve(child.exitCode);
    child.removeAllListeners('exit');
    child.on('exit', (code, signal) => resolve(signal || code));
    child.kill('SIGTERM');
  });
}

// A server's clock, where the program was built with -Dtest_clock=true: as the machine's, and as much later as the test has let pass.
export class Clock {
  constructor(dir) {
    this.file = join(dir, 'clock');
    this.offset = 0;
    this.pass(0);
  }

  pass(ms) {
    this.offset += ms;
    writeFileSync(`${this.file}.new`, `${this.offset}\n`);
    renameSync(`${this.file}.new`, this.file);
  }

  now() { return Date.now() + this.offset; }
  day() { return new Date(this.now() + 5.5 * 3600e3).toISOString().slice(0, 10); }
}

// A world of one's own, for what must not disturb other suites: database, demo data, server with a movable clock. It begins at the next ten o'clock in
// the morning (IST), so that hours may pass on one day whenever the tests run.
export async function openWorld(binary, engine, { officers = 60, seed = 7 } = {}) {
  const world = newDatabase(engine);
  const clock = new Clock(world.dir), DAY = 86400e3, ten = 4.5 * 3600e3;
  clock.pass((DAY + ten - (Date.now() % DAY)) % DAY);
  const made = igot(binary, world.db, { clock }, 'init', '--data', 'data', '--demo', '--officers', String(officers), '--seed', String(seed), '--as-of', clock.day());
  if (made.code !== 0) {
    world.drop();
    throw new Error(`init: ${made.err}`);
  }
  const server = await start(binary, world.db, { clock });
  const signedIn = Date.parse((await (await new Client(server.url).signIn('council')).data('/account')).sessions[0].created);
  if (Math.abs(signedIn - clock.now()) > 60e3) throw new Error(`the clock of ${binary} does not move: build it with -Dtest_clock=true`);
  const close = async () => {
    const code = await server.stop();
    world.drop();
    if (code !== 0) throw new Error(`the server ended with ${code}: ${server.log().slice(-3000)}`);
    if (/Sanitizer|runtime error/.test(server.log())) throw new Error(server.log().slice(-6000));
  };
  return { binary, engine, db: world.db, dir: world.dir, url: server.url, log: server.log, pid: server.child.pid, clock, close, igot: (...args) => igot(binary, world.db, { clock }, ...args) };
}

export function day(iso, days = 0) {
  return new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86400e3).toISOString().slice(0, 10);
}

// CPU time that a process has used, in ms: unlike the time on the wall it does not depend on what else the machine does.
export function cpuOf(pid) {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  return ns / 1e6;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks until `body` gives something true, or fails after `ms`.
export async function until(what, body, ms = 30000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(250)) {
    const got = await body();
    if (got) return got;
  }
  throw new Error(`${what}: not within ${ms} ms`);
}

// ---- files ----

// RFC 4180: rows of cells.
export function parseCsv(text) {
  const rows = [];
  let row = [], cell = '', quoted = false;
  text = text.replace(/^\uFEFF/, '');
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') { row.push(cell); cell = ''; }
    else if (c === '\n') { row.push(cell.replace(/\r$/, '')); rows.push(row); row = []; cell = ''; }
    else cell += c;
  }
  if (cell || row.length) { row.push(cell); rows.push(row); }
  return rows;
}

// The right answer's text of every question in data/, by the question's text.
export function rightAnswers() {
  const right = new Map();
  for (const file of readdirSync('data').filter((f) => /^items.*\.csv$/.test(f))) {
    const [head, ...rows] = parseCsv(readFileSync(join('data', file), 'utf8'));
    const at = (name) => { const i = head.indexOf(name); if (i < 0) throw new Error(`${file} has no column ${name}`); return i; };
    const options = ['option_a', 'option_b', 'option_c', 'option_d'].map(at), stem = at('stem'), answer = at('key');
    for (const r of rows) if (r.length > 1) right.set(r[stem].trim(), r[options[['a', 'b', 'c', 'd'].indexOf(r[answer])]].trim());
  }
  return right;
}

// ---- pages, read as a browser without script would ----

export function decodeText(html) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };
  return html.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, dec, hex, name) =>
    dec ? String.fromCodePoint(+dec) : hex ? String.fromCodePoint(parseInt(hex, 16)) : named[name] ?? all);
}

// What a reader sees, more or less: no tags, single spaces.
export function textOf(html) {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html);
  return decodeText((main ? main[1] : html).replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ').trim();
}

function attributes(tag) {
  const out = {};
  for (const m of tag.matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g)) out[m[1].toLowerCase()] = m[2] === undefined ? '' : decodeText(m[2]);
  return out;
}

// Every form of a page: {method, action, fields: what an untouched form sends, controls: names that can be filled, buttons, html}.
export function formsOf(html) {
  const forms = [];
  for (const m of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const form = { ...attributes(m[1]), fields: [], controls: new Set(), choices: {}, buttons: [], html: m[2] };
    form.method = (form.method || 'get').toUpperCase();
    for (const t of m[2].matchAll(/<(?:(input)\b([^>]*)|(button|select|textarea)\b([^>]*)>([\s\S]*?)<\/\3)>/g)) {
      const tag = t[1] ?? t[3], a = attributes(t[2] ?? t[4]), inner = t[5] ?? '';
      if (!a.name || 'disabled' in a) continue;
      const value = a.value ?? '';
      if (tag === 'button') { form.buttons.push([a.name, value]); continue; }
      form.controls.add(a.name);
      if (tag === 'textarea') form.fields.push([a.name, decodeText(inner).replace(/^\n/, '')]);
      else if (tag === 'select') {
        const options = [...(inner).matchAll(/<option\b([^>]*)>([^<]*)/g)].map((o) => ({ ...attributes(o[1]), text: decodeText(o[2]).trim() }));
        form.choices[a.name] = options;
        form.fields.push([a.name, (options.find((o) => 'selected' in o) ?? options[0])?.value ?? '']);
      } else if (a.type === 'radio' || a.type === 'checkbox') {
        (form.choices[a.name] ??= []).push({ value: a.value ?? 'on', checked: 'checked' in a });
        if ('checked' in a) form.fields.push([a.name, a.value ?? 'on']);
      } else form.fields.push([a.name, value]);
    }
    forms.push(form);
  }
  return forms;
}

export function formOf(html, action) {
  const found = formsOf(html).find((f) => (action instanceof RegExp ? action.test(f.action ?? '') : f.action === action));
  if (!found) throw new Error(`no form for ${action} on the page; there are ${formsOf(html).map((f) => `${f.method} ${f.action}`).join(', ')}`);
  return found;
}

// ---- a client ----

export class Client {
  constructor(url, headers = {}) {
    this.url = url;
    this.cookies = new Map();
    this.headers = headers;
  }

  async request(method, path, { form, json, headers = {}, body } = {}) {
    const h = { ...this.headers, ...headers };
    if (this.cookies.size) h.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    if (form) {
      body = new URLSearchParams(Array.isArray(form) ? form : Object.entries(form)).toString();
      h['content-type'] = 'application/x-www-form-urlencoded';
    }
    if (json) {
      body = JSON.stringify(json);
      h['content-type'] = 'application/json';
    }
    const r = await fetch(this.url + path, { method, headers: h, body, redirect: 'manual' });
    for (const line of r.headers.getSetCookie ? r.headers.getSetCookie() : [r.headers.get('set-cookie')].filter(Boolean)) {
      const m = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) this.cookies.delete(m[1]);
      else this.cookies.set(m[1], m[2]);
    }
    const text = await r.text();
    return { status: r.status, headers: r.headers, text, location: r.headers.get('location'), json: () => JSON.parse(text) };
  }

  get(path, options) { return this.request('GET', path, options); }
  page(path) { return this.get(path, { headers: { accept: 'text/html' } }); }
  async data(path) {
    const r = await this.get(path, { headers: { accept: 'application/json' } });
    if (r.status !== 200) throw new Error(`${path}: ${r.status} ${r.text.slice(0, 300)}`);
    return r.json();
  }

  // The token of this client's forms, from any page.
  async csrf() {
    const r = await this.page('/sign-in');
    const from = r.status === 303 ? await this.page('/account') : r;
    const m = /name="csrf" value="([^"]+)"/.exec(from.text);
    if (!m) throw new Error(`no csrf token on the page: ${from.status} ${from.text.slice(0, 300)}`);
    return m[1];
  }

  async post(path, form = {}, options = {}) {
    return this.request('POST', path, { form: { csrf: await this.csrf(), ...form }, ...options });
  }

  // Sends a form as it stands on the page, with what a person would type or press put in. A field that is not there cannot be filled.
  async send(page, action, typed = {}, options = {}) {
    const form = typeof action === 'object' && action.fields ? action : formOf(page.text ?? page, action);
    const fields = form.fields.filter(([name]) => !(name in typed));
    for (const [name, value] of Object.entries(typed)) {
      const one = Array.isArray(value) ? value : [value];
      if (!form.controls.has(name) && !form.buttons.some(([b, v]) => b === name && one.includes(v))) throw new Error(`the form for ${form.action} has no field ${name}`);
      const choices = form.choices[name];
      for (const v of one) {
        if (choices && !choices.some((c) => c.value === String(v))) throw new Error(`${name} cannot be ${v} in the form for ${form.action}`);
        fields.push([name, String(v)]);
      }
    }
    if (form.method === 'GET') return this.page(`${form.action}?${new URLSearchParams(fields)}`);
    return this.request('POST', form.action, { form: fields, headers: { accept: 'text/html' }, ...options });
  }

  // Where an answer leads, as a browser would go.
  async follow(answer) {
    if (answer.status !== 303) throw new Error(`no redirect: ${answer.status} ${textOf(answer.text).slice(0, 600)}`);
    return this.page(answer.location);
  }

  async signIn(name, password = `demo-${name}`) {
    const r = await this.post('/sign-in', { name, password });
    if (r.status !== 303) throw new Error(`sign-in as ${name}: ${r.status} ${r.text.slice(0, 500)}`);
    return this;
  }
}
