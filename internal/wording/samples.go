package wording

import "iter"

// samples are alerts of every kind as every type of channel may get them.
func samples(types, kinds []string) iter.Seq[Alert] {
	return func(yield func(Alert) bool) {
		for _, kind := range kinds {
			for _, t := range types {
				for _, a := range samplesOf(kind, t) {
					if !yield(a) {
						return
					}
				}
			}
		}
	}
}

// samplesOf returns alerts of a kind: one with every fact, a late one with many,
// and one of which next to nothing is known.
func samplesOf(kind, channelType string) []Alert {
	bare := Alert{
		Kind: kind, What: "再入荷", Language: "ja", Channel: "phone", Type: channelType,
		Title: "【再入荷】Nintendo Switch 2（shop.example）", Product: "Nintendo Switch 2", ProductID: "switch2", Shop: "shop.example",
		Availability: "Unknown", Group: "unknown",
	}
	full := bare
	full.Language, full.What = "en", "Back in stock"
	full.URL = "https://shop.example/item"
	full.Title, full.Lines = "Back in stock: Nintendo Switch 2 ¥49,980 (shop.example)", []string{"In stock · 2 left", "¥49,980 incl. tax"}
	full.Status, full.Availability, full.Group, full.Quantity = "In stock · 2 left", "InStock", "now", 2
	full.Price, full.Effective, full.ListPrice, full.Shipping, full.Points = "¥49,980", "¥49,036", "¥49,980", "¥500", 1444
	full.Reckoning = "Reckoning: ¥49,980 + shipping ¥500 - 1,444 points"
	full.Comparison, full.PriceChange = "Same as the list price of ¥49,980", "Down ¥1,000 from ¥50,980 (-2.0%)"
	full.Seller, full.Condition, full.Item, full.Before = "Sold by a shop · new", "new", "Item: Switch 2", "Before: Out of stock (for 3 d 4 h)"
	full.News, full.Seen = "The page can be read again", "Seen: Sat 3 Oct 12:00:00 JST"
	full.Warnings, full.Marks = []string{"Careful: dearer than the list price"}, []string{"above_list_price"}
	full.Others = []Shop{{"Yahoo! Shopping", "In stock", "¥52,000", "¥51,480"}, {"shop2.example", "Out of stock", "", ""}}
	full.Evidence = []string{`page-data: availability InStock: "在庫あり"`}
	late := full
	late.Late, late.Test, late.LateNote, late.Others = true, true, "This alert is late (seen 12 min ago)", nil
	return []Alert{full, late, bare}
}
