package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// formOf reads the fields of a product.
func formOf(r *http.Request) productForm {
	text := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	rev, err := strconv.ParseUint(text("revision"), 10, 64)
	if err != nil {
		rev = 0
	}
	return productForm{
		Name: text("name"), JAN: text("jan"), MaxPrice: text("max_price"), Tags: text("tags"), Interval: text("interval"),
		AlertOnFirst: text("alert_on_first") != "", All: text("notify_all") != "", Notify: r.PostForm["notify"], Revision: rev,
	}
}

// table is the product in the keys of the configuration; what the form leaves empty is
// not in it. Values that mean nothing stay as they are: the configuration's own checks
// say what is wrong with them.
func (f productForm) table() map[string]any {
	t := map[string]any{}
	for key, value := range map[string]string{"name": f.Name, "jan": f.JAN, "interval": f.Interval} {
		if value != "" {
			t[key] = value
		}
	}
	if n, ok := amountOf(f.MaxPrice); ok {
		t["max_price"] = n
	} else if f.MaxPrice != "" {
		t["max_price"] = f.MaxPrice
	}
	if tags := splitTags(f.Tags); len(tags) > 0 {
		t["tags"] = tags
	}
	if f.AlertOnFirst {
		t["alert_on_first"] = true
	}
	if !f.All {
		t["notify"] = append([]string{}, f.Notify...)
	}
	return t
}

// patch is the change that makes a product what the form says: what it leaves empty
// is taken out.
func (f productForm) patch() map[string]any {
	t := f.table()
	for _, key := range []string{"name", "jan", "max_price", "tags", "alert_on_first", "notify"} {
		if _, ok := t[key]; !ok {
			t[key] = nil
		}
	}
	delete(t, "interval") // that of each page
	return t
}

// amountOf reads a price as people write one: ５４，９７８円, ¥54,978.
func amountOf(text string) (n json.Number, ok bool) {
	text = strings.NewReplacer(",", "", "円", "", "¥", "", "\\", "", " ", "", "jpy", "").Replace(board.Fold(text))
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return "", false
	}
	if _, err := stock.NewPrice(text, ""); err != nil {
		return "", false
	}
	return json.Number(text), true
}

func splitTags(text string) []string {
	var tags []string
	for _, t := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",、，;\n", r) }) {
		if t = strings.TrimSpace(t); t != "" {
			tags = append(tags, t)
		}
	}
	return tags
}

// formFrom fills a form from how a product is kept.
func formFrom(e ProductEntry) productForm {
	var t struct {
		Name     string      `json:"name"`
		JAN      string      `json:"jan"`
		MaxPrice json.Number `json:"max_price"`
		Tags     []string    `json:"tags"`
		First    bool        `json:"alert_on_first"`
		Notify   *[]string   `json:"notify"`
	}
	_ = json.Unmarshal(e.Table, &t) // what cannot be read stays empty: it was checked when it was written
	f := productForm{Name: t.Name, JAN: t.JAN, MaxPrice: t.MaxPrice.String(), Tags: strings.Join(t.Tags, ", "), AlertOnFirst: t.First, All: t.Notify == nil, Revision: e.Revision}
	if t.Notify != nil {
		f.Notify = *t.Notify
	}
	return f
}

// refusal says in the user's language why an edit was refused; the configuration's
// messages are in its own.
func (s *Server) refusal(err error, f failure) string {
	switch {
	case errors.Is(err, stock.ErrConflict):
		return s.words.say("edit_conflict")
	case errors.Is(err, ErrReadOnly):
		return s.words.say("edit_readonly")
	case f.product != "":
		return s.words.say("edit_watched") + " " + f.product
	}
	return f.in(s.words)
}

// editForms change one product from its page.
func (s *Server) editForms() []route {
	if s.o.Editor == nil {
		return nil
	}
	return []route{
		{"GET", addPath, s.addPage},
		{"POST", addPath, s.add},
		{"POST", "/products/{id}/edit", s.editForm},
		{"POST", "/products/{id}/pause", s.pauseForm(true)},
		{"POST", "/products/{id}/resume", s.pauseForm(false)},
		{"POST", "/products/{id}/remove", s.removeForm},
		{"GET", productElsewhere, s.elsewherePage},
		{"GET", "/export.toml", s.apiExport},
	}
}

func (s *Server) editForm(r *http.Request) (reply, error) {
	if err := r.ParseForm(); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: s.words.say("form_broken")}
	}
	form, id := formOf(r), r.PathValue("id")
	patch, err := json.Marshal(form.patch())
	if err != nil {
		return reply{}, err
	}
	if _, err := s.o.Editor.Patch(r.Context(), id, patch, form.Revision); err != nil {
		var f failure
		if !errors.As(editError(err), &f) || f.status == http.StatusNotFound {
			return reply{}, editError(err)
		}
		return s.drawProduct(r, id, &form, strings.Split(s.refusal(err, f), "\n"))
	}
	return seeOther("../" + url.PathEscape(id)), nil
}

func (s *Server) pauseForm(paused bool) handler {
	return func(r *http.Request) (reply, error) {
		id := r.PathValue("id")
		if _, err := s.o.Editor.Pause(r.Context(), id, paused); err != nil {
			return reply{}, editError(err)
		}
		return seeOther("../" + url.PathEscape(id)), nil
	}
}

func (s *Server) removeForm(r *http.Request) (reply, error) {
	rev, err := strconv.ParseUint(r.PostFormValue("revision"), 10, 64)
	if err != nil {
		return reply{}, needsRevision
	}
	id := r.PathValue("id")
	if err := s.o.Editor.Delete(r.Context(), id, rev); err != nil {
		var f failure
		if !errors.As(editError(err), &f) || f.status == http.StatusNotFound {
			return reply{}, editError(err)
		}
		return s.drawProduct(r, id, nil, []string{s.refusal(err, f)})
	}
	return seeOther("../../"), nil
}
