//! The six sign-ins: what happens in each and what is checked.

use std::{path::Path, sync::Arc};

use anyhow::{Context, ensure};

use super::{
    ProgressSink,
    client::Ran,
    env::{DemoEnv, Mode},
};
use countenance_amr::AMR_CLAIM;
use countenance_client::flow::FlowOutcome;
use countenance_core::protocol::Reason;
use countenance_standin::browser::{Browser, Page};
use countenance_system::SystemClock;

/// One sign-in.
pub(super) struct Login {
    pub(super) title: &'static str,
    /// What a person at the window has to do.
    pub(super) at_the_window: &'static str,
    pub(super) walk: fn(&DemoEnv, ProgressSink) -> anyhow::Result<()>,
}

/// In order of dependency: the first enrolls the face that the others are compared with.
pub(super) const LOGINS: [Login; 6] = [
    Login { title: "First sign-in, always on: no template yet, so enroll", at_the_window: "press Begin", walk: enrol },
    Login {
        title: "Step-up on demand: the salary page asks for the face",
        at_the_window: "press Begin",
        walk: step_up,
    },
    Login {
        title: "Another person in front of the camera",
        at_the_window: "press Begin, then Stop here",
        walk: another_person,
    },
    Login {
        title: "A recording of the right person, replayed from a screen",
        at_the_window: "press Begin, then Stop here",
        walk: replay,
    },
    Login {
        title: "The person cancels",
        at_the_window: "press Cancel while the camera looks, or close the window",
        walk: cancel,
    },
    Login {
        title: "No camera: a code by text message instead",
        at_the_window: "nothing, the browser alone",
        walk: code,
    },
];

fn enrol(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    env.set_mode(Mode::Always);
    let mut browser = new_browser()?;
    let page = browser.open(&env.payroll("/login"))?;
    let landing = sign_in(env, &mut browser, &page, tell)?;
    let ran = face(env, &mut browser, &landing, &env.recordings.a_enrol, None, tell)?;
    ensure!(matches!(ran.outcome, Ok(FlowOutcome::Approved)), "the client ended with {:?}", ran.outcome);
    let page = way_back(&mut browser, ran)?;
    ensure!(page.status == 200 && page.url.path() == "/", "payroll answered {page:?}");
    ensure!(page.html.contains(AMR_CLAIM), "the ID token lacks the claim");
    tell(format!("payroll: signed in; the ID token has {AMR_CLAIM} = mfa"));
    Ok(())
}

fn step_up(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    let (mut browser, landing) = salary(env, tell)?;
    let ran = face(env, &mut browser, &landing, &env.recordings.a_verify, None, tell)?;
    ensure!(matches!(ran.outcome, Ok(FlowOutcome::Approved)), "the client ended with {:?}", ran.outcome);
    let page = way_back(&mut browser, ran)?;
    ensure!(page.status == 200 && page.url.path() == "/salary", "payroll answered {page:?}");
    tell("payroll: the salary page is open".into());
    Ok(())
}

fn another_person(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    denied(env, &env.recordings.b, None, Reason::NoMatch, tell)
}

fn replay(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    denied(env, &env.recordings.a_replayed, None, Reason::NotLive, tell)
}

fn cancel(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    denied(env, &env.recordings.a_verify, Some(5), Reason::Cancelled, tell)
}

fn code(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<()> {
    let (mut browser, landing) = salary(env, tell)?;
    let asked = landing.form_with("channel").with_context(|| format!("no form to request a code on {landing:?}"))?;
    let page = browser.submit(&landing, &asked)?;
    let sent = env.servers.phone.messages().pop().context("no text message arrived")?;
    tell(format!("phone: text message to {}", sent.to));
    let form = page.form_with("code").with_context(|| format!("no code field on {page:?}"))?;
    let page = browser.submit(&page, &form.fill("code", &sent.code))?;
    let form = page.return_form().with_context(|| format!("{page:?}"))?;
    let page = browser.submit(&page, &form)?;
    ensure!(page.status == 200 && page.url.path() == "/salary", "payroll answered {page:?}");
    tell("payroll: the salary page is open".into());
    Ok(())
}

/// A step-up that must be denied for this reason.
fn denied(
    env: &DemoEnv,
    recording: &Path,
    cancel_after: Option<u32>,
    reason: Reason,
    tell: ProgressSink,
) -> anyhow::Result<()> {
    let (mut browser, landing) = salary(env, tell)?;
    let ran = face(env, &mut browser, &landing, recording, cancel_after, tell)?;
    ensure!(
        matches!(ran.outcome, Ok(FlowOutcome::Refused(found)) if found == reason),
        "the client ended with {:?}, not {}",
        ran.outcome,
        reason.name(),
    );
    let page = way_back(&mut browser, ran)?;
    let code = format!("countenance_{}", reason.name());
    ensure!(page.html.contains("access_denied") && page.html.contains(&code), "payroll answered {page:?}");
    tell(format!("payroll: access_denied, {code}"));
    let page = browser.open(&env.payroll("/salary"))?;
    ensure!(!page.url.as_str().starts_with(&env.payroll("/salary")), "the salary page opened despite the denial");
    Ok(())
}

/// Signs in with a password only, then requests the salary page; ends on the verifier's landing page.
fn salary(env: &DemoEnv, tell: ProgressSink) -> anyhow::Result<(Browser, Page)> {
    env.set_mode(Mode::OnDemand);
    let mut browser = new_browser()?;
    let page = browser.open(&env.payroll("/login"))?;
    let home = sign_in(env, &mut browser, &page, tell)?;
    ensure!(home.status == 200 && home.url.path() == "/", "payroll answered {home:?}");
    ensure!(!home.html.contains(AMR_CLAIM), "the claim was granted without a face");
    let landing = browser.open(&env.payroll("/salary"))?;
    tell("payroll: the salary page requires a second factor; the Action sends the browser to the verifier".into());
    Ok((browser, landing))
}

/// A browser without cookies.
pub(super) fn new_browser() -> anyhow::Result<Browser> {
    Ok(Browser::new(Arc::new(SystemClock))?)
}

/// Signs in at the tenant with the password.
pub(super) fn sign_in(env: &DemoEnv, browser: &mut Browser, page: &Page, tell: ProgressSink) -> anyhow::Result<Page> {
    let form = page.form_with("password").context("the tenant's login page")?;
    tell(format!("browser: signs in at the tenant as {}", env.servers.person.name));
    Ok(browser
        .submit(page, &form.fill("email", env.servers.person.name).fill("password", &env.servers.person.password))?)
}

/// Opens the landing page's link in the client.
fn face(
    env: &DemoEnv,
    browser: &mut Browser,
    landing: &Page,
    recording: &Path,
    cancel_after: Option<u32>,
    tell: ProgressSink,
) -> anyhow::Result<Ran> {
    let link = landing.launch_link().with_context(|| format!("no launch link on {landing:?}"))?;
    let ran = env.client.run(&link, recording, cancel_after, browser)?;
    ran.told().into_iter().for_each(tell);
    Ok(ran)
}

/// From the verifier's return page through `/continue` to the relying party.
fn way_back(browser: &mut Browser, ran: Ran) -> anyhow::Result<Page> {
    let page = ran.returned.context("the browser was not sent back")?;
    let form = page.return_form().with_context(|| format!("{page:?}"))?;
    Ok(browser.submit(&page, &form)?)
}
