-- name: constants :many () -> (id i64, name str, value f64, from_day i64)
SELECT id, name, value, from_day FROM constant ORDER BY name, from_day, id;

-- name: constants_state :one () -> (n i64, newest i64)
-- Rows are only ever added, so these two say whether there are new ones.
SELECT count(*), CAST(COALESCE(max(id), 0) AS BIGINT) FROM constant;

-- name: constant_rows :many () -> (id i64, name str, value f64, unit str, basis str, reason_en str, reason_hi str, from_day i64, set_by_name str?, created i64)
SELECT c.id, c.name, c.value, c.unit, c.basis, c.reason_en, c.reason_hi, c.from_day, a.name, c.created
FROM constant c LEFT JOIN account a ON a.id = c.set_by ORDER BY c.name, c.from_day DESC, c.id DESC;

-- name: constant_like :maybe (name str) -> (unit str, basis str)
SELECT unit, basis FROM constant WHERE name = $1 ORDER BY from_day DESC, id DESC LIMIT 1;

-- name: constant_add :run (id i64, name str, value f64, unit str, basis str, reason_en str, reason_hi str, from_day i64, set_by i64?, created i64)
INSERT INTO constant (id, name, value, unit, basis, reason_en, reason_hi, from_day, set_by, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: context :maybe (officer i64, competency i64, day i64) -> (organisation i64, grp str, level i64)
-- Where the officer is posted, and what her position needs of this competency.
SELECT p.organisation, p.grp, n.level
FROM officer_posting p
JOIN position_needs n ON n.position = p.position AND n.competency = $2 AND n.from_day <= $3 AND (n.until_day IS NULL OR n.until_day >= $3)
WHERE p.officer = $1 AND p.from_day <= $3 AND (p.until_day IS NULL OR p.until_day >= $3)
ORDER BY n.level DESC LIMIT 1;

-- name: contribution :maybe (officer i64, competency i64) -> (organisation i64, grp str, level i64, assessed i64, met i64, shortfall_micro i64)
SELECT organisation, grp, level, assessed, met, shortfall_micro FROM contribution WHERE officer = $1 AND competency = $2;

-- name: contributions :many (officer i64) -> (competency i64, organisation i64, grp str, level i64, assessed i64, met i64, shortfall_micro i64)
SELECT competency, organisation, grp, level, assessed, met, shortfall_micro FROM contribution WHERE officer = $1 ORDER BY competency;

-- name: put_contribution :run (officer i64, competency i64, organisation i64, grp str, level i64, assessed i64, met i64, shortfall_micro i64, as_of i64)
INSERT INTO contribution (officer, competency, organisation, grp, level, assessed, met, shortfall_micro, as_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (officer, competency) DO UPDATE SET organisation = excluded.organisation, grp = excluded.grp, level = excluded.level,
  assessed = excluded.assessed, met = excluded.met, shortfall_micro = excluded.shortfall_micro, as_of = excluded.as_of;

-- name: drop_contribution :run (officer i64, competency i64)
DELETE FROM contribution WHERE officer = $1 AND competency = $2;

-- name: tally_move :run (organisation i64, grp str, competency i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64)
INSERT INTO tally (organisation, grp, competency, required, assessed, met, shortfall_micro, shortfall_sq_milli)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organisation, grp, competency) DO UPDATE SET required = tally.required + excluded.required, assessed = tally.assessed + excluded.assessed,
  met = tally.met + excluded.met, shortfall_micro = tally.shortfall_micro + excluded.shortfall_micro,
  shortfall_sq_milli = tally.shortfall_sq_milli + excluded.shortfall_sq_milli;

-- name: headcount_move :run (organisation i64, grp str, officers i64)
INSERT INTO headcount (organisation, grp, officers) VALUES ($1, $2, $3)
ON CONFLICT (organisation, grp) DO UPDATE SET officers = headcount.officers + excluded.officers;

-- name: clear_contributions :run ()
DELETE FROM contribution;

-- name: clear_tallies :run ()
DELETE FROM tally;

-- name: clear_headcounts :run ()
DELETE FROM headcount;

-- name: tidy_tallies :run ()
-- Rows that amount to nothing, so that a recount leaves the same rows.
DELETE FROM tally WHERE required = 0;

-- name: tidy_headcounts :run ()
DELETE FROM headcount WHERE officers = 0;

-- ---- the snapshot ----

-- name: subtree_cells :each () -> (organisation i64, grp str, competency i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64)
-- Every organisation's sums over its subtree, by Group and competency.
SELECT u.ancestor, t.grp, t.competency, CAST(sum(t.required) AS BIGINT), CAST(sum(t.assessed) AS BIGINT), CAST(sum(t.met) AS BIGINT),
  CAST(sum(t.shortfall_micro) AS BIGINT), CAST(sum(t.shortfall_sq_milli) AS BIGINT)
FROM tally t JOIN organisation_above u ON u.organisation = t.organisation
GROUP BY u.ancestor, t.grp, t.competency ORDER BY u.ancestor, t.grp, t.competency;

-- name: subtree_heads :many () -> (organisation i64, parent i64?, grp str, officers i64)
SELECT u.ancestor, o.parent, h.grp, CAST(sum(h.officers) AS BIGINT)
FROM headcount h JOIN organisation_above u ON u.organisation = h.organisation JOIN organisation o ON o.id = u.ancestor
GROUP BY u.ancestor, o.parent, h.grp ORDER BY u.ancestor, h.grp;

-- name: own_heads :many () -> (organisation i64, grp str, officers i64)
SELECT organisation, grp, officers FROM headcount ORDER BY organisation, grp;

-- name: own_cells :each () -> (organisation i64, grp str, competency i64, assessed i64)
SELECT organisation, grp, competency, assessed FROM tally ORDER BY organisation, grp, competency;

-- name: published_on :maybe (day i64) -> (day i64)
SELECT s.day FROM organisation o JOIN snapshot s ON s.organisation = o.id WHERE o.parent IS NULL AND s.day = $1 LIMIT 1;

-- name: drop_snapshot :run (day i64)
DELETE FROM snapshot WHERE day = $1;

-- name: put_snapshot :run (organisation i64, day i64, grp str, competency i64, officers i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64, suppressed i64)
INSERT INTO snapshot (organisation, day, grp, competency, officers, required, assessed, met, shortfall_micro, shortfall_sq_milli, suppressed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: published_before :maybe (day i64) -> (day i64)
-- The newest snapshot before the day: the root is in each of them.
SELECT s.day FROM organisation o JOIN snapshot s ON s.organisation = o.id WHERE o.parent IS NULL AND s.day < $1 ORDER BY s.day DESC LIMIT 1;

-- name: latest :maybe (organisation i64) -> (day i64)
SELECT s.day FROM snapshot s WHERE s.organisation = $1 ORDER BY s.day DESC LIMIT 1;

-- name: figures_by_competency :many (organisation i64, day i64, language str) -> (competency i64, name str, officers i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64, suppressed i64)
SELECT s.competency, COALESCE(t.text, e.text), s.officers, s.required, s.assessed, s.met, s.shortfall_micro, s.shortfall_sq_milli, s.suppressed
FROM snapshot s
JOIN frac_name e ON e.subject = s.competency AND e.language = 'en'
LEFT JOIN frac_name t ON t.subject = s.competency AND t.language = $3
WHERE s.organisation = $1 AND s.day = $2 AND s.grp = '' AND s.competency <> 0;

-- name: figures_by_group :many (organisation i64, day i64) -> (grp str, officers i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64, suppressed i64)
SELECT grp, officers, required, assessed, met, shortfall_micro, shortfall_sq_milli, suppressed
FROM snapshot WHERE organisation = $1 AND day = $2 AND competency = 0 ORDER BY grp;

-- name: figures_by_child :many (organisation i64, day i64, language str) -> (organisation i64, name str, officers i64, required i64, assessed i64, met i64, shortfall_micro i64, shortfall_sq_milli i64, suppressed i64)
SELECT o.id, COALESCE(t.text, e.text), s.officers, s.required, s.assessed, s.met, s.shortfall_micro, s.shortfall_sq_milli, s.suppressed
FROM organisation o
JOIN snapshot s ON s.organisation = o.id AND s.day = $2 AND s.grp = '' AND s.competency = 0
JOIN org_name e ON e.subject = o.id AND e.language = 'en'
LEFT JOIN org_name t ON t.subject = o.id AND t.language = $3
WHERE o.parent = $1;

-- ---- filling from contributions: after a bulk load, and in a recount ----

-- name: fill_tallies :run ()
INSERT INTO tally (organisation, grp, competency, required, assessed, met, shortfall_micro, shortfall_sq_milli)
SELECT organisation, grp, competency, count(*), CAST(sum(assessed) AS BIGINT), CAST(sum(met) AS BIGINT), CAST(sum(shortfall_micro) AS BIGINT),
  CAST(sum((((shortfall_micro + 500) / 1000) * ((shortfall_micro + 500) / 1000) + 500) / 1000) AS BIGINT)
FROM contribution GROUP BY organisation, grp, competency;

-- name: fill_headcounts :run (day i64)
INSERT INTO headcount (organisation, grp, officers)
SELECT organisation, grp, count(*) FROM officer_posting WHERE from_day <= $1 AND (until_day IS NULL OR until_day >= $1) GROUP BY organisation, grp;
