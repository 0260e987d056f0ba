//! The prompts, as MCP shows them.

use aic_tools::{AnyPrompt, JsonObject, Registry};
use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};

/// The prompts on offer.
pub(super) fn list(registry: &Registry) -> Vec<Prompt> {
    registry.prompts().iter().map(definition).collect()
}

/// The text of the prompt of this name.
pub(super) fn get(
    registry: &Registry,
    name: &str,
    arguments: JsonObject,
) -> Result<GetPromptResult, ErrorData> {
    let prompts = registry.prompts();
    let prompt = prompts.iter().find(|prompt| prompt.spec().name == name).ok_or_else(|| {
        ErrorData::invalid_params(format!("There is no prompt named {name:?}."), None)
    })?;
    let text = prompt.text(arguments).map_err(|problem| {
        let message = format!("The arguments of {name} are not what it takes: {problem}");
        ErrorData::invalid_params(message, None)
    })?;
    let result = GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
    Ok(result.with_description(prompt.spec().description))
}

fn definition(prompt: &AnyPrompt) -> Prompt {
    let spec = prompt.spec();
    let argument = |argument: aic_tools::PromptArgument| {
        PromptArgument::new(argument.name)
            .with_description(argument.description)
            .with_required(argument.required)
    };
    let arguments: Vec<_> = prompt.arguments().into_iter().map(argument).collect();
    Prompt::new(spec.name, Some(spec.description), Some(arguments)).with_title(spec.title)
}
