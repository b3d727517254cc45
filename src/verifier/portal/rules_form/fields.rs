//! How the form with an integration's options is shown: their labels, what each choice means, the errors of the input.

use maud::{Markup, html};

use super::RulesForm;
use crate::{
    AppState, DeviceRule, EnrolmentFlow, Transport,
    limits::Limits,
    portal::{
        html::{choices, described_by, field},
        thresholds,
    },
};
use countenance_core::protocol::{Fallback, KeyProtection};

// Sized by the enums, so that a new variant does not compile without a label.
const FLOWS: [(&str, &str); Transport::ALL.len()] =
    [("inline", "Inline: by a button on the page"), ("email", "Email: by a link sent to the account's address")];
// What each means against somebody who only has the password; none is chosen beforehand.
const ENROLMENT_FLOWS: [(&str, &str, &str); EnrolmentFlow::ALL.len()] = [
    (
        "inline",
        "Inline: whoever signs in, at once",
        "The easiest, and the weakest: somebody who only has the password of an account without a face enrolls their own.",
    ),
    (
        "email",
        "Email: by a link sent to the account's address",
        "Somebody who only has the password does not get the link, unless the same password opens the mailbox.",
    ),
    (
        "operator",
        "Operator: while an operator lets the user",
        "Somebody who only has the password is refused, except in the hours that an operator gives to that user.",
    ),
    (
        "attended",
        "Attended: at a kiosk, when a supervisor confirms it",
        "Somebody who only has the password has to come to a kiosk, where a supervisor looks who they are and confirms with a \
         number and PIN of their own. Without a supervisor nobody enrolls: see Supervisors.",
    ),
];
const FALLBACKS: [(&str, &str); 1 + Fallback::ALL.len()] =
    [("none", "None"), ("sms", "A code by text message"), ("voice", "A code by text message or by a call")];
const KEY_PROTECTIONS: [(&str, &str); KeyProtection::ALL.len()] = [
    ("file", "A file that only its owner can read"),
    ("os-keystore", "The operating system's key store, or a security chip"),
    ("tpm", "A security chip"),
];
const DEVICE_RULES: [(&str, &str); DeviceRule::ALL.len()] = [
    ("open", "Open: people's own devices, bound to their accounts, and kiosks"),
    ("code", "Registered: only kiosks, let in by a one-time code"),
];

impl RulesForm {
    /// The fields, without the enclosing form.
    pub(in crate::portal) fn html(&self, verifier: &AppState) -> Markup {
        let mail = if verifier.mailer().is_some() { "" } else { " This verifier has no mail server: choose Inline." };
        let codes = if verifier.codes().is_some() {
            "For an account with a phone, where a face cannot be shown."
        } else {
            "This verifier has no Twilio service: without one nobody is offered a code."
        };
        let policy = thresholds::read(&self.policy).ok();
        let without_effect = policy.map(|policy| thresholds::without_effect(&policy, verifier.policy()));
        html! {
            @if !self.errors.is_empty() {
                p.error role="alert" { "Nothing was saved: see the fields marked below." }
            }
            fieldset {
                legend { "Tenant" }
                (self.line("name", "Name", &self.name, "Shown to people where the tenant names no application."))
                (self.tick("enabled", "Enabled", self.enabled, "Off: no login begins and none is approved."))
                @let help = "The tenant's host name alone, such as example.eu.auth0.com.";
                (self.line("tenant_host", "Tenant domain", &self.tenant_host, help))
                @let help = "Further host names of the tenant, one a line.";
                (self.area("custom_domains", "Custom domains", &self.custom_domains, help))
            }
            fieldset {
                legend { "People" }
                @let help = "Off: an account without a template is refused.";
                (self.tick("self_enrolment", "Allow biometry self-enrolment", self.self_enrolment, help))
                @let help = "On: enrolling signs the person in with a second factor, so somebody who only has the password of \
                             an account without a face gets in with a face of their own. Off: enrolling ends without \
                             access, and the owner is told by mail; but such a person can sign in again with the face \
                             that they enrolled. What keeps them out is the flow below.";
                (self.tick("enrolment_counts", "Enrollment counts as a second factor", self.enrolment_counts, help))
                @let help = format!("Who may enroll a face for an account that has none.{mail}");
                @let choose = [("", "Choose …")].into_iter().filter(|_| self.enrolment_flow.is_empty());
                @let flows: Vec<_> = choose.chain(ENROLMENT_FLOWS.map(|(name, label, _)| (name, label))).collect();
                (self.list("enrolment_flow", "Self-enrolment flow", &flows, &self.enrolment_flow, &help))
                dl.help {
                    @for (_, label, meaning) in ENROLMENT_FLOWS { dt { (label) } dd { (meaning) } }
                }
                @let help = format!("How a person with a template comes to the client.{mail}");
                (self.list("verification_flow", "Verification flow", &FLOWS, &self.verification_flow, &help))
                @let help = "A face that was not used for so many days is deleted. 0: faces are kept as long as the account.";
                (self.line("retention_days", "Days a face is kept unused", &self.retention_days, help))
                (self.list("fallback", "Fallback", &FALLBACKS, &self.fallback, codes))
            }
            fieldset {
                legend { "Devices and captures" }
                (self.list("device_rule", "Device rule", &DEVICE_RULES, &self.device_rule, "A person enrolls with their own device, and further ones need an approval. A kiosk serves everybody."))
                @let help = "For tests only: whoever can play a recording gets in.";
                (self.tick("virtual_cameras", "Recordings and virtual cameras count", self.virtual_cameras, help))
                (self.line("attempts", "Captures per session", &self.attempts, "1 to 10."))
                @let help = "Such as 0.2.0. Sign-ins with an earlier client are refused, and its window asks for an update. \
                             The version is what the client says of itself. Empty: every version is accepted.";
                (self.line("client_version_min", "Minimum client version", &self.client_version_min, help))
                @let help = "Versions to shut out, separated by spaces, whatever the minimum: one with a fault, for example. \
                             A client that does not say its version is then refused too.";
                (self.line("client_versions_refused", "Refused client versions", &self.client_versions_refused, help))
                @let help = "By what a device says when it is registered: no chip vouches for it. Devices whose key is less \
                             protected are refused, those registered before too. Clients of today keep it in a file.";
                (self.list("key_protection_min", "Device key kept at least in", &KEY_PROTECTIONS, &self.key_protection_min, help))
                @let help = "On: at a kiosk, people may stand about 1.1 m away instead of 0.7 m. Their faces still need as \
                             many pixels as any other, so a kiosk needs a camera of 1280×720 or more. A desktop's client \
                             keeps its own distance. A minimum in the policy below still holds.";
                (self.tick("kiosk_distance", "Kiosk distance", self.kiosk_distance, help))
                @let help = "JSON of thresholds that are to be stricter than the service's, for example {\"liveness\": \
                             {\"threshold\": 2.0}}. Empty: the service's own. The names stand at /v1/policy.";
                (self.area("policy", "Policy", &self.policy, help))
                @for line in without_effect.iter().flatten() { p.warn { (line) } }
            }
            fieldset {
                legend { "Limits" }
                @for (limit, typed) in Limits::ALL.iter().zip(&self.limits) {
                    (self.line(limit.name, limit.label, typed, limit.help))
                }
            }
        }
    }

    fn line(&self, name: &str, label: &str, value: &str, help: &str) -> Markup {
        let (described_by, invalid) = self.marks(name);
        let input = html! {
            input id=(name) name=(name) value=(value) aria-describedby=(described_by) aria-invalid=[invalid];
        };
        self.field(name, label, &input, help)
    }

    fn area(&self, name: &str, label: &str, value: &str, help: &str) -> Markup {
        let (described_by, invalid) = self.marks(name);
        let rows = value.lines().count().clamp(2, 12) + 1;
        let input = html! {
            textarea id=(name) name=(name) rows=(rows) spellcheck="false" aria-describedby=(described_by)
                aria-invalid=[invalid] {
                // HTML drops a line feed after the start tag; without this one, an empty first line would be lost.
                "\n" (value)
            }
        };
        self.field(name, label, &input, help)
    }

    fn list(&self, name: &str, label: &str, options: &[(&str, &str)], chosen: &str, help: &str) -> Markup {
        let (described_by, invalid) = self.marks(name);
        let input = html! {
            select aria-describedby=(described_by) aria-invalid=[invalid] id=(name) name=(name) {
                (choices(options, chosen))
            }
        };
        self.field(name, label, &input, help)
    }

    fn tick(&self, name: &str, label: &str, ticked: bool, help: &str) -> Markup {
        let (described_by, invalid) = self.marks(name);
        html! {
            div class="field tick" {
                input id=(name) name=(name) type="checkbox" value="on" checked[ticked] aria-describedby=(described_by)
                    aria-invalid=[invalid];
                " "
                label for=(name) { (label) }
                p.help id={ (name) "-help" } { (help) }
            }
        }
    }

    fn field(&self, name: &str, label: &str, input: &Markup, help: &str) -> Markup {
        let errors: Vec<_> = self.errors_of(name).collect();
        let input = html! {
            (input)
            @if !errors.is_empty() { p.error id={ (name) "-error" } { (errors.join("; ")) } }
            p.help id={ (name) "-help" } { (help) }
        };
        field(name, label, &input)
    }

    fn errors_of(&self, field: &str) -> impl Iterator<Item = &str> {
        self.errors.iter().filter(move |(name, _)| *name == field).map(|(_, error)| error.as_str())
    }

    /// Values of `aria-describedby` and `aria-invalid` for a field.
    fn marks(&self, field: &str) -> (String, Option<&'static str>) {
        let wrong = self.errors_of(field).next().is_some();
        (described_by(field, wrong), wrong.then_some("true"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    #[test]
    fn accepts_every_option_it_offers() {
        assert_eq!(FLOWS.map(|(name, _)| name), Transport::ALL.map(Transport::name));
        assert_eq!(ENROLMENT_FLOWS.map(|(name, ..)| name), EnrolmentFlow::ALL.map(EnrolmentFlow::name));
        assert_eq!(KEY_PROTECTIONS.map(|(name, _)| name), KeyProtection::ALL.map(KeyProtection::name));
        assert_eq!(DEVICE_RULES.map(|(name, _)| name), DeviceRule::ALL.map(DeviceRule::name));
        for (fallback, _) in FALLBACKS {
            let mut form =
                RulesForm { fallback: fallback.to_owned(), ..RulesForm::of(&Rules::new("Payroll", "t.example")) };
            assert_eq!(form.rules().map(|rules| rules.fallback.map_or("none", Fallback::name)), Some(fallback));
        }
    }
}
