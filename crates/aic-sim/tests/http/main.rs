//! The behaviour of the simulated tenant, seen over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod clients;
mod config;
mod contract;
mod device;
mod device_page;
mod environment;
mod faults;
mod features;
mod journeys;
mod logs;
mod managed;
mod nodes;
mod oauth;
mod objects;
mod pages;
mod policies;
mod realms;
mod relationships;
mod scripts;
mod secrets;
mod server;
mod support;
mod teammember;
mod themes;
