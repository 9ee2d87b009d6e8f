CREATE TABLE charye.line(
    campaign bigint PRIMARY KEY,
    lives bigint NOT NULL,
    open_bucket bigint NOT NULL DEFAULT 0,
    term bigint NOT NULL DEFAULT 0,
    leader bigint NOT NULL DEFAULT 0,
    serving_number bigint NOT NULL DEFAULT 0,
    gate_sequence bigint NOT NULL DEFAULT 0,
    document bytea NOT NULL DEFAULT '',
    opened_at text NOT NULL DEFAULT '',
    closed_at text NOT NULL DEFAULT '',
    steps bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
CREATE TABLE charye.line_node(
    campaign bigint NOT NULL,
    incarnation bigint NOT NULL,
    node bigint NOT NULL,
    beat bigint NOT NULL DEFAULT 0,
    given bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, incarnation)
) WITH (fillfactor = 20);
CREATE UNIQUE INDEX line_node_number ON charye.line_node(campaign, node);
CREATE TABLE charye.line_reservation(
    campaign bigint NOT NULL,
    number bigint NOT NULL,
    incarnation bigint NOT NULL,
    reserved bigint NOT NULL CHECK (reserved >= 0),
    PRIMARY KEY (campaign, number, incarnation)
) WITH (fillfactor = 50);
CREATE TABLE charye.line_bucket(
    campaign bigint NOT NULL,
    number bigint NOT NULL,
    node bigint NOT NULL,
    incarnation bigint NOT NULL,
    count bigint NOT NULL CHECK (count >= 0),
    PRIMARY KEY (campaign, number, node, incarnation)
);
CREATE TABLE charye.line_news(
    campaign bigint PRIMARY KEY,
    number bigint NOT NULL,
    as_of text NOT NULL,
    is_well bigint NOT NULL,
    opening text NOT NULL,
    opening_at text NOT NULL,
    doses text NOT NULL
) WITH (fillfactor = 20);
