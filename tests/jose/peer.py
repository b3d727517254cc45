"""Answers JOSE requests with the library joserfc. Requests and responses are those of peer.mjs.

    FOLDER/venv/bin/python peer.py
"""

import json
import sys
import warnings

from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry, KeySet

# The algorithm name EdDSA is deprecated, but still in use, and we accept it.
warnings.simplefilter("ignore", SecurityWarning)


def generate(question):
    kind, size = ("RSA", 2048) if question["alg"] == "RS256" else ("OKP", "Ed25519")
    key = JWKRegistry.generate_key(kind, size)
    return {"private": key.as_dict(private=True), "public": key.as_dict(private=False)}


def thumbprint(question):
    return {"thumbprint": JWKRegistry.import_key(question["key"]).thumbprint()}


def sign(question):
    header = question["header"]
    key = JWKRegistry.import_key(question["key"])
    return {"jws": jwt.encode(header, question["claims"], key, algorithms=[header["alg"]], default_type=None)}


def verify(question):
    token = jwt.decode(question["jws"], verifier(question), algorithms=[question["alg"]])
    expected = {name: {"essential": True, "value": question[name]} for name in ("iss", "aud") if name in question}
    jwt.JWTClaimsRegistry(now=question["now"], **expected).validate(token.claims)
    if "typ" in question and token.header.get("typ") != question["typ"]:
        return {"refused": "typ"}
    return {"header": token.header, "claims": token.claims}


def verifier(question):
    key = question["key"]
    if key == "embedded":
        key = jws.extract_compact(question["jws"].encode()).headers()["jwk"]
    return KeySet.import_key_set(key) if "keys" in key else JWKRegistry.import_key(key)


ANSWERS = {"generate": generate, "thumbprint": thumbprint, "sign": sign, "verify": verify}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = ANSWERS[asked["do"]](asked)
    except JoseError as error:
        answer = {"refused": error.error}
    print(json.dumps(answer), flush=True)
