-- learning_import.sql -- what `igot import` reads and writes of providers, courses and their modules.

-- name: provider :maybe (code str) -> (id i64, organisation i64?)
SELECT id, organisation FROM provider WHERE code = $1;

-- name: provider_add :run (id i64, code str, organisation i64?)
INSERT INTO provider (id, code, organisation) VALUES ($1, $2, $3);

-- name: provider_set :run (id i64, organisation i64?)
UPDATE provider SET organisation = $2 WHERE id = $1;

-- name: course :maybe (code str) -> (id i64, provider i64, language str, minutes i64, category str, source_id str?)
SELECT id, provider, language, minutes, category, source_id FROM course WHERE code = $1;

-- name: course_add :run (id i64, code str, provider i64, language str, minutes i64, category str, source_id str?)
INSERT INTO course (id, code, provider, language, minutes, category, source_id) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: course_set :run (id i64, provider i64, language str, minutes i64, category str, source_id str?)
UPDATE course SET provider = $2, language = $3, minutes = $4, category = $5, source_id = $6 WHERE id = $1;

-- name: course_complete :run (id i64, enough_items i64)
-- Changes nothing where it already is so.
UPDATE course SET complete = CASE WHEN $2 = 1 AND EXISTS (SELECT 1 FROM module m WHERE m.course = course.id) THEN 1 ELSE 0 END
WHERE id = $1 AND complete <> CASE WHEN $2 = 1 AND EXISTS (SELECT 1 FROM module m WHERE m.course = course.id) THEN 1 ELSE 0 END;

-- name: course_of_provider :many (provider i64) -> (id i64)
SELECT id FROM course WHERE provider = $1 ORDER BY id;

-- name: course_of_competency :many (competency i64) -> (id i64)
SELECT course FROM course_competency WHERE competency = $1 ORDER BY course;

-- name: teaches :maybe (course i64, competency i64) -> (entry i64, exit i64, reviewed i64)
SELECT entry, exit, reviewed FROM course_competency WHERE course = $1 AND competency = $2;

-- name: teaches_put :run (course i64, competency i64, entry i64, exit i64, reviewed i64)
INSERT INTO course_competency (course, competency, entry, exit, reviewed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (course, competency) DO UPDATE SET entry = excluded.entry, exit = excluded.exit, reviewed = excluded.reviewed;

-- name: module :maybe (course i64, seq i64) -> (id i64, kind str, minutes i64, title str, body str, file str?)
SELECT id, kind, minutes, title, body, file FROM module WHERE course = $1 AND seq = $2;

-- name: module_add :run (id i64, course i64, seq i64, kind str, minutes i64, title str, body str, file str?)
INSERT INTO module (id, course, seq, kind, minutes, title, body, file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: module_set :run (id i64, kind str, minutes i64, title str, body str, file str?)
UPDATE module SET kind = $2, minutes = $3, title = $4, body = $5, file = $6 WHERE id = $1;

-- name: text :maybe (subject i64, field str, language str) -> (text str)
SELECT text FROM learning_text WHERE subject = $1 AND field = $2 AND language = $3;

-- name: text_put :run (subject i64, field str, language str, text str)
INSERT INTO learning_text (subject, field, language, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject, field, language) DO UPDATE SET text = excluded.text;

-- name: text_drop :run (subject i64, field str, language str)
DELETE FROM learning_text WHERE subject = $1 AND field = $2 AND language = $3;
