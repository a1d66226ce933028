package page

import (
	"sync"

	"golang.org/x/net/html"
)

// tables are what is found out of texts and names once for all places of a page that have
// them. Their memory is used again for the next page.
type tables struct {
	classes  []class               // of the pages before too: those of one shop have the same
	numbers  map[string]int32      // of classes, see noteClass
	recent   [256]int32            // numbers of classes by a few of their characters
	actions  map[string]bool       // see ordersAt
	labels   map[string]labelSays  // see says
	said     map[string]phraseSays // see StockPhrase
	metaSays map[string]string     // see Meta

	pressables []*html.Node // elements that may be buttons, see mayBePressed
}

// mostKept bounds what is kept for the next page.
const mostKept = 4096

var tablesPool = sync.Pool{New: func() any {
	return &tables{numbers: map[string]int32{}, actions: map[string]bool{}, labels: map[string]labelSays{}, said: map[string]phraseSays{}, metaSays: map[string]string{}}
}}

func newTables() *tables { return tablesPool.Get().(*tables) }

// release keeps the tables for the next page, without what they held of this one.
func (t *tables) release() {
	if max(len(t.classes)/2, len(t.actions), len(t.labels), len(t.said), len(t.pressables)) > mostKept {
		return
	}
	if len(t.classes) > mostKept {
		clear(t.classes)
		t.classes = t.classes[:0]
		clear(t.numbers)
		clear(t.recent[:])
	}
	clear(t.pressables)
	t.pressables = t.pressables[:0]
	clear(t.actions)
	clear(t.labels)
	clear(t.said)
	clear(t.metaSays)
	tablesPool.Put(t)
}
