-- Limits by day, and the limits of each integration.

ALTER TABLE integrations ADD COLUMN limits TEXT NOT NULL DEFAULT '{}'; -- JSON; what is missing has its default

CREATE TABLE daily_counts (
    integration_id TEXT NOT NULL REFERENCES integrations (id) ON DELETE CASCADE,
    day            INTEGER NOT NULL, -- since 1970, UTC
    what           TEXT NOT NULL,
    subject        TEXT NOT NULL,    -- pseudonym of the account, or empty for the integration
    count          INTEGER NOT NULL,
    PRIMARY KEY (integration_id, day, what, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX daily_counts_by_day ON daily_counts (day);

-- The accounts whose faces each device tried.
CREATE TABLE device_accounts (
    integration_id TEXT NOT NULL,
    device         TEXT NOT NULL,
    day            INTEGER NOT NULL,
    account        TEXT NOT NULL, -- pseudonym
    PRIMARY KEY (integration_id, device, day, account),
    FOREIGN KEY (integration_id, device) REFERENCES devices (integration_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX device_accounts_by_day ON device_accounts (day);
