//! A simulated PingOne Advanced Identity Cloud tenant over real HTTP.

pub mod crest;
