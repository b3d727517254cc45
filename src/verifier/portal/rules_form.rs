//! The form with an integration's options: parses and validates it, and shows it again with the input and its errors.

use maud::{Markup, html};

use super::{
    extract::Fields,
    html::{choices, described_by, field},
    thresholds,
};
use crate::{
    AppState, DeviceRule, EnrolmentFlow, Rules, RulesError, Transport,
    browser::pages::one_line,
    integration::REFUSED_VERSIONS_MAX,
    integration::RETENTION_MAX_DAYS,
    limits::{LIMIT_MAX, Limits},
    origin::is_host_name,
};
use countenance_core::protocol::{ClientVersion, Fallback, NoVersion};

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
        "Attended: at a kiosk, where staff are present",
        "Somebody who only has the password has to come to a kiosk, and staff see that it is not the owner.",
    ),
];
const FALLBACKS: [(&str, &str); 1 + Fallback::ALL.len()] =
    [("none", "None"), ("sms", "A code by text message"), ("voice", "A code by text message or by a call")];
const DEVICE_RULES: [(&str, &str); DeviceRule::ALL.len()] = [
    ("open", "Open: people's own devices, bound to their accounts, and kiosks"),
    ("code", "Registered: only kiosks, let in by a one-time code"),
];

/// The form's input.
#[expect(clippy::struct_excessive_bools, reason = "each is a checkbox")]
pub(super) struct RulesForm {
    name: String,
    enabled: bool,
    tenant_host: String,
    custom_domains: String,
    self_enrolment: bool,
    enrolment_counts: bool,
    enrolment_flow: String,
    verification_flow: String,
    fallback: String,
    device_rule: String,
    virtual_cameras: bool,
    attempts: String,
    retention_days: String,
    /// As typed, in the order of [`Limits::ALL`].
    limits: Vec<String>,
    client_version_min: String,
    client_versions_refused: String,
    policy: String,
    /// Field name and error message.
    errors: Vec<(&'static str, String)>,
}

impl RulesForm {
    /// The form for a new integration, with the default options where there are any.
    pub(super) fn fresh() -> Self {
        // Who may enroll is for the operator to decide: no default would suit everybody.
        Self { enrolment_flow: String::new(), ..Self::of(&Rules::new("", "")) }
    }

    /// The form for an existing integration.
    pub(super) fn of(rules: &Rules) -> Self {
        // Without `..`, so that a new option does not compile until it is shown.
        let Rules {
            name,
            enabled,
            tenant_host,
            custom_domains,
            allow_self_enrolment,
            enrolment_counts,
            enrolment_flow,
            verification_flow,
            fallback,
            allow_virtual_cameras,
            device_rule,
            attempts,
            retention_days,
            limits,
            client_version_min,
            client_versions_refused,
            policy,
        } = rules;
        Self {
            name: name.clone(),
            enabled: *enabled,
            tenant_host: tenant_host.clone(),
            custom_domains: custom_domains.join("\n"),
            self_enrolment: *allow_self_enrolment,
            enrolment_counts: *enrolment_counts,
            enrolment_flow: enrolment_flow.name().to_owned(),
            verification_flow: verification_flow.name().to_owned(),
            fallback: fallback.map_or("none", Fallback::name).to_owned(),
            device_rule: device_rule.name().to_owned(),
            virtual_cameras: *allow_virtual_cameras,
            attempts: attempts.to_string(),
            retention_days: retention_days.to_string(),
            limits: Limits::ALL.iter().map(|limit| (limit.of)(limits).to_string()).collect(),
            client_version_min: client_version_min.map(|version| version.to_string()).unwrap_or_default(),
            client_versions_refused: client_versions_refused
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" "),
            policy: thresholds::write(policy),
            errors: Vec::new(),
        }
    }

    /// The form as submitted.
    pub(super) fn read(fields: &Fields) -> Self {
        let typed = |name| fields.get(name).trim().to_owned();
        Self {
            name: typed("name"),
            enabled: fields.ticked("enabled"),
            tenant_host: typed("tenant_host"),
            custom_domains: typed("custom_domains"),
            self_enrolment: fields.ticked("self_enrolment"),
            enrolment_counts: fields.ticked("enrolment_counts"),
            enrolment_flow: typed("enrolment_flow"),
            verification_flow: typed("verification_flow"),
            fallback: typed("fallback"),
            device_rule: typed("device_rule"),
            virtual_cameras: fields.ticked("virtual_cameras"),
            attempts: typed("attempts"),
            retention_days: typed("retention_days"),
            limits: Limits::ALL.iter().map(|limit| typed(limit.name)).collect(),
            client_version_min: typed("client_version_min"),
            client_versions_refused: typed("client_versions_refused"),
            policy: typed("policy"),
            errors: Vec::new(),
        }
    }

    /// The options if all fields are valid; otherwise `None`, and each invalid field has an error.
    pub(super) fn rules(&mut self) -> Option<Rules> {
        let mut errors = Vec::new();
        if self.name.is_empty() || one_line(&self.name) != self.name {
            errors.push(("name", RulesError::Name.to_string()));
        }
        let custom_domains: Vec<String> = self
            .custom_domains
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|d| !d.is_empty())
            .map(str::to_owned)
            .collect();
        let own = std::iter::once(("tenant_host", &self.tenant_host));
        for (field, host) in own.chain(custom_domains.iter().map(|host| ("custom_domains", host))) {
            if !is_host_name(host) {
                errors.push((field, host_words(host)));
            }
        }
        let enrolment_flow = EnrolmentFlow::named(&self.enrolment_flow);
        if enrolment_flow.is_none() {
            errors.push(("enrolment_flow", "choose who may enroll".to_owned()));
        }
        let verification_flow = Transport::named(&self.verification_flow);
        if verification_flow.is_none() {
            errors.push(("verification_flow", "choose Inline or Email".to_owned()));
        }
        let fallback = Fallback::named(&self.fallback);
        if fallback.is_none() && self.fallback != "none" {
            errors.push(("fallback", "choose none, text message or call".to_owned()));
        }
        let device_rule = DeviceRule::named(&self.device_rule).unwrap_or_else(|| {
            errors.push(("device_rule", "choose open or registered".to_owned()));
            DeviceRule::Code
        });
        let attempts = self.attempts.parse().unwrap_or_default();
        if !(1..=10).contains(&attempts) {
            errors.push(("attempts", "a session takes 1 to 10 captures".to_owned()));
        }
        let retention_days = self.retention_days.parse().ok().filter(|days| *days <= RETENTION_MAX_DAYS);
        if retention_days.is_none() {
            errors.push(("retention_days", RulesError::Retention.to_string()));
        }
        let mut limits = Limits::default();
        for (limit, typed) in Limits::ALL.iter().zip(&self.limits) {
            let number = typed.parse().ok().filter(|number| (1..=LIMIT_MAX).contains(number));
            match number {
                Some(number) => *(limit.of_mut)(&mut limits) = number,
                None => errors.push((limit.name, RulesError::Limit.to_string())),
            }
        }
        let mut read = |field, text: &str| {
            versions(text).unwrap_or_else(|NoVersion| {
                errors.push((field, NoVersion.to_string()));
                Vec::new()
            })
        };
        let client_version_min = read("client_version_min", &self.client_version_min);
        let client_versions_refused = read("client_versions_refused", &self.client_versions_refused);
        if client_version_min.len() > 1 {
            errors.push(("client_version_min", "a single version".to_owned()));
        }
        if client_versions_refused.len() > REFUSED_VERSIONS_MAX {
            errors.push(("client_versions_refused", RulesError::Versions.to_string()));
        }
        let policy = thresholds::read(&self.policy).map_err(|error| errors.push(("policy", error.to_string())));
        self.errors = errors;
        let (Some(enrolment_flow), Some(verification_flow), Some(retention_days), Ok(policy), true) =
            (enrolment_flow, verification_flow, retention_days, policy, self.errors.is_empty())
        else {
            return None;
        };
        Some(Rules {
            name: self.name.clone(),
            enabled: self.enabled,
            tenant_host: self.tenant_host.clone(),
            custom_domains,
            allow_self_enrolment: self.self_enrolment,
            enrolment_counts: self.enrolment_counts,
            enrolment_flow,
            verification_flow,
            fallback,
            allow_virtual_cameras: self.virtual_cameras,
            device_rule,
            attempts,
            retention_days,
            limits,
            client_version_min: client_version_min.first().copied(),
            client_versions_refused,
            policy,
        })
    }

    /// The fields, without the enclosing form.
    pub(super) fn html(&self, verifier: &AppState) -> Markup {
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

fn versions(text: &str) -> Result<Vec<ClientVersion>, NoVersion> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|text| !text.is_empty()).map(str::parse).collect()
}

fn host_words(host: &str) -> String {
    if host.is_empty() {
        "the tenant's host name is needed".to_owned()
    } else {
        RulesError::Host { host: host.to_owned() }.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_every_option_it_offers() {
        assert_eq!(FLOWS.map(|(name, _)| name), Transport::ALL.map(Transport::name));
        assert_eq!(ENROLMENT_FLOWS.map(|(name, ..)| name), EnrolmentFlow::ALL.map(EnrolmentFlow::name));
        assert_eq!(DEVICE_RULES.map(|(name, _)| name), DeviceRule::ALL.map(DeviceRule::name));
        for (fallback, _) in FALLBACKS {
            let mut form =
                RulesForm { fallback: fallback.to_owned(), ..RulesForm::of(&Rules::new("Payroll", "t.example")) };
            assert_eq!(form.rules().map(|rules| rules.fallback.map_or("none", Fallback::name)), Some(fallback));
        }
    }
}
