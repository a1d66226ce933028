// Package natstest gives a test its own JetStream: an embedded engine in a
// temporary directory, or a stock nats-server as a process of its own. All of
// it is gone when the test ends.
//
// It makes no streams; what is stored is the test's business.
package natstest
