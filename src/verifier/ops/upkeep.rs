//! What a running service does for its store every few seconds: removes the traces of erasures that could not be removed
//! at once, because somebody was reading; and reads the store's keys, which another process may be replacing.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::request_log;
use crate::store::Store;

/// Time between two rounds. `rekey` waits for three.
const INTERVAL: Duration = Duration::from_secs(5);

/// Runs until it is canceled.
pub(super) async fn run(store: Store) {
    let mut rounds = interval(INTERVAL);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let kept_up = async {
            store.read().await?;
            store.remove_traces().await
        };
        if let Err(error) = kept_up.await {
            request_log::failed(error.status(), &error, "upkeep failed");
        }
    }
}
