package bus

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What docs/readers.md tells programs of others is what stands in OBS.
func TestTheDocsForReadersNameWhatIsThere(t *testing.T) {
	raw, err := os.ReadFile("../../docs/readers.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, want := range []string{
		fmt.Sprintf("at most %d, oldest first", mostHistory), fmt.Sprintf("at most %d KiB", maxRecord>>10),
		"version of the form, " + fmt.Sprint(stock.RecordVersion) + ".", "`" + readerPrefix + "<name>`", "`" + readerLease + "<name>`",
		fmt.Sprintf("%d days", int(readerLife.Hours())/24), fmt.Sprintf("--inactive-threshold %dh", int(readerLife.Hours())),
		"`" + consumerRouter + "`", "`" + epochKey + "`",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/readers.md does not say %q", want)
		}
	}
	for _, s := range wanted("", 1) {
		if !strings.Contains(text, "`"+s.Name+"`") || !strings.Contains(text, "`"+strings.TrimSuffix(s.Subjects[0], ">")+"`") {
			t.Errorf("docs/readers.md does not name stream %s and its subjects", s.Name)
		}
	}
	for _, kv := range buckets(1, false, LeaseTTL) {
		if !strings.Contains(text, "`"+kv.Bucket+"`") {
			t.Errorf("docs/readers.md does not name bucket %s", kv.Bucket)
		}
	}
}

func TestTheDocsForReadersNameEveryField(t *testing.T) {
	raw, err := os.ReadFile("../../docs/readers.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(raw), "| field | is |")
	table, _, _ = strings.Cut(table, "\n\n")
	told := map[string]bool{}
	for row := range strings.Lines(table) {
		names, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(names, -1) {
			told[m[1]] = true
		}
	}
	there := map[string]bool{}
	fieldsOf(reflect.TypeFor[stock.Change](), there)
	for name := range there {
		if !told[name] {
			t.Errorf("docs/readers.md does not tell of the field %s of a record", name)
		}
	}
	for name := range told {
		if !there[name] {
			t.Errorf("docs/readers.md tells of the field %s, which records do not have", name)
		}
	}
}

// fieldsOf collects the names that a struct's fields have in JSON.
func fieldsOf(t reflect.Type, names map[string]bool) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			fieldsOf(f.Type, names)
		case name != "-":
			names[name] = true
		}
	}
}
