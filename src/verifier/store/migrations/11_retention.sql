-- How long faces are kept, and the answer to a return, so that the same browser may repeat it for a moment.

ALTER TABLE integrations ADD COLUMN retention_days INTEGER NOT NULL DEFAULT 1095; -- 0: as long as the account
CREATE INDEX accounts_by_use ON accounts (integration_id, verified_at);
CREATE INDEX templates_by_enrollment ON templates (integration_id, enrolled_at);

ALTER TABLE sessions ADD COLUMN returned_at INTEGER;
ALTER TABLE sessions ADD COLUMN returned_counts INTEGER NOT NULL DEFAULT 1; -- as a second factor
