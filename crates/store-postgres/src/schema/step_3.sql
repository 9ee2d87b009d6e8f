CREATE TABLE charye.person_keys(
    id bigint PRIMARY KEY CHECK (id = 1),
    version bigint NOT NULL CHECK (version >= 0),
    sealed bytea NOT NULL,
    next bigint NOT NULL CHECK (next >= 0)
);
CREATE TABLE charye.duty(
    id bigint PRIMARY KEY CHECK (id = 1),
    holder bytea NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 20);
INSERT INTO charye.duty(id, holder, until) VALUES (1, '', 'epoch');
