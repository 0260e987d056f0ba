use crate::AuthError;

/// The remedy for an [`AuthError`], for a program that puts it into words: only it knows
/// who reads them, and what its options are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The port that the login comes back to is free again once the other program, or the other
    /// login, has ended.
    FreePort,
    /// The machine has to allow listening on its loopback addresses.
    AllowListening,
    /// The login can be started again, and has to be finished in time.
    FinishInTime,
    /// The login was declined, and can be started again if the administrator wants it.
    AskBeforeLogin,
    /// A new login is accepted.
    LogInAgain,
    /// A new login may be accepted, as an administrator of this tenant.
    LogInAsAdministrator,
    /// The tenant gives these scopes to nobody; other scopes are not affected.
    DoWithoutScopes,
    /// The tenant does not give these scopes to this administrator, but perhaps to another one.
    UseAnotherAdministrator,
    /// The tenant's name, the network or a proxy is wrong.
    CheckNetwork,
    /// The tenant may answer later, or within a longer
    /// [`request_timeout`](crate::TransportOptions::request_timeout).
    WaitLonger,
    /// The tenant may be there again in a minute.
    RetryInAMinute,
    /// The host is perhaps none of PingOne Advanced Identity Cloud.
    CheckTenant,
    /// The system's certificates, or the file that `SSL_CERT_FILE` names, cannot be used.
    CheckCertificates,
    /// The application's own source of tokens says what is wrong.
    CheckTokenSource,
    /// The client and its tokens have to be of the same tenant.
    UseOneTenant,
}

impl AuthError {
    /// The remedy.
    pub fn hint(&self) -> Hint {
        match self {
            Self::PortTaken { .. } => Hint::FreePort,
            Self::Listen { .. } => Hint::AllowListening,
            Self::LoginTimedOut { .. } => Hint::FinishInTime,
            Self::LoginDeclined => Hint::AskBeforeLogin,
            Self::LoginLapsed(_) => Hint::LogInAgain,
            Self::LoginRefused(_) | Self::CodeRefused(_) => Hint::LogInAsAdministrator,
            Self::ExchangeRefused { refusal, .. } if refusal.error == "invalid_scope" => {
                Hint::DoWithoutScopes
            }
            Self::ExchangeRefused { .. } => Hint::UseAnotherAdministrator,
            Self::Unreachable { .. } => Hint::CheckNetwork,
            Self::Timeout { .. } => Hint::WaitLonger,
            Self::Unavailable { .. } => Hint::RetryInAMinute,
            Self::NotOAuth { .. } | Self::WrongTokenType { .. } => Hint::CheckTenant,
            Self::Tls { .. } => Hint::CheckCertificates,
            Self::NoToken { .. } => Hint::CheckTokenSource,
            Self::OtherTenant { .. } => Hint::UseOneTenant,
        }
    }

    /// Whether it is about the login itself: it could not start, it failed, or it has lapsed. Other
    /// errors say nothing about the login.
    pub fn concerns_login(&self) -> bool {
        match self {
            Self::PortTaken { .. }
            | Self::Listen { .. }
            | Self::LoginTimedOut { .. }
            | Self::LoginRefused(_)
            | Self::LoginDeclined
            | Self::LoginLapsed(_)
            | Self::CodeRefused(_) => true,
            Self::ExchangeRefused { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Unavailable { .. }
            | Self::NotOAuth { .. }
            | Self::WrongTokenType { .. }
            | Self::Tls { .. }
            | Self::NoToken { .. }
            | Self::OtherTenant { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OAuthRefusal;

    #[test]
    fn a_scope_that_nobody_is_given_is_told_from_one_that_this_administrator_is_not() {
        let refused = |error: &str| AuthError::ExchangeRefused {
            scopes: "fr:idm:*".to_owned(),
            refusal: OAuthRefusal::new(error, None),
        };
        assert_eq!(refused("invalid_scope").hint(), Hint::DoWithoutScopes);
        assert_eq!(refused("access_denied").hint(), Hint::UseAnotherAdministrator);
        assert!(!refused("access_denied").concerns_login());
    }

    #[test]
    fn a_refused_login_concerns_the_login_and_a_network_does_not() {
        let refusal = || OAuthRefusal::new("access_denied", None);
        for error in [
            AuthError::LoginDeclined,
            AuthError::LoginRefused(refusal()),
            AuthError::LoginLapsed(refusal()),
            AuthError::LoginTimedOut { seconds: 300 },
        ] {
            assert!(error.concerns_login(), "{error}");
        }
        let during = "testing";
        let reason = String::new();
        for error in [
            AuthError::Timeout { during },
            AuthError::Unreachable { during, reason },
            AuthError::Unavailable { during, status: 503, retry_after: None },
        ] {
            assert!(!error.concerns_login(), "{error}");
        }
    }
}
