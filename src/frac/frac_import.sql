-- frac_import.sql -- what `igot import` reads and writes of the framework.

-- name: competency :maybe (code str) -> (id i64, kind i64, area str, theme str, reviewed i64)
SELECT id, kind, area, theme, reviewed FROM competency WHERE code = $1;

-- name: competency_add :run (id i64, code str, kind i64, area str, theme str, reviewed i64)
INSERT INTO competency (id, code, kind, area, theme, reviewed) VALUES ($1, $2, $3, $4, $5, $6);

-- name: competency_set :run (id i64, kind i64, area str, theme str, reviewed i64)
UPDATE competency SET kind = $2, area = $3, theme = $4, reviewed = $5 WHERE id = $1;

-- name: role :maybe (code str) -> (id i64)
SELECT id FROM frac_role WHERE code = $1;

-- name: role_add :run (id i64, code str)
INSERT INTO frac_role (id, code) VALUES ($1, $2);

-- name: activity :maybe (code str) -> (id i64)
SELECT id FROM activity WHERE code = $1;

-- name: activity_add :run (id i64, code str)
INSERT INTO activity (id, code) VALUES ($1, $2);

-- name: position :maybe (code str) -> (id i64, organisation i64, designation i64?, service i64?, grp str, sanctioned i64, filled i64)
SELECT id, organisation, designation, service, grp, sanctioned, filled FROM position WHERE code = $1;

-- name: position_add :run (id i64, code str, organisation i64, designation i64?, service i64?, grp str, sanctioned i64, filled i64)
INSERT INTO position (id, code, organisation, designation, service, grp, sanctioned, filled) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: position_set :run (id i64, organisation i64, designation i64?, service i64?, grp str, sanctioned i64, filled i64)
UPDATE position SET organisation = $2, designation = $3, service = $4, grp = $5, sanctioned = $6, filled = $7 WHERE id = $1;

-- name: texts :many (subject i64) -> (field str, language str, text str)
SELECT field, language, text FROM frac_text WHERE subject = $1;

-- name: text_drop :run (subject i64, field str, language str)
DELETE FROM frac_text WHERE subject = $1 AND field = $2 AND language = $3;
