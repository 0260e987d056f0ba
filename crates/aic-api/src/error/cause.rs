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
