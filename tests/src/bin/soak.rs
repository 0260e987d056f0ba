//! `cargo xtask soak`: the release binary under load and faults for minutes, its memory and its
//! descriptors watched.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "this is a report, not a library")]

use std::collections::VecDeque;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aic_e2e::{Client, Start, descriptors, resident_mib};
use aic_sim::{Fault, FaultKind, Sim};
use serde_json::{Value, json};

/// How many calls make a round, after which the server is idle and looked at.
const ROUND: usize = 5_000;
/// How many calls are under way at a time.
const UNDER_WAY: usize = 32;
/// How many connections the server keeps open between calls, at most: as many as it may have under
/// way. Journeys of many nodes keep that pool full, so whatever leaks goes beyond it.
const POOLED: usize = 100;
/// How much more memory the last round may find than the first.
const GROWTH: f64 = 1.10;

#[tokio::main]
async fn main() -> ExitCode {
    let minutes = std::env::args().nth(1).map_or(3, |text| text.parse().expect("minutes"));
    let until = Instant::now() + Duration::from_secs(60 * minutes);
    let sim = Sim::start(aic_sim::Options::default()).await.expect("a tenant can be started");
    let mut client = Start::serve(&sim).connect().await;
    let before = descriptors(client.process());
    // What is made once, such as schemas and connections, is there after the first round.
    round(&sim, &mut client, 0).await;
    let (memory, open) = look(&mut client, "to start with");
    let (mut most_memory, mut most_open) = (memory, open);
    let mut number = 1;
    while Instant::now() < until || number == 1 {
        let failed = round(&sim, &mut client, number).await;
        let (memory, open) = look(&mut client, &format!("after round {number}, {failed} failed"));
        most_memory = memory.max(most_memory);
        most_open = open.max(most_open);
        number += 1;
    }
    let flat = most_memory <= memory * GROWTH && most_open <= before + POOLED;
    println!(
        "{} calls: memory {memory:.1} to {most_memory:.1} MiB (ratio {:.2}), descriptors {before} \
         before the first call, {open} to {most_open} after rounds: {}",
        number * ROUND,
        most_memory / memory,
        if flat { "flat" } else { "NOT flat" }
    );
    if flat { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes calls of every kind, some of which meet a fault, and says how many failed.
async fn round(sim: &Sim, client: &mut Client, number: usize) -> usize {
    let faults = [
        FaultKind::Disconnect,
        FaultKind::DisconnectAfter,
        FaultKind::Truncate,
        FaultKind::Html403,
        FaultKind::Huge(1_000_000),
        FaultKind::EmptyOk,
    ];
    let mut waiting: VecDeque<(&str, u64)> = VecDeque::new();
    let mut failed = 0;
    for call in 0..ROUND {
        if call % 10 == 0 {
            let kind = faults[call / 10 % faults.len()].clone();
            sim.inject(Fault::new(kind).path_contains("/openidm/"));
        }
        // The login has to be made anew now and then.
        if call == ROUND / 2 {
            sim.revoke_logins();
        }
        if waiting.len() == UNDER_WAY
            && let Some((tool, id)) = waiting.pop_front()
        {
            failed += usize::from(client.outcome(tool, id).await.is_error);
        }
        let (tool, arguments) = what(number * ROUND + call);
        waiting.push_back((tool, client.start_call(tool, arguments).await));
    }
    for (tool, id) in waiting {
        failed += usize::from(client.outcome(tool, id).await.is_error);
    }
    sim.clear_faults();
    sim.clear_requests();
    failed
}

fn what(number: usize) -> (&'static str, Value) {
    match number % 8 {
        0 => ("listManagedObjects", json!({})),
        1 => ("queryManagedObjects", json!({ "objectType": "alpha_user", "pageSize": 20 })),
        2 => ("getJourney", json!({ "realm": "alpha", "journeyName": "Onboarding" })),
        3 => ("getThemes", json!({ "realm": "alpha" })),
        4 => ("getManagedObject", json!({ "objectType": "alpha_user", "objectId": "nobody" })),
        5 => ("queryESVs", json!({ "type": "variable" })),
        6 => ("listScripts", json!({ "realm": "alpha" })),
        _ => (
            "setVariable",
            json!({
                "variableId": format!("esv-soak-{}", number % 5),
                "type": "string",
                "value": number.to_string(),
            }),
        ),
    }
}

fn look(client: &mut Client, when: &str) -> (f64, usize) {
    let process = client.process();
    let (memory, open) = (resident_mib(process), descriptors(process));
    println!("{memory:6.1} MiB, {open:3} descriptors  {when}");
    (memory, open)
}
