//! An attended enrollment with every party: tenant, verifier, relying party, a kiosk with the product's flow and a
//! supervisor.

use std::path::Path;

use anyhow::Context;

use super::{
    Attendance,
    env::{DemoEnv, Mode},
    logins,
};
use countenance_client::{
    capture::{Feedback, FrameOutcome},
    flow::{AttemptFailure, AttendanceChoice, AttendanceStep, Consent, FlowEvent, FlowOutcome, Operator, RetryChoice},
};
use countenance_core::{
    frame::Frame,
    protocol::{Pin, Reason, SupervisorNumber, Ticket},
};
use countenance_verifier::{EnrolmentFlow, Rules};

/// Who stands at the kiosk, and the steps at which a supervisor was asked for.
struct Lobby {
    supervisors: Vec<(SupervisorNumber, Pin)>,
    steps: Vec<AttendanceStep>,
}

impl Operator for Lobby {
    fn attend(&mut self, _: &Ticket, step: AttendanceStep) -> AttendanceChoice {
        self.steps.push(step);
        match self.supervisors.pop() {
            Some((number, pin)) => AttendanceChoice::Check(number, pin),
            None => AttendanceChoice::Stop,
        }
    }

    fn consent(&mut self, _: &Ticket) -> Consent {
        Consent::Given(None)
    }

    fn watch(&mut self, _: &Frame, _: FrameOutcome, _: Feedback) -> bool {
        true
    }

    fn notify(&mut self, _: FlowEvent) {}

    fn try_again(&mut self, _: &AttemptFailure) -> RetryChoice {
        RetryChoice::Stop
    }
}

#[test]
fn a_supervisor_confirms_from_the_login_to_the_application() -> anyhow::Result<()> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let env = DemoEnv::open(&fixtures, Attendance::Script, None, &mut |_| {})?;
    let (verifier, id) = (&env.servers.verifier, &env.integration_id);
    let runtime = env.servers.loopback.runtime();
    let rules = Rules {
        allow_virtual_cameras: true,
        enrolment_flow: EnrolmentFlow::Attended,
        ..Rules::new("Demo", "tenant.localhost")
    };
    runtime.block_on(verifier.change_rules(id, rules))?;
    let number: SupervisorNumber = "4711".parse()?;
    let pin = runtime.block_on(verifier.add_supervisor(id, &number, "Grace", None))?;
    let code = runtime.block_on(verifier.device_code(id, 900))?;
    env.client.register(&env.servers.verifier_origin.parse()?, id, code)?;
    env.set_mode(Mode::Always);

    let run = |supervisors| -> anyhow::Result<_> {
        let mut browser = logins::new_browser()?;
        let page = browser.open(&env.payroll("/login"))?;
        let landing = logins::sign_in(&env, &mut browser, &page, &mut |_| {})?;
        let link = landing.launch_link().context("no launch link")?;
        let mut lobby = Lobby { supervisors, steps: Vec::new() };
        let (outcome, page) = env.client.run_by(&link, &env.recordings.a_enrol, &mut browser, &mut lobby)?;
        let page = page.context("the browser was not sent back")?;
        let form = page.return_form().context("no way back")?;
        Ok((outcome?, lobby.steps, browser.submit(&page, &form)?))
    };
    let wrong = Pin::try_from("000000".to_owned())?;
    let (outcome, steps, page) = run(vec![(number.clone(), wrong.clone())])?;
    assert_eq!(outcome, FlowOutcome::Refused(Reason::Cancelled));
    assert_eq!(steps, [AttendanceStep::Ask, AttendanceStep::Refused { wait_secs: 0 }]);
    assert!(page.html.contains("access_denied"), "{page:?}");

    let (outcome, steps, page) = run(vec![(number.clone(), pin), (number, wrong)])?;
    assert_eq!(outcome, FlowOutcome::Approved);
    assert_eq!(steps, [AttendanceStep::Ask, AttendanceStep::Refused { wait_secs: 0 }]);
    assert!(page.status == 200 && page.html.contains(countenance_amr::AMR_CLAIM), "{page:?}");
    let events = runtime.block_on(verifier.audit_tail(1_000))?;
    let details = |name: &str| -> Vec<_> {
        events.iter().filter(|entry| entry.event == name).map(|entry| entry.detail.as_str()).collect()
    };
    assert_eq!(details("enrollment_attended"), ["4711"]);
    assert_eq!(details("enrolled"), ["4711"]);
    assert_eq!(details("attendance_refused"), ["4711", "4711"]);
    Ok(())
}
