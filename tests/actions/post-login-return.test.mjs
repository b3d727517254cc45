// verified-post-login.js, second leg: which verifier responses grant a sign-in, and the error codes of the others.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { login } from './logins.mjs';
import { NOW, run, sign } from './runtime.mjs';

const FILE = 'verified-post-login.js';
const SECRET = 'a session secret that only this test knows';
const SECRETS = {
  SESSION_SECRET: SECRET,
  INTEGRATION_ID: 'integration-1',
  VERIFIER_ORIGIN: 'https://verifier.example.com',
  MODE: 'always',
};
const CLAIM = 'https://authid.ai/claims/amr';
const STATE = 'hKFo2SBzdGF0ZQ';
const SECONDS = NOW / 1000;

const APPROVED = {
  sub: 'auth0|ada',
  iss: 'https://verifier.example.com',
  iat: SECONDS - 1,
  exp: SECONDS + 59,
  state: STATE,
  jti: 'answer-1',
  integration_id: 'integration-1',
  transaction_id: 'transaction-1',
  result: 'approved',
  purpose: 'verify',
  amr: ['face', 'mfa'],
};
const REFUSED = { ...APPROVED, result: 'refused', amr: undefined };
const REASONS = (
  'no_match not_live cannot_tell poor_quality camera_not_allowed untrusted cancelled not_me no_camera timed_out ' +
  'too_many_attempts not_enrolled already_enrolled disabled cannot_enforce'
).split(' ');

/** Returns to the Action with `token`; `change` overrides parts of the event. */
function back(token, change = {}) {
  const { metadata = { countenance_transaction_id: 'transaction-1' }, ...rest } = change;
  const request = { method: 'POST', query: { state: STATE }, body: { session_token: token } };
  return run(FILE, 'onContinuePostLogin', login({ secrets: SECRETS, request, transaction: { metadata }, ...rest }));
}

const GRANTED = [
  ['by face', {}],
  ['by a code by text message', { amr: ['otp', 'sms', 'mfa'] }],
  ['by a code by call', { amr: ['otp', 'tel', 'mfa'] }],
  ['with amr as text', { amr: 'face mfa' }],
  ['by a verifier that does not echo the transaction', { transaction_id: undefined }],
];
for (const [name, change] of GRANTED) {
  test(`return: approved ${name}`, async () => {
    const did = await back(sign({ ...APPROVED, ...change }, SECRET));
    assert.deepEqual([did.thrown, did.denied], [null, []]);
    assert.deepEqual([did.idClaims, did.accessClaims], [{ [CLAIM]: 'mfa' }, {}]);
    assert.deepEqual([did.recorded, did.dropped], [['https://verifier.example.com/start'], []]);
    assert.deepEqual(did.appMetadata, {});
  });
}

test('return: approved for an API, the access token has the claim too', async () => {
  const did = await back(sign(APPROVED, SECRET), { resource_server: { identifier: 'https://payroll/api' } });
  assert.deepEqual([did.idClaims, did.accessClaims], [{ [CLAIM]: 'mfa' }, { [CLAIM]: 'mfa' }]);
});

test('return: an enrollment is recorded', async () => {
  const did = await back(sign({ ...APPROVED, purpose: 'enroll' }, SECRET));
  assert.deepEqual(did.idClaims, { [CLAIM]: 'mfa' });
  assert.deepEqual(did.appMetadata, { countenance: { enrolled_at: new Date(NOW).toISOString() } });
});

test('return: an enrollment keeps the other fields of the entry', async () => {
  const user = { app_metadata: { countenance: { phone_number: '+4915112345678' } } };
  const did = await back(sign({ ...APPROVED, purpose: 'enroll' }, SECRET), { user });
  const entry = { phone_number: '+4915112345678', enrolled_at: new Date(NOW).toISOString() };
  assert.deepEqual(did.appMetadata, { countenance: entry });
});

test('return: the answer may be in the query', async () => {
  const request = { query: { state: STATE, session_token: sign(APPROVED, SECRET) }, body: {} };
  assert.deepEqual((await back('', { request })).denied, []);
});

test('return: the body takes precedence over the query', async () => {
  const query = { state: STATE, session_token: sign(APPROVED, SECRET) };
  const request = { query, body: { session_token: sign(REFUSED, SECRET) } };
  assert.deepEqual((await back('', { request })).denied, ['countenance_refused']);
});

/** Name, claims of the response, and resulting error code. */
const DENIED = [
  ...REASONS.map((reason) => [`refused: ${reason}`, { ...REFUSED, reason }, `countenance_${reason}`]),
  ['refused without a reason', REFUSED, 'countenance_refused'],
  ['refused for a reason of another version', { ...REFUSED, reason: 'new_reason' }, 'countenance_refused'],
  ['a reason that is markup', { ...REFUSED, reason: '<script>' }, 'countenance_refused'],
  ['refused with amr', { ...REFUSED, amr: ['face', 'mfa'], reason: 'no_match' }, 'countenance_no_match'],
  ['another integration', { ...APPROVED, integration_id: 'integration-2' }, 'countenance_wrong_integration'],
  ['no integration', { ...APPROVED, integration_id: undefined }, 'countenance_wrong_integration'],
  ['another transaction', { ...APPROVED, transaction_id: 'transaction-2' }, 'countenance_wrong_transaction'],
  ['a transaction that is null', { ...APPROVED, transaction_id: null }, 'countenance_wrong_transaction'],
  ['no result', { ...APPROVED, result: undefined }, 'countenance_invalid_answer'],
  ['another result', { ...APPROVED, result: 'perhaps' }, 'countenance_invalid_answer'],
  ['no amr', { ...APPROVED, amr: undefined }, 'countenance_invalid_answer'],
  ['amr without mfa', { ...APPROVED, amr: ['face'] }, 'countenance_invalid_answer'],
  ['an enrollment that does not count', { ...APPROVED, purpose: 'enroll', amr: [] }, 'countenance_enrolled'],
  ['an enrollment without amr', { ...APPROVED, purpose: 'enroll', amr: undefined }, 'countenance_enrolled'],
  ['no purpose', { ...APPROVED, purpose: undefined }, 'countenance_invalid_answer'],
  ['another purpose', { ...APPROVED, purpose: 'erase' }, 'countenance_invalid_answer'],
];
for (const [name, claims, code] of DENIED) {
  test(`return: ${name}`, async () => {
    await assertDenied(back(sign(claims, SECRET)), code);
  });
}

const forged = sign(APPROVED, SECRET).replace(/\.[^.]*$/, '.AAAA');
const NO_STATE = 'State in the token does not match the /continue state.';

/** Name, parameter as received, and Auth0's message in the tenant's log. */
const INVALID = [
  ['wrong state', sign({ ...APPROVED, state: 'another' }, SECRET), NO_STATE],
  ['no state', sign({ ...APPROVED, state: undefined }, SECRET), NO_STATE],
  ['wrong secret', sign(APPROVED, 'another secret'), 'Failed signature validation'],
  ['forged signature', forged, 'Failed signature validation'],
  ['unsigned', sign(APPROVED, SECRET, { alg: 'none' }).replace(/[^.]*$/, ''), 'Failed signature validation'],
  ['another algorithm', sign(APPROVED, SECRET, { alg: 'HS512' }), 'Failed signature validation'],
  ['no expiry', sign({ ...APPROVED, exp: undefined }, SECRET), 'Missing or invalid standard claims'],
  ['no issuer', sign({ ...APPROVED, iss: undefined }, SECRET), 'Missing or invalid standard claims'],
  ['another type', sign(APPROVED, SECRET, { typ: 'eat+jwt' }), 'Unexpected token payload type'],
  ['another user', sign({ ...APPROVED, sub: 'auth0|bob' }, SECRET), 'The sub claim does not match the user_id.'],
  ['expired this second', sign({ ...APPROVED, exp: SECONDS }, SECRET), 'Token has expired.'],
  ['garbage', 'garbage', NO_STATE],
  ['three parts of garbage', '..', NO_STATE],
  ['empty', '', NO_STATE],
];
for (const [name, token, text] of INVALID) {
  test(`return: ${name}`, async () => {
    const did = await assertDenied(back(token), 'countenance_invalid_token');
    assert.deepEqual(did.log, [`countenance: The session token is invalid: ${text}`]);
  });
}

test('return: without an answer', async () => {
  const request = { query: { state: STATE }, body: {} };
  const did = await assertDenied(back('', { request }), 'countenance_invalid_token');
  assert.match(did.log[0], /There is no parameter called 'session_token'/);
});

test('return: a sign-in that was never redirected', async () => {
  await assertDenied(back(sign(APPROVED, SECRET), { metadata: {} }), 'countenance_wrong_transaction');
});

test('return: the log contains neither token nor secret', async () => {
  const token = sign({ ...APPROVED, exp: SECONDS }, SECRET);
  const did = await back(token);
  assert.ok(!did.log.join('\n').includes(token) && !did.log.join('\n').includes(SECRET));
});

async function assertDenied(running, code) {
  const did = await running;
  assert.deepEqual([did.thrown, did.denied], [null, [code]]);
  assert.deepEqual([did.idClaims, did.accessClaims, did.recorded, did.appMetadata], [{}, {}, [], {}]);
  return did;
}
