-- The verifier's store, version 4 (PRAGMA user_version). Times are seconds since 1970 (UTC).
-- Columns named *_sealed hold XChaCha20-Poly1305 ciphertext; columns named *_hash hold SHA-256, base64url.

CREATE TABLE integrations (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    enabled           INTEGER NOT NULL,
    tenant_host       TEXT NOT NULL,
    custom_domains    TEXT NOT NULL, -- separated by spaces
    secret_sealed     BLOB NOT NULL,
    old_secret_sealed BLOB,          -- accepted for session tokens until old_secret_until
    old_secret_until  INTEGER NOT NULL DEFAULT 0,
    self_enrolment    INTEGER NOT NULL,
    enrolment_flow    TEXT NOT NULL CHECK (enrolment_flow IN ('inline', 'email')),
    verification_flow TEXT NOT NULL CHECK (verification_flow IN ('inline', 'email')),
    fallback          TEXT NOT NULL CHECK (fallback IN ('none', 'sms', 'voice')),
    virtual_cameras   INTEGER NOT NULL,
    open_registration INTEGER NOT NULL,
    attempts          INTEGER NOT NULL,
    policy            TEXT NOT NULL, -- JSON; only tightens the service's own
    log_token_hash    TEXT,          -- token of the tenant's log stream
    created_at        INTEGER NOT NULL
) STRICT;

-- The last event of each kind for an integration, so that an operator can see whether it is set up correctly.
CREATE TABLE setup_events (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    what           TEXT NOT NULL,
    at             INTEGER NOT NULL,
    detail         TEXT NOT NULL, -- a fixed term or a number
    PRIMARY KEY (integration_id, what)
) STRICT;

-- The audit log names accounts by pseudonym; deleting this row removes the link to the person.
CREATE TABLE accounts (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    sub            TEXT NOT NULL,
    pseudonym      TEXT NOT NULL UNIQUE,
    failures       INTEGER NOT NULL DEFAULT 0, -- consecutive failed faces, across all sessions
    locked_until   INTEGER NOT NULL DEFAULT 0,
    phone_sealed   BLOB,             -- E.164, set by an operator
    code_failures     INTEGER NOT NULL DEFAULT 0, -- consecutive wrong codes, counted separately from faces
    code_locked_until INTEGER NOT NULL DEFAULT 0,
    verified_at    INTEGER,          -- the last time a face or a code was accepted
    cosine_min     REAL,             -- the account's own match threshold, set by an operator
    PRIMARY KEY (integration_id, sub)
) STRICT;

CREATE TABLE templates (
    integration_id  TEXT NOT NULL,
    sub             TEXT NOT NULL,
    template_sealed BLOB NOT NULL, -- the template that faces are compared with
    enrolled_sealed BLOB NOT NULL, -- the template as enrolled; updates stay close to it
    enrolled_at     INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL, -- time of the enrollment or the last update
    PRIMARY KEY (integration_id, sub),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE
) STRICT;

CREATE TABLE devices (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    id             TEXT NOT NULL, -- RFC 7638 thumbprint of the key
    public_key     TEXT NOT NULL, -- `x` of its JWK (Ed25519)
    name           TEXT NOT NULL,
    enabled        INTEGER NOT NULL DEFAULT 1,
    registered_at  INTEGER NOT NULL,
    PRIMARY KEY (integration_id, id)
) STRICT;

CREATE TABLE device_codes (
    code_hash      TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    expires_at     INTEGER NOT NULL,
    spent_by       TEXT -- device id
) STRICT;

CREATE TABLE sessions (
    id                TEXT PRIMARY KEY,
    integration_id    TEXT NOT NULL,
    sub               TEXT NOT NULL,
    stage             TEXT NOT NULL CHECK (stage IN ('created', 'open', 'approved', 'refused')),
    purpose           TEXT NOT NULL CHECK (purpose IN ('enroll', 'verify')),
    application       TEXT NOT NULL,
    account           TEXT NOT NULL, -- masked
    continue_uri      TEXT NOT NULL,
    started_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    state_sealed      BLOB NOT NULL,
    code_hash         TEXT NOT NULL,
    cookie_hash       TEXT NOT NULL,
    secret_hash       TEXT NOT NULL, -- of the Session Secret that signed the session token and signs the return token
    device            TEXT,
    nonce_sealed      BLOB,
    attempts_left     INTEGER NOT NULL,
    bad_posts         INTEGER NOT NULL DEFAULT 0,
    reason            TEXT,
    method            TEXT NOT NULL DEFAULT 'face' CHECK (method IN ('face', 'sms', 'voice')), -- what was accepted: face or code channel
    phone_sealed      BLOB, -- E.164, from the session token
    mail_hash         TEXT UNIQUE, -- of the token in the mailed link
    mail_sealed       BLOB, -- that token and the mail address
    mails             INTEGER NOT NULL DEFAULT 0, -- number of sends
    final_sealed      BLOB, -- the last outcome
    handle_hash       TEXT UNIQUE,
    handle_expires_at INTEGER,
    returned          INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_by_account ON sessions (integration_id, sub);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Answers to posted captures, so that a lost answer can be repeated.
CREATE TABLE captures (
    session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    post_hash     TEXT NOT NULL,
    jti           TEXT NOT NULL,
    answer_sealed BLOB NOT NULL,
    PRIMARY KEY (session_id, post_hash),
    UNIQUE (session_id, jti)
) STRICT;

-- State of a session's one-time code; the code itself is stored by Twilio.
CREATE TABLE codes (
    session_id    TEXT PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    channel       TEXT NOT NULL CHECK (channel IN ('sms', 'voice')),
    sid_sealed    BLOB,
    sends         INTEGER NOT NULL, -- codes sent so far
    attempts_left INTEGER NOT NULL,
    sent_at       INTEGER NOT NULL,
    passed_hash   TEXT -- of the code that passed the session
) STRICT;

-- Log events already received: a log stream delivers at least once.
CREATE TABLE log_events (
    log_hash   TEXT PRIMARY KEY, -- of integration id and log_id
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX log_events_by_expiry ON log_events (expires_at);

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

CREATE TABLE used_tokens (
    token_hash TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE proofs (
    proof_hash TEXT PRIMARY KEY, -- of device id and jti
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    event   TEXT NOT NULL,
    subject TEXT NOT NULL, -- session, device, integration or operator
    account TEXT NOT NULL, -- pseudonym, or empty
    detail  TEXT NOT NULL,
    hash    TEXT NOT NULL  -- HMAC-SHA-256 over this row and the hash before it
) STRICT;
CREATE TRIGGER audit_rows_stay_as_they_are BEFORE UPDATE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit
BEGIN SELECT RAISE (ABORT, 'the audit log is append-only'); END;

-- Verifies that the database is opened with the key that sealed it.
CREATE TABLE key_check (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    sealed   BLOB NOT NULL
) STRICT;

PRAGMA user_version = 4;
