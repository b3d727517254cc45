-- Up to which row the audit log was found intact: the next check begins there.

CREATE TABLE audit_checkpoints (
    seq  INTEGER PRIMARY KEY, -- the last row that was checked
    hash TEXT NOT NULL,       -- of that row
    at   INTEGER NOT NULL,    -- when it was checked
    mac  TEXT NOT NULL        -- HMAC-SHA-256 over this checkpoint
) STRICT;
