-- 0001_init: accounts, organisations, framework, evidence, levels, learning, assessment, measures, jobs.
-- Type words and marks: sql/README.md. The owner of each table is named in the rule above its group.

-- ---- program ---------------------------------------------------------------------------------------------------
CREATE TABLE setting (
    name str NOT NULL PRIMARY KEY,
    value str NOT NULL
) @keyed;

-- A node number is leased by one process at a time; it is part of every id that the process makes.
CREATE TABLE node_lease (
    node i64 NOT NULL PRIMARY KEY,
    holder str NOT NULL,
    until i64 NOT NULL
) @keyed;

-- ---- auth --------------------------------------------------------------------------------------------------------
CREATE TABLE account (
    id i64 NOT NULL PRIMARY KEY,
    name str NOT NULL,                    -- as typed
    name_key str NOT NULL UNIQUE,         -- folded: what sign-in compares
    password str,                         -- argon2id; NULL: cannot sign in by password
    officer i64,                          -- officer.id; NULL for programs and operators
    language str,                         -- 'en', 'hi'; NULL: the browser's
    state i64 NOT NULL DEFAULT 0,         -- 0 active, 1 locked, 2 closed
    demo i64 NOT NULL DEFAULT 0,
    password_changed i64 NOT NULL,
    created i64 NOT NULL
) @strict;
CREATE UNIQUE INDEX account_officer ON account (officer);

CREATE TABLE session (
    token_hash blob NOT NULL PRIMARY KEY, -- SHA-256 of the cookie
    account i64 NOT NULL REFERENCES account (id),
    created i64 NOT NULL,
    seen i64 NOT NULL,                    -- written in batches
    expires i64 NOT NULL,
    address str NOT NULL,
    agent str NOT NULL
) @keyed;
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
    id i64 NOT NULL PRIMARY KEY,
    token_hash blob NOT NULL UNIQUE,
    account i64 NOT NULL REFERENCES account (id),
    label str NOT NULL,
    created i64 NOT NULL,
    expires i64 NOT NULL,
    revoked i64
) @strict;

CREATE TABLE role (
    code str NOT NULL PRIMARY KEY
) @keyed;

-- reach: 1 self, 2 reports, 3 unit (subtree), 4 provider, 5 all
CREATE TABLE role_permission (
    role str NOT NULL REFERENCES role (code),
    permission str NOT NULL,
    reach i64 NOT NULL CHECK (reach BETWEEN 1 AND 5),
    PRIMARY KEY (role, permission)
) @keyed;

CREATE TABLE role_grant (
    id i64 NOT NULL PRIMARY KEY,
    account i64 NOT NULL REFERENCES account (id),
    role str NOT NULL REFERENCES role (code),
    organisation i64 NOT NULL,
    from_day i64 NOT NULL,
    until_day i64,                        -- the last day; NULL: open
    granted_by i64,
    created i64 NOT NULL,
    CHECK (until_day IS NULL OR until_day >= from_day)
) @strict;
CREATE INDEX role_grant_account ON role_grant (account);

-- Failed sign-ins per account name; per address they are kept in memory.
CREATE TABLE signin_failure (
    name_key str NOT NULL PRIMARY KEY,
    failures i64 NOT NULL,
    last i64 NOT NULL
) @keyed;

-- hash = SHA-256 of (previous hash, seq, at, actor, action, subject, detail_hash). Personal data stand in audit_detail.
CREATE TABLE audit (
    seq i64 NOT NULL PRIMARY KEY,
    at i64 NOT NULL,
    actor i64,
    action str NOT NULL,
    subject i64,
    detail_hash blob NOT NULL,
    hash blob NOT NULL
) @strict;

CREATE TABLE audit_detail (
    seq i64 NOT NULL PRIMARY KEY REFERENCES audit (seq),
    salt blob NOT NULL,
    detail str NOT NULL
) @strict;

-- ---- org ---------------------------------------------------------------------------------------------------------
CREATE TABLE organisation (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    parent i64 REFERENCES organisation (id),
    kind str NOT NULL,
    depth i64 NOT NULL,
    restricted i64 NOT NULL DEFAULT 0,
    source str NOT NULL
) @strict;
CREATE INDEX organisation_parent ON organisation (parent);

-- Every ancestor of every organisation, itself included (distance 0).
CREATE TABLE organisation_above (
    organisation i64 NOT NULL REFERENCES organisation (id),
    ancestor i64 NOT NULL REFERENCES organisation (id),
    distance i64 NOT NULL,
    PRIMARY KEY (organisation, ancestor)
) @keyed;
CREATE INDEX organisation_below ON organisation_above (ancestor, organisation);

CREATE TABLE service (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE
) @strict;

CREATE TABLE designation (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE
) @strict;

-- Names of organisations, services, designations: field is 'name'.
CREATE TABLE org_text (
    subject i64 NOT NULL,
    field str NOT NULL,
    language str NOT NULL,
    text str NOT NULL,
    PRIMARY KEY (subject, field, language)
) @keyed;

CREATE TABLE officer (
    id i64 NOT NULL PRIMARY KEY,
    name str NOT NULL,
    grp str NOT NULL CHECK (grp IN ('A', 'B', 'C')),
    service i64 REFERENCES service (id),
    created i64 NOT NULL
) @strict;
CREATE INDEX officer_name ON officer (name, id);

-- The current posting is the one with until_day NULL; at most one such is primary.
CREATE TABLE posting (
    officer i64 NOT NULL REFERENCES officer (id),
    id i64 NOT NULL,
    position i64 NOT NULL,
    organisation i64 NOT NULL REFERENCES organisation (id),
    supervisor i64,
    from_day i64 NOT NULL,
    until_day i64,
    PRIMARY KEY (officer, id),
    CHECK (until_day IS NULL OR until_day >= from_day)
) @keyed;
CREATE INDEX posting_organisation ON posting (organisation, officer);
CREATE INDEX posting_supervisor ON posting (supervisor, officer);
CREATE INDEX posting_position ON posting (position, officer);

-- ---- frac --------------------------------------------------------------------------------------------------------
-- kind: 1 behavioural, 2 functional, 3 domain
CREATE TABLE competency (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    kind i64 NOT NULL CHECK (kind BETWEEN 1 AND 3),
    area str NOT NULL,
    theme str NOT NULL,
    reviewed i64 NOT NULL
) @strict;

CREATE TABLE frac_role (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE
) @strict;

CREATE TABLE activity (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE
) @strict;

CREATE TABLE position (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    organisation i64 NOT NULL REFERENCES organisation (id),
    designation i64 REFERENCES designation (id),
    service i64 REFERENCES service (id),
    grp str NOT NULL CHECK (grp IN ('A', 'B', 'C')),
    sanctioned i64 NOT NULL CHECK (sanctioned >= 0),
    filled i64 NOT NULL CHECK (filled >= 0 AND filled <= sanctioned)
) @strict;
CREATE INDEX position_organisation ON position (organisation);

-- A version of what a position requires. In force from from_day to until_day (NULL: still).
CREATE TABLE position_map (
    id i64 NOT NULL PRIMARY KEY,
    position i64 NOT NULL REFERENCES position (id),
    version i64 NOT NULL,
    from_day i64 NOT NULL,
    until_day i64,
    content_hash blob NOT NULL,           -- of the items: the same import twice makes no new version
    UNIQUE (position, version)
) @strict;

CREATE TABLE map_item (
    map i64 NOT NULL REFERENCES position_map (id),
    role i64 NOT NULL REFERENCES frac_role (id),
    activity i64 NOT NULL REFERENCES activity (id),
    competency i64 NOT NULL REFERENCES competency (id),
    level i64 NOT NULL CHECK (level BETWEEN 1 AND 5),
    critical i64 NOT NULL,
    reviewed i64 NOT NULL,
    PRIMARY KEY (map, role, activity, competency)
) @keyed;

-- What a map amounts to: the highest level asked of each competency. Written with the map, so that the hub reads one row each.
CREATE TABLE requirement (
    map i64 NOT NULL REFERENCES position_map (id),
    competency i64 NOT NULL REFERENCES competency (id),
    level i64 NOT NULL CHECK (level BETWEEN 1 AND 5),
    critical i64 NOT NULL,
    PRIMARY KEY (map, competency)
) @keyed;

-- Names, definitions, level descriptors ('l1' … 'l5'), facets ('facets') of competencies, roles, activities, positions.
CREATE TABLE frac_text (
    subject i64 NOT NULL,
    field str NOT NULL,
    language str NOT NULL,
    text str NOT NULL,
    PRIMARY KEY (subject, field, language)
) @keyed;

-- "My position is wrong": goes to the CBU of the officer's organisation and can be followed.
-- state: 0 open, 1 being looked at, 2 accepted, 3 declined
CREATE TABLE position_report (
    id i64 NOT NULL PRIMARY KEY,
    officer i64 NOT NULL REFERENCES officer (id),
    position i64 NOT NULL REFERENCES position (id),
    organisation i64 NOT NULL REFERENCES organisation (id),
    text str NOT NULL,
    state i64 NOT NULL DEFAULT 0,
    answer str,
    answered_by i64,
    created i64 NOT NULL,
    changed i64 NOT NULL
) @strict;
CREATE INDEX position_report_officer ON position_report (officer, id);
CREATE INDEX position_report_organisation ON position_report (organisation, state, id);

-- ---- measure: constants -----------------------------------------------------------------------------------------
-- The constants of the methods. The value in force on a day is that with the greatest from_day not after it, then the greatest id.
CREATE TABLE constant (
    id i64 NOT NULL PRIMARY KEY,
    name str NOT NULL,
    value f64 NOT NULL,
    unit str NOT NULL,
    basis str NOT NULL,                   -- E literature, S simulated, P policy
    reason_en str NOT NULL,
    reason_hi str NOT NULL,
    from_day i64 NOT NULL,
    set_by i64,
    created i64 NOT NULL
) @strict;
CREATE INDEX constant_name ON constant (name, from_day, id);

-- ---- evidence ----------------------------------------------------------------------------------------------------
-- class: 0 proctored, 1 workplace, 2 course-embedded, 3 self. level and variance as METHODS section 1 (y, s^2); weight is the integer w
-- that was added to the sums, kept so that withdrawing restores them bit for bit. state: 1 counting, 2 replaced by a retake, 3 withdrawn, 4 practice.
CREATE TABLE evidence (
    officer i64 NOT NULL REFERENCES officer (id),
    id i64 NOT NULL,
    competency i64 NOT NULL REFERENCES competency (id),
    class i64 NOT NULL CHECK (class BETWEEN 0 AND 3),
    kind str NOT NULL,                    -- course_test, diagnostic, proctored, workplace, self, simulated
    level_milli i64 NOT NULL,             -- 1000 y, rounded
    variance f64 NOT NULL CHECK (variance > 0),
    day i64 NOT NULL,
    nle i64 NOT NULL,                     -- learning events on this competency dated on or before the day
    weight i128 NOT NULL,
    state i64 NOT NULL,
    source i64,                           -- course or attempt
    recorded_by i64,                      -- account
    note str,
    created i64 NOT NULL,
    PRIMARY KEY (officer, id)
) @keyed;
CREATE INDEX evidence_competency ON evidence (officer, competency, day);
CREATE INDEX evidence_recorded ON evidence (recorded_by, created) WHERE recorded_by IS NOT NULL; -- what an assessor recorded

-- Verified learning events: at most one per 180 days and competency counts.
CREATE TABLE learning_event (
    officer i64 NOT NULL REFERENCES officer (id),
    competency i64 NOT NULL REFERENCES competency (id),
    day i64 NOT NULL,
    source i64,
    PRIMARY KEY (officer, competency, day)
) @keyed;

-- ---- competency --------------------------------------------------------------------------------------------------
-- sums: the additive state of METHODS section 1, packed (competency/level_math.h). The rest is what it read as on as_of, for the
-- organisation's aggregates, which hold exactly these contributions.
CREATE TABLE level (
    officer i64 NOT NULL REFERENCES officer (id),
    competency i64 NOT NULL REFERENCES competency (id),
    sums blob NOT NULL,
    as_of i64 NOT NULL,
    mean_milli i64 NOT NULL,
    se_milli i64 NOT NULL,
    awarded i64 NOT NULL,
    status i64 NOT NULL,                  -- 0 not assessed, 1 indicative, 2 provisional, 3 confirmed
    newest i64 NOT NULL,                  -- day of the newest piece of evidence
    before_milli i64,                     -- the mean before the last day on which evidence came, and that day: the trend
    before_day i64,
    PRIMARY KEY (officer, competency)
) @keyed;

-- What the estimate was after each change, with the constants' day, so that old results can be read as they were made.
CREATE TABLE level_history (
    officer i64 NOT NULL REFERENCES officer (id),
    competency i64 NOT NULL REFERENCES competency (id),
    at i64 NOT NULL,
    day i64 NOT NULL,
    mean_milli i64 NOT NULL,
    se_milli i64 NOT NULL,
    awarded i64 NOT NULL,
    status i64 NOT NULL,
    evidence i64,
    PRIMARY KEY (officer, competency, at)
) @keyed;

-- ---- measure: aggregates -----------------------------------------------------------------------------------------
-- One row for a unit, Group and competency: sums over officers whose current posting is in that unit. Ancestors are summed on reading.
CREATE TABLE tally (
    organisation i64 NOT NULL REFERENCES organisation (id),
    grp str NOT NULL,
    competency i64 NOT NULL REFERENCES competency (id),
    required i64 NOT NULL,                -- officers whose position requires it
    assessed i64 NOT NULL,                -- of them, with evidence that is not only their own
    met i64 NOT NULL,                     -- of them, with the required level awarded
    shortfall_micro i64 NOT NULL,         -- sum of ES(R - m, SE) in millionths of a level, over the assessed
    shortfall_sq_milli i64 NOT NULL,      -- sum of squares in thousandths, for the standard error
    PRIMARY KEY (organisation, grp, competency)
) @keyed;

-- What one officer adds to the tally: taken out exactly as it was put in.
CREATE TABLE contribution (
    officer i64 NOT NULL REFERENCES officer (id),
    competency i64 NOT NULL REFERENCES competency (id),
    organisation i64 NOT NULL,
    grp str NOT NULL,
    level i64 NOT NULL,                   -- required
    assessed i64 NOT NULL,
    met i64 NOT NULL,
    shortfall_micro i64 NOT NULL,
    as_of i64 NOT NULL,
    PRIMARY KEY (officer, competency)
) @keyed;

-- Officers by unit and Group, and how many of them hold a position with a map.
CREATE TABLE headcount (
    organisation i64 NOT NULL REFERENCES organisation (id),
    grp str NOT NULL,
    officers i64 NOT NULL,
    PRIMARY KEY (organisation, grp)
) @keyed;

-- The published figures: taken once a day, so that no single test shows through a difference. competency 0: all of them.
CREATE TABLE snapshot (
    organisation i64 NOT NULL REFERENCES organisation (id),
    day i64 NOT NULL,
    grp str NOT NULL,                     -- '' for all Groups
    competency i64 NOT NULL,
    officers i64 NOT NULL,
    required i64 NOT NULL,
    assessed i64 NOT NULL,
    met i64 NOT NULL,
    shortfall_micro i64 NOT NULL,
    shortfall_sq_milli i64 NOT NULL,
    suppressed i64 NOT NULL,              -- 1: fewer than 10 people, 2: would show a suppressed sibling
    PRIMARY KEY (organisation, day, grp, competency)
) @keyed;

-- ---- learning ----------------------------------------------------------------------------------------------------
CREATE TABLE provider (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    organisation i64 REFERENCES organisation (id)
) @strict;

CREATE TABLE course (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    provider i64 NOT NULL REFERENCES provider (id),
    language str NOT NULL,
    minutes i64 NOT NULL,
    category str NOT NULL,
    source_id str,
    complete i64 NOT NULL DEFAULT 0       -- has modules and an item bank here
) @strict;
CREATE INDEX course_provider ON course (provider);

CREATE TABLE course_competency (
    course i64 NOT NULL REFERENCES course (id),
    competency i64 NOT NULL REFERENCES competency (id),
    entry i64 NOT NULL CHECK (entry BETWEEN 1 AND 5),
    exit i64 NOT NULL CHECK (exit BETWEEN 1 AND 5),
    reviewed i64 NOT NULL,
    PRIMARY KEY (course, competency)
) @keyed;
CREATE INDEX course_competency_of ON course_competency (competency, course);

-- Names of providers; titles and summaries of courses.
CREATE TABLE learning_text (
    subject i64 NOT NULL,
    field str NOT NULL,
    language str NOT NULL,
    text str NOT NULL,
    PRIMARY KEY (subject, field, language)
) @keyed;

CREATE TABLE module (
    id i64 NOT NULL PRIMARY KEY,
    course i64 NOT NULL REFERENCES course (id),
    seq i64 NOT NULL,
    kind str NOT NULL CHECK (kind IN ('text', 'video', 'pdf')),
    minutes i64 NOT NULL,
    title str NOT NULL,
    body str NOT NULL,
    file str,
    UNIQUE (course, seq)
) @strict;

-- Folded words of title, summary, provider and competencies (learning/search.c folds; both engines find the same).
-- sqlite:
CREATE VIRTUAL TABLE course_search USING fts5 (words, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'");
-- end
-- postgres:
CREATE TABLE course_search (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX course_search_words ON course_search USING gin (words);
-- end

-- state: 1 enrolled, 2 modules finished, 3 test passed (completed), 4 left
CREATE TABLE enrolment (
    officer i64 NOT NULL REFERENCES officer (id),
    course i64 NOT NULL REFERENCES course (id),
    state i64 NOT NULL,
    created i64 NOT NULL,
    changed i64 NOT NULL,
    last_module i64,
    PRIMARY KEY (officer, course)
) @keyed;
CREATE INDEX enrolment_course ON enrolment (course, state);

CREATE TABLE module_progress (
    officer i64 NOT NULL REFERENCES officer (id),
    module i64 NOT NULL REFERENCES module (id),
    counted_ms i64 NOT NULL,              -- measured here, from heartbeats
    beat i64 NOT NULL,                    -- the last heartbeat
    place i64 NOT NULL,                   -- second of a video, page of a document
    finished i64,
    PRIMARY KEY (officer, module)
) @keyed;

-- ---- assessment --------------------------------------------------------------------------------------------------
CREATE TABLE item (
    id i64 NOT NULL PRIMARY KEY,
    code str NOT NULL UNIQUE,
    course i64 REFERENCES course (id),
    competency i64 NOT NULL REFERENCES competency (id),
    level i64 NOT NULL CHECK (level BETWEEN 1 AND 5),
    language str NOT NULL,
    stem str NOT NULL,
    option_a str NOT NULL,
    option_b str NOT NULL,
    option_c str NOT NULL,
    option_d str NOT NULL,
    answer i64 NOT NULL CHECK (answer BETWEEN 0 AND 3),
    rationale str NOT NULL,
    reviewed i64 NOT NULL DEFAULT 0
) @strict;
CREATE INDEX item_course ON item (course, competency, level);
CREATE INDEX item_competency ON item (competency, level);

-- kind: course_test, diagnostic
CREATE TABLE attempt (
    officer i64 NOT NULL REFERENCES officer (id),
    id i64 NOT NULL,
    kind str NOT NULL,
    course i64 REFERENCES course (id),
    competency i64 NOT NULL REFERENCES competency (id),
    target i64 NOT NULL,                  -- the level that the test is pitched at
    number i64 NOT NULL,                  -- 1 for the first
    started i64 NOT NULL,
    deadline i64 NOT NULL,
    submitted i64,
    questions i64 NOT NULL,
    correct i64,
    unseen i64 NOT NULL,                  -- questions not seen in an earlier attempt
    evidence i64,
    PRIMARY KEY (officer, id)
) @keyed;

CREATE TABLE attempt_item (
    officer i64 NOT NULL,
    attempt i64 NOT NULL,
    seq i64 NOT NULL,
    item i64 NOT NULL REFERENCES item (id),
    shuffle i64 NOT NULL,                 -- order of the options, two bits each
    answer i64,                           -- 0..3 as stored in the item; NULL: not yet
    answered i64,
    PRIMARY KEY (officer, attempt, seq),
    FOREIGN KEY (officer, attempt) REFERENCES attempt (officer, id)
) @keyed;

-- ---- jobs --------------------------------------------------------------------------------------------------------
-- state: 0 waiting, 1 running, 2 done, 3 failed
CREATE TABLE job (
    id i64 NOT NULL PRIMARY KEY,
    kind str NOT NULL,
    argument str NOT NULL,
    state i64 NOT NULL DEFAULT 0,
    run_after i64 NOT NULL,
    lease_until i64,
    holder str,
    tries i64 NOT NULL DEFAULT 0,
    done i64 NOT NULL DEFAULT 0,
    total i64 NOT NULL DEFAULT 0,
    message str NOT NULL DEFAULT '',
    created_by i64,
    created i64 NOT NULL,
    changed i64 NOT NULL
) @strict;
CREATE INDEX job_due ON job (state, run_after, id);

-- In-app notices.
CREATE TABLE notice (
    account i64 NOT NULL REFERENCES account (id),
    id i64 NOT NULL,
    kind str NOT NULL,
    subject i64,
    detail str NOT NULL,
    link str NOT NULL,
    created i64 NOT NULL,
    seen i64,
    PRIMARY KEY (account, id)
) @keyed;

-- ---- views: how other modules read these tables -------------------------------------------------------------------
CREATE VIEW org_name AS SELECT subject, language, text FROM org_text WHERE field = 'name';
CREATE VIEW frac_name AS SELECT subject, language, text FROM frac_text WHERE field = 'name';
CREATE VIEW learning_title AS SELECT subject, language, text FROM learning_text WHERE field = 'title';
-- What a position needs, with the days between which that was in force.
CREATE VIEW position_needs AS
SELECT m.position, m.id AS map, m.from_day, m.until_day, r.competency, c.kind, c.code, r.level, r.critical
FROM position_map m JOIN requirement r ON r.map = m.id JOIN competency c ON c.id = r.competency;
-- Who holds what, with the days.
CREATE VIEW officer_posting AS
SELECT p.officer, p.id, p.position, p.organisation, p.supervisor, p.from_day, p.until_day, o.name, o.grp
FROM posting p JOIN officer o ON o.id = p.officer;
