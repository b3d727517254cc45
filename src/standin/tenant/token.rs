//! The endpoints for applications: `/oauth/token`, `/userinfo`, keys and discovery.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    Tenant,
    actions::Effects,
    config::User,
    mfa, pipeline,
    store::{ACCESS_LIFE_SECS, Access, Grant},
};
use crate::web::{self, Incoming};

/// Lifetime of an ID token (Auth0's default).
const ID_TOKEN_LIFE_SECS: i64 = 36_000;
/// Length of a PKCE code verifier (RFC 7636, section 4.1).
const VERIFIER_CHARS: std::ops::RangeInclusive<usize> = 43..=128;

/// `POST /oauth/token`.
pub(super) async fn exchange(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let earned = match incoming.form.get("grant_type") {
        Some("authorization_code") => code_grant(&tenant, &incoming),
        Some("refresh_token") => refresh_grant(&tenant, &incoming).await,
        _ => Err(Refusal::new("unsupported_grant_type", "Only code and refresh token are supported")),
    };
    match earned.and_then(|(grant, nonce)| tokens(&tenant, grant, nonce.as_deref())) {
        Ok(tokens) => web::private(Json(tokens).into_response()),
        Err(refusal) => refusal.into_response(),
    }
}

/// `GET /userinfo`.
pub(super) async fn userinfo(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let token = incoming.header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let access = token.and_then(|token| tenant.store().access(token, tenant.now()));
    let Some(access) = access.filter(|access| access.scopes.iter().any(|scope| scope == "openid")) else {
        let mut answer = Refusal::new("invalid_token", "No valid access token").into_response();
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        return answer;
    };
    let mut facts = profile(tenant.config().user(&access.user_id), &access.scopes);
    facts.insert("sub".into(), json!(access.user_id));
    web::private(Json(Value::Object(facts)).into_response())
}

/// `GET /.well-known/jwks.json`.
pub(super) async fn jwks(State(tenant): State<Tenant>) -> Json<Value> {
    Json(tenant.key().jwks())
}

/// `GET /.well-known/openid-configuration`.
pub(super) async fn discovery(State(tenant): State<Tenant>) -> Json<Value> {
    let origin = &tenant.config().origin;
    Json(json!({
        "issuer": tenant.config().issuer(),
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "userinfo_endpoint": format!("{origin}/userinfo"),
        "jwks_uri": format!("{origin}/.well-known/jwks.json"),
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["none"],
    }))
}

/// A valid grant, and the nonce for its ID token.
type Earned = Result<(Grant, Option<String>), Refusal>;

/// An OAuth error response.
struct Refusal {
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.error {
            "unsupported_grant_type" => StatusCode::BAD_REQUEST,
            "invalid_token" => StatusCode::UNAUTHORIZED,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        };
        let answer = json!({ "error": self.error, "error_description": self.description });
        web::private((status, Json(answer)).into_response())
    }
}

fn code_grant(tenant: &Tenant, incoming: &Incoming) -> Earned {
    let form = &incoming.form;
    let grant = form.get("code").and_then(|code| tenant.store().take_code(code, tenant.now()));
    let earned = grant.filter(|grant| {
        let verifier = form.get("code_verifier").unwrap_or_default();
        VERIFIER_CHARS.contains(&verifier.len())
            && BASE64.encode(Sha256::digest(verifier.as_bytes())) == grant.request.code_challenge
            && form.get("client_id") == Some(&grant.request.client_id)
            && form.get("redirect_uri") == Some(&grant.request.redirect_uri)
    });
    let grant = earned.ok_or_else(|| Refusal::new("invalid_grant", "Invalid authorization code"))?;
    let nonce = grant.request.nonce.clone();
    Ok((grant, nonce))
}

/// Runs the Action again, without redirect. Claims and second factor of the sign-in are not carried over.
async fn refresh_grant(tenant: &Tenant, incoming: &Incoming) -> Earned {
    let form = &incoming.form;
    let grant = form.get("refresh_token").and_then(|token| tenant.store().take_refresh(token, tenant.now()));
    let earned = grant.filter(|grant| form.get("client_id") == Some(&grant.request.client_id));
    let grant = earned.ok_or_else(|| Refusal::new("invalid_grant", "Unknown or invalid refresh token"))?;
    let effects = pipeline::refresh(tenant, incoming, &grant).await;
    let effects = effects.map_err(|error| Refusal::new("access_denied", error.to_string()))?;
    if let Some(reason) = effects.denied {
        return Err(Refusal::new("access_denied", reason));
    }
    if effects.redirect.is_some() {
        return Err(Refusal::new("interaction_required", "A redirect is not possible here"));
    }
    if matches!(mfa::ask(&effects), Some(mfa::Ask::Phone { .. } | mfa::Ask::NotEnrolled)) {
        return Err(Refusal::new("mfa_required", "A second factor is not possible here"));
    }
    let Effects { id_claims, access_claims, .. } = effects;
    Ok((Grant { id_claims, access_claims, mfa: false, ..grant }, None))
}

/// Issues and stores the tokens of a grant.
fn tokens(tenant: &Tenant, grant: Grant, nonce: Option<&str>) -> Result<Value, Refusal> {
    let now = tenant.now();
    let failed = |_: jsonwebtoken::errors::Error| Refusal::new("server_error", "The tokens could not be signed");
    let Grant { request, session, .. } = &grant;
    let access_token = access_token(tenant, &grant).map_err(failed)?;
    let access =
        Access { user_id: session.user_id.clone(), scopes: request.scopes.clone(), expires_at: now + ACCESS_LIFE_SECS };
    tenant.store().put_access(access_token.clone(), access, now);
    let mut answer = Map::new();
    answer.insert("access_token".into(), json!(access_token));
    answer.insert("token_type".into(), json!("Bearer"));
    answer.insert("expires_in".into(), json!(ACCESS_LIFE_SECS));
    answer.insert("scope".into(), json!(request.scopes.join(" ")));
    let asked = |scope: &str| request.scopes.iter().any(|asked| asked == scope);
    if asked("openid") {
        answer.insert("id_token".into(), json!(id_token(tenant, &grant, nonce).map_err(failed)?));
    }
    if asked("offline_access") {
        let token = tenant.random();
        answer.insert("refresh_token".into(), json!(token));
        tenant.store().put_refresh(token, grant);
    }
    Ok(answer.into())
}

fn id_token(tenant: &Tenant, grant: &Grant, nonce: Option<&str>) -> Result<String, jsonwebtoken::errors::Error> {
    let Grant { request, session, .. } = grant;
    let now = tenant.now();
    let mut claims = profile(tenant.config().user(&session.user_id), &request.scopes);
    claims.extend(grant.id_claims.clone());
    // The standard claims come last, so custom claims cannot override them.
    claims.insert("iss".into(), json!(tenant.config().issuer()));
    claims.insert("sub".into(), json!(session.user_id));
    claims.insert("aud".into(), json!(request.client_id));
    claims.insert("iat".into(), json!(now));
    claims.insert("exp".into(), json!(now + ID_TOKEN_LIFE_SECS));
    claims.insert("auth_time".into(), json!(session.began_at));
    claims.insert("sid".into(), json!(session.id));
    if grant.mfa {
        claims.insert("amr".into(), json!(["mfa"]));
        claims.insert("acr".into(), json!(mfa::POLICY));
    }
    claims.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
    tenant.key().sign("JWT", &Value::Object(claims))
}

/// A JWT if there is an audience, otherwise an opaque token for `/userinfo`.
fn access_token(tenant: &Tenant, grant: &Grant) -> Result<String, jsonwebtoken::errors::Error> {
    let Grant { request, session, .. } = grant;
    let Some(audience) = &request.audience else {
        return Ok(tenant.random());
    };
    let now = tenant.now();
    let mut claims = grant.access_claims.clone();
    claims.insert("iss".into(), json!(tenant.config().issuer()));
    claims.insert("sub".into(), json!(session.user_id));
    claims.insert("aud".into(), json!([audience, format!("{}/userinfo", tenant.config().origin)]));
    claims.insert("azp".into(), json!(request.client_id));
    claims.insert("iat".into(), json!(now));
    claims.insert("exp".into(), json!(now + ACCESS_LIFE_SECS));
    claims.insert("scope".into(), json!(request.scopes.join(" ")));
    claims.insert("jti".into(), json!(tenant.random()));
    tenant.key().sign("at+jwt", &Value::Object(claims))
}

/// The claims of the scopes `profile` and `email`.
fn profile(user: Option<&User>, scopes: &[String]) -> Map<String, Value> {
    let mut facts = Map::new();
    let Some(user) = user else { return facts };
    if scopes.iter().any(|scope| scope == "profile") {
        facts.insert("name".into(), json!(user.name));
    }
    if scopes.iter().any(|scope| scope == "email") {
        facts.insert("email".into(), json!(user.email));
        facts.insert("email_verified".into(), json!(true));
    }
    facts
}
