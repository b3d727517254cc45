//! How evenly the window paints.
