//! Banding: a display dimmed by PWM, read by a rolling shutter.
//!
//! A row integrates the light over its exposure. The modulation that remains is at most 1/(exposure × frequency); its
//! phase advances down the frame with the readout and from frame to frame with time.

use std::{f32::consts::TAU, time::Duration};

use super::{lens::sinc, parameters::Parameters};

/// The bands in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bands {
    strength: f32,
    /// Phase at the first row, in cycles.
    begin: f32,
    /// Cycles from first to last row.
    cycles: f32,
}

impl Bands {
    /// The bands of a frame whose exposure of `exposure_secs` starts `at` this time.
    pub(super) fn of(parameters: &Parameters, at: Duration, exposure_secs: f32) -> Self {
        let shown = &parameters.surface;
        let hz = f64::from(shown.pwm_hz);
        Self {
            strength: shown.pwm_depth_ratio * sinc(shown.pwm_hz * exposure_secs),
            begin: (hz * at.as_secs_f64()).fract() as f32,
            cycles: shown.pwm_hz * parameters.camera.readout_millis / 1_000.0,
        }
    }

    /// Gain of the display's light at `down` the frame, 0 (top) to 1 (bottom).
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
    fn bands_move_with_the_frequency_and_fade_with_exposure() {
        let bands = |millis, exposure| Bands::of(&parameters(), Duration::from_millis(millis), exposure);
        let short = bands(0, 0.001);
        // 210 Hz over 20 ms is 4.2 bands; 40 ms later the phase has advanced by 8.4 cycles, that is 0.4.
        let later = bands(40, 0.001);
        assert!((short.cycles - 4.2).abs() < 1e-4 && (later.begin - 0.4).abs() < 1e-3, "{short:?} {later:?}");
        assert!((later.gain(0.0) - short.gain(0.4 / 4.2)).abs() < 1e-3);
        assert!((short.gain(0.0) - short.gain(0.5 / 4.2)).abs() > 1.0, "bright and dark");
        // An exposure of 20 ms averages 4.2 cycles: little modulation remains. With whole cycles: none.
        assert!((bands(0, 0.02).strength / short.strength).abs() < 0.1);
        assert!(bands(0, 5.0 / 210.0).strength.abs() < 1e-3);
    }
}
