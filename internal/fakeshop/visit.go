package fakeshop

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strings"
)

// VisitorPath returns where Visitors has a page: its host is the first part of the path.
func VisitorPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "/"
	}
	return "/" + u.Host + u.RequestURI()
}

// Visitors is the street for programs that ask it as a proxy, and for browsers, which
// cannot reach the shops by their names: see VisitorPath.
func (s *Street) Visitors() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.IsAbs() {
			host, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
			r = r.Clone(r.Context())
			r.URL = &url.URL{Scheme: "http", Host: host, Path: "/" + path, RawQuery: r.URL.RawQuery}
		}
		s.ServeHTTP(w, r)
	})
}

// pictures is the path below which every shop has a picture for every name.
const pictures = "/picture/"

const pictureSide = 160

// picture draws a round thing on a ground, in colours that follow from its path.
func picture(path string) answer {
	h := fnv.New32a()
	h.Write([]byte(path))
	n := h.Sum32()
	ground := color.YCbCr{Y: 225, Cb: uint8(96 + n%64), Cr: uint8(96 + n>>8%64)}       //nolint:gosec // below 160
	thing := color.YCbCr{Y: 120, Cb: uint8(64 + n>>16%128), Cr: uint8(64 + n>>20%128)} //nolint:gosec // below 192
	img := image.NewPaletted(image.Rect(0, 0, pictureSide, pictureSide), color.Palette{ground, thing})
	const middle, radius = pictureSide / 2, pictureSide / 3
	for y := range pictureSide {
		for x := range pictureSide {
			if dx, dy := x-middle, y-middle; dx*dx+dy*dy < radius*radius {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return text(http.StatusInternalServerError, err.Error())
	}
	return answer{status: http.StatusOK, contentType: "image/png", body: b.Bytes()}
}
