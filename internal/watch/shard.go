package watch

import (
	"hash/fnv"
	"strconv"
	"time"
)

// Shards is the number of parts that the hosts are shared out in.
const Shards = 64

// Shard returns the part that a host belongs to. It is the same in every
// watcher of a cluster, so it may never change.
func Shard(host string) int { return int(mixedHash(host) % Shards) }

// wished returns the member that should hold a shard: the one with the highest
// hash of both (rendezvous hashing), so that a member that comes or goes moves
// only its own share. It returns "" without members.
func wished(members []string, shard int) (best string) {
	var highest uint64
	for _, m := range members {
		h := mixedHash(m + "/" + strconv.Itoa(shard))
		if best == "" || h > highest || h == highest && m < best {
			best, highest = m, h
		}
	}
	return best
}

// mixedHash is FNV-1a and a mixing step: FNV alone keeps too much of the order
// of short keys that differ in their last byte only.
func mixedHash(s string) uint64 {
	f := fnv.New64a()
	f.Write([]byte(s)) // never fails
	x := f.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}

// spread returns a time below d that differs from key to key, so that what many
// hosts do now and then they do not all do at once.
func spread(key string, d time.Duration) time.Duration {
	return time.Duration(mixedHash(key) % uint64(d))
}
