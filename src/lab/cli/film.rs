//! `countenance-lab film`: what an emulated camera plays.

use std::{path::PathBuf, process::ExitCode};

use countenance_camera::recording;
use countenance_lab::recapture;

/// Arguments of `film`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The recording
    #[arg(value_name = "RECORDING")]
    from: PathBuf,
    /// The folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Most frames
    #[arg(long, default_value_t = 60)]
    frames: usize,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let frames = recapture::film(&mut recording::open(&args.from)?, &args.out, args.frames)?;
    eprintln!("{}: {frames} pictures", args.out.display());
    Ok(ExitCode::SUCCESS)
}
