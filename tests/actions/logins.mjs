// Sign-in events as the post-login trigger receives them.

import { NOW, TENANT } from './runtime.mjs';

/** A password sign-in at the payroll application; `change` overrides parts of it. */
export function login(change = {}) {
  const { user, request, transaction, ...rest } = change;
  return {
    tenant: { id: 'example' },
    client: { client_id: 'payroll', name: 'Payroll', metadata: {} },
    session: { id: 'session-1' },
    authentication: { methods: [{ name: 'pwd', timestamp: ago(60) }] },
    secrets: {},
    ...rest,
    user: { user_id: 'auth0|ada', name: 'Ada', email: 'ada@example.com', app_metadata: {}, user_metadata: {}, ...user },
    request: { ip: '192.0.2.7', hostname: TENANT, method: 'GET', query: {}, body: {}, ...request },
    transaction: { id: 'transaction-1', protocol: 'oidc-basic-profile', prompt: [], metadata: {}, ...transaction },
  };
}

/** The time `seconds` ago, in Auth0's format. */
export function ago(seconds) {
  return new Date(NOW - seconds * 1000).toISOString();
}

/** A refresh token exchange: without browser and id. */
export const REFRESH = { id: undefined, protocol: 'oauth2-refresh-token', prompt: undefined };
