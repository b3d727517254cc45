//! Bands: a display that dims by switching its light on and off, read row by row.
//!
//! A row sees the light's mean over the exposure. What is left of the switching after that mean is 1/(exposure × rate) at
//! most, and its phase moves down the picture with the readout and from picture to picture with the time.

use std::{f32::consts::TAU, time::Duration};

use super::{lens::sinc, parameters::Parameters};

/// Bands of one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bands {
    strength: f32,
    /// Cycles at the first row.
    begin: f32,
    /// Cycles from the first row to the last.
    cycles: f32,
}

impl Bands {
    /// The bands of a frame begun `at` this time and exposed for so long.
    pub(super) fn of(parameters: &Parameters, at: Duration, exposure_secs: f32) -> Self {
        let shown = &parameters.surface;
        let hz = f64::from(shown.pwm_hz);
        Self {
            strength: shown.pwm_depth_ratio * sinc(shown.pwm_hz * exposure_secs),
            begin: (hz * at.as_secs_f64()).fract() as f32,
            cycles: shown.pwm_hz * parameters.camera.readout_millis / 1_000.0,
        }
    }

    /// What the display's light is multiplied with `down` the picture, 0 to 1.
    pub(super) fn gain(self, down: f32) -> f32 {
        1.0 + self.strength * (TAU * (self.begin + self.cycles * down)).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Options,
            axes::{Species, Support},
            device::Device,
        },
        *,
    };

    fn parameters() -> Parameters {
        let device = Device::named("monitor-lcd-92").unwrap();
        let options = Options { device, ..Options::new(Species::MonitorVideo, Support::Fixed, 1) };
        let mut parameters = Parameters::draw(&options);
        (parameters.surface.pwm_hz, parameters.surface.pwm_depth_ratio) = (210.0, 0.8);
        parameters.camera.readout_millis = 20.0;
        parameters
    }

    #[test]
    fn bands_move_by_the_rate_and_fade_with_the_exposure() {
        let bands = |millis, exposure| Bands::of(&parameters(), Duration::from_millis(millis), exposure);
        let short = bands(0, 0.001);
        // 210 Hz over 20 ms: 4.2 bands; 40 ms later the phase is 8.4 cycles on: 0.4.
        let later = bands(40, 0.001);
        assert!((short.cycles - 4.2).abs() < 1e-4 && (later.begin - 0.4).abs() < 1e-3, "{short:?} {later:?}");
        assert!((later.gain(0.0) - short.gain(0.4 / 4.2)).abs() < 1e-3);
        assert!((short.gain(0.0) - short.gain(0.5 / 4.2)).abs() > 1.0, "bright and dark");
        // A fiftieth of a second sees 4.2 switchings: little is left. Whole ones: nothing.
        assert!((bands(0, 0.02).strength / short.strength).abs() < 0.1);
        assert!(bands(0, 5.0 / 210.0).strength.abs() < 1e-3);
    }
}
