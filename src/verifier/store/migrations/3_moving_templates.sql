-- Templates that follow their owner, thresholds of an account's own, codes counted apart from faces.

ALTER TABLE accounts ADD COLUMN code_failures INTEGER NOT NULL DEFAULT 0; -- consecutive wrong codes
ALTER TABLE accounts ADD COLUMN code_locked_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN cosine_min REAL; -- the account's own match threshold, set by an operator

-- The template as enrolled; updates of template_sealed stay close to it. Empty: template_sealed was never updated.
ALTER TABLE templates ADD COLUMN enrolled_sealed BLOB NOT NULL DEFAULT x'';
ALTER TABLE templates ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0; -- time of the enrollment or the last update
UPDATE templates SET changed_at = enrolled_at;

ALTER TABLE sessions ADD COLUMN mail_sealed BLOB; -- the token in the mailed link, and the mail address
ALTER TABLE sessions ADD COLUMN mails INTEGER NOT NULL DEFAULT 0; -- number of sends
ALTER TABLE codes ADD COLUMN passed_hash TEXT; -- of the code that passed the session
CREATE INDEX log_events_by_expiry ON log_events (expires_at);
