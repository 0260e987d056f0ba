use aic_auth::{InvalidTenant, Tenant};
use anyhow::bail;

/// The tenant that an option names.
pub(crate) fn tenant(value: Option<&str>) -> anyhow::Result<Tenant> {
    const EXAMPLE: &str = "for example AIC_BASE_URL=https://openam-example.forgeblocks.com";
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
