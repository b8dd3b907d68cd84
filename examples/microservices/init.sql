CREATE TABLE counters (name text PRIMARY KEY, count bigint NOT NULL);
INSERT INTO counters VALUES ('hits', 0);
