//! `/portal/integrations/{id}/devices`: registered devices; one-time codes for new ones; disabling one.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, button, choice, code as id_code, copyable, field, moment, table},
    kiosk,
    page::PortalPage,
};
use crate::{DeviceRule, Rules, role::Permission, store::DeviceRow};
use countenance_core::{protocol::KeyProtection, rng::random_text};

/// Number of devices on a page.
const PAGE: usize = 50;
/// Lifetimes of a one-time code: seconds, label.
const LIVES: [(&str, &str); 3] = [("900", "15 minutes"), ("3600", "1 hour"), ("86400", "24 hours")];

/// The list in order of the thumbprints.
pub(super) async fn list(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let base = format!("/portal/integrations/{id}/devices");
    let mut found = tx.devices(&id, session.query.get("after"), PAGE as u32 + 1).await?;
    let configures = session.may(Permission::Configure);
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let rows: Vec<_> = found
        .iter()
        .map(|device| {
            let disable = || {
                button(&format!("{base}/disable"), &session.form_token_field(), &[("device", &device.id)], "Switch off")
            };
            vec![
                html! { @if device.name.is_empty() { "(no name)" } @else { (device.name) } },
                id_code(&device.id),
                moment(device.registered_at),
                client(device, &integration.rules),
                html! {
                    @if device.kiosk { a href=(kiosk::path_of(&id, &device.id)) { "Everybody" } }
                    @else { "The accounts it is bound to" }
                },
                html! { @if device.retired_at.is_some() { "Retired" } @else if device.enabled { "On" } @else { "Off" } },
                html! { @if device.enabled && configures { (disable()) } },
            ]
        })
        .collect();
    let heads = ["Name", "Thumbprint", "Registered", "Client", "Serves", "State", "Actions"];
    let body = html! {
        p {
            @match integration.rules.device_rule {
                DeviceRule::Open => {
                    "People use devices of their own here, each bound to their account. A device registered by a one-time \
                     code is a kiosk: it serves everybody."
                }
                DeviceRule::Code => { "Only devices registered by a one-time code may open sessions here." }
            }
        }
        @if configures {
            h2 { "Register a kiosk" }
            form method="post" action={ (base) "/code" } class="filters" {
                (session.one_time_field())
                (field("life", "The code may be used for", &choice("life", &LIVES, "900")))
                button { "Make a one-time code" }
            }
        }
        h2 { "Registered" }
        @if rows.is_empty() { p { "None." } }
        @else {
            (table("Devices in the order of their thumbprints", &heads, &rows))
            p.help { "A device that is switched off is out at every integration, and stays out." }
        }
        @if let Some(last) = found.last().filter(|_| more) {
            p { a href=(address(&base, &[("after", &last.id)])) rel="next" { "Next " (PAGE) } }
        }
    };
    let title = format!("Devices of {}", integration.rules.name);
    Ok(session.page("portal-devices", title, body).of_integration(&id, &integration.rules.name))
}

/// The version of a device's client as last seen and where its key is, and what of it is not enough.
fn client(device: &DeviceRow, rules: &Rules) -> Markup {
    let is_accepted = rules.accepts_client(device.client_version);
    let place = match device.key_protection {
        KeyProtection::File => "in a file",
        KeyProtection::OsKeystore => "in the system's key store",
        KeyProtection::Tpm => "in a security chip",
    };
    html! {
        @match device.client_version {
            Some(version) => { (version.to_string()) }
            None => { "Version not known" }
        }
        @if let Some(seen_at) = device.seen_at { ", " (moment(seen_at)) }
        @if !is_accepted { " " strong { "Too old: refused" } }
        @else if device.cannot_enforce { " " strong { "Too old: cannot do what a policy requires" } }
        br;
        "Key " (place)
        @if device.key_protection < rules.key_protection_min { " " strong { "Not protected enough: refused" } }
    }
}

/// Creates a one-time code and shows it once.
pub(super) async fn code(Path(id): Path<String>, form: VerifiedForm) -> Result<PortalPage, PortalError> {
    let life = form.fields.get("life");
    let (secs, words) = LIVES.iter().find(|(secs, _)| *secs == life).ok_or(PortalError::Malformed)?;
    let verifier = &form.session.verifier;
    let now = verifier.now();
    let expires_at = now.saturating_add(secs.parse().or(Err(PortalError::Malformed))?);
    let code = random_text::<16>(verifier.rng());
    let mut tx = verifier.store().begin().await?;
    let integration = form.session.integration(&mut tx, &id).await?;
    form.once(&mut tx).await?;
    tx.add_device_code(&id, &code, now, expires_at).await?;
    tx.commit().await?;
    let body = html! {
        p role="status" {
            strong {
                "Type this code at the device within " (words) ", until " (moment(expires_at)) ". It lets one device \
                 in and is not shown again."
            }
        }
        p { (copyable("device-code", &code)) }
        p { a href={ "/portal/integrations/" (id) "/devices" } { "Back to the devices" } }
    };
    let title = format!("A device for {}", integration.rules.name);
    Ok(form.session.page("portal-device-code", title, body).of_integration(&id, &integration.rules.name))
}

/// Disables a device of this integration, for all integrations.
pub(super) async fn disable(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let device = form.fields.get("device");
    let verifier = &form.session.verifier;
    let mut tx = verifier.store().begin().await?;
    form.session.integration(&mut tx, &id).await?;
    if tx.device(&id, device).await?.is_none() || !tx.disable_device(device, verifier.now()).await? {
        return Err(PortalError::NoDevice);
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/portal/integrations/{id}/devices")).into_response())
}
