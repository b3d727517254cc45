//! Token buckets: each key may do something some times at once, and then at a steady rate.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use super::{Exceeded, Limited, Limits};
use countenance_core::clock::UnixSecs;

/// Maximum number of keys in one table. Keys can be made up, so their number is limited: beyond it, all further keys
/// share one bucket until others are full again.
const KEYS_MAX: usize = 16_384;

/// A number of times at once, and how many times a minute after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Times at once.
    pub burst: u32,
    /// Times a minute.
    pub per_minute: u32,
}

/// The limits of the whole service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests of one address, or one /64 network: people of a site often share one.
    pub address: Rate,
    /// Requests of one device: a kiosk makes about four in each sign-in.
    pub device: Rate,
    /// Approval codes that one device presents: typing one right takes two.
    pub approval: Rate,
    /// Supervisors' PINs that one kiosk presents: each enrollment takes one.
    pub attendance: Rate,
    /// Heartbeats of one device: a client sends two a minute at most.
    pub heartbeat: Rate,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            address: Rate { burst: 600, per_minute: 600 },
            device: Rate { burst: 60, per_minute: 120 },
            approval: Rate { burst: 12, per_minute: 3 },
            attendance: Rate { burst: 10, per_minute: 6 },
            heartbeat: Rate { burst: 6, per_minute: 2 },
        }
    }
}

/// The buckets of a service.
pub(crate) struct Buckets {
    rates: RateLimits,
    addresses: Table<IpAddr>,
    devices: Table<String>,
    approvals: Table<String>,
    attendances: Table<String>,
    heartbeats: Table<String>,
    accounts: Table<(String, String)>,
    refused: Mutex<HashMap<Limited, u64>>,
}

impl Buckets {
    pub(crate) fn new(rates: RateLimits) -> Self {
        Self {
            rates,
            addresses: Table::default(),
            devices: Table::default(),
            approvals: Table::default(),
            attendances: Table::default(),
            heartbeats: Table::default(),
            accounts: Table::default(),
            refused: Mutex::default(),
        }
    }

    /// Counts a request from an address.
    pub(crate) fn address(&self, address: IpAddr, now: UnixSecs) -> Result<(), Exceeded> {
        self.counted(Limited::Address, self.addresses.take(address, self.rates.address, now))
    }

    /// Counts a request that a device has signed.
    pub(crate) fn device(&self, device: &str, now: UnixSecs) -> Result<(), Exceeded> {
        self.counted(Limited::Device, self.devices.take(device.to_owned(), self.rates.device, now))
    }

    /// Counts an approval code that a device presents.
    pub(crate) fn approval(&self, device: &str, now: UnixSecs) -> Result<(), Exceeded> {
        self.counted(Limited::Approvals, self.approvals.take(device.to_owned(), self.rates.approval, now))
    }

    /// Counts a supervisor's PIN that a kiosk presents.
    pub(crate) fn attendance(&self, device: &str, now: UnixSecs) -> Result<(), Exceeded> {
        self.counted(Limited::Attendance, self.attendances.take(device.to_owned(), self.rates.attendance, now))
    }

    /// Counts a heartbeat of a device.
    pub(crate) fn heartbeat(&self, device: &str, now: UnixSecs) -> Result<(), Exceeded> {
        self.counted(Limited::Heartbeats, self.heartbeats.take(device.to_owned(), self.rates.heartbeat, now))
    }

    /// Counts a sign-in of an account.
    pub(crate) fn start(&self, integration: &str, sub: &str, limits: &Limits, now: UnixSecs) -> Result<(), Exceeded> {
        let hourly = limits.starts_per_hour.max(1);
        let taken = self.accounts.take_of(
            (integration.to_owned(), sub.to_owned()),
            f64::from(hourly.div_ceil(2)),
            f64::from(hourly) / 3600.0,
            now,
        );
        self.counted(Limited::Starts, taken)
    }

    /// Counts a refusal by a daily limit.
    pub(crate) fn note_refused(&self, what: Limited) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    /// How often each limit refused something since the service started.
    pub(crate) fn refused(&self) -> Vec<(Limited, u64)> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        Limited::ALL.into_iter().map(|what| (what, refused.get(&what).copied().unwrap_or_default())).collect()
    }

    fn counted(&self, what: Limited, taken: Result<(), u64>) -> Result<(), Exceeded> {
        taken.map_err(|retry_after_secs| {
            self.note_refused(what);
            Exceeded { what, retry_after_secs }
        })
    }
}

/// Buckets by key.
struct Table<K>(Mutex<HashMap<Option<K>, Bucket>>);

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: UnixSecs,
}

impl Bucket {
    /// The tokens at `now`.
    fn tokens(&self, burst: f64, per_sec: f64, now: UnixSecs) -> f64 {
        (self.tokens + now.saturating_sub(self.at).max(0) as f64 * per_sec).min(burst)
    }
}

impl<K: Eq + Hash> Table<K> {
    /// Takes a token; if there is none, the seconds until there is one.
    fn take(&self, key: K, rate: Rate, now: UnixSecs) -> Result<(), u64> {
        self.take_of(key, f64::from(rate.burst), f64::from(rate.per_minute) / 60.0, now)
    }

    fn take_of(&self, key: K, burst: f64, per_sec: f64, now: UnixSecs) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = Some(key);
        if buckets.len() >= KEYS_MAX && !buckets.contains_key(&key) {
            // A full bucket says nothing that a new one does not.
            buckets.retain(|_, bucket| bucket.tokens(burst, per_sec, now) < burst);
            if buckets.len() >= KEYS_MAX {
                key = None;
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: burst, at: now });
        // The clock may be set back; then nothing is refilled until it has caught up.
        let tokens = bucket.tokens(burst, per_sec, now);
        *bucket = Bucket { tokens, at: now.max(bucket.at) };
        if tokens >= 1.0 {
            bucket.tokens = tokens - 1.0;
            return Ok(());
        }
        Err(((1.0 - tokens) / per_sec.max(1e-6)).ceil() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_minute: 30 };

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let table = Table::default();
        let take = |key: &'static str, now| table.take(key, RATE, now);
        for (now, expected) in
            [(0, Ok(())), (0, Ok(())), (0, Ok(())), (0, Err(2)), (1, Err(1)), (2, Ok(())), (2, Err(2))]
        {
            assert_eq!(take("a", now), expected, "at {now} s");
        }
        assert_eq!(take("b", 2), Ok(()), "another key");
        assert_eq!([take("a", 1_000), take("a", 1_000), take("a", 1_000)], [Ok(()); 3], "the burst is the maximum");
        assert_eq!(take("a", 1_000), Err(2));
        assert_eq!(take("a", 0), Err(2), "a clock that was set back gives nothing");
    }

    #[test]
    fn made_up_keys_share_a_bucket_and_do_not_use_up_memory() {
        let table = Table::default();
        for key in 0..KEYS_MAX {
            table.take(key, RATE, 0).unwrap();
        }
        for _ in 0..3 {
            table.take(KEYS_MAX + 1, RATE, 0).unwrap();
        }
        assert!(table.take(KEYS_MAX + 2, RATE, 0).is_err(), "made-up keys share their limit");
        assert!(table.take(5, RATE, 0).is_ok(), "a known key keeps its own");
        assert!(table.0.lock().unwrap().len() <= KEYS_MAX + 1);
        assert!(table.take(KEYS_MAX + 2, RATE, 60).is_ok());
        assert!(table.0.lock().unwrap().len() <= 2, "full buckets are forgotten");
    }

    #[test]
    fn refusals_are_counted_by_name() {
        let buckets = Buckets::new(RateLimits { device: RATE, ..RateLimits::default() });
        let limits = Limits { starts_per_hour: 2, ..Limits::default() };
        let refused = (0..5).filter(|_| buckets.device("d", 0).is_err()).count();
        assert_eq!(refused, 2);
        assert!(buckets.start("i", "ada", &limits, 0).is_ok());
        let exceeded = buckets.start("i", "ada", &limits, 0).unwrap_err();
        assert_eq!(exceeded, Exceeded { what: Limited::Starts, retry_after_secs: 1800 });
        assert!(buckets.start("j", "ada", &limits, 0).is_ok(), "another integration's account");
        let counted: Vec<_> = buckets.refused().into_iter().filter(|(_, n)| *n > 0).collect();
        assert_eq!(counted, [(Limited::Device, 2), (Limited::Starts, 1)]);
    }
}
