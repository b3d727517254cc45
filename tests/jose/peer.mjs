// Answers JOSE requests with the library `jose`, one line of JSON per line of JSON:
//
//   node peer.mjs FOLDER        FOLDER/node_modules holds the library
//
//   {"do": "generate", "alg": "Ed25519" | "EdDSA" | "RS256"}                      -> {"private": JWK, "public": JWK}
//   {"do": "thumbprint", "key": JWK}                                             -> {"thumbprint": text}
//   {"do": "sign", "header": {}, "claims": {}, "key": private JWK}               -> {"jws": text}
//   {"do": "verify", "jws": text, "key": JWK | {"keys": []} | "embedded", "alg": name, "now": seconds,
//    "typ": text, "iss": text, "aud": text}     the last three optional           -> {"header": {}, "claims": {}}
//
// Rejections by the library are answered with {"refused": code}. Any other error is a bug in this file and ends the
// program.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const jose = createRequire(`${resolve(process.argv[2])}/`)('jose');

const answers = {
  async generate({ alg }) {
    const pair = await jose.generateKeyPair(alg, { extractable: true, crv: 'Ed25519' });
    return { private: await jose.exportJWK(pair.privateKey), public: await jose.exportJWK(pair.publicKey) };
  },

  async thumbprint({ key }) {
    return { thumbprint: await jose.calculateJwkThumbprint(key) };
  },

  async sign({ header, claims, key }) {
    const signer = new jose.SignJWT(claims).setProtectedHeader(header);
    return { jws: await signer.sign(await jose.importJWK(key, header.alg)) };
  },

  async verify({ jws, key, alg, now, typ, iss, aud }) {
    const options = { algorithms: [alg], currentDate: new Date(now * 1000), typ, issuer: iss, audience: aud };
    const { protectedHeader, payload } = await jose.jwtVerify(jws, await verifier(key, alg), options);
    return { header: protectedHeader, claims: payload };
  },
};

function verifier(key, alg) {
  if (key === 'embedded') {
    return jose.EmbeddedJWK;
  }
  return key.keys ? jose.createLocalJWKSet(key) : jose.importJWK(key, alg);
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = await answers[question.do](question);
  } catch (error) {
    if (!(error instanceof jose.errors.JOSEError)) {
      throw error;
    }
    answer = { refused: error.code };
  }
  console.log(JSON.stringify(answer));
}
