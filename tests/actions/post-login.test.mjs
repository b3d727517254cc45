// verified-post-login.js, first leg: which sign-ins are redirected to the verifier, with which parameters, and which end
// there.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REFRESH, ago, login } from './logins.mjs';
import { NOW, TENANT, open, run } from './runtime.mjs';

const FILE = 'verified-post-login.js';
const SECRET = 'a session secret that only this test knows';
const SECRETS = {
  SESSION_SECRET: SECRET,
  INTEGRATION_ID: 'integration-1',
  VERIFIER_ORIGIN: 'https://verifier.example.com',
};
const POLICY = 'https://authid.ai/policies/multi-factor';
const METHOD = 'https://verifier.example.com/start';
const CLAIM = 'https://authid.ai/claims/amr';

const THROUGH = 'through';
const SENT = 'sent';
const asks = { acr_values: [POLICY] };
const silent = { prompt: ['none'] };
const record = (seconds, key = 'name') => ({ methods: [{ [key]: METHOD, timestamp: ago(seconds) }] });
const DAY = 24 * 60 * 60;

/** Name, sign-in, and its result with MODE "always" and with "on-demand". */
const ROWS = [
  ['plain', {}, SENT, THROUGH],
  ['asked by array', { transaction: asks }, SENT, SENT],
  ['asked by string', { transaction: { acr_values: POLICY } }, SENT, SENT],
  ['asked among others, array', { transaction: { acr_values: ['urn:x', POLICY] } }, SENT, SENT],
  ['asked among others, string', { transaction: { acr_values: `urn:x ${POLICY}` } }, SENT, SENT],
  ['another policy', { transaction: { acr_values: ['urn:x'] } }, SENT, THROUGH],
  ['a policy with this prefix', { transaction: { acr_values: [`${POLICY}-ish`] } }, SENT, THROUGH],
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

/** The same with MAX_AGE. */
const MAX_AGE_SECONDS = 300;
const PASSED = 'through, with the claim';
const NEEDED = 'countenance_interaction_required';
const fresh = { authentication: record(MAX_AGE_SECONDS) };
const stale = { authentication: record(MAX_AGE_SECONDS + 1) };
const aged = (seconds) => ({ configuration: { MAX_AGE: seconds } });
const MAX_AGE_ROWS = [
  ['not shown', {}, SENT, THROUGH],
  ['shown before', fresh, PASSED, THROUGH],
  ['shown before, asked', { ...fresh, transaction: asks }, PASSED, PASSED],
  ['shown before, recorded as url, asked', { authentication: record(5, 'url'), transaction: asks }, PASSED, PASSED],
  ['shown longer ago, asked', { ...stale, transaction: asks }, SENT, SENT],
  ['shown in the future, asked', { authentication: record(-1), transaction: asks }, SENT, SENT],
  [
    'shown elsewhere, asked',
    { authentication: { methods: [{ name: `${METHOD}/other`, timestamp: ago(5) }] }, transaction: asks },
    SENT,
    SENT,
  ],
  ['shown without a timestamp, asked', { authentication: { methods: [{ name: METHOD }] }, transaction: asks }, SENT, SENT],
  ['no records, asked', { authentication: undefined, transaction: asks }, SENT, SENT],
  ['shown before, prompt=login', { ...fresh, transaction: { ...asks, prompt: ['login'] } }, SENT, SENT],
  ['shown before, prompt=login, by string', { ...fresh, transaction: { ...asks, prompt: 'consent login' } }, SENT, SENT],
  ['shown before, another prompt', { ...fresh, transaction: { ...asks, prompt: ['consent'] } }, PASSED, PASSED],
  ['refresh token, shown before', { ...fresh, transaction: { ...REFRESH, ...asks } }, THROUGH, THROUGH],
  ['silent, shown before', { ...fresh, transaction: silent }, THROUGH, THROUGH],
  ['silent, shown longer ago', { ...stale, transaction: silent }, NEEDED, THROUGH],
  ['silent, asked, shown before', { ...fresh, transaction: { ...silent, ...asks } }, NEEDED, NEEDED],
  [
    'password grant, asked, shown before',
    { ...fresh, transaction: { ...asks, protocol: 'oauth2-resource-owner' } },
    NEEDED,
    NEEDED,
  ],
  ['in the configuration', { ...aged('5'), authentication: record(5), transaction: asks }, PASSED, PASSED],
  ['the configuration takes precedence', { ...aged('4'), authentication: record(5), transaction: asks }, SENT, SENT],
  ['a number', { ...aged(5), authentication: record(5), transaction: asks }, PASSED, PASSED],
  ['with surrounding blanks', { ...aged(' 5 '), authentication: record(5), transaction: asks }, PASSED, PASSED],
  ['the maximum', { ...aged('86400'), authentication: record(DAY), transaction: asks }, PASSED, PASSED],
  ['left empty, shown this instant', { ...aged(''), authentication: record(0), transaction: asks }, SENT, SENT],
];

for (const [name, change, ...expected] of MAX_AGE_ROWS) {
  for (const [i, mode] of ['always', 'on-demand'].entries()) {
    test(`post-login, ${mode}, MAX_AGE: ${name}`, async () => {
      const secrets = { ...SECRETS, MODE: mode, MAX_AGE: String(MAX_AGE_SECONDS) };
      const did = await run(FILE, 'onExecutePostLogin', login({ secrets, ...change }));
      assert.equal(did.thrown, null);
      assert.equal(outcome(did) + (CLAIM in did.idClaims ? ', with the claim' : ''), expected[i]);
      assert.deepEqual(did.idClaims, expected[i] === PASSED ? { [CLAIM]: 'mfa' } : {});
      assert.deepEqual([did.accessClaims, did.recorded], [{}, []], 'nothing is recorded again');
    });
  }
}

test('post-login, MAX_AGE: an API gets the claim in its access token', async () => {
  const secrets = { ...SECRETS, MODE: 'always', MAX_AGE: '300' };
  const event = login({ secrets, ...fresh, resource_server: { identifier: 'https://api.example.com' } });
  const did = await run(FILE, 'onExecutePostLogin', event);
  assert.deepEqual([did.idClaims, did.accessClaims], [{ [CLAIM]: 'mfa' }, { [CLAIM]: 'mfa' }]);
});

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
  ['an enrolled user is verified', { user: ENROLLED }, { purpose: 'verify' }],
  ['a phone entered by an operator is no enrollment', { user: noted('+4915112345678') }, { purpose: 'enroll' }],
  ['no phone', {}, { phone_number: undefined }],
  ['a verified phone', { user: phone(true) }, { phone_number: '+4915100000001' }],
  ['an unverified phone', { user: phone(false) }, { phone_number: undefined }],
  ['a phone without phone_verified', { user: phone(undefined) }, { phone_number: undefined }],
  ['a phone verified by a string', { user: phone('true') }, { phone_number: undefined }],
  ['a phone entered by an operator', { user: noted('+4915112345678') }, { phone_number: '+4915112345678' }],
  [
    'a verified phone takes precedence over an operator\'s',
    { user: { ...phone(true), ...noted('+4915112345678') } },
    { phone_number: '+4915100000001' },
  ],
  [
    'a phone from user_metadata is never sent',
    { user: { user_metadata: { phone_number: '+4915166666666', countenance: { phone_number: '+4915166666666' } } } },
    { phone_number: undefined },
  ],
  ['without an email address, the name', { user: { email: undefined } }, { name: 'Ada', email: undefined }],
  [
    'back to the custom domain that was used',
    { request: { hostname: 'login.example.com' } },
    { continue_uri: 'https://login.example.com/continue' },
  ],
  [
    'back to CONTINUE_ORIGIN',
    { configuration: { CONTINUE_ORIGIN: 'http://tenant.localhost:4712' } },
    { continue_uri: 'http://tenant.localhost:4712/continue' },
  ],
  [
    'the configuration takes precedence over the secrets',
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
  ['SESSION_SECRET', 'x'.repeat(31)],
  ['SESSION_SECRET', 'x'.repeat(31).padEnd(40)],
  ['SESSION_SECRET', '@@COUNTENANCE_PRODUCTION_SESSION_SECRET@@'],
  ['SESSION_SECRET', '"@@COUNTENANCE_PRODUCTION_SESSION_SECRET@@"'],
  ['SESSION_SECRET', '##COUNTENANCE_PRODUCTION_SESSION_SECRET##'],
  ['SESSION_SECRET', 'REPLACE_ME_BY_THE_SECRET_FROM_THE_PORTAL'],
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
  ...['0', '-1', '1.5', 'an hour', '86401', '1e3', '999999999', '3\n3', '@@MAX_AGE@@'].map((age) => ['MAX_AGE', age]),
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

test('post-login: a Session Secret needs 32 characters and no more', async () => {
  for (const secret of ['x'.repeat(32), 'A#-B@_C'.repeat(6)]) {
    const secrets = { ...SECRETS, MODE: 'always', SESSION_SECRET: secret };
    const { denied, redirect } = await run(FILE, 'onExecutePostLogin', login({ secrets }));
    assert.deepEqual(denied, []);
    assert.equal(open(redirect.query.session_token, secret).integration_id, 'integration-1');
  }
});

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
