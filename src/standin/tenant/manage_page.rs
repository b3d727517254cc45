//! The page of `/manage`. Of secrets it shows only the length.

use maud::{Markup, html};

use super::{
    Action, Tenant,
    actions::Trigger,
    event::iso8601,
    manage::{ManageError, SETTINGS},
};

/// Maximum number of console and log lines shown.
const LINES_SHOWN: usize = 20;

/// The page's content.
pub(super) fn main(tenant: &Tenant, done: Option<&str>, fault: Option<(&str, &ManageError)>) -> Markup {
    let deployed = tenant.deployed();
    let (post_login, phone_provider) = (deployed.post_login.as_ref(), deployed.phone_provider.as_ref());
    let error = |form: &str| {
        html! {
            @if let Some((_, fault)) = fault.filter(|(place, _)| *place == form) {
                p.bad role="alert" { (fault) " Nothing was changed." }
            }
        }
    };
    html! {
        h1 { "Tenant settings" }
        p.soft { (tenant.origin()) ": a stand-in for Auth0's dashboard, on this machine only." }
        @if let Some(done) = done { p role="status" { (done) } }
        h2 { "Post-login Action" }
        (now(tenant, post_login))
        (error("post-login"))
        form method="post" action="/manage/post-login" {
            (files(tenant, Trigger::Execute, post_login))
            (settings(post_login))
            button { "Deploy" }
        }
        h2 { "Phone provider" }
        (now(tenant, phone_provider))
        (error("phone-provider"))
        form method="post" action="/manage/phone-provider" {
            (files(tenant, Trigger::CustomPhoneProvider, phone_provider))
            label {
                "Secrets, one NAME=value a line "
                textarea name="secrets" rows="5" autocomplete="off" spellcheck="false" {}
            }
            button { "Deploy" }
        }
        h2 { "Log stream" }
        p {
            @match &deployed.log_stream {
                Some(stream) => { "Set: " (stream.url.origin().ascii_serialization()) "." },
                None => "Not set.",
            }
        }
        (error("log-stream"))
        form method="post" action="/manage/log-stream" {
            label { "Address " input type="url" name="url" required; }
            label { "Authorization " input type="password" name="authorization" autocomplete="off" required; }
            button { "Save" }
        }
        (logins(tenant))
        (console(tenant))
    }
}

/// The deployed Action.
fn now(tenant: &Tenant, action: Option<&Action>) -> Markup {
    let Some(action) = action else { return html! { p { "None is deployed." } } };
    let name = tenant.config().library.as_ref().and_then(|library| library.name_of(&action.source));
    html! {
        p { "Deployed: " (name.unwrap_or("a file given at start")) "." }
        ul {
            @for (name, value) in &action.secrets {
                @let length = value.chars().count();
                li { (name) ": set, " (length) (if length == 1 { " character" } else { " characters" }) }
            }
        }
    }
}

/// The file selection for a trigger.
fn files(tenant: &Tenant, trigger: Trigger, action: Option<&Action>) -> Markup {
    let Some(library) = &tenant.config().library else { return Markup::default() };
    let current = action.and_then(|action| library.name_of(&action.source));
    html! {
        label {
            "File "
            select name="file" required {
                @for name in library.names(trigger.handler()) {
                    option value=(name) selected[Some(name) == current] { (name) }
                }
            }
        }
    }
}

/// The fields of the post-login Action. Unlike in Auth0's dashboard, values that are not actually secret are shown.
fn settings(action: Option<&Action>) -> Markup {
    let value = |name| action.and_then(|action| action.secrets.get(name)).map_or("", |value| value.as_str());
    let hint = |name| match name {
        "SESSION_SECRET" if !value(name).is_empty() => " (left empty, it stays)",
        "CONTINUE_ORIGIN" => " (may be empty; on this machine it is the tenant's own address)",
        "MAX_AGE" => " (may be empty; seconds that a face counts for in the same browser, 1 to 86400)",
        _ => "",
    };
    html! {
        @for name in SETTINGS {
            label {
                (name) (hint(name)) " "
                @match name {
                    "SESSION_SECRET" => input type="password" name=(name) autocomplete="off";,
                    "MODE" => select name=(name) {
                        @for mode in ["on-demand", "always"] {
                            option value=(mode) selected[mode == value(name)] { (mode) }
                        }
                    },
                    _ => input name=(name) value=(value(name)) autocomplete="off";,
                }
            }
        }
    }
}

/// The latest log events, newest first.
fn logins(tenant: &Tenant) -> Markup {
    let store = tenant.store();
    html! {
        h2 { "Logins" }
        @if store.recent.is_empty() {
            p { "Nobody has logged in yet." }
        } @else {
            ol #logins {
                @for event in store.recent.iter().take(LINES_SHOWN) {
                    li data-type=(event.kind) {
                        time { (iso8601(event.at)) } " " code { (event.kind) } " " (event.description) " "
                        span.soft { (event.user) " at " (event.client) }
                    }
                }
            }
        }
    }
}

/// The latest console lines of Actions, newest first.
fn console(tenant: &Tenant) -> Markup {
    let store = tenant.store();
    html! {
        h2 { "Console of the Actions" }
        @if store.console.is_empty() {
            p { "Nothing was written yet." }
        } @else {
            ol #console {
                @for line in store.console.iter().rev().take(LINES_SHOWN) {
                    li { code { (line) } }
                }
            }
        }
    }
}
