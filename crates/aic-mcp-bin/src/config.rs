use std::time::Duration;

use aic_api::ClientOptions;
use aic_auth::{InvalidTenant, Tenant, TransportOptions};
use aic_tools::{Limits, Registry};
use anyhow::bail;

use crate::cli::{Options, Store};

/// What the command line and the environment say, checked.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) tenant: Tenant,
    pub(crate) transport: TransportOptions,
    pub(crate) client: ClientOptions,
    pub(crate) limits: Limits,
    pub(crate) store: Store,
    pub(crate) callback_port: u16,
}

impl Config {
    /// The configuration for the tenant that the options name.
    pub(crate) fn of(options: &Options) -> anyhow::Result<Self> {
        Ok(Self::for_tenant(tenant(options.tenant.as_deref())?, options))
    }

    /// The configuration for this tenant, whatever the options name.
    pub(crate) fn for_tenant(tenant: Tenant, options: &Options) -> Self {
        Self {
            tenant,
            transport: TransportOptions::default()
                .request_timeout(Duration::from_secs(options.http_timeout)),
            client: ClientOptions::default()
                .read_only(options.read_only)
                .largest_answer(options.max_response),
            limits: Limits { result_characters: options.max_result },
            store: options.credential_store,
            callback_port: options.callback_port,
        }
    }
}

/// The tools that the options leave.
pub(crate) fn tools(options: &Options) -> Registry {
    if options.read_only { Registry::all().reading() } else { Registry::all() }
}

fn tenant(value: Option<&str>) -> anyhow::Result<Tenant> {
    const EXAMPLE: &str = "for example AIC_BASE_URL=https://openam-example.forgeblocks.com";
    let Some(value) = value else {
        bail!("AIC_BASE_URL is not set, and neither is --tenant: name the tenant, {EXAMPLE}");
    };
    value.parse().map_err(|problem: InvalidTenant| {
        let shown = match problem {
            InvalidTenant::Credentials => String::new(),
            _ => format!(" \"{}\"", value.escape_debug().take(100).collect::<String>()),
        };
        anyhow::anyhow!(
            "AIC_BASE_URL or --tenant{shown} does not name a tenant: {problem}. Give the host name \
             or https URL of the tenant, {EXAMPLE}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_tenant_is_named_with_the_reason_and_an_example() {
        let message = tenant(Some("http://id.example.com")).unwrap_err().to_string();
        for part in
            ["AIC_BASE_URL", "http://id.example.com", "only ever reached over https", "for example"]
        {
            assert!(message.contains(part), "{message}");
        }
        assert!(tenant(None).unwrap_err().to_string().contains("is not set"));
        assert!(tenant(Some(" ")).unwrap_err().to_string().contains("it is empty"));
    }

    #[test]
    fn credentials_in_the_tenant_are_not_repeated() {
        let message = tenant(Some("https://me:canary@id.example.com")).unwrap_err().to_string();
        assert!(!message.contains("canary"), "{message}");
    }
}
