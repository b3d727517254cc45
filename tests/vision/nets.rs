//! A second liveness network from files: pinned or rejected, run as its contract specifies, used in the decision,
//! named.
//!
//! `tests/nets/make.py` makes the networks. They detect nothing; their outputs are known in advance.

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

/// A frame of one colour, and a face in its middle.
fn coloured(red: u8, green: u8, blue: u8) -> (Frame, Face) {
    let rgb = [red, green, blue].repeat(200 * 200);
    let at = Point::new(100.0, 100.0);
    let landmarks = Landmarks { right_eye: at, left_eye: at, nose: at, right_mouth: at, left_mouth: at };
    let face = Face { rect: Rect::new(75.0, 75.0, 50.0, 50.0), landmarks, score: 0.9 };
    (Frame::new(200, 200, rgb, 0, Duration::ZERO).unwrap(), face)
}

#[test]
fn the_network_of_the_tests_is_found_by_its_pin() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/nets");
    let pin = sha256(&fixture("warmth.toml"));
    let nets = AddedNet::load_folder(&folder, std::slice::from_ref(&pin)).unwrap();
    assert_eq!(nets.iter().map(|net| (&net.contract, &net.pin)).collect::<Vec<_>>(), [(&warmth(), &pin)]);
}

#[test]
fn a_second_network_is_fed_as_its_contract_says() {
    let (frame, face) = coloured(151, 80, 100);
    let rows = [
        ("red, green, blue", warmth(), vec![4.0, 4.0]),
        ("the other way round", NetPolicy { channels: Channels::Bgr, ..warmth() }, vec![-4.0, -4.0]),
        ("divided by more", NetPolicy { divisor: 510.0, ..warmth() }, vec![2.0, 2.0]),
        ("divided by nothing", NetPolicy { divisor: 1.0, ..warmth() }, vec![CLIP, CLIP]),
        ("the other class", NetPolicy { live_class: 0, ..warmth() }, vec![-4.0, -4.0]),
        ("one scale", NetPolicy { scales: vec![0.5], weights: vec![1.0], ..warmth() }, vec![4.0]),
    ];
    for (name, net, expected) in rows {
        let vision = Vision::load_with(vec![Nets::new().load("warmth", net.clone()).unwrap()]).unwrap();
        let odds = vision.liveness(&frame, &face, &[NetPolicy::embedded(), net]).unwrap();
        assert_eq!(odds[0].0.len(), 3, "{name}: the embedded one answers beside it");
        let near = odds[1].0.iter().zip(&expected).all(|(ours, told)| (ours - told).abs() < 1e-3);
        assert!(near && odds[1].0.len() == expected.len(), "{name}: {:?}", odds[1]);
    }
}

#[test]
fn a_size_that_a_file_leaves_open_is_closed_by_the_contract() {
    let (frame, face) = coloured(151, 80, 100);
    let added = Nets::new().load("any-picture", warmth()).unwrap();
    let net = added.contract.clone();
    let odds = Vision::load_with(vec![added]).unwrap().liveness(&frame, &face, &[net]).unwrap().remove(0);
    assert!(odds.0.iter().all(|odds| (odds - 4.0).abs() < 1e-3), "{odds:?}");
}

#[test]
fn a_policy_has_it_by_the_owners_contract_or_not_at_all() {
    let vision = Vision::load_with(vec![Nets::new().load("warmth", warmth()).unwrap()]).unwrap();
    let (frame, face) = coloured(151, 80, 100);
    let asked = |net: NetPolicy| {
        let early = vision.supports(&[NetPolicy::embedded(), net.clone()]);
        let late = vision.liveness(&frame, &face, &[net]).map(drop);
        assert_eq!(early.is_ok(), late.is_ok());
        early
    };
    assert!(asked(warmth()).is_ok() && asked(NetPolicy::embedded()).is_ok());
    let otherwise = [
        NetPolicy { scales: vec![8.0; 8], weights: vec![1.0; 8], ..warmth() },
        NetPolicy { offset: 9.0, ..warmth() },
        NetPolicy { name: "another".into(), ..warmth() },
    ];
    for net in otherwise {
        assert!(matches!(asked(net.clone()), Err(VisionError::OtherContract { .. })), "{net:?}");
    }
    let missing = NetPolicy { sha256: "ab".repeat(32), ..warmth() };
    assert!(matches!(asked(missing), Err(VisionError::NoSuchNet { .. })));
    // Not even of the embedded network may anybody have pictures of any size made.
    let huge = NetPolicy { side_px: 1_000_000, ..NetPolicy::embedded() };
    assert!(matches!(asked(huge), Err(VisionError::Contract { .. })));
}

#[test]
fn a_network_has_one_vote() {
    let nets = Nets::new();
    let twice = vec![nets.load("warmth", warmth()).unwrap(), nets.load("warmth", warmth()).unwrap()];
    assert!(matches!(Vision::load_with(twice), Err(VisionError::NetTwice { .. })));
    let onnx = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/liveness.onnx")).unwrap();
    let pin = nets.put("ours", toml_of(&NetPolicy::embedded()).as_bytes(), &onnx);
    let ours = AddedNet::load(&nets.path("ours.toml"), &pin).unwrap();
    assert!(matches!(Vision::load_with(vec![ours]), Err(VisionError::NetTwice { .. })));
}

#[test]
fn what_is_not_pinned_is_left_alone_and_what_is_pinned_must_be_there() {
    let nets = Nets::new();
    let load = |pins: &[String]| AddedNet::load_folder(nets.0.path(), pins);
    assert!(AddedNet::load_folder(&nets.path("no folder"), &[]).unwrap().is_empty());
    let none = AddedNet::load_folder(&nets.path("no folder"), &["ab".repeat(32)]);
    assert!(matches!(none, Err(AddedNetError::Folder { .. })), "{none:?}");
    let pin = nets.put("a", toml_of(&warmth()).as_bytes(), &fixture("warmth.onnx"));
    let other = NetPolicy { name: "other".into(), offset: 1.0, ..warmth() };
    let other_pin = nets.put("b", toml_of(&other).as_bytes(), &fixture("warmth.onnx"));
    // Neither of these two is ever parsed.
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
    assert!(matches!(load(&[pin]), Err(AddedNetError::NotInFolder { .. })), "one weight changed");
}

#[test]
fn each_fault_of_a_file_is_named() {
    type Files = (Vec<u8>, Vec<u8>);
    type Spoil = fn(&mut Files);
    type Named = fn(&AddedNetError) -> bool;
    fn text(files: &mut Files, from: &str, to: &str) {
        let contract = String::from_utf8(files.0.clone()).unwrap();
        assert!(contract.contains(from), "{contract}");
        files.0 = contract.replace(from, to).into();
    }
    /// Another network, named by its digest.
    fn exchanged(files: &mut Files, onnx: Vec<u8>) {
        let (before, after) = (sha256(&files.1), sha256(&onnx));
        text(files, &before, &after);
        files.1 = onnx;
    }
    let rows: [(&str, Spoil, Named); 13] = [
        ("not UTF-8", |f| f.0.push(0xFF), |e| matches!(e, AddedNetError::NotText { .. })),
        ("not TOML", |f| f.0.push(b'?'), |e| matches!(e, AddedNetError::NoContract { .. })),
        ("a key more", |f| text(f, "[net]", "[net]\nmean = 127"), |e| matches!(e, AddedNetError::NoContract { .. })),
        ("no licence", |f| text(f, "licence = \"MIT\"\n", ""), |e| matches!(e, AddedNetError::NoContract { .. })),
        ("no end", |f| text(f, "offset = 0.0", "offset = inf"), |e| matches!(e, AddedNetError::Contract { .. })),
        ("a huge side", |f| text(f, "= 64", "= 4294967295"), |e| matches!(e, AddedNetError::Contract { .. })),
        ("another network", |f| f.1.push(0), |e| matches!(e, AddedNetError::OtherNet { .. })),
        ("a network of nothing", |f| exchanged(f, vec![]), |e| matches!(e, AddedNetError::Network { .. })),
        ("a network of noise", |f| exchanged(f, vec![0xA5; 4_000]), |e| matches!(e, AddedNetError::Network { .. })),
        (
            "three answers for two",
            |f| exchanged(f, fixture("three-answers.onnx")),
            |e| {
                matches!(e, AddedNetError::Network { source, .. }
                    if matches!(**source, VisionError::Misshapen { .. }))
            },
        ),
        (
            "another side",
            |f| exchanged(f, fixture("small-picture.onnx")),
            |e| matches!(e, AddedNetError::Network { .. }),
        ),
        (
            "more than a picture",
            |f| exchanged(f, fixture("two-inputs.onnx")),
            |e| matches!(e, AddedNetError::Network { .. }),
        ),
        (
            "too large a contract",
            |f| f.0.resize(added::CONTRACT_MAX_BYTES + 1, b'\n'),
            |e| matches!(e, AddedNetError::File { .. }),
        ),
    ];
    for (name, spoil, named) in rows {
        let nets = Nets::new();
        let mut files = (toml_of(&warmth()).into_bytes(), fixture("warmth.onnx"));
        spoil(&mut files);
        let pin = nets.put("net", &files.0, &files.1);
        let error = AddedNet::load(&nets.path("net.toml"), &pin).unwrap_err();
        assert!(named(&error), "{name}: {error:?}");
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
fn only_plain_files_that_their_owner_keeps_are_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for name in ["net.toml", "net.onnx"] {
        let nets = Nets::new();
        let pin = nets.put("net", toml_of(&warmth()).as_bytes(), &fixture("warmth.onnx"));
        let load = || AddedNet::load(&nets.path("net.toml"), &pin);
        assert!(load().is_ok());
        fs::set_permissions(nets.path(name), fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(load(), Err(AddedNetError::File { .. })), "{name} open to all");
        fs::rename(nets.path(name), nets.path("aside")).unwrap();
        symlink(nets.path("aside"), nets.path(name)).unwrap();
        assert!(matches!(load(), Err(AddedNetError::File { .. })), "{name} is a link");
    }
}

/// What the engine does with damage: half a file, and each of its bytes turned round. It may refuse or, where a name
/// or a weight was hit, run; it may not panic.
#[test]
fn a_damaged_network_is_an_error_and_never_a_panic() {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| fixture("warmth.onnx"));
    let nets = Nets::new();
    let load = |onnx: &[u8]| {
        let net = NetPolicy { sha256: sha256(onnx), ..warmth() };
        let pin = nets.put("net", toml_of(&net).as_bytes(), onnx);
        AddedNet::load(&nets.path("net.toml"), &pin)
    };
    // Without its last field, which numbers the operators' version, the file is a whole one; nothing shorter is.
    let loads: Vec<usize> = (0..WHOLE.len()).filter(|&bytes| load(&WHOLE[..bytes]).is_ok()).collect();
    assert!(matches!(loads[..], [] | [261]), "the first {loads:?} bytes");
    let mut refused = 0;
    for at in 0..WHOLE.len() {
        let mut damaged = WHOLE.clone();
        damaged[at] ^= 0xFF;
        refused += usize::from(load(&damaged).is_err());
    }
    assert!(refused > WHOLE.len() / 3, "{refused} of {}", WHOLE.len());
}
