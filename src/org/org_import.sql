-- org_import.sql -- what `igot import` reads and writes of organisations, services, designations.

-- name: organisation :maybe (code str) -> (id i64, parent i64?, kind str, source str)
SELECT id, parent, kind, source FROM organisation WHERE code = $1;

-- name: organisation_parent :maybe (code str) -> (parent str?)
SELECT p.code FROM organisation o LEFT JOIN organisation p ON p.id = o.parent WHERE o.code = $1;

-- name: organisation_add :run (id i64, code str, parent i64?, kind str, source str)
-- The depth is set when the tree is rebuilt.
INSERT INTO organisation (id, code, parent, kind, depth, source) VALUES ($1, $2, $3, $4, 0, $5);

-- name: organisation_set :run (id i64, parent i64?, kind str, source str)
UPDATE organisation SET parent = $2, kind = $3, source = $4 WHERE id = $1;

-- name: above_clear :run ()
DELETE FROM organisation_above;

-- name: above_fill :run ()
INSERT INTO organisation_above (organisation, ancestor, distance)
WITH RECURSIVE up (organisation, ancestor, distance) AS (
    SELECT id, id, CAST(0 AS BIGINT) FROM organisation
    UNION ALL
    SELECT up.organisation, o.parent, up.distance + 1 FROM up JOIN organisation o ON o.id = up.ancestor WHERE o.parent IS NOT NULL
)
SELECT organisation, ancestor, distance FROM up;

-- name: depth_set :run ()
UPDATE organisation SET depth = (SELECT max(u.distance) FROM organisation_above u WHERE u.organisation = organisation.id)
WHERE depth <> (SELECT max(u.distance) FROM organisation_above u WHERE u.organisation = organisation.id);

-- name: service :maybe (code str) -> (id i64)
SELECT id FROM service WHERE code = $1;

-- name: service_add :run (id i64, code str)
INSERT INTO service (id, code) VALUES ($1, $2);

-- name: designation :maybe (code str) -> (id i64)
SELECT id FROM designation WHERE code = $1;

-- name: designation_add :run (id i64, code str)
INSERT INTO designation (id, code) VALUES ($1, $2);

-- name: text :maybe (subject i64, field str, language str) -> (text str)
SELECT text FROM org_text WHERE subject = $1 AND field = $2 AND language = $3;

-- name: text_drop :run (subject i64, field str, language str)
DELETE FROM org_text WHERE subject = $1 AND field = $2 AND language = $3;
