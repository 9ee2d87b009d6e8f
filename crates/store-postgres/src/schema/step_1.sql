CREATE TABLE charye.journal(
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at_ms bigint NOT NULL,
    body bytea NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    audit_seq bigint NOT NULL,
    audit_hash bytea NOT NULL CHECK (octet_length(audit_hash) = 32)
);
ALTER TABLE charye.journal ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX journal_audit ON charye.journal(audit_seq, seq);
CREATE TABLE charye.head(
    id bigint PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL CHECK (seq >= 0),
    at_ms bigint NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    batches bigint NOT NULL
) WITH (fillfactor = 20);
INSERT INTO charye.head(id, seq, at_ms, chain, batches) VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'), 0);
CREATE TABLE charye.slot_taken(
    clinic bigint NOT NULL,
    visit_on bigint NOT NULL,
    starts_min bigint NOT NULL,
    places bigint NOT NULL CHECK (places > 0),
    places_max bigint NOT NULL,
    PRIMARY KEY (clinic, visit_on, starts_min),
    CHECK (places <= places_max)
) WITH (fillfactor = 50);
CREATE TABLE charye.live_hold(
    campaign bigint NOT NULL,
    booker bigint NOT NULL,
    hold bigint NOT NULL,
    PRIMARY KEY (campaign, booker)
);
CREATE TABLE charye.live_dose(
    campaign bigint NOT NULL,
    person bigint NOT NULL,
    dose bigint NOT NULL,
    appointment bigint NOT NULL,
    PRIMARY KEY (campaign, person, dose)
);
CREATE TABLE charye.person_alias(
    alias bytea PRIMARY KEY,
    person bigint NOT NULL
);
