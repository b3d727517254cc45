//! A user's consent in the portal.

use countenance_core::protocol::{ConsentClaim, Outcome};

use super::{
    super::test_verifier::{SUB, TestVerifier, png},
    operator::Operator,
};

#[tokio::test]
async fn a_consent_is_kept_with_the_face_and_deleted_with_it() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let path = operator.path("/users/consent?user=auth0%7Cada");
    let shown = async || operator.page(&path, "portal-consent").await.text();
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let mut claims = verifier.claims(&key, &ticket, &sample);
    let text = "Ein Bild geht an den Dienst.\nNichts <b>bleibt</b> hier.".to_owned();
    claims.consent = Some(ConsentClaim { language: "de".into(), text, given_at: claims.iat - 4 });
    let reply = verifier.post(&key, &login.session, &TestVerifier::sign(&key, &claims), &sample).await;
    let outcome: Outcome = reply.json();
    assert!(shown().await.contains("Not enrolled"), "pending until the return");
    verifier.go_back(&login, &outcome).await;
    let page = shown().await;
    let users = operator.get(&operator.path("/users")).await.text();
    assert!(users.contains(&format!("href=\"{path}\"")), "{users}");
    for words in [r#"lang="de""#, "Ein Bild geht an den Dienst.", "Nichts &lt;b&gt;bleibt&lt;/b&gt; hier."] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    verifier.service.erase_account(&verifier.integration, SUB).await.unwrap();
    verifier.enroll(&verifier.key()).await;
    let page = shown().await;
    assert!(page.contains("None is recorded") && !page.contains("Ein Bild"), "of a client without a window: {page}");
}
