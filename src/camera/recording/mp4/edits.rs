//! Edit lists: which part of a track is shown. A clip that was cut without being encoded again still holds what was cut
//! away, as far back as the last key frame; players decode that and do not show it.

use std::time::Duration;

use super::{
    super::{MAX_FRAMES, Unsupported, bytes::Bytes},
    RecordingError,
};

/// The rate of an edit that plays as recorded: 1 in 16.16 fixed point.
const NORMAL_RATE: u32 = 1 << 16;

/// An entry of an edit list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Duration, ticks of the movie.
    duration: u64,
    /// Start, ticks of the track; -1 for a pause.
    from: i64,
    rate: u32,
}

/// The parts of a track that are shown, in order.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::recording) struct Edits {
    parts: Vec<Part>,
    /// Ticks per second of the track.
    scale: u32,
}

/// One part, in ticks of the track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: i64,
    /// The first tick behind it.
    until: i64,
    /// When it is shown.
    at: Duration,
}

/// Reads an edit list.
pub(super) fn entries(mut elst: Bytes<'_>) -> Result<Vec<Entry>, RecordingError> {
    let long = elst.u32_be()? >> 24 == 1;
    let count = elst.u32_be()?;
    if u64::from(count) > MAX_FRAMES {
        return Err(elst.malformed());
    }
    let mut entry = || {
        let (duration, from) = if long {
            (elst.u64_be()?, elst.u64_be()?.cast_signed())
        } else {
            (u64::from(elst.u32_be()?), i64::from(elst.u32_be()?.cast_signed()))
        };
        Ok(Entry { duration, from, rate: elst.u32_be()? })
    };
    (0..count).map(|_| entry()).collect()
}

impl Edits {
    /// What `list` shows of a track whose first frame is at tick `first`; all of it if there is no list.
    pub(super) fn new(list: &[Entry], first: i64, scale: u32, movie_scale: u32) -> Result<Self, RecordingError> {
        let (mut parts, mut at) = (Vec::<Part>::new(), Duration::ZERO);
        for entry in list {
            let length = duration(entry.duration.into(), movie_scale);
            if entry.from < 0 {
                // A pause before the first frame is not part of the recording; one between two parts takes its time.
                at += if parts.is_empty() { Duration::ZERO } else { length };
                continue;
            }
            if entry.rate != NORMAL_RATE {
                return Err(RecordingError::Unsupported(Unsupported::EditRate));
            }
            let from = entry.from;
            if parts.last().is_some_and(|last| from < last.until) {
                return Err(RecordingError::Unsupported(Unsupported::EditOrder));
            }
            // Fragmented files are written before their duration is known.
            let until = match entry.duration {
                0 => i64::MAX,
                ticks => from.saturating_add(rescaled(ticks, movie_scale, scale)),
            };
            parts.push(Part { from, until, at });
            at = at.saturating_add(length);
        }
        if parts.is_empty() {
            parts.push(Part { from: first, until: i64::MAX, at: Duration::ZERO });
        }
        Ok(Self { parts, scale })
    }

    /// When the frame of tick `shown` is shown; `None` if it is not.
    pub(in crate::recording) fn time(&self, shown: i64) -> Option<Duration> {
        // The parts are in order: the last one that starts at or before the frame is the only one that may have it.
        let index = self.parts.partition_point(|part| part.from <= shown).checked_sub(1)?;
        let part = self.parts.get(index).filter(|part| shown < part.until)?;
        Some(part.at.saturating_add(duration(i128::from(shown) - i128::from(part.from), self.scale)))
    }
}

/// `ticks` as time, at `scale` ticks per second.
fn duration(ticks: i128, scale: u32) -> Duration {
    let nanos = ticks.max(0).saturating_mul(1_000_000_000) / i128::from(scale.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// `ticks` of one scale in ticks of another, to the nearest.
fn rescaled(ticks: u64, from: u32, to: u32) -> i64 {
    let (from, to) = (u128::from(from.max(1)), u128::from(to));
    i64::try_from((u128::from(ticks) * to + from / 2) / from).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(duration: u64, from: i64) -> Entry {
        Entry { duration, from, rate: NORMAL_RATE }
    }

    #[test]
    fn shows_what_the_list_names() {
        // The track has 100 ticks a second and a frame every 10; the movie has 1000 ticks a second.
        /// What the case is, the entries of the list, and what it shows.
        type Row<'a> = (&'a str, &'a [Entry], &'a [(i64, u64)]);
        let table: [Row<'_>; 7] = [
            ("no list", &[], &[(20, 0), (30, 100), (40, 200), (50, 300), (60, 400)]),
            ("all", &[entry(500, 20)], &[(20, 0), (30, 100), (40, 200), (50, 300), (60, 400)]),
            ("a start", &[entry(300, 35)], &[(40, 50), (50, 150), (60, 250)]),
            ("an end", &[entry(150, 20)], &[(20, 0), (30, 100)]),
            ("no known duration", &[entry(0, 40)], &[(40, 0), (50, 100), (60, 200)]),
            ("a pause first", &[entry(999, -1), entry(200, 30)], &[(30, 0), (40, 100)]),
            ("two parts", &[entry(100, 20), entry(70, -1), entry(200, 50)], &[(20, 0), (50, 170), (60, 270)]),
        ];
        for (name, list, wanted) in table {
            let edits = Edits::new(list, 20, 100, 1000).unwrap();
            let shown = [20, 30, 40, 50, 60].map(|tick| Some((tick, edits.time(tick)?.as_millis() as u64)));
            assert_eq!(shown.into_iter().flatten().collect::<Vec<_>>(), wanted, "{name}");
        }
    }

    #[test]
    fn other_rates_and_orders_are_refused_by_name() {
        let fast = Entry { rate: 2 << 16, ..entry(100, 0) };
        let table: [(&[Entry], &str); 3] = [
            (&[fast], "an edit list with a rate other than 1 is not supported"),
            (
                &[entry(100, 50), entry(100, 0)],
                "an edit list that repeats or reorders parts of the video is not supported",
            ),
            (
                &[entry(0, 0), entry(100, 50)],
                "an edit list that repeats or reorders parts of the video is not supported",
            ),
        ];
        for (list, wanted) in table {
            assert_eq!(Edits::new(list, 0, 100, 1000).unwrap_err().to_string(), wanted);
        }
    }

    #[test]
    fn extreme_numbers_saturate() {
        let edits = Edits::new(&[entry(u64::MAX, i64::MAX - 1)], 0, u32::MAX, 1).unwrap();
        assert_eq!(edits.time(0), None);
        assert!(edits.time(i64::MAX - 1).is_some());
        assert!(Edits::new(&[], i64::MIN, 1, 1).unwrap().time(i64::MAX - 1).is_some());
    }
}
