package bus

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	// ErrConflict is stock.ErrConflict, under which callers above know it.
	ErrConflict = stock.ErrConflict
	// ErrHeld says that the lease belongs to somebody else.
	ErrHeld = errors.New("lease is held")
	// ErrNotFound is stock.ErrNotFound.
	ErrNotFound = stock.ErrNotFound
	// ErrFull says that a stream, or the store, has reached its limit of bytes.
	// Nothing is lost, but nothing new is taken either.
	ErrFull = errors.New("storage limit reached")
)

// Error codes of JetStream that the client library has no names for.
const (
	codeInsufficientResources jetstream.ErrorCode = 10023 // JetStreamMaxStore, on a publish
	codeInsufficientStorage   jetstream.ErrorCode = 10047 // JetStreamMaxStore, on making a stream
	codeStoreFailed           jetstream.ErrorCode = 10077 // MaxBytes of a stream with DiscardNew
	codeNameInUseForRestore   jetstream.ErrorCode = 10130
	codeUnavailable           nats.ErrorCode      = 10008 // "JetStream system temporarily unavailable": no leader
)

func errorCode(err error) jetstream.ErrorCode {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.ErrorCode
	}
	return 0
}

// sentinel adds the exported error that callers branch on to an error of
// JetStream.
func sentinel(err error) error {
	switch errorCode(err) {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return fmt.Errorf("%w: %w", ErrConflict, err) // the second code is what replicated streams say
	case codeInsufficientResources, codeInsufficientStorage, codeStoreFailed:
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
