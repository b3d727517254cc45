//! PipeWire's descriptions of formats: what a node offers, what is asked of it, what was granted. Functions over bytes, since
//! the node's program writes them.

use std::panic::catch_unwind;

use pipewire::spa::{
    buffer::{DataType, meta::MetaHeader},
    param::{
        ParamType,
        format::{FormatProperties as Key, MediaSubtype, MediaType},
        video::VideoFormat,
    },
    pod::{
        ChoiceValue, Object, Property, Value, deserialize::PodDeserializer, object, property, serialize::PodSerializer,
    },
    sys,
    utils::{Choice, ChoiceEnum, ChoiceFlags, Fraction, Id, Rectangle, SpaTypes},
};

use super::super::{
    beside::{Granted, Offered},
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::colour::{Colour, Matrix, Range};
use countenance_core::frame::MAX_SIDE_PX;

/// Maximum number of entries taken from one list: a node may list entries forever.
const MAX_LISTED: usize = 256;
/// Sizes tried in a range.
const SIZES: [(u32, u32); 2] = [(640, 480), (1280, 720)];

/// What PipeWire calls a format that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Motion JPEG.
    Jpeg,
    /// Raw samples.
    Raw(VideoFormat),
}

/// An offer, and how to ask for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    pub(super) offer: Offer,
    pub(super) coding: Coding,
    /// Whether the node names rates. If not, none must be asked for.
    pub(super) has_rate: bool,
}

/// What was granted, and in which coding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Set {
    pub(super) granted: Granted,
    pub(super) coding: Coding,
}

impl Coding {
    /// The format that it is decoded as; `None` if it cannot be decoded.
    fn decoded_as(self) -> Option<PixelFormat> {
        match self {
            Self::Jpeg => Some(PixelFormat::Mjpeg),
            Self::Raw(VideoFormat::YUY2) => Some(PixelFormat::Yuyv),
            Self::Raw(VideoFormat::NV12) => Some(PixelFormat::Nv12),
            Self::Raw(format) => rgb(format).map(|_| PixelFormat::Rgb),
        }
    }
}

/// Bytes of a pixel, and which of them are red, green and blue, of a format that image processors in software deliver.
pub(super) fn rgb(format: VideoFormat) -> Option<(usize, [usize; 3])> {
    Some(match format {
        VideoFormat::RGB => (3, [0, 1, 2]),
        VideoFormat::BGR => (3, [2, 1, 0]),
        VideoFormat::RGBx | VideoFormat::RGBA => (4, [0, 1, 2]),
        VideoFormat::BGRx | VideoFormat::BGRA => (4, [2, 1, 0]),
        VideoFormat::xRGB | VideoFormat::ARGB => (4, [1, 2, 3]),
        VideoFormat::xBGR | VideoFormat::ABGR => (4, [3, 2, 1]),
        _ => return None,
    })
}

/// The offers in a node's list of formats, and whether there is grayscale among them.
pub(super) fn offers(listed: &[Vec<u8>]) -> (Vec<Wanted>, bool) {
    let (mut found, mut grey): (Vec<Wanted>, bool) = (Vec::new(), false);
    for object in listed.iter().take(MAX_LISTED).filter_map(|bytes| parsed(bytes)) {
        for coding in codings(&object) {
            grey |= matches!(coding, Coding::Raw(VideoFormat::GRAY8 | VideoFormat::GRAY16_LE | VideoFormat::GRAY16_BE));
            let Some(format) = coding.decoded_as() else { continue };
            let (rates, has_rate) = rates(value(&object, Key::VideoFramerate));
            for (width, height) in sizes(value(&object, Key::VideoSize)) {
                for &fps in &rates {
                    let offer = Offer { format, width, height, fps };
                    // Several orders of the same bytes are one offer.
                    if found.len() < MAX_LISTED && !found.iter().any(|asked| asked.offer == offer) {
                        found.push(Wanted { offer, coding, has_rate });
                    }
                }
            }
        }
    }
    (found, grey)
}

impl From<&(Vec<Wanted>, bool)> for Offered {
    fn from((asked, grey): &(Vec<Wanted>, bool)) -> Self {
        Self { offers: asked.iter().map(|asked| asked.offer).collect(), grey: *grey }
    }
}

/// The format that a stream was given.
pub(super) fn set(bytes: &[u8]) -> Option<Set> {
    let object = parsed(bytes)?;
    let coding = codings(&object).first().copied()?;
    let format = coding.decoded_as()?;
    // PipeWire writes a fixed value as such, or as a choice of one.
    let (Value::Rectangle(size) | Value::Choice(ChoiceValue::Rectangle(Choice(_, ChoiceEnum::None(size))))) =
        value(&object, Key::VideoSize)?
    else {
        return None;
    };
    let &Rectangle { width, height } = size;
    if !(1..=MAX_SIDE_PX).contains(&width) || !(1..=MAX_SIDE_PX).contains(&height) {
        return None;
    }
    let fps = match value(&object, Key::VideoFramerate) {
        Some(
            Value::Fraction(Fraction { num, denom })
            | Value::Choice(ChoiceValue::Fraction(Choice(_, ChoiceEnum::None(Fraction { num, denom })))),
        ) if *denom > 0 => *num as f32 / *denom as f32,
        _ => 0.0,
    };
    let layout = Layout { width, height, stride: stride(format, width), colour: colour(&object) };
    Some(Set { granted: Granted { format, layout, fps }, coding })
}

/// Bytes of a row as it is handed to the decoder: without padding.
pub(super) fn stride(format: PixelFormat, width: u32) -> usize {
    let width = width as usize;
    match format {
        PixelFormat::Mjpeg => 0,
        PixelFormat::Yuyv => width.next_multiple_of(2) * 2,
        PixelFormat::Nv12 => width.next_multiple_of(2),
        PixelFormat::Rgb => width * 3,
    }
}

/// The request for a format.
pub(super) fn request(asked: &Wanted) -> Vec<u8> {
    let (width, height) = (asked.offer.width, asked.offer.height);
    let mut format = object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(Key::MediaType, Id, MediaType::Video),
        property!(Key::VideoSize, Rectangle, Rectangle { width, height }),
    );
    match asked.coding {
        Coding::Jpeg => format.properties.insert(1, property!(Key::MediaSubtype, Id, MediaSubtype::Mjpg)),
        Coding::Raw(raw) => {
            format.properties.insert(1, property!(Key::MediaSubtype, Id, MediaSubtype::Raw));
            format.properties.insert(2, property!(Key::VideoFormat, Id, raw));
        }
    }
    if asked.has_rate {
        let (num, denom) = asked.offer.fps;
        format.properties.push(property!(Key::VideoFramerate, Fraction, Fraction { num, denom }));
    }
    bytes(format)
}

/// What a stream needs once its format is known: buffers in ordinary memory, which can be read without waiting for a device,
/// and with each the time and number of its frame.
pub(super) fn needs() -> [Vec<u8>; 2] {
    let kinds: i32 = [DataType::MemPtr, DataType::MemFd].iter().map(|kind| 1_i32 << kind.as_raw()).sum();
    let kinds = Choice(ChoiceFlags::empty(), ChoiceEnum::Flags { default: kinds, flags: Vec::new() });
    let buffers = Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![Property::new(sys::SPA_PARAM_BUFFERS_dataType, Value::Choice(ChoiceValue::Int(kinds)))],
    };
    let header = Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(sys::SPA_PARAM_META_type, Value::Id(Id(sys::SPA_META_Header))),
            Property::new(sys::SPA_PARAM_META_size, Value::Int(size_of::<MetaHeader>() as i32)),
        ],
    };
    [bytes(buffers), bytes(header)]
}

fn bytes(object: Object) -> Vec<u8> {
    let written = PodSerializer::serialize(std::io::Cursor::new(Vec::new()), &Value::Object(object));
    // Only a writer fails, and a vector does not.
    written.map(|(cursor, _)| cursor.into_inner()).unwrap_or_default()
}

/// Parses what another program wrote. The crate panics on some of it.
fn parsed(bytes: &[u8]) -> Option<Object> {
    let parsed = catch_unwind(|| match PodDeserializer::deserialize_any_from(bytes) {
        Ok((_, Value::Object(object))) => Some(object),
        Ok(_) | Err(_) => None,
    });
    parsed.ok().flatten()
}

fn value(object: &Object, key: Key) -> Option<&Value> {
    object.properties.iter().find(|property| property.key == key.as_raw()).map(|property| &property.value)
}

/// The codings in a description of a format.
fn codings(object: &Object) -> Vec<Coding> {
    let is_video = ids(value(object, Key::MediaType)) == [MediaType::Video.as_raw()];
    match ids(value(object, Key::MediaSubtype)).first() {
        Some(&subtype) if is_video && subtype == MediaSubtype::Raw.as_raw() => {
            let formats = ids(value(object, Key::VideoFormat)).into_iter();
            formats.map(|format| Coding::Raw(VideoFormat::from_raw(format))).collect()
        }
        Some(&subtype) if is_video && [MediaSubtype::Mjpg.as_raw(), MediaSubtype::Jpeg.as_raw()].contains(&subtype) => {
            vec![Coding::Jpeg]
        }
        _ => Vec::new(),
    }
}

fn ids(value: Option<&Value>) -> Vec<u32> {
    let all = match value {
        Some(Value::Id(id)) => vec![*id],
        Some(Value::Choice(ChoiceValue::Id(Choice(_, choice)))) => all(choice),
        _ => Vec::new(),
    };
    all.into_iter().map(|id| id.0).collect()
}

/// The values of a list, the preferred one first, each once; of a range only that one.
fn all<T: pipewire::spa::pod::CanonicalFixedSizedPod + Copy + PartialEq>(choice: &ChoiceEnum<T>) -> Vec<T> {
    match choice {
        ChoiceEnum::None(only) => vec![*only],
        ChoiceEnum::Range { default, .. } | ChoiceEnum::Step { default, .. } | ChoiceEnum::Flags { default, .. } => {
            vec![*default]
        }
        ChoiceEnum::Enum { default, alternatives } => {
            let rest = alternatives.iter().copied().filter(|value| value != default);
            std::iter::once(*default).chain(rest).take(MAX_LISTED).collect()
        }
    }
}

fn sizes(value: Option<&Value>) -> Vec<(u32, u32)> {
    let exact = match value {
        Some(Value::Rectangle(size)) => vec![*size],
        Some(Value::Choice(ChoiceValue::Rectangle(Choice(
            _,
            ChoiceEnum::Range { min, max, .. } | ChoiceEnum::Step { min, max, .. },
        )))) => SIZES
            .iter()
            .map(|&(width, height)| Rectangle {
                width: width.clamp(min.width, max.width.max(min.width)),
                height: height.clamp(min.height, max.height.max(min.height)),
            })
            .collect(),
        Some(Value::Choice(ChoiceValue::Rectangle(Choice(_, choice)))) => all(choice),
        _ => Vec::new(),
    };
    exact.into_iter().map(|size| (size.width, size.height)).collect()
}

/// Frames per second as fractions, and whether the node names them.
fn rates(value: Option<&Value>) -> (Vec<(u32, u32)>, bool) {
    let exact = match value {
        Some(Value::Fraction(rate)) => vec![*rate],
        Some(Value::Choice(ChoiceValue::Fraction(Choice(
            _,
            ChoiceEnum::Range { min, max, .. } | ChoiceEnum::Step { min, max, .. },
        )))) => {
            // 30 frames per second if within the range, else the fastest.
            let rate = |rate: &Fraction| f64::from(rate.num) / f64::from(rate.denom.max(1));
            let is_within = rate(min) <= 30.0 && (max.num == 0 || 30.0 <= rate(max));
            vec![if is_within { Fraction { num: 30, denom: 1 } } else { *max }]
        }
        Some(Value::Choice(ChoiceValue::Fraction(Choice(_, choice)))) => all(choice),
        _ => Vec::new(),
    };
    let named: Vec<_> = exact.iter().filter(|rate| rate.num > 0 && rate.denom > 0).map(|r| (r.num, r.denom)).collect();
    // A node that names no rate has one of its own, which shows when it streams.
    if named.is_empty() { (vec![(30, 1)], false) } else { (named, true) }
}

/// The color encoding that the node reports. The default is BT.601 in limited range, the convention for webcams' YUV.
fn colour(object: &Object) -> Colour {
    let one = |key| ids(value(object, key)).first().copied().unwrap_or_default();
    let matrix = match one(Key::VideoColorMatrix) {
        sys::SPA_VIDEO_COLOR_MATRIX_BT709 => Matrix::Bt709,
        sys::SPA_VIDEO_COLOR_MATRIX_BT2020 => Matrix::Bt2020,
        _ => Matrix::Bt601,
    };
    let range = match one(Key::VideoColorRange) {
        sys::SPA_VIDEO_COLOR_RANGE_0_255 => Range::Full,
        _ => Range::Limited,
    };
    Colour { matrix, range }
}

#[cfg(test)]
mod tests;
