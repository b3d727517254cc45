-- What a person agreed to before their face was stored, as JSON: language, text, when. It is deleted with the face.
-- NULL where nothing was shown, as without a window, and for faces stored before.

ALTER TABLE pending_enrollments ADD COLUMN consent TEXT;
ALTER TABLE templates ADD COLUMN consent TEXT;
