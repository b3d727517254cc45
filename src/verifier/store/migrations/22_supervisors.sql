-- Supervisors: who confirms enrollments at an integration's kiosks, with a number and a PIN.

CREATE TABLE supervisors (
    integration_id  TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    number          TEXT NOT NULL,              -- chosen by an operator
    name            TEXT NOT NULL,
    sub             TEXT,                       -- their own account, whose enrollment they do not attend
    pin_sealed      BLOB NOT NULL,              -- argon2id
    wrong_pins      INTEGER NOT NULL DEFAULT 0, -- in a row
    closed_until    INTEGER NOT NULL DEFAULT 0, -- until then no PIN is compared
    enrollments     INTEGER NOT NULL DEFAULT 0, -- how many they attended
    created_at      INTEGER NOT NULL,
    retired_at      INTEGER,
    PRIMARY KEY (integration_id, number)
) STRICT;

-- Who confirmed it; the number stays readable for as long as the face.
ALTER TABLE sessions ADD COLUMN attended_by TEXT;
ALTER TABLE templates ADD COLUMN attended_by TEXT;
