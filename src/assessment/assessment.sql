-- assessment.sql -- drawing, answering and scoring tests; proctored results.

-- ---- the bank ------------------------------------------------------------------------------------------------------

-- name: main_competency :maybe (course i64) -> (competency i64, exit i64)
-- The competency with the most items of the course's bank, and the level that the course teaches it up to.
SELECT i.competency, COALESCE(m.exit, max(i.level))
FROM item i LEFT JOIN course_competency m ON m.course = i.course AND m.competency = i.competency
WHERE i.course = $1 GROUP BY i.competency, m.exit ORDER BY count(*) DESC, i.competency LIMIT 1;

-- name: bank_of_course :many (officer i64, course i64, highest i64) -> (id i64, level i64, seen i64)
SELECT i.id, i.level, (SELECT count(*) FROM attempt_item t WHERE t.officer = $1 AND t.item = i.id)
FROM item i WHERE i.course = $2 AND i.level <= $3 ORDER BY i.id;

-- name: bank_of_competency :many (officer i64, competency i64, highest i64, language str) -> (id i64, level i64, seen i64)
SELECT i.id, i.level, (SELECT count(*) FROM attempt_item t WHERE t.officer = $1 AND t.item = i.id)
FROM item i WHERE i.competency = $2 AND i.level <= $3 AND i.language = $4 ORDER BY i.id;

-- name: bank_most :maybe (competency i64, highest i64) -> (n i64)
-- In the language that has the most.
SELECT count(*) FROM item WHERE competency = $1 AND level <= $2 GROUP BY language ORDER BY count(*) DESC LIMIT 1;

-- ---- attempts ------------------------------------------------------------------------------------------------------

-- name: open_test :maybe (officer i64, course i64) -> (id i64)
SELECT id FROM attempt WHERE officer = $1 AND kind = 'course_test' AND course = $2 AND submitted IS NULL ORDER BY id DESC LIMIT 1;

-- name: open_diagnostic :maybe (officer i64, competency i64) -> (id i64)
SELECT id FROM attempt WHERE officer = $1 AND kind = 'diagnostic' AND competency = $2 AND submitted IS NULL ORDER BY id DESC LIMIT 1;

-- name: tests_before :one (officer i64, course i64) -> (n i64)
SELECT count(*) FROM attempt WHERE officer = $1 AND kind = 'course_test' AND course = $2;

-- name: diagnostics_before :one (officer i64, competency i64) -> (n i64, newest i64?)
SELECT count(*), max(started) FROM attempt WHERE officer = $1 AND kind = 'diagnostic' AND competency = $2;

-- name: diagnostic_live :many (officer i64, competency i64) -> (evidence i64)
-- Evidence of earlier diagnostic tests that may still count, newest first.
SELECT evidence FROM attempt WHERE officer = $1 AND kind = 'diagnostic' AND competency = $2 AND evidence IS NOT NULL ORDER BY id DESC;

-- name: attempt_add :run (officer i64, id i64, kind str, course i64?, competency i64, target i64, number i64, started i64, deadline i64, questions i64, unseen i64)
INSERT INTO attempt (officer, id, kind, course, competency, target, number, started, deadline, questions, unseen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: item_add :run (officer i64, attempt i64, seq i64, item i64, shuffle i64)
INSERT INTO attempt_item (officer, attempt, seq, item, shuffle) VALUES ($1, $2, $3, $4, $5);

-- name: attempt :maybe (officer i64, id i64) -> (kind str, course i64?, competency i64, target i64, number i64, started i64, deadline i64, submitted i64?, questions i64, correct i64?, unseen i64, evidence i64?, answered i64)
SELECT t.kind, t.course, t.competency, t.target, t.number, t.started, t.deadline, t.submitted, t.questions, t.correct, t.unseen, t.evidence,
    (SELECT count(*) FROM attempt_item q WHERE q.officer = t.officer AND q.attempt = t.id AND q.answer IS NOT NULL)
FROM attempt t WHERE t.officer = $1 AND t.id = $2;

-- name: questions :many (officer i64, attempt i64) -> (seq i64, item i64, shuffle i64, answer i64?, level i64, language str, stem str, option_a str, option_b str, option_c str, option_d str, correct i64, rationale str)
SELECT q.seq, q.item, q.shuffle, q.answer, i.level, i.language, i.stem, i.option_a, i.option_b, i.option_c, i.option_d, i.answer, i.rationale
FROM attempt_item q JOIN item i ON i.id = q.item WHERE q.officer = $1 AND q.attempt = $2 ORDER BY q.seq;

-- name: shuffle :maybe (officer i64, attempt i64, seq i64) -> (shuffle i64)
SELECT shuffle FROM attempt_item WHERE officer = $1 AND attempt = $2 AND seq = $3;

-- name: answer :run (officer i64, attempt i64, seq i64, answer i64, now i64)
UPDATE attempt_item SET answer = $4, answered = $5 WHERE officer = $1 AND attempt = $2 AND seq = $3;

-- name: score :one (officer i64, attempt i64) -> (answered i64, correct i64, level_sum i64)
SELECT count(q.answer), CAST(COALESCE(sum(CASE WHEN q.answer = i.answer THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(sum(i.level), 0) AS BIGINT)
FROM attempt_item q JOIN item i ON i.id = q.item WHERE q.officer = $1 AND q.attempt = $2;

-- name: submit :run (officer i64, attempt i64, now i64, correct i64, evidence i64?)
UPDATE attempt SET submitted = $3, correct = $4, evidence = $5 WHERE officer = $1 AND id = $2 AND submitted IS NULL;

-- ---- pages ---------------------------------------------------------------------------------------------------------

-- name: names :one (course i64, competency i64, lang str) -> (course_title str?, competency_name str)
SELECT COALESCE((SELECT text FROM learning_title WHERE subject = $1 AND language = $3), (SELECT text FROM learning_title WHERE subject = $1 ORDER BY language LIMIT 1)),
    COALESCE((SELECT text FROM frac_name WHERE subject = $2 AND language = $3), (SELECT text FROM frac_name WHERE subject = $2 AND language = 'en'), '');

-- name: required :one (officer i64, competency i64, day i64) -> (level i64)
SELECT COALESCE(max(n.level), 0)
FROM officer_posting p JOIN position_needs n ON n.position = p.position AND n.from_day <= $3 AND (n.until_day IS NULL OR n.until_day >= $3)
WHERE p.officer = $1 AND n.competency = $2 AND p.from_day <= $3 AND (p.until_day IS NULL OR p.until_day >= $3);

-- ---- proctored results -----------------------------------------------------------------------------------------------

-- name: officers_like :many (pattern str, day i64, lang str) -> (officer i64, name str, position str, organisation str)
SELECT p.officer, p.name, COALESCE(t.text, e.text, ''), COALESCE(l.text, g.text, '')
FROM officer_posting p
LEFT JOIN frac_name t ON t.subject = p.position AND t.language = $3
LEFT JOIN frac_name e ON e.subject = p.position AND e.language = 'en'
LEFT JOIN org_name l ON l.subject = p.organisation AND l.language = $3
LEFT JOIN org_name g ON g.subject = p.organisation AND g.language = 'en'
WHERE lower(p.name) LIKE $1 ESCAPE '!' AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY p.name, p.officer LIMIT 20;

-- name: officer :maybe (officer i64, day i64, lang str) -> (officer i64, name str, position str, organisation str)
SELECT p.officer, p.name, COALESCE(t.text, e.text, ''), COALESCE(l.text, g.text, '')
FROM officer_posting p
LEFT JOIN frac_name t ON t.subject = p.position AND t.language = $3
LEFT JOIN frac_name e ON e.subject = p.position AND e.language = 'en'
LEFT JOIN org_name l ON l.subject = p.organisation AND l.language = $3
LEFT JOIN org_name g ON g.subject = p.organisation AND g.language = 'en'
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY p.id DESC LIMIT 1;

-- name: competencies :many (officer i64, day i64, lang str) -> (id i64, name str, required i64)
-- All of them; required: the level that the officer's position needs, 0 if it does not.
SELECT c.id, COALESCE(t.text, e.text, c.code) AS name, COALESCE((SELECT max(n.level)
    FROM officer_posting p JOIN position_needs n ON n.position = p.position AND n.from_day <= $2 AND (n.until_day IS NULL OR n.until_day >= $2)
    WHERE p.officer = $1 AND n.competency = c.id AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)), 0)
FROM competency c
LEFT JOIN frac_name t ON t.subject = c.id AND t.language = $3
LEFT JOIN frac_name e ON e.subject = c.id AND e.language = 'en'
ORDER BY name, c.id;

-- name: recorded :many (account i64, lang str) -> (officer i64, evidence i64, officer_name str, competency_name str, level_milli i64, variance f64, day i64, state i64, note str?, created i64)
SELECT e.officer, e.id, o.name, COALESCE(t.text, n.text, ''), e.level_milli, e.variance, e.day, e.state, e.note, e.created
FROM evidence e
JOIN officer o ON o.id = e.officer
LEFT JOIN frac_name t ON t.subject = e.competency AND t.language = $2
LEFT JOIN frac_name n ON n.subject = e.competency AND n.language = 'en'
WHERE e.recorded_by = $1 AND e.kind = 'proctored' ORDER BY e.created DESC, e.id DESC LIMIT 20;

-- name: recorded_one :maybe (officer i64, evidence i64, account i64) -> (competency i64, level_milli i64, variance f64, day i64, state i64, note str?)
SELECT competency, level_milli, variance, day, state, note FROM evidence
WHERE officer = $1 AND id = $2 AND recorded_by = $3 AND kind = 'proctored';

-- name: recorded_same :many (officer i64, competency i64, day i64, level_milli i64, note str) -> (id i64)
-- The same result again: a form sent twice, or two assessors with one paper.
SELECT id FROM evidence
WHERE officer = $1 AND competency = $2 AND day = $3 AND level_milli = $4 AND note = $5 AND kind = 'proctored' AND state = 1;
