//! The named choices: what shows the face, what holds it, how far away, in which light, how much of it is in the picture.

use serde::Serialize;

countenance_core::enumeration! {
    /// What the face is shown on: the attack instrument species of ISO/IEC 30107-3.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Species {
        /// A print: one still picture, the clip's first.
        Print,
        /// A still picture on a phone.
        PhonePhoto,
        /// A replay on a phone.
        PhoneVideo,
        /// A still picture on a tablet.
        TabletPhoto,
        /// A replay on a tablet.
        TabletVideo,
        /// A replay on the display of a laptop or a desk.
        MonitorVideo,
    }
}

/// What a species is shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Instrument {
    /// Ink or dye on paper.
    Paper,
    /// A phone, held crosswise.
    Phone,
    /// A tablet, held crosswise.
    Tablet,
    /// A laptop's or a desk's display.
    Monitor,
}

countenance_core::enumeration! {
    /// What holds the instrument.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Support {
        /// A hand, which shakes.
        Hand,
        /// A stand.
        Fixed,
    }
}

countenance_core::enumeration! {
    /// How far away the instrument is, by what it fills of the camera's view.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Distance {
        /// As near as the camera takes it.
        Near,
        /// Where a person would sit.
        Arm,
        /// Behind that.
        Far,
    }
}

countenance_core::enumeration! {
    /// The light in the room.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Lighting {
        /// An office: 200 to 600 lux from everywhere.
        Even,
        /// A window or a lamp at one side.
        Side,
        /// A room in the evening: 5 to 40 lux; a display outshines it.
        Dark,
        /// Beside a window by day, whose mirror image lies on whatever is glossy.
        Bright,
    }
}

countenance_core::enumeration! {
    /// How much of the instrument is in the picture.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Crop {
        /// All of it, with its edge and the room behind.
        Whole,
        /// The shown picture reaches beyond the view on every side: neither edge nor room.
        Filled,
    }
}

impl Species {
    /// Its name in manifests and folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
            Self::PhonePhoto => "replay_phone_photo",
            Self::PhoneVideo => "replay_phone_video",
            Self::TabletPhoto => "replay_tablet_photo",
            Self::TabletVideo => "replay_tablet_video",
            Self::MonitorVideo => "replay_monitor_video",
        }
    }

    /// What it is shown on.
    pub fn instrument(self) -> Instrument {
        match self {
            Self::Print => Instrument::Paper,
            Self::PhonePhoto | Self::PhoneVideo => Instrument::Phone,
            Self::TabletPhoto | Self::TabletVideo => Instrument::Tablet,
            Self::MonitorVideo => Instrument::Monitor,
        }
    }

    /// Whether the source is played, not frozen at its first frame.
    pub fn plays(self) -> bool {
        matches!(self, Self::PhoneVideo | Self::TabletVideo | Self::MonitorVideo)
    }

    /// What may hold it: nobody holds a monitor up to a camera.
    pub fn supports(self) -> &'static [Support] {
        if self.instrument() == Instrument::Monitor { &[Support::Fixed] } else { &Support::ALL }
    }
}

impl Support {
    /// Its name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hand => "hand",
            Self::Fixed => "fixed",
        }
    }
}

impl Distance {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Near => "near",
            Self::Arm => "arm",
            Self::Far => "far",
        }
    }
}

impl Lighting {
    /// Its name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Even => "even",
            Self::Side => "side",
            Self::Dark => "dark",
            Self::Bright => "bright",
        }
    }
}

impl Crop {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Filled => "filled",
        }
    }
}
