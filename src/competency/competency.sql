-- name: gaps :many (officer i64, day i64, language str) -> (competency i64, kind i64, code str, name str, level i64, critical i64, sums blob?, newest i64?, before_milli i64?, before_day i64?)
-- What the position held on the day needs, beside the level of each.
SELECT n.competency, n.kind, n.code, COALESCE(t.text, e.text), n.level, n.critical, l.sums, l.newest, l.before_milli, l.before_day
FROM officer_posting p
JOIN position_needs n ON n.position = p.position AND n.from_day <= $2 AND (n.until_day IS NULL OR n.until_day >= $2)
JOIN frac_name e ON e.subject = n.competency AND e.language = 'en'
LEFT JOIN frac_name t ON t.subject = n.competency AND t.language = $3
LEFT JOIN level l ON l.officer = p.officer AND l.competency = n.competency
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2);

-- name: level :maybe (officer i64, competency i64) -> (sums blob, newest i64)
SELECT sums, newest FROM level WHERE officer = $1 AND competency = $2;

-- name: levels :many (officer i64) -> (competency i64, sums blob)
SELECT competency, sums FROM level WHERE officer = $1 ORDER BY competency;

-- name: put_level :run (officer i64, competency i64, sums blob, as_of i64, mean_milli i64, se_milli i64, awarded i64, status i64, newest i64, before_milli i64?, before_day i64?)
INSERT INTO level (officer, competency, sums, as_of, mean_milli, se_milli, awarded, status, newest, before_milli, before_day)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (officer, competency) DO UPDATE SET sums = excluded.sums, as_of = excluded.as_of, mean_milli = excluded.mean_milli, se_milli = excluded.se_milli,
  awarded = excluded.awarded, status = excluded.status, newest = excluded.newest, before_milli = excluded.before_milli, before_day = excluded.before_day;

-- name: drop_level :run (officer i64, competency i64)
DELETE FROM level WHERE officer = $1 AND competency = $2;

-- name: add_history :run (officer i64, competency i64, at i64, day i64, mean_milli i64, se_milli i64, awarded i64, status i64, evidence i64?)
INSERT INTO level_history (officer, competency, at, day, mean_milli, se_milli, awarded, status, evidence)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (officer, competency, at) DO UPDATE SET day = excluded.day, mean_milli = excluded.mean_milli, se_milli = excluded.se_milli,
  awarded = excluded.awarded, status = excluded.status, evidence = excluded.evidence;

-- name: history :many (officer i64, competency i64) -> (at i64, day i64, mean_milli i64, se_milli i64, awarded i64, status i64, evidence i64?)
SELECT at, day, mean_milli, se_milli, awarded, status, evidence FROM level_history WHERE officer = $1 AND competency = $2 ORDER BY at;

-- name: needed :many (officer i64, day i64) -> (competency i64, level i64, organisation i64, grp str)
SELECT n.competency, n.level, p.organisation, p.grp
FROM officer_posting p
JOIN position_needs n ON n.position = p.position AND n.from_day <= $2 AND (n.until_day IS NULL OR n.until_day >= $2)
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY n.competency;

-- name: officers :many (after i64, day i64, everybody i64, most i64) -> (officer i64, organisation i64, grp str)
-- Officers posted on the day, by id: everybody, or those of whom something was read on an earlier day.
SELECT p.officer, p.organisation, p.grp FROM officer_posting p
WHERE p.officer > $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
  AND ($3 <> 0 OR NOT EXISTS (SELECT 1 FROM contribution c WHERE c.officer = p.officer)
    OR EXISTS (SELECT 1 FROM contribution c WHERE c.officer = p.officer AND c.as_of <> $2))
ORDER BY p.officer LIMIT $4;

-- name: officer_count :one () -> (n i64)
SELECT count(*) FROM officer_posting WHERE until_day IS NULL;

-- ---- pages ---------------------------------------------------------------------------------------------------------

-- name: place :maybe (officer i64, day i64, language str) -> (officer_name str, grp str, position i64, position_name str, organisation i64, organisation_name str, map i64?)
-- Where the officer stands, and the map in force there.
SELECT p.name, p.grp, p.position, COALESCE(pt.text, pe.text, q.code), p.organisation, COALESCE(ot.text, oe.text, g.code), m.id
FROM officer_posting p
JOIN position q ON q.id = p.position
JOIN organisation g ON g.id = p.organisation
LEFT JOIN frac_name pe ON pe.subject = p.position AND pe.language = 'en'
LEFT JOIN frac_name pt ON pt.subject = p.position AND pt.language = $3
LEFT JOIN org_name oe ON oe.subject = p.organisation AND oe.language = 'en'
LEFT JOIN org_name ot ON ot.subject = p.organisation AND ot.language = $3
LEFT JOIN position_map m ON m.position = p.position AND m.from_day <= $2 AND (m.until_day IS NULL OR m.until_day >= $2)
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY p.from_day DESC, p.id DESC LIMIT 1;

-- name: map_size :one (map i64) -> (roles i64, activities i64)
SELECT count(DISTINCT role), count(DISTINCT activity) FROM map_item WHERE map = $1;

-- name: map_roles :many (map i64, language str) -> (role i64, competency i64, name str)
-- Which role needs which competency.
SELECT DISTINCT i.role, i.competency, COALESCE(t.text, e.text, r.code)
FROM map_item i
JOIN frac_role r ON r.id = i.role
LEFT JOIN frac_name e ON e.subject = i.role AND e.language = 'en'
LEFT JOIN frac_name t ON t.subject = i.role AND t.language = $2
WHERE i.map = $1;

-- name: supervisor_name :maybe (officer i64, day i64) -> (name str)
SELECT s.name
FROM officer_posting p JOIN officer s ON s.id = p.supervisor
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY p.from_day DESC, p.id DESC LIMIT 1;

-- name: enrolments :many (officer i64, language str) -> (course i64, title str, state i64, modules i64, done i64)
-- Courses begun and not completed, the last touched first.
SELECT n.course, COALESCE(t.text, e.text, h.text, c.code), n.state,
  (SELECT count(*) FROM module m WHERE m.course = n.course),
  (SELECT count(*) FROM module m JOIN module_progress g ON g.module = m.id AND g.officer = n.officer WHERE m.course = n.course AND g.finished IS NOT NULL)
FROM enrolment n
JOIN course c ON c.id = n.course
LEFT JOIN learning_title e ON e.subject = n.course AND e.language = 'en'
LEFT JOIN learning_title t ON t.subject = n.course AND t.language = $2
LEFT JOIN learning_title h ON h.subject = n.course AND h.language = 'hi'
WHERE n.officer = $1 AND n.state IN (1, 2)
ORDER BY n.changed DESC, n.course LIMIT 5;

-- ---- reports on positions ------------------------------------------------------------------------------------------

-- name: report_add :run (id i64, officer i64, position i64, organisation i64, text str, created i64)
INSERT INTO position_report (id, officer, position, organisation, text, state, created, changed) VALUES ($1, $2, $3, $4, $5, 0, $6, $6);

-- name: report :maybe (id i64, language str) -> (id i64, officer i64, officer_name str, position i64, position_name str, organisation i64, organisation_name str, text str, state i64, answer str?, answered_name str?, created i64, changed i64)
SELECT r.id, r.officer, o.name, r.position, COALESCE(pt.text, pe.text, q.code), r.organisation, COALESCE(ot.text, oe.text, g.code), r.text, r.state, r.answer, a.name, r.created, r.changed
FROM position_report r
JOIN officer o ON o.id = r.officer
JOIN position q ON q.id = r.position
JOIN organisation g ON g.id = r.organisation
LEFT JOIN account a ON a.id = r.answered_by
LEFT JOIN frac_name pe ON pe.subject = r.position AND pe.language = 'en'
LEFT JOIN frac_name pt ON pt.subject = r.position AND pt.language = $2
LEFT JOIN org_name oe ON oe.subject = r.organisation AND oe.language = 'en'
LEFT JOIN org_name ot ON ot.subject = r.organisation AND ot.language = $2
WHERE r.id = $1;

-- name: reports_own :many (officer i64) -> (id i64, state i64, created i64, changed i64, text str)
SELECT id, state, created, changed, text FROM position_report WHERE officer = $1 ORDER BY id DESC LIMIT 20;

-- name: reports_open :one (officer i64) -> (n i64)
SELECT count(*) FROM position_report WHERE officer = $1 AND state IN (0, 1);

-- name: reports_count :one (account i64, day i64, low i64, high i64) -> (n i64)
-- Reports in a state from low to high, of organisations that the account may answer for.
SELECT count(*) FROM position_report r
WHERE r.state >= $3 AND r.state <= $4 AND EXISTS (
  SELECT 1 FROM role_grant g JOIN role_permission p ON p.role = g.role AND p.permission = 'report.answer'
  WHERE g.account = $1 AND g.from_day <= $2 AND (g.until_day IS NULL OR g.until_day >= $2)
    AND (p.reach = 5 OR (p.reach = 3 AND EXISTS (SELECT 1 FROM organisation_above u WHERE u.organisation = r.organisation AND u.ancestor = g.organisation))));

-- name: reports :many (account i64, day i64, low i64, high i64, language str, most i64, skip i64) -> (id i64, officer i64, officer_name str, position_name str, organisation_name str, text str, state i64, created i64, changed i64)
SELECT r.id, r.officer, o.name, COALESCE(pt.text, pe.text, q.code), COALESCE(ot.text, oe.text, h.code), r.text, r.state, r.created, r.changed
FROM position_report r
JOIN officer o ON o.id = r.officer
JOIN position q ON q.id = r.position
JOIN organisation h ON h.id = r.organisation
LEFT JOIN frac_name pe ON pe.subject = r.position AND pe.language = 'en'
LEFT JOIN frac_name pt ON pt.subject = r.position AND pt.language = $5
LEFT JOIN org_name oe ON oe.subject = r.organisation AND oe.language = 'en'
LEFT JOIN org_name ot ON ot.subject = r.organisation AND ot.language = $5
WHERE r.state >= $3 AND r.state <= $4 AND EXISTS (
  SELECT 1 FROM role_grant g JOIN role_permission p ON p.role = g.role AND p.permission = 'report.answer'
  WHERE g.account = $1 AND g.from_day <= $2 AND (g.until_day IS NULL OR g.until_day >= $2)
    AND (p.reach = 5 OR (p.reach = 3 AND EXISTS (SELECT 1 FROM organisation_above u WHERE u.organisation = r.organisation AND u.ancestor = g.organisation))))
ORDER BY r.id LIMIT $6 OFFSET $7;

-- name: report_answer :run (id i64, state i64, answer str?, account i64, now i64, changed i64)
-- Only if nobody has changed it since it was read.
UPDATE position_report SET state = $2, answer = $3, answered_by = $4, changed = $5 WHERE id = $1 AND changed = $6;

-- ---- notices -------------------------------------------------------------------------------------------------------

-- name: notice_answerers :run (id i64, organisation i64, day i64, subject i64, detail str, link str, created i64)
-- To every account that may answer reports of the organisation.
INSERT INTO notice (account, id, kind, subject, detail, link, created)
SELECT DISTINCT a.id, CAST($1 AS BIGINT), 'report.new', CAST($4 AS BIGINT), $5, $6, CAST($7 AS BIGINT)
FROM role_grant g
JOIN account a ON a.id = g.account AND a.state = 0
JOIN role_permission p ON p.role = g.role AND p.permission = 'report.answer'
WHERE g.from_day <= $3 AND (g.until_day IS NULL OR g.until_day >= $3)
  AND (p.reach = 5 OR (p.reach = 3 AND EXISTS (SELECT 1 FROM organisation_above u WHERE u.organisation = $2 AND u.ancestor = g.organisation)));

-- name: notice_officer :run (id i64, officer i64, kind str, subject i64, detail str, link str, created i64)
INSERT INTO notice (account, id, kind, subject, detail, link, created)
SELECT a.id, CAST($1 AS BIGINT), $3, CAST($4 AS BIGINT), $5, $6, CAST($7 AS BIGINT) FROM account a WHERE a.officer = $2;

-- name: notices :many (account i64, most i64) -> (id i64, kind str, detail str, link str, created i64, seen i64?)
-- Those not yet seen first, then the newest.
SELECT id, kind, detail, link, created, seen FROM notice WHERE account = $1 ORDER BY CASE WHEN seen IS NULL THEN 0 ELSE 1 END, id DESC LIMIT $2;

-- name: notices_seen :run (account i64, until i64, now i64)
UPDATE notice SET seen = $3 WHERE account = $1 AND id <= $2 AND seen IS NULL;

-- name: holders :many (position i64, day i64) -> (officer i64)
SELECT officer FROM posting WHERE position = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2) ORDER BY officer;
