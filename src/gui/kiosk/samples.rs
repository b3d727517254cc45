//! Samples of a kiosk's pages, for tests and reviewers.
