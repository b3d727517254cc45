ALTER TABLE sightings RENAME TO setup_events;
