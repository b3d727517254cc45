//! Tests the client against the Twilio stand-in, over loopback.

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{
        otp::phone::PhoneNumber,
        otp::twilio::{TwilioError, TwilioVerify, VerificationSid},
    };
    use countenance_core::{
        protocol::{Fallback, OneTimeCode},
        testing::ManualClock,
    };
    use countenance_net::HttpNet;
    use countenance_standin::loopback::Loopback;
    use countenance_standin::twilio::{Conversions, FailMode, TwilioBuilder, TwilioStandIn};

    const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";
    const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

    /// A stand-in, served on loopback, and a client for it.
    struct TestTwilio {
        twilio: TwilioStandIn,
        client: TwilioVerify,
        clock: Arc<ManualClock>,
        base: url::Url,
        loopback: Loopback,
    }

    impl TestTwilio {
        fn new() -> Self {
            Self::with(|builder| builder)
        }

        fn with(more: impl FnOnce(TwilioBuilder) -> TwilioBuilder) -> Self {
            let clock = Arc::new(ManualClock::at(1_800_000_000));
            let builder = TwilioStandIn::builder(SERVICE, ACCOUNT, "token").clock(clock.clone());
            let twilio = more(builder).build().unwrap();
            let loopback = Loopback::new(1).unwrap();
            let (listener, origin) = loopback.bind("twilio").unwrap();
            let base: url::Url = origin.parse().unwrap();
            loopback.serve(listener, twilio.router());
            let client = client(&base, SERVICE, "token");
            Self { twilio, client, clock, base, loopback }
        }

        fn start(&self, to: &str) -> Result<VerificationSid, TwilioError> {
            self.client.start(&phone(to), Fallback::Sms)
        }

        fn pass(&self, secs: i64) {
            self.clock.advance(secs);
        }

        fn last_code(&self) -> OneTimeCode {
            self.twilio.messages().pop().unwrap().code.try_into().unwrap()
        }
    }

    fn client(base: &url::Url, service: &str, token: &str) -> TwilioVerify {
        let net = Arc::new(HttpNet::loopback().unwrap());
        TwilioVerify::new(base.clone(), service, ACCOUNT, token, net).unwrap()
    }

    fn phone(text: &str) -> PhoneNumber {
        text.parse().unwrap()
    }

    /// A code that differs from `code`.
    fn wrong(code: &OneTimeCode) -> OneTimeCode {
        let other = if code.as_str() == "000000" { "000001" } else { "000000" };
        OneTimeCode::try_from(other.to_owned()).unwrap()
    }

    const ADA: &str = "+4915123456789";

    #[test]
    fn a_code_is_accepted_once() {
        let env = TestTwilio::new();
        let sid = env.start(ADA).unwrap();
        let code = env.last_code();
        assert!(!env.client.check(&sid, &wrong(&code)).unwrap());
        assert_eq!(env.client.start(&phone(ADA), Fallback::Voice).unwrap(), sid);
        assert_eq!(env.last_code(), code, "the same code again");
        let channels: Vec<_> = env.twilio.messages().into_iter().map(|m| m.channel).collect();
        assert_eq!(channels, ["sms", "call"]);
        assert!(env.client.check(&sid, &code).unwrap());
        let again = env.client.check(&sid, &code);
        assert!(matches!(again, Err(TwilioError::Gone)), "{again:?}");
        assert_eq!(env.twilio.conversions(), Conversions { started: 1, approved: 1, custom_open: 0 });
    }

    #[test]
    fn sends_and_checks_are_limited_until_the_code_expires() {
        let env = TestTwilio::new();
        let sid = env.start(ADA).unwrap();
        for _ in 0..4 {
            env.start(ADA).unwrap();
        }
        let sixth = env.start(ADA);
        assert!(matches!(sixth, Err(TwilioError::SendsUsedUp)), "{sixth:?}");
        let code = env.last_code();
        for _ in 0..5 {
            assert!(!env.client.check(&sid, &wrong(&code)).unwrap());
        }
        let sixth = env.client.check(&sid, &code);
        assert!(matches!(sixth, Err(TwilioError::ChecksUsedUp)), "{sixth:?}");
        env.pass(600);
        let late = env.client.check(&sid, &code);
        assert!(matches!(late, Err(TwilioError::Gone)), "{late:?}");
        let fresh = env.start(ADA).unwrap();
        assert!(env.client.check(&fresh, &env.last_code()).unwrap());
    }

    #[test]
    fn each_refusal_maps_to_its_condition() {
        let env = TestTwilio::with(|b| b.fraud_guard_blocks("+49155").geo_blocks("+850").requests_per_sec(4));
        let failing = |mode, to: &str| {
            env.twilio.fail_next(mode);
            env.start(to).unwrap_err()
        };
        for (case, found, expected) in [
            ("fraud", env.start("+4915512345678").unwrap_err(), "Blocked { code: 60410 }"),
            ("geo", env.start("+850123456789").unwrap_err(), "Blocked { code: 60605 }"),
            ("rate limited", failing(FailMode::TooMany, ADA), "TooFast { retry_after_secs: 7 }"),
            ("nonsense", failing(FailMode::Nonsense, ADA), "NotUnderstood { status: 200, code: 0 }"),
            (
                "another token",
                client(&env.base, SERVICE, "tokem").start(&phone(ADA), Fallback::Sms).unwrap_err(),
                "Misconfigured { status: 401, code: 20003 }",
            ),
            (
                "another service",
                client(&env.base, &SERVICE.replace('0', "f"), "token").start(&phone(ADA), Fallback::Sms).unwrap_err(),
                "Misconfigured { status: 404, code: 20404 }",
            ),
        ] {
            assert_eq!(format!("{found:?}"), expected, "{case}");
        }
        let down = failing(FailMode::Down, ADA);
        assert!(matches!(down, TwilioError::Unreached(_)), "{down:?}");
        // Two were counted above.
        env.start(ADA).unwrap();
        env.start(ADA).unwrap();
        let fast = env.start(ADA).unwrap_err();
        assert!(matches!(fast, TwilioError::TooFast { retry_after_secs: 1 }), "{fast:?}");
        env.pass(1);
        env.start(ADA).unwrap();
        assert_eq!(env.twilio.messages().len(), 3);
    }

    #[test]
    fn rejects_concurrent_calls_for_one_number() {
        let env = TestTwilio::new();
        env.twilio.fail_next(FailMode::Slow);
        std::thread::scope(|scope| {
            let first = scope.spawn(|| env.start(ADA));
            env.loopback.runtime().block_on(env.twilio.until_held());
            let second = env.start(ADA);
            assert!(matches!(second, Err(TwilioError::TooFast { .. })), "{second:?}");
            env.start("+4915199999999").unwrap();
            env.twilio.let_go();
            first.join().unwrap().unwrap();
        });
        env.start(ADA).unwrap();
    }

    #[test]
    fn custom_codes_need_feedback() {
        let env = TestTwilio::with(TwilioBuilder::custom_codes);
        let (net, url) = (HttpNet::loopback().unwrap(), env.base.join(&format!("v2/Services/{SERVICE}/Verifications")));
        let form = [("To", ADA), ("Channel", "sms"), ("CustomCode", "4711")];
        let request = countenance_net::Request::form(url.unwrap(), &form).basic_auth(ACCOUNT, "token");
        assert_eq!(countenance_net::Net::send(&net, &request).unwrap().status, 201);
        assert_eq!(env.twilio.conversions(), Conversions { started: 1, approved: 0, custom_open: 1 });
        let other = env.client.approve(&phone("+4915199999999"));
        assert!(matches!(other, Err(TwilioError::Gone)), "{other:?}");
        env.client.approve(&phone(ADA)).unwrap();
        assert_eq!(env.twilio.conversions(), Conversions { started: 1, approved: 1, custom_open: 0 });
        let again = env.client.approve(&phone(ADA));
        assert!(matches!(again, Err(TwilioError::Gone)), "{again:?}");
    }

    #[test]
    fn an_unused_port_is_unreachable() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let unserved = client(&format!("http://127.0.0.1:{port}").parse().unwrap(), SERVICE, "token");
        let error = unserved.start(&phone(ADA), Fallback::Sms).unwrap_err();
        assert!(matches!(error, TwilioError::Unreached(_)), "{error:?}");
    }
}
