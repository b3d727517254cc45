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
            Self::Print => Instrument::Paper,
            Self::PhonePhoto | Self::PhoneVideo => Instrument::Phone,
            Self::TabletPhoto | Self::TabletVideo => Instrument::Tablet,
            Self::MonitorVideo => Instrument::Monitor,
        }
    }

    /// Whether the source is played rather than frozen at its first frame.
    pub fn plays(self) -> bool {
        matches!(self, Self::PhoneVideo | Self::TabletVideo | Self::MonitorVideo)
    }

    /// Possible supports: a monitor is not held in a hand.
    pub fn supports(self) -> &'static [Support] {
        if self.instrument() == Instrument::Monitor { &[Support::Fixed] } else { &Support::ALL }
    }
}
