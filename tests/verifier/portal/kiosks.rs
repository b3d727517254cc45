//! The fleet in the portal: what needs attention, and what operators do with kiosks.

use axum::http::StatusCode;
use countenance_core::protocol::HeartbeatAnswer;
use countenance_verifier::Role;
use serde_json::json;

use super::{
    super::{
        heartbeat::{beat, kiosk_named, page_of},
        test_verifier::TestVerifier,
    },
    operator::{Operator, forms, location},
};

const EVIL: &str = "<script>alert('x')</script>";

fn rows(page: &str) -> usize {
    page.matches("<th scope=\"row\"").count()
}

/// The text of a page's counts.
fn counts(page: &str) -> String {
    let list = page.split("id=\"counts\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let words = list.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text);
    words.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_fleet_of_250_is_listed_counted_and_filtered() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let base = operator.path("/kiosks");
    assert!(operator.page(&base, "portal-kiosks").await.text().contains("No kiosks match."));
    for n in 0..250 {
        let key = kiosk_named(&verifier, &format!("Kiosk {n:03}")).await;
        let site = format!("Building {}", n / 100);
        let said = match n % 25 {
            // An older client.
            24 => continue,
            7 => json!({ "site": site, "camera": "busy" }),
            8 => json!({ "site": site, "disk_free_bytes": 1_000_000 }),
            _ => json!({ "site": site }),
        };
        beat(&verifier, &key, &said).await.json::<HeartbeatAnswer>();
    }
    let page = operator.page(&base, "portal-kiosks").await.text();
    assert_eq!(
        counts(&page),
        "250 in use, 20 need attention, 220 OK, 10 without a heartbeat yet, 0 switched off, 0 retired"
    );
    // All of them, once each, by site and name; those that say nothing have no site.
    let (mut seen, mut next, mut pages) = (Vec::new(), Some(base.clone()), 0);
    while let Some(path) = next {
        let page = operator.page(&path, "portal-kiosks").await.text();
        assert!(rows(&page) <= 50);
        let names = page
            .split("kiosks/kiosk?device=")
            .skip(1)
            .map(|rest| rest.split_once('>').unwrap().1.split('<').next().unwrap().to_owned());
        seen.extend(names);
        let link = page.split("<a href=\"").find(|a| a.contains("rel=\"next\""));
        next = link.map(|link| link.split('"').next().unwrap().replace("&amp;", "&"));
        pages += 1;
    }
    assert_eq!((pages, seen.len()), (5, 250));
    let silent: Vec<_> = (0..250).filter(|n| n % 25 == 24).collect();
    let expected = silent.iter().copied().chain((0..250).filter(|n| n % 25 != 24));
    assert_eq!(seen, expected.map(|n| format!("Kiosk {n:03}")).collect::<Vec<_>>());

    for (query, found, part) in [
        ("show=attention", 20, "Camera used by another program"),
        ("show=attention", 20, "Disk almost full: 976 KiB free"),
        ("show=silent", 10, "No heartbeat yet"),
        ("show=retired", 0, "No kiosks match."),
        ("show=ok&q=building+2", 44, "44"),
        ("show=all&q=kiosk+01", 10, "1–10 of 10"),
        ("q=%25", 0, "No kiosks match."),
        ("show=nonsense&page=999999", 50, "201–250 of 250"),
        ("page=-1", 50, "1–50 of 250"),
    ] {
        let page = operator.page(&format!("{base}?{query}"), "portal-kiosks").await.text();
        assert!(rows(&page) == found && page.contains(part), "{query}: {page}");
    }
    let front = operator.get("/portal/integrations").await.text();
    assert!(front.contains("20 of 250 kiosks of Payroll need attention"), "{front}");
    assert!(front.contains(&format!("{base}?show=attention")), "{front}");
    // Nothing is heard of them any more.
    verifier.advance(361);
    let front = operator.get("/portal/integrations").await.text();
    assert!(front.contains("240 of 250 kiosks of Payroll need attention"), "{front}");
    let page = operator.get(&format!("{base}?show=attention")).await.text();
    assert!(page.contains("Last heartbeat 6 minutes ago"), "{page}");
}

#[tokio::test]
async fn a_kiosk_is_renamed_moved_and_retired_with_both_values_in_the_log() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, "Desk").await;
    beat(&verifier, &key, &json!({})).await.json::<HeartbeatAnswer>();
    let device = key.thumbprint().to_string();
    let path = operator.path(&format!("/kiosks/kiosk?device={device}"));
    let [rename, relocate] = ["rename", "move"].map(|what| operator.path(&format!("/kiosks/{what}")));
    let last = async || {
        let entry = verifier.service.audit_tail(1).await.unwrap().remove(0);
        (entry.event, entry.subject, entry.detail)
    };
    let logged = |event: &str, detail: &str| (event.to_owned(), device.clone(), detail.to_owned());

    let form = operator.form(&path, &rename).await;
    assert_eq!(form.fields["name"], "Desk");
    let reply = operator.send(&form.clone().with("name", "  Lobby <1> ")).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(last().await, logged("device_renamed", "Desk → Lobby <1>"));

    let form = operator.form(&path, &relocate).await;
    assert_eq!(form.fields["site"], "", "what the kiosk says is not filled in");
    operator.send(&form.clone().with("site", "Annex")).await;
    assert_eq!(last().await, logged("device_moved", "(none) → Annex"));
    let page = page_of(&operator, &key).await;
    assert!(page.contains("<h1>Lobby &lt;1&gt;</h1>") && page.contains("Annex, given here"), "{page}");
    let list = operator.get(&operator.path("/kiosks")).await.text();
    assert!(list.contains("Annex ") && list.contains("(it says Building 7)"), "{list}");
    // A heartbeat changes neither.
    beat(&verifier, &key, &json!({ "site": "Cellar" })).await.json::<HeartbeatAnswer>();
    let list = operator.get(&operator.path("/kiosks?q=annex")).await.text();
    assert!(rows(&list) == 1 && list.contains("(it says Cellar)") && list.contains("Lobby"), "{list}");
    let before = verifier.events().await;
    operator.send(&form.clone().with("site", "Annex")).await;
    assert_eq!(verifier.events().await, before + 1, "unchanged: only that the form was sent");
    operator.send(&form.clone().with("site", " ")).await;
    assert_eq!(last().await, logged("device_moved", "Annex → (none)"));
    let list = operator.get(&operator.path("/kiosks")).await.text();
    assert!(list.contains("Cellar") && !list.contains("it says"), "{list}");

    for (action, field, typed) in [
        (&rename, "name", String::new()),
        (&rename, "name", "x".repeat(65)),
        (&rename, "name", "a\nb".into()),
        (&relocate, "site", "x".repeat(65)),
        (&relocate, "site", "a\u{202e}b".into()),
    ] {
        let form = operator.form(&path, action).await.with(field, &typed);
        let reply = operator.send(&form).await;
        assert_eq!(
            (reply.status, reply.page().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "portal-kiosk"),
            "{typed:?}"
        );
        let page = reply.text();
        assert!(page.contains(&format!("id=\"{field}-error\"")) && page.contains("aria-invalid"), "{page}");
    }
    for what in ["rename", "move", "retire"] {
        let action = operator.path(&format!("/kiosks/{what}"));
        let from = if what == "retire" { path.replace("/kiosks/kiosk", "/kiosks/retire") } else { path.clone() };
        let form = operator.form(&from, &action).await;
        assert_eq!(operator.send(&form.clone().with("form_token", "x")).await.page(), "portal-forged", "{what}");
        let elsewhere =
            operator.send_with(&form, &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]);
        assert_eq!(elsewhere.await.page(), "portal-forged", "{what}");
        assert_eq!(operator.send(&form.with("device", "none")).await.status, StatusCode::NOT_FOUND, "{what}");
    }
    assert!(page_of(&operator, &key).await.contains("<h1>Lobby "), "nothing of that had an effect");

    let retire = path.replace("/kiosks/kiosk", "/kiosks/retire");
    let asked = operator.page(&retire, "portal-retire").await.text();
    assert!(asked.contains("Lobby &lt;1&gt;") && asked.contains("It cannot be undone"), "{asked}");
    let form = operator.form(&retire, &operator.path("/kiosks/retire")).await;
    let reply = operator.send(&form).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(last().await, logged("device_retired", "on → retired"));
    let before = verifier.events().await;
    assert_eq!(operator.send(&form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(verifier.events().await, before + 1, "again: only that the form was sent");
    let list = operator.get(&operator.path("/kiosks")).await.text();
    assert_eq!(counts(&list), "0 in use, 0 need attention, 0 OK, 0 without a heartbeat yet, 0 switched off, 1 retired");
    assert_eq!(rows(&list), 0);
    let list = operator.get(&operator.path("/kiosks?show=retired")).await.text();
    assert!(rows(&list) == 1 && list.contains("Retired"), "{list}");
    let devices = operator.get(&operator.path("/devices")).await.text();
    assert!(devices.contains("Retired") && devices.contains("/kiosks/kiosk?device="), "{devices}");
}

#[tokio::test]
async fn helpdesk_and_auditor_see_the_fleet_and_change_nothing() {
    let verifier = TestVerifier::new().await;
    Operator::named(&verifier, "ada").await;
    let key = kiosk_named(&verifier, "Desk").await;
    beat(&verifier, &key, &json!({ "camera": "absent" })).await.json::<HeartbeatAnswer>();
    for role in [Role::Helpdesk, Role::Auditor] {
        let operator = Operator::with_role(&verifier, "bob", role).await;
        let list = operator.page(&operator.path("/kiosks"), "portal-kiosks").await.text();
        let page = page_of(&operator, &key).await;
        assert!(list.contains("Needs attention") && page.contains("Camera not there"), "{list} {page}");
        let offered: Vec<_> = forms(&page).into_iter().map(|form| form.action).collect();
        assert_eq!(offered, ["/portal/sign-out"], "{}", role.name());
        assert!(!page.contains("Retire"), "{page}");
    }
}

#[tokio::test]
async fn what_a_kiosk_says_is_escaped() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let key = kiosk_named(&verifier, EVIL).await;
    let said = json!({ "site": format!("{EVIL}&\""), "settings_revision": "+/=._:-" });
    beat(&verifier, &key, &said).await.json::<HeartbeatAnswer>();
    let device = key.thumbprint().to_string();
    let form =
        operator.form(&operator.path(&format!("/kiosks/kiosk?device={device}")), &operator.path("/kiosks/move")).await;
    operator.send(&form.with("site", &format!("\"><img src=x>{EVIL}"))).await;
    let evil = "%3Cscript%3E%22%27";
    for path in [
        "/portal/integrations".to_owned(),
        operator.path("/devices"),
        operator.path("/kiosks"),
        operator.path(&format!("/kiosks?q={evil}&show={evil}&page={evil}")),
        operator.path(&format!("/kiosks/kiosk?device={device}")),
        operator.path(&format!("/kiosks/retire?device={device}")),
        "/portal/audit".to_owned(),
    ] {
        let page = operator.get(&path).await.text();
        assert!(!page.contains("<script") && !page.contains("<img"), "{path}: {page}");
    }
    let list = operator.get(&operator.path("/kiosks")).await.text();
    assert!(list.contains("&lt;script&gt;alert('x')") && list.contains("&lt;img src=x&gt;"), "{list}");
    for device in [evil, "", "none"] {
        let path = operator.path(&format!("/kiosks/kiosk?device={device}"));
        assert_eq!(operator.get(&path).await.status, StatusCode::NOT_FOUND, "{device}");
    }
}
