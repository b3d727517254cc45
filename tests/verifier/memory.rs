//! The process's memory, as a core dump or another process would show it: no face after it was judged, and no master key
//! once the database is open.

use std::{fs::File, os::unix::fs::FileExt};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::{protocol::Outcome, rng::SecureRandom};
use countenance_system::SystemRandom;
use countenance_verifier::MasterKey;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use zeroize::Zeroizing;

use super::test_verifier::*;

/// Bytes to look for, kept in another form so that the search does not find them here.
struct Needle(Vec<u8>);

const MASK: u8 = 0xa5;

impl Needle {
    fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().map(|byte| byte ^ MASK).collect())
    }

    /// How often the bytes occur in this process's memory.
    fn count(&self) -> usize {
        const CHUNK: usize = 1 << 20;
        let mut buffer = Zeroizing::new(vec![0; CHUNK + self.0.len()]);
        let own = buffer.as_ptr() as usize..buffer.as_ptr() as usize + buffer.len();
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut found = 0;
        for line in maps.lines().filter(|line| line.split(' ').nth(1).unwrap().starts_with("rw")) {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let [start, end] = [start, end].map(|text| usize::from_str_radix(text, 16).unwrap());
            let mut at = start;
            while at < end {
                let length = (end - at).min(buffer.len());
                // Pages that were never touched, or are unmapped by now, have no content.
                if memory.read_exact_at(&mut buffer[..length], at as u64).is_ok() {
                    found += self.places(&buffer[..length]).filter(|place| !own.contains(&(at + place))).count();
                }
                at += CHUNK;
            }
        }
        found
    }

    fn places<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
        let first = self.0[0] ^ MASK;
        let last = bytes.len().saturating_sub(self.0.len() - 1);
        (0..last).filter(move |place| {
            bytes[*place] == first && self.0.iter().zip(&bytes[*place..]).all(|(masked, byte)| masked ^ MASK == *byte)
        })
    }
}

/// An image of noise, which no other test has and no compression shortens.
fn noise() -> (Vec<u8>, Vec<u8>) {
    let mut pixels = vec![0; 40 * 30 * 3];
    SystemRandom.fill(&mut pixels);
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(&pixels, 40, 30, ExtendedColorType::Rgb8).unwrap();
    (pixels, png)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faces_and_master_key_are_not_in_memory_after_a_capture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.key");
    let verifier = TestVerifier::with_key(MasterKey::from_file(&path, &SystemRandom).unwrap()).await;
    let key = verifier.key();
    for (case, sees) in
        [("enrolled", Sees::Ada), ("matched", Sees::Ada), ("rejected", Sees::Bob), ("failed", Sees::Failure)]
    {
        verifier.sees(sees);
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        let (pixels, sample) = noise();
        let needles = [
            ("image", Needle::new(&sample[sample.len() / 2..][..24])),
            ("pixels", Needle::new(&pixels[pixels.len() / 2..][..24])),
        ];
        for (what, needle) in &needles {
            assert!(needle.count() > 0, "{case}: the search must find the {what} while it is there");
        }
        let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
        let reply = verifier.post(&key, &ticket.session_id, &attestation, &sample).await;
        if case == "enrolled" {
            verifier.go_back(&login, &reply.json::<Outcome>()).await;
        }
        drop((pixels, sample));
        for (what, needle) in &needles {
            assert_eq!(needle.count(), 0, "{case}: the {what} is in memory");
        }
    }
    let text = Zeroizing::new(std::fs::read(&path).unwrap());
    let master = Zeroizing::new(B64.decode(&text[..]).unwrap());
    let (as_bytes, as_text) = (Needle::new(&master), Needle::new(&text));
    assert!(as_bytes.count() > 0, "the search must find the key while it is there");
    drop((text, master));
    assert_eq!(as_bytes.count(), 0, "the master key is in memory");
    assert_eq!(as_text.count(), 0, "the text of the key file is in memory");
}
