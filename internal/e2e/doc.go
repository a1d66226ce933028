// Package e2e tests the whole: real pages over HTTP, the real engine, the real
// outbox and a real HTTP server that takes the alerts, in one process and as the
// processes that a user starts. It holds no code of the product.
package e2e
