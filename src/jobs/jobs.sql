-- name: add :run (id i64, kind str, argument str, run_after i64, created_by i64?, created i64)
INSERT INTO job (id, kind, argument, run_after, created_by, created, changed) VALUES ($1, $2, $3, $4, $5, $6, $6);

-- name: same :maybe (kind str, argument str) -> (id i64)
SELECT id FROM job WHERE kind = $1 AND argument = $2 ORDER BY id DESC LIMIT 1;

-- name: due :maybe (now i64) -> (id i64, kind str, argument str, tries i64)
-- Waiting and due, or running under a lease that has ended.
SELECT id, kind, argument, tries FROM job
WHERE (state = 0 AND run_after <= $1) OR (state = 1 AND lease_until < $1) ORDER BY run_after, id LIMIT 1;

-- name: take :run (id i64, lease_until i64, holder str, now i64)
UPDATE job SET state = 1, lease_until = $2, holder = $3, tries = tries + 1, changed = $4
WHERE id = $1 AND (state = 0 OR (state = 1 AND lease_until < $4));

-- name: progress :run (id i64, done i64, total i64, lease_until i64, now i64, holder str)
UPDATE job SET done = $2, total = $3, lease_until = $4, changed = $5 WHERE id = $1 AND state = 1 AND holder = $6;

-- name: finish :run (id i64, state i64, message str, run_after i64, now i64, holder str)
-- By its holder; one whose lease has lapsed and was taken up elsewhere is no longer ours to close.
UPDATE job SET state = $2, message = $3, run_after = $4, lease_until = NULL, holder = NULL, changed = $5 WHERE id = $1 AND state = 1 AND holder = $6;

-- name: state :one (id i64) -> (state i64, done i64, total i64, message str)
SELECT state, done, total, message FROM job WHERE id = $1;
