//! Benchmarks of comparable libraries. Ignored by default; run by `tests/bench/camera`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops at the first error, and prints")]

use std::{fs, hint::black_box, path::PathBuf};

use nokhwa::utils::{Resolution, nv12_to_rgb, yuyv422_to_rgb};

/// Measured rounds over all images, after one to warm up.
const ROUNDS: usize = 10;

/// nokhwa's own conversion of the images that `countenance-lab bench --conversion --pictures` wrote. Prints one line per
/// format: `nokhwa SIZE FORMAT P50_MS P95_MS`.
#[test]
#[ignore = "benchmark on files written by tests/bench/camera"]
fn nokhwa_converts_the_same_images() {
    let folder = PathBuf::from(std::env::var_os("COUNTENANCE_PICTURES").unwrap());
    for (width, height) in [(640_u32, 480_u32), (1280, 720)] {
        let pixels = width as usize * height as usize;
        let yuyv = |picture: &[u8]| yuyv422_to_rgb(picture, false).unwrap();
        let nv12 = |picture: &[u8]| nv12_to_rgb(Resolution::new(width, height), picture, false).unwrap();
        measure(&folder, (width, height), "YUYV", pixels * 2, yuyv);
        measure(&folder, (width, height), "NV12", pixels * 3 / 2, nv12);
    }
}

fn measure(
    folder: &std::path::Path,
    (width, height): (u32, u32),
    format: &str,
    bytes: usize,
    to_rgb: impl Fn(&[u8]) -> Vec<u8>,
) {
    let file = fs::read(folder.join(format!("{width}x{height}.{format}"))).unwrap();
    let mut millis = Vec::new();
    for round in 0..=ROUNDS {
        for picture in file.chunks_exact(bytes) {
            let began = clock_millis();
            let rgb = black_box(to_rgb(picture));
            let took = clock_millis() - began;
            drop(rgb);
            if round > 0 {
                millis.push(took);
            }
        }
    }
    millis.sort_by(f64::total_cmp);
    let quantile = |share: f64| millis.get((share * (millis.len() - 1) as f64).round() as usize).unwrap();
    println!("nokhwa {width}x{height} {format} {:.3} {:.3}", quantile(0.5), quantile(0.95));
}

/// Processor time of this thread, milliseconds, as in `countenance-lab bench --conversion`.
fn clock_millis() -> f64 {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}
