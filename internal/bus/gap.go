package bus

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/s2"
)

// numberGap is how many numbers of OBS are left out after a restore: more than
// records can have been written between a copy and the loss that it makes good.
// Alerts about those went out under their numbers, and whoever received one knows
// it by its number: the next change must have another.
const numberGap = 100_000

// A copy of a stream is S2-compressed and begins with a magic word and an entry
// that holds the stream's state. An entry is the length of its name, a time, a
// sequence and two sizes as varints, then the name and the bytes.
const (
	copyMagic = "NATSARC1"
	stateName = "state.json"
	maxState  = 16 << 20
)

var errCopyFormat = errors.New("the copy has a form that is not known: it was made by nats-server before 2.15 or by a much newer one")

// skipAhead returns the copy of a stream with its last sequence moved, so that
// the next message gets a number by gap higher. A stream that never had a message
// stays as it is.
func skipAhead(r io.Reader, gap uint64) io.ReadCloser {
	pr, pw := io.Pipe()
	go func() {
		w := s2.NewWriter(pw)
		err := rewrite(w, bufio.NewReader(s2.NewReader(r)), gap)
		pw.CloseWithError(errors.Join(err, w.Close()))
	}()
	return pr
}

func rewrite(w io.Writer, r *bufio.Reader, gap uint64) error {
	head, state, err := readState(r)
	if err != nil {
		return err
	}
	if state, err = moveLast(state, gap); err != nil {
		return err
	}
	out := []byte(copyMagic)
	out = binary.AppendUvarint(out, uint64(len(stateName)))
	out = binary.AppendVarint(out, head.at)
	out = binary.AppendUvarint(out, head.seq)
	out = binary.AppendUvarint(out, 0)
	out = binary.AppendUvarint(out, uint64(len(state)))
	out = append(append(out, stateName...), state...)
	if _, err := w.Write(out); err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

// entryHead is what is kept of the head of an entry.
type entryHead struct {
	at  int64
	seq uint64
}

// readState reads up to the end of the first entry, which is the state.
func readState(r *bufio.Reader) (h entryHead, state []byte, err error) {
	magic := make([]byte, len(copyMagic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != copyMagic {
		return h, nil, errors.Join(errCopyFormat, err)
	}
	nameLen, err1 := binary.ReadUvarint(r)
	at, err2 := binary.ReadVarint(r)
	seq, err3 := binary.ReadUvarint(r)
	headers, err4 := binary.ReadUvarint(r)
	size, err5 := binary.ReadUvarint(r)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return h, nil, errors.Join(errCopyFormat, err)
	}
	if nameLen != uint64(len(stateName)) || headers != 0 || size > maxState {
		return h, nil, errCopyFormat
	}
	b := make([]byte, nameLen+size)
	if _, err := io.ReadFull(r, b); err != nil || string(b[:nameLen]) != stateName {
		return h, nil, errors.Join(errCopyFormat, err)
	}
	return entryHead{at, seq}, b[nameLen:], nil
}

// moveLast adds gap to the last sequence in a stream's state.
func moveLast(state json.RawMessage, gap uint64) (json.RawMessage, error) {
	var all map[string]json.RawMessage
	var known struct {
		First uint64 `json:"first_seq"`
		Last  uint64 `json:"last_seq"`
		Msgs  uint64 `json:"messages"`
	}
	if err := errors.Join(json.Unmarshal(state, &all), json.Unmarshal(state, &known)); err != nil {
		return nil, fmt.Errorf("read the state of a copy: %w", err)
	}
	if known.Last == 0 {
		return state, nil
	}
	last := known.Last + gap
	all["last_seq"] = fmt.Append(nil, last)
	if known.Msgs == 0 { // an empty stream begins where the next message will stand
		all["first_seq"] = fmt.Append(nil, last+1)
	}
	return json.Marshal(all)
}
