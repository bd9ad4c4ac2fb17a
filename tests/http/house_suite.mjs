// house_suite.mjs -- what every page owes: methods, limits, headers, encodings, languages, static files, errors.
import { Client, equal, match, ok, test } from '../lib.mjs';
import http from 'node:http';
import net from 'node:net';

// A request as raw bytes; the whole answer as text.
function raw(url, bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const s = net.connect(port, hostname, () => s.write(bytes));
    let text = '';
    s.on('data', (d) => { text += d; });
    s.on('end', () => resolve(text));
    s.on('close', () => resolve(text));
    s.on('error', reject);
    setTimeout(() => s.destroy(), 5000);
  });
}

export default async function suite({ url, engine }) {
  const anyone = new Client(url);

  await test('health, readiness, metrics', async () => {
    equal((await anyone.get('/healthz')).text, 'alive\n');
    equal((await anyone.get('/readyz')).text, 'ready\n');
    match((await anyone.get('/metrics')).text, /^igot_up 1$/m);
  });

  await test('the API description is OpenAPI 3.1 and lists the hub', async () => {
    const api = (await anyone.get('/openapi.json')).json();
    equal(api.openapi, '3.1.0');
    ok(api.paths['/competencies'].get, 'GET /competencies');
    ok(Object.keys(api.paths).length > 40, `only ${Object.keys(api.paths).length} paths`);
  });

  await test('an unknown page is 404, for people and for programs', async () => {
    const page = await anyone.page('/no/such/page');
    equal(page.status, 404);
    match(page.text, /<h1>/);
    const data = await anyone.get('/no/such/page', { headers: { accept: 'application/json' } });
    equal(data.json().error, 'not_found');
  });

  await test('a wrong method is 405 with Allow', async () => {
    const r = await anyone.request('DELETE', '/sign-in');
    equal(r.status, 405);
    match(r.headers.get('allow'), /GET.*POST/);
    equal((await anyone.request('PATCH', '/sign-in')).status, 405);
  });

  await test('security headers stand on every page', async () => {
    for (const path of ['/sign-in', '/no/such/page', '/styleguide']) {
      const h = (await anyone.page(path)).headers;
      match(h.get('content-security-policy'), /default-src 'none'.*script-src 'self'/);
      ok(!/unsafe/.test(h.get('content-security-policy')), 'unsafe in the policy');
      equal(h.get('x-content-type-options'), 'nosniff');
      ok(h.get('referrer-policy'), 'referrer-policy');
    }
  });

  await test('static files: ETag, 304, compressed, immutable types', async () => {
    const r = await anyone.get('/static/igot.css', { headers: { 'accept-encoding': 'identity' } });
    equal(r.status, 200);
    match(r.headers.get('content-type'), /text\/css/);
    const again = await anyone.get('/static/igot.css', { headers: { 'if-none-match': r.headers.get('etag') } });
    equal(again.status, 304);
    const packed = await anyone.get('/static/igot.css', { headers: { 'accept-encoding': 'br' } });
    equal(packed.headers.get('content-encoding'), 'br');
    equal(packed.text, r.text, 'the same bytes');
    equal((await anyone.get('/static/../igot.css')).status, 404);
    equal((await anyone.get('/static/none.css')).status, 404);
  });

  await test('the first page weighs under 60 KiB with all that it loads, compressed', async () => {
    const bytes = (path) => new Promise((resolve, reject) => {
      http.get(url + path, { headers: { 'accept-encoding': 'br', accept: 'text/html' } }, (r) => {
        let n = 0, text = [];
        r.on('data', (d) => { n += d.length; text.push(d); });
        r.on('end', () => resolve(n));
      }).on('error', reject);
    });
    const page = await anyone.page('/');
    const assets = [...new Set([...page.text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((m) => m[1]))];
    let total = await bytes('/');
    for (const a of assets) total += await bytes(a);
    ok(assets.length >= 2, 'assets were found');
    ok(total < 60 * 1024, `${total} bytes`);
  });

  await test('pages are compressed for those who can read it, and the same text', async () => {
    const plain = await anyone.get('/about', { headers: { 'accept-encoding': 'identity', accept: 'text/html' } });
    for (const encoding of ['br', 'gzip']) {
      const packed = await anyone.get('/about', { headers: { 'accept-encoding': encoding, accept: 'text/html' } });
      equal(packed.headers.get('content-encoding'), encoding);
      equal(packed.text.length, plain.text.length);
    }
  });

  await test('language: from the browser, then from the choice', async () => {
    const hindi = new Client(url, { 'accept-language': 'hi-IN,hi;q=0.9,en;q=0.5' });
    match((await hindi.page('/sign-in')).text, /<html lang="hi"/);
    const english = new Client(url, { 'accept-language': 'en-GB' });
    match((await english.page('/sign-in')).text, /<html lang="en"/);
    await english.post('/language', { language: 'hi', next: '/sign-in' });
    match((await english.page('/sign-in')).text, /<html lang="hi"/);
  });

  await test('bad UTF-8 is 400, in the path, the query and a form', async () => {
    equal((await anyone.get('/sign-in?next=%ff')).status, 400);
    const r = await anyone.request('POST', '/sign-in', { body: 'name=%c3%28&password=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    equal(r.status, 400);
    ok([400, 404].includes((await anyone.get('/constants/%ff')).status), 'in the path');
  });

  await test('a body over the limit is 413 and the server lives', async () => {
    const r = await raw(url, `POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50000000\r\nConnection: close\r\n\r\n${'a=1&'.repeat(1000)}`);
    ok(r === '' || /413|400|408/.test(r.slice(0, 20)), r.slice(0, 100));
    const big = await anyone.request('POST', '/sign-in', { body: 'x'.repeat(17 << 20), headers: { 'content-type': 'application/x-www-form-urlencoded' } }).catch(() => ({ status: 413 }));
    equal(big.status, 413);
    equal((await anyone.get('/healthz')).status, 200);
  });

  await test('a body of an unknown kind, a broken upload and broken JSON are 400', async () => {
    for (const [type, body] of [['text/csv', 'a,b'], ['multipart/form-data; boundary=x', '--x\r\nnothing'], ['application/json', '{"a":'], ['application/json', '[1]']])
      equal((await anyone.request('POST', '/sign-in', { body, headers: { 'content-type': type, accept: 'application/json' } })).status, 400, type);
  });

  await test('a form without its token changes nothing', async () => {
    const r = await anyone.request('POST', '/sign-in', { form: { name: 'officer', password: 'demo-officer' } });
    equal(r.status, 403);
    const from = await anyone.post('/sign-in', { name: 'officer', password: 'demo-officer' }, { headers: { 'sec-fetch-site': 'cross-site' } });
    equal(from.status, 403);
  });

  await test('HEAD answers as GET without a body', async () => {
    const r = await anyone.request('HEAD', '/sign-in');
    equal(r.status, 200);
    equal(r.text, '');
  });

  await test('no page tells of SQL, paths or addresses of memory', async () => {
    for (const path of ["/learning?q='%22;DROP", '/organisations/0', '/constants/%27', '/competencies/99999999999999999999'])
      ok(!/SELECT |sqlite|libpq|0x[0-9a-f]{8}|\/src\//i.test((await anyone.page(path)).text), path);
  });

  await test('an address of four-byte letters is kept for after the sign-in as far as it fits', async () => {
    const answer = await raw(url, `GET /home?${'\u{1F600}'.repeat(500)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    match(answer, /^HTTP\/1.1 303 [^]*location: \/sign-in\?next=%2Fhome/i);
    equal((await anyone.get('/healthz')).status, 200, 'and the server lives');
  });

  await test('odd request lines do no harm', async () => {
    for (const line of ['GET /%00 HTTP/1.1', 'GET /a%2Fb HTTP/1.1', 'GET //x HTTP/1.1', 'GET /sign-in/ HTTP/1.1', `GET /${'a'.repeat(9000)} HTTP/1.1`, 'BREW /pot HTTP/1.1'])
      await raw(url, `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    equal((await anyone.get('/healthz')).status, 200, engine);
  });
}
