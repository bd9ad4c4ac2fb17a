// lists_suite.mjs -- every list: pages, order, filter; its export as CSV and XLSX with all rows, and no cell that a spreadsheet would run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, decodeText, equal, match, ok, parseCsv, test } from '../lib.mjs';

// The cells of an XLSX file's only sheet, as text. unzip opens it, as a stranger would.
function parseXlsx(bytes) {
  const dir = mkdtempSync(join(tmpdir(), 'igot-xlsx-'));
  try {
    const file = join(dir, 'a.xlsx');
    writeFileSync(file, bytes);
    const whole = spawnSync('unzip', ['-tq', file], { encoding: 'utf8' });
    if (whole.status !== 0) throw new Error(`unzip -t: ${whole.stdout}${whole.stderr}`);
    const part = (name) => spawnSync('unzip', ['-p', file, name], { encoding: 'utf8', maxBuffer: 64 << 20 }).stdout;
    const strings = [...part('xl/sharedStrings.xml').matchAll(/<si>([\s\S]*?)<\/si>/g)].map((m) => decodeText(m[1].replace(/<[^>]+>/g, '')));
    const sheet = part('xl/worksheets/sheet1.xml');
    const rows = [...sheet.matchAll(/<row\b[^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map((r) => {
      const cells = [];
      for (const m of (r[1] ?? '').matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
        const at = [...m[1]].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1, inner = m[3] ?? '';
        const v = /<v>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? '';
        cells[at] = /t="s"/.test(m[2]) ? strings[+v] : /t="inlineStr"/.test(m[2]) ? decodeText(inner.replace(/<[^>]+>/g, '')) : decodeText(v);
      }
      return Array.from(cells, (c) => c ?? '');
    });
    return { rows, formulas: (sheet.match(/<f[ >]/g) ?? []).length };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export default async function suite({ url }) {
  const as = {};
  for (const name of ['officer', 'supervisor', 'cbu', 'cbc', 'spv']) as[name] = await new Client(url).signIn(name);
  const india = (await as.cbc.data(`/organisations/${(await as.officer.data('/competencies')).place.organisation}`)).crumbs[0].id;

  const bytesOf = async (client, path) => {
    const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const r = await fetch(url + path, { headers: { cookie, accept: 'text/html', 'accept-encoding': 'identity' } });
    return { status: r.status, headers: r.headers, bytes: Buffer.from(await r.arrayBuffer()) };
  };

  // {name, who, page: the list, lines: its rows in JSON, export, total, sorts}
  const lists = [
    { name: 'ministries', who: 'cbc', page: '/organisations', export: '/organisations/export', sorts: ['name', 'officers', 'met', 'gap'] },
    { name: 'units', who: 'cbc', page: `/organisations/${india}/units`, export: `/organisations/${india}/units/export`, sorts: ['name', '-officers'] },
    { name: 'officers', who: 'cbc', page: `/organisations/${india}/officers`, export: `/organisations/${india}/officers/export`, sorts: ['name', 'group', '-met'] },
    { name: 'own officers', who: 'supervisor', page: '/officers', export: '/officers/export', sorts: ['name'] },
    { name: 'accounts', who: 'spv', page: '/accounts', sorts: [] },
    { name: 'audit log', who: 'spv', page: '/audit', sorts: [] },
    { name: 'reports', who: 'cbu', page: '/reports?state=all', export: '/reports/export', sorts: [] },
    { name: 'courses', who: 'officer', page: '/learning', sorts: ['short', 'new'] },
    { name: 'constants', who: 'cbc', page: '/constants', export: '/constants/export', sorts: [] },
    { name: 'Groups', who: 'cbc', export: `/organisations/${india}/groups/export`, sorts: [] },
    { name: 'competencies', who: 'cbc', export: `/organisations/${india}/competencies/export`, sorts: [] },
  ];
  const withQuery = (path, more) => `${path}${path.includes('?') ? '&' : '?'}${more}`;
  const linesOf = (d) => d.officers ?? d.lines ?? d.organisations ?? d.accounts ?? d.course ?? d.report ?? d.reports ?? d.constants ?? Object.values(d).find(Array.isArray);
  const keyOf = (line) => line.id ?? line.seq ?? line.name;

  // Something to report, so that the list of reports is not empty; its text would be a formula in a spreadsheet.
  await test('lists: reports that would be formulas are taken as text', async () => {
    for (const text of ['=HYPERLINK("http://evil.example";"x") is wrong', '+1 position is missing here', '-1 position too many here', '@SUM(A1:A9) stands there', '\u0009=1+1 after a tab, wrong', 'Quotes "so", commas, and\nnew lines'])
      equal((await as.officer.post('/position/report', { text })).status, 303, text);
  });

  for (const l of lists.filter((x) => x.page)) {
    await test(`lists: ${l.name}: every row stands on one page exactly`, async () => {
      const seen = new Map();
      const first = await as[l.who].data(l.page);
      const pages = first.pages ?? 1;
      for (let page = 1; page <= Math.min(pages, 30); page++) for (const line of linesOf(await as[l.who].data(withQuery(l.page, pages > 1 ? `page=${page}` : '')))) seen.set(keyOf(line), (seen.get(keyOf(line)) ?? 0) + 1);
      ok(seen.size > 0, 'there are rows');
      equal([...seen].filter(([, n]) => n > 1).length, 0, 'twice');
      if (first.total !== undefined && pages <= 30) equal(seen.size, first.total, 'as many as it says');
      l.total = first.total ?? seen.size;
    });

    await test(`lists: ${l.name}: a page past the end, and one that is no number, do no harm`, async () => {
      for (const page of ['999', '0', '-1', 'x', '99999999999999999999', '1e3']) {
        const r = await as[l.who].page(withQuery(l.page, `page=${page}`));
        ok([200, 303, 422].includes(r.status), `page=${page}: ${r.status}`);
      }
    });

    for (const sort of l.sorts)
      await test(`lists: ${l.name}: sorted by ${sort}, one way and the other`, async () => {
        const by = async (s) => linesOf(await as[l.who].data(withQuery(l.page, `sort=${s}`)));
        const key = sort.replace('-', '');
        const value = { short: (x) => x.minutes, name: (x) => x.name, officers: (x) => x.officers, group: (x) => x.group, met: (x) => x.met_share ?? x.met, gap: (x) => x.gap, new: () => 0 }[key];
        const known = (await by(sort)).map(value).filter((v) => v !== null && v !== undefined);
        ok(known.length > 0 || key === 'gap' || key === 'met', 'rows with a value');
        const up = sort[0] === '-' ? -1 : 1;
        if (key === 'name') return; /* collations differ: that it is stable is tested by the pages */
        if (l.name === 'officers' && key === 'met') return; /* a share of what the position needs; the line gives both numbers */
        for (let i = 1; i < known.length; i++) ok(up * (known[i] < known[i - 1] ? -1 : known[i] > known[i - 1] ? 1 : 0) >= 0, `${known[i - 1]} before ${known[i]}`);
      });
  }

  await test('lists: a sort that is not of the table is refused', async () => {
    equal((await as.cbc.page('/organisations?sort=;drop')).status, 422);
  });

  await test('lists: words filter, and their signs are letters', async () => {
    const all = await as.cbc.data(`/organisations/${india}/officers`), name = linesOf(all)[0].name.split(' ')[0];
    const some = await as.cbc.data(`/organisations/${india}/officers?q=${encodeURIComponent(name.toUpperCase())}`);
    ok(some.total > 0 && some.total < all.total, `${name}: ${some.total} of ${all.total}`);
    ok(linesOf(some).every((x) => x.name.toLowerCase().includes(name.toLowerCase())), 'all have it');
    for (const q of ['%', '_', '!']) equal((await as.cbc.data(`/organisations/${india}/officers?q=${encodeURIComponent(q)}`)).total, 0, q);
    const group = await as.cbc.data(`/organisations/${india}/officers?group=A`);
    ok(group.total < all.total && linesOf(group).every((x) => x.group === 'A'), 'by Group');
  });

  for (const l of lists.filter((x) => x.export)) {
    await test(`lists: ${l.name}: the export holds every row, the same as CSV and XLSX`, async () => {
      const state = l.name === 'reports' ? '&state=all' : '';
      const csv = await bytesOf(as[l.who], `${l.export}?format=csv${state}`), xlsx = await bytesOf(as[l.who], `${l.export}?format=xlsx${state}`);
      equal(csv.status, 200);
      equal(xlsx.status, 200);
      match(csv.headers.get('content-type'), /^text\/csv/);
      match(csv.headers.get('content-disposition'), /^attachment; filename="[\w-]+[^"]*\.csv"/);
      match(xlsx.headers.get('content-disposition'), /\.xlsx"/);
      match(xlsx.headers.get('content-type'), /spreadsheetml/);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(csv.bytes), rows = parseCsv(text), sheet = parseXlsx(xlsx.bytes);
      ok(rows.length >= 2, 'a head and rows');
      ok(rows.every((r) => r.length === rows[0].length), 'as many cells in each row');
      equal(sheet.rows.length, rows.length, 'rows of both');
      equal(sheet.formulas, 0, 'no formula');
      if (l.total !== undefined && !['constants'].includes(l.name)) equal(rows.length - 1, l.total, 'as many as the list');
      for (const [i, r] of rows.entries()) equal((sheet.rows[i][0] ?? '').trim(), r[0].replace(/^'(?=[=+\-@\t])/, '').trim() === sheet.rows[i][0]?.trim() ? sheet.rows[i][0].trim() : /^\d{4}-\d\d-\d\d$/.test(r[0]) ? sheet.rows[i][0].trim() : r[0].trim(), `first cell of row ${i}`);
      for (const r of rows.slice(1)) for (const c of r) ok(!/^[=@\t]|^[+-](?![\d.])/.test(c), `a spreadsheet would run ${c}`);
    });
  }

  await test('lists: cells that look like formulas carry an apostrophe in CSV and are text in XLSX', async () => {
    const csv = parseCsv((await bytesOf(as.cbu, '/reports/export?format=csv&state=all')).bytes.toString()), last = csv[0].length - 1;
    const texts = csv.slice(1).map((r) => r[last]);
    for (const start of ['=HYPERLINK', '+1 position', '-1 position', '@SUM', '=1+1']) ok(texts.some((t) => t.startsWith(`'${start}`)), `'${start} in ${JSON.stringify(texts)}`);
    ok(texts.some((t) => t.includes('"so"') && t.includes('\n')), 'quotes and new lines are kept');
    const { rows, formulas } = parseXlsx((await bytesOf(as.cbu, '/reports/export?format=xlsx&state=all')).bytes);
    equal(formulas, 0);
    ok(rows.some((r) => r[last]?.startsWith('=HYPERLINK')), 'in XLSX the text is as it was');
  });

  await test('lists: the export takes the filter of the page', async () => {
    const all = parseCsv((await bytesOf(as.cbc, `/organisations/${india}/officers/export`)).bytes.toString()).length;
    const some = parseCsv((await bytesOf(as.cbc, `/organisations/${india}/officers/export?group=B`)).bytes.toString()).length;
    const page = await as.cbc.data(`/organisations/${india}/officers?group=B`);
    ok(some < all, `${some} < ${all}`);
    equal(some - 1, page.total);
  });

  await test('lists: every list that offers an export leads to it', async () => {
    for (const l of lists.filter((x) => x.page && x.export)) {
      const page = (await as[l.who].page(l.page)).text;
      for (const format of ['csv', 'xlsx']) {
        const m = [...page.matchAll(/href="([^"]*\/export[^"]*)"/g)].map((x) => decodeText(x[1])).find((x) => x.includes(`format=${format}`) || (format === 'csv' && !x.includes('format=')));
        ok(m, `${l.name}: ${format}`);
        equal((await bytesOf(as[l.who], m)).status, 200, m);
      }
    }
  });

  await test('lists: Hindi heads and names in the export of a Hindi reader', async () => {
    const hindi = await new Client(url, { 'accept-language': 'hi' }).signIn('coordination');
    const csv = (await hindi.get('/constants/export?format=csv')).text;
    match(csv.split('\n')[0], /[ऀ-ॿ]/);
  });
}
