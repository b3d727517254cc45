//! Bindings by an operator: allows a device for an account, or removes it.

use crate::{
    AppState, Verifier,
    browser::notices::Notice,
    store::{BindingSource, StoreError},
};

/// Why a device was not bound to an account.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The integration has no such account.
    #[error("no such account")]
    NoAccount,
    /// No such device is registered at the integration.
    #[error("no device with this id is registered")]
    NoDevice,
    /// The device is disabled.
    #[error("the device is disabled")]
    Disabled,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// Allows a registered device to verify the account's face; false if it was allowed before. If the device has asked
    /// for it in a sign-in, the account's owner is told by mail, where there is a mailer and an address.
    pub async fn bind_device(&self, integration_id: &str, sub: &str, device_id: &str) -> Result<bool, BindError> {
        let (is_new, notice) = self.0.bind_device(integration_id, sub, device_id).await?;
        if let (Some(notice), Some(mailer)) = (notice, self.0.mailer()) {
            notice.send(mailer).await;
        }
        Ok(is_new)
    }

    /// Removes a device from an account; false if it was not bound.
    pub async fn unbind_device(&self, integration_id: &str, sub: &str, device_id: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.unbind_device(integration_id, sub, device_id, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }
}

impl AppState {
    /// Binds a device on behalf of an operator. Returns whether it is newly bound, and the notice to be sent.
    pub(crate) async fn bind_device(
        &self,
        integration_id: &str,
        sub: &str,
        device_id: &str,
    ) -> Result<(bool, Option<Notice>), BindError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        tx.pseudonym(integration_id, sub).await?.ok_or(BindError::NoAccount)?;
        match tx.device(integration_id, device_id).await? {
            Some(device) if device.enabled => {}
            Some(_) => return Err(BindError::Disabled),
            None => return Err(BindError::NoDevice),
        }
        let requests = tx.binding_requests(integration_id, sub, now).await?;
        let asked_in = requests.into_iter().find(|request| request.device == device_id);
        let session = match asked_in {
            Some(request) => tx.session(&request.session_id).await?,
            None => None,
        };
        let is_new = tx.bind_device(integration_id, sub, device_id, BindingSource::Operator, now).await?;
        let notice = match session.filter(|_| is_new) {
            Some(session) => Notice::of_device(self, &mut tx, &session, BindingSource::Operator).await?,
            None => None,
        };
        tx.commit().await?;
        Ok((is_new, notice))
    }
}
