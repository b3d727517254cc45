//! `/portal/integrations/{id}/check`: setup check. Lists what is missing before an integration works; each row
//! describes a finding and, if something is wrong, what to do about it.

use axum::extract::Path;
use maud::{Markup, Render, html};

use super::{
    extract::{OperatorSession, PortalError},
    html::{moment, table},
    page::PortalPage,
    thresholds,
};
use crate::{
    DeviceRule, EnrolmentFlow, Rules, Transport,
    store::{LastSetupEvent, SetupEvent},
};
use countenance_core::{clock::UnixSecs, protocol::Purpose};

/// How far a tenant's clock may be ahead without a warning, seconds. An arbitrary choice.
const AHEAD_SECS: i64 = 5;
/// How far a tenant's clock may be behind without a warning, seconds. More than [`AHEAD_SECS`], because a token is read
/// some time after it was issued, and later if the user waits.
const BEHIND_SECS: i64 = 30;

/// What Auth0 itself says about a browser that went back with the answer to another sign-in. The verifier does not learn of
/// it: the browser has left.
const STATE_MISMATCH: &str = "If Auth0 then shows “State in the token does not match the /continue state”, the browser came \
                              back to another login than the one that the token is for: two were begun in one browser, an \
                              old page was opened again, or CONTINUE_ORIGIN names another tenant. Begin one login anew; if \
                              it happens to everyone, compare CONTINUE_ORIGIN with the tenant's domain.";

/// State of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// It works, but may be unintended.
    Review,
    Bad,
    /// No data yet.
    Open,
}

/// A row: subject, state, and a description with what to do.
struct Finding {
    what: &'static str,
    state: State,
    words: Markup,
}

impl Finding {
    fn new(what: &'static str, state: State, words: &(impl Render + ?Sized)) -> Self {
        Self { what, state, words: words.render() }
    }
}

/// Facts besides the rules and the setup events.
struct SetupFacts {
    mailer: bool,
    codes: bool,
    phones: i64,
    devices: bool,
    supervisors: u32,
    without_effect: Vec<String>,
}

/// The page.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let verifier = &session.verifier;
    let mut tx = verifier.store().read().await?;
    let rules = session.integration(&mut tx, &id).await?.rules;
    let around = SetupFacts {
        mailer: verifier.mailer().is_some(),
        codes: verifier.codes().is_some(),
        phones: tx.phones(&id).await?,
        devices: !tx.devices(&id, "", 1).await?.is_empty(),
        supervisors: tx.count_supervisors(&id).await?,
        without_effect: thresholds::without_effect(&rules.policy, verifier.policy()),
    };
    let seen = tx.setup_events(&id).await?;
    let findings = seen_findings(&seen).into_iter().chain(option_findings(&rules, &around));
    let rows: Vec<_> = findings
        .map(|finding| {
            let (class, words) = match finding.state {
                State::Good => ("good", "In order"),
                State::Review => ("review", "Review"),
                State::Bad => ("bad", "To do"),
                State::Open => ("open", "Not seen yet"),
            };
            let state = html! { span class={ "state " (class) } { (words) } };
            vec![finding.what.render(), state, finding.words]
        })
        .collect();
    let title = format!("Set-up check of {}", rules.name);
    let body = table("What was seen and what is set", &["What", "State", "What it means, and what to do"], &rows);
    Ok(session.page("portal-check", title, body).of_integration(&id, &rules.name))
}

/// Findings from the sign-ins and log events received so far.
fn seen_findings(seen: &[LastSetupEvent]) -> Vec<Finding> {
    let last = |what| seen.iter().find(|event| event.what == what);
    let started = last(SetupEvent::Start);
    vec![
        match started {
            Some(start) => {
                Finding::new("Action", State::Good, &html! { "The last login began " (moment(start.at)) "." })
            }
            None => Finding::new(
                "Action",
                State::Open,
                "No login has begun. Put the four secrets into the Action, add it to the post-login flow, deploy it, and sign \
                 in to an application of the tenant.",
            ),
        },
        refusal(last(SetupEvent::StartRefused), started.map(|start| start.at)),
        clock(started, last(SetupEvent::StartRefused)),
        match last(SetupEvent::Returned) {
            Some(back) => {
                let words = html! {
                    "The last browser went back " (moment(back.at)) ": " (back.detail) ". " (STATE_MISMATCH)
                };
                Finding::new("Way back", State::Good, &words)
            }
            None => Finding::new(
                "Way back",
                State::Open,
                "No browser has gone back to the tenant. Finish a login in the browser in which it was begun.",
            ),
        },
        match last(SetupEvent::LogEvent) {
            Some(event) => {
                Finding::new("Log stream", State::Good, &html! { "It last delivered " (moment(event.at)) "." })
            }
            None => Finding::new(
                "Log stream",
                State::Open,
                "None has delivered. It is needed only where the tenant sends codes through Twilio itself: see Options and \
                 secrets.",
            ),
        },
    ]
}

/// The last rejected start, explained by the name of the page that was shown.
fn refusal(refused: Option<&LastSetupEvent>, started_at: Option<UnixSecs>) -> Finding {
    const WHAT: &str = "Refused logins";
    let Some(refused) = refused else { return Finding::new(WHAT, State::Good, "No login was refused at its start.") };
    let why = match refused.detail.as_str() {
        "token-signature" => {
            "it was not signed by this integration's Session Secret. Put the secret into SESSION_SECRET again, or make a new \
             one under Options and secrets"
        }
        "token-not-now" => {
            "its token is dated in the future, or lives longer than an hour. Set the clock, or SESSION_SECS"
        }
        "token-expired" => "its token was past its time: the person waited too long, or a clock is off",
        "token-other-tenant" => "it came from a tenant whose domain is not set here. Add it under Options and secrets",
        "token-foreign-continue" => {
            "it was to continue at an address that is not the tenant's. Add the custom domain under Options and secrets"
        }
        "token-used" => {
            "its address was opened a second time: somebody reloaded the page or went back. No harm is done"
        }
        "integration-disabled" => "the integration was switched off",
        _ => "of what the page of this name says",
    };
    let over = started_at.is_some_and(|at| at > refused.at);
    let since = if over { " Since then logins have begun." } else { "" };
    let words = html! {
        "The last refusal was " (moment(refused.at)) ": " (why) " (" code { (refused.detail) } ")." (since)
    };
    Finding::new(WHAT, if over || refused.detail == "token-used" { State::Review } else { State::Bad }, &words)
}

/// How far the tenant's clock and ours differ.
fn clock(started: Option<&LastSetupEvent>, refused: Option<&LastSetupEvent>) -> Finding {
    const WHAT: &str = "Clock";
    if let Some(refused) = refused.filter(|refused| refused.detail == "token-not-now")
        && started.is_none_or(|start| start.at < refused.at)
    {
        let words = "The last token was dated in the future, or too long-lived: the clocks of tenant and verifier differ \
                         by more than a minute. Set this machine's clock by NTP.";
        return Finding::new(WHAT, State::Bad, words);
    }
    let Some(ahead) = started.and_then(|start| start.detail.parse::<i64>().ok()) else {
        return Finding::new(WHAT, State::Open, "It is known from the first login on.");
    };
    match ahead {
        ..0 if ahead < -BEHIND_SECS => Finding::new(
            WHAT,
            State::Review,
            &format!(
                "The last login was dated {} seconds before it came here. Somebody waited, or this machine's clock is ahead of \
                 the tenant's: set it by NTP.",
                -ahead
            ),
        ),
        ..=0 => Finding::new(WHAT, State::Good, &format!("The last login came {} seconds after it was dated.", -ahead)),
        1..=AHEAD_SECS => {
            Finding::new(WHAT, State::Good, &format!("The tenant's clock is {ahead} seconds ahead of ours."))
        }
        _ => Finding::new(
            WHAT,
            State::Review,
            &format!(
                "The tenant's clock is {ahead} seconds ahead of ours; from 60 on no login begins. Set this machine's clock by \
                 NTP."
            ),
        ),
    }
}

/// Findings from the options and the verifier's configuration.
fn option_findings(rules: &Rules, around: &SetupFacts) -> Vec<Finding> {
    let mut found = vec![if rules.enabled {
        Finding::new("Enabled", State::Good, "The integration is on.")
    } else {
        Finding::new(
            "Enabled",
            State::Bad,
            "The integration is off: no login begins. Switch it on under Options and secrets.",
        )
    }];
    if rules.fallback.is_some() {
        found.push(match (around.codes, around.phones) {
            (false, _) => Finding::new(
                "Fallback",
                State::Bad,
                "A fallback is set, but this verifier has no Twilio service: nobody is offered a code. Start the verifier with \
                 one, or choose no fallback.",
            ),
            (true, 0) => Finding::new(
                "Fallback",
                State::Review,
                "No account has a phone set here: only those whose tenant sends a verified phone number are offered a code.",
            ),
            (true, phones) => {
                Finding::new("Fallback", State::Good, &format!("{phones} accounts have a phone set here."))
            }
        });
    }
    if rules.allow_self_enrolment && rules.enrolment_flow == EnrolmentFlow::Inline {
        found.push(Finding::new(
            "Enrollment",
            State::Review,
            "Whoever signs in first enrolls the face: for an account without one, the password is enough. Choose another \
             self-enrolment flow if that is too little.",
        ));
    }
    if rules.allow_self_enrolment && rules.enrolment_flow == EnrolmentFlow::Attended && !around.devices {
        found.push(Finding::new(
            "Enrollment",
            State::Bad,
            "Faces are enrolled at kiosks only, and none is registered. Make a one-time code under Devices.",
        ));
    }
    if rules.allow_self_enrolment && rules.enrolment_flow == EnrolmentFlow::Attended {
        found.push(match around.supervisors {
            0 => Finding::new(
                "Supervisors",
                State::Bad,
                "A supervisor confirms each enrollment, and there is none: nobody can enroll. Add one under Supervisors.",
            ),
            number => Finding::new("Supervisors", State::Good, &format!("{number} may confirm enrollments.")),
        });
    }
    if rules.flow(Purpose::Enroll) == Transport::Email || rules.verification_flow == Transport::Email {
        found.push(if around.mailer {
            Finding::new("Mail", State::Good, "Links are sent by this verifier's mail server.")
        } else {
            Finding::new(
                "Mail",
                State::Bad,
                "A flow goes by mail, but this verifier has no mail server. Start the verifier with one, or choose Inline.",
            )
        });
    }
    if rules.device_rule == DeviceRule::Code && !around.devices {
        found.push(Finding::new(
            "Devices",
            State::Bad,
            "Only registered devices may open sessions, and none is registered. Make a one-time code under Devices.",
        ));
    }
    if rules.allow_virtual_cameras {
        found.push(Finding::new(
            "Cameras",
            State::Review,
            "Recordings and virtual cameras count: whoever can play a recording gets in. For tests only.",
        ));
    }
    found.push(if around.without_effect.is_empty() {
        Finding::new("Policy", State::Good, "No threshold is looser than this service's.")
    } else {
        Finding::new("Policy", State::Review, &around.without_effect.join(" "))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup_event(what: SetupEvent, at: UnixSecs, detail: &str) -> LastSetupEvent {
        LastSetupEvent { what, at, detail: detail.to_owned() }
    }

    #[test]
    fn the_clock_state_follows_the_last_sign_in() {
        for (detail, state) in [
            ("0", State::Good),
            ("-2", State::Good),
            ("-30", State::Good),
            ("-31", State::Review),
            ("5", State::Good),
            ("6", State::Review),
            ("60", State::Review),
            ("?", State::Open),
        ] {
            assert_eq!(clock(Some(&setup_event(SetupEvent::Start, 1, detail)), None).state, state, "{detail}");
        }
        let refused = setup_event(SetupEvent::StartRefused, 2, "token-not-now");
        assert_eq!(clock(None, Some(&refused)).state, State::Bad);
        assert_eq!(clock(Some(&setup_event(SetupEvent::Start, 1, "0")), Some(&refused)).state, State::Bad);
        assert_eq!(clock(Some(&setup_event(SetupEvent::Start, 3, "0")), Some(&refused)).state, State::Good);
    }

    #[test]
    fn the_way_back_names_what_auth0_says() {
        let back = setup_event(SetupEvent::Returned, 1, "approved");
        let found = seen_findings(&[back]);
        let finding = found.iter().find(|finding| finding.what == "Way back").unwrap();
        assert!(finding.words.0.contains("State in the token does not match"), "{}", finding.words.0);
    }

    #[test]
    fn a_refusal_needs_action_until_a_sign_in_starts() {
        let refused = setup_event(SetupEvent::StartRefused, 5, "token-signature");
        assert_eq!(refusal(None, None).state, State::Good);
        assert_eq!(refusal(Some(&refused), None).state, State::Bad);
        assert_eq!(refusal(Some(&refused), Some(4)).state, State::Bad);
        assert_eq!(refusal(Some(&refused), Some(6)).state, State::Review);
        assert!(refusal(Some(&refused), None).words.0.contains("SESSION_SECRET"));
    }

    #[test]
    fn reports_each_option_that_cannot_work() {
        let nothing = || SetupFacts {
            mailer: false,
            codes: false,
            phones: 0,
            devices: false,
            supervisors: 0,
            without_effect: Vec::new(),
        };
        let plain = Rules::new("Payroll", "tenant.example");
        let by_operator = Rules { enrolment_flow: EnrolmentFlow::Operator, ..plain.clone() };
        assert!(option_findings(&by_operator, &nothing()).iter().all(|f| f.state == State::Good));
        for (what, rules, around, state) in [
            ("Enabled", Rules { enabled: false, ..plain.clone() }, nothing(), State::Bad),
            (
                "Fallback",
                Rules { fallback: Some(countenance_core::protocol::Fallback::Sms), ..plain.clone() },
                nothing(),
                State::Bad,
            ),
            (
                "Fallback",
                Rules { fallback: Some(countenance_core::protocol::Fallback::Sms), ..plain.clone() },
                SetupFacts { codes: true, ..nothing() },
                State::Review,
            ),
            ("Enrollment", plain.clone(), nothing(), State::Review),
            ("Enrollment", Rules { enrolment_flow: EnrolmentFlow::Attended, ..plain.clone() }, nothing(), State::Bad),
            ("Supervisors", Rules { enrolment_flow: EnrolmentFlow::Attended, ..plain.clone() }, nothing(), State::Bad),
            (
                "Supervisors",
                Rules { enrolment_flow: EnrolmentFlow::Attended, ..plain.clone() },
                SetupFacts { supervisors: 2, ..nothing() },
                State::Good,
            ),
            ("Mail", Rules { enrolment_flow: EnrolmentFlow::Email, ..plain.clone() }, nothing(), State::Bad),
            (
                "Mail",
                Rules { verification_flow: Transport::Email, ..plain.clone() },
                SetupFacts { mailer: true, ..nothing() },
                State::Good,
            ),
            ("Devices", Rules { device_rule: DeviceRule::Code, ..plain.clone() }, nothing(), State::Bad),
            ("Cameras", Rules { allow_virtual_cameras: true, ..plain.clone() }, nothing(), State::Review),
            ("Policy", plain.clone(), SetupFacts { without_effect: vec!["<x>".into()], ..nothing() }, State::Review),
        ] {
            let found = option_findings(&rules, &around);
            let finding = found.iter().find(|f| f.what == what).unwrap();
            assert_eq!(finding.state, state, "{what}");
            assert!(!finding.words.0.contains("<x>"), "{what}");
        }
    }
}
