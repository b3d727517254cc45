//! The form with an integration's options: parses and validates it. [`fields`] shows it with its input and errors.

mod fields;

use super::{extract::Fields, thresholds};
use crate::{
    DeviceRule, EnrolmentFlow, Rules, RulesError, Transport,
    browser::pages::one_line,
    integration::REFUSED_VERSIONS_MAX,
    integration::RETENTION_MAX_DAYS,
    limits::{LIMIT_MAX, Limits},
    origin::is_host_name,
};
use countenance_core::protocol::{ClientVersion, Fallback, KeyProtection, NoVersion};

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
    key_protection_min: String,
    kiosk_distance: bool,
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
            key_protection_min,
            kiosk_distance,
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
            key_protection_min: key_protection_min.name().to_owned(),
            kiosk_distance: *kiosk_distance,
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
            key_protection_min: typed("key_protection_min"),
            kiosk_distance: fields.ticked("kiosk_distance"),
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
        let key_protection_min = KeyProtection::named(&self.key_protection_min);
        if key_protection_min.is_none() {
            errors.push(("key_protection_min", "choose how the key must be protected".to_owned()));
        }
        let policy = thresholds::read(&self.policy).map_err(|error| errors.push(("policy", error.to_string())));
        self.errors = errors;
        let (Some(enrolment_flow), Some(verification_flow), Some(retention_days)) =
            (enrolment_flow, verification_flow, retention_days)
        else {
            return None;
        };
        let (Some(key_protection_min), Ok(policy), true) = (key_protection_min, policy, self.errors.is_empty()) else {
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
            key_protection_min,
            kiosk_distance: self.kiosk_distance,
            policy,
        })
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
