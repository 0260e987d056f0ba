//! Whose program is at the other end of a connection on this machine.

use tokio::net::TcpStream;

/// Whether it is certain that another user's program is at the other end: Linux tells the owners of
/// connections. The superuser counts as no other, because relays into containers and subsystems run
/// as it, and nothing is hidden from it anyway.
#[cfg(target_os = "linux")]
pub(super) async fn is_of_another_user(stream: &TcpStream) -> bool {
    let owner = table::owner(stream).await;
    let own = rustix::process::geteuid().as_raw();
    owner.is_some_and(|owner| owner != own && owner != 0)
}

/// No other system tells without special rights.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_of_another_user(_: &TcpStream) -> impl Future<Output = bool> + use<> {
    std::future::ready(false)
}

#[cfg(target_os = "linux")]
mod table {
    use std::net::{IpAddr, SocketAddr};

    use tokio::net::TcpStream;

    /// The state of a connection that is open at both ends.
    const ESTABLISHED: &str = "01";
    /// Stands for the owner of a connection that is being closed, which the kernel may have
    /// forgotten.
    const NOBODY: u32 = u32::MAX;

    /// The user at the other end; `None` where the kernel does not list it, as with programs in
    /// other network namespaces.
    pub(super) async fn owner(stream: &TcpStream) -> Option<u32> {
        let (here, there) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
        let read = || {
            // A socket of IPv6 can have an address of IPv4, and is then in the other table.
            ["/proc/net/tcp", "/proc/net/tcp6"].map(|file| std::fs::read_to_string(file).ok())
        };
        let tables = tokio::task::spawn_blocking(read).await.ok()?;
        tables.into_iter().flatten().find_map(|table| owner_in(&table, there, here))
    }

    /// The owner of the socket that is bound to `from` and connected to `to`, by a table as proc(5)
    /// describes it.
    fn owner_in(table: &str, from: SocketAddr, to: SocketAddr) -> Option<u32> {
        let (from, to) = (spellings(from), spellings(to));
        table.lines().skip(1).find_map(|row| {
            let columns: Vec<_> = row.split_ascii_whitespace().collect();
            let [_, local, remote, state, _, _, _, owner, ..] = columns.as_slice() else {
                return None;
            };
            let is_it = from.iter().any(|address| address == local)
                && to.iter().any(|address| address == remote);
            let owner = if *state == ESTABLISHED { owner.parse().ok() } else { Some(NOBODY) };
            owner.filter(|_| is_it)
        })
    }

    /// An address in the hexadecimal form of the tables, words in the order of the machine, and as
    /// the address of IPv6 that stands for it.
    fn spellings(address: SocketAddr) -> Vec<String> {
        let hex = |octets: &[u8]| -> String {
            let words = octets.chunks_exact(4);
            let words = words.map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
            words.map(|word| format!("{word:08X}")).collect()
        };
        let addresses = match address.ip() {
            IpAddr::V4(ip) => vec![hex(&ip.octets()), hex(&ip.to_ipv6_mapped().octets())],
            IpAddr::V6(ip) => vec![hex(&ip.octets())],
        };
        let port = address.port();
        addresses.into_iter().map(|address| format!("{address}:{port:04X}")).collect()
    }

    #[cfg(test)]
    mod tests {
        use tokio::net::TcpListener;

        use super::*;

        #[test]
        fn the_owner_is_that_of_the_other_end() {
            const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n\
                0: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000 0 1\n\
                1: 0100007F:D431 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1001 0 2\n\
                2: 0100007F:D432 0100007F:0BB8 06 00000000:00000000 00:00000000 00000000     0 0 0\n\
                3: 0000000000000000FFFF00000100007F:D433 0000000000000000FFFF00000100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1002 0 3\n";
            if cfg!(target_endian = "big") {
                return;
            }
            let here = "127.0.0.1:3000".parse().unwrap();
            let owner = |port: u16| owner_in(TABLE, ([127, 0, 0, 1], port).into(), here);
            assert_eq!(owner(0xD431), Some(1001));
            assert_eq!(owner(0xD432), Some(NOBODY));
            assert_eq!(owner(0xD433), Some(1002));
            assert_eq!(owner(0xD434), None);
        }

        #[tokio::test]
        async fn a_program_of_the_same_user_is_found() {
            for address in ["127.0.0.1:0", "[::1]:0"] {
                let Ok(listener) = TcpListener::bind(address).await else { continue };
                let _there = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
                let (here, _) = listener.accept().await.unwrap();
                assert_eq!(owner(&here).await, Some(rustix::process::geteuid().as_raw()));
            }
        }
    }
}
