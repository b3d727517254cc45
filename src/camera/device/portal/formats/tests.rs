//! Descriptions as nodes write them, and as nobody should.

use super::*;

const VGA: Rectangle = Rectangle { width: 640, height: 480 };
const HD: Rectangle = Rectangle { width: 1280, height: 720 };

fn fraction(num: u32, denom: u32) -> Fraction {
    Fraction { num, denom }
}

fn raw(properties: Vec<Property>) -> Vec<u8> {
    let mut object = object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(Key::MediaType, Id, MediaType::Video),
        property!(Key::MediaSubtype, Id, MediaSubtype::Raw),
    );
    object.properties.extend(properties);
    bytes(object)
}

fn jpeg(size: Rectangle, rate: Fraction) -> Vec<u8> {
    bytes(object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(Key::MediaType, Id, MediaType::Video),
        property!(Key::MediaSubtype, Id, MediaSubtype::Mjpg),
        property!(Key::VideoSize, Rectangle, size),
        property!(Key::VideoFramerate, Fraction, rate),
    ))
}

fn shown(listed: &[Vec<u8>]) -> Vec<String> {
    offers(listed).0.iter().map(|asked| asked.offer.to_string()).collect()
}

#[test]
fn reads_what_a_webcam_offers() {
    let listed = [
        jpeg(HD, fraction(30, 1)),
        raw(vec![
            property!(Key::VideoFormat, Id, VideoFormat::YUY2),
            property!(Key::VideoSize, Rectangle, VGA),
            property!(Key::VideoFramerate, Choice, Enum, Fraction, fraction(30, 1), fraction(30, 1), fraction(15, 2)),
        ]),
        raw(vec![property!(Key::VideoFormat, Id, VideoFormat::I420), property!(Key::VideoSize, Rectangle, VGA)]),
    ];
    assert_eq!(shown(&listed), ["MJPG 1280x720 @ 30", "YUYV 640x480 @ 30", "YUYV 640x480 @ 7.5"]);
    assert!(!offers(&listed).1);
}

/// libcamera's image processor in software: many orders of bytes, a range of sizes, no rate.
#[test]
fn reads_ranges_and_lists_of_an_image_processor() {
    let listed = [raw(vec![
        property!(
            Key::VideoFormat,
            Choice,
            Enum,
            Id,
            VideoFormat::BGRx,
            VideoFormat::BGRx,
            VideoFormat::RGB,
            VideoFormat::NV12
        ),
        property!(
            Key::VideoSize,
            Choice,
            Range,
            Rectangle,
            HD,
            Rectangle { width: 32, height: 32 },
            Rectangle { width: 1920, height: 1080 }
        ),
    ])];
    assert_eq!(shown(&listed), ["RGB3 640x480 @ 30", "RGB3 1280x720 @ 30", "NV12 640x480 @ 30", "NV12 1280x720 @ 30"]);
    let (asked, _) = offers(&listed);
    assert!(asked.iter().all(|asked| !asked.has_rate));
    assert_eq!(asked[0].coding, Coding::Raw(VideoFormat::BGRx), "the first of the orders that the node prefers");
}

#[test]
fn a_rate_in_a_range_is_thirty_or_the_fastest() {
    let listed = |max| {
        [raw(vec![
            property!(Key::VideoFormat, Id, VideoFormat::NV12),
            property!(Key::VideoSize, Rectangle, VGA),
            property!(Key::VideoFramerate, Choice, Range, Fraction, fraction(25, 1), fraction(0, 1), max),
        ])]
    };
    assert_eq!(shown(&listed(fraction(60, 1))), ["NV12 640x480 @ 30"]);
    assert_eq!(shown(&listed(fraction(15, 1))), ["NV12 640x480 @ 15"]);
}

#[test]
fn an_infrared_sensor_shows_by_its_formats() {
    let grey =
        raw(vec![property!(Key::VideoFormat, Id, VideoFormat::GRAY8), property!(Key::VideoSize, Rectangle, VGA)]);
    let (asked, is_grey) = offers(&[grey]);
    assert!(asked.is_empty() && is_grey);
}

#[test]
fn what_is_asked_for_is_what_is_granted() {
    for (listed, coding) in [
        (jpeg(VGA, fraction(30, 1)), Coding::Jpeg),
        (
            raw(vec![property!(Key::VideoFormat, Id, VideoFormat::BGRx), property!(Key::VideoSize, Rectangle, VGA)]),
            Coding::Raw(VideoFormat::BGRx),
        ),
    ] {
        let asked = offers(&[listed]).0[0];
        let set = set(&request(&asked)).unwrap();
        assert_eq!(set.coding, coding);
        let Granted { format, layout, .. } = set.granted;
        assert_eq!((format, layout.width, layout.height), (asked.offer.format, 640, 480));
        assert_eq!(set.granted.fps > 0.0, asked.has_rate);
    }
}

/// As it comes from a link between two nodes.
#[test]
fn reads_a_granted_format_of_choices_of_one() {
    fn one<T: pipewire::spa::pod::CanonicalFixedSizedPod>(value: T) -> Choice<T> {
        Choice(ChoiceFlags::empty(), ChoiceEnum::None(value))
    }
    let id = |key: Key, value| Property::new(key.as_raw(), Value::Choice(ChoiceValue::Id(one(Id(value)))));
    let format = bytes(Object {
        type_: SpaTypes::ObjectParamFormat.as_raw(),
        id: ParamType::Format.as_raw(),
        properties: vec![
            id(Key::MediaType, MediaType::Video.as_raw()),
            id(Key::MediaSubtype, MediaSubtype::Raw.as_raw()),
            id(Key::VideoFormat, VideoFormat::YUY2.as_raw()),
            Property::new(Key::VideoSize.as_raw(), Value::Choice(ChoiceValue::Rectangle(one(VGA)))),
            Property::new(Key::VideoFramerate.as_raw(), Value::Choice(ChoiceValue::Fraction(one(fraction(30, 1))))),
        ],
    });
    let set = set(&format).unwrap();
    let Granted { format, layout, fps } = set.granted;
    assert_eq!((format, layout.width, layout.height, layout.stride), (PixelFormat::Yuyv, 640, 480, 1280));
    assert!((fps - 30.0).abs() < 0.01);
}

#[test]
fn reads_the_color_encoding() {
    let with = |matrix, range| {
        let format = raw(vec![
            property!(Key::VideoFormat, Id, VideoFormat::NV12),
            property!(Key::VideoSize, Rectangle, HD),
            Property::new(Key::VideoColorMatrix.as_raw(), Value::Id(Id(matrix))),
            Property::new(Key::VideoColorRange.as_raw(), Value::Id(Id(range))),
        ]);
        set(&format).unwrap().granted.layout.colour
    };
    assert_eq!(with(0, 0), Colour { matrix: Matrix::Bt601, range: Range::Limited });
    assert_eq!(
        with(sys::SPA_VIDEO_COLOR_MATRIX_BT709, sys::SPA_VIDEO_COLOR_RANGE_0_255),
        Colour { matrix: Matrix::Bt709, range: Range::Full }
    );
}

#[test]
fn hostile_descriptions_are_no_format() {
    let huge = raw(vec![
        property!(Key::VideoFormat, Id, VideoFormat::NV12),
        property!(Key::VideoSize, Rectangle, Rectangle { width: u32::MAX, height: 2 }),
    ]);
    assert_eq!(set(&huge), None);
    let whole = jpeg(VGA, fraction(30, 1));
    for length in 0..whole.len() {
        let cut = whole[..length].to_vec();
        assert!(set(&cut).is_none() && offers(&[cut]).0.is_empty(), "{length}");
    }
    // Every byte in turn.
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut spoilt = whole.clone();
            spoilt[at] = value;
            let offered = offers(&[spoilt.clone()]).0;
            assert!(offered.len() <= MAX_LISTED && set(&spoilt).is_none_or(|set| set.granted.layout.width > 0));
        }
    }
    let many = raw(vec![
        property!(Key::VideoFormat, Id, VideoFormat::NV12),
        Property::new(
            Key::VideoSize.as_raw(),
            Value::Choice(ChoiceValue::Rectangle(Choice(
                ChoiceFlags::empty(),
                ChoiceEnum::Enum {
                    default: VGA,
                    alternatives: (1..5000).map(|width| Rectangle { width, height: 9 }).collect(),
                },
            ))),
        ),
    ]);
    assert_eq!(offers(&[many]).0.len(), MAX_LISTED);
}
