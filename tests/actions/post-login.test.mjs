// verified-post-login.js, first leg: which logins are sent to the verifier, with what, and which end there.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REFRESH, ago, login } from './logins.mjs';
import { NOW, TENANT, open, run } from './runtime.mjs';

const FILE = 'verified-post-login.js';
const SECRET = 'a session secret of this test';
const SECRETS = {
  SESSION_SECRET: SECRET,
  INTEGRATION_ID: 'integration-1',
  VERIFIER_ORIGIN: 'https://verifier.example.com',
};
const POLICY = 'https://authid.ai/policies/multi-factor';
const METHOD = 'https://verifier.example.com/start';

const THROUGH = 'through';
const SENT = 'sent';
const asks = { acr_values: [POLICY] };
const silent = { prompt: ['none'] };
const record = (seconds, key = 'name') => ({ methods: [{ [key]: METHOD, timestamp: ago(seconds) }] });
const DAY = 24 * 60 * 60;

/** Name, what the login is, and what becomes of it with MODE "always" and with "on-demand". */
const ROWS = [
  ['plain', {}, SENT, THROUGH],
  ['asked by array', { transaction: asks }, SENT, SENT],
  ['asked by string', { transaction: { acr_values: POLICY } }, SENT, SENT],
  ['asked among others, array', { transaction: { acr_values: ['urn:x', POLICY] } }, SENT, SENT],
  ['asked among others, string', { transaction: { acr_values: `urn:x ${POLICY}` } }, SENT, SENT],
  ['another policy', { transaction: { acr_values: ['urn:x'] } }, SENT, THROUGH],
  ['a policy that only begins so', { transaction: { acr_values: [`${POLICY}-ish`] } }, SENT, THROUGH],
  ['empty array', { transaction: { acr_values: [] } }, SENT, THROUGH],
  ['another prompt', { transaction: { prompt: ['login'] } }, SENT, THROUGH],
  ['refresh token', { transaction: REFRESH }, THROUGH, THROUGH],
  ['refresh token, asked', { transaction: { ...REFRESH, ...asks } }, THROUGH, THROUGH],
  ['silent', { transaction: silent }, 'countenance_interaction_required', THROUGH],
  ['silent, verified', { transaction: silent, authentication: record(60) }, THROUGH, THROUGH],
  ['silent, verified, recorded as url', { transaction: silent, authentication: record(60, 'url') }, THROUGH, THROUGH],
  ['silent, verified a day ago', { transaction: silent, authentication: record(DAY) }, THROUGH, THROUGH],
  [
    'silent, verified longer ago',
    { transaction: silent, authentication: record(DAY + 1) },
    'countenance_interaction_required',
    THROUGH,
  ],
  [
    'silent, verified in the future',
    { transaction: silent, authentication: record(-60) },
    'countenance_interaction_required',
    THROUGH,
  ],
  [
    'silent, verified elsewhere',
    { transaction: silent, authentication: { methods: [{ name: `${METHOD}/other`, timestamp: ago(60) }] } },
    'countenance_interaction_required',
    THROUGH,
  ],
  [
    'silent, asked',
    { transaction: { ...silent, ...asks } },
    'countenance_interaction_required',
    'countenance_interaction_required',
  ],
  [
    'silent, asked, verified',
    { transaction: { ...silent, ...asks }, authentication: record(60) },
    'countenance_interaction_required',
    'countenance_interaction_required',
  ],
  [
    'by password grant',
    { transaction: { protocol: 'oauth2-resource-owner' } },
    'countenance_interaction_required',
    THROUGH,
  ],
  ['custom domain', { request: { hostname: 'login.example.com' } }, SENT, THROUGH],
];

for (const [name, change, ...expected] of ROWS) {
  for (const [i, mode] of ['always', 'on-demand'].entries()) {
    test(`post-login, ${mode}: ${name}`, async () => {
      const did = await run(FILE, 'onExecutePostLogin', login({ secrets: { ...SECRETS, MODE: mode }, ...change }));
      assert.equal(did.thrown, null);
      assert.equal(outcome(did), expected[i]);
      assert.deepEqual([did.idClaims, did.accessClaims, did.recorded], [{}, {}, []], 'nothing is granted yet');
    });
  }
}

test('post-login: what the verifier is sent', async () => {
  const { redirect, metadata } = await run(FILE, 'onExecutePostLogin', login({ secrets: { ...SECRETS, MODE: 'always' } }));
  assert.equal(redirect.url, 'https://verifier.example.com/start');
  assert.deepEqual(Object.keys(redirect.query), ['session_token']);
  const claims = open(redirect.query.session_token, SECRET);
  const expected = {
    sub: 'auth0|ada',
    iss: TENANT,
    iat: NOW / 1000,
    exp: NOW / 1000 + 600,
    ip: '192.0.2.7',
    integration_id: 'integration-1',
    continue_uri: `https://${TENANT}/continue`,
    client_name: 'Payroll',
    email: 'ada@example.com',
    purpose: 'enroll',
    transaction_id: 'transaction-1',
  };
  assert.deepEqual(pick(claims, expected), expected);
  assert.equal(metadata.countenance_transaction_id, 'transaction-1');
});

const ENROLLED = { app_metadata: { countenance: { enrolled_at: '2026-01-01T00:00:00.000Z' } } };
const phone = (verified) => ({ phone_number: '+4915100000001', phone_verified: verified });
const noted = (number) => ({ app_metadata: { countenance: { phone_number: number } } });
const CLAIMS = [
  ['an enrolled person is to be verified', { user: ENROLLED }, { purpose: 'verify' }],
  ['a noted phone is no enrolment', { user: noted('+4915112345678') }, { purpose: 'enroll' }],
  ['no phone', {}, { phone_number: undefined }],
  ['a verified phone', { user: phone(true) }, { phone_number: '+4915100000001' }],
  ['a phone that nobody verified', { user: phone(false) }, { phone_number: undefined }],
  ['a phone of which nothing is said', { user: phone(undefined) }, { phone_number: undefined }],
  ['a phone verified in words', { user: phone('true') }, { phone_number: undefined }],
  ['a phone that an operator noted', { user: noted('+4915112345678') }, { phone_number: '+4915112345678' }],
  [
    'the verified one goes before the noted one',
    { user: { ...phone(true), ...noted('+4915112345678') } },
    { phone_number: '+4915100000001' },
  ],
  [
    'what a person wrote themselves is never sent',
    { user: { user_metadata: { phone_number: '+4915166666666', countenance: { phone_number: '+4915166666666' } } } },
    { phone_number: undefined },
  ],
  ['without an address, the name', { user: { email: undefined } }, { name: 'Ada', email: undefined }],
  [
    'back to the custom domain that was used',
    { request: { hostname: 'login.example.com' } },
    { continue_uri: 'https://login.example.com/continue' },
  ],
  [
    'back to where the settings say',
    { configuration: { CONTINUE_ORIGIN: 'http://tenant.localhost:4712' } },
    { continue_uri: 'http://tenant.localhost:4712/continue' },
  ],
  [
    'the configuration goes before the secrets',
    { configuration: { INTEGRATION_ID: 'integration-2' } },
    { integration_id: 'integration-2' },
  ],
];
for (const [name, change, expected] of CLAIMS) {
  test(`post-login: ${name}`, async () => {
    const did = await run(FILE, 'onExecutePostLogin', login({ secrets: { ...SECRETS, MODE: 'always' }, ...change }));
    assert.deepEqual(pick(open(did.redirect.query.session_token, SECRET), expected), expected);
  });
}

const BROKEN = [
  ['SESSION_SECRET', undefined],
  ['SESSION_SECRET', ''],
  ['INTEGRATION_ID', undefined],
  ['VERIFIER_ORIGIN', undefined],
  ['VERIFIER_ORIGIN', 'verifier.example.com'],
  ['VERIFIER_ORIGIN', 'https://verifier.example.com/'],
  ['VERIFIER_ORIGIN', 'http://verifier.example.com'],
  ['VERIFIER_ORIGIN', 'http://localhost.example.com'],
  ['VERIFIER_ORIGIN', 'https://verifier.example.com\nhttps://evil.example'],
  ['MODE', undefined],
  ['MODE', 'sometimes'],
  ['CONTINUE_ORIGIN', 'tenant.example.com'],
];
for (const handler of ['onExecutePostLogin', 'onContinuePostLogin']) {
  for (const [name, value] of BROKEN) {
    test(`post-login, ${handler}: ${name} ${JSON.stringify(value)}`, async () => {
      const secrets = { ...SECRETS, MODE: 'always', [name]: value };
      const did = await run(FILE, handler, login({ secrets }));
      assert.deepEqual([did.denied, did.redirect], [['countenance_configuration_error'], null]);
    });
  }
}

test('post-login: a Session Secret is read from the secrets only', async () => {
  const { SESSION_SECRET, ...rest } = { ...SECRETS, MODE: 'always' };
  const event = login({ secrets: rest, configuration: { SESSION_SECRET } });
  const did = await run(FILE, 'onExecutePostLogin', event);
  assert.deepEqual(did.denied, ['countenance_configuration_error']);
});

function outcome(did) {
  assert.ok(did.denied.length <= 1 && !(did.denied.length === 1 && did.redirect));
  return did.denied[0] ?? (did.redirect ? SENT : THROUGH);
}

function pick(claims, like) {
  return Object.fromEntries(Object.keys(like).map((key) => [key, claims[key]]));
}
