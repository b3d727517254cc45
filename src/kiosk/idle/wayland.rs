//! Input as the Wayland compositor sees it: protocol `ext-idle-notify-v1`, which cage has since 0.2.
//!
//! The compositor says when there has been no input for a second, and when there is some again. With version 2 of the
//! protocol a page that plays a video does not count as input.

use std::{io, time::Duration};

use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle,
    backend::WaylandError,
    delegate_noop,
    globals::{GlobalListContents, registry_queue_init},
    protocol::{wl_registry::WlRegistry, wl_seat::WlSeat},
};
use wayland_protocols::ext::idle_notify::v1::client::{
    ext_idle_notification_v1::{Event, ExtIdleNotificationV1},
    ext_idle_notifier_v1::{self, ExtIdleNotifierV1},
};

use super::InputWatch;

/// Time without input after which the compositor tells, milliseconds.
const QUIET_MILLIS: u32 = 1000;

/// A connection to the compositor for its idle notices.
pub struct WaylandInput {
    queue: EventQueue<Seen>,
    seen: Seen,
    is_lost: bool,
}

/// What the compositor has told.
#[derive(Debug, Default)]
struct Seen {
    /// Whether there is input now. Until the first notice it is not known, and nobody counts.
    active: bool,
    /// The last time at which there was.
    last: Option<Duration>,
}

/// Why input cannot be seen.
#[derive(Debug, thiserror::Error)]
pub enum NoInputWatch {
    /// There is no Wayland compositor.
    #[error("there is no Wayland compositor")]
    NoCompositor(#[source] wayland_client::ConnectError),
    /// The compositor does not tell its globals.
    #[error("the compositor does not answer")]
    NoAnswer(#[source] wayland_client::globals::GlobalError),
    /// The compositor lacks the protocol, or has no seat.
    #[error("the compositor does not tell when there is input")]
    NotOffered(#[source] wayland_client::globals::BindError),
}

impl WaylandInput {
    /// Connects to the compositor in the environment.
    pub fn connect() -> Result<Self, NoInputWatch> {
        let connection = Connection::connect_to_env().map_err(NoInputWatch::NoCompositor)?;
        let (globals, queue) = registry_queue_init::<Seen>(&connection).map_err(NoInputWatch::NoAnswer)?;
        let handle = queue.handle();
        let notifier: ExtIdleNotifierV1 = globals.bind(&handle, 1..=2, ()).map_err(NoInputWatch::NotOffered)?;
        let seat: WlSeat = globals.bind(&handle, 1..=1, ()).map_err(NoInputWatch::NotOffered)?;
        if notifier.version() >= ext_idle_notifier_v1::REQ_GET_INPUT_IDLE_NOTIFICATION_SINCE {
            notifier.get_input_idle_notification(QUIET_MILLIS, &seat, &handle, ());
        } else {
            notifier.get_idle_notification(QUIET_MILLIS, &seat, &handle, ());
        }
        Ok(Self { queue, seen: Seen::default(), is_lost: false })
    }

    /// Takes what has arrived, without waiting.
    fn take(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        self.queue.flush()?;
        if let Some(guard) = self.queue.prepare_read() {
            match guard.read() {
                Err(WaylandError::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => drop(read?),
            }
        }
        self.queue.dispatch_pending(&mut self.seen)?;
        Ok(())
    }
}

impl InputWatch for WaylandInput {
    fn last_input(&mut self, now: Duration) -> Option<Duration> {
        let before = self.seen.active;
        if !self.is_lost
            && let Err(error) = self.take()
        {
            tracing::warn!(%error, "the compositor does not tell any more when there is input");
            (self.is_lost, self.seen.active) = (true, false);
        }
        // Input that ended since the last look counts as of now, rather late than early.
        if before || self.seen.active {
            self.seen.last = Some(now);
        }
        self.seen.last
    }

    fn can_see(&self) -> bool {
        !self.is_lost
    }
}

impl Dispatch<ExtIdleNotificationV1, ()> for Seen {
    fn event(seen: &mut Self, _: &ExtIdleNotificationV1, event: Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        match event {
            Event::Idled => seen.active = false,
            Event::Resumed => seen.active = true,
            _ => {}
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Seen {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // One seat, bound at the start: a kiosk has no more.
    }
}

delegate_noop!(Seen: ExtIdleNotifierV1);
delegate_noop!(Seen: ignore WlSeat);
