-- org.sql -- the tree of organisations, officers and their postings.

-- ---- the tree ------------------------------------------------------------------------------------------------------

-- name: organisation :maybe (id i64, lang str) -> (id i64, code str, kind str, parent i64?, depth i64, name str)
SELECT o.id, o.code, o.kind, o.parent, o.depth, COALESCE(l.text, e.text, o.code)
FROM organisation o
LEFT JOIN org_text l ON l.subject = o.id AND l.field = 'name' AND l.language = $2
LEFT JOIN org_text e ON e.subject = o.id AND e.field = 'name' AND e.language = 'en'
WHERE o.id = $1;

-- name: organisation_id :maybe (code str) -> (id i64)
SELECT id FROM organisation WHERE code = $1;

-- name: organisation_children :many (id i64, lang str) -> (id i64, code str, kind str, parent i64?, depth i64, name str)
SELECT o.id, o.code, o.kind, o.parent, o.depth, COALESCE(l.text, e.text, o.code)
FROM organisation o
LEFT JOIN org_text l ON l.subject = o.id AND l.field = 'name' AND l.language = $2
LEFT JOIN org_text e ON e.subject = o.id AND e.field = 'name' AND e.language = 'en'
WHERE o.parent = $1
ORDER BY o.id;

-- name: organisation_path :many (id i64, lang str) -> (id i64, code str, kind str, parent i64?, depth i64, name str)
-- From the root down.
SELECT o.id, o.code, o.kind, o.parent, o.depth, COALESCE(l.text, e.text, o.code)
FROM organisation_above u
JOIN organisation o ON o.id = u.ancestor
LEFT JOIN org_text l ON l.subject = o.id AND l.field = 'name' AND l.language = $2
LEFT JOIN org_text e ON e.subject = o.id AND e.field = 'name' AND e.language = 'en'
WHERE u.organisation = $1
ORDER BY u.distance DESC;

-- name: organisation_ministry :each (id i64) -> (ministry i64)
-- The root comes last, so it is the answer only where nothing nearer is.
SELECT o.id
FROM organisation_above u
JOIN organisation o ON o.id = u.ancestor
WHERE u.organisation = $1 AND (o.kind IN ('ministry', 'state') OR o.parent IS NULL)
ORDER BY u.distance LIMIT 1;

-- name: text_put :run (subject i64, field str, language str, text str)
INSERT INTO org_text (subject, field, language, text) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject, field, language) DO UPDATE SET text = excluded.text;

-- ---- officers ------------------------------------------------------------------------------------------------------

-- name: posting_current :maybe (officer i64, day i64) -> (officer i64, id i64, position i64, organisation i64, supervisor i64?, from_day i64, officer_name str, grp str)
SELECT p.officer, p.id, p.position, p.organisation, p.supervisor, p.from_day, f.name, f.grp
FROM posting p JOIN officer f ON f.id = p.officer
WHERE p.officer = $1 AND p.from_day <= $2 AND (p.until_day IS NULL OR p.until_day >= $2)
ORDER BY p.from_day DESC, p.id DESC LIMIT 1;

-- name: officer_add :run (id i64, name str, grp str, service i64?, created i64)
INSERT INTO officer (id, name, grp, service, created) VALUES ($1, $2, $3, $4, $5);

-- name: posting_add :run (officer i64, id i64, position i64, organisation i64, supervisor i64?, from_day i64)
INSERT INTO posting (officer, id, position, organisation, supervisor, from_day) VALUES ($1, $2, $3, $4, $5, $6);
