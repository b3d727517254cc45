//! How often anybody may do something: the numbers, and what happens when one is reached.
//!
//! - In memory, as token buckets: requests by address and by device, sign-ins by account, approval codes,
//!   supervisors' PINs and heartbeats by device ([`buckets`]). A restart forgets them, but cannot be caused from outside.
//! - In the database, by day (UTC): codes, mailed links, enrollments, approval codes by account, and the accounts whose
//!   faces one device tries ([`daily`](crate::store)). A restart does not give any of them twice.
//!
//! Mail that reports a change (a new face, a new device) is not counted: reaching a limit must not silence it.

pub(crate) mod buckets;

use serde::{Deserialize, Serialize};

use crate::{
    AppState,
    store::{StoreError, Tx},
};
use countenance_core::clock::UnixSecs;

const DAY_SECS: i64 = 24 * 3600;
/// Largest number that a limit may have: as good as none.
pub(crate) const LIMIT_MAX: u32 = 1_000_000;

/// Declares the limits of an integration: name, default, label and help in the portal.
macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $default:literal, $label:literal, $help:literal;)*) => {
        /// The limits of an integration, each 1 to 1,000,000.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Limits { $($(#[$doc])* pub $name: u32,)* }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl Limits {
            /// Every limit, in the order of the portal.
            pub(crate) const ALL: &[Limit] = &[$(Limit {
                name: stringify!($name),
                label: $label,
                help: $help,
                of: |limits| limits.$name,
                of_mut: |limits| &mut limits.$name,
            },)*];
        }
    };
}
limits! {
    /// Sign-ins that may be started for one account in an hour.
    starts_per_hour = 30, "Sign-ins of an account in an hour",
        "Half of them may begin at once. Somebody who signs in more often is asked to wait.";
    /// One-time codes sent to one account in a day.
    codes_per_day = 10, "Codes sent to an account in a day",
        "Text messages and calls, each of which costs money and disturbs the owner of the phone.";
    /// Links mailed to one account in a day.
    mails_per_day = 20, "Links mailed to an account in a day",
        "Notices of a new face or device are not counted, so that nobody can silence them.";
    /// Faces enrolled at the integration in a day.
    enrollments_per_day = 1_000, "Enrollments in a day",
        "For the whole integration. Raise it for the day on which everybody enrolls.";
    /// Accounts whose faces one device tries in a day.
    accounts_per_device = 5, "Accounts on one device in a day",
        "People's own devices. One that tries more faces than a family has is refused until the next day.";
    /// Accounts whose faces one kiosk tries in a day.
    accounts_per_kiosk = 5_000, "Accounts at one kiosk in a day",
        "Devices that were registered with a one-time code.";
    /// Approval codes typed on the devices of one account in a day.
    approvals_per_day = 50, "Approval codes typed for an account in a day",
        "Right and wrong ones, on devices that the account uses already. Allowing another device takes two.";
}

/// One limit of an integration.
pub(crate) struct Limit {
    /// Name of the form field.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) help: &'static str,
    pub(crate) of: fn(&Limits) -> u32,
    pub(crate) of_mut: fn(&mut Limits) -> &mut u32,
}

impl Limits {
    /// Whether every number is allowed.
    pub(crate) fn are_allowed(&self) -> bool {
        Self::ALL.iter().all(|limit| (1..=LIMIT_MAX).contains(&(limit.of)(self)))
    }
}

countenance_core::enumeration! {
    /// What is limited.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub(crate) enum Limited {
        /// Requests of one address, or one /64 network.
        Address = "address",
        /// Requests of one device.
        Device = "device",
        /// Sign-ins of one account.
        Starts = "starts",
        /// Codes sent to one account.
        Codes = "codes",
        /// Links mailed to one account.
        Mails = "mails",
        /// Enrollments at one integration.
        Enrollments = "enrollments",
        /// Accounts whose faces one device tries.
        Accounts = "accounts",
        /// Approval codes typed on one device, or on the devices of one account.
        Approvals = "approvals",
        /// Supervisors' PINs typed at one kiosk.
        Attendance = "attendance",
        /// Heartbeats of one device.
        Heartbeats = "heartbeats",
    }
}

/// A limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.what.told())]
pub(crate) struct Exceeded {
    pub(crate) what: Limited,
    /// Seconds until it is worth trying again.
    pub(crate) retry_after_secs: u64,
}

impl Limited {
    /// What to say, to the client and in logs.
    fn told(self) -> &'static str {
        match self {
            Self::Address => "Too many requests from this address.",
            Self::Device => "Too many requests from this device.",
            Self::Starts => "Too many sign-ins of this account.",
            Self::Codes => "Too many codes were sent to this account today.",
            Self::Mails => "Too many links were mailed to this account today.",
            Self::Enrollments => "Too many faces were enrolled today.",
            Self::Accounts => "This device was used for too many accounts today.",
            Self::Approvals => "Too many approval codes were entered.",
            Self::Attendance => "Too many PINs were entered at this device.",
            Self::Heartbeats => "Too many heartbeats of this device.",
        }
    }

    /// The error for a number that is counted by day.
    pub(crate) fn until_tomorrow(self, now: UnixSecs) -> Exceeded {
        let left = DAY_SECS - now.rem_euclid(DAY_SECS);
        Exceeded { what: self, retry_after_secs: left.unsigned_abs() }
    }
}

impl AppState {
    /// Counts `what` for `subject`, an account's pseudonym or nothing, unless it was counted `most` times today.
    pub(crate) async fn count_daily(
        &self,
        tx: &mut Tx<'_>,
        integration_id: &str,
        what: Limited,
        subject: &str,
        most: u32,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let counted = tx.count_daily(integration_id, what, subject, most, self.now()).await?;
        Ok(self.noted(counted))
    }

    /// Counts an account for the device that is about to show its face.
    pub(crate) async fn count_account_of_device(
        &self,
        tx: &mut Tx<'_>,
        integration_id: &str,
        device: &str,
        account: &str,
        most: u32,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let counted = tx.count_account_of_device(integration_id, device, account, most, self.now()).await?;
        Ok(self.noted(counted))
    }

    fn noted(&self, counted: Result<(), Exceeded>) -> Result<(), Exceeded> {
        counted.inspect_err(|exceeded| self.buckets().note_refused(exceeded.what))
    }
}

/// The day of `now`, counted from 1970, UTC.
pub(crate) fn day(now: UnixSecs) -> i64 {
    now.div_euclid(DAY_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_checked_and_a_new_one_has_its_default() {
        assert!(Limits::default().are_allowed());
        for limit in Limits::ALL {
            for (number, allowed) in [(0, false), (1, true), (LIMIT_MAX, true), (LIMIT_MAX + 1, false)] {
                let mut limits = Limits::default();
                *(limit.of_mut)(&mut limits) = number;
                assert_eq!((limit.of)(&limits), number, "{}", limit.name);
                assert_eq!(limits.are_allowed(), allowed, "{} {number}", limit.name);
            }
        }
        let stored: Limits = serde_json::from_str(r#"{"codes_per_day": 3, "of_a_later_build": 1}"#).unwrap();
        assert_eq!(stored, Limits { codes_per_day: 3, ..Limits::default() });
    }

    #[test]
    fn a_day_ends_at_midnight() {
        assert_eq!((day(DAY_SECS - 1), day(DAY_SECS)), (0, 1));
        assert_eq!(Limited::Codes.until_tomorrow(DAY_SECS - 1).retry_after_secs, 1);
        assert_eq!(Limited::Codes.until_tomorrow(DAY_SECS).retry_after_secs, 86_400);
    }
}
