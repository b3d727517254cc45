-- What clients were sent, and what they say of themselves.

ALTER TABLE sessions ADD COLUMN policy TEXT; -- of the ticket, as sent: the attestation has its digest

ALTER TABLE devices ADD COLUMN client_version TEXT; -- as last seen
ALTER TABLE devices ADD COLUMN seen_at INTEGER;
ALTER TABLE devices ADD COLUMN cannot_enforce INTEGER NOT NULL DEFAULT 0; -- that version could not do what a ticket required

ALTER TABLE integrations ADD COLUMN client_version_min TEXT;
ALTER TABLE integrations ADD COLUMN client_versions_refused TEXT NOT NULL DEFAULT ''; -- separated by spaces
