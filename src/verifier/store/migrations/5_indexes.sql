-- What grows with use is found by an index, or a large table makes every call slow.

CREATE INDEX devices_by_id ON devices (id);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at);
CREATE INDEX used_tokens_by_expiry ON used_tokens (expires_at);
CREATE INDEX proofs_by_expiry ON proofs (expires_at);
CREATE INDEX portal_sessions_by_expiry ON portal_sessions (expires_at);
CREATE INDEX portal_sessions_by_operator ON portal_sessions (operator);
CREATE INDEX sessions_by_start ON sessions (started_at);
CREATE INDEX audit_by_event ON audit (event);
CREATE INDEX audit_by_subject ON audit (subject);
CREATE INDEX audit_by_account ON audit (account);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX accounts_with_phone ON accounts (integration_id) WHERE phone_sealed IS NOT NULL;
