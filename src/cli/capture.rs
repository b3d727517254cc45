//! `countenance capture`: the flow, operated by a script.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;

use super::CaptureArgs;
use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_camera::FrameSource;
use countenance_client::{
    dry_run::{self, DryRun, FixedClock},
    flow::Flow,
    headless::{Exit, Script, WaitsForCamera},
    interrupt::{StopRequest, on_signal},
    session::{
        HttpSession,
        browser::{Browser, SystemBrowser, WriteBrowser},
        client::{RetryPolicy, SessionContext},
        link::LaunchLink,
        wait::SystemWait,
    },
    settings::SettingsInUse,
};
use countenance_client::{
    installation::{BrowserChoice, settled, settled_without_user},
    nets,
};
use countenance_core::{policy::Policy, rng::SeededRng};
use countenance_system::{
    SystemClock, SystemRandom, complain, console,
    whole_file::{self, Access},
};

pub(super) fn run(args: &CaptureArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(args)?;
    let allowed = match &args.dry_run {
        Some(_) => dry_run::ORIGIN.parse().into_iter().collect(),
        None => args.installation.verifiers(&settings)?,
    };
    let link = match LaunchLink::parse(args.link.as_deref().unwrap_or(dry_run::LINK), &allowed) {
        Ok(link) => link,
        Err(error) => return Ok(usage("the link", &error)),
    };
    let data = args.installation.data_folder()?;
    let chosen = args.source.source(&settings, Some(&data))?;
    let mut source = match chosen.scripted(args.source.keep_frames) {
        Ok(source) => source,
        Err(error) => {
            complain!("countenance: {}", chosen.explain(&error));
            return Ok(Exit::NoCamera.into());
        }
    };
    if args.dry_run.is_none() {
        args.nets.permitted(&settings)?;
    }
    let mut added = nets::of_settings(&settings, &data)?;
    added.extend(args.nets.load()?);
    // In a sign-in the verifier's policy applies; in a dry run only the command line does.
    let (vision, policy) = nets::all_weighed(added)?;
    let policy = if args.dry_run.is_some() { policy } else { Policy::default() };
    let key =
        DeviceKey::load_or_create(&data.join("device.key"), &SystemRandom).context("cannot use the device key")?;
    let mut out = console::stdout();
    let mut script = Script::new(&mut out, args.retries, args.cancel_after);
    let stop = Arc::<StopRequest>::default();
    script.stop = Arc::clone(&stop);
    on_signal(Arc::clone(&stop), || std::process::exit(Exit::Cancelled as i32)).context("cannot heed signals")?;
    if args.camera_timeout > 0 {
        script.waits_for_camera = Some(wait_for_camera(Duration::from_secs(args.camera_timeout), Arc::clone(&stop)));
    }
    let models = vision.model_claims();

    if let (Some(nonce), Some(at)) = (&args.dry_run, args.at) {
        let (clock, rng) = (FixedClock(at), SeededRng::from(nonce));
        let mut session = DryRun::new(nonce.clone(), at).with_policy(&policy);
        let mut browser = dry_run::NoBrowser;
        let flow = Flow {
            source: &mut *source,
            analyzer: &vision,
            models: &models,
            policy,
            session: &mut session,
            key: &key,
            clock: &clock,
            rng: &rng,
            browser: &mut browser,
            operator: &mut script,
        };
        let ended = flow.run(&link);
        script.ended(&ended);
        tell_losses(&*source);
        if let (Some(file), Some(attestation)) = (&args.attestation, session.attestation()) {
            whole_file::replace(file, attestation.as_bytes(), Access::AsUsual)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        if let Some(claims) = session.claims() {
            out.write_all(&claims)?;
            out.write_all(b"\n")?;
        }
        return Ok(Exit::of(&ended).into());
    }

    let cancelled = stop.flag();
    let around = SessionContext { key: &key, clock: &SystemClock, rng: &SystemRandom, wait: &SystemWait, cancelled };
    let mut session = HttpSession::new(format!("{SOFTWARE} {SOFTWARE_VERSION}"), around, RetryPolicy::default());
    let (mut open, mut print) = (SystemBrowser, WriteBrowser(io::stderr()));
    let browser: &mut dyn Browser = match args.installation.browser {
        BrowserChoice::Open => &mut open,
        BrowserChoice::Print => &mut print,
    };
    let flow = Flow {
        source: &mut *source,
        analyzer: &vision,
        models: &models,
        policy,
        session: &mut session,
        key: &key,
        clock: &SystemClock,
        rng: &SystemRandom,
        browser,
        operator: &mut script,
    };
    let ended = flow.run(&link);
    script.ended(&ended);
    tell_losses(&*source);
    Ok(Exit::of(&ended).into())
}

/// The settings. A script that names both verifier and source must not depend on the account's, and a dry run signs in to
/// nothing, so that administrators do not decide about it.
fn settings(args: &CaptureArgs) -> anyhow::Result<SettingsInUse> {
    match (args.dry_run.is_some(), args.installation.names_verifiers(), &args.source.camera) {
        (true, _, Some(_)) => Ok(SettingsInUse::default()),
        (false, true, Some(_)) => Ok(settled_without_user()),
        _ => settled(args.installation.settings()),
    }
}

/// Says what a recording left out: what was judged is not all that was recorded.
fn tell_losses(source: &dyn FrameSource) {
    let losses = source.losses();
    if !losses.is_empty() {
        eprintln!("countenance: {}: {losses}", source.provenance().name);
    }
}

fn usage(what: &str, error: &dyn std::error::Error) -> ExitCode {
    complain!("countenance: {what} is invalid: {}", countenance_client::headless::causes(error));
    Exit::Usage.into()
}

/// Interval between attempts to reopen a failing camera.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Retries for `left` in total, as long as the fault may clear without intervention.
fn wait_for_camera(mut left: Duration, stop: Arc<StopRequest>) -> WaitsForCamera {
    Box::new(move |error| {
        let waits = error.kind().may_pass_by_itself() && !left.is_zero() && !stop.is_asked();
        if waits {
            std::thread::sleep(POLL_INTERVAL.min(left));
            left = left.saturating_sub(POLL_INTERVAL);
        }
        waits
    })
}
