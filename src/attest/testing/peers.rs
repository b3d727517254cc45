//! Two independent JOSE libraries, run as child processes: Node's jose and Python's joserfc. `packaging/dev/peers`
//! installs them; the programs are in `tests/jose`. The tests that use them are in each suite's `jose.rs`.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use crate::jwk::PublicKey;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use serde_json::{Value, json};

/// Where `packaging/dev/peers` put the libraries.
const FOLDER: &str = "COUNTENANCE_PEERS";
/// Longest wait for an answer on a busy machine.
const TIME_OUT: Duration = Duration::from_mins(1);

/// One library, running.
pub struct Peer {
    /// What the library is called.
    pub name: &'static str,
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// A key that a peer made.
pub struct PeerKey {
    /// The private JWK.
    pub private: Value,
    /// The public JWK.
    pub public: Value,
}

/// Both, or none where nobody has set them up: then says that the test is skipped.
pub fn peers(test: &str) -> Vec<Peer> {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        // Not by a macro: the runner would keep what a test that passes has printed.
        writeln!(std::io::stderr(), "SKIPPED {test}: {FOLDER} names no folder; packaging/dev/test sets it").ok();
        return Vec::new();
    };
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/jose");
    let python = folder.join("venv").join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let mut node = Command::new("node");
    node.arg(programs.join("peer.mjs")).arg(&folder);
    let mut joserfc = Command::new(python);
    joserfc.arg(programs.join("peer.py"));
    vec![Peer::start("jose", node), Peer::start("joserfc", joserfc)]
}

impl Peer {
    fn start(name: &'static str, mut program: Command) -> Self {
        let started = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|e| panic!("{name} does not start; run packaging/dev/peers: {e}"));
        let (questions, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, answers) = channel();
        let reader = std::thread::Builder::new().name(name.into()).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        reader.unwrap();
        Self { name, child, questions, answers }
    }

    /// Sends one question and reads its answer.
    pub fn ask(&mut self, question: &Value) -> Value {
        let answer =
            writeln!(self.questions, "{question}").ok().and_then(|()| self.answers.recv_timeout(TIME_OUT).ok());
        let answer = answer.unwrap_or_else(|| panic!("{} gave no answer to {}", self.name, question["do"]));
        serde_json::from_str(&answer).unwrap()
    }

    /// A new key for `alg`.
    pub fn generate(&mut self, alg: &str) -> PeerKey {
        let mut pair = self.ask(&json!({ "do": "generate", "alg": alg }));
        PeerKey { private: pair["private"].take(), public: pair["public"].take() }
    }

    /// `claims` signed with `key`: JWS compact.
    pub fn sign(&mut self, header: &Value, claims: &Value, key: &Value) -> String {
        let answer = self.ask(&json!({ "do": "sign", "header": header, "claims": claims, "key": key }));
        answer["jws"].as_str().unwrap_or_else(|| panic!("{}: {answer}", self.name)).to_owned()
    }

    /// The claims of `jws`, which must hold, and which must not hold when anything about it is changed.
    pub fn reads(&mut self, jws: &str, expected: &Value) -> Value {
        let ask = |peer: &mut Self, jws: &str| {
            let mut question = json!({ "do": "verify", "jws": jws });
            question.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
            peer.ask(&question)
        };
        let mut read = ask(self, jws);
        assert!(read["claims"].is_object(), "{}: {read}", self.name);
        for (change, twin) in twins(jws) {
            let refused = ask(self, &twin);
            let why = refused["refused"].as_str().unwrap_or_else(|| panic!("{}: {change} was read", self.name));
            assert!(
                ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "bad_signature"].contains(&why),
                "{}: {change}: {why}",
                self.name
            );
        }
        read["claims"].take()
    }

    /// Why `jws` is refused.
    pub fn refuses(&mut self, jws: &str, expected: &Value) -> String {
        let mut question = json!({ "do": "verify", "jws": jws });
        question.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
        let answer = self.ask(&question);
        answer["refused"].as_str().unwrap_or_else(|| panic!("{} read it", self.name)).to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// `jws` with one thing changed and the signature left: its header, its payload, or the signature itself.
pub fn twins(jws: &str) -> [(&'static str, String); 3] {
    let parts: Vec<&str> = jws.split('.').collect();
    let with = |part: &str, name: &str, value: Value| {
        let mut json: Value = serde_json::from_slice(&B64.decode(part).unwrap()).unwrap();
        json[name] = value;
        B64.encode(json.to_string())
    };
    let mut signature = B64.decode(parts[2]).unwrap();
    // Not the first byte alone: an RSA signature above the modulus would be refused for that.
    *signature.last_mut().unwrap() ^= 1;
    [
        ("a changed header", format!("{}.{}.{}", with(parts[0], "cty", json!("x")), parts[1], parts[2])),
        ("a changed payload", format!("{}.{}.{}", parts[0], with(parts[1], "iat", json!(1)), parts[2])),
        ("a changed signature", format!("{}.{}.{}", parts[0], parts[1], B64.encode(signature))),
    ]
}

/// A secret as JWK.
pub fn secret_key(secret: &str) -> Value {
    json!({ "kty": "oct", "k": B64.encode(secret) })
}

/// An Ed25519 key of a peer's, as ours.
pub fn public_key(jwk: &Value) -> PublicKey {
    PublicKey::try_from(&serde_json::from_value(jwk.clone()).unwrap()).unwrap()
}
