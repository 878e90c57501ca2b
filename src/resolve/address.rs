//! Which network addresses belong to the public internet.
//!
//! The lists follow the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and what was
//! added since), with the metadata services that lie outside them. An IPv4 address inside an IPv6
//! one is taken out and judged too, in every way there is to put it there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(segments: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = segments;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),        // this network
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // shared; one cloud's metadata lies here
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // another cloud's metadata and DNS, in public space
    v4(169, 254, 0, 0, 16),   // link local and metadata
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 31, 196, 0, 24),  // AS112
    v4(192, 52, 193, 0, 24),  // multicast tunnelling
    v4(192, 88, 99, 0, 24),   // 6to4 relay
    v4(192, 168, 0, 0, 16),   // private
    v4(192, 175, 48, 0, 24),  // AS112
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved and broadcast
];

/// What is special inside 2000::/3; everything outside it is special anyway.
const SPECIAL_V6: &[Ipv6Net] = &[
    v6([0x2001, 0, 0], 23),     // protocol assignments: Teredo, benchmarks, ORCHID
    v6([0x2001, 0xdb8, 0], 32), // documentation
    v6([0x2620, 0x4f, 0x8000], 48), // AS112
    v6([0x3fff, 0, 0], 20),     // documentation
];

/// Whether the service may contact `address` without the operator having opened its network.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether `address`, or the IPv4 address inside it, lies in one of the opened `networks`.
pub(super) fn is_opened(address: IpAddr, networks: &[IpNet]) -> bool {
    let inside = match address {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => address.to_ipv4_mapped().map(IpAddr::V4),
    };
    networks
        .iter()
        .any(|network| network.contains(&address) || inside.is_some_and(|v4| network.contains(&v4)))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|network| network.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Mapped, and NAT64's well-known prefix (RFC 6052), stand for the IPv4 address alone.
    if matches!(segments, [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _]) {
        return is_public_v4(low(address));
    }
    let global = matches!(segments, [0x2000..=0x3fff, ..])
        && !SPECIAL_V6.iter().any(|network| network.contains(&address));
    global && inside(address).iter().flatten().all(|address| is_public_v4(*address))
}

/// The IPv4 addresses that a globally routed IPv6 address may lead to.
fn inside(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let segments = address.segments();
    let six_to_four = match segments {
        [0x2002, high, low, ..] => Some(join(high, low)), // RFC 3056
        _ => None,
    };
    let isatap = match segments {
        [_, _, _, _, 0 | 0x200, 0x5efe, high, low] => Some(join(high, low)), // RFC 5214
        _ => None,
    };
    [six_to_four, isatap]
}

fn low(address: Ipv6Addr) -> Ipv4Addr {
    let [.., high, low] = address.segments();
    join(high, low)
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_pass() {
        for address in
            ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800:220:1::1", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn special_addresses_are_refused_in_every_wrapping() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::a00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:a9fe:a9fe::",
            "2606::5efe:7f00:1",
            "2606:0:0:0:200:5efe:a00:1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "2620:4f:8000::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_opened_network_counts_for_mapped_addresses_too() {
        let networks = ["10.2.0.0/16".parse().unwrap()];
        assert!(is_opened("10.2.3.4".parse().unwrap(), &networks));
        assert!(is_opened("::ffff:10.2.3.4".parse().unwrap(), &networks));
        assert!(!is_opened("10.3.0.1".parse().unwrap(), &networks));
    }
}
