-- The keys that seal values and chain the audit log. They used to follow from the master key alone, which therefore could
-- not be replaced. The first ones are written when the database is opened with its master key.

CREATE TABLE sealing_keys (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT, -- of the keys that seal, the last one seals new values
    purpose    TEXT NOT NULL CHECK (purpose IN ('seal', 'audit', 'checkpoint', 'samples')),
    id         TEXT NOT NULL, -- digest of the key; its first bytes are before each value that it sealed
    wrapped_by TEXT NOT NULL, -- id of the master key
    sealed     BLOB NOT NULL, -- the key, by the master key
    UNIQUE (purpose, id, wrapped_by)
) STRICT;
