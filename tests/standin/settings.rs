//! Invalid settings of the customer's Action: no login starts or completes with them.

use countenance_standin::tenant::actions::Trigger;

use super::action::{action, event, leg};

#[test]
fn a_setting_that_is_missing_or_malformed_denies() {
    for (name, setting, value) in [
        ("no secret", "SESSION_SECRET", ""),
        ("a short secret", "SESSION_SECRET", "thirty-one characters are short"),
        ("a keyword that nobody replaced", "SESSION_SECRET", "@@COUNTENANCE_PRODUCTION_SESSION_SECRET@@"),
        ("the other kind of keyword", "SESSION_SECRET", "##COUNTENANCE_PRODUCTION_SESSION_SECRET##"),
        ("a text to be replaced", "SESSION_SECRET", "REPLACE_ME_BY_THE_SECRET_FROM_THE_PORTAL"),
        ("no age", "MAX_AGE", "0"),
        ("an age over a day", "MAX_AGE", "86401"),
        ("an age in words", "MAX_AGE", "an hour"),
        ("no integration", "INTEGRATION_ID", ""),
        ("no verifier", "VERIFIER_ORIGIN", ""),
        ("verifier in the clear", "VERIFIER_ORIGIN", "http://verifier.example.com"),
        ("verifier with a path", "VERIFIER_ORIGIN", "https://verifier.example.com/"),
        ("verifier that only looks local", "VERIFIER_ORIGIN", "http://localhost.example.com"),
        ("verifier with credentials", "VERIFIER_ORIGIN", "https://a@verifier.example.com"),
        ("script", "VERIFIER_ORIGIN", "javascript:alert(1)"),
        ("return in the clear", "CONTINUE_ORIGIN", "http://login.example.com"),
        ("no mode", "MODE", ""),
    ] {
        for trigger in [Trigger::Execute, Trigger::Continue] {
            let effects = leg(action("always").secret(setting, value), trigger, event(&[]));
            assert_eq!(effects.denied.as_deref(), Some("countenance_configuration_error"), "{name}, {trigger:?}");
            assert_eq!(effects.redirect, None, "{name}");
        }
    }
}
