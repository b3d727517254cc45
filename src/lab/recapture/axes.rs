//! The named choices of a simulated attack: species, support, distance, lighting and crop.

use serde::Serialize;

countenance_core::enumeration! {
    /// Presentation attack instrument species of ISO/IEC 30107-3.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Species {
        /// A print of the clip's first frame.
        Print = "print",
        /// A still image on a phone.
        PhonePhoto = "replay_phone_photo",
        /// A replay on a phone.
        PhoneVideo = "replay_phone_video",
        /// A still image on a tablet.
        TabletPhoto = "replay_tablet_photo",
        /// A replay on a tablet.
        TabletVideo = "replay_tablet_video",
        /// A replay on a laptop or desktop monitor.
        MonitorVideo = "replay_monitor_video",
        /// A replay on a tablet that fills the camera's view: neither edge nor background is ever visible.
        FullscreenVideo = "replay_fullscreen_video",
        /// A still image on a phone held upright, all of it in the middle of the view, in front of a room.
        BezelPhoto = "replay_bezel_photo",
        /// A replay on a phone held upright, all of it in the middle of the view, in front of a room.
        BezelVideo = "replay_bezel_video",
        /// A still image on a tablet, animated: lids close, the mouth opens, the head sways.
        AnimatedTablet = "replay_animated",
        /// The same animation as a plain file, without screen and camera: an injection attack, not a presentation.
        AnimatedFile = "file_animated",
        /// A print that is turned to and fro and fills the view, or nearly.
        WavedPrint = "print_waved",
        /// A print that fills the view and slowly comes nearer and goes away.
        ZoomedPrint = "print_zoomed",
        /// A print bent to a cylinder.
        BentPrint = "print_bent",
        /// A print with holes for the eyes and the mouth, worn by the person in the recording.
        CutoutPrint = "print_cutout",
    }
}

/// The kind of object a species is shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// Ink or dye on paper.
    Paper,
    /// A phone in landscape orientation.
    Phone,
    /// A tablet in landscape orientation.
    Tablet,
    /// A laptop or desktop monitor.
    Monitor,
    /// A phone in portrait orientation.
    UprightPhone,
    /// None: the frames are a file.
    File,
}

/// What the instrument displays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// The first frame.
    Still,
    /// The recording.
    Video,
    /// The first frame, animated.
    Animation,
    /// The first frame, with holes in which the recording is visible.
    Cutout,
}

/// How the instrument moves, other than by the shaking of a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// It does not.
    Held,
    /// It is turned to and fro.
    Waved,
    /// It comes nearer and goes away.
    Zoomed,
}

countenance_core::enumeration! {
    /// What holds the instrument.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Support {
        /// A hand, which shakes.
        Hand = "hand",
        /// A stand.
        Fixed = "fixed",
        /// Nothing: there is no instrument.
        None = "none",
    }
}

countenance_core::enumeration! {
    /// Distance of the instrument, by the share of the camera's view that it fills.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Distance {
        /// As near as the view allows.
        Near = "near",
        /// Where a person would sit.
        Arm = "arm",
        /// Farther away than a person would sit.
        Far = "far",
    }
}

countenance_core::enumeration! {
    /// Lighting of the scene.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Lighting {
        /// Office light: 200 to 600 lux, diffuse.
        Even = "even",
        /// A window or lamp on one side.
        Side = "side",
        /// Evening light: 5 to 40 lux; a display outshines it.
        Dark = "dark",
        /// Next to a window by day, which reflects in glossy surfaces.
        Bright = "bright",
    }
}

countenance_core::enumeration! {
    /// How much of the instrument is in view.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Crop {
        /// All of it, with its edge and the background.
        Whole = "whole",
        /// The displayed image extends beyond the view on every side: neither edge nor background is visible.
        Filled = "filled",
    }
}

impl Species {
    /// The kind of object it is shown on.
    pub fn instrument(self) -> Instrument {
        match self {
            Self::Print | Self::WavedPrint | Self::ZoomedPrint | Self::BentPrint | Self::CutoutPrint => {
                Instrument::Paper
            }
            Self::PhonePhoto | Self::PhoneVideo => Instrument::Phone,
            Self::TabletPhoto | Self::TabletVideo | Self::FullscreenVideo | Self::AnimatedTablet => Instrument::Tablet,
            Self::MonitorVideo => Instrument::Monitor,
            Self::BezelPhoto | Self::BezelVideo => Instrument::UprightPhone,
            Self::AnimatedFile => Instrument::File,
        }
    }

    /// What it displays.
    pub fn content(self) -> Content {
        match self {
            Self::Print
            | Self::WavedPrint
            | Self::ZoomedPrint
            | Self::BentPrint
            | Self::PhonePhoto
            | Self::TabletPhoto
            | Self::BezelPhoto => Content::Still,
            Self::PhoneVideo | Self::TabletVideo | Self::MonitorVideo | Self::FullscreenVideo | Self::BezelVideo => {
                Content::Video
            }
            Self::AnimatedTablet | Self::AnimatedFile => Content::Animation,
            Self::CutoutPrint => Content::Cutout,
        }
    }

    /// How it moves.
    pub fn motion(self) -> Motion {
        match self {
            Self::WavedPrint => Motion::Waved,
            Self::ZoomedPrint => Motion::Zoomed,
            _ => Motion::Held,
        }
    }

    /// Whether the background is a room with things in it, rather than a wall.
    pub fn in_room(self) -> bool {
        self.instrument() == Instrument::UprightPhone
    }

    /// Possible supports: a monitor is not held in a hand, what is waved is, and nothing holds a file.
    pub fn supports(self) -> &'static [Support] {
        match self {
            Self::MonitorVideo => &[Support::Fixed],
            Self::WavedPrint => &[Support::Hand],
            Self::AnimatedFile => &[Support::None],
            _ => &[Support::Hand, Support::Fixed],
        }
    }

    /// Possible crops; the first is the default.
    pub fn crops(self) -> &'static [Crop] {
        match self {
            Self::FullscreenVideo | Self::WavedPrint | Self::ZoomedPrint | Self::AnimatedFile => &[Crop::Filled],
            Self::BezelPhoto | Self::BezelVideo => &[Crop::Whole],
            _ => &Crop::ALL,
        }
    }

    /// Possible distances: a file has none, for which the first one stands.
    pub fn distances(self) -> &'static [Distance] {
        if self.instrument() == Instrument::File { &[Distance::Near] } else { &Distance::ALL }
    }

    /// Possible lighting: a file has none, for which the first one stands.
    pub fn lights(self) -> &'static [Lighting] {
        if self.instrument() == Instrument::File { &[Lighting::Even] } else { &Lighting::ALL }
    }
}
