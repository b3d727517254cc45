//! Instances that meet, over real sockets in a folder that goes afterwards.

use std::{
    io::{Read, Write},
    os::unix::{
        fs::{PermissionsExt, symlink},
        net::{UnixListener, UnixStream},
    },
    path::PathBuf,
    sync::{Barrier, mpsc::channel},
    thread,
};

use super::*;

const LINK: &str = "countenance://verify?v=https://v.example&s=s&c=c";
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

struct TestFolder {
    _home: tempfile::TempDir,
    folder: PathBuf,
    dir: InstanceDir,
}

fn test_folder() -> TestFolder {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("run");
    TestFolder { _home: home, dir: InstanceDir::in_folder(&folder), folder }
}

impl TestFolder {
    fn first(&self) -> Inbox {
        match claim(&self.dir, None).unwrap() {
            Claim::First(inbox) => inbox,
            Claim::HandedOver => panic!("somebody is here already"),
        }
    }

    /// A peer that keeps to no rule.
    fn peer(&self) -> UnixStream {
        let peer = UnixStream::connect(self.folder.join("instance.socket")).unwrap();
        peer.set_read_timeout(Some(LONG)).unwrap();
        peer
    }
}

fn is_handed_over(claim: &Result<Claim, InstanceError>) -> bool {
    matches!(claim, Ok(Claim::HandedOver))
}

#[test]
fn the_second_hands_its_link_over_and_wakes_the_first() {
    let test = test_folder();
    let inbox = test.first();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    let (woke, waking) = channel();
    inbox.on_call(move || woke.send(()).unwrap());
    waking.recv_timeout(LONG).expect("woken at once for the call that was there");
    assert!(is_handed_over(&claim(&test.dir, None)));
    waking.recv_timeout(LONG).expect("woken for the call that came");
    assert_eq!(inbox.next_call(), Some(Call::Link(Zeroizing::new(LINK.into()))));
    assert_eq!(inbox.next_call(), Some(Call::ToFront));
    assert_eq!(inbox.next_call(), None);
}

#[test]
fn when_the_first_ends_the_next_is_first() {
    let test = test_folder();
    drop(test.first());
    assert!(!test.folder.join("instance.socket").exists(), "the socket is gone with its owner");
    let _second = test.first();
}

#[test]
fn the_socket_of_a_dead_process_is_replaced() {
    let test = test_folder();
    drop(test.first());
    drop(UnixListener::bind(test.folder.join("instance.socket")).unwrap());
    assert!(test.folder.join("instance.socket").exists(), "what a crash leaves behind");
    let inbox = test.first();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    assert!(inbox.wait(LONG).is_some());
}

#[test]
fn of_many_that_start_at_once_exactly_one_is_first_and_gets_every_link() {
    const MANY: usize = 8;
    let test = test_folder();
    let start = Barrier::new(MANY);
    let claims: Vec<_> = thread::scope(|scope| {
        let starts: Vec<_> = (0..MANY)
            .map(|i| {
                let (start, dir) = (&start, &test.dir);
                let begin = move || {
                    start.wait();
                    claim(dir, Some(&format!("{LINK}{i}")))
                };
                thread::Builder::new().name(format!("start {i}")).spawn_scoped(scope, begin).unwrap()
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let over = claims.iter().filter(|claim| is_handed_over(claim)).count();
    let first: Vec<_> =
        claims.iter().filter_map(|c| if let Ok(Claim::First(i)) = c { Some(i) } else { None }).collect();
    assert_eq!((first.len(), over), (1, MANY - 1), "{claims:?}");
    assert_eq!(std::iter::from_fn(|| first[0].next_call()).count(), MANY - 1);
}

#[test]
fn peers_that_keep_to_no_rule_are_dropped_and_the_next_is_served() {
    let test = test_folder();
    let inbox = test.first();
    let long = u16::try_from(LINK_MAX_BYTES + 1).unwrap().to_be_bytes();
    let rows: [(&str, Vec<u8>, &[u8]); 6] = [
        ("silent", vec![], b""),
        ("half a length", vec![0], b""),
        ("too long", [long.to_vec(), vec![b'x'; 64]].concat(), b""),
        ("as long as can be said", [vec![255, 255], vec![b'x'; 64]].concat(), b""),
        ("less than promised", vec![0, 9, b'x'], b""),
        ("not text", vec![0, 2, 0xc3, 0x28], b"-"),
    ];
    for (name, bytes, expected) in rows {
        let mut peer = test.peer();
        peer.write_all(&bytes).unwrap();
        let mut answer = Vec::new();
        // A reset says the same as an end: dropped with bytes unread.
        peer.read_to_end(&mut answer).ok();
        assert_eq!(answer, expected, "{name}");
    }
    assert_eq!(inbox.next_call(), None);
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
}

#[test]
fn many_silent_peers_delay_a_link_and_do_not_lose_it() {
    let test = test_folder();
    let inbox = test.first();
    let _silent: Vec<_> = (0..4).map(|_| test.peer()).collect();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    assert!(matches!(inbox.next_call(), Some(Call::Link(_))));
}

#[test]
fn calls_in_waiting_are_bounded() {
    let test = test_folder();
    let inbox = test.first();
    for _ in 0..16 {
        assert!(is_handed_over(&claim(&test.dir, None)));
    }
    assert!(matches!(claim(&test.dir, None), Err(InstanceError::Refused)));
    assert!(inbox.next_call().is_some());
    assert!(is_handed_over(&claim(&test.dir, None)), "room again");
}

#[test]
fn a_link_has_a_longest_length() {
    let test = test_folder();
    let inbox = test.first();
    let longest = "x".repeat(LINK_MAX_BYTES);
    assert!(is_handed_over(&claim(&test.dir, Some(&longest))));
    assert_eq!(inbox.next_call(), Some(Call::Link(Zeroizing::new(longest.clone()))));
    assert!(matches!(claim(&test.dir, Some(&format!("{longest}x"))), Err(InstanceError::LinkTooLong)));
}

#[test]
fn a_first_that_holds_the_lock_and_never_listens_is_named() {
    let test = test_folder();
    let lock = test.dir.lock_file().unwrap();
    lock.lock().unwrap();
    let stuck = claim_within(&test.dir, None, Duration::from_millis(30));
    assert!(matches!(stuck, Err(InstanceError::NoAnswer(_))), "{stuck:?}");
}

#[test]
fn a_first_that_takes_the_connection_and_never_answers_is_named() {
    let test = test_folder();
    let lock = test.dir.lock_file().unwrap();
    lock.lock().unwrap();
    let _mute = UnixListener::bind(test.folder.join("instance.socket")).unwrap();
    let stuck = claim_within(&test.dir, Some(LINK), Duration::from_millis(30));
    assert!(matches!(stuck, Err(InstanceError::NoAnswer(_))), "{stuck:?}");
}

#[test]
fn a_folder_that_is_not_ours_alone_is_refused() {
    type Spoil = fn(&TestFolder);
    let mode = |test: &TestFolder, mode| {
        std::fs::set_permissions(&test.folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    assert!(matches!(claim(&test_folder().dir, None), Ok(Claim::First(_))), "the folder is made where there is none");
    for open in [0o710, 0o701, 0o750, 0o777] {
        let test = test_folder();
        std::fs::create_dir(&test.folder).unwrap();
        mode(&test, open);
        assert!(matches!(claim(&test.dir, None), Err(InstanceError::FolderNotOurs)), "{open:o}");
    }
    let rows: [(&str, Spoil); 2] = [
        ("a link", |test| {
            let aside = test.folder.with_extension("aside");
            std::fs::create_dir(&aside).unwrap();
            std::fs::set_permissions(&aside, std::fs::Permissions::from_mode(0o700)).unwrap();
            symlink(aside, &test.folder).unwrap();
        }),
        ("a file", |test| std::fs::write(&test.folder, "").unwrap()),
    ];
    for (name, spoil) in rows {
        let test = test_folder();
        spoil(&test);
        assert!(claim(&test.dir, None).is_err(), "{name}");
    }
}

#[test]
fn what_is_logged_of_a_call_holds_no_code() {
    assert_eq!(format!("{:?}", Call::Link(Zeroizing::new("secret".into()))), "Link(6 bytes)");
}
