CREATE TABLE charye.line_order(
    campaign bigint NOT NULL,
    number bigint NOT NULL,
    given_at text NOT NULL,
    by_whom text NOT NULL,
    why text NOT NULL,
    what text NOT NULL,
    PRIMARY KEY (campaign, number)
)
