//! What a change of rules changed, for the audit log: each setting with its value before and after.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Rules;
use crate::limits::Limits;
use countenance_core::protocol::Fallback;

/// The settings that differ, such as `attempts: 5 → 3; policy.liveness.threshold: 1.2 → 1.5`; empty if none does.
pub(super) fn changes(before: &Rules, after: &Rules) -> String {
    let (before, after) = (settings(before), settings(after));
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let value = |settings: &BTreeMap<String, String>, name: &String| settings.get(name).cloned().unwrap_or_default();
    let changes = names.filter_map(|name| {
        let (before, after) = (value(&before, name), value(&after, name));
        (before != after).then(|| format!("{name}: {before} → {after}"))
    });
    changes.collect::<Vec<_>>().join("; ")
}

/// Each setting by its name, those of the policy by their path. None is a secret or personal data.
fn settings(rules: &Rules) -> BTreeMap<String, String> {
    // Without `..`, so that a new option does not compile until its changes are recorded.
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
    let refused: Vec<_> = client_versions_refused.iter().map(ToString::to_string).collect();
    let mut settings = BTreeMap::from(
        [
            ("name", format!("{name:?}")),
            ("enabled", enabled.to_string()),
            ("tenant_host", tenant_host.clone()),
            ("custom_domains", custom_domains.join(" ")),
            ("allow_self_enrolment", allow_self_enrolment.to_string()),
            ("enrolment_counts", enrolment_counts.to_string()),
            ("enrolment_flow", enrolment_flow.name().to_owned()),
            ("verification_flow", verification_flow.name().to_owned()),
            ("fallback", fallback.map_or("none", Fallback::name).to_owned()),
            ("allow_virtual_cameras", allow_virtual_cameras.to_string()),
            ("device_rule", device_rule.name().to_owned()),
            ("attempts", attempts.to_string()),
            ("retention_days", retention_days.to_string()),
            ("client_version_min", client_version_min.map_or_else(|| "none".to_owned(), |min| min.to_string())),
            ("client_versions_refused", refused.join(" ")),
            ("key_protection_min", key_protection_min.name().to_owned()),
            ("kiosk_distance", kiosk_distance.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    settings.extend(Limits::ALL.iter().map(|limit| (format!("limits.{}", limit.name), (limit.of)(limits).to_string())));
    // As text first, where a 32-bit number is shorter than as a 64-bit value. A policy always serializes.
    let policy = serde_json::to_string(policy).unwrap_or_default();
    flatten("policy", &serde_json::from_str(&policy).unwrap_or_default(), &mut settings);
    settings
}

fn flatten(path: &str, value: &Value, settings: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| flatten(&format!("{path}.{name}"), value, settings));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| flatten(&format!("{path}.{i}"), value, settings));
        }
        value => drop(settings.insert(path.to_owned(), value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_setting_that_differs() {
        let before = Rules::new("Payroll", "tenant.example");
        assert_eq!(changes(&before, &before), "");
        let mut after = Rules { attempts: 3, custom_domains: vec!["login.example".into()], ..before.clone() };
        after.policy.liveness.threshold = 1.5;
        assert_eq!(
            changes(&before, &after),
            format!(
                "attempts: 5 → 3; custom_domains:  → login.example; policy.liveness.threshold: {:?} → 1.5",
                before.policy.liveness.threshold
            )
        );
    }
}
