-- Operators have a role, and a second factor beside their password.

ALTER TABLE operators ADD COLUMN role TEXT NOT NULL DEFAULT 'admin' -- those of before go on doing everything
    CHECK (role IN ('admin', 'helpdesk', 'auditor'));
ALTER TABLE operators ADD COLUMN totp_sealed BLOB; -- secret of their authenticator app; NULL until the first sign-in
ALTER TABLE operators ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0; -- time step of the last code that counted
ALTER TABLE operators ADD COLUMN wrong_codes INTEGER NOT NULL DEFAULT 0; -- in a row, after the right password
ALTER TABLE operators ADD COLUMN signed_in_at INTEGER;

-- Name and password were right, and the code of the second factor is missing.
CREATE TABLE pending_sign_ins (
    cookie_hash    TEXT PRIMARY KEY,
    operator       TEXT NOT NULL REFERENCES operators (name) ON DELETE CASCADE,
    offered_sealed BLOB, -- secret for an operator who has none yet
    expires_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at);
CREATE INDEX pending_sign_ins_by_operator ON pending_sign_ins (operator);

-- They were opened by a password alone.
DELETE FROM portal_sessions;
