/**
 * Verified post-login: a face, checked live by Countenance, as second factor of an Auth0 login.
 *
 * What it does
 *   1. When a login needs proof, it sends the browser to the verifier with a short-lived signed token: who logs in
 *      (email or name), where, and the account's phone, if it has a verified one, for a code in place of a face.
 *   2. The verifier sends the browser back to /continue with a signed answer.
 *   3. Approved, by a face or a one-time code: the ID token gets the claim https://authid.ai/claims/amr = "mfa".
 *      Refused: the login ends with error=access_denied and one of the codes listed below.
 *
 * How to install it
 *   Actions > Library > Create Action > Login / Post Login, paste this file, deploy, drag it into the post-login flow.
 *   It needs no npm packages. Put it before Actions that rely on its outcome.
 *
 * Settings. In an Action of your own, all of them are Secrets, because it has nothing else; an Action installed from the
 * Marketplace keeps everything but SESSION_SECRET in its Configuration. Both places are read, Configuration first.
 *
 *   SESSION_SECRET    always a Secret. Shared with the verifier, shown once when the integration is created. A text of
 *                     fewer than 32 characters, or one that looks like a placeholder (@@…@@, ##…##, REPLACE…), is not
 *                     taken: whoever knows the secret can sign answers.
 *   INTEGRATION_ID    the integration's id at the verifier.
 *   VERIFIER_ORIGIN   for example https://verifier.example.com: scheme and host, no path.
 *   MODE              "always": every login shows a face.
 *                     "on-demand": only a login whose application asks for it by
 *                     acr_values=https://authid.ai/policies/multi-factor.
 *   CONTINUE_ORIGIN   optional. Where this tenant's /continue lives. Left out, it is https:// and the host name that the
 *                     person used, so custom domains work without it.
 *   MAX_AGE           optional. Seconds, 1 to 86400. A face (or code) that was taken in this browser session at most so
 *                     long ago is enough: a login that needs one then passes without a redirect and gets the claim.
 *                     Left out: every login that needs a face shows one. Careful: the claim can then be as old as
 *                     MAX_AGE. An application that wants a face now sends prompt=login, on which nothing is skipped.
 *                     A login that is passed like this does not make the face younger.
 *
 * What needs no redirect, or cannot have one
 *   Refresh-token exchange: goes through, and its tokens do not carry the claim. It speaks of a login, and this is none.
 *   prompt=none and other silent requests: with MODE "always" they pass only while this browser session holds a record
 *   of a verified login at most 24 hours old (where MAX_AGE is set: at most MAX_AGE old), otherwise they end with
 *   countenance_interaction_required. In either mode they never get the claim, and one that asks for the face ends with
 *   countenance_interaction_required, whatever MAX_AGE says.
 *
 * Codes that an application finds in error_description
 *   countenance_configuration_error    a setting is missing or malformed, or SESSION_SECRET is no secret
 *   countenance_interaction_required   a face is needed and the browser cannot be sent anywhere
 *   countenance_invalid_token          the answer is not signed by the verifier, is late, or belongs to another login
 *   countenance_wrong_integration      the answer was made for another integration
 *   countenance_wrong_transaction      the answer was made for another login
 *   countenance_invalid_answer         the answer is signed, but says nothing this file understands
 *   countenance_refused                refused, for a reason that this version does not know
 *   countenance_<reason>               refused, for one of the REASONS below
 */

'use strict';

/** What an application puts into acr_values to ask for a face. */
const POLICY = 'https://authid.ai/policies/multi-factor';

/** The claim that says a second factor was shown. Auth0 lets no Action set `amr` itself. */
const CLAIM = 'https://authid.ai/claims/amr';

/** Why the verifier may refuse. Nothing else is ever passed on to the application. */
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
  'disabled',
];

/** What the verifier may have done: kept a template of a new face, or compared with the one it has (or taken a code). */
const PURPOSES = ['enroll', 'verify'];

/** How long the person has to open the verifier's page and finish there. Auth0 itself waits for an hour. */
const LOGIN_SECONDS = 600;

/** The longest that a verified login may count, in seconds. Without MAX_AGE it does for silent requests alone. */
const LONGEST_AGE = 24 * 60 * 60;

/** The fewest characters of a Session Secret. The verifier makes 43. */
const SECRET_MIN_CHARACTERS = 32;

/** What stands where a secret was to be put. The Deploy CLI leaves a keyword without a value as it is. */
const PLACEHOLDER = /@@.+@@|##.+##|^\s*REPLACE/;

/** Key of the transaction metadata that ties the answer to this login. */
const TRANSACTION_KEY = 'countenance_transaction_id';

/** First leg: decides whether this login needs a face and, if so, sends the browser to the verifier. */
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
    // The session cookie exists before any Action has run. Without this gate, a person who walked away from the
    // camera could come back with prompt=none and be given tokens all the same.
    if (asked || !hasFreshRecord(event, settings, settings.maxAgeSeconds || LONGEST_AGE)) {
      api.access.deny('countenance_interaction_required');
    }
    return;
  }
  const wantsItNow = includes(event.transaction?.prompt, 'login');
  if (settings.maxAgeSeconds > 0 && !wantsItNow && hasFreshRecord(event, settings, settings.maxAgeSeconds)) {
    // No new record: a face would never grow old in a browser that logs in often enough.
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
      // Signed, so that nobody on the way can choose where the browser returns to.
      continue_uri: `${settings.continueOrigin}/continue`,
      client_name: event.client?.name,
      ...accountLabel(event.user),
      // Where the verifier may send a one-time code to somebody who cannot show a face. Left out when there is none.
      phone_number: phoneNumber(event.user),
      // A hint only: the verifier knows whether it holds a template.
      purpose: event.user.app_metadata?.countenance?.enrolled_at ? 'verify' : 'enroll',
      transaction_id: transactionId,
    },
  });
  api.redirect.sendUserTo(`${settings.verifierOrigin}/start`, { query: { session_token: token } });
};

/** Second leg: reads the verifier's answer. Every way through it either grants or denies. */
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
    // Auth0's text names the failed check; it goes to the tenant's log, not to the application.
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
    // The whole entry is replaced, and an operator's phone_number may stand in it.
    const entry = { ...event.user?.app_metadata?.countenance, enrolled_at: new Date().toISOString() };
    api.user.setAppMetadata('countenance', entry);
  }
  setClaim(event, api);
  api.authentication.recordMethod(settings.methodUrl);
};

/** Has the tokens say that a second factor was shown. */
function setClaim(event, api) {
  api.idToken.setCustomClaim(CLAIM, 'mfa');
  if (event.resource_server?.identifier) {
    api.accessToken.setCustomClaim(CLAIM, 'mfa');
  }
}

/** The code to deny with, or null for an answer that grants the login. */
function whyNot(answer, event, settings) {
  if (answer.integration_id !== settings.integrationId) {
    return 'countenance_wrong_integration';
  }
  // The state of /continue binds the answer to this login already; a verifier that echoes the id binds it twice.
  const expected = event.transaction?.metadata?.[TRANSACTION_KEY];
  if (answer.transaction_id !== undefined && answer.transaction_id !== expected) {
    return 'countenance_wrong_transaction';
  }
  if (answer.result === 'refused') {
    return REASONS.includes(answer.reason) ? `countenance_${answer.reason}` : 'countenance_refused';
  }
  const approved =
    answer.result === 'approved' && PURPOSES.includes(answer.purpose) && includes(answer.amr, 'mfa');
  return approved ? null : 'countenance_invalid_answer';
}

/** All settings, checked, or null. */
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
  // The method is recorded under a URL with a path, which no normalisation of bare origins can change.
  return usable ? { ...settings, methodUrl: `${settings.verifierOrigin}/start` } : null;
}

/** Whether `text` can be a Session Secret: long enough, and no placeholder that everybody can read. */
function isSecret(text) {
  return String(text ?? '').trim().length >= SECRET_MIN_CHARACTERS && !PLACEHOLDER.test(text);
}

/** How many seconds a verified login counts for: 0 where the setting is left out, null where it makes no sense. */
function readMaxAge(text) {
  const trimmed = String(text ?? '').trim();
  if (trimmed === '') {
    return 0;
  }
  const seconds = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : 0;
  return seconds >= 1 && seconds <= LONGEST_AGE ? seconds : null;
}

/** What the person knows their account by, shown (masked) before the camera opens. */
function accountLabel(user) {
  return user.email ? { email: user.email } : { name: user.name };
}

/**
 * The account's phone: one that Auth0 has verified, or one that an operator wrote into app_metadata.countenance.phone_number.
 * Never user_metadata, which a person may write: whoever knew the password could have the code sent to themselves.
 */
function phoneNumber(user) {
  const verified = user.phone_verified === true ? user.phone_number : undefined;
  return verified ?? user.app_metadata?.countenance?.phone_number;
}

/** Whether `text` is https://host[:port], or http for a name under localhost, which never leaves the machine. */
function isOrigin(text) {
  return (
    /^https:\/\/[a-z0-9.-]+(:\d+)?$/i.test(text ?? '') || /^http:\/\/([a-z0-9-]+\.)*localhost(:\d+)?$/i.test(text ?? '')
  );
}

/** Whether the browser can be sent to the verifier now. */
function canRedirect(event, api) {
  return api.redirect.canRedirect() && !includes(event.transaction?.prompt, 'none');
}

/** Whether this browser session holds a verified login that is at most so old. */
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
