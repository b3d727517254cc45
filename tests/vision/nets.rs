//! Liveness networks added from files: loaded only if pinned, run as their contract specifies, rejected with a specific
//! error.
//!
//! `tests/nets/make.py` makes the networks. They detect nothing; their outputs can be computed in advance.

use std::{fs, path::Path, sync::LazyLock, time::Duration};

use countenance_core::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{Point, Rect},
    liveness::CLIP,
    policy::{Channels, NetPolicy},
};
use countenance_vision::{AddedNet, AddedNetError, Vision, VisionError, added};

use countenance_vision::testing::nets::{Nets, fixture, sha256, toml_of, warmth};

/// A frame of one color, and a face in its middle.
fn plain_frame(red: u8, green: u8, blue: u8) -> (Frame, Face) {
    let rgb = [red, green, blue].repeat(200 * 200);
    let at = Point::new(100.0, 100.0);
    let landmarks = Landmarks { right_eye: at, left_eye: at, nose: at, right_mouth: at, left_mouth: at };
    let face = Face { rect: Rect::new(75.0, 75.0, 50.0, 50.0), landmarks, score: 0.9, upside_down: false };
    (Frame::new(200, 200, rgb, 0, Duration::ZERO).unwrap(), face)
}

#[test]
fn the_test_network_is_found_by_its_pin() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/nets");
    let pin = sha256(&fixture("warmth.toml"));
    let nets = AddedNet::load_folder(&folder, std::slice::from_ref(&pin)).unwrap();
    assert_eq!(nets.iter().map(|net| (&net.contract, &net.pin)).collect::<Vec<_>>(), [(&warmth(), &pin)]);
}

#[test]
fn an_added_network_gets_the_input_its_contract_specifies() {
    let (frame, face) = plain_frame(151, 80, 100);
    let rows = [
        ("red, green, blue", warmth(), vec![4.0, 4.0]),
        ("blue, green, red", NetPolicy { channels: Channels::Bgr, ..warmth() }, vec![-4.0, -4.0]),
        ("a larger divisor", NetPolicy { divisor: 510.0, ..warmth() }, vec![2.0, 2.0]),
        ("divisor 1", NetPolicy { divisor: 1.0, ..warmth() }, vec![CLIP, CLIP]),
        ("the other class", NetPolicy { live_class: 0, ..warmth() }, vec![-4.0, -4.0]),
        ("one scale", NetPolicy { scales: vec![0.5], weights: vec![1.0], ..warmth() }, vec![4.0]),
    ];
    for (name, net, expected) in rows {
        let vision = Vision::load_with(vec![Nets::new().load("warmth", net.clone()).unwrap()]).unwrap();
        let odds = vision.liveness(&frame, &face, &[NetPolicy::face(), net]).unwrap();
        assert_eq!(odds[0].0.len(), 2, "{name}: the embedded network runs too");
        let near = odds[1].0.iter().zip(&expected).all(|(ours, expected)| (ours - expected).abs() < 1e-3);
        assert!(near && odds[1].0.len() == expected.len(), "{name}: {:?}", odds[1]);
    }
}

#[test]
fn the_contract_sets_an_input_size_the_file_leaves_open() {
    let (frame, face) = plain_frame(151, 80, 100);
    let added = Nets::new().load("any-picture", warmth()).unwrap();
    let net = added.contract.clone();
    let odds = Vision::load_with(vec![added]).unwrap().liveness(&frame, &face, &[net]).unwrap().remove(0);
    assert!(odds.0.iter().all(|odds| (odds - 4.0).abs() < 1e-3), "{odds:?}");
}

#[test]
fn a_policy_must_name_an_added_network_with_its_own_contract() {
    let vision = Vision::load_with(vec![Nets::new().load("warmth", warmth()).unwrap()]).unwrap();
    let (frame, face) = plain_frame(151, 80, 100);
    let supported = |net: NetPolicy| {
        let early = vision.supports(&[NetPolicy::face(), net.clone()]);
        let late = vision.liveness(&frame, &face, &[net]).map(drop);
        assert_eq!(early.is_ok(), late.is_ok());
        early
    };
    assert!(supported(warmth()).is_ok() && supported(NetPolicy::face()).is_ok());
    let otherwise = [
        NetPolicy { scales: vec![8.0; 8], weights: vec![1.0; 8], ..warmth() },
        NetPolicy { offset: 9.0, ..warmth() },
        NetPolicy { name: "another".into(), ..warmth() },
    ];
    for net in otherwise {
        assert!(matches!(supported(net.clone()), Err(VisionError::OtherContract { .. })), "{net:?}");
    }
    let missing = NetPolicy { sha256: "ab".repeat(32), ..warmth() };
    assert!(matches!(supported(missing), Err(VisionError::NoSuchNet { .. })));
    // A policy must not be able to request images of any size, not even for the embedded network.
    let huge = NetPolicy { side_px: 1_000_000, ..NetPolicy::face() };
    assert!(matches!(supported(huge), Err(VisionError::Contract { .. })));
}

#[test]
fn rejects_the_same_network_twice() {
    let nets = Nets::new();
    let twice = vec![nets.load("warmth", warmth()).unwrap(), nets.load("warmth", warmth()).unwrap()];
    assert!(matches!(Vision::load_with(twice), Err(VisionError::NetTwice { .. })));
    let onnx = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/liveness.onnx")).unwrap();
    let pin = nets.put("ours", toml_of(&NetPolicy::face()).as_bytes(), &onnx);
    let ours = AddedNet::load(&nets.path("ours.toml"), &pin).unwrap();
    assert!(matches!(Vision::load_with(vec![ours]), Err(VisionError::NetTwice { .. })));
}

#[test]
fn loads_exactly_the_pinned_networks() {
    let nets = Nets::new();
    let load = |pins: &[String]| AddedNet::load_folder(nets.0.path(), pins);
    assert!(AddedNet::load_folder(&nets.path("no folder"), &[]).unwrap().is_empty());
    let missing_folder = AddedNet::load_folder(&nets.path("no folder"), &["ab".repeat(32)]);
    assert!(matches!(missing_folder, Err(AddedNetError::Folder { .. })), "{missing_folder:?}");
    let pin = nets.put("a", toml_of(&warmth()).as_bytes(), &fixture("warmth.onnx"));
    let other = NetPolicy { name: "other".into(), offset: 1.0, ..warmth() };
    let other_pin = nets.put("b", toml_of(&other).as_bytes(), &fixture("warmth.onnx"));
    // Not pinned, so neither of these two may be parsed.
    nets.put("c", b"\xff not a contract", b"not a network");
    fs::write(nets.path("d.toml"), vec![b'#'; added::CONTRACT_MAX_BYTES + 1]).unwrap();
    assert!(load(&[]).unwrap().is_empty());
    let names = |pins: &[String]| load(pins).unwrap().into_iter().map(|net| net.contract.name).collect::<Vec<_>>();
    assert_eq!(names(std::slice::from_ref(&other_pin)), ["other"]);
    assert_eq!(names(&[other_pin, pin.to_uppercase()]), ["other", "warmth"], "in the order of the pins");
    let missing = load(&[pin.clone(), "ab".repeat(32)]);
    assert!(matches!(missing, Err(AddedNetError::NotInFolder { .. })), "{missing:?}");
    let contract = toml_of(&warmth()).replace("offset = 0.0", "offset = 0.1");
    fs::write(nets.path("a.toml"), contract).unwrap();
    assert!(matches!(load(&[pin]), Err(AddedNetError::NotInFolder { .. })), "the contract was changed");
}

#[test]
fn each_defect_of_a_file_has_its_own_error() {
    type Files = (Vec<u8>, Vec<u8>);
    type Spoil = fn(&mut Files);
    type ErrorCheck = fn(&AddedNetError) -> bool;
    fn text(files: &mut Files, from: &str, to: &str) {
        let contract = String::from_utf8(files.0.clone()).unwrap();
        assert!(contract.contains(from), "{contract}");
        files.0 = contract.replace(from, to).into();
    }
    /// Replaces the network, and its digest in the contract.
    fn exchanged(files: &mut Files, onnx: Vec<u8>) {
        let (before, after) = (sha256(&files.1), sha256(&onnx));
        text(files, &before, &after);
        files.1 = onnx;
    }
    let rows: [(&str, Spoil, ErrorCheck); 13] = [
        ("not UTF-8", |f| f.0.push(0xFF), |e| matches!(e, AddedNetError::NotText { .. })),
        ("not TOML", |f| f.0.push(b'?'), |e| matches!(e, AddedNetError::NoContract { .. })),
        (
            "an unknown key",
            |f| text(f, "[net]", "[net]\nmean = 127"),
            |e| matches!(e, AddedNetError::NoContract { .. }),
        ),
        ("no license", |f| text(f, "licence = \"MIT\"\n", ""), |e| matches!(e, AddedNetError::NoContract { .. })),
        (
            "an infinite offset",
            |f| text(f, "offset = 0.0", "offset = inf"),
            |e| matches!(e, AddedNetError::Contract { .. }),
        ),
        ("a huge input", |f| text(f, "= 64", "= 4294967295"), |e| matches!(e, AddedNetError::Contract { .. })),
        ("another network", |f| f.1.push(0), |e| matches!(e, AddedNetError::OtherNet { .. })),
        ("an empty network file", |f| exchanged(f, vec![]), |e| matches!(e, AddedNetError::Network { .. })),
        (
            "random bytes as network",
            |f| exchanged(f, vec![0xA5; 4_000]),
            |e| matches!(e, AddedNetError::Network { .. }),
        ),
        (
            "three outputs instead of two",
            |f| exchanged(f, fixture("three-answers.onnx")),
            |e| {
                matches!(e, AddedNetError::Network { source, .. }
                    if matches!(**source, VisionError::Misshapen { .. }))
            },
        ),
        (
            "another input size",
            |f| exchanged(f, fixture("small-picture.onnx")),
            |e| matches!(e, AddedNetError::Network { .. }),
        ),
        (
            "more inputs than an image",
            |f| exchanged(f, fixture("two-inputs.onnx")),
            |e| matches!(e, AddedNetError::Network { .. }),
        ),
        (
            "contract too large",
            |f| f.0.resize(added::CONTRACT_MAX_BYTES + 1, b'\n'),
            |e| matches!(e, AddedNetError::File { .. }),
        ),
    ];
    for (name, spoil, is_expected) in rows {
        let nets = Nets::new();
        let mut files = (toml_of(&warmth()).into_bytes(), fixture("warmth.onnx"));
        spoil(&mut files);
        let pin = nets.put("net", &files.0, &files.1);
        let error = AddedNet::load(&nets.path("net.toml"), &pin).unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
    }
    let nets = Nets::new();
    let pin = nets.put("net", toml_of(&warmth()).as_bytes(), &fixture("warmth.onnx"));
    let load = |pin: &str| AddedNet::load(&nets.path("net.toml"), pin).unwrap_err();
    assert!(matches!(load("warmth"), AddedNetError::Pin { .. }));
    assert!(matches!(load(&"ab".repeat(32)), AddedNetError::NotPinned { found, .. } if found == pin));
    fs::remove_file(nets.path("net.onnx")).unwrap();
    assert!(matches!(load(&pin), AddedNetError::Missing { path } if path.ends_with("net.onnx")));
    fs::remove_file(nets.path("net.toml")).unwrap();
    assert!(matches!(load(&pin), AddedNetError::Missing { path } if path.ends_with("net.toml")));
}

#[cfg(unix)]
#[test]
fn reads_only_regular_files_that_others_cannot_write() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for name in ["net.toml", "net.onnx"] {
        let nets = Nets::new();
        let pin = nets.put("net", toml_of(&warmth()).as_bytes(), &fixture("warmth.onnx"));
        let load = || AddedNet::load(&nets.path("net.toml"), &pin);
        assert!(load().is_ok());
        fs::set_permissions(nets.path(name), fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(load(), Err(AddedNetError::File { .. })), "{name} is world-writable");
        fs::rename(nets.path(name), nets.path("aside")).unwrap();
        symlink(nets.path("aside"), nets.path(name)).unwrap();
        assert!(matches!(load(), Err(AddedNetError::File { .. })), "{name} is a link");
    }
}

/// The engine on damaged files: truncated at every length, and with each byte inverted. It may reject the file or, if only
/// a name or a weight is affected, run it; it must not panic.
#[test]
fn a_damaged_network_is_an_error_and_never_a_panic() {
    static INTACT: LazyLock<Vec<u8>> = LazyLock::new(|| fixture("warmth.onnx"));
    let nets = Nets::new();
    let load = |onnx: &[u8]| {
        let net = NetPolicy { sha256: sha256(onnx), ..warmth() };
        let pin = nets.put("net", toml_of(&net).as_bytes(), onnx);
        AddedNet::load(&nets.path("net.toml"), &pin)
    };
    // Without its last field, the operator set version, the file is still complete; no shorter prefix is.
    let loads: Vec<usize> = (0..INTACT.len()).filter(|&bytes| load(&INTACT[..bytes]).is_ok()).collect();
    assert!(matches!(loads[..], [] | [261]), "the first {loads:?} bytes");
    let mut refused = 0;
    for at in 0..INTACT.len() {
        let mut damaged = INTACT.clone();
        damaged[at] ^= 0xFF;
        refused += usize::from(load(&damaged).is_err());
    }
    assert!(refused > INTACT.len() / 3, "{refused} of {}", INTACT.len());
}
