//! Looks with the camera who is there while the browser is in front, where the configuration wants that (`watch = true`).
//!
//! The camera's light is on during the whole visit then. Its images are looked for faces and forgotten. Only once somebody
//! has agreed to a capture in this visit are faces compared with theirs: see [`Visitor`], with what it cannot tell.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use countenance_client::{
    capture::FaceAnalyzer,
    runner::{Environment, FrameSource},
    visitor::{Unknown, Visitor, embedding},
};
use countenance_core::{face::Face, frame::Frame};

/// Time between two looks. Origin: our choice; three of them in which somebody else is seen take two seconds.
const INTERVAL: Duration = Duration::from_millis(700);
/// How long a camera may take for a frame.
const FRAME_LIMIT: Duration = Duration::from_secs(2);
/// How long after a failure the camera is opened again.
const AGAIN: Duration = Duration::from_secs(5);
/// Minimum detector score of a face: that of the policy.
const MIN_SCORE: f32 = 0.6;

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observation {
    /// No face.
    Nobody,
    /// A face that may be the visitor's.
    Somebody,
    /// Three times in a row a face that is not.
    SomebodyElse,
}

/// Looks who is there, while it is asked to.
pub trait PersonWatch {
    /// Looks from now on, or no longer. After the latter, the camera is free for others.
    fn look(&mut self, looks: bool);

    /// What was seen last, once; `None` if there was no look since, as without a camera.
    fn seen(&mut self) -> Option<Observation>;
}

/// Does not look.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWatch;

impl PersonWatch for NoWatch {
    fn look(&mut self, _: bool) {}

    fn seen(&mut self) -> Option<Observation> {
        None
    }
}

/// Looks with the camera of `env`, on a thread that ends with each visit.
pub struct CameraWatch {
    env: Arc<dyn Environment>,
    visitor: Arc<Visitor>,
    looking: Option<Looking>,
}

struct Looking {
    ends: Arc<AtomicBool>,
    seen: Arc<Mutex<Option<Observation>>>,
    thread: JoinHandle<()>,
}

impl CameraWatch {
    /// Compares with `visitor`, who must be the one of the captures of `env`.
    pub fn new(env: Arc<dyn Environment>, visitor: Arc<Visitor>) -> Self {
        Self { env, visitor, looking: None }
    }

    fn begin(&self) -> io::Result<Looking> {
        let (ends, seen) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Option<Observation>>>::default());
        let (env, visitor) = (Arc::clone(&self.env), Arc::clone(&self.visitor));
        let (flag, saw) = (Arc::clone(&ends), Arc::clone(&seen));
        let work = move || {
            let note = |sight| *saw.lock().unwrap_or_else(PoisonError::into_inner) = Some(sight);
            until_ended(&flag, || look_on(&*env, &visitor, &flag, &note));
        };
        let thread = thread::Builder::new().name("watch".into()).spawn(work)?;
        Ok(Looking { ends, seen, thread })
    }
}

impl PersonWatch for CameraWatch {
    fn look(&mut self, looks: bool) {
        match (looks, self.looking.take()) {
            (true, None) => match self.begin() {
                Ok(looking) => self.looking = Some(looking),
                Err(error) => tracing::warn!(%error, "nobody looks who is there"),
            },
            (true, looking) => self.looking = looking,
            (false, Some(looking)) => looking.end(),
            (false, None) => {}
        }
    }

    fn seen(&mut self) -> Option<Observation> {
        self.looking.as_ref()?.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for CameraWatch {
    fn drop(&mut self) {
        self.look(false);
    }
}

impl Looking {
    fn end(self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        // A thread that panicked looks no more either, and has released the camera.
        self.thread.join().ok();
    }
}

/// Looks again and again, with a pause after each time, until it is to end.
fn until_ended(ends: &AtomicBool, mut look: impl FnMut()) {
    while !ends.load(Ordering::Relaxed) {
        look();
        // Whoever ends it has woken this thread once, and `look` may have been what that woke.
        if !ends.load(Ordering::Relaxed) {
            thread::park_timeout(AGAIN);
        }
    }
}

/// Looks until it is to end, or the camera fails.
fn look_on(env: &dyn Environment, visitor: &Visitor, ends: &AtomicBool, note: &dyn Fn(Observation)) {
    let Ok(analyzer) = env.analyzer() else { return };
    let min_face_ratio = env.policy().quality.face_ratio_min;
    let mut camera = env.slow_camera(INTERVAL);
    if let Err(error) = camera.start() {
        tracing::debug!(%error, "the camera cannot look who is there");
        return;
    }
    while !ends.load(Ordering::Relaxed) {
        match sight(&mut *camera, &*analyzer, visitor, min_face_ratio) {
            Some(sight) => note(sight),
            None => break,
        }
        thread::park_timeout(INTERVAL);
    }
    camera.stop();
}

/// One look; `None` if the camera gives no image, or a network fails.
fn sight(
    camera: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    visitor: &Visitor,
    min_face_ratio: f32,
) -> Option<Observation> {
    let frame = camera.next_frame(FRAME_LIMIT).ok()?;
    let faces = analyzer.faces(&frame).ok()?;
    visitor.see(&frame, &faces, Unknown::Ignore, |face| embedding(analyzer, &frame, face));
    Some(match () {
        () if visitor.is_somebody_else() => Observation::SomebodyElse,
        () if faces.iter().any(|face| is_near(&frame, face, min_face_ratio)) => Observation::Somebody,
        () => Observation::Nobody,
    })
}

/// Whether the face is as near as a capture needs it: who passes by farther away is not at the kiosk.
fn is_near(frame: &Frame, face: &Face, min_face_ratio: f32) -> bool {
    face.score >= MIN_SCORE && face.rect.width >= min_face_ratio * frame.width() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_camera::testing::FakeSource;
    use countenance_client::testing::{FakeAnalyzer, unit};
    use countenance_core::testing::{face_at, noise_frame};

    #[test]
    fn nobody_somebody_and_somebody_else() {
        let visitor = Visitor::default();
        visitor.see(&noise_frame(0, 120, 60), &[face_at(320.0, 240.0, 150.0)], Unknown::Learn, |_| Some(unit(0)));
        // 800 ms apart. From frame 80 on, the face is another one's.
        let mut seq = 0;
        let mut camera = FakeSource::new(move || {
            seq += 20;
            Ok(noise_frame(seq, 120, 60))
        });
        let analyzer = FakeAnalyzer::live(3.0).with_embedding(|frame| unit(usize::from(frame.seq() >= 80)));
        let analyzer = analyzer.with_faces(|frame| match frame.seq() {
            20 => vec![],
            40 => vec![face_at(320.0, 240.0, 60.0)],
            _ => vec![face_at(320.0, 240.0, 150.0)],
        });
        let mut look = || sight(&mut camera, &analyzer, &visitor, 0.10);
        let seen: Vec<_> = (0..6).map_while(|_| look()).collect();
        let expected = [
            Observation::Nobody,
            Observation::Nobody,
            Observation::Somebody,
            Observation::Somebody,
            Observation::Somebody,
            Observation::SomebodyElse,
        ];
        assert_eq!(seen, expected);
    }

    /// The next window needs the camera, and a service manager waits five seconds.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
    fn ends_at_once() {
        let ends = Arc::<AtomicBool>::default();
        let (looking, looks) = std::sync::mpsc::channel();
        let flag = Arc::clone(&ends);
        let work = move || {
            until_ended(&flag, || {
                looking.send(()).unwrap();
                while !flag.load(Ordering::Relaxed) {
                    thread::park();
                }
            });
        };
        let thread = thread::Builder::new().spawn(work).unwrap();
        looks.recv().unwrap();
        let began = std::time::Instant::now();
        Looking { ends, seen: Arc::default(), thread }.end();
        assert!(began.elapsed() < AGAIN / 2);
    }

    #[test]
    fn a_camera_that_fails_sees_nothing() {
        let visitor = Visitor::default();
        let camera = &mut FakeSource::noise(0);
        assert_eq!(sight(camera, &FakeAnalyzer::live(3.0), &visitor, 0.10), None);
    }
}
