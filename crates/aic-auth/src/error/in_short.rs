use std::borrow::Cow;

use super::{AuthError, OAuthRefusal};

impl AuthError {
    /// The error in a few words for the log: nothing in them is the tenant's but a status and a
    /// code of OAuth.
    pub fn in_short(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::PortTaken { .. } => "port taken",
            Self::Listen { .. } => "no listener",
            Self::LoginTimedOut { .. } => "not finished in time",
            Self::LoginDeclined => "declined",
            Self::LoginRefused(refusal)
            | Self::LoginLapsed(refusal)
            | Self::CodeRefused(refusal)
            | Self::ExchangeRefused { refusal, .. } => return refusal.in_short(),
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout { .. } => "timeout",
            Self::Unavailable { status, .. } => return Cow::Owned(format!("HTTP {status}")),
            Self::NotOAuth { status, .. } => {
                return Cow::Owned(format!("HTTP {status}, no OAuth answer"));
            }
            Self::WrongTokenType { .. } => "wrong token type",
            Self::Tls { .. } => "no TLS",
            Self::NoToken { .. } => "the source has none",
            Self::OtherTenant { .. } => "token of another tenant",
        })
    }
}

impl OAuthRefusal {
    /// The status and the error's code. The standards' codes are small letters and underscores;
    /// anything else may be something that the tenant sends back.
    fn in_short(&self) -> Cow<'static, str> {
        /// No registered code is longer.
        const LONGEST_CODE: usize = 40;
        let code = self.error.as_str();
        let is_code = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let code = if is_code && code.len() <= LONGEST_CODE { code } else { "an error of its own" };
        Cow::Owned(match self.status {
            Some(status) => format!("HTTP {status}, {code}"),
            None => code.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_named_by_its_code_and_by_nothing_that_the_tenant_made_up() {
        let mut refusal = OAuthRefusal::new("access_denied", Some("code Zm9v-secret"));
        let short = |refusal: &OAuthRefusal| AuthError::LoginRefused(refusal.clone()).in_short();
        assert_eq!(short(&refusal), "access_denied");
        refusal.status = Some(400);
        assert_eq!(short(&refusal), "HTTP 400, access_denied");
        for made_up in ["Zm9v", "a b", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "a1"]
        {
            let refusal = OAuthRefusal::new(made_up, None);
            assert_eq!(short(&refusal), "an error of its own", "{made_up}");
        }
    }

    #[test]
    fn a_reason_that_may_quote_an_address_is_left_out() {
        let reason = "https://id.example.com/?code=Zm9v".to_owned();
        let error = AuthError::Unreachable { during: "testing", reason };
        assert_eq!(error.in_short(), "unreachable");
        let error = AuthError::Unavailable { during: "testing", status: 503, retry_after: None };
        assert_eq!(error.in_short(), "HTTP 503");
    }
}
