//! The client's address: of the connection, or from the reverse proxy in front.

use std::net::IpAddr;

use axum::http::{Extensions, HeaderMap};

use super::listen::network;

/// The other end of the connection, in the extensions of every request that came over one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The header in which proxies append the address of their client.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// Maximum number of addresses that are read from it.
const HOPS_MAX: usize = 16;

/// The client's address. The header counts only from a trusted proxy, and then its last address that is not one of
/// those proxies: what comes before was written by the client.
pub(crate) fn client_address(peer: Peer, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.0.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX);
    for hop in hops {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if trusted.contains(&address.to_canonical()) => {}
            Ok(address) => return address.to_canonical(),
            // What a trusted proxy did not write as an address says nothing.
            Err(_) => break,
        }
    }
    peer
}

/// The network that limits by client count; `None` for a request over no connection, in a test.
pub(crate) fn client_network(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = extensions.get::<Peer>()?;
    Some(network(client_address(*peer, headers, trusted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_its_client_is() {
        let proxies: Vec<IpAddr> = ["10.0.0.9", "10.0.0.8", "2001:db8::9"].map(|ip| ip.parse().unwrap()).into();
        for (case, peer, forwarded, expected) in [
            ("no proxy", "192.0.2.1", &[][..], "192.0.2.1"),
            ("a client that pretends", "192.0.2.1", &["198.51.100.7"], "192.0.2.1"),
            ("a proxy", "10.0.0.9", &["198.51.100.7"], "198.51.100.7"),
            ("a proxy as IPv6", "::ffff:10.0.0.9", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("a chain of proxies", "10.0.0.9", &["198.51.100.7, 10.0.0.8"], "198.51.100.7"),
            ("a client that pretends to a proxy", "10.0.0.9", &["203.0.113.5, 198.51.100.7"], "198.51.100.7"),
            ("two headers", "10.0.0.9", &["203.0.113.5", "198.51.100.7"], "198.51.100.7"),
            ("IPv6", "2001:db8::9", &["2001:db8:1::2"], "2001:db8:1::2"),
            ("no header", "10.0.0.9", &[], "10.0.0.9"),
            ("no address", "10.0.0.9", &["198.51.100.7, unknown"], "10.0.0.9"),
            ("nothing", "10.0.0.9", &[""], "10.0.0.9"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            let found = client_address(Peer(peer.parse().unwrap()), &headers, &proxies);
            assert_eq!(found.to_string(), expected, "{case}");
        }
    }
}
