package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// judgedFacts are the limits by which products were last judged, many products in a
	// fact: one of each would be a write of each at the first start, and more facts than
	// are listed.
	judgedFacts = "judged." // judged.<shard>
	limitFacts  = "limits." // limits.<product>: as versions before wrote them; see takeOver
	// maxJudged bounds a fact in bytes, below what the store takes. Products beyond it
	// count as new: nothing is told when their limits are loosened.
	maxJudged = 15 << 10
)

// judgedShard names the fact that a product is in: one of 1024.
func judgedShard(product string) string { return stock.ShortHash(product)[:2] }

// judgments is a fact: the limits by product.
type judgments map[string]limitsFact

// judgedBook is all that stands in the store of it.
type judgedBook struct {
	shards map[string]judgments
	revs   map[string]uint64 // of the shards
}

// of returns the limits by which a product was last judged.
func (k judgedBook) of(product string) (limits limitsFact, judged bool) {
	limits, judged = k.shards[judgedShard(product)][product]
	return limits, judged
}

// lastJudged reads the limits last judged by.
func (lr *limitReview) lastJudged(ctx context.Context) (known judgedBook, err error) {
	known = judgedBook{map[string]judgments{}, map[string]uint64{}}
	facts, err := lr.facts.Facts(ctx, judgedFacts)
	if err != nil {
		return known, err
	}
	for _, f := range facts {
		shard := strings.TrimPrefix(f.Key, judgedFacts)
		var j judgments
		if err := json.Unmarshal(f.Value, &j); err != nil {
			lr.log.Error("a fact cannot be read and is left out", "key", f.Key, "err", err)
		}
		known.shards[shard], known.revs[shard] = j, f.Rev
	}
	return known, nil
}

// takeOver moves what an older version judged into the shards. It may have run after this
// one had: revisions are of all facts together, so what it wrote then is newer than the shard
// and counts. What is older was left by a takeOver that did not come to its end.
func (lr *limitReview) takeOver(ctx context.Context) error {
	old, err := lr.facts.Facts(ctx, limitFacts)
	if err != nil || len(old) == 0 {
		return err
	}
	known, err := lr.lastJudged(ctx)
	if err != nil {
		return err
	}
	changed := map[string]judgments{}
	for _, f := range old {
		product := strings.TrimPrefix(f.Key, limitFacts)
		shard := judgedShard(product)
		var limits limitsFact
		if f.Rev < known.revs[shard] || json.Unmarshal(f.Value, &limits) != nil {
			continue
		}
		if changed[shard] == nil {
			changed[shard] = judgments{}
			maps.Copy(changed[shard], known.shards[shard])
		}
		changed[shard][product] = limits
	}
	for shard, j := range changed {
		if _, err := j.fit(); err != nil {
			return err
		}
		if err := lr.putJudged(ctx, shard, j, known.revs[shard]); err != nil {
			return err
		}
	}
	for _, f := range old { // after what replaces them
		if err := unlessConflict(lr.facts.DeleteFact(ctx, f.Key, f.Rev)); err != nil {
			return err
		}
	}
	return nil
}

// keepJudged writes what is new, and forgets products that are gone.
func (lr *limitReview) keepJudged(ctx context.Context, known judgedBook, next map[string]judgments) error {
	for shard := range known.shards {
		if next[shard] == nil {
			if err := unlessConflict(lr.facts.DeleteFact(ctx, judgedFacts+shard, known.revs[shard])); err != nil {
				return err
			}
		}
	}
	leftOut := 0
	for shard, j := range next {
		left, err := j.fit() // first: what has no room is no change
		if err != nil {
			return err
		}
		if maps.EqualFunc(j, known.shards[shard], limitsFact.equal) {
			continue
		}
		leftOut += left
		if err := lr.putJudged(ctx, shard, j, known.revs[shard]); err != nil {
			return err
		}
	}
	if leftOut > 0 {
		lr.log.Warn("there is no room for the limits of some products: loosened ones will not be told", "products", leftOut)
	}
	return nil
}

// fit leaves out the products for which a fact has no room, the last ones by name, and
// returns how many there were.
func (j judgments) fit() (left int, err error) {
	size := 1
	for _, product := range slices.Sorted(maps.Keys(j)) {
		alone, err := json.Marshal(judgments{product: j[product]})
		if err != nil {
			return 0, fmt.Errorf("encode limits: %w", err)
		}
		if size += len(alone) - 1; size > maxJudged { // braces around all, and commas
			delete(j, product)
			left++
		}
	}
	return left, nil
}

// putJudged writes a fact over the revision rev.
func (lr *limitReview) putJudged(ctx context.Context, shard string, j judgments, rev uint64) error {
	value, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("encode limits: %w", err)
	}
	_, err = lr.facts.PutFact(ctx, judgedFacts+shard, value, rev)
	return err
}

// judge writes by which limits a product was judged now.
func (lr *limitReview) judge(ctx context.Context, product string, limits limitsFact) error {
	shard := judgedShard(product)
	for {
		j := judgments{}
		rev, err := lr.facts.read(ctx, judgedFacts+shard, &j)
		if err != nil {
			return err
		}
		if j == nil {
			j = judgments{}
		}
		j[product] = limits
		if err = lr.putJudged(ctx, shard, j, rev); !errors.Is(err, stock.ErrConflict) || ctx.Err() != nil {
			return err
		}
	}
}
