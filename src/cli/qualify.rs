//! `countenance camera qualify`: measures genuine captures at this site, from a camera or from its recordings.

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use serde_json::json;

use countenance_camera::{CameraError, FrameSource, recording};
use countenance_client::source::SourceArgs;
use countenance_client::{
    capture::CaptureError,
    headless::{Exit, causes},
    qualify::{self, Collected, PROFILE_FILE, Profile, Report, Step},
};
use countenance_core::{
    clock::Clock,
    policy::{ArmingPolicy, Policy},
    protocol::CameraClaim,
};
use countenance_system::{
    SystemClock, complain, console,
    whole_file::{self, Access},
};
use countenance_vision::Vision;

/// Arguments of `camera qualify`.
#[derive(Debug, clap::Args)]
pub(crate) struct QualifyArgs {
    /// Recordings of genuine users, made at this site with this camera [default: capture from the camera]
    #[arg(value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
    /// Number of captures [default: the policy's; with recordings, all they contain]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    captures: Option<u32>,
    /// The camera, and how image folders are read.
    #[command(flatten)]
    pub(super) source: SourceArgs,
    /// Settings file [default: in the platform's configuration directory]
    #[arg(long, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Write the site profile to FILE [default: site.toml in the data directory; with recordings, not written]
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    /// Data directory [default: the platform's application data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Write a plot of the scores against the threshold
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Measures and reports; `camera` opens this installation's camera. Exit codes: 0 armed, 12 not armed, 20 no camera.
pub(super) fn run(
    args: &QualifyArgs,
    camera: impl FnOnce() -> anyhow::Result<Box<dyn FrameSource>>,
) -> anyhow::Result<ExitCode> {
    if let Some(twice) = given_twice(&args.recordings) {
        complain!("countenance: {} is given twice; each recording counts once", twice.display());
        return Ok(Exit::Usage.into());
    }
    let (policy, arming) = (Policy::default(), ArmingPolicy::default());
    let vision = Vision::load().context("cannot load the embedded networks")?;
    let collected = if args.recordings.is_empty() {
        let mut source = camera()?;
        complain!("Look at the camera as in a sign-in; look away and move between captures. Use several people.");
        let wanted = args.captures.unwrap_or(arming.captures) as usize;
        collect(source.as_mut(), &vision, &policy, wanted).map(|collected| (collected, source.provenance()))
    } else {
        from_recordings(args, &vision, &policy)
    };
    let (collected, claim) = match collected {
        Ok(collected) => collected,
        Err(CaptureError::Camera(error)) => {
            complain!("countenance: {}", causes(&error));
            return Ok(Exit::NoCamera.into());
        }
        Err(CaptureError::Vision(error)) => return Err(error.into()),
    };
    let report = Report::of(collected, claim, &policy, &arming);
    if let Some(path) = args.site_path()? {
        let profile = Profile::of(&report, &vision.model_claims(), SystemClock.now());
        profile.save(&path).with_context(|| path.display().to_string())?;
        complain!("countenance: site profile written to {}", path.display());
    }
    if let Some(path) = &args.plot {
        whole_file::replace(path, report.plot(&arming).as_bytes(), Access::AsUsual)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    let mut out = console::stdout();
    if args.json {
        let line = json!({ "armed": report.armed(), "because": report.because(), "report": report });
        writeln!(out, "{line}")?;
    } else {
        write!(out, "{}", report.text(&policy, &arming))?;
    }
    Ok(if report.armed() { ExitCode::SUCCESS } else { Exit::CannotTell.into() })
}

impl QualifyArgs {
    /// Recordings must not replace a profile made with the camera itself, unless a file is given.
    fn site_path(&self) -> anyhow::Result<Option<PathBuf>> {
        match &self.site {
            Some(path) => Ok(Some(path.clone())),
            None if !self.recordings.is_empty() => Ok(None),
            None => Ok(Some(countenance_client::installation::data_folder(self.data.as_ref())?.join(PROFILE_FILE))),
        }
    }
}

fn from_recordings(
    args: &QualifyArgs,
    vision: &Vision,
    policy: &Policy,
) -> Result<(Collected, CameraClaim), CaptureError> {
    let mut all = Collected::default();
    let mut claim = None;
    for path in &args.recordings {
        let options = recording::Options { folder_fps: args.source.fps };
        let mut source = recording::open_with(path, &options).map_err(CameraError::from)?;
        let wanted = args.captures.map_or(usize::MAX, |captures| captures as usize);
        all.add(collect(&mut source, vision, policy, wanted.saturating_sub(all.genuine.len()))?);
        let losses = source.losses();
        if !losses.is_empty() {
            eprintln!("countenance: {}: {losses}", path.display());
        }
        claim.get_or_insert_with(|| source.provenance());
    }
    let mut claim = claim.ok_or(CameraError::Absent)?;
    if args.recordings.len() > 1 {
        claim.name = format!("{} recordings", args.recordings.len());
    }
    Ok((all, claim))
}

fn collect(
    source: &mut dyn FrameSource,
    vision: &Vision,
    policy: &Policy,
    wanted: usize,
) -> Result<Collected, CaptureError> {
    let (mut taken, mut hint) = (0, None);
    qualify::collect(source, vision, policy, wanted, &mut |step| {
        match step {
            Step::Taken(genuine) => {
                taken += 1;
                complain!("capture {taken}: {:.2}", genuine.fused);
            }
            Step::Missed => complain!("no capture: no face passed the quality gates in time"),
            Step::Looked(advice) if advice.hint != hint => {
                hint = advice.hint;
                if let Some(hint) = hint {
                    complain!("  {}", qualify::words(hint));
                }
            }
            Step::Looked(_) => {}
        }
        true
    })
}

/// The first path that resolves to the same file as an earlier one.
fn given_twice(paths: &[PathBuf]) -> Option<&Path> {
    let mut seen = BTreeSet::new();
    paths
        .iter()
        .find(|path| !seen.insert(path.canonicalize().unwrap_or_else(|_| (*path).clone())))
        .map(PathBuf::as_path)
}
