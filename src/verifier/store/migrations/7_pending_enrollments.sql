-- A template is an account's only once the browser that started the sign-in has returned. Until then it is kept here, and
-- dropped if the sign-in is refused or its handle expires.

CREATE TABLE pending_enrollments (
    session_id      TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    template_sealed BLOB NOT NULL,
    expires_at      INTEGER NOT NULL -- as the session's return handle
) STRICT;
CREATE INDEX pending_enrollments_by_expiry ON pending_enrollments (expires_at);
