// Package bus keeps and carries everything that outlives a process: the changes
// of every watch (stream OBS), the letters on their way to channels (OUT), the
// proof that a letter was sent (SENT), those that were given up (DEAD), and
// three small buckets, of which leases say who owns what.
//
// It knows subjects, the wire format, sequences and deadlines. It decides
// nothing about stock, people or hosts: what a change is, who hears of it and
// who should hold which lease is the business of its callers. It starts no
// server either (see natsd): it is given a connection.
//
// # Parts
//
// A [Bus] is the sum of its parts, and each part can be handed on alone: [Journal]
// (the stream OBS) and [Readers] (its durable readers), [Letters] (OUT) with [Receipts]
// (SENT) and [DeadLetters] (DEAD), the buckets [FactStore], [ProductStore], [HostStore]
// and [LeaseStore], [Signals] (what is not kept), and what looks after the whole:
// [Retention], [Stocktaking], [Sizes], [Examiner].
//
// # What can be relied on
//
// A change is one message, written with the sequence of the watch's last one
// (compare and swap), so that of two writers exactly one gets through. After
// ANY error of [Journal.Append] the writer must read [Journal.Last] again: the message
// may have been stored all the same.
//
// Deliveries are at least once. What makes an alert appear once are the keys:
// one letter per subject in OUT, one marker per subject in SENT, and whoever
// sends looks for the marker first.
//
// Every call has a deadline of its own, and those that last (Route, Deliver,
// Follow, FollowFacts, WatchLeases, FollowLooks) end with their context and come back by
// themselves when the server was away.
package bus
