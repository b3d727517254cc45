// Both phone Actions against a fake Twilio: their requests, and what they report to Auth0.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { run } from './runtime.mjs';

const ACCOUNT = `AC${'0a'.repeat(16)}`;
const KEY = `SK${'0b'.repeat(16)}`;
const SERVICE = `VA${'0c'.repeat(16)}`;
const SECRET = 'twilio-secret-of-this-test';
const SECRETS = { TWILIO_ACCOUNT: ACCOUNT, TWILIO_SECRET: SECRET, TWILIO_SERVICE: SERVICE };
const CODE = '493817';
const NUMBER = '+4915112345678';
const SENT = { status: 201, body: { status: 'pending' } };

/** For each trigger: how to build its event, and what it reported to Auth0. */
const TRIGGERS = [
  {
    file: 'phone-provider-twilio-verify.js',
    handler: 'onExecuteCustomPhoneProvider',
    event: ({ voice, code, recipient, delivery = voice ? 'voice' : 'text' }) => ({
      notification: { message_type: 'otp_verify', delivery_method: delivery, code, recipient },
    }),
    reported: (did) => did.notification,
    failure: (name, again) => ({ [again ? 'retry' : 'drop']: `twilio_verify_${name}` }),
  },
  {
    file: 'send-phone-message-twilio-verify.js',
    handler: 'onExecuteSendPhoneMessage',
    event: ({ voice, code, recipient, delivery = voice ? 'voice' : 'sms' }) => ({
      message_options: {
        action: 'second-factor-authentication',
        message_type: delivery,
        code,
        recipient,
        text: `Your code is ${code}`,
      },
    }),
    reported: (did) => did.thrown?.message ?? null,
    failure: (name) => `twilio_verify_${name}`,
  },
];

/** Twilio's responses and the results: null, or an error name and whether it is retryable. */
const ANSWERS = [
  [SENT, null],
  [{ status: 200, body: { status: 'pending' } }, null],
  [{ status: 201, text: 'no JSON at all' }, null],
  [{ status: 429, body: { code: 60203 } }, ['sends_used_up', true]],
  [{ status: 429, body: { code: 60212 } }, ['busy', true]],
  [{ status: 429, body: { code: 20429 } }, ['busy', true]],
  [{ status: 429, text: '' }, ['busy', true]],
  [{ status: 500, text: '<h1>Oops</h1>' }, ['down', true]],
  [{ status: 503, body: { code: 60200 } }, ['down', true]],
  [{ status: 400, body: { code: 60200 } }, ['invalid_parameter']],
  [{ status: 400, body: { code: 60204 } }, ['custom_code_disabled']],
  [{ status: 403, body: { code: 60204 } }, ['custom_code_disabled']],
  [{ status: 400, body: { code: 60205 } }, ['landline']],
  [{ status: 403, body: { code: 60223 } }, ['channel_disabled']],
  [{ status: 403, body: { code: 60410 } }, ['fraud_guard']],
  [{ status: 403, body: { code: 60413 } }, ['device_blocked']],
  [{ status: 403, body: { code: 60605 } }, ['country_blocked']],
  [{ status: 401, body: { code: 20003 } }, ['credentials_refused']],
  [{ status: 401, text: '' }, ['credentials_refused']],
  [{ status: 404, body: { code: 20404 } }, ['service_unknown']],
  [{ status: 404, text: 'not found' }, ['service_unknown']],
  [{ status: 400, body: { code: 99999 } }, ['refused']],
  [{ status: 400, body: { code: 'constructor' } }, ['refused']],
  [{ status: 400, body: null }, ['refused']],
  [{ status: 302, text: '' }, ['refused']],
  [{ error: 'TimeoutError' }, ['timed_out', true]],
  [{ error: 'AbortError' }, ['timed_out', true]],
  [{ error: 'TypeError' }, ['unreachable', true]],
];

/** Settings and messages that must be rejected before calling Twilio. */
const UNSENT = [
  ['no secrets', { secrets: undefined }, 'configuration_error'],
  ['no account', { secrets: { ...SECRETS, TWILIO_ACCOUNT: '' } }, 'configuration_error'],
  ['a service for an account', { secrets: { ...SECRETS, TWILIO_ACCOUNT: SERVICE } }, 'configuration_error'],
  ['no secret', { secrets: { ...SECRETS, TWILIO_SECRET: ' ' } }, 'configuration_error'],
  ['a secret of other letters', { secrets: { ...SECRETS, TWILIO_SECRET: 'sëcret' } }, 'configuration_error'],
  ['an account for a service', { secrets: { ...SECRETS, TWILIO_SERVICE: ACCOUNT } }, 'configuration_error'],
  ['a service with a path', { secrets: { ...SECRETS, TWILIO_SERVICE: `${SERVICE}/../x` } }, 'configuration_error'],
  ['http', { secrets: { ...SECRETS, TWILIO_BASE_URL: 'http://example.com' } }, 'configuration_error'],
  ['a path', { secrets: { ...SECRETS, TWILIO_BASE_URL: 'https://example.com/v2' } }, 'configuration_error'],
  ['someone else', { secrets: { ...SECRETS, TWILIO_BASE_URL: 'https://a@example.com' } }, 'configuration_error'],
  ['no code', { code: undefined }, 'no_code'],
  ['an empty code', { code: '' }, 'no_code'],
  ['3 digits', { code: '123' }, 'invalid_code'],
  ['11 digits', { code: '12345678901' }, 'invalid_code'],
  ['letters', { code: 'abc123' }, 'invalid_code'],
  ['no delivery', { delivery: null }, 'unknown_delivery'],
  ['a delivery that objects inherit', { delivery: 'constructor' }, 'unknown_delivery'],
  ['no recipient', { recipient: undefined }, 'invalid_recipient'],
  ['no country', { recipient: '015112345678' }, 'invalid_recipient'],
  ['a country with 0', { recipient: '+0151123456' }, 'invalid_recipient'],
  ['too short', { recipient: '+49151' }, 'invalid_recipient'],
  ['too long', { recipient: '+4915112345678901' }, 'invalid_recipient'],
  ['an address', { recipient: 'ada@example.com' }, 'invalid_recipient'],
  ['another parameter', { recipient: `${NUMBER}&Channel=call` }, 'invalid_recipient'],
];

/** Phone numbers as typed, and as sent to Twilio. */
const RECIPIENTS = [
  [NUMBER, NUMBER],
  ['+49 151 1234 5678', NUMBER],
  [' +49 (151) 123-456.78\n', NUMBER],
  ['+1 555 010 9999', '+15550109999'],
];

for (const trigger of TRIGGERS) {
  const name = trigger.file.replace(/-twilio.*/, '');

  for (const [answer, expected] of ANSWERS) {
    test(`${name}: ${JSON.stringify(answer)}`, async () => {
      const { did, asked } = await send(trigger, {}, answer);
      assert.equal(asked.length, 1, 'one request');
      assert.deepEqual(trigger.reported(did), expected && trigger.failure(...expected));
      assertDiscreet(did);
    });
  }

  for (const [what, change, failure] of UNSENT) {
    test(`${name}: ${what}`, async () => {
      const { did, asked } = await send(trigger, change);
      assert.deepEqual(asked, []);
      assert.deepEqual(trigger.reported(did), trigger.failure(failure, false));
      assertDiscreet(did);
    });
  }

  for (const [typed, given] of RECIPIENTS) {
    test(`${name}: to ${JSON.stringify(typed)}`, async () => {
      const { asked } = await send(trigger, { recipient: typed });
      assert.equal(asked[0].form.get('To'), given);
    });
  }

  for (const [voice, channel] of [
    [false, 'sms'],
    [true, 'call'],
  ]) {
    test(`${name}: the request for ${channel}`, async () => {
      const { did, asked } = await send(trigger, { voice });
      const [{ url, options, form }] = asked;
      assert.equal(url, `https://verify.twilio.com/v2/Services/${SERVICE}/Verifications`);
      assert.deepEqual([options.method, options.redirect], ['POST', 'error']);
      assert.equal(options.headers['Content-Type'], 'application/x-www-form-urlencoded');
      assert.equal(options.headers.Authorization, `Basic ${Buffer.from(`${ACCOUNT}:${SECRET}`).toString('base64')}`);
      assert.ok(options.signal instanceof AbortSignal);
      assert.deepEqual([...form], [['To', NUMBER], ['Channel', channel], ['CustomCode', CODE]]);
      assert.deepEqual([did.log, did.thrown, did.notification], [[], null, null]);
    });
  }

  test(`${name}: with an API key, at another address`, async () => {
    const secrets = { ...SECRETS, TWILIO_ACCOUNT: `${KEY}\n`, TWILIO_BASE_URL: 'http://127.0.0.1:4714' };
    const { asked } = await send(trigger, { secrets });
    assert.equal(asked[0].url, `http://127.0.0.1:4714/v2/Services/${SERVICE}/Verifications`);
    assert.equal(asked[0].options.headers.Authorization, `Basic ${btoa(`${KEY}:${SECRET}`)}`);
  });

  test(`${name}: in an engine without AbortSignal`, async () => {
    const { did, asked } = await send(trigger, {}, SENT, { AbortSignal: undefined });
    assert.deepEqual([asked.length, trigger.reported(did)], [1, null]);
    assert.equal(asked[0].options.signal, undefined);
  });
}

test('phone: each name in the code is explained in the header, and no other', () => {
  for (const { file } of TRIGGERS) {
    const source = read(file);
    const [header, code] = source.split("'use strict';");
    const explained = [...header.matchAll(/^ \*   twilio_verify_(\w+)/gm)].map(([, word]) => word);
    const quoted = new Set([...code.matchAll(/'([a-z_]+)'/g)].map(([, word]) => word));
    const used = explained.filter((word) => quoted.has(word));
    assert.deepEqual(used, explained);
    const known = new Set([...ANSWERS.map(([, expected]) => expected?.[0]), ...UNSENT.map((row) => row[2])]);
    assert.deepEqual([...known].filter((word) => word && !explained.includes(word)), []);
    assert.deepEqual(explained.filter((word) => !known.has(word)), [], 'each name is a row above');
  }
});

test('phone: both files share the same code', () => {
  const shared = TRIGGERS.map(({ file }) => read(file).split(/^\/\/ From here on the same as in .*\n/m));
  assert.deepEqual(shared.map((parts) => parts.length), [2, 2]);
  assert.equal(shared[0][1], shared[1][1]);
});

/** Runs a trigger; Twilio responds with `answer`. */
async function send(trigger, change = {}, answer = SENT, globals = {}) {
  const asked = [];
  const fetch = async (url, options) => {
    asked.push({ url, options, form: new URLSearchParams(options.body) });
    if (answer.error) {
      throw Object.assign(new Error(`failed for ${options.body}`), { name: answer.error });
    }
    return new Response(answer.text ?? JSON.stringify(answer.body), { status: answer.status });
  };
  const { secrets, ...facts } = { secrets: SECRETS, voice: false, code: CODE, recipient: NUMBER, ...change };
  const event = { ...trigger.event(facts), secrets, user: { user_id: 'auth0|ada' }, tenant: { id: 'example' } };
  const did = await run(trigger.file, trigger.handler, event, { fetch, globals });
  return { did, asked };
}

/** Asserts that neither log nor reason contains confidential data. */
function assertDiscreet(did) {
  const said = [...did.log, JSON.stringify(did.notification), did.thrown?.message].join('\n');
  for (const secret of [CODE, NUMBER, NUMBER.slice(1), SECRET]) {
    assert.ok(!said.includes(secret), said);
  }
}

function read(file) {
  return readFileSync(new URL(`../../packaging/auth0/actions/${file}`, import.meta.url), 'utf8');
}
