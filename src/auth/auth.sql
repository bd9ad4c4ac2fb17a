-- auth.sql -- accounts, sign-in, sessions, tokens, roles and their reach, the audit log.

-- ---- roles ---------------------------------------------------------------------------------------------------------

-- name: role_all :each () -> (role str, permission str?, reach i64?)
-- Every role with what it may; a role without permissions once, with none.
SELECT r.code, p.permission, p.reach FROM role r LEFT JOIN role_permission p ON p.role = r.code ORDER BY r.code, p.permission;

-- name: role_add :run (code str)
INSERT INTO role (code) VALUES ($1) ON CONFLICT (code) DO NOTHING;

-- name: role_permission_add :run (role str, permission str, reach i64)
-- What an administrator has set since stays.
INSERT INTO role_permission (role, permission, reach) VALUES ($1, $2, $3) ON CONFLICT (role, permission) DO NOTHING;

-- name: grant_in_force :each (account i64, today i64) -> (role str, organisation i64)
SELECT role, organisation FROM role_grant
WHERE account = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day >= $2)
ORDER BY id;

-- name: grant_add :run (id i64, account i64, role str, organisation i64, from_day i64, until_day i64?, granted_by i64?, created i64)
INSERT INTO role_grant (id, account, role, organisation, from_day, until_day, granted_by, created)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: grant_overlap :each (account i64, role str, organisation i64, from_day i64, until_day i64) -> (id i64)
-- Grants of the same thing that run on any of these days.
SELECT id FROM role_grant
WHERE account = $1 AND role = $2 AND organisation = $3 AND from_day <= $5 AND (until_day IS NULL OR until_day >= $4);

-- name: grant_open_count :each (account i64, from_day i64, until_day i64) -> (n i64)
SELECT count(*) FROM role_grant WHERE account = $1 AND from_day <= $3 AND (until_day IS NULL OR until_day >= $2);

-- name: grant_get :each (id i64, account i64) -> (role str, organisation i64, from_day i64, until_day i64?)
SELECT role, organisation, from_day, until_day FROM role_grant WHERE id = $1 AND account = $2;

-- name: grant_end :run (id i64, until_day i64)
-- Never before it began: the row stays as a record of what was once granted.
UPDATE role_grant SET until_day = $2 WHERE id = $1;

-- name: grant_drop :run (id i64)
-- A grant that has not begun, or began today, has left no whole day to keep.
DELETE FROM role_grant WHERE id = $1;

-- name: grant_of_account :many (account i64) -> (id i64, role str, organisation i64, code str?, title str?, title_hi str?, from_day i64, until_day i64?, granted_by str?)
SELECT g.id, g.role, g.organisation, o.code, t.text, h.text, g.from_day, g.until_day, COALESCE(f.name, a.name)
FROM role_grant g
LEFT JOIN organisation o ON o.id = g.organisation
LEFT JOIN org_text t ON t.subject = g.organisation AND t.field = 'name' AND t.language = 'en'
LEFT JOIN org_text h ON h.subject = g.organisation AND h.field = 'name' AND h.language = 'hi'
LEFT JOIN account a ON a.id = g.granted_by
LEFT JOIN officer f ON f.id = a.officer
WHERE g.account = $1 ORDER BY g.from_day DESC, g.id DESC LIMIT 200;

-- name: officer_place :each (officer i64) -> (supervisor i64?, ancestor i64?)
-- Where the officer is posted now: the unit and all above it, and who the officer reports to.
SELECT p.supervisor, u.ancestor FROM posting p LEFT JOIN organisation_above u ON u.organisation = p.organisation
WHERE p.officer = $1 AND p.until_day IS NULL;

-- name: organisation_place :each (organisation i64) -> (ancestor i64)
SELECT ancestor FROM organisation_above WHERE organisation = $1;

-- name: organisation_by_code :each (code str) -> (id i64)
SELECT id FROM organisation WHERE code = $1;

-- name: organisation_known :each (id i64) -> (id i64)
SELECT id FROM organisation WHERE id = $1;

-- ---- accounts ------------------------------------------------------------------------------------------------------

-- name: account_add :run (id i64, name str, name_key str, password str?, officer i64?, language str?, demo i64, created i64)
INSERT INTO account (id, name, name_key, password, officer, language, state, demo, password_changed, created)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $8);

-- name: account_by_key :each (name_key str) -> (id i64, name_key str, password str?, state i64)
SELECT id, name_key, password, state FROM account WHERE name_key = $1;

-- name: account_by_id :each (id i64) -> (id i64, name_key str, password str?, state i64)
SELECT id, name_key, password, state FROM account WHERE id = $1;

-- name: account_of_officer :each (officer i64) -> (id i64)
SELECT id FROM account WHERE officer = $1;

-- name: account_password :run (id i64, password str, changed i64)
UPDATE account SET password = $2, password_changed = $3 WHERE id = $1;

-- name: account_state :run (id i64, state i64)
UPDATE account SET state = $2 WHERE id = $1;

-- name: account_language :run (id i64, language str)
UPDATE account SET language = $2 WHERE id = $1;

-- name: account_demo :each () -> (n i64)
SELECT count(*) FROM account WHERE demo = 1 AND state <> 2;

-- name: account_list :many (pattern str, everywhere i64, admin i64, today i64, limit_rows i64, skip i64) -> (id i64, name str, officer_name str?, organisation str?, organisation_hi str?, state i64, has_password i64, roles i64)
-- Accounts within the administrator's reach whose name or officer's name holds the pattern.
SELECT a.id, a.name, f.name, t.text, h.text, a.state, CASE WHEN a.password IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END,
    (SELECT count(*) FROM role_grant g WHERE g.account = a.id AND g.from_day <= $4 AND (g.until_day IS NULL OR g.until_day >= $4))
FROM account a
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN posting p ON p.officer = a.officer AND p.until_day IS NULL
LEFT JOIN org_text t ON t.subject = p.organisation AND t.field = 'name' AND t.language = 'en'
LEFT JOIN org_text h ON h.subject = p.organisation AND h.field = 'name' AND h.language = 'hi'
WHERE (a.name_key LIKE $1 ESCAPE '!' OR lower(f.name) LIKE $1 ESCAPE '!')
AND ($2 = 1 OR EXISTS (
    SELECT 1 FROM organisation_above u
    JOIN role_grant g ON g.organisation = u.ancestor AND g.account = $3 AND g.from_day <= $4 AND (g.until_day IS NULL OR g.until_day >= $4)
    JOIN role_permission r ON r.role = g.role AND r.permission = 'account.admin' AND r.reach = 3
    WHERE u.organisation = p.organisation))
ORDER BY a.name_key LIMIT $5 OFFSET $6;

-- name: account_count :one (pattern str, everywhere i64, admin i64, today i64) -> (n i64)
SELECT count(*)
FROM account a
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN posting p ON p.officer = a.officer AND p.until_day IS NULL
WHERE (a.name_key LIKE $1 ESCAPE '!' OR lower(f.name) LIKE $1 ESCAPE '!')
AND ($2 = 1 OR EXISTS (
    SELECT 1 FROM organisation_above u
    JOIN role_grant g ON g.organisation = u.ancestor AND g.account = $3 AND g.from_day <= $4 AND (g.until_day IS NULL OR g.until_day >= $4)
    JOIN role_permission r ON r.role = g.role AND r.permission = 'account.admin' AND r.reach = 3
    WHERE u.organisation = p.organisation));

-- name: account_page :maybe (id i64) -> (id i64, name str, officer i64?, officer_name str?, organisation str?, organisation_hi str?, state i64, has_password i64, demo i64, language str?, created i64, password_changed i64, failures i64?, last_failure i64?)
SELECT a.id, a.name, a.officer, f.name, t.text, h.text, a.state, CASE WHEN a.password IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END,
    a.demo, a.language, a.created, a.password_changed, s.failures, s.last
FROM account a
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN posting p ON p.officer = a.officer AND p.until_day IS NULL
LEFT JOIN org_text t ON t.subject = p.organisation AND t.field = 'name' AND t.language = 'en'
LEFT JOIN org_text h ON h.subject = p.organisation AND h.field = 'name' AND h.language = 'hi'
LEFT JOIN signin_failure s ON s.name_key = a.name_key
WHERE a.id = $1;

-- ---- sign-in -------------------------------------------------------------------------------------------------------

-- name: failure_get :each (name_key str) -> (failures i64, last i64)
SELECT failures, last FROM signin_failure WHERE name_key = $1;

-- name: failure_add :run (name_key str, now i64)
INSERT INTO signin_failure (name_key, failures, last) VALUES ($1, 1, $2)
ON CONFLICT (name_key) DO UPDATE SET failures = signin_failure.failures + 1, last = excluded.last;

-- name: failure_clear :run (name_key str)
DELETE FROM signin_failure WHERE name_key = $1;

-- name: failure_purge :run (before i64)
DELETE FROM signin_failure WHERE last < $1;

-- ---- sessions ------------------------------------------------------------------------------------------------------

-- name: session_add :run (token_hash blob, account i64, now i64, expires i64, address str, agent str)
INSERT INTO session (token_hash, account, created, seen, expires, address, agent) VALUES ($1, $2, $3, $3, $4, $5, $6);

-- name: session_get :each (token_hash blob) -> (account i64, seen i64, expires i64, state i64, language str?, officer i64?, name str, organisation i64?)
SELECT s.account, s.seen, s.expires, a.state, a.language, a.officer, COALESCE(f.name, a.name), p.organisation
FROM session s
JOIN account a ON a.id = s.account
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN posting p ON p.officer = a.officer AND p.until_day IS NULL
WHERE s.token_hash = $1
ORDER BY p.from_day DESC LIMIT 1;

-- name: session_of_account :many (account i64, now i64, idle_since i64) -> (token_hash blob, created i64, seen i64, expires i64, address str, agent str)
SELECT token_hash, created, seen, expires, address, agent FROM session
WHERE account = $1 AND expires > $2 AND seen > $3 ORDER BY seen DESC LIMIT 100;

-- name: session_seen :run (token_hash blob, seen i64)
UPDATE session SET seen = $2 WHERE token_hash = $1 AND seen < $2;

-- name: session_drop :run (token_hash blob)
DELETE FROM session WHERE token_hash = $1;

-- name: session_owner :each (token_hash blob) -> (account i64)
SELECT account FROM session WHERE token_hash = $1;

-- name: session_drop_all :run (account i64)
DELETE FROM session WHERE account = $1;

-- name: session_purge :run (now i64, idle_since i64)
DELETE FROM session WHERE expires <= $1 OR seen <= $2;

-- name: token_add :run (id i64, token_hash blob, account i64, label str, created i64, expires i64)
INSERT INTO token (id, token_hash, account, label, created, expires) VALUES ($1, $2, $3, $4, $5, $6);

-- name: token_get :each (token_hash blob) -> (account i64, expires i64, revoked i64?, state i64, language str?, officer i64?, name str, organisation i64?)
SELECT k.account, k.expires, k.revoked, a.state, a.language, a.officer, COALESCE(f.name, a.name), p.organisation
FROM token k
JOIN account a ON a.id = k.account
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN posting p ON p.officer = a.officer AND p.until_day IS NULL
WHERE k.token_hash = $1
ORDER BY p.from_day DESC LIMIT 1;

-- name: token_revoke :run (id i64, now i64)
UPDATE token SET revoked = $2 WHERE id = $1 AND revoked IS NULL;

-- name: token_revoke_all :run (account i64, now i64)
UPDATE token SET revoked = $2 WHERE account = $1 AND revoked IS NULL;

-- name: token_owner :each (id i64) -> (account i64)
SELECT account FROM token WHERE id = $1;

-- ---- audit ---------------------------------------------------------------------------------------------------------

-- name: audit_head :each () -> (value str)
SELECT value FROM setting WHERE name = 'audit.head';

-- name: audit_head_set :run (value str)
INSERT INTO setting (name, value) VALUES ('audit.head', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: audit_last :each () -> (seq i64, hash blob)
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert :run (seq i64, at i64, actor i64?, action str, subject i64?, detail_hash blob, hash blob)
INSERT INTO audit (seq, at, actor, action, subject, detail_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: audit_detail_insert :run (seq i64, salt blob, detail str)
INSERT INTO audit_detail (seq, salt, detail) VALUES ($1, $2, $3);

-- name: audit_all :each () -> (seq i64, at i64, actor i64?, action str, subject i64?, detail_hash blob, hash blob, salt blob?, detail str?)
SELECT a.seq, a.at, a.actor, a.action, a.subject, a.detail_hash, a.hash, d.salt, d.detail
FROM audit a LEFT JOIN audit_detail d ON d.seq = a.seq ORDER BY a.seq;

-- name: audit_count :one (action str) -> (n i64)
SELECT count(*) FROM audit WHERE $1 = '' OR action = $1;

-- name: audit_page :many (action str, limit_rows i64, skip i64) -> (seq i64, at i64, actor i64?, actor_name str?, action str, subject i64?, subject_name str?, detail str?, hash blob)
SELECT u.seq, u.at, u.actor, COALESCE(f.name, a.name), u.action, u.subject, COALESCE(g.name, b.name), d.detail, u.hash
FROM audit u
LEFT JOIN account a ON a.id = u.actor
LEFT JOIN officer f ON f.id = a.officer
LEFT JOIN account b ON b.id = u.subject
LEFT JOIN officer g ON g.id = b.officer
LEFT JOIN audit_detail d ON d.seq = u.seq
WHERE $1 = '' OR u.action = $1
ORDER BY u.seq DESC LIMIT $2 OFFSET $3;

-- name: audit_actions :many () -> (action str)
-- Of the recent past: the whole log would be read for a list that hardly ever changes.
SELECT DISTINCT action FROM (SELECT action FROM audit ORDER BY seq DESC LIMIT 10000) AS recent ORDER BY action;
