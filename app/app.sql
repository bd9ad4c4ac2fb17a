-- app.sql: what the program as a whole asks of the database: its node number, and what the doctor looks at.

-- name: node_time :one () -> (ms i64)
-- The database's clock, so that programs on machines whose clocks differ agree on when a lease ends.
-- sqlite:
SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000;
-- postgres:
SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT);

-- name: nodes :many () -> (node i64, holder str, until i64)
SELECT node, holder, until FROM node_lease ORDER BY node;

-- name: node_take :run (node i64, holder str, until i64, lapsed_before i64)
INSERT INTO node_lease (node, holder, until) VALUES ($1, $2, $3)
ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE node_lease.until < $4;

-- name: node_renew :run (node i64, holder str, until i64)
UPDATE node_lease SET until = $3 WHERE node = $1 AND holder = $2;

-- name: node_release :run (node i64, holder str)
DELETE FROM node_lease WHERE node = $1 AND holder = $2;

-- name: newest_id :one () -> (id i64)
-- Of tables with few rows whose key begins with the id; a day's work writes at least one job.
SELECT COALESCE(MAX(x.id), 0) FROM (
    SELECT MAX(id) AS id FROM job UNION ALL SELECT MAX(id) FROM account UNION ALL SELECT MAX(id) FROM officer
    UNION ALL SELECT MAX(id) FROM role_grant UNION ALL SELECT MAX(id) FROM constant) x;

-- name: id_floor :maybe () -> (value str)
SELECT value FROM setting WHERE name = 'id.floor';

-- name: id_floor_set :run (value str)
INSERT INTO setting (name, value) VALUES ('id.floor', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: table_count :one () -> (n i64)
-- sqlite:
SELECT count(*) FROM sqlite_schema;
-- postgres:
SELECT count(*) FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema());

-- name: engine_version :one () -> (words str)
-- sqlite:
SELECT sqlite_version();
-- postgres:
SELECT current_setting('server_version');

-- name: engine_setting :one (name str) -> (value str)
-- sqlite:
SELECT 'on' WHERE $1 IS NOT NULL;
-- postgres:
SELECT current_setting($1);

-- name: quick_check :many () -> (line str)
-- sqlite:
SELECT quick_check FROM pragma_quick_check(5);
-- postgres:
SELECT 'ok'::text;

-- name: foreign_faults :one () -> (n i64)
-- sqlite:
SELECT count(*) FROM pragma_foreign_key_check;
-- postgres:
SELECT CAST(0 AS BIGINT);

-- name: module_files :many () -> (file str)
SELECT DISTINCT file FROM module WHERE file IS NOT NULL AND file <> '' ORDER BY file;

-- name: failed_jobs :many () -> (kind str, argument str, message str)
SELECT kind, argument, message FROM job WHERE state = 3 ORDER BY id DESC LIMIT 20;
