//! Extractors that authenticate the operator and verify that a form comes from this portal.

use std::collections::BTreeMap;

use axum::{
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use maud::{Markup, html};

pub(super) use super::error::PortalError;
use super::page::PortalPage;
use crate::{
    AppState, Role, Verifier,
    browser::{cookie, is_own_form},
    role::Permission,
    store::{Event, Integration, StoreError, Tx, sha256_text},
};
use countenance_core::rng::random_text;

/// The cookie of a signed-in operator. The prefix binds it to this host, to TLS and to the path `/`.
pub(super) const COOKIE: &str = "__Host-operator";
/// Maximum lifetime of a portal session, seconds.
pub(super) const SESSION_SECS: i64 = 12 * 3600;
/// Maximum time between two requests of a portal session, seconds.
const IDLE_SECS: i64 = 30 * 60;
/// Maximum size of a form or a query, bytes; policies are their longest fields.
const FORM_MAX_BYTES: usize = 64 << 10;
/// Maximum number of admins that a refused page names.
const ADMINS_MAX: usize = 5;
/// The form field with the session's form token.
const FORM_TOKEN: &str = "form_token";
/// The form field with a random value that can be submitted once.
const ONCE: &str = "once";

/// Fields of a form or query; each name occurs once.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Parses `encoded`; `None` if a name occurs twice or if it is too long.
    pub(super) fn parse(encoded: &[u8]) -> Option<Self> {
        let mut values = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            if encoded.len() > FORM_MAX_BYTES || values.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self(values))
    }

    /// The value called `name`; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether the field `name` is present: a ticked checkbox, or a flag in a query.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// A request by a signed-in operator.
pub(super) struct OperatorSession {
    pub(super) verifier: AppState,
    pub(super) operator: String,
    pub(super) role: Role,
    pub(super) query: Fields,
    form_token: String,
}

/// A form that a signed-in operator submitted from a portal page rendered for this session. Recorded in the audit log.
pub(super) struct VerifiedForm {
    pub(super) session: OperatorSession,
    pub(super) fields: Fields,
}

impl FromRequestParts<AppState> for OperatorSession {
    type Rejection = PortalError;

    async fn from_request_parts(parts: &mut Parts, verifier: &AppState) -> Result<Self, PortalError> {
        let cookie = cookie(&parts.headers, COOKIE).ok_or(PortalError::SignedOut)?;
        // A route without a permission is no route of the table; it is for those who may do everything.
        let permission = parts.extensions.get().copied().unwrap_or(Permission::Configure);
        let mut tx = verifier.store().begin().await?;
        // The role is the store's at each request: one that was changed counts at once.
        let found = tx.portal_session(cookie, verifier.now(), IDLE_SECS).await?;
        let (operator, role) = found.ok_or(PortalError::SignedOut)?;
        if !role.may(permission) {
            return Err(refuse(verifier, tx, parts, &operator, role, permission).await?);
        }
        tx.commit().await?;
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()).ok_or(PortalError::Malformed)?;
        Ok(Self { verifier: verifier.clone(), operator, role, query, form_token: form_token(cookie) })
    }
}

/// Records, within bounds, that an operator asked for what their role may not do.
async fn refuse(
    verifier: &AppState,
    mut tx: Tx<'_>,
    parts: &Parts,
    operator: &str,
    role: Role,
    permission: Permission,
) -> Result<PortalError, StoreError> {
    if verifier.sign_ins().may_record_of(operator, verifier.now()) {
        let detail: String = format!("{} {}", parts.method, parts.uri.path()).chars().take(200).collect();
        tx.record(verifier.now(), Event::OperatorRefused, operator, None, &detail).await?;
    }
    let operators = tx.operators().await?;
    tx.commit().await?;
    let admins = operators.into_iter().filter(|operator| operator.role == Role::Admin).map(|admin| admin.name);
    Ok(PortalError::NotPermitted { role, permission, admins: admins.take(ADMINS_MAX).collect() })
}

impl FromRequest<AppState> for VerifiedForm {
    type Rejection = PortalError;

    async fn from_request(request: Request, verifier: &AppState) -> Result<Self, PortalError> {
        if !is_own_form(request.headers(), verifier.portal_origin()) {
            return Err(PortalError::Forged);
        }
        let (mut parts, body) = request.into_parts();
        let session = OperatorSession::from_request_parts(&mut parts, verifier).await?;
        let fields = read_form(&parts.headers, body).await?;
        if !is_form_token(&fields, &session.form_token) {
            return Err(PortalError::Forged);
        }
        let mut tx = verifier.store().begin().await?;
        let path: String = parts.uri.path().chars().take(200).collect();
        tx.record(verifier.now(), Event::OperatorActed, &session.operator, None, &path).await?;
        tx.commit().await?;
        Ok(Self { session, fields })
    }
}

impl OperatorSession {
    /// The verifier's public API.
    pub(super) fn calls(&self) -> Verifier {
        Verifier(self.verifier.clone())
    }

    /// Whether the operator's role has the permission; what it lacks is not offered on pages.
    pub(super) fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// The integration with this id.
    pub(super) async fn integration(&self, tx: &mut Tx<'_>, id: &str) -> Result<Integration, PortalError> {
        tx.integration(id).await?.ok_or(PortalError::NoIntegration)
    }

    /// The hidden field that every form contains.
    pub(super) fn form_token_field(&self) -> Markup {
        form_token_field(&self.form_token)
    }

    /// The hidden fields of a form that can be submitted once.
    pub(super) fn one_time_field(&self) -> Markup {
        html! {
            (self.form_token_field())
            input type="hidden" name=(ONCE) value=(random_text::<16>(self.verifier.rng()));
        }
    }

    /// A page for this operator.
    pub(super) fn page(&self, name: &'static str, title: impl Into<String>, body: Markup) -> PortalPage {
        PortalPage::new(StatusCode::OK, name, title, body).with_navigation(
            &self.operator,
            self.role,
            &self.form_token_field(),
        )
    }
}

impl VerifiedForm {
    /// Marks this form as submitted, as part of the transaction.
    ///
    /// # Errors
    ///
    /// [`PortalError::SentBefore`] if it was already submitted.
    pub(super) async fn once(&self, tx: &mut Tx<'_>) -> Result<(), PortalError> {
        let once = self.fields.get(ONCE);
        if once.is_empty() {
            return Err(PortalError::Malformed);
        }
        // Kept for a session's maximum lifetime; after that, its form token is rejected.
        let expires_at = self.session.verifier.now().saturating_add(SESSION_SECS);
        let first = tx.spend_token(&format!("portal form {once}"), expires_at).await?;
        if first { Ok(()) } else { Err(PortalError::SentBefore) }
    }
}

/// Reads and parses a form's body.
pub(super) async fn read_form(headers: &HeaderMap, body: axum::body::Body) -> Result<Fields, PortalError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(PortalError::Malformed);
    }
    // Too long, or cut off during the transfer.
    let body = to_bytes(body, FORM_MAX_BYTES).await.or(Err(PortalError::Malformed))?;
    Fields::parse(&body).ok_or(PortalError::Malformed)
}

/// The form token of a session: derived from its cookie, which other sites cannot read. It reveals neither the cookie
/// nor the digest in the store.
pub(super) fn form_token(cookie: &str) -> String {
    sha256_text(&format!("countenance portal form {cookie}"))
}

/// The hidden field with a form token.
pub(super) fn form_token_field(token: &str) -> Markup {
    html! { input type="hidden" name=(FORM_TOKEN) value=(token); }
}

/// Whether the fields have this form token.
pub(super) fn is_form_token(fields: &Fields, token: &str) -> bool {
    // Hashed first, so that the duration of the comparison reveals nothing about the token.
    sha256_text(fields.get(FORM_TOKEN)) == sha256_text(token)
}
