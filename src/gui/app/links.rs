//! What leads to a run: launch links, from the start, another launch or the person, and the code of another device.

use std::sync::Arc;

use eframe::egui::{Context, ViewportCommand};

use super::{
    super::{LinkTrouble, Page},
    App, Approval, Runner, Screen, wake,
};
use countenance_client::{
    instance::Call,
    runner::ApprovalTrouble,
    session::link::{LaunchLink, LinkError},
};
use countenance_core::protocol::ApprovalCode;

impl App {
    /// Takes what later launches of the program have sent. A kiosk leaves it to its caller where nobody can sign in.
    pub(super) fn take_calls(&mut self, ctx: &Context) {
        if self.state.kiosk.as_ref().is_some_and(|kiosk| !kiosk.takes_links) {
            return;
        }
        while let Some(call) = self.context.inbox.as_ref().and_then(|inbox| inbox.next_call()) {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            if let Call::Link(link) = call {
                self.follow(ctx, &link);
            }
        }
    }

    /// Asks what the code of another device is for.
    pub(super) fn look_up(&mut self, ctx: &Context, typed: &str) {
        let Ok(code) = typed.parse::<ApprovalCode>() else {
            self.state.screen = Screen::Approval(Approval::Enter { trouble: Some(ApprovalTrouble::Form) });
            return;
        };
        self.state.screen = Screen::Approval(Approval::UnderWay { is_retrying: false });
        let (env, verifiers) = (Arc::clone(&self.context.env), self.context.allowed.clone());
        self.runner = Some(Runner::approve_device(env, verifiers, code, wake(ctx)));
    }

    /// Follows a link if it is valid and no sign-in is in progress.
    pub(super) fn follow(&mut self, ctx: &Context, link: &str) {
        self.state.page = Page::Main;
        if self.state.screen.is_login() {
            self.state.link_trouble = Some(LinkTrouble::Busy);
            return;
        }
        match LaunchLink::parse(link.trim(), &self.context.allowed) {
            Ok(link) => {
                self.state.link_trouble = None;
                (self.over_since, self.code_sent_at) = (None, None);
                self.state.fallback.clear();
                self.state.approval = None;
                self.state.screen = Screen::Opening;
                self.runner = Some(Runner::login(Arc::clone(&self.context.env), link, wake(ctx)));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a link was refused");
                self.state.screen = Screen::Ready;
                self.state.link_trouble = Some(match error {
                    LinkError::NotAllowed | LinkError::Verifier(_) => LinkTrouble::Verifier,
                    _ => LinkTrouble::Form,
                });
            }
        }
    }
}
