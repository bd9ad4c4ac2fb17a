-- constant_import.sql -- what `igot import` reads and writes of the constants.

-- name: constant :maybe (name str, from_day i64) -> (value f64, unit str, basis str, reason_en str, reason_hi str)
-- The row that counts from that day: of several, the last made.
SELECT value, unit, basis, reason_en, reason_hi FROM constant WHERE name = $1 AND from_day = $2 ORDER BY id DESC LIMIT 1;

-- name: known :maybe (name str) -> (id i64)
SELECT id FROM constant WHERE name = $1 LIMIT 1;

-- name: constant_add :run (id i64, name str, value f64, unit str, basis str, reason_en str, reason_hi str, from_day i64, created i64)
INSERT INTO constant (id, name, value, unit, basis, reason_en, reason_hi, from_day, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
