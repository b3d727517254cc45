//! Deletes what has expired, and looks which kiosks have fallen silent: by a timer and not by the next visitor, so that it
//! happens even if nobody comes.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    AppState, Verifier,
    store::{Event, StoreError},
};

/// Time between two rounds.
const INTERVAL: Duration = Duration::from_mins(1);
/// Maximum number of faces deleted in a round for not being used, so that sign-ins do not wait for long.
const FACES_MAX: u32 = 200;

impl Verifier {
    /// Deletes what has expired: rows that served a sign-in, and faces that were not used for as long as their integration
    /// keeps them. Also records which kiosks have got trouble. A running service does this every minute. Returns the
    /// number of faces.
    pub async fn sweep(&self) -> Result<usize, StoreError> {
        let deleted = self.0.sweep().await?;
        self.0.watch_kiosks().await?;
        Ok(deleted)
    }
}

impl AppState {
    async fn sweep(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        tx.sweep(now).await?;
        let mut deleted = 0;
        for integration in tx.integrations().await? {
            let days = integration.rules.retention_days;
            if days == 0 {
                continue;
            }
            let unused_since = now - i64::from(days) * 24 * 3600;
            for sub in tx.unused_accounts(&integration.id, unused_since, FACES_MAX).await? {
                tx.delete_face(&integration.id, &sub, Event::FaceExpired, now).await?;
                deleted += 1;
            }
        }
        tx.commit().await?;
        Ok(deleted)
    }
}

/// Sweeps until it is canceled.
pub(crate) async fn run(verifier: AppState) {
    let mut rounds = interval(INTERVAL);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = verifier.sweep().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "expired data was not deleted; trying again");
        }
        if let Err(error) = verifier.watch_kiosks().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the kiosks were not looked at; trying again");
        }
    }
}
