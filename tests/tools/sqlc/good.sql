-- Text before the first statement is for readers of this file.

-- name: add :run (id i64, name str, photo blob, score f64?, changed i64?)
-- A parameter may be called as one of the function's own: `changed`. */ ends no comment, nor does /* begin one.
INSERT INTO officer (id, name, photo, score, changed) VALUES ($1, $2, $3, $4, $5);

-- name: level_set :run (officer i64, competency i64, mean f64, total i128)
INSERT INTO level (officer, competency, mean, total) VALUES ($1, $2, $3, $4)
    ON CONFLICT (officer, competency) DO UPDATE SET mean = excluded.mean, total = excluded.total;

-- name: by_id :one (id i64) -> (name str, photo blob?, score f64?, changed i64?)
-- One officer.
-- Second line.
SELECT name, photo, score, changed FROM officer WHERE id = $1

-- name: find :maybe (name str) -> (id i64)
SELECT id FROM officer WHERE name = $1;

-- name: all :many
--   (above f64?,
--    below f64?)
--   -> (id i64, name str, exit f64?)
-- Header in several lines; $9 in this comment is nobody's.
SELECT id, name, -- not $8 either
       score /* nor $7 */ AS exit
  FROM officer
 WHERE (CAST($1 AS REAL) IS NULL OR score > $1) AND (CAST($2 AS REAL) IS NULL OR score < $2) AND name <> '$3 ''?1 -- ' AND name <> '??='
 ORDER BY id;

-- name: dump :each (officer i64) -> (competency i64, total i128, mean f64, note str?)
SELECT competency, total, mean, CASE WHEN mean > 2 THEN 'high' END FROM level WHERE officer = $1 ORDER BY competency;

-- name: rename :maybe (out i64, a str) -> (name str)
UPDATE officer SET name = $2 WHERE id >= $1 RETURNING name;

-- name: engine :one () -> (engine str)
-- sqlite:
SELECT 'sqlite';
-- postgres:
SELECT 'postgres' WHERE x ? 'a' OR b @> c::jsonb;

-- name: nobody :one -> (mean f64)
-- AVG of nothing is NULL, which is not declared.
SELECT avg(mean) FROM level WHERE officer = -1;

-- name: in_view :many (id i64) -> (name str)
SELECT name FROM officer_public WHERE id >= $1 ORDER BY id;

-- name: search :many (words str) -> (words str)
SELECT words FROM search WHERE search MATCH $1;
-- ---- a rule after the last statement ----
