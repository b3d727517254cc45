//! Each role may do what `routes.txt` says and nothing else, and is offered nothing else.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use countenance_verifier::{Database, Role};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::{
    super::{
        heartbeat::kiosk_named,
        test_verifier::{Reply, SUB, TestVerifier, rules},
    },
    operator::{Form, Operator, forms, location},
};

/// The table of routes: method, path, and the names of the roles that may use it.
fn routes() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let rows = include_str!("routes.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.next().unwrap(), words.collect())
    })
    .collect()
}

/// Sends what a route takes: for a form, its fields with the operator's own form token, as if it stood on a page.
async fn ask(operator: &Operator<'_>, method: &str, path: &str) -> Reply {
    let path = path.replace("{id}", &operator.verifier.integration);
    if method == "GET" {
        return operator.get(&format!("{path}?user=auth0%7Cada")).await;
    }
    let mut fields: BTreeMap<String, String> =
        [("user", SUB), ("once", path.as_str()), ("name", "x")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    if !operator.cookie.is_empty() {
        let token = operator.form("/portal/integrations", "/portal/sign-out").await.fields["form_token"].clone();
        fields.insert("form_token".into(), token);
    }
    operator.send(&Form { action: path, fields }).await
}

fn is_refused(reply: &Reply) -> bool {
    reply.status == StatusCode::FORBIDDEN && reply.page() == "portal-not-permitted"
}

#[tokio::test]
async fn every_route_is_open_to_its_roles_only() {
    let verifier = TestVerifier::new().await;
    verifier.enroll(&verifier.key()).await;
    Operator::named(&verifier, "ada").await;
    for role in Role::ALL {
        let operator = Operator::with_role(&verifier, "bob", role).await;
        let mut routes = routes();
        // At last, since it ends the session.
        routes.sort_by_key(|(_, path, _)| path.contains("sign-"));
        let mut tried = 0;
        for (method, path, roles) in routes {
            let case = format!("{method} {path} as {}", role.name());
            let before = verifier.events().await;
            let reply = ask(&operator, method, path).await;
            if roles.contains(&role.name()) || roles == ["everybody"] {
                assert!(!is_refused(&reply), "{case}: {}", reply.text());
                let is_signed_out = location(&reply.headers) == "/portal/sign-in";
                assert_eq!(is_signed_out, ["/portal/sign-out", "/portal/sign-in/code"].contains(&path), "{case}");
                continue;
            }
            tried += 1;
            assert!(is_refused(&reply), "{case}: {}", reply.text());
            let page = reply.text();
            let needed = format!("This needs the role <strong>{}</strong>", roles.join(" or "));
            let yours = format!("Yours is <strong>{}</strong>", role.name());
            assert!(page.contains(&needed) && page.contains(&yours) && page.contains(": ada."), "{case}: {page}");
            assert_eq!(verifier.events().await, before + 1, "{case}: had an effect");
            let entry = verifier.service.audit_tail(1).await.unwrap().remove(0);
            let detail = format!("{method} {}", path.replace("{id}", &verifier.integration));
            assert_eq!(
                (entry.event.as_str(), entry.subject.as_str(), entry.detail),
                ("operator_refused", "bob", detail)
            );
        }
        assert_eq!(tried > 0, role != Role::Admin, "{}", role.name());
    }
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_from_every_route() {
    let verifier = TestVerifier::new().await;
    let stranger = Operator::stranger(&verifier);
    for (method, path, roles) in routes() {
        let before = verifier.events().await;
        let reply = ask(&stranger, method, path).await;
        if roles == ["everybody"] {
            continue;
        }
        assert_eq!(
            (reply.status, location(&reply.headers)),
            (StatusCode::SEE_OTHER, "/portal/sign-in"),
            "{method} {path}"
        );
        assert!(reply.body.is_empty() && verifier.events().await == before, "{method} {path}");
    }
}

/// The addresses in a page's links, without what leaves the portal.
fn links(page: &str) -> Vec<String> {
    let found = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
    found.filter(|link| link.starts_with("/portal")).collect()
}

#[tokio::test]
async fn pages_offer_what_the_role_may_do_and_nothing_else() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.try_open(&verifier.key(), &verifier.start().await).await;
    kiosk_named(&verifier, "Desk").await;
    let number = "4711".parse().unwrap();
    verifier.service.add_supervisor(&verifier.integration, &number, "Ida", None).await.unwrap();
    let permitted = |role: Role, method: &str, path: &str| {
        let path = path.split('?').next().unwrap().replace(&verifier.integration, "{id}");
        let row = routes().into_iter().find(|(m, p, _)| *m == method && *p == path);
        row.unwrap_or_else(|| panic!("{method} {path} is no route")).2.contains(&role.name())
    };
    for role in Role::ALL {
        let operator = Operator::with_role(&verifier, "bob", role).await;
        let mut todo = vec!["/portal/integrations".to_owned()];
        let (mut seen, mut offered) = (BTreeSet::new(), BTreeSet::new());
        while let Some(path) = todo.pop() {
            if !seen.insert(path.clone()) || seen.len() > 100 {
                continue;
            }
            assert!(permitted(role, "GET", &path), "{} is offered {path}", role.name());
            let reply = operator.get(&path).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
            let page = reply.text();
            for form in forms(&page) {
                assert!(permitted(role, "POST", &form.action), "{}: {path} has {}", role.name(), form.action);
                offered.insert(form.action.rsplit('/').next().unwrap().to_owned());
            }
            todo.extend(links(&page));
        }
        offered.remove(&verifier.integration);
        let (expected, pages): (&[&str], _) = match role {
            Role::Admin => (
                &[
                    "allow",
                    "code",
                    "disable",
                    "enabled",
                    "erase",
                    "log-token",
                    "match",
                    "move",
                    "new",
                    "phone",
                    "pin",
                    "refuse",
                    "remove",
                    "rename",
                    "retire",
                    "rotate",
                    "sign-out",
                    "supervisors",
                ],
                19,
            ),
            Role::Helpdesk => (&["allow", "erase", "refuse", "remove", "sign-out"], 10),
            Role::Auditor => (&["sign-out"], 12),
        };
        let expected: Vec<_> = expected.iter().map(|action| (*action).to_owned()).collect();
        assert_eq!(offered.into_iter().collect::<Vec<_>>(), expected, "{}", role.name());
        assert!(seen.len() >= pages, "{}: {seen:?}", role.name());
        let users = operator.get(&operator.path("/users")).await.text();
        let pseudonym = &verifier.service.audit_tail(100).await.unwrap();
        let pseudonym = &pseudonym.iter().find(|entry| entry.event == "enrolled").unwrap().account;
        assert_eq!(users.contains(pseudonym.as_str()), role != Role::Helpdesk, "{}", role.name());
        let erase = operator.get(&operator.path("/users/erase?user=auth0%7Cada")).await.text();
        assert_eq!(erase.contains(pseudonym.as_str()), role == Role::Admin, "{}", role.name());
    }
}

#[tokio::test]
async fn the_role_is_the_stores_at_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let bob = Operator::with_role(&verifier, "bob", Role::Admin).await;
    bob.page("/portal/audit", "portal-audit").await;
    let mut db = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    for (role, status) in [("helpdesk", 403), ("auditor", 200), ("helpdesk", 403), ("admin", 200)] {
        let update = AssertSqlSafe(format!("UPDATE operators SET role = '{role}'"));
        sqlx::raw_sql(update).execute(&mut db).await.unwrap();
        assert_eq!(bob.get("/portal/audit").await.status.as_u16(), status, "{role}, in the same session");
    }
    let unknown = sqlx::raw_sql("UPDATE operators SET role = 'root'").execute(&mut db).await;
    assert!(unknown.is_err(), "a role that does not exist");
}

#[tokio::test]
async fn a_new_password_keeps_the_role_and_ends_the_sessions() {
    let verifier = TestVerifier::new().await;
    let bob = Operator::with_role(&verifier, "bob", Role::Helpdesk).await;
    for (given, expected) in [
        (None, Role::Helpdesk),
        (Some(Role::Auditor), Role::Auditor),
        (None, Role::Auditor),
        (Some(Role::Admin), Role::Admin),
    ] {
        let (_, role) = verifier.service.add_operator("bob", given).await.unwrap();
        assert_eq!(role, expected, "{given:?}");
        assert_eq!(bob.get("/portal/integrations").await.status, StatusCode::SEE_OTHER, "{given:?}");
    }
    let (_, new) = verifier.service.add_operator("carol", None).await.unwrap();
    assert_eq!(new, Role::Admin);
}

#[tokio::test]
async fn refusals_are_recorded_within_bounds_for_each_operator() {
    let verifier = TestVerifier::new().await;
    let bob = Operator::with_role(&verifier, "bob", Role::Helpdesk).await;
    let carol = Operator::with_role(&verifier, "carol", Role::Auditor).await;
    let before = verifier.events().await;
    for _ in 0..200 {
        assert!(is_refused(&bob.get("/portal/audit").await));
    }
    assert_eq!(verifier.events().await, before + 59, "of one operator, in an hour; one is the right password");
    assert!(is_refused(&carol.get(&carol.path("/users/enrolled-since")).await));
    assert_eq!(verifier.events().await, before + 60, "another's are recorded");
    let page = bob.get("/portal/audit").await.text();
    assert!(page.contains("No operator has the role admin"), "{page}");
    let long = format!("/portal/integrations/{}/users/phone", "x".repeat(3_000));
    carol.get(&long).await;
    let entry = verifier.service.audit_tail(1).await.unwrap().remove(0);
    assert_eq!((entry.event.as_str(), entry.detail.len()), ("operator_refused", 200));
}
