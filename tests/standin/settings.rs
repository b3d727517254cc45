//! Invalid settings of the customer's Action: no sign-in starts or completes with them.

use countenance_standin::tenant::actions::Trigger;

use super::action::{action, event, leg};

#[test]
fn a_missing_or_malformed_setting_denies_access() {
    for (name, setting, value) in [
        ("no secret", "SESSION_SECRET", ""),
        ("a short secret", "SESSION_SECRET", "thirty-one characters are short"),
        ("an unreplaced keyword", "SESSION_SECRET", "@@COUNTENANCE_PRODUCTION_SESSION_SECRET@@"),
        ("an unreplaced keyword of the other kind", "SESSION_SECRET", "##COUNTENANCE_PRODUCTION_SESSION_SECRET##"),
        ("an unreplaced placeholder", "SESSION_SECRET", "REPLACE_ME_BY_THE_SECRET_FROM_THE_PORTAL"),
        ("no age", "MAX_AGE", "0"),
        ("an age over a day", "MAX_AGE", "86401"),
        ("an age in words", "MAX_AGE", "an hour"),
        ("no integration", "INTEGRATION_ID", ""),
        ("no verifier", "VERIFIER_ORIGIN", ""),
        ("verifier over plain HTTP", "VERIFIER_ORIGIN", "http://verifier.example.com"),
        ("verifier with a path", "VERIFIER_ORIGIN", "https://verifier.example.com/"),
        ("verifier that only looks local", "VERIFIER_ORIGIN", "http://localhost.example.com"),
        ("verifier with credentials", "VERIFIER_ORIGIN", "https://a@verifier.example.com"),
        ("verifier as script", "VERIFIER_ORIGIN", "javascript:alert(1)"),
        ("return over plain HTTP", "CONTINUE_ORIGIN", "http://login.example.com"),
        ("no mode", "MODE", ""),
    ] {
        for trigger in [Trigger::Execute, Trigger::Continue] {
            let effects = leg(action("always").secret(setting, value), trigger, event(&[]));
            assert_eq!(effects.denied.as_deref(), Some("countenance_configuration_error"), "{name}, {trigger:?}");
            assert_eq!(effects.redirect, None, "{name}");
        }
    }
}
