//! For relying parties: whether an ID token says that a second factor was shown.
