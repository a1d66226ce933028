package fetch

import "net/netip"

// addressRange is a range of addresses at which no shop can be.
type addressRange struct {
	prefix netip.Prefix
	kind   string
	ever   bool // not even with AllowPrivate: nothing answers there
}

// addressRanges are the special-purpose ranges of RFC 6890 and its successors.
// Of the IPv6 ones only those inside 2000::/3 need an entry of their own, and
// those that deserve a better name than "not public".
var addressRanges = [...]addressRange{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified", true}, // Linux connects it to itself
	{netip.MustParsePrefix("10.0.0.0/8"), "private", false},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT", false},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback", false},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local", false},             // clouds' metadata too
	{netip.MustParsePrefix("168.63.129.16/32"), "cloud platform's own", false}, // Azure answers its machines there
	{netip.MustParsePrefix("172.16.0.0/12"), "private", false},
	{netip.MustParsePrefix("192.0.0.0/24"), "special-purpose", false},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation", false},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay", false},
	{netip.MustParsePrefix("192.168.0.0/16"), "private", false},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmark", false},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation", false},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation", false},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast", true},
	{netip.MustParsePrefix("255.255.255.255/32"), "broadcast", true},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved", true},

	{netip.MustParsePrefix("::/128"), "unspecified", true},
	{netip.MustParsePrefix("::1/128"), "loopback", false},
	{netip.MustParsePrefix("fc00::/7"), "private", false},
	{netip.MustParsePrefix("fe80::/10"), "link-local", false},
	{netip.MustParsePrefix("fec0::/10"), "site-local", false},
	{netip.MustParsePrefix("ff00::/8"), "multicast", true},
	{netip.MustParsePrefix("2001::/23"), "special-purpose", false}, // Teredo, ORCHID, benchmarks
	{netip.MustParsePrefix("2001:db8::/32"), "documentation", false},
	{netip.MustParsePrefix("3fff::/20"), "documentation", false},
}

var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	nat64         = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour     = netip.MustParsePrefix("2002::/16")
)

// addressKind names the kind of an address that is not public, "" for a public
// one. ever is set when no setting can allow it.
func addressKind(addr netip.Addr) (kind string, ever bool) {
	if !addr.IsValid() {
		return "missing", true
	}
	addr = embedded(addr.WithZone("").Unmap())
	for _, r := range addressRanges {
		if r.prefix.Contains(addr) {
			return r.kind, r.ever
		}
	}
	if addr.Is6() && !globalUnicast.Contains(addr) {
		return "non-public", false
	}
	return "", false
}

// embedded returns the IPv4 address that a packet to addr ends up at, addr itself
// when it holds none.
func embedded(addr netip.Addr) netip.Addr {
	b := addr.As16()
	switch {
	case !addr.Is6():
		return addr
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case isatap(b):
		return netip.AddrFrom4([4]byte(b[12:16]))
	default:
		return addr
	}
}

// isatap reports whether an address ends in an IPv4 address as RFC 5214 has it, at which
// a router that speaks ISATAP delivers.
func isatap(b [16]byte) bool {
	return b[8]&^3 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
