/**
 * Verified post-login: a live face, checked by Countenance, as the second factor of an Auth0 sign-in.
 *
 * What it does
 *   1. When a sign-in needs a second factor, it sends the browser to the verifier with a short-lived signed token: who
 *      signs in (email or name), where, and the account's verified phone, if any, for a code in place of a face.
 *   2. The verifier sends the browser back to /continue with a signed answer.
 *   3. Approved, by a face or a one-time code: the ID token gets the claim https://authid.ai/claims/amr = "mfa".
 *      Refused: the sign-in ends with error=access_denied and one of the codes listed below.
 *
 * How to install it
 *   Actions > Library > Create Action > Login / Post Login, paste this file, deploy, drag it into the post-login flow.
 *   It needs no npm packages. Place it before Actions that rely on its outcome.
 *
 * Settings. An Action of your own can only store them as Secrets; an Action installed from the Marketplace keeps all
 * except SESSION_SECRET in its Configuration. Both are read; Configuration takes precedence.
 *
 *   SESSION_SECRET    always a Secret. Shared with the verifier, shown once when the integration is created. Values of
 *                     fewer than 32 characters and placeholders (@@…@@, ##…##, REPLACE…) are rejected, because anyone
 *                     who knows the secret can sign answers.
 *   INTEGRATION_ID    the integration's id at the verifier.
 *   VERIFIER_ORIGIN   for example https://verifier.example.com: scheme and host, no path.
 *   MODE              "always": every sign-in needs a face.
 *                     "on-demand": only sign-ins whose application requests it by
 *                     acr_values=https://authid.ai/policies/multi-factor.
 *   CONTINUE_ORIGIN   optional. Origin of this tenant's /continue. Default: https:// and the host name that the browser
 *                     used, so that custom domains work without it.
 *   MAX_AGE           optional. Seconds, 1 to 86400. A face (or code) accepted in this browser session within this time
 *                     is enough: a sign-in that needs one passes without a redirect and gets the claim, which can
 *                     thus be as old as MAX_AGE. Default: each sign-in that needs a face asks for one. With
 *                     prompt=login, an application always gets a new face. A sign-in that passes this way does not
 *                     renew the record.
 *
 * Requests without a redirect
 *   Refresh-token exchange: passes, and its tokens do not carry the claim, which describes a sign-in.
 *   prompt=none and other silent requests: with MODE "always" they pass only while this browser session has a record of
 *   a verified sign-in at most 24 hours old (if MAX_AGE is set: at most MAX_AGE old), otherwise they end with
 *   countenance_interaction_required. In either mode they never get the claim, and one that requests the face ends with
 *   countenance_interaction_required, whatever MAX_AGE is.
 *
 * Codes that an application finds in error_description
 *   countenance_configuration_error    a setting is missing or malformed, or SESSION_SECRET is too short
 *   countenance_interaction_required   a face is needed and the browser cannot be redirected
 *   countenance_invalid_token          the answer has a bad signature, has expired, or is for another sign-in
 *   countenance_wrong_integration      the answer is for another integration
 *   countenance_wrong_transaction      the answer is for another sign-in
 *   countenance_invalid_answer         the answer is signed, but this version does not understand it
 *   countenance_enrolled               a face was enrolled, which does not count as a factor: sign in again
 *   countenance_refused                refused, for a reason that this version does not know
 *   countenance_<reason>               refused, for one of the REASONS below
 */

'use strict';

/** The value of acr_values by which an application requests a face. */
const POLICY = 'https://authid.ai/policies/multi-factor';

/** The claim for a second factor. Auth0 does not let Actions set `amr` itself. */
const CLAIM = 'https://authid.ai/claims/amr';

/** Reasons of the verifier that are passed on to the application; any other becomes countenance_refused. */
const REASONS = [
  'no_match',
  'not_live',
  'cannot_tell',
  'poor_quality',
  'camera_not_allowed',
  'untrusted',
  'cancelled',
  'not_me',
  'no_camera',
  'timed_out',
  'too_many_attempts',
  'not_enrolled',
  'already_enrolled',
  'disabled',
  'cannot_enforce',
];

/** What the verifier did: stored a template of a new face, or compared with it (or accepted a code). */
const PURPOSES = ['enroll', 'verify'];

/** Time to finish at the verifier, in seconds. Auth0 itself waits for an hour. */
const LOGIN_SECONDS = 600;

/** Maximum age of a verified sign-in, in seconds. Without MAX_AGE, it applies only to silent requests. */
const LONGEST_AGE = 24 * 60 * 60;

/** Minimum length of a Session Secret. The verifier's have 43 characters. */
const SECRET_MIN_CHARACTERS = 32;

/** A placeholder for a secret. The Deploy CLI does not replace keywords without a value. */
const PLACEHOLDER = /@@.+@@|##.+##|^\s*REPLACE/;

/** Key of the transaction metadata that binds the answer to this sign-in. */
const TRANSACTION_KEY = 'countenance_transaction_id';

/** First leg: decides whether this sign-in needs a face and, if so, sends the browser to the verifier. */
exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.protocol === 'oauth2-refresh-token') {
    return;
  }
  const settings = readSettings(event);
  if (!settings) {
    api.access.deny('countenance_configuration_error');
    return;
  }
  const asked = includes(event.transaction?.acr_values, POLICY);
  if (settings.mode === 'on-demand' && !asked) {
    return;
  }
  if (!canRedirect(event, api)) {
    // The session cookie exists before any Action has run. Without this check, a user who did not finish at the
    // camera could get tokens with prompt=none.
    if (asked || !hasFreshRecord(event, settings, settings.maxAgeSeconds || LONGEST_AGE)) {
      api.access.deny('countenance_interaction_required');
    }
    return;
  }
  const wantsItNow = includes(event.transaction?.prompt, 'login');
  if (settings.maxAgeSeconds > 0 && !wantsItNow && hasFreshRecord(event, settings, settings.maxAgeSeconds)) {
    // No new record: otherwise frequent sign-ins would keep an old face valid forever.
    setClaim(event, api);
    return;
  }

  const transactionId = event.transaction?.id;
  api.transaction.setMetadata(TRANSACTION_KEY, transactionId ?? '');
  const token = api.redirect.encodeToken({
    secret: settings.secret,
    expiresInSeconds: LOGIN_SECONDS,
    payload: {
      integration_id: settings.integrationId,
      // Signed, so that no one else can choose where the browser returns.
      continue_uri: `${settings.continueOrigin}/continue`,
      client_name: event.client?.name,
      ...accountLabel(event.user),
      // For a one-time code in place of a face. Omitted if the account has no verified phone.
      phone_number: phoneNumber(event.user),
      // Only a hint: the verifier checks whether it has a template.
      purpose: event.user.app_metadata?.countenance?.enrolled_at ? 'verify' : 'enroll',
      transaction_id: transactionId,
    },
  });
  api.redirect.sendUserTo(`${settings.verifierOrigin}/start`, { query: { session_token: token } });
};

/** Second leg: reads the verifier's answer. Every path either grants or denies. */
exports.onContinuePostLogin = async (event, api) => {
  const settings = readSettings(event);
  if (!settings) {
    api.access.deny('countenance_configuration_error');
    return;
  }
  let answer;
  try {
    answer = api.redirect.validateToken({ secret: settings.secret, tokenParameterName: 'session_token' });
  } catch (error) {
    // Auth0's message names the failed check; it goes to the tenant's log, not to the application.
    console.log(`countenance: ${error.message}`);
    api.access.deny('countenance_invalid_token');
    return;
  }
  const refusal = whyNot(answer, event, settings);
  if (refusal) {
    api.access.deny(refusal);
    return;
  }
  if (answer.purpose === 'enroll') {
    // setAppMetadata replaces the entire entry, which may contain an operator's phone_number.
    const entry = { ...event.user?.app_metadata?.countenance, enrolled_at: new Date().toISOString() };
    api.user.setAppMetadata('countenance', entry);
  }
  setClaim(event, api);
  api.authentication.recordMethod(settings.methodUrl);
};

/** Adds the claim to the tokens. */
function setClaim(event, api) {
  api.idToken.setCustomClaim(CLAIM, 'mfa');
  if (event.resource_server?.identifier) {
    api.accessToken.setCustomClaim(CLAIM, 'mfa');
  }
}

/** The error code of an answer, or null if it grants the sign-in. */
function whyNot(answer, event, settings) {
  if (answer.integration_id !== settings.integrationId) {
    return 'countenance_wrong_integration';
  }
  // The state of /continue already binds the answer to this sign-in; an echoed transaction id is a second binding.
  const expected = event.transaction?.metadata?.[TRANSACTION_KEY];
  if (answer.transaction_id !== undefined && answer.transaction_id !== expected) {
    return 'countenance_wrong_transaction';
  }
  if (answer.result === 'refused') {
    return REASONS.includes(answer.reason) ? `countenance_${answer.reason}` : 'countenance_refused';
  }
  if (answer.result !== 'approved' || !PURPOSES.includes(answer.purpose)) {
    return 'countenance_invalid_answer';
  }
  if (includes(answer.amr, 'mfa')) {
    return null;
  }
  // The integration does not count an enrollment as a second factor.
  return answer.purpose === 'enroll' ? 'countenance_enrolled' : 'countenance_invalid_answer';
}

/** The validated settings, or null if one is missing or malformed. */
function readSettings(event) {
  const setting = (name) => event.configuration?.[name] ?? event.secrets?.[name];
  const settings = {
    secret: event.secrets?.SESSION_SECRET,
    integrationId: setting('INTEGRATION_ID'),
    verifierOrigin: setting('VERIFIER_ORIGIN'),
    mode: setting('MODE'),
    continueOrigin: setting('CONTINUE_ORIGIN') ?? `https://${event.request?.hostname}`,
    maxAgeSeconds: readMaxAge(setting('MAX_AGE')),
  };
  const usable =
    isSecret(settings.secret) &&
    Boolean(settings.integrationId) &&
    isOrigin(settings.verifierOrigin) &&
    isOrigin(settings.continueOrigin) &&
    ['always', 'on-demand'].includes(settings.mode) &&
    settings.maxAgeSeconds !== null;
  // The recorded method is a URL with a path, because a bare origin could be normalized.
  return usable ? { ...settings, methodUrl: `${settings.verifierOrigin}/start` } : null;
}

/** Whether `text` can be a Session Secret: long enough, and not a placeholder. */
function isSecret(text) {
  return String(text ?? '').trim().length >= SECRET_MIN_CHARACTERS && !PLACEHOLDER.test(text);
}

/** MAX_AGE in seconds: 0 if it is not set, null if it is malformed. */
function readMaxAge(text) {
  const trimmed = String(text ?? '').trim();
  if (trimmed === '') {
    return 0;
  }
  const seconds = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : 0;
  return seconds >= 1 && seconds <= LONGEST_AGE ? seconds : null;
}

/** The account as the user knows it; shown, masked, before the camera opens. */
function accountLabel(user) {
  return user.email ? { email: user.email } : { name: user.name };
}

/**
 * The account's phone: one that Auth0 has verified, or an operator's entry in app_metadata.countenance.phone_number.
 * Never user_metadata, which users can write: anyone who knows the password could direct the code to their own phone.
 */
function phoneNumber(user) {
  const verified = user.phone_verified === true ? user.phone_number : undefined;
  return verified ?? user.app_metadata?.countenance?.phone_number;
}

/** Whether `text` is https://host[:port], or http for localhost or a name under it, which are loopback addresses. */
function isOrigin(text) {
  return (
    /^https:\/\/[a-z0-9.-]+(:\d+)?$/i.test(text ?? '') || /^http:\/\/([a-z0-9-]+\.)*localhost(:\d+)?$/i.test(text ?? '')
  );
}

/** Whether this request can be redirected to the verifier. */
function canRedirect(event, api) {
  return api.redirect.canRedirect() && !includes(event.transaction?.prompt, 'none');
}

/** Whether this browser session has a verified sign-in at most `maxAgeSeconds` old. */
function hasFreshRecord(event, settings, maxAgeSeconds) {
  const now = Date.now();
  return (event.authentication?.methods ?? []).some((method) => {
    // Auth0's documentation gives the URL as `name` in one place and as `url` in another.
    const ours = method.name === settings.methodUrl || method.url === settings.methodUrl;
    const ageMillis = now - Date.parse(method.timestamp);
    return ours && ageMillis >= 0 && ageMillis <= maxAgeSeconds * 1000;
  });
}

/** Whether `values`, an array or a space-separated string, contains `value`. */
function includes(values, value) {
  const list = Array.isArray(values) ? values : String(values ?? '').split(' ');
  return list.includes(value);
}
