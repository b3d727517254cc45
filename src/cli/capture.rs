//! `countenance capture`: the flow with a script as operator.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use anyhow::Context;

use super::{BrowserChoice, CaptureArgs};
use crate::{
    attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION},
    camera::recording,
    flow::Flow,
    headless::{Exit, Script},
    policy::Policy,
    rehearsal::{self, Fixed, Rehearsal, Repeatable},
    session::{
        HttpSession,
        browser::{Browser, SystemBrowser, WriteBrowser},
        client::{Patience, Surroundings},
        link::LaunchLink,
        origin::AllowedOrigins,
        wait::SystemWait,
    },
    settings::Settings,
    vision::Vision,
    world::{SystemChance, SystemClock},
};

pub(super) fn run(args: &CaptureArgs) -> anyhow::Result<ExitCode> {
    let Some(path) = args.camera.strip_prefix("recording:") else {
        eprintln!("countenance: --camera takes recording:FILE; camera devices come with a later version");
        return Ok(Exit::Usage.into());
    };
    let allowed = match &args.rehearse {
        Some(_) => rehearsal::ORIGIN.parse().into_iter().collect(),
        None => match args.installation.verifiers() {
            Some(verifiers) => verifiers,
            None => settled_verifiers(args.installation.settings())?,
        },
    };
    let link = match LaunchLink::parse(args.link.as_deref().unwrap_or(rehearsal::LINK), &allowed) {
        Ok(link) => link,
        Err(error) => return Ok(usage("the link", &error)),
    };
    let mut source =
        match recording::open_with(Path::new(path), &recording::Options { folder_fps: args.installation.fps }) {
            Ok(source) => source,
            Err(error) => {
                eprintln!("countenance: {}", crate::headless::causes(&error));
                return Ok(Exit::NoCamera.into());
            }
        };
    let vision = Vision::load().context("the networks in this binary cannot be used")?;
    let key = DeviceKey::load_or_create(&args.installation.data_folder()?.join("device.key"), &SystemChance)
        .context("the device key cannot be used")?;
    let mut out = io::stdout();
    let mut script = Script::new(&mut out, args.retries, args.cancel_after);
    let (models, policy) = (vision.model_claims(), Policy::default());

    if let (Some(nonce), Some(at)) = (&args.rehearse, args.at) {
        let (clock, chance) = (Fixed(at), Repeatable::from(nonce));
        let (mut session, mut browser) = (Rehearsal::new(nonce.clone(), at), rehearsal::NoBrowser);
        let flow = Flow {
            source: &mut source,
            sight: &vision,
            models: &models,
            policy,
            session: &mut session,
            key: &key,
            clock: &clock,
            chance: &chance,
            browser: &mut browser,
            operator: &mut script,
        };
        let ended = flow.run(&link);
        script.ended(&ended);
        if let (Some(file), Some(attestation)) = (&args.attestation, session.attestation()) {
            std::fs::write(file, attestation).with_context(|| file.display().to_string())?;
        }
        if let Some(claims) = session.claims() {
            out.write_all(&claims)?;
            out.write_all(b"\n")?;
        }
        return Ok(Exit::of(&ended).into());
    }

    let cancelled = AtomicBool::new(false);
    let around = Surroundings {
        key: &key,
        clock: &SystemClock,
        chance: &SystemChance,
        wait: &SystemWait,
        cancelled: &cancelled,
    };
    let mut session = HttpSession::new(format!("{SOFTWARE} {SOFTWARE_VERSION}"), around, Patience::default());
    let (mut open, mut print) = (SystemBrowser, WriteBrowser(io::stderr()));
    let browser: &mut dyn Browser = match args.installation.browser {
        BrowserChoice::Open => &mut open,
        BrowserChoice::Print => &mut print,
    };
    let flow = Flow {
        source: &mut source,
        sight: &vision,
        models: &models,
        policy,
        session: &mut session,
        key: &key,
        clock: &SystemClock,
        chance: &SystemChance,
        browser,
        operator: &mut script,
    };
    let ended = flow.run(&link);
    script.ended(&ended);
    Ok(Exit::of(&ended).into())
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

fn usage(what: &str, error: &dyn std::error::Error) -> ExitCode {
    eprintln!("countenance: {what} is not acceptable: {}", crate::headless::causes(error));
    Exit::Usage.into()
}

/// The verifiers that the settings allow. A script that names its own does not depend on what an account's owner chose.
fn settled_verifiers(path: Option<PathBuf>) -> anyhow::Result<AllowedOrigins> {
    let Some(path) = path else { return Ok(AllowedOrigins::default()) };
    let loaded = Settings::load(&path).with_context(|| format!("{} cannot be used", path.display()))?;
    for complaint in loaded.complaints {
        eprintln!("countenance: {}: {complaint}", path.display());
    }
    Ok(loaded.settings.verifiers)
}
