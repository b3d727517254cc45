-- Devices are bound to accounts, or to a site.
--
-- Nothing says who used the devices registered so far, so none is bound: an account that is enrolled already needs an
-- approval for each device. Devices of integrations that registered by one-time code only stay kiosks.

ALTER TABLE devices ADD COLUMN kiosk INTEGER NOT NULL DEFAULT 0; -- registered by one-time code: bound to a site
UPDATE devices SET kiosk = 1
WHERE integration_id IN (SELECT id FROM integrations WHERE open_registration = 0)
   OR EXISTS (SELECT 1 FROM device_codes c WHERE c.integration_id = devices.integration_id AND c.spent_by = devices.id);

-- The devices with which an account may verify its face.
CREATE TABLE bindings (
    integration_id TEXT NOT NULL,
    sub            TEXT NOT NULL,
    device         TEXT NOT NULL,
    bound_at       INTEGER NOT NULL,
    how            TEXT NOT NULL CHECK (how IN ('enrollment', 'operator', 'mail')),
    PRIMARY KEY (integration_id, sub, device),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bindings_by_device ON bindings (integration_id, device);

-- Devices that could not open a session because they are not bound.
CREATE TABLE binding_requests (
    session_id     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    device         TEXT NOT NULL,
    integration_id TEXT NOT NULL,
    sub            TEXT NOT NULL,
    token_hash     TEXT NOT NULL, -- of the token in the mailed link
    requested_at   INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    PRIMARY KEY (session_id, device),
    FOREIGN KEY (integration_id, sub) REFERENCES accounts (integration_id, sub) ON DELETE CASCADE,
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX binding_requests_by_account ON binding_requests (integration_id, sub);
CREATE INDEX binding_requests_by_device ON binding_requests (integration_id, device);
CREATE INDEX binding_requests_by_expiry ON binding_requests (expires_at);

ALTER TABLE sessions ADD COLUMN address_sealed BLOB; -- mail address, from the session token
