// Package crashlab is the crash laboratory. It runs the real programs against a
// server of fake shops whose goods come and go, kills them at random moments,
// and asks an oracle whether anything was lost, told twice or asked too soon.
//
// The oracle needs no trust in what it judges: it knows what every request was
// shown, what stands in the stream, what the receiver of the alerts was sent and
// when which process died. Its own tests show that it finds each kind of fault.
//
// In the normal test run the laboratories are short; a flag makes them long:
//
//	go test ./internal/crashlab -run Box -kills 200 -timeout 60m -v
//
// docs/reliability.md has all the commands and what they showed. The package
// holds no code of the product.
package crashlab
