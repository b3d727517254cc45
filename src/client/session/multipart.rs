//! The multipart form of a capture, built here so that the proof's digest covers exactly the bytes sent.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A body and its media type.
pub(super) struct Form {
    pub(super) media_type: String,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// Parts (RFC 7578): `attestation` is the JWS; `sample`, and at enrollment `sample-2` and `sample-3`, are the PNGs. The
/// same input gives the same bytes.
pub(super) fn capture(attestation: &str, samples: &[impl AsRef<[u8]>]) -> Form {
    // The boundary is a digest of the parts, so it cannot occur in them: that would take a fixed point of SHA-256.
    let digest = samples.iter().fold(Sha256::new().chain_update(attestation), Digest::chain_update);
    let digest = digest.finalize();
    let boundary = format!("countenance-{}", BASE64_URL_SAFE_NO_PAD.encode(digest));
    let bytes = samples.iter().map(|sample| sample.as_ref().len() + 256).sum::<usize>();
    let mut body = Zeroizing::new(Vec::with_capacity(attestation.len() + bytes + 512));
    let mut add = |disposition: &str, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    add("form-data; name=\"attestation\"\r\nContent-Type: application/eat+jwt", attestation.as_bytes());
    for (i, sample) in samples.iter().enumerate() {
        let name = sample_part(i);
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{name}.png\"\r\nContent-Type: image/png");
        add(&disposition, sample.as_ref());
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Form { media_type: format!("multipart/form-data; boundary={boundary}"), body }
}

/// Name of the part with the sample at `index`: `sample`, `sample-2`, `sample-3`.
fn sample_part(index: usize) -> String {
    if index == 0 { "sample".to_owned() } else { format!("sample-{}", index + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_the_form_per_rfc_7578_deterministically() {
        let form = capture("a.b.c", &[b"\x89PNG"]);
        let boundary = form.media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert!(boundary.len() <= 70, "RFC 2046 allows 70 characters");
        let expected = [
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"attestation\"\r\n").into_bytes(),
            b"Content-Type: application/eat+jwt\r\n\r\na.b.c\r\n".to_vec(),
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"sample\"; ").into_bytes(),
            b"filename=\"sample.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n".to_vec(),
            format!("--{boundary}--\r\n").into_bytes(),
        ]
        .concat();
        assert_eq!(*form.body, expected);
        assert_eq!(*capture("a.b.c", &[b"\x89PNG"]).body, expected);
    }

    #[test]
    fn further_samples_are_separate_parts() {
        let text = String::from_utf8(capture("a.b.c", &["one", "two", "three"]).body.to_vec()).unwrap();
        let places: Vec<_> = [
            "name=\"sample\"; filename=\"sample.png\"\r\nContent-Type: image/png\r\n\r\none\r\n",
            "name=\"sample-2\"; filename=\"sample-2.png\"\r\nContent-Type: image/png\r\n\r\ntwo\r\n",
            "name=\"sample-3\"; filename=\"sample-3.png\"\r\nContent-Type: image/png\r\n\r\nthree\r\n--",
        ]
        .map(|part| text.find(part))
        .into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    }
}
