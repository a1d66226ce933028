package bus

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func mustPutProduct(t testing.TB, b *Bus, id, value string, rev uint64) uint64 {
	t.Helper()
	next, err := b.Products.PutProduct(within(t), id, []byte(value), rev)
	if err != nil {
		t.Fatalf("PutProduct(%s, %s, %d): %v", id, value, rev, err)
	}
	return next
}

// Of two writers that know the same revision one wins, and the other hears of it.
func TestProductsAreComparedAndSwapped(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	first := mustPutProduct(t, b, "a", `{"name":"one"}`, 0)
	if _, err := b.Products.PutProduct(ctx, "a", []byte(`{}`), 0); !errors.Is(err, stock.ErrConflict) {
		t.Errorf("making a product that is there: %v, want %v", err, stock.ErrConflict)
	}
	second := mustPutProduct(t, b, "a", `{"name":"two"}`, first)
	if _, err := b.Products.PutProduct(ctx, "a", []byte(`{"name":"late"}`), first); !errors.Is(err, stock.ErrConflict) {
		t.Errorf("writing over revision %d, which was replaced: %v, want %v", first, err, stock.ErrConflict)
	}
	if err := b.Products.DeleteProduct(ctx, "a", first); !errors.Is(err, stock.ErrConflict) {
		t.Errorf("deleting revision %d, which was replaced: %v, want %v", first, err, stock.ErrConflict)
	}
	got, err := b.Products.ProductEntry(ctx, "a")
	if want := (stock.KV{Key: "a", Value: []byte(`{"name":"two"}`), Rev: second}); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("the product: %+v, %v, want %+v", got, err, want)
	}
	if err := b.Products.DeleteProduct(ctx, "a", second); err != nil {
		t.Errorf("DeleteProduct: %v", err)
	}
	if got, err := b.Products.ProductEntry(ctx, "a"); err != nil || got.Rev != 0 {
		t.Errorf("a deleted product: %+v, %v, want revision 0", got, err)
	}
	mustPutProduct(t, b, "a", `{"name":"again"}`, 0)
}

func TestProductsHaveBounds(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	if _, err := b.Products.PutProduct(ctx, "a", make([]byte, maxProduct+1), 0); !errors.Is(err, stock.ErrTooMany) {
		t.Errorf("a product of %d bytes: %v, want %v", maxProduct+1, err, stock.ErrTooMany)
	}
	for _, id := range []string{"", "a.b", "A", "a*", "a b", ">"} {
		if _, err := b.Products.PutProduct(ctx, id, []byte(`{}`), 0); err == nil {
			t.Errorf("PutProduct took the id %q", id)
		}
	}
}

// A follower learns of what is there, that this was all, and of what changes.
func TestProductsAreFollowed(t *testing.T) {
	b, _ := newBus(t)
	rev := mustPutProduct(t, b, "a", `1`, 0)
	seen := make(chan stock.KV, 100)
	end := during(t, func(ctx context.Context) error {
		return b.Products.FollowProducts(ctx, func(kv stock.KV) { seen <- kv })
	})
	defer end()
	want := func(kv stock.KV) {
		t.Helper()
		select {
		case got := <-seen:
			if diff := cmp.Diff(kv, got); diff != "" {
				t.Errorf("followed (-want +got):\n%s", diff)
			}
		case <-within(t).Done():
			t.Fatalf("nothing was followed, want %+v", kv)
		}
	}
	want(stock.KV{Key: "a", Value: []byte(`1`), Rev: rev})
	want(stock.KV{})
	next := mustPutProduct(t, b, "b", `2`, 0)
	want(stock.KV{Key: "b", Value: []byte(`2`), Rev: next})
	if err := b.Products.DeleteProduct(within(t), "a", rev); err != nil {
		t.Fatalf("DeleteProduct: %v", err)
	}
	want(stock.KV{Key: "a"})
}

// Products are in a copy, and a copy of a version that had none comes back too.
func TestACopyHasTheProducts(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustPutProduct(t, b, "a", `{"name":"one"}`, 0)
	copied := mustBackup(t, b)
	got, err := restoredBus(t, copied).Products.ProductEntry(ctx, "a")
	if err != nil || string(got.Value) != `{"name":"one"}` {
		t.Errorf("the product after a restore: %s, %v, want the one that was copied", got.Value, err)
	}
	nc := mustConnect(t, natstest.Server(t, t.TempDir()))
	if _, err := restore(ctx, t, nc, withoutProducts(t, copied)); err != nil {
		t.Fatalf("restore a copy without products: %v", err)
	}
	mustPutProduct(t, mustOpen(t, nc), "b", `{}`, 0)
}

// withoutProducts returns a copy as it was before there was the bucket.
func withoutProducts(t *testing.T, copied []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(copied), int64(len(copied)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		switch f.Name {
		case kvPrefix + bucketProducts:
			continue
		case manifestName:
			var m Manifest
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatal(err)
			}
			kept := m.Streams[:0]
			for _, s := range m.Streams {
				if s.Name != kvPrefix+bucketProducts {
					kept = append(kept, s)
				}
			}
			m.Streams = kept
			if text, err = json.Marshal(m); err != nil {
				t.Fatal(err)
			}
		}
		w, err := to.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
