//! The two public clients of AIC's MCP servers.

/// The client that logs administrators in.
pub(super) const LOGIN_CLIENT: &str = "AICMCPClient";
/// The client that exchanges a login for an access token.
pub(super) const EXCHANGE_CLIENT: &str = "AICMCPExchangeClient";
