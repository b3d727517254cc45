-- Whether an enrollment counts as a second factor, as it did before there was a choice.
ALTER TABLE integrations ADD COLUMN enrolment_counts INTEGER NOT NULL DEFAULT 1;
