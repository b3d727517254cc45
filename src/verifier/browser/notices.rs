//! Mail that tells an account's owner what changed, or asks for a decision. Plain text without images or tracking; the
//! only text from outside is the application's name, which the tenant signs, and the masked account.

use std::sync::Arc;

use tracing::Instrument;
use zeroize::Zeroizing;

use crate::{
    AppState,
    browser::mail::{Mailer, SEND_LIMIT},
    store::{BindingSource, Session, StoreError, Tx},
};

/// A mail to be sent once the change that it reports is committed.
pub(crate) struct Notice {
    to: Zeroizing<String>,
    subject: String,
    text: Zeroizing<String>,
}

impl Notice {
    /// A notice to the owner of the session's account; `None` without a mailer or an address. The address is the one
    /// that the tenant sent with the sign-in.
    pub(crate) async fn new(
        verifier: &AppState,
        tx: &mut Tx<'_>,
        session: &Session,
        subject: String,
        text: &str,
    ) -> Result<Option<Self>, StoreError> {
        let address = if verifier.mailer().is_some() { tx.address(&session.id).await? } else { None };
        let host = verifier.origin().host();
        let text = format!("{text}\n\n-- \n{host}, which verifies the logins of {}\n", session.application);
        Ok(address.map(|to| Self { to, subject, text: Zeroizing::new(text) }))
    }

    /// That a device was bound to the account.
    pub(crate) async fn of_device(
        verifier: &AppState,
        tx: &mut Tx<'_>,
        session: &Session,
        source: BindingSource,
    ) -> Result<Option<Self>, StoreError> {
        let (application, account) = (&session.application, &session.account);
        let how = match source {
            BindingSource::Enrollment => "because your face was enrolled with it",
            BindingSource::Operator => "by an administrator",
            BindingSource::Mail => "by the link that we mailed to you",
            BindingSource::Device => "on another device of yours",
        };
        let text = format!(
            "A device was allowed to verify your face when you sign in to {application} as {account}: {how}.\n\n\
             If you expected this, there is nothing to do. If not, change your password and contact whoever runs \
             {application}, who can remove the device."
        );
        Self::new(verifier, tx, session, format!("A new device for signing in to {application}"), &text).await
    }

    /// That the account's face was enrolled, and with it the device unless it is a kiosk.
    pub(crate) async fn of_enrollment(
        verifier: &AppState,
        tx: &mut Tx<'_>,
        session: &Session,
        kiosk: bool,
    ) -> Result<Option<Self>, StoreError> {
        let (application, account) = (&session.application, &session.account);
        let device = if kiosk { "at a kiosk" } else { "on a device, which is now allowed to verify it" };
        let text = format!(
            "A face was enrolled for signing in to {application} as {account}, {device}.\n\n\
             If that was you, there is nothing to do. If not, change your password and contact whoever runs \
             {application}, who can delete the face and remove the device."
        );
        Self::new(verifier, tx, session, format!("Face sign-in is set up for {application}"), &text).await
    }

    /// Sends it in the background. A failure is logged and changes nothing.
    pub(crate) fn post(self, verifier: &AppState) {
        if let Some(mailer) = verifier.mailer() {
            // In the request's span, so that a failure names it.
            tokio::spawn(self.send(mailer).in_current_span());
        }
    }

    /// Sends it. A failure is logged and changes nothing.
    pub(crate) async fn send(self, mailer: Arc<dyn Mailer>) {
        let sending = tokio::task::spawn_blocking(move || mailer.send(&self.to, &self.subject, &self.text));
        match tokio::time::timeout(SEND_LIMIT, sending).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => log(&error),
            Ok(Err(error)) => log(&error),
            Err(error) => log(&error),
        }
    }
}

fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "a notice was not mailed");
}
