/**
 * Step-up for the salary page: the tenant's own multi-factor authentication, when an application asks for it.
 *
 * For tenants that use Auth0's own factors (push, one-time codes, passkeys). For Countenance's face as the second
 * factor, install verified-post-login.js with MODE "on-demand" instead. Both may run in one flow, because they react
 * to different values of acr_values.
 *
 * What it does
 *   1. An application sends acr_values=http://schemas.openid.net/pape/policies/2007/06/multi-factor when a user opens a
 *      page that needs a second factor. Any other sign-in passes unchanged.
 *   2. Auth0 challenges with any factor that the tenant has enabled, and does not offer "remember this browser".
 *   3. Auth0 itself puts amr = ["mfa"] and acr into the ID token. The application shows the page only after it has
 *      checked that token: signature, issuer, audience, expiry, and that amr is an array that contains "mfa".
 *
 * How to install it
 *   Enable at least one factor under Security > Multi-factor Auth, with the policy "Never": this Action decides when.
 *   Actions > Library > Create Action > Login / Post Login, paste this file, deploy, drag it into the post-login flow.
 *   It needs no npm packages. Auth0 challenges after the last post-login Action has run.
 *
 * Settings. They are not secret, but an Action of your own can only store them as Secrets; an Action installed from the
 * Marketplace has a Configuration. Both are read; Configuration takes precedence.
 *
 *   CLIENT_IDS        optional. Client ids of the applications this applies to, separated by commas. Default: all.
 *   MAX_AGE           optional. Seconds, 1 to 86400. A second factor used in this browser session within this time is
 *                     enough, and the user is not asked again. Default: asked each time, as in Auth0's step-up guide.
 *                     Note: a sign-in that was not challenged gets no amr from Auth0, so an application that requires
 *                     amr has to remember that it has seen one.
 *
 * What cannot be challenged
 *   Refresh-token exchange: passes, and its tokens carry no amr, because no one signs in.
 *   prompt=none and other silent requests: those that do not ask for a second factor pass, so that applications can
 *   renew their tokens; Auth0 leaves amr out of these. One that does ask ends with step_up_interaction_required,
 *   unless MAX_AGE is set and this browser session has a recent enough second factor. The application then repeats the
 *   request without prompt=none.
 *
 * Codes that an application finds in error_description
 *   step_up_configuration_error    MAX_AGE is not a whole number of seconds from 1 to 86400
 *   step_up_interaction_required   a second factor is needed and no page may be shown
 *
 * Auth0 guides a user without an enrolled factor through enrollment; if the tenant has enabled no factor, Auth0 ends
 * the sign-in with its own error.
 */

'use strict';

/** The value of acr_values by which an application requests the tenant's own second factor. */
const POLICY = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** Maximum value of MAX_AGE, in seconds. */
const LONGEST_AGE = 24 * 60 * 60;

/** Challenges with a second factor if the application requests one. */
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
    // Auth0 would fail the request too; this code tells the application what to do.
    api.access.deny('step_up_interaction_required');
    return;
  }
  api.multifactor.enable('any', { allowRememberBrowser: false });
};

/** Whether this Action applies to the application. */
function isListed(clientId, list) {
  const ids = String(list ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  return ids.length === 0 || ids.includes(clientId);
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

/** Whether this browser session has a second factor of Auth0's younger than `maxAgeSeconds`. */
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
