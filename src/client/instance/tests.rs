//! Concurrent instances, over real sockets or pipes of a temporary folder.

#[cfg(unix)]
mod folder;

use std::{
    io::{Read, Write},
    path::PathBuf,
    sync::{Barrier, mpsc::channel},
    thread,
};

use interprocess::local_socket::ListenerOptions;

use super::*;

const LINK: &str = "countenance://verify?v=https://v.example&s=s&c=c";
/// Longer than any step here takes.
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
            Claim::HandedOver => panic!("another instance is running"),
        }
    }

    /// A raw connection, for peers that violate the protocol.
    fn peer(&self) -> Stream {
        Stream::connect(self.dir.socket().unwrap()).unwrap()
    }
}

fn is_handed_over(claim: &Result<Claim, InstanceError>) -> bool {
    matches!(claim, Ok(Claim::HandedOver))
}

#[test]
fn a_second_instance_passes_its_link_and_wakes_the_first() {
    let test = test_folder();
    let inbox = test.first();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    let (woke, waking) = channel();
    inbox.on_call(move || woke.send(()).unwrap());
    waking.recv_timeout(LONG).expect("woken at once for the pending call");
    assert!(is_handed_over(&claim(&test.dir, None)));
    waking.recv_timeout(LONG).expect("woken for the new call");
    assert_eq!(inbox.next_call(), Some(Call::Link(Zeroizing::new(LINK.into()))));
    assert_eq!(inbox.next_call(), Some(Call::ToFront));
    assert_eq!(inbox.next_call(), None);
}

#[test]
fn the_next_instance_is_first_after_the_first_ends() {
    let test = test_folder();
    drop(test.first());
    assert!(!test.folder.join("instance.socket").exists(), "the socket is removed with its owner");
    let _second = test.first();
}

#[test]
fn of_concurrent_starts_one_is_first_and_gets_every_link() {
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
fn drops_misbehaving_peers_and_serves_the_next() {
    let test = test_folder();
    let inbox = test.first();
    let long = u16::try_from(LINK_MAX_BYTES + 1).unwrap().to_be_bytes();
    let rows: [(&str, Vec<u8>, &[u8]); 6] = [
        ("silent", vec![], b""),
        ("half a length", vec![0], b""),
        ("too long", [long.to_vec(), vec![b'x'; 64]].concat(), b""),
        ("the maximum length prefix", [vec![255, 255], vec![b'x'; 64]].concat(), b""),
        ("less than announced", vec![0, 9, b'x'], b""),
        ("not text", vec![0, 2, 0xc3, 0x28], b"-"),
    ];
    for (name, bytes, expected) in rows {
        let mut peer = test.peer();
        peer.write_all(&bytes).unwrap();
        let mut answer = Vec::new();
        // A reset is equivalent to an end: the connection was dropped with unread bytes.
        peer.read_to_end(&mut answer).ok();
        assert_eq!(answer, expected, "{name}");
    }
    assert_eq!(inbox.next_call(), None);
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
}

#[test]
fn silent_peers_delay_but_do_not_lose_a_link() {
    let test = test_folder();
    let inbox = test.first();
    let _silent: Vec<_> = (0..4).map(|_| test.peer()).collect();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    assert!(matches!(inbox.next_call(), Some(Call::Link(_))));
}

#[test]
fn limits_the_number_of_queued_calls() {
    let test = test_folder();
    let inbox = test.first();
    for _ in 0..16 {
        assert!(is_handed_over(&claim(&test.dir, None)));
    }
    assert!(matches!(claim(&test.dir, None), Err(InstanceError::Refused)));
    assert!(inbox.next_call().is_some());
    assert!(is_handed_over(&claim(&test.dir, None)), "the queue has room again");
}

#[test]
fn limits_the_length_of_a_link() {
    let test = test_folder();
    let inbox = test.first();
    let longest = "x".repeat(LINK_MAX_BYTES);
    assert!(is_handed_over(&claim(&test.dir, Some(&longest))));
    assert_eq!(inbox.next_call(), Some(Call::Link(Zeroizing::new(longest.clone()))));
    assert!(matches!(claim(&test.dir, Some(&format!("{longest}x"))), Err(InstanceError::LinkTooLong)));
}

#[test]
fn reports_a_first_instance_that_never_listens() {
    let test = test_folder();
    let lock = test.dir.lock_file().unwrap();
    lock.lock().unwrap();
    let stuck = claim_within(&test.dir, None, Duration::from_millis(30));
    assert!(matches!(stuck, Err(InstanceError::NoAnswer(_))), "{stuck:?}");
}

#[test]
fn reports_a_first_instance_that_never_answers() {
    let test = test_folder();
    let lock = test.dir.lock_file().unwrap();
    lock.lock().unwrap();
    let _mute = ListenerOptions::new().name(test.dir.socket().unwrap()).create_sync().unwrap();
    let stuck = claim_within(&test.dir, Some(LINK), Duration::from_millis(30));
    assert!(matches!(stuck, Err(InstanceError::NoAnswer(_))), "{stuck:?}");
}

#[test]
fn debug_output_omits_the_link_code() {
    assert_eq!(format!("{:?}", Call::Link(Zeroizing::new("secret".into()))), "Link(6 bytes)");
}
