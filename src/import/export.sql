-- export.sql -- every kind of docs/import-formats.md as rows of text, in an order that importing needs none of: by code. Columns are all text, so that
-- export.c can treat a row as an array; a column named day… holds a day number.

-- name: organisations :each () -> (code str, parent str, kind str, name_en str, name_hi str, source str)
SELECT o.code,
  COALESCE(p.code, ''),
  o.kind,
  COALESCE((SELECT text FROM org_text WHERE subject = o.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM org_text WHERE subject = o.id AND field = 'name' AND language = 'hi'), ''),
  o.source
FROM organisation o LEFT JOIN organisation p ON p.id = o.parent ORDER BY o.depth, o.code;

-- name: services :each () -> (code str, name_en str, name_hi str)
SELECT x.code,
  COALESCE((SELECT text FROM org_text WHERE subject = x.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM org_text WHERE subject = x.id AND field = 'name' AND language = 'hi'), '')
FROM service x ORDER BY x.code;

-- name: designations :each () -> (code str, name_en str, name_hi str)
SELECT x.code,
  COALESCE((SELECT text FROM org_text WHERE subject = x.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM org_text WHERE subject = x.id AND field = 'name' AND language = 'hi'), '')
FROM designation x ORDER BY x.code;

-- name: providers :each () -> (code str, organisation str, name_en str, name_hi str)
SELECT p.code,
  COALESCE(o.code, ''),
  COALESCE((SELECT text FROM learning_text WHERE subject = p.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM learning_text WHERE subject = p.id AND field = 'name' AND language = 'hi'), '')
FROM provider p LEFT JOIN organisation o ON o.id = p.organisation ORDER BY p.code;

-- name: competencies :each () -> (code str, kind str, area str, theme str, name_en str, name_hi str, definition_en str, definition_hi str, facets str, l1_en str, l2_en str, l3_en str, l4_en str, l5_en str, l1_hi str, l2_hi str, l3_hi str, l4_hi str, l5_hi str, reviewed str)
SELECT c.code,
  CASE c.kind WHEN 1 THEN 'behavioural' WHEN 2 THEN 'functional' ELSE 'domain' END,
  c.area,
  c.theme,
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'name' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'definition' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'definition' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'facets' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l1' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l2' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l3' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l4' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l5' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l1' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l2' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l3' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l4' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = c.id AND field = 'l5' AND language = 'hi'), ''),
  CASE WHEN c.reviewed <> 0 THEN 'yes' ELSE 'no' END
FROM competency c ORDER BY c.code;

-- name: roles :each () -> (code str, name_en str, name_hi str)
SELECT x.code,
  COALESCE((SELECT text FROM frac_text WHERE subject = x.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = x.id AND field = 'name' AND language = 'hi'), '')
FROM frac_role x ORDER BY x.code;

-- name: activities :each () -> (code str, name_en str, name_hi str)
SELECT x.code,
  COALESCE((SELECT text FROM frac_text WHERE subject = x.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = x.id AND field = 'name' AND language = 'hi'), '')
FROM activity x ORDER BY x.code;

-- name: positions :each () -> (code str, organisation str, designation str, service str, grp str, name_en str, name_hi str, sanctioned str, filled str)
SELECT p.code,
  o.code,
  COALESCE(d.code, ''),
  COALESCE(s.code, ''),
  p.grp,
  COALESCE((SELECT text FROM frac_text WHERE subject = p.id AND field = 'name' AND language = 'en'), ''),
  COALESCE((SELECT text FROM frac_text WHERE subject = p.id AND field = 'name' AND language = 'hi'), ''),
  CAST(p.sanctioned AS TEXT),
  CAST(p.filled AS TEXT)
FROM position p JOIN organisation o ON o.id = p.organisation LEFT JOIN designation d ON d.id = p.designation LEFT JOIN service s ON s.id = p.service ORDER BY p.code;

-- name: map :each () -> (position str, role str, activity str, competency str, level str, critical str, reviewed str)
SELECT p.code,
  r.code,
  a.code,
  c.code,
  CAST(i.level AS TEXT),
  CASE WHEN i.critical <> 0 THEN 'yes' ELSE 'no' END,
  CASE WHEN i.reviewed <> 0 THEN 'yes' ELSE 'no' END
FROM map_item i JOIN position_map m ON m.id = i.map AND m.until_day IS NULL JOIN position p ON p.id = m.position JOIN frac_role r ON r.id = i.role
JOIN activity a ON a.id = i.activity JOIN competency c ON c.id = i.competency ORDER BY p.code, r.code, a.code, c.code;

-- name: courses :each () -> (code str, provider str, language str, title_en str, title_hi str, summary_en str, summary_hi str, minutes str, category str, source_id str)
SELECT c.code,
  p.code,
  c.language,
  COALESCE((SELECT text FROM learning_text WHERE subject = c.id AND field = 'title' AND language = 'en'), ''),
  COALESCE((SELECT text FROM learning_text WHERE subject = c.id AND field = 'title' AND language = 'hi'), ''),
  COALESCE((SELECT text FROM learning_text WHERE subject = c.id AND field = 'summary' AND language = 'en'), ''),
  COALESCE((SELECT text FROM learning_text WHERE subject = c.id AND field = 'summary' AND language = 'hi'), ''),
  CAST(c.minutes AS TEXT),
  c.category,
  COALESCE(c.source_id, '')
FROM course c JOIN provider p ON p.id = c.provider ORDER BY c.code;

-- name: course_competencies :each () -> (course str, competency str, entry str, exit str, reviewed str)
SELECT c.code,
  k.code,
  CAST(x.entry AS TEXT),
  CAST(x.exit AS TEXT),
  CASE WHEN x.reviewed <> 0 THEN 'yes' ELSE 'no' END
FROM course_competency x JOIN course c ON c.id = x.course JOIN competency k ON k.id = x.competency ORDER BY c.code, k.code;

-- name: modules :each () -> (course str, seq str, kind str, title str, minutes str, body str, file str)
SELECT c.code,
  CAST(m.seq AS TEXT),
  m.kind,
  m.title,
  CAST(m.minutes AS TEXT),
  m.body,
  COALESCE(m.file, '')
FROM module m JOIN course c ON c.id = m.course ORDER BY c.code, m.seq;

-- name: items :each () -> (code str, course str, competency str, level str, language str, stem str, option_a str, option_b str, option_c str, option_d str, key str, rationale str)
SELECT i.code,
  COALESCE(c.code, ''),
  k.code,
  CAST(i.level AS TEXT),
  i.language,
  i.stem,
  i.option_a,
  i.option_b,
  i.option_c,
  i.option_d,
  CASE i.answer WHEN 0 THEN 'a' WHEN 1 THEN 'b' WHEN 2 THEN 'c' ELSE 'd' END,
  i.rationale
FROM item i LEFT JOIN course c ON c.id = i.course JOIN competency k ON k.id = i.competency ORDER BY i.code;

-- name: constants :each () -> (name str, value str, unit str, basis str, reason_en str, reason_hi str, day_from str)
SELECT name,
  CAST(value AS TEXT),
  unit,
  basis,
  reason_en,
  reason_hi,
  CAST(from_day AS TEXT)
FROM constant ORDER BY name, from_day, id;

-- name: levels :each () -> (officer str, name str, organisation str, position str, competency str, required str, mean str, standard_error str, awarded str, status str, day_as_of str)
SELECT CAST(l.officer AS TEXT),
  f.name,
  o.code,
  p.code,
  k.code,
  COALESCE(CAST(n.level AS TEXT), ''),
  CAST(l.mean_milli / 1000.0 AS TEXT),
  CAST(l.se_milli / 1000.0 AS TEXT),
  CAST(l.awarded AS TEXT),
  CASE l.status WHEN 1 THEN 'indicative' WHEN 2 THEN 'provisional' WHEN 3 THEN 'confirmed' ELSE 'not assessed' END,
  CAST(l.as_of AS TEXT)
FROM level l JOIN officer_posting f ON f.officer = l.officer AND f.until_day IS NULL JOIN organisation o ON o.id = f.organisation JOIN position p ON p.id = f.position
JOIN competency k ON k.id = l.competency LEFT JOIN position_needs n ON n.position = f.position AND n.competency = l.competency AND n.until_day IS NULL
ORDER BY l.officer, k.code;
