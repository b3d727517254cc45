// Evaluates an Action and calls one of its handlers with `event` and `api`.
// Every method of `api` is one message to the host, which keeps the rules; this file only gives them their names.
(function (host, nowMillis, eventText, source, handler) {
  'use strict';
  const ask = (op, parameters) => {
    const answer = JSON.parse(host(JSON.stringify({ op, ...parameters })));
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };

  // Time is the tenant's: a test decides what an Action takes for now.
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

  const api = {
    access: { deny: (reason) => ask('deny', { reason }) },
    accessToken: { setCustomClaim: (key, value) => ask('accessClaim', { key, value }) },
    idToken: { setCustomClaim: (key, value) => ask('idClaim', { key, value }) },
    authentication: { recordMethod: (url) => ask('recordMethod', { url }) },
    redirect: {
      canRedirect: () => ask('canRedirect', {}),
      encodeToken: ({ secret, payload, expiresInSeconds }) => ask('encodeToken', { secret, payload, expiresInSeconds }),
      sendUserTo: (url, options) => ask('sendUserTo', { url, query: options?.query }),
      validateToken: ({ secret, tokenParameterName }) => ask('validateToken', { secret, tokenParameterName }),
    },
    transaction: { setMetadata: (key, value) => ask('transactionMetadata', { key, value }) },
    user: { setAppMetadata: (key, value) => ask('appMetadata', { key, value }) },
  };

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
