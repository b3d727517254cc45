-- Where devices keep their keys, and how well an integration wants them kept. Until now all were in files.

ALTER TABLE devices ADD COLUMN key_protection TEXT NOT NULL DEFAULT 'file'; -- as registered, or less since

ALTER TABLE integrations ADD COLUMN key_protection_min TEXT NOT NULL DEFAULT 'file';
