package web

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Pictures keeps the pictures of products: no browser asks a shop for one.
type Pictures interface {
	// Has reports whether the picture at an address is kept. One that is not is fetched
	// when its host allows; PictureCame is called with tid then.
	Has(tid, address string) bool
	// Open returns a picture that is kept, and its media type, which cannot hold scripts.
	Open(address string) (body []byte, kind string, ok bool)
}

// pictureOf returns where the picture of an offer is, "" when there is none yet.
func (s *Server) pictureOf(o board.Offer) string {
	if s.o.Pictures == nil || o.Record == nil {
		return ""
	}
	address := stock.WebLink(o.Record.Change.Offer.Image)
	if address == "" || !s.o.Pictures.Has(o.Watch.ID, address) {
		return ""
	}
	return "pictures/" + url.PathEscape(o.Watch.ID) + "?" + stock.ShortHash(address)
}

// pictureFor returns where the picture of the first offer with one is, "" until it is
// kept. The pictures of other offers are not fetched.
func (s *Server) pictureFor(offers []board.Offer) string {
	for _, o := range offers {
		if o.Record != nil && stock.WebLink(o.Record.Change.Offer.Image) != "" {
			return s.pictureOf(o)
		}
	}
	return ""
}

// previewPictures has the pictures of previews: of pages that are not watched yet and that
// somebody has asked to see. No others are fetched.
type previewPictures struct {
	mu sync.Mutex
	by map[string]string // addresses by the name that the page has for them
}

const (
	previewPicturesMost = 256
	previewPictureWait  = 6 * time.Second // for a picture that is on its way
	previewPictureTick  = 100 * time.Millisecond
)

// previewPictureOf returns where the picture of a previewed page is, "" for none.
func (s *Server) previewPictureOf(image string) string {
	address := stock.WebLink(image)
	if s.o.Pictures == nil || address == "" {
		return ""
	}
	s.previewPictures.mu.Lock()
	defer s.previewPictures.mu.Unlock()
	if len(s.previewPictures.by) >= previewPicturesMost {
		clear(s.previewPictures.by)
	}
	s.previewPictures.by[stock.ShortHash(address)] = address
	return "pictures/new/" + stock.ShortHash(address)
}

// previewPicture answers with the picture of a preview, and waits for it a while. One that does
// not come is no error: its place stays empty.
func (s *Server) previewPicture(r *http.Request) (reply, error) {
	s.previewPictures.mu.Lock()
	address := s.previewPictures.by[r.PathValue("name")]
	s.previewPictures.mu.Unlock()
	if address == "" {
		return reply{}, notFound("file")
	}
	ctx, cancel := context.WithTimeout(r.Context(), previewPictureWait)
	defer cancel()
	for !s.o.Pictures.Has("", address) {
		select {
		case <-ctx.Done():
			return reply{status: http.StatusNoContent}, nil
		case <-time.After(previewPictureTick):
		}
	}
	return s.pictureAt(address)
}

// PictureCame has what shows a watch drawn anew: its picture is there now.
func (s *Server) PictureCame(tid string) { s.live.changed(tid) }

// picture answers with the picture of a watch's offer.
func (s *Server) picture(r *http.Request) (reply, error) {
	if s.o.Pictures == nil {
		return reply{}, notFound("file")
	}
	known := s.live.get(r.PathValue("id"))
	if known.Record == nil {
		return reply{}, notFound("file")
	}
	return s.pictureAt(stock.WebLink(known.Record.Change.Offer.Image))
}

// pictureAt answers with a picture that is kept.
func (s *Server) pictureAt(address string) (reply, error) {
	body, kind, ok := s.o.Pictures.Open(address)
	if !ok {
		return reply{}, notFound("file")
	}
	return reply{status: http.StatusOK, contentType: kind, body: body, header: map[string]string{
		"Cache-Control": "private, max-age=604800", "Content-Security-Policy": "default-src 'none'; sandbox",
	}}, nil
}
