//! Each step of a run has its screen.

use super::*;
use countenance_client::flow::CodeTrouble;
use countenance_client::runner::ConsentText;
use countenance_core::protocol::Display;

fn consent_request() -> ConsentRequest {
    ConsentRequest {
        display: Display {
            application: "Payroll".into(),
            tenant: "t.example".into(),
            account: "a…@example.com".into(),
            started_at: 0,
        },
        purpose: Purpose::Verify,
        fallback: vec![],
        attempts_left: 5,
        expires_at: 600,
    }
}

fn capture() -> Progress {
    Progress::Frame { hint: Some(Hint::ComeCloser), gathered_ratio: 0.0, at_millis: 40, has_face: true, face: None }
}

fn not_accepted() -> Progress {
    Progress::AttemptFailed(FailureView::NotAccepted { reason: Reason::NoMatch, attempts_left: 4, picture: None })
}

const WRONG: CodeStep = CodeStep::Wrong { attempts_left: 4 };

/// The name of a screen as written in the tables.
fn name(screen: &Screen) -> String {
    let text = format!("{screen:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn each_progress_leads_to_its_screen() {
    let step = |step| Progress::Code(step);
    let asks = || Progress::Attendance(AttendanceStep::Ask, Box::new(consent_request()));
    let rows: [(&str, Vec<Progress>, &str); 18] = [
        ("opening", vec![], "Opening"),
        ("a supervisor is asked", vec![asks(), Progress::Waiting], "Attendance"),
        ("and has confirmed", vec![asks(), Progress::Opened(consent_request())], "Consent"),
        ("who asks", vec![Progress::Opened(consent_request())], "Consent"),
        ("capturing", vec![Progress::Opened(consent_request()), capture()], "Capture"),
        ("sending", vec![capture(), Progress::Sending], "Sending"),
        ("offline", vec![capture(), Progress::Sending, Progress::Waiting], "Sending"),
        ("offline while opening", vec![Progress::Waiting], "Opening"),
        ("refused once", vec![Progress::Sending, not_accepted()], "NotAccepted"),
        ("and again", vec![not_accepted(), capture()], "Capture"),
        ("by code", vec![not_accepted(), step(CodeStep::Choose)], "Code"),
        ("a wrong code", vec![step(CodeStep::Sent { attempts_left: 5 }), step(WRONG)], "Code"),
        ("offline with a code", vec![step(WRONG), Progress::Waiting], "Code"),
        ("a face after all", vec![step(CodeStep::Choose), capture()], "Capture"),
        ("approved", vec![Progress::Ended(RunOutcome::Approved(Purpose::Verify))], "Done"),
        ("refused", vec![not_accepted(), Progress::Ended(RunOutcome::Refused(Reason::NoMatch))], "Refused"),
        ("broken", vec![Progress::Ended(RunOutcome::Failed(Remedy::LoginAgain))], "Failed"),
        (
            "the first end counts",
            vec![
                Progress::Ended(RunOutcome::Approved(Purpose::Verify)),
                Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)),
            ],
            "Done",
        ),
    ];
    for (row, progress, expected) in rows {
        let end = progress.into_iter().fold(Screen::Opening, Screen::after);
        assert_eq!(name(&end), expected, "{row}");
    }
}

#[test]
fn a_camera_test_returns_to_its_start() {
    let trying = || Screen::Trying(CaptureView::default());
    assert_eq!(name(&trying().after(capture())), "Trying");
    assert_eq!(name(&Screen::Ready.after(capture())), "Ready", "a late frame is ignored");
    assert_eq!(name(&trying().after(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)))), "Ready");
    assert_eq!(name(&trying().commanded(Command::Cancel)), "Trying", "the window itself leaves it");
    assert_eq!(name(&Screen::Ready.after(capture())), "Ready", "a late frame is still ignored");
    let failed = trying().after(Progress::AttemptFailed(FailureView::Camera(CameraErrorKind::Busy)));
    assert!(matches!(failed, Screen::Camera { login: false, .. }) && !failed.is_login());
    assert_eq!(name(&failed.after(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)))), "Camera");
}

#[test]
fn only_screens_that_wait_for_the_user_change_at_once() {
    assert_eq!(name(&Screen::Consent(consent_request()).commanded(Command::Begin(ConsentText::default()))), "Capture");
    assert_eq!(name(&Screen::CannotTell(Inconclusive::TimeOver).commanded(Command::TryAgain)), "Capture");
    assert_eq!(name(&Screen::Consent(consent_request()).commanded(Command::NotMe)), "Consent");
    assert_eq!(name(&Screen::Sending { retrying: false }.commanded(Command::TryAgain)), "Sending");
}

#[test]
fn a_code_request_is_in_progress_until_answered() {
    let code = |screen: &Screen| if let Screen::Code(code) = screen { *code } else { panic!("{screen:?}") };
    let choose = Screen::Opening.after(Progress::Code(CodeStep::Choose));
    assert_eq!((code(&choose).channel, code(&choose).is_under_way), (None, false));
    assert_eq!(choose.escape(), Some(Command::GiveUp));
    let sending = choose.commanded(Command::SendCode(Fallback::Voice)).after(Progress::Waiting);
    let (shown, escape) = (code(&sending), sending.escape());
    assert_eq!((shown.channel, shown.is_under_way, shown.is_retrying), (Some(Fallback::Voice), true, true));
    assert_eq!(escape, Some(Command::Cancel), "a request in progress can be cancelled");
    let sent = sending.after(Progress::Code(CodeStep::Sent { attempts_left: 5 }));
    assert_eq!((code(&sent).channel, code(&sent).is_under_way), (Some(Fallback::Voice), false));
    assert_eq!(code(&sent).attempts_left, Some(5));
    let not_sent = Screen::Opening.after(Progress::Code(CodeStep::NotSent(CodeTrouble::Refused)));
    assert_eq!(code(&not_sent).attempts_left, None, "no code to enter yet");
    let digits = "123456".to_owned().try_into().unwrap();
    let checking = sent.commanded(Command::CheckCode(digits));
    assert!(code(&checking).is_under_way && checking.is_login() && !checking.shows_preview());
    let wrong = checking.after(Progress::Code(WRONG));
    assert_eq!((code(&wrong).step, code(&wrong).is_under_way, code(&wrong).is_retrying), (WRONG, false, false));
    let stuck = wrong.after(Progress::Code(CodeStep::NotChecked(CodeTrouble::Later)));
    assert_eq!((code(&stuck).attempts_left, code(&stuck).channel), (Some(4), Some(Fallback::Voice)), "unchanged");
    assert_eq!(name(&stuck.commanded(Command::TryAgain)), "Capture");
}

#[test]
fn another_code_can_be_requested_after_thirty_seconds() {
    let rows = [(None, 5.0, 0), (Some(5.0), 5.0, 30), (Some(5.0), 5.1, 30), (Some(5.0), 34.5, 1), (Some(5.0), 35.0, 0)];
    for (sent_at, now, seconds) in rows {
        assert_eq!(resend_secs(sent_at, now), seconds, "{sent_at:?} {now}");
    }
    assert_eq!(resend_secs(Some(1e9), 0.0), 30, "a clock that ran backward");
}

#[test]
fn escape_never_confirms() {
    let screens = [
        Screen::Opening,
        Screen::Consent(consent_request()),
        Screen::CannotTell(Inconclusive::TimeOver),
        Screen::Ready,
    ];
    for screen in screens {
        assert!(!matches!(screen.escape(), Some(Command::Begin(_) | Command::TryAgain)), "{screen:?}");
    }
}
