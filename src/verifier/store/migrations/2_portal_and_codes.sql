-- Integrations with rules, one-time codes, the tenant's log stream and the portal.

ALTER TABLE integrations ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
ALTER TABLE integrations ADD COLUMN old_secret_sealed BLOB; -- accepted for session tokens until old_secret_until
ALTER TABLE integrations ADD COLUMN old_secret_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE integrations ADD COLUMN enrolment_flow TEXT NOT NULL DEFAULT 'inline'
    CHECK (enrolment_flow IN ('inline', 'email'));
ALTER TABLE integrations ADD COLUMN verification_flow TEXT NOT NULL DEFAULT 'inline'
    CHECK (verification_flow IN ('inline', 'email'));
ALTER TABLE integrations ADD COLUMN fallback TEXT NOT NULL DEFAULT 'none'
    CHECK (fallback IN ('none', 'sms', 'voice'));
ALTER TABLE integrations ADD COLUMN policy TEXT NOT NULL DEFAULT '{}'; -- JSON; only tightens the service's own
ALTER TABLE integrations ADD COLUMN log_token_hash TEXT; -- token of the tenant's log stream

ALTER TABLE accounts ADD COLUMN phone_sealed BLOB; -- E.164, set by an operator
ALTER TABLE accounts ADD COLUMN verified_at INTEGER; -- the last time a face or a code was accepted

-- Of the Session Secret that signed the session token and signs the return token; '' is the current one.
ALTER TABLE sessions ADD COLUMN secret_hash TEXT NOT NULL DEFAULT '';
-- What was accepted: a face, or a code by this channel.
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'face' CHECK (method IN ('face', 'sms', 'voice'));
ALTER TABLE sessions ADD COLUMN phone_sealed BLOB; -- E.164, from the session token
ALTER TABLE sessions ADD COLUMN mail_hash TEXT; -- of the token in the mailed link
CREATE UNIQUE INDEX sessions_by_mail ON sessions (mail_hash);

-- The last event of each kind for an integration, so that an operator can see whether it is set up correctly.
CREATE TABLE sightings (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    what           TEXT NOT NULL,
    at             INTEGER NOT NULL,
    detail         TEXT NOT NULL, -- a fixed term or a number
    PRIMARY KEY (integration_id, what)
) STRICT;

-- State of a session's one-time code; the code itself is stored by Twilio.
CREATE TABLE codes (
    session_id    TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    channel       TEXT NOT NULL CHECK (channel IN ('sms', 'voice')),
    sid_sealed    BLOB,
    sends         INTEGER NOT NULL, -- codes sent so far
    attempts_left INTEGER NOT NULL,
    sent_at       INTEGER NOT NULL
) STRICT;

-- Log events already received: a log stream delivers at least once.
CREATE TABLE log_events (
    log_hash   TEXT PRIMARY KEY, -- of integration id and log_id
    expires_at INTEGER NOT NULL
) STRICT;

-- Feedback due to Twilio: a code that it sent was verified.
CREATE TABLE feedback (
    id           INTEGER PRIMARY KEY,
    phone_sealed BLOB NOT NULL,
    seal_id      TEXT NOT NULL, -- binds the ciphertext to this row
    due_at       INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX feedback_by_due ON feedback (due_at);

-- Portal operators. Passwords are generated, 120 random bits, so SHA-256 is enough.
CREATE TABLE operators (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE portal_sessions (
    cookie_hash TEXT PRIMARY KEY,
    operator    TEXT NOT NULL REFERENCES operators (name) ON DELETE CASCADE,
    seen_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
