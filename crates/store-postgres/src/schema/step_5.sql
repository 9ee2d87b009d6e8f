ALTER TABLE charye.line ADD COLUMN steered text NOT NULL DEFAULT '';
ALTER TABLE charye.line_node ADD COLUMN arrived bigint NOT NULL DEFAULT 0;
ALTER TABLE charye.line_node ADD COLUMN waiting bigint NOT NULL DEFAULT 0;
ALTER TABLE charye.line_news ADD COLUMN load text NOT NULL DEFAULT ''
