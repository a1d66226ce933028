package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/history"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// pointJSON is one point of a product's past, as charts have it.
type pointJSON struct {
	At        time.Time        `json:"at"`
	State     history.State    `json:"state"`
	Price     stock.Price      `json:"price,omitzero"`
	Effective stock.Price      `json:"effective_price,omitzero"`
	Seq       uint64           `json:"seq,omitempty"` // of the record; none for the begin of a gap
	Kind      stock.Kind       `json:"kind,omitempty"`
	Evidence  []stock.Evidence `json:"evidence,omitempty"`
}

type watchHistoryJSON struct {
	ID     string      `json:"id"`
	URL    string      `json:"url"`
	Source string      `json:"source,omitempty"`
	Points []pointJSON `json:"points"` // oldest first
}

type summaryJSON struct {
	Lowest      stock.Price `json:"lowest,omitzero"`
	Typical     stock.Price `json:"typical,omitzero"`
	Windows     int         `json:"windows"`
	UsuallyGone float64     `json:"usually_gone_seconds,omitempty"`
	Restocks    [][]int     `json:"restocks"` // by weekday, Sunday first, and hour of the shop's clock
}

// apiHistory answers with what the charts of a product show.
func (s *Server) apiHistory(r *http.Request) (reply, error) {
	it := s.live.rows.get(r.PathValue("id"))
	if it == nil {
		return reply{}, notFound("product")
	}
	past, err := s.past(r.Context(), it)
	if err != nil {
		return reply{}, err
	}
	sum := s.summary(past, clock.Wall())
	answer := struct {
		Product stock.ProductRef   `json:"product"`
		Summary summaryJSON        `json:"summary"`
		Watches []watchHistoryJSON `json:"watches"`
	}{
		Product: stock.ProductRef{ID: it.Product.ID, Name: it.Product.Name}, Watches: []watchHistoryJSON{},
		Summary: summaryJSON{Lowest: sum.Lowest, Typical: sum.Typical, Windows: sum.Windows, UsuallyGone: sum.UsuallyGone.Seconds()},
	}
	for _, day := range sum.Restocks {
		answer.Summary.Restocks = append(answer.Summary.Restocks, slices.Clone(day[:]))
	}
	for _, w := range past {
		j := watchHistoryJSON{ID: w.offer.Watch.ID, URL: w.offer.Watch.URL, Points: []pointJSON{}}
		for _, p := range w.points {
			one := pointJSON{At: p.At, State: p.State, Price: p.Price, Effective: p.Effective}
			if p.Entry != nil {
				one.Seq, one.Kind, one.Evidence = p.Entry.Seq, p.Entry.Change.Kind, p.Entry.Change.Evidence
				j.Source = p.Entry.Change.Watch.Source
			}
			j.Points = append(j.Points, one)
		}
		answer.Watches = append(answer.Watches, j)
	}
	return jsonReply(http.StatusOK, answer)
}

// apiHistoryCSV answers with the same as a table.
func (s *Server) apiHistoryCSV(r *http.Request) (reply, error) {
	it := s.live.rows.get(r.PathValue("id"))
	if it == nil {
		return reply{}, notFound("product")
	}
	past, err := s.past(r.Context(), it)
	if err != nil {
		return reply{}, err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // else spreadsheets take UTF-8 for something else
	out := csv.NewWriter(&b)
	rows := [][]string{{"time", "watch", "url", "source", "state", "price", "effective_price", "currency", "kind", "evidence"}}
	for _, w := range past {
		for _, p := range w.points {
			row := []string{p.At.In(s.clock.loc).Format(time.RFC3339), w.offer.Watch.ID, w.offer.Watch.URL, "", string(p.State), amount(p.Price), amount(p.Effective), p.Price.Currency, "", ""}
			if p.Entry != nil {
				c := p.Entry.Change
				row[3], row[8] = c.Watch.Source, string(c.Kind)
				for _, e := range c.Evidence[:min(1, len(c.Evidence))] {
					row[9] = string(e.Method) + ": " + e.In(s.words.language())
				}
			}
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = plainCell(row[i])
		}
		if err := out.Write(row); err != nil {
			return reply{}, fmt.Errorf("write a table: %w", err)
		}
	}
	out.Flush()
	name := fmt.Sprintf(`attachment; filename="%s.csv"`, it.Product.ID)
	return reply{status: http.StatusOK, contentType: "text/csv; charset=utf-8", body: b.Bytes(), header: map[string]string{"Content-Disposition": name}}, out.Error()
}

func amount(p stock.Price) string {
	if !p.Known() {
		return ""
	}
	return p.Amount()
}

// plainCell keeps a spreadsheet from taking a shop's text for a formula.
func plainCell(s string) string {
	if strings.HasPrefix(s, "-") && strings.Trim(s, "-0123456789.") == "" {
		return s
	}
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
