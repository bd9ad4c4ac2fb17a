-- item_import.sql -- what `igot import` reads and writes of the item bank.

-- name: item :maybe (code str) -> (id i64, course i64?, competency i64, level i64, language str, stem str, option_a str, option_b str, option_c str, option_d str, answer i64, rationale str)
SELECT id, course, competency, level, language, stem, option_a, option_b, option_c, option_d, answer, rationale FROM item WHERE code = $1;

-- name: item_add :run (id i64, code str, course i64?, competency i64, level i64, language str, stem str, option_a str, option_b str, option_c str, option_d str, answer i64, rationale str)
INSERT INTO item (id, code, course, competency, level, language, stem, option_a, option_b, option_c, option_d, answer, rationale)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: item_set :run (id i64, course i64?, competency i64, level i64, language str, stem str, option_a str, option_b str, option_c str, option_d str, answer i64, rationale str)
-- A changed question is a question that nobody has reviewed.
UPDATE item SET course = $2, competency = $3, level = $4, language = $5, stem = $6, option_a = $7, option_b = $8, option_c = $9, option_d = $10,
    answer = $11, rationale = $12, reviewed = 0
WHERE id = $1;

-- name: item_count :one (course i64) -> (n i64)
SELECT count(*) FROM item WHERE course = $1;
