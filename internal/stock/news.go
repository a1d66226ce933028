package stock

import "time"

// The kinds of the owner's news, which are of no record: each tells of trouble
// once when it begins, with its opposite once when it is over.
const (
	HostDown    Kind = "host_unreadable" // several pages of one host
	HostUp      Kind = "host_readable"
	ChannelDown Kind = "channel_down"
	ChannelUp   Kind = "channel_up"
	StorageDown Kind = "storage_down" // nothing can be kept, mostly since the disk is full
	StorageUp   Kind = "storage_up"
	// StoreFilling is that a stream or our share of the disk is nearly full and would soon refuse what is new.
	StoreFilling Kind = "store_filling"
	StoreRoomy   Kind = "store_has_room"
	DataLost     Kind = "data_lost" // a start found something missing in the store
	Weekly       Kind = "weekly"    // that all is well, or what is not
)

// The causes of channel_down.
const (
	CauseDisabled = "disabled" // its recipient is gone, by its service's own word
	CauseRefused  = "refused"  // its service refuses us, and is tried again
	CauseQuota    = "quota"    // its service, or the user's own limit, takes no more for now
	CauseFailing  = "failing"  // nothing has got through for a while
)

// StoreDisk is what News.Store calls our share of the disk.
const StoreDisk = "disk"

// News is what the owner is told of sainyuka itself. An alert with it has neither
// a product nor a watch.
type News struct {
	Host    string    `json:"host,omitempty"`
	Channel string    `json:"channel,omitempty"` // its id
	Cause   string    `json:"cause,omitempty"`
	Store   string    `json:"store,omitempty"`   // the stream that fills; StoreDisk for our share of the disk
	Percent int       `json:"percent,omitempty"` // of it that is used
	Outcome Outcome   `json:"outcome,omitempty"` // of the looks at a host that have the reason
	Reason            // flattened;  // as whoever met it said, without secrets
	Since   time.Time `json:"since,omitzero"`  // when it began; of the weekly news: the one before
	Until   time.Time `json:"until,omitzero"`  // when it was over; of an exhausted quota: when there is more
	Pages   int       `json:"pages,omitempty"` // that the news is about
	// Unreadable counts the pages that cannot be read at present, of those when it
	// is about a host.
	Unreadable int       `json:"unreadable,omitempty"`
	LastLook   time.Time `json:"last_look,omitzero"` // at any page; zero: none is known
	Sent       int       `json:"sent,omitempty"`     // alerts, since Since
	Troubled   []string  `json:"troubled,omitempty"` // channels that cannot be relied on
	Setup      *Setup    `json:"setup,omitempty"`    // of a receipt
	Losses     []Loss    `json:"losses,omitempty"`   // of what a start found missing
}
