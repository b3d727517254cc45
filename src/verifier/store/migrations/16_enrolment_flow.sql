-- Two more ways to enroll: while an operator lets the user, and only at a kiosk. A column's CHECK cannot be changed, so the
-- column is made anew.

ALTER TABLE integrations ADD COLUMN enrolment TEXT NOT NULL DEFAULT 'inline'
    CHECK (enrolment IN ('inline', 'email', 'operator', 'attended'));
UPDATE integrations SET enrolment = enrolment_flow;
ALTER TABLE integrations DROP COLUMN enrolment_flow;
ALTER TABLE integrations RENAME COLUMN enrolment TO enrolment_flow;

-- Until when an operator lets the user enroll; 0: no longer.
ALTER TABLE accounts ADD COLUMN enrolment_until INTEGER NOT NULL DEFAULT 0;
