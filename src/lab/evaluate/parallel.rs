//! Work on all items of a list, on several threads. The results do not depend on their number.

use std::{
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The results of `work` for all of `items`, in their order. `progress` receives the number of items done after each.
pub(super) fn map<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: &(dyn Fn(&T) -> R + Sync),
    progress: &(dyn Fn(usize) + Sync),
) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let worker = || {
        let mut results = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(i) else { return results };
            results.push((i, work(item)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let mut all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get().min(items.len())).map(|_| scope.spawn(worker)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        ended.flatten().collect::<Vec<_>>()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, result)| result).collect()
}

/// One thread per core.
pub(super) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
