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
pub enum Sight {
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
    fn seen(&mut self) -> Option<Sight>;
}

/// Does not look.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWatch;

impl PersonWatch for NoWatch {
    fn look(&mut self, _: bool) {}

    fn seen(&mut self) -> Option<Sight> {
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
    seen: Arc<Mutex<Option<Sight>>>,
    thread: JoinHandle<()>,
}

impl CameraWatch {
    /// Compares with `visitor`, who must be the one of the captures of `env`.
    pub fn new(env: Arc<dyn Environment>, visitor: Arc<Visitor>) -> Self {
        Self { env, visitor, looking: None }
    }

    fn begin(&self) -> io::Result<Looking> {
        let (ends, seen) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Option<Sight>>>::default());
        let (env, visitor) = (Arc::clone(&self.env), Arc::clone(&self.visitor));
        let (flag, saw) = (Arc::clone(&ends), Arc::clone(&seen));
        let work = move || {
            let note = |sight| *saw.lock().unwrap_or_else(PoisonError::into_inner) = Some(sight);
            while !flag.load(Ordering::Relaxed) {
                look_on(&*env, &visitor, &flag, &note);
                thread::park_timeout(AGAIN);
            }
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

    fn seen(&mut self) -> Option<Sight> {
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

/// Looks until it is to end, or the camera fails.
fn look_on(env: &dyn Environment, visitor: &Visitor, ends: &AtomicBool, note: &dyn Fn(Sight)) {
    let Ok(analyzer) = env.analyzer() else { return };
    let min_face_ratio = env.policy().quality.face_ratio_min;
    let mut camera = env.camera(Arc::new(|| {}));
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
) -> Option<Sight> {
    let frame = camera.next_frame(FRAME_LIMIT).ok()?;
    let faces = analyzer.faces(&frame).ok()?;
    visitor.see(&frame, &faces, Unknown::Ignore, |face| embedding(analyzer, &frame, face));
    Some(match () {
        () if visitor.is_somebody_else() => Sight::SomebodyElse,
        () if faces.iter().any(|face| is_near(&frame, face, min_face_ratio)) => Sight::Somebody,
        () => Sight::Nobody,
    })
}

/// Whether the face is as near as a capture needs it: who passes by farther away is not at the kiosk.
fn is_near(frame: &Frame, face: &Face, min_face_ratio: f32) -> bool {
    face.score >= MIN_SCORE && face.rect.width >= min_face_ratio * frame.width() as f32
}
