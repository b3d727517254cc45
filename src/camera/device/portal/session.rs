//! The thread that serves a connection to PipeWire, with PipeWire's own event loop. What its callbacks see is noted, and
//! judged outside of them.
//!
//! A stream is bound to one node and never moved to another: when the node goes, the camera is lost.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    os::fd::OwnedFd,
    rc::Rc,
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use pipewire::{
    buffer::Buffer,
    channel,
    context::ContextRc,
    core::{CoreRc, PW_ID_CORE},
    loop_::Timeout,
    main_loop::MainLoopRc,
    node::Node,
    properties::{PropertiesBox, properties},
    registry::{GlobalObject, RegistryRc},
    spa::{
        buffer::{
            ChunkFlags, DataType,
            meta::{MetaHeader, MetaHeaderFlags},
        },
        param::ParamType,
        pod::Pod,
        utils::Direction,
    },
    stream::{StreamFlags, StreamListener, StreamRc, StreamState},
    types::ObjectType,
};

use super::{
    super::list::{readable, sees_no_colours},
    Picture, deadline,
    formats::{self, Set, Wanted},
    picture::{Part, copied},
    remote::{Command, Seen, Shared, locked},
};
use crate::{CameraError, provenance::clean};

/// Maximum wait for PipeWire's answer to a question.
pub(super) const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// Maximum wait for the first camera: the portal has said that there is one.
const APPEAR_WITHIN: Duration = Duration::from_millis(700);
/// Maximum wait for a stream to begin, in one format.
pub(super) const BEGINS_WITHIN: Duration = Duration::from_millis(1500);
/// How long the loop waits for an event before it checks whether it is still needed.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Maximum number of cameras listed: any program can add them.
const MAX_CAMERAS: usize = 32;
/// Maximum bytes of a node's name.
const NAME_BYTES: usize = 256;

/// The connection on its thread. Fields are dropped in this order.
pub(super) struct Session {
    stream: Option<Streaming>,
    _listeners: (pipewire::registry::Listener, pipewire::core::Listener),
    registry: RegistryRc,
    core: CoreRc,
    main: MainLoopRc,
    events: Rc<Events>,
    shared: Arc<Shared>,
}

/// What the callbacks note.
#[derive(Default)]
struct Events {
    nodes: RefCell<BTreeMap<u32, CameraNode>>,
    /// The answered question.
    done: Cell<Option<i32>>,
    /// The connection has ended.
    broken: Cell<bool>,
}

/// A node that is a camera.
struct CameraNode {
    seen: Seen,
    object: GlobalObject<PropertiesBox>,
}

/// A stream, and the node that it is bound to.
struct Streaming {
    node: u32,
    state: Rc<StreamEvents>,
    /// Before the stream, which calls it.
    _listener: StreamListener<()>,
    _stream: StreamRc,
}

/// What a stream's callbacks note.
#[derive(Default)]
struct StreamEvents {
    failed: RefCell<Option<CameraError>>,
    set: Cell<Option<Set>>,
    is_ready: Cell<bool>,
}

impl Session {
    /// Connects, and waits for the list of cameras.
    pub(super) fn open(remote: OwnedFd, shared: Arc<Shared>) -> Result<Self, pipewire::Error> {
        pipewire::init();
        let main = MainLoopRc::new(None)?;
        let context = ContextRc::new(&main, None)?;
        let core = context.connect_fd_rc(remote, None)?;
        let registry = core.get_registry_rc()?;
        let events = Rc::<Events>::default();
        let (adds, removes, answers, breaks) =
            (Rc::clone(&events), Rc::clone(&events), Rc::clone(&events), Rc::clone(&events));
        let of_registry = registry
            .add_listener_local()
            .global(move |object| {
                let mut nodes = adds.nodes.borrow_mut();
                if let Some(node) = CameraNode::of(object)
                    && nodes.len() < MAX_CAMERAS
                {
                    nodes.insert(object.id, node);
                }
            })
            .global_remove(move |id| _ = removes.nodes.borrow_mut().remove(&id))
            .register();
        let of_core = core
            .add_listener_local()
            .done(move |id, seq| {
                if id == PW_ID_CORE {
                    answers.done.set(Some(seq.raw()));
                }
            })
            .error(move |id, _, code, message| {
                tracing::debug!(id, code, message, "PipeWire returned an error");
                if id == PW_ID_CORE {
                    breaks.broken.set(true);
                }
            })
            .register();
        let session = Self { stream: None, _listeners: (of_registry, of_core), registry, core, main, events, shared };
        // The list of cameras is complete when the server has answered.
        session.answered()?;
        // The session manager gives a new program access to the cameras a moment later.
        session.run_until(APPEAR_WITHIN, || !session.events.nodes.borrow().is_empty());
        // Then all of them at once.
        session.answered()?;
        session.publish();
        if session.events.broken.get() { Err(pipewire::Error::CreationFailed) } else { Ok(session) }
    }

    /// Serves commands until the connection ends or is not needed any more.
    pub(super) fn serve(mut self, commands: channel::Receiver<Command>) {
        let queue = Rc::<RefCell<Vec<Command>>>::default();
        let main = self.main.clone();
        let received = Rc::clone(&queue);
        let _attached = commands.attach(main.loop_(), move |command| received.borrow_mut().push(command));
        loop {
            main.loop_().iterate(Timeout::Finite(POLL_INTERVAL));
            let commands = std::mem::take(&mut *queue.borrow_mut());
            for command in commands {
                match command {
                    Command::Formats(serial, answer) => _ = answer.send(self.formats(&serial)),
                    Command::Start(serial, asked, answer, frames) => {
                        let started = self.start(&serial, &asked, frames);
                        if started.is_err() {
                            self.stream = None;
                        }
                        answer.send(started).ok();
                    }
                    Command::Stop => self.stream = None,
                    Command::Quit => return,
                }
            }
            self.publish();
            if let Some(error) = self.stream.as_ref().and_then(|stream| self.fault(stream)) {
                *locked(&self.shared.ended) = Some(error);
                // Its reader hears of it when the last sender of frames is dropped.
                self.stream = None;
            }
            if self.events.broken.get() {
                return;
            }
        }
    }

    fn publish(&self) {
        let nodes = self.events.nodes.borrow();
        *locked(&self.shared.cameras) = nodes.values().map(|node| node.seen.clone()).collect();
    }

    /// Why a stream cannot go on.
    fn fault(&self, stream: &Streaming) -> Option<CameraError> {
        let is_gone = self.events.broken.get() || !self.events.nodes.borrow().contains_key(&stream.node);
        if is_gone { Some(CameraError::Lost) } else { stream.state.failed.borrow_mut().take() }
    }

    /// Runs the loop until `holds`, for at most `within`; returns whether it does.
    fn run_until(&self, within: Duration, holds: impl Fn() -> bool) -> bool {
        let end = deadline(within);
        while !holds() {
            let left = end.saturating_duration_since(now());
            if left.is_zero() || self.events.broken.get() {
                return false;
            }
            self.main.loop_().iterate(Timeout::Finite(left));
        }
        true
    }

    /// Waits until the server has handled everything that was sent to it.
    fn answered(&self) -> Result<(), pipewire::Error> {
        self.events.done.set(None);
        let asked = self.core.sync(0)?;
        if self.run_until(ANSWERS_WITHIN, || self.events.done.get() == Some(asked.raw())) {
            Ok(())
        } else {
            Err(pipewire::Error::CreationFailed)
        }
    }

    /// The descriptions of a camera's formats.
    fn formats(&self, serial: &str) -> Result<Vec<Vec<u8>>, CameraError> {
        let failed = |_| CameraError::Lost;
        let node: Node = {
            let nodes = self.events.nodes.borrow();
            let node = nodes.values().find(|node| node.seen.serial == serial).ok_or(CameraError::Lost)?;
            self.registry.bind(&node.object).map_err(failed)?
        };
        let found = Rc::<RefCell<Vec<Vec<u8>>>>::default();
        let adds = Rc::clone(&found);
        let _listener = node
            .add_listener_local()
            .param(move |_, kind, _, _, param| {
                if let Some(param) = param.filter(|_| kind == ParamType::EnumFormat) {
                    adds.borrow_mut().push(param.as_bytes().to_vec());
                }
            })
            .register();
        node.enum_params(0, Some(ParamType::EnumFormat), 0, u32::MAX);
        self.answered().map_err(failed)?;
        Ok(found.take())
    }

    /// Starts a stream from a camera, whose frames go to `frames`.
    fn start(&mut self, serial: &str, asked: &Wanted, frames: SyncSender<Picture>) -> Result<Set, CameraError> {
        self.stream = None;
        let node = {
            let nodes = self.events.nodes.borrow();
            *nodes.iter().find(|(_, node)| node.seen.serial == serial).ok_or(CameraError::Lost)?.0
        };
        let properties = properties! {
            *pipewire::keys::MEDIA_TYPE => "Video",
            *pipewire::keys::MEDIA_CATEGORY => "Capture",
            *pipewire::keys::MEDIA_ROLE => "Camera",
            "target.object" => serial,
            *pipewire::keys::NODE_DONT_RECONNECT => "true",
        };
        let failed = |_| CameraError::Unsupported;
        let stream = StreamRc::new(self.core.clone(), "Countenance", properties).map_err(failed)?;
        let state = Rc::<StreamEvents>::default();
        let listener = listen(&stream, &state, frames).map_err(failed)?;
        let request = formats::request(asked);
        let mut request = [Pod::from_bytes(&request).ok_or(CameraError::Unsupported)?];
        let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS | StreamFlags::DONT_RECONNECT;
        stream.connect(Direction::Input, None, flags, &mut request).map_err(failed)?;
        let stream = Streaming { node, state, _listener: listener, _stream: stream };
        let is_decided = || {
            let StreamEvents { failed, set, is_ready } = &*stream.state;
            failed.borrow().is_some() || set.get().is_some() && is_ready.get()
        };
        let is_decided = self.run_until(BEGINS_WITHIN, is_decided);
        if let Some(error) = self.fault(&stream) {
            return Err(error);
        }
        let set = stream.state.set.get().filter(|_| is_decided).ok_or(CameraError::Stalled)?;
        self.stream = Some(stream);
        Ok(set)
    }
}

/// Notes what becomes of a stream, and sends its frames.
fn listen(
    stream: &StreamRc,
    state: &Rc<StreamEvents>,
    frames: SyncSender<Picture>,
) -> Result<StreamListener<()>, pipewire::Error> {
    let (changes, sets, reads) = (Rc::clone(state), Rc::clone(state), Rc::clone(state));
    stream
        .add_local_listener_with_user_data(())
        .state_changed(move |_, (), old, new| match new {
            StreamState::Error(text) => *changes.failed.borrow_mut() = Some(condition(&text)),
            StreamState::Unconnected if old != StreamState::Unconnected => {
                changes.failed.borrow_mut().get_or_insert(CameraError::Lost);
            }
            StreamState::Streaming => changes.is_ready.set(true),
            StreamState::Unconnected | StreamState::Connecting | StreamState::Paused => {}
        })
        .param_changed(move |stream, (), id, param| {
            let Some(param) = param.filter(|_| id == ParamType::Format.as_raw()) else { return };
            let set = formats::set(param.as_bytes());
            let before = sets.set.replace(set);
            if set.is_none() {
                *sets.failed.borrow_mut() = Some(CameraError::Unsupported);
                return;
            }
            // Who reads has been told the format: in another one, the camera must be opened again.
            if sets.is_ready.get() && before != set {
                *sets.failed.borrow_mut() = Some(CameraError::Lost);
                return;
            }
            let needs = formats::needs();
            let mut needs: Vec<&Pod> = needs.iter().filter_map(|bytes| Pod::from_bytes(bytes)).collect();
            if stream.update_params(&mut needs).is_err() {
                *sets.failed.borrow_mut() = Some(CameraError::Unsupported);
            }
        })
        .process(move |stream, ()| {
            while let Some(buffer) = stream.dequeue_buffer() {
                let Some(picture) = reads.set.get().and_then(|set| read(&set, buffer)) else { continue };
                // A reader that is slow misses it; one that has gone stops the stream.
                frames.try_send(picture).ok();
            }
        })
        .register()
}

/// Copies the frame in a buffer. One without an image is left out: PipeWire passes buffers around that have none.
fn read(set: &Set, mut buffer: Buffer<'_>) -> Option<Picture> {
    let header = buffer.find_meta::<MetaHeader>().cloned();
    let flags = header.as_ref().map_or(MetaHeaderFlags::empty(), MetaHeader::flags);
    let mut damaged = flags.contains(MetaHeaderFlags::CORRUPTED);
    let mut parts = Vec::new();
    for data in buffer.datas_mut() {
        // The others need a mapping that waits for the device.
        if ![DataType::MemPtr, DataType::MemFd].contains(&data.type_()) || data.as_raw().chunk.is_null() {
            return None;
        }
        let chunk = data.chunk();
        damaged |= chunk.flags().contains(ChunkFlags::CORRUPTED);
        let (offset, size, stride) = (chunk.offset(), chunk.size(), chunk.stride());
        parts.push(Part::of(data.data()?, offset, size, stride)?);
    }
    let bytes = copied(set, &parts)?;
    let at = header.as_ref().and_then(|header| u64::try_from(header.pts()).ok()).filter(|at| *at > 0);
    // A driver's number has 32 bits; a larger one is none.
    let number = header.and_then(|header| u32::try_from(header.seq()).ok()).map(u64::from);
    Some(Picture { bytes, at: at.map(Duration::from_nanos), number, damaged })
}

impl CameraNode {
    /// The camera that an object of PipeWire is, if it is one for color video.
    fn of(object: &GlobalObject<&pipewire::spa::utils::dict::DictRef>) -> Option<Self> {
        let properties = object.props.filter(|_| object.type_ == ObjectType::Node)?;
        let is_camera =
            properties.get("media.class") == Some("Video/Source") && properties.get("media.role") == Some("Camera");
        let name = properties.get("node.name").filter(|name| is_camera && name.len() <= NAME_BYTES)?;
        let shown = readable(&clean(properties.get("node.description").unwrap_or(name)));
        if sees_no_colours(&shown) {
            return None;
        }
        let serial = properties.get("object.serial").map_or_else(|| object.id.to_string(), str::to_owned);
        Some(Self { seen: Seen { serial, name: one_word(name), shown }, object: object.to_owned() })
    }
}

/// A name as part of an ID: one word without control characters.
fn one_word(name: &str) -> String {
    clean(name).chars().map(|c| if c.is_whitespace() { '_' } else { c }).collect()
}

/// Maps the text of a stream's error.
fn condition(text: &str) -> CameraError {
    tracing::debug!(text, "the stream from the camera failed");
    let says = |marks: &[&str]| marks.iter().any(|mark| text.to_lowercase().contains(mark));
    if says(&["busy"]) {
        CameraError::Busy
    } else if says(&["no target", "target not found", "no node", "no such", "disconnected", "removed"]) {
        CameraError::Lost
    } else if says(&["permission", "not permitted", "denied"]) {
        CameraError::DeniedByDesktop
    } else {
        CameraError::Unsupported
    }
}

#[expect(clippy::disallowed_methods, reason = "a camera runs in real time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_the_errors_of_a_stream() {
        for (text, expected) in [
            ("no more input formats", CameraError::Unsupported),
            ("Device or resource busy", CameraError::Busy),
            ("no target node available", CameraError::Lost),
            ("target not found", CameraError::Lost),
            ("Operation not permitted", CameraError::DeniedByDesktop),
            ("", CameraError::Unsupported),
        ] {
            assert_eq!(condition(text).to_string(), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn an_id_is_one_word() {
        assert_eq!(one_word("v4l2_input.pci-0000_00_14.0"), "v4l2_input.pci-0000_00_14.0");
        assert_eq!(one_word("a b\u{1b}[31m\n"), "a_b\u{fffd}[31m");
    }
}
