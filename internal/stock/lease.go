package stock

// Lease is one key that somebody holds for a while: whose it is, and the revision
// that its holder must know to renew it.
type Lease struct {
	Key, Value string
	Rev        uint64
}
