package bus

import (
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Names of what we keep.
const (
	streamOBS  = "OBS"
	streamOUT  = "OUT"
	streamSENT = "SENT"
	streamDEAD = "DEAD"

	bucketLeases  = "leases"
	bucketPeople  = "people"
	bucketLearned = "learned"

	bucketProducts = "products"

	consumerRouter = "router"
)

func streamNames() []string { return []string{streamOBS, streamOUT, streamSENT, streamDEAD} }

// consumerOf names the consumer of a channel's letters.
func consumerOf(channel string) string { return "ch_" + channel }

// LeaseTTL is how long a lease lives without being renewed. It must be longer,
// with room, than the 8 s for which a cluster may refuse writes while it elects
// a leader: a shorter one would drop all leases at each election.
const LeaseTTL = 30 * time.Second

const (
	mib = 1 << 20

	// The limits of bytes. JetStream reserves them when the stream is made, so
	// on a small disk they are made smaller, see createStream. It counts bytes
	// before compression: a record of 1,360 bytes takes 139 on the disk of a box.
	maxOBS   = 4 << 30
	maxOUT   = 256 * mib
	maxSENT  = 256 * mib
	maxDEAD  = 128 * mib
	leastMax = 4 * mib
)

// What `nats stream info` shows of our streams.
const (
	ours             = "sainyuka: "
	notForOthers     = ", for itself; its form changes without notice"
	describedOBS     = ours + "one record per change of a watch; the last one of obs.<watch> is its state. Others may read it (docs/readers.md), never write"
	describedOUT     = ours + "alerts that wait to be sent" + notForOthers
	describedSENT    = ours + "proofs of what was sent" + notForOthers
	describedDEAD    = ours + "alerts that were given up (sainyuka dead list)" + notForOthers
	describedLeases  = ours + "who asks which hosts" + notForOthers
	describedPeople  = ours + "mutes, browsers, sessions, what waits" + notForOthers
	describedLearned = ours + "what was learned of hosts" + notForOthers
	describedEdited  = ours + "products that are edited while it runs (sainyuka export)" + notForOthers
)

// wanted returns the streams as they should be.
//
// OBS refuses new messages when it is full, which KeepRoom prevents. The other
// way, to discard the oldest, would throw away the last record, which is the state,
// of every watch that has not changed for long. OUT refuses too: nothing leaves it
// without a dead letter. SENT and DEAD lose their oldest when they are full: the
// proofs of alerts that are too old to be made again, and dead letters that nobody
// has looked at for longest. SENT is read through its leader (no
// AllowDirect): a replica that lags would let an alert go out twice.
//
// Only a stream of one copy is compressed. A server of a cluster that was killed cuts its copy
// back to the last snapshot when it starts, and nats-server (2.15.3, fileStore.Truncate)
// compresses the block that it goes on to append to: at the next start that copy cannot be read.
func wanted(epoch string, replicas int) []jetstream.StreamConfig {
	compression := jetstream.S2Compression
	if replicas > 1 {
		compression = jetstream.NoCompression
	}
	return []jetstream.StreamConfig{
		{
			Name: streamOBS, Subjects: []string{"obs.>"}, Replicas: replicas, Description: describedOBS,
			MaxMsgsPerSubject: mostHistory, MaxBytes: maxOBS, Discard: jetstream.DiscardNew,
			AllowDirect: true, Compression: compression,
			MaxMsgSize: 2 * maxRecord, // a record and its headers
			Metadata:   map[string]string{epochKey: epoch},
		},
		{
			Name: streamOUT, Subjects: []string{"out.>"}, Replicas: replicas, Description: describedOUT,
			Retention: jetstream.WorkQueuePolicy, Duplicates: 10 * time.Minute,
			MaxBytes: maxOUT, Discard: jetstream.DiscardNew,
		},
		{
			Name: streamSENT, Subjects: []string{"sent.>"}, Replicas: replicas, Description: describedSENT,
			MaxMsgsPerSubject: 1, MaxAge: 14 * 24 * time.Hour, MaxBytes: maxSENT,
			Compression: compression,
		},
		{
			Name: streamDEAD, Subjects: []string{"dead.>"}, Replicas: replicas, Description: describedDEAD,
			MaxAge: 30 * 24 * time.Hour, MaxBytes: maxDEAD, Compression: compression,
		},
	}
}

// leasesConfig is the bucket of leases. Those of a single box live in memory:
// they end with the process that holds them anyway, and a full disk cannot hurt
// them. LimitMarkerTTL lets watchers see leases expire; it works only when it is
// set from the beginning.
func leasesConfig(replicas int, memory bool, ttl time.Duration) jetstream.KeyValueConfig {
	storage := jetstream.FileStorage
	if memory {
		storage = jetstream.MemoryStorage
	}
	return jetstream.KeyValueConfig{
		Bucket: bucketLeases, Description: describedLeases, TTL: ttl, LimitMarkerTTL: ttl, History: 1, Storage: storage, Replicas: replicas,
	}
}

// buckets returns the key-value buckets as they should be.
func buckets(replicas int, memoryLeases bool, ttl time.Duration) []jetstream.KeyValueConfig {
	return []jetstream.KeyValueConfig{
		leasesConfig(replicas, memoryLeases, ttl),
		{Bucket: bucketPeople, Description: describedPeople, History: 1, Replicas: replicas, LimitMarkerTTL: markerLife},
		{Bucket: bucketLearned, Description: describedLearned, History: 1, Replicas: replicas},
		{Bucket: bucketProducts, Description: describedEdited, History: 1, Replicas: replicas, LimitMarkerTTL: markerLife},
	}
}

// merge returns what is there with our settings put in, and whether that is a
// difference. Settings that we have no opinion on (placement, say) stay.
func merge(have, want jetstream.StreamConfig) (jetstream.StreamConfig, bool) {
	m, differs := have, false
	if n := have.MaxMsgsPerSubject; want.Name == streamOBS && n > 0 && n < want.MaxMsgsPerSubject {
		want.MaxMsgsPerSubject = n // by KeepRoom
	}
	differs = set(&m.Description, want.Description, "") || differs
	differs = set(&m.MaxMsgsPerSubject, want.MaxMsgsPerSubject, -1) || differs
	differs = set(&m.MaxBytes, want.MaxBytes, -1) || differs
	differs = set(&m.MaxMsgSize, want.MaxMsgSize, -1) || differs
	differs = set(&m.MaxAge, want.MaxAge, 0) || differs
	differs = set(&m.Discard, want.Discard, jetstream.DiscardOld) || differs
	differs = set(&m.AllowDirect, want.AllowDirect, false) || differs
	differs = set(&m.Compression, want.Compression, jetstream.NoCompression) || differs
	differs = set(&m.Replicas, want.Replicas, 1) || differs
	differs = set(&m.Retention, want.Retention, jetstream.LimitsPolicy) || differs
	if want.Duplicates != 0 {
		differs = set(&m.Duplicates, want.Duplicates, 0) || differs
	}
	if !slices.Equal(m.Subjects, want.Subjects) {
		m.Subjects, differs = want.Subjects, true
	}
	return m, differs
}

// set puts want into field; the zero value of want means the server's default.
func set[T comparable](field *T, want, byDefault T) bool {
	var zero T
	if want == zero {
		want = byDefault
	}
	if *field == want {
		return false
	}
	*field = want
	return true
}
