//! Parser for deliveries: JSON lines, a JSON array, or single objects, depending on the stream's settings.
//!
//! Each item is `{"log_id", "data": {"type", "log_id", "details", …}}`. Unknown types and fields are ignored, because
//! tenant logs gain new ones at any time.

use percent_encoding::percent_decode_str;
use serde::{
    Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::otp::phone::PhoneNumber;

/// Event type: multi-factor authentication succeeded.
const MFA_SUCCEEDED: &str = "gd_auth_succeed";
/// Event type: a user of a database connection was deleted.
const USER_DELETED: &str = "sdu";
/// Event type: a call of the Management API.
const API_CALL: &str = "sapi";
/// Where that call deletes a user, before the percent-encoded id.
const USERS_PATH: &str = "/api/v2/users/";
/// Maximum size of an item, bytes: ten times a large event. Items are parsed one at a time, so this bounds the memory.
const ITEM_MAX_BYTES: usize = 64 << 10;
/// Maximum number of items in a delivery.
const ITEMS_MAX: usize = 100_000;

/// A code that was verified, as reported by a tenant's log.
#[derive(Clone)]
pub(crate) struct Conversion {
    /// The event's id, assigned by the tenant.
    pub(crate) log_id: String,
    /// The number to which the code was sent.
    pub(crate) phone: PhoneNumber,
}

/// The content of one delivery.
#[derive(Default)]
pub(crate) struct Delivery {
    /// Verified codes, to be reported to Twilio.
    pub(crate) conversions: Vec<Conversion>,
    /// Users who were deleted at the tenant, by their `user_id`.
    pub(crate) deleted: Vec<String>,
    /// Number of items that are log events of any type.
    pub(crate) events: usize,
    /// Number of items that are not log events.
    pub(crate) broken: usize,
}

/// Why a body is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoDelivery {
    /// It starts like an array but is not valid JSON, so its items cannot be separated.
    Malformed,
    /// It has more than [`ITEMS_MAX`] items.
    TooManyItems,
}

/// One item.
enum Item {
    Converted(Conversion),
    Deleted(String),
    /// An event without a verified phone number.
    Other,
    /// Not an event.
    Broken,
}

/// Parses a body in any of the three forms. A broken line or item does not affect the others.
pub(crate) fn read(body: &[u8]) -> Result<Delivery, NoDelivery> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    let mut delivery = Delivery::default();
    if body.starts_with(b"[") {
        let mut json = serde_json::Deserializer::from_slice(body);
        let read = json.deserialize_seq(Items(&mut delivery)).and_then(|()| json.end());
        if delivery.items() > ITEMS_MAX {
            return Err(NoDelivery::TooManyItems);
        }
        return read.map(|()| delivery).or(Err(NoDelivery::Malformed));
    }
    // A single object may span several lines.
    if let Ok(item) = serde_json::from_slice::<&RawValue>(body) {
        delivery.add(Item::read(item));
        return Ok(delivery);
    }
    for line in body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
        for item in serde_json::Deserializer::from_slice(line).into_iter::<&RawValue>() {
            delivery.add(item.map_or(Item::Broken, Item::read));
            if delivery.items() > ITEMS_MAX {
                return Err(NoDelivery::TooManyItems);
            }
        }
    }
    Ok(delivery)
}

/// Adds the items of an array to a delivery, one at a time.
struct Items<'d>(&'d mut Delivery);

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of log events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            self.0.add(Item::read(item));
            if self.0.items() > ITEMS_MAX {
                return Err(serde::de::Error::custom("too many items"));
            }
        }
        Ok(())
    }
}

impl Delivery {
    fn items(&self) -> usize {
        self.events + self.broken
    }

    fn add(&mut self, item: Item) {
        match item {
            Item::Broken => self.broken += 1,
            Item::Other => self.events += 1,
            Item::Deleted(user) => {
                self.events += 1;
                self.deleted.push(user);
            }
            Item::Converted(conversion) => {
                self.events += 1;
                self.conversions.push(conversion);
            }
        }
    }
}

impl Item {
    fn read(json: &RawValue) -> Self {
        if json.get().len() > ITEM_MAX_BYTES {
            return Self::Broken;
        }
        serde_json::from_str(json.get()).map_or(Self::Broken, |item| Self::of(&item))
    }

    fn of(item: &Value) -> Self {
        let text = |pointer| item.pointer(pointer).and_then(Value::as_str);
        let (Some(kind), Some(log_id)) = (text("/data/type"), text("/log_id").or_else(|| text("/data/log_id"))) else {
            return Self::Broken;
        };
        if let Some(user) = deleted(item, kind) {
            return Self::Deleted(user);
        }
        let phone = phone(item).filter(|_| kind == MFA_SUCCEEDED);
        phone.map_or(Self::Other, |phone| Self::Converted(Conversion { log_id: log_id.to_owned(), phone }))
    }
}

/// The user that the event reports as deleted: by the user's own event, or by a successful call that deletes exactly one.
fn deleted(item: &Value, kind: &str) -> Option<String> {
    let text = |pointer| item.pointer(pointer).and_then(Value::as_str);
    match kind {
        USER_DELETED => text("/data/user_id").map(str::to_owned),
        API_CALL => {
            let is_delete = text("/data/details/request/method")?.eq_ignore_ascii_case("delete");
            let is_done = item.pointer("/data/details/response/statusCode")? == 204;
            let id = text("/data/details/request/path")?.strip_prefix(USERS_PATH)?;
            let id = percent_decode_str(id).decode_utf8().ok().filter(|_| is_delete && is_done && !id.contains('/'))?;
            Some(id.into_owned())
        }
        _ => None,
    }
    .filter(|user| !user.is_empty())
}

/// The phone number in the event's details if it is in plain E.164 form; masked or formatted numbers are ignored.
fn phone(item: &Value) -> Option<PhoneNumber> {
    let told = |pointer| item.pointer(pointer).filter(|value| !value.is_null());
    let text = told("/data/details/authenticator/phone_number")
        .or_else(|| told("/data/details/enrollment/phone_number"))?
        .as_str()?;
    let phone: PhoneNumber = text.parse().ok()?;
    (phone.e164() == text).then_some(phone)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(log_id: &str, details: &Value) -> Value {
        json!({"log_id": log_id, "data": {"type": MFA_SUCCEEDED, "log_id": log_id, "details": details}})
    }

    fn with_phone(log_id: &str, phone: &str) -> Value {
        event(log_id, &json!({"authenticator": {"type": "sms", "phone_number": phone}}))
    }

    /// Ids of conversions, all events, broken items.
    fn found(body: &str) -> (Vec<String>, usize, usize) {
        let delivery = read(body.as_bytes()).unwrap();
        let ids = delivery.conversions.into_iter().map(|c| c.log_id).collect();
        (ids, delivery.events, delivery.broken)
    }

    #[test]
    fn finds_deleted_users() {
        let call = |method: &str, path: &str, status: u16| {
            let details = json!({"request": {"method": method, "path": path}, "response": {"statusCode": status}});
            json!({"log_id": "x", "data": {"type": "sapi", "user_id": "auth0|admin", "details": details}})
        };
        let event = |data: Value| json!({"log_id": "x", "data": data});
        for (case, item, expected) in [
            ("a user", event(json!({"type": "sdu", "user_id": "auth0|ada"})), Some("auth0|ada")),
            ("no user", event(json!({"type": "sdu"})), None),
            ("an empty user", event(json!({"type": "sdu", "user_id": ""})), None),
            ("a failure", event(json!({"type": "fdu", "user_id": "auth0|ada"})), None),
            ("a login", event(json!({"type": "s", "user_id": "auth0|ada"})), None),
            ("a call", call("delete", "/api/v2/users/auth0%7Cada", 204), Some("auth0|ada")),
            (
                "a call for an address with a plus",
                call("DELETE", "/api/v2/users/email%7Ca+b@c", 204),
                Some("email|a+b@c"),
            ),
            ("a refused call", call("delete", "/api/v2/users/auth0%7Cada", 403), None),
            ("another method", call("patch", "/api/v2/users/auth0%7Cada", 204), None),
            ("a part of a user", call("delete", "/api/v2/users/auth0%7Cada/multifactor/duo", 204), None),
            ("all users", call("delete", "/api/v2/users/", 204), None),
            ("something else", call("delete", "/api/v2/clients/auth0%7Cada", 204), None),
        ] {
            let delivery = read(item.to_string().as_bytes()).unwrap();
            assert_eq!(delivery.deleted, expected.map(str::to_owned).as_slice(), "{case}");
            assert_eq!((delivery.events, delivery.broken), (1, 0), "{case}");
        }
    }

    #[test]
    fn reads_every_form_and_skips_broken_items() {
        let (a, b) = (with_phone("a", "+4915123456789"), with_phone("b", "+15550100"));
        let pretty = serde_json::to_string_pretty(&a).unwrap();
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        for (case, body, expected) in [
            ("lines", format!("{a}\n{b}\n"), (ids(&["a", "b"]), 2, 0)),
            ("CRLF lines", format!("{a}\r\n\r\n{b}\r\n"), (ids(&["a", "b"]), 2, 0)),
            ("an array", format!(" [{a},\n{b}] "), (ids(&["a", "b"]), 2, 0)),
            ("one object", a.to_string(), (ids(&["a"]), 1, 0)),
            ("one object on many lines", pretty, (ids(&["a"]), 1, 0)),
            ("objects without a break", format!("{a}{b}"), (ids(&["a", "b"]), 2, 0)),
            ("a byte order mark", format!("\u{feff}{a}"), (ids(&["a"]), 1, 0)),
            ("nothing", String::new(), (ids(&[]), 0, 0)),
            ("an empty array", "[]".into(), (ids(&[]), 0, 0)),
            ("a broken line", format!("{a}\n{{\"log_id\": \"x\n{b}"), (ids(&["a", "b"]), 2, 1)),
            ("a line cut short", format!("{a}\n{}", &b.to_string()[..40]), (ids(&["a"]), 1, 1)),
            ("a broken item", format!("[{a}, 7, null, {{\"data\": []}}, {b}]"), (ids(&["a", "b"]), 2, 3)),
            ("no JSON", "type=gd_auth_succeed".into(), (ids(&[]), 0, 1)),
            ("deep nesting", format!("{a}\n{}", "[".repeat(100_000)), (ids(&["a"]), 1, 1)),
        ] {
            assert_eq!(found(&body), expected, "{case}");
        }
        for body in ["[", "[{]", "[1] [2]", "[\u{0}]"] {
            assert_eq!(read(body.as_bytes()).err(), Some(NoDelivery::Malformed), "{body}");
        }
    }

    #[test]
    fn limits_the_number_and_size_of_items() {
        let many = |separator: &str, items: usize| vec!["0"; items].join(separator);
        for (case, body) in [
            ("an array", format!("[{}]", many(",", ITEMS_MAX + 1))),
            ("lines", many("\n", ITEMS_MAX + 1)),
            ("one line", many(" ", ITEMS_MAX + 1)),
        ] {
            assert_eq!(read(body.as_bytes()).err(), Some(NoDelivery::TooManyItems), "{case}");
        }
        assert_eq!(found(&format!("[{}]", many(",", ITEMS_MAX))).2, ITEMS_MAX);
        let mut large = with_phone("a", "+4915123456789");
        large["data"]["more"] = Value::Array(vec![Value::Null; ITEM_MAX_BYTES / 5]);
        assert_eq!(found(&large.to_string()), (vec![], 0, 1), "a large item");
    }

    #[test]
    fn only_a_success_with_an_e164_number_converts() {
        let plain = "+4915123456789";
        let other = |kind: &str| json!({"log_id": "a", "data": {"type": kind, "details": {"authenticator": {"phone_number": plain}}}});
        let rows = [
            ("by the authenticator", with_phone("a", plain), true),
            ("by the enrollment", event("a", &json!({"enrollment": {"phone_number": plain}})), true),
            (
                "null, then the enrollment",
                event("a", &json!({"authenticator": {"phone_number": null}, "enrollment": {"phone_number": plain}})),
                true,
            ),
            (
                "masked, regardless of the enrollment",
                event("a", &json!({"authenticator": {"phone_number": "X"}, "enrollment": {"phone_number": plain}})),
                false,
            ),
            ("masked by stars", with_phone("a", "+49*******89"), false),
            ("masked by letters", with_phone("a", "XXXXXXXXX6789"), false),
            ("formatted", with_phone("a", "+49 151 23456789"), false),
            ("null", event("a", &json!({"authenticator": {"phone_number": null}})), false),
            ("a number as a number", event("a", &json!({"authenticator": {"phone_number": 491_512_i64}})), false),
            ("no details", event("a", &Value::Null), false),
            ("details as a text", event("a", &json!("x")), false),
            ("a code sent", other("gd_send_sms"), false),
            ("a failure", other("gd_auth_failed"), false),
            ("a future type", other("gd_auth_succeed_2"), false),
        ];
        for (case, item, converts) in rows {
            let (ids, events, broken) = found(&item.to_string());
            assert_eq!((ids.len() == 1, events, broken), (converts, 1, 0), "{case}");
        }
    }

    #[test]
    fn reads_the_outer_or_inner_id() {
        let details = json!({"authenticator": {"phone_number": "+4915123456789"}});
        let item = |outer: Value, inner: Value| {
            json!({"log_id": outer, "data": {"type": MFA_SUCCEEDED, "log_id": inner, "details": details}}).to_string()
        };
        for (case, body, id) in [
            ("outside", item(json!("o"), Value::Null), Some("o")),
            ("inside", item(Value::Null, json!("i")), Some("i")),
            ("both", item(json!("o"), json!("i")), Some("o")),
            ("a number", item(json!(7), json!("i")), Some("i")),
            ("neither", item(Value::Null, Value::Null), None),
        ] {
            let (ids, events, broken) = found(&body);
            assert_eq!(ids.first().map(String::as_str), id, "{case}");
            assert_eq!((events, broken), if id.is_some() { (1, 0) } else { (0, 1) }, "{case}");
        }
    }
}
