//! The tests of [`super`]: a table of addresses, and laws on arbitrary ones.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

#[test]
fn public_addresses_of_single_hosts_are_accepted() {
    for (text, cidr) in [
        ("3.120.5.6", "3.120.5.6/32"),
        (" 3.120.5.6\r\n", "3.120.5.6/32"),
        ("3.120.5.6/32", "3.120.5.6/32"),
        ("1.1.1.1", "1.1.1.1/32"),
        ("223.255.255.254", "223.255.255.254/32"),
        ("100.63.255.255", "100.63.255.255/32"),
        ("100.128.0.0", "100.128.0.0/32"),
        ("172.15.255.255", "172.15.255.255/32"),
        ("172.32.0.1", "172.32.0.1/32"),
        ("198.17.255.255", "198.17.255.255/32"),
        ("198.20.0.0", "198.20.0.0/32"),
        ("2a05:d014:1:2::3", "2a05:d014:1:2::3/128"),
        ("2A05:D014:0:0::3/128", "2a05:d014::3/128"),
        ("2600::1", "2600::1/128"),
        ("2001:200::1", "2001:200::1/128"),
        ("2003::1", "2003::1/128"),
    ] {
        assert_eq!(text.parse::<WorkspaceAddress>().map(WorkspaceAddress::cidr), Ok(cidr.to_owned()), "{text:?}");
    }
}

/// Every message that a person may read, with what is expected.
#[test]
fn other_texts_are_refused_with_what_was_expected() {
    let mut all = String::new();
    for text in [
        "",
        "workspace",
        "0.0.0.0/0",
        "::/0",
        "3.120.5.0/24",
        "2a05:d014::/64",
        "3.120.5.6/33",
        "3.120.5.6/",
        "3.120.5.6/+32",
        "3.120.5.6/032",
        "3.120.5",
        "3.120.5.256",
        "03.120.5.6",
        "0x3.120.5.6",
        "3.120.5.6:5432",
        "3.120.5.6, 10.0.0.1",
        "[2a05:d014::1]",
        "2a05:d014::1%eth0",
        "<html><body>503 Service Temporarily Unavailable</body></html> and much more of it",
        "\u{1b}[31m3.120.5.6",
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255/32",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.0.170",
        "192.0.2.1",
        "192.31.196.1",
        "192.52.193.1",
        "192.88.99.1",
        "192.168.1.1",
        "192.175.48.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::3.120.5.6",
        "::ffff:3.120.5.6",
        "::ffff:10.0.0.1/128",
        "64:ff9b::3.120.5.6",
        "64:ff9b:1::1",
        "100::1",
        "100:0:0:1::1",
        "200::1",
        "1fff::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:1::1",
        "2001:1::3",
        "2001:2::1",
        "2001:3::1",
        "2001:4:112::1",
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:db8::1",
        "2002:378:506::1",
        "2620:4f:8000::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        let refused = text.parse::<WorkspaceAddress>().expect_err(text);
        writeln!(all, "{text:?}: {refused}").expect("a text takes text");
    }
    insta::assert_snapshot!(all);
    let hint = "10.0.0.1".parse::<WorkspaceAddress>().expect_err("private").hint();
    assert!(hint.contains("one public IPv4 or IPv6 address"), "{hint}");
    let hint = "::ffff:3.120.5.6".parse::<WorkspaceAddress>().expect_err("mapped").hint();
    assert_eq!(hint, "write `3.120.5.6`");
}

/// The first and the last address of each block, and none of its neighbours by mistake of a prefix.
#[test]
fn every_block_is_refused_from_its_first_to_its_last_address() {
    for block in IPV4 {
        let last = Ipv4Addr::from_bits(block.first.to_bits() | u32::MAX.checked_shr(block.prefix).unwrap_or_default());
        for address in [block.first, last] {
            assert!(block.contains(address), "{block} {address}");
            assert!(WorkspaceAddress::of(address.into()).is_err(), "{block} {address}");
        }
        assert_eq!(block.first.to_bits() & (last.to_bits() ^ block.first.to_bits()), 0, "{block} begins at its first");
    }
    for block in IPV6 {
        let last = Ipv6Addr::from_bits(block.first.to_bits() | u128::MAX.checked_shr(block.prefix).unwrap_or_default());
        for address in [block.first, last] {
            assert!(block.contains(address), "{block} {address}");
            assert!(WorkspaceAddress::of(address.into()).is_err(), "{block} {address}");
        }
        assert_eq!(block.first.to_bits() & (last.to_bits() ^ block.first.to_bits()), 0, "{block} begins at its first");
    }
}

proptest! {
    /// What is accepted is one host, is in no block, and is read again from all that is written of it.
    #[test]
    fn accepted_ipv4_addresses_are_in_no_block(bits in any::<u32>()) {
        let address = Ipv4Addr::from_bits(bits);
        let in_block = IPV4.iter().any(|block| block.contains(address));
        let read = WorkspaceAddress::of(address.into());
        prop_assert_eq!(read.is_err(), in_block);
        // The standard library knows some of the blocks, too.
        let special = address.is_private() || address.is_loopback() || address.is_link_local()
            || address.is_multicast() || address.is_broadcast() || address.is_documentation()
            || address.is_unspecified();
        prop_assert!(!special || read.is_err());
        if let Ok(one) = read {
            prop_assert_eq!(one.cidr(), format!("{address}/32"));
            prop_assert_eq!(one.cidr().parse(), Ok(one));
            prop_assert_eq!(one.to_string().parse(), Ok(one));
        }
    }

    #[test]
    fn accepted_ipv6_addresses_are_global_unicast(bits in prop_oneof![
        any::<u128>(),
        any::<u128>().prop_map(|bits| (bits >> 3) | (1 << 125)),
        any::<u128>().prop_map(|bits| (bits >> 16) | (0x2001 << 112)),
    ]) {
        let address = Ipv6Addr::from_bits(bits);
        let read = WorkspaceAddress::of(address.into());
        let in_block = IPV6.iter().any(|block| block.contains(address));
        prop_assert_eq!(read.is_ok(), address.segments()[0] >> 13 == 1 && !in_block);
        let special = address.is_unique_local() || address.is_unicast_link_local() || address.is_multicast()
            || address.is_loopback() || address.is_unspecified() || address.to_ipv4_mapped().is_some();
        prop_assert!(!special || read.is_err());
        if let Ok(one) = read {
            prop_assert_eq!(one.cidr(), format!("{address}/128"));
            prop_assert_eq!(one.cidr().parse(), Ok(one));
        }
    }

    /// No block of more than one address is accepted, however it is written.
    #[test]
    fn ranges_are_never_accepted(bits in any::<u32>(), length in 0_u8..32) {
        let text = format!("{}/{length}", Ipv4Addr::from_bits(bits));
        let refused = text.parse::<WorkspaceAddress>();
        prop_assert!(matches!(refused, Err(AddressError::Range { .. })), "{refused:?}");
    }

    #[test]
    fn arbitrary_texts_never_panic_and_are_shown_in_one_line(text in "\\PC{0,100}|[0-9a-f.:/ ]{0,40}|.{0,20}") {
        if let Err(error) = text.parse::<WorkspaceAddress>() {
            let shown = error.to_string();
            prop_assert!(!shown.contains(['\n', '\r', '\u{1b}']), "{shown:?}");
            prop_assert!(shown.chars().count() < 250, "{shown}");
        }
    }
}
