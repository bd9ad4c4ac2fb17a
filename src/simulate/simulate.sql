-- name: positions :many (day i64) -> (id i64, organisation i64, grp str, service i64?, filled i64, map i64)
-- Positions whose map is in force on the day.
SELECT p.id, p.organisation, p.grp, p.service, p.filled, m.id
FROM position p JOIN position_map m ON m.position = p.id AND m.from_day <= $1 AND (m.until_day IS NULL OR m.until_day >= $1)
ORDER BY p.code;

-- name: offices :many (parent i64) -> (id i64)
-- Where the holders of a position may sit besides the organisation itself.
SELECT id FROM organisation WHERE parent = $1 AND kind IN ('attached', 'subordinate', 'office') ORDER BY code;

-- name: needs :many (map i64) -> (competency i64, level i64)
SELECT competency, level FROM requirement WHERE map = $1 ORDER BY competency;

-- name: courses :many () -> (competency i64, course i64, exit i64)
SELECT cc.competency, c.id, cc.exit FROM course c JOIN course_competency cc ON cc.course = c.id ORDER BY cc.competency, c.code;

-- name: last_id :one () -> (id i64)
SELECT max(id) FROM (SELECT COALESCE(max(id), 0) AS id FROM officer UNION ALL SELECT COALESCE(max(id), 0) FROM account UNION ALL SELECT COALESCE(max(id), 0) FROM position_map) x;

-- name: enrolment_add :run (officer i64, course i64, state i64, created i64, changed i64)
INSERT INTO enrolment (officer, course, state, created, changed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (officer, course) DO NOTHING;

-- name: learning_event_add :run (officer i64, competency i64, day i64, source i64?)
INSERT INTO learning_event (officer, competency, day, source) VALUES ($1, $2, $3, $4);
