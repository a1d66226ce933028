package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// saveRules keeps the rules that were tried with the watch of their page.
func (s *Server) saveRules(r *http.Request) (reply, error) {
	if s.o.Editor == nil {
		return reply{}, notFound("page")
	}
	if err := r.ParseForm(); err != nil {
		return reply{}, failure{status: http.StatusBadRequest, says: s.words.say("form_broken")}
	}
	p, w, ok := s.find(r.PathValue("id"))
	if !ok {
		return reply{}, notFound("watch")
	}
	rules := rulesOf(r.PostForm)
	rev, err := strconv.ParseUint(r.PostFormValue("revision"), 10, 64)
	if err != nil {
		return reply{}, needsRevision
	}
	err = s.patchRules(r, p.ID, w.URL, rules, rev)
	if err == nil {
		return seeOther("../" + w.ID), nil
	}
	var f failure
	if !errors.As(editError(err), &f) || f.status == http.StatusNotFound {
		return reply{}, editError(err)
	}
	wrong := strings.Split(s.refusal(err, f), "\n")
	r.URL.RawQuery = strings.TrimPrefix(mendLink("", "", rules), "?")
	data, _, err := s.mendOfWatch(r)
	if err != nil {
		return reply{}, err
	}
	data.Wrong = append(data.Wrong, wrong...)
	return s.drawMend(r, f.status, data)
}

// patchRules writes the rules of one watch over revision rev of its product.
func (s *Server) patchRules(r *http.Request, product, address string, rules stock.Rules, rev uint64) error {
	e, err := s.o.Editor.Entry(product)
	if err != nil {
		return err
	}
	if e.Origin == OriginConfig {
		return ErrReadOnly
	}
	var table struct {
		Watch []map[string]any `json:"watch"`
	}
	d := json.NewDecoder(strings.NewReader(string(e.Table)))
	d.UseNumber()
	if err := d.Decode(&table); err != nil {
		return fmt.Errorf("read product %s: %w", product, err)
	}
	found := false
	for _, w := range table.Watch {
		if u, _ := w["url"].(string); stock.NormalizeURL(u) != stock.NormalizeURL(address) {
			continue
		}
		found = true
		for _, k := range ruleKeys {
			if w[k.key] = *k.of(&rules); w[k.key] == "" {
				delete(w, k.key)
			}
		}
	}
	if !found {
		return stock.ErrConflict // it is watched no more
	}
	patch, err := json.Marshal(table)
	if err != nil {
		return fmt.Errorf("write the rules of product %s: %w", product, err)
	}
	_, err = s.o.Editor.Patch(r.Context(), product, patch, rev)
	return err
}
