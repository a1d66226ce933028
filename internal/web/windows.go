package web

import (
	"bytes"
	"net/http"
)

// apiWindows answers with all windows that were seen, a JSON object per line.
func (s *Server) apiWindows(r *http.Request) (reply, error) {
	var b bytes.Buffer
	if err := s.o.Windows(r.Context(), &b); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusOK, contentType: "application/x-ndjson", body: b.Bytes()}, nil
}
