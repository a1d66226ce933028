package watch

import (
	"fmt"
	"slices"
	"testing"
)

// The numbers are what watchers of another version in the same cluster compute.
func TestShardIsFrozen(t *testing.T) {
	for host, want := range map[string]int{
		"": 18, "item.rakuten.co.jp": 15, "store.shopping.yahoo.co.jp": 27, "127.0.0.1:8081": 63,
	} {
		if got := Shard(host); got != want {
			t.Errorf("Shard(%q) = %d, want %d", host, got, want)
		}
	}
}

func TestHostsAndShardsAreSpreadEvenly(t *testing.T) {
	var hosts [Shards]int
	for i := range 6400 {
		hosts[Shard(fmt.Sprintf("shop%d.example", i))]++
	}
	if few, many := slices.Min(hosts[:]), slices.Max(hosts[:]); few < 60 || many > 140 {
		t.Errorf("of 6400 hosts the shards have %d to %d, want about 100 each", few, many)
	}
	members := []string{"a", "b", "c"}
	held := make(map[string]int)
	for s := range Shards {
		held[wished(members, s)]++
	}
	for _, m := range members {
		if held[m] < 10 {
			t.Errorf("of %d shards %q is to hold %d, want about a third", Shards, m, held[m])
		}
	}
}

func TestAMemberThatGoesMovesOnlyItsOwnShards(t *testing.T) {
	for s := range Shards {
		before, after := wished([]string{"a", "b", "c"}, s), wished([]string{"c", "a"}, s)
		if before != "b" && before != after {
			t.Errorf("shard %d moved from %q to %q when b left", s, before, after)
		}
	}
	if got := wished(nil, 7); got != "" {
		t.Errorf("without members shard 7 belongs to %q, want nobody", got)
	}
}
