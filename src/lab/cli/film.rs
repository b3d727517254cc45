//! `countenance-lab film`: converts a recording for an emulated camera.

use std::{path::PathBuf, process::ExitCode};

use countenance_camera::recording;
use countenance_lab::recapture;
use countenance_system::complain;

/// Arguments of `film`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recording to convert
    #[arg(value_name = "RECORDING")]
    from: PathBuf,
    /// Output directory
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Maximum number of frames
    #[arg(long, default_value_t = 60)]
    frames: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let frames = recapture::film(&mut recording::open(&args.from)?, &args.out, args.frames)?;
    complain!("{}: {frames} frames", args.out.display());
    Ok(ExitCode::SUCCESS)
}
