// step-up-salary.js: who is challenged, who passes, who is denied.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REFRESH, ago, login } from './logins.mjs';
import { run } from './runtime.mjs';

const POLICY = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
const THROUGH = { multifactor: [], denied: [] };
const CHALLENGED = { multifactor: [['any', { allowRememberBrowser: false }]], denied: [] };
const denied = (code) => ({ multifactor: [], denied: [code] });
const asks = { acr_values: [POLICY] };
const silent = { prompt: ['none'] };
const mfa = (seconds) => ({ methods: [{ name: 'mfa', type: 'otp', timestamp: ago(seconds) }] });

const ROWS = [
  ['not asked', {}, THROUGH],
  ['asked by array', { transaction: asks }, CHALLENGED],
  ['asked by string', { transaction: { acr_values: POLICY } }, CHALLENGED],
  ['asked among others, array', { transaction: { acr_values: ['urn:x', POLICY] } }, CHALLENGED],
  ['asked among others, string', { transaction: { acr_values: `urn:x ${POLICY}` } }, CHALLENGED],
  ['another policy', { transaction: { acr_values: ['https://authid.ai/policies/multi-factor'] } }, THROUGH],
  ['a policy with this prefix', { transaction: { acr_values: [`${POLICY}-ish`] } }, THROUGH],
  ['empty array', { transaction: { acr_values: [] } }, THROUGH],
  ['no transaction', { transaction: undefined, wholly: { transaction: undefined } }, THROUGH],
  ['another prompt', { transaction: { ...asks, prompt: ['login'] } }, CHALLENGED],
  ['listed', { secrets: { CLIENT_IDS: 'crm, payroll ,hr' }, transaction: asks }, CHALLENGED],
  ['not listed', { secrets: { CLIENT_IDS: 'crm,hr' }, transaction: asks }, THROUGH],
  ['a listed name that only contains it', { secrets: { CLIENT_IDS: 'payroll-2' }, transaction: asks }, THROUGH],
  ['empty list', { secrets: { CLIENT_IDS: '' }, transaction: asks }, CHALLENGED],
  ['list in the configuration', { configuration: { CLIENT_IDS: 'crm' }, transaction: asks }, THROUGH],
  ['refresh token', { transaction: { ...REFRESH, ...asks } }, THROUGH],
  ['silent, not asked', { transaction: silent }, THROUGH],
  ['silent, asked', { transaction: { ...silent, ...asks } }, denied('step_up_interaction_required')],
  [
    'silent, asked, shown before, but MAX_AGE is off',
    { transaction: { ...silent, ...asks }, authentication: mfa(5) },
    denied('step_up_interaction_required'),
  ],
  [
    'silent, asked, fresh',
    { transaction: { ...silent, ...asks }, authentication: mfa(299), secrets: { MAX_AGE: '300' } },
    THROUGH,
  ],
  [
    'silent, asked, too old',
    { transaction: { ...silent, ...asks }, authentication: mfa(300), secrets: { MAX_AGE: '300' } },
    denied('step_up_interaction_required'),
  ],
  ['shown before, MAX_AGE off', { transaction: asks, authentication: mfa(5) }, CHALLENGED],
  ['shown before, fresh', { transaction: asks, authentication: mfa(5), secrets: { MAX_AGE: '300' } }, THROUGH],
  ['shown before, too old', { transaction: asks, authentication: mfa(301), secrets: { MAX_AGE: '300' } }, CHALLENGED],
  ['shown in the future', { transaction: asks, authentication: mfa(-60), secrets: { MAX_AGE: '300' } }, CHALLENGED],
  ['password only', { transaction: asks, secrets: { MAX_AGE: '300' } }, CHALLENGED],
  [
    'a record without a time',
    { transaction: asks, authentication: { methods: [{ name: 'mfa' }] }, secrets: { MAX_AGE: '300' } },
    CHALLENGED,
  ],
  ['no records', { transaction: asks, authentication: undefined, secrets: { MAX_AGE: '300' } }, CHALLENGED],
  ['MAX_AGE of a day', { transaction: asks, authentication: mfa(86399), secrets: { MAX_AGE: '86400' } }, THROUGH],
  ...['0', '-1', '1.5', 'an hour', '86401', '1e3', '999999999'].map((text) => [
    `MAX_AGE ${text}`,
    { transaction: asks, secrets: { MAX_AGE: text } },
    denied('step_up_configuration_error'),
  ]),
  ['MAX_AGE malformed, not asked', { secrets: { MAX_AGE: 'an hour' } }, THROUGH],
];

for (const [name, { wholly, ...change }, expected] of ROWS) {
  test(`step-up: ${name}`, async () => {
    const did = await run('step-up-salary.js', 'onExecutePostLogin', { ...login(change), ...wholly });
    assert.equal(did.thrown, null);
    assert.deepEqual({ multifactor: did.multifactor, denied: did.denied }, expected);
    assert.deepEqual(did.redirect, null);
  });
}
