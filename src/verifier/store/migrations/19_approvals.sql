-- A device that is bound to an account allows another one, by a code that the other one shows.

-- SQLite cannot change a CHECK: the table is made again.
CREATE TABLE bindings_by_more_ways (
    integration_id TEXT NOT NULL,
    sub            TEXT NOT NULL,
    device         TEXT NOT NULL,
    bound_at       INTEGER NOT NULL,
    how            TEXT NOT NULL CHECK (how IN ('enrollment', 'operator', 'mail', 'device')),
    PRIMARY KEY (integration_id, sub, device),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO bindings_by_more_ways (integration_id, sub, device, bound_at, how)
SELECT integration_id, sub, device, bound_at, how FROM bindings;
DROP TABLE bindings;
ALTER TABLE bindings_by_more_ways RENAME TO bindings;
-- The device comes first: a code is looked up among the accounts of a device, whatever their integration.
CREATE INDEX bindings_by_device ON bindings (device, integration_id);

-- The codes of devices that asked. A used one stays until it expires, so that its answer can be repeated.
CREATE TABLE approval_codes (
    session_id     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    device         TEXT NOT NULL, -- the one that asks
    integration_id TEXT NOT NULL,
    sub            TEXT NOT NULL,
    code_hash      TEXT NOT NULL,
    expires_at     INTEGER NOT NULL,
    approved_by    TEXT,          -- the device that used the code
    PRIMARY KEY (session_id, device),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX approval_codes_by_code ON approval_codes (code_hash);
CREATE INDEX approval_codes_by_account ON approval_codes (integration_id, sub);
CREATE INDEX approval_codes_by_device ON approval_codes (device, integration_id);
CREATE INDEX approval_codes_by_expiry ON approval_codes (expires_at);
