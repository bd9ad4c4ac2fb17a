-- measure_web.sql -- what the pages of organisations and constants read beside measure.sql.

-- ---- organisations -------------------------------------------------------------------------------------------------

-- name: published :maybe () -> (day i64)
-- The newest snapshot: the root is in each of them.
SELECT s.day FROM organisation o JOIN snapshot s ON s.organisation = o.id WHERE o.parent IS NULL ORDER BY s.day DESC LIMIT 1;

-- name: posts :one (organisation i64, day i64) -> (positions i64, mapped i64, sanctioned i64, filled i64, post_needs i64)
-- The denominators: positions of the subtree, how many have a framework in force, their posts, and what those posts need altogether.
SELECT count(*), CAST(COALESCE(sum(CASE WHEN EXISTS (SELECT 1 FROM position_map m WHERE m.position = p.id AND m.from_day <= $2 AND (m.until_day IS NULL OR m.until_day >= $2)) THEN 1 ELSE 0 END), 0) AS BIGINT),
  CAST(COALESCE(sum(p.sanctioned), 0) AS BIGINT), CAST(COALESCE(sum(p.filled), 0) AS BIGINT),
  CAST(COALESCE(sum(p.sanctioned * (SELECT count(*) FROM position_needs n WHERE n.position = p.id AND n.from_day <= $2 AND (n.until_day IS NULL OR n.until_day >= $2))), 0) AS BIGINT)
FROM organisation_above u JOIN position p ON p.organisation = u.organisation WHERE u.ancestor = $1;

-- name: organisations :many (kind str, parent i64, pattern str, language str, day i64) -> (id i64, code str, kind str, name str, above str, officers i64?, required i64?, assessed i64?, met i64?, shortfall_micro i64?, shortfall_sq_milli i64?, suppressed i64?)
-- kind '', parent 0 and pattern '': any.
SELECT o.id, o.code, o.kind, COALESCE(t.text, e.text, o.code), COALESCE(pt.text, pe.text, ''), s.officers, s.required, s.assessed, s.met, s.shortfall_micro, s.shortfall_sq_milli, s.suppressed
FROM organisation o
LEFT JOIN org_text e ON e.subject = o.id AND e.field = 'name' AND e.language = 'en'
LEFT JOIN org_text t ON t.subject = o.id AND t.field = 'name' AND t.language = $4
LEFT JOIN org_text pe ON pe.subject = o.parent AND pe.field = 'name' AND pe.language = 'en'
LEFT JOIN org_text pt ON pt.subject = o.parent AND pt.field = 'name' AND pt.language = $4
LEFT JOIN snapshot s ON s.organisation = o.id AND s.day = $5 AND s.grp = '' AND s.competency = 0
WHERE ($1 = '' OR o.kind = $1) AND ($2 = 0 OR o.parent = $2)
AND ($3 = '' OR lower(e.text) LIKE $3 ESCAPE '!' OR lower(t.text) LIKE $3 ESCAPE '!' OR o.code LIKE $3 ESCAPE '!')
ORDER BY o.id;

-- name: kinds :many (parent i64) -> (kind str)
SELECT DISTINCT kind FROM organisation WHERE $1 = 0 OR parent = $1 ORDER BY kind;

-- ---- officers ------------------------------------------------------------------------------------------------------

-- name: officers_here :one (organisation i64, grp str) -> (n i64)
-- By the headcount, so that no list has to be counted.
SELECT CAST(COALESCE(sum(h.officers), 0) AS BIGINT) FROM organisation_above u JOIN headcount h ON h.organisation = u.organisation
WHERE u.ancestor = $1 AND ($2 = '' OR h.grp = $2);

-- name: officers_by_name :many (organisation i64, grp str, pattern str, day i64, limit_rows i64, skip i64) -> (officer i64, posting i64)
-- For large subtrees: walks the index of names (CROSS JOIN: SQLite keeps this order), which soon meets enough of them.
SELECT p.officer, p.id
FROM officer f CROSS JOIN posting p CROSS JOIN organisation_above u
WHERE p.officer = f.id AND u.organisation = p.organisation AND u.ancestor = $1 AND p.from_day <= $4 AND (p.until_day IS NULL OR p.until_day >= $4)
AND ($2 = '' OR f.grp = $2) AND ($3 = '' OR lower(f.name) LIKE $3 ESCAPE '!')
ORDER BY f.name, f.id LIMIT $5 OFFSET $6;

-- name: officers_found :one (organisation i64, grp str, pattern str, day i64) -> (n i64)
SELECT count(*)
FROM officer f CROSS JOIN posting p CROSS JOIN organisation_above u
WHERE p.officer = f.id AND u.organisation = p.organisation AND u.ancestor = $1 AND p.from_day <= $4 AND (p.until_day IS NULL OR p.until_day >= $4)
AND ($2 = '' OR f.grp = $2) AND lower(f.name) LIKE $3 ESCAPE '!';

-- name: officers :many (organisation i64, position i64, supervisor i64, grp str, pattern str, language str, order_by i64, day i64, limit_rows i64, skip i64) -> (officer i64, posting i64, total i64)
-- For lists of some thousands. Of an organisation's subtree; or, with position, of those who hold it there; or, with organisation 0, of the supervisor's reports.
-- order_by: 1 name, 2 position, 3 Group, 4 share of requirements met; negative: downwards.
WITH held AS (
  SELECT p.officer, p.id, p.position FROM organisation_above u JOIN posting p ON p.organisation = u.organisation
  WHERE $2 = 0 AND u.ancestor = $1 AND p.from_day <= $8 AND (p.until_day IS NULL OR p.until_day >= $8)
  UNION ALL
  SELECT p.officer, p.id, p.position FROM posting p JOIN organisation_above u ON u.organisation = p.organisation AND u.ancestor = $1
  WHERE $2 <> 0 AND p.position = $2 AND p.from_day <= $8 AND (p.until_day IS NULL OR p.until_day >= $8)
  UNION ALL
  SELECT p.officer, p.id, p.position FROM posting p
  WHERE $1 = 0 AND p.supervisor = $3 AND ($2 = 0 OR p.position = $2) AND p.from_day <= $8 AND (p.until_day IS NULL OR p.until_day >= $8)
), keyed AS (
  SELECT h.officer, h.id, f.name, CASE abs($7)
    WHEN 2 THEN COALESCE((SELECT t.text FROM frac_name t WHERE t.subject = h.position AND t.language = $6), (SELECT t.text FROM frac_name t WHERE t.subject = h.position AND t.language = 'en'), '')
    WHEN 3 THEN f.grp
    ELSE '' END AS word, CASE abs($7)
    WHEN 4 THEN COALESCE((SELECT CAST(sum(c.met) AS BIGINT) * 1000 / count(*) FROM contribution c WHERE c.officer = h.officer), -1)
    ELSE 0 END AS number
  FROM held h JOIN officer f ON f.id = h.officer
  WHERE ($4 = '' OR f.grp = $4) AND ($5 = '' OR lower(f.name) LIKE $5 ESCAPE '!')
)
SELECT officer, id, count(*) OVER () FROM keyed
ORDER BY CASE WHEN $7 > 0 THEN word END, CASE WHEN $7 < 0 THEN word END DESC, CASE WHEN $7 > 0 THEN number END, CASE WHEN $7 < 0 THEN number END DESC,
  CASE WHEN $7 <> -1 THEN name END, CASE WHEN $7 = -1 THEN name END DESC, officer
LIMIT $9 OFFSET $10;

-- name: officer_line :one (officer i64, posting i64, language str) -> (officer i64, name str, grp str, position i64, position_name str, organisation i64, organisation_name str, needed i64, met i64, newest i64?)
SELECT f.id, f.name, f.grp, p.position, COALESCE(pt.text, pe.text, ''), p.organisation, COALESCE(ot.text, oe.text, ''),
  (SELECT count(*) FROM contribution c WHERE c.officer = $1), (SELECT CAST(COALESCE(sum(c.met), 0) AS BIGINT) FROM contribution c WHERE c.officer = $1),
  (SELECT max(l.newest) FROM level l WHERE l.officer = $1)
FROM posting p JOIN officer f ON f.id = p.officer
LEFT JOIN frac_name pe ON pe.subject = p.position AND pe.language = 'en'
LEFT JOIN frac_name pt ON pt.subject = p.position AND pt.language = $3
LEFT JOIN org_name oe ON oe.subject = p.organisation AND oe.language = 'en'
LEFT JOIN org_name ot ON ot.subject = p.organisation AND ot.language = $3
WHERE p.officer = $1 AND p.id = $2;

-- name: officers_export :each (organisation i64, position i64, supervisor i64, grp str, pattern str, language str, day i64) -> (officer i64, name str, grp str, position_name str, organisation_name str, needed i64, met i64, newest i64?)
-- Unit by unit, as the indexes give them: a million rows are not sorted.
WITH held AS (
  SELECT p.officer, p.position, p.organisation FROM organisation_above u JOIN posting p ON p.organisation = u.organisation
  WHERE $2 = 0 AND u.ancestor = $1 AND p.from_day <= $7 AND (p.until_day IS NULL OR p.until_day >= $7)
  UNION ALL
  SELECT p.officer, p.position, p.organisation FROM posting p JOIN organisation_above u ON u.organisation = p.organisation AND u.ancestor = $1
  WHERE $2 <> 0 AND p.position = $2 AND p.from_day <= $7 AND (p.until_day IS NULL OR p.until_day >= $7)
  UNION ALL
  SELECT p.officer, p.position, p.organisation FROM posting p
  WHERE $1 = 0 AND p.supervisor = $3 AND ($2 = 0 OR p.position = $2) AND p.from_day <= $7 AND (p.until_day IS NULL OR p.until_day >= $7)
)
SELECT f.id, f.name, f.grp, COALESCE(pt.text, pe.text, ''), COALESCE(ot.text, oe.text, ''),
  (SELECT count(*) FROM contribution c WHERE c.officer = h.officer), (SELECT CAST(COALESCE(sum(c.met), 0) AS BIGINT) FROM contribution c WHERE c.officer = h.officer),
  (SELECT max(l.newest) FROM level l WHERE l.officer = h.officer)
FROM held h JOIN officer f ON f.id = h.officer
LEFT JOIN frac_name pe ON pe.subject = h.position AND pe.language = 'en'
LEFT JOIN frac_name pt ON pt.subject = h.position AND pt.language = $6
LEFT JOIN org_name oe ON oe.subject = h.organisation AND oe.language = 'en'
LEFT JOIN org_name ot ON ot.subject = h.organisation AND ot.language = $6
WHERE ($4 = '' OR f.grp = $4) AND ($5 = '' OR lower(f.name) LIKE $5 ESCAPE '!');

-- name: positions :many (organisation i64, supervisor i64, large i64, language str, day i64, limit_rows i64) -> (position i64, name str)
-- To choose from: what is held here; where `large`, what belongs here.
WITH held AS (
  SELECT p.position AS id FROM organisation_above u JOIN posting p ON p.organisation = u.organisation
  WHERE $3 = 0 AND u.ancestor = $1 AND p.from_day <= $5 AND (p.until_day IS NULL OR p.until_day >= $5)
  UNION
  SELECT q.id FROM organisation_above u JOIN position q ON q.organisation = u.organisation WHERE $3 = 1 AND u.ancestor = $1
  UNION
  SELECT p.position FROM posting p WHERE $1 = 0 AND p.supervisor = $2 AND p.from_day <= $5 AND (p.until_day IS NULL OR p.until_day >= $5)
)
SELECT h.id, COALESCE(t.text, e.text, '') FROM held h
LEFT JOIN frac_name e ON e.subject = h.id AND e.language = 'en'
LEFT JOIN frac_name t ON t.subject = h.id AND t.language = $4
ORDER BY 2, 1 LIMIT $6;

-- name: root :maybe () -> (id i64)
SELECT id FROM organisation WHERE parent IS NULL ORDER BY id LIMIT 1;

-- ---- constants -----------------------------------------------------------------------------------------------------

-- name: constant :many (name str) -> (id i64, value f64, unit str, basis str, reason_en str, reason_hi str, from_day i64, set_by_name str?, created i64)
SELECT c.id, c.value, c.unit, c.basis, c.reason_en, c.reason_hi, c.from_day, a.name, c.created
FROM constant c LEFT JOIN account a ON a.id = c.set_by WHERE c.name = $1 ORDER BY c.from_day DESC, c.id DESC;
