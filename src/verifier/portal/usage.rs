//! What an integration's limits counted today, and how often each limit refused something.

use maud::{Markup, html};

use super::extract::OperatorSession;
use crate::{
    limits::Limited,
    store::{Integration, StoreError, Tx},
};

/// The section on the integration's page.
pub(super) async fn section(
    session: &OperatorSession,
    tx: &mut Tx<'_>,
    integration: &Integration,
) -> Result<Markup, StoreError> {
    let counts = tx.daily_counts(&integration.id, session.verifier.now()).await?;
    let of = |what| counts.iter().find(|(counted, ..)| *counted == what).map_or((0, 0), |(_, sum, most)| (*sum, *most));
    let limits = &integration.rules.limits;
    let rows = [
        ("Codes sent", Limited::Codes, "one account", limits.codes_per_day),
        ("Links mailed", Limited::Mails, "one account", limits.mails_per_day),
        ("Approval codes typed", Limited::Approvals, "one account", limits.approvals_per_day),
        ("Enrollments", Limited::Enrollments, "the integration", limits.enrollments_per_day),
        ("Accounts tried", Limited::Accounts, "one device", limits.accounts_per_device),
    ];
    let refused = session.verifier.buckets().refused();
    Ok(html! {
        h2 #limits-today { "Limits today" }
        p { "Counted since midnight, UTC." }
        table {
            thead { tr { th { "What" } th { "In all" } th { "Most, and by whom" } th { "Limit" } } }
            tbody {
                @for (words, what, by, limit) in rows {
                    @let (sum, most) = of(what);
                    tr { th scope="row" { (words) } td { (sum) } td { (most) ", " (by) } td {
                        (limit)
                        @if what == Limited::Accounts { ", a kiosk " (limits.accounts_per_kiosk) }
                    } }
                }
            }
        }
        p { "Refused by a limit since the service started, at all integrations:" }
        ul {
            @for (what, times) in refused { li { (words_of(what)) ": " (times) } }
        }
    })
}

fn words_of(what: Limited) -> &'static str {
    match what {
        Limited::Address => "requests of one address",
        Limited::Device => "requests of one device",
        Limited::Starts => "logins of one account",
        Limited::Codes => "codes to one account",
        Limited::Mails => "links to one account",
        Limited::Enrollments => "enrollments",
        Limited::Accounts => "accounts on one device",
        Limited::Approvals => "approval codes of one device or account",
        Limited::Attendance => "PINs of supervisors at one kiosk",
        Limited::Heartbeats => "heartbeats of one device",
    }
}
