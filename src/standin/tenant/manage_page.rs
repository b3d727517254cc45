//! What `/manage` shows. Secrets are told by their length alone.

use std::fmt::Write;

use super::{
    Action, Tenant,
    actions::Trigger,
    event::iso8601,
    manage::{ManageError, SETTINGS},
};
use crate::web::escape;

/// Most lines of console and log shown.
const LINES_SHOWN: usize = 20;

/// The page's content.
pub(super) fn main(tenant: &Tenant, done: Option<&str>, fault: Option<(&str, &ManageError)>) -> String {
    let deployed = tenant.deployed();
    let told = |form: &str| match fault {
        Some((place, fault)) if place == form => {
            format!("<p class=\"bad\" role=\"alert\">{} Nothing was changed.</p>\n", escape(&fault.to_string()))
        }
        _ => String::new(),
    };
    let done = done.map_or_else(String::new, |text| format!("<p role=\"status\">{}</p>\n", escape(text)));
    let stream = deployed.log_stream.as_ref().map_or_else(
        || "Not set.".to_owned(),
        |stream| format!("Set: {}.", escape(&stream.url.origin().ascii_serialization())),
    );
    format!(
        "<h1>Tenant settings</h1>\n<p class=\"soft\">{origin}: a stand-in for Auth0's dashboard, on this machine only.</p>\n\
         {done}\
         <h2>Post-login Action</h2>\n{post_login_now}{post_login_fault}\
         <form method=\"post\" action=\"/manage/post-login\">\n{post_login_files}{settings}<button>Deploy</button>\n</form>\n\
         <h2>Phone provider</h2>\n{phone_now}{phone_fault}\
         <form method=\"post\" action=\"/manage/phone-provider\">\n{phone_files}\
         <label>Secrets, one NAME=value a line\n<textarea name=\"secrets\" rows=\"5\" autocomplete=\"off\" \
         spellcheck=\"false\"></textarea></label>\n<button>Deploy</button>\n</form>\n\
         <h2>Log stream</h2>\n<p>{stream}</p>\n{stream_fault}\
         <form method=\"post\" action=\"/manage/log-stream\">\n\
         <label>Address <input type=\"url\" name=\"url\" required></label>\n\
         <label>Authorization <input type=\"password\" name=\"authorization\" autocomplete=\"off\" required></label>\n\
         <button>Save</button>\n</form>\n\
         {logins}{console}",
        origin = escape(tenant.origin()),
        post_login_now = now(tenant, deployed.post_login.as_ref()),
        post_login_fault = told("post-login"),
        post_login_files = files(tenant, Trigger::Execute, deployed.post_login.as_ref()),
        settings = settings(deployed.post_login.as_ref()),
        phone_now = now(tenant, deployed.phone_provider.as_ref()),
        phone_fault = told("phone-provider"),
        phone_files = files(tenant, Trigger::CustomPhoneProvider, deployed.phone_provider.as_ref()),
        stream_fault = told("log-stream"),
        logins = logins(tenant),
        console = console(tenant),
    )
}

/// What is deployed now.
fn now(tenant: &Tenant, action: Option<&Action>) -> String {
    let Some(action) = action else { return "<p>None is deployed.</p>\n".to_owned() };
    let name = tenant.config().library.as_ref().and_then(|library| library.name_of(&action.source));
    let mut html = format!("<p>Deployed: {}.</p>\n<ul>\n", escape(name.unwrap_or("a file given at start")));
    for (name, value) in &action.secrets {
        let length = value.chars().count();
        let unit = if length == 1 { "character" } else { "characters" };
        // Writing to a String cannot fail.
        writeln!(html, "<li>{}: set, {length} {unit}</li>", escape(name)).ok();
    }
    html + "</ul>\n"
}

/// The choice of files for a trigger.
fn files(tenant: &Tenant, trigger: Trigger, action: Option<&Action>) -> String {
    let Some(library) = &tenant.config().library else { return String::new() };
    let current = action.and_then(|action| library.name_of(&action.source));
    let mut html = "<label>File <select name=\"file\" required>\n".to_owned();
    for name in library.names(trigger.handler()) {
        let selected = if Some(name) == current { " selected" } else { "" };
        let name = escape(name);
        writeln!(html, "<option value=\"{name}\"{selected}>{name}</option>").ok();
    }
    html + "</select></label>\n"
}

/// The fields of the post-login Action. What is no secret by nature is shown again, as Auth0's dashboard would not.
fn settings(action: Option<&Action>) -> String {
    let mut html = String::new();
    for name in SETTINGS {
        let value = action.and_then(|action| action.secrets.get(name)).map_or("", |value| value.as_str());
        let field = match name {
            "SESSION_SECRET" => "<input type=\"password\" name=\"SESSION_SECRET\" autocomplete=\"off\">".to_owned(),
            "MODE" => {
                let option = |mode: &str| {
                    let selected = if mode == value { " selected" } else { "" };
                    format!("<option value=\"{mode}\"{selected}>{mode}</option>")
                };
                format!("<select name=\"MODE\">{}{}</select>", option("on-demand"), option("always"))
            }
            name => format!("<input name=\"{name}\" value=\"{}\" autocomplete=\"off\">", escape(value)),
        };
        let hint = match name {
            "SESSION_SECRET" if !value.is_empty() => " (left empty, it stays)",
            "CONTINUE_ORIGIN" => " (may be empty; on this machine it is the tenant's own address)",
            "MAX_AGE" => " (may be empty; seconds that a face counts for in the same browser, 1 to 86400)",
            _ => "",
        };
        writeln!(html, "<label>{name}{hint} {field}</label>").ok();
    }
    html
}

/// The last logins, the newest first.
fn logins(tenant: &Tenant) -> String {
    let store = tenant.store();
    if store.recent.is_empty() {
        return "<h2>Logins</h2>\n<p>Nobody has logged in yet.</p>\n".to_owned();
    }
    let mut html = "<h2>Logins</h2>\n<ol id=\"logins\">\n".to_owned();
    for event in store.recent.iter().take(LINES_SHOWN) {
        let (at, kind) = (iso8601(event.at), event.kind);
        let (user, client) = (escape(&event.user), escape(&event.client));
        let said = escape(&event.description);
        writeln!(html, "<li data-type=\"{kind}\"><time>{at}</time> <code>{kind}</code> {said} <span class=\"soft\">{user} at {client}</span></li>").ok();
    }
    html + "</ol>\n"
}

/// The last lines that Actions wrote, the newest first.
fn console(tenant: &Tenant) -> String {
    let store = tenant.store();
    if store.console.is_empty() {
        return "<h2>Console of the Actions</h2>\n<p>Nothing was written yet.</p>\n".to_owned();
    }
    let mut html = "<h2>Console of the Actions</h2>\n<ol id=\"console\">\n".to_owned();
    for line in store.console.iter().rev().take(LINES_SHOWN) {
        writeln!(html, "<li><code>{}</code></li>", escape(line)).ok();
    }
    html + "</ol>\n"
}
