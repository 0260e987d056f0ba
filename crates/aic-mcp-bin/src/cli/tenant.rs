use aic_auth::{InvalidTenant, Tenant};
use anyhow::bail;
use clap::CommandFactory;

use super::{Cli, Options, profile};

/// The tenant that the options name.
pub(crate) fn tenant_of(options: &Options) -> anyhow::Result<Tenant> {
    if options.tenant.is_some() {
        return tenant(options.tenant.as_deref());
    }
    if let Some(profile) = &options.profile {
        bail!(
            "profile {profile} names no tenant, and neither do AIC_BASE_URL and --tenant: {EXAMPLE}"
        );
    }
    if let Ok(file) = profile::file(options.config.as_deref()) {
        let names = profile::names(&file, &Cli::command()).unwrap_or_default();
        if let Some(first) = names.first() {
            bail!(
                "AIC_BASE_URL is not set, neither is --tenant, and no profile is the default one: name \
                 one of {} with --profile, or write `default = \"{first}\"` at the top of {}",
                names.join(", "),
                file.display()
            );
        }
    }
    tenant(None)
}

const EXAMPLE: &str = "for example AIC_BASE_URL=https://openam-example.forgeblocks.com";

/// The tenant that an option names.
pub(crate) fn tenant(value: Option<&str>) -> anyhow::Result<Tenant> {
    let Some(value) = value else {
        bail!(
            "AIC_BASE_URL is not set, and neither is --tenant: name the tenant, {EXAMPLE}. \
             `aic-mcp init` asks for it; `aic-mcp demo` needs none"
        );
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
