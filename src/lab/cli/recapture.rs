//! `countenance-lab recapture`: makes one simulated attack or a labeled set.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::progress::bar;
use countenance_camera::recording;
use countenance_lab::recapture::{
    self, CAMERAS, Camera, Crop, DEVICES, Device, Distance, Lighting, Options, Species, Support,
    set::{self, Input, Plan},
};
use countenance_system::{complain, console};

/// Arguments of `recapture`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Presentation attack instrument species
    #[arg(long = "as", value_enum, value_name = "SPECIES", required_unless_present = "grid")]
    species: Vec<SpeciesChoice>,
    /// What holds the instrument
    #[arg(long, value_enum, required_unless_present = "grid")]
    support: Vec<SupportChoice>,
    /// Display or print model [default: the first one that fits]
    #[arg(long, value_parser = device, value_name = "NAME")]
    device: Vec<&'static Device>,
    /// Distance from the camera [default: near]
    #[arg(long, value_enum)]
    distance: Vec<DistanceChoice>,
    /// Lighting of the scene [default: even]
    #[arg(long, value_enum)]
    light: Vec<LightChoice>,
    /// How much of the instrument is in view [default: whole]
    #[arg(long, value_enum)]
    crop: Vec<CropChoice>,
    /// Camera model [default: frames of the input's size]
    #[arg(long, value_parser = camera, value_name = "NAME")]
    camera: Vec<&'static Camera>,
    /// Random seed; the same seed produces the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Frames to leave out at the start of the input
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: u64,
    /// Maximum frames per clip
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    frames: Option<u64>,
    /// Print the parameters drawn from the seed, as JSON
    #[arg(long)]
    explain: bool,
    /// Make a labeled set: all combinations of the options above; an option left out takes all its values
    #[arg(long)]
    grid: bool,
    /// Clips per combination
    #[arg(long, value_name = "K", default_value_t = 1, requires = "grid")]
    per_cell: usize,
    /// Total number of clips, spread evenly over the combinations
    #[arg(long, value_name = "N", requires = "grid")]
    limit: Option<usize>,
    /// License of the set
    #[arg(long, value_name = "TEXT", requires = "grid")]
    licence: Option<String>,
    /// IN OUT: recording, and output file (.avi with MJPEG, or .y4m). With --grid: any number of SUBJECT=IN or IN, then
    /// a new directory
    #[arg(value_name = "PATH", num_args = 2.., required = true)]
    paths: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SpeciesChoice {
    Print,
    PhonePhoto,
    #[value(alias = "phone")]
    PhoneVideo,
    TabletPhoto,
    #[value(alias = "tablet")]
    TabletVideo,
    MonitorVideo,
    #[value(alias = "fullscreen")]
    FullscreenVideo,
    BezelPhoto,
    #[value(alias = "phone-bezel")]
    BezelVideo,
    Animated,
    AnimatedFile,
    #[value(alias = "waved")]
    WavedPrint,
    #[value(alias = "zoomed")]
    ZoomedPrint,
    #[value(alias = "bent")]
    BentPrint,
    #[value(alias = "cutout")]
    CutoutPrint,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SupportChoice {
    Hand,
    Fixed,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DistanceChoice {
    Near,
    Arm,
    Far,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LightChoice {
    Even,
    Side,
    Dark,
    Bright,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CropChoice {
    Whole,
    Filled,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Some((output, inputs)) = args.paths.split_last() else { bail!("expected an input and an output") };
    if args.grid {
        return grid(args, inputs, Path::new(output));
    }
    let [input] = inputs else { bail!("several inputs need --grid") };
    let options = one(args)?;
    if args.explain {
        writeln!(console::stdout(), "{:#}", options.explain())?;
    }
    let mut source = recording::open(Path::new(input))?;
    let length = source.frames_hint();
    let bar = bar(args.frames.map_or(length, |most| Some(length.map_or(most, |length| length.min(most)))));
    let summary = recapture::run(&mut source, Path::new(output), &options, &mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    complain!("{output}: {} frames. {PLUMBING}", summary.frames);
    Ok(ExitCode::SUCCESS)
}

const PLUMBING: &str = "Simulated attack, for pipeline tests only; says nothing about accuracy.";

fn grid(args: &Args, inputs: &[String], out: &Path) -> anyhow::Result<ExitCode> {
    let inputs: Vec<Input> = inputs.iter().map(|input| subject(input)).collect();
    let plan = Plan {
        seed: args.seed,
        per_cell: args.per_cell,
        limit: args.limit,
        species: args.species.iter().map(|s| (*s).into()).collect(),
        supports: args.support.iter().map(|s| (*s).into()).collect(),
        devices: args.device.clone(),
        distances: args.distance.iter().map(|d| (*d).into()).collect(),
        lights: args.light.iter().map(|l| (*l).into()).collect(),
        crops: args.crop.iter().map(|c| (*c).into()).collect(),
        cameras: args.camera.clone(),
        skip: args.skip,
        frames: args.frames,
        licence: args.licence.clone(),
    };
    if args.explain {
        for clip in plan.clips(inputs.len()) {
            writeln!(console::stdout(), "{}", clip.options.explain())?;
        }
    }
    let bar = bar(Some(plan.clips(inputs.len()).len() as u64));
    bar.set_position(0);
    let made = set::write(&plan, &inputs, out, &|done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    complain!("{}: {made} attacks, {} bona fide clips. {PLUMBING}", out.display(), inputs.len());
    Ok(ExitCode::SUCCESS)
}

/// The options of a single attack: each choice at most once.
fn one(args: &Args) -> anyhow::Result<Options> {
    fn single<T: Copy>(name: &str, all: &[T]) -> anyhow::Result<Option<T>> {
        if all.len() > 1 {
            bail!("repeating --{name} needs --grid");
        }
        Ok(all.first().copied())
    }
    let species: Species = single("as", &args.species)?.context("--as is missing")?.into();
    let support: Support = single("support", &args.support)?.context("--support is missing")?.into();
    let plain = Options::new(species, support, args.seed);
    Ok(Options {
        device: single("device", &args.device)?.unwrap_or(plain.device),
        distance: single("distance", &args.distance)?.map_or(plain.distance, Into::into),
        light: single("light", &args.light)?.map_or(plain.light, Into::into),
        crop: single("crop", &args.crop)?.map_or(plain.crop, Into::into),
        camera: single("camera", &args.camera)?.unwrap_or(plain.camera),
        skip: args.skip,
        frames: args.frames,
        ..plain
    })
}

/// `SUBJECT=PATH`, or a path whose file stem is the subject.
fn subject(text: &str) -> Input {
    match text.split_once('=') {
        Some((subject, path)) if !subject.is_empty() && !Path::new(text).exists() => {
            Input { path: PathBuf::from(path), subject: subject.to_owned() }
        }
        _ => {
            let path = PathBuf::from(text);
            let subject = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            Input { path, subject }
        }
    }
}

fn device(name: &str) -> Result<&'static Device, String> {
    Device::named(name).ok_or_else(|| one_of(DEVICES.iter().map(|device| device.name)))
}

fn camera(name: &str) -> Result<&'static Camera, String> {
    Camera::named(name).ok_or_else(|| one_of(CAMERAS.iter().map(|camera| camera.name)))
}

/// The reason that clap prints after "invalid value".
fn one_of(names: impl Iterator<Item = &'static str>) -> String {
    format!("expected one of {}", names.collect::<Vec<_>>().join(", "))
}

impl From<SpeciesChoice> for Species {
    fn from(choice: SpeciesChoice) -> Self {
        match choice {
            SpeciesChoice::Print => Self::Print,
            SpeciesChoice::PhonePhoto => Self::PhonePhoto,
            SpeciesChoice::PhoneVideo => Self::PhoneVideo,
            SpeciesChoice::TabletPhoto => Self::TabletPhoto,
            SpeciesChoice::TabletVideo => Self::TabletVideo,
            SpeciesChoice::MonitorVideo => Self::MonitorVideo,
            SpeciesChoice::FullscreenVideo => Self::FullscreenVideo,
            SpeciesChoice::BezelPhoto => Self::BezelPhoto,
            SpeciesChoice::BezelVideo => Self::BezelVideo,
            SpeciesChoice::Animated => Self::AnimatedTablet,
            SpeciesChoice::AnimatedFile => Self::AnimatedFile,
            SpeciesChoice::WavedPrint => Self::WavedPrint,
            SpeciesChoice::ZoomedPrint => Self::ZoomedPrint,
            SpeciesChoice::BentPrint => Self::BentPrint,
            SpeciesChoice::CutoutPrint => Self::CutoutPrint,
        }
    }
}

impl From<SupportChoice> for Support {
    fn from(choice: SupportChoice) -> Self {
        match choice {
            SupportChoice::Hand => Self::Hand,
            SupportChoice::Fixed => Self::Fixed,
            SupportChoice::None => Self::None,
        }
    }
}

impl From<DistanceChoice> for Distance {
    fn from(choice: DistanceChoice) -> Self {
        match choice {
            DistanceChoice::Near => Self::Near,
            DistanceChoice::Arm => Self::Arm,
            DistanceChoice::Far => Self::Far,
        }
    }
}

impl From<LightChoice> for Lighting {
    fn from(choice: LightChoice) -> Self {
        match choice {
            LightChoice::Even => Self::Even,
            LightChoice::Side => Self::Side,
            LightChoice::Dark => Self::Dark,
            LightChoice::Bright => Self::Bright,
        }
    }
}

impl From<CropChoice> for Crop {
    fn from(choice: CropChoice) -> Self {
        match choice {
            CropChoice::Whole => Self::Whole,
            CropChoice::Filled => Self::Filled,
        }
    }
}
