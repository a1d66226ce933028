package crashlab

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var damageAll = flag.Bool("damage", false, "try every kind of `DAMAGE` to the files of a store, not every sixth")

// damage is one way in which a file of the store may be harmed.
type damage struct {
	name string
	file string // below jetstream/$G/streams, a pattern
	do   func(path string) error
}

// rewrite harms a file by giving it other bytes.
func rewrite(change func([]byte) []byte) func(string) error {
	return func(path string) error {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, change(raw), 0o600)
	}
}

func flip(at func(n int) int) func(string) error {
	return rewrite(func(b []byte) []byte {
		b = bytes.Clone(b)
		b[at(len(b))] ^= 0x20
		return b
	})
}

// damages returns every kind.
func damages() (all []damage) {
	for _, store := range []string{"OBS", "OUT", "SENT", "DEAD", "KV_people", "KV_products", "KV_learned"} {
		block, index := store+"/msgs/*.blk", store+"/msgs/index.db"
		add := func(what, file string, do func(string) error) {
			all = append(all, damage{name: store + ": " + what, file: file, do: do})
		}
		add("block cut in half", block, rewrite(func(b []byte) []byte { return b[:len(b)/2] }))
		add("block cut by a byte", block, rewrite(func(b []byte) []byte { return b[:len(b)-1] }))
		add("block emptied", block, rewrite(func([]byte) []byte { return nil }))
		add("block removed", block, os.Remove)
		add("a bit flipped in the middle of a block", block, flip(func(n int) int { return n / 2 }))
		add("a bit flipped at the end of a block", block, flip(func(n int) int { return n - 3 }))
		add("a bit flipped at the start of a block", block, flip(func(int) int { return 2 }))
		add("block filled with zeros from its middle", block, rewrite(func(b []byte) []byte {
			return append(b[:len(b)/2:len(b)/2], make([]byte, len(b)-len(b)/2)...)
		}))
		add("block with rubbish after it", block, rewrite(func(b []byte) []byte { return append(b, strings.Repeat("rubbish", 20)...) }))
		add("index removed", index, os.Remove)
		add("index cut in half", index, rewrite(func(b []byte) []byte { return b[:len(b)/2] }))
		add("a bit flipped in the index", index, flip(func(n int) int { return n / 2 }))
		add("settings removed", store+"/meta.inf", os.Remove)
		add("settings cut in half", store+"/meta.inf", rewrite(func(b []byte) []byte { return b[:len(b)/2] }))
		add("checksum of the settings removed", store+"/meta.sum", os.Remove)
		add("a bit flipped in the checksum of the settings", store+"/meta.sum", flip(func(n int) int { return n / 2 }))
		add("all removed", store, os.RemoveAll)
		add("block of another stream", block, func(path string) error {
			other := "SENT"
			if store == other {
				other = "DEAD"
			}
			found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "..", "..", other, "msgs", "*.blk"))
			if err != nil || len(found) == 0 {
				return fmt.Errorf("no block of %s: %w", other, err)
			}
			raw, err := os.ReadFile(found[0])
			if err != nil {
				return err
			}
			return os.WriteFile(path, raw, 0o600)
		})
	}
	return all
}

// inventoryFile keeps the inventory in a file, as a box does.
type inventoryFile string

func (s inventoryFile) Load() ([]byte, error) {
	b, err := os.ReadFile(string(s))
	if os.IsNotExist(err) {
		return nil, nil
	}
	return b, err
}
func (s inventoryFile) Save(b []byte) error { return os.WriteFile(string(s), b, 0o600) }

// openStore starts an engine on a folder and opens the bus on it.
func openStore(t testing.TB, dir string) (*bus.Bus, func()) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	engine, err := natsd.Start(natsd.Options{Dir: dir, MaxStore: 1 << 30, Sync: "1m", StopTime: time.Minute, Logger: log})
	if err != nil {
		t.Fatalf("start an engine on a damaged store: %v", err)
	}
	nc, err := engine.Connect(bus.ClientOptions(log)...)
	if err != nil {
		engine.Stop()
		t.Fatalf("connect: %v", err)
	}
	stop := func() { nc.Close(); engine.Stop() }
	b, err := bus.Open(t.Context(), bus.Options{Conn: nc, MemoryLeases: true, Inventory: inventoryFile(filepath.Join(dir, "inventory.json")), Logger: log})
	if err != nil {
		stop()
		t.Fatalf("open a damaged store: %v", err)
	}
	return b, stop
}

// contents is all that a store holds, by what would be missed.
type contents map[stock.LossKind][]string

const labWatches = 20

func readStore(t testing.TB, b *bus.Bus) contents {
	t.Helper()
	ctx, c := t.Context(), contents{}
	note := func(kind stock.LossKind, err error, what string) {
		if err != nil {
			t.Logf("%s: %v", kind, err)
			return
		}
		c[kind] = append(c[kind], what)
	}
	for i := range labWatches {
		tid := fmt.Sprintf("watch%d", i)
		history, err := b.History(ctx, tid, 100)
		for _, e := range history {
			note(stock.LostRecords, nil, fmt.Sprint(tid, " ", e.Seq, " ", e.Change.Kind))
		}
		if err != nil {
			t.Logf("history of %s: %v", tid, err)
		}
		value, err := b.Hosts.Learned(ctx, tid+".example")
		if value != nil || err != nil {
			note(stock.LostLearned, err, tid+" "+string(value))
		}
	}
	for channel := range 2 {
		depth, _, err := b.Outbox(ctx, fmt.Sprintf("c%d", channel))
		for i := range depth {
			note(stock.LostLetters, err, fmt.Sprint(channel, " ", i))
		}
	}
	sent, err := b.Deliveries(ctx, 1000)
	for _, d := range sent {
		note(stock.LostProofs, err, d.ID())
	}
	dead, err := b.Dead(ctx)
	for _, d := range dead {
		if !strings.Contains(d.Text, "the store was damaged") {
			note(stock.LostDead, err, d.Letter.ID())
		}
	}
	facts, err := b.People.Facts(ctx, "")
	for _, f := range facts {
		kind, known := map[string]stock.LossKind{"sub": stock.LostBrowsers, "mute": stock.LostMutes, "key": stock.LostKeys}[strings.Split(f.Key, ".")[0]]
		if !known {
			kind = stock.LostFacts
		}
		note(kind, err, f.Key+" "+string(f.Value))
	}
	for i := range 3 {
		p, err := b.Products.ProductEntry(ctx, fmt.Sprintf("product%d", i))
		if p.Rev != 0 || err != nil {
			note(stock.LostProducts, err, p.Key+" "+string(p.Value))
		}
	}
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fillStore writes a store of everything.
func fillStore(t testing.TB, b *bus.Bus) {
	t.Helper()
	ctx := t.Context()
	letterOf := func(event, channel string) stock.Letter {
		return stock.Letter{
			Event: event, Channel: channel, Recipient: "me", Epoch: b.Epoch(), MadeAt: time.Now(), NotAfter: time.Now().Add(time.Hour),
			Alert: stock.Alert{Kind: stock.Restocked, Product: stock.ProductRef{ID: "p", Name: "カメラ"}},
		}
	}
	for i := range labWatches {
		tid, last := fmt.Sprintf("watch%d", i), uint64(0)
		for _, kind := range []stock.Kind{stock.Baseline, stock.SoldOutKind, stock.Restocked} {
			var err error
			last, err = b.Append(ctx, stock.Change{
				Kind: kind, Watch: stock.WatchRef{ID: tid, URL: "https://shop.example/" + tid}, Product: stock.ProductRef{ID: "p"},
				State: stock.State{Availability: stock.InStock, ObservedAt: time.Now()},
			}, last)
			must(t, err)
		}
		must(t, b.Hosts.Learn(ctx, tid+".example", []byte(strings.Repeat(tid, 10))))
		l := letterOf(fmt.Sprint(last), fmt.Sprintf("c%d", i%2))
		must(t, b.Enqueue(ctx, l))
		l.Channel = "mail"
		must(t, b.MarkSent(ctx, l, stock.Receipt{SentAt: time.Now()}))
		l.Channel = "hook"
		must(t, b.Bury(ctx, stock.DeadLetter{Letter: l, Reason: stock.Said("refused")}))
	}
	must(t, b.Enqueue(ctx, letterOf("d1", "c0"))) // of no record: it cannot be made again
	for i := range 3 {
		_, err := b.Products.PutProduct(ctx, fmt.Sprintf("product%d", i), []byte(`{"name":"カメラ"}`), 0)
		must(t, err)
	}
	for _, key := range []string{"sub.web.r1", "sub.web.r2", "sub.web.r3", "mute.p1", "mute.p2", "key.vapid", "key.buttons", "held.a.b", "held.c.d", "off.c0.me"} {
		_, err := b.People.PutFact(ctx, key, []byte(`{"x":"`+key+strings.Repeat("y", 200)+`"}`), 0)
		must(t, err)
	}
}

// Whatever happens to the files of a store, it opens again, and all that is not there
// any more is named, and every alert that waited waits again or is a dead letter.
func TestDamagedFiles(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole")
	b, stop := openStore(t, whole)
	fillStore(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = b.Inventory.KeepInventory(ctx) // takes the last one
	before := readStore(t, b)
	stop()
	for _, kind := range stock.LossKinds() {
		if len(before[kind]) == 0 {
			t.Fatalf("the store of this test has no %s", kind)
		}
	}
	all := damages()
	if len(all) < 60 {
		t.Fatalf("%d kinds of damage, want at least 60", len(all))
	}
	told, mended := 0, 0
	for i, d := range all {
		if !*damageAll && i%6 != int(*seed)%6 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			losses := harm(t, whole, d, before)
			if len(losses) > 0 {
				told++
			} else {
				mended++
			}
		})
	}
	t.Logf("%d kinds of damage: %d lost something and said so, %d lost nothing", told+mended, told, mended)
}

// harm tries one kind on a copy of the store.
func harm(t *testing.T, whole string, d damage, before contents) []stock.Loss {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	must(t, os.CopyFS(dir, os.DirFS(whole)))
	_ = os.Remove(filepath.Join(dir, "LOCK"))
	files, err := filepath.Glob(filepath.Join(dir, "jetstream", "$G", "streams", filepath.FromSlash(d.file)))
	must(t, err)
	if len(files) == 0 {
		t.Fatalf("no file %s in the store: %v", d.file, tree(dir))
	}
	must(t, d.do(files[0]))
	b, stop := openStore(t, dir)
	defer stop()
	losses, _ := b.Inventory.Losses()
	after := readStore(t, b)
	named := map[stock.LossKind]int{}
	for _, l := range losses {
		named[l.Kind] += l.Count
		if l.Kind == stock.LostLetters && l.Rebuilt+l.Buried != l.Count {
			t.Errorf("%d letters are missing, %d are made again and %d are dead: want all of them", l.Count, l.Rebuilt, l.Buried)
		}
	}
	for _, kind := range stock.LossKinds() {
		gone := 0
		for _, what := range before[kind] {
			if !slices.Contains(after[kind], what) {
				gone++
			}
		}
		if gone > 0 && named[kind] == 0 {
			t.Errorf("%d of %d %s are gone, and nobody is told: losses %+v", gone, len(before[kind]), kind, losses)
		}
	}
	routeAgain(t, b, named[stock.LostLetters])
	return losses
}

// routeAgain lets a router make letters of the records that it is given, and asks that
// those that were lost are among them.
func routeAgain(t *testing.T, b *bus.Bus, lost int) {
	t.Helper()
	losses, _ := b.Inventory.Losses()
	i := slices.IndexFunc(losses, func(l stock.Loss) bool { return l.Kind == stock.LostLetters })
	if lost == 0 || losses[i].Rebuilt == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	seen := map[string]bool{}
	_ = b.Route(ctx, func(_ context.Context, e stock.Entry) error {
		if e.Change.Kind == stock.Restocked {
			seen[e.Change.Watch.ID] = true
		}
		if len(seen) >= losses[i].Rebuilt {
			cancel()
		}
		return nil
	})
	if len(seen) < losses[i].Rebuilt {
		t.Errorf("the router was given the records of %d watches again, want %d", len(seen), losses[i].Rebuilt)
	}
}

func tree(dir string) (files []string) {
	_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
		files = append(files, strings.TrimPrefix(path, dir))
		return nil
	})
	return files
}
