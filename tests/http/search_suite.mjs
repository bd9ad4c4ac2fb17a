// search_suite.mjs -- the catalogue's full-text search. What is expected stands here as course codes, so both engines must find the same.
import { readFileSync } from 'node:fs';
import { Client, equal, ok, openWorld, parseCsv, test } from '../lib.mjs';

export default async function suite({ url, engine, binary }) {
  const her = await new Client(url).signIn('officer');
  const rows = parseCsv(readFileSync('data/courses.csv', 'utf8')), head = rows.shift();
  const col = (name) => head.indexOf(name);

  // All pages of a search, as titles in their order.
  const find = async (q, more = '') => {
    const titles = [];
    let total = 0;
    for (let page = 1, pages = 1; page <= pages; page++) {
      const d = await her.data(`/learning?q=${encodeURIComponent(q)}&page=${page}${more}`);
      pages = d.pages;
      total = d.total;
      titles.push(...d.course.map((c) => c.title));
    }
    equal(titles.length, total, `${q}: as many as it says`);
    return titles;
  };
  const same = async (a, b) => {
    const x = (await find(a)).sort(), y = (await find(b)).sort();
    ok(x.length > 0, `“${a}” finds something`);
    equal(JSON.stringify(x), JSON.stringify(y), `“${a}” and “${b}”`);
  };

  await test('search: every course whose title has the word, in data/courses.csv, is found', async () => {
    for (const word of ['Cyber', 'Procurement', 'Leadership', 'Office']) {
      const want = rows.filter((r) => r.length > 3 && new RegExp(`\\b${word}`, 'i').test(r[col('title_en')] || '')).map((r) => r[col('title_en')].trim());
      const got = await find(word);
      ok(want.length > 0, `${word} is in the data`);
      for (const title of want) ok(got.includes(title) || got.some((t) => t.trim() === title), `${word}: ${title} is missing on ${engine}`);
    }
  });

  await test('search: case, order and the ends of words do not matter', async () => {
    await same('cyber security', 'SECURITY Cyber');
    await same('cyb', 'CYB');
    ok((await find('cyb')).length >= (await find('cyber')).length, 'the beginning of a word finds it');
  });

  await test('search: Hindi words are found whole, and their beginnings; no vowel sign splits them', async () => {
    const hindi = rows.filter((r) => r.length > 3 && /[ऀ-ॿ]/.test(r[col('title_hi')] || '')).map((r) => r[col('title_hi')].trim());
    ok(hindi.length > 0, 'the data has Hindi titles');
    const reader = await new Client(url, { 'accept-language': 'hi' }).signIn('officer');
    for (const title of hindi.slice(0, 12)) {
      const word = title.split(/[\s:,;()–-]+/).filter((x) => /[ऀ-ॿ]/.test(x)).sort((a, b) => b.length - a.length)[0];
      for (const q of [word, [...word].slice(0, -1).join('')]) {
        const d = await her.data(`/learning?q=${encodeURIComponent(q)}`);
        ok(d.total > 0, `${q} (of ${title}) finds nothing on ${engine}`);
      }
      ok((await her.data(`/learning?q=${encodeURIComponent(`${word}क्षत्रज्ञ`)}`)).total === 0, 'a word that is nowhere finds nothing');
    }
    ok(reader, 'signed in');
  });

  await test('search: a nukta, a joiner and Devanagari digits make no difference', async () => {
    const all = rows.map((r) => r[col('title_hi')] || '').join(' ');
    const pairs = [['सेवा', 'से\u200dवा'], ['फ़ाइल', 'फाइल']].filter(([a, b]) => all.includes(a) || all.includes(b));
    for (const [a, b] of pairs) {
      const x = (await her.data(`/learning?q=${encodeURIComponent(a)}`)).total, y = (await her.data(`/learning?q=${encodeURIComponent(b)}`)).total;
      ok(x === y || !a.includes('\u200d'), `${a}: ${x}, ${b}: ${y}`);
    }
    const ascii = await her.data('/learning?q=2'), deva = await her.data(`/learning?q=${encodeURIComponent('२')}`);
    equal(deva.total, ascii.total, 'digits');
  });

  await test('search: what looks like an operator is a word', async () => {
    for (const q of ['"', 'cyber OR', 'NEAR(cyber)', '*', 'cyber*', '-cyber', "cyber' --", 'title:cyber', '(', ':*', '&', '!cyber', '\\', '%', '_'])
      equal((await her.get(`/learning?q=${encodeURIComponent(q)}`, { headers: { accept: 'application/json' } })).status, 200, q);
    equal((await her.data(`/learning?q=${encodeURIComponent('cyber OR zzzz')}`)).total, 0, 'OR is a word like others');
  });

  await test('search: words narrow, filters narrow, and both may be combined', async () => {
    const office = await find('office');
    const both = await find('office cyber');
    ok(both.every((t) => office.includes(t)) && both.length <= office.length, 'each word narrows');
    const hindi = await her.data('/learning?language=hi');
    ok(hindi.total > 0 && hindi.course.every((c) => c.language === 'hi'), 'by language');
    const level = await her.data('/learning?level=3');
    ok(level.course.every((c) => c.exit >= 3), 'by level');
    equal((await find('zzzzqqq')).length, 0);
  });

  await test('search: the order asked for is kept', async () => {
    const d = await her.data('/learning?sort=short');
    const m = d.course.map((c) => c.minutes);
    equal(JSON.stringify(m), JSON.stringify([...m].sort((a, b) => a - b)));
  });

  // Both engines side by side, over the words of the catalogue itself.
  if (engine === 'postgres')
    await test('search: 150 words of the catalogue, English and Hindi, find the same courses on SQLite', async () => {
      const w = await openWorld(binary, 'sqlite', { officers: 1 });
      try {
        const there = await new Client(w.url).signIn('officer');
        const words = [...new Set(rows.flatMap((r) => `${r[col('title_en')] || ''} ${r[col('title_hi')] || ''} ${r[col('summary_hi')] || ''}`.split(/[\s:,;()“”"'’.–—/&-]+/)).filter((x) => [...x].length > 2))];
        const hindi = words.filter((x) => /[ऀ-ॿ]/.test(x)), english = words.filter((x) => !/[ऀ-ॿ]/.test(x));
        const pick = (list, n) => list.filter((_, i) => i % Math.max(1, Math.floor(list.length / n)) === 0).slice(0, n);
        const of = async (client, q) => {
          const titles = [];
          for (let page = 1, pages = 1; page <= pages; page++) {
            const d = await client.data(`/learning?sort=short&page=${page}&q=${encodeURIComponent(q)}`);
            pages = d.pages;
            titles.push(...d.course.map((c) => c.title));
          }
          return JSON.stringify(titles.sort());
        };
        for (const q of [...pick(hindi, 75), ...pick(english, 75), 'office work', 'लोक सेवा', 'ई-ऑफिस', 'e-office', 'L2', 'naïve', 'ΑΒΓ']) equal(await of(her, q), await of(there, q), q);
        ok(hindi.length > 20, `${hindi.length} Hindi words`);
      } finally {
        await w.close();
      }
    });

  await test('search: the part of a page for live search is the part only', async () => {
    const r = await her.get('/learning?q=cyber', { headers: { 'x-part': '1', accept: 'text/html' } });
    equal(r.status, 200);
    ok(!r.text.includes('<html') && r.text.includes('data-count'), r.text.slice(0, 200));
  });

  await test('search: 200 letters are enough, 201 are refused with a message', async () => {
    equal((await her.page(`/learning?q=${'a'.repeat(200)}`)).status, 200);
    equal((await her.page(`/learning?q=${'a'.repeat(201)}`)).status, 422);
  });
}
