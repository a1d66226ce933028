package alerttext

import "github.com/sainyuka/sainyuka/internal/stock"

// Opposite returns the kind of the news that a trouble is over.
func Opposite(k stock.Kind) stock.Kind {
	switch k {
	case stock.Unread:
		return stock.Readable
	case stock.HostDown:
		return stock.HostUp
	case stock.ChannelDown:
		return stock.ChannelUp
	case stock.StorageDown:
		return stock.StorageUp
	}
	return ""
}

// IsOwnersNews reports whether a kind is about the watch rather than the offer.
func IsOwnersNews(k stock.Kind) bool {
	switch k {
	case stock.Unread, stock.Readable, stock.Gone, stock.StaleOut:
		return true
	}
	return false
}
