//! Makes a labeled set: a number of clips for every combination of the named choices, with a manifest.
//!
//! ```text
//! OUT/bona_fide/NAME                          copies of the inputs
//! OUT/attack_SPECIES/NNNN-DEVICE-….avi        the attacks
//! OUT/parameters.jsonl                        parameters of each attack, one line per clip
//! OUT/manifest.toml                           written last: a folder without it is an interrupted run
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    CAMERAS, Camera, Crop, Device, Distance, Lighting, Options, RecaptureError, Species, Support,
    manifest::{self, Entry},
    rng::{ParamRng, Purpose, fnv},
    run,
};
use countenance_camera::recording;
use countenance_system::whole_file::{self, Access};

/// A genuine recording and its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file.
    pub path: PathBuf,
    /// Identifier of the person shown; statistics are grouped by it.
    pub subject: String,
}

/// What the set covers. Empty lists mean all choices unless documented otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed of everything not determined by the other fields.
    pub seed: u64,
    /// Clips per combination.
    pub per_cell: usize,
    /// Maximum number of clips, spread evenly over the combinations; `None` for no limit.
    pub limit: Option<usize>,
    /// Species.
    pub species: Vec<Species>,
    /// Supports.
    pub supports: Vec<Support>,
    /// Devices; those that do not match a species are skipped for it.
    pub devices: Vec<&'static Device>,
    /// Distances.
    pub distances: Vec<Distance>,
    /// Kinds of lighting.
    pub lights: Vec<Lighting>,
    /// How much of the instrument is in view; drawn for each clip if empty.
    pub crops: Vec<Crop>,
    /// Cameras; drawn for each clip if empty.
    pub cameras: Vec<&'static Camera>,
    /// Number of frames at the start of each input that attacks leave out.
    pub skip: u64,
    /// Maximum number of frames per clip.
    pub frames: Option<u64>,
    /// License of the set.
    pub licence: Option<String>,
}

/// One attack of the set.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// How it is made.
    pub options: Options,
    /// Index of its input.
    pub input: usize,
    /// Path relative to the set's folder.
    pub path: String,
}

/// Why no set was made.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// There are no inputs, or the choices are incompatible.
    #[error("no inputs, or no clip matches the choices")]
    Empty,
    /// Two inputs have the same name.
    #[error("two recordings are named {}", .0.display())]
    Twice(PathBuf),
    /// The folder is not empty, or cannot be written.
    #[error("cannot write {}", path.display())]
    Output {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// One attack failed.
    #[error("cannot make {clip}")]
    Clip {
        /// Path relative to the set's folder.
        clip: String,
        /// The cause.
        source: RecaptureError,
    },
}

impl Plan {
    /// One clip per combination.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            per_cell: 1,
            limit: None,
            species: Vec::new(),
            supports: Vec::new(),
            devices: Vec::new(),
            distances: Vec::new(),
            lights: Vec::new(),
            crops: Vec::new(),
            cameras: Vec::new(),
            skip: 0,
            frames: None,
            licence: None,
        }
    }

    /// The attacks on `inputs` inputs, ordered by species, support, device, distance and lighting.
    ///
    /// A clip depends only on the plan's seed and the clip's own combination: narrowing the choices or adding a device
    /// to the table changes no other clip.
    pub fn clips(&self, inputs: usize) -> Vec<Clip> {
        let mut clips = Vec::new();
        for species in chosen(&self.species, &Species::ALL) {
            for support in possible(&self.supports, species.supports()) {
                for device in
                    Device::of(species.instrument()).filter(|d| self.devices.is_empty() || self.devices.contains(d))
                {
                    for distance in possible(&self.distances, species.distances()) {
                        for light in possible(&self.lights, species.lights()) {
                            let cell = (species, support, device, distance, light);
                            clips.extend((0..self.per_cell).filter_map(|nth| self.clip(cell, nth, inputs)));
                        }
                    }
                }
            }
        }
        match self.limit {
            Some(limit) if limit < clips.len() => {
                let all = clips.len();
                (0..limit).filter_map(|i| clips.get(i * all / limit).cloned()).collect()
            }
            _ => clips,
        }
    }

    fn clip(&self, cell: Cell, nth: usize, inputs: usize) -> Option<Clip> {
        let (species, support, device, distance, light) = cell;
        let name = [device.name, support.name(), distance.name(), light.name()].join("-");
        let seed = self.seed ^ fnv(&format!("{}/{name}/{nth}", species.name()));
        let rng = ParamRng::new(seed, Purpose::Choice);
        // The first camera, with the size of the input, is not realistic: used only on request.
        let cameras: Vec<&'static Camera> = CAMERAS.iter().skip(1).collect();
        let crop = rng.pick("crop", &possible(&self.crops, species.crops()).collect::<Vec<_>>())?;
        let camera = rng.pick("camera", if self.cameras.is_empty() { &cameras } else { &self.cameras })?;
        let input = rng.pick("input", &(0..inputs).collect::<Vec<_>>())?;
        let (skip, frames) = (self.skip, self.frames);
        Some(Clip {
            options: Options { species, support, device, distance, light, crop, camera, skip, frames, seed },
            input,
            path: format!("attack_{}/{name}-{nth}.avi", species.name()),
        })
    }
}

type Cell = (Species, Support, &'static Device, Distance, Lighting);

/// `wanted`, or `all` if it is empty.
fn chosen<'a, T: Copy>(wanted: &'a [T], all: &'a [T]) -> impl Iterator<Item = T> + 'a {
    if wanted.is_empty() { all.iter().copied() } else { wanted.iter().copied() }
}

/// Those of `wanted`, or of all if it is empty, that are in `all`.
fn possible<'a, T: Copy + PartialEq>(wanted: &'a [T], all: &'a [T]) -> impl Iterator<Item = T> + 'a {
    chosen(wanted, all).filter(|one| all.contains(one))
}

/// Makes the set of `plan` from `inputs` in the folder `out`, which must be new or empty, on all cores. Returns the
/// number of attacks. `progress` receives the number made so far.
pub fn write(plan: &Plan, inputs: &[Input], out: &Path, progress: &(dyn Fn(usize) + Sync)) -> Result<usize, SetError> {
    let clips = plan.clips(inputs.len());
    if clips.is_empty() {
        return Err(SetError::Empty);
    }
    let mut entries = begin(plan, inputs, &clips, out)?;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = Mutex::new(None);
    let work = || {
        while let Some(clip) = clips.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(source) = make(clip, inputs, out) {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.get_or_insert(SetError::Clip { clip: clip.path.clone(), source });
                next.store(clips.len(), Ordering::Relaxed);
                return;
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(clips.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    entries.extend(clips.iter().filter_map(|clip| entry(plan, clip, inputs)));
    let explained = clips.iter().map(|clip| {
        let mut line = clip.options.explain();
        if let Some(line) = line.as_object_mut() {
            line.insert("path".into(), clip.path.as_str().into());
        }
        format!("{line}\n")
    });
    save(out.join("parameters.jsonl"), &explained.collect::<String>())?;
    let heading = "Simulated attacks, for pipeline tests only: they say nothing about accuracy.";
    save(out.join("manifest.toml"), &manifest::text(heading, &entries))?;
    Ok(clips.len())
}

/// Creates the folders and copies the inputs. Returns the manifest entries of the inputs.
fn begin(plan: &Plan, inputs: &[Input], clips: &[Clip], out: &Path) -> Result<Vec<Entry>, SetError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| SetError::Output { path, source }
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    if fs::read_dir(out).map_err(failed(out))?.next().is_some() {
        return Err(failed(out)(io::ErrorKind::DirectoryNotEmpty.into()));
    }
    let people = out.join("bona_fide");
    fs::create_dir(&people).map_err(failed(&people))?;
    for folder in clips.iter().filter_map(|clip| clip.path.split('/').next()) {
        let folder = out.join(folder);
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
    }
    let mut entries: Vec<Entry> = Vec::new();
    for Input { path, subject } in inputs {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let below = format!("bona_fide/{name}");
        if entries.iter().any(|entry| entry.path == below) {
            return Err(SetError::Twice(name.into()));
        }
        fs::copy(path, people.join(&name)).map_err(failed(path))?;
        let (subject, licence, frames) = (subject.clone(), plan.licence.clone(), plan.frames);
        entries.push(Entry { path: below, subject, licence, frames, ..Entry::default() });
    }
    Ok(entries)
}

fn make(clip: &Clip, inputs: &[Input], out: &Path) -> Result<(), RecaptureError> {
    let Some(input) = inputs.get(clip.input) else { return Err(RecaptureError::Empty) };
    let mut source = recording::open(&input.path).map_err(countenance_camera::CameraError::from)?;
    run(&mut source, &out.join(&clip.path), &clip.options, &mut |_| {})?;
    Ok(())
}

fn entry(plan: &Plan, clip: &Clip, inputs: &[Input]) -> Option<Entry> {
    Some(Entry {
        path: clip.path.clone(),
        species: Some(clip.options.species.name()),
        support: Some(clip.options.support.name()),
        subject: inputs.get(clip.input)?.subject.clone(),
        camera: Some(format!("simulated {}", clip.options.camera.name)),
        light: Some(clip.options.light.name()),
        licence: plan.licence.clone(),
        frames: None,
    })
}

fn save(path: PathBuf, text: &str) -> Result<(), SetError> {
    let written = whole_file::create(&path, text.as_bytes(), Access::AsUsual);
    written.map_err(|source| SetError::Output { path, source })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_set_covers_all_combinations_with_distinct_clips() {
        let plan = Plan { per_cell: 2, ..Plan::new(5) };
        let clips = plan.clips(3);
        // Devices by species on two supports: 4 for each of 4 prints, 2 for each of 8 on displays. On one: 2 monitors, 4
        // waved prints. Times 3 distances and 4 kinds of lighting. And the file.
        assert_eq!(clips.len(), (((16 + 16) * 2 + 2 + 4) * 12 + 1) * 2);
        let distinct = |of: fn(&Clip) -> String| clips.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(distinct(|c| c.path.clone()), clips.len());
        assert_eq!(distinct(|c| c.options.seed.to_string()), clips.len());
        let cell = |c: &Clip| {
            let o = &c.options;
            format!("{:?} {:?} {} {:?} {:?}", o.species, o.support, o.device.name, o.distance, o.light)
        };
        assert_eq!(distinct(cell), clips.len() / 2);
        assert_eq!(distinct(|c| format!("{:?} {} {}", c.options.crop, c.options.camera.name, c.input)), 2 * 3 * 3);
        assert!(clips.iter().all(|c| c.options.device.instrument == c.options.species.instrument()));
    }

    #[test]
    fn narrowing_the_plan_changes_no_other_clip() {
        let all = Plan::new(5).clips(3);
        let some = Plan { species: vec![Species::TabletPhoto], lights: vec![Lighting::Dark], ..Plan::new(5) }.clips(3);
        assert_eq!(some.len(), 2 * 2 * 3);
        assert!(some.iter().all(|clip| all.contains(clip)));
        let other = Plan::new(6).clips(3);
        assert!(all.iter().zip(&other).all(|(a, b)| a.path == b.path && a.options.seed != b.options.seed));
        let few = Plan { limit: Some(60), ..Plan::new(5) }.clips(3);
        assert_eq!(few.len(), 60);
        assert!(few.iter().all(|clip| all.contains(clip)));
        assert_eq!(few.iter().map(|c| c.options.species).collect::<BTreeSet<_>>().len(), Species::ALL.len());
        assert_eq!(few.iter().map(|c| c.options.light).collect::<BTreeSet<_>>().len(), 4);
        assert!(few.iter().any(|c| c.options.distance != Distance::Near));
        assert!(
            Plan { devices: vec![&super::super::DEVICES[0]], species: vec![Species::PhonePhoto], ..Plan::new(1) }
                .clips(1)
                .is_empty()
        );
        assert!(Plan::new(1).clips(0).is_empty());
    }
}
