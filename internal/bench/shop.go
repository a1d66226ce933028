package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// versions is how many answers a changing page goes through.
const versions = 8

// pages are the pages of the shop by their path: each request is answered by the next
// of the variants.
func pages() map[string][]variant {
	all := map[string][]variant{}
	for _, charset := range []string{"utf-8", "shift_jis", "euc-jp"} {
		still := variant{price: 9900, charset: charset}
		var noisy, changing []variant
		for i := 1; i <= versions; i++ {
			noisy = append(noisy, variant{price: 9900, charset: charset, token: 1000 + i})
			changing = append(changing, variant{price: 9900 + i, charset: charset})
		}
		all["/same/"+charset], all["/noise/"+charset], all["/changed/"+charset] = []variant{still}, noisy, changing
	}
	return all
}

// Serve is the shop: it prints its address and answers until its standard input ends.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	mux := http.NewServeMux()
	for path, variants := range pages() {
		var bodies [][]byte
		for _, v := range variants {
			bodies = append(bodies, zipped(v.page()))
		}
		var served atomic.Int64
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, bodies[int(served.Add(1))%len(bodies)])
		})
	}
	mux.HandleFunc("/tagged", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		answer(w, zipped(variant{price: 9900, charset: "utf-8"}.page()))
	})
	mux.HandleFunc("/robots.txt", http.NotFound)
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "http://"+l.Addr().String())
	s := &http.Server{Handler: mux}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = s.Close()
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func zipped(text []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		panic("bench: " + err.Error())
	}
	_, _ = z.Write(text)
	_ = z.Close()
	return b.Bytes()
}

// openShop starts this program anew as the shop. Its address is the first line that it
// prints; closing ends it.
func openShop(ctx context.Context, arguments ...string) (address string, closing func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, self, arguments...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	closing = func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		closing()
		return "", nil, fmt.Errorf("the shop did not start: %w", err)
	}
	return strings.TrimSpace(line), closing, nil
}
