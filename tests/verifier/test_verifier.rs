//! A verifier in memory, and requests to it as sent by a tenant, a browser and a device.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_attest::{
    DeviceKey, IssuedAt,
    jws::{self, KeyIn},
    request_proof,
};
use countenance_core::{
    clock::{Clock, UnixSecs},
    frame::Frame,
    policy::{Policy, QualityPolicy},
    protocol::*,
    quality::measure::Measures,
    rng::{SeededRng, random_text},
    testing::{ManualClock, live_claim},
};
use countenance_verifier::{
    AnalysisError, BindError, ConnectionLimits, Database, FaceAnalysis, Limits, Mailer, MasterKey, Rate, RateLimits,
    Rules, SampleAnalysis, SampleAnalyzer, Setup, StoreError, TwilioVerify, Verifier,
};
use countenance_vision::{Embedding, FaceViews};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpSocket;
use tower::ServiceExt;

pub(super) const NOW: UnixSecs = 1_800_000_000;
pub(super) const ORIGIN: &str = "http://verifier.localhost:4711";
pub(super) const TENANT: &str = "tenant.localhost";
pub(super) const CONTINUE: &str = "http://tenant.localhost:4712/continue";
pub(super) const STATE: &str = "hKFo/2St+a=b&c";
pub(super) const SUB: &str = "auth0|ada";

/// First four values of two dissimilar embeddings; the rest are zero.
pub(super) const ADA: [f32; 4] = [0.9, 0.1, 0.2, 0.3];
const BOB: [f32; 4] = [-0.2, 0.9, 0.1, 0.0];

/// For tests that make many requests in no time.
pub(super) const UNLIMITED: RateLimits = {
    let rate = Rate { burst: u32::MAX, per_minute: u32::MAX };
    RateLimits { address: rate, device: rate, approval: rate, attendance: rate, heartbeat: rate }
};

/// An embedding with these first four values and zeros after them.
pub(super) fn embedding(face: [f32; 4]) -> Embedding {
    let mut values = [0.0; Embedding::LEN];
    values[..4].copy_from_slice(&face);
    Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap()
}

/// A face whose embedding has this cosine to Ada's.
pub(super) fn ada_at(cosine: f32) -> [f32; 4] {
    let length = ADA.iter().map(|x| x * x).sum::<f32>().sqrt();
    let across = [-ADA[1], ADA[0], 0.0, 0.0];
    let across_length = ADA[0].hypot(ADA[1]);
    let sine = (1.0 - cosine * cosine).sqrt();
    [0, 1, 2, 3].map(|i| cosine * ADA[i] / length + sine * across[i] / across_length)
}

/// What the fake analyzer finds in a sample.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sees {
    Ada,
    /// The picture of Ada that was analyzed first, encoded anew.
    AdaOnFirst,
    /// A face with this cosine to Ada's.
    AdaAt(f32),
    Bob,
    NoFace,
    TwoFaces,
    FarAway,
    /// A presentation attack: the liveness score is below the threshold.
    Photo,
    /// The analysis itself fails.
    Failure,
}

/// A frontal, evenly lit, sharp face with this distance between its eyes, in pixels.
fn measures(interocular_px: f32) -> Measures {
    let claim = QualityClaim {
        interocular_px,
        face_ratio: 0.3,
        yaw_deg: 0.0,
        pitch_deg: 0.0,
        roll_deg: 0.0,
        sharpness: 100.0,
        luma: 120.0,
    };
    Measures {
        claim,
        face_width_px: 2.0 * interocular_px,
        offset_x_ratio: 0.0,
        offset_y_ratio: 0.0,
        highlight: 150.0,
        signal_to_noise: 40.0,
        height_ratio: 0.5,
        uneven_ratio: 0.1,
        eye_light_ratio: 1.0,
        upside_down: false,
    }
}

/// The number that [`png_of`] gave a sample.
fn number_of(sample: &Frame) -> usize {
    sample.rgb().iter().take(4).fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Ada on the sample of this number: no two pictures of a face are alike. Cosine of two: at most 0.9937.
fn ada_on(number: usize) -> Embedding {
    let mut values = [0.0; Embedding::LEN];
    values[..4].copy_from_slice(&ADA);
    let length = ADA.iter().map(|x| x * x).sum::<f32>().sqrt();
    values[4 + number % 250] = 0.08 * length;
    values[254 + number / 250 % 250] = 0.08 * length;
    Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap()
}

/// The views of a face that looks the same mirrored.
fn views_of(embedding: &Embedding) -> FaceViews {
    FaceViews { as_seen: embedding.clone(), mirrored: embedding.clone() }
}

/// Finds the same in every sample, except in those configured by frame number.
#[derive(Default)]
pub(super) struct FakeSampleAnalyzer {
    default: Mutex<Option<Sees>>,
    by_frame: Mutex<Vec<(u64, Sees)>>,
    /// The number of the sample that was analyzed first.
    first: Mutex<Option<usize>>,
}

impl SampleAnalyzer for FakeSampleAnalyzer {
    fn analyze_sample(&self, sample: &Frame, _policy: &QualityPolicy) -> Result<SampleAnalysis, AnalysisError> {
        let number = number_of(sample);
        let first = *self.first.lock().unwrap().get_or_insert(number);
        let analysis_of = |interocular_px, liveness, embedding: Embedding| {
            let measures = measures(interocular_px);
            let views = views_of(&embedding);
            Ok(SampleAnalysis::OneFace(FaceAnalysis { measures, liveness, embedding, views }))
        };
        let analysis = |interocular_px, liveness, face| analysis_of(interocular_px, liveness, embedding(face));
        let configured =
            self.by_frame.lock().unwrap().iter().find(|(seq, _)| *seq == sample.seq()).map(|(_, sees)| *sees);
        match configured.or(*self.default.lock().unwrap()).unwrap_or(Sees::Ada) {
            Sees::Ada => analysis_of(80.0, 3.0, ada_on(number)),
            Sees::AdaOnFirst => analysis_of(80.0, 3.0, ada_on(first)),
            Sees::AdaAt(cosine) => analysis(80.0, 3.0, ada_at(cosine)),
            Sees::Bob => analysis(80.0, 3.0, BOB),
            Sees::FarAway => analysis(20.0, 3.0, ADA),
            Sees::Photo => analysis(80.0, -2.0, ADA),
            Sees::NoFace => Ok(SampleAnalysis::NoFace),
            Sees::TwoFaces => Ok(SampleAnalysis::SeveralFaces),
            Sees::Failure => Err(AnalysisError("broken".into())),
        }
    }
}

pub(super) struct TestVerifier {
    pub(super) service: Verifier,
    pub(super) clock: Arc<ManualClock>,
    pub(super) rng: Arc<SeededRng>,
    pub(super) integration: String,
    pub(super) secret: String,
    analyzer: Arc<FakeSampleAnalyzer>,
    /// Where requests are sent over a socket, instead of straight to the router.
    pub(super) served_at: Option<SocketAddr>,
    /// The portal's own origin, if it has one.
    pub(super) portal_origin: Option<&'static str>,
}

/// A sign-in that has reached the landing page.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) session: String,
    pub(super) code: String,
    pub(super) cookie: String,
    pub(super) page: String,
}

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

pub(super) fn models() -> Vec<ModelClaim> {
    vec![ModelClaim { name: "detector".into(), sha256: "01".repeat(32) }]
}

/// The key of the tests' databases.
fn test_key() -> MasterKey {
    MasterKey::from_bytes([5; 32])
}

pub(super) fn rules() -> Rules {
    // Limits have tests of their own; the others do more in no time than a person in a day.
    let limits = Limits {
        starts_per_hour: 999_999,
        codes_per_day: 999_999,
        mails_per_day: 999_999,
        enrollments_per_day: 999_999,
        accounts_per_device: 999_999,
        accounts_per_kiosk: 999_999,
        approvals_per_day: 999_999,
    };
    Rules { custom_domains: vec!["login.example".into()], limits, ..Rules::new("Payroll", TENANT) }
}

impl TestVerifier {
    pub(super) async fn new() -> Self {
        Self::with(rules()).await
    }

    pub(super) async fn with(rules: Rules) -> Self {
        Self::at(Database::Memory, rules).await
    }

    /// A verifier that can send one-time codes.
    pub(super) async fn with_codes(database: Database, rules: Rules, codes: TwilioVerify) -> Self {
        Self::build(database, rules, Some(codes), None).await
    }

    pub(super) async fn at(database: Database, rules: Rules) -> Self {
        Self::build(database, rules, None, None).await
    }

    pub(super) async fn build(
        database: Database,
        rules: Rules,
        codes: Option<TwilioVerify>,
        mailer: Option<Arc<dyn Mailer>>,
    ) -> Self {
        let connections = ConnectionLimits { rates: UNLIMITED, ..ConnectionLimits::default() };
        Self::build_limited(database, rules, codes, mailer, connections, test_key(), None).await
    }

    /// One whose portal has an address of its own.
    pub(super) async fn with_portal_origin(origin: &'static str, connections: ConnectionLimits) -> Self {
        Self::build_limited(Database::Memory, rules(), None, None, connections, test_key(), Some(origin)).await
    }

    /// One whose database has this key.
    pub(super) async fn with_key(key: MasterKey) -> Self {
        Self::build_limited(Database::Memory, rules(), None, None, ConnectionLimits::default(), key, None).await
    }

    /// One with these limits when it is served.
    pub(super) async fn with_connections(connections: ConnectionLimits) -> Self {
        Self::build_limited(Database::Memory, rules(), None, None, connections, test_key(), None).await
    }

    /// Opens `database` without adding anything to it.
    pub(super) async fn reopen(database: Database) -> Result<Verifier, StoreError> {
        Self::reopen_with(database, test_key()).await
    }

    /// As [`reopen`](Self::reopen), with this key.
    pub(super) async fn reopen_with(database: Database, key: MasterKey) -> Result<Verifier, StoreError> {
        let setup = Setup {
            origin: ORIGIN.parse().unwrap(),
            portal_origin: None,
            database,
            key,
            clock: Arc::new(ManualClock::at(NOW)),
            rng: Arc::new(SeededRng::from("again")),
            analyzer: Arc::new(FakeSampleAnalyzer::default()),
            models: models(),
            policy: Policy::default(),
            judges: 2,
            download_url: None,
            codes: None,
            mailer: None,
            connections: ConnectionLimits::default(),
        };
        Verifier::open(setup).await
    }

    async fn build_limited(
        database: Database,
        rules: Rules,
        codes: Option<TwilioVerify>,
        mailer: Option<Arc<dyn Mailer>>,
        connections: ConnectionLimits,
        key: MasterKey,
        portal_origin: Option<&'static str>,
    ) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let rng = Arc::new(SeededRng::from("verifier"));
        let analyzer = Arc::new(FakeSampleAnalyzer::default());
        let setup = Setup {
            origin: ORIGIN.parse().unwrap(),
            portal_origin: portal_origin.map(|origin| origin.parse().unwrap()),
            database,
            key,
            clock: clock.clone(),
            rng: rng.clone(),
            analyzer: analyzer.clone(),
            models: models(),
            policy: Policy::default(),
            judges: 2,
            download_url: Some("https://download.example/".into()),
            codes,
            mailer,
            connections,
        };
        let verifier = Verifier::open(setup).await.unwrap();
        let (integration, secret) = verifier.add_integration(rules).await.unwrap();
        Self {
            service: verifier,
            clock,
            rng,
            integration,
            secret: secret.reveal().to_owned(),
            analyzer,
            served_at: None,
            portal_origin,
        }
    }

    pub(super) fn sees(&self, what: Sees) {
        *self.analyzer.default.lock().unwrap() = Some(what);
    }

    /// Sets what the analyzer finds in the sample of this frame; the latest call for a frame wins.
    pub(super) fn sees_on_frame(&self, seq: u64, what: Sees) {
        self.analyzer.by_frame.lock().unwrap().insert(0, (seq, what));
    }

    pub(super) fn advance(&self, secs: i64) {
        self.clock.advance(secs);
    }

    pub(super) fn key(&self) -> DeviceKey {
        DeviceKey::ephemeral(self.rng.as_ref())
    }

    /// Number of audit log entries: unchanged if a request had no effect.
    pub(super) async fn events(&self) -> i64 {
        self.service.verify_audit().await.unwrap().rows
    }

    // -- the tenant

    pub(super) fn start_claims(&self) -> Value {
        let now = self.clock.now();
        json!({"sub": SUB, "iss": TENANT, "iat": now, "exp": now + 900, "ip": "127.0.0.1",
               "integration_id": self.integration, "continue_uri": CONTINUE, "client_name": "Salary <page>",
               "email": "ada@example.org", "nothing": random_text::<8>(self.rng.as_ref())})
    }

    pub(super) fn token(&self, claims: &Value) -> String {
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
    }

    // -- the browser

    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response = match self.served_at {
            None if self.portal_origin.is_some() && request.uri().path().starts_with("/portal") => {
                self.service.portal_router().oneshot(request).await.unwrap()
            }
            None => self.service.router().oneshot(request).await.unwrap(),
            Some(at) => sent_to(at, request).await,
        };
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub(super) async fn browse(&self, path: &str, cookie: &str) -> Reply {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Posts a form as a browser does from one of the verifier's own pages.
    pub(super) async fn submit(&self, path: &str, cookie: &str, body: &str) -> Reply {
        self.send(own_form(path, cookie, body)).await
    }

    pub(super) async fn start_with(&self, token: &str) -> Reply {
        self.browse(&start_path(token), "").await
    }

    /// Starts a sign-in for Ada, as far as the landing page.
    pub(super) async fn start(&self) -> Login {
        self.start_as(&self.start_claims()).await
    }

    /// As [`start`](Self::start), with this `phone_number` claim from the tenant.
    pub(super) async fn start_with_phone(&self, phone: Value) -> Login {
        let mut claims = self.start_claims();
        claims["phone_number"] = phone;
        self.start_as(&claims).await
    }

    pub(super) async fn start_as(&self, claims: &Value) -> Login {
        let reply = self.start_with(&self.token(claims)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        Login::of(&reply)
    }

    // -- the device

    pub(super) async fn call(&self, key: &DeviceKey, path: &str, media_type: &str, body: Vec<u8>) -> Reply {
        self.send(self.request(key, path, media_type, body)).await
    }

    pub(super) fn request(&self, key: &DeviceKey, path: &str, media_type: &str, body: Vec<u8>) -> Request<Body> {
        let url = format!("{ORIGIN}{path}").parse().unwrap();
        let proven = request_proof::Request { method: "POST", url: &url, body: &body };
        let proof = request_proof::make(&proven, key, IssuedAt::new(self.clock.as_ref(), self.rng.as_ref())).unwrap();
        Request::post(path)
            .header(REQUEST_PROOF_HEADER, proof)
            .header(header::CONTENT_TYPE, media_type)
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap()
    }

    pub(super) async fn call_json(&self, key: &DeviceKey, path: &str, body: &impl Serialize) -> Reply {
        self.call(key, path, "application/json", serde_json::to_vec(body).unwrap()).await
    }

    pub(super) async fn try_open(&self, key: &DeviceKey, login: &Login) -> Reply {
        let version = Some(ClientVersion::new(0, 1, 0));
        let key_protection = Some(key.protection());
        let body = OpenSession { code: login.code.clone(), app: "countenance/1".into(), version, key_protection };
        self.call_json(key, &format!("/v1/sessions/{}/open", login.session), &body).await
    }

    /// Opens a sign-in of Ada's. If the device is not bound to her account, an operator allows it first: most tests are
    /// about what comes after.
    pub(super) async fn open(&self, key: &DeviceKey, login: &Login) -> Ticket {
        let reply = self.try_open(key, login).await;
        if reply.status != StatusCode::FORBIDDEN || reply.problem().0 != ProblemKind::DeviceNotBound {
            return reply.json();
        }
        self.bind(key, SUB).await.unwrap();
        self.try_open(key, login).await.json()
    }

    /// Allows the device for the account, as an operator does.
    pub(super) async fn bind(&self, key: &DeviceKey, sub: &str) -> Result<bool, BindError> {
        self.service.bind_device(&self.integration, sub, &key.thumbprint().to_string()).await
    }

    pub(super) async fn abandon(&self, key: &DeviceKey, session: &str, reason: Reason) -> Reply {
        self.call_json(key, &format!("/v1/sessions/{session}/abandon"), &Abandon { reason }).await
    }

    pub(super) async fn send_code(&self, key: &DeviceKey, session: &str, channel: Fallback) -> Reply {
        self.call_json(key, &format!("/v1/sessions/{session}/otp"), &SendCode { channel }).await
    }

    pub(super) async fn check_code(&self, key: &DeviceKey, session: &str, code: &str) -> Reply {
        self.call_json(key, &format!("/v1/sessions/{session}/otp/check"), &json!({ "code": code })).await
    }

    /// Valid claims for this ticket and sample.
    pub(super) fn claims(&self, key: &DeviceKey, ticket: &Ticket, sample: &[u8]) -> Claims {
        let mut liveness = LivenessClaim { policy: ticket.policy.digest(), ..live_claim(&Policy::default().liveness) };
        liveness.models = [models(), liveness.models].concat();
        let issued = IssuedAt::new(self.clock.as_ref(), self.rng.as_ref());
        Claims {
            eat_profile: ATTESTATION_PROFILE.into(),
            eat_nonce: ticket.nonce.clone(),
            iat: issued.iat,
            jti: issued.jti,
            ueid: key.ueid(),
            swname: "countenance".into(),
            swversion: "0.1.0+3f9c21d".into(),
            session: SessionClaim { id: ticket.session_id.clone(), purpose: ticket.purpose },
            sample: SampleClaim {
                sha256: B64.encode(Sha256::digest(sample)),
                width: 40,
                height: 30,
                media_type: "image/png".into(),
                frame_seq: 6,
            },
            more_samples: Vec::new(),
            span: SpanClaim {
                first_seq: 0,
                first_millis: 0,
                last_seq: 40,
                last_millis: 1_600,
                seen: 41,
                good: 20,
                scored: 12,
                track: 0,
            },
            liveness,
            quality: QualityClaim {
                interocular_px: 80.0,
                face_ratio: 0.3,
                yaw_deg: 0.0,
                pitch_deg: 0.0,
                roll_deg: 0.0,
                sharpness: 100.0,
                luma: 120.0,
            },
            camera: CameraClaim::test(),
            frames: B64.encode([1; 32]),
            key: KeyProtection::File,
            consent: None,
            attended_by: None,
        }
    }

    /// Valid claims with `more` further samples, of frames 12, 18 and so on, and the bytes of all samples.
    pub(super) fn claims_with_more_samples(
        &self,
        key: &DeviceKey,
        ticket: &Ticket,
        more: u32,
    ) -> (Claims, Vec<Vec<u8>>) {
        let samples: Vec<_> = (0..=more).map(|i| png_of(40, 30 + i)).collect();
        let mut claims = self.claims(key, ticket, &samples[0]);
        let further = samples.iter().enumerate().skip(1).map(|(i, sample)| SampleClaim {
            sha256: B64.encode(Sha256::digest(sample)),
            height: 30 + i as u32,
            frame_seq: 6 + 6 * i as u64,
            ..claims.sample.clone()
        });
        claims.more_samples = further.collect();
        (claims, samples)
    }

    pub(super) fn sign(key: &DeviceKey, claims: &impl Serialize) -> String {
        jws::sign(ATTESTATION_TYP, KeyIn::Kid, claims, key).unwrap()
    }

    pub(super) async fn post(&self, key: &DeviceKey, session: &str, attestation: &str, sample: &[u8]) -> Reply {
        let (media_type, body) = form(&[("attestation", attestation.as_bytes()), ("sample", sample)]);
        self.call(key, &format!("/v1/sessions/{session}/captures"), &media_type, body).await
    }

    /// Posts a capture with these samples, the primary one first.
    pub(super) async fn post_samples(&self, key: &DeviceKey, claims: &Claims, samples: &[Vec<u8>]) -> Reply {
        let attestation = Self::sign(key, claims);
        let names = ["sample", "sample-2", "sample-3", "sample-4"];
        let parts = names.into_iter().zip(samples).map(|(name, sample)| (name, &sample[..]));
        let parts: Vec<_> = std::iter::once(("attestation", attestation.as_bytes())).chain(parts).collect();
        let (media_type, body) = form(&parts);
        self.call(key, &format!("/v1/sessions/{}/captures", claims.session.id), &media_type, body).await
    }

    /// Posts a valid capture.
    pub(super) async fn capture(&self, key: &DeviceKey, ticket: &Ticket) -> Reply {
        let sample = png();
        let attestation = Self::sign(key, &self.claims(key, ticket, &sample));
        self.post(key, &ticket.session_id, &attestation, &sample).await
    }

    /// A sign-in that enrolls Ada's face with this device, up to the return to the tenant.
    pub(super) async fn enroll(&self, key: &DeviceKey) {
        let (login, outcome) = self.sign_in(key).await;
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        self.go_back(&login, &outcome).await;
    }

    /// Returns the browser to the tenant with this outcome.
    pub(super) async fn go_back(&self, login: &Login, outcome: &Outcome) {
        assert_eq!(self.browse(&return_path(outcome), &login.cookie).await.page(), "return");
    }

    /// A complete sign-in with the face that the analyzer is set to find, up to the outcome.
    pub(super) async fn sign_in(&self, key: &DeviceKey) -> (Login, Outcome) {
        let login = self.start().await;
        let ticket = self.open(key, &login).await;
        let outcome = self.capture(key, &ticket).await.json();
        (login, outcome)
    }
}

impl Login {
    /// Reads the landing page.
    pub(super) fn of(reply: &Reply) -> Self {
        let page = reply.text();
        let link = page.split("href=\"countenance://verify?").nth(1).map(|l| l.split('"').next().unwrap().to_owned());
        let link = link.unwrap_or_default().replace("&amp;", "&");
        let part = |name: &str| {
            url::form_urlencoded::parse(link.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
        };
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { session: part("s").unwrap_or_default(), code: part("c").unwrap_or_default(), cookie, page }
    }
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The `data-page` of an HTML page.
    pub(super) fn page(&self) -> String {
        self.text().split("data-page=\"").nth(1).unwrap_or_default().split('"').next().unwrap().to_owned()
    }

    /// The kind of a problem document, and its detail (or title).
    pub(super) fn problem(&self) -> (ProblemKind, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        (ProblemKind::from_uri(&problem.kind).unwrap(), problem.detail.unwrap_or(problem.title))
    }
}

/// Sends a request over a connection of its own, from an address that strangers do not use.
async fn sent_to(at: SocketAddr, mut request: Request<Body>) -> Response {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 2], 0).into()).unwrap();
    let stream = TokioIo::new(socket.connect(at).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    request.headers_mut().insert(header::HOST, "verifier.localhost".parse().unwrap());
    sender.send_request(request).await.unwrap().map(Body::new)
}

/// A form of one of the verifier's own pages: those are `no-referrer`, so browsers send `Origin: null`.
pub(super) fn own_form(path: &str, cookie: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "null")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub(super) fn start_path(token: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("session_token", token)
        .append_pair("state", STATE)
        .finish();
    format!("/start?{query}")
}

/// A picture of its own at each call, as a camera gives them.
pub(super) fn png() -> Vec<u8> {
    png_of(40, 30)
}

pub(super) fn png_of(width: u32, height: u32) -> Vec<u8> {
    use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut bytes = Vec::new();
    let mut pixels = vec![90; (width * height * 3) as usize];
    pixels[..4].copy_from_slice(&MADE.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    PngEncoder::new(&mut bytes).write_image(&pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

pub(super) fn form(parts: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--b0undary--\r\n");
    ("multipart/form-data; boundary=b0undary".into(), body)
}

/// The path of the return page of a final outcome.
pub(super) fn return_path(outcome: &Outcome) -> String {
    let (Outcome::Approved { continue_url } | Outcome::Refused { continue_url, .. }) = outcome else {
        panic!("{outcome:?} has no return page")
    };
    continue_url.strip_prefix(ORIGIN).unwrap().to_owned()
}
