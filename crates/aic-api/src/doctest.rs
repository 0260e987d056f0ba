// The tenant and the client of the examples in the documentation, which include this file.

/// A simulated tenant, and a client that may do everything there.
async fn simulated() -> Result<(aic_sim::Sim, aic_api::Client), Box<dyn std::error::Error>> {
    let sim = aic_sim::Sim::start(aic_sim::Options::default()).await?;
    let tenant: aic_api::auth::Tenant = sim.base_url().parse()?;
    let scopes = aic_api::auth::ScopeSet::of(&aic_api::auth::Scope::ALL);
    let token = sim.issue_access_token(&scopes.to_string()).ok_or("a scope is not offered")?;
    let client = aic_api::Client::builder(tenant).access_token(token).build();
    Ok((sim, client))
}
