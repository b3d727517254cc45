//! The application's pages.

use axum::{http::StatusCode, response::Response};
use maud::html;

use super::sessions::{LoginRequest, Visitor};
use crate::web::page;

/// The public page.
pub(super) fn home(visitor: Option<&Visitor>) -> Response {
    let main = match visitor {
        None => html! {
            h1 { "Payroll" }
            p { "Your payslips in one place." }
            p { a.button href="/login" { "Log in" } }
            p.soft { "What you earn is shown only after a look into the camera." }
        },
        Some(visitor) => html! {
            h1 { "Good day, " (visitor.name) }
            p { "You are logged in." }
            @if visitor.is_verified {
                p {
                    "Your face has been checked: the ID token holds " code { "https://authid.ai/claims/amr" } " = "
                    code { "mfa" } "."
                }
            }
            p { a.button href="/salary" { "Show my salary" } }
            form method="post" action="/logout" { button.quiet { "Log out" } }
            @if visitor.can_renew {
                form method="post" action="/renew" { button.quiet { "Stay logged in for longer" } }
            }
            p { a href="/silent" { "Am I still logged in?" } }
        },
    };
    page(StatusCode::OK, "Payroll", &main)
}

/// The page that requires a second factor.
pub(super) fn salary(visitor: &Visitor) -> Response {
    let main = html! {
        h1 { "Salary of " (visitor.name) }
        table {
            tr { th { "Base" } td { "3,840.00" } }
            tr { th { "Night shifts" } td { "212.50" } }
            tr { th { "Deductions" } td { "−1,104.20" } }
            tr { th { "Paid out" } td { "2,948.30" } }
        }
        p.soft { "An invented person's figures. They stay open for ten minutes after the check." }
        p { a href="/" { "Back" } }
    };
    page(StatusCode::OK, "Salary", &main)
}

/// A failed sign-in: an explanation, and the tenant's error verbatim.
pub(super) fn failed(request: LoginRequest, error: &str, description: &str) -> Response {
    let (title, again) = match request {
        LoginRequest::StepUp => ("Your salary stays closed", "/salary"),
        LoginRequest::Login => ("You are not logged in", "/login"),
        LoginRequest::Silent => ("The login service wants to see you", "/login"),
    };
    // Without a page the tenant cannot interact with the user; an interactive sign-in resolves that.
    let button = if request == LoginRequest::Silent { "Log in" } else { "Try again" };
    let main = html! {
        h1 { (title) }
        p role="alert" { (sentence(error, description)) }
        p.soft { "The login service said: " code { (error) } " " code { (description) } }
        p { a.button href=(again) { (button) } " " a.quiet.button href="/" { "Back" } }
    };
    page(StatusCode::FORBIDDEN, title, &main)
}

/// A callback that this browser did not start, or that was used before.
pub(super) fn stale() -> Response {
    let main = html! {
        h1 { "This login is over" }
        p role="alert" {
            "The answer belongs to no login under way in this browser. You may have gone back a page."
        }
        p { a.button href="/" { "To the start" } }
    };
    page(StatusCode::FORBIDDEN, "This login is over", &main)
}

/// A sign-in that could not be renewed.
pub(super) fn not_renewed(why: &str) -> Response {
    let main = html! {
        h1 { "Your login was not renewed" }
        p role="alert" { (why) }
        p { "You stay logged in until your login ends by itself. To stay longer, log in again." }
        p { a.button href="/login" { "Log in again" } " " a.quiet.button href="/" { "Back" } }
    };
    page(StatusCode::FORBIDDEN, "Your login was not renewed", &main)
}

/// A failure of the application or its connection, not caused by the user.
pub(super) fn broken(what: &str) -> Response {
    let main = html! {
        h1 { "Something went wrong" }
        p role="alert" { (what) }
        p { a.button href="/" { "Back to the start" } }
    };
    page(StatusCode::BAD_GATEWAY, "Something went wrong", &main)
}

fn sentence(error: &str, description: &str) -> &'static str {
    match description.strip_prefix("countenance_").unwrap_or(description) {
        "no_match" => "The face shown is not the one that belongs to this account.",
        "not_live" => "The camera saw no live person.",
        "cannot_tell" | "poor_quality" => "The picture was not good enough. More light from the front often helps.",
        "camera_not_allowed" => "This camera may not be used here.",
        "cancelled" => "You cancelled the check.",
        "not_me" => "You said that this login is not yours. If somebody else began it, change your password.",
        "no_camera" => "No camera could be used.",
        "timed_out" => "The check was not finished in time.",
        "too_many_attempts" => "There were too many attempts. Wait a while before the next one.",
        "not_enrolled" => "No face is kept for this account yet, and it may not enrol itself.",
        "enrolled" => "Your face is enrolled. Log in again to use it.",
        "already_enrolled" => "Another login enrolled a face for this account first.",
        "disabled" => "The check by camera is switched off for this application. Ask whoever runs it.",
        "cannot_enforce" => "Countenance is too old for this login. Update it, then log in again.",
        "interaction_required" => "This login needs a look into the camera.",
        "configuration_error" | "invalid_token" | "wrong_integration" | "wrong_transaction" | "invalid_answer" => {
            "The login could not be completed. This is not your fault."
        }
        _ if error == "login_required" => "Please log in.",
        _ if error == "interaction_required" => "The login service has something to ask you. Please log in.",
        _ => "The login was refused.",
    }
}
