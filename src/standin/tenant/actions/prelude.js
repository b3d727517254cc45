// Evaluates an Action and calls one of its handlers with `event` and `api`.
// Each method of `api` sends one message to the host, which implements it; this file only defines the names.
(function (host, giveNode, nowMillis, eventText, source, handler) {
  'use strict';
  const ask = (op, parameters) => {
    const answer = JSON.parse(host(JSON.stringify({ op, ...parameters })));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };
  giveNode(ask);

  // The clock is the tenant's, so that tests control the time that an Action sees.
  const SystemDate = Date;
  globalThis.Date = class Date extends SystemDate {
    constructor(...parameters) {
      if (parameters.length === 0) super(nowMillis);
      else super(...parameters);
    }
    static now() {
      return nowMillis;
    }
  };

  const write = (...values) => ask('console', { text: values.map(String).join(' ') });
  globalThis.console = { log: write, info: write, warn: write, error: write, debug: write };

  // Lasts for one leg: Auth0 does not guarantee more.
  const records = new Map();
  const cache = {
    get: (key) => records.get(key),
    set: (key, value) => {
      records.set(key, { value: String(value) });
      return { type: 'success', record: records.get(key) };
    },
    delete: (key) => {
      records.delete(key);
      return { type: 'success' };
    },
  };

  const challenge = (kind, factors) => ask('challenge', { kind, factors });
  const postLogin = {
    access: { deny: (reason) => ask('deny', { reason }) },
    accessToken: { setCustomClaim: (key, value) => ask('accessClaim', { key, value }) },
    authentication: {
      challengeWith: (factor, options) =>
        challenge('challengeWith', [factor, ...(options?.additionalFactors ?? [])]),
      challengeWithAny: (factors) => challenge('challengeWithAny', factors),
      enrollWith: (factor, options) => challenge('enrollWith', [factor, ...(options?.additionalFactors ?? [])]),
      enrollWithAny: (factors) => challenge('enrollWithAny', factors),
      recordMethod: (url) => ask('recordMethod', { url }),
    },
    cache,
    idToken: { setCustomClaim: (key, value) => ask('idClaim', { key, value }) },
    multifactor: {
      enable: (provider, options) =>
        ask('multifactor', { provider, allowRememberBrowser: options?.allowRememberBrowser }),
    },
    redirect: {
      canRedirect: () => ask('canRedirect', {}),
      encodeToken: ({ secret, payload, expiresInSeconds }) => ask('encodeToken', { secret, payload, expiresInSeconds }),
      sendUserTo: (url, options) => ask('sendUserTo', { url, query: options?.query }),
      validateToken: ({ secret, tokenParameterName }) => ask('validateToken', { secret, tokenParameterName }),
    },
    transaction: { setMetadata: (key, value) => ask('transactionMetadata', { key, value }) },
    user: { setAppMetadata: (key, value) => ask('appMetadata', { key, value }) },
  };
  const api = {
    onExecutePostLogin: postLogin,
    onContinuePostLogin: postLogin,
    onExecuteCustomPhoneProvider: {
      cache,
      notification: {
        drop: (reason) => ask('dropMessage', { reason }),
        retry: (reason) => ask('retryMessage', { reason }),
      },
    },
    onExecuteSendPhoneMessage: { cache },
  }[handler];

  const module = { exports: {} };
  const require = (name) => {
    throw new Error(`Cannot find module '${name}'`);
  };
  new Function('exports', 'module', 'require', source)(module.exports, module, require);
  const run = module.exports[handler];
  return (async () => {
    if (typeof run === 'function') await run(JSON.parse(eventText), api);
  })();
});
