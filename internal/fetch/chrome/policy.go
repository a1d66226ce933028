package chrome

import (
	"net/http"

	"github.com/chromedp/cdproto/fetch"
)

// policy is what every page is told besides its own policy: the browser itself
// then asks for nothing that is only looked at, opens no frame, worker, window,
// WebSocket or dialog, and downloads nothing. The filter would refuse much of
// that as well, each by a message of its own; he does not hear of the rest.
const policy = "sandbox allow-scripts allow-same-origin; img-src data: blob:; font-src data:; media-src 'none'; " +
	"object-src 'none'; frame-src 'none'; worker-src 'none'; manifest-src 'none'; form-action 'none'; connect-src http: https:; " +
	"webrtc 'block'"

// permissions takes from every page what has the browser itself ask others: for
// the manifest of a payment, for the accounts of a log-in, for advertisements.
const permissions = "payment=(), identity-credentials-get=(), publickey-credentials-get=(), otp-credentials=(), " +
	"join-ad-interest-group=(), run-ad-auction=(), attribution-reporting=(), browsing-topics=(), shared-storage=(), " +
	"private-aggregation=(), deferred-fetch=(), deferred-fetch-minimal=(), camera=(), microphone=(), geolocation=()"

// ourWorld is where our scripts run: they see the page's tree, and none of what
// the page's scripts have made of its functions.
const ourWorld = "sainyuka"

// nothingAhead takes out of a page what has the browser connect to others, or
// fetch other pages, in advance: that passes no filter, and no policy is about
// it. It runs before the browser follows what has just been added.
const nothingAhead = `new MutationObserver(changes => {
	const ahead = "script[type=speculationrules i], link[rel~=preconnect i], link[rel~=dns-prefetch i]";
	for (const change of changes) for (const node of change.addedNodes) {
		if (node.nodeType !== Node.ELEMENT_NODE) continue;
		for (const found of node.querySelectorAll(ahead)) found.remove();
		if (node.matches(ahead)) node.remove();
	}
}).observe(document, {childList: true, subtree: true})`

// noSideDoors runs in the page's own world before any of its scripts, and in that of
// each frame that a script makes: it takes away what reaches others without a request
// that the filter could refuse. What cannot be there is not found by a page that asks
// whether it is.
const noSideDoors = `(() => {
	const gone = {value: undefined, writable: false, enumerable: false, configurable: false};
	for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "RTCIceTransport", "RTCCertificate",
		"WebTransport", "WebSocketStream", "TCPSocket", "UDPSocket", "PaymentRequest", "PresentationRequest", "RemotePlayback",
		"PushManager", "fetchLater"])
		try { Object.defineProperty(globalThis, name, gone) } catch {}
	for (const name of ["credentials", "serviceWorker", "bluetooth", "usb", "serial", "hid", "joinAdInterestGroup", "runAdAuction"])
		try { Object.defineProperty(Navigator.prototype, name, gone) } catch {}
})()`

// drawnUnder returns an answer's header with our policy and without the fields
// that have the browser ask or tell others.
func drawnUnder(h http.Header) (entries []*fetch.HeaderEntry) {
	for name, values := range h {
		switch http.CanonicalHeaderKey(name) {
		case "Link", "Nel", "Report-To", "Reporting-Endpoints", "Content-Security-Policy-Report-Only",
			"Speculation-Rules", "Permissions-Policy":
			continue
		}
		for _, v := range values {
			entries = append(entries, &fetch.HeaderEntry{Name: name, Value: v})
		}
	}
	return append(entries, &fetch.HeaderEntry{Name: "Content-Security-Policy", Value: policy},
		&fetch.HeaderEntry{Name: "Permissions-Policy", Value: permissions})
}
