-- The schema of sqlc_test.sh, in our type words: schemac makes the database of it.
CREATE TABLE officer (
    id i64 NOT NULL PRIMARY KEY,
    name str NOT NULL,
    photo blob,
    score f64,
    changed i64
) @strict;

CREATE TABLE level (
    officer i64 NOT NULL REFERENCES officer (id),
    competency i64 NOT NULL,
    mean f64 NOT NULL,
    total i128 NOT NULL,
    PRIMARY KEY (officer, competency)
) @keyed;

CREATE VIEW officer_public AS SELECT id, name FROM officer;

-- sqlite:
CREATE VIRTUAL TABLE search USING fts5 (words);
-- end
