//! Interoperability of device keys with two independent JOSE libraries.

use countenance_attest::DeviceKey;
use countenance_system::SystemRandom;
use serde_json::json;

use countenance_attest::testing::peers::{peers, public_key};

#[test]
fn thumbprints_agree() {
    let ours = DeviceKey::ephemeral(&SystemRandom);
    for mut peer in peers("thumbprints_agree") {
        // RFC 8037, appendix A.3.
        let vector = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        let theirs = peer.generate("Ed25519").public;
        for (name, key, expected) in [
            ("RFC 8037", vector, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".to_owned()),
            ("ours", serde_json::to_value(ours.jwk()).unwrap(), ours.thumbprint().to_string()),
            ("theirs", theirs.clone(), public_key(&theirs).thumbprint().to_string()),
        ] {
            let answer = peer.ask(&json!({ "do": "thumbprint", "key": key }));
            assert_eq!(answer["thumbprint"], expected, "{}: {name}", peer.name);
            assert_eq!(public_key(&key).thumbprint().to_string(), expected, "{name}");
        }
    }
}
