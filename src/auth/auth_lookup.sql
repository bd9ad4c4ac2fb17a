-- name: account_by_name :maybe (name_key str) -> (id i64)
SELECT id FROM account WHERE name_key = $1;

-- name: tokens :many (account i64) -> (id i64, label str, created i64, expires i64, revoked i64?)
SELECT id, label, created, expires, revoked FROM token WHERE account = $1 ORDER BY id;
