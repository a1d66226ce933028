package notify

import "context"

func (n *Notifier) tellDigest(context.Context) error { return nil }
