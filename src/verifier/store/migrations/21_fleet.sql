-- Kiosks as a fleet: where they are, how they say they are, and which are retired.

ALTER TABLE devices ADD COLUMN site TEXT;          -- given by an operator, in place of what the device says
ALTER TABLE devices ADD COLUMN retired_at INTEGER; -- disabled for good

CREATE INDEX devices_kiosks ON devices (integration_id, id) WHERE kiosk = 1;

-- The last heartbeat of each kiosk, and nothing of those before it.
CREATE TABLE heartbeats (
    integration_id    TEXT NOT NULL,
    device            TEXT NOT NULL,
    received_at       INTEGER NOT NULL,
    clock_ahead_secs  INTEGER NOT NULL,         -- the time of the request's proof against the verifier's
    told              TEXT NOT NULL,            -- JSON, as this build read it; nothing in it is checked
    recorded          TEXT NOT NULL DEFAULT '', -- the troubles that the audit log has, separated by spaces
    recorded_at       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (integration_id, device),
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- An operator can refuse a device that waits. The row stays until its sign-in ends, so that the device cannot ask again
-- in it.
ALTER TABLE binding_requests ADD COLUMN refused_at INTEGER;

-- People may stand at a kiosk's distance.
ALTER TABLE integrations ADD COLUMN kiosk_distance INTEGER NOT NULL DEFAULT 0;
