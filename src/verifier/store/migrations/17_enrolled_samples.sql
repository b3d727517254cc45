-- The embeddings of an enrollment's samples, one after the other: a face that is nearer to one of them than two captures ever
-- are is a copy of it. Empty for enrollments before.

ALTER TABLE pending_enrollments ADD COLUMN samples_sealed BLOB NOT NULL DEFAULT x'';
ALTER TABLE templates ADD COLUMN samples_sealed BLOB NOT NULL DEFAULT x'';
