// The parts of Node.js that the bare engine lacks: only those that Actions need to call a service.
(function (ask) {
  'use strict';
  const utf8 = (text) => {
    const bytes = [];
    for (const character of String(text)) {
      const code = character.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return bytes;
  };

  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const base64 = (bytes) => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const three = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      const four = [18, 12, 6, 0].map((shift) => ALPHABET[(three >> shift) & 63]).join('');
      text += four.slice(0, bytes.length - i + 1).padEnd(4, '=');
    }
    return text;
  };

  globalThis.btoa = (text) => {
    const bytes = Array.from(String(text), (character) => character.codePointAt(0));
    if (bytes.some((byte) => byte > 255)) throw new Error('Invalid character');
    return base64(bytes);
  };

  globalThis.Buffer = {
    from: (text, encoding = 'utf8') => {
      if (typeof text !== 'string' || !['utf8', 'utf-8'].includes(encoding)) {
        throw new TypeError('Buffer.from takes UTF-8 text here');
      }
      return {
        toString: (to = 'utf8') => {
          if (to === 'base64') return base64(utf8(text));
          if (to === 'base64url') return base64(utf8(text)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
          if (to === 'utf8' || to === 'utf-8') return text;
          throw new TypeError(`Buffer knows no ${to} here`);
        },
      };
    },
  };

  const encoded = (text) =>
    utf8(text)
      .map((byte) => {
        const character = String.fromCharCode(byte);
        if (/[A-Za-z0-9*._-]/.test(character)) return character;
        return byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');

  // Accepts an object or pairs. Encodes only; does not parse.
  globalThis.URLSearchParams = class URLSearchParams {
    #pairs;
    constructor(init = {}) {
      if (typeof init === 'string') throw new TypeError('URLSearchParams takes an object or pairs here');
      this.#pairs = Array.from(Array.isArray(init) ? init : Object.entries(init), ([name, value]) => [
        String(name),
        String(value),
      ]);
    }
    append(name, value) {
      this.#pairs.push([String(name), String(value)]);
    }
    delete(name) {
      this.#pairs = this.#pairs.filter(([known]) => known !== String(name));
    }
    set(name, value) {
      this.delete(name);
      this.append(name, value);
    }
    get(name) {
      return this.#pairs.find(([known]) => known === String(name))?.[1] ?? null;
    }
    has(name) {
      return this.get(name) !== null;
    }
    [Symbol.iterator]() {
      return this.#pairs[Symbol.iterator]();
    }
    toString() {
      return this.#pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
    }
  };

  // The host sends one request and waits. Its network follows no redirects and has its own timeout, so the options
  // `redirect` and `signal` are ignored.
  globalThis.fetch = async (url, { method = 'GET', headers = {}, body } = {}) => {
    const pairs = Array.from(Array.isArray(headers) ? headers : Object.entries(headers), ([name, value]) => [
      String(name).toLowerCase(),
      String(value),
    ]);
    if (body instanceof URLSearchParams && !pairs.some(([name]) => name === 'content-type')) {
      pairs.push(['content-type', 'application/x-www-form-urlencoded;charset=UTF-8']);
    }
    let answer;
    try {
      answer = ask('fetch', {
        url: String(url),
        method: String(method).toUpperCase(),
        headers: pairs,
        body: body === undefined || body === null ? undefined : String(body),
      });
    } catch (cause) {
      throw new TypeError('fetch failed', { cause });
    }
    if (answer.timedOut) throw Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' });
    const known = new Map(answer.retryAfterSecs === null ? [] : [['retry-after', String(answer.retryAfterSecs)]]);
    const name = (text) => String(text).toLowerCase();
    return {
      ok: answer.status >= 200 && answer.status < 300,
      status: answer.status,
      headers: { get: (header) => known.get(name(header)) ?? null, has: (header) => known.has(name(header)) },
      text: async () => answer.body,
      json: async () => JSON.parse(answer.body),
    };
  };
});
