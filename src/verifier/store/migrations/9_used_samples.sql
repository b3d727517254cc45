-- Samples that were judged for an account, so that none is judged twice: a keyed digest of the decoded pixels, from which
-- nobody without the key learns anything.

CREATE TABLE used_samples (
    integration_id TEXT NOT NULL,
    sub            TEXT NOT NULL,
    digest         TEXT NOT NULL,
    used_at        INTEGER NOT NULL,
    PRIMARY KEY (integration_id, sub, digest),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX used_samples_by_time ON used_samples (used_at);
