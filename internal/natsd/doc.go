// Package natsd runs a NATS server with JetStream inside the process: the whole
// database of a single box. It holds the data directory under an exclusive
// lock, listens on no port, writes every acknowledged message through to the
// disk, and restarts the engine when a disk that was full has space again.
//
// It knows nothing of what is stored (see bus) and makes no clusters: several
// machines share a stock nats-server, which this package has no part in.
package natsd
