//! Command-line arguments of the Twilio Verify service.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail, ensure};
use url::Url;
use zeroize::Zeroizing;

use countenance_net::{HttpNet, is_loopback};
use countenance_system::small_file;
use countenance_verifier::TwilioVerify;

/// Maximum size of the token file, in bytes.
const TOKEN_MAX_BYTES: usize = 1024;

/// The service that sends one-time codes. Without one, no integration offers codes as a fallback.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Twilio Verify service for one-time codes: VA followed by 32 hexadecimal digits
    #[arg(id = "twilio-service", long, value_name = "SID", requires_all = ["twilio-account", "twilio-token-file"])]
    service: Option<String>,
    /// Twilio account (AC…) or API key (SK…) to authenticate with
    #[arg(id = "twilio-account", long, value_name = "SID", requires = "twilio-service", value_parser = account)]
    account: Option<String>,
    /// File with the account's auth token or the API key's secret
    #[arg(id = "twilio-token-file", long, value_name = "FILE", requires = "twilio-service")]
    token_file: Option<PathBuf>,
    /// Base URL of Twilio Verify: https, or http on loopback
    #[arg(id = "twilio-base-url", long, value_name = "URL", default_value = "https://verify.twilio.com")]
    base_url: Url,
}

impl Args {
    /// The service; `None` if none is configured. Must not be called on a thread that runs async tasks.
    pub(super) fn service(&self) -> anyhow::Result<Option<TwilioVerify>> {
        let (Some(service), Some(account), Some(file)) = (&self.service, &self.account, &self.token_file) else {
            return Ok(None);
        };
        let text = small_file::read(file, TOKEN_MAX_BYTES).with_context(|| file.display().to_string())?;
        let Some(token) = text.map(Zeroizing::new) else { bail!("{} does not exist", file.display()) };
        ensure!(!token.trim().is_empty(), "{} contains no token", file.display());
        let net = if is_loopback(&self.base_url) { HttpNet::loopback()? } else { HttpNet::new()? };
        Ok(Some(TwilioVerify::new(self.base_url.clone(), service, account, token.trim(), Arc::new(net))?))
    }
}

fn account(text: &str) -> Result<String, &'static str> {
    let rest = text.strip_prefix("AC").or_else(|| text.strip_prefix("SK")).unwrap_or_default();
    if rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()) {
        Ok(text.to_owned())
    } else {
        Err("expected AC (account) or SK (API key) followed by 32 hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        twilio: Args,
    }

    const SERVICE: &str = "--twilio-service=VA0123456789abcdef0123456789abcdef";
    const ACCOUNT: &str = "--twilio-account=AC0123456789abcdef0123456789abcdef";

    fn made(args: &[&str]) -> Result<bool, String> {
        let line = Line::try_parse_from([&["x"], args].concat()).map_err(|e| e.kind().to_string())?;
        line.twilio.service().map(|service| service.is_some()).map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn requires_all_options_of_a_service_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            format!("--twilio-token-file={}", path.display())
        };
        let (token, empty) = (&*file("token", "0123\n"), &*file("empty", " \n"));
        let (local, clear) = ("--twilio-base-url=http://127.0.0.1:4710", "--twilio-base-url=http://twilio.example");
        let missing = "one or more required arguments were not provided";
        for (case, args, expected) in [
            ("none", &[][..], Ok(false)),
            ("complete", &[SERVICE, ACCOUNT, token, local], Ok(true)),
            ("no token", &[SERVICE, ACCOUNT], Err(missing)),
            ("no account", &[SERVICE, token], Err(missing)),
            ("no service", &[ACCOUNT, token], Err(missing)),
            ("an empty token", &[SERVICE, ACCOUNT, empty, local], Err("contains no token")),
            ("in the clear", &[SERVICE, ACCOUNT, token, clear], Err("https, or http on loopback")),
            ("another id", &["--twilio-service=VA1", ACCOUNT, token, local], Err("a Verify service's id")),
            ("a name for an account", &[SERVICE, "--twilio-account=me", token], Err("invalid value")),
        ] {
            match (made(args), expected) {
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{case}: {found}"),
                (found, expected) => assert_eq!(found, expected.map_err(str::to_owned), "{case}"),
            }
        }
    }
}
