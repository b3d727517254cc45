/**
 * Custom phone provider: Auth0's one-time codes by text message or call, through Twilio Verify.
 *
 * What it does
 *   Auth0 generates and checks the code. Twilio Verify only delivers it (CustomCode), with its own wording, sender
 *   numbers and fraud protection. If the tenant's log stream is sent to Countenance's verifier, the verifier reports to
 *   Twilio which codes were entered correctly; without this feedback, Twilio's Fraud Guard cannot learn.
 *
 * How to install it
 *   Branding > Phone Provider > Custom, both delivery methods, paste this file, add the secrets, save. A tenant has one
 *   phone provider; this one replaces it. It needs no npm packages. Tenants from before March 2025 that have not moved
 *   to the unified phone experience use send-phone-message-twilio-verify.js instead.
 *   At Twilio: a Verify service with "Enable Custom Verification Code" switched on (Verify > Services > General).
 *
 * Secrets
 *   TWILIO_ACCOUNT    id of the account (AC…), or preferably of an API key (SK…), which can be revoked separately.
 *   TWILIO_SECRET     the account's auth token, or the API key's secret.
 *   TWILIO_SERVICE    the id of the Verify service (VA…).
 *   TWILIO_BASE_URL   optional. Scheme and host of a stand-in; default: https://verify.twilio.com.
 *
 * What it sends
 *   Every message with a code of 4 to 10 digits. Twilio Verify delivers nothing else, so Auth0's notices without a
 *   code (account blocked, password changed or found in a breach) are dropped with a named reason.
 *
 * Errors that Auth0 retries (at most 5 times over the next minutes)
 *   twilio_verify_busy                  HTTP 429: rate limit of this number or of the service
 *   twilio_verify_sends_used_up         60203: 5 codes were sent to this number within 10 minutes
 *   twilio_verify_down                  HTTP 5xx
 *   twilio_verify_timed_out             no answer within 8 seconds
 *   twilio_verify_unreachable           no connection
 *
 * Errors that Auth0 drops, because a retry would not help
 *   twilio_verify_configuration_error   a secret is missing or malformed
 *   twilio_verify_credentials_refused   Twilio does not know TWILIO_ACCOUNT with TWILIO_SECRET
 *   twilio_verify_service_unknown       Twilio does not know TWILIO_SERVICE in this account
 *   twilio_verify_custom_code_disabled  60204: "Enable Custom Verification Code" is off
 *   twilio_verify_channel_disabled      60223: the service does not deliver this way
 *   twilio_verify_no_code               the message carries no code
 *   twilio_verify_invalid_code          the code is not 4 to 10 digits
 *   twilio_verify_unknown_delivery      neither text nor voice
 *   twilio_verify_invalid_recipient     not a telephone number with + and country code
 *   twilio_verify_invalid_parameter     60200: Twilio rejects the number or the code
 *   twilio_verify_landline              60205: a text message to a landline; a call would arrive
 *   twilio_verify_fraud_guard           60410: the number's prefix is blocked for now
 *   twilio_verify_device_blocked        60413: the device is blocked
 *   twilio_verify_country_blocked       60605: the service may not send to this country
 *   twilio_verify_refused               refused for another reason; Twilio's error numbers are in the tenant's log
 *
 * The log receives these names and Twilio's error numbers, never a code, a telephone number or a secret.
 */

'use strict';

/** Base URL of Twilio Verify. */
const TWILIO = 'https://verify.twilio.com';

/** Timeout for Twilio's response. Auth0 ends an Action after 20 s. */
const TIMEOUT_MILLIS = 8000;

/** Twilio's name for each of Auth0's delivery methods. */
const CHANNELS = { text: 'sms', voice: 'call' };

/** Permanent refusals, by Twilio's error code. */
const REFUSALS = {
  20003: 'credentials_refused',
  20404: 'service_unknown',
  60200: 'invalid_parameter',
  60204: 'custom_code_disabled',
  60205: 'landline',
  60223: 'channel_disabled',
  60410: 'fraud_guard',
  60413: 'device_blocked',
  60605: 'country_blocked',
};

/** The same by HTTP status, for responses without a known error code. */
const REFUSALS_BY_STATUS = { 401: 'credentials_refused', 404: 'service_unknown' };

/** Delivers one code, or reports a named reason to Auth0. */
exports.onExecuteCustomPhoneProvider = async (event, api) => {
  const { code, delivery_method: delivery, recipient } = event.notification ?? {};
  const failure = await deliver(event.secrets, { code, channel: lookUp(CHANNELS, delivery), recipient });
  if (failure) {
    const reason = `twilio_verify_${failure.name}`;
    console.log(`countenance: ${reason}${failure.detail ?? ''}`);
    api.notification[failure.again ? 'retry' : 'drop'](reason);
  }
};

// From here on the same as in send-phone-message-twilio-verify.js: an Action is one file.

/** Has Twilio deliver a code. Returns null, or the name of the failure and whether a retry may help. */
async function deliver(secrets, message) {
  const settings = readSettings(secrets);
  if (!settings) {
    return { name: 'configuration_error' };
  }
  if (message.code === undefined || message.code === null || message.code === '') {
    return { name: 'no_code' };
  }
  if (!/^\d{4,10}$/.test(message.code)) {
    return { name: 'invalid_code' };
  }
  if (!message.channel) {
    return { name: 'unknown_delivery' };
  }
  const recipient = cleanNumber(message.recipient);
  if (!recipient) {
    return { name: 'invalid_recipient' };
  }
  const form = new URLSearchParams({ To: recipient, Channel: message.channel, CustomCode: message.code });
  const answer = await post(settings, form.toString());
  return answer.failure ?? judge(answer);
}

/** Sends a form to Twilio. Returns HTTP status and error code of the response, or a network failure. */
async function post(settings, body) {
  try {
    const response = await fetch(settings.url, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${settings.account}:${settings.secret}`)}`,
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body,
      // Credentials and code go to Twilio and nowhere else.
      redirect: 'error',
      // Not available in every engine that runs Actions.
      signal: typeof AbortSignal === 'undefined' ? undefined : AbortSignal.timeout?.(TIMEOUT_MILLIS),
    });
    return { status: response.status, code: errorCode(await response.text()) };
  } catch (error) {
    // The error's message may quote the request, so only its kind is kept.
    const timedOut = error?.name === 'TimeoutError' || error?.name === 'AbortError';
    return { failure: { name: timedOut ? 'timed_out' : 'unreachable', again: true } };
  }
}

/** The meaning of Twilio's response: null if the code is on its way. */
function judge({ status, code }) {
  const detail = ` (HTTP ${status}, code ${code})`;
  if (status >= 200 && status < 300) {
    return null;
  }
  if (status === 429) {
    return { name: code === 60203 ? 'sends_used_up' : 'busy', again: true, detail };
  }
  if (status >= 500) {
    return { name: 'down', again: true, detail };
  }
  return { name: lookUp(REFUSALS, code) ?? lookUp(REFUSALS_BY_STATUS, status) ?? 'refused', detail };
}

/** Twilio's error code in the body of a refusal, or 0. */
function errorCode(text) {
  try {
    const { code } = JSON.parse(text);
    return Number.isSafeInteger(code) ? code : 0;
  } catch {
    return 0;
  }
}

/** The validated settings, or null if one is missing or malformed. */
function readSettings(secrets) {
  const trimmed = (name) => String(secrets?.[name] ?? '').trim();
  const base = trimmed('TWILIO_BASE_URL') || TWILIO;
  const service = trimmed('TWILIO_SERVICE');
  const settings = {
    account: trimmed('TWILIO_ACCOUNT'),
    secret: trimmed('TWILIO_SECRET'),
    url: `${base}/v2/Services/${service}/Verifications`,
  };
  const usable =
    /^(AC|SK)[0-9a-f]{32}$/i.test(settings.account) &&
    /^[\x21-\x7e]+$/.test(settings.secret) &&
    /^VA[0-9a-f]{32}$/i.test(service) &&
    isOrigin(base);
  return usable ? settings : null;
}

/** A telephone number in E.164 form, or null. Removes blanks, parentheses, dots and hyphens. */
function cleanNumber(text) {
  const number = String(text ?? '').replace(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}

/** Whether `text` is https://host[:port], or http for a loopback address. */
function isOrigin(text) {
  return (
    /^https:\/\/[a-z0-9.-]+(:\d+)?$/i.test(text) ||
    /^http:\/\/(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)(:\d+)?$/i.test(text)
  );
}

/** The value of an own property, ignoring inherited ones. */
function lookUp(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined;
}
