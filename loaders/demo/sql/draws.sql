-- Chance without a generator: every draw is a hash of who, when, what and a number of its own (`salt`), so no draw
-- depends on the order in which rows are made. The hash is taken anew at each level, or draws of one key would share bits.
CREATE MACRO draw(key, salt) AS hash(xor(key::UBIGINT, salt::UBIGINT));
CREATE MACRO below(key, salt, n) AS (draw(key, salt) % n::UBIGINT)::BIGINT;
CREATE MACRO happens(key, salt, per_mille) AS below(key, salt, 1000) < per_mille;
CREATE MACRO pick(key, salt, choices) AS choices[1 + below(key, salt, len(choices))];
CREATE MACRO fraction(key, salt) AS below(key, salt, 1000000)::DOUBLE / 1000000;
