-- Columns named *_sealed hold XChaCha20-Poly1305 ciphertext; columns named *_hash hold SHA-256, base64url.

CREATE TABLE integrations (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    tenant_host       TEXT NOT NULL,
    custom_domains    TEXT NOT NULL, -- separated by spaces
    secret_sealed     BLOB NOT NULL,
    self_enrolment    INTEGER NOT NULL,
    virtual_cameras   INTEGER NOT NULL,
    open_registration INTEGER NOT NULL,
    attempts          INTEGER NOT NULL,
    created_at        INTEGER NOT NULL
) STRICT;

-- The audit log names accounts by pseudonym; deleting this row removes the link to the person.
CREATE TABLE accounts (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    sub            TEXT NOT NULL,
    pseudonym      TEXT NOT NULL UNIQUE,
    failures       INTEGER NOT NULL DEFAULT 0, -- consecutive failed faces, across all sessions
    locked_until   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (integration_id, sub)
) STRICT;

CREATE TABLE templates (
    integration_id  TEXT NOT NULL,
    sub             TEXT NOT NULL,
    template_sealed BLOB NOT NULL,
    enrolled_at     INTEGER NOT NULL,
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
    device            TEXT,
    nonce_sealed      BLOB,
    attempts_left     INTEGER NOT NULL,
    bad_posts         INTEGER NOT NULL DEFAULT 0,
    reason            TEXT,
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
