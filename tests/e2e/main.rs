//! The real binary against the simulated tenant, over HTTP.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what fails here fails a test")]

mod administrator;
mod applications;
mod asking;
mod audit;
mod callback;
mod compact;
#[cfg(target_os = "linux")]
mod completion;
mod contract;
mod control;
mod definitions;
mod demo;
#[cfg(target_os = "linux")]
mod desktop;
mod device;
mod docs;
mod encodings;
mod endings;
mod esv;
mod examples;
mod exits;
mod faults;
mod features;
mod filed;
mod first_run;
mod hostile;
mod journeys;
mod kept;
mod layers;
mod logged;
mod login;
mod logs;
mod node_types;
mod objects;
mod oracle;
mod patience;
#[cfg(target_os = "linux")]
mod places;
mod prompts;
mod protocol;
mod proxies;
mod read_only;
mod redaction;
mod resources;
mod results;
mod robust;
mod scripts;
mod secrets;
mod selection;
mod setup;
mod shell;
mod sign_in_page;
mod sizes;
mod support;
mod themes;
#[cfg(target_os = "linux")]
mod tls;
mod tokens;
mod tracing;
mod under_way;
