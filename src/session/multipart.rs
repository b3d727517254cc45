//! The posted form, written here so that the proof's digest covers the very bytes that are sent.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A body and its media type.
pub(super) struct Form {
    pub(super) media_type: String,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Two parts (RFC 7578): `attestation`, the JWS, and `shot`, the PNG. The same parts give the same bytes.
pub(super) fn capture(attestation: &str, shot: &[u8]) -> Form {
    // A digest of the parts stands in neither of them: whoever could write it in could find a fixed point of SHA-256.
    let digest = Sha256::new().chain_update(attestation).chain_update(shot).finalize();
    let boundary = format!("countenance-{}", BASE64_URL_SAFE_NO_PAD.encode(digest));
    let mut body = Zeroizing::new(Vec::with_capacity(attestation.len() + shot.len() + 512));
    let parts: [(&str, &[u8]); 2] = [
        ("form-data; name=\"attestation\"\r\nContent-Type: application/eat+jwt", attestation.as_bytes()),
        ("form-data; name=\"shot\"; filename=\"shot.png\"\r\nContent-Type: image/png", shot),
    ];
    for (disposition, content) in parts {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Form { media_type: format!("multipart/form-data; boundary={boundary}"), body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_what_rfc_7578_says_and_the_same_each_time() {
        let form = capture("a.b.c", b"\x89PNG");
        let boundary = form.media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70, "RFC 2046 allows 70 characters");
        let expected = [
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"attestation\"\r\n").into_bytes(),
            b"Content-Type: application/eat+jwt\r\n\r\na.b.c\r\n".to_vec(),
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"shot\"; ").into_bytes(),
            b"filename=\"shot.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n".to_vec(),
            format!("--{boundary}--\r\n").into_bytes(),
        ]
        .concat();
        assert_eq!(*form.body, expected);
        assert_eq!(*capture("a.b.c", b"\x89PNG").body, expected);
    }
}
