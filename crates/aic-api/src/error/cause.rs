/// Why a service refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// 401: the token is not accepted.
    Unauthorized,
    /// 401 of identity management for a token that is new: the administrator may not do this.
    RightsMissing,
    /// 401 of the log service, which takes administrators' tokens only.
    NoAdministrator,
    /// 403: the administrator or the token may not do this.
    Forbidden,
    /// 403: the token has not the scopes for this.
    ScopeMissing,
    /// 403 with failed policy requirements: the data breaks a rule of the type.
    PolicyFailed,
    /// 403: Advanced Identity Cloud does not offer this operation to anybody.
    NotOffered,
    /// 403 with a web page: a firewall in front of AIC took offence at the request.
    BlockedAtEdge,
    /// 404, 410: there is no such resource.
    NotFound,
    /// 404 of something that was made a moment ago, which the service does not know yet.
    NotYetThere,
    /// 409: it clashes with what is there.
    Conflict,
    /// 412: the resource is not at the revision named, or exists already.
    PreconditionFailed,
    /// 422 with code 606: a value is not one of those that there are.
    ValueNotAllowed,
    /// 400, 422 and the other 4xx: the request is not one the service takes.
    Invalid,
    /// 429: too many requests.
    RateLimited,
    /// 502, 503, 504: the service is not there right now.
    Unavailable,
    /// Any other 5xx.
    Internal,
    /// A status that none of AIC's APIs uses.
    Unexpected,
}

impl Cause {
    /// What to do about it, as a sentence.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Unauthorized => {
                "Check that the login is still valid and that the administrator has the rights for this, or log in again."
            }
            Self::RightsMissing => {
                "The token is new, so it is the rights that are missing: ask for them, or use another account. Logging in again does not help."
            }
            Self::NoAdministrator => {
                "Log in as an administrator: the log service takes no service account's token, whatever its scopes."
            }
            Self::Forbidden => {
                "The administrator's role or the scopes of the login do not allow this; ask for the right, or use another account."
            }
            Self::ScopeMissing => {
                "The token has other scopes than this takes: log in again for all groups of tools, as an administrator who may have them."
            }
            Self::PolicyFailed => "Correct the properties named and send the request again.",
            Self::NotOffered => {
                "Advanced Identity Cloud does not offer this to any administrator; do not try again."
            }
            Self::BlockedAtEdge => {
                "A firewall in front of AIC refused the content, often because of HTML or script in a value; change it and try again."
            }
            Self::NotFound => "Check the names and ids; list or query to find the right ones.",
            Self::NotYetThere => {
                "It was made a moment ago, and AIC takes a while to know it everywhere: try again in some seconds."
            }
            Self::ValueNotAllowed => "Use one of the values that the message lists.",
            Self::Conflict => {
                "Read what is there, and use another name or change the existing one."
            }
            Self::PreconditionFailed => {
                "Read the object again for its current revision, look at what has changed, and repeat the change with that revision."
            }
            Self::Invalid => "Correct the request as the message says.",
            Self::RateLimited => "Wait as long as stated, or a minute, before the next request.",
            Self::Unavailable => "AIC may be restarting: try again in a minute.",
            Self::Internal => {
                "AIC failed without saying why; check the values sent, and try again later."
            }
            Self::Unexpected => "Check that the tenant's URL is the one of AIC itself.",
        }
    }
}
