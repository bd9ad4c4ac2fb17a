-- frac.sql -- competencies, positions and the maps that say what each position needs.

-- name: competency :maybe (id i64) -> (id i64, code str, kind i64, area str, theme str, reviewed i64)
SELECT id, code, kind, area, theme, reviewed FROM competency WHERE id = $1;

-- name: competency_id :each (code str) -> (id i64)
SELECT id FROM competency WHERE code = $1;

-- name: position_id :each (code str) -> (id i64)
SELECT id FROM position WHERE code = $1;

-- name: texts :many (subject i64, lang str) -> (field str, language str, text str)
-- The reader's language and English, to fall back to.
SELECT field, language, text FROM frac_text WHERE subject = $1 AND language IN ($2, 'en');

-- name: text_put :run (subject i64, field str, language str, text str)
INSERT INTO frac_text (subject, field, language, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject, field, language) DO UPDATE SET text = excluded.text;

-- name: position :maybe (id i64, lang str) -> (id i64, code str, name str, grp str, organisation i64, sanctioned i64, filled i64)
SELECT p.id, p.code, COALESCE(l.text, e.text, p.code), p.grp, p.organisation, p.sanctioned, p.filled
FROM position p
LEFT JOIN frac_text l ON l.subject = p.id AND l.field = 'name' AND l.language = $2
LEFT JOIN frac_text e ON e.subject = p.id AND e.field = 'name' AND e.language = 'en'
WHERE p.id = $1;

-- ---- maps ----------------------------------------------------------------------------------------------------------

-- name: map_on :each (position i64, day i64) -> (id i64, content_hash blob)
-- A version that was replaced on the day it began ends before it begins: it is never in force.
SELECT id, content_hash FROM position_map
WHERE position = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2)
ORDER BY version DESC LIMIT 1;

-- name: map_last :each (position i64) -> (version i64)
SELECT version FROM position_map WHERE position = $1 ORDER BY version DESC LIMIT 1;

-- name: map_after :each (position i64, day i64) -> (from_day i64)
-- When the next version begins.
SELECT from_day FROM position_map
WHERE position = $1 AND from_day > $2 AND (until_day IS NULL OR until_day >= from_day)
ORDER BY from_day LIMIT 1;

-- name: map_end :run (id i64, until_day i64)
UPDATE position_map SET until_day = $2 WHERE id = $1;

-- name: map_add :run (id i64, position i64, version i64, from_day i64, until_day i64?, content_hash blob)
INSERT INTO position_map (id, position, version, from_day, until_day, content_hash) VALUES ($1, $2, $3, $4, $5, $6);

-- name: item_add :run (map i64, role i64, activity i64, competency i64, level i64, critical i64, reviewed i64)
INSERT INTO map_item (map, role, activity, competency, level, critical, reviewed) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: items :many (map i64) -> (role i64, activity i64, competency i64, level i64, critical i64, reviewed i64)
SELECT role, activity, competency, level, critical, reviewed FROM map_item WHERE map = $1 ORDER BY role, activity, competency;

-- name: requirement_fill :run (map i64)
INSERT INTO requirement (map, competency, level, critical)
SELECT map, competency, max(level), max(critical) FROM map_item WHERE map = $1 GROUP BY map, competency;

-- name: requirements :many (map i64, lang str) -> (competency i64, kind i64, level i64, critical i64, name str)
SELECT r.competency, c.kind, r.level, r.critical, COALESCE(l.text, e.text, c.code)
FROM requirement r
JOIN competency c ON c.id = r.competency
LEFT JOIN frac_text l ON l.subject = c.id AND l.field = 'name' AND l.language = $2
LEFT JOIN frac_text e ON e.subject = c.id AND e.field = 'name' AND e.language = 'en'
WHERE r.map = $1
ORDER BY r.competency;

-- name: map_lines :many (map i64, competency i64, lang str) -> (role i64, activity i64, competency i64, level i64, critical i64, reviewed i64, role_name str, activity_name str, competency_name str)
-- competency 0: all of them.
SELECT m.role, m.activity, m.competency, m.level, m.critical, m.reviewed,
    COALESCE(rl.text, re.text, r.code), COALESCE(al.text, ae.text, a.code), COALESCE(cl.text, ce.text, c.code)
FROM map_item m
JOIN frac_role r ON r.id = m.role
JOIN activity a ON a.id = m.activity
JOIN competency c ON c.id = m.competency
LEFT JOIN frac_text rl ON rl.subject = m.role AND rl.field = 'name' AND rl.language = $3
LEFT JOIN frac_text re ON re.subject = m.role AND re.field = 'name' AND re.language = 'en'
LEFT JOIN frac_text al ON al.subject = m.activity AND al.field = 'name' AND al.language = $3
LEFT JOIN frac_text ae ON ae.subject = m.activity AND ae.field = 'name' AND ae.language = 'en'
LEFT JOIN frac_text cl ON cl.subject = m.competency AND cl.field = 'name' AND cl.language = $3
LEFT JOIN frac_text ce ON ce.subject = m.competency AND ce.field = 'name' AND ce.language = 'en'
WHERE m.map = $1 AND ($2 = 0 OR m.competency = $2);
