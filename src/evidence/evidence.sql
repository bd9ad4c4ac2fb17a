-- name: add :run (officer i64, id i64, competency i64, class i64, kind str, level_milli i64, variance f64, day i64, nle i64, weight i128, state i64, source i64?, recorded_by i64?, note str?, created i64)
INSERT INTO evidence (officer, id, competency, class, kind, level_milli, variance, day, nle, weight, state, source, recorded_by, note, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: get :one (officer i64, id i64) -> (competency i64, class i64, level_milli i64, day i64, nle i64, weight i128, state i64)
SELECT competency, class, level_milli, day, nle, weight, state FROM evidence WHERE officer = $1 AND id = $2;

-- name: set_state :run (officer i64, id i64, state i64)
UPDATE evidence SET state = $3 WHERE officer = $1 AND id = $2;

-- name: set_weight :run (officer i64, id i64, nle i64, weight i128)
UPDATE evidence SET nle = $3, weight = $4 WHERE officer = $1 AND id = $2;

-- name: live_of_source :maybe (officer i64, competency i64, source i64) -> (id i64)
-- The counting course test of this course, if there is one.
SELECT id FROM evidence WHERE officer = $1 AND competency = $2 AND source = $3 AND kind = 'course_test' AND state = 1;

-- name: events_until :one (officer i64, competency i64, day i64) -> (n i64)
SELECT count(*) FROM learning_event WHERE officer = $1 AND competency = $2 AND day <= $3;

-- name: event_near :maybe (officer i64, competency i64, from_day i64, until_day i64) -> (day i64)
SELECT day FROM learning_event WHERE officer = $1 AND competency = $2 AND day BETWEEN $3 AND $4 ORDER BY day LIMIT 1;

-- name: event_add :run (officer i64, competency i64, day i64, source i64?)
INSERT INTO learning_event (officer, competency, day, source) VALUES ($1, $2, $3, $4);

-- name: later_than :maybe (officer i64, competency i64, day i64) -> (id i64)
-- Evidence dated on or after the day: a learning event recorded late changes what it carries.
SELECT id FROM evidence WHERE officer = $1 AND competency = $2 AND day >= $3 AND state = 1 ORDER BY id LIMIT 1;

-- name: counting :many (officer i64, competency i64) -> (id i64, class i64, level_milli i64, variance f64, day i64, nle i64, weight i128)
SELECT id, class, level_milli, variance, day, nle, weight FROM evidence WHERE officer = $1 AND competency = $2 AND state = 1 ORDER BY day, id;

-- name: competencies :many (officer i64) -> (competency i64)
SELECT DISTINCT competency FROM evidence WHERE officer = $1 ORDER BY competency;

-- name: newest_day :one (officer i64, competency i64) -> (day i64?)
SELECT max(day) FROM evidence WHERE officer = $1 AND competency = $2 AND state = 1;

-- name: lines :many (officer i64, competency i64) -> (id i64, day i64, class i64, level_milli i64, nle i64, state i64, source i64?, recorded_by i64?, created i64, variance f64, weight i128, kind str, note str?, recorded_by_name str?)
SELECT e.id, e.day, e.class, e.level_milli, e.nle, e.state, e.source, e.recorded_by, e.created, e.variance, e.weight, e.kind, e.note, a.name
FROM evidence e LEFT JOIN account a ON a.id = e.recorded_by
WHERE e.officer = $1 AND e.competency = $2 ORDER BY e.day DESC, e.id DESC;
