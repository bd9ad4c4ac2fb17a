-- learning.sql -- the catalogue, enrolment, modules and their time.

-- name: text_put :run (subject i64, field str, language str, text str)
INSERT INTO learning_text (subject, field, language, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject, field, language) DO UPDATE SET text = excluded.text;

-- ---- search --------------------------------------------------------------------------------------------------------

-- name: index_source :many (course i64) -> (text str)
-- Everything that a course is found by, in every language.
SELECT text FROM learning_text WHERE subject = $1 AND field IN ('title', 'summary')
UNION ALL
SELECT t.text FROM course c JOIN learning_text t ON t.subject = c.provider AND t.field = 'name' WHERE c.id = $1
UNION ALL
SELECT n.text FROM course_competency m JOIN frac_name n ON n.subject = m.competency WHERE m.course = $1;

-- name: index_drop :run (course i64)
DELETE FROM course_search WHERE rowid = $1;

-- name: index_put :run (course i64, words str)
-- Words come folded and split by single spaces, so PostgreSQL's parser is not asked.
-- sqlite:
INSERT INTO course_search (rowid, words) VALUES ($1, $2);
-- postgres:
INSERT INTO course_search (rowid, words) VALUES ($1, array_to_tsvector(string_to_array($2, ' ')));

-- name: find :many (query str, lang str, officer i64, competency i64?, language str?, provider i64?, level i64?, sort i64, most i64, skip i64) -> (id i64, title str, summary str, provider str, competency str, language str, minutes i64, complete i64, entry i64, exit i64, state i64)
-- query: search_query's words, '' for all. sort: 0 closest to the words, 1 shortest, 2 newest.
-- sqlite:
WITH hit AS MATERIALIZED (SELECT rowid AS course, rank AS score FROM course_search WHERE course_search MATCH CASE WHEN $1 = '' THEN '""' ELSE $1 END)
SELECT c.id, COALESCE(t.text, (SELECT o.text FROM learning_title o WHERE o.subject = c.id ORDER BY o.language LIMIT 1), c.code),
    COALESCE(s.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.id AND o.field = 'summary' ORDER BY o.language LIMIT 1), ''),
    COALESCE(p.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.provider AND o.field = 'name' ORDER BY o.language LIMIT 1), ''),
    COALESCE((SELECT n.text FROM course_competency m JOIN frac_name n ON n.subject = m.competency WHERE m.course = c.id AND n.language IN ($2, 'en')
        ORDER BY m.exit DESC, m.competency, CASE WHEN n.language = $2 THEN 0 ELSE 1 END LIMIT 1), ''),
    c.language, c.minutes, c.complete, COALESCE((SELECT min(m.entry) FROM course_competency m WHERE m.course = c.id), 0),
    COALESCE((SELECT max(m.exit) FROM course_competency m WHERE m.course = c.id), 0), COALESCE(e.state, 0)
FROM course c
LEFT JOIN hit ON hit.course = c.id
LEFT JOIN learning_title t ON t.subject = c.id AND t.language = $2
LEFT JOIN learning_text s ON s.subject = c.id AND s.field = 'summary' AND s.language = $2
LEFT JOIN learning_text p ON p.subject = c.provider AND p.field = 'name' AND p.language = $2
LEFT JOIN enrolment e ON e.officer = $3 AND e.course = c.id
WHERE ($1 = '' OR hit.course IS NOT NULL)
    AND ($4 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.competency = $4))
    AND ($5 IS NULL OR c.language = $5) AND ($6 IS NULL OR c.provider = $6)
    AND ($7 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.exit >= $7 AND ($4 IS NULL OR m.competency = $4)))
ORDER BY CASE $8 WHEN 1 THEN c.minutes WHEN 2 THEN -c.id ELSE 0 END, COALESCE(hit.score, 0), c.complete DESC, c.id
LIMIT $9 OFFSET $10;
-- postgres:
WITH hit AS MATERIALIZED (SELECT rowid AS course, -ts_rank(words, CAST($1 AS tsquery)) AS score FROM course_search WHERE words @@ CAST($1 AS tsquery))
SELECT c.id, COALESCE(t.text, (SELECT o.text FROM learning_title o WHERE o.subject = c.id ORDER BY o.language LIMIT 1), c.code),
    COALESCE(s.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.id AND o.field = 'summary' ORDER BY o.language LIMIT 1), ''),
    COALESCE(p.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.provider AND o.field = 'name' ORDER BY o.language LIMIT 1), ''),
    COALESCE((SELECT n.text FROM course_competency m JOIN frac_name n ON n.subject = m.competency WHERE m.course = c.id AND n.language IN ($2, 'en')
        ORDER BY m.exit DESC, m.competency, CASE WHEN n.language = $2 THEN 0 ELSE 1 END LIMIT 1), ''),
    c.language, c.minutes, c.complete, COALESCE((SELECT min(m.entry) FROM course_competency m WHERE m.course = c.id), 0),
    COALESCE((SELECT max(m.exit) FROM course_competency m WHERE m.course = c.id), 0), COALESCE(e.state, 0)
FROM course c
LEFT JOIN hit ON hit.course = c.id
LEFT JOIN learning_title t ON t.subject = c.id AND t.language = $2
LEFT JOIN learning_text s ON s.subject = c.id AND s.field = 'summary' AND s.language = $2
LEFT JOIN learning_text p ON p.subject = c.provider AND p.field = 'name' AND p.language = $2
LEFT JOIN enrolment e ON e.officer = $3 AND e.course = c.id
WHERE ($1 = '' OR hit.course IS NOT NULL)
    AND ($4 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.competency = $4))
    AND ($5 IS NULL OR c.language = $5) AND ($6 IS NULL OR c.provider = $6)
    AND ($7 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.exit >= $7 AND ($4 IS NULL OR m.competency = $4)))
ORDER BY CASE $8 WHEN 1 THEN c.minutes WHEN 2 THEN -c.id ELSE 0 END, COALESCE(hit.score, 0), c.complete DESC, c.id
LIMIT $9 OFFSET $10;

-- name: find_count :one (query str, competency i64?, language str?, provider i64?, level i64?) -> (n i64)
-- sqlite:
SELECT count(*) FROM course c
WHERE ($1 = '' OR c.id IN (SELECT rowid FROM course_search WHERE course_search MATCH CASE WHEN $1 = '' THEN '""' ELSE $1 END))
    AND ($2 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.competency = $2))
    AND ($3 IS NULL OR c.language = $3) AND ($4 IS NULL OR c.provider = $4)
    AND ($5 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.exit >= $5 AND ($2 IS NULL OR m.competency = $2)));
-- postgres:
SELECT count(*) FROM course c
WHERE ($1 = '' OR c.id IN (SELECT rowid FROM course_search WHERE words @@ CAST($1 AS tsquery)))
    AND ($2 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.competency = $2))
    AND ($3 IS NULL OR c.language = $3) AND ($4 IS NULL OR c.provider = $4)
    AND ($5 IS NULL OR EXISTS (SELECT 1 FROM course_competency m WHERE m.course = c.id AND m.exit >= $5 AND ($2 IS NULL OR m.competency = $2)));

-- name: yours :many (officer i64, lang str, least i64, most i64) -> (id i64, title str, provider str, language str, minutes i64, state i64, modules i64, finished i64)
-- Her courses in these states, the one touched last first.
SELECT c.id, COALESCE(t.text, (SELECT o.text FROM learning_title o WHERE o.subject = c.id ORDER BY o.language LIMIT 1), c.code),
    COALESCE(p.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.provider AND o.field = 'name' ORDER BY o.language LIMIT 1), ''),
    c.language, c.minutes, e.state, (SELECT count(*) FROM module m WHERE m.course = c.id),
    (SELECT count(*) FROM module m JOIN module_progress g ON g.officer = $1 AND g.module = m.id WHERE m.course = c.id AND g.finished IS NOT NULL)
FROM enrolment e
JOIN course c ON c.id = e.course
LEFT JOIN learning_title t ON t.subject = c.id AND t.language = $2
LEFT JOIN learning_text p ON p.subject = c.provider AND p.field = 'name' AND p.language = $2
WHERE e.officer = $1 AND e.state BETWEEN $3 AND $4
ORDER BY e.changed DESC, c.id;

-- name: yours_count :one (officer i64) -> (open i64, done i64)
SELECT CAST(COALESCE(sum(CASE WHEN state IN (1, 2) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(sum(CASE WHEN state = 3 THEN 1 ELSE 0 END), 0) AS BIGINT)
FROM enrolment WHERE officer = $1;

-- ---- what can be chosen ----------------------------------------------------------------------------------------------

-- name: providers :many (lang str) -> (id i64, name str)
SELECT p.id, COALESCE(t.text, (SELECT o.text FROM learning_text o WHERE o.subject = p.id AND o.field = 'name' ORDER BY o.language LIMIT 1), p.code) AS name
FROM provider p LEFT JOIN learning_text t ON t.subject = p.id AND t.field = 'name' AND t.language = $1
WHERE EXISTS (SELECT 1 FROM course c WHERE c.provider = p.id)
ORDER BY name, p.id;

-- name: competencies :many (lang str) -> (id i64, name str)
SELECT c.id, COALESCE(t.text, e.text, c.code) AS name
FROM competency c
LEFT JOIN frac_name t ON t.subject = c.id AND t.language = $1
LEFT JOIN frac_name e ON e.subject = c.id AND e.language = 'en'
WHERE EXISTS (SELECT 1 FROM course_competency m WHERE m.competency = c.id)
ORDER BY name, c.id;

-- name: languages :many () -> (language str)
SELECT DISTINCT language FROM course ORDER BY language;

-- ---- one course ------------------------------------------------------------------------------------------------------

-- name: course :maybe (id i64, lang str) -> (id i64, code str, title str, summary str, provider i64, provider_name str, language str, minutes i64, category str, source_id str?, complete i64)
SELECT c.id, c.code, COALESCE(t.text, (SELECT o.text FROM learning_title o WHERE o.subject = c.id ORDER BY o.language LIMIT 1), c.code),
    COALESCE(s.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.id AND o.field = 'summary' ORDER BY o.language LIMIT 1), ''),
    c.provider, COALESCE(p.text, (SELECT o.text FROM learning_text o WHERE o.subject = c.provider AND o.field = 'name' ORDER BY o.language LIMIT 1), ''),
    c.language, c.minutes, c.category, c.source_id, c.complete
FROM course c
LEFT JOIN learning_title t ON t.subject = c.id AND t.language = $2
LEFT JOIN learning_text s ON s.subject = c.id AND s.field = 'summary' AND s.language = $2
LEFT JOIN learning_text p ON p.subject = c.provider AND p.field = 'name' AND p.language = $2
WHERE c.id = $1;

-- name: teaches :many (course i64, lang str) -> (competency i64, name str, entry i64, exit i64, reviewed i64)
SELECT m.competency, COALESCE(t.text, e.text, c.code), m.entry, m.exit, m.reviewed
FROM course_competency m
JOIN competency c ON c.id = m.competency
LEFT JOIN frac_name t ON t.subject = m.competency AND t.language = $2
LEFT JOIN frac_name e ON e.subject = m.competency AND e.language = 'en'
WHERE m.course = $1 ORDER BY m.exit DESC, m.competency;

-- name: modules :many (course i64, officer i64) -> (id i64, seq i64, kind str, minutes i64, title str, counted_ms i64, place i64, finished i64?)
SELECT m.id, m.seq, m.kind, m.minutes, m.title, COALESCE(g.counted_ms, 0), COALESCE(g.place, 0), g.finished
FROM module m LEFT JOIN module_progress g ON g.officer = $2 AND g.module = m.id
WHERE m.course = $1 ORDER BY m.seq;

-- name: module :maybe (id i64, course i64, officer i64) -> (seq i64, kind str, minutes i64, title str, body str, file str?, language str, counted_ms i64, place i64, finished i64?)
SELECT m.seq, m.kind, m.minutes, m.title, m.body, m.file, c.language, COALESCE(g.counted_ms, 0), COALESCE(g.place, 0), g.finished
FROM module m JOIN course c ON c.id = m.course LEFT JOIN module_progress g ON g.officer = $3 AND g.module = m.id
WHERE m.id = $1 AND m.course = $2;

-- ---- enrolment -------------------------------------------------------------------------------------------------------

-- name: enrolment :maybe (officer i64, course i64) -> (state i64, last_module i64?)
SELECT state, last_module FROM enrolment WHERE officer = $1 AND course = $2;

-- name: module_count :one (course i64, officer i64) -> (modules i64, finished i64)
SELECT count(*), count(g.finished) FROM module m LEFT JOIN module_progress g ON g.officer = $2 AND g.module = m.id WHERE m.course = $1;

-- name: enrol :run (officer i64, course i64, state i64, now i64)
INSERT INTO enrolment (officer, course, state, created, changed) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (officer, course) DO UPDATE SET state = excluded.state, changed = excluded.changed;

-- name: set_state :run (officer i64, course i64, state i64, now i64)
UPDATE enrolment SET state = $3, changed = $4 WHERE officer = $1 AND course = $2;

-- name: set_last :run (officer i64, course i64, module i64, now i64)
UPDATE enrolment SET last_module = $3, changed = $4 WHERE officer = $1 AND course = $2;

-- ---- time ------------------------------------------------------------------------------------------------------------

-- name: last_beat :one (officer i64) -> (beat i64?)
-- On any module: an hour counts once, however many tabs are open.
SELECT max(beat) FROM module_progress WHERE officer = $1;

-- name: beat :run (officer i64, module i64, credit i64, now i64, place i64?)
INSERT INTO module_progress (officer, module, counted_ms, beat, place) VALUES ($1, $2, $3, $4, COALESCE($5, 0))
ON CONFLICT (officer, module) DO UPDATE SET counted_ms = module_progress.counted_ms + excluded.counted_ms, beat = excluded.beat, place = COALESCE($5, module_progress.place);

-- name: progress :maybe (officer i64, module i64) -> (counted_ms i64, beat i64, finished i64?)
SELECT counted_ms, beat, finished FROM module_progress WHERE officer = $1 AND module = $2;

-- name: finish :run (officer i64, module i64, now i64)
UPDATE module_progress SET finished = $3 WHERE officer = $1 AND module = $2 AND finished IS NULL;

-- ---- what to take next -------------------------------------------------------------------------------------------------

-- name: offers :each () -> (course i64, competency i64, entry i64, exit i64, minutes i64, complete i64, started i64, done i64)
-- In order of competency; started, done: enrolments and how many of them passed.
SELECT m.course, m.competency, m.entry, m.exit, c.minutes, c.complete, COALESCE(e.started, 0), COALESCE(e.done, 0)
FROM course_competency m
JOIN course c ON c.id = m.course
LEFT JOIN (SELECT course, count(*) AS started, CAST(sum(CASE WHEN state = 3 THEN 1 ELSE 0 END) AS BIGINT) AS done FROM enrolment GROUP BY course) e ON e.course = m.course
WHERE c.language IN ('en', 'hi')
ORDER BY m.competency, m.course;

-- name: title :maybe (course i64, lang str) -> (title str, language str)
SELECT COALESCE(t.text, (SELECT o.text FROM learning_title o WHERE o.subject = c.id ORDER BY o.language LIMIT 1), c.code), c.language
FROM course c LEFT JOIN learning_title t ON t.subject = c.id AND t.language = $2 WHERE c.id = $1;

-- name: states :many (officer i64) -> (course i64, state i64)
SELECT course, state FROM enrolment WHERE officer = $1;
