// The part of Auth0's Actions runtime that the files of packaging/auth0/actions use: runs one handler on one event and
// records its effects. Written from Auth0's public documentation. Order and messages of validateToken's checks are
// those of public emulations; only the second message has been confirmed with a real tenant.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The tenant's host name, and the default time of tests. */
export const TENANT = 'example.eu.auth0.com';
export const NOW = Date.parse('2026-11-22T12:00:00.000Z');

/** Claims reserved for the tenant: setting one is silently ignored. */
const RESTRICTED = new Set(
  (
    'acr act amr ath attest aud auth_time azp cnf exp groups htm htu iat iss jti jwk kid nbf nonce permissions roles ' +
    'scope sid sub sub_jwk toe txn vot vtm'
  ).split(' '),
);
const RESTRICTED_NAMESPACE = /^(https?:\/\/([^/]+\.)?(auth0\.com|webtask\.io|webtask\.run)(\/|$)|urn:auth0)/i;

/** Runs `handler` of the Action `file` on `event`; `options` may contain `now` (milliseconds), `fetch` and `globals`. */
export async function run(file, handler, event, { now = NOW, fetch = noFetch, globals = {} } = {}) {
  const did = {
    denied: [],
    redirect: null,
    idClaims: {},
    accessClaims: {},
    dropped: [],
    recorded: [],
    metadata: {},
    appMetadata: {},
    multifactor: [],
    notification: null,
    log: [],
    thrown: null,
  };
  const write = (...values) => did.log.push(values.map(String).join(' '));
  const console = { log: write, info: write, warn: write, error: write };
  const scope = { console, fetch, Date: frozenDate(now), ...globals };
  const source = readFileSync(new URL(`../../packaging/auth0/actions/${file}`, import.meta.url), 'utf8');
  const module = { exports: {} };
  const required = (name) => {
    throw new Error(`Cannot find module '${name}'`);
  };
  new Function('exports', 'module', 'require', ...Object.keys(scope), source)(
    module.exports,
    module,
    required,
    ...Object.values(scope),
  );
  try {
    await module.exports[handler](structuredClone(event), apiFor(handler, event, now, did));
  } catch (error) {
    did.thrown = error;
  }
  return did;
}

/** A JWT signed with HS256 and `secret`; `header` overrides the default header. */
export function sign(claims, secret, header = {}) {
  const body = [{ alg: 'HS256', typ: 'JWT', ...header }, claims].map((part) => encode(JSON.stringify(part))).join('.');
  return `${body}.${mac(body, secret)}`;
}

/** The claims of a JWT after verifying its signature. */
export function open(token, secret) {
  const [header, claims, signature] = String(token).split('.');
  const expected = Buffer.from(mac(`${header}.${claims}`, secret));
  const found = Buffer.from(signature ?? '');
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
    throw new Error('Failed signature validation');
  }
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}

function apiFor(handler, event, now, did) {
  const continues = handler === 'onContinuePostLogin';
  const seconds = Math.floor(now / 1000);
  if (handler === 'onExecuteSendPhoneMessage') {
    return {};
  }
  if (handler === 'onExecuteCustomPhoneProvider') {
    const say = (kind) => (reason) => {
      if (typeof reason !== 'string' || reason.length > 1024) {
        throw new Error('A reason has at most 1024 characters');
      }
      did.notification = { [kind]: reason };
    };
    return { notification: { retry: say('retry'), drop: say('drop') } };
  }
  const setClaim = (claims) => (name, value) => {
    if (RESTRICTED.has(name) || RESTRICTED_NAMESPACE.test(name)) {
      did.dropped.push(name);
    } else {
      claims[name] = value;
    }
  };
  return {
    access: { deny: (reason) => did.denied.push(reason) },
    idToken: { setCustomClaim: setClaim(did.idClaims) },
    accessToken: { setCustomClaim: setClaim(did.accessClaims) },
    authentication: {
      recordMethod: (url) => {
        if (!continues || !/^https?:\/\//.test(url)) {
          throw new Error('A method is recorded under a URL, in onContinuePostLogin');
        }
        did.recorded.push(url);
      },
    },
    multifactor: { enable: (provider, options) => did.multifactor.push([provider, options]) },
    transaction: { setMetadata: (key, value) => void (did.metadata[key] = value) },
    user: { setAppMetadata: (key, value) => void (did.appMetadata[key] = value) },
    redirect: {
      canRedirect: () =>
        !['oauth2-resource-owner', 'oauth2-refresh-token'].includes(event.transaction?.protocol) &&
        !event.transaction?.prompt?.includes('none'),
      encodeToken: ({ secret, payload, expiresInSeconds = 900 }) =>
        sign(
          {
            sub: event.user.user_id,
            iss: TENANT,
            iat: seconds,
            exp: seconds + expiresInSeconds,
            ip: event.request.ip,
            ...payload,
          },
          secret,
        ),
      sendUserTo: (url, { query = {} } = {}) => {
        if (continues) {
          throw new Error('A login is redirected in onExecutePostLogin');
        }
        did.redirect = { url, query };
      },
      validateToken: ({ secret, tokenParameterName = 'session_token' }) =>
        validate(event, secret, tokenParameterName, seconds),
    },
  };
}

/** The seven checks of a returned token. */
function validate(event, secret, name, seconds) {
  const parameters = { ...event.request.query, ...event.request.body };
  if (!(name in parameters)) {
    throw new Error(`There is no parameter called '${name}' available in either the POST body or query string.`);
  }
  const check = (holds, text) => {
    if (!holds) {
      throw new Error(`The session token is invalid: ${text}`);
    }
  };
  const [header, claims] = String(parameters[name])
    .split('.')
    .map((part) => parse(part));
  check(claims?.state !== undefined && claims.state === parameters.state, 'State in the token does not match the /continue state.');
  check(opens(parameters[name], secret) && header?.alg === 'HS256', 'Failed signature validation');
  check(
    ['sub', 'iss', 'exp', 'iat'].every((claim) => claim in claims),
    'Missing or invalid standard claims',
  );
  check(header.typ?.toUpperCase() === 'JWT', 'Unexpected token payload type');
  check(claims.sub === event.user.user_id, 'The sub claim does not match the user_id.');
  check(claims.exp > seconds, 'Token has expired.');
  return claims;
}

function opens(token, secret) {
  try {
    open(token, secret);
    return true;
  } catch {
    return false;
  }
}

function parse(part) {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return null;
  }
}

function frozenDate(now) {
  return class extends Date {
    constructor(...parameters) {
      super(...(parameters.length === 0 ? [now] : parameters));
    }
    static now() {
      return now;
    }
  };
}

const noFetch = () => {
  throw new Error('This Action must not use the network');
};
const encode = (text) => Buffer.from(text).toString('base64url');
const mac = (body, secret) => createHmac('sha256', secret).update(body).digest('base64url');
