/**
 * Step-up for the salary page: the tenant's own multi-factor authentication, when an application asks for it.
 *
 * For tenants that use Auth0's own factors (push, one-time codes, passkeys). A tenant that wants Countenance's face as
 * second factor installs verified-post-login.js instead, with MODE "on-demand"; both may run in one flow, because they
 * answer to different values of acr_values.
 *
 * What it does
 *   1. An application sends acr_values=http://schemas.openid.net/pape/policies/2007/06/multi-factor when a person opens
 *      a page that needs a second factor. Any other login goes through untouched.
 *   2. Auth0 challenges with any factor that the tenant has switched on, and offers no "remember this browser".
 *   3. Auth0 itself puts amr = ["mfa"] and acr into the ID token. The application shows the page only after it has
 *      checked that token: signature, issuer, audience, expiry, and that amr is an array that contains "mfa".
 *
 * How to install it
 *   Switch on at least one factor under Security > Multi-factor Auth, with the policy "Never": this file decides when.
 *   Actions > Library > Create Action > Login / Post Login, paste this file, deploy, drag it into the post-login flow.
 *   It needs no npm packages. Auth0 challenges after the last post-login Action has run.
 *
 * Settings. They are not secret, but in an Action of your own Secrets are the only place for them; an Action installed
 * from the Marketplace has its Configuration. Both places are read, Configuration first.
 *
 *   CLIENT_IDS        optional. Client ids of the applications this is for, separated by commas. Left out: all.
 *   MAX_AGE           optional. Seconds, 1 to 86400. A second factor shown in this browser session at most so long ago
 *                     is enough, and the person is not asked again. Left out: asked each time, as Auth0's step-up guide
 *                     has it. Careful: a login that was not challenged gets no amr from Auth0, so an application that
 *                     insists on amr has to remember that it has seen one.
 *
 * What cannot be challenged
 *   Refresh-token exchange: goes through, and its tokens carry no amr. It speaks of no login.
 *   prompt=none and other silent requests: those that do not ask for a second factor go through, so that applications
 *   can renew their tokens; Auth0 leaves amr out of these. One that does ask ends with step_up_interaction_required,
 *   unless MAX_AGE is set and this browser session holds a second factor that is fresh enough. The application then
 *   asks again without prompt=none.
 *
 * Codes that an application finds in error_description
 *   step_up_configuration_error    MAX_AGE is not a whole number of seconds from 1 to 86400
 *   step_up_interaction_required   a second factor is needed and no page may be shown
 *
 * A person who has enrolled no factor yet is led through that by Auth0; where the tenant has switched none on, Auth0
 * ends the login in words of its own.
 */

'use strict';

/** What an application puts into acr_values to ask for the tenant's own second factor. */
const POLICY = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** The longest that a second factor may count, in seconds. */
const LONGEST_AGE = 24 * 60 * 60;

/** Asks for a second factor where the application has asked for one. */
exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.protocol === 'oauth2-refresh-token') {
    return;
  }
  const setting = (name) => event.configuration?.[name] ?? event.secrets?.[name];
  if (!isListed(event.client?.client_id, setting('CLIENT_IDS')) || !includes(event.transaction?.acr_values, POLICY)) {
    return;
  }
  const maxAgeSeconds = readMaxAge(setting('MAX_AGE'));
  if (maxAgeSeconds === null) {
    api.access.deny('step_up_configuration_error');
    return;
  }
  if (hasFreshFactor(event.authentication?.methods, maxAgeSeconds)) {
    return;
  }
  if (includes(event.transaction?.prompt, 'none')) {
    // Left to Auth0, the request would fail as well; this way the application is told by name what to do about it.
    api.access.deny('step_up_interaction_required');
    return;
  }
  api.multifactor.enable('any', { allowRememberBrowser: false });
};

/** Whether the application is one that this file is for. */
function isListed(clientId, list) {
  const ids = String(list ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  return ids.length === 0 || ids.includes(clientId);
}

/** How many seconds a second factor counts for: 0 where the setting is left out, null where it makes no sense. */
function readMaxAge(text) {
  const trimmed = String(text ?? '').trim();
  if (trimmed === '') {
    return 0;
  }
  const seconds = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : 0;
  return seconds >= 1 && seconds <= LONGEST_AGE ? seconds : null;
}

/** Whether this browser session holds a second factor of Auth0's that is at most so old. */
function hasFreshFactor(methods, maxAgeSeconds) {
  const now = Date.now();
  return (methods ?? []).some((method) => {
    const ageMillis = now - Date.parse(method.timestamp);
    return method.name === 'mfa' && ageMillis >= 0 && ageMillis < maxAgeSeconds * 1000;
  });
}

/** Whether `values`, an array or a space-separated string, contains `value`. */
function includes(values, value) {
  const list = Array.isArray(values) ? values : String(values ?? '').split(' ');
  return list.includes(value);
}
